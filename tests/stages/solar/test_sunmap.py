"""Stage sunmap: cells of roofs on the grid of the surface, the same wherever the work is cut and run."""

from __future__ import annotations

import importlib
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from shapely.geometry import box

from pipeline.compute import Compute
from pipeline.config.solar import HorizonConfig, IrradiationConfig, SunmapConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Horizon, Sunmap
from pipeline.contracts.spec import Raster
from pipeline.errors import ContractError
from pipeline.io import rasters, tables
from pipeline.stages.solar.horizon import horizon
from pipeline.stages.solar.irradiation import irradiation
from pipeline.stages.solar.sunmap import sunmap
from tests.reference.scene import EPSG, plane, roofs_of, weather_of, write_surface
from tests.reference.solar import plain_poa, town, typical_year

REACH_M = 50.0
stage = importlib.import_module("pipeline.stages.solar.sunmap")


@lru_cache
def year() -> dict[str, NDArray[np.float64]]:
    return typical_year(40.35, 18.05)


def seen(roofs: gpd.GeoDataFrame, surface: Raster, where: str = "threads", far: pd.DataFrame | None = None) -> pd.DataFrame:
    """What the planes and their cells see."""
    with Compute(where) as compute:
        return horizon(roofs, surface, far, HorizonConfig(reach_m=REACH_M), compute, Notes()).whole()


def run(roofs: gpd.GeoDataFrame, surface: Raster, folder: Path, where: str = "threads", far: pd.DataFrame | None = None) -> tuple[NDArray[np.float32], Notes]:
    """The map as it is read back from its file, so that the contract is kept."""
    notes = Notes()
    with Compute(where) as compute:
        made = sunmap(roofs, seen(roofs, surface, where, far), surface, weather_of(year()), SunmapConfig(), compute, notes)
        rasters.write(folder / "sunmap.tif", Sunmap, made)
    raster = rasters.open_raster(folder / "sunmap.tif")
    assert raster.grid == surface.grid
    return rasters.read(raster, "poa_kwh_m2"), notes


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[gpd.GeoDataFrame, Raster]:
    surface, owner, tilts, azimuths = town(3)
    raster = write_surface(tmp_path_factory.mktemp("scene") / "surface.tif", surface)
    return roofs_of(owner, raster.grid, tilts, azimuths), raster


def test_the_cells_of_a_plane_have_its_year_on_average(scene: tuple[gpd.GeoDataFrame, Raster], tmp_path: Path) -> None:
    roofs, raster = scene
    cells, notes = run(roofs, raster, tmp_path)
    with Compute("threads") as compute:
        years = irradiation(roofs, seen(roofs, raster), weather_of(year()), IrradiationConfig(), compute, Notes()).set_index("roof_id")["poa_kwh_m2"]
    owner = rasters.burn(roofs.geometry.to_numpy(), np.arange(len(roofs)), raster.grid, fill=-1, dtype="int32")
    known = np.isfinite(cells)
    mean = np.bincount(owner[known], weights=cells[known]) / np.bincount(owner[known])
    np.testing.assert_allclose(mean, years.loc[roofs["roof_id"]], rtol=5e-3)
    assert not known[owner < 0].any()
    assert notes.counts["roof cells mapped"] == known.sum()
    assert notes.figures["mean_kwh_m2_of_roof_cells"] == pytest.approx(cells[known].mean(), rel=1e-6)


