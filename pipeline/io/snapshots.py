"""Frozen years of the indicators in the town's folder: written whole, added to, never silently rewritten."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.config.sources import Layers
from pipeline.contracts.indicators import INDICATORS
from pipeline.errors import InputError
from pipeline.io.sidecar import text_of, write_text
from pipeline.io.whole import beside, make_folder

FOLDER = "indicators"
PATTERN = f"{FOLDER}/[0-9][0-9][0-9][0-9].json"
FORMAT = 1
KEYS: dict[str, Any] = {"indicator_id": str, "method_version": int, "value": (int, float), "unit": str, "frozen_on": str, "code_version": str, "stages": dict}


class Frozen(NamedTuple):
    """One value of one year by one method."""

    year: int
    indicator_id: str
    method_version: int
    value: float
    unit: str
    data_year: int | None
    frozen_on: str


class Change(NamedTuple):
    """What a freezing did: entries added, and the copy of what was replaced."""

    path: Path
    added: tuple[str, ...]
    kept: Path | None


def read_snapshots(layers: Layers) -> list[Frozen]:
    """All entries of the files of kind snapshots, by indicator, year and method.

    Raises
    ------
    InputError
        With every file that is no snapshot.
    """
    made: list[Frozen] = []
    problems: list[str] = []
    for path in (p for layer in layers if layer.source.kind == "snapshots" for p in layer.paths):
        try:
            content = read_snapshot(path)
        except InputError as error:
            problems += error.problems
            continue
        made += [
            Frozen(content["year"], e["indicator_id"], e["method_version"], float(e["value"]), e["unit"], e.get("data_year"), e["frozen_on"])
            for e in content["entries"]
            if e["indicator_id"] in INDICATORS
        ]
    if problems:
        raise InputError(problems)
    return sorted(made, key=lambda f: (f.indicator_id, f.year, f.method_version))


def read_snapshot(path: Path) -> dict[str, Any]:
    """One file, looked through.

    Raises
    ------
    InputError
        When it is no snapshot, or not of the year of its name.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as a snapshot ({' '.join(str(error).split())[:200]}); bring the file back from your copy; `make indicators YEAR=` writes them") from None
    entries = content.get("entries") if isinstance(content, dict) else None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(entries, list) or not isinstance(content.get("year"), int):
        raise InputError(f"{path}: no snapshot of indicators; expected format {FORMAT} with year and entries; `make indicators YEAR=` writes them")
    if str(content["year"]) != path.stem:
        raise InputError(f"{path}: it is of {content['year']}; expected the year of its name; do not rename snapshots")
    for number, entry in enumerate(entries):
        bad = [k for k, kind in KEYS.items() if not isinstance(entry, dict) or not isinstance(entry.get(k), kind) or isinstance(entry.get(k), bool)]
        if bad or not math.isfinite(entry["value"]):
            raise InputError(f"{path}: entry {number}: {', '.join(bad) or 'value'} missing or of another kind; bring the file back from your copy")
    return content


def freeze(folder: Path, town: str, year: int, entries: list[dict[str, Any]], force: str = "") -> Change:
    """Freeze values of a year into `folder`/indicators/<year>.json.

    What is there stays: a value by another method is set beside it, an indicator that had none is added. A value that
    differs by the same method is refused, unless `force` gives the reason; the file as it was is kept then.

    Parameters
    ----------
    folder
        Of the town.
    town
        Its code or name, for the file.
    year
        Of the snapshot.
    entries
        With the keys of `KEYS` and, where known, data_year.
    force
        Why the year is to be frozen anew, "" where it is not.

    Returns
    -------
    Change
        `added` is empty where the file says all of it already; it is not touched then.

    Raises
    ------
    InputError
        With every value that differs from the frozen one by the same method; nothing is written then.
    """
    path = folder / FOLDER / f"{year}.json"
    old: dict[str, Any] = read_snapshot(path) if path.exists() else {"format": FORMAT, "town": town, "year": year, "entries": [], "replaced": []}
    there = {(e["indicator_id"], e["method_version"]): e for e in old["entries"]}
    new = {(e["indicator_id"], e["method_version"]): e for e in entries}
    differ = {k: e for k, e in new.items() if k in there and _differs(there[k], e)}
    if differ and not force:
        raise InputError([f"{path}: {_told(there[k], e)}" for k, e in sorted(differ.items())] + [_way_out(year)])
    added = {k: e for k, e in new.items() if k not in there} | differ
    if not added:
        return Change(path, (), None)
    kept = _keep(path) if differ else None
    replaced = [*old.get("replaced", []), {"file": kept.name, "reason": force}] if kept else old.get("replaced", [])
    content = {**old, "entries": [e for _, e in sorted((there | added).items())], "replaced": replaced}
    make_folder(path.parent)
    write_text(path, text_of(content))
    return Change(path, tuple(sorted({k[0] for k in added})), kept)


def _differs(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return not math.isclose(old["value"], new["value"], rel_tol=1e-9, abs_tol=1e-12) or old["unit"] != new["unit"]


def _told(old: dict[str, Any], new: dict[str, Any]) -> str:
    """How a value differs, and what moved: the code of its stages, their data, or neither that is known."""
    name = old["indicator_id"]
    pairs = [(stage, old["stages"].get(stage, {}), now) for stage, now in new["stages"].items()]
    code = sorted(stage for stage, before, now in pairs if before.get("code") != now.get("code"))
    data = sorted(stage for stage, before, now in pairs if before.get("sha256") != now.get("sha256"))
    why = f"the code of {', '.join(code)} has changed: raise its method_version in pipeline/contracts/indicators.py if the method has" if code else f"the data of {', '.join(data)} have changed" if data else "nothing it is taken from has changed"
    return f"{name} was frozen as {old['value']:.6g} {old['unit']}".rstrip() + f" on {old['frozen_on']}, is {new['value']:.6g} by the same method (version {old['method_version']}); {why}"


def _way_out(year: int) -> str:
    return f"nothing was written; a frozen year stays as it was published. To replace these values, say why: make indicators YEAR={year} FORCE=\"why\"; the file as it is now is kept beside it"


def _keep(path: Path) -> Path:
    """A copy of a file beside it under the first free number, whole or not there."""
    number = 1
    while (kept := path.with_name(f"{path.stem}.replaced-{number}.json")).exists():
        if kept.read_bytes() == path.read_bytes():
            return kept  # a run that was killed between copy and writing left it
        number += 1
    with beside(kept) as tmp:
        shutil.copyfile(path, tmp)
    return kept
