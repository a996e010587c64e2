"""The header of a LAS or LAZ file, looked through before a library believes its counts.

A damaged number of records makes the readers ask for terabytes or read for hours, so each count is held against the file's own length.
Layout: ASPRS, LAS Specification 1.4 R15 (2019), tables 3, 6 and 7; rapidlasso, LASzip's VLR and chunk table (Isenburg 2013,
doi:10.14358/PERS.79.2.209, and the LAZ specification 1.4).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import InputError

SIZE_BY_MINOR = {0: 227, 1: 227, 2: 227, 3: 235, 4: 375}
# Length of a record without extra bytes, by point format 0-10.
RECORD_BYTES = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
VLR_BYTES, EVLR_BYTES = 54, 60
# Points of a real survey take 2 to 6 bytes packed; a file that promises 32 points a byte is damaged or a bomb.
MAX_POINTS_PER_BYTE = 32
MAX_COORDINATE = 1e8  # metres or feet; no projected system reaches further
_LASZIP = b"laszip encoded"
_VARIABLE, _LAYERED = 0xFFFFFFFF, 3


@dataclass(frozen=True)
class _Header:
    minor: int
    header_bytes: int
    points_at: int
    vlrs: int
    packed: bool
    kind: int
    record_bytes: int
    points: int
    evlrs_at: int
    evlrs: int
    scale: tuple[float, ...]
    offset: tuple[float, ...]
    bounds: tuple[float, ...]


def check_las(path: Path) -> None:
    """Refuse a point cloud whose header cannot be true.

    Raises
    ------
    InputError
        With what the header says and what the file holds.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        if problem := next(_problems(stream, size), None):
            raise InputError(f"{path}: cannot be read as a point cloud ({problem}); expected a whole LAS or LAZ file, download it again")


def _problems(stream: BinaryIO, size: int) -> Iterator[str]:
    head = stream.read(375)
    if not head.startswith(b"LASF") or len(head) < 227:
        yield f"begins with {head[:8]!r}, no LASF header"
        return
    if head[24] != 1 or head[25] not in SIZE_BY_MINOR or len(head) < SIZE_BY_MINOR[head[25]]:
        yield f"version {head[24]}.{head[25]} in {size:,} bytes; known are 1.0 to 1.4"
        return
    header = _header(head)
    yield from _of_counts(header, size)
    yield from _of_places(header)
    yield from _of_records(stream, header, size)


def _header(head: bytes) -> _Header:
    minor = head[25]
    header_bytes, points_at, vlrs, kind, record_bytes, legacy = struct.unpack_from("<HIIBHI", head, 94)
    numbers = struct.unpack_from("<12d", head, 131)
    evlrs_at, evlrs, points = struct.unpack_from("<QIQ", head, 235) if minor == 4 else (0, 0, legacy)
    return _Header(minor, header_bytes, points_at, vlrs, bool(kind & 0xC0), kind & 0x3F, record_bytes, points, evlrs_at, evlrs, numbers[:3], numbers[3:6], numbers[6:])


def _of_counts(h: _Header, size: int) -> Iterator[str]:
    if not SIZE_BY_MINOR[h.minor] <= h.header_bytes <= h.points_at <= size:
        yield f"its header has {h.header_bytes:,} bytes, its points begin at {h.points_at:,} of {size:,}"
    if h.kind >= len(RECORD_BYTES) or h.record_bytes < RECORD_BYTES[h.kind]:
        yield f"point format {h.kind} with {h.record_bytes} bytes a point"
    if h.vlrs * VLR_BYTES > h.points_at - h.header_bytes:
        yield f"{h.vlrs:,} records announced before the points, which begin at byte {h.points_at:,}"
    if h.evlrs and not h.points_at <= h.evlrs_at <= size - h.evlrs * EVLR_BYTES:
        yield f"{h.evlrs:,} records announced at byte {h.evlrs_at:,} of {size:,}"
    if h.packed and h.points > MAX_POINTS_PER_BYTE * size:
        yield f"{h.points:,} points announced in {size:,} bytes"
    if not h.packed and h.points_at + h.points * h.record_bytes > size:
        yield f"{h.points:,} points of {h.record_bytes} bytes announced, {size - h.points_at:,} bytes follow"


