"""Tables and outlines packed for the browser: numbers quantised, gzip, base64, in a classic script file.

file:// allows neither fetch nor modules, so data come as `SS.put("name", "<base64>")`. Inside is one JSON line
(row count, columns, where each lies) and then whole numbers as variable-length integers (protocol buffers' varint
and zigzag encoding, https://protobuf.dev/programming-guides/encoding/).
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

# 1e-6 degrees is 0.11 m north-south, below the simplification's tolerance.
DEGREE = 1e-6
# Drawings of single roofs are in metres: 2 cm is half a hair of a line on the page.
METRE = 0.02


@dataclass(frozen=True)
class Column:
    """One column to publish: `scale` is the value of one counted step; None for text."""

    values: Any
    scale: float | None = None


def varint(values: NDArray[np.int64]) -> bytes:
    """Unsigned whole numbers as varints, seven bits a byte, the lowest first.

    >>> varint(np.array([0, 1, 127, 128, 300])).hex()
    '00017f8001ac02'
    """
    return varints([values])[0]


def varints(columns: Sequence[NDArray[np.int64]]) -> list[bytes]:
    """`varint` of each of several columns, worked out together."""
    left = np.concatenate(columns).astype(np.uint64) if columns else np.empty(0, dtype=np.uint64)
    length = np.ones(len(left), dtype=np.int64)
    for bits in range(7, int(left.max(initial=0)).bit_length(), 7):
        length += left >> np.uint64(bits) > 0
    start = np.concatenate([[0], np.cumsum(length)])
    out = np.zeros(int(start[-1]), dtype=np.uint8)
    for byte in range(int(length.max(initial=0))):
        rows = length > byte
        part = (left[rows] >> np.uint64(7 * byte)) & np.uint64(0x7F)
        out[start[:-1][rows] + byte] = part + np.where(length[rows] > byte + 1, 0x80, 0).astype(np.uint64)
    whole, ends = out.tobytes(), start[np.cumsum([0, *map(len, columns)])].tolist()
    return [whole[a:b] for a, b in pairwise(ends)]


def zigzag(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Signed numbers as unsigned ones, small where the value is near zero.

    >>> zigzag(np.array([0, -1, 1, -2])).tolist()
    [0, 1, 2, 3]
    """
    return (values << 1) ^ (values >> 63)


def counted_steps(values: Any, scale: float) -> NDArray[np.int64]:
    """A numeric column: 0 where missing, else 1 + zigzag of the counted steps."""
    array = np.asarray(values, dtype=float)
    known = np.isfinite(array)
    steps = np.zeros(len(array), dtype=np.int64)
    steps[known] = zigzag(np.round(array[known] / scale).astype(np.int64)) + 1
    return steps


def outlines(geometries: NDArray[Any], step: float = DEGREE) -> dict[str, bytes]:
    """Polygons as four streams, in steps of EPSG:4326 degrees or of metres: rings per shape, points per ring, and the points' steps in both axes.

    Shells run anticlockwise and holes clockwise, so the non-zero rule fills them right. A shape that vanishes at this
    resolution keeps a triangle of one step at its place: what is in the table is on the map.
    """
    points, sizes, owner = _rings(geometries, step)
    counts = np.bincount(owner, minlength=len(geometries)) if len(owner) else np.zeros(len(geometries), dtype=np.int64)
    steps = zigzag(np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)))
    return {"rings": varint(counts), "sizes": varint(sizes), "dx": varint(steps[:, 0]), "dy": varint(steps[:, 1])}


def lines(geometries: NDArray[Any]) -> dict[str, bytes]:
    """LineStrings in EPSG:4326 as the same four streams as `outlines`: one open ring a row."""
    coords, row = shapely.get_coordinates(geometries, return_index=True)
    points = np.round(coords / DEGREE).astype(np.int64)
    sizes = np.bincount(row, minlength=len(geometries)) if len(row) else np.zeros(len(geometries), dtype=np.int64)
    steps = zigzag(np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)))
    return {"rings": varint(np.ones(len(geometries), dtype=np.int64)), "sizes": varint(sizes), "dx": varint(steps[:, 0]), "dy": varint(steps[:, 1])}


