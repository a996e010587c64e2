"""The way from baseline to target: closed-form cases, and laws that hold for all numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.plan.targets import Way, path, standing

CO2 = Way(2010, 50_000.0, 2030, 22_500.0, -1)  # minus 55 % in twenty years: 1,375 t a year
NUMBER = st.floats(-1e6, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("year", "value", "at", "state", "reason"),
    [
        (2020, 36_250.0, 36_250.0, "on_track", "ahead"),  # ten years of 1,375 t
        (2020, 36_251.0, 36_250.0, "off_track", "behind"),
        (2026, 28_000.0, 28_000.0, "on_track", "ahead"),
        (2026, 40_000.0, 28_000.0, "off_track", "behind"),
        (2026, 22_500.0, 28_000.0, "on_track", "reached"),
        (2031, 22_501.0, 22_500.0, "off_track", "missed"),
    ],
)
def test_emissions_on_their_way(year: int, value: float, at: float, state: str, reason: str) -> None:
    found = standing(value, year, CO2)
    assert (found.path, found.state, found.reason) == (pytest.approx(at), state, reason)
    assert found.gap == pytest.approx(value - at) and found.distance == pytest.approx(22_500.0 - value)


def test_more_is_better_for_kilowatts() -> None:
    way = Way(2020, 1_000.0, 2030, 3_000.0, 1)
    assert standing(2_200.0, 2026, way)[3:] == ("on_track", "ahead") and standing(2_199.0, 2026, way)[3:] == ("off_track", "behind")


def test_a_duty_that_is_fulfilled_already_asks_for_no_decline() -> None:
    """65 % of separate collection where the town had 68 %: falling to 66 % is still within the law, 64 % is not."""
    way = Way(2022, 0.68, 2030, 0.65, 1)
    assert path(2026, way) == 0.65
    assert standing(0.66, 2026, way)[3:] == ("on_track", "reached") and standing(0.64, 2026, way)[3:] == ("off_track", "behind")


@pytest.mark.parametrize(
    ("value", "year", "way", "same", "reason"),
    [
        (math.nan, 2026, CO2, True, "no_value"),
        (30_000.0, 2026, Way(2010, 50_000.0, None, math.nan, -1), True, "no_target"),
        (30_000.0, 2026, Way(None, math.nan, 2030, 22_500.0, -1), True, "no_baseline"),
        (50_000.0, 2010, CO2, True, "not_later"),
        (20_100.0, 2026, Way(2010, 50_000.0, 2030, 20_000.0, -1), False, "other_method"),
    ],
)
def test_what_nobody_can_know_is_unknown(value: float, year: int, way: Way, same: bool, reason: str) -> None:
    found = standing(value, year, way, same_method=same)
    assert (found.state, found.reason) == ("unknown", reason) and math.isnan(found.path)


def test_no_decline_is_not_shown_by_the_baseline_itself() -> None:
    way = Way(2024, 24.0, 2030, 24.0, 1)
    assert standing(24.0, 2024, way)[3:] == ("unknown", "not_later") and standing(30.0, 2026, way, same_method=False)[3:] == ("unknown", "other_method")
    assert standing(24.0, 2026, way)[3:] == ("on_track", "reached") and standing(23.9, 2026, way)[3:] == ("off_track", "behind")


@given(base=NUMBER, aim=NUMBER, year=st.integers(2000, 2060), better=st.sampled_from((-1, 1)))
def test_the_path_lies_between_baseline_and_target_and_never_turns_back(base: float, aim: float, year: int, better: int) -> None:
    way = Way(2010, base, 2050, aim, better)
    here, next_ = path(year, way), path(year + 1, way)
    slack = 1e-9 * max(1.0, abs(base), abs(aim))
    assert min(base, aim) - slack <= here <= max(base, aim) + slack
    assert (next_ - here) * better >= -slack and path(2050, way) == pytest.approx(aim)


def test_a_way_needs_two_years() -> None:
    with pytest.raises(ValueError, match="2030 and 2030"):
        path(2030, Way(2030, 1.0, 2030, 2.0, 1))
