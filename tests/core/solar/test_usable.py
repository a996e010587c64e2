"""Usable areas from outlines and obstacles: truths of plane geometry."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.solar.usable import Clearances, shrunk, usable_areas


def usable(outline: shapely.Geometry, things: list[shapely.Geometry], rims: list[bool] | None = None, **clear: float) -> shapely.Geometry:
    shapes = np.empty(len(things), dtype=object)
    shapes[:] = things
    return usable_areas(np.array([outline]), shapes, np.zeros(len(things), int), np.array(rims or [False] * len(things), dtype=bool), Clearances(**clear))[0]


def star(seed: int) -> shapely.Geometry:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    return shapely.make_valid(shapely.polygons(np.column_stack([np.cos(angles), np.sin(angles)]) * rng.uniform(4, 12, 9)[:, None]))


@given(seed=st.integers(0, 5_000), setback=st.floats(0.05, 1.5), margin=st.floats(0.0, 1.0))
def test_usable_keeps_its_distances(seed: int, setback: float, margin: float) -> None:
    rng = np.random.default_rng(seed)
    outline, things = star(seed), [shapely.box(x, y, x + 1, y + 1) for x, y in rng.uniform(-5, 5, (3, 2))]
    free = usable(outline, things, setback_m=setback, margin_m=margin, smooth_m=0.0)
    assert free.is_valid
    if not free.is_empty:
        assert outline.buffer(1e-9).covers(free)
        assert free.distance(outline.boundary) >= setback - 1e-6
        assert min(free.distance(t) for t in things) >= margin - 1e-6


@given(seed=st.integers(0, 5_000), setback=st.floats(0.0, 1.0), more=st.floats(0.0, 1.0))
def test_a_wider_strip_leaves_less(seed: int, setback: float, more: float) -> None:
    things = [shapely.box(0, 0, 1, 1)]
    wide = usable(star(seed), things, setback_m=setback, margin_m=0.2, smooth_m=0.0)
    narrow = usable(star(seed), things, setback_m=setback + more, margin_m=0.2, smooth_m=0.0)
    assert wide.buffer(1e-6).covers(narrow)


def test_holes_without_an_obstacle_are_roof() -> None:
    roof = shapely.box(0, 0, 10, 10).difference(shapely.union_all([shapely.box(2, 2, 3, 3), shapely.box(6, 6, 7, 7)]))
    assert usable(roof, [], setback_m=0.0, smooth_m=0.0).area == pytest.approx(100.0)
    assert usable(roof, [shapely.box(2, 2, 3, 3)], setback_m=0.0, margin_m=0.5, smooth_m=0.0).area == pytest.approx(96.0)


def test_a_wall_all_around_gives_the_inside_less_the_setback() -> None:
    wall = shapely.box(0, 0, 12, 8).difference(shapely.box(0.3, 0.3, 11.7, 7.7))
    # What the surface showed as plane ends a cell before the wall; the rest belongs to the roof all the same.
    assert usable(shapely.box(1, 1, 11, 7), [wall], [True], setback_m=0.3).area == pytest.approx(10.8 * 6.8)
    two = shapely.MultiPolygon([wall, shapely.box(20, 0, 24, 4).difference(shapely.box(20.3, 0.3, 23.7, 3.7))])
    both = usable(shapely.MultiPolygon([shapely.box(1, 1, 11, 7), shapely.box(20.5, 0.5, 23.5, 3.5)]), [two], [True], setback_m=0.3)
    assert both.area == pytest.approx(10.8 * 6.8 + 2.8 * 2.8)


def test_planes_do_not_mix() -> None:
    outlines = np.array([shapely.box(0, 0, 10, 10), shapely.box(100, 0, 110, 10), shapely.box(200, 0, 210, 10)])
    things = np.array([shapely.box(102, 2, 103, 3), shapely.box(5, 5, 6, 6)])
    got = usable_areas(outlines, things, np.array([1, 0]), np.array([False, False]), Clearances(0.5, 0.5, 0.0))
    assert shapely.area(got).tolist() == pytest.approx([81 - 4, 81 - 4, 81])


def test_steps_of_a_slanting_border_are_straightened() -> None:
    cells = shapely.union_all([shapely.box(i, 0, i + 1, 10 - i) for i in range(10)])
    stepped, smooth = usable(cells, [], setback_m=0.3, smooth_m=0.0), usable(cells, [], setback_m=0.3, smooth_m=0.75)
    triangle = shapely.Polygon([(0, 0), (10.5, 0), (0, 10.5)]).buffer(-0.3, join_style="mitre")
    assert abs(smooth.area - triangle.area) < abs(stepped.area - triangle.area)


def test_shrinking_never_loses_a_roof() -> None:
    """A shape GEOS shrinks to nothing with sharp corners: every result is what rounded corners leave, or more."""
    shapes = np.array([star(s) for s in range(400)])
    rounded = shapely.area(shapely.buffer(shapes, -0.3))
    # Sharp corners take at most (2 - pi / 2) of the strip's square more at each of nine corners that may point inwards.
    assert (shapely.area(shrunk(shapes, 0.3)) >= np.minimum(rounded, np.maximum(rounded - 9 * 4 * 0.3**2, 0.0)) - 1e-9).all()


def test_nothing() -> None:
    assert len(usable_areas(np.empty(0, dtype=object), np.empty(0, dtype=object), np.empty(0, int), np.empty(0, bool), Clearances())) == 0
    assert usable(shapely.box(0, 0, 0.5, 0.5), []).is_empty
