"""Counts that can be done by hand, and no module where it may not be."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.solar.layout import Layout, Module, lay_parallel

MODULE = Module(1.13, 1.76, 0.02)


def parallel(shape: shapely.Geometry, tilt: float = 0.0, azimuth: float = 180.0) -> Layout:
    return lay_parallel(np.array([shape]), np.array([tilt]), np.array([azimuth]), MODULE)


def test_ten_by_six_takes_twenty_five() -> None:
    # Portrait 8 x 3 = 24 (8 x 1.13 + 7 x 0.02 = 9.18 <= 10; 3 x 1.76 + 2 x 0.02 = 5.32 <= 6); landscape 5 x 5 = 25.
    got = parallel(shapely.box(0, 0, 10, 6))
    assert got.modules.tolist() == [25] and not got.portrait[0]


def test_the_slope_is_longer_than_its_plan() -> None:
    # 6 m of plan at 45 degrees are 8.49 m of slope: portrait 8 x 4 = 32, landscape 5 x 7 = 35.
    got = parallel(shapely.box(0, 0, 10, 6), 45.0)
    assert got.modules.tolist() == [35]
    # Two gable sides of a 10 x 12 m house, ridge east-west: the same on each.
    both = lay_parallel(np.array([shapely.box(0, 0, 10, 6), shapely.box(0, 6, 10, 12)]), np.full(2, 45.0), np.array([180.0, 0.0]), MODULE)
    assert both.modules.tolist() == [35, 35]
    assert shapely.area(both.rectangles) == pytest.approx(35 * 1.13 * 1.76 * math.cos(math.pi / 4))


def test_what_fits_exactly_is_found_and_a_hair_less_is_not() -> None:
    width, depth = 4 * 1.13 + 3 * 0.02, 3 * 1.76 + 2 * 0.02
    assert parallel(shapely.box(0, 0, width, depth)).modules[0] == 12
    assert parallel(shapely.box(0, 0, width - 0.001, depth)).modules[0] < 12
    assert parallel(shapely.box(0, 0, width, depth - 0.001)).modules[0] < 12


@given(azimuth=st.floats(0.0, 360.0), east=st.floats(-1e6, 1e6), north=st.floats(0.0, 6e6))
@settings(max_examples=40)
def test_the_count_turns_and_moves_with_the_roof(azimuth: float, east: float, north: float) -> None:
    # The size leaves millimetres, so that a turn at UTM coordinates cannot tip it.
    turned = shapely.affinity.rotate(shapely.box(0, 0, 10, 6), 180.0 - azimuth, origin=(0, 0))
    assert parallel(shapely.affinity.translate(turned, east, north), 20.0, azimuth).modules[0] == parallel(shapely.box(0, 0, 10, 6), 20.0).modules[0]


@given(seed=st.integers(0, 10_000), tilt=st.floats(0.0, 60.0), azimuth=st.floats(0.0, 360.0))
@settings(max_examples=60)
def test_modules_lie_inside_and_apart(seed: int, tilt: float, azimuth: float) -> None:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    star = shapely.polygons(np.column_stack([np.cos(angles), np.sin(angles)]) * rng.uniform(3, 9, 9)[:, None])
    roof = shapely.make_valid(star).difference(shapely.union_all([shapely.box(x, y, x + 0.8, y + 0.8) for x, y in rng.uniform(-5, 5, (4, 2))]))
    got = parallel(roof, tilt, azimuth)
    boxes = shapely.get_parts(got.rectangles)
    assert len(boxes) == got.modules[0]
    if len(boxes):
        assert shapely.covers(shapely.buffer(roof, 1e-5, join_style="mitre"), boxes).all()
        assert shapely.area(boxes) == pytest.approx(1.13 * 1.76 * math.cos(math.radians(tilt)), rel=1e-6)
        tree = shapely.STRtree(shapely.buffer(boxes, -0.001, join_style="mitre"))
        left, right = tree.query(tree.geometries, predicate="intersects")
        assert (left == right).all()


@pytest.mark.parametrize("seed", range(6))
def test_no_regular_grid_takes_more(seed: int) -> None:
    """Against brute force: a fixed grid of modules, moved in 10 x 18 steps, on both orientations."""
    rng = np.random.default_rng(seed)
    roof = shapely.polygons(np.array([(0, 0), (9, 0), (9 + rng.uniform(0, 3), 5), (rng.uniform(4, 7), 8), (rng.uniform(-2, 1), 6)]))
    roof = roof.difference(shapely.box(3, 2, 4.5, 3.5))
    best = 0
    for w, h in ((1.13, 1.76), (1.76, 1.13)):
        x, y = np.meshgrid(np.arange(-3, 13) * (w + 0.02), np.arange(-1, 9) * (h + 0.02))
        for i in range(10):
            for j in range(18):
                u, v = x.ravel() + i * (w + 0.02) / 10, y.ravel() + j * (h + 0.02) / 18
                best = max(best, int(shapely.covers(roof, shapely.box(u, v, u + w, v + h)).sum()))
    assert parallel(roof).modules[0] >= best


def test_an_obstacle_in_the_middle_costs_what_it_covers() -> None:
    # Landscape, one row of 1.13 m: 10 m hold 5 modules; with 1 m taken out of the middle, 4.5 m on each side hold 2.
    strip = shapely.box(0, 0, 10, 1.2)
    assert parallel(strip).modules[0] == 5
    assert parallel(strip.difference(shapely.box(4.5, 0.5, 5.5, 0.6))).modules[0] == 4


def test_the_parts_of_a_roof_count_together() -> None:
    parts = shapely.MultiPolygon([shapely.box(0, 0, 10, 6), shapely.box(30, 0, 40, 6), shapely.box(50, 0, 51, 1)])
    got = parallel(parts)
    assert got.modules.tolist() == [50]
    holed = parts.difference(shapely.box(4.5, -1, 5.5, 7))
    # Two halves of 4.5 x 6 m: portrait 3 x 3 = 9, landscape 2 x 5 = 10.
    assert parallel(holed).modules.tolist() == [45]


def test_an_l_takes_what_its_legs_take() -> None:
    # 10 x 6 and below it 4.6 x 3.6 m, in landscape 25 and 2 x 3 = 6, with the two rows in step.
    roof = shapely.union_all([shapely.box(0, 0, 10, 6), shapely.box(0, -3.6, 4.6, 0)])
    assert 31 <= parallel(roof).modules[0] <= 32


def test_rows_stand_in_line_where_it_costs_no_module() -> None:
    # Eight modules in the lower row; the upper one begins 0.9 m further in and takes seven, over those below.
    roof = shapely.Polygon([(0, 0), (10, 0), (10, 3.7), (0.9, 3.7), (0.9, 1.84), (0, 1.84)])
    got = parallel(roof)
    left = np.unique(shapely.bounds(shapely.get_parts(got.rectangles))[:, 0].round(3))
    assert got.portrait[0] and got.modules[0] == 15 and len(left) == 8


def test_empty_areas_and_none() -> None:
    got = lay_parallel(np.array([shapely.Polygon(), shapely.box(0, 0, 0.5, 0.5), shapely.MultiPolygon()]), np.zeros(3), np.full(3, 180.0), MODULE)
    assert got.modules.tolist() == [0, 0, 0] and shapely.is_empty(got.rectangles).all()
    assert len(lay_parallel(np.empty(0, dtype=object), np.empty(0), np.empty(0), MODULE).modules) == 0
