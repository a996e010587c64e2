"""Rasters as small pictures for the screen: read decimated, warped to the browser's projection."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.warp import calculate_default_transform, reproject, transform_bounds

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


def to_browser(array: NDArray[Any], grid: Grid, *, categorical: bool = False) -> tuple[NDArray[np.float32], tuple[float, float, float, float]]:
    """Warp a small raster from the town's system to Web Mercator, the projection of the screen.

    Grid north departs from true north by up to some degrees (2 at the edge of a UTM zone), so a picture cannot simply
    be stretched between its corners.

    Parameters
    ----------
    array
        Shape (rows, cols); NaN = no data.
    grid
        Its cells.
    categorical
        True keeps codes as they are, False interpolates.

    Returns
    -------
    array of shape (rows, cols)
        float32 in EPSG:3857, NaN outside.
    tuple
        West, south, east, north of the picture [degrees].
    """
    source = Affine(*grid.transform)
    transform, cols, rows = calculate_default_transform(f"EPSG:{grid.epsg}", "EPSG:3857", grid.cols, grid.rows, *grid.bounds)
    out = np.full((rows, cols), np.nan, dtype=np.float32)
    reproject(
        array.astype(np.float32), out, src_transform=source, src_crs=f"EPSG:{grid.epsg}", dst_transform=transform, dst_crs="EPSG:3857",
        src_nodata=np.nan, dst_nodata=np.nan, resampling=Resampling.nearest if categorical else Resampling.bilinear,
    )  # fmt: skip
    corners = (transform.c, transform.f + rows * transform.e, transform.c + cols * transform.a, transform.f)
    bounds = transform_bounds("EPSG:3857", "EPSG:4326", *corners)
    return out, (float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3]))
