"""Files and folders that appear whole or not at all, and plain words for a disk that does not take them.

What is written stands under another name until it is finished; a run that is killed leaves at most such a leftover,
which no reader takes for a result and the next run removes.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from pipeline.errors import SoleSuoloError, StorageError

FULL = {errno.ENOSPC, errno.EDQUOT}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
# Libraries that give no number give these words (GDAL, SQLite, Arrow).
FULL_WORDS = ("no space left", "disk is full", "disk full", "quota exceeded")
TOO_LARGE_WORDS = ("file too large",)
FORBIDDEN_WORDS = ("read-only file system", "permission denied", "readonly database")
LITTLE_BYTES = 1 << 16


@contextmanager
def storing(target: Path) -> Iterator[None]:
    """While something is written to `target`: what the disk refuses becomes a message.

    Raises
    ------
    StorageError
        When the disk is full, a limit of size is met, or the folder may not be written. Other errors pass unchanged.
    """
    try:
        yield
    except SoleSuoloError:
        raise
    except Exception as error:
        reason = _refusal(error, target)
        if reason is None:
            raise
        raise StorageError(f"{target}: cannot be written: {reason}, then run make again; what was finished before is kept") from error


def _refusal(error: BaseException, target: Path) -> str | None:
    """Why the disk refused and what to do, None where `error` has another cause."""
    numbers, words = _of_chain(error)
    folder = _nearest(target)
    free = shutil.disk_usage(folder).free
    if numbers & FULL or any(w in words for w in FULL_WORDS):
        return f"the disk of {folder} is full ({free / 1e6:,.1f} MB free); make room"
    if errno.EFBIG in numbers or any(w in words for w in TOO_LARGE_WORDS):
        return f"the file would be larger than the system allows for a file in {folder} (see `ulimit -f`); raise the limit"
    if numbers & FORBIDDEN or any(w in words for w in FORBIDDEN_WORDS):
        return f"{folder} is read-only, or not yours to write; change that or name another folder with make OUT=path"
    if (errno.EIO in numbers or "disk i/o error" in words) and free >= LITTLE_BYTES:
        return f"the disk of {folder} took only a part of it ({free / 1e6:,.1f} MB free); make room, or have the disk looked at"
    # Some libraries only say that they failed.
    return f"the disk of {folder} is full ({free / 1e6:,.1f} MB free); make room" if free < LITTLE_BYTES else None


def _of_chain(error: BaseException | None) -> tuple[set[int], str]:
    """Error numbers and words of an error and of those it came from."""
    numbers: set[int] = set()
    words: list[str] = []
    while error is not None:
        words.append(str(error).lower())
        if isinstance(error, OSError) and error.errno is not None:
            numbers.add(error.errno)
        error = error.__cause__ or error.__context__
    return numbers, "\n".join(words)


def _nearest(path: Path) -> Path:
    """The folder of `path`, or the first above it that is there."""
    folder = path.absolute().parent
    while not folder.is_dir():
        folder = folder.parent
    return Path(os.path.relpath(folder)) if folder.is_relative_to(Path.cwd()) else folder


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are missing."""
    with storing(folder / "."):
        folder.mkdir(parents=True, exist_ok=True)


def unfinished(output: Path) -> Path:
    """Where `output` stands until it is finished."""
    return output.with_name(f".{output.stem}.tmp{output.suffix}")


@contextmanager
def beside(output: Path) -> Iterator[Path]:
    """A temporary path beside `output` that replaces it when all went well and is removed when not."""
    make_folder(output.parent)
    tmp = unfinished(output)
    try:
        with storing(output):
            tmp.unlink(missing_ok=True)
            yield tmp
            with tmp.open("rb+") as f:
                os.fsync(f.fileno())
            tmp.replace(output)
    finally:
        remove(tmp)


def remove(path: Path) -> None:
    """Remove a file, but not instead of saying why it could not be written."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def fill_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a fresh folder and swap it in for `folder`."""
    new, old = _new(folder), _old(folder)
    shutil.rmtree(new, ignore_errors=True)
    make_folder(new)
    try:
        with storing(folder):
            fill(new)
            shutil.rmtree(old, ignore_errors=True)
            if folder.exists():
                folder.replace(old)
            new.replace(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _new(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.new")


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def tidy(output: Path, *, folder: bool) -> None:
    """Put right what a killed run left: bring back a folder whose swap was cut short, remove what was unfinished.

    Call it only while nobody else writes `output`.

    Parameters
    ----------
    output
        The file that stands for a stage's result.
    folder
        Whether the result is the folder of that file.
    """
    if folder:
        whole, old = output.parent, _old(output.parent)
        if old.exists() and not whole.exists():
            old.replace(whole)
        for left in (_new(whole), old):
            if left.exists():
                shutil.rmtree(left, ignore_errors=True)
        return
    for path in output.parent.glob(f"{unfinished(output).stem}*"):  # a library's own temporaries go by the same beginning
        path.unlink(missing_ok=True)


def text_beside(path: Path) -> Path:
    """Where a small text stands until it is finished; the process that writes it stands in its name."""
    return path.with_name(f"{path.name}.{os.getpid()}.tmp")


def tidy_texts(folder: Path) -> None:
    """Remove small texts that processes which no longer live left unfinished."""
    for path in folder.glob("*.*.tmp"):
        pid = path.name.split(".")[-2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            path.unlink(missing_ok=True)
