"""Racks on flat roofs: counts by hand, the better of several, nothing outside."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.solar.layout import Module
from pipeline.core.solar.racklayout import RackLayout, edge_azimuths, lay_racks
from pipeline.core.solar.racks import RackYear, Variant

MODULE = Module(1.13, 1.76, 0.02)
UP, ACROSS = Variant("S10", True, 1.76, 2.2), Variant("S10", False, 1.13, 1.4125)
PAIRS = Variant("EW10", True, 1.76, 2 * 1.76 * math.cos(math.radians(10)) + 0.02 + 0.25)


def even(variants: list[Variant], yields: list[float] | None = None) -> RackYear:
    """Yields that depend on the variant only, the same for a row alone."""
    table = np.repeat(np.array([yields or [1000.0] * len(variants)]).T, 24, axis=1)
    return RackYear(table, table, np.zeros_like(table))


def lay(roof: shapely.Geometry, variants: list[Variant], yields: list[float] | None = None, facing: tuple[float, ...] = (180.0,), **options: float) -> RackLayout:
    return lay_racks(np.array([roof]), [np.array([f]) for f in facing], variants, even(variants, yields), MODULE, **options)


def test_counts_by_hand() -> None:
    # S10 at GCR 0.8, across: 1.4125 m from row to row, 1.113 m deep. 6 m hold 1 + floor((6 - 1.113) / 1.4125) = 4 rows of 5 = 20.
    # Upright: 2.2 m from row to row, 1.733 m deep: 1 + floor((6 - 1.733) / 2.2) = 2 rows of 8 = 16.
    roof = shapely.box(0, 0, 10, 6)
    got = lay(roof, [UP, ACROSS])
    assert got.variant[0] == 1 and got.modules[0] == 20 and got.foremost[0] == 5 and shapely.is_empty(got.back[0])
    tops = np.unique(shapely.bounds(shapely.get_parts(got.front[0]))[:, 1].round(6))
    assert (np.diff(tops) >= 1.4125 - 1e-6).all()
    assert lay(roof, [UP]).modules[0] == 16


def test_pairs_by_hand() -> None:
    # Upright pairs are 3.486 m deep and 3.736 m from pair to pair: 8 m from east to west hold 1 + floor(4.514 / 3.736) = 2 pairs; 6 m along hold 5.
    got = lay(shapely.box(0, 0, 8, 6), [PAIRS])
    assert got.modules[0] == 10 and got.azimuth[0] == 90.0 and got.foremost[0] == 5
    east, west = shapely.get_parts(got.front[0]), shapely.get_parts(got.back[0])
    assert len(east) == len(west) == 10
    assert shapely.area(np.concatenate([east, west])) == pytest.approx(1.13 * 1.76 * math.cos(math.radians(10)))
    # What faces east stands east of its other half, a gap apart at the ridge.
    gap = shapely.bounds(east)[:, 0] - shapely.bounds(west)[:, 2]
    assert gap == pytest.approx(0.02)


def test_most_energy_or_few_modules_less() -> None:
    roof = shapely.box(0, 0, 10, 6)
    # 16 modules of 1,240 give 19,840; 20 of 1,000 give 20,000: 0.8 % more for four more modules.
    variants, yields = [UP, ACROSS], [1240.0, 1000.0]
    assert lay(roof, variants, yields).modules[0] == 20
    assert lay(roof, variants, yields, slack=0.03).modules[0] == 16
    assert lay(roof, variants, [1100.0, 1000.0], slack=0.03).modules[0] == 20
    # Where a kWp must give 900 to repay, 16 x 340 is worth more than 20 x 100.
    assert lay(roof, variants, yields, break_even=900.0).modules[0] == 16


def test_the_first_row_counts_as_one_that_stands_alone() -> None:
    # Two that take the same modules: one gives 1,300 alone and 800 in rows, the other 1,000 everywhere.
    table = RackYear(np.repeat([[800.0], [1000.0]], 24, axis=1), np.repeat([[1300.0], [1000.0]], 24, axis=1), np.zeros((2, 24)))
    one_row, many = shapely.box(0, 0, 10, 1.8), shapely.box(0, 0, 10, 30)
    got = lay_racks(np.array([one_row, many]), [np.full(2, 180.0)], [ACROSS, ACROSS], table, MODULE)
    assert got.variant.tolist() == [0, 1] and got.foremost[0] == got.modules[0]


def test_rows_are_spread_where_it_costs_no_module() -> None:
    loose = ACROSS._replace(pitch_m=1.4125 * 1.12, spread=True)
    tight = ACROSS._replace(looser=1)
    # 6 m: 4 rows at 1.4125 or at 1.582 m (3 x 1.582 + 1.113 = 5.859); 5.5 m: 4 rows only at 1.4125 m.
    assert lay(shapely.box(0, 0, 10, 6), [tight, loose]).variant[0] == 1
    got = lay(shapely.box(0, 0, 10, 5.5), [tight, loose])
    assert got.variant[0] == 0 and got.modules[0] == 20


def test_along_the_roof_takes_more() -> None:
    roof = shapely.affinity.rotate(shapely.box(0, 0, 12, 8), 30.0, origin=(0, 0))
    assert edge_azimuths(np.array([roof]), np.empty(0, dtype=object), np.empty(0, int), 180.0)[0] == pytest.approx(150.0)
    both = lay(roof, [UP, ACROSS], facing=(150.0, 180.0))
    straight = lay(shapely.box(0, 0, 12, 8), [UP, ACROSS])
    assert both.modules[0] == straight.modules[0] and both.azimuth[0] == 150.0
    assert lay(roof, [UP, ACROSS], facing=(180.0,)).modules[0] < straight.modules[0]


@pytest.mark.parametrize("turn", [-44.0, -20.0, 0.0, 13.0, 44.0])
@pytest.mark.parametrize("towards", [0.0, 180.0, 200.0])
def test_edges_nearest_to_a_direction(turn: float, towards: float) -> None:
    # A roof turned counter-clockwise has its sides at smaller azimuths.
    roof = shapely.affinity.rotate(shapely.box(0, 0, 9, 5), -turn)
    wall = roof.difference(roof.buffer(-0.3, join_style="mitre"))
    cells = shapely.box(*roof.centroid.buffer(1.0).bounds)
    got = edge_azimuths(np.array([roof, shapely.Polygon(), cells]), np.array([wall]), np.array([2]), towards)
    assert got[2] == pytest.approx(got[0], abs=1e-6), "the wall shows the edge"
    assert abs((got[0] - turn + 45.0) % 90.0 - 45.0) < 1e-6 and abs((got[0] - towards + 180.0) % 360.0 - 180.0) <= 45.0 + 1e-6
    assert got[1] == towards


@given(seed=st.integers(0, 10_000), facing=st.floats(0.0, 359.0))
@settings(max_examples=50)
def test_modules_lie_inside_and_apart(seed: int, facing: float) -> None:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    star = shapely.polygons(np.column_stack([np.cos(angles), np.sin(angles)]) * rng.uniform(4, 10, 9)[:, None])
    roof = shapely.make_valid(star).difference(shapely.box(-1, -1, 1, 1))
    variants = [UP, ACROSS, PAIRS]
    got = lay(roof, variants, facing=(facing,))
    boxes = np.concatenate([shapely.get_parts(got.front[0]), shapely.get_parts(got.back[0])])
    assert len(boxes) == got.modules[0] * (2 if got.variant[0] == 2 else 1)
    if len(boxes):
        assert shapely.covers(shapely.buffer(roof, 1e-5, join_style="mitre"), boxes).all()
        tree = shapely.STRtree(shapely.buffer(boxes, -0.001, join_style="mitre"))
        left, right = tree.query(tree.geometries, predicate="intersects")
        assert (left == right).all()


def test_no_room_and_no_roofs() -> None:
    got = lay(shapely.box(0, 0, 1, 1), [UP, ACROSS, PAIRS])
    assert got.variant[0] == -1 and got.modules[0] == 0 and shapely.is_empty(got.front[0])
    assert len(lay_racks(np.empty(0, dtype=object), [np.empty(0)], [UP], even([UP]), MODULE).modules) == 0
