"""Uncertainty: worked sums, a drawn population, and sensitivities against the year itself."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from pipeline.core.solar.irradiance import SkyHours, open_planes, sky_hours
from pipeline.core.solar.power import HULD, Mounting, PowerModel, array_year
from pipeline.core.solar.uncertainty import P90_SIGMAS, Leaning, Sigmas, footprint_sigma, leaning, p90, p90_of_sum, plane_sigma
from tests.reference.solar import typical_year

CSI, CLOSE = PowerModel(HULD["pvgis5", "csi"], 0.1, 0.9, 0.2), Mounting(20.0, 3.2)


@lru_cache
def hours() -> SkyHours:
    return sky_hours(**typical_year(40.35, 18.05))


@lru_cache
def lean() -> Leaning:
    return leaning(hours(), CLOSE, CSI)


def sigmas(n: int, **terms: float) -> Sigmas:
    return Sigmas(*(np.full(n, terms.get(name, 0.0)) for name in Sigmas._fields))


def energy(tilt: float, azimuth: float) -> float:
    return float(array_year(open_planes(tilt, azimuth), CLOSE, hours(), CSI).energy_by_month.sum())


def test_p90_adds_independent_parts() -> None:
    assert p90(np.array([1000.0]), sigmas(1, weather=0.04, surface=0.03)) == pytest.approx([1000 * (1 - 1.2816 * 0.05)])
    assert p90(np.array([1000.0]), sigmas(1, model=2.0)) == [0.0]


def test_nine_years_of_ten() -> None:
    assert norm.sf(-P90_SIGMAS) == pytest.approx(0.9, abs=1e-5)


def test_sums_of_a_drawn_population() -> None:
    """20,000 towns of 30 arrays, errors drawn as the terms say: one in ten of each sum lies below its P90."""
    rng = np.random.default_rng(4)
    kwh, group = rng.uniform(1000, 9000, 30), np.arange(30) % 3
    terms = Sigmas(np.full(30, 0.04), np.full(30, 0.02), np.full(30, 0.03), rng.uniform(0.02, 0.15, 30), rng.uniform(0.0, 0.03, 30))
    towns = 20_000
    error = np.zeros((towns, 30))
    for name, sigma in terms._asdict().items():
        error += sigma * rng.normal(size=(towns, 1 if name in ("weather", "surface", "model") else 30))
    drawn = kwh * (1 + error)
    for g, found in enumerate(p90_of_sum(kwh, terms, group, 3)):
        assert (drawn[:, group == g].sum(axis=1) < found).mean() == pytest.approx(0.1, abs=0.008)
    whole = p90_of_sum(kwh, terms, np.zeros(30, dtype=np.int64), 1)[0]
    assert (drawn.sum(axis=1) < whole).mean() == pytest.approx(0.1, abs=0.008)


@given(st.integers(1, 40), st.integers(0, 1000))
def test_a_sum_is_surer_than_its_parts_but_not_than_what_they_share(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kwh, one = rng.uniform(10, 1000, n), np.zeros(n, dtype=np.int64)
    terms = Sigmas(*rng.uniform(0, 0.1, (5, n)))
    found = p90_of_sum(kwh, terms, one, 1)[0]
    assert p90(kwh, terms).sum() <= found + 1e-9
    none = np.zeros(n)
    assert found <= p90_of_sum(kwh, terms._replace(footprint=none, plane=none), one, 1)[0] + 1e-9


def test_one_array_is_its_own_sum() -> None:
    terms = Sigmas(*np.random.default_rng(1).uniform(0, 0.1, (5, 4)))
    kwh = np.array([100.0, 200.0, 300.0, 400.0])
    np.testing.assert_allclose(p90_of_sum(kwh, terms, np.arange(4), 4), p90(kwh, terms))
    assert p90_of_sum(kwh[:0], Sigmas(*(t[:0] for t in terms)), np.arange(0), 2).tolist() == [0.0, 0.0]


def test_edges_of_a_square_drawn_at_random() -> None:
    rng = np.random.default_rng(2)
    sides = 8.0 + rng.normal(0, 0.2, (200_000, 2)) + rng.normal(0, 0.2, (200_000, 2))
    assert sides.prod(axis=1).std() / 64 == pytest.approx(footprint_sigma(np.array([64.0]), 0.2)[0], rel=0.02)


def test_the_table_of_leaning_planes_reads_what_the_year_gives() -> None:
    tilts, azimuths = np.array([2.5, 17.0, 33.0, 62.0, 88.0]), np.array([359.0, 100.0, 187.0, 7.0, 263.0])
    read = lean().at(tilts, azimuths)
    np.testing.assert_allclose(read, [energy(t, a) for t, a in zip(tilts, azimuths, strict=True)], rtol=2e-3)
    np.testing.assert_allclose(lean().at(tilts, azimuths + 360.0), read)
    level = np.array([0.0, 0.5, 2.0, 4.0])
    np.testing.assert_allclose(lean().at(level, np.full(4, 180.0)), [energy(t, 180.0) for t in level], rtol=5e-4)
    assert np.isnan(lean().at(np.array([np.nan, 10.0]), np.array([0.0, np.nan]))).all()


def test_the_error_of_a_plane_is_the_spread_of_planes_drawn_about_it() -> None:
    rng = np.random.default_rng(3)
    for tilt, azimuth in ((20.0, 180.0), (35.0, 80.0), (10.0, 330.0)):
        slope = np.tan(np.radians(tilt))
        off = np.radians(1.5) / np.cos(np.radians(tilt)) ** 2 * rng.normal(size=(40_000, 2))
        tilts = np.degrees(np.arctan(np.hypot(slope + off[:, 0], off[:, 1])))
        drawn = lean().at(tilts, azimuth + np.degrees(np.arctan2(off[:, 1], slope + off[:, 0])))
        spread = np.sqrt(((drawn / lean().at(np.array([tilt]), np.array([azimuth])) - 1) ** 2).mean())
        assert plane_sigma(np.array([tilt]), np.array([azimuth]), 1.5, lean())[0] == pytest.approx(spread, rel=0.1)


def test_a_sure_plane_adds_nothing_and_a_steep_north_roof_most() -> None:
    tilts, azimuths = np.array([30.0, 30.0, 30.0]), np.array([180.0, 90.0, 0.0])
    assert plane_sigma(tilts, azimuths, 0.0, lean()).tolist() == [0.0, 0.0, 0.0]
    found = plane_sigma(tilts, azimuths, 1.0, lean())
    assert found[0] < found[1] < found[2] < 0.03
    assert plane_sigma(tilts, azimuths, 2.0, lean())[2] == pytest.approx(2 * found[2], rel=0.1)
