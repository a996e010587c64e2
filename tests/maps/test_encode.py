"""What is packed comes out again: numbers, texts, outlines with holes and parts."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pipeline.maps.encode import DEGREE, Column, counted_steps, outlines, pack, simplified, varint, zigzag


def read_varints(data: bytes) -> list[int]:
    """The reference reader, byte by byte."""
    out, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            out.append(value)
            value = shift = 0
    return out


def unzigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def read_polygons(streams: dict[str, bytes]) -> list[Any]:
    rings, sizes = read_varints(streams["rings"]), read_varints(streams["sizes"])
    points = (
        np.cumsum(
            [[unzigzag(a), unzigzag(b)] for a, b in zip(read_varints(streams["dx"]), read_varints(streams["dy"]), strict=True)], axis=0
        )
        * DEGREE
    )
    out, at, ring = [], 0, 0
    for count in rings:
        shape = shapely.Polygon()
        for size in sizes[ring : ring + count]:
            piece = shapely.Polygon(points[at : at + size])
            # Shells are anticlockwise and add, holes are clockwise and take away.
            shape = shape.union(piece) if shapely.is_ccw(piece.exterior) else shape.difference(piece)
            at += size
        ring += count
        out.append(shape)
    return out


def unpack(text: str) -> tuple[dict[str, Any], bytes]:
    body = gzip.decompress(base64.b64decode(re.fullmatch(r'SS\.put\("\w+","(.*)"\);\n', text)[1]))  # type: ignore[index]
    line, _, rest = body.partition(b"\n")
    return json.loads(line), rest


@given(st.lists(st.integers(0, 2**40), max_size=40))
def test_varint_is_read_back(values: list[int]) -> None:
    assert read_varints(varint(np.array(values, dtype=np.int64))) == values


@given(st.lists(st.integers(-(2**40), 2**40), max_size=40))
def test_zigzag_is_read_back(values: list[int]) -> None:
    assert [unzigzag(v) for v in zigzag(np.array(values, dtype=np.int64)).tolist()] == values


def test_missing_numbers_stay_missing_and_are_not_zero() -> None:
    assert read_varints(varint(counted_steps([0.0, np.nan, -1.5, 12.3], 0.1))) == [1, 0, 1 + 29, 1 + 246]


def test_holes_and_parts_come_back() -> None:
    ring = shapely.box(18.05, 40.34, 18.051, 40.341).difference(shapely.box(18.0504, 40.3404, 18.0506, 40.3406))
    pair = shapely.MultiPolygon([shapely.box(18.06, 40.34, 18.061, 40.341), shapely.box(18.0605, 40.342, 18.0608, 40.343)])
    island = shapely.union(ring, shapely.box(18.05048, 40.34048, 18.05052, 40.34052))
    got = read_polygons(outlines(np.array([ring, pair, island], dtype=object)))
    for shape, expected in zip(got, [ring, pair, island], strict=True):
        assert shape.symmetric_difference(expected).area < 1e-3 * expected.area


def test_a_shape_below_the_resolution_is_still_there() -> None:
    tiny = shapely.box(18.05, 40.34, 18.05 + 1e-8, 40.34 + 1e-8)
    streams = outlines(np.array([shapely.box(18, 40, 18.1, 40.1), tiny, shapely.Polygon()], dtype=object))
    assert read_varints(streams["rings"]) == [1, 1, 0]


def test_packing_is_the_same_twice_and_holds_all() -> None:
    columns = {"id": Column(["a", '</script>"', None]), "m2": Column([1.0, np.nan, 3.25], 0.1)}
    text = pack("demo", 3, columns, np.array([shapely.box(18, 40, 18.1, 40.1)] * 3, dtype=object))
    assert text == pack("demo", 3, columns, np.array([shapely.box(18, 40, 18.1, 40.1)] * 3, dtype=object))
    head, rest = unpack(text)
    assert head["rows"] == 3 and head["text"]["id"] == ["a", '</script>"', None]
    assert sum(head["streams"].values()) == len(rest)
    assert "script" not in text


def test_neighbours_still_share_their_edge_after_simplifying() -> None:
    wave = [(10 + 0.1 * np.sin(n), n) for n in np.linspace(0, 20, 80)]
    left = shapely.Polygon([(0, 0), *wave, (0, 20)])
    right = shapely.Polygon([(20, 20), *reversed(wave), (20, 0)])
    a, b = simplified(np.array([left, right], dtype=object), 0.5)
    assert shapely.get_num_coordinates(a) < shapely.get_num_coordinates(left)
    assert a.intersection(b).area == 0.0
    assert a.union(b).area == pytest.approx(left.union(right).area)


def test_overlapping_houses_are_simplified_one_by_one() -> None:
    a, b = shapely.box(0, 0, 10, 10), shapely.box(5, 5, 15, 15)
    out = simplified(np.array([a, b], dtype=object), 0.2)
    assert out[0].equals(a) and out[1].equals(b)
