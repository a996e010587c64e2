"""Stage horizon: one row per plane, the same answer wherever the work is cut and run."""

from __future__ import annotations

import importlib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from pipeline.compute import Compute
from pipeline.config.solar import HorizonConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Horizon
from pipeline.contracts.spec import Raster
from pipeline.io import rasters
from pipeline.stages.solar.horizon import horizon
from tests.reference.scene import EPSG, plane, roofs_of, write_surface
from tests.reference.solar import brute_horizon, town

CONFIG = HorizonConfig(reach_m=50.0)
stage = importlib.import_module("pipeline.stages.solar.horizon")


def run(roofs: gpd.GeoDataFrame, surface: Raster, config: HorizonConfig = CONFIG, where: str = "threads", far: pd.DataFrame | None = None) -> tuple[pd.DataFrame, Notes]:
    notes = Notes()
    with Compute(where) as compute:
        return horizon(roofs, surface, far, config, compute, notes).whole(), notes


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    assert a["roof_id"].tolist() == b["roof_id"].tolist()
    for column in ("horizon_deg", "lit_share"):
        np.testing.assert_array_equal(np.stack(a[column]), np.stack(b[column]))
    np.testing.assert_array_equal(a["sky_view"], b["sky_view"])
    for mine, other in zip(a["cells"], b["cells"], strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[gpd.GeoDataFrame, Raster]:
    surface, owner, tilts, azimuths = town(3)
    raster = write_surface(tmp_path_factory.mktemp("scene") / "surface.tif", surface)
    return roofs_of(owner, raster.grid, tilts, azimuths), raster


def test_a_row_for_each_plane_in_order(scene: tuple[gpd.GeoDataFrame, Raster]) -> None:
    roofs, raster = scene
    shuffled = pd.concat([roofs.sample(frac=1.0, random_state=1), gpd.GeoDataFrame([plane("z-0", roofs.geometry.iloc[0], 0.0, 0.0, kind="none")], crs=EPSG)])
    found, notes = run(shuffled, raster)
    check_table(found, Horizon, EPSG, "horizon")
    assert found["roof_id"].tolist() == sorted(roofs["roof_id"])
    assert {len(h) for h in found["horizon_deg"]} == {72}
    assert {(len(v), v.dtype) for v in found["lit_share"]} == {(72 * 45, np.dtype("uint8"))}
    assert found["sky_view"].between(0.3, 1.0).all()
    assert notes.counts["planes traced"] == len(roofs)
    assert notes.counts["planes without elevation"] == 0


def test_the_answer_does_not_depend_on_where_the_work_is_cut(scene: tuple[gpd.GeoDataFrame, Raster], monkeypatch: pytest.MonkeyPatch) -> None:
    roofs, raster = scene
    whole, _ = run(roofs, raster)
    monkeypatch.setattr(stage, "SQUARE_CELLS", 37)
    monkeypatch.setattr(stage, "GROUP_PLANES", 3)
    cut, _ = run(roofs, raster)
    same(whole, cut)


def test_processes_give_the_same_bytes(scene: tuple[gpd.GeoDataFrame, Raster]) -> None:
    roofs, raster = scene
    same(run(roofs.iloc[:6], raster)[0], run(roofs.iloc[:6], raster, where="processes")[0])


def test_a_plane_over_the_edge_of_the_surface_and_one_smaller_than_a_cell(tmp_path: Path) -> None:
    raster = write_surface(tmp_path / "surface.tif", np.full((60, 60), 5.0))
    roofs = gpd.GeoDataFrame(
        [
            plane("a-1", box(990.0, 2030.0, 1006.0, 2036.0), 0.0, 0.0),
            plane("b-1", box(1030.6, 2030.6, 1030.9, 2030.9), 0.0, np.nan),
            plane("c-1", box(5000.0, 2030.0, 5006.0, 2036.0), 0.0, 0.0),
        ],
        crs=EPSG,
    )
    found, notes = run(roofs, raster)
    assert found["sky_view"].to_numpy() == pytest.approx(1.0)
    assert notes.counts["roof cells without elevation"] == 60 + 36
    assert notes.counts["cells traced"] == 36 + 1
    assert notes.counts["planes without elevation"] == 1
    assert any("unobstructed" in w for w in notes.warnings)
    assert any("edge of the surface" in w for w in notes.warnings)


def test_no_planes(tmp_path: Path) -> None:
    raster = write_surface(tmp_path / "surface.tif", np.zeros((20, 20)))
    roofs = gpd.GeoDataFrame([plane("a-0", box(1001, 2001, 1009, 2009), 0.0, 0.0, kind="none")], crs=EPSG)
    found, _ = run(roofs, raster)
    assert len(found) == 0
    check_table(found, Horizon, EPSG, "horizon")


def test_the_input_is_left_as_it_was(scene: tuple[gpd.GeoDataFrame, Raster]) -> None:
    roofs, raster = scene
    before = roofs.copy(deep=True)
    run(roofs, raster)
    pd.testing.assert_frame_equal(pd.DataFrame(roofs.drop(columns="geometry")), pd.DataFrame(before.drop(columns="geometry")))
    assert roofs.geometry.equals(before.geometry)


@pytest.mark.shared
def test_a_block_of_delft(shared_data: Path, tmp_path: Path) -> None:
    given = rasters.open_raster(shared_data / "delft" / "dsm_05m.tif")
    z = rasters.read(given, given.bands[0])
    dsm = write_surface(tmp_path / "surface.tif", z, 0.5)
    shapes = gpd.read_file(shared_data / "delft" / "footprints_3dbag_lod0.gpkg").to_crs(28992).geometry
    inside = shapes[shapes.within(box(*given.grid.bounds))].iloc[:4].translate(1000.0 - given.grid.west, 2000.0 - given.grid.bounds[1])
    roofs = gpd.GeoDataFrame([plane(f"{i}-1", g, 0.0, 0.0) for i, g in enumerate(inside)], crs=EPSG)
    found, notes = run(roofs, dsm, HorizonConfig(reach_m=100.0))
    assert found["sky_view"].between(0.5, 1.0).all()
    assert notes.counts["cells traced"] > 100
    for i, (row, col) in enumerate([(150, 200), (230, 260), (300, 350), (400, 100)]):
        single = gpd.GeoDataFrame([plane(f"c{i}-1", box(*_cell(dsm, row, col)), 0.0, 0.0)], crs=EPSG)
        traced, _ = run(single, dsm, HorizonConfig(reach_m=100.0))
        slow = brute_horizon(z, 0.5, row, col, float(z[row, col]) + 0.1, np.arange(72) * 5.0, 100.0, 0.02)
        assert np.abs(traced["horizon_deg"].iloc[0] - slow).mean() <= 0.5


def _cell(raster: Raster, row: int, col: int) -> tuple[float, float, float, float]:
    west, north, m = raster.grid.west + col * raster.grid.cell_m, raster.grid.north - row * raster.grid.cell_m, raster.grid.cell_m
    return west, north - m, west + m, north
