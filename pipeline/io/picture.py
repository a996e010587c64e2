"""Rasters as small pictures for the screen: read decimated, warped to the browser's projection."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.warp import calculate_default_transform, reproject, transform_bounds

from pipeline.contracts.spec import Raster
from pipeline.core.grid import Grid, Window


def overview(raster: Raster[Any], band: str, max_px: int, *, categorical: bool = False, window: Window | None = None) -> tuple[NDArray[np.float32], Grid]:
    """One band read at a coarser cell, at most `max_px` cells on the longer side.

    Parameters
    ----------
    raster
        From `pipeline.io.rasters.open_raster`.
    band
        Name of the band.
    max_px
        Longest side of the result.
    categorical
        True takes the most frequent code of the cells, False their mean.
    window
        Block of cells to read; the whole raster by default.

    Returns
    -------
    array of shape (rows, cols)
        float32, NaN where the raster has no data.
    Grid
        Its cells; square up to the rounding of the last row and column.
    """
    at = window or Window(0, 0, *raster.grid.shape)
    own = raster.grid.crop(at)
    step = max(1, math.ceil(max(own.shape) / max_px))
    rows, cols = max(1, own.rows // step), max(1, own.cols // step)
    with rasterio.open(raster.path) as src:
        masked = src.read(
            raster.bands.index(band) + 1,
            window=rasterio.windows.Window(at.col, at.row, cols * step, rows * step),
            out_shape=(rows, cols), masked=True, resampling=Resampling.mode if categorical else Resampling.average,
        )  # fmt: skip
    array = np.ma.filled(masked.astype(np.float32), np.nan)
    return array, Grid(own.west, own.north, own.cell_m * step, rows, cols, own.epsg)


class Screen(NamedTuple):
    """A grid of square cells in Web Mercator (EPSG:3857), the projection of the screen."""

    west: float
    north: float
    cell: float
    rows: int
    cols: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north [degrees]: spherical Mercator inverted (EPSG guidance note 7-2, method 1024)."""
        half = math.pi * 6378137.0
        south, east = self.north - self.rows * self.cell, self.west + self.cols * self.cell
        lat = [math.degrees(2.0 * math.atan(math.exp(n / half * math.pi)) - math.pi / 2.0) for n in (south, self.north)]
        return self.west / half * 180.0, lat[0], east / half * 180.0, lat[1]


def to_browser(
    array: NDArray[Any], grid: Grid, like: Screen | None = None, *, categorical: bool = False
) -> tuple[NDArray[np.float32], Screen]:
    """Warp a small raster from the town's system to the projection of the screen.

    Grid north departs from true north by up to some degrees (2 at the edge of a UTM zone), so a picture cannot simply
    be stretched between its corners.

    Parameters
    ----------
    array
        Shape (rows, cols); NaN = no data.
    grid
        Its cells.
    like
        Cells to warp to; by default cells of about the same size that hold the whole raster.
    categorical
        True keeps codes as they are, False interpolates.

    Returns
    -------
    array of shape (rows, cols)
        float32, NaN outside.
    Screen
        Its cells.
    """
    system = f"EPSG:{grid.epsg}"
    if like is None:
        t, cols, rows = calculate_default_transform(system, "EPSG:3857", grid.cols, grid.rows, *grid.bounds)
        like = Screen(t.c, t.f, t.a, rows, cols)
    out = np.full((like.rows, like.cols), np.nan, dtype=np.float32)
    reproject(
        array.astype(np.float32), out, src_transform=Affine(*grid.transform), src_crs=system,
        dst_transform=Affine(like.cell, 0.0, like.west, 0.0, -like.cell, like.north), dst_crs="EPSG:3857",
        src_nodata=np.nan, dst_nodata=np.nan, resampling=Resampling.nearest if categorical else Resampling.bilinear,
    )  # fmt: skip
    return out, like


# Width of the world of a map at zoom 0 [px], and the circle it stands for [m] (EPSG:3857).
WORLD_PX = 256
EARTH_M = 2.0 * math.pi * 6378137.0
# A screen of 1280 x 860 then needs about a dozen.
TILE_PX = 512


class ScreenTile(NamedTuple):
    """A square of the map: its place in the row and column order of web maps, and its cells (float32, NaN = no data)."""

    col: int
    row: int
    values: NDArray[np.float32]


def native_zoom(grid: Grid, highest: int = 19) -> int:
    """The zoom of a web map whose pixels are just finer than the cells of a raster.

    A pixel is 2 pi 6378137 m cos(latitude) / (256 2^zoom) wide.

    Parameters
    ----------
    grid
        Cells of the raster.
    highest
        Not above it.
    """
    bounds = transform_bounds(f"EPSG:{grid.epsg}", "EPSG:4326", *grid.bounds)
    width = EARTH_M * math.cos(math.radians((bounds[1] + bounds[3]) / 2.0)) / WORLD_PX
    return max(0, min(highest, math.ceil(math.log2(width / grid.cell_m))))


def screen_tiles(raster: Raster[Any], band: str, zoom: int) -> Iterator[ScreenTile]:
    """One band as squares of a web map, row by row; squares without any data are left out.

    Parameters
    ----------
    raster
        From `pipeline.io.rasters.open_raster`; read square by square.
    band
        Name of the band.
    zoom
        Of the map, see `native_zoom`; each pixel takes the cell it lies in.
    """
    side = EARTH_M / (WORLD_PX * 2**zoom) * TILE_PX
    west, south, east, north = transform_bounds(f"EPSG:{raster.grid.epsg}", "EPSG:3857", *raster.grid.bounds)
    first, last = (math.floor((e + EARTH_M / 2.0) / side) for e in (west, east))
    top, low = (math.floor((EARTH_M / 2.0 - n) / side) for n in (north, south))
    corner = Affine(side / TILE_PX, 0.0, first * side - EARTH_M / 2.0, 0.0, -side / TILE_PX, EARTH_M / 2.0 - top * side)
    cols, rows = last - first + 1, low - top + 1
    with (
        rasterio.open(raster.path) as src,
        WarpedVRT(src, crs="EPSG:3857", transform=corner, width=cols * TILE_PX, height=rows * TILE_PX, resampling=Resampling.nearest, nodata=np.nan) as vrt,
    ):
        for row in range(rows):
            for col in range(cols):
                window = rasterio.windows.Window(col * TILE_PX, row * TILE_PX, TILE_PX, TILE_PX)
                values = vrt.read(raster.bands.index(band) + 1, window=window).astype(np.float32)
                if np.isfinite(values).any():
                    yield ScreenTile(first + col, top + row, values)
