"""Packing rows of rectangles into polygons: the inner loops of `layout`.

Rows are strips of one module's height. In a strip, the stretches where a strip-high rectangle lies inside the polygon
are found exactly (no side of the polygon passes through them), and modules are packed into each from its left end, or
in line with the first row where that costs none.
Which strips to use is a longest-path problem along the slope: the best count up to v is that up to one step less, or
that of the row that begins at v plus the best up to one row pitch less. Steps are a whole fraction of the pitch, so
rows that fit exactly are found.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import inner, kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEP_M = 0.12
EPS = 1e-7


def pack(
    edges: Floats, first: Ints, width: Floats, height: Floats, pitch: Floats, gap: Floats, room: int
) -> tuple[Ints, Floats]:
    """Rectangles in each of n areas.

    Parameters
    ----------
    edges : array of shape (sides, 4)
        Sides (u0, v0, u1, v1) of all rings, u along the rows [m].
    first : int array of shape (n + 1,)
        Where the sides of each area begin.
    width, height, pitch, gap : arrays of shape (n,)
        Of a rectangle along the row and across it, from row to row, and between rectangles of a row [m].
    room
        At least the number of rectangles that can fit in all areas.

    Returns
    -------
    int array of shape (n,), array of shape (rectangles, 2)
        Number of rectangles, and the low corner (u, v) of each; areas in their order, rows of an area from its lowest v.
    """
    count = np.zeros(len(first) - 1, np.int64)
    filled = np.flatnonzero(first[1:] > first[:-1])
    if not len(filled):
        return count, np.empty((0, 2))
    v = edges[:, 1]
    deepest = float(np.max(np.maximum.reduceat(v, first[filled]) - np.minimum.reduceat(v, first[filled])))
    best = np.zeros(int(deepest / float(np.min(pitch / np.ceil(pitch / STEP_M)))) + 3, np.int64)
    corners, starts, closed = np.empty((room + 1, 2)), np.empty(room + 1), np.empty((int(np.max(np.diff(first))), 2))
    _pack(edges, first, width, height, pitch, gap, count, corners, starts, closed, best)
    return count, corners[: int(count.sum())]


# The compiled functions fill arrays of the caller: making them inside would cost time in a first run.
@kernel("f8[:,::1], i8[::1], f8[::1], f8[::1], f8[::1], f8[::1], i8[::1], f8[:,::1], f8[::1], f8[:,::1], i8[::1]")
def _pack(edges, first, width, height, pitch, gap, count, corners, starts, closed, best):
    """Rows of every area one after the other: rectangles by area into `count`, their corners into `corners`."""
    total = np.int64(0)
    for k in range(count.size):
        if first[k] == first[k + 1]:
            continue
        rows = _rows(edges, first[k], first[k + 1], width[k], height[k], pitch[k], gap[k], closed, corners, starts, best)
        line = np.nan
        for r in range(rows - 1, -1, -1):
            placed = _strip(edges, first[k], first[k + 1], starts[r], width[k], height[k], gap[k], closed, corners, total, line)
            if placed > 0 and np.isnan(line):
                line = corners[total, 0]
            total += placed
            count[k] += placed


@inner
def _rows(edges, begin, end, width, height, pitch, gap, closed, corners, starts, best):
    """Lower sides of the rows that together take most rectangles, the highest first, in `starts`; gives their number."""
    low, high = edges[begin, 1], edges[begin, 1]
    for e in range(begin, end):
        low, high = min(low, edges[e, 1]), max(high, edges[e, 1])
    per_row = int(np.ceil(pitch / STEP_M))
    step = pitch / per_row
    places = int(np.floor((high - low - height) / step + EPS)) + 1
    # Variables, not literals: `_strip` would be compiled anew for each.
    nowhere, line = np.int64(-1), np.float64(0.0)
    best[0] = 0
    for i in range(places):
        here = _strip(edges, begin, end, low + i * step, width, height, gap, closed, corners, nowhere, line)
        best[i + 1] = max(best[i], here + best[max(i + 1 - per_row, 0)])
    rows, i = 0, places
    while i > 0:
        if best[i] == best[i - 1]:
            i -= 1
        else:
            starts[rows] = low + (i - 1) * step
            rows += 1
            i = max(i - per_row, 0)
    return rows


@inner
def _strip(edges, begin, end, v, width, height, gap, closed, corners, total, line):
    """Number of rectangles in the strip from v to v + height, put into `corners` from row `total` on unless that is negative.

    Sides that pass through the strip close the stretch of u they cover; between them the strip is wholly in or out.
    """
    bottom, top = v + EPS, v + height - EPS
    n = 0
    for e in range(begin, end):
        u0, v0, u1, v1 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        if max(v0, v1) <= bottom or min(v0, v1) >= top:
            continue
        if v0 != v1:
            slope = (u1 - u0) / (v1 - v0)
            u1 = u0 + slope * (min(max(v1, bottom), top) - v0)
            u0 += slope * (min(max(v0, bottom), top) - v0)
        left, right = min(u0, u1), max(u0, u1)
        i = n
        while i > 0 and closed[i - 1, 0] > left:
            closed[i, 0] = closed[i - 1, 0]
            closed[i, 1] = closed[i - 1, 1]
            i -= 1
        closed[i, 0] = left
        closed[i, 1] = right
        n += 1
    placed = 0
    reach = closed[0, 1]
    for i in range(1, n):
        free = closed[i, 0] - reach
        if free + EPS >= width and _inside(edges, begin, end, 0.5 * (closed[i, 0] + reach), v + 0.5 * height):
            fits = int(np.floor((free + gap + EPS) / (width + gap)))
            if total >= 0:
                # In line with the first row (unless there is none yet: NaN) where the stretch has room for it.
                shift = (line - reach) % (width + gap)
                start = reach + shift if shift <= free + gap + EPS - fits * (width + gap) else reach
                for m in range(fits):
                    corners[total + placed + m, 0] = start + m * (width + gap)
                    corners[total + placed + m, 1] = v
            placed += fits
        reach = max(reach, closed[i, 1])
    return placed


@inner
def _inside(edges, begin, end, u, v):
    """True where (u, v) lies inside, by the number of sides to its left."""
    inside = False
    for e in range(begin, end):
        v0, v1 = edges[e, 1], edges[e, 3]
        if (v0 <= v) != (v1 <= v) and edges[e, 0] + (edges[e, 2] - edges[e, 0]) * (v - v0) / (v1 - v0) < u:
            inside = not inside
    return inside
