"""Lines become a graph: lengths are kept, lines meet where they share a vertex and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.network import connected_parts, cut_at_junctions, joined


def lines(*wkt: str) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([shapely.from_wkt(f"LINESTRING({w})") for w in wkt], dtype=object)


def test_a_bridge_is_no_junction_and_a_shared_vertex_is() -> None:
    bridge = lines("0 0, 10 0", "5 -5, 5 5")
    assert len(cut_at_junctions(bridge).lines) == 2
    assert len(set(connected_parts(*cut_at_junctions(bridge)[3:5]))) == 2
    crossing = lines("0 0, 5 0, 10 0", "5 -5, 5 0, 5 5")
    made = cut_at_junctions(crossing)
    assert len(made.lines) == 4
    assert set(connected_parts(made.start, made.end)) == {0}
    assert len(cut_at_junctions(joined(bridge, 0.05, crossings=True)).lines) == 4


def test_loops_and_repeated_vertices() -> None:
    eight = cut_at_junctions(lines("0 0, 4 0, 4 4, 0 0, -4 0, -4 -4, 0 0"))
    assert len(eight.lines) == 2  # two rings at one junction
    assert (eight.start == eight.end).all()
    still = cut_at_junctions(lines("0 0, 0 0, 5 0, 5 0, 9 0"))
    assert len(still.lines) == 1
    assert shapely.is_valid(still.lines).all()
    assert len(cut_at_junctions(np.empty(0, dtype=object)).lines) == 0
    assert len(joined(np.empty(0, dtype=object), 0.05, crossings=True)) == 0


def test_a_side_street_that_stops_on_the_main_one() -> None:
    made = cut_at_junctions(joined(lines("0 0, 100 0", "40 0.03, 40 50", "60 0.2, 60 50"), 0.05, crossings=False))
    assert made.of.tolist() == [0, 0, 1, 2]  # 3 cm away is on it, 20 cm is not
    assert connected_parts(made.start, made.end).tolist() == [0, 0, 0, 1]


def test_ends_that_nearly_meet_are_one_junction() -> None:
    # Either side of a border between two cells of the rounding grid.
    made = cut_at_junctions(joined(lines("0 0, 10.024 0", "10.026 0, 20 0"), 0.05, crossings=False))
    assert made.end[0] == made.start[1]


@given(st.lists(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=6, unique=True), min_size=1, max_size=8))
def test_lengths_are_kept_and_every_edge_ends_at_its_junctions(drawn: list[list[tuple[int, int]]]) -> None:
    made_of = np.array([shapely.LineString([(10.0 * a, 10.0 * b) for a, b in line]) for line in drawn], dtype=object)
    made = cut_at_junctions(made_of)
    assert shapely.length(made.lines).sum() == pytest.approx(shapely.length(made_of).sum())
    for k, edge in enumerate(made.lines):
        assert edge.coords[0] == pytest.approx(tuple(made.nodes[made.start[k]]))
        assert edge.coords[-1] == pytest.approx(tuple(made.nodes[made.end[k]]))
    # No junction lies inside an edge.
    inner = [c for e in made.lines for c in e.coords[1:-1]]
    ends = {tuple(n) for n in made.nodes.round(6)}
    assert not [c for c in inner if (round(c[0], 6), round(c[1], 6)) in ends]
