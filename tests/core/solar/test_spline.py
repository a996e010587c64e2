"""Cubic surfaces: cubics are met exactly, all else as by scipy."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import RectBivariateSpline

from pipeline.core.solar.spline import through

X, Y = np.array([0.0, 2.0, 5.0, 6.0, 10.0, 11.5]), np.arange(-3, 8) * 15.0


def places() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.uniform(X[0], X[-1], 500), rng.uniform(Y[0], Y[-1], 500)


def test_a_cubic_in_each_direction_is_met_everywhere() -> None:
    def cubic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (1.0 + x - 0.3 * x**2 + 0.05 * x**3) * (2.0 - 0.1 * y + 0.002 * y**2 - 1e-5 * y**3)

    x, y = places()
    np.testing.assert_allclose(through(X, Y, cubic(X[:, np.newaxis], Y)).at(x, y), cubic(x, y), rtol=1e-10, atol=1e-9)


def test_any_values_are_read_as_by_scipy() -> None:
    values = np.random.default_rng(4).uniform(1000.0, 1500.0, (len(X), len(Y)))
    x, y = places()
    np.testing.assert_allclose(through(X, Y, values).at(x, y), RectBivariateSpline(X, Y, values).ev(x, y), rtol=1e-12)


def test_nodes_are_kept() -> None:
    values = np.random.default_rng(5).uniform(1000.0, 1500.0, (len(X), len(Y)))
    x, y = (a.ravel() for a in np.meshgrid(X, Y, indexing="ij"))
    np.testing.assert_allclose(through(X, Y, values).at(x, y), values.ravel(), rtol=1e-14)
