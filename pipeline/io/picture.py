"""Rasters as small pictures for the screen: read decimated, warped to the browser's projection."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.warp import calculate_default_transform, reproject

from pipeline.contracts.spec import Raster
from pipeline.core.grid import Grid


def overview(raster: Raster[Any], band: str, max_px: int, *, categorical: bool = False) -> tuple[NDArray[np.float32], Grid]:
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

    Returns
    -------
    array of shape (rows, cols)
        float32, NaN where the raster has no data.
    Grid
        Its cells; square up to the rounding of the last row and column.
    """
    own = raster.grid
    step = max(1, math.ceil(max(own.shape) / max_px))
    rows, cols = max(1, own.rows // step), max(1, own.cols // step)
    with rasterio.open(raster.path) as src:
        masked = src.read(
            raster.bands.index(band) + 1,
            window=rasterio.windows.Window(0, 0, cols * step, rows * step) if step > 1 else None,
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
