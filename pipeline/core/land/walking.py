"""Shortest ways on foot along the streets: the graph, snapping, and searches over it, for whatever people walk to.

A way is three parts, added: straight from the door to the nearest walkable street, along the streets, straight from
the street to an entrance. Each part is as long as its line, so no way is shorter than the straight line; where the
numbers say otherwise, something is broken and `check_not_shorter` stops the run.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from pipeline.core.network import connected_parts
from pipeline.errors import ContractError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Rounding of coordinates in sums of lengths [m].
TOLERANCE_M = 1e-6
AT_ONCE = 128  # nodes searched from together: 128 x 20,000 nodes of a large town are 20 MB


class Ways(NamedTuple):
    """Walkable edges of a street graph.

    Attributes
    ----------
    lines
        LineStrings, shape (edges,).
    start, end
        Node at each end of an edge.
    before, length
        Gap between the node and the start of the line, and length of the edge with the gaps at both ends [m]: lines
        that meet at a node may miss it by the rounding of their coordinates.
    nodes
        Easting and northing of the nodes, shape (nodes, 2).
    """

    lines: NDArray[Any]
    start: Ints
    end: Ints
    before: Floats
    length: Floats
    nodes: Floats


class OnWay(NamedTuple):
    """Points on edges: edge, distance from its start [m], straight distance between the point and the edge [m]."""

    edge: Ints
    at: Floats
    off: Floats

    def take(self, rows: Ints) -> OnWay:
        """Some of the points."""
        return OnWay(self.edge[rows], self.at[rows], self.off[rows])


class Entrances(NamedTuple):
    """Entrances of places: place, where they are on the ways, easting and northing, False where only assumed."""

    place: Ints
    on: OnWay
    points: Floats
    crossing: NDArray[np.bool_]


class Network(NamedTuple):
    """Ways cut at entrances, ready for `nearest` and `catchment`.

    Attributes
    ----------
    graph
        Directed, shape (nodes, nodes): streets both ways, and an arc from each entrance's own node (the last of the
        nodes) to where it meets the street.
    first
        Number of nodes before those of the entrances.
    key, node
        Cutting points of all edges in order along them: edge by edge on one long line [m], and their nodes.
    offset, last
        Where each edge begins on that line [m], position of its last cutting point.
    """

    graph: csr_array
    first: int
    key: Floats
    node: Ints
    offset: Floats
    last: Ints


def ways(lines: NDArray[Any], from_node: NDArray[Any], to_node: NDArray[Any], min_piece_m: float = 0.0) -> Ways:
    """Walkable edges as a graph.

    Parameters
    ----------
    lines
        LineStrings in a metric system, each between two nodes.
    from_node, to_node
        Names of the nodes at both ends of each line.
    min_piece_m
        Connected pieces shorter than this in all are left out, but never the longest [m].

    Raises
    ------
    ContractError
        When the coordinates are degrees.
    """
    check_metres(lines)
    names, number = np.unique(np.concatenate([from_node, to_node]).astype(str), return_inverse=True)
    start, end = number.reshape(2, -1).astype(np.int64)
    keep = long_pieces(start, end, shapely.length(lines), min_piece_m)
    lines, start, end = lines[keep], start[keep], end[keep]
    first, last = (shapely.get_coordinates(shapely.get_point(lines, i)) for i in (0, -1))
    nodes = np.zeros((len(names), 2))
    nodes[end[::-1]] = last[::-1]
    nodes[start[::-1]] = first[::-1]
    before = np.hypot(*(nodes[start] - first).T)
    after = np.hypot(*(nodes[end] - last).T)
    return Ways(lines, start, end, before, before + shapely.length(lines) + after, nodes)


def check_metres(shapes: NDArray[Any]) -> None:
    """Refuse coordinates that can only be degrees: walking distances are metres of a projected system."""
    if not len(shapes):
        return
    west, south, east, north = shapely.total_bounds(shapes)
    if west >= -180 and east <= 180 and south >= -90 and north <= 90:
        raise ContractError(f"streets lie between {west:.4f}, {south:.4f} and {east:.4f}, {north:.4f}: degrees; expected metres of the town's projected system; check `crs` of the source and `epsg` in town.yaml")


def long_pieces(start: Ints, end: Ints, length: Floats, min_piece_m: float) -> NDArray[np.bool_]:
    """True for the edges of connected pieces of at least `min_piece_m` in all, and of the longest piece."""
    if not len(start):
        return np.zeros(0, dtype=np.bool_)
    piece = connected_parts(start, end)
    total = np.bincount(piece, weights=length)
    long = total >= min_piece_m
    long[np.argmax(total)] = True
    return long[piece]


def snap(points: Floats, network: Ways) -> OnWay:
    """The nearest point on the ways of each point; edge -1 and NaN where there is no way at all.

    >>> street = ways(np.array([shapely.LineString([(300, 0), (400, 0)])]), np.array(["a"]), np.array(["b"]))
    >>> [v.tolist() for v in snap(np.array([[330.0, 40.0]]), street)]
    [[0], [30.0], [40.0]]
    """
    count = len(points)
    if not len(network.lines) or not count:
        return OnWay(np.full(count, -1), np.full(count, np.nan), np.full(count, np.nan))
    places = shapely.points(points)
    (_, edge), off = shapely.STRtree(network.lines).query_nearest(places, all_matches=False, return_distance=True)
    return OnWay(edge.astype(np.int64), along(edge, places, network), off)


def along(edge: Ints, points: NDArray[Any], network: Ways) -> Floats:
    """Distance of each point from the start of its edge, measured on the edge [m]."""
    at: Floats = network.before[edge] + shapely.line_locate_point(network.lines[edge], points)
    return at


def connect(network: Ways, doors: Entrances) -> Network:
    """The graph of the ways, cut where entrances are.

    Of several ways between the same two nodes the shortest counts; a way back to its own node is none.
    """
    ends, count = len(network.nodes), len(doors.place)
    edges = np.arange(len(network.lines))
    edge = np.concatenate([edges, doors.on.edge, edges])
    at = np.concatenate([np.zeros(len(edges)), doors.on.at, network.length])
    rank = np.repeat([0, 1, 2], [len(edges), count, len(edges)])
    order = np.lexsort((rank, at, edge))
    edge, at = edge[order], at[order]
    node = np.concatenate([network.start, ends + np.arange(count), network.end])[order]
    # A metre between edges, so that no place on the long line belongs to two of them.
    offset = np.concatenate([[0.0], np.cumsum(network.length + 1.0)])[:-1] if len(edges) else np.empty(0)
    same = edge[1:] == edge[:-1]
    a, b, cost = node[:-1][same], node[1:][same], np.diff(at)[same]
    first = ends + count
    arcs = np.concatenate([a, b, first + np.arange(count)])
    heads = np.concatenate([b, a, ends + np.arange(count)])
    graph = _shortest_arcs(arcs, heads, np.concatenate([cost, cost, doors.on.off]), first + count)
    return Network(graph, first, offset[edge] + at, node, offset, np.searchsorted(edge, edges, side="right") - 1)


def _shortest_arcs(tail: Ints, head: Ints, cost: Floats, nodes: int) -> csr_array:
    """Sparse matrix of the cheapest arc between two nodes (building it from repeats would add their costs up)."""
    order = np.lexsort((cost, head, tail))
    tail, head, cost = tail[order], head[order], cost[order]
    once = np.r_[True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])][: len(tail)] & (tail != head)
    index = np.concatenate([[0], np.cumsum(np.bincount(tail[once], minlength=nodes))])
    return csr_array((cost[once], head[once], index), shape=(nodes, nodes))


def ends_of(start: OnWay, network: Network, rows: Ints) -> tuple[Ints, Floats]:
    """The two nodes between which points meet the ways, and what is walked to each: the straight part and that along the street.

    Parameters
    ----------
    start, network
        From `snap`, `connect`.
    rows
        Points to look at; each meets a way.

    Returns
    -------
    (nodes, lengths [m])
        Each of shape (rows, 2).
    """
    edge = start.edge[rows]
    here = network.offset[edge] + start.at[rows]
    left = np.minimum(np.searchsorted(network.key, here, side="right") - 1, network.last[edge] - 1)
    ends = np.column_stack([network.node[left], network.node[left + 1]])
    return ends, start.off[rows, None] + np.abs(here[:, None] - network.key[np.column_stack([left, left + 1])])


def nearest(start: OnWay, network: Network, doors: Ints, limit_m: float = np.inf) -> tuple[Floats, Ints]:
    """Shortest way from each point to any of some entrances.

    Parameters
    ----------
    start
        From `snap`; its straight distance is part of the way.
    network
        From `connect`.
    doors
        Positions of the entrances that count.
    limit_m
        Longer ways along the streets are not looked for [m].

    Returns
    -------
    (length [m], entrance)
        NaN and -1 where no way leads to one.
    """
    far = np.full(len(start.edge), np.nan), np.full(len(start.edge), -1)
    snapped = np.flatnonzero(start.edge >= 0)
    if not len(doors) or not len(snapped):
        return far
    reached, _, source = dijkstra(network.graph, directed=True, indices=network.first + doors, min_only=True, limit=limit_m, return_predecessors=True)
    ends, before = ends_of(start, network, snapped)
    walk = reached[ends] + before
    side = np.argmin(walk, axis=1)
    pick = np.arange(len(snapped)), side
    length = walk[pick]
    found = np.isfinite(length)
    far[0][snapped[found]] = length[found]
    far[1][snapped[found]] = source[ends[pick]][found] - network.first
    return far


def within(start: OnWay, network: Network, nodes: Ints, limit_m: float, at_once: int = AT_ONCE) -> csr_array:
    """Which points can be walked to from each of some nodes of the streets.

    Parameters
    ----------
    start, network
        From `snap`, `connect`.
    nodes
        Nodes of the streets, below `network.first`.
    limit_m
        Longest way, the straight part from the street to the point included [m].
    at_once
        Nodes searched from together: bounds the memory.

    Returns
    -------
    sparse array of shape (nodes, points)
        1 where the way is at most `limit_m`.
    """
    snapped = np.flatnonzero(start.edge >= 0)
    ends, before = ends_of(start, network, snapped)
    rows, cols = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for first in range(0, len(nodes) if len(snapped) else 0, at_once):
        reached = dijkstra(network.graph, directed=True, indices=nodes[first : first + at_once], limit=limit_m)
        row, col = np.nonzero((reached[:, ends] + before).min(axis=2) <= limit_m)
        rows.append(row + first)
        cols.append(snapped[col])
    row, col = np.concatenate(rows), np.concatenate(cols)
    return csr_array((np.ones(len(row)), (row, col)), shape=(len(nodes), len(start.edge)))


def catchment(
    start: OnWay, network: Network, place: Ints, places: int, limit_m: float, inside: tuple[Ints, Ints] | None = None
) -> tuple[Ints, Ints, Floats]:
    """All pairs of a point and a place that are within reach of one another.

    Parameters
    ----------
    start, network
        From `snap`, `connect`.
    place
        Place of each entrance, -1 for those that do not count.
    places
        Number of places.
    limit_m
        Longest way [m].
    inside
        Points and the places they lie in: 0 m apart.

    Returns
    -------
    (point, place, length [m])
        Sorted by place, then point.
    """
    within = (np.empty(0, dtype=np.int64),) * 2 if inside is None else inside
    found = []
    for one in range(places):
        length, _ = nearest(start, network, np.flatnonzero(place == one), limit_m)
        length[within[0][within[1] == one]] = 0.0
        point = np.flatnonzero(length <= limit_m)
        found.append((point, np.full(len(point), one), length[point]))
    if not found:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    point, which, length = (np.concatenate(part) for part in zip(*found, strict=True))
    return point, which, length


def check_not_shorter(network_m: Floats, linear_m: Floats, names: NDArray[Any], what: str) -> None:
    """No way is shorter than the straight line.

    Raises
    ------
    ContractError
        With the number of such ways and the worst of them.
    """
    lack = np.nan_to_num(linear_m - network_m, nan=-np.inf)
    if (wrong := lack > TOLERANCE_M).any():
        row = int(np.argmax(lack))
        raise ContractError(
            f"{int(wrong.sum())} of {len(lack)} ways to {what} are shorter than the straight line, first {names[row]}: {network_m[row]:.3f} m on foot, "
            f"{linear_m[row]:.3f} m straight; expected way >= line; lengths of streets are not those of their lines, or reference systems differ"
        )
