"""Network access of 8,000 buildings on a street graph of a small town: seconds, beside plain searches.

`python -m tests.bench.access` prints the row. Measured: the graph, its cutting at entrances, snapping, ways to the nearest of the
greens, and the catchment of each. Beside it, on the same graph cut in the same places: one plain Dijkstra with a heap
and dictionaries for each building until it meets an entrance, timed for some of them and scaled to all (what networkx
does for each building, without its overhead); and networkx itself where it is installed, from all entrances at once.
"""

from __future__ import annotations

import heapq
import resource
import time
from typing import Any

import numpy as np
import shapely

from pipeline.core.land.access import entrances
from pipeline.core.land.walking import OnWay, catchment, connect, nearest, snap, ways
from pipeline.core.network import cut_at_junctions

EAST, NORTH, STEP, SIDE = 757_000.0, 4_470_000.0, 90.0, 38
ORIGIN = np.array([EAST, NORTH])
BUILDINGS, GREENS, PROBES = 8_000, 12, 40


def make_town() -> tuple[Any, Any, Any]:
    """Crooked streets of 1,444 crossings, greens, doors."""
    rng = np.random.default_rng(11)
    at = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1) * STEP + rng.normal(0, 15, (SIDE, SIDE, 2)) + ORIGIN
    lines = np.array([shapely.LineString(row) for row in [*at, *at.swapaxes(0, 1)]], dtype=object)
    middle = rng.uniform(0.1, 0.9, (GREENS, 2)) * STEP * SIDE + ORIGIN
    greens = np.array([shapely.Point(m).buffer(r, quad_segs=4) for m, r in zip(middle, rng.uniform(30, 90, GREENS), strict=True)], dtype=object)
    return lines, greens, rng.uniform(0, STEP * SIDE, (BUILDINGS, 2)) + ORIGIN


def _plain(arcs: dict[int, list[tuple[int, float]]], goals: set[int], start: list[tuple[float, int]]) -> float:
    queue, done = list(start), set()
    heapq.heapify(queue)
    while queue:
        cost, node = heapq.heappop(queue)
        if node in done:
            continue
        if node in goals:
            return cost
        done.add(node)
        for other, more in arcs[node]:
            heapq.heappush(queue, (cost + more, other))
    return float("nan")


def _peer(network: Any, start: OnWay, first: int, doors: int) -> tuple[float, np.ndarray[Any, Any]]:
    """Seconds for all buildings, scaled from some, and the distances of those."""
    graph = network.graph.tocoo()
    arcs: dict[int, list[tuple[int, float]]] = {n: [] for n in range(graph.shape[0])}
    for a, b, cost in zip(graph.coords[0].tolist(), graph.coords[1].tolist(), graph.data.tolist(), strict=True):
        # Entrances are goals here and starts there: their own arcs are walked the other way.
        arcs[b if a >= first else a].append((a if a >= first else b, cost))
    goals = set(range(first, first + doors))
    rows = np.linspace(0, BUILDINGS - 1, PROBES).astype(np.int64)
    found, begin = [], time.perf_counter()
    for row in rows:
        here = network.offset[start.edge[row]] + start.at[row]
        left = int(np.searchsorted(network.key, here, side="right")) - 1
        left = min(left, int(network.last[start.edge[row]]) - 1)
        found.append(_plain(arcs, goals, [(float(start.off[row] + abs(here - network.key[k])), int(network.node[k])) for k in (left, left + 1)]))
    return (time.perf_counter() - begin) * BUILDINGS / PROBES, np.array([rows, found])


def _networkx(network: Any, first: int, doors: int) -> float | None:
    try:
        import networkx as nx  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return None
    graph = nx.DiGraph()
    whole = network.graph.tocoo()
    graph.add_weighted_edges_from(zip(whole.coords[0].tolist(), whole.coords[1].tolist(), whole.data.tolist(), strict=True))
    begin = time.perf_counter()
    nx.multi_source_dijkstra_path_length(graph, set(range(first, first + doors)))
    return time.perf_counter() - begin


def measure() -> dict[str, Any]:
    """The row of `make bench`."""
    lines, greens, homes = make_town()
    begin = time.perf_counter()
    cut = cut_at_junctions(lines)
    streets = ways(cut.lines, cut.start.astype(str), cut.end.astype(str))
    start = snap(homes, streets)
    doors = entrances(greens, streets, 20.0, 30.0)
    network = connect(streets, doors)
    searched = time.perf_counter()
    length, _ = nearest(start, network, np.arange(len(doors.place)))
    catchment(start, network, doors.place, len(greens), 500.0)
    end = time.perf_counter()
    plain, found = _peer(network, start, network.first, len(doors.place))
    rows = found[0].astype(np.int64)
    if not np.allclose(length[rows], found[1], atol=1e-6):
        raise AssertionError("the plain search finds other ways")
    other = _networkx(network, network.first, len(doors.place))
    row = {
        "buildings": BUILDINGS, "edges": len(streets.lines), "entrances": len(doors.place), "seconds": round(end - begin, 2),
        "of_these_search_s": round(end - searched, 3), "plain_dijkstra_per_building_s": round(plain, 1), "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip
    return row if other is None else row | {"networkx_one_search_s": round(other, 3)}


if __name__ == "__main__":
    print(f"network access: {', '.join(f'{k} {v}' for k, v in measure().items())}  goal: seconds <= 3")
