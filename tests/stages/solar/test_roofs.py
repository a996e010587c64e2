"""The stage `roofs` on a hand-made street: every building gets a row, and outlines burn back to the plane's cells."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from pipeline.compute import on
from pipeline.config.solar import RoofsConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Roofs
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters
from pipeline.stages.solar.roofs import roofs

GRID = Grid(700_000.0, 4_460_000.0, 1.0, 700, 620, 25833)
GROUND = 30.0


def street(folder: Path) -> tuple[gpd.GeoDataFrame, Raster[Surface]]:
    """A flat roof, a gable across two raster blocks, a shed, a ruin, a hole in the data, a tree, and a house outside."""
    row, col = np.mgrid[: GRID.rows, : GRID.cols]
    east, north = GRID.west + col + 0.5, GRID.north - row - 0.5
    z = np.full(GRID.shape, GROUND)

    def box(c: float, r: float, wide: float, deep: float) -> shapely.Geometry:
        return shapely.box(GRID.west + c, GRID.north - r - deep, GRID.west + c + wide, GRID.north - r)

    shapes = {
        "a": box(20.3, 20.4, 12, 10), "b": box(505, 505, 14, 10), "c": box(100, 100, 40, 60), "d": box(200, 50, 10, 10),
        "e": box(250, 50, 10, 10), "f": box(300, 50, 12, 12), "g": box(900, 900, 10, 10), "h": box(400, 400, 3, 2), "i": box(50.0, 300.0, 0.4, 0.4),
    }  # fmt: skip

    def inside(name: str) -> np.ndarray:
        return rasters.burn([shapes[name]], [1], GRID).astype(bool)

    z[inside("a")] = GROUND + 6
    z[22:25, 22:26] = GROUND + 8.4  # stair-head
    b = inside("b")
    z[b] = (GROUND + 9 - np.abs(north - (GRID.north - 510.0)) * np.tan(np.radians(20.0)))[b]
    z[inside("c")] = (GROUND + 7 + (east - GRID.west - 100) * np.tan(np.radians(3.0)))[inside("c")]
    z[inside("d")] = GROUND + 0.5
    z[inside("e")] = np.nan
    z[inside("f")] = GROUND + np.random.default_rng(0).uniform(3, 9, GRID.shape)[inside("f")]
    z[inside("h")] = GROUND + 3
    ground = np.full(GRID.shape, GROUND)
    path = folder / "surface.tif"
    rasters.write(path, Surface, RasterBlocks(GRID, iter([(Window(0, 0, *GRID.shape), np.stack([ground, z, z - ground]))])))
    table = gpd.GeoDataFrame({"building_id": list(shapes)}, geometry=list(shapes.values()), crs=GRID.epsg)
    return table, rasters.open_raster(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[gpd.GeoDataFrame, Raster[Surface], gpd.GeoDataFrame, Notes]:
    buildings, surface = street(tmp_path_factory.mktemp("street"))
    notes = Notes()
    return buildings, surface, roofs(buildings, surface, RoofsConfig(), on("threads"), notes).whole(), notes


def test_every_building_has_a_row_with_its_reason(made) -> None:  # type: ignore[no-untyped-def]
    buildings, _, table, notes = made
    assert set(table["building_id"]) == set(buildings["building_id"])
    of = table.groupby("building_id")["reason"].agg(lambda r: sorted(x or "" for x in r)).to_dict()
    assert of["a"] == ["", ""], "roof and stair-head of 12 m2"
    assert of["b"] == ["", ""] and of["c"] == [""]
    assert of["d"] == ["surface_older"] and of["e"] == ["no_surface"] and of["f"] == ["rough"] and of["g"] == ["no_surface"]
    assert of["h"] == ["too_small"] and of["i"] == ["too_small"]
    assert notes.counts["buildings"] == 9 and notes.counts["buildings without a plane"] == 5
    assert any("older" in w for w in notes.warnings)
    nothing = table[table["kind"] == "none"]
    assert nothing["surface_tilt"].isna().all() and (nothing["area_m2"] > 0).all()


def test_the_table_keeps_its_contract(made) -> None:  # type: ignore[no-untyped-def]
    _, _, table, _ = made
    assert list(table.columns) == [*Roofs.columns(), "geometry"]
    assert table["roof_id"].is_unique and table["roof_id"].is_monotonic_increasing
    check_table(table, Roofs, GRID.epsg, "roofs")


def test_planes_are_where_they_were_built(made) -> None:  # type: ignore[no-untyped-def]
    _, _, table, _ = made
    t = table.set_index("roof_id")
    flat = t.loc["a-1"]
    assert flat["kind"] == "flat" and flat["surface_tilt"] == pytest.approx(0.0, abs=1e-4) and flat["plane_z_m"] == pytest.approx(GROUND + 6)
    assert flat["inlier_share"] == pytest.approx(1.0)
    gable = t.loc[["b-1", "b-2"]]
    assert gable["surface_tilt"].to_list() == pytest.approx([20.0, 20.0], abs=0.01)
    assert sorted(gable["surface_azimuth"].round(2) % 360) == [0.0, 180.0]
    assert gable["plan_area_m2"].sum() == pytest.approx(140.0)
    assert gable["area_m2"].sum() == pytest.approx(140.0 / np.cos(np.radians(20.0)), rel=1e-4)
    shed = t.loc["c-1"]
    assert shed["kind"] == "flat" and shed["surface_tilt"] == pytest.approx(3.0, abs=0.01) and shed["surface_azimuth"] == pytest.approx(270.0, abs=0.1)
    point = shed["geometry"].representative_point()
    assert shed["plane_z_m"] == pytest.approx(GROUND + 7 + (point.x - GRID.west - 100) * np.tan(np.radians(3.0)), abs=0.01)
    whole = table[table["building_id"] == "a"]["plan_area_m2"].sum()
    assert whole == pytest.approx(120.0, rel=0.01), "roof and stair-head fill the footprint"


def test_burning_the_outlines_gives_disjoint_cells_on_their_planes(made) -> None:  # type: ignore[no-untyped-def]
    _, surface, table, _ = made
    planes = table[table["kind"] != "none"].reset_index(drop=True)
    shapes = planes.geometry.to_numpy()
    order = np.arange(1, len(planes) + 1)
    one, other = rasters.burn(shapes, order, GRID, dtype="int32"), rasters.burn(shapes[::-1], order[::-1], GRID, dtype="int32")
    assert (one == other).all()
    z = rasters.read(surface, "surface")
    for k, plane in planes.iterrows():
        row, col = np.nonzero(one == k + 1)
        point = plane.geometry.representative_point()
        fall, a = np.tan(np.radians(plane["surface_tilt"])), np.radians(plane["surface_azimuth"])
        at = plane["plane_z_m"] - fall * (np.sin(a) * (GRID.west + col + 0.5 - point.x) + np.cos(a) * (GRID.north - row - 0.5 - point.y))
        assert np.abs(z[row, col] - at).max() < 0.16


def test_threads_and_one_building_at_a_time_agree(made, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    buildings, surface, table, _ = made
    alone = [roofs(buildings.iloc[[k]].reset_index(drop=True), surface, RoofsConfig(), on("threads"), Notes()).whole() for k in range(len(buildings))]
    for part in alone:
        same = table[table["building_id"] == part["building_id"].iloc[0]].reset_index(drop=True)
        assert part["roof_id"].to_list() == same["roof_id"].to_list()
        assert all(a.equals(b) for a, b in zip(part.geometry, same.geometry, strict=True))
        assert part["surface_tilt"].to_numpy() == pytest.approx(same["surface_tilt"].to_numpy(), nan_ok=True, abs=1e-9)


def test_no_buildings_give_an_empty_table(made) -> None:  # type: ignore[no-untyped-def]
    buildings, surface, _, _ = made
    empty = roofs(buildings.iloc[:0], surface, RoofsConfig(), on("threads"), Notes()).whole()
    assert len(empty) == 0 and list(empty.columns) == [*Roofs.columns(), "geometry"]
