"""OpenStreetMap as .osm, as .osm.pbf and as GeoJSON gives the same buildings, streets and places."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from pipeline.config.sources import BuildingsConfig, GreenspacesConfig, Layer, Source, StreetsConfig
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Buildings, Greenspaces, Streets
from pipeline.errors import InputError
from pipeline.io.osm import metres, parse_tags
from pipeline.stages.sources.buildings import buildings
from pipeline.stages.sources.greenspaces import greenspaces
from pipeline.stages.sources.streets import streets

TOWN = Town(name="Carmiano", epsg=25833)
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


def pbf(path: Path, compress: bool = True) -> Path:
    """The same map by the letter of https://wiki.openstreetmap.org/wiki/PBF_Format: a header and one block of nodes and ways."""
    words = ["", *sorted({w for _, tags in WAYS.values() for pair in tags.items() for w in pair})]
    strings = block(1, b"".join(block(1, w.encode()) for w in words))
    ids = list(NODES)
    dense = block(1, deltas(ids)) + block(8, deltas([round(NODES[n][0] * 1e7) for n in ids])) + block(9, deltas([round(NODES[n][1] * 1e7) for n in ids]))
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


MAKERS = {"a.osm": xml, "a.osm.pbf": pbf, "a.geojson": geojson}


def layer(name: str, folder: Path) -> tuple[Layer]:
    return (Layer(Source(kind="osm"), (MAKERS[name](folder / name),)),)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_buildings_with_their_heights(name: str, tmp_path: Path, balance) -> None:  # type: ignore[no-untyped-def]
    notes = Notes()
    made = buildings(layer(name, tmp_path), None, None, None, BuildingsConfig(), TOWN, notes)
    check_table(made, Buildings, 25833, "buildings")
    assert made["building_id"].tolist() == ["w100", "w101"]
    assert made["height_m"].tolist() == pytest.approx([6.2, 7.5])
    assert made["height_basis"].tolist() == ["storeys", "attribute"]
    assert made["area_m2"].tolist() == pytest.approx([9431.0, 9431.0], rel=2e-3)  # 111.04 m x 84.93 m, UTM: 0.9996 squared at 3 degrees more
    if name != "a.geojson":  # the lines have another geometry and are counted as no building
        balance(notes, len(made))


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_streets_meet_at_common_nodes(name: str, tmp_path: Path) -> None:
    notes = Notes()
    made = streets(layer(name, tmp_path), None, StreetsConfig(), TOWN, notes)
    check_table(made, Streets, 25833, "streets")
    own = made.set_index("street_id")
    assert own.index.tolist() == ["w200-0", "w200-1", "w201-0", "w202-0", "w203-0", "w204-0"]
    assert own["name"].tolist()[:3] == ["Via Roma", "Via Roma", None]
    assert own.loc["w200-0", "to_node"] == own.loc["w200-1", "from_node"] == own.loc["w201-0", "from_node"]
    assert own["walkable"].to_dict() == {"w200-0": True, "w200-1": True, "w201-0": True, "w202-0": False, "w203-0": True, "w204-0": False}
    assert notes.counts["rows kept"] == 5
    assert notes.counts["rows read"] == 5 + notes.counts["left out: no street (no tag highway)"] + notes.counts["left out: no line (squares and areas of streets)"]
    assert notes.figures["walkable_km"] == pytest.approx(made[made["walkable"]]["length_m"].sum() / 1000)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_green_places(name: str, tmp_path: Path, balance) -> None:  # type: ignore[no-untyped-def]
    notes = Notes()
    made = greenspaces(layer(name, tmp_path), None, GreenspacesConfig(), TOWN, notes)
    check_table(made, Greenspaces, 25833, "greenspaces")
    assert made[["greens_id", "name", "kind", "public"]].to_numpy().tolist() == [["w103", "Villa comunale", "park", True], ["w104", None, "garden", False], ["w106", None, "park", False]]
    balance(notes, len(made))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_cut_extract_is_refused(share: float, tmp_path: Path) -> None:
    for name in ("a.osm", "a.osm.pbf"):
        (source,) = layer(name, tmp_path)
        path = source.paths[0]
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        with pytest.raises(InputError):
            streets((source,), None, StreetsConfig(), TOWN, Notes())


def test_an_extract_leaves_nothing_beside_itself(tmp_path: Path) -> None:
    for name in ("a.osm", "a.osm.pbf"):
        buildings(layer(name, tmp_path), None, None, None, BuildingsConfig(), TOWN, Notes())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.osm", "a.osm.pbf"]


def test_tags_and_lengths() -> None:
    assert parse_tags(r'"a"=>"b \"c\" => d","e:f"=>"\\"') == {"a": 'b "c" => d', "e:f": "\\"}
    assert parse_tags("no tags") == {}
    assert [metres(t) for t in ("3", "3.5 m", "10 ft", "2;3", "", None, "approx 3")] == pytest.approx([3.0, 3.5, 3.048, np.nan, np.nan, np.nan, np.nan], nan_ok=True)
