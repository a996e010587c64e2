"""Where the files of a source lie: in the town's folder, or not there yet."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from pipeline.config.sources import Source


def files_of(source: Source, folder: Path) -> tuple[Path, ...]:
    """The files a source names, as far as they are there.

    Parameters
    ----------
    source
        Not synthetic; `path` is a file or a glob pattern, relative to `folder` or absolute.
    folder
        The town's folder.

    Returns
    -------
    tuple of Path, sorted; empty where nothing is there.
    """
    if source.path is None:
        return ()
    found = [Path(source.path)] if Path(source.path).is_absolute() else sorted(folder.glob(source.path))
    return tuple(p for p in found if p.is_file())


def is_fetchable(source: Source) -> bool:
    """True where `make fetch` may bring the file: it has an address and its place is inside the town's folder."""
    if source.synthetic or source.path is None or not (source.url or source.page):
        return False
    path = PurePosixPath(source.path)
    return not path.is_absolute() and ".." not in path.parts


def in_force(source: Source, folder: Path) -> Source:
    """A source, or the first of its official ones whose file is there: a real layer takes the place of a synthetic one."""
    return next((o for o in source.official if files_of(o, folder)), source)


def not_there(waiting: tuple[Source, ...]) -> str:
    """What to say of layers that can be downloaded, but were not."""
    files = ", ".join(str(s.path) for s in waiting)
    how = "`make fetch` downloads it" if any(s.url for s in waiting) else f"get it at {waiting[0].page}"
    return f"{files} is not in the town's folder yet; {how}"
