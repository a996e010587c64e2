"""Rasters in and out: tiled GeoTIFFs read and written by window, shapes burnt onto a grid.

Paths travel, handles do not, so the values here can be sent to another process: each thread keeps the one file
open that it read last. Voids are NaN in float bands and the nodata code in integer bands.
"""

from __future__ import annotations

import errno
import os
import threading
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.errors
import shapely
from numpy.typing import NDArray
from rasterio.transform import Affine
from rasterio.windows import Window as RioWindow

from pipeline.contracts.spec import Raster, RasterBlocks, RasterSpec
from pipeline.core.burning import cells_inside
from pipeline.core.grid import Grid, Window
from pipeline.errors import InputError

BLOCK_CELLS = 512
# A raster without a place is refused with words of our own.
warnings.filterwarnings("ignore", category=rasterio.errors.NotGeoreferencedWarning)


def open_raster(path: Path) -> Raster[Any]:
    """A raster of processed/ as a value.

    Parameters
    ----------
    path
        A north-up GeoTIFF with square cells in a projected system.

    Raises
    ------
    InputError
        When the file is missing, rotated, without reference system, or its cells are not square.
    """
    try:
        with rasterio.open(path) as src:
            t = src.transform
            if src.crs is None or src.crs.to_epsg() is None:
                raise InputError(f"{path}: declares no EPSG reference system; expected a projected one")
            if t.b or t.d or abs(t.a + t.e) > 1e-6 * abs(t.a) or t.a <= 0:
                raise InputError(f"{path}: rotated grid or cells not square ({tuple(t)[:6]}); expected a north-up grid; run gdalwarp first")
            grid = Grid(t.c, t.f, t.a, src.height, src.width, src.crs.to_epsg())
            return Raster(path, grid, tuple(d or f"band{i}" for i, d in enumerate(src.descriptions, 1)), src.dtypes[0], src.tags().get("basis", "surface"))
    except rasterio.errors.RasterioIOError as error:
        raise InputError(f"{path}: cannot be read as a raster ({error}); expected a GeoTIFF") from None


def read(raster: Raster[Any], band: str, window: Window | None = None) -> NDArray[Any]:
    """Cells of one band.

    Parameters
    ----------
    raster
        From `open_raster`.
    band
        Name of the band, e.g. "surface".
    window
        Block to read; the whole band by default. It must lie inside the grid.

    Returns
    -------
    array of shape (rows, cols)
        In the file's dtype.
    """
    _, src = _at_hand(raster.path)
    at = RioWindow(window.col, window.row, window.cols, window.rows) if window else None
    return np.asarray(src.read(raster.bands.index(band) + 1, window=at))


def write(path: Path, spec: type[RasterSpec], made: RasterBlocks[Any], tags: dict[str, str] | None = None) -> None:
    """Write a stream of blocks to a tiled GeoTIFF (ZSTD), one block in memory at a time.

    Parameters
    ----------
    path
        The file to write; the caller moves it into place.
    spec
        Contract: band names, dtype, nodata.
    made
        Grid and blocks; each array has shape (bands, rows, cols) in the order of the contract's bands.
    tags
        Metadata items of the file, beside those of `made`.

    Raises
    ------
    OSError
        When the disk took only a part; GDAL itself tells nobody.
    """
    grid = made.grid
    profile = {
        "driver": "GTiff", "dtype": spec.dtype, "count": len(spec.bands), "nodata": spec.nodata,
        "height": grid.rows, "width": grid.cols, "crs": f"EPSG:{grid.epsg}", "transform": Affine(*grid.transform),
        "tiled": True, "blockxsize": BLOCK_CELLS, "blockysize": BLOCK_CELLS, "interleave": "band",
        "compress": "zstd", "zstd_level": 1, "BIGTIFF": "IF_SAFER", "num_threads": 2,
    }  # fmt: skip
    sums: list[tuple[RioWindow, int]] = []
    try:
        with rasterio.open(path, "w", **profile) as dst:
            for index, band in enumerate(spec.bands, 1):
                dst.set_band_description(index, band.name)
            if items := (tags or {}) | made.tags:
                dst.update_tags(**items)
            for window, array in made.blocks:
                cells, at = np.ascontiguousarray(array, dtype=spec.dtype), RioWindow(window.col, window.row, window.cols, window.rows)
                dst.write(cells, window=at)
                sums.append((at, zlib.crc32(cells.data)))
    except rasterio.errors.RasterioIOError as error:
        raise OSError(errno.EIO, f"the raster could not be written ({error})", str(path)) from None
    if not _as_written(path, sums):
        raise OSError(errno.EIO, "only a part of the raster was written", str(path))


