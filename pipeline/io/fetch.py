"""`make fetch`: every source with an address into the town's folder, whole or not at all, and a record of what came.

Downloads are made below `.fetch/` in the town's folder, looked at there, and moved to the place that `path` names. The
record, `fetch.json`, holds address, date, size, checksum and the server's mark of every file, so that nothing is brought
twice and a file that somebody changed is not touched.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import shapely

from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.errors import InputError
from pipeline.io import archives, wfs
from pipeline.io.download import MIB, Downloader, Received
from pipeline.io.looks import look
from pipeline.io.places import files_of, is_fetchable
from pipeline.io.probe import probe
from pipeline.io.sidecar import read_json, sha256_of, stat_of, write_json

RECORD = "fetch.json"
WORK = ".fetch"
UNPACKED_PER_DOWNLOADED = 10
State = Literal["fetched", "there", "kept", "by hand", "failed"]


@dataclass(frozen=True)
class Outcome:
    """What became of one source: a word, a sentence, and what a first look at the files found."""

    stage: str
    state: State
    text: str
    remarks: tuple[str, ...] = ()
    work: Path | None = None


def fetch(town: Town, folder: Path, asker: Downloader, tell: Callable[[str], None]) -> list[Outcome]:
    """Bring every source of a town that has an address and is not there yet.

    Parameters
    ----------
    town, folder
        Config and folder of the town; nothing outside the folder is written.
    asker
        Asks the servers, by its policy and manners.
    tell
        Called with a line before each download.

    Returns
    -------
    list of Outcome, one a source with an address; of a synthetic layer's official sources the first that works.

    Raises
    ------
    InputError
        When another `make fetch` works in this folder. A source that fails is an outcome, the others go on.
    """
    with _alone(folder):
        record = read_json(folder / RECORD) or {}
        outcomes: list[Outcome] = []
        for stage in type(town.sources).model_fields:
            for source in getattr(town.sources, stage):
                choices = [s for s in (source.official if source.synthetic else (source,)) if is_fetchable(s)]
                if choices:
                    outcomes += _first_that_works(town, folder, stage, choices, record, asker, tell)
        _tidy(folder, outcomes)
    return outcomes


def _first_that_works(
    town: Town, folder: Path, stage: str, choices: list[Source], record: dict[str, Any], asker: Downloader, tell: Callable[[str], None]
) -> list[Outcome]:
    there = [o for s in choices if (o := _already(stage, s, folder, record))]
    if there:
        return there[:1]
    outcomes: list[Outcome] = []
    for source in choices:
        outcome = _bring(town, folder, stage, source, record, asker, tell)
        outcomes.append(outcome)
        if outcome.state == "fetched":
            return [outcome]
    return outcomes


def _already(stage: str, source: Source, folder: Path, record: dict[str, Any]) -> Outcome | None:
    """What to say of a source that is there; None where it is not."""
    known = record.get(str(source.path), {}).get("files", {})
    found = files_of(source, folder)
    if not found:
        return None
    if not known:
        return Outcome(stage, "there", f"{source.path} was put there by hand; not touched")
    lost = [n for n in known if not (folder / n).is_file()]
    if other := [n for n in known if n not in lost and n not in _ours(folder, known)]:
        return Outcome(stage, "kept", f"{', '.join(other)} is not the file that was downloaded on {record[str(source.path)]['date'][:10]}: somebody changed it; left as it is, delete it to fetch it again")
    if lost or record[str(source.path)]["url"] != source.url:
        return None
    return Outcome(stage, "there", f"{source.path} is there, as downloaded on {record[str(source.path)]['date'][:10]}")


def _ours(folder: Path, known: dict[str, Any]) -> set[str]:
    """Files that are as they were downloaded."""
    return {n for n, f in known.items() if (stat_of(folder / n) or [-1])[0] == f["size"] and sha256_of(folder / n) == f["sha256"]}


def _bring(town: Town, folder: Path, stage: str, source: Source, record: dict[str, Any], asker: Downloader, tell: Callable[[str], None]) -> Outcome:
    place = folder / str(source.path)
    if source.url is None:
        return Outcome(stage, "by hand", f"no direct address is known: get it at {source.page} and put it at {place}")
    tell(f"{stage}: {source.title or source.path} from {urlsplit(source.url).hostname} ...")
    work = folder / WORK / hashlib.sha256(f"{source.kind if source.service else ''}{source.url}".encode()).hexdigest()[:16]
    staged = work / "staged"
    try:
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        received, paths = _service(town, folder, source, asker, work, staged) if source.service else _files(source, asker, work, staged)
        for path in paths:
            look(path)
        placed = _put(source, folder, paths, _ours(folder, record.get(str(source.path), {}).get("files", {})))
    except InputError as error:
        page = f" (see {source.page})" if source.page else ""
        by_hand = f"put the file at {place} by hand{page}, or run make fetch again"
        return Outcome(stage, "failed", f"sources.{stage}: {source.url}: {' '.join(error.problems)}; {by_hand}")
    except OSError as error:
        return Outcome(stage, "failed", f"sources.{stage}: {place}: cannot be written ({error.strerror or error}); make room or change its permissions, then run make fetch again")
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    record[str(source.path)] = {
        **asdict(received), "final_url": received.url, "url": source.url, "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {p.relative_to(folder).as_posix(): {"size": p.stat().st_size, "sha256": sha256_of(p)} for p in placed},
    }
    write_json(folder / RECORD, record)
    main = [p for p in placed if p.suffix.lower() not in source.companions]
    remarks = probe(stage, Layer(source, tuple(p for p in main if fnmatchcase(p.name, place.name))), town.epsg)
    return Outcome(stage, "fetched", f"{source.path}: {received.size / MIB:,.1f} MB", tuple(remarks), work)


def _files(source: Source, asker: Downloader, work: Path, staged: Path) -> tuple[Received, list[Path]]:
    """The file of an address with its companions, or what an archive holds, under their own names in `staged`."""
    assert source.url is not None
    limit = int(source.max_mb * MIB)
    wanted = PurePosixPath(str(source.path)).name
    if source.archive_member:
        received, archive = _archive(source, asker, work, limit)
        try:
            return received, _renamed(list(archives.take(archive, source.archive_member, staged, UNPACKED_PER_DOWNLOADED * limit)), wanted)
        except archives.NoMemberError:
            raise
        except InputError:
            archive.unlink()
            raise
    part = work / "body.part"
    received = _pinned(source, asker.get(source.url, source.kind, part, limit), part)
    name = _own_name(source.url, wanted)
    paths = [part.replace(staged / name)]
    for ending in source.companions:
        address = source.url[: -len(PurePosixPath(urlsplit(source.url).path).suffix)] + ending
        side = work / f"body{ending}.part"
        asker.get(address, source.kind, side, limit)
        paths.append(side.replace((staged / name).with_suffix(ending)))
    return received, paths


def _archive(source: Source, asker: Downloader, work: Path, limit: int) -> tuple[Received, Path]:
    """The zip of an address; what an earlier source or run brought serves again."""
    assert source.url is not None
    archive, notes = work / "body.zip", work / "body.zip.json"
    known = read_json(notes)
    if archive.exists() and known and archive.stat().st_size == known["size"]:
        return _pinned(source, Received(**known), archive), archive
    part = work / "body.part"
    received = _pinned(source, asker.get(source.url, source.kind, part, limit), part)
    write_json(notes, asdict(received))
    return received, part.replace(archive)


def _pinned(source: Source, received: Received, file: Path) -> Received:
    if source.sha256 and received.sha256 != source.sha256:
        file.unlink()
        raise InputError(f"its checksum is {received.sha256}, expected {source.sha256}: the publisher changed it, or it was tampered with")
    return received


def _own_name(url: str, wanted: str) -> str:
    """The fixed name of `path`, or of a pattern the name in the address."""
    if not any(c in wanted for c in "*?["):
        return wanted
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    if not fnmatchcase(name, wanted):
        raise InputError(f"the address ends in {name!r}, path asks for {wanted!r}; give path a fixed name")
    return name


def _renamed(taken: list[Path], wanted: str) -> list[Path]:
    """What came out of an archive under the names that `path` asks for; the files of one shapefile together."""
    if any(c in wanted for c in "*?["):
        if not any(fnmatchcase(p.name, wanted) for p in taken):
            raise InputError(f"nothing taken out of the archive matches {wanted!r} ({', '.join(p.name for p in taken)}); correct path or archive_member")
        return taken
    suffix = PurePosixPath(wanted).suffix.lower()
    main = [p for p in taken if p.suffix.lower() == suffix]
    if len(main) != 1:
        raise InputError(f"archive_member takes {len(main)} {suffix} files ({', '.join(p.name for p in taken)}), path names one; make either fit")
    stem = main[0].stem
    return [p.replace(p.with_name(PurePosixPath(wanted).stem + p.suffix.lower())) if p.stem == stem else p for p in taken]


def _service(town: Town, folder: Path, source: Source, asker: Downloader, work: Path, staged: Path) -> tuple[Received, list[Path]]:
    assert source.url is not None and source.belfiore is not None
    target = staged / PurePosixPath(str(source.path)).name
    limit = int(source.max_mb * MIB)
    joined = wfs.bring(asker, source.url, source.kind, _outline(town, folder), source.belfiore, work, target, limit)
    url = f"{source.url} ({joined.tiles} tiles, {joined.kept} features, {joined.repeated} repeats and {joined.foreign} of neighbours left out)"
    return Received(url, target.stat().st_size, sha256_of(target), "", ""), [target]


def _outline(town: Town, folder: Path) -> shapely.Geometry:
    """The town's boundary in longitude, latitude."""
    from pipeline.io.vectors import read_vector

    shapes: list[Any] = []
    for source in town.sources.boundary:
        for path in files_of(source, folder):
            frame = read_vector(source, path, 4326)
            code = source.fields.get("town_id")
            own = frame[frame[code].astype(str).str.lstrip("0") == town.code.lstrip("0")] if code and len(frame) > 1 else frame
            shapes += list(shapely.make_valid(own.geometry.to_numpy()))
    if not shapes:
        raise InputError("the service is asked in tiles of the boundary, and the town has none; add a source boundary first")
    return shapely.union_all(shapes)


