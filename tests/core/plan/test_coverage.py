"""Greedy coverage beside every possible choice, and ways to it beside those of the access engine."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array

from pipeline.core.land.walking import connect, nearest, snap, within
from pipeline.core.plan.coverage import GUARANTEE, greedy_coverage, kept_back, too_few
from tests.core.land.test_access import EAST, NORTH, STEP, graph, grid_lines


def covered(reach: np.ndarray, weight: np.ndarray, some: tuple[int, ...]) -> float:
    return float(weight[reach[list(some)].any(axis=0)].sum()) if some else 0.0


@pytest.mark.parametrize("seed", range(12))
def test_never_below_the_guarantee_nor_above_the_best_nor_the_bound_below_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    reach, weight, k = rng.random((11, 30)) < 0.2, rng.integers(0, 20, 30).astype(float), 1 + seed % 4
    chosen = greedy_coverage(csr_array(reach.astype(float)), weight, k)
    best = max(covered(reach, weight, some) for some in combinations(range(11), k))
    assert covered(reach, weight, tuple(chosen.candidate)) == pytest.approx(chosen.gained.sum())
    assert GUARANTEE * best <= chosen.gained.sum() <= best <= chosen.bound + 1e-9
    assert (np.diff(chosen.gained) <= 1e-9).all() and len(set(chosen.candidate)) == len(chosen.candidate)


def test_where_greed_is_not_best() -> None:
    """The largest set first, 6 of 8 + 1; the two others together hold all 8."""
    reach = csr_array(np.array([[0, 1, 1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1]], dtype=float))
    chosen = greedy_coverage(reach, np.ones(8), 2)
    assert chosen.candidate.tolist() == [0, 1] and chosen.gained.sum() == 7.0 and chosen.bound == 8.0


def test_few_people_and_few_homes_are_no_reason_for_a_place() -> None:
    reach = csr_array(np.eye(3))
    assert greedy_coverage(reach, np.array([50.0, 4.0, 20.0]), 3, least=10.0).candidate.tolist() == [0, 2]
    assert greedy_coverage(reach, np.array([50.0, 4.0, 20.0]), 3, least_places=2).candidate.tolist() == []
    assert len(greedy_coverage(csr_array((0, 3)), np.ones(3), 2).candidate) == 0


def test_within_is_what_nearest_says_from_each_corner() -> None:
    network = graph(grid_lines())
    points = np.random.default_rng(4).uniform(0, 6 * STEP, (60, 2)) + np.array([EAST, NORTH])
    start, nodes = snap(points, network), np.arange(0, len(network.nodes), 5)
    doors = snap(network.nodes[nodes], network)
    from pipeline.core.land.walking import Entrances

    cut = connect(network, Entrances(np.arange(len(nodes)), doors, network.nodes[nodes], np.ones(len(nodes), dtype=bool)))
    found = within(start, cut, nodes, 250.0, at_once=4).toarray() > 0
    for row in range(len(nodes)):
        np.testing.assert_array_equal(found[row], nearest(start, cut, np.array([row]))[0] <= 250.0)


def test_parts_of_a_few_homes_are_withheld_and_cannot_be_worked_out() -> None:
    near, out = np.array([100.0, 200.0, 50.0]), np.array([3.0, 40.0, 0.0])
    held = too_few(near, out, np.array([30, 60, 20]), np.array([1, 9, 0]), 10.0, 3)
    assert held.tolist() == [True, False, False]
    # One withheld alone is the town's total less the others: another goes with it, until ten people are out of reach among them.
    assert kept_back(held, near + out, out, 10.0).tolist() == [True, True, True]
    assert kept_back(np.zeros(3, dtype=bool), near + out, out, 10.0).tolist() == [False] * 3
