"""Where the cells of one raster lie on another, whatever their reference systems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError

from pipeline.core.grid import Grid

FloatArray = NDArray[np.float64]
# Between nodes this many cells apart, positions are interpolated: a national projection bends by under 1e-4 cells.
NODE_CELLS = 32
# Rasters whose corners differ by less than this share of a cell lie on one lattice.
ALIGNED_CELLS = 0.01


@dataclass(frozen=True)
class Lattice:
    """An endless north-up lattice of cells.

    Parameters
    ----------
    west, north
        Corner of cell (0, 0) in the lattice's own system [m or °].
    dx, dy
        Width and height of a cell [m or °].
    epsg
        EPSG code of the horizontal reference system.
    """

    west: float
    north: float
    dx: float
    dy: float
    epsg: int

    @classmethod
    def of(cls, grid: Grid) -> Lattice:
        """The lattice a grid is cut from."""
        return cls(grid.west, grid.north, grid.cell_m, grid.cell_m, grid.epsg)

    def offset(self, west: float, north: float) -> tuple[int, int] | None:
        """Row and column of the cell whose corner is (west, north), None where no corner of a cell is there."""
        row, col = (self.north - north) / self.dy, (west - self.west) / self.dx
        if abs(row - round(row)) > ALIGNED_CELLS or abs(col - round(col)) > ALIGNED_CELLS:
            return None
        return round(row), round(col)

    def same_cells(self, other: Lattice) -> bool:
        """True where both lattices have the same cells."""
        near = abs(self.dx - other.dx) < 1e-6 * self.dx and abs(self.dy - other.dy) < 1e-6 * self.dy
        return self.epsg == other.epsg and near and self.offset(other.west, other.north) is not None

    def positions(self, grid: Grid) -> tuple[FloatArray, FloatArray]:
        """Fractional row and column on this lattice of each cell centre of `grid`.

        Returns
        -------
        row, col
            Each of shape (grid.rows, grid.cols), counted from the outer corner of cell (0, 0).
        """
        if grid.epsg == self.epsg:
            east = grid.west + (np.arange(grid.cols) + 0.5) * grid.cell_m
            north = grid.north - (np.arange(grid.rows) + 0.5) * grid.cell_m
            row, col = (self.north - north) / self.dy, (east - self.west) / self.dx
            return np.broadcast_to(row[:, None], grid.shape).copy(), np.broadcast_to(col, grid.shape).copy()
        rows, cols = _nodes(grid.rows), _nodes(grid.cols)
        east, north = np.meshgrid(grid.west + (cols + 0.5) * grid.cell_m, grid.north - (rows + 0.5) * grid.cell_m)
        there = Transformer.from_crs(grid.epsg, self.epsg, always_xy=True).transform(east, north)
        row, col = (self.north - np.asarray(there[1])) / self.dy, (np.asarray(there[0]) - self.west) / self.dx
        return _between(row, rows, cols, grid), _between(col, rows, cols, grid)


def _nodes(cells: int) -> FloatArray:
    return np.linspace(0.0, cells - 1.0, (cells - 1) // NODE_CELLS + 2)


def _between(value: FloatArray, rows: FloatArray, cols: FloatArray, grid: Grid) -> FloatArray:
    """Bilinear interpolation of node values to all cells."""
    for axis, (nodes, count) in enumerate(((rows, grid.rows), (cols, grid.cols))):
        step = nodes[1] - nodes[0] if nodes[-1] > 0 else 1.0
        at = np.arange(count) / step
        low = np.minimum(at.astype(np.intp), len(nodes) - 2)
        share = (at - low).reshape((-1, 1) if axis == 0 else (1, -1))
        value = np.take(value, low, axis) * (1 - share) + np.take(value, low + 1, axis) * share
    return value


def horizontal_epsg(wkt: str | None) -> int | None:
    """EPSG code of the horizontal part of a reference system, None where it has none.

    >>> horizontal_epsg("EPSG:7415"), horizontal_epsg(None)  # RD New + NAP height
    (28992, None)
    """
    if not wkt:
        return None
    try:
        crs = CRS.from_user_input(wkt)
    except CRSError:
        return None
    flat = crs.sub_crs_list[0] if crs.is_compound else crs
    code = flat.to_epsg(min_confidence=70)
    return int(code) if code is not None else None


def grid_convergence_deg(epsg: int, bounds: tuple[float, float, float, float]) -> float:
    """Angle from true north to the north of a projected grid, clockwise, at the middle of `bounds`.

    Parameters
    ----------
    epsg
        Projected reference system.
    bounds
        West, south, east, north [m].

    Returns
    -------
    float
        Meridian convergence [°]; a true azimuth is the grid azimuth plus this angle.
    """
    west, south, east, north = bounds
    lon, lat = Transformer.from_crs(epsg, 4326, always_xy=True).transform((west + east) / 2, (south + north) / 2)
    return float(Proj(epsg).get_factors(lon, lat).meridian_convergence)


def vertical_unit_m(wkt: str | None) -> float | None:
    """Metres in one unit of the vertical part of a reference system, None where it has none.

    >>> vertical_unit_m("EPSG:7415"), vertical_unit_m("EPSG:28992")  # NAP height is in metres
    (1.0, None)
    """
    if not wkt:
        return None
    try:
        crs = CRS.from_user_input(wkt)
    except CRSError:
        return None
    if not crs.is_compound or len(crs.sub_crs_list) < 2:
        return None
    factor = crs.sub_crs_list[1].axis_info[0].unit_conversion_factor
    return float(factor) or None
