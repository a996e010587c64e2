"""Outlines of regions of cells as polygons, exact enough that burning them gives the same cells back.

A region's polygon is the union of its cell squares cut by the footprint. Cells whose centre lies outside the footprint
but whose square reaches into it belong to the region beside them, so that a region that fills a footprint has exactly
the footprint's area: the area is unbiased although membership is decided at cell centres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.core.solar.compiled import kernel

SLIVER_M2 = 1e-6


@dataclass(frozen=True)
class Regions:
    """Numbered regions of one footprint on its window.

    Parameters
    ----------
    labels : int16 array of shape (rows, cols)
        1.. for the regions, 0 elsewhere.
    inside : bool array of shape (rows, cols)
        Cells whose centre lies in the footprint.
    west, north
        Outer corner of the window's first cell [m].
    footprint
        Polygon or multipolygon.
    """

    labels: NDArray[np.int16]
    inside: NDArray[np.bool_]
    west: float
    north: float
    footprint: shapely.Geometry


def outlines(found: Sequence[Regions], cell_m: float) -> NDArray[np.object_]:
    """Polygons of all regions.

    Parameters
    ----------
    found
        Regions of one or many footprints.
    cell_m
        Side of a cell [m].

    Returns
    -------
    object array of Polygon or MultiPolygon
        Region 1, 2, .. of the first footprint, then those of the next.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> one = Regions(np.ones((2, 2), np.int16), np.ones((2, 2), bool), 0.0, 2.0, shapely.box(0.0, 0.0, 2.3, 1.8))
    >>> float(outlines([one], 1.0)[0].area)
    4.14
    """
    feet = [np.full(int(one.labels.max(initial=0)), one.footprint, dtype=object) for one in found]
    return cut(squares(found, cell_m), np.concatenate(feet)) if found else np.empty(0, dtype=object)


def squares(found: Sequence[Regions], cell_m: float) -> NDArray[np.object_]:
    """MultiPolygons of the regions' cell squares and of those they reach into, not cut by the footprints."""
    counts = np.array([int(one.labels.max(initial=0)) for one in found], np.int64)
    if not counts.sum():
        return np.empty(0, dtype=object)
    labels, outside, first, wide = _padded(found)
    grown = labels.copy()
    _reach_out(labels, outside, first, wide, grown)
    vertex, ring, part_of_ring, cell_of_part = _traced(grown, first, wide)
    owner = np.repeat(np.arange(len(found)), np.diff(first))
    own = owner[vertex]
    row, col = np.divmod(vertex - first[own], wide[own])
    west, north = np.array([one.west for one in found]), np.array([one.north for one in found])
    corners = np.column_stack([west[own] + (col - 2) * cell_m, north[own] - (row - 2) * cell_m])
    region = grown[cell_of_part] - 1 + (np.cumsum(counts) - counts)[owner[cell_of_part]]
    linear = shapely.linearrings(corners, indices=ring)
    order = np.argsort(part_of_ring, kind="stable")
    polygons = shapely.polygons(linear[order], indices=part_of_ring[order])
    order = np.argsort(region, kind="stable")
    return bundle(polygons[order], region[order], int(counts.sum()))


