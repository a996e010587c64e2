"""Abatement cost, budget planner and rank interval against worked examples and against trying everything."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.plan.abatement import abatement_curve, cost_per_tonne, local_factor, present_worth, yearly_cost
from pipeline.core.plan.budget import NEVER, Problem, best_set, greedy, spent, worth
from pipeline.core.plan.ranking import corners, rank_interval, weight_sets
from pipeline.core.solar.economics import abatement_cost, capital_recovery


def test_cost_of_a_tonne_of_the_worked_example() -> None:
    """100 kWp at 1,200 EUR, 1,400 kWh/kWp, upkeep 2,000 EUR, 0.14 EUR/kWh, 3 %, 25 years, 0.26 t/MWh."""
    assert capital_recovery(0.03, 25) == pytest.approx(0.057428, abs=5e-7)
    assert 120_000 * capital_recovery(0.03, 25) == pytest.approx(6891, abs=0.5)
    npv, life, avoided = np.array([17_600 * float(present_worth(0.03, 25.0)) - 120_000]), np.array([25.0]), np.array([36.4])
    assert yearly_cost(npv, 0.03, life)[0] == pytest.approx(-10_709, abs=0.5)
    assert cost_per_tonne(npv, 0.03, life, avoided)[0] == pytest.approx(-294.2, abs=0.05)
    assert cost_per_tonne(npv, 0.03, life, avoided)[0] == pytest.approx(abatement_cost(120_000, 0.03, 25, 2_000, 19_600, 36.4)[1], rel=1e-12)
    assert yearly_cost(np.array([-100.0]), 0.0, np.array([20.0]))[0] == 5.0


def test_what_avoids_nothing_has_no_cost_of_a_tonne() -> None:
    assert np.isnan(cost_per_tonne(np.full(3, -100.0), 0.03, np.full(3, 20.0), np.array([0.0, np.nan, -1.0]))).all()


def test_factor_of_local_electricity_of_the_worked_example() -> None:
    assert local_factor(30_000, 4_500, 0, 0.26) == pytest.approx(0.2210, abs=1e-12)
    assert local_factor(100, 20, 30, 0.4, local_t=2, green_t=1) == pytest.approx((50 * 0.4 + 3) / 100)
    with pytest.raises(ValueError, match="made and"):
        local_factor(100, 80, 30, 0.26)


def test_actions_that_earn_are_ordered_by_what_they_earn() -> None:
    """The first earns 1,000 EUR over 100 t, the second 500 over 1 t: by EUR/t the second would lead."""
    curve = abatement_curve(np.array([1000.0, 500.0, -10.0, -90.0, 7.0]), np.array([-1.0, -50.0, 8.0, 3.0, np.nan]), np.array([100.0, 1.0, 2.0, 4.0, 0.0]))
    assert curve.action.tolist() == [0, 1, 3, 2]
    assert curve.end_t.tolist() == [100.0, 101.0, 105.0, 107.0] and curve.start_t.tolist() == [0.0, 100.0, 101.0, 105.0]
    assert curve.height_eur_t.tolist() == [-1.0, -50.0, 3.0, 8.0]


def tried(p: Problem) -> float:
    """The best value over all plans."""
    best = 0.0
    for plan in product(range(-1, len(p.budget)), repeat=len(p.cost)):
        year = np.array(plan)
        chosen = p.group[year != NEVER]
        if len(chosen) == len(set(chosen.tolist())) and affordable(p, year):
            best = max(best, worth(p, year))
    return best


def affordable(p: Problem, year: np.ndarray) -> bool:
    out = spent(p, year)
    return bool((np.cumsum(out) <= np.cumsum(p.budget) + 1e-9).all() if p.carry else (out <= p.budget + 1e-9).all())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_the_planner_finds_what_trying_everything_finds(seed: int, carry: bool) -> None:
    rng = np.random.default_rng(seed)
    n, years = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    p = Problem(rng.integers(1, 40, n).astype(float), rng.integers(-3, 30, (n, years)).astype(float), rng.integers(0, 4, n), rng.integers(0, 45, years).astype(float), carry)
    found = best_set(p, 0.0, 10_000)
    assert affordable(p, found.year) and found.gap == 0.0
    assert found.value == pytest.approx(tried(p), abs=1e-6) == pytest.approx(found.bound, abs=1e-6)
    assert affordable(p, greedy(p)) and worth(p, greedy(p)) <= found.value + 1e-6


def test_one_size_of_plant_for_a_roof_and_money_that_moves_on() -> None:
    """Two sizes for roof 0: the large one costs more than a year's money, so it waits for what is left of the first."""
    p = Problem(np.array([60.0, 150.0, 50.0]), np.array([[5.0, 5.0], [20.0, 20.0], [4.0, 3.9]]), np.array([0, 0, 1]), np.array([100.0, 100.0]), True)
    assert best_set(p, 0.0, 1000).year.tolist() == [NEVER, 1, 0]
    apart = best_set(p._replace(carry=False), 0.0, 1000)
    assert apart.value == 9.0 and apart.year[1] == NEVER


def test_a_large_set_says_how_far_it_may_be_from_the_best() -> None:
    rng = np.random.default_rng(3)
    n, years = 600, 5
    p = Problem(rng.lognormal(9, 1, n), rng.lognormal(1, 1, n)[:, np.newaxis] * np.arange(years, 0, -1), np.arange(n) // 2, np.full(years, 100_000.0), True)
    found = best_set(p, 1e-3, 200)
    assert affordable(p, found.year) and worth(p, greedy(p)) <= found.value <= found.bound
    assert 0.0 <= found.gap <= 1e-2 and found.gap == pytest.approx((found.bound - found.value) / found.bound, abs=1e-9)


def test_nothing_is_chosen_without_money_or_worth() -> None:
    p = Problem(np.array([10.0, 10.0]), np.array([[1.0], [0.0]]), np.array([0, 1]), np.array([5.0]), True)
    assert best_set(p, 0.0, 10).year.tolist() == [NEVER, NEVER] and best_set(p, 0.0, 10).value == 0.0


def test_the_interval_of_ranks_is_that_of_all_weights() -> None:
    """Three criteria: every set of weights on a grid of 1/100 within the bounds."""
    rng = np.random.default_rng(5)
    x, low, high = rng.random((7, 3)), np.array([0.1, 0.2, 0.1]), np.array([0.6, 0.7, 0.5])
    grid = [(a / 100, b / 100, (100 - a - b) / 100) for a in range(101) for b in range(101 - a)]
    inside = np.array([w for w in grid if all(lo - 1e-9 <= v <= hi + 1e-9 for v, lo, hi in zip(w, low, high, strict=True))])
    score = inside @ x.T
    places = 1 + (score[:, np.newaxis, :] > score[:, :, np.newaxis] + 1e-12).sum(axis=2)
    found = rank_interval(x, np.full(3, 1 / 3), weight_sets(low, high, 3000, 1))
    assert found.low.tolist() == places.min(axis=0).tolist() and found.high.tolist() == places.max(axis=0).tolist()
    assert ((found.low <= found.rank) & (found.rank <= found.high)).all()


def test_weights_stay_within_their_bounds() -> None:
    low, high = np.array([0.1, 0.0, 0.2, 0.1]), np.array([0.5, 0.4, 0.6, 0.3])
    sets = weight_sets(low, high, 200, 2)
    assert np.allclose(sets.sum(axis=1), 1.0) and (sets >= low - 1e-9).all() and (sets <= high + 1e-9).all()
    with pytest.raises(ValueError, match="never sum"):
        corners(np.array([0.6, 0.6]), np.array([0.9, 0.9]))
