"""From irradiance to AC energy: an independently written chain of pvlib's functions, and what must hold for any year."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pvlib
import pytest

from pipeline.core.solar.irradiance import open_planes, sky_hours
from pipeline.core.solar.power import HULD, Mounting, PowerModel, array_year, hourly_ac
from pipeline.core.solar.rowview import rack_ground_share, rack_sky_share
from tests.reference.solar import Hours, plain_energy, plain_power, pvgis_year, typical_year

CSI = PowerModel(HULD["pvgis5", "csi"], loss=0.1, ac_limit=0.9, albedo=0.2)


RACK, CLOSE = Mounting(26.9, 6.2), Mounting(20.0, 3.2)


@pytest.mark.parametrize("key", list(HULD))
def test_coefficients_are_those_of_pvlib(key: tuple[str, str]) -> None:
    g, t = np.array([15.0, 100.0, 500.0, 1000.0, 1200.0]), np.array([-10.0, 10.0, 25.0, 50.0, 70.0])
    scaled = tuple(1000.0 * c for c in HULD[key])
    np.testing.assert_allclose(
        pvlib.pvarray.huld(g, t, 1000.0, k=scaled), pvlib.pvarray.huld(g, t, 1000.0, cell_type=key[1], k_version=key[0]), rtol=1e-12
    )


def compare(year: Hours, model: PowerModel) -> None:
    tilts, azimuths = (a.ravel() for a in np.meshgrid([0.0, 30.0, 90.0], [0.0, 100.0, 180.0, 290.0], indexing="ij"))
    for how in (RACK, CLOSE):
        found = array_year(open_planes(tilts, azimuths), how, sky_hours(**year), model).energy_by_month.sum(axis=1)
        plant = {"albedo": model.albedo, "u0": how.u0, "u1": how.u1, "loss": model.loss, "ac_limit": model.ac_limit, "efficiency": model.inverter_efficiency}
        plain = [plain_energy(year, t, a, **plant) for t, a in zip(tilts, azimuths, strict=True)]
        np.testing.assert_allclose(found, plain, rtol=1e-9)


@pytest.mark.parametrize("place", [(40.35, 18.05), (-33.9, 18.4), (69.6, 18.9), (-0.2, -78.5), (-77.8, 166.7)], ids=["Apulia", "Cape Town", "Tromso", "Quito", "McMurdo"])
@pytest.mark.parametrize(("ac_limit", "efficiency"), [(2.0, 0.96), (0.6, 0.98)])
def test_energy_of_open_arrays_is_that_of_a_plain_chain(place: tuple[float, float], ac_limit: float, efficiency: float) -> None:
    compare(typical_year(*place), CSI._replace(ac_limit=ac_limit, inverter_efficiency=efficiency))


@pytest.mark.shared
def test_energy_of_open_arrays_on_the_pvgis_year(shared_data: Path) -> None:
    year = pvgis_year(shared_data / "pvgis" / "tmy_45.000_8.000_2005_2023.csv")
    compare(year, CSI)
    best = array_year(open_planes(35.0, 180.0), RACK, sky_hours(**year), CSI).energy_by_month.sum()
    assert 1200 < best < 1500  # northern Italy; with spectral effects, PVGIS's own maps show about 1,350 here


@pytest.mark.parametrize("ac_limit", [2.0, 0.5])
def test_each_hour_is_that_of_a_plain_chain(ac_limit: float) -> None:
    """The inverter's curve of part load and its cut are pvlib's own, hour by hour; the nights are there and dark."""
    year = typical_year(40.35, 18.05)
    planes = open_planes(np.linspace(0.0, 90.0, 40), np.linspace(0.0, 350.0, 40))
    found = {at.start: (at, ac) for at, ac in hourly_ac(planes, CLOSE, sky_hours(**year), CSI._replace(ac_limit=ac_limit))}
    assert sum(len(ac) for _, ac in found.values()) == 40
    for at, ac in found.values():
        assert ac.shape[1] == 8760
        assert (ac[:, year["ghi"] + year["dni"] + year["dhi"] == 0] == 0).all()
        for i in range(0, len(ac), 7):
            tilt, azimuth = planes.surface_tilt[at][i], planes.surface_azimuth[at][i]
            plain = plain_power(year, tilt, azimuth, albedo=0.2, u0=20.0, u1=3.2, loss=CSI.loss, ac_limit=ac_limit)
            np.testing.assert_allclose(ac[i], plain, rtol=1e-9, atol=1e-9)


def test_hours_make_the_months() -> None:
    year = typical_year(-33.9, 18.4)
    hours = sky_hours(**year)
    planes = open_planes([12.0, 50.0], [20.0, 270.0])
    months = array_year(planes, RACK, hours, CSI).energy_by_month
    (_, ac), = hourly_ac(planes, RACK, hours, CSI)
    by_month = np.stack([ac[:, year["month"] == m].sum(axis=1) for m in range(1, 13)], axis=1)
    np.testing.assert_allclose(by_month, months, rtol=1e-12)


def test_an_array_gives_the_same_in_any_company() -> None:
    hours = sky_hours(**typical_year(40.35, 18.05))
    tilts, azimuths = np.linspace(0, 60, 50), np.linspace(0, 359, 50)
    together = array_year(open_planes(tilts, azimuths), CLOSE, hours, CSI)
    alone = array_year(open_planes(tilts[37], azimuths[37]), CLOSE, hours, CSI)
    for one, many in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one[0], many[37])


def test_levels_of_next_to_nothing_are_level() -> None:
    """Tilts that are 0 but for rounding: pvlib's diffuse modifier has no number for them."""
    hours = sky_hours(**typical_year(40.35, 18.05))
    tilts = [0.0, 1e-13, 1e-7]
    found = array_year(open_planes(tilts, [180.0] * 3), RACK, hours, CSI).energy_by_month.sum(axis=1)
    np.testing.assert_allclose(found, found[0], rtol=1e-6)


