"""`pipeline.io.differences`: what is said of two arrays of numbers that should be the same."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.io.differences import Difference, Near


@pytest.mark.parametrize(("there", "said"), [
    ([1.0, np.nan, 200.0], "3 numbers, none off by more than what counts near zero"),
    ([1.0, np.nan, 200.0 + 1e-4], "3 numbers, greatest difference 5.0e-07 (kwh)"),
    ([1.0, np.nan, 201.0], "DIFFERS beyond the tolerance: kwh: 1 of 3 numbers, up to 5.0e-03"),
])  # fmt: skip
def test_the_greatest_difference_is_named_where_one_counts(there: list[float], said: str) -> None:
    found = Difference()
    found.hold("kwh", np.array([1.0, np.nan, 200.0 + 1e-14]), np.array(there), Near(absolute=1e-6, relative=1e-6))
    assert said in found.sentence()
