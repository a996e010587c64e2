"""Exponential, logarithm and arctangent of the inner loops against numpy's, whose C library rounds nearly all of them to the nearest number."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from pipeline.core.solar.elementary import arctan_of, exp_of, log_of

ULP = np.finfo(float).eps


@njit
def each(exponential: bool, x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[i] = exp_of(x[i]) if exponential else log_of(x[i])


def found(exponential: bool, x: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    each(exponential, x, out)
    return out


@pytest.mark.parametrize("span", [1e-9, 0.4, 6.25, 700.0])
def test_the_exponential_is_that_of_numpy(span: float) -> None:
    x = np.random.default_rng(1).uniform(-span, span, 100_000)
    np.testing.assert_allclose(found(True, x), np.exp(x), rtol=1.5 * ULP, atol=0.0)


@pytest.mark.parametrize("decades", [1e-6, 0.2, 3.0, 300.0])
def test_the_logarithm_is_that_of_numpy(decades: float) -> None:
    x = 10.0 ** np.random.default_rng(2).uniform(-decades, decades, 100_000)
    np.testing.assert_allclose(found(False, x), np.log(x), rtol=2.5 * ULP, atol=0.0)


def test_one_and_nothing_are_exact() -> None:
    assert found(True, np.array([0.0]))[0] == 1.0
    assert found(False, np.array([1.0]))[0] == 0.0


def test_they_rise_across_the_seams_of_the_reduction() -> None:
    """Where the power of two changes, neither series steps back by more than it rounds."""
    x = (np.arange(-8, 9)[:, np.newaxis] + 0.5) * np.log(2.0) * (1.0 + np.linspace(-1e-12, 1e-12, 201))
    up = np.sort(x, axis=1)
    rising = np.diff(found(True, up.ravel()).reshape(up.shape), axis=1)
    assert (rising >= -2.0 * ULP * np.exp(up[:, 1:])).all()
    back = found(False, np.exp(up.ravel())).reshape(up.shape)
    np.testing.assert_allclose(back, up, atol=8 * ULP, rtol=4 * ULP)


@njit
def angles(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[i] = arctan_of(x[i])


@pytest.mark.parametrize("highest", [1e-3, 1.0, 1.001, 50.0, 1e6])
def test_the_arctangent_is_that_of_numpy(highest: float) -> None:
    x = np.linspace(0.0, highest, 100_001).astype(np.float32)
    out = np.empty_like(x)
    angles(x, out)
    np.testing.assert_allclose(out, np.arctan(x.astype(float)), rtol=1e-6, atol=2e-7)
    assert out[0] == 0.0 and (np.diff(out) >= -2e-7).all()
