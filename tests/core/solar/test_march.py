"""The march itself: where rays are sampled, and that neither the company of cells nor the jumps change a bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import maximum_filter

from pipeline.core.solar.lanes import LANES
from pipeline.core.solar.march import AROUND, JUMP, Terrain, crossings, margin_cells, rays, terrain, trace
from pipeline.core.solar.sky import SECTORS, sector_azimuths
from tests.reference.march import march_horizons
from tests.reference.solar import town


@settings(max_examples=40)
@given(st.integers(0, 3600).map(lambda tenths: tenths / 10.0), st.floats(3.0, 60.0), st.sampled_from([0.25, 0.5, 1.0, 2.0]))
def test_a_ray_is_sampled_on_every_line_of_cell_centres_it_crosses_and_nowhere_else(azimuth: float, reach_cells: float, cell_m: float) -> None:
    direction = np.round([-np.cos(np.radians(azimuth)), np.sin(np.radians(azimuth))], 15)
    row, col, down, share, away = crossings(direction, cell_m, reach_cells * cell_m)
    at_row, at_col = row + np.where(down, share, 0.0), col + np.where(down, 0.0, share)
    np.testing.assert_allclose(at_row, away / cell_m * direction[0], atol=2e-6)
    np.testing.assert_allclose(at_col, away / cell_m * direction[1], atol=2e-6)
    assert (np.diff(away) > 0).all()
    assert ((share >= 0) & (share <= 1)).all()
    lines = sum(int(reach_cells * abs(d) + 1e-9) for d in direction if abs(d) > 1e-9)
    both = (np.abs(at_row - np.round(at_row)) < 1e-6) & (np.abs(at_col - np.round(at_col)) < 1e-6) & (np.abs(direction).min() > 1e-9)
    assert len(away) == lines - both.sum(), "a crossing of two lines at once is one sample"
    assert away.max() <= reach_cells * cell_m + 1e-9


@pytest.mark.parametrize(("cell_m", "reach_m"), [(1.0, 200.0), (0.5, 60.0), (2.0, 55.0), (1.0, 7.0)])
def test_no_sample_and_no_jump_leaves_the_margin_and_every_jump_holds_its_samples(cell_m: float, reach_m: float) -> None:
    margin, wide = margin_cells(reach_m, cell_m), 10_001
    at = rays(wide, cell_m, reach_m)

    def offsets(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows = np.round(flat / wide).astype(int)
        return rows, flat - rows * wide

    for s in range(SECTORS):
        assert at.jumps[s, 0] == 0
        for j, (first, last) in enumerate(zip(at.jumps[s, :-1], at.jumps[s, 1:], strict=True)):
            middle_row, middle_col = offsets(at.middle[s, j])
            for cells in (at.near[s, first:last], at.far[s, first:last]):
                rows, cols = offsets(cells)
                assert np.abs(np.concatenate([rows, cols])).max(initial=0) < margin
                assert max(np.abs(rows - middle_row).max(initial=0), np.abs(cols - middle_col).max(initial=0)) <= AROUND
            assert (1.0 / at.nearness[s, first:last] > at.away_m[s, j]).all()
        assert 1.0 / at.nearness[s, at.jumps[s, -1] - 1] > reach_m - 1.5 * cell_m
    assert (at.share < 1.0).all()


def test_the_highest_cells_around_are_those_of_a_square() -> None:
    z = np.random.default_rng(0).normal(0, 3, (57, 83)).astype(np.float32)
    ready = terrain(z, 1.0)
    np.testing.assert_array_equal(ready.tops[: z.size].reshape(z.shape), maximum_filter(z, size=2 * AROUND + 1, mode="nearest"))
    np.testing.assert_array_equal(ready.flat[: z.size].reshape(z.shape), z)
    assert (len(ready.flat), len(ready.tops)) == (z.size + LANES, z.size + LANES)


def test_a_terrain_made_once_serves_any_march() -> None:
    z, _, _, _ = town(1, size=110)
    z = z.astype(np.float32)
    at = np.array([50, 55]), np.array([60, 52]), np.array([9.0, 4.0])
    ready = terrain(z, 1.0)
    assert isinstance(ready, Terrain)
    np.testing.assert_array_equal(trace(ready, 1.0, *at, 40.0), trace(z, 1.0, *at, 40.0))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 300))
def test_company_and_order_of_cells_change_nothing(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    reach = float(rng.integers(JUMP - 2, 2 * JUMP + 3))
    margin = margin_cells(reach, 1.0)
    z = (rng.exponential(1.0, (2 * margin + 25, 2 * margin + 40)) ** 3).astype(np.float32)
    some = rng.permutation(25 * 40)[:count]
    rows, cols = some // 40 + margin, some % 40 + margin
    stand = z[rows, cols].astype(float) + rng.uniform(-1, 3, count)
    together = trace(z, 1.0, rows, cols, stand, reach)
    alone = np.concatenate([trace(z, 1.0, rows[i : i + 1], cols[i : i + 1], stand[i : i + 1], reach) for i in range(min(count, 12))])
    np.testing.assert_array_equal(together[: len(alone)], alone)


def test_the_same_cell_twice_is_answered_twice() -> None:
    z = np.random.default_rng(5).exponential(2.0, (61, 61)).astype(np.float32)
    at = np.array([30, 30, 30]), np.array([30, 30, 31])
    stand = np.array([1.0, 6.0, 1.0])
    found = trace(z, 1.0, *at, stand, 20.0)
    for i in range(3):
        np.testing.assert_array_equal(found[i], trace(z, 1.0, at[0][i : i + 1], at[1][i : i + 1], stand[i : i + 1], 20.0)[0])


def test_no_cells() -> None:
    none = np.empty(0, dtype=np.int64)
    assert trace(np.zeros((5, 5), dtype=np.float32), 1.0, none, none, np.empty(0), 30.0).shape == (0, SECTORS)


@pytest.mark.parametrize("cell_m", [0.5, 1.0])
def test_a_turned_world_turns_its_horizons(cell_m: float) -> None:
    z = np.random.default_rng(3).exponential(2.0, (91, 91)).astype(np.float32)
    at = np.array([45]), np.array([45]), np.array([3.0])
    quarter = trace(np.ascontiguousarray(np.rot90(z, -1)), cell_m, *at, 40 * cell_m)[0]
    np.testing.assert_allclose(np.roll(trace(z, cell_m, *at, 40 * cell_m)[0], SECTORS // 4), quarter, rtol=1e-5, atol=1e-6)


def test_a_surface_raised_as_a_whole_and_scaled_in_all_axes_keeps_its_horizons() -> None:
    z = np.random.default_rng(4).exponential(2.0, (91, 91)).astype(np.float32)
    at = np.array([45]), np.array([45])
    first = trace(z, 1.0, *at, np.array([2.0]), 40.0)
    np.testing.assert_allclose(trace(z + 100.0, 1.0, *at, np.array([102.0]), 40.0), first, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(trace(z * 2, 2.0, *at, np.array([4.0]), 80.0), first, rtol=1e-5, atol=1e-6)


def test_horizons_agree_with_a_march_in_small_steps() -> None:
    z, owner, _, _ = town(4, size=120)
    rows, cols = np.argwhere(owner >= 0)[::3].T
    inside = (np.minimum(rows, cols) > 45) & (np.maximum(rows, cols) < 75)
    rows, cols = rows[inside], cols[inside]
    eyes = z[rows, cols].astype(float) + 0.1
    fine = march_horizons(z, 1.0, rows, cols, eyes, np.degrees(sector_azimuths()), 42.0, step_m=0.02)
    assert np.abs(np.degrees(np.arctan(trace(z.astype(np.float32), 1.0, rows, cols, eyes, 42.0))) - fine).mean() <= 0.5
    assert len(rows) > 20
