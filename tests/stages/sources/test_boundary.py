"""One polygon of the town, whatever the layer holds."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town, load_town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary
from pipeline.errors import InputError
from pipeline.stages.sources.boundary import boundary

FIELDS = {"town_id": "code", "name": "label"}
TOWN = Town(name="Carmiano", code="075014", epsg=25833)


def layers(frame: gpd.GeoDataFrame, folder: Path, fields: dict[str, str]) -> tuple[Layer, ...]:
    path = folder / "boundary.gpkg"
    frame.to_file(path)
    return (Layer(Source(kind="vector", fields=fields), (path,)),)


def squares(**columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"row": range(3), **columns}, geometry=shapely.box([0, 10, 30], 0, [10, 20, 40], 10), crs=25833)


def test_parts_are_dissolved_and_named_by_the_layer(tmp_path: Path) -> None:
    notes = Notes()
    made = boundary(layers(squares(code="075014", label="Carmiano"), tmp_path, FIELDS), TOWN, notes)
    check_table(made, Boundary, 25833, "boundary")
    assert made[["town_id", "name", "area_m2"]].to_numpy().tolist() == [["075014", "Carmiano", 300.0]]
    assert made.geometry[0].equals(shapely.MultiPolygon([shapely.box(0, 0, 20, 10), shapely.box(30, 0, 40, 10)]))
    assert notes.counts["rows read"] == 1 + notes.counts["dissolved into one"] == 3


def test_names_of_the_town_serve_where_the_layer_has_none(tmp_path: Path) -> None:
    made = boundary(layers(squares(), tmp_path, {}), TOWN, Notes())
    assert made[["town_id", "name"]].to_numpy().tolist() == [["075014", "Carmiano"]]
    nameless = boundary(layers(squares(), tmp_path, {}), Town(name="Campo", epsg=25833), Notes())
    assert nameless["town_id"].tolist() == ["town"]


def test_the_town_is_found_among_many_even_without_its_zeros(tmp_path: Path) -> None:
    made = boundary(layers(squares(code=[75014, 75002, 75003], label=["A", "B", "C"]), tmp_path, FIELDS), TOWN, Notes())
    assert made["area_m2"].tolist() == [100.0]
    assert made["name"].tolist() == ["A"]
    with pytest.raises(InputError, match=r"3 municipalities \(75002, 75003, 75099, ...\), none with the code 075014"):
        boundary(layers(squares(code=[75099, 75002, 75003], label="x"), tmp_path, FIELDS), TOWN, Notes())


def test_no_polygon_is_an_error(tmp_path: Path) -> None:
    frame = squares().set_geometry(squares().boundary)
    with pytest.raises(InputError, match="no usable polygon; expected the boundary of Carmiano"):
        boundary(layers(frame, tmp_path, {}), TOWN, Notes())


def test_the_default_town(root: Path) -> None:
    folder = root / "data/raw/carmiano"
    town = load_town(folder)
    source = town.sources.boundary[0]
    made = boundary((Layer(source, (folder / str(source.path),)),), town, Notes())
    check_table(made, Boundary, town.epsg, "boundary")
    assert made["town_id"].tolist() == ["075014"]
    # ISTAT indicators 2021: 444 ha consumed are 18.35 % of the municipality.
    assert made["area_m2"][0] * 0.1835 == pytest.approx(4_440_000, rel=0.02)


@pytest.mark.shared
def test_one_of_the_96_municipalities_of_lecce(shared_data: Path) -> None:
    path = shared_data / "italy/boundary/limits_P_75_municipalities.geojson"
    source = Source(kind="vector", fields={"town_id": "com_istat_code_num", "name": "name"})
    notes = Notes()
    made = boundary((Layer(source, (path,)),), TOWN, notes)
    assert made["name"].tolist() == ["Carmiano"]
    assert notes.counts["left out: other municipalities"] == 95
