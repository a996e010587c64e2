"""Areas of classes inside polygons, each cell weighted by the exact area of its part inside.

The share of a cell inside a polygon is found as font rasterisers find it: every edge adds its signed height to the cell
it crosses, split by the area to its right, and a running sum along the row turns these into coverage. For polygons with
straight edges that is exact (no sampling), holes and parts need no special case, and polygons that share an edge share
each cell without gap or overlap: an edge gives the same numbers whichever way it is walked.

Source: the accumulation of signed areas of R. Levien (LibArt; "Inside the fastest font renderer in the world", 2016), also
in FreeType's smooth rasteriser (src/smooth/ftgrays.c). They use it to draw; here it measures, in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from pipeline.core.grid import Grid

# Shares of a cell below this are rounding of the running sum, not area.
EPSILON = 1e-12


@dataclass(frozen=True)
class Outlines:
    """Polygons as directed edges, grouped by zone.

    Parameters
    ----------
    zone
        Position of each zone in the sequence it was made from, shape (zones,).
    bounds
        West, south, east, north of each zone [m], shape (zones, 4).
    first
        Edges of zone i are `first[i]` to `first[i + 1]`, shape (zones + 1,).
    edges
        Easting and northing of start and end [m], shape (edges, 4); exterior rings run counter-clockwise.
    """

    zone: NDArray[np.int64]
    bounds: NDArray[np.float64]
    first: NDArray[np.int64]
    edges: NDArray[np.float64]

    def cut(self, grid: Grid) -> Outlines:
        """The zones that touch `grid`, with only those edges that decide the coverage of its cells.

        An edge above, below or right of the grid changes none of its cells.
        """
        west, south, east, north = grid.bounds
        b = self.bounds
        near = (b[:, 0] < east) & (b[:, 2] > west) & (b[:, 1] < north) & (b[:, 3] > south)
        counts = np.diff(self.first)
        e = self.edges
        keep = np.repeat(near, counts)
        keep &= np.minimum(e[:, 0], e[:, 2]) < east
        keep &= (np.minimum(e[:, 1], e[:, 3]) < north) & (np.maximum(e[:, 1], e[:, 3]) > south)
        owner = np.repeat(np.arange(len(counts)), counts)[keep]
        kept = np.bincount(owner, minlength=len(counts))[near]
        return Outlines(self.zone[near], b[near], np.concatenate([[0], np.cumsum(kept)]), e[keep])


def outlines(geometries: Sequence[Any] | NDArray[Any]) -> Outlines:
    """Edges of polygons and multipolygons.

    Parameters
    ----------
    geometries
        Valid polygons or multipolygons, shape (zones,); empty ones and None have no edges and no area.

    Returns
    -------
    Outlines
    """
    shapes = shapely.orient_polygons(np.asarray(geometries, dtype=object))
    polygons, zone_of_polygon = shapely.get_parts(shapes, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    zone = zone_of_polygon[polygon]
    points, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    # Level edges cover no height and add nothing.
    inside &= points[1:, 1] != points[:-1, 1]
    edges = np.hstack([points[:-1], points[1:]])[inside]
    owner = zone[ring[:-1][inside]] if len(points) else np.empty(0, dtype=np.int64)
    counts = np.bincount(owner, minlength=len(shapes))
    bounds = np.asarray(shapely.bounds(shapes), dtype=np.float64).reshape(-1, 4)
    return Outlines(np.arange(len(shapes)), bounds, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), edges)


def coverage(geometry: shapely.Geometry, grid: Grid) -> NDArray[np.float64]:
    """Share of each cell that lies inside a polygon.

    Parameters
    ----------
    geometry
        Polygon or multipolygon in the grid's reference system.
    grid
        The cells.

    Returns
    -------
    array of shape (grid.rows, grid.cols)
        0 outside, 1 inside, exact between.

    >>> coverage(shapely.box(0.5, 0.0, 2.0, 1.5), Grid(0.0, 2.0, 1.0, 2, 2, 25833))
    array([[0.25, 0.5 ],
           [0.5 , 1.  ]])
    """
    return all_coverage(outlines([geometry]), grid)


def all_coverage(lines: Outlines, grid: Grid) -> NDArray[np.float64]:
    """Sum of the coverages of all polygons: above 1 where they overlap.

    Returns
    -------
    array of shape (grid.rows, grid.cols)
    """
    lines = lines.cut(grid)
    shares = np.zeros((grid.rows, grid.cols + 1))
    if len(lines.zone):
        _fill(shares, grid.rows, grid.cols, lines.edges, 0, len(lines.edges), float(grid.west), float(grid.north), float(grid.cell_m))
    shares = np.cumsum(shares, axis=1)[:, :-1]
    shares[np.abs(shares) < EPSILON] = 0.0
    return shares


def class_areas(codes: NDArray[np.uint8], lines: Outlines, grid: Grid, classes: int) -> NDArray[np.float64]:
    """Area of each class inside each polygon.

    Parameters
    ----------
    codes
        Class of each cell, shape (grid.rows, grid.cols), dtype uint8.
    lines
        The polygons.
    grid
        The cells of `codes`.
    classes
        Codes 0 to classes - 2 are counted one by one, all higher ones together in the last column.

    Returns
    -------
    array of shape (zones, classes)
        Areas [m2]; their sum over the classes is the area of the polygon inside the grid.
    """
    if codes.shape != grid.shape:
        raise ValueError(f"codes have shape {codes.shape}, the grid {grid.shape}")
    codes = np.ascontiguousarray(codes)
    frame = float(grid.west), float(grid.north), float(grid.cell_m)  # one compiled version, also for whole numbers
    sums = np.zeros((len(lines.zone), classes))
    _sum_classes(codes, lines.edges, lines.first, _windows(lines, grid), *frame, np.zeros((grid.rows, grid.cols + 1)), sums)
    return sums * grid.cell_m**2


class CellReader(Protocol):
    """Gives the cells of one band on any grid (see `pipeline.io.zonal`)."""

    def cut(self, grid: Grid) -> CellReader:
        """The part of itself that `grid` needs; this is what travels."""

    def read(self, grid: Grid) -> NDArray[Any]:
        """Array of shape (grid.rows, grid.cols)."""


@dataclass(frozen=True)
class Tile:
    """One block of work: cells to read and the polygons that touch them."""

    grid: Grid
    lines: Outlines
    readers: tuple[CellReader, ...]


def tiles(lines: Outlines, grid: Grid, readers: tuple[CellReader, ...], size: int = 1024) -> list[Tile]:
    """Blocks of at most `size` cells a side that together hold all polygons on the grid; blocks without one are left out."""
    cut = ((block, lines.cut(block)) for block in (grid.crop(w) for w in grid.blocks(size)))
    return [Tile(block, near, tuple(r.cut(block) for r in readers)) for block, near in cut if len(near.zone)]


def as_codes(cells: NDArray[Any]) -> NDArray[np.uint8]:
    """The `classify` of a band that holds classes already."""
    return cells.astype(np.uint8, copy=False)


Part = tuple[NDArray[np.int64], NDArray[np.float64]]


def tile_areas(batch: Sequence[Tile], classify: Callable[..., NDArray[np.uint8]], classes: int, *params: Any) -> list[Part]:
    """Areas of the classes `classify(*cells, *params)` gives, for the polygons of each tile: the function sent to workers.

    Returns
    -------
    list of (zones of the tile, areas of shape (zones of the tile, classes) [m2])
    """
    out = []
    for tile in batch:
        codes = classify(*(reader.read(tile.grid) for reader in tile.readers), *params)
        out.append((tile.lines.zone, class_areas(codes, tile.lines, tile.grid, classes)))
    return out


def total(parts: Iterable[list[Part]], zones: int, classes: int) -> NDArray[np.float64]:
    """Sum the tiles' areas by zone, in the order of the tiles.

    Returns
    -------
    array of shape (zones, classes)
        Areas [m2].
    """
    out = np.zeros((zones, classes))
    for part in parts:
        for zone, areas in part:
            out[zone] += areas
    return out


def _windows(lines: Outlines, grid: Grid) -> NDArray[np.int64]:
    """First row, end row, first column, end column of each zone on the grid, shape (zones, 4)."""
    b = lines.bounds
    at = np.column_stack([grid.north - b[:, 3], grid.north - b[:, 1], b[:, 0] - grid.west, b[:, 2] - grid.west]) / grid.cell_m
    at[:, 0::2] = np.floor(at[:, 0::2])
    at[:, 1::2] = np.ceil(at[:, 1::2])
    limits = np.array([grid.rows, grid.rows, grid.cols, grid.cols])
    windows: NDArray[np.int64] = np.clip(np.nan_to_num(at), 0, limits).astype(np.int64)
    return windows


# Compiled functions fill arrays of the caller: arrays made, and pieces cut out, inside would cost time in a first run.
@njit(cache=True, nogil=True)
def _sum_classes(codes, edges, first, windows, west, north, cell, shares, sums):  # type: ignore[no-untyped-def]
    """Add the shares of cells to `sums` (zones, classes); `shares` (rows, columns + 1) is zeros before and after."""
    last = sums.shape[1] - 1
    for zone in range(windows.shape[0]):
        r0, c0 = windows[zone, 0], windows[zone, 2]
        rows, cols = windows[zone, 1] - r0, windows[zone, 3] - c0
        _fill(shares, rows, cols, edges, first[zone], first[zone + 1], west + c0 * cell, north - r0 * cell, cell)
        for r in range(rows):
            share = 0.0
            for c in range(cols):
                share += shares[r, c]
                shares[r, c] = 0.0
                if share > EPSILON:
                    sums[zone, min(np.int64(codes[r0 + r, c0 + c]), last)] += share
            shares[r, cols] = 0.0


@njit(cache=True, nogil=True)
def _fill(shares, rows, cols, edges, first, last, west, north, cell):  # type: ignore[no-untyped-def]
    """Add the edges' signed areas to the first `rows` and `cols` + 1 of `shares`, whose outer corner is (west, north)."""
    for e in range(first, last):
        xa, ya = (edges[e, 0] - west) / cell, (north - edges[e, 1]) / cell
        xb, yb = (edges[e, 2] - west) / cell, (north - edges[e, 3]) / cell
        sign = 1.0
        if ya > yb:  # always walked downwards, so that neighbours get opposite numbers
            xa, ya, xb, yb, sign = xb, yb, xa, ya, -1.0
        y, end = max(ya, 0.0), min(yb, float(rows))
        if y >= end or min(xa, xb) >= cols:
            continue
        slope = (xb - xa) / (yb - ya)
        low, high = min(xa, xb), max(xa, xb)
        x = xa if y == ya else min(max(xa + (y - ya) * slope, low), high)
        row = int(y)
        while y < end:
            below = min(row + 1.0, end)
            x_below = xb if below == yb else min(max(xa + (below - ya) * slope, low), high)
            _fill_row(shares, row, min(x, x_below), max(x, x_below), sign * (below - y), cols)
            x, y, row = x_below, below, row + 1


@njit(cache=True, nogil=True)
def _fill_row(shares, row, x, end, height, cols):  # type: ignore[no-untyped-def]
    """Add a piece of an edge that lies within one row and runs from column x to `end`, climbing `height` evenly."""
    if end <= 0.0:
        shares[row, 0] += height
        return
    slope = height / (end - x) if end > x else 0.0
    if x < 0.0:
        shares[row, 0] -= x * slope
        height += x * slope
        x = 0.0
    while x < cols:
        cell = int(x)
        stop = min(cell + 1.0, end)
        part = height if stop == end else (stop - x) * slope
        right = part * (0.5 * (x + stop) - cell)
        shares[row, cell] += part - right
        shares[row, cell + 1] += right
        height -= part
        if stop == end:
            break
        x = stop
