"""Irradiance on planes: pvlib's own sums where nothing shades, a slow year where something does."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.solar.horizon import plane_horizons
from pipeline.core.solar.irradiance import (
    SUN_STEPS_H,
    Planes,
    lit_position,
    open_planes,
    plane_hours,
    sky_hours,
    sun_vectors,
    sun_way,
    year_sums,
)
from pipeline.core.solar.sky import ELEVATIONS, SECTORS, summarise
from pipeline.errors import InputError
from tests.reference.solar import Hours, brute_horizon, brute_year, plain_poa, pvgis_year, town, typical_year

TILTS, AZIMUTHS = (0.0, 12.0, 35.0, 60.0, 90.0), (0.0, 45.0, 77.0, 135.0, 180.0, 225.0, 255.0, 315.0)
PLACES = {"Apulia": (40.35, 18.05), "Cape Town": (-33.9, 18.4), "Tromso": (69.6, 18.9), "Quito": (-0.2, -78.5), "McMurdo": (-77.8, 166.7)}


@lru_cache
def year_at(place: str) -> Hours:
    return typical_year(*PLACES[place])


def walled(horizon_deg: np.ndarray, tilt: float, azimuth: float) -> Planes:
    seen = summarise(np.tan(np.radians(horizon_deg))[None, :], np.array([0, 1]), np.array([tilt]), np.array([azimuth]))
    return Planes(np.array([tilt]), np.array([azimuth]), seen.sky_view, seen.lit_share)


def grid() -> tuple[np.ndarray, np.ndarray]:
    tilts, azimuths = np.meshgrid(TILTS, AZIMUTHS, indexing="ij")
    return tilts.ravel(), azimuths.ravel()


@pytest.mark.parametrize("place", PLACES)
def test_open_planes_get_what_pvlib_says_hour_by_hour(place: str) -> None:
    year = year_at(place)
    tilts, azimuths = grid()
    light = (year["ghi"] > 0) | (year["dni"] > 0) | (year["dhi"] > 0)
    for at, hours in plane_hours(open_planes(tilts, azimuths), sky_hours(**year), 0.2):
        for i, (tilt, azimuth) in enumerate(zip(tilts[at], azimuths[at], strict=True)):
            plain = plain_poa(year, tilt, azimuth, 0.2)
            np.testing.assert_allclose(hours.unshaded[i], plain["poa_global"][light], rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(hours.direct[i] + hours.sky[i] + hours.ground[i], hours.unshaded[i], rtol=1e-9, atol=1e-9)
            assert plain["poa_global"][~light].sum() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.shared
def test_open_planes_on_the_pvgis_year(shared_data: Path) -> None:
    year = pvgis_year(shared_data / "pvgis" / "tmy_45.000_8.000_2005_2023.csv")
    tilts, azimuths = grid()
    sums = year_sums(open_planes(tilts, azimuths), sky_hours(**year), 0.2)
    plain = [plain_poa(year, t, a, 0.2)["poa_global"].sum() / 1000 for t, a in zip(tilts, azimuths, strict=True)]
    np.testing.assert_allclose(sums.unshaded, plain, rtol=1e-9)
    np.testing.assert_allclose(sums.shaded_by_month.sum(axis=1), sums.unshaded, rtol=1e-9)


def test_planes_towards_the_equator_get_most() -> None:
    for place, best, worst in (("Apulia", 180.0, 0.0), ("Cape Town", 0.0, 180.0)):
        sums = year_sums(open_planes([30.0, 30.0], [best, worst]), sky_hours(**year_at(place)), 0.2)
        assert sums.unshaded[0] > 1.3 * sums.unshaded[1]


def test_a_south_wall_takes_the_winter_sun_and_leaves_the_summer_sun() -> None:
    off = np.radians(np.arange(SECTORS) * 5.0 - 180.0)
    wall = np.degrees(np.arctan(np.maximum(np.cos(off), 0.0)))  # as high as far away, endless from east to west
    hours = sky_hours(**year_at("Apulia"))
    (_, shaded), = plane_hours(walled(wall, 0.0, 0.0), hours, 0.2)
    (_, free), = plane_hours(open_planes(0.0, 0.0), hours, 0.2)
    december, june = hours.month == 11, hours.month == 5
    assert shaded.direct[0, december].sum() < 0.02 * free.direct[0, december].sum()
    assert shaded.direct[0, june].sum() > 0.93 * free.direct[0, june].sum()


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0, 90), st.floats(0, 360), st.sampled_from(list(PLACES)))
def test_a_higher_horizon_never_adds_light(seed: int, tilt: float, azimuth: float, place: str) -> None:
    rng = np.random.default_rng(seed)
    low = np.clip(rng.normal(5, 15, SECTORS), 0, 80)
    high = np.clip(low + np.clip(rng.normal(0, 10, SECTORS), 0, None), 0, 85)
    hours = sky_hours(**year_at(place))
    free, less, least = (year_sums(walled(h, tilt, azimuth), hours, 0.2) for h in (np.zeros(SECTORS), low, high))
    assert free.shaded_by_month.sum() == pytest.approx(free.unshaded[0])
    assert (less.shaded_by_month <= free.shaded_by_month + 1e-6).all()
    assert least.shaded_by_month.sum() <= less.shaded_by_month.sum() * 1.0005
    assert (least.shaded_by_month >= 0).all()


def test_east_and_west_walls_are_alike_where_the_days_are() -> None:
    """With the sun's year mirrored at noon, a wall in the east costs what the same wall in the west costs."""
    year = {k: v.copy() for k, v in year_at("Apulia").items()}
    mirrored = {k: v[::-1].copy() for k, v in year.items()}
    mirrored["solar_azimuth"] = 360.0 - mirrored["solar_azimuth"]
    east, west = np.zeros(SECTORS), np.zeros(SECTORS)
    east[10:27], west[46:63] = 25.0, 25.0
    here = year_sums(walled(east, 20.0, 150.0), sky_hours(**year), 0.2).shaded_by_month.sum()
    there = year_sums(walled(west, 20.0, 210.0), sky_hours(**mirrored), 0.2).shaded_by_month.sum()
    assert here == pytest.approx(there, rel=1e-9)


