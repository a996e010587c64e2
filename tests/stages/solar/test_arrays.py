"""The stage `arrays`: which planes get modules, where they lie, what they add up to."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.compute import on
from pipeline.config.solar import ArraysConfig, RoofsConfig
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Arrays, Roofs
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters
from pipeline.stages.solar.arrays import arrays
from pipeline.stages.solar.roofs import roofs

GRID = Grid(760_000.0, 4_471_000.0, 1.0, 120, 200, 25833)
TOWN = Town(name="Carmiano", epsg=25833)
Made = tuple[Raster[Surface], gpd.GeoDataFrame]


def box(col: float, row: float, wide: float, deep: float) -> shapely.Geometry:
    return shapely.box(GRID.west + col, GRID.north - row - deep, GRID.west + col + wide, GRID.north - row)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A gable of 10 x 12 m at 30 degrees, a flat roof of 12 x 10 m with a tank, a small flat one, and one with a parapet."""
    shapes = {"gable": box(10, 10, 10, 12), "flat": box(40, 10, 12, 10), "small": box(70, 10, 4, 3), "walled": box(100, 10, 12, 10)}
    row, _ = np.mgrid[: GRID.rows, : GRID.cols]
    z = np.full(GRID.shape, 20.0)
    z[10:22, 10:20] = (30.0 - np.abs(row + 0.5 - 16.0) * np.tan(np.radians(30.0)))[10:22, 10:20]
    z[10:20, 40:52] = 27.0
    z[14, 45] = 28.5
    z[10:13, 70:74] = 24.0
    z[10:20, 100:112] = 27.7
    z[11:19, 101:111] = 27.0
    path = tmp_path_factory.mktemp("arrays") / "surface.tif"
    ground = np.full(GRID.shape, 20.0)
    rasters.write(path, Surface, RasterBlocks(GRID, iter([(Window(0, 0, *GRID.shape), np.stack([ground, z, z - ground]))])))
    surface = rasters.open_raster(path)
    buildings = gpd.GeoDataFrame({"building_id": sorted(shapes)}, geometry=[shapes[k] for k in sorted(shapes)], crs=GRID.epsg)
    return surface, roofs(buildings, surface, RoofsConfig(), on("threads"), Notes())


def sunny(table: gpd.GeoDataFrame, shaded: str = "") -> pd.DataFrame:
    """Irradiation of every plane, one of them in the shade."""
    rows = table[table["kind"] != "none"]
    return pd.DataFrame({"roof_id": rows["roof_id"], "poa_unshaded_kwh_m2": 1800.0, "poa_kwh_m2": np.where(rows["roof_id"] == shaded, 900.0, 1700.0)})


def lay(made: Made, notes: Notes | None = None, shaded: str = "", **changes: float) -> gpd.GeoDataFrame:
    surface, table = made
    return arrays(table, sunny(table, shaded), surface, ArraysConfig(**changes), TOWN, notes or Notes())


def test_counts_by_hand(made: Made) -> None:
    got = lay(made).set_index("roof_id")
    # Each side of the gable: 10 x 6 m in plan, 0.3 m free all round: 9.4 x 5.4 m, 6.235 m up the slope.
    # Portrait 8 x 3 = 24; landscape 5 x 5 = 25 (5 x 1.13 + 4 x 0.02 = 5.73 <= 6.235).
    assert got.loc[["gable-1", "gable-2"], "modules"].to_list() == [25, 25]
    assert got.loc["gable-1", "surface_tilt"] == pytest.approx(30.0, abs=0.01)
    assert (got.loc[["gable-1", "gable-2"], "mounting"] == "coplanar").all() and (got.loc[["gable-1", "gable-2"], "row_shading"] == 0.0).all()
    # The walled roof: 12 x 10 less 0.3 wall and 0.3 setback on each side: 10.8 x 8.8 m. Landscape 6 x (1 + floor((8.8 - 1.113) / 1.4125)) = 36.
    assert got.loc["walled-1", "modules"] == 36
    rack = got.loc["flat-1"]
    assert rack["mounting"] == "rack" and rack["surface_tilt"] == 10.0 and rack["surface_azimuth"] == 180.0
    assert 0.005 < rack["row_shading"] < 0.03
    assert got["kwp"].to_numpy() == pytest.approx(got["modules"].to_numpy() * 0.44)
    assert got["module_area_m2"].to_numpy() == pytest.approx(got["modules"].to_numpy() * 1.13 * 1.76)


def test_modules_keep_clear_of_edges_and_obstacles(made: Made) -> None:
    _, table = made
    got = lay(made).set_index("roof_id")
    outline = table.set_index("roof_id").geometry
    for roof_id in ("gable-1", "gable-2", "flat-1"):
        assert shapely.covers(shapely.buffer(outline[roof_id], -0.3 + 1e-6, join_style="mitre"), got.geometry[roof_id])
    assert shapely.distance(got.geometry["flat-1"], box(45, 14, 1, 1)) >= 0.3 - 1e-6
    assert shapely.within(got.geometry["walled-1"], box(100.6 - 1e-6, 10.6 - 1e-6, 10.8 + 2e-6, 8.8 + 2e-6))


def test_the_table_keeps_its_contract(made: Made) -> None:
    check_table(lay(made), Arrays, GRID.epsg, "arrays")


def test_why_a_plane_has_no_array_is_counted(made: Made) -> None:
    notes = Notes()
    got = lay(made, notes, shaded="gable-1", min_modules=12)
    assert "gable-1" not in set(got["roof_id"]) and notes.counts["no array: shaded"] == 1
    assert notes.counts["no array: no_room"] == 1, "the small one"
    assert notes.counts["arrays"] == len(got) == 3 and notes.counts["modules"] == got["modules"].sum()


def test_racks_face_the_equator(made: Made, tmp_path: Path) -> None:
    surface, table = made
    west_of_east_london = Grid(GRID.west, 6_300_000.0, 1.0, GRID.rows, GRID.cols, 32735)
    path = tmp_path / "south.tif"
    bands = np.stack([rasters.read(surface, b) for b in ("ground", "surface", "height")])
    rasters.write(path, Surface, RasterBlocks(west_of_east_london, iter([(Window(0, 0, *GRID.shape), bands)])))
    moved = table.set_geometry(table.geometry.translate(0, 6_300_000.0 - GRID.north)).set_crs(32735, allow_override=True)
    got = arrays(moved, sunny(moved), rasters.open_raster(path), ArraysConfig(), Town(name="South", epsg=32735), Notes()).set_index("roof_id")
    north = lay(made).set_index("roof_id")
    assert got.loc["flat-1", "surface_azimuth"] == 0.0
    assert got["modules"].to_dict() == pytest.approx(north["modules"].to_dict(), abs=2)


def test_a_bigger_setback_never_adds_modules(made: Made) -> None:
    totals = [lay(made, setback_m=s)["modules"].sum() for s in (0.0, 0.3, 0.6, 1.2, 3.0)]
    assert totals == sorted(totals, reverse=True) and totals[0] > totals[-1]


def test_no_plane_gives_an_empty_table(made: Made) -> None:
    surface, table = made
    nothing = table[table["kind"] == "none"]
    got = arrays(nothing, sunny(nothing), surface, ArraysConfig(), TOWN, Notes())
    assert len(got) == 0 and list(got.columns) == [*Arrays.columns(), "geometry"]
    assert list(table.columns) == [*Roofs.columns(), "geometry"]
