"""Layers in any format arrive in the town's system; what is wrong with a file is said, and the raw folder stays as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from pipeline.config.sources import Source
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.vectors import concatenate, number_field, read_vector, repair, text_field
from pipeline.io.xmlguard import check_xml

SQUARE = shapely.box(758000.0, 4473000.0, 758100.0, 4473100.0)


def layer(**columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": ["a"], **columns}, geometry=[SQUARE], crs=25833)


def vector(**keys: object) -> Source:
    return Source.model_validate({"kind": "vector", **keys})


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb"])
@pytest.mark.parametrize("epsg", [25833, 4326, 3035])
def test_every_format_and_system_arrives_in_the_towns(suffix: str, epsg: int, tmp_path: Path) -> None:
    path = tmp_path / f"layer.{suffix}"
    pyogrio.write_dataframe(layer().to_crs(epsg), path)
    frame = read_vector(vector(), path, 25833)
    assert frame.crs.to_epsg() == 25833
    assert frame.geometry[0].hausdorff_distance(SQUARE) < 0.05  # GeoJSON keeps 7 decimals of a degree, about 1 cm
    assert frame["id"].tolist() == ["a"]


def test_crs_of_town_yaml_serves_files_that_declare_none(tmp_path: Path) -> None:
    path = tmp_path / "layer.shp"
    pyogrio.write_dataframe(layer(), path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match=r"declares no reference system; add the key `crs`"):
        read_vector(vector(), path, 25833)
    notes = Notes()
    assert read_vector(vector(crs="EPSG:25833"), path, 25833, notes).geometry[0].equals(SQUARE)
    assert notes.assumptions == ["layer.shp: declares no reference system, read as EPSG:25833 (town.yaml)."]


def test_a_declared_system_has_precedence_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "layer.gpkg"
    pyogrio.write_dataframe(layer(), path)
    notes = Notes()
    assert read_vector(vector(crs="EPSG:32632"), path, 25833, notes).geometry[0].equals(SQUARE)
    assert len(notes.warnings) == 1
    assert "was not used" in notes.warnings[0]


def test_metres_that_pose_as_degrees_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.geojson"
    frame = layer().set_crs(None, allow_override=True)
    path.write_text(frame.to_json())
    with pytest.raises(InputError, match="which are metres"):
        read_vector(vector(), path, 25833)
    assert read_vector(vector(crs="EPSG:25833"), path, 25833).geometry[0].equals(SQUARE)


def test_a_file_of_several_layers_needs_a_name(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    for name in ("one", "two"):
        pyogrio.write_dataframe(layer(), path, layer=name)
    with pytest.raises(InputError, match=r"2 layers \(one, two\); expected one; name it with the key `layer`"):
        read_vector(vector(), path, 25833)
    with pytest.raises(InputError, match="no layer three; the file has one, two"):
        read_vector(vector(layer="three"), path, 25833)
    assert len(read_vector(vector(layer="two"), path, 25833)) == 1


def test_reading_leaves_nothing_beside_a_raw_file(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(layer(), path, dataset_metadata={"title": "GDAL copies this to a side file when it may"})
    read_vector(vector(), path, 25833)
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]


def test_missing_empty_and_foreign_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_vector(vector(), tmp_path / "none.gpkg", 25833)
    (tmp_path / "zero.gpkg").touch()
    with pytest.raises(InputError, match="the file is empty"):
        read_vector(vector(), tmp_path / "zero.gpkg", 25833)
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="holds a table without geometry"):
        read_vector(vector(), tmp_path / "table.csv", 25833)
    pyogrio.write_dataframe(layer().iloc[:0], tmp_path / "none.gpkg", geometry_type="Polygon")
    with pytest.raises(InputError, match="the layer is empty"):
        read_vector(vector(), tmp_path / "none.gpkg", 25833)
    (tmp_path / "noise.gpkg").write_bytes(bytes(range(256)) * 8)
    with pytest.raises(InputError, match="cannot be read as a vector layer"):
        read_vector(vector(), tmp_path / "noise.gpkg", 25833)


@pytest.mark.shared
@pytest.mark.parametrize("part", ["shp", "dbf", "shx"])
def test_a_cut_shapefile_is_refused(part: str, shared_data: Path, tmp_path: Path) -> None:
    for suffix in ("shp", "dbf", "shx", "prj"):
        content = (shared_data / f"italy/buildings/Altopascio.{suffix}").read_bytes()
        (tmp_path / f"a.{suffix}").write_bytes(content[: len(content) // 2] if suffix == part else content)
    with pytest.raises(InputError, match="cut off"):
        read_vector(vector(), tmp_path / "a.shp", 25832)
    (tmp_path / f"a.{part}").unlink()
    with pytest.raises(InputError, match="there is no such file" if part == "shp" else f"a.{part} missing beside it"):
        read_vector(vector(), tmp_path / "a.shp", 25832)


@pytest.mark.shared
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_cut_geopackage_is_refused(share: float, shared_data: Path, tmp_path: Path) -> None:
    content = (shared_data / "delft/bgt_landcover_level0.gpkg").read_bytes()
    (tmp_path / "a.gpkg").write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError, match="cut off, damaged"):
        read_vector(vector(), tmp_path / "a.gpkg", 28992)


@pytest.mark.shared
@pytest.mark.parametrize(("name", "rows"), [("bgt_landcover_level0", 513), ("bgt_pand", 160), ("footprints_3dbag_lod0", 22)])
def test_delft_layers(name: str, rows: int, shared_data: Path) -> None:
    frame = repair(read_vector(vector(), shared_data / f"delft/{name}.gpkg", 28992), Notes())
    assert len(frame) == rows
    assert not frame.geometry.has_z.any()


def test_repair_counts_every_row() -> None:
    bowtie = shapely.from_wkt("POLYGON((0 0,2 2,2 0,0 2,0 0))")
    shapes = [
        shapely.box(0, 0, 1, 1),
        bowtie,
        None,
        shapely.Polygon(),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.from_wkt("POLYGON((0 0,1 1,2 2,0 0))"),
        shapely.from_wkt("GEOMETRYCOLLECTION(POLYGON((0 0,1 0,1 1,0 0)),POINT(5 5))"),
        shapely.from_wkt("POLYGON((0 0,4 0,4 4,0 4,0 0),(6 6,7 6,7 7,6 7,6 6))"),
        shapely.from_wkt("POLYGON Z((0 0 3,4 0 3,4 4 3,0 0 3))"),
    ]
    notes = Notes()
    frame = repair(gpd.GeoDataFrame({"n": range(9)}, geometry=shapes, crs=25833), notes)
    assert frame["n"].tolist() == [0, 1, 6, 7, 8]
    assert frame.is_valid.all()
    assert notes.counts == {
        "geometry repaired": 2,
        "dropped: no geometry, or under 3 points": 2,
        "dropped: no polygon": 1,
        "dropped: coordinates that are no numbers": 0,
        "dropped: nothing left after repair": 1,
    }
    # Both lobes of the bow tie are kept; a hole outside its shell adds nothing.
    assert frame.area.tolist() == pytest.approx([1.0, 2.0, 0.5, 16.0, 8.0])
    assert not frame.geometry.has_z.any()
    assert frame.crs.to_epsg() == 25833


def test_repair_leaves_the_input_alone() -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.from_wkt("POLYGON((0 0,2 2,2 0,0 2,0 0))")], crs=25833)
    repair(frame, Notes())
    assert not frame.is_valid.any()


def test_fields_become_text_and_numbers(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"ID": [12.0, np.nan, 3.5], "NAME": [" 007 ", "", None], "H": ["3,5", "n.d.", "4.25"]}, geometry=[SQUARE] * 3, crs=25833
    )
    source = vector(fields={"building_id": "ID", "name": "NAME", "height_m": "H", "storeys": "PIANI"})
    path = tmp_path / "b.shp"
    ids, names = (text_field(frame, source, n, path) for n in ("building_id", "name"))
    assert ids is not None
    assert names is not None
    assert ids.tolist() == ["12", None, "3.5"]
    assert names.tolist() == ["007", None, None]
    heights = number_field(frame, source, "height_m", path)
    assert heights is not None
    np.testing.assert_array_equal(heights, [3.5, np.nan, 4.25])
    assert text_field(frame, source, "section", path) is None
    with pytest.raises(InputError, match=r"no field PIANI; the file has ID, NAME, H; correct `fields: \{storeys"):
        number_field(frame, source, "storeys", path)


def test_layers_are_joined_and_numbered_anew() -> None:
    both = concatenate([layer(), layer(), layer()])
    assert both.index.tolist() == [0, 1, 2]
    assert both.crs.to_epsg() == 25833


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY x "y">]>\n<a>&x;</a>', "line 2 declares a document type"),
        ('<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', "declares a document type"),
        ("<a>\n<b>\n</a>", "line 3: mismatched tag"),
        ("<a>&x;</a>", "line 1: undefined entity"),
        ("no xml", "line 1: syntax error"),
    ],
)
def test_unsafe_and_broken_xml_is_refused_before_gdal(text: str, says: str, tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-16"):
        path = tmp_path / f"{encoding}.gml"
        path.write_bytes(text.encode(encoding))
        with pytest.raises(InputError, match=says):
            read_vector(vector(), path, 25833)


def test_xml_of_a_forbidden_size(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_text("<p:a n='1'><p:b/><b/></p:a>")
    assert check_xml(path, element="b") == ("p:a", {"n": "1"}, 2)
    with pytest.raises(InputError, match="27 bytes; expected at most 26"):
        check_xml(path, 26)


@pytest.mark.shared
def test_gml_leaves_nothing_beside_itself_and_old_side_files_do_not_matter(shared_data: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(shared_data / "italy/cadastre/REENCODED_H501D0767_ROMA_ple.gml", tmp_path / "a.gml"))
    assert len(read_vector(vector(), path, 25833)) == 384
    assert [p.name for p in tmp_path.iterdir()] == ["a.gml"]
    # A side file that QGIS may have left, with another idea of the fields.
    (tmp_path / "a.gfs").write_text("<GMLFeatureClassList><GMLFeatureClass><Name>CadastralParcel</Name><ElementPath>CadastralParcel</ElementPath></GMLFeatureClass></GMLFeatureClassList>")
    assert "NATIONALCADASTRALREFERENCE" in read_vector(vector(), path, 25833).columns
