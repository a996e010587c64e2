"""The sky of Perez against pvlib, an independent code of the same model."""

from __future__ import annotations

import numpy as np
import pytest
from pvlib.atmosphere import get_relative_airmass
from pvlib.iam import martin_ruiz_diffuse
from pvlib.irradiance import perez_driesse

from pipeline.core.solar.perez import air_mass, sky_of
from pipeline.core.solar.power import ANGULAR_LOSS, diffuse_glass


def test_parts_of_the_sky_are_those_of_pvlib() -> None:
    rng = np.random.default_rng(1)
    zenith, dhi = rng.uniform(0.0, 95.0, 5000), rng.uniform(0.0, 500.0, 5000)
    dni = np.where(rng.random(5000) < 0.2, 0.0, rng.uniform(0.0, 1000.0, 5000))
    dhi[:200] = 0.0
    extra = rng.uniform(1320.0, 1415.0, 5000)
    with np.errstate(invalid="ignore"):
        theirs = perez_driesse(90.0, 180.0, dhi, dni, extra, zenith, rng.uniform(0.0, 360.0, 5000), return_components=True)
    ours = sky_of(dhi, dni, extra, zenith)
    assert ours.isotropic == pytest.approx(2.0 * theirs["poa_isotropic"], rel=1e-12, abs=1e-12)
    assert ours.band == pytest.approx(theirs["poa_horizon"], rel=1e-11, abs=1e-11)


def test_an_overcast_sky_has_no_bright_band_of_note_and_a_clear_one_is_bright_around_the_sun() -> None:
    overcast, clear = (sky_of(np.array([100.0]), np.array([dni]), np.array([1367.0]), np.array([40.0])) for dni in (0.0, 850.0))
    assert overcast.isotropic[0] > 95.0
    assert clear.isotropic[0] < 70.0 and clear.band[0] > 0.0


def test_air_mass_is_that_of_pvlib() -> None:
    zenith = np.linspace(0.0, 90.0, 91)
    assert air_mass(zenith) == pytest.approx(get_relative_airmass(zenith, "kastenyoung1989"), rel=1e-13)


def test_diffuse_light_passes_the_glass_as_in_pvlib() -> None:
    tilt = np.array([0.01, 1.0, 10.0, 37.0, 90.0, 120.0])
    theirs = martin_ruiz_diffuse(tilt, a_r=ANGULAR_LOSS)
    sky, ground = diffuse_glass(tilt)
    # Near level planes the published formula loses digits on the ground, of which such a plane sees nothing.
    assert sky == pytest.approx(theirs["sky"], rel=1e-12)
    assert ground == pytest.approx(theirs["ground"], rel=1e-12)
    assert diffuse_glass(np.array([0.0]))[1] == 0.0
