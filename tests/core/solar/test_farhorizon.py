"""The far skyline against what geometry says of a ridge on a round Earth."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.solar.farhorizon import EARTH_M, far_horizon

CELL = 30.0
HALF = 1001
EYE = HALF + 0.5


def plain(level: float = 0.0) -> np.ndarray:
    return np.full((2 * HALF + 1, 2 * HALF + 1), level, dtype=np.float32)


def look(z: np.ndarray, eye_z: float = 0.0, refraction: float = 0.13, **more: float) -> np.ndarray:
    return far_horizon(z, CELL, EYE, EYE, eye_z, more.get("from_m", 1000.0), more.get("reach_m", 30_000.0), refraction)[0]


@pytest.mark.parametrize(("height", "away_m"), [(500.0, 10_005.0), (1500.0, 25_005.0), (300.0, 2_010.0)])
def test_an_endless_ridge_to_the_north(height: float, away_m: float) -> None:
    z = plain()
    row = round(EYE - 0.5 - away_m / CELL)
    z[row - 3 : row + 1] = height
    d = (HALF - row) * CELL  # between the centres of the cells
    found = look(z)
    step = np.radians((np.arange(10) - 4.5) * 0.5)  # rays of the first sector
    away = d / np.cos(step)
    drop = away**2 * (1 - 0.13) / (2 * EARTH_M)
    assert found[0] == pytest.approx(np.degrees(np.arctan((height - drop) / away)).mean(), rel=0.006, abs=0.01)
    assert (found[20:53] == 0).all()


def test_curvature_and_refraction_by_exact_geometry() -> None:
    # On a sphere of radius R/(1 - k) the angle to a point H above it, at central angle t, is
    # atan((cos t - R/(R + H)) / sin t); the formula used is its expansion for short distances.
    z = plain()
    z[: HALF - 960] = 800.0  # a plateau from 28.8 km on
    for k in (0.0, 0.13, 0.25):
        radius = EARTH_M / (1 - k)
        t = 961 * CELL / radius
        exact = np.degrees(np.arctan((np.cos(t) - radius / (radius + 800.0)) / np.sin(t)))
        assert look(z, refraction=k)[0] == pytest.approx(exact, abs=0.005)


def test_low_hills_sink_below_the_horizon() -> None:
    z = plain()
    z[HALF - 992 : HALF - 988] = 50.0  # 29.7 km away: 60 m of drop
    assert (look(z) == 0).all()
    z[HALF - 992 : HALF - 988] = 80.0
    assert 0 < look(z)[0] < 0.1


def test_directions_are_clockwise_from_north_and_symmetric() -> None:
    ridges = []
    for turn in range(4):
        z = plain()
        z[HALF - 303 : HALF - 299, HALF - 60 : HALF + 61] = 900.0
        ridges.append(look(np.rot90(z, -turn)))
    assert np.argmax(ridges[0]) == 0
    for turn in range(1, 4):
        np.testing.assert_allclose(ridges[turn], np.roll(ridges[0], 18 * turn), atol=1e-6)


def test_a_narrow_peak_counts_by_its_width() -> None:
    z = plain()
    z[HALF - 500 - 8 : HALF - 500 + 8, HALF - 8 : HALF + 8] = 1000.0  # 480 m wide, 15 km away: 1.8 of 5 degrees
    top = np.degrees(np.arctan(1000.0 / 15_000))
    assert 0.25 * top < look(z)[0] < 0.5 * top


def test_what_is_near_or_unknown_shades_nothing() -> None:
    z = plain()
    z[HALF - 20 : HALF + 21, HALF - 20 : HALF + 21] = 300.0  # within from_m
    z[HALF + 600 :] = np.nan
    found, known = far_horizon(z, CELL, EYE, EYE, 0.0, 1000.0, 30_000.0, 0.13)
    assert (found == 0).all()
    assert known[0] == 1.0 and known[36] == pytest.approx(17 / 29, abs=0.01)
    # Seen from above, nothing rises.
    assert (look(plain(), eye_z=100.0) == 0).all()