@pytest.mark.parametrize("place", ["Apulia", "Tromso"])
def test_the_sun_between_the_hours_is_where_it_is(place: str) -> None:
    year = year_at(place)
    times = pd.date_range("2021-01-01 00:30", periods=8760, freq="h", tz="UTC")
    way = sun_way(sun_vectors(year["solar_zenith"], year["solar_azimuth"]))
    for i in (0, len(SUN_STEPS_H) - 1):
        sun = pvlib.solarposition.get_solarposition(times + pd.Timedelta(hours=SUN_STEPS_H[i]), *PLACES[place])
        true = sun_vectors(sun["apparent_zenith"].to_numpy(), sun["azimuth"].to_numpy())
        apart = np.degrees(np.arccos(np.clip((true * way[:, i]).sum(axis=1), -1, 1)))
        day = (sun["apparent_elevation"] > 1).to_numpy()
        assert apart[day].max() < 0.45  # where refraction bends the way near the horizon
        assert apart[day].mean() < 0.1


def test_positions_in_the_lit_share_wrap_at_north() -> None:
    at, part = lit_position(sun_vectors(np.array([59.0, 9.0]), np.array([357.5, 0.0])))
    assert at.tolist() == [71 * 45 + 15, 40]
    assert part[0] == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(("seed", "place", "stretch"), [(1, "Apulia", 1.0), (5, "Tromso", 1.0), (2, "Apulia", 3.0)])
