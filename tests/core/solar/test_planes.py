"""Planes are found where they are, whatever stands on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.core.solar.planes import PlaneRules, Planes, azimuth_deg, find_planes, search, tilt_deg

RULES = PlaneRules()


def centres(rows: int, cols: int, cell: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Easting and northing of cell centres from the window's north-west corner."""
    row, col = np.mgrid[:rows, :cols]
    return (col + 0.5) * cell, -(row + 0.5) * cell


def plane(east: NDArray[np.float64], north: NDArray[np.float64], tilt: float, azimuth: float, level: float = 0.0) -> NDArray[np.float64]:
    """Elevation of a plane that faces `azimuth`."""
    fall = np.tan(np.radians(tilt))
    return level - fall * (np.sin(np.radians(azimuth)) * east + np.cos(np.radians(azimuth)) * north)


def find(z: NDArray[np.float64], cell: float = 1.0, inside: NDArray[np.bool_] | None = None) -> Planes:
    return find_planes(z.astype(np.float32), np.ones(z.shape, bool) if inside is None else inside, cell, RULES)


def turn(a: NDArray[np.float64] | float, b: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Angle between two azimuths."""
    return np.abs((np.asarray(a) - b + 180.0) % 360.0 - 180.0)


@given(tilt=st.floats(0.0, 60.0), azimuth=st.floats(0.0, 359.9), cell=st.sampled_from([0.25, 0.5, 1.0, 2.0]), level=st.floats(-100.0, 3000.0))
@settings(max_examples=60)
def test_a_plane_comes_back(tilt: float, azimuth: float, cell: float, level: float) -> None:
    east, north = centres(9, 12, cell)
    found = find(plane(east, north, tilt, azimuth, level), cell)
    assert found.labels.tolist() == np.ones((9, 12)).tolist()
    # float32 keeps about a tenth of a millimetre at 3000 m.
    assert tilt_deg(found.coefficients)[0] == pytest.approx(tilt, abs=0.02)
    if tilt >= 5.0:
        assert turn(azimuth_deg(found.coefficients)[0], azimuth) < 0.1
    assert found.coefficients[0, 2] == pytest.approx(level, abs=0.01)
    assert found.inlier_share[0] == 1.0


def test_a_gable_has_two_planes_that_meet_at_the_ridge() -> None:
    east, north = centres(12, 16, 0.5)
    z = 10.0 - np.abs(north + 3.0) * np.tan(np.radians(30.0)) + 0 * east
    found = find(z, 0.5)
    assert tilt_deg(found.coefficients) == pytest.approx([30.0, 30.0], abs=0.01)
    assert sorted(azimuth_deg(found.coefficients).round(3) % 360) == [0.0, 180.0]
    assert (found.labels == np.where(np.arange(12) < 6, found.labels[0, 0], found.labels[-1, 0])[:, None]).all()


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize(("width", "tilt"), [(4.0, 22.0), (4.5, 20.0), (5.0, 25.0), (5.0, 35.0), (6.0, 18.0)])
def test_a_narrow_gable_turned_out_of_the_grid_keeps_both_its_sides(width: float, tilt: float, noise: float) -> None:
    # Two or three cells to each side: no 3 x 3 window lies on one side alone.
    both = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        facing, (east, north) = rng.uniform(0.0, 360.0), centres(16, 16, 1.0)
        east, north = east - 8.0 + rng.uniform(-0.5, 0.5), north + 8.0 + rng.uniform(-0.5, 0.5)
        across, along = east * np.sin(np.radians(facing)) + north * np.cos(np.radians(facing)), east * np.cos(np.radians(facing)) - north * np.sin(np.radians(facing))
        z = 6.0 - np.abs(across) * np.tan(np.radians(tilt)) + rng.normal(0.0, noise, east.shape)
        found = find(z, inside=(np.abs(across) < width / 2) & (np.abs(along) < 5.0))
        away = turn(azimuth_deg(found.coefficients)[:, None], np.array([facing, facing + 180.0]))
        right = (away < 15.0) & (np.abs(tilt_deg(found.coefficients) - tilt) < 6.0)[:, None]
        both += bool(right.any(axis=0).all())
    assert both >= 0.9 * 30


def test_a_hip_roof_has_four_planes() -> None:
    east, north = centres(20, 32, 0.5)
    inset = np.minimum.reduce([east, 16.0 - east, -north, 10.0 + north])
    found = find(5.0 + inset * np.tan(np.radians(22.0)), 0.5)
    assert tilt_deg(found.coefficients) == pytest.approx([22.0] * 4, abs=0.01)
    assert sorted(azimuth_deg(found.coefficients).round(2) % 360) == [0.0, 90.0, 180.0, 270.0]
    assert (found.labels > 0).all()


def salento(rng: np.random.Generator, noise: float) -> tuple[NDArray[np.float64], dict[str, tuple[slice, slice]]]:
    """A flat roof of 12 x 10 m at 1 m cells with parapet, stair-head and tank."""
    z = np.full((10, 12), 7.0)
    parts = {"stairhead": (slice(1, 4), slice(1, 5)), "tank": (slice(6, 8), slice(8, 9))}
    z[0, :] = z[-1, :] = z[:, 0] = z[:, -1] = 7.6
    z[parts["stairhead"]], z[parts["tank"]] = 9.4, 8.2
    return z + rng.normal(0.0, noise, z.shape) if noise else z, parts


@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_parapet_stairhead_and_tank_do_not_tilt_a_flat_roof(noise: float) -> None:
    z, parts = salento(np.random.default_rng(2), noise)
    found = find(z)
    main = found.labels == 1
    expected = np.zeros(z.shape, bool)
    expected[1:-1, 1:-1] = True
    for part in parts.values():
        expected[part] = False
    assert (main == expected).all()
    assert tilt_deg(found.coefficients)[0] < 0.6
    assert (found.labels[parts["stairhead"]] == 2).all()
    assert found.inlier_share[0] < 0.75
    assert len(found.residual_m) == 2, "the parapet is not a plane"


def test_flat_roofs_beside_a_step_stay_flat() -> None:
    z = np.full((8, 14), 4.0)
    z[:, 5:] = 7.0
    z[:, 9:] = 7.4
    z[5:, 9:] = 11.0
    found = find(z + np.random.default_rng(4).normal(0, 0.02, z.shape))
    assert len(found.residual_m) == 4
    assert tilt_deg(found.coefficients).max() < 1.5
    assert (found.labels > 0).all()


def test_a_mixed_column_at_a_wall_is_no_roof() -> None:
    """Edge cells hold something between roof and ground: never a steep plane."""
    z = np.full((10, 10), 6.0)
    z[:, 9] = np.random.default_rng(6).uniform(1.0, 5.5, 10)
    found = find(z)
    assert tilt_deg(found.coefficients).tolist() == pytest.approx([0.0])


@pytest.mark.parametrize("cell", [0.5, 1.0])
def test_noise_costs_little(cell: float) -> None:
    rng, errors, turns = np.random.default_rng(7), [], []
    for _ in range(60):
        tilt, azimuth = rng.uniform(6.0, 45.0), rng.uniform(0.0, 360.0)
        east, north = centres(round(7 / cell), round(9 / cell), cell)
        found = find(plane(east, north, tilt, azimuth, 30.0) + rng.normal(0, 0.05, east.shape), cell)
        errors.append(abs(tilt_deg(found.coefficients)[0] - tilt))
        turns.append(turn(azimuth_deg(found.coefficients)[0], azimuth))
    assert np.mean(errors) < 0.3
    assert np.mean(turns) < 1.0


def test_the_answer_does_not_depend_on_elevation_or_on_what_lies_outside() -> None:
    z, _ = salento(np.random.default_rng(5), 0.02)
    inside = np.zeros((16, 20), bool)
    inside[3:13, 4:16] = True
    around = np.full((16, 20), np.nan)
    around[3:13, 4:16] = z
    one = find(z)
    for outside in (np.nan, 0.0, 300.0):
        other = find(np.where(inside, around, outside), inside=inside)
        assert (other.labels[3:13, 4:16] == one.labels).all()
        assert (other.labels[~inside] == 0).all()
        assert tilt_deg(other.coefficients) == pytest.approx(tilt_deg(one.coefficients))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 2)])
def test_too_little_gives_nothing(shape: tuple[int, int]) -> None:
    found = find(np.zeros(shape))
    assert len(found.residual_m) == (1 if shape == (3, 2) else 0)
    assert found.labels.shape == shape


@pytest.mark.parametrize("fill", [np.nan, np.inf, -np.inf])
def test_voids_give_nothing(fill: float) -> None:
    found = find(np.full((6, 6), fill))
    assert found.coefficients.shape == (0, 3)


def test_voids_spikes_and_a_tower_are_left_out() -> None:
    east, north = centres(12, 12, 1.0)
    z = plane(east, north, 20.0, 200.0, 12.0)
    z[3, 3], z[5, 8], z[8, 4:6], z[9, 9] = np.nan, 300.0, -50.0, np.inf
    found = find(z)
    assert tilt_deg(found.coefficients) == pytest.approx([20.0], abs=1e-3)
    assert (found.labels == 0).sum() == 5


def test_trees_over_a_roof_give_no_plane() -> None:
    z = np.random.default_rng(3).uniform(3.0, 9.0, (12, 12))
    assert not (find(z).labels > 0).any()


def test_inputs_are_left_alone_and_runs_agree() -> None:
    z = salento(np.random.default_rng(8), 0.05)[0].astype(np.float32)
    inside = np.ones(z.shape, bool)
    kept = z.copy()
    one, two = (find_planes(z, inside, 1.0, RULES) for _ in range(2))
    assert (z == kept).all() and inside.all()
    assert (one.labels == two.labels).all() and (one.coefficients == two.coefficients).all()


@pytest.mark.shared
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_vienna(shared_data: Path, noise: float) -> None:
    """Published slope and orientation of 1,209 planes >= 8 m2 and <= 60 degrees, plane numbers withheld (SOLAR, the bar)."""
    import geopandas as gpd
    import rasterio
    from rasterio.features import rasterize

    truth = gpd.read_file(shared_data / "vienna" / "roof_planes.gpkg")
    with rasterio.open(shared_data / "vienna" / "roof_z_05m.tif") as src:
        z, transform = src.read(1), src.transform
    with rasterio.open(shared_data / "vienna" / "plane_id_05m.tif") as src:
        number = src.read(1)
    z = np.where(z < -9000, np.nan, z)
    if noise:
        z = z + np.random.default_rng(1).normal(0.0, noise, z.shape)
    buildings = truth.dissolve("bldg_id").geometry
    owner = rasterize([(g, i + 1) for i, g in enumerate(buildings)], out_shape=z.shape, transform=transform, fill=0, dtype="int32")
    labels, tilt, azimuth = np.zeros(z.shape, int), [np.nan], [np.nan]
    for i in range(len(buildings)):
        row, col = np.nonzero(owner == i + 1)
        cut = (slice(row.min(), row.max() + 1), slice(col.min(), col.max() + 1))
        found = find_planes(z[cut].astype(np.float32), owner[cut] == i + 1, 0.5, RULES)
        member = found.labels > 0
        labels[cut][member] = found.labels[member] + len(tilt) - 1
        tilt.extend(tilt_deg(found.coefficients))
        azimuth.extend(azimuth_deg(found.coefficients))
    slope = 90.0 - truth["attr_dachneigung"]
    asked = truth[(truth["area3d"] >= 8.0) & (slope <= 60.0)].assign(slope=slope)
    # A plane that is not found counts with the worst of errors.
    of = {p: np.bincount(labels[number == p]).argmax() if (labels[number == p] > 0).any() else 0 for p in asked["pid"]}
    got = np.array([of[p] for p in asked["pid"]])
    tilt_error = np.nan_to_num(np.abs(np.array(tilt)[got] - asked["slope"].to_numpy()), nan=90.0)
    pitched = ((asked["slope"] >= 5.0) & (asked["attr_dachorientierung"] >= 0)).to_numpy()
    turned = np.nan_to_num(turn(np.array(azimuth)[got], asked["attr_dachorientierung"].to_numpy()), nan=180.0)[pitched]
    flat = (np.array(tilt)[got] < 5.0) == (asked["slope"] < 5.0)
    print(f"noise {noise} m, {len(asked)} planes: tilt MAE {tilt_error.mean():.2f} p90 {np.percentile(tilt_error, 90):.2f}, "
          f"azimuth MAE {turned.mean():.2f} p90 {np.percentile(turned, 90):.2f} deg, flat/pitched {flat.mean():.4f}")
    assert len(asked) == 1209
    assert tilt_error.mean() <= (0.2 if noise == 0 else 0.6) and np.percentile(tilt_error, 90) <= (0.2 if noise == 0 else 1.2)
    assert turned.mean() <= (0.4 if noise == 0 else 1.0) and np.percentile(turned, 90) <= (0.4 if noise == 0 else 1.5)
    assert flat.mean() >= (0.995 if noise == 0 else 0.97)


def test_planes_of_a_building_do_not_depend_on_those_searched_with_it() -> None:
    rng = np.random.default_rng(5)
    ones = []
    for k in range(12):
        east, north = centres(6 + k, 18 - k, 1.0)
        gable = 10.0 - np.abs(north + 3.0 + k / 2) * np.tan(np.radians(5.0 + 3 * k))
        z = np.maximum(gable, plane(east, north, 4.0 * k, 31.0 * k, 8.0)) + rng.normal(0.0, 0.01 * (k % 4), gable.shape)
        ones.append((z.astype(np.float32), rng.random(z.shape) < 0.97))
    ones.insert(4, (np.full((5, 5), np.nan, np.float32), np.ones((5, 5), bool)))
    together = search(ones, 1.0, RULES)
    assert max(len(found.fits) for found in together) > 2
    for one, found in zip(ones, together, strict=True):
        (alone,) = search([one], 1.0, RULES)
        for name, value in vars(alone).items():
            assert np.array_equal(value, getattr(found, name)), name
    assert search([], 1.0, RULES) == []
