"""Outlines: which zone holds one, percentiles by group, names that do not depend on the order of rows."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.footprints import distinct_names, grouped_percentile, holding_zone, outside_share, place_names, repeats


def test_the_zone_with_most_area_holds_a_shape() -> None:
    zones = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    shapes = np.array([shapely.box(8, 0, 11, 1), shapely.box(9, 0, 12, 1), shapely.box(9, 0, 11, 1), shapely.box(30, 0, 31, 1), shapely.box(20, 0, 21, 1)])
    assert holding_zone(shapes, zones, np.array([True, True])).tolist() == [0, 1, 0, -1, -1]


def test_a_preferred_zone_goes_first_however_small_its_part() -> None:
    zones = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    shapes = np.array([shapely.box(1, 0, 11, 1), shapely.box(1, 0, 2, 1)])
    assert holding_zone(shapes, zones, np.array([False, True])).tolist() == [1, 0]


def test_holding_zone_agrees_with_brute_force() -> None:
    rng = np.random.default_rng(3)
    corner = rng.uniform(0, 90, (80, 2))
    side = rng.uniform(1, 15, (80, 2))
    shapes = shapely.box(*corner.T, *(corner + side).T)
    west, south = (a.ravel() for a in np.meshgrid(np.arange(0.0, 100.0, 12.0), np.arange(0.0, 100.0, 12.0)))
    zones = shapely.box(west, south, west + 12.0, south + 12.0)
    areas = shapely.area(shapely.intersection(shapes[:, None], zones[None, :]))
    assert holding_zone(shapes, zones, np.ones(len(zones), dtype=bool)).tolist() == areas.argmax(axis=1).tolist()


def test_outside_share() -> None:
    town = shapely.box(0, 0, 10, 10)
    shapes = np.array([shapely.box(1, 1, 3, 3), shapely.box(8, 0, 12, 1), shapely.box(20, 20, 22, 22)])  # 4 + 4 + 4 m2, 6 outside
    assert outside_share(shapes, town) == 0.5
    assert outside_share(shapes[:1], town) == 0.0


@given(
    st.lists(st.tuples(st.integers(0, 4), st.floats(-50, 50, width=32)), max_size=40),
    st.sampled_from([0.0, 10.0, 50.0, 90.0, 100.0]),
)
def test_grouped_percentile_is_numpys_in_each_group(pairs: list[tuple[int, float]], percent: float) -> None:
    groups = np.array([g for g, _ in pairs], dtype=np.int64)
    values = np.array([v for _, v in pairs], dtype=np.float32)
    got = grouped_percentile(groups, values, 5, percent)
    for g in range(5):
        own = values[groups == g].astype(np.float64)
        if len(own):
            assert np.isclose(got[g], np.percentile(own, percent), rtol=0, atol=1e-9)
        else:
            assert np.isnan(got[g])


def test_names_do_not_depend_on_the_order_of_rows() -> None:
    shapes = shapely.box([5, 0, 3, 9], 0, [6, 1, 4, 10], 1)
    names = np.array(["a", "a", "a", "a.2"], dtype=object)
    made, changed = distinct_names(names, shapes)
    assert changed == 2
    assert made.tolist() == ["a.4", "a", "a.3", "a.2"]  # from west to east; a.2 is taken
    back, _ = distinct_names(names[::-1].copy(), shapes[::-1])
    assert back[::-1].tolist() == made.tolist()


def test_place_names_keep_a_decimetre() -> None:
    assert place_names(np.array([shapely.box(-0.2, 0, 0.4, 0.8)]), "b").tolist() == ["b-1-4"]


def test_repeats_are_the_same_name_and_shape() -> None:
    square = shapely.box(0, 0, 1, 1)
    turned = shapely.Polygon([(1, 1), (0, 1), (0, 0), (1, 0)])
    shapes = np.array([square, turned, square, shapely.box(0, 0, 2, 1)])
    assert repeats(np.array(["a", "a", "b", "a"], dtype=object), shapes).tolist() == [False, True, False, False]
