"""LAS and LAZ point clouds gridded to elevations, chunk by chunk.

A cell's surface is the highest return of any kind in it, its ground the mean of the returns classified as ground
(class 2 of the ASPRS LAS 1.4 specification). Returns marked as noise (classes 7 and 18) or withheld are left out. Of a
real block at 0.5 m (AHN3, Delft), the highest of all returns gives the published surface model in 99.7 % of the
cells, the highest of the first returns in 98.5 %, and leaves fewer cells void.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import laspy
import numpy as np
from laspy.errors import LaspyException
from lazrs import LazrsError
from numpy.typing import NDArray
from pyproj import Transformer

from pipeline.config.sources import Layer, Source
from pipeline.contracts.notes import Notes
from pipeline.core.grid import Grid
from pipeline.errors import InputError
from pipeline.io.elevation import SANE_M
from pipeline.io.lasheader import check_las
from pipeline.io.lattice import horizontal_epsg, vertical_unit_m
from pipeline.io.tiles import FOOT_M

GROUND_CLASS = 2
NOISE_CLASSES = (7, 18)
CHUNK_POINTS = 1_000_000
CELL_BYTES = 16
BROKEN = (LaspyException, LazrsError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True)
class Cloud:
    """One file: its place, metres in a unit of its elevations. `bounds` are west, south, east, north in `epsg`."""

    path: Path
    bounds: tuple[float, float, float, float]
    epsg: int
    unit_m: float = 1.0

    def bounds_in(self, epsg: int) -> tuple[float, float, float, float]:
        """West, south, east, north in another system [m]."""
        if epsg == self.epsg:
            return self.bounds
        west, south, east, north = Transformer.from_crs(self.epsg, epsg, always_xy=True).transform_bounds(*self.bounds)
        return west, south, east, north


def open_clouds(layers: Iterable[Layer]) -> tuple[Cloud, ...]:
    """Look at the header of every file of some layers.

    Raises
    ------
    InputError
        With every file that is unreadable, empty or without reference system.
    """
    clouds, problems = [], []
    for layer in layers:
        if not layer.paths:
            problems.append(f"{layer.source.path}: no file; expected LAS or LAZ point clouds")
        for path in sorted(layer.paths):
            try:
                clouds.append(_open_cloud(path, layer.source))
            except InputError as error:
                problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return tuple(clouds)


def _open_cloud(path: Path, source: Source) -> Cloud:
    check_las(path)
    try:
        with laspy.open(path) as src:
            header = src.header
            declared = header.parse_crs()
    except BROKEN as error:
        _broken(path, error)
    wkt = declared.to_wkt() if declared is not None else None
    epsg = horizontal_epsg(wkt) or horizontal_epsg(source.crs)
    if epsg is None:
        raise InputError(f"{path}: declares no reference system with an EPSG code; write it into the source as crs: EPSG:<code>")
    if header.point_count == 0:
        raise InputError(f"{path}: holds no point; expected a point cloud of the town")
    unit = vertical_unit_m(wkt) or (FOOT_M if source.feet else 1.0)
    return Cloud(path, (header.mins[0], header.mins[1], header.maxs[0], header.maxs[1]), epsg, unit)


def _broken(path: Path, error: BaseException) -> NoReturn:
    raise InputError(f"{path}: cannot be read as a point cloud ({error}); expected a whole LAS or LAZ file, download it again") from None


def clouds_grid(clouds: tuple[Cloud, ...], epsg: int, cell_m: float) -> Grid:
    """The grid of some point clouds: corners are multiples of the cell, the extent is that of all files."""
    boxes = np.array([c.bounds_in(epsg) for c in clouds])
    col, row = math.floor(boxes[:, 0].min() / cell_m), math.ceil(boxes[:, 3].max() / cell_m)
    cols, rows = math.floor(boxes[:, 2].max() / cell_m) + 1 - col, row - math.floor(boxes[:, 1].min() / cell_m)
    return Grid(col * cell_m, row * cell_m, cell_m, max(rows, 1), cols, epsg)


class GriddedClouds:
    """Point clouds as rasters of surface and ground on one grid, kept in a temporary file.

    Memory is that of a chunk of points; the temporary file holds 16 bytes a cell. Close it, or use it in `with`.
    """

    def __init__(self, clouds: tuple[Cloud, ...], grid: Grid, notes: Notes) -> None:
        self.grid = grid
        _require_space(clouds, grid)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        size = grid.rows * grid.cols
        self._total = np.memmap(self._file, dtype=np.float64, mode="w+", shape=(size,))
        self._top = np.memmap(self._file, dtype=np.float32, mode="r+", offset=8 * size, shape=(size,))
        self._count = np.memmap(self._file, dtype=np.uint32, mode="r+", offset=12 * size, shape=(size,))
        self._top[:] = -np.inf
        for cloud in clouds:
            for chunk in _chunks(cloud):
                self._add(cloud, chunk, notes)

    def __enter__(self) -> GriddedClouds:
        return self

    def __exit__(self, *_: object) -> None:
        del self._total, self._top, self._count
        self._file.close()

    def _add(self, cloud: Cloud, points: Any, notes: Notes) -> None:
        east, north, z = np.asarray(points.x), np.asarray(points.y), np.asarray(points.z, dtype=np.float64)
        if cloud.epsg != self.grid.epsg:
            east, north = Transformer.from_crs(cloud.epsg, self.grid.epsg, always_xy=True).transform(east, north)
        if cloud.unit_m != 1.0:
            z = z * cloud.unit_m
        kind = np.asarray(points.classification)
        noise = np.isin(kind, NOISE_CLASSES) | np.asarray(points.withheld, dtype=bool)
        insane = ~((z >= SANE_M[0]) & (z <= SANE_M[1]))
        row = np.floor((self.grid.north - north) / self.grid.cell_m)
        col = np.floor((east - self.grid.west) / self.grid.cell_m)
        inside = (row >= 0) & (row < self.grid.rows) & (col >= 0) & (col < self.grid.cols)
        good = inside & ~noise & ~insane
        notes.count("points read", len(z))
        notes.count("points left out: noise or withheld", int(noise.sum()))
        notes.count("points left out: no elevation", int((insane & ~noise).sum()))
        notes.count("points left out: beyond the grid", int((~inside & ~noise & ~insane).sum()))
        cell = (row[good] * self.grid.cols + col[good]).astype(np.int64)
        np.maximum.at(self._top, cell, z[good].astype(np.float32))
        ground = kind[good] == GROUND_CLASS
        np.add.at(self._total, cell[ground], z[good][ground])
        np.add.at(self._count, cell[ground], np.uint32(1))

    def surface(self, grid: Grid) -> NDArray[np.float32]:
        """Highest return of each cell of `grid`, which shares the lattice; NaN where there is none [m]."""
        top = self._cut(self._top, grid, -np.inf)
        return np.where(np.isneginf(top), np.float32(np.nan), top).astype(np.float32)

    def ground(self, grid: Grid) -> NDArray[np.float32]:
        """Mean of the ground returns of each cell of `grid`, which shares the lattice; NaN where there is none [m]."""
        count = self._cut(self._count, grid, 0)
        mean = self._cut(self._total, grid, 0.0) / np.maximum(count, 1)
        return np.where(count > 0, mean, np.nan).astype(np.float32)

    def _cut(self, flat: NDArray[Any], grid: Grid, fill: float) -> NDArray[Any]:
        own, cells = self.grid, flat.reshape(self.grid.shape)
        row, col = round((own.north - grid.north) / own.cell_m), round((grid.west - own.west) / own.cell_m)
        out = np.full(grid.shape, fill, dtype=flat.dtype)
        r0, r1, c0, c1 = max(row, 0), min(row + grid.rows, own.rows), max(col, 0), min(col + grid.cols, own.cols)
        if r0 < r1 and c0 < c1:
            out[r0 - row : r1 - row, c0 - col : c1 - col] = cells[r0:r1, c0:c1]
        return out


def _require_space(clouds: tuple[Cloud, ...], grid: Grid) -> None:
    """A full disk under a mapped file would end the process without a word."""
    folder = Path(tempfile.gettempdir())
    needed, free = CELL_BYTES * grid.rows * grid.cols, shutil.disk_usage(folder).free
    if needed > free:
        box = ", ".join(f"{v:.0f}" for v in grid.bounds)
        raise InputError(f"{clouds[0].path}: the point clouds span {box}; their grid needs {needed / 1e9:,.1f} GB in {folder}, {free / 1e9:,.1f} GB are free; check crs and bounds, give a larger surface.cell_m, or another place with TMPDIR")


def _chunks(cloud: Cloud) -> Iterator[Any]:
    """Points of a file, some at a time; a file that breaks off stops the run."""
    read = 0
    try:
        with laspy.open(cloud.path) as src:
            expected = src.header.point_count
            for chunk in src.chunk_iterator(CHUNK_POINTS):
                read += len(chunk)
                yield chunk
    except BROKEN as error:
        _broken(cloud.path, error)
    except BaseException as error:
        # lazrs panics where damage makes it ask for more memory than there is; that is no Exception of Python.
        if type(error).__name__ == "PanicException":
            _broken(cloud.path, error)
        raise
    if read != expected:
        raise InputError(f"{cloud.path}: holds {read} points, its header promises {expected}; the file is truncated, download it again")