@pytest.mark.parametrize("where", ["threads", "processes"])
def test_the_answer_does_not_depend_on_where_the_work_is_cut(where: str, scene: tuple[gpd.GeoDataFrame, Raster], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roofs, raster = scene
    whole, _ = run(roofs, raster, tmp_path)
    monkeypatch.setattr(stage, "TILE_CELLS", 64)
    cut, _ = run(roofs.iloc[::-1], raster, tmp_path, where)
    np.testing.assert_array_equal(whole, cut)


def test_the_answer_does_not_depend_on_what_is_summed_at_once(scene: tuple[gpd.GeoDataFrame, Raster], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roofs, raster = scene
    whole, _ = run(roofs, raster, tmp_path)
    monkeypatch.setattr(stage, "LOT_CELLS", 100)
    in_lots, _ = run(roofs, raster, tmp_path)
    np.testing.assert_array_equal(whole, in_lots)


def test_cells_left_in_their_file_give_the_same_map(scene: tuple[gpd.GeoDataFrame, Raster], tmp_path: Path) -> None:
    roofs, raster = scene
    whole, _ = run(roofs, raster, tmp_path)
    tables.write_table(tmp_path / "horizon.parquet", seen(roofs, raster), Horizon, 25833, {})
    slim = tables.read_table(tmp_path / "horizon.parquet", Horizon, slim=True)
    with Compute("threads") as compute:
        rasters.write(tmp_path / "slim.tif", Sunmap, sunmap(roofs, slim, raster, weather_of(year()), SunmapConfig(), compute, Notes()))
    np.testing.assert_array_equal(rasters.read(rasters.open_raster(tmp_path / "slim.tif"), "poa_kwh_m2"), whole)


def test_cells_of_a_plane_that_is_not_among_the_roofs_are_refused(scene: tuple[gpd.GeoDataFrame, Raster]) -> None:
    roofs, raster = scene
    with Compute("threads") as compute, pytest.raises(ContractError, match="1 roof_id without a tilted plane in roofs"):
        sunmap(roofs.iloc[1:], seen(roofs, raster), raster, weather_of(year()), SunmapConfig(), compute, Notes())


def test_open_roofs_against_plain_pvlib_and_obstacles_without_a_figure(tmp_path: Path) -> None:
    surface = np.zeros((60, 60))
    surface[20:30, 20:30] = 6.0
    surface[24:26, 24:26] = 6.4  # low enough to shade little, too high to be the roof
    raster = write_surface(tmp_path / "surface.tif", surface)
    grid = raster.grid
    roofs = gpd.GeoDataFrame([plane("a-1", box(grid.west + 20, grid.north - 30, grid.west + 30, grid.north - 20), 0.0, np.nan)], crs=EPSG)
    cells, _ = run(roofs, raster, tmp_path)
    assert np.isnan(cells[24:26, 24:26]).all()
    assert np.isfinite(cells[20:30, 20:30]).sum() == 96
    assert np.isfinite(cells).sum() == 96
    plain = plain_poa(year(), 0.0, 0.0, 0.2)["poa_global"].sum() / 1000.0
    assert cells[20, 20] == pytest.approx(plain, rel=4e-3)
    assert np.nanmax(cells) <= plain * 1.004


def test_a_wall_to_the_south_takes_more_from_the_cells_beside_it(tmp_path: Path) -> None:
    surface = np.zeros((80, 80))
    surface[30:40, 30:50] = 5.0
    surface[40:44, 20:60] = 12.0
    raster = write_surface(tmp_path / "surface.tif", surface)
    grid = raster.grid
    roofs = gpd.GeoDataFrame([plane("a-1", box(grid.west + 30, grid.north - 40, grid.west + 50, grid.north - 30), 0.0, np.nan)], crs=EPSG)
    cells, _ = run(roofs, raster, tmp_path)
    assert (np.diff(cells[30:40, 40]) < 0).all()
    assert cells[39, 40] < 0.6 * cells[30, 40]


def test_the_far_horizon_shades_where_it_is_applied(scene: tuple[gpd.GeoDataFrame, Raster], tmp_path: Path) -> None:
    roofs, raster = scene
    far = pd.DataFrame({"sector": np.arange(72), "horizon_deg": np.full(72, 15.0), "applied": True})
    near, _ = run(roofs, raster, tmp_path)
    both, _ = run(roofs, raster, tmp_path, far=far)
    apart, _ = run(roofs, raster, tmp_path, far=far.assign(applied=False))
    known = np.isfinite(near)
    assert (both[known] < near[known]).all()
    np.testing.assert_array_equal(apart, near)


def test_no_planes_and_planes_without_a_surface(tmp_path: Path) -> None:
    raster = write_surface(tmp_path / "surface.tif", np.full((30, 30), np.nan))
    roofs = gpd.GeoDataFrame([plane("a-1", box(1005, 2005, 1015, 2015), 10.0, 180.0), plane("b-0", box(1016, 2005, 1020, 2015), 0.0, 0.0, kind="none")], crs=EPSG)
    cells, notes = run(roofs, raster, tmp_path)
    assert np.isnan(cells).all()
    assert notes.counts["roof cells mapped"] == 0
    cells, _ = run(roofs.iloc[1:], raster, tmp_path)
    assert np.isnan(cells).all()


def test_the_input_is_left_as_it_was(scene: tuple[gpd.GeoDataFrame, Raster], tmp_path: Path) -> None:
    roofs, raster = scene
    before = roofs.copy(deep=True)
    run(roofs, raster, tmp_path)
    pd.testing.assert_frame_equal(pd.DataFrame(roofs.drop(columns="geometry")), pd.DataFrame(before.drop(columns="geometry")))
