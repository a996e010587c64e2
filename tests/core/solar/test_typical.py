"""Choosing the year of each month."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.solar.typical import finkelstein_schafer, typical_months, year_to_year


def test_the_distance_of_a_worked_example() -> None:
    # Own days 1, 3; all days 1, 2, 3, 4: own CDF 1/2, 1; CDF of all 1/4, 3/4; mean distance (1/4 + 1/4) / 2.
    assert finkelstein_schafer(np.array([3.0, 1.0]), np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(0.25)


def test_the_middle_year_is_chosen_month_by_month() -> None:
    days = np.arange(30) % 5
    daily = np.concatenate([days + level for level in (5.0, 1.0, 3.0, 9.0)])
    year = np.repeat([2001, 2002, 2003, 2004], 30)
    found = typical_months(daily, year, np.full(120, 4))
    assert found.years[3] == 2001 and (np.delete(found.years, 3) == 0).all()  # mean 4.5 + 2; 2001 has 5 + 2
    assert found.mean_of_all[3] == pytest.approx(6.5) and found.mean_of_year[3] == pytest.approx(7.0)


def test_a_year_with_a_hole_is_no_candidate() -> None:
    daily = np.concatenate([np.full(31, 3.0), np.full(31, 100.0), np.full(31, 4.0)])
    daily[40] = np.nan
    year = np.repeat([2001, 2002, 2003], 31)
    found = typical_months(daily, year, np.ones(93, dtype=int))
    assert found.years[0] in (2001, 2003) and found.mean_of_all[0] == 3.5


@given(st.lists(st.floats(0, 9), min_size=2, max_size=12))
def test_the_distance_is_between_0_and_1_and_0_to_itself(values: list[float]) -> None:
    own = np.array(values)
    assert finkelstein_schafer(own, own) == 0.0
    assert 0.0 <= finkelstein_schafer(own, np.concatenate([own, own + 1.0])) <= 1.0


def test_the_spread_of_years_drawn_with_three_percent() -> None:
    years = 400
    level = 5.0 * (1 + 0.03 * np.random.default_rng(1).normal(size=years))
    season = 1 + 0.6 * np.sin(np.arange(365) / 365 * 2 * np.pi)
    daily, year = (level[:, None] * season).ravel(), np.repeat(np.arange(years), 365)
    assert year_to_year(daily, year) == pytest.approx(0.03, rel=0.1)
    assert typical_months(daily[: 9 * 365], year[: 9 * 365], np.tile(np.repeat(np.arange(1, 13), [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]), 9)).sigma_year == year_to_year(daily[: 9 * 365], year[: 9 * 365])


def test_few_years_or_broken_ones_have_no_spread() -> None:
    daily, year = np.repeat([4.0, 5.0, 6.0, 5.0, 5.5], 365), np.repeat(np.arange(5), 365)
    assert np.isfinite(year_to_year(daily, year))
    daily[700] = np.nan
    assert np.isnan(year_to_year(daily, year))
    assert np.isnan(year_to_year(daily[:10], year[:10])) and np.isnan(year_to_year(daily[:0], year[:0]))
