"""The sky of Perez in the continuous form of Driesse: how bright the circumsolar region and the band at the horizon are.

pvlib has the same model, and a test holds this against it; it is written out here because every stage that needs the
sky would first spend most of a second on importing pvlib.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Quadratic splines over the clearness: knots, and coefficients of F11, F12, F13, F21, F22, F23 (Driesse, Jensen & Perez 2024,
# doi:10.1016/j.solener.2023.112093, for the set "all sites composite 1990" of Perez et al. 1990, doi:10.1016/0038-092X(90)90055-H).
_KNOTS = np.array([0.0, 0.0, 0.0, 0.061, 0.187, 0.333, 0.487, 0.643, 0.778, 0.839, 1.0, 1.0, 1.0])
_SPLINES = np.array(
    [
        (-0.053, 0.529, -0.028, -0.071, 0.061, -0.019),
        (-0.008, 0.588, -0.062, -0.060, 0.072, -0.022),
        (0.131, 0.770, -0.167, -0.026, 0.106, -0.032),
        (0.328, 0.471, -0.216, 0.069, -0.105, -0.028),
        (0.557, 0.241, -0.300, 0.086, -0.085, -0.012),
        (0.861, -0.323, -0.355, 0.240, -0.467, -0.008),
        (1.212, -1.239, -0.444, 0.305, -0.797, 0.047),
        (1.099, -1.847, -0.365, 0.275, -1.132, 0.124),
        (0.544, 0.157, -0.213, 0.118, -1.455, 0.292),
        (0.544, 0.157, -0.213, 0.118, -1.455, 0.292),
    ]
)
KAPPA = 1.041  # of the clearness, zenith in radians
MOST_CIRCUMSOLAR = 0.9  # upper limit of F1, Driesse et al. 2024


class Sky(NamedTuple):
    """Diffuse light by where it comes from, each of shape (hours,) [W/m2].

    Attributes
    ----------
    isotropic
        Of the evenly bright sky, on an open horizontal plane.
    band
        Of the band at the horizon, on a vertical plane; may be negative.
    """

    isotropic: Floats
    band: Floats


def sky_of(dhi: Floats, dni: Floats, dni_extra: Floats, solar_zenith: Floats) -> Sky:
    """Share the diffuse light of hours among the parts of the sky.

    Parameters
    ----------
    dhi, dni, dni_extra
        Diffuse horizontal, direct normal and extraterrestrial normal irradiance, shape (hours,) [W/m2].
    solar_zenith
        Apparent zenith of the sun [°].

    Returns
    -------
    Sky
        What is left of `dhi` comes from around the sun.
    """
    zenith = np.radians(solar_zenith)
    bright = dhi * air_mass(solar_zenith) / dni_extra
    clear = np.where(dhi > 0.0, dni / np.where(dhi + dni > 0.0, dhi + dni, 1.0), 0.0)
    clear = clear / (1.0 + KAPPA * zenith**3 * (1.0 - clear))
    f11, f12, f13, f21, f22, f23 = _read(clear)
    around = np.clip(f11 + f12 * bright + f13 * zenith, 0.0, MOST_CIRCUMSOLAR)
    return Sky(dhi * (1.0 - around), dhi * (f21 + f22 * bright + f23 * zenith))


def air_mass(solar_zenith: Floats) -> Floats:
    """Relative air mass (Kasten & Young 1989, doi:10.1364/AO.28.004735), below the horizon that of the horizon.

    >>> air_mass(np.array([0.0, 60.0, 90.0, 95.0])).round(3)
    array([ 1.   ,  1.994, 37.92 , 37.92 ])
    """
    low = np.minimum(solar_zenith, 90.0)
    return np.asarray(1.0 / (np.cos(np.radians(low)) + 0.50572 * (96.07995 - low) ** -1.6364))


def _read(clear: Floats) -> tuple[Floats, ...]:
    """The six coefficients at clearnesses 0..1, by de Boor's recursion on the three splines that reach each."""
    at = np.clip(np.searchsorted(_KNOTS, clear, side="right") - 1, 2, len(_SPLINES) - 1)
    t = [_KNOTS[at + k] for k in (-1, 0, 1, 2)]
    left, right = (clear - t[0]) / (t[2] - t[0]), (clear - t[1]) / (t[3] - t[1])
    inner = (clear - t[1]) / (t[2] - t[1])
    first, second, third = (_SPLINES[at + k].T for k in (-2, -1, 0))
    low, high = (1.0 - left) * first + left * second, (1.0 - right) * second + right * third
    return tuple((1.0 - inner) * low + inner * high)
