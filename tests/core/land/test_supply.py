"""Supply is shared out and none is lost; inequality against its definition; the standard's balance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.land.builtup import built_up
from pipeline.core.land.supply import (
    few,
    floating_catchment,
    gaussian_decay,
    gini,
    low_share,
    open_space_share,
    standard_balance,
    supply_intervals,
    weighted_median,
)

X, W = np.array([0.0, 2, 5, 9, 20]), np.array([3000.0, 2500, 2500, 2200, 1500])


def test_the_worked_example_of_the_floating_catchment() -> None:
    """LAND G7."""
    d = np.array([[100.0, 350, 800], [600, 250, 200]])
    weight = gaussian_decay(d, 500.0)
    place, point = np.nonzero(weight)
    people, supply = np.array([400.0, 300, 500]), np.array([6000.0, 15_000])
    got, shared = floating_catchment(point, place, weight[place, point], people, supply)
    assert got == pytest.approx([11.082, 22.395, 19.698], abs=5e-4)
    assert people @ got == pytest.approx(21_000.0, rel=1e-12)
    assert shared.tolist() == [6000.0, 15_000.0]


def test_the_decay_falls_from_one_to_nothing() -> None:
    d = np.linspace(0, 700, 200)
    w = gaussian_decay(d, 500.0)
    assert w[0] == 1.0 and (np.diff(w) <= 0).all() and (w[d >= 500] == 0).all() and (w[d < 500] > 0).all()


@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(1, 6))
def test_supply_is_conserved(seed: int, points: int, places: int) -> None:
    rng = np.random.default_rng(seed)
    weight = gaussian_decay(rng.uniform(0, 900, (places, points)), 500.0)
    people = np.where(rng.random(points) < 0.3, 0.0, rng.uniform(0, 40, points))
    supply = rng.uniform(10, 1e6, places)
    place, point = np.nonzero(weight)
    got, shared = floating_catchment(point, place, weight[place, point], people, supply)
    assert people @ got == pytest.approx(shared.sum(), rel=1e-9, abs=1e-9)
    has_people = (weight * people).sum(axis=1) > 0
    assert (shared == np.where(has_people, supply, 0.0)).all()


def test_inequality_of_the_worked_example() -> None:
    """LAND G8."""
    assert gini(X, W) == pytest.approx(0.5603, abs=5e-5)
    assert low_share(X, W, 9.0) == pytest.approx(0.684, abs=5e-4)
    made = supply_intervals(X, W, 9.0, 1000, 7)
    assert made["mean"].value == pytest.approx(5.752, abs=5e-4)
    assert made == supply_intervals(X, W, 9.0, 1000, 7)
    assert made != supply_intervals(X, W, 9.0, 1000, 8)


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.01, 9)), min_size=1, max_size=25))
def test_inequality_is_half_the_mean_difference_over_the_mean(drawn: list[tuple[float, float]]) -> None:
    values, weights = np.array(drawn).T
    mean = (values * weights).sum() / weights.sum()
    if mean < 1e-6:
        return
    apart = (np.abs(values[:, None] - values) * weights[:, None] * weights).sum() / weights.sum() ** 2
    assert gini(values, weights) == pytest.approx(apart / (2 * mean), abs=1e-9)
    assert gini(3 * values, 5 * weights) == pytest.approx(gini(values, weights), abs=1e-9)


def test_intervals_hold_the_value_and_narrow_with_the_number_of_homes() -> None:
    rng = np.random.default_rng(0)
    widths = []
    for n in (50, 800):
        made = supply_intervals(rng.gamma(1.5, 4.0, n), rng.uniform(1, 6, n), 9.0, 600, 1)
        for part in made.values():
            assert part.low < part.value < part.high
        widths.append(made["gini"].high - made["gini"].low)
    # The error of a mean falls with the root of the number.
    assert widths[0] / widths[1] == pytest.approx(4.0, rel=0.4)
    # The resampled error of a mean is what the formula says.
    values = rng.gamma(1.5, 4.0, 400)
    mean = supply_intervals(values, np.ones(400), 9.0, 4000, 2)["mean"]
    assert mean.high - mean.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.08)


def test_where_nobody_lives_there_is_no_figure() -> None:
    made = supply_intervals(X, np.zeros(5), 9.0, 100, 0)
    assert all(np.isnan(v) for part in made.values() for v in part)
    assert np.isnan(gini(np.zeros(3), np.ones(3))) and np.isnan(low_share(X, np.zeros(5), 9.0))
    assert np.isnan(weighted_median(X, np.zeros(5))) and np.isnan(weighted_median(np.empty(0), np.empty(0)))


def test_the_middle_person() -> None:
    assert weighted_median(np.array([5.0, 1.0, 9.0]), np.array([1.0, 1.0, 1.0])) == 5.0
    assert weighted_median(np.array([5.0, 1.0, 9.0]), np.array([1.0, 9.0, 1.0])) == 1.0
    assert np.isnan(weighted_median(np.array([5.0, np.nan]), np.array([1.0, 9.0])))


def test_the_standard_of_public_green() -> None:
    """LAND G1."""
    assert standard_balance(64_000.0, 11_700.0, 9.0) == pytest.approx((5.4701, 105_300.0, 41_300.0), abs=1e-4)
    assert standard_balance(64_000.0, 100.0, 9.0)[2] == 0.0
    assert np.isnan(standard_balance(64_000.0, 0.0, 9.0)[0])


def test_small_numbers_cannot_be_worked_out_from_the_rest() -> None:
    homes = np.array([5, 40, 60, 0])
    assert not few(np.array([50.0, 90, 120, 0]), homes, 10.0, 3).any()
    # One small zone would be total minus the others: the next smallest goes with it.
    assert few(np.array([4.0, 90, 120, 0]), homes, 10.0, 3).tolist() == [True, True, False, False]
    # Two of 2 are 4 together: a third one hides them.
    assert few(np.array([2.0, 2, 120, 0]), homes, 10.0, 3).tolist() == [True, True, True, False]
    assert few(np.array([50.0, 90, 120, 0]), np.array([2, 40, 60, 0]), 10.0, 3).tolist() == [True, True, False, False]
    assert few(np.array([4.0]), np.array([1]), 10.0, 3).tolist() == [True]


def test_the_built_up_area_closes_gaps_and_keeps_large_holes() -> None:
    import shapely

    ring = np.array([shapely.box(0, 0, 500, 20), shapely.box(0, 480, 500, 500), shapely.box(0, 0, 20, 500), shapely.box(480, 0, 500, 500)])
    assert built_up(ring, 70.0, 0.0).area == pytest.approx(500**2 - 460**2)
    assert built_up(ring, 70.0, 300_000.0).area == pytest.approx(500**2)
    apart = np.array([shapely.box(0, 0, 10, 10), shapely.box(90, 0, 100, 10)])
    assert built_up(apart, 70.0, 0.0).area == pytest.approx(200.0)
    assert built_up(apart, 90.0, 0.0).area == pytest.approx(1000.0)


def test_open_space_of_the_built_up_area() -> None:
    """SDG 11.7.1: 12 of open places and 78 of streets in 420 built up; nothing built has no share."""
    assert open_space_share(12.0, 78.0, 420.0) == pytest.approx(0.2143, rel=1e-3)
    assert np.isnan(open_space_share(1.0, 1.0, 0.0))


def test_a_share_of_everybody_is_one_and_not_a_digit_more() -> None:
    """Weights whose sum depends on the order: the share below, and its interval, stay within 1."""
    rng = np.random.default_rng(3)
    weights = rng.uniform(0.1, 9.0, 2771)
    found = supply_intervals(np.zeros(2771), weights, 9.0, 200, 1)["below"]
    assert low_share(np.zeros(2771), weights, 9.0) == 1.0
    assert found.low <= found.value <= found.high <= 1.0