def _put(source: Source, folder: Path, paths: list[Path], ours: set[str]) -> list[Path]:
    """Move files to their place, the one that readers look for last."""
    target = (folder / str(source.path)).parent
    if any(c in str(PurePosixPath(str(source.path)).parent) for c in "*?["):
        raise InputError(f"path {source.path!r}: only its last part may be a pattern for a file that is downloaded")
    target.mkdir(parents=True, exist_ok=True)
    if not target.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"path {source.path!r} leads out of the town's folder through a link; nothing is written there")
    wanted = PurePosixPath(str(source.path)).name
    if there := [p.name for p in paths if (target / p.name).exists() and (target / p.name).relative_to(folder).as_posix() not in ours]:
        raise InputError(f"{', '.join(there)} is there already; nothing is overwritten")
    ordered = sorted(paths, key=lambda p: (fnmatchcase(p.name, wanted), p.name))
    return [p.replace(target / p.name) for p in ordered]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One `make fetch` a town: the system frees the lock when the process ends, however it ends."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InputError(f"{folder}: another make fetch is at work here; wait for it") from None
    finally:
        os.close(held)


def _tidy(folder: Path, outcomes: list[Outcome]) -> None:
    """Downloads that served go; what is unfinished or did not fit stays for the next run."""
    work = folder / WORK
    for outcome in outcomes:
        if outcome.work is not None:
            shutil.rmtree(outcome.work, ignore_errors=True)
    for left in (*sorted(work.glob("*")), work):
        if left.is_dir() and not any(left.iterdir()):
            left.rmdir()
