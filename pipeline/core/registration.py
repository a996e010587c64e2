"""Do outlines lie where the surface steps up? The shift that brings them there."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float64]
# Distances from the outline at which inside and outside are compared [m]: eaves hide the step within half a metre of a
# wall on every side, so that one distance alone would favour a shift by the width of the eaves.
REACHES_M = (0.5, 1.0, 1.5)
# A step counts up to this height [m], so that one tower does not outvote a street of houses.
STEP_M = 3.0


class Shift(NamedTuple):
    """How far outlines would have to move to fit best, and what that gains.

    Attributes
    ----------
    east_m, north_m
        The move [m].
    gain
        Mean step across the outline after the move over that before, minus 1; 0 where nothing is gained.
    step_m
        Mean step across the outline as it lies [m].
    inside
        False where the best shift lies at the edge of the search.
    """

    east_m: float
    north_m: float
    gain: float
    step_m: float
    inside: bool


def edge_points(shape: shapely.Geometry, spacing_m: float = 2.0, shortest_m: float = 2.0) -> tuple[Floats, Floats]:
    """Points along the outer walls and the direction out of the building at each.

    Parameters
    ----------
    shape
        Polygon or MultiPolygon.
    spacing_m
        At most this far apart.
    shortest_m
        Shorter walls are passed over: corners and niches say little.

    Returns
    -------
    points, outward
        Easting and northing, and unit vectors, each of shape (points, 2).

    >>> points, outward = edge_points(shapely.box(0, 0, 2, 2))
    >>> sorted(map(tuple, (outward.round(3) + 0.0).tolist()))
    [(-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (1.0, 0.0)]
    """
    places, normals = [np.empty((0, 2))], [np.empty((0, 2))]
    for part in shapely.get_parts(shape):
        ring = shapely.get_coordinates(shapely.get_exterior_ring(part))
        step = np.diff(ring, axis=0)
        length = np.hypot(step[:, 0], step[:, 1])
        turn = np.sign(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]))
        wall = length >= shortest_m
        begin, step, length = ring[:-1][wall], step[wall], length[wall]
        count = np.ceil(length / spacing_m).astype(np.int64)
        of = np.repeat(np.arange(len(count)), count)
        along = (np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + 0.5) / count[of]
        places.append(begin[of] + along[:, None] * step[of])
        unit = step[of] / length[of][:, None]
        normals.append(turn * np.column_stack([unit[:, 1], -unit[:, 0]]))
    return np.concatenate(places), np.concatenate(normals)


def shifts(reach_m: float, step_m: float) -> Floats:
    """The values tried along each axis: 0 in the middle [m]."""
    count = round(reach_m / step_m)
    return np.asarray(np.arange(-count, count + 1) * step_m, dtype=np.float64)


def steps_across(height: NDArray[np.float32], west: float, north: float, cell_m: float, points: Floats, outward: Floats, tried: Floats) -> tuple[Floats, int]:
    """Sum over the points of the step up from outside to inside, for every shift.

    Parameters
    ----------
    height
        Height above ground, shape (rows, cols), north up; NaN where not known.
    west, north, cell_m
        Outer corner of the first cell and side of a cell [m].
    points, outward
        From `edge_points`.
    tried
        Shifts along each axis [m].

    Returns
    -------
    array of shape (len(tried), len(tried)), int
        By shift north (rows) and east (columns); number of comparisons behind each sum.
    """
    north_by, east_by = np.meshgrid(tried, tried, indexing="ij")
    total = np.zeros(north_by.size)
    for reach in REACHES_M:
        ends = []
        for side in (-1.0, 1.0):
            at = points + side * max(reach, 0.5 * cell_m) * outward
            col = (at[:, 0] + east_by.reshape(-1, 1) - west) / cell_m - 0.5
            row = (north - at[:, 1] - north_by.reshape(-1, 1)) / cell_m - 0.5
            ends.append(ndimage.map_coordinates(height, [row.ravel(), col.ravel()], order=1, mode="nearest").reshape(col.shape))
        total += np.clip(np.nan_to_num(ends[0] - ends[1], nan=0.0), 0.0, STEP_M).sum(axis=1)
    return total.reshape(north_by.shape), len(points) * len(REACHES_M)


def best_shift(score: Floats, tried: Floats) -> Shift:
    """The shift of the highest score, refined by a parabola through its neighbours on each axis.

    Parameters
    ----------
    score
        Mean step across the outlines by shift north (rows) and east (columns) [m].
    tried
        Shifts along each axis [m].

    >>> tried = shifts(2.0, 0.5)
    >>> cone = 3.0 - np.hypot(*np.meshgrid(tried - 0.75, tried + 1.0))
    >>> found = best_shift(cone, tried)
    >>> round(found.east_m, 2), round(found.north_m, 2), found.inside
    (0.75, -1.0, True)
    """
    row, col = np.unravel_index(int(np.argmax(score)), score.shape)
    last = len(tried) - 1
    here = float(score[last // 2, last // 2])
    gain = float(score[row, col]) / here - 1.0 if here > 0.0 else 0.0
    step = float(tried[1] - tried[0])
    north = float(tried[row]) + step * _peak(score[:, col], int(row))
    east = float(tried[col]) + step * _peak(score[row], int(col))
    return Shift(east, north, gain, here, bool(0 < row < last and 0 < col < last))


def _peak(values: Floats, at: int) -> float:
    """Where a parabola through three values is highest, in steps from the middle one."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = values[at - 1 : at + 2]
    bend = before - 2.0 * here + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0.0 else 0.0


def evenly(items: NDArray[Any], most: int) -> NDArray[Any]:
    """At most `most` of the items, evenly spread.

    >>> evenly(np.arange(10), 4).tolist()
    [0, 3, 6, 9]
    """
    return items if len(items) <= most else items[np.linspace(0, len(items) - 1, most).round().astype(np.int64)]