def _padded(found: Sequence[Regions]) -> tuple[NDArray[np.int16], NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Windows with a border of two empty cells, one after the other, flat: labels, cells outside the footprint, first cell and width of each."""
    shapes = np.array([one.labels.shape for one in found], np.int64) + 4
    first = np.concatenate(([0], np.cumsum(shapes.prod(axis=1))))
    labels, outside = np.zeros(int(first[-1]), np.int16), np.ones(int(first[-1]), np.bool_)
    for k, one in enumerate(found):
        own = slice(int(first[k]), int(first[k + 1]))
        labels[own].reshape(shapes[k])[2:-2, 2:-2] = one.labels
        outside[own].reshape(shapes[k])[2:-2, 2:-2] = ~one.inside
    return labels, outside, first, shapes[:, 1].copy()


def cut(shapes: NDArray[np.object_], by: NDArray[np.object_]) -> NDArray[np.object_]:
    """Intersection without the points and lines where shapes only touch; a polygon where one part is left."""
    pieces, index = shapely.get_parts(shapely.intersection(shapes, by), return_index=True)
    nested, back = shapely.get_parts(pieces, return_index=True)
    index = index[back]
    keep = (shapely.get_dimensions(nested) == 2) & (shapely.area(nested) > SLIVER_M2)
    nested, index = nested[keep], index[keep]
    out = bundle(nested, index, len(shapes))
    single = shapely.get_num_geometries(out) == 1
    out[single] = shapely.get_geometry(out[single], 0)
    return out


def bundle(polygons: NDArray[np.object_], index: NDArray[np.int64], count: int) -> NDArray[np.object_]:
    """`count` multipolygons of the polygons with that (rising) index; empty where there is none."""
    out = np.full(count, shapely.MultiPolygon(), dtype=object)
    used, number = np.unique(index, return_inverse=True)
    if used.size:
        out[used] = shapely.multipolygons(polygons, indices=number)
    return out


def _traced(
    labels: NDArray[np.int16], first: NDArray[np.int64], wide: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rings around the 4-connected parts of each region, on flat windows with empty borders.

    Gives corners (flat index of the cell south-east of it), ring of each corner, part of each ring, first cell of each part;
    the first ring of a part is its shell.
    """
    size = labels.size
    part, queue, done = np.zeros(size, np.int64), np.empty(size, np.int64), np.zeros(size, np.bool_)
    corners, ring, part_of_ring, cell_of_part = (np.empty(n, np.int64) for n in (4 * size, 4 * size, size, size))
    counts = np.zeros(3, np.int64)
    _trace(labels, first, wide, part, queue, done, corners, ring, part_of_ring, cell_of_part, counts)
    parts, rings, count = counts
    return corners[:count], ring[:count], part_of_ring[:rings], cell_of_part[:parts]


# Compiled functions fill arrays of the caller and use no tuples: both would cost time in a first run.
@kernel("i2[::1], b1[::1], i8[::1], i8[::1], i2[::1]")
def _reach_out(labels, outside, first, wide, grown):  # type: ignore[no-untyped-def]
    """Labels in which each cell outside the footprint takes the label of a cell beside it.

    The four sides come before the corners; a corner counts only where no side is inside.
    """
    for w in range(wide.size):
        for p in range(first[w] + wide[w] + 1, first[w + 1] - wide[w] - 1):
            if not outside[p]:
                continue
            alone = True
            for k in range(4):
                q = p + (k - 2) * wide[w] if k % 2 else p + k - 1
                alone = alone and outside[q]
                if grown[p] == 0:
                    grown[p] = labels[q]
            for k in range(4):
                q = p + (wide[w] if k > 1 else -wide[w]) + (1 if k % 2 else -1)
                if alone and grown[p] == 0:
                    grown[p] = labels[q]


@kernel("i2[::1], i8[::1], i8[::1], i8[::1], i8[::1], b1[::1], i8[::1], i8[::1], i8[::1], i8[::1], i8[::1]")
def _trace(labels, first, wides, part, queue, done, corners, ring, part_of_ring, cell_of_part, counts):  # type: ignore[no-untyped-def]
    """Walk around each part (see `_traced`).

    The region lies to the right; where two cells meet only at a corner the walk turns left, which keeps shells simple
    and lets holes touch them in a point.
    """
    parts = rings = count = w = 0
    for p in range(labels.size):
        if p == first[w + 1]:
            w += 1
        if labels[p] == 0:
            continue
        wide = wides[w]
        if part[p] == 0:
            cell_of_part[parts] = p
            parts += 1
            # Number its 4-connected cells.
            part[p] = parts
            queue[0] = p
            head, tail = 0, 1
            while head < tail:
                for k in range(4):
                    q = queue[head] + ((k - 2) * wide if k % 2 else k - 1)
                    if part[q] == 0 and labels[q] == labels[p]:
                        part[q] = parts
                        queue[tail] = q
                        tail += 1
                head += 1
        own = part[p]
        if done[p] or part[p - wide] == own:
            continue
        part_of_ring[rings] = own - 1
        v, heading = p, 0  # the corner north-west of the cell, walking east
        while True:
            if heading == 0:
                if done[v]:
                    break
                done[v] = True
            # One step, then the cells ahead on the left and on the right of the new corner.
            if heading == 0:
                v += 1
                left, right = v - wide, v
            elif heading == 1:
                v += wide
                left, right = v, v - 1
            elif heading == 2:
                v -= 1
                left, right = v - 1, v - wide - 1
            else:
                v -= wide
                left, right = v - wide - 1, v - wide
            turn = 3 if part[left] == own else (0 if part[right] == own else 1)
            if turn:
                corners[count] = v
                ring[count] = rings
                count += 1
                heading = (heading + turn) % 4
        rings += 1
    counts[0], counts[1], counts[2] = parts, rings, count
