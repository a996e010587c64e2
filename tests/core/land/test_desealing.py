"""De-sealing: LAND L17 and the Pareto set against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.land.desealing import gains, openable, pareto
from pipeline.core.land.runoff import runoff_mm, weighted


def test_a_hundred_square_metres_of_the_lot_turned_green() -> None:
    """LAND L17 on L7's lot: sealed 62.5 -> 50.0 %, runoff coefficient 0.51875, 5.02 m3 less at 60 mm."""
    paved, green = runoff_mm(60.0, [98, 61])
    found = gains(np.array([100.0]), np.array([800.0]), float(paved - green), 1.0)
    assert 0.625 - float(found.permeability[0]) == pytest.approx(0.5)
    assert float(weighted([300, 100, 400], [0.95, 0.90, 0.10])) == pytest.approx(0.51875)
    assert float(found.runoff_m3[0]) == pytest.approx(5.02, rel=1e-3) and float(found.biotope[0]) == pytest.approx(0.125)


def test_the_way_in_stays_and_so_does_half_of_the_paving() -> None:
    assert openable(np.array([200.0, 100.0, 60.0, 0.0]), np.array([10.0, 30.0, 20.0, 5.0]), 3.0, 0.5, 10.0).tolist() == [100.0, 10.0, 0.0, 0.0]


def brute(goods: np.ndarray) -> np.ndarray:
    return np.array([not any((b >= a).all() and (b > a).any() for b in goods) for a in goods], dtype=bool)


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 5), st.booleans())
def test_pareto_against_brute_force(seed: int, rows: int, columns: int, coarse: bool) -> None:
    """With ties and equal rows, and columns of very different size."""
    goods = np.random.default_rng(seed).random((rows, columns)) * 10.0 ** np.arange(columns)
    goods = np.round(goods / 10.0 ** np.arange(columns) * 3) if coarse else goods
    assert (pareto(goods) == brute(goods)).all()


def test_nothing_to_choose_from() -> None:
    assert pareto(np.empty((0, 3))).shape == (0,)
