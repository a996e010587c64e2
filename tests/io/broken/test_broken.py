"""Files as they should not be: each gives its own clear message, none a traceback, none a silent result."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from pipeline.contracts.notes import Notes
from pipeline.errors import SoleSuoloError
from tests.reference.raw_layers import CXF, HEAD, OSM, SOUTH, WEST, layer, read, square, text

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def truncated_zip(folder: Path) -> Path:
    path = layer(folder / "a.gpkg", [square()])
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "a.gpkg")
    return text(folder / "cut.zip", (folder / "a.zip").read_bytes()[:500])


def malformed_xml(folder: Path) -> Path:
    return text(folder / "a.gml", HEAD + "<wfs:member></wfs:FeatureCollection>")


def billion_laughs(folder: Path) -> Path:
    return text(folder / "a.gml", f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "lol">{LAUGHS}]><a>&l9;</a>')


def external_entity(folder: Path) -> Path:
    text(folder / "secret.txt", "secret")
    return text(folder / "a.gml", f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "{(folder / "secret.txt").as_uri()}">]><a>&x;</a>')


def osm_laughs(folder: Path) -> Path:
    return text(folder / "a.osm", f'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY l0 "lol">{LAUGHS}]><osm version="0.6"><node id="1" lat="40" lon="18"><tag k="name" v="&l9;"/></node></osm>')


def no_projection(folder: Path) -> Path:
    path = layer(folder / "a.shp", [square()])
    path.with_suffix(".prj").unlink()
    return path


def no_table(folder: Path) -> Path:
    path = layer(folder / "a.shp", [square()])
    path.with_suffix(".dbf").unlink()
    return path


def empty_layer(folder: Path) -> Path:
    frame = gpd.GeoDataFrame({"ID": ["a"]}, geometry=[square()], crs=25833)
    pyogrio.write_dataframe(frame.iloc[:0], folder / "a.gpkg", geometry_type="Polygon")
    return folder / "a.gpkg"


def wrong_crs(folder: Path) -> Path:
    return layer(folder / "a.gpkg", [square(n * 30.0) for n in range(9)], crs=32632)


def swapped_axes(folder: Path) -> Path:
    ring = "18.04 40.34 18.04 40.35 18.05 40.35 18.04 40.34"
    body = (
        '<wfs:member><CP:CadastralParcel gml:id="p"><CP:msGeometry><gml:Polygon gml:id="g" srsName="urn:ogc:def:crs:EPSG::6706"><gml:exterior><gml:LinearRing>'
        f'<gml:posList srsDimension="2">{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></CP:msGeometry>'
        "<CP:NATIONALCADASTRALREFERENCE>B792_000100.1</CP:NATIONALCADASTRALREFERENCE></CP:CadastralParcel></wfs:member>"
    )
    return text(folder / "a.gml", f"{HEAD}{body}</wfs:FeatureCollection>")


def metres_as_degrees(folder: Path) -> Path:
    return text(folder / "a.geojson", gpd.GeoDataFrame({"ID": ["a"]}, geometry=[square()]).to_json())


def half_a_geojson(folder: Path) -> Path:
    return text(folder / "a.geojson", (layer(folder / "b.geojson", [square(0), square(40)])).read_bytes()[:-80])


def another_encoding(folder: Path) -> Path:
    path = layer(folder / "b.geojson", [square()], NAME=["Via Unità"])
    return text(folder / "a.geojson", path.read_text(encoding="utf-8").encode("latin-1"))


def unknown_encoding(folder: Path) -> Path:
    return text(folder / "a.gml", HEAD.replace('version="1.0"', 'version="1.0" encoding="utn-8"') + "</wfs:FeatureCollection>")


def service_error(folder: Path) -> Path:
    return text(folder / "a.gml", '<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"/>')


def a_web_page(folder: Path) -> Path:
    return text(folder / "a.geojson", "<!DOCTYPE html><html><body>404</body></html>")


def cut_pbf(folder: Path) -> Path:
    return text(folder / "a.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c\x10\x71")


def points_only(folder: Path) -> Path:
    return layer(folder / "a.gpkg", [shapely.Point(WEST + n, SOUTH) for n in range(3)])


CORPUS: list[tuple[str, str, dict[str, Any], Callable[[Path], Path], str]] = [
    ("truncated zip", "parcels", {}, truncated_zip, "cannot be read as a zip .*cut off, damaged"),
    ("malformed XML", "parcels", {"kind": "ade_gml"}, malformed_xml, "line 1: mismatched tag; the file is cut off or damaged"),
    ("billion laughs", "parcels", {"kind": "ade_gml"}, billion_laughs, r"declares a document type \(DOCTYPE\)"),
    ("billion laughs, any layer", "boundary", {}, billion_laughs, r"declares a document type \(DOCTYPE\)"),
    ("external entity", "parcels", {"kind": "ade_gml"}, external_entity, r"declares a document type \(DOCTYPE\)"),
    ("billion laughs in OpenStreetMap", "buildings", {"kind": "osm"}, osm_laughs, r"declares a document type \(DOCTYPE\)"),
    ("shapefile without .prj", "buildings", {}, no_projection, "declares no reference system; add the key `crs`"),
    ("shapefile without .dbf", "buildings", {}, no_table, r"a\.dbf missing beside it; a shapefile is"),
    ("empty layer", "buildings", {}, empty_layer, "the layer is empty; expected at least one feature"),
    ("wrong reference system", "parcels", {"fields": {"parcel_id": "ID"}}, wrong_crs, "100.0% of the parcels' area lies outside the boundary"),
    ("wrong reference system, buildings", "buildings", {}, wrong_crs, "no footprint is left in Carmiano .*check files, `crs` and `epsg`"),
    ("swapped axes", "parcels", {"kind": "ade_gml"}, swapped_axes, "the axes are swapped; expected longitude 6.6 to 18.6"),
    ("metres as degrees", "buildings", {}, metres_as_degrees, "which are metres; add the key `crs`"),
    ("half a GeoJSON", "buildings", {}, half_a_geojson, "cannot be read as a vector layer .*cut off, damaged"),
    ("another encoding than it says", "buildings", {}, another_encoding, "cannot be read .*codec can't decode"),
    ("an encoding that is none", "parcels", {"kind": "ade_gml"}, unknown_encoding, "line 1: unknown encoding: utn-8"),
    ("an error of the service", "parcels", {"kind": "ade_gml"}, service_error, "the document is a ows:ExceptionReport"),
    ("a web page", "greenspaces", {"kind": "osm"}, a_web_page, "cannot be read as a vector layer"),
    ("cut OpenStreetMap extract", "streets", {"kind": "osm"}, cut_pbf, "cannot be read|cut off or damaged"),
    ("points for streets", "streets", {}, points_only, "no street is left in Carmiano .*left out: no line"),
    ("points for a boundary", "boundary", {}, points_only, "no usable polygon; expected the boundary of Carmiano"),
]


@pytest.mark.parametrize(("stage", "keys", "make", "says"), [c[1:] for c in CORPUS], ids=[c[0] for c in CORPUS])
def test_each_broken_file_has_its_own_message(stage: str, keys: dict[str, Any], make: Callable[[Path], Path], says: str, tmp_path: Path) -> None:
    path = make(tmp_path)
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(SoleSuoloError, match=says) as caught:
        read(stage, path, **keys)
    for problem in caught.value.problems:
        assert path.name in problem or "sources." in problem  # where to look
        assert "Traceback" not in problem
        assert problem.count(";") >= 1  # what to do
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_self_intersections_are_repaired_and_counted(tmp_path: Path, balance: Callable[[Notes, int], None]) -> None:
    bow = shapely.Polygon([(WEST, SOUTH), (WEST + 10, SOUTH + 10), (WEST + 10, SOUTH), (WEST, SOUTH + 10)])
    notes = Notes()
    made = read("buildings", layer(tmp_path / "a.gpkg", [bow, square(100)]), notes=notes)
    assert notes.counts["geometry repaired"] == 1
    assert sorted(made["area_m2"].round(6)) == [50.0, 400.0]
    balance(notes, len(made))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0, 9999.0, 1e300])
def test_heights_that_are_no_heights_are_not_taken(value: float, tmp_path: Path) -> None:
    notes = Notes()
    path = layer(tmp_path / "a.gpkg", [square(), square(100)], H=[value, 6.0])
    made = read("buildings", path, notes=notes, fields={"building_id": "ID", "height_m": "H"})
    assert made["height_basis"].tolist() == ["none", "attribute"]
    assert np.isnan(made["height_m"][0])
    odd = notes.counts["height not taken from attribute: not between 0 and 500 m"]
    assert odd == (0 if math.isnan(value) else 1)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_coordinates_that_are_no_numbers(value: float, tmp_path: Path) -> None:
    ring = [(WEST, SOUTH), (WEST + 9, SOUTH), (value, SOUTH + 9), (WEST, SOUTH + 9), (WEST, SOUTH)]
    notes = Notes()
    path = layer(tmp_path / "a.gpkg", [shapely.Polygon(ring), square(100)])
    try:
        made = read("buildings", path, notes=notes)
    except SoleSuoloError as error:
        assert "coordinates" in str(error)  # either way it is told
    else:
        assert len(made) == 1
        assert sum(n for what, n in notes.counts.items() if what.startswith("dropped")) == 1


def test_duplicate_identifiers_are_told(tmp_path: Path, balance: Callable[[Notes, int], None]) -> None:
    notes = Notes()
    path = layer(tmp_path / "a.gpkg", [square(), square(100), square(100)], IDAG=["a", "a", "a"])
    made = read("buildings", path, notes=notes, fields={"building_id": "IDAG"})
    assert made["building_id"].tolist() == ["a", "a.2"]
    assert notes.counts["identifiers numbered because they repeat"] == 1
    assert notes.counts["dropped: repeats another row"] == 1
    balance(notes, len(made))


def test_a_parcel_ten_thousand_kilometres_away(tmp_path: Path) -> None:
    shapes = [square(30.0 * n) for n in range(20)]
    far = shapely.box(WEST, SOUTH - 10_000_000, WEST + 200, SOUTH - 10_000_000 + 200)
    with pytest.raises(SoleSuoloError, match=r"83\.3% of the parcels' area lies outside the boundary .*check that files"):
        read("parcels", layer(tmp_path / "a.gpkg", [*shapes, far]), fields={"parcel_id": "ID"})
    notes = Notes()
    buildings_made = read("buildings", layer(tmp_path / "b.gpkg", [*shapes, far]), notes=notes)
    assert len(buildings_made) == 20
    assert notes.counts["dropped: centroid outside the boundary"] == 1


def test_a_table_of_residents_lacks_a_column_or_a_number(tmp_path: Path) -> None:
    outlines = layer(tmp_path / "s.gpkg", [square(), square(100)], SEZ=["750140000001", "750140000002"])
    keys = {"kind": "sections", "fields": {"section_id": "SEZ"}}
    with pytest.raises(SoleSuoloError, match=r"t\.csv: column missing: residents .*the header found is SEZ2011, MASCHI"):
        read("residents", outlines, table=text(tmp_path / "t.csv", "SEZ2011;MASCHI\n750140000001;3\n"), **keys)
    with pytest.raises(SoleSuoloError, match=r"t\.csv: line 3: residents: 'tre'; expected a whole number"):
        read("residents", outlines, table=text(tmp_path / "t.csv", "SEZ2011;P1\n750140000001;3\n750140000002;tre\n"), **keys)
    with pytest.raises(SoleSuoloError, match=r"line 3: section 750140000001 stands there twice"):
        read("residents", outlines, table=text(tmp_path / "t.csv", "SEZ2011;P1\n750140000001;3\n750140000001;4\n"), **keys)
    with pytest.raises(SoleSuoloError, match="no section of the outlines is in the table"):
        read("residents", outlines, table=text(tmp_path / "t.csv", "SEZ2011;P1\n160010000001;3\n"), **keys)


READABLE: dict[str, Callable[[Path], tuple[Path, str]]] = {
    "shapefile": lambda folder: (layer(folder / "a.shp", [square()]), "vector"),
    "GeoPackage": lambda folder: (layer(folder / "a.gpkg", [square()]), "vector"),
    "GeoJSON": lambda folder: (layer(folder / "a.geojson", [square()]), "vector"),
    "FlatGeobuf": lambda folder: (layer(folder / "a.fgb", [square()]), "vector"),
    "GML": lambda folder: (layer(folder / "a.gml", [square()]), "vector"),
    "OpenStreetMap": lambda folder: (text(folder / "a.osm", OSM), "osm"),
    "CXF": lambda folder: (text(folder / "a.CXF", "\n".join(CXF)), "cxf"),
}


@pytest.mark.parametrize("name", sorted(READABLE))
def test_no_reader_writes_beside_a_raw_file(name: str, tmp_path: Path) -> None:
    path, kind = READABLE[name](tmp_path)
    for side in tmp_path.glob("*.xsd"):
        side.unlink()
    before = {p.name: (p.stat().st_size, p.stat().st_mtime_ns) for p in tmp_path.iterdir()}
    tmp_path.chmod(0o555)
    try:
        made = read("buildings", path, kind=kind, **({"crs": "EPSG:25833"} if kind == "cxf" else {}))
    finally:
        tmp_path.chmod(0o755)
    assert len(made) == 1
    assert {p.name: (p.stat().st_size, p.stat().st_mtime_ns) for p in tmp_path.iterdir()} == before
