"""Where the sun stands, and whether a series of irradiance agrees with it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Sun(NamedTuple):
    """Sun of each moment: zenith as seen and as without air, azimuth clockwise from north [°], irradiance [W/m2]."""

    apparent_zenith: FloatArray
    true_zenith: FloatArray
    azimuth: FloatArray
    dni_extra: FloatArray


class Closure(NamedTuple):
    """How far GHI is from DHI + DNI cos z: mean absolute, root mean square and greatest difference [W/m2]."""

    mae: float
    rms: float
    worst: float


def sun_position(unix_s: FloatArray, latitude: float, longitude: float, altitude_m: float = 0.0) -> Sun:
    """Position of the sun and extraterrestrial irradiance.

    NREL's algorithm (Reda and Andreas 2004, doi:10.1016/j.solener.2003.12.003) and the series of Spencer (1971) by
    the day of the year, both through pvlib. Pressure from altitude by the standard atmosphere, 12 °C for refraction.

    Parameters
    ----------
    unix_s
        Moments as seconds since 1970-01-01 00:00 UTC, shape (n,).
    latitude, longitude
        Place, north and east positive [°].
    altitude_m
        Height above sea level [m].

    Returns
    -------
    Sun
        Four arrays of shape (n,).
    """
    from pvlib import atmosphere, irradiance, spa

    pressure_hpa = float(atmosphere.alt2pres(altitude_m)) / 100.0
    delta_t = 67.0  # seconds between terrestrial and universal time; pvlib's default, right to 5 s for 1995-2030
    refraction = 0.5667
    found = spa.solar_position(unix_s, latitude, longitude, altitude_m, pressure_hpa, 12.0, delta_t, refraction)
    moments = unix_s.astype("datetime64[s]")
    day = (moments.astype("datetime64[D]") - moments.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) + 1
    extra = np.asarray(irradiance.get_extra_radiation(day), dtype=np.float64)
    return Sun(np.asarray(found[0]), np.asarray(found[1]), np.asarray(found[4]) % 360.0, extra)


def closure(ghi: FloatArray, dni: FloatArray, dhi: FloatArray, true_zenith: FloatArray) -> Closure:
    """Difference between GHI and DHI + DNI cos z over all hours, night included.

    Parameters
    ----------
    ghi, dni, dhi
        Irradiance, shape (n,) [W/m2].
    true_zenith
        Zenith of the sun without refraction, shape (n,) [°].

    Returns
    -------
    Closure

    >>> closure(np.array([500.0]), np.array([800.0]), np.array([102.0]), np.array([60.0])).worst.__round__(6)
    2.0
    """
    miss = np.abs(ghi - dhi - dni * np.clip(np.cos(np.radians(true_zenith)), 0.0, None))
    return Closure(float(miss.mean()), float(np.sqrt((miss**2).mean())), float(miss.max()))
