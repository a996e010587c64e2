"""Buildings without a surface and surfaces without a building are listed; trees are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from pipeline.compute import on
from pipeline.config.sources import BuildingsConfig, Layer, MismatchConfig, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Mismatch, Surface
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters
from pipeline.stages.sources.buildings import buildings
from pipeline.stages.sources.mismatch import mismatch

CONFIG = MismatchConfig()


def surface(path: Path, height: np.ndarray[Any, Any], cell_m: float, west: float = 0.0, north: float = 0.0, epsg: int = 25833, **tags: str) -> Raster[Any]:
    grid = Grid(west, north, cell_m, *height.shape, epsg)
    cells = np.stack([np.zeros_like(height), height, height]).astype("float32")
    rasters.write(path, Surface, RasterBlocks(grid, iter([(Window(0, 0, *height.shape), cells)])), tags)
    return rasters.open_raster(path)


def footprints(shapes: list[Any], height: float = 5.0) -> gpd.GeoDataFrame:
    rows = {"building_id": [f"b{n}" for n in range(len(shapes))], "height_m": [height] * len(shapes), "height_basis": ["attribute"] * len(shapes)}
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=25833)


def run(table: gpd.GeoDataFrame, raster: Raster[Any], boundary: Any = None, notes: Notes | None = None, epsg: int = 25833, where: str = "threads") -> gpd.GeoDataFrame:
    with on(where) as compute:
        made = mismatch(table, raster, boundary, CONFIG, compute, notes if notes is not None else Notes())
    check_table(made, Mismatch, epsg, "mismatch")
    return made


def draw(cell_m: float) -> tuple[np.ndarray[Any, Any], Any, Any]:
    """An empty field of 120 m, and the easting and northing of its cells."""
    count = int(120 / cell_m)
    x, y = np.meshgrid((np.arange(count) + 0.5) * cell_m, 120 - (np.arange(count) + 0.5) * cell_m)
    return np.zeros((count, count)), x, y


@pytest.mark.parametrize("cell_m", [0.5, 1.0])
def test_both_kinds_and_no_trees(cell_m: float, tmp_path: Path) -> None:
    height, x, y = draw(cell_m)
    rng = np.random.default_rng(1)

    def box(west: float, south: float, wide: float, high: float) -> Any:
        return (x > west) & (x < west + wide) & (y > south) & (y < south + high)

    known = box(10, 10, 12, 10)
    height[known] = 6.0
    flat = box(40, 10, 10, 10)
    height[flat] = 4.0
    gable = box(60, 10, 14, 10)
    height[gable] = 3.0 + 0.4 * np.minimum(x - 60, 74 - x)[gable]
    height[box(80, 10, 3, 3)] = 3.0  # 9 m2
    height[box(90, 10, 20, 10)] = 2.0  # low
    for east, north, radius in ((20.0, 60.0, 3.0), (40.0, 60.0, 4.5), (46.0, 62.0, 4.0), (70.0, 60.0, 5.0)):  # domes, two of them grown together
        q = ((x - east) ** 2 + (y - north) ** 2) / radius**2
        # Half-metre cells see the leaves of a crown, metre cells only its dome.
        leaves = rng.normal(0.0, 0.4, x.shape) if cell_m < 1.0 else 0.0
        height = np.where(q < 1, np.maximum(height, (4 + radius) * (0.45 + 0.55 * np.sqrt(np.maximum(1 - q, 0))) + leaves), height)
    q = ((x - 95.0) ** 2 + (y - 60.0) ** 2) / 8.0**2
    height = np.where(q < 1, 8.0 + rng.normal(0.0, 0.8, x.shape), height)  # a wide, level, rough crown
    gone = shapely.box(10, 90, 22, 100)
    notes = Notes()
    made = run(footprints([shapely.box(10, 10, 22, 20), gone]), surface(tmp_path / "s.tif", height, cell_m, north=120.0), notes=notes)
    missing = made[made["kind"] == "building_not_in_surface"]
    assert missing["building_id"].tolist() == ["b1"]
    assert missing["height_m"].tolist() == [0.0]
    found = made[made["kind"] == "surface_without_building"].sort_values("area_m2")
    assert found["building_id"].isna().all()
    assert len(found) == 2
    for row, shape in zip(found.itertuples(), (shapely.box(40, 10, 50, 20), shapely.box(60, 10, 74, 20)), strict=True):
        assert row.geometry.intersection(shape).area > 0.6 * shape.area
        assert row.geometry.difference(shape.buffer(cell_m)).area == 0.0
    assert found["height_m"].tolist() == pytest.approx([4.0, 5.6], abs=0.5)
    assert notes.counts["buildings the surface does not show"] == 1
    assert notes.counts["things like buildings that no footprint covers"] == 2
    assert len(notes.warnings) == 2


def test_a_thing_across_tiles_is_one_and_beyond_the_boundary_none(tmp_path: Path) -> None:
    height = np.zeros((1100, 1200))
    height[500:520, 1000:1060] = 5.0  # across column 1024
    height[900:920, 100:130] = 5.0
    raster = surface(tmp_path / "s.tif", height, 1.0, north=1100.0)
    house = footprints([shapely.box(500, 1000, 520, 1010)])
    made = run(house, raster)
    assert made[made["kind"] == "surface_without_building"]["area_m2"].tolist() == [1200.0, 600.0]
    notes = Notes()
    boundary = gpd.GeoDataFrame(geometry=[shapely.box(0, 300, 1200, 1100)], crs=25833)
    made = run(house, raster, boundary, notes)
    assert made[made["kind"] == "surface_without_building"]["area_m2"].tolist() == [1200.0]
    assert notes.counts["left out: things beyond the boundary"] == 1


def test_all_is_well_or_nothing_was_measured(tmp_path: Path) -> None:
    height = np.zeros((60, 60))
    height[20:40, 20:40] = 5.0
    house = footprints([shapely.box(20, 20, 40, 40)])
    assert run(house, surface(tmp_path / "s.tif", height, 1.0, north=60.0)).empty
    notes = Notes()
    assert run(house.set_geometry(house.translate(500, 0)), surface(tmp_path / "m.tif", height, 1.0, north=60.0, basis="height model"), notes=notes).empty
    assert "height model" in notes.assumptions[0]
    beyond = Notes()
    made = run(house.set_geometry(house.translate(500, 0)), surface(tmp_path / "t.tif", height, 1.0, north=60.0), notes=beyond)
    assert made["kind"].tolist() == ["surface_without_building"]
    assert beyond.counts["buildings beyond the surface"] == 1


@pytest.mark.shared
def test_delft_footprints_that_are_missing_are_found(shared_data: Path, tmp_path: Path) -> None:
    import rasterio

    with rasterio.open(shared_data / "delft/dsm_05m.tif") as dsm, rasterio.open(shared_data / "delft/dtm_05m.tif") as dtm:
        height = dsm.read(1) - dtm.read(1)
        raster = surface(tmp_path / "s.tif", height, 0.5, dsm.transform.c, dsm.transform.f, 28992)
    town = Town(name="Delft", epsg=28992)
    source = Layer(Source(kind="vector", fields={"building_id": "bag_id"}), (shared_data / "delft/footprints_3dbag_lod0.gpkg",))
    said = Notes()
    known = buildings((source,), None, raster, None, BuildingsConfig(), town, said)
    # Footprints and points are of one survey: nothing to move.
    assert np.hypot(said.figures["registration_east_m"], said.figures["registration_north_m"]) < 0.25
    made = run(known, raster, epsg=28992)
    assert (made["kind"] == "surface_without_building").all()
    panden = gpd.read_file(shared_data / "delft/bgt_pand.gpkg").to_crs(28992)
    rest = shapely.difference(shapely.force_2d(np.asarray(panden.geometry)), shapely.buffer(shapely.union_all(np.asarray(known.geometry)), 1.25))
    tall = buildings((Layer(Source(kind="vector"), (shared_data / "delft/bgt_pand.gpkg",)),), None, raster, None, BuildingsConfig(), town, Notes())
    high = shapely.union_all(np.asarray(tall.geometry)[tall["height_m"] > 2.5])
    open_ = rest[(shapely.area(rest) > 20) & (shapely.area(shapely.intersection(rest, high)) > 0.9 * shapely.area(rest))]
    found = shapely.union_all(np.asarray(made.geometry))
    share = shapely.area(shapely.intersection(open_, found)) / shapely.area(open_)
    assert len(open_) > 80
    assert (share > 0.3).mean() > 0.7
