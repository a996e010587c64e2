"""The street graph: lines cut where they meet, junctions named, connected parts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

# Vertices within this distance of a common grid point are one: coordinates pass through degrees with seven decimals.
SNAP_M = 0.05


class Edges(NamedTuple):
    """Edges of a graph.

    Attributes
    ----------
    lines
        Each from one junction to the next, shape (edges,).
    of
        Line each edge was cut from.
    part
        Number of the edge along its line, from 0.
    start, end
        Junction at each end; equal numbers are one junction.
    nodes
        Easting and northing of the junctions, shape (junctions, 2).
    """

    lines: NDArray[Any]
    of: NDArray[np.int64]
    part: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    nodes: NDArray[np.float64]


def cut_at_junctions(lines: NDArray[Any], snap_m: float = SNAP_M) -> Edges:
    """Cut lines at every vertex that another line, or another pass of the same one, has too.

    Lines that cross without a common vertex do not meet: one is a bridge over the other.

    Parameters
    ----------
    lines
        LineStrings of two points or more in a metric system.
    snap_m
        Vertices that round to the same multiple of this are one [m].

    Returns
    -------
    Edges
        The lengths of the edges sum to those of the lines; lines shorter than `snap_m` are left out.

    >>> cross = np.array([shapely.LineString([(0, 0), (5, 0), (9, 0)]), shapely.LineString([(5, 0), (5, 7)])])
    >>> cut_at_junctions(cross).start.tolist(), cut_at_junctions(cross).end.tolist()
    ([0, 1, 1], [1, 3, 2])
    """
    points, of = shapely.get_coordinates(lines, return_index=True)
    if not len(points):
        none = np.empty(0, dtype=np.int64)
        return Edges(np.empty(0, dtype=object), none, none, none, none, np.empty((0, 2)))
    places, place = np.unique(np.round(points / snap_m).astype(np.int64), axis=0, return_inverse=True)
    place = place.reshape(-1)
    # Twice the same vertex in a row is no second pass.
    stay = np.r_[True, (place[1:] != place[:-1]) | (of[1:] != of[:-1])]
    points, of, place = points[stay], of[stay], place[stay]
    first = np.r_[True, of[1:] != of[:-1]]
    last = np.r_[of[1:] != of[:-1], True]
    passes = np.bincount(place, minlength=len(places))
    cut = first | last | (passes[place] > 1)
    at = np.flatnonzero(cut)
    begin, stop = at[:-1], at[1:]
    same = of[begin] == of[stop]
    begin, stop = begin[same], stop[same]
    sizes = stop - begin + 1
    index = np.repeat(begin, sizes) + np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    made = shapely.linestrings(points[index], indices=np.repeat(np.arange(len(begin)), sizes))
    owner = of[begin]
    start_of_line = np.searchsorted(owner, owner, side="left")
    ends = np.concatenate([place[begin], place[stop]])
    used, number = np.unique(ends, return_inverse=True)
    n = len(begin)
    return Edges(made, owner, np.arange(n) - start_of_line, number[:n].reshape(-1), number[n:].reshape(-1), places[used] * snap_m)


def joined(lines: NDArray[Any], reach_m: float, crossings: bool) -> NDArray[Any]:
    """Lines with a vertex wherever the end of another one touches them.

    Cartographers stop a side street on the line of the main one; only a common vertex makes a junction of it.

    Parameters
    ----------
    lines
        LineStrings in a metric system.
    reach_m
        An end this near to a line touches it [m]; the line then bends to that end.
    crossings
        True where lines that cross meet as well; False where one may be a bridge.

    Returns
    -------
    array of LineStrings, shape (lines,)

    >>> tee = np.array([shapely.LineString([(0, 0), (9, 0)]), shapely.LineString([(5, 0.01), (5, 7)])])
    >>> joined(tee, 0.05, False)[0].wkt
    'LINESTRING (0 0, 5 0.01, 9 0)'
    """
    if not len(lines):
        return lines
    lines = _common_ends(lines, reach_m)
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    tree = shapely.STRtree(lines)
    point, line = tree.query(ends, predicate="dwithin", distance=reach_m)
    points = ends[point]
    if crossings:
        a, b = tree.query(lines, predicate="crosses")
        cross, of = shapely.get_parts(shapely.intersection(lines[a], lines[b]), return_index=True)
        flat = shapely.get_type_id(cross) == 0
        cross, a, b = cross[flat], a[of[flat]], b[of[flat]]
        # The same point for both lines, to the last bit: each pair is taken in one order only.
        once = a < b
        points = np.concatenate([points, cross[once], cross[once]])
        line = np.concatenate([line, a[once], b[once]])
    made = lines.copy()
    for row in np.unique(line).tolist():
        made[row] = _with_points(lines[row], points[line == row], reach_m)
    return made


def _common_ends(lines: NDArray[Any], reach_m: float) -> NDArray[Any]:
    """Ends within reach of one another at the place of the first of them."""
    points, of = shapely.get_coordinates(lines, return_index=True)
    row = np.flatnonzero(np.r_[True, of[1:] != of[:-1]] | np.r_[of[1:] != of[:-1], True])
    pairs = cKDTree(points[row]).query_pairs(reach_m, output_type="ndarray")
    ones = np.ones(len(pairs), dtype=np.int8)
    _, group = connected_components(coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(row), len(row))), directed=False)
    _, first = np.unique(group, return_index=True)
    moved = points.copy()
    moved[row] = points[row][first[group]]
    return np.asarray(shapely.set_coordinates(lines.copy(), moved))


def _with_points(line: shapely.LineString, points: NDArray[Any], reach_m: float) -> shapely.LineString:
    """Points put in where they lie along the line; those at a vertex replace it, but never its ends."""
    at = shapely.line_locate_point(line, points)
    own = shapely.get_coordinates(line)
    place = np.r_[0.0, np.cumsum(np.hypot(*np.diff(own, axis=0).T))]
    inner = (at > reach_m) & (at < place[-1] - reach_m)
    keep = np.ones(len(own), dtype=bool)
    keep[1:-1] = [not (np.abs(at[inner] - p) <= reach_m).any() for p in place[1:-1]]
    every = np.concatenate([own[keep], shapely.get_coordinates(points[inner])])
    order = np.argsort(np.concatenate([place[keep], at[inner]]), kind="stable")
    return shapely.LineString(every[order])


def connected_parts(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the connected part each edge belongs to.

    >>> connected_parts(np.array([0, 1, 5]), np.array([1, 2, 6])).tolist()
    [0, 0, 1]
    """
    if not len(start):
        return np.empty(0, dtype=np.int64)
    used, number = np.unique(np.concatenate([start, end]), return_inverse=True)
    a, b = number.reshape(2, -1)
    _, part = connected_components(coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(len(used), len(used))), directed=False)
    return np.asarray(part[a], dtype=np.int64)