def _rings(geometries: NDArray[Any], step: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Points of all quantised rings without their closing point, the number of points of each ring, and the row it belongs to."""
    parts, part_row = shapely.get_parts(shapely.orient_polygons(geometries), return_index=True)
    raw, raw_part = shapely.get_rings(parts, return_index=True)
    row = part_row[raw_part] if len(raw_part) else np.zeros(0, dtype=np.int64)
    coords, ring_of = shapely.get_coordinates(raw, return_index=True)
    whole = np.round(coords / step).astype(np.int64)
    same = np.zeros(len(whole), dtype=bool)
    same[1:] = (whole[1:] == whole[:-1]).all(axis=1) & (ring_of[1:] == ring_of[:-1])
    whole, ring_of = whole[~same], ring_of[~same]
    sizes = np.bincount(ring_of, minlength=len(raw))
    keep = sizes > 3
    points = keep[ring_of]
    points[np.cumsum(sizes) - 1] = False  # every ring has a point, and the last closes it
    owner = row[keep].astype(np.int64)
    lost = np.setdiff1d(np.flatnonzero(~shapely.is_empty(geometries)), owner)
    if not len(lost):
        return whole[points], sizes[keep] - 1, owner
    rings = np.split(whole[points], np.cumsum(sizes[keep] - 1)[:-1]) if keep.any() else []
    rings += [_speck(geometries[i], step) for i in lost]
    order = np.argsort(np.concatenate([owner, lost]), kind="stable")
    return np.concatenate([rings[i] for i in order]), np.array([len(rings[i]) for i in order], dtype=np.int64), np.concatenate([owner, lost])[order]


def _speck(shape: shapely.Geometry, step: float) -> NDArray[np.int64]:
    at = np.round(shapely.get_coordinates(shapely.point_on_surface(shape))[0] / step).astype(np.int64)
    return at + np.array([[0, 0], [1, 0], [0, 1]])


def simplified(geometries: NDArray[Any], tolerance_m: float) -> NDArray[Any]:
    """Outlines with fewer points; neighbours that share an edge still share it afterwards.

    Parameters
    ----------
    geometries
        Polygons in a metric system.
    tolerance_m
        Largest departure [m]. A coverage (no overlaps) is simplified as a whole by Visvalingam-Whyatt, whose
        tolerance is the square root of the removed triangle's area; other shapes one by one by Douglas-Peucker.
    """
    if tolerance_m <= 0.0 or not len(geometries):
        return geometries
    if shapely.coverage_is_valid(geometries):
        return np.asarray(shapely.coverage_simplify(geometries, tolerance_m))
    return np.asarray(shapely.simplify(geometries, tolerance_m, preserve_topology=True))


def _texts(values: Any) -> list[str | None]:
    """Text as it is; what is missing (None, NaN) as null."""
    return [v if isinstance(v, str) else None if v is None or isinstance(v, float) else str(v) for v in values]


def pack(name: str, rows: int, columns: dict[str, Column], shapes: NDArray[Any] | None = None, *, step: float = DEGREE) -> str:
    """The text of a data file.

    Parameters
    ----------
    name
        Under which scripts find it; ASCII letters.
    rows
        Number of rows.
    columns
        By name; text columns travel in the JSON line, null where missing.
    shapes
        Polygons, or LineStrings, in EPSG:4326; with a step of `METRE` polygons in metres from any corner.
    step
        Of the coordinates.

    Returns
    -------
    str
        `SS.put("name","...");`, the same bytes for the same content.
    """
    counted = {f"col.{k}": counted_steps(c.values, c.scale) for k, c in columns.items() if c.scale is not None}
    streams = dict(zip(counted, varints(list(counted.values())), strict=True))
    if shapes is not None:
        made = lines(shapes) if len(shapes) and shapely.get_type_id(shapes[0]) == shapely.GeometryType.LINESTRING else outlines(shapes, step)
        streams |= {f"geo.{k}": b for k, b in made.items()}
    head: dict[str, Any] = {
        "rows": rows,
        "scales": {k: c.scale for k, c in columns.items() if c.scale is not None},
        "text": {k: _texts(c.values) for k, c in columns.items() if c.scale is None},
        "streams": {k: len(b) for k, b in streams.items()},
        "step": step,
        "metres": step == METRE,
    }
    body = json.dumps(head, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n" + b"".join(streams.values())
    return f'SS.put("{name}","{base64.b64encode(gzip.compress(body, 9, mtime=0)).decode()}");\n'


def pack_bytes(name: str, values: NDArray[np.uint8]) -> str:
    """The text of a data file that is one run of bytes: quicker than a column where most are 0."""
    head = {"rows": int(values.size), "scales": {}, "text": {}, "streams": {"bytes": int(values.size)}}
    body = json.dumps(head, separators=(",", ":")).encode() + b"\n" + values.tobytes()
    return f'SS.put("{name}","{base64.b64encode(gzip.compress(body, 6, mtime=0)).decode()}");\n'