def _as_written(path: Path, sums: list[tuple[RioWindow, int]]) -> bool:
    """Whether a raster holds the cells it was given: on a full disk GDAL loses blocks and tells nobody."""
    try:
        with rasterio.open(path, num_threads=2) as src:
            return all(zlib.crc32(np.ascontiguousarray(src.read(window=at)).data) == known for at, known in sums)
    except rasterio.errors.RasterioError:
        return False


def burn(geometries: Sequence[shapely.Geometry] | NDArray[Any], values: Sequence[float] | NDArray[Any], grid: Grid, *, fill: float = 0, dtype: str = "uint8") -> NDArray[Any]:
    """Write the value of each polygon into the cells whose centre it holds (`core.burning`); later ones win, lines and points hold none, in collections neither.

    Returns
    -------
    array of shape (grid.rows, grid.cols)
    """
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = geometries
    parts, owner = shapely.get_parts(shapes, return_index=True)
    # Once more: a collection may hold a shape of several parts.
    parts, of_part = shapely.get_parts(parts, return_index=True)
    owner = owner[of_part]
    polygons = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    out = np.full(grid.rows * grid.cols, fill, dtype=dtype)
    worth = np.asarray(values, dtype=dtype)[owner[polygons]]
    for cell, polygon in cells_inside(parts[polygons], grid):
        out[cell] = worth[polygon]
        del cell, polygon  # before the next are made
    return out.reshape(grid.shape)


_THREAD = threading.local()


def _at_hand(path: Path) -> tuple[Raster[Any], Any]:
    """A raster and its open file: the one this thread read last stays open, so that blocks which neighbouring windows share are decoded once."""
    try:
        # Opened, not only asked for: so a shared disk tells of a file that another machine has replaced.
        number = os.open(path, os.O_RDONLY)
        try:
            now = os.fstat(number)
        finally:
            os.close(number)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); run make again, it makes what is missing") from None
    # The process too: a copy of it would share the place in the file with it.
    state = (os.getpid(), path, now.st_ino, now.st_size, now.st_mtime_ns)
    if getattr(_THREAD, "state", None) != state:
        _THREAD.state = None
        _THREAD.held = open_raster(path), rasterio.open(path)
        _THREAD.state = state
    raster, src = _THREAD.held
    return raster, src


@dataclass(frozen=True)
class BandInput:
    """One band of a raster as an input of `compute.tiles`: float32, voids NaN."""

    path: Path
    band: str

    def cut(self, grid: Grid) -> BandInput:
        """Itself: a path is small."""
        return self

    def read(self, grid: Grid) -> NDArray[np.float32]:
        """The cells on `grid`, which must share the raster's lattice; NaN outside the raster."""
        raster, src = _at_hand(self.path)
        own = raster.grid
        row = round((own.north - grid.north) / own.cell_m)
        col = round((grid.west - own.west) / own.cell_m)
        index = raster.bands.index(self.band) + 1
        # Only what lies inside: GDAL's way to read beyond the edges takes four times as long.
        top, left, bottom, right = max(row, 0), max(col, 0), min(row + grid.rows, own.rows), min(col + grid.cols, own.cols)
        if top >= bottom or left >= right:
            return np.full((grid.rows, grid.cols), np.nan, dtype=np.float32)
        found = np.asarray(src.read(index, window=RioWindow(left, top, right - left, bottom - top), out_dtype="float32"))
        if src.nodata is not None and not np.isnan(src.nodata):
            found[found == np.float32(src.nodata)] = np.nan
        if found.shape == (grid.rows, grid.cols):
            return found
        out = np.full((grid.rows, grid.cols), np.nan, dtype=np.float32)
        out[top - row : bottom - row, left - col : right - col] = found
        return out


@dataclass(frozen=True)
class BurnInput:
    """Shapes with values as an input of `compute.tiles`: float32, `fill` where no shape holds the centre."""

    geometries: NDArray[Any]
    values: NDArray[Any]
    fill: float = 0.0

    def cut(self, grid: Grid) -> BurnInput:
        """Only the shapes that touch `grid`, in their order."""
        bounds = shapely.bounds(self.geometries)
        west, south, east, north = grid.bounds
        hit = (bounds[:, 0] < east) & (bounds[:, 2] > west) & (bounds[:, 1] < north) & (bounds[:, 3] > south)
        return BurnInput(self.geometries[hit], self.values[hit], self.fill)

    def read(self, grid: Grid) -> NDArray[np.float32]:
        """The burnt cells on `grid`."""
        return burn(self.geometries, self.values, grid, fill=self.fill, dtype="float32")
