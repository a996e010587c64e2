"""Counts that can be done by hand, and no module where it may not be."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pvlib.shading import shaded_fraction1d

from pipeline.core.solar.layout import Layout, Module, lay_parallel, lay_racks, rack_pitch, row_shading

MODULE = Module(1.13, 1.76, 0.02)


def parallel(shape: shapely.Geometry, tilt: float = 0.0, azimuth: float = 180.0) -> Layout:
    return lay_parallel(np.array([shape]), np.array([tilt]), np.array([azimuth]), MODULE)


def racks(shape: shapely.Geometry, tilt: float = 10.0, azimuth: float = 180.0, gcr: float = 0.8) -> Layout:
    return lay_racks(np.array([shape]), tilt, np.array([azimuth]), gcr, MODULE)


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


@given(seed=st.integers(0, 10_000), tilt=st.floats(0.0, 60.0), azimuth=st.floats(0.0, 360.0), flat=st.booleans())
@settings(max_examples=60)
def test_modules_lie_inside_and_apart(seed: int, tilt: float, azimuth: float, flat: bool) -> None:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    star = shapely.polygons(np.column_stack([np.cos(angles), np.sin(angles)]) * rng.uniform(3, 9, 9)[:, None])
    roof = shapely.make_valid(star).difference(shapely.union_all([shapely.box(x, y, x + 0.8, y + 0.8) for x, y in rng.uniform(-5, 5, (4, 2))]))
    got = racks(roof, min(tilt, 30.0), azimuth) if flat else parallel(roof, tilt, azimuth)
    boxes = shapely.get_parts(got.rectangles)
    assert len(boxes) == got.modules[0]
    if len(boxes):
        assert shapely.covers(shapely.buffer(roof, 1e-5, join_style="mitre"), boxes).all()
        across = min(tilt, 30.0) if flat else tilt
        assert shapely.area(boxes) == pytest.approx(1.13 * 1.76 * math.cos(math.radians(across)), rel=1e-6)
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


def test_racks_by_hand() -> None:
    # S10 at GCR 0.8, landscape: 1.13 / 0.8 = 1.4125 m from row to row, 1.113 m deep. 6 m hold 1 + floor((6 - 1.113) / 1.4125) = 4 rows of 5 = 20.
    # Portrait: 2.2 m from row to row, 1.733 m deep: 1 + floor((6 - 1.733) / 2.2) = 2 rows of 8 = 16.
    got = racks(shapely.box(0, 0, 10, 6))
    assert got.modules.tolist() == [20] and not got.portrait[0]
    tops = np.unique(shapely.bounds(shapely.get_parts(got.rectangles))[:, 1].round(6))
    assert (np.diff(tops) >= 1.4125 - 1e-6).all()
    assert rack_pitch(1.13, 0.0, 0.999, 0.02) == pytest.approx(1.15), "rows never touch"


def test_south_of_the_equator_racks_face_north() -> None:
    south, north = racks(shapely.box(0, 0, 10, 6), azimuth=180.0), racks(shapely.box(0, 0, 10, 6), azimuth=0.0)
    assert south.modules[0] == north.modules[0]


def test_empty_areas_and_none() -> None:
    got = lay_parallel(np.array([shapely.Polygon(), shapely.box(0, 0, 0.5, 0.5), shapely.MultiPolygon()]), np.zeros(3), np.full(3, 180.0), MODULE)
    assert got.modules.tolist() == [0, 0, 0] and shapely.is_empty(got.rectangles).all()
    assert len(lay_parallel(np.empty(0, dtype=object), np.empty(0), np.empty(0), MODULE).modules) == 0


@pytest.mark.parametrize(("tilt", "gcr"), [(10.0, 0.8), (15.0, 0.7), (30.0, 0.5), (30.0, 0.9), (5.0, 0.95)])
@pytest.mark.parametrize("latitude", [40.4, -33.9, 60.2])
def test_row_shading_is_pvlibs(latitude: float, tilt: float, gcr: float) -> None:
    """The same year with pvlib's sun and pvlib's shaded fraction, every 10 minutes of 12 days."""
    import pandas as pd
    from pvlib.irradiance import aoi_projection
    from pvlib.solarposition import get_solarposition

    days = [17, 47, 75, 105, 135, 162, 198, 228, 258, 288, 318, 344]
    times = pd.DatetimeIndex([t for d in days for t in pd.date_range(pd.Timestamp("2025-01-01", tz="UTC") + pd.Timedelta(days=d - 1), periods=144, freq="10min")])
    sun = get_solarposition(times, latitude, 0.0)
    zenith, azimuth = sun["zenith"].to_numpy(), sun["azimuth"].to_numpy()
    facing = 180.0 if latitude > 0 else 0.0
    beam = np.maximum(aoi_projection(tilt, facing, zenith, azimuth), 0.0)
    up = (zenith < 90.0) & (beam > 0.0)
    shaded = shaded_fraction1d(zenith, azimuth, axis_azimuth=facing - 90.0 if facing else 270.0, shaded_row_rotation=tilt, collector_width=1.13, pitch=1.13 / gcr)
    height = 90.0 - zenith[up]
    mass = 1.0 / (np.sin(np.radians(height)) + 0.50572 * (height + 6.07995) ** -1.6364)
    weight = beam[up] * 0.7 ** (mass**0.678)
    expected = float((weight * shaded[up]).sum() / weight.sum())
    assert row_shading(latitude, tilt, facing, gcr) == pytest.approx(expected, abs=0.002)


def test_row_shading_in_salento_is_small() -> None:
    assert 0.005 < row_shading(40.4, 10.0, 180.0, 0.8) < 0.03
    assert row_shading(40.4, 0.0, 180.0, 0.8) == 0.0
    losses = [row_shading(40.4, 30.0, 180.0, g) for g in (0.3, 0.5, 0.7, 0.9)]
    assert losses == sorted(losses) and losses[-1] > 0.1
