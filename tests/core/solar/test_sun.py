"""The sun against published positions."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.solar.sun import sun_position


def test_the_worked_example_of_the_algorithm() -> None:
    # Reda and Andreas, NREL/TP-560-34302, table A5.1: 2003-10-17 12:30:30 at UTC-7, 39.742476 N, 105.1786 W,
    # 1830.14 m, 820 mbar, 11 degrees C: zenith 50.11162, azimuth 194.34024.
    moment = np.array([np.datetime64("2003-10-17T19:30:30").astype("datetime64[s]").astype(float)])
    sun = sun_position(moment, 39.742476, -105.1786, 1830.14)
    assert sun.apparent_zenith[0] == pytest.approx(50.11162, abs=1e-3)
    assert sun.azimuth[0] == pytest.approx(194.34024, abs=1e-3)


def test_extraterrestrial_irradiance_is_greatest_at_perihelion() -> None:
    days = np.arange("2021-01-01", "2022-01-01", dtype="datetime64[D]").astype("datetime64[s]").astype(float)
    extra = sun_position(days, 40.0, 18.0).dni_extra
    assert np.argmax(extra) < 6 and 180 <= np.argmin(extra) <= 188
    # Eccentricity 0.0167: the ratio of the extremes is ((1 + e) / (1 - e))^2.
    assert extra.max() / extra.min() == pytest.approx(((1 + 0.0167) / (1 - 0.0167)) ** 2, rel=2e-3)
