"""Trees near homes: tops found in the height of the surface, canopy counted in circles around points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.core.grid import Grid, Window
from pipeline.core.land.canopy import CANOPY, LOW, classify
from pipeline.core.zones import CellReader

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
POINTS_AT_ONCE = 256


class Rules(NamedTuple):
    """Switches of the search.

    Attributes
    ----------
    height_m
        Canopy is no building and at or above this [m].
    building
        Code of buildings in the land cover.
    radius_m
        Of the circle canopy is counted in [m].
    crown_m
        Side of the square in which a tree top is the highest cell [m].
    eaves_m
        Cells this near to a building are no tree tops: they may be its roof [m].
    """

    height_m: float
    building: int
    radius_m: float
    crown_m: float
    eaves_m: float


@dataclass(frozen=True)
class Around:
    """One block of work: cells with a halo, and the points whose circles are summed there."""

    grid: Grid
    halo: int
    rows: Ints
    points: Floats
    readers: tuple[CellReader, CellReader]


class Seen(NamedTuple):
    """What was found in a block: points, cells of canopy and known cells in their circles, tree tops (easting, northing)."""

    rows: Ints
    canopy: Ints
    known: Ints
    tops: Floats


def blocks_around(grid: Grid, points: Floats, radius_m: float, near_m: float, readers: tuple[CellReader, CellReader], size: int = 1024) -> list[Around]:
    """Blocks that hold a point or lie within `near_m` of one; each point is in one block.

    Points off the grid belong to no block.
    """
    halo = int(np.ceil(radius_m / grid.cell_m)) + 1
    out = []
    for window in grid.blocks(size):
        west, south, east, north = grid.crop(window).bounds
        e, n = points[:, 0], points[:, 1]
        mine = (e >= west) & (e < east) & (n > south) & (n <= north)
        close = (e >= west - near_m) & (e < east + near_m) & (n > south - near_m) & (n <= north + near_m)
        if close.any():
            rows = np.flatnonzero(mine)
            wide = Window(window.row - halo, window.col - halo, window.rows + 2 * halo, window.cols + 2 * halo)
            out.append(Around(grid.crop(wide), halo, rows, points[rows], readers))
    return out


def look_around(batch: Sequence[Around], rules: Rules) -> list[Seen]:
    """Canopy and tree tops of some blocks: the function sent to workers."""
    out = []
    for block in batch:
        height, cover = (reader.read(block.grid) for reader in block.readers)
        codes = classify(height, cover, rules.height_m, rules.building)
        canopy, low = disc_counts((codes == CANOPY, codes == LOW), block.grid, block.points, rules.radius_m)
        reach = max(1, round(0.5 * rules.crown_m / block.grid.cell_m - 0.5))
        eaves = int(np.ceil(rules.eaves_m / block.grid.cell_m))
        # Tops are asked for without the wide halo: the nearest cells outside decide them.
        margin = min(block.halo, 2 * reach + eaves)
        cut = block.halo - margin
        inner = (slice(cut, codes.shape[0] - cut), slice(cut, codes.shape[1] - cut))
        clear = (codes[inner] == CANOPY) & ~_near(cover[inner] == rules.building, eaves)
        row, col = tree_tops(height[inner], clear, reach)
        core = (np.minimum(row, col) >= margin) & (row < clear.shape[0] - margin) & (col < clear.shape[1] - margin)
        east = block.grid.west + (col[core] + cut + 0.5) * block.grid.cell_m
        north = block.grid.north - (row[core] + cut + 0.5) * block.grid.cell_m
        out.append(Seen(block.rows, canopy, low + canopy, np.column_stack([east, north])))
    return out


def disc_counts(flags: Sequence[NDArray[np.bool_]], grid: Grid, points: Floats, radius_m: float) -> Ints:
    """Number of flagged cells whose centre lies within a radius of each point, exactly.

    Running sums along the rows give each row of a circle with two look-ups.

    Parameters
    ----------
    flags
        One or several kinds of cells, each of shape (grid.rows, grid.cols).
    grid
        Where the cells are; cells beyond it are not flagged.
    points
        Easting and northing [m], shape (points, 2).
    radius_m
        End included [m].

    Returns
    -------
    array of int64, shape (kinds, points)

    >>> disc_counts([np.ones((9, 9), bool)], Grid(0.0, 9.0, 1.0, 9, 9, 25833), np.array([[4.5, 4.5], [0.5, 8.5]]), 2.0).tolist()
    [[13, 6]]
    """
    out = np.zeros((len(flags), len(points)), dtype=np.int64)
    if not len(points):
        return out
    sums = np.zeros((len(flags), grid.rows, grid.cols + 1), dtype=np.int32)
    for kind, cells in enumerate(flags):
        np.cumsum(cells, axis=1, out=sums[kind, :, 1:])
    col = (points[:, 0] - grid.west) / grid.cell_m - 0.5
    row = (grid.north - points[:, 1]) / grid.cell_m - 0.5
    radius = radius_m / grid.cell_m
    steps = np.arange(-int(np.ceil(radius)) - 1, int(np.ceil(radius)) + 2)
    for s in range(0, len(points), POINTS_AT_ONCE):
        r, c = row[s : s + POINTS_AT_ONCE, None], col[s : s + POINTS_AT_ONCE, None]
        rows = np.round(r).astype(np.int64) + steps
        left = radius**2 - (rows - r) ** 2
        inside = (left >= 0.0) & (rows >= 0) & (rows < grid.rows)
        half = np.sqrt(np.maximum(left, 0.0))
        first = np.clip(np.ceil(c - half), 0, grid.cols).astype(np.int64)
        end = np.clip(np.floor(c + half) + 1, 0, grid.cols).astype(np.int64)
        at = np.clip(rows, 0, grid.rows - 1)
        end = np.where(inside, np.maximum(end, first), first)
        for kind in range(len(flags)):
            out[kind, s : s + POINTS_AT_ONCE] = (sums[kind][at, end] - sums[kind][at, first]).sum(axis=1)
    return out


def tree_tops(height: NDArray[Any], canopy: NDArray[np.bool_], reach: int) -> tuple[Ints, Ints]:
    """Cells of canopy that no cell of canopy within `reach` rows and columns overtops: one for each crown, more or less.

    Of equal ones the first in reading order stays, so that a flat top is one tree. Local maxima of a canopy height model
    in a window of the size of a crown: S. C. Popescu, R. H. Wynne (2004): Seeing the trees in the forest. Photogrammetric
    Engineering & Remote Sensing 70(5), doi:10.14358/PERS.70.5.589 (who let the window grow with the height; here it is fixed).

    Returns
    -------
    (row, column)
        In reading order.

    >>> [v.tolist() for v in tree_tops(np.array([[4.0, 4, 0, 0, 5, 9]]), np.array([[True, True, True, True, True, False]]), 1)]
    [[0, 0], [0, 4]]
    """
    crowns = np.where(canopy, height, np.float32(-1.0)).astype(np.float32, copy=False)
    top = canopy & (crowns == ndimage.maximum_filter(crowns, size=2 * reach + 1, mode="constant", cval=-1.0))
    row, col = np.nonzero(top)
    padded = np.pad(top, reach)
    first = np.ones(len(row), dtype=np.bool_)
    for dr in range(-reach, 1):
        for dc in range(-reach, reach + 1 if dr < 0 else 0):
            first &= ~padded[row + reach + dr, col + reach + dc]
    return row[first].astype(np.int64), col[first].astype(np.int64)


def _near(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    if reach <= 0 or not mask.any():
        return mask
    grown: NDArray[np.bool_] = ndimage.maximum_filter(mask.view(np.uint8), size=2 * reach + 1, mode="constant", cval=0).astype(bool)
    return grown
