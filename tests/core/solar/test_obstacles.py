"""Chimneys, light wells and parapets, told apart on drawn roofs."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from pipeline.core.solar.obstacles import KINDS, Found, ObstacleRules, PlaneCells, find_obstacles
from pipeline.core.solar.outlines import Regions, outlines
from pipeline.core.solar.usable import Clearances, usable_areas

CLEAR = Clearances(setback_m=0.3, margin_m=0.3, smooth_m=0.75)
RULES = ObstacleRules()


def roof(above: NDArray[np.float64], cell: float = 1.0, flat: bool = True, other: NDArray[np.bool_] | None = None) -> tuple[PlaneCells, shapely.Geometry]:
    """A plane over all cells within 15 cm, and its outline; the ground lies 6 m below around it."""
    rows, cols = above.shape
    footprint = shapely.box(2 * cell, 2 * cell, (cols + 2) * cell, (rows + 2) * cell)
    above = np.pad(above, 2, constant_values=-6.0)
    member = np.abs(above) <= 0.15
    north = above.shape[0] * cell
    inside = np.zeros(above.shape, bool)
    inside[2:-2, 2:-2] = True
    outline = outlines([Regions(member.astype(np.int16), inside, 0.0, north, footprint)], cell)[0]
    seen = np.zeros(member.shape, bool) if other is None else np.pad(other, 2)
    return PlaneCells(above, member, seen, inside, 0.0, north, footprint, flat), outline


def found(above: NDArray[np.float64], cell: float = 1.0, **kind: object) -> Found:
    return find_obstacles([roof(above, cell, **kind)[0]], cell, RULES)  # type: ignore[arg-type]


def area(above: NDArray[np.float64], cell: float = 1.0, **kind: object) -> float:
    """What is left of a roof for modules."""
    plane, outline = roof(above, cell, **kind)  # type: ignore[arg-type]
    seen = find_obstacles([plane], cell, RULES)
    return float(usable_areas(np.array([outline]), seen.shape, seen.plane, seen.kind == KINDS.index("rim"), CLEAR)[0].area)


def test_edges_keep_the_setback() -> None:
    assert area(np.zeros((6, 10))) == pytest.approx(9.4 * 5.4)


def test_each_thing_has_its_kind_height_and_area() -> None:
    above = np.zeros((12, 14))
    above[3, 3], above[3, 4] = 1.5, 0.9
    above[8:10, 8:10] = -3.0
    above[8, 8] = -4.0
    got = found(above)
    assert [KINDS[k] for k in got.kind] == ["object", "pit"]
    assert got.height_m.tolist() == [1.5, -4.0] and got.number.tolist() == [1, 2]
    assert shapely.area(got.shape).tolist() == pytest.approx([2.0, 4.0])


def test_two_that_touch_are_one_even_at_a_corner() -> None:
    above = np.zeros((10, 10))
    above[3, 3] = above[4, 4] = 1.0
    above[7, 7] = 2.0
    got = found(above)
    assert got.height_m.tolist() == [1.0, 2.0]
    assert shapely.area(got.shape).tolist() == pytest.approx([2.0, 1.0])


def test_a_thin_wall_costs_its_thickness_and_not_its_cells() -> None:
    above = np.full((8, 12), 0.7)
    above[1:-1, 1:-1] = 0.0
    assert area(above) == pytest.approx((12 - 1.2) * (8 - 1.2))
    got = found(above)
    assert [KINDS[k] for k in got.kind] == ["rim"] and got.height_m.tolist() == [0.7]
    assert got.shape[0].area == pytest.approx(12 * 8 - 11.4 * 7.4)
    # The same wall on a half-metre surface: the answer is that of the roof, not of the cells.
    fine = np.full((16, 24), 0.7)
    fine[1:-1, 1:-1] = 0.0
    assert area(fine, cell=0.5) == pytest.approx((12 - 1.2) * (8 - 1.2))


def test_a_short_wall_costs_where_it_stands_and_a_long_one_all_around() -> None:
    short = np.zeros((12, 12))
    short[0, 3:7] = 0.9
    free = (12 - 0.6) ** 2
    assert area(short) == pytest.approx(free - 1.0 * 4.6)
    assert found(short).shape[0].area == pytest.approx(4.0)
    long = np.zeros((12, 12))
    long[0] = 0.9
    assert area(long) == pytest.approx((12 - 1.2) ** 2)


def test_a_wall_beyond_the_footprint_is_the_neighbours() -> None:
    plane, outline = roof(np.zeros((8, 12)))
    above = plane.above.copy()
    above[1, :] = 0.8
    beside = PlaneCells(above, plane.member, plane.other, plane.inside, plane.west, plane.north, plane.footprint, True)
    assert len(find_obstacles([beside], 1.0, RULES).plane) == 0
    assert outline.area == pytest.approx(96.0)


def test_a_pitched_roof_has_no_wall() -> None:
    above = np.full((8, 12), 0.7)
    above[1:-1, 1:-1] = 0.0
    assert len(found(above, flat=False).plane) == 0
    assert area(above, flat=False) == pytest.approx((10 - 0.6) * (6 - 0.6))


def test_obstacles_keep_their_margin_and_noise_is_filled() -> None:
    above = np.zeros((10, 10))
    above[4, 4] = 1.5
    above[7, 2] = 0.2
    above[2, 7] = -0.2
    assert area(above) == pytest.approx(9.4 * 9.4 - 1.6 * 1.6)
    above[4, 5] = 1.2
    assert area(above) == pytest.approx(9.4 * 9.4 - 1.6 * 2.6), "a chimney of two cells"


def test_a_light_well_is_a_pit_and_a_bad_cell_is_not() -> None:
    above = np.zeros((20, 20))
    above[4:6, 4:6] = -3.0
    above[12, 12] = -3.0
    assert [KINDS[k] for k in found(above, cell=0.5).kind] == ["pit"]
    assert area(above, cell=0.5) == pytest.approx(9.4 * 9.4 - 1.6 * 1.6)


def test_voids_and_other_planes_inside_are_obstacles() -> None:
    above = np.zeros((10, 10))
    above[4, 4] = np.nan
    other = np.zeros((10, 10), bool)
    above[7, 7], other[7, 7] = 0.2, True
    got = found(above, other=other)
    assert np.isnan(got.height_m[0]) and got.height_m[1] == 0.2
    assert area(above, other=other) == pytest.approx(9.4 * 9.4 - 2 * 1.6 * 1.6)


def test_a_high_thing_at_the_edge_is_no_wall() -> None:
    above = np.zeros((8, 12))
    above[:3, :3] = 2.6
    assert area(above) == pytest.approx(11.4 * 7.4 - 3 * 3, abs=1e-6)


def test_a_salento_roof() -> None:
    """10 x 12 m, parapet of 0.9 m all around, stair-head in a corner (with a parapet cell between), tank in the middle."""
    above = np.zeros((12, 10))
    above[0], above[-1], above[:, 0], above[:, -1] = 0.9, 0.9, 0.9, 0.9
    above[2:6, 2:5] = 2.4
    above[8, 6] = 1.2
    got = found(above)
    assert [KINDS[k] for k in got.kind] == ["object", "object", "rim"]
    assert got.height_m.tolist() == [2.4, 1.2, 0.9]
    assert area(above) == pytest.approx((12 - 1.2) * (10 - 1.2) - 4.6 * 3.6 - 1.6**2)


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_a_chimney_where_the_surface_ends(cut: int) -> None:
    """A plane in the first row of its window has no cells around it there."""
    plane = np.zeros((12, 12), bool)
    plane[2:10, 2:10] = True
    above = np.where(plane, 0.0, -5.0)
    above[4, 5], plane[4, 5] = 1.0, False
    rows = slice(cut, None)
    cells = PlaneCells(above[rows], plane[rows], np.zeros_like(plane[rows]), plane[rows], 0.0, -float(cut), shapely.box(2.0, -10.0, 10.0, -2.0), False)
    on_it = find_obstacles([cells], 1.0, RULES)
    assert on_it.kind.tolist() == [KINDS.index("object")] and on_it.height_m.tolist() == [1.0]
    assert shapely.equals(on_it.shape[0], shapely.box(5.0, -5.0, 6.0, -4.0))


def test_nothing_and_no_planes() -> None:
    assert area(np.zeros((1, 1)), cell=0.5) == 0.0
    assert len(find_obstacles([], 1.0, RULES).plane) == 0
