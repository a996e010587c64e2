"""Elevation rasters: any number of GeoTIFF or ESRI ASCII tiles read as one, cell by cell, without loading them.

A void is NaN, whatever the file calls it. Tiles are asked in the order they are given; a later tile fills only what
earlier ones leave void. Files are opened once per thread and closed with the mosaic.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.warp import calculate_default_transform
from rasterio.windows import Window as RioWindow

from pipeline.core.grid import Grid, Window
from pipeline.core.terrain import sample
from pipeline.errors import InputError
from pipeline.io.lattice import ALIGNED_CELLS, Lattice
from pipeline.io.tiles import Tile, open_dataset

SANE_M = (-500.0, 9000.0)  # the range of the contract `Surface`; deeper or higher is a code for nodata
CACHE_MB = 128  # of GDAL, which else takes 5 % of the machine's memory; more made nothing faster
OPEN_FILES = 12  # kept open per thread: each holds 2 MB, and a block lies on nine tiles of its own size at most


@dataclass
class Mosaic:
    """Tiles as one raster. Close it, or use it in `with`; any number of threads may read."""

    tiles: tuple[Tile, ...]
    linear: bool = False
    _handles: dict[int, OrderedDict[Path, Any]] = field(default_factory=dict, repr=False)
    _env: Any = field(default=None, repr=False)

    def __enter__(self) -> Mosaic:
        self._env = rasterio.Env(GDAL_CACHEMAX=CACHE_MB)
        self._env.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for kept in self._handles.values():
            for handle in kept.values():
                handle.close()
        self._handles.clear()
        self._env.__exit__(None, None, None)

    def read(self, grid: Grid) -> NDArray[np.float32]:
        """Elevations on `grid` [m].

        Tiles on the grid's lattice are copied; others are read at the cell centres, bilinearly where `linear`, at
        the nearest centre elsewhere.

        Returns
        -------
        array of shape (rows, cols)
            NaN where no tile has data, +inf where a tile has a number that is no elevation.

        Raises
        ------
        InputError
            When a file breaks off.
        """
        out = np.full(grid.shape, np.nan, dtype=np.float32)
        groups: dict[Lattice, list[Tile]] = {}
        for tile in self.tiles:
            if tile.touches(grid):
                key = next((k for k in groups if k.same_cells(tile.lattice)), tile.lattice)
                groups.setdefault(key, []).append(tile)
        for lattice, tiles in groups.items():
            if not np.isnan(out).any():
                break
            values = self._copied(tiles, lattice, grid) if lattice.same_cells(Lattice.of(grid)) else self._sampled(tiles, lattice, grid)
            np.copyto(out, values, where=np.isnan(out))
        return out

    def _copied(self, tiles: list[Tile], lattice: Lattice, grid: Grid) -> NDArray[np.float32]:
        row, col = lattice.offset(grid.west, grid.north) or (0, 0)
        return self._native(tiles, lattice, Window(row, col, grid.rows, grid.cols))

    def _sampled(self, tiles: list[Tile], lattice: Lattice, grid: Grid) -> NDArray[np.float32]:
        row, col = lattice.positions(grid)
        r0, c0 = math.floor(row.min()) - 1, math.floor(col.min()) - 1
        window = Window(r0, c0, math.ceil(row.max()) + 1 - r0, math.ceil(col.max()) + 1 - c0)
        native = self._native(tiles, lattice, window)
        out = np.empty(grid.shape, dtype=np.float32)
        sample(native, row - r0, col - c0, self.linear, out)
        return out

    def _native(self, tiles: list[Tile], lattice: Lattice, window: Window) -> NDArray[np.float32]:
        """Cells of the lattice from the tiles that hold them; the window may lie anywhere on it."""
        row, col, rows, cols = window
        out = np.full((rows, cols), np.nan, dtype=np.float32)
        for tile in tiles:
            r, c = lattice.offset(tile.lattice.west, tile.lattice.north) or (0, 0)
            r0, r1 = max(r, row), min(r + tile.rows, row + rows)
            c0, c1 = max(c, col), min(c + tile.cols, col + cols)
            if r0 >= r1 or c0 >= c1:
                continue
            part = out[r0 - row : r1 - row, c0 - col : c1 - col]
            void = np.isnan(part)
            if void.any():
                np.copyto(part, self._cells(tile, RioWindow(c0 - c, r0 - r, c1 - c0, r1 - r0)), where=void)
        return out

    def _cells(self, tile: Tile, window: RioWindow) -> NDArray[np.float32]:
        """Elevations of a window of one file [m]; void NaN, insane +inf."""
        try:
            src = self._handle(tile.path)
            raw = src.read(tile.band, window=window)
            nodata, scale, offset = src.nodata, src.scales[tile.band - 1], src.offsets[tile.band - 1]
        except RasterioError as error:
            raise InputError(
                f"{tile.path}: breaks off while it is read ({error}); the file is truncated or damaged, download it again"
            ) from None
        void = np.isnan(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, dtype=bool)
        for code in (nodata, tile.nodata):
            if code is not None and not math.isnan(code):
                void |= raw == raw.dtype.type(code) if raw.dtype.kind == "f" else raw == code
        z: NDArray[np.float32] = raw.astype(np.float32, copy=False)
        if (scale, offset) != (1.0, 0.0):
            z = z * np.float32(scale) + np.float32(offset)
        if tile.unit_m != 1.0:
            z = z * np.float32(tile.unit_m)
        insane = ~((z >= SANE_M[0]) & (z <= SANE_M[1]))
        if insane.any():
            z = np.where(insane, np.float32(np.inf), z)
        if void.any():
            z = np.where(void, np.float32(np.nan), z)
        return z

    def _handle(self, path: Path) -> Any:
        """The file, open in this thread; the one used longest ago is closed when there are many."""
        kept = self._handles.setdefault(threading.get_ident(), OrderedDict())
        if path not in kept:
            if len(kept) >= OPEN_FILES:
                kept.popitem(last=False)[1].close()
            kept[path] = open_dataset(path)
        kept.move_to_end(path)
        return kept[path]


def mosaic_grid(tiles: tuple[Tile, ...], epsg: int) -> Grid:
    """The grid of a mosaic: the cells of its first tile, the extent of all tiles.

    Parameters
    ----------
    tiles
        At least one.
    epsg
        Reference system of the town. Where the first tile has another, the cell is what GDAL proposes, rounded to
        centimetres, and corners are multiples of it.

    Raises
    ------
    InputError
        When the cells of the first tile are not square.
    """
    first = tiles[0]
    boxes = np.array([t.bounds_in(epsg) for t in tiles])
    west, south, east, north = boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max()
    at = first.lattice
    if at.epsg == epsg:
        if abs(at.dx - at.dy) > 1e-6 * at.dx:
            raise InputError(
                f"{first.path}: cells of {at.dx:g} x {at.dy:g} m, expected square ones; make them so: gdalwarp -tr {at.dx:g} {at.dx:g} -r near {first.path.name} square.tif"
            )
        corner, cell = (at.west, at.north), at.dx
    else:
        proposed, _, _ = calculate_default_transform(f"EPSG:{at.epsg}", f"EPSG:{epsg}", first.cols, first.rows, *first.bounds)
        corner, cell = (0.0, 0.0), max(round(proposed.a, 2), 0.01)
    col = math.floor((west - corner[0]) / cell + ALIGNED_CELLS)
    row = math.floor((corner[1] - north) / cell + ALIGNED_CELLS)
    cols = math.ceil((east - corner[0]) / cell - ALIGNED_CELLS) - col
    rows = math.ceil((corner[1] - south) / cell - ALIGNED_CELLS) - row
    return Grid(corner[0] + col * cell, corner[1] - row * cell, cell, rows, cols, epsg)
