"""Horizons: closed forms, a finely stepped march, and laws that hold for any surface."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import map_coordinates

from pipeline.core.solar.horizon import cells_by_plane, fill_voids, plane_horizons, stand_elevation
from pipeline.core.solar.march import JUMP, margin_cells, trace
from pipeline.core.solar.sky import SECTORS
from tests.reference.solar import brute_horizon, town

AZIMUTHS = np.arange(SECTORS) * 5.0


def degrees(surface: np.ndarray, cell_m: float, row: int, col: int, eye: float, reach_m: float) -> np.ndarray:
    found = trace(surface.astype(np.float32), cell_m, np.array([row]), np.array([col]), np.array([eye]), reach_m)
    return np.degrees(np.arctan(found[0]))


@pytest.mark.parametrize("cell_m", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("side", "facing"), [("north", 0.0), ("east", 90.0), ("south", 180.0), ("west", 270.0)])
def test_an_endless_wall_is_seen_under_atan_of_height_times_cosine_over_distance(cell_m: float, side: str, facing: float) -> None:
    size, away, height, reach = 300, 10, 6.0, 60.0
    surface, middle = np.zeros((size, size)), size // 2
    {"north": surface[: middle - away + 1], "south": surface[middle + away :], "west": surface[:, : middle - away + 1], "east": surface[:, middle + away :]}[side][:] = height
    cosine = np.cos(np.radians(AZIMUTHS - facing))
    expected = np.degrees(np.arctan(np.maximum(height * cosine / (away * cell_m), 0.0)))
    expected[away * cell_m > reach * np.maximum(cosine, 1e-9)] = 0.0
    assert degrees(surface, cell_m, middle, middle, 0.0, reach) == pytest.approx(expected, abs=0.02)


def test_a_round_pit_is_the_same_all_around() -> None:
    n, radius, height = 201, 40.0, 10.0
    r, c = np.indices((n, n)) - n // 2
    surface = np.where(np.hypot(r, c) >= radius, height, 0.0)
    assert degrees(surface, 1.0, n // 2, n // 2, 0.0, 80.0) == pytest.approx(np.full(SECTORS, np.degrees(np.arctan(height / radius))), abs=0.35)


def test_sectors_run_clockwise_from_north() -> None:
    surface = np.zeros((101, 101))
    surface[50, 70] = 10.0
    assert int(degrees(surface, 1.0, 50, 50, 0.0, 40.0).argmax()) == 18


def test_an_inclined_plane_rises_in_its_own_horizon_by_its_own_slope_and_no_more() -> None:
    tilt, azimuth = 35.0, 160.0
    r, c = np.indices((161, 161)).astype(float)
    fall = np.tan(np.radians(tilt))
    surface = -fall * ((c - 80) * np.sin(np.radians(azimuth)) - (r - 80) * np.cos(np.radians(azimuth)))
    expected = np.degrees(np.arctan(np.maximum(-fall * np.cos(np.radians(AZIMUTHS - azimuth)), 0.0)))
    assert degrees(surface, 1.0, 80, 80, float(surface[80, 80]), 70.0) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("seed", [1, 2])
def test_horizons_of_a_town_agree_with_a_finely_stepped_march(seed: int) -> None:
    surface, owner, _, _ = town(seed, size=110)
    rng = np.random.default_rng(seed)
    rows, cols = rng.permutation(np.argwhere(owner >= 0))[:60].T
    eyes = surface[rows, cols].astype(float) + 0.1
    found = np.degrees(np.arctan(trace(surface, 1.0, rows, cols, eyes, 55.0)))
    slow = np.array([brute_horizon(surface, 1.0, r, c, e, AZIMUTHS, 55.0, 0.02) for r, c, e in zip(rows, cols, eyes, strict=True)])
    assert np.abs(found - slow).mean() <= 0.5
    assert np.percentile(np.abs(found - slow), 95) <= 1.5
    # Between the lines of cell centres the bilinear surface may bulge above both ends; the march of 2 cm steps misses tips.
    assert (found <= slow + 0.5).all()


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.integers(JUMP - 3, 3 * JUMP + 2))
def test_jumping_over_low_ground_changes_nothing(seed: int, reach: int) -> None:
    rng = np.random.default_rng(seed)
    margin = margin_cells(reach, 1.0)
    side = 2 * margin + 1
    surface = (rng.exponential(1.0, (side, side)) ** 3).astype(np.float32)
    fast = trace(surface, 1.0, np.array([margin]), np.array([margin]), np.array([2.0]), float(reach))
    np.testing.assert_allclose(fast[0], every_crossing(surface, margin, 2.0, float(reach)), rtol=2e-5, atol=2e-6)


def every_crossing(surface: np.ndarray, at: int, eye: float, reach: float) -> np.ndarray:
    """The surface read wherever a ray crosses a line of cell centres, one by one."""
    out = np.zeros(SECTORS)
    for s, azimuth in enumerate(np.radians(AZIMUTHS)):
        step = (-np.cos(azimuth), np.sin(azimuth))
        for component in step:
            for k in range(1, int(reach * abs(component) + 1e-9) + 1):
                away = k / abs(component)
                row, col = at + away * step[0], at + away * step[1]
                z = float(map_coordinates(surface.astype(float), [[row], [col]], order=1)[0])
                out[s] = max(out[s], (z - eye) / away)
    return out


@given(st.integers(0, 10_000))
def test_an_obstacle_more_never_lowers_a_horizon(seed: int) -> None:
    rng = np.random.default_rng(seed)
    surface = rng.uniform(0, 5, (71, 71)).astype(np.float32)
    higher = surface.copy()
    higher[rng.integers(0, 71), rng.integers(0, 71)] += 20.0
    at, eye = np.array([35]), np.array([3.0])
    assert (trace(higher, 1.0, at, at, eye, 30.0) >= trace(surface, 1.0, at, at, eye, 30.0)).all()


def test_voids_shade_nothing_and_do_not_eat_the_building_beside_them() -> None:
    surface = np.zeros((101, 101), dtype=np.float32)
    surface[30:35, 40:60] = 12.0
    whole = degrees(fill_voids(surface), 1.0, 50, 50, 1.0, 45.0)
    holed = surface.copy()
    holed[:30] = np.nan
    holed[:, :40] = np.nan
    assert degrees(fill_voids(holed), 1.0, 50, 50, 1.0, 45.0)[0] == pytest.approx(whole[0], abs=1e-6)
    assert np.isfinite(fill_voids(holed)).all()
    assert degrees(fill_voids(np.where(surface > 0, np.nan, surface)), 1.0, 50, 50, 1.0, 45.0).max() == 0.0
    assert not np.isnan(surface).any(), "the input is left as it was"


def test_cells_too_near_to_the_border_are_refused() -> None:
    with pytest.raises(ValueError, match="pad it"):
        trace(np.zeros((50, 50), dtype=np.float32), 1.0, np.array([20]), np.array([20]), np.array([0.0]), 20.0)


def test_a_chimney_is_not_a_place_for_modules_and_noise_does_not_lower_the_eye() -> None:
    rng = np.random.default_rng(3)
    rows_down = np.indices((12, 12))[0]
    plane = 5.0 + np.tan(np.radians(20.0)) * (rows_down - 6.0)  # falls to the north
    z = (plane + rng.normal(0, 0.03, plane.shape)).astype(np.float32)
    z[4:6, 4:6] += 1.5
    rows, cols, starts = cells_by_plane(np.zeros((12, 12), dtype=np.int32), 1)
    stand, clear = stand_elevation(z[rows, cols], rows, cols, starts, 1.0, np.array([20.0]), np.array([0.0]))
    assert (~clear).sum() == 4
    assert stand[clear] == pytest.approx(plane[rows, cols][clear], abs=0.03)


def test_a_plane_alone_on_the_ground_sees_the_open_sky() -> None:
    surface = np.zeros((80, 80), dtype=np.float32)
    owner = np.full((80, 80), -1, dtype=np.int32)
    owner[38:42, 38:42] = 0
    surface[38:42, 38:42] = 4.0
    found = plane_horizons(surface, owner, 1.0, np.array([0.0]), np.array([0.0]), reach_m=30.0, lift_m=0.1)
    assert found.horizon_deg.max() == 0.0
    assert found.sky_view == pytest.approx([1.0])
    assert (found.lit_share == 255).all()
    assert found.cells.tolist() == [16]


def test_a_plane_in_a_void_is_said_to_have_no_cells() -> None:
    surface = np.full((80, 80), np.nan, dtype=np.float32)
    owner = np.full((80, 80), -1, dtype=np.int32)
    owner[40, 40] = 1
    found = plane_horizons(surface, owner, 1.0, np.zeros(2), np.zeros(2), reach_m=30.0, lift_m=0.1)
    assert found.cells.tolist() == [0, 0]
    assert found.void_cells.tolist() == [0, 1]


@pytest.mark.parametrize("tilt", [0.0, 30.0, 50.0])
def test_a_roof_does_not_shade_itself_and_the_noise_of_the_surface_does_not_shade_it(tilt: float) -> None:
    r, _ = np.indices((140, 140)).astype(float)
    surface = np.random.default_rng(0).normal(0.0, 0.05, (140, 140))
    owner = np.full((140, 140), -1, dtype=np.int32)
    owner[65:75, 65:75] = 0
    surface[65:75, 65:75] += 12.0 - (r[65:75, 65:75] - 70.0) * np.tan(np.radians(tilt))  # faces south
    found = plane_horizons(surface.astype(np.float32), owner, 1.0, np.array([tilt]), np.array([180.0]), reach_m=60.0, lift_m=0.1)
    assert found.sky_view[0] == pytest.approx((1 + np.cos(np.radians(tilt))) / 2, abs=5e-4)
    assert found.lit_share[0, 36, 1:].min() >= 250, "all of it sees the sun in the south"
