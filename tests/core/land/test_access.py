"""Ways on foot: closed forms on a grid of streets, a plain Dijkstra beside, and laws that hold for any town."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from pipeline.core.land.access import entrances, merged_places
from pipeline.core.land.walking import OnWay, Ways, catchment, check_not_shorter, connect, nearest, snap, ways
from pipeline.core.network import cut_at_junctions
from pipeline.errors import ContractError

EAST, NORTH, STEP, SIDE = 759_000.0, 4_470_000.0, 100.0, 7
ORIGIN = np.array([EAST, NORTH])


def graph(lines: list[Any], min_piece_m: float = 0.0) -> Ways:
    cut = cut_at_junctions(np.array(lines, dtype=object))
    return ways(cut.lines, cut.start.astype(str), cut.end.astype(str), min_piece_m)


def grid_lines() -> list[Any]:
    at = [STEP * k for k in range(SIDE)]
    rows = [shapely.LineString([(EAST + x, NORTH + y) for x in at]) for y in at]
    return rows + [shapely.LineString([(EAST + x, NORTH + y) for y in at]) for x in at]


def square(east: float, north: float, half: float) -> shapely.Polygon:
    return shapely.box(EAST + east - half, NORTH + north - half, EAST + east + half, NORTH + north + half)


def distances(network: Ways, places: list[Any], points: Any, doors_of: list[int] | None = None) -> NDArray[np.float64]:
    doors = entrances(np.array(places, dtype=object), network, 20.0, 30.0)
    chosen = np.arange(len(doors.place)) if doors_of is None else np.flatnonzero(np.isin(doors.place, doors_of))
    return nearest(snap(np.asarray(points, dtype=np.float64), network), connect(network, doors), chosen)[0]


def test_on_a_grid_ways_are_sums_of_steps() -> None:
    """A park of 10 m around the crossing (300, 300): four streets cross its outline 5 m before the crossing."""
    network = graph(grid_lines())
    park = square(300, 300, 5)
    doors = entrances(np.array([park]), network, 20.0, 30.0)
    assert doors.crossing.all()
    assert sorted((np.round(doors.points - ORIGIN, 6)).tolist()) == [[295, 300], [300, 295], [300, 305], [305, 300]]
    homes = np.array([[EAST, NORTH], [EAST + 140, NORTH + 12], [EAST + 300, NORTH + 250], [EAST + 350, NORTH + 307]])
    # Corner: 300 + 300 - 5. (140, 12): 12 down to the street, 60 to the crossing at 200 and 400 on, or 40 + 500. The last one stands
    # 7 m beside the street that leads in.
    assert distances(network, [park], homes) == pytest.approx([595.0, 12 + 160 + 300 - 5, 45.0, 7 + 45])


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0, 600)), min_size=1, max_size=12), st.integers(0, 6), st.integers(0, 6))
def test_any_home_on_the_grid(drawn: list[tuple[float, float]], column: int, row: int) -> None:
    """The way is what snapping adds, and the shorter of the two ways round the block."""
    park = square(STEP * column, STEP * row, 1.0)
    homes = np.array(drawn)
    got = distances(GRID, [park], homes + ORIGIN)
    off, ends = _by_hand(homes)
    to_park = np.abs(ends - [STEP * column, STEP * row]).sum(axis=2)
    along = np.abs(ends - _foot(homes)[:, None]).sum(axis=2)
    want = off + np.min(along + to_park, axis=1) - 1.0
    on_its_street = off + np.abs(_foot(homes) - [STEP * column, STEP * row]).sum(axis=1)
    inside = np.abs(homes - [STEP * column, STEP * row]).max(axis=1) <= 2.0  # at the outline itself ways lead both in and out
    ties = np.abs(np.abs(homes % STEP - 50).max(axis=1) - np.abs(homes % STEP - 50).min(axis=1)) < 1e-6
    good = ~inside & ~ties
    assert got[good] == pytest.approx(want[good], abs=1e-6)
    assert (got[good] >= on_its_street[good] - 1.0 - 1e-6).all()


def _foot(homes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where a home meets the nearest street."""
    rounded = np.round(homes / STEP) * STEP
    to_column = np.abs(homes[:, 0] - rounded[:, 0]) <= np.abs(homes[:, 1] - rounded[:, 1])
    return np.where(np.column_stack([to_column, ~to_column]), rounded, homes)


