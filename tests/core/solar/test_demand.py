"""Dwellings shared among homes: whole, at least one each, as many together as the town has."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.core.solar.demand import shared_dwellings

HOMES = st.lists(st.floats(10.0, 5000.0), min_size=1, max_size=30).map(np.array)


def one_by_one(floor: NDArray[np.float64], total: float) -> NDArray[np.float64]:
    """The same by its definition: the next dwelling goes to the home with the largest floor / (dwellings + 1/2)."""
    out = np.ones(len(floor))
    for _ in range(round(total) - len(floor)):
        out[np.argmax(floor / (out + 0.5))] += 1.0
    return out


@given(HOMES, st.floats(0.0, 300.0))
def test_as_granted_one_by_one(floor: NDArray[np.float64], total: float) -> None:
    got = shared_dwellings(floor, total)
    assert got.sum() == max(round(total), len(floor)) and got.min() >= 1.0
    np.testing.assert_array_equal(got, one_by_one(floor, total))


@given(HOMES, st.integers(0, 200))
def test_a_larger_home_never_has_fewer(floor: NDArray[np.float64], total: int) -> None:
    got = shared_dwellings(floor, total)[np.argsort(floor, kind="stable")]
    same = np.diff(np.sort(floor)) == 0.0
    assert (np.diff(got)[~same] >= 0.0).all()


def test_many_small_homes_beside_a_block() -> None:
    floor = np.array([60.0] * 200 + [9000.0])
    got = shared_dwellings(floor, 300.0)
    assert got[:200].tolist() == [1.0] * 200 and got[200] == 100.0
