"""A small town whose zonal figures can be worked out by hand: 40 x 30 m, cells of 1 m, four parcels in a row, a road below."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from pipeline.contracts.sources import Landcover, Surface
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters

EPSG = 25833
WEST, NORTH = 250000.0, 4470030.0
GRID = Grid(WEST, NORTH, 1.0, 30, 40, EPSG)


def rectangle(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """In metres from the south-west corner of the town."""
    return shapely.box(WEST + west, NORTH - 30 + south, WEST + east, NORTH - 30 + north)


def frame(columns: dict[str, Any], geometry: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(columns, geometry=geometry, crs=f"EPSG:{EPSG}")
    table["area_m2"] = table.area
    return table


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Raster[Any]]:
    """Write arrays as a raster of a contract."""

    def _write(spec: Any, grid: Grid, *bands: NDArray[Any]) -> Raster[Any]:
        path = tmp_path / f"{spec.__name__}-{grid.cell_m}.tif"
        blocks = iter([(Window(0, 0, grid.rows, grid.cols), np.stack(bands))])
        rasters.write(path, spec, RasterBlocks(grid, blocks))
        return rasters.open_raster(path)

    return _write


@pytest.fixture
def cover() -> NDArray[np.uint8]:
    """Low vegetation; a 10 x 8 m building on parcel 1, its paved yard, a wood on parcel 3, water on 4, asphalt on the road."""
    codes = np.full(GRID.shape, 4, dtype=np.uint8)
    codes[25:, :] = 2
    codes[5:13, 0:10] = 1
    codes[13:17, 0:10] = 2
    codes[0:10, 20:30] = 5
    codes[0:25, 36:40] = 6
    codes[20:25, 10:20] = 3
    return codes


@pytest.fixture
def height(cover: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Building 8 m, wood 5 m but its last row just 3 m and the row before it 2.9 m, else 0."""
    metres = np.zeros(GRID.shape, dtype=np.float32)
    metres[cover == 1] = 8.0
    metres[cover == 5] = 5.0
    metres[8, 20:30] = 2.9
    metres[9, 20:30] = 3.0
    return metres


@pytest.fixture
def landcover(write: Callable[..., Raster[Landcover]], cover: NDArray[np.uint8]) -> Raster[Landcover]:
    return write(Landcover, GRID, cover, np.where(cover > 0, 80, 0).astype(np.uint8))


@pytest.fixture
def surface(write: Callable[..., Raster[Surface]], height: NDArray[np.float32]) -> Raster[Surface]:
    return write(Surface, GRID, np.zeros_like(height), height, height)


@pytest.fixture
def parcels() -> gpd.GeoDataFrame:
    """Four parcels with borders at 10, 20.25 and 30.5 m, a road along the south: they partition the town."""
    edges = [0.0, 10.0, 20.25, 30.5, 40.0]
    shapes = [rectangle(a, 5, b, 30) for a, b in pairwise(edges)]
    ids = [f"X_0001_{i}" for i in (1, 2, 3, 4)]
    kinds = ["parcel", "parcel", "parcel", "water", "road"]
    return frame({"parcel_id": [*ids, "X_0001_STRADA1"], "kind": kinds, "sheet": "1", "number": "1"}, [*shapes, rectangle(0, 0, 40, 5)])


@pytest.fixture
def residents() -> gpd.GeoDataFrame:
    """Two sections: the west with 12 people, the east with none."""
    return frame({"section_id": ["1", "2"], "residents": [12, 0]}, [rectangle(0, 0, 20, 30), rectangle(20, 0, 40, 30)])


@pytest.fixture
def boundary() -> gpd.GeoDataFrame:
    return frame({"town_id": ["075014"], "name": ["Town"]}, [rectangle(0, 0, 40, 30)])
