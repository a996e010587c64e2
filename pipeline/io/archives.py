"""Files out of a downloaded zip, zips in zips included, without trusting what the archive says of itself."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from pipeline.errors import InputError

MAX_MEMBERS = 50_000
MAX_DIRECTORY_BYTES = 8 << 20
# Deflate reaches 1,032; text of a GML some 20; a raster of one value some hundreds, so small files are let be.
MAX_RATIO = 200
RATIO_FROM_BYTES = 100 << 20
PIECE = 1 << 20
_NAME = re.compile(r"^[^\x00-\x1f/\\:*?\"<>|.][^\x00-\x1f/\\:*?\"<>|]{0,150}$")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, struct.error, OSError, RuntimeError)


class NoMemberError(InputError):
    """The archive is whole, but does not hold what was asked for."""


def take(archive: Path, patterns: Sequence[str], into: Path, max_bytes: int) -> tuple[Path, ...]:
    """Take the files that match out of a zip.

    Parameters
    ----------
    archive
        The zip file.
    patterns
        One a level: all but the last name one zip in the zip, the last the files wanted. A pattern with `/` is
        compared with the whole path in the archive, else with the name alone; `*` and `?` as in a shell.
    into
        Folder for the files; they keep their names, folders in the archive are left out.
    max_bytes
        All that is unpacked on the way, together [bytes].

    Returns
    -------
    tuple of Path, sorted

    Raises
    ------
    InputError
        When the archive is damaged, unsafe (a member that leaves the folder, a link, a name that is no file name, an
        expansion out of proportion), or nothing matches.
    """
    left = max_bytes
    held = archive
    for level, pattern in enumerate(patterns[:-1]):
        inner = into / f".level{level}.zip"
        left = _unpack(held, pattern, {None: inner}, left)
        if held != archive:
            held.unlink()
        held = inner
    targets: dict[str | None, Path] = {}
    _unpack(held, patterns[-1], targets, left, into)
    if held != archive:
        held.unlink()
    return tuple(sorted(targets.values()))


def _unpack(archive: Path, pattern: str, targets: dict[str | None, Path], left: int, into: Path | None = None) -> int:
    """Unpack what matches: one member to `targets[None]`, or all into `into`, noted in `targets`. Gives what is left of the limit."""
    _judge_directory(archive)
    try:
        with zipfile.ZipFile(archive) as z:
            members = _matching(z, archive, pattern)
            if into is None and len(members) > 1:
                raise InputError(f"{archive.name}: {len(members)} members match {pattern!r} ({', '.join(m.filename for m in members[:5])}); expected one: make archive_member of this source narrower")
            for member in members:
                target = targets[None] if into is None else into / PurePosixPath(member.filename).name
                if into is not None:
                    if target in targets.values():
                        raise InputError(f"{archive.name}: two members are called {target.name}; name their folder in archive_member")
                    targets[member.filename] = target
                left = _write(z, member, target, left)
    except _BROKEN as error:
        raise InputError(f"{archive.name}: the zip is damaged or of a kind that cannot be read ({error}); download it again") from None
    return left


def _matching(z: zipfile.ZipFile, archive: Path, pattern: str) -> list[zipfile.ZipInfo]:
    members = z.infolist()
    if len(members) > MAX_MEMBERS:
        raise InputError(f"{archive.name}: {len(members):,} members; expected at most {MAX_MEMBERS:,}")
    for member in members:
        _judge(member, archive)
    found = [m for m in members if not m.is_dir() and fnmatchcase(m.filename if "/" in pattern else PurePosixPath(m.filename).name, pattern)]
    if not found:
        names = ", ".join(m.filename for m in members[:8]) or "nothing"
        raise NoMemberError(f"{archive.name}: no member matches {pattern!r}; it holds {names}{' ...' if len(members) > 8 else ''}: correct archive_member of this source")
    for member in found:
        if not _NAME.match(PurePosixPath(member.filename).name):
            raise InputError(f"{archive.name}: {member.filename!r} is no name for a file here")
        if member.flag_bits & 1:
            raise InputError(f"{archive.name}: {member.filename} is encrypted; expected open data")
        if member.file_size > RATIO_FROM_BYTES and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise InputError(f"{archive.name}: {member.filename} would grow {member.file_size // max(member.compress_size, 1):,} times; expected at most {MAX_RATIO}: this looks like a zip bomb")
    return found


def _judge(member: zipfile.ZipInfo, archive: Path) -> None:
    """Refuse an archive with a member that would leave its folder, or is no plain file."""
    name = member.orig_filename.replace("\\", "/")
    mode = member.external_attr >> 16
    if name.startswith("/") or ".." in name.split("/") or re.match(r"^[A-Za-z]:", name) or "\x00" in name:
        raise InputError(f"{archive.name}: the member {member.orig_filename!r} points outside; nothing was unpacked, such an archive is not to be trusted")
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise InputError(f"{archive.name}: the member {member.orig_filename!r} is a link or a device; nothing was unpacked, such an archive is not to be trusted")


def _write(z: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Unpack one member, counting what really comes."""
    with z.open(member) as source, target.open("wb") as f:
        while piece := source.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise InputError(f"{z.filename and Path(z.filename).name}: unpacks to more than allowed at {member.filename}; raise max_mb of this source if that is right")
            f.write(piece)
    return left


def _judge_directory(archive: Path) -> None:
    """Look at the end record before `zipfile` reads the whole list of members into memory."""
    size = archive.stat().st_size
    with archive.open("rb") as f:
        f.seek(max(0, size - (1 << 16) - _END.size))
        tail = f.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) < at + _END.size:
            raise InputError(f"{archive.name}: not a zip file, or its end is missing; download it again")
        directory = _END.unpack_from(tail, at)[5]
        if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07" and at >= 20 + _END64.size:
            record = _END64.unpack_from(tail, at - 20 - _END64.size)
            directory = max(directory, record[8]) if record[0] == b"PK\x06\x06" else directory
    if directory > MAX_DIRECTORY_BYTES and directory != 0xFFFFFFFF:
        raise InputError(f"{archive.name}: its list of members has {directory:,} bytes; expected at most {MAX_DIRECTORY_BYTES:,}")
