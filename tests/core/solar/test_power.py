"""From irradiance to AC energy: an independently written chain of pvlib's functions, and what must hold for any year."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pvlib
import pytest

from pipeline.core.solar.irradiance import open_planes, sky_hours
from pipeline.core.solar.power import HULD, Mounting, PowerModel, array_year, p90_share
from tests.reference.solar import Hours, plain_energy, pvgis_year, typical_year

CSI = PowerModel(HULD["pvgis5", "csi"], system_loss=0.14, ac_limit=0.9, albedo=0.2)


def mounting(count: int, u0: float = 26.9, u1: float = 6.2, row_shading: float = 0.0) -> Mounting:
    return Mounting(np.full(count, u0), np.full(count, u1), np.full(count, row_shading))


@pytest.mark.parametrize("key", list(HULD))
def test_coefficients_are_those_of_pvlib(key: tuple[str, str]) -> None:
    g, t = np.array([15.0, 100.0, 500.0, 1000.0, 1200.0]), np.array([-10.0, 10.0, 25.0, 50.0, 70.0])
    scaled = tuple(1000.0 * c for c in HULD[key])
    np.testing.assert_allclose(
        pvlib.pvarray.huld(g, t, 1000.0, k=scaled), pvlib.pvarray.huld(g, t, 1000.0, cell_type=key[1], k_version=key[0]), rtol=1e-12
    )


def compare(year: Hours, ac_limit: float) -> None:
    tilts, azimuths = (a.ravel() for a in np.meshgrid([0.0, 30.0, 90.0], [0.0, 100.0, 180.0], indexing="ij"))
    for u0, u1 in ((26.9, 6.2), (20.0, 3.2)):
        model = CSI._replace(ac_limit=ac_limit)
        found = array_year(open_planes(tilts, azimuths), mounting(9, u0, u1), sky_hours(**year), model).energy_by_month.sum(axis=1)
        plain = [plain_energy(year, t, a, albedo=0.2, u0=u0, u1=u1, loss=0.14, ac_limit=ac_limit) for t, a in zip(tilts, azimuths, strict=True)]
        np.testing.assert_allclose(found, plain, rtol=1e-6)


@pytest.mark.parametrize(("latitude", "longitude"), [(40.35, 18.05), (-33.9, 18.4)])
@pytest.mark.parametrize("ac_limit", [2.0, 0.6])
def test_energy_of_open_arrays_is_that_of_a_plain_chain(latitude: float, longitude: float, ac_limit: float) -> None:
    compare(typical_year(latitude, longitude), ac_limit)


@pytest.mark.shared
def test_energy_of_open_arrays_on_the_pvgis_year(shared_data: Path) -> None:
    year = pvgis_year(shared_data / "pvgis" / "tmy_45.000_8.000_2005_2023.csv")
    compare(year, 0.9)
    best = array_year(open_planes(35.0, 180.0), mounting(1), sky_hours(**year), CSI).energy_by_month.sum()
    assert 1200 < best < 1500  # northern Italy; with spectral effects, PVGIS's own maps show about 1,350 here


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


def test_months_make_the_year_and_clipping_is_told() -> None:
    hours = sky_hours(**typical_year(40.35, 18.05))
    free = array_year(open_planes(30.0, 180.0), mounting(1), hours, CSI._replace(ac_limit=2.0))
    cut = array_year(open_planes(30.0, 180.0), mounting(1), hours, CSI._replace(ac_limit=0.5))
    assert free.clipped[0] == 0.0
    assert cut.clipped[0] == pytest.approx(1 - cut.energy_by_month.sum() / free.energy_by_month.sum(), rel=1e-9)
    assert (cut.energy_by_month <= free.energy_by_month).all()
    assert free.energy_by_month.min() >= 0.0


def test_a_close_roof_is_hotter_and_yields_less() -> None:
    hours = sky_hours(**typical_year(40.35, 18.05))
    rack, roof = (array_year(open_planes(30.0, 180.0), mounting(1, *u), hours, CSI).energy_by_month.sum() for u in ((26.9, 6.2), (20.0, 3.2)))
    assert 0.93 < roof / rack < 0.98


def test_row_shading_takes_direct_light_only() -> None:
    hours = sky_hours(**typical_year(40.35, 18.05))
    free, shaded, dark = (array_year(open_planes(10.0, 180.0), mounting(1, row_shading=s), hours, CSI) for s in (0.0, 0.05, 1.0))
    assert free.shaded[0] == pytest.approx(free.unshaded[0])
    assert shaded.shaded[0] == pytest.approx(free.shaded[0] - 0.05 * (free.shaded[0] - dark.shaded[0]))
    assert dark.shaded[0] > 0.1 * free.shaded[0]


def test_p90_adds_independent_parts() -> None:
    assert p90_share(np.array([[0.0, 0.0, 0.0], [0.04, 0.03, 0.0]])) == pytest.approx([1.0, 1 - 1.2816 * 0.05])
    assert p90_share(np.array([2.0])) == 0.0
