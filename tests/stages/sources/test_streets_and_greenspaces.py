"""The strip around the town is kept whole, other formats are read too, and the generated town hangs together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from pipeline.config.sources import GreenspacesConfig, Layer, Source, StreetsConfig
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Greenspaces, Streets
from pipeline.errors import ConfigError, InputError
from pipeline.stages.sources.greenspaces import greenspaces
from pipeline.stages.sources.streets import streets

TOWN = Town(name="Carmiano", epsg=25833)
BOUNDARY = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1000, 1000)], crs=25833)


def layer(path: Path, shapes: list[Any], fields: dict[str, str] | None = None, **columns: Any) -> tuple[Layer]:
    gpd.GeoDataFrame({"row": range(len(shapes)), **columns}, geometry=shapes, crs=25833).to_file(path)
    return (Layer(Source(kind="vector", fields=fields or {}), (path,)),)


def test_streets_within_the_strip_are_kept_whole(tmp_path: Path, balance: Callable[[Notes, int], None]) -> None:
    shapes = [shapely.LineString([(500, 500), (5000, 500)]), shapely.LineString([(2400, 0), (2400, 100)]), shapely.LineString([(2600, 0), (2600, 100)]), None, shapely.Point(1, 1)]
    shapes += [shapely.MultiLineString([[(0, 0), (0, 10)], [(0, 50), (0, 60)]])]
    notes = Notes()
    made = streets(layer(tmp_path / "s.gpkg", shapes, {"highway": "TIPO"}, TIPO=["track", "path", "path", "path", "path", "steps"]), BOUNDARY, StreetsConfig(), TOWN, notes)
    check_table(made, Streets, 25833, "streets")
    assert sorted(made["length_m"].round()) == [10.0, 10.0, 100.0, 4500.0]
    assert notes.counts["edges left out: beyond the boundary and its strip"] == 1
    balance(notes, notes.counts["rows kept"])
    assert notes.figures["largest_connected_share"] == pytest.approx(4500 / 4620)
    near = streets(layer(tmp_path / "t.gpkg", shapes), BOUNDARY, StreetsConfig(buffer_m=100.0), TOWN, Notes())
    assert len(near) == 3
    assert set(near["highway"]) == {"unclassified"}


def test_a_field_of_the_file_says_what_is_walkable(tmp_path: Path) -> None:
    shapes = [shapely.LineString([(0, k), (10, k)]) for k in range(3)]
    made = streets(layer(tmp_path / "s.gpkg", shapes, {"walkable": "PED", "street_id": "COD"}, PED=["S", "N", None], COD=["a", "b", "c"]), None, StreetsConfig(), TOWN, Notes())
    assert made["walkable"].tolist() == [True, False, True]
    assert made["street_id"].tolist() == ["a-0", "b-0", "c-0"]


def test_green_places_within_the_strip(tmp_path: Path, balance: Callable[[Notes, int], None]) -> None:
    shapes = [shapely.box(2400, 0, 2600, 50), shapely.box(2600, 0, 2700, 50), shapely.box(0, 0, 100, 100), shapely.box(10, 10, 20, 20), shapely.box(0, 0, 100, 100), shapely.box(0, 0, 1, 1)]
    notes = Notes()
    made = greenspaces(layer(tmp_path / "g.gpkg", shapes, kind=["park", "park", "park", "playground", "park", "square"]), BOUNDARY, GreenspacesConfig(), TOWN, notes)
    check_table(made, Greenspaces, 25833, "greenspaces")
    assert sorted(made["area_m2"]) == [100.0, 10_000.0, 10_000.0]
    assert notes.figures == pytest.approx({"area_ha": 2.0, "overlap_ha": 0.01, "area_in_town_ha": 1.0})
    balance(notes, len(made))


def test_no_green_place_is_no_error_but_said(tmp_path: Path) -> None:
    notes = Notes()
    made = greenspaces(layer(tmp_path / "g.gpkg", [shapely.box(9000, 0, 9100, 50)]), BOUNDARY, GreenspacesConfig(), TOWN, notes)
    check_table(made, Greenspaces, 25833, "greenspaces")
    assert made.empty
    assert notes.warnings == ["No green or open place is in Carmiano or within 1500 m of it."]


def test_wrong_words_and_kinds(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="kind bosco; expected park, garden"):
        greenspaces(layer(tmp_path / "g.gpkg", [shapely.box(0, 0, 9, 9)], kind=["bosco"]), None, GreenspacesConfig(), TOWN, Notes())
    wrong = (Layer(Source(kind="cxf"), (tmp_path / "g.gpkg",)),)
    with pytest.raises(ConfigError, match="kind cxf"):
        greenspaces(wrong, None, GreenspacesConfig(), TOWN, Notes())
    with pytest.raises(ConfigError, match="kind cxf"):
        streets(wrong, None, StreetsConfig(), TOWN, Notes())
