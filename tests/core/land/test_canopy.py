"""LAND G6: the share of canopy depends on threshold and operator, so both are exact."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.land.canopy import CANOPY, LOW, TALL_UNKNOWN_COVER, UNKNOWN, classify

HEIGHTS = np.array([0.0, 1.2, 2.5, 4.0, 8.0, 5.0, 0.0, 0.0, 3.0, 12.0], dtype=np.float32)
COVER = np.array([4, 4, 5, 5, 1, 5, 2, 3, 5, 5], dtype=np.uint8)


@pytest.mark.parametrize(
    ("at_least_m", "share"),
    [
        pytest.param(float(np.nextafter(np.float32(2), np.float32(9))), 0.5, id="> 2 m"),
        pytest.param(3.0, 0.4, id=">= 3 m"),
        pytest.param(float(np.nextafter(np.float32(3), np.float32(9))), 0.3, id="> 3 m"),
    ],
)
def test_canopy_share_of_the_worked_example(at_least_m: float, share: float) -> None:
    codes = classify(HEIGHTS, COVER, at_least_m, building=1)
    assert (codes == CANOPY).mean() == pytest.approx(share)
    assert ((codes == CANOPY) | (codes == LOW)).all()


def test_a_threshold_that_float32_cannot_hold_still_includes_itself() -> None:
    assert classify(np.array([2.1], dtype=np.float32), np.array([5]), 2.1, building=1)[0] == CANOPY


def test_what_is_not_known_is_neither_canopy_nor_open() -> None:
    codes = classify(np.array([np.nan, np.nan, 5.0, 1.0]), np.array([5, 0, 0, 0]), 3.0, building=1)
    assert codes.tolist() == [UNKNOWN, UNKNOWN, TALL_UNKNOWN_COVER, UNKNOWN]
