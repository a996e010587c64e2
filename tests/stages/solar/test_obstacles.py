"""The stage `obstacles`: from cells to polygons with names."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from pipeline.compute import on
from pipeline.config.solar import ObstaclesConfig, RoofsConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Obstacles
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.errors import ContractError
from pipeline.io import rasters
from pipeline.stages.solar.obstacles import obstacles
from pipeline.stages.solar.roofs import roofs

GRID = Grid(760_000.0, 4_471_000.0, 1.0, 90, 700, 25833)
Made = tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, Raster[Surface]]


def box(col: float, row: float, wide: float, deep: float) -> shapely.Geometry:
    return shapely.box(GRID.west + col, GRID.north - row - deep, GRID.west + col + wide, GRID.north - row)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A flat roof with parapet, tank and light well; the same one far to the east, in another block; a gable with a chimney."""
    shapes = {"a": box(40, 10, 12, 10), "b": box(640, 10, 12, 10), "gable": box(100, 10, 10, 12)}
    z = np.full(GRID.shape, 20.0)
    for col in (40, 640):
        z[10:20, col : col + 12] = 27.8
        z[11:19, col + 1 : col + 11] = 27.0
        z[14, col + 3] = 28.5
        z[15:17, col + 7 : col + 9] = 22.0
    row, _ = np.mgrid[: GRID.rows, : GRID.cols]
    z[10:22, 100:110] = (30.0 - np.abs(row + 0.5 - 16.0) * np.tan(np.radians(30.0)))[10:22, 100:110]
    z[12, 105] += 1.0
    path = tmp_path_factory.mktemp("obstacles") / "surface.tif"
    ground = np.full(GRID.shape, 20.0)
    rasters.write(path, Surface, RasterBlocks(GRID, iter([(Window(0, 0, *GRID.shape), np.stack([ground, z, z - ground]))])))
    surface = rasters.open_raster(path)
    buildings = gpd.GeoDataFrame({"building_id": sorted(shapes)}, geometry=[shapes[k] for k in sorted(shapes)], crs=GRID.epsg)
    return roofs(buildings, surface, RoofsConfig(), on("threads"), Notes()).whole(), buildings, surface


def test_what_stands_on_each_roof(made: Made) -> None:
    notes = Notes()
    got = obstacles(*made, ObstaclesConfig(), on("threads"), notes).whole()
    check_table(got, Obstacles, GRID.epsg, "obstacles")
    flat = got[got["roof_id"] == "a-1"].set_index("obstacle_id")
    assert flat["kind"].to_dict() == {"a-1-o1": "object", "a-1-o2": "pit", "a-1-o3": "rim"}
    assert flat["height_m"].to_list() == pytest.approx([1.5, -5.0, 0.8], abs=1e-3)
    assert flat["area_m2"].to_list() == pytest.approx([1.0, 4.0, 12 * 10 - 11.4 * 9.4])
    chimney = got[got["building_id"] == "gable"]
    # 1 m straight up stands 0.87 m off a plane of 30 degrees.
    assert chimney["height_m"].to_list() == pytest.approx([np.cos(np.radians(30.0))], abs=0.01)
    assert notes.counts["obstacles: rim"] == 2 and notes.counts["obstacles: pit"] == 2 and notes.counts["obstacles: object"] == 3


def test_blocks_change_nothing(made: Made) -> None:
    got = obstacles(*made, ObstaclesConfig(), on("threads"), Notes()).whole().set_index("obstacle_id")
    for number in (1, 2, 3):
        here, there = got.geometry[f"a-1-o{number}"], got.geometry[f"b-1-o{number}"]
        assert shapely.affinity.translate(here, 600.0, 0.0).symmetric_difference(there).area < 1e-6


def test_the_order_of_the_roofs_does_not_matter(made: Made) -> None:
    table, buildings, surface = made
    first = obstacles(table, buildings, surface, ObstaclesConfig(), on("threads"), Notes()).whole()
    other = obstacles(table.iloc[::-1].reset_index(drop=True), buildings.iloc[::-1].reset_index(drop=True), surface, ObstaclesConfig(), on("threads"), Notes()).whole()
    assert first["obstacle_id"].to_list() == other["obstacle_id"].to_list()
    assert shapely.equals(first.geometry.to_numpy(), other.geometry.to_numpy()).all()


def test_roofs_with_a_reason_are_left_out(made: Made) -> None:
    table, buildings, surface = made
    steep = table.assign(reason=np.where(table["building_id"] == "a", "vault", table["reason"]))
    got = obstacles(steep, buildings, surface, ObstaclesConfig(), on("threads"), Notes()).whole()
    assert set(got["building_id"]) == {"b", "gable"}


def test_a_roof_without_its_building_is_refused(made: Made) -> None:
    table, buildings, surface = made
    with pytest.raises(ContractError, match="first: a"):
        obstacles(table, buildings[buildings["building_id"] != "a"], surface, ObstaclesConfig(), on("threads"), Notes()).whole()


def test_no_roofs(made: Made) -> None:
    table, buildings, surface = made
    got = obstacles(table.iloc[:0], buildings, surface, ObstaclesConfig(), on("threads"), Notes()).whole()
    assert len(got) == 0 and list(got.columns) == [*Obstacles.columns(), "geometry"]

