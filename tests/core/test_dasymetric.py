"""Totals are conserved, zone by zone, whatever the weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.dasymetric import shared_out

WEIGHTS = st.floats(0.0, 1e12, allow_subnormal=False)


@given(st.lists(st.tuples(st.integers(-1, 3), WEIGHTS), max_size=40), st.lists(st.integers(0, 10_000), min_size=4, max_size=4))
def test_every_total_is_conserved_exactly(members: list[tuple[int, float]], totals: list[int]) -> None:
    zone = np.array([m[0] for m in members], dtype=np.int64)
    weight = np.array([m[1] for m in members], dtype=np.float64)
    shares = shared_out(np.array(totals, dtype=np.float64), zone, weight)
    assert (shares >= 0).all()
    assert (shares[zone < 0] == 0).all()
    for k, total in enumerate(totals):
        own = zone == k
        expected = total if weight[own].any() else 0.0
        assert shares[own].sum() == pytest.approx(expected, rel=1e-12, abs=1e-9)


def test_shares_go_by_weight() -> None:
    assert shared_out(np.array([100.0]), np.zeros(3, dtype=np.int64), np.array([1.0, 3.0, 0.0])) == pytest.approx([25.0, 75.0, 0.0])
    assert shared_out(np.array([7.0]), np.zeros(0, dtype=np.int64), np.zeros(0)).tolist() == []
