"""Horizons of single cells in bytes: nothing is lost but what a byte cannot hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.core.solar.cellhorizon import ELEVATION_DEG, CellHorizons, codes_of, of_cells, packed, unpacked
from pipeline.core.solar.sunmap import cell_irradiation
from tests.core.solar.test_sunmap import ALBEDO, drawn_horizon, sky_at


def drawn(seed: int, sizes: list[int]) -> CellHorizons:
    """Cells of planes of some sizes, anywhere."""
    rng, starts = np.random.default_rng(seed), np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    rows, cols = (rng.integers(0, 2_000_000_000, starts[-1]) for _ in range(2))
    return CellHorizons(rows, cols, starts, rng.integers(0, 256, (72, starts[-1]), dtype=np.uint8))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 99))
def test_what_is_packed_comes_out_again(sizes: list[int], seed: int) -> None:
    cells = drawn(seed, sizes)
    for mine, found in zip(cells, unpacked(packed(cells)), strict=True):
        np.testing.assert_array_equal(mine, found)


def test_planes_can_be_taken_in_any_order_and_cells_left_out() -> None:
    cells = drawn(1, [3, 0, 4])
    pieces = packed(cells)
    back = unpacked([pieces[2], pieces[1]])
    assert back.starts.tolist() == [0, 4, 4]
    np.testing.assert_array_equal(back.codes, cells.codes[:, 3:])
    some = of_cells(cells, np.array([False, True, True, True, False, False, True]))
    assert some.starts.tolist() == [0, 2, 2, 4]
    np.testing.assert_array_equal(some.rows, cells.rows[[1, 2, 3, 6]])


def test_an_elevation_is_off_by_half_a_step_at_most() -> None:
    elevation = np.linspace(0.0, 90.0, 7201)[:7200].reshape(100, 72)
    found = ELEVATION_DEG[codes_of(np.radians(elevation).astype(np.float32).T)].T
    # The step at elevation e is 180 / 255 sqrt(e / 90) degrees, and half a step more wide at its upper end.
    half = 90.0 / 255.0 * np.sqrt(elevation / 90.0) + 45.0 / 255.0**2
    assert (np.abs(found - elevation) <= half + 1e-4).all()
    assert found[0, 0] == 0.0


@pytest.mark.parametrize(("tilt", "azimuth"), [(0.0, 0.0), (20.0, 180.0), (35.0, 90.0), (60.0, 315.0)])
def test_the_year_of_a_cell_hardly_moves(tilt: float, azimuth: float) -> None:
    def years(elevation: NDArray[np.float64]) -> NDArray[np.float32]:
        by_sector = np.ascontiguousarray(elevation.T, dtype=np.float32)
        return cell_irradiation(by_sector, np.array([0, len(elevation)]), np.array([tilt]), np.array([azimuth]), sky_at("Apulia"), ALBEDO)

    elevation = np.stack([drawn_horizon(k) for k in range(60)])
    exact = years(elevation)
    kept = years(ELEVATION_DEG[codes_of(np.radians(elevation).astype(np.float32).T)].T.astype(float))
    assert abs(kept.mean() / exact.mean() - 1.0) < 5e-4
    assert np.abs(kept / exact - 1.0).max() < 5e-3
