"""One small map of OpenStreetMap in the three forms in which it comes: .osm, .osm.pbf, GeoJSON."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

LAT, LON, D = 40.34, 18.04, 0.001  # a thousandth of a degree: 111 m north, 85 m east
NODES = {n: (LAT + D * (n // 10), LON + D * (n % 10)) for n in range(1, 60)}
WAYS: dict[int, tuple[list[int], dict[str, str]]] = {
    100: ([1, 2, 12, 11, 1], {"building": "yes", "building:levels": "2", "name": 'La "Torre" => vecchia \\ 1'}),
    101: ([3, 4, 14, 13, 3], {"building": "house", "height": "7,5 m", "building:levels": "9"}),
    102: ([5, 6, 16, 15, 5], {"building": "construction"}),
    103: ([21, 22, 32, 31, 21], {"leisure": "park", "name": "Villa comunale"}),
    104: ([23, 24, 34, 33, 23], {"leisure": "garden", "garden:type": "residential"}),
    105: ([25, 26, 36, 35, 25], {"landuse": "farmland"}),
    106: ([27, 28, 38, 37, 27], {"leisure": "park", "access": "private"}),
    200: ([41, 42, 43], {"highway": "residential", "name": "Via Roma"}),
    201: ([42, 52], {"highway": "footway"}),
    202: ([43, 53], {"highway": "motorway"}),
    203: ([53, 54], {"highway": "cycleway", "foot": "designated"}),
    204: ([54, 55], {"highway": "service", "access": "private"}),
    205: ([44, 45], {"waterway": "ditch"}),
}


def xml(path: Path) -> Path:
    from xml.sax.saxutils import quoteattr

    lines = ['<?xml version="1.0" encoding="UTF-8"?><osm version="0.6" generator="test">']
    lines += [f'<node id="{n}" lat="{a:.7f}" lon="{b:.7f}" version="1"/>' for n, (a, b) in NODES.items()]
    for way, (nodes, tags) in WAYS.items():
        lines += [f'<way id="{way}" version="1">', *(f'<nd ref="{n}"/>' for n in nodes), *(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()), "</way>"]
    path.write_text("".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def varint(n: int) -> bytes:
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def number(field: int, n: int) -> bytes:
    return varint(field << 3) + varint(n)


def block(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def zigzag(n: int) -> int:
    return n << 1 ^ n >> 63


def deltas(values: list[int]) -> bytes:
    return b"".join(varint(zigzag(b - a)) for a, b in zip([0, *values], values, strict=False))


def pbf(path: Path, compress: bool = True, north: float = 0.0, east: float = 0.0) -> Path:
    """The same map by the letter of https://wiki.openstreetmap.org/wiki/PBF_Format: a header and one block of nodes and ways; moved by degrees."""
    words = ["", *sorted({w for _, tags in WAYS.values() for pair in tags.items() for w in pair})]
    strings = block(1, b"".join(block(1, w.encode()) for w in words))
    ids = list(NODES)
    dense = block(1, deltas(ids)) + block(8, deltas([round((NODES[n][0] + north) * 1e7) for n in ids])) + block(9, deltas([round((NODES[n][1] + east) * 1e7) for n in ids]))
    ways = b""
    for way, (nodes, tags) in WAYS.items():
        keys, values = (b"".join(varint(words.index(w)) for w in side) for side in (tags, tags.values()))
        ways += block(3, number(1, way) + block(2, keys) + block(3, values) + block(8, deltas(nodes)))
    data = strings + block(2, block(2, dense)) + block(2, ways)
    head = block(4, b"OsmSchema-V0.6") + block(4, b"DenseNodes")
    out = b""
    for kind, content in ((b"OSMHeader", head), (b"OSMData", data)):
        blob = number(2, len(content)) + block(3, zlib.compress(content)) if compress else block(1, content)
        top = block(1, kind) + number(3, len(blob))
        out += struct.pack(">I", len(top)) + top + blob
    path.write_bytes(out)
    return path


def geojson(path: Path) -> Path:
    features = []
    for way, (nodes, tags) in WAYS.items():
        points = [[NODES[n][1], NODES[n][0]] for n in nodes]
        closed = nodes[0] == nodes[-1]
        shape = {"type": "Polygon", "coordinates": [points]} if closed else {"type": "LineString", "coordinates": points}
        features.append({"type": "Feature", "properties": {"@id": f"way/{way}", **tags}, "geometry": shape})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path
