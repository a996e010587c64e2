"""One immutable value for a raster grid: square cells, north up, projected metres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple


class Window(NamedTuple):
    """A block of cells of a grid: first row, first column, number of rows, number of columns."""

    row: int
    col: int
    rows: int
    cols: int


@dataclass(frozen=True)
class Grid:
    """A north-up raster grid of square cells.

    Parameters
    ----------
    west, north
        Outer corner of the first cell, easting and northing [m].
    cell_m
        Side of a cell [m].
    rows, cols
        Shape of an array on this grid.
    epsg
        EPSG code of the projected reference system.
    """

    west: float
    north: float
    cell_m: float
    rows: int
    cols: int
    epsg: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.cols

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north [m]."""
        return (self.west, self.north - self.rows * self.cell_m, self.west + self.cols * self.cell_m, self.north)

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """The six affine coefficients (a, b, c, d, e, f) in rasterio's order."""
        return (self.cell_m, 0.0, self.west, 0.0, -self.cell_m, self.north)

    def window(self, bounds: tuple[float, float, float, float], margin_cells: int = 0) -> Window:
        """The block of cells that touches `bounds`, grown by a margin and cut at the grid's edges.

        Parameters
        ----------
        bounds
            West, south, east, north [m].
        margin_cells
            Cells added on each side.

        Returns
        -------
        Window
            With zero rows or columns where `bounds` lies outside the grid.

        >>> Grid(0.0, 10.0, 1.0, 10, 10, 25833).window((2.2, 3.0, 4.0, 6.5))
        Window(row=3, col=2, rows=4, cols=2)
        """
        west, south, east, north = bounds
        c0 = math.floor((west - self.west) / self.cell_m) - margin_cells
        c1 = math.ceil((east - self.west) / self.cell_m) + margin_cells
        r0 = math.floor((self.north - north) / self.cell_m) - margin_cells
        r1 = math.ceil((self.north - south) / self.cell_m) + margin_cells
        c0, c1 = max(c0, 0), min(c1, self.cols)
        r0, r1 = max(r0, 0), min(r1, self.rows)
        return Window(r0, c0, max(r1 - r0, 0), max(c1 - c0, 0))

    def crop(self, window: Window) -> Grid:
        """The grid of a block of cells."""
        return Grid(
            self.west + window.col * self.cell_m,
            self.north - window.row * self.cell_m,
            self.cell_m,
            window.rows,
            window.cols,
            self.epsg,
        )

    def blocks(self, size: int) -> list[Window]:
        """Windows of at most `size` cells a side that partition the grid, row by row."""
        return [
            Window(r, c, min(size, self.rows - r), min(size, self.cols - c))
            for r in range(0, self.rows, size)
            for c in range(0, self.cols, size)
        ]