def test_shaded_years_agree_with_single_cells_and_the_sun_every_six_minutes(seed: int, place: str, stretch: float) -> None:
    """Low, and three times as high (flat roofs only), where some lose a third of their light."""
    year = year_at(place)
    surface, owner, tilts, azimuths = town(seed, size=110)
    if stretch > 1.0:
        surface, owner = surface * np.float32(stretch), np.where((owner >= 0) & (tilts[owner] == 0.0), owner, -1).astype(np.int32)
    seen = plane_horizons(surface, owner, 1.0, tilts, azimuths, reach_m=55.0, lift_m=0.1)
    hours = sky_hours(**year)
    sums = year_sums(Planes(tilts, azimuths, seen.sky_view, seen.lit_share), hours, 0.2)
    found = sums.shaded_by_month.sum(axis=1)
    worst = [p for p in np.argsort(found / sums.unshaded) if seen.cells[p]][::12][:2]
    assert found[worst[0]] < (0.75 if stretch > 1.0 else 0.95) * sums.unshaded[worst[0]]
    times = pd.date_range("2021-01-01 00:30", periods=8760, freq="h", tz="UTC")
    moments = (times.tz_localize(None).to_numpy()[:, None] + (np.arange(-4.5, 5) * 360).astype("timedelta64[s]")).ravel()
    sun = pvlib.solarposition.get_solarposition(pd.DatetimeIndex(moments).tz_localize("UTC"), *PLACES[place])
    way = sun[["apparent_elevation", "azimuth"]].to_numpy().reshape(8760, 10, 2)
    errors = []
    for p in worst:
        rows, cols = np.nonzero(owner == p)
        cells = [brute_horizon(surface, 1.0, r, c, surface[r, c] + 0.1, np.arange(720) / 2, 55.0, 0.05, 5) for r, c in zip(rows, cols, strict=True)]
        errors.append(found[p] / brute_year(year, way, np.array(cells), tilts[p], azimuths[p], 0.2) - 1)
    assert np.abs(errors).mean() <= 0.005
    assert np.abs(errors).max() <= 0.01


def test_hours_without_a_value_are_refused() -> None:
    year = {k: v.copy().astype(float) for k, v in year_at("Apulia").items()}
    year["dhi"][100] = np.nan
    year["dni"][7] = -3.0
    with pytest.raises(InputError) as caught:
        sky_hours(**year)
    assert len(caught.value.problems) == 2


def test_sums_do_not_depend_on_company() -> None:
    hours = sky_hours(**year_at("Apulia"))
    tilts, azimuths = np.linspace(0, 60, 130), np.linspace(0, 359, 130)
    together = year_sums(open_planes(tilts, azimuths), hours, 0.2)
    alone = year_sums(open_planes(tilts[97], azimuths[97]), hours, 0.2)
    np.testing.assert_array_equal(together.shaded_by_month[97], alone.shaded_by_month[0])


def test_a_plane_that_sees_nothing_receives_nothing() -> None:
    dark = Planes(np.array([0.0]), np.array([180.0]), np.array([0.0]), np.zeros((1, SECTORS, ELEVATIONS), dtype=np.uint8))
    hours = sky_hours(**year_at("Apulia"))
    ((_, light),) = plane_hours(dark, hours, 0.2)
    sums = year_sums(dark, hours, 0.2).shaded_by_month
    # A share of 24 bits leaves a ten-millionth, never less than nothing.
    assert light.direct.min() >= 0.0 and light.direct.max() < 3e-4
    assert sums.min() >= 0.0 and sums.max() < 1e-5


def test_the_sun_is_turned_into_the_grid() -> None:
    """A plane facing 150 on a grid turned by 20 degrees sees what a plane facing 170 sees under true north."""
    columns = {k: np.array(v, dtype=float) for k, v in {"month": [6, 6], "ghi": [740, 424], "dni": [750, 600], "dhi": [90, 80], "temp_air": [25, 25], "wind_speed": [2, 2], "solar_zenith": [30, 55], "solar_azimuth": [150, 260], "dni_extra": [1330, 1330]}.items()}
    turned = year_sums(open_planes([30.0], [150.0]), sky_hours(**columns, grid_convergence_deg=20.0), 0.2)
    straight = year_sums(open_planes([30.0], [170.0]), sky_hours(**columns), 0.2)
    np.testing.assert_allclose(turned.unshaded, straight.unshaded, rtol=1e-12)
