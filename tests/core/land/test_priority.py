"""Ranks with their ranges (LAND G15) and the sheet of article 8 (G5)."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.land.priority import ranking, ranks, scaled
from pipeline.core.land.restoration import sheet

ABC = np.array([[0.9, 0.2, 0.5], [0.6, 0.8, 0.4], [0.3, 0.5, 0.9]])


def test_scores_of_two_sets_of_weights() -> None:
    assert (ABC @ [1 / 3, 1 / 3, 1 / 3]).round(3).tolist() == [0.533, 0.6, 0.567]
    assert (ABC @ [0.6, 0.2, 0.2]).round(3).tolist() == [0.68, 0.6, 0.46]


def test_every_place_may_be_first_or_last() -> None:
    """1,000 weights, the same each time."""
    found, again = ranking(ABC, 1000, 15), ranking(ABC, 1000, 15)
    assert found.score.round(3).tolist() == [0.533, 0.6, 0.567] and found.rank.tolist() == [3, 1, 2]
    assert found.low.tolist() == [1, 1, 1] and found.high.tolist() == [3, 3, 3]
    assert all((a == b).all() for a, b in zip(vars(found).values(), vars(again).values(), strict=True))


def test_a_place_that_is_worst_in_all_is_always_last() -> None:
    found = ranking(np.vstack([ABC, [0.1, 0.1, 0.1]]), 1000, 15)
    assert (found.low[3], found.rank[3], found.high[3]) == (4, 4, 4)


def test_equal_places_share_the_better_rank() -> None:
    assert ranks(np.array([0.5, 0.5, 0.1])).tolist() == [1, 1, 3]
    found = ranking(np.array([[0.1, 0.7], [0.1, 0.7]]), 200, 3)
    assert found.low.tolist() == found.high.tolist() == [1, 1]


def test_scaling() -> None:
    assert scaled(np.array([2.0, 4.0, 3.0])).tolist() == [0.0, 1.0, 0.5] and scaled(np.array([5.0, 5.0])).tolist() == [0.0, 0.0]
    assert len(scaled(np.empty(0))) == 0 and len(ranking(np.empty((0, 3)), 100, 1).rank) == 0


def test_article_8() -> None:
    """LAND G5: 500 ha, green 210, canopy 38 -> 42 %, 7.6 %, not excludable; 2030: -3.0 ha, +0.5 ha."""
    found = sheet(500e4, 210e4, 38e4)
    assert (found.green_share, found.canopy_share, found.excludable) == (0.42, pytest.approx(0.076), False)
    assert (207 - 210, 38.5 - 38) == (-3.0, 0.5)


@pytest.mark.parametrize(("green", "canopy", "excludable"), [(0.46, 0.11, True), (0.45, 0.11, False), (0.46, 0.10, False), (0.9, 0.0, False)])
def test_both_must_be_exceeded(green: float, canopy: float, excludable: bool) -> None:
    assert sheet(1000.0, green * 1000, canopy * 1000).excludable is excludable


def test_no_urban_area_no_share() -> None:
    assert np.isnan(sheet(0.0, 0.0, 0.0).green_share) and not sheet(0.0, 0.0, 0.0).excludable
