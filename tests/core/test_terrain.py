"""Voids, sampling and relief against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.terrain import fill_by_plane, fill_voids, hillshade, sample


def test_voids_up_to_twice_the_reach_are_closed_wider_ones_are_not() -> None:
    z = np.tile(np.arange(30.0), (30, 1))
    z[10:14, 5:9] = np.nan  # 4 wide: closed by reach 2
    z[10:15, 18:23] = np.nan  # 5 wide: stays
    filled, where = fill_voids(z, 2)
    assert where[10:14, 5:9].all() and not where[10:15, 18:23].any()
    assert where.sum() == 16
    assert filled[11, 5] == 4.0 and filled[11, 8] == 9.0  # nearest columns with data
    assert np.isnan(filled[12, 20])


def test_a_straight_edge_of_the_data_does_not_move() -> None:
    z = np.full((20, 20), np.nan)
    z[:, :9] = 1.0
    _, where = fill_voids(z, 4)
    assert not where.any()


def test_filling_nothing_and_input_untouched() -> None:
    z = np.array([[1.0, np.nan, 2.0]])
    before = z.copy()
    assert not fill_voids(z, 0)[1].any()
    fill_voids(z, 3)
    np.testing.assert_array_equal(z, before)
    assert np.isnan(fill_voids(np.full((3, 3), np.nan), 2)[0]).all()


@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_tiles_with_a_halo_of_twice_the_reach_agree_with_the_whole(seed: int, reach: int) -> None:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(40, 37)).astype(np.float32)
    z[rng.random(z.shape) < 0.6] = np.nan
    whole, _ = fill_voids(z, reach)
    halo = 2 * reach
    wide = np.pad(z, halo, constant_values=np.nan)
    for row in range(0, 40, 16):
        for col in range(0, 37, 16):
            rows, cols = min(16, 40 - row), min(16, 37 - col)
            part, _ = fill_voids(wide[row : row + rows + 2 * halo, col : col + cols + 2 * halo], reach)
            np.testing.assert_array_equal(part[halo:-halo, halo:-halo], whole[row : row + rows, col : col + cols])


def test_interpolation_restores_a_plane_and_keeps_to_its_reach() -> None:
    row, col = np.mgrid[0:40, 0:40]
    plane = 3.0 + 0.5 * row - 0.25 * col
    z = plane.copy()
    z[10:20, 12:25] = np.nan
    np.testing.assert_allclose(fill_by_plane(z, 20), plane, atol=1e-5)
    z = plane.copy()
    z[:, 20:] = np.nan
    filled = fill_by_plane(z, 5)
    assert np.isfinite(filled[:, :25]).all() and np.isnan(filled[:, 25:]).all()


def test_bilinear_is_exact_on_a_plane_and_skips_voids() -> None:
    row, col = np.mgrid[0:10, 0:12]
    z = (2.0 * row + 3.0 * col).astype(np.float32)
    at_row, at_col = np.random.default_rng(1).uniform(1, 9, (2, 5, 6))
    out = np.empty((5, 6), dtype=np.float32)
    sample(z, at_row, at_col, True, out)
    np.testing.assert_allclose(out, 2 * (at_row - 0.5) + 3 * (at_col - 0.5), rtol=1e-5)
    z[4, 4] = np.nan
    one = np.empty((1, 2), dtype=np.float32)
    sample(z, np.array([[4.5, 4.5]]), np.array([[4.5, 5.4]]), True, one)
    assert np.isnan(one[0, 0]) and one[0, 1] == z[4, 5]
    sample(z, np.array([[-0.1, 3.0]]), np.array([[1.0, 12.0]]), False, one)
    assert np.isnan(one).all()


@pytest.mark.parametrize(("tilt", "aspect"), [(0.0, 0.0), (30.0, 315.0), (30.0, 135.0), (45.0, 200.0), (60.0, 10.0)])
def test_shade_of_a_plane_is_the_cosine_of_incidence(tilt: float, aspect: float) -> None:
    # A plane that faces `aspect` (downhill) with slope `tilt`; incidence of light from azimuth 315, altitude 45.
    slope, az = np.tan(np.radians(tilt)), np.radians(aspect)
    row, col = np.mgrid[0:9, 0:9]
    east, north = 2.0 * col, -2.0 * row
    z = -slope * (east * np.sin(az) + north * np.cos(az))
    t = np.radians(tilt)
    cosine = np.cos(np.radians(45)) * np.cos(t) + np.sin(np.radians(45)) * np.sin(t) * np.cos(np.radians(315) - az)
    shade = hillshade(z, 2.0)
    np.testing.assert_allclose(shade[1:-1, 1:-1], 255 * max(cosine, 0.0), atol=1e-3)
    assert shade.min() >= 0 and shade.max() <= 255


def test_shade_is_void_beside_voids_and_works_on_one_row() -> None:
    z = np.zeros((5, 5))
    z[2, 2] = np.nan
    assert np.isnan(hillshade(z, 1.0)).sum() == 9
    assert hillshade(np.zeros((1, 4)), 1.0).shape == (1, 4)
