"""Setbacks, obstacles, thin walls."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from pipeline.core.solar.outlines import Regions, outlines
from pipeline.core.solar.usable import Clearances, PlaneCells, usable_areas

CLEAR = Clearances(setback_m=0.3, margin_m=0.3, rim_m=0.3, obstacle_m=0.25)


def roof(above: NDArray[np.float64], cell: float = 1.0, inlier: float = 0.15, flat: bool = True, other: NDArray[np.bool_] | None = None) -> PlaneCells:
    """A plane over all cells within the inlier distance; the ground lies 6 m below around it."""
    above = np.pad(above, 2, constant_values=-6.0)
    member = np.abs(above) <= inlier
    rows, cols = above.shape
    box = shapely.box(0.0, 0.0, cols * cell, rows * cell)
    outline = outlines([Regions(member.astype(np.int16), np.ones(member.shape, bool), 0.0, rows * cell, box)], cell)[0]
    return PlaneCells(above, member, np.zeros(member.shape, bool) if other is None else np.pad(other, 2), 0.0, rows * cell, outline, flat)


def area(*planes: PlaneCells, cell: float = 1.0) -> list[float]:
    return [float(a) for a in shapely.area(usable_areas(planes, cell, CLEAR)).round(6)]


def test_edges_keep_the_setback() -> None:
    assert area(roof(np.zeros((6, 10)))) == [pytest.approx(9.4 * 5.4)]


def test_a_thin_wall_costs_its_thickness_and_not_its_cells() -> None:
    above = np.full((8, 12), 0.7)
    above[1:-1, 1:-1] = 0.0
    assert area(roof(above)) == [pytest.approx((12 - 1.2) * (8 - 1.2))]
    # The same wall on a half-metre surface: the answer is that of the roof, not of the cells.
    fine = np.full((16, 24), 0.7)
    fine[1:-1, 1:-1] = 0.0
    assert area(roof(fine, cell=0.5), cell=0.5) == [pytest.approx((12 - 1.2) * (8 - 1.2))]


def test_a_short_wall_costs_where_it_stands_and_a_long_one_all_around() -> None:
    short = np.zeros((12, 12))
    short[0, 3:7] = 0.9
    free = (12 - 0.6) ** 2
    assert free - 4 * 1.3 <= area(roof(short))[0] < free - 4 * 0.3 + 1e-6
    long = np.zeros((12, 12))
    long[0] = 0.9
    assert area(roof(long))[0] == pytest.approx((12 - 1.2) ** 2)


def test_a_pitched_roof_has_no_wall() -> None:
    above = np.full((8, 12), 0.7)
    above[1:-1, 1:-1] = 0.0
    assert area(roof(above, flat=False)) == [pytest.approx((10 - 0.6) * (6 - 0.6))]


def test_obstacles_keep_their_margin_and_noise_is_filled() -> None:
    above = np.zeros((10, 10))
    above[4, 4] = 1.5
    above[7, 2] = 0.2
    above[2, 7] = -0.2
    assert area(roof(above)) == [pytest.approx(9.4 * 9.4 - 1.6 * 1.6)]


def test_a_light_well_is_an_obstacle_and_a_bad_cell_is_not() -> None:
    above = np.zeros((20, 20))
    above[4:6, 4:6] = -3.0
    above[12, 12] = -3.0
    assert area(roof(above, cell=0.5), cell=0.5) == [pytest.approx(9.4 * 9.4 - 1.6 * 1.6)]


def test_voids_and_other_planes_inside_are_obstacles() -> None:
    above = np.zeros((10, 10))
    above[4, 4] = np.nan
    other = np.zeros((10, 10), bool)
    above[7, 7], other[7, 7] = 0.2, True
    assert area(roof(above, other=other)) == [pytest.approx(9.4 * 9.4 - 2 * 1.6 * 1.6)]


def test_a_high_thing_at_the_edge_is_no_wall() -> None:
    above = np.zeros((8, 12))
    above[:3, :3] = 2.6
    assert area(roof(above))[0] == pytest.approx(11.4 * 7.4 - 3 * 3, abs=1e-6)


def test_nothing_left_is_empty() -> None:
    assert area(roof(np.zeros((1, 1)), cell=0.5), cell=0.5) == [0.0]
    assert len(usable_areas([], 1.0, CLEAR)) == 0
