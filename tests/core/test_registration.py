"""A surface that was moved is found again, on grids of any cell, with eaves and noise."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import affinity

from pipeline.core.registration import best_shift, edge_points, shifts, steps_across


def scene(rng: np.random.Generator, cell_m: float, east: float, north: float, eaves_m: float) -> tuple[np.ndarray, list[shapely.Polygon]]:  # type: ignore[type-arg]
    """Houses, and their heights on a grid after a move by (east, north)."""
    shapes = [affinity.rotate(shapely.box(40 * i + 10, 40 * j + 10, 40 * i + 10 + w, 40 * j + 10 + h), a) for (i, j), w, h, a in zip(np.ndindex(6, 6), rng.uniform(8, 20, 36), rng.uniform(8, 20, 36), rng.uniform(0, 90, 36), strict=True)]
    count = int(260 / cell_m)
    x, y = np.meshgrid((np.arange(count) + 0.5) * cell_m, 260 - (np.arange(count) + 0.5) * cell_m)
    height = rng.normal(0.0, 0.1, x.shape)
    for shape in shapes:
        moved = affinity.translate(shape.buffer(eaves_m, join_style="mitre"), east, north)
        height[shapely.contains_xy(moved, x, y)] += 6.0
    return height.astype(np.float32), shapes


@pytest.mark.parametrize("cell_m", [0.5, 1.0])
@pytest.mark.parametrize("eaves_m", [0.0, 0.5])
@pytest.mark.parametrize(("east", "north"), [(0.0, 0.0), (0.6, -0.9), (-1.3, 1.1)])
def test_the_move_is_found(cell_m: float, eaves_m: float, east: float, north: float) -> None:
    height, shapes = scene(np.random.default_rng(3), cell_m, east, north, eaves_m)
    tried = shifts(2.0, 0.25)
    score, compared = np.zeros((len(tried), len(tried))), 0
    for shape in shapes:
        points, outward = edge_points(shape)
        total, count = steps_across(height, 0.0, 260.0, cell_m, points, outward, tried)
        score, compared = score + total, compared + count
    found = best_shift(score / compared, tried)
    assert found.inside
    assert found.east_m == pytest.approx(east, abs=0.2)
    assert found.north_m == pytest.approx(north, abs=0.2)
    assert found.gain == pytest.approx(0.0, abs=0.02) if (east, north) == (0.0, 0.0) else found.gain > 0.05


def test_walls_look_outwards_whatever_the_direction_of_the_ring() -> None:
    for box in (shapely.box(0, 0, 10, 6), shapely.box(0, 0, 10, 6, ccw=False)):
        points, outward = edge_points(box)
        assert np.hypot(*outward.T) == pytest.approx(1.0)
        assert not shapely.contains_xy(box, *(points + 0.1 * outward).T).any()
        assert shapely.contains_xy(box, *(points - 0.1 * outward).T).all()
        assert len(points) == 2 * 5 + 2 * 3


def test_a_best_shift_at_the_rim_is_said() -> None:
    tried = shifts(1.0, 0.5)
    assert not best_shift(np.add.outer(np.zeros(5), tried), tried).inside
