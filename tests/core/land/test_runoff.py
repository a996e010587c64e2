"""Runoff and biotope factor: LAND L7, L8, L9, L11 and what must hold for any surfaces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.land.biotope import biotope_factor
from pipeline.core.land.runoff import runoff_m3, runoff_mm, weighted


def test_depths_of_the_storm() -> None:
    """LAND L11, P 60 mm."""
    assert runoff_mm(60.0, [98, 61, 39]) == pytest.approx([54.20, 3.988, 0.0], rel=1e-3)


def test_opening_a_thousand_square_metres() -> None:
    assert float(runoff_m3([1000, 0], 60.0, [98, 61]) - runoff_m3([0, 1000], 60.0, [98, 61])) == pytest.approx(50.2, rel=1e-3)


def test_runoff_is_averaged_after_and_never_before() -> None:
    """Half of each: 29.09 mm; the curve number of the mean gives 19.57 and is wrong."""
    distributed = float(weighted([1, 1], runoff_mm(60.0, [98, 61])))
    assert distributed == pytest.approx(29.09, rel=1e-3)
    assert float(runoff_mm(60.0, [(98 + 61) / 2])[0]) == pytest.approx(19.57, rel=1e-3)


def test_mean_runoff_coefficient() -> None:
    """LAND L8."""
    assert float(weighted([300, 200, 300], [0.95, 0.90, 0.10])) == pytest.approx(0.61875)


def test_permeability_of_the_lot() -> None:
    """LAND L7: 800 m2, building 300, paved 200, green 300."""
    assert float(weighted([300, 200, 300], [0, 0, 1])) == pytest.approx(0.375)


@given(st.floats(1, 200), st.floats(31, 100), st.floats(31, 100))
def test_more_rain_and_harder_ground_never_run_off_less_nor_more_than_falls(rain: float, a: float, b: float) -> None:
    low, high = runoff_mm(rain, [min(a, b), max(a, b)])
    assert 0 <= low <= high + 1e-9 and high <= rain + 1e-9
    assert runoff_mm(rain + 1, [a])[0] >= runoff_mm(rain, [a])[0]


@pytest.mark.parametrize(("rain", "number"), [(-1.0, 80), (60.0, 0), (60.0, 101)])
def test_impossible_storms_and_numbers_are_refused(rain: float, number: float) -> None:
    with pytest.raises(ValueError, match="expected rain from 0"):
        runoff_mm(rain, [number])


@pytest.mark.parametrize(
    ("areas", "factors", "lot", "expected"),
    [
        ([140, 59, 1, 279], [0, 0.5, 1, 0], 479, 0.0637),  # Berlin's court as it was, old list
        ([115, 85, 279], [1, 0.3, 0], 479, 0.2933),  # its variant
        ([262, 142, 16, 330], [0, 0.1, 1, 0], 750, 0.0403),  # Berlin's example of the new list
    ],
)
def test_biotope_factor_of_berlins_examples(areas: list[float], factors: list[float], lot: float, expected: float) -> None:
    """LAND L9; the publisher rounds 0.0403 to 0.04."""
    assert float(biotope_factor(areas, factors, lot)) == pytest.approx(expected, abs=5e-5)


def test_no_ground_no_figure() -> None:
    assert np.isnan(weighted([[0, 0]], [1, 2])).all() and np.isnan(biotope_factor([[0.0]], [1.0], [0.0])).all()