def _by_hand(homes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    foot = _foot(homes)
    low, high = np.floor(foot / STEP) * STEP, np.ceil(foot / STEP) * STEP
    return np.hypot(*(homes - foot).T), np.stack([low, high], axis=1)


def random_streets(seed: int, count: int = 60) -> list[Any]:
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 1000, (count, 2)) + ORIGIN
    pairs = np.unique(np.sort(np.vstack([Delaunay(at).simplices[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))]), axis=1), axis=0)
    pairs = pairs[rng.random(len(pairs)) < 0.7]
    bend = rng.normal(0, 6, (len(pairs), 2))
    return [shapely.LineString([at[a], at[[a, b]].mean(axis=0) + d, at[b]]) for (a, b), d in zip(pairs, bend, strict=True)]


def slow(network: Ways, start: OnWay, row: int, doors: Any) -> float:
    """Dijkstra on a dictionary, the home and every entrance put in by hand."""
    on: dict[int, list[tuple[float, Any]]] = {e: [(0.0, int(network.start[e])), (float(network.length[e]), int(network.end[e]))] for e in range(len(network.lines))}
    for k, (edge, at) in enumerate(zip(doors.on.edge, doors.on.at, strict=True)):
        on[int(edge)].append((float(at), f"door {k}"))
    on[int(start.edge[row])].append((float(start.at[row]), "home"))
    arcs: dict[Any, list[tuple[Any, float]]] = {}
    for stops in on.values():
        for i, (a, one) in enumerate(stops):
            for b, other in stops[:i]:
                arcs.setdefault(one, []).append((other, abs(a - b)))
                arcs.setdefault(other, []).append((one, abs(a - b)))
    done: dict[Any, float] = {}
    queue: list[tuple[float, str, Any]] = [(float(start.off[row]), "home", "home")]
    while queue:
        cost, _, node = heapq.heappop(queue)
        if node in done:
            continue
        done[node] = cost
        for other, more in arcs.get(node, []):
            heapq.heappush(queue, (cost + more, str(other), other))
    reached = [done[f"door {k}"] + off for k, off in enumerate(doors.on.off) if f"door {k}" in done]
    return min(reached, default=np.nan)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_as_a_plain_search(seed: int) -> None:
    network = graph(random_streets(seed))
    rng = np.random.default_rng(100 + seed)
    places = np.array([shapely.Point(EAST + x, NORTH + y).buffer(r, quad_segs=3) for x, y, r in rng.uniform((0, 0, 5), (1000, 1000, 60), (5, 3))])
    start = snap(rng.uniform(0, 1000, (40, 2)) + ORIGIN, network)
    doors = entrances(places, network, 20.0, 30.0)
    got, door = nearest(start, connect(network, doors), np.arange(len(doors.place)))
    assert got == pytest.approx([slow(network, start, k, doors) for k in range(40)], abs=1e-6, nan_ok=True)
    assert ((door >= 0) == np.isfinite(got)).all()
    point, place, length = catchment(start, connect(network, doors), doors.place, len(places), 400.0)
    best = np.full(40, np.inf)
    np.minimum.at(best, point, length)
    near = got <= 400.0
    assert best[near] == pytest.approx(got[near]) and not np.isfinite(best[~near]).any()
    assert (np.diff(place) >= 0).all()


@given(st.integers(0, 30), st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000), st.floats(2, 150)), min_size=1, max_size=6))
def test_no_way_is_shorter_than_the_line_and_a_park_more_never_lengthens_one(seed: int, drawn: list[tuple[float, float, float]]) -> None:
    network = STREETS[seed % len(STREETS)]
    homes = np.random.default_rng(seed).uniform(0, 1000, (30, 2)) + ORIGIN
    parks = [shapely.Point(EAST + x, NORTH + y).buffer(r, quad_segs=2) for x, y, r in drawn]
    some, every = (np.nan_to_num(distances(network, parks[:k], homes), nan=np.inf) for k in (-1, None)) if len(parks) > 1 else (np.full(30, np.inf), np.nan_to_num(distances(network, parks, homes), nan=np.inf))
    assert (every <= some + 1e-9).all()
    line = shapely.distance(shapely.union_all(parks), shapely.points(homes))
    assert (every >= line - 1e-6).all()
    # Touching parks become one place, which is never smaller than its parts.
    place, outline = merged_places(np.array(parks, dtype=object))
    assert (shapely.area(outline)[place] >= shapely.area(parks) - 1e-6).all()


