"""Choosing the year of each month."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.solar.typical import finkelstein_schafer, typical_months


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
