"""Cells of a raster file under the cells of another grid, by the nearest centre, whatever the reference systems."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.windows import Window as RioWindow

from pipeline.core.grid import Grid, Window
from pipeline.errors import InputError
from pipeline.io.tiles import Tile, open_dataset

Indices = NDArray[np.intp]


def cells_under(tile: Tile, grid: Grid) -> tuple[NDArray[Any], NDArray[np.bool_], Indices, Indices]:
    """The cells of a tile that `grid` needs.

    Returns
    -------
    raw
        Numbers as the file holds them, shape (rows, cols) of the part that was read; (0, 0) where tile and grid do not meet.
    void
        True where the file, or town.yaml, says there is nothing.
    row, col
        For each cell of `grid` its row and column in `raw`, perhaps outside of it.

    Raises
    ------
    InputError
        When the file breaks off.
    """
    at_row, at_col = tile.lattice.positions(grid)
    row, col = np.floor(at_row).astype(np.intp), np.floor(at_col).astype(np.intp)
    r0, r1 = max(int(row.min()), 0), min(int(row.max()) + 1, tile.rows)
    c0, c1 = max(int(col.min()), 0), min(int(col.max()) + 1, tile.cols)
    if r0 >= r1 or c0 >= c1:
        return np.empty((0, 0), dtype=np.int32), np.empty((0, 0), dtype=bool), row, col
    raw, void = read_window(tile, Window(r0, c0, r1 - r0, c1 - c0))
    return raw, void, row - r0, col - c0


def read_window(tile: Tile, window: Window) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """A block of a tile as the file holds it, and where the file or town.yaml says there is nothing."""
    try:
        with open_dataset(tile.path) as src:
            raw = src.read(tile.band, window=RioWindow(window.col, window.row, window.cols, window.rows))
            nodata = src.nodata
    except RasterioError as error:
        raise InputError(f"{tile.path}: breaks off while it is read ({error}); the file is truncated or damaged, download it again") from None
    void = ~np.isfinite(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, dtype=bool)
    for code in (nodata, tile.nodata):
        if code is not None and not math.isnan(code):
            void |= raw == code
    return raw, void


def nearest(tile: Tile, grid: Grid) -> NDArray[np.float64]:
    """The number of the tile's cell under each centre of `grid`, NaN where there is none."""
    raw, void, row, col = cells_under(tile, grid)
    if not raw.size:
        return np.full(grid.shape, np.nan)
    inside = (row >= 0) & (row < raw.shape[0]) & (col >= 0) & (col < raw.shape[1])
    values = np.where(void, np.nan, raw)[np.where(inside, row, 0), np.where(inside, col, 0)]
    out: NDArray[np.float64] = np.where(inside, values, np.nan)
    return out


def coarse(grid: Grid) -> Grid:
    """A grid of the same extent with at most 65 cells a side: enough to find what lies under it."""
    step = max(grid.rows, grid.cols) // 64 + 1
    return Grid(grid.west, grid.north, grid.cell_m * step, -(-grid.rows // step), -(-grid.cols // step), grid.epsg)