def _of_places(h: _Header) -> Iterator[str]:
    if not all(math.isfinite(v) for v in (*h.scale, *h.offset)) or not all(h.scale):
        yield f"scales {h.scale}, offsets {h.offset}"
    pairs = [(h.bounds[2 * i + 1], h.bounds[2 * i]) for i in range(3)]
    if h.points and not all(-MAX_COORDINATE <= low <= high <= MAX_COORDINATE for low, high in pairs):
        yield f"bounds {', '.join(f'{low:g} to {high:g}' for low, high in pairs)}"


def _of_records(stream: BinaryIO, h: _Header, size: int) -> Iterator[str]:
    """Variable length records up to the points, and LASzip's own among them."""
    at, laszip = h.header_bytes, b""
    for number in range(h.vlrs):
        stream.seek(at)
        user, record, length = struct.unpack("<2x16sHH32x", stream.read(VLR_BYTES).ljust(VLR_BYTES, b"\xff"))
        if at + VLR_BYTES + length > h.points_at:
            yield f"record {number + 1} of {h.vlrs} reaches into the points"
            return
        if user.rstrip(b"\x00") == _LASZIP and record == 22204:
            laszip = stream.read(length)
        at += VLR_BYTES + length
    at = h.evlrs_at
    for number in range(h.evlrs):
        stream.seek(at)
        head = stream.read(EVLR_BYTES)
        length = struct.unpack("<20xQ32x", head)[0] if len(head) == EVLR_BYTES else size
        at += EVLR_BYTES + length
        if at > size:
            yield f"record {number + 1} of {h.evlrs} after the points reaches beyond the end"
            return
    if h.packed:
        yield from _of_packing(stream, h, size, laszip)


def _of_packing(stream: BinaryIO, h: _Header, size: int, laszip: bytes) -> Iterator[str]:
    """LASzip's description of a point, and the table of its chunks."""
    if len(laszip) < 34:
        yield "packed points without LASzip's record"
        return
    chunk, items = struct.unpack_from("<12xI16xH", laszip)
    if len(laszip) < 34 + 6 * items or sum(struct.unpack_from("<2xH2x", laszip, 34 + 6 * i)[0] for i in range(items)) != h.record_bytes:
        yield f"LASzip's {items} items do not make a point of {h.record_bytes} bytes"
        return
    stream.seek(h.points_at)
    table = struct.unpack("<q", stream.read(8).ljust(8, b"\x00"))[0]
    if table == -1:
        stream.seek(max(size - 8, 0))
        table = struct.unpack("<q", stream.read(8).ljust(8, b"\x00"))[0]
    if not h.points_at + 8 <= table <= size - 8:
        yield f"its table of chunks lies at byte {table:,} of {size:,}"
        return
    stream.seek(table)
    chunks = struct.unpack("<4xI", stream.read(8))[0]
    expected = h.points if chunk in (0, _VARIABLE) else -(-h.points // chunk)
    if chunk == 0 or chunks > max(expected, 1) or chunks > size:
        yield f"{chunks:,} chunks of {chunk:,} points announced for {h.points:,} points"
        return
    if struct.unpack_from("<H", laszip)[0] == _LAYERED:
        kinds = [struct.unpack_from("<HH", laszip, 34 + 6 * i) for i in range(items)]
        yield from _of_layers(stream, h, chunks, table, sum(_layers(*k) for k in kinds))


def _layers(kind: int, length: int) -> int:
    """Layers of an item in a layered chunk: point 9, colour 1, colour and infrared 2, wave packet 1, each extra byte 1."""
    return {10: 9, 11: 1, 12: 2, 13: 1}.get(kind, length)


def _of_layers(stream: BinaryIO, h: _Header, chunks: int, table: int, layers: int) -> Iterator[str]:
    """Chunk by chunk: its first point as it is, its number of points, the length of each layer, the layers."""
    at = h.points_at + 8
    for number in range(chunks):
        stream.seek(at + h.record_bytes)
        head = stream.read(4 + 4 * layers)
        at += h.record_bytes + len(head) + sum(struct.unpack(f"<4x{layers}I", head)) if len(head) == 4 + 4 * layers else table + 1
        if at > table:
            yield f"chunk {number + 1} of {chunks:,} reaches beyond the points"
            return
