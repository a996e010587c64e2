"""Area-adjusted figures (LAND L6) and intervals without labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.land.adjusted import adjusted_areas, allocation
from pipeline.core.land.interval import RANK_BINS, half_width, half_width_labelled, ranked_codes


def test_the_worked_example() -> None:
    found = adjusted_areas([0.18, 0.82], [[68, 7], [6, 219]])
    assert float(found.share[0]) == pytest.approx(0.185067, abs=1e-6)
    assert float(found.share[0]) * 2400 == pytest.approx(444.2, abs=0.05)
    assert float(found.share_se[0]) == pytest.approx(0.010722, abs=1e-6)
    assert float(found.half_width(2400)[0]) == pytest.approx(50.4, abs=0.05)
    assert (found.overall, float(found.users[0]), float(found.producers[0])) == pytest.approx((0.9613, 0.9067, 0.8818), abs=5e-5)


def test_shares_sum_to_one_and_a_perfect_map_has_no_interval() -> None:
    found = adjusted_areas([0.2, 0.3, 0.5], np.diag([50, 50, 100]))
    assert found.share == pytest.approx([0.2, 0.3, 0.5]) and found.share_se == pytest.approx(0) and found.overall == pytest.approx(1)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """2,000 samples of a map whose errors are known."""
    rng = np.random.default_rng(6)
    p, w, n = np.array([0.9, 0.03]), np.array([0.18, 0.82]), np.array([75, 225])
    truth = float(w @ p)
    hits = 0
    for _ in range(2000):
        k = rng.binomial(n, p)
        found = adjusted_areas(w, np.column_stack([k, n - k]))
        hits += abs(float(found.share[0]) - truth) <= float(found.half_width(1.0)[0])
    assert 0.92 < hits / 2000 < 0.97


@pytest.mark.parametrize(("weights", "counts", "match"), [([0.5, 0.4], np.eye(2) * 9, "sum to"), ([0.5, 0.5], [[5, 5], [1, 0]], "at least 2")])
def test_what_cannot_be_estimated_is_refused(weights: list[float], counts: object, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        adjusted_areas(weights, counts)  # type: ignore[arg-type]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda v: sum(v) > 0.1), st.integers(20, 2000), st.integers(0, 100))
def test_allocation_gives_all_points_and_keeps_the_minimum(raw: list[float], total: int, least: int) -> None:
    weights = np.array(raw) / sum(raw)
    points = allocation(weights, total, least)
    there = weights > 0
    assert points.sum() == max(total, least * int(there.sum())) and (points[there] >= least).all() and (points[~there] == 0).all()


def test_ranks_and_classes_share_a_byte() -> None:
    cover, rank = np.meshgrid(np.arange(8, dtype=np.uint8), np.arange(100, dtype=np.uint8))
    codes = ranked_codes(cover, rank)
    assert (codes[cover > 0] // RANK_BINS == cover[cover > 0]).all() and (codes[cover == 0] == 0).all()


def by_rank(rank: int, area: float) -> np.ndarray:
    out = np.zeros((1, RANK_BINS))
    out[0, rank // 5] = area
    return out


def test_errors_do_not_average_away_over_a_town() -> None:
    """A thousand times the ground: independent errors would shrink to 3 % of the relative width, common ones stay."""
    none = np.zeros((1, RANK_BINS))
    lot, town = (half_width(by_rank(60, a), none, 0.2, 100.0, 0.25)[0] / a for a in (1e3, 1e6))
    assert town < lot and town == pytest.approx(1.96 * 0.25 * 0.4, rel=0.01)
    assert half_width(by_rank(60, 1e6), none, 0.2, 100.0, 0.0)[0] / 1e6 < 0.011


def test_better_sources_give_narrower_intervals() -> None:
    none = np.zeros((1, RANK_BINS))
    widths = [half_width(by_rank(r, 1000.0), none, 0.2, 100.0, 0.25)[0] for r in (50, 60, 85, 95)]
    assert widths == sorted(widths, reverse=True)


def test_measured_errors_bring_their_own_interval() -> None:
    """Large areas: only the standard error of the rates is left."""
    half = half_width_labelled(np.array([1e9]), np.array([0.0]), (0.1, 0.02), (0.03, 0.01), 100.0)
    assert half[0] == pytest.approx(1.96 * 0.03e9, rel=1e-3)