def test_repeated_streets_and_loops_change_nothing() -> None:
    lines = grid_lines()
    park, homes = [square(300, 300, 5)], np.random.default_rng(3).uniform(0, 600, (50, 2)) + ORIGIN
    once = distances(graph(lines), park, homes)
    cut = cut_at_junctions(np.array(lines, dtype=object))
    twice = ways(np.concatenate([cut.lines, cut.lines, cut.lines[:3]]), np.concatenate([cut.start, cut.start, cut.end[:3]]).astype(str), np.concatenate([cut.end, cut.end, cut.start[:3]]).astype(str))
    assert distances(twice, park, homes) == pytest.approx(once)
    loop = shapely.LineString([(EAST + 600, NORTH + 600), (EAST + 700, NORTH + 600), (EAST + 700, NORTH + 700), (EAST + 600, NORTH + 600)])
    on_loop = [[EAST + 701, NORTH + 650]]
    assert distances(graph([*lines, loop]), park, on_loop) == pytest.approx([1 + 150 + 600 - 5])


def test_an_entrance_at_a_crossing_and_one_at_the_end_of_a_street() -> None:
    network = graph([shapely.LineString([(EAST, NORTH), (EAST + 100, NORTH)]), shapely.LineString([(EAST + 100, NORTH), (EAST + 100, NORTH + 100)])])
    touching = square(150, 0, 50)  # its west side runs along the second street's first half
    doors = entrances(np.array([touching]), network, 20.0, 30.0)
    assert doors.crossing.all() and len(doors.place) >= 3
    assert distances(network, [touching], [[EAST, NORTH], [EAST + 90, NORTH + 80]]) == pytest.approx([100.0, 10 + 30], abs=20.0)
    assert distances(network, [touching], [[EAST, NORTH]]) == pytest.approx([100.0])


def test_assumed_entrances_add_their_distance_and_a_park_far_from_streets_has_none() -> None:
    network = graph(grid_lines())
    beside, remote = square(350, 350, 30), square(350, 900, 30)
    doors = entrances(np.array([beside, remote]), network, 20.0, 30.0)
    assert not doors.crossing.any() and set(doors.place.tolist()) == {0}
    # The outline is 240 m long: a point each 20 m; each looks at the street straight opposite.
    assert len(doors.place) == 12
    assert doors.on.off == pytest.approx(np.full(12, 20.0))
    assert distances(network, [beside], [[EAST + 350, NORTH + 300]]) == pytest.approx([20.0], abs=10.5)
    assert np.isnan(distances(network, [remote], [[EAST, NORTH]])).all()


def test_pieces_that_do_not_hang_together() -> None:
    island = shapely.LineString([(EAST + 2000, NORTH), (EAST + 2500, NORTH)])
    court = shapely.LineString([(EAST + 150, NORTH + 140), (EAST + 150, NORTH + 160)])
    homes = [[EAST + 2100, NORTH + 5], [EAST + 151, NORTH + 150]]
    park = [square(300, 300, 5)]
    assert np.isnan(distances(graph([*grid_lines(), island, court]), park, homes)).all()
    kept = graph([*grid_lines(), island, court], min_piece_m=300.0)
    assert len(kept.lines) == 2 * SIDE * (SIDE - 1) + 1
    got = distances(kept, park, homes)
    assert np.isnan(got[0]) and got[1] == pytest.approx(49 + 150 + 100 - 5)
    assert len(graph([island], min_piece_m=9e9).lines) == 1  # the longest always stays


def test_nothing_to_walk_on_and_nowhere_to_go() -> None:
    none = ways(np.empty(0, dtype=object), np.empty(0, dtype=object), np.empty(0, dtype=object))
    assert snap(np.array([[EAST, NORTH]]), none).edge.tolist() == [-1]
    assert np.isnan(distances(none, [square(0, 0, 5)], [[EAST, NORTH]])).all()
    assert np.isnan(distances(graph(grid_lines()), [], [[EAST, NORTH]])).all()
    assert len(distances(graph(grid_lines()), [square(0, 0, 5)], np.empty((0, 2)))) == 0


def test_degrees_are_refused() -> None:
    line = np.array([shapely.LineString([(18.04, 40.34), (18.05, 40.35)])])
    with pytest.raises(ContractError, match="degrees"):
        ways(line, np.array(["a"]), np.array(["b"]))


def test_a_way_below_the_line_stops_the_run() -> None:
    names = np.array(["b1", "b2", "b3"])
    check_not_shorter(np.array([10.0, np.nan, 5.0]), np.array([10.0, 3.0, np.nan]), names, "green")
    with pytest.raises(ContractError, match=r"1 of 3 ways to green .* b2: 240\.000 m on foot, 250\.000 m straight"):
        check_not_shorter(np.array([260.0, 240.0, 1.0]), np.array([250.0, 250.0, 1.0]), names, "green")


GRID = graph(grid_lines())
STREETS = [graph(random_streets(s)) for s in range(3)]