@pytest.mark.shared
def test_power_of_pvgis_hours(shared_data: Path) -> None:
    """PVGIS prints G(i) before reflection and P after all losses: Faiman, Huld and loss must give P again."""
    path = shared_data / "pvgis" / "pvgis_hourly_Timeseries_45.000_8.000_SA2_10kWp_CIS_5_2a_2013_2014.json"
    rows = [r for r in json.loads(path.read_text())["outputs"]["hourly"] if r["G(i)"] > 100]
    g, air, wind, power = (np.array([r[k] for r in rows]) for k in ("G(i)", "T2m", "WS10m", "P"))
    # A plane that follows the sun reflects next to nothing of the beam.
    cell = pvlib.temperature.faiman(g, air, wind, 26.9, 6.2)
    dc = pvlib.pvarray.huld(g, cell, 10_000.0, k=tuple(10_000.0 * k for k in HULD["pvgis5", "cis"]))
    assert len(rows) == 2
    assert dc * 0.95 == pytest.approx(power, rel=0.06)


def test_clipping_is_told() -> None:
    hours = sky_hours(**typical_year(40.35, 18.05))
    free, cut = (array_year(open_planes(30.0, 180.0), RACK, hours, CSI._replace(ac_limit=limit)) for limit in (2.0, 0.5))
    assert free.clipped[0] == 0.0
    assert 0.02 < cut.clipped[0] < 0.3
    plain = plain_power(typical_year(40.35, 18.05), 30.0, 180.0, albedo=0.2, u0=26.9, u1=6.2, loss=CSI.loss, ac_limit=0.5)
    assert plain.max() == pytest.approx(0.5)
    assert cut.energy_by_month.sum() == pytest.approx(plain.sum())
    assert free.energy_by_month.min() >= 0.0


def test_a_close_roof_is_hotter_and_yields_less() -> None:
    hours = sky_hours(**typical_year(40.35, 18.05))
    rack, roof = (array_year(open_planes(30.0, 180.0), how, hours, CSI).energy_by_month.sum() for how in (RACK, CLOSE))
    assert 0.93 < roof / rack < 0.98


def test_row_shading_takes_direct_light_only() -> None:
    hours = sky_hours(**typical_year(40.35, 18.05))
    free, shaded, dark = (array_year(open_planes(10.0, 180.0), RACK._replace(row_shading=s), hours, CSI) for s in (0.0, 0.05, 1.0))
    assert free.shaded[0] == pytest.approx(free.unshaded[0])
    assert shaded.shaded[0] == pytest.approx(free.shaded[0] - 0.05 * (free.shaded[0] - dark.shaded[0]))
    assert dark.shaded[0] > 0.1 * free.shaded[0]


def test_rows_in_front_take_sky_and_ground_light() -> None:
    """Without direct light the year is that of the sky alone, and falls by the view factors of the rows."""
    year = {k: v.copy() for k, v in typical_year(40.35, 18.05).items()}
    tilt, gcr = 30.0, 0.6
    hours, dark = sky_hours(**year), RACK._replace(row_shading=1.0)
    alone = array_year(open_planes(tilt, 180.0), dark, hours, CSI).shaded[0]
    level = array_year(open_planes(tilt, 180.0), dark, hours, CSI._replace(albedo=0.0)).shaded[0]
    rows = dark._replace(sky_share=rack_sky_share(tilt, gcr), ground_share=rack_ground_share(tilt, gcr))
    found = array_year(open_planes(tilt, 180.0), rows, hours, CSI).shaded[0]
    assert found == pytest.approx(level * float(rack_sky_share(tilt, gcr)) + (alone - level) * float(rack_ground_share(tilt, gcr)))


def test_polar_night_and_midnight_sun() -> None:
    hours = sky_hours(**typical_year(69.6, 18.9))
    year = array_year(open_planes([40.0, 40.0], [180.0, 0.0]), RACK, hours, CSI).energy_by_month
    assert year[:, 11].max() < 0.005 * year[0].sum()  # December: no sun
    assert year[1, 5] > 0.5 * year[0, 5]  # June: a north roof has the midnight sun
    (_, ac), = hourly_ac(open_planes(40.0, 0.0), RACK, hours, CSI)
    assert ac[0, 171 * 24 : 172 * 24].min() > 0.0


def test_a_sky_turned_north_to_south_is_a_southern_sky() -> None:
    year = typical_year(40.35, 18.05)
    turned = year | {"solar_azimuth": (180.0 - year["solar_azimuth"]) % 360.0}
    tilts, azimuths = np.array([10.0, 35.0, 90.0, 60.0]), np.array([180.0, 100.0, 250.0, 0.0])
    north = array_year(open_planes(tilts, azimuths), CLOSE, sky_hours(**year), CSI).energy_by_month
    south = array_year(open_planes(tilts, (180.0 - azimuths) % 360.0), CLOSE, sky_hours(**turned), CSI).energy_by_month
    np.testing.assert_allclose(south, north, rtol=1e-9)
