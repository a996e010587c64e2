"""References, GML and CXF against a real sheet, whose areas partition it, and genuine answers of the service."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from pipeline.config.sources import Source
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.cadastre import Reference, parse_reference, read_gml, read_sheets
from pipeline.io.cxf import parse_cxf, read_cxf
from pipeline.io.vectors import repair

GML = Source(kind="ade_gml")
CXF = Source(kind="cxf", crs="EPSG:25833")
LIMIT = 2**31
SHEET_M2 = 3_806_503  # of sheet H501D076700


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("H501D076700.233", ("H501", "D", "767", "233", "parcel")),
        ("A000W000200.STRADA001", ("A000", "W", "2", "STRADA001", "road")),
        ("L439_002100.ACQUA005", ("L439", "_", "21", "ACQUA005", "water")),
        (" H833_0013A0 . 12/A ", ("H833", "_", "13A", "12/A", "parcel")),
        ("H833_0013A2.1", ("H833", "_", "13/A2", "1", "parcel")),
        ("H833_001310.1", ("H833", "_", "13/10", "1", "parcel")),
        ("H833_000000.1", ("H833", "_", "0", "1", "parcel")),
        ("B792_001000.A", ("B792", "_", "10", "A", "parcel")),
    ],
)
def test_references(text: str, parts: tuple[str, ...]) -> None:
    assert parse_reference(text) == Reference(*parts)


@pytest.mark.parametrize("text", ["", "233", "H501D076700", "H501D076700.", "501HD076700.1", "H501D07670.1", "None"])
def test_what_is_no_reference(text: str) -> None:
    assert parse_reference(text) is None


def test_different_sheets_have_different_labels() -> None:
    made = {parse_reference(f"H833_0013{a}{d}.1").sheet for a in "012AB" for d in "012AB"}  # type: ignore[union-attr]
    assert len(made) == 25


@pytest.mark.shared
def test_references_of_genuine_answers(shared_data: Path) -> None:
    folder = shared_data / "italy/cadastre"
    notes = Notes()
    road = read_gml(GML, folder / "AdE_WFS_A000W_STRADA001.gml", 32632, notes, LIMIT)
    parcel = read_gml(GML, folder / "AdE_WFS_A176_003100_329.gml", 32633, notes, LIMIT)
    assert road["reference"].tolist() == ["A000W000200.STRADA001"]
    assert parcel["reference"].tolist() == ["A176_003100.329"]
    assert notes.counts["rows read"] == 2
    assert notes.warnings == []
    # 9.1302 E 39.5484 N lies in Sardinia: zone 32 puts it near the central meridian of 9 degrees.
    assert abs(road.total_bounds[0] - 511_178) < 2
    on_ellipsoid = abs(Geod(ellps="GRS80").geometry_area_perimeter(parcel.to_crs(6706).geometry[0])[0])
    assert parcel.area.sum() == pytest.approx(on_ellipsoid, rel=1e-3)  # UTM: 0.9996 at the central meridian, squared


@pytest.mark.shared
def test_references_with_roads_and_waters(shared_data: Path) -> None:
    features = json.loads((shared_data / "italy/cadastre/pigreco_particelle_esempio.geojson").read_text())["features"]
    found = [parse_reference(f["properties"]["NATIONALCADASTRALREFERENCE"]) for f in features]
    assert [(r.kind, r.number) for r in found if r] == [("road", "STRADA001"), ("water", "ACQUA005"), ("parcel", "96"), ("parcel", "95")]
    assert [r.number for r in found if r] == [f["properties"]["LABEL"] for f in features]


@pytest.mark.shared
def test_sheet_labels_are_those_printed_on_the_map(shared_data: Path) -> None:
    features = json.loads((shared_data / "italy/cadastre/H833_sheets_CadastralZoning.geojson").read_text())["features"]
    for f in features:
        found = parse_reference(f["properties"]["NATIONALCADASTRALZONINGREFERENCE"] + ".1")
        assert found is not None
        assert found.sheet == f["properties"]["label"]
    assert len(features) == 26


@pytest.mark.shared
def test_cxf_sheet_is_partitioned(shared_data: Path) -> None:
    sheet, frame = read_cxf(CXF, shared_data / "italy/cadastre/H501D076700.CTF", 25833)
    assert sheet.code == "H501D076700"
    assert Counter(sheet.kinds) == {"parcel": 381, "building": 131, "road": 1, "water": 2, "sheet": 1}
    assert frame.is_valid.all()
    border = frame.geometry[frame["cxf_kind"] == "sheet"].iloc[0]
    areas = frame[frame["cxf_kind"].isin(("parcel", "road", "water"))]
    assert round(border.area) == SHEET_M2
    assert round(areas.area.sum()) == SHEET_M2
    assert areas["reference"].is_unique
    # No overlap and no gap: the union is as large as the sum, and is the sheet.
    union = shapely.union_all(np.asarray(areas.geometry))
    assert union.area == pytest.approx(areas.area.sum(), abs=1e-6)
    assert union.symmetric_difference(border).area < 1e-6
    # Islands as the file counts them: 21 borders have one, 7 two, 3 three, 2 five, one 23.
    assert sum(len(g.interiors) for g in frame.geometry) == 21 + 14 + 9 + 10 + 23


@pytest.mark.shared
def test_gml_is_the_same_sheet_within_its_eighth_decimal(shared_data: Path) -> None:
    folder = shared_data / "italy/cadastre"
    notes = Notes()
    gml = read_gml(GML, folder / "REENCODED_H501D0767_ROMA_ple.gml", 25833, notes, LIMIT)
    assert notes.counts["rows read"] == len(gml) == 384
    assert round(gml.area.sum()) == SHEET_M2
    _, cxf = read_cxf(CXF, folder / "H501D076700.CTF", 25833)
    both = gml.merge(cxf, on="reference", suffixes=("", "_cxf"))
    assert len(both) == 384
    apart = shapely.hausdorff_distance(np.asarray(both.geometry), np.asarray(both["geometry_cxf"]))
    assert apart.max() < 0.001  # half of 1e-8 degrees is 0.6 mm of latitude, 0.4 mm of longitude
    union = shapely.union_all(np.asarray(gml.geometry))
    assert union.area == pytest.approx(gml.area.sum(), abs=0.01)


def member(number: str, points: str) -> str:
    return (
        f'<wfs:member><CP:CadastralParcel gml:id="p.{number}"><CP:msGeometry><gml:Polygon gml:id="g.{number}" srsName="urn:ogc:def:crs:EPSG::6706"><gml:exterior><gml:LinearRing>'
        f'<gml:posList srsDimension="2">{points}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></CP:msGeometry><CP:LABEL>{number}</CP:LABEL>'
        f"<CP:NATIONALCADASTRALREFERENCE>B792_000100.{number}</CP:NATIONALCADASTRALREFERENCE></CP:CadastralParcel></wfs:member>"
    )


def collection(*members: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><wfs:FeatureCollection xmlns:CP="http://mapserver.gis.umn.edu/mapserver" xmlns:gml="http://www.opengis.net/gml/3.2" '
        f'xmlns:wfs="http://www.opengis.net/wfs/2.0" numberReturned="{len(members)}">{"".join(members)}</wfs:FeatureCollection>'
    )


GOOD = "40.34 18.04 40.35 18.04 40.35 18.05 40.34 18.04"


def test_a_single_feature_keeps_its_leading_zeros(tmp_path: Path) -> None:
    (tmp_path / "a.gml").write_text(collection(member("0012", GOOD)))
    frame = read_gml(GML, tmp_path / "a.gml", 25833, Notes(), LIMIT)
    assert frame["reference"].tolist() == ["B792_000100.0012"]
    assert list(frame.columns) == ["reference", "geometry"]
    own = read_gml(Source(kind="ade_gml", fields={"parcel_id": "LABEL"}), tmp_path / "a.gml", 25833, Notes(), LIMIT)
    assert own["reference"].tolist() == ["0012"]


def test_damaged_features_are_counted_and_do_not_stop_the_town(tmp_path: Path) -> None:
    members = [member(str(n), GOOD) for n in range(6)]
    members += [
        member("odd", "40.34 18.04 40.35"),
        member("two", "40.34 18.04 40.35 18.04"),
        member("words", "40.34 18.04 abc def 40.35 18.05 40.34 18.04"),
        member("bow", "40.34 18.04 40.35 18.05 40.35 18.04 40.34 18.05 40.34 18.04"),
    ]
    (tmp_path / "a.gml").write_text(collection(*members))
    notes = Notes()
    frame = repair(read_gml(GML, tmp_path / "a.gml", 25833, notes, LIMIT), notes)
    kept = [r.rpartition(".")[2] for r in frame["reference"]]
    assert kept == ["0", "1", "2", "3", "4", "5", "bow"]
    assert notes.counts["rows read"] == 10
    assert sum(v for k, v in notes.counts.items() if k.startswith("dropped")) == 3
    assert notes.counts["geometry repaired"] == 1


def test_gml_with_nothing_usable(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_text(collection())
    with pytest.raises(InputError, match="the layer is empty: no feature CadastralParcel"):
        read_gml(GML, path, 25833, Notes(), LIMIT)
    path.write_text('<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"/>')
    with pytest.raises(InputError, match="the document is a ows:ExceptionReport; expected a FeatureCollection"):
        read_gml(GML, path, 25833, Notes(), LIMIT)
    path.write_text(collection(member("1", GOOD))[:-40])
    with pytest.raises(InputError, match="cut off or damaged"):
        read_gml(GML, path, 25833, Notes(), LIMIT)
    with pytest.raises(InputError, match="expected at most 100"):
        read_gml(GML, path, 25833, Notes(), 100)


def test_swapped_axes_and_other_countries(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_text(collection(member("1", "18.04 40.34 18.04 40.35 18.05 40.35 18.04 40.34")))
    with pytest.raises(InputError, match=r"longitude 40\.3400 to 40.3500, latitude 18.0400 to 18.0500: the axes are swapped"):
        read_gml(GML, path, 25833, Notes(), LIMIT)
    path.write_text(collection(member("1", "52.0 4.3 52.1 4.3 52.1 4.4 52.0 4.3")))
    with pytest.raises(InputError, match="the file is of another place"):
        read_gml(GML, path, 25833, Notes(), LIMIT)


def record(name: str, rings: list[list[tuple[int, int]]]) -> list[str]:
    islands = [len(r) for r in rings[1:]]
    numbers = [1, 0.0, 1.0, 1.0, 1.0, 1.0, len(islands), sum(len(r) for r in rings), *islands, *[v for r in rings for p in r for v in p]]
    return ["BORDO", name, *[f" {n}" for n in numbers]]


WHOLE = [(0, 0), (9, 0), (9, 9), (0, 9)]
HOLE = [(3, 3), (5, 3), (5, 5), (3, 5)]
SMALL = "\n".join(
    [
        *["MAPPA", "B792_000100", " 2000"],
        *record("B792_000100", [WHOLE]),
        *record("12", [WHOLE, HOLE]),
        *["TESTO\\", "EOF", " 1", " 0.0", " 1.0", " 1.0"],  # a text may read like a record's word
        *record("STRADA   ", [HOLE]),
        *["LINEA", " 5", " 2", " 0", " 0", " 1", " 1", "SIMBOLO\\", " 5", " 0.5", " 1", " 1", "FIDUCIALE", "12A", " 20", " 1", " 1", " 2", " 2"],
        *record("12+", [HOLE[:2]]),
        *["EOF", ""],
    ]
)


def test_cxf_records() -> None:
    for text in (SMALL, SMALL.replace("\n", "\r\n")):
        sheet = parse_cxf(text, "small.CXF")
        assert sheet.names == ("B792_000100", "12", "STRADA", "12+")
        assert sheet.kinds == ("sheet", "parcel", "road", "building")
        assert sheet.references()[1:] == ["B792_000100.12", "B792_000100.STRADA001", "B792_000100.12+"]
        assert [g.area for g in sheet.geometries[:3]] == [81.0, 77.0, 4.0]
        assert sheet.geometries[3] is None  # two points


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("", "small.CXF: ends at line 0 without EOF"),
        (SMALL.replace("MAPPA", "QUADRO D'UNIONE"), "line 1: \"QUADRO D'UNIONE\"; expected MAPPA"),
        (SMALL.replace("B792_000100\n 2000", "foglio 1\n 2000"), "line 2: 'foglio 1'; expected the sheet's code"),
        (SMALL.rstrip().removesuffix("EOF"), "without EOF; the file is cut off"),
        (SMALL[:100], "the file is cut off"),
        (SMALL.replace("BORDO\n12\n", "BORD\n12\n"), "line 22: 'BORD'; expected BORDO, TESTO"),
        (SMALL.replace(" 9\n 0\n", " x\n 0\n", 1), "lines 14 to 21: .*expected numbers"),
        (SMALL.replace(" 9\n 0\n", " nan\n 0\n", 1), "not a finite number"),
        (SMALL.replace(" 1\n 8\n 4\n", " 1\n 8\n 9\n"), "border 12 has 8 vertices, its islands 9"),
        ("MAPPA\nB792_000100\n1000\nEOF\n", "holds no border"),
    ],
)
def test_broken_cxf_is_told_with_its_line(broken: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_cxf(broken, "small.CXF")


@pytest.mark.shared
def test_cxf_needs_a_reference_system(shared_data: Path) -> None:
    with pytest.raises(InputError, match="a CXF file declares no reference system; add the key `crs`"):
        read_cxf(Source(kind="cxf"), shared_data / "italy/cadastre/H501D076700.CTF", 25833)


TOKENS = st.sampled_from(["BORDO", "TESTO\\", "SIMBOLO", "LINEA", "FIDUCIALE", "EOF", "12", "12+", "STRADA", "0", "1", "3", "-1", "1e9", "99999999999", "nan", "x", "", "750000.5"])


@given(st.text(max_size=60))
def test_any_text_is_a_reference_or_none(text: str) -> None:
    found = parse_reference(text)
    if found is not None:
        assert "".join(text.split()).startswith(found.belfiore)
        assert found.kind in ("parcel", "road", "water")
        assert found.number


@given(st.from_regex(r"[A-Z][0-9]{3}[A-Z_][0-9]{4}[0-9A-Z]{2}\.[A-Z0-9/]{1,8}", fullmatch=True))
def test_every_well_formed_reference_is_read_and_tells_its_sheet(text: str) -> None:
    found = parse_reference(text)
    assert found is not None
    assert found.number == text.partition(".")[2]
    assert found.sheet.startswith(str(int(text[5:9])))


@given(st.lists(TOKENS, max_size=60), st.booleans())
def test_any_cxf_is_a_sheet_or_an_input_error(tokens: list[str], headed: bool) -> None:
    text = "\n".join([*(["MAPPA", "B792_000100", "2000"] if headed else []), *tokens])
    start = time.perf_counter()
    try:
        sheet = parse_cxf(text, "any.CXF")
    except InputError as error:
        assert str(error).startswith("any.CXF: ")
    else:
        assert len(sheet.names) == len(sheet.kinds) == len(sheet.geometries) > 0
    assert time.perf_counter() - start < 0.5


@given(st.text(max_size=200))
def test_any_text_is_a_cxf_sheet_or_an_input_error(text: str) -> None:
    with pytest.raises(InputError, match=r"any\.CXF"):
        parse_cxf(text, "any.CXF")


def zoning(code: str, shape: shapely.Polygon) -> str:
    points = " ".join(f"{y:.8f} {x:.8f}" for x, y in shape.exterior.coords)
    return (
        f'<wfs:member><CP:CadastralZoning gml:id="z.{code}"><CP:msGeometry><gml:Polygon gml:id="zg.{code}" srsName="urn:ogc:def:crs:EPSG::6706"><gml:exterior><gml:LinearRing>'
        f'<gml:posList srsDimension="2">{points}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></CP:msGeometry><CP:INSPIREID_LOCALID>IT.AGE.MAP.{code}</CP:INSPIREID_LOCALID>'
        f"<CP:NATIONALCADASTRALZONINGREFERENCE>{code}</CP:NATIONALCADASTRALZONINGREFERENCE></CP:CadastralZoning></wfs:member>"
    )


@pytest.mark.shared
def test_twenty_six_sheets_with_annexes(shared_data: Path, tmp_path: Path) -> None:
    features = json.loads((shared_data / "italy/cadastre/H833_sheets_CadastralZoning.geojson").read_text())["features"]
    made = {f["properties"]["NATIONALCADASTRALZONINGREFERENCE"]: shapely.get_parts(shapely.from_geojson(json.dumps(f["geometry"])))[0] for f in features}
    (tmp_path / "a_map.gml").write_text(collection(*(zoning(code, shape) for code, shape in made.items())))
    notes = Notes()
    frame = read_sheets(Source(kind="ade_map"), tmp_path / "a_map.gml", 25833, notes, LIMIT)
    assert set(frame["code"]) == set(made)
    assert notes.counts["sheets read"] == len(frame) == 26
    assert sum(c[9:] != "00" for c in frame["code"]) > 0  # annexes
    with pytest.raises(InputError, match=r"no feature CadastralParcel in the file; expected cadastral parcels \(the file that ends in _ple\.gml"):
        read_gml(GML, tmp_path / "a_map.gml", 25833, Notes(), LIMIT)
