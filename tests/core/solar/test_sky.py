"""The visible sky: closed forms against sums over the hemisphere, and what the lit share must keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contracts.solar import HORIZON_SECTORS, LIT_ELEVATIONS_DEG
from pipeline.core.solar.sky import ELEVATION_STEP_DEG, ELEVATIONS, SECTORS, SkySummary, band_open_share, sky_view_from_lit, summarise
from tests.reference.solar import brute_sky_view


def seen_by(horizons_deg: np.ndarray, tilt: float, azimuth: float) -> SkySummary:
    """One plane whose cells have the given horizons, shape (cells, 72)."""
    tangents = np.tan(np.radians(np.atleast_2d(horizons_deg))).astype(np.float32)
    return summarise(tangents, np.array([0, len(tangents)]), np.array([tilt]), np.array([azimuth]))


def test_sectors_and_elevations_are_those_of_the_contract() -> None:
    assert (HORIZON_SECTORS, len(LIT_ELEVATIONS_DEG)) == (SECTORS, ELEVATIONS)
    assert LIT_ELEVATIONS_DEG[1] == ELEVATION_STEP_DEG


@pytest.mark.parametrize("tilt", [0.0, 17.0, 45.0, 90.0])
@pytest.mark.parametrize("azimuth", [0.0, 93.0, 180.0])
def test_an_open_plane_sees_half_of_one_plus_cosine(tilt: float, azimuth: float) -> None:
    expected = (1 + np.cos(np.radians(tilt))) / 2
    found = seen_by(np.zeros(SECTORS), tilt, azimuth)
    assert found.sky_view[0] == pytest.approx(expected, abs=1e-12)
    assert sky_view_from_lit(found.lit_share, np.array([tilt]), np.array([azimuth]))[0] == pytest.approx(expected, abs=1e-12)
    assert (found.lit_share == 255).all()


@given(st.floats(0.0, 85.0))
def test_a_level_plane_in_a_bowl_sees_the_squared_cosine(horizon: float) -> None:
    assert seen_by(np.full(SECTORS, horizon), 0.0, 0.0).sky_view[0] == pytest.approx(np.cos(np.radians(horizon)) ** 2, abs=1e-6)


def test_a_street_wall_takes_half_of_what_lies_below_it() -> None:
    # A wall of endless length whose top stands at 45 degrees: (1 + cos 45) / 2 of the sky is left (a parallel strip).
    off = np.radians(np.arange(SECTORS) * 5.0)
    wall = np.degrees(np.arctan(np.maximum(np.cos(off), 0.0)))
    assert seen_by(wall, 0.0, 0.0).sky_view[0] == pytest.approx((1 + np.cos(np.radians(45.0))) / 2, abs=2e-3)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(0.0, 90.0), st.floats(0.0, 360.0))
def test_any_sky_view_agrees_with_a_sum_over_the_hemisphere(seed: int, tilt: float, azimuth: float) -> None:
    rng = np.random.default_rng(seed)
    cells = np.clip(rng.normal(15, 20, (3, SECTORS)), 0, 80)
    slow = np.mean([brute_sky_view(np.roll(np.repeat(c, 10), -5), tilt, azimuth) for c in cells])
    found = seen_by(cells, tilt, azimuth)
    assert found.sky_view[0] == pytest.approx(slow, abs=0.004)
    assert sky_view_from_lit(found.lit_share, np.array([tilt]), np.array([azimuth]))[0] == pytest.approx(slow, abs=0.008)


def test_the_lit_share_counts_cells() -> None:
    cells = np.zeros((4, SECTORS))
    cells[0] = 41.0
    cells[1, 18] = 21.0
    lit = seen_by(cells, 0.0, 0.0).lit_share[0] / 255.0
    assert lit[18, 5] == pytest.approx(0.5, abs=0.01)
    assert lit[18, 15] == pytest.approx(0.75, abs=0.01)
    assert lit[18, 25] == 1.0
    assert lit[0, 5] == pytest.approx(0.75, abs=0.01)


@given(st.floats(0.0, 80.0))
def test_reading_the_lit_share_linearly_keeps_the_height_of_the_horizon(horizon: float) -> None:
    lit = seen_by(np.full(SECTORS, horizon), 0.0, 0.0).lit_share[0, 7] / 255.0
    fine = np.linspace(0, 88, 8801)
    open_degrees = np.trapezoid(np.interp(fine, np.arange(ELEVATIONS) * ELEVATION_STEP_DEG, lit), fine)
    assert open_degrees == pytest.approx(88.0 - horizon, abs=0.02)
    assert (np.diff(lit) >= 0).all()


def test_a_turned_horizon_turns_the_lit_share() -> None:
    horizon = np.random.default_rng(4).uniform(0, 50, SECTORS)
    first, turned = seen_by(horizon, 0.0, 0.0), seen_by(np.roll(horizon, 9), 0.0, 0.0)
    np.testing.assert_array_equal(np.roll(first.lit_share[0], 9, axis=0), turned.lit_share[0])
    assert first.sky_view[0] == pytest.approx(turned.sky_view[0])


def test_the_horizon_band_is_what_stands_in_front() -> None:
    wall = np.zeros(SECTORS)
    wall[18:55] = 30.0  # from east over south to west
    lit = seen_by(wall, 90.0, 180.0).lit_share
    assert band_open_share(lit, np.array([180.0]))[0] == pytest.approx(0.0, abs=0.01)
    assert band_open_share(lit, np.array([0.0]))[0] == pytest.approx(1.0, abs=0.01)
    assert band_open_share(seen_by(np.full(SECTORS, 3.5), 0.0, 0.0).lit_share, np.array([77.0]))[0] == pytest.approx(0.5, abs=0.01)


def test_a_plane_without_cells_is_open() -> None:
    found = summarise(np.zeros((0, SECTORS), dtype=np.float32), np.array([0, 0]), np.array([20.0]), np.array([90.0]))
    assert found.sky_view[0] == pytest.approx((1 + np.cos(np.radians(20))) / 2)
