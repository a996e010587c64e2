"""Which cells of a grid have their centre in a polygon: many polygons at once, row by row.

The line through the centres of a row of cells is crossed by a polygon's edges at some places; from the first to the second, the third to the
fourth ... of them it runs inside (the even-odd rule of the scan line: Foley et al. 1990, Computer Graphics, section 3.6), so holes need nothing
of their own. A centre on an edge belongs to the polygon to its south or west: of two that share the edge, to one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.core.grid import Grid

Ints = NDArray[np.int64]

# Cells that are held as numbers at once, a few numbers of 8 bytes each.
MANY_CELLS = 1 << 20


def cells_inside(polygons: NDArray[np.object_], grid: Grid) -> Iterator[tuple[Ints, Ints]]:
    """Cells of polygons.

    Parameters
    ----------
    polygons : array of shape (n,)
        Simple polygons, with or without holes; none is missing or empty.
    grid
        The cells; what lies beyond it is left out.

    Yields
    ------
    cell, polygon : arrays of shape (cells,)
        Number of a cell, row by row, and of the polygon that holds its centre; polygon after polygon, a lot of `MANY_CELLS` at most at a time
        (or the cells of one row).

    Examples
    --------
    >>> import numpy as np, shapely
    >>> triangle = shapely.Polygon([(0, 0), (4, 4), (4, 0)])
    >>> ((cell, _),) = cells_inside(np.array([triangle]), Grid(0.0, 4.0, 1.0, 4, 4, 25833))
    >>> cell
    array([ 7, 10, 11, 13, 14, 15])
    """
    if not len(polygons):
        return
    line, start, end = _spans(polygons, grid)
    polygon, row = np.divmod(line, grid.rows)
    first, length = row * grid.cols + start, end - start
    lot = np.cumsum(length) // MANY_CELLS
    for at in np.split(np.arange(len(line)), np.flatnonzero(np.diff(lot)) + 1):
        long = length[at]
        before = np.cumsum(long) - long
        yield np.repeat(first[at] - before, long) + np.arange(long.sum()), np.repeat(polygon[at], long)


def _spans(polygons: NDArray[np.object_], grid: Grid) -> tuple[Ints, Ints, Ints]:
    """What each polygon holds of each row: polygon times rows plus row, first column and the one after the last, in this order."""
    _, points, (ring, of_polygon) = shapely.to_ragged_array(polygons, include_z=False)
    # In cells, with the centre of the first at the origin.
    x, y = (points[:, 0] - grid.west) / grid.cell_m - 0.5, (grid.north - points[:, 1]) / grid.cell_m - 0.5
    edge = np.ones(len(points), dtype=bool)
    edge[ring[1:] - 1] = False
    a = np.flatnonzero(edge)
    # From the upper end to the lower, whichever way the outline runs: so neighbours see their common edge at the same place, to the last bit.
    turned = y[a] > y[a + 1]
    a, b = a + turned, a + ~turned
    top, bottom = y[a], y[b]
    # Rows whose line the edge crosses, its lower end aside: so a corner counts once where the outline goes on, twice or never where it turns.
    above, below = (np.clip(np.ceil(v), 0, grid.rows).astype(np.int64) for v in (top, bottom))
    times = below - above
    each = np.repeat(np.arange(len(a)), times)
    row = np.arange(len(each)) - np.repeat(np.cumsum(times) - times - above, times)
    a, b = a[each], b[each]
    place = x[a] + (row - y[a]) * (x[b] - x[a]) / (y[b] - y[a])
    column = np.clip(np.floor(place) + 1.0, 0, grid.cols).astype(np.int64)
    owner = np.repeat(np.arange(len(polygons)), np.diff(ring[of_polygon]))[a]
    key = np.sort((owner * grid.rows + row) * (grid.cols + 1) + column)
    line, column = np.divmod(key, grid.cols + 1)
    return line[::2], column[::2], column[1::2]
