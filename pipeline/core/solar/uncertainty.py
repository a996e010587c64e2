"""How far a yield may be off: separate terms for each array, and what nine years of ten reach, for arrays and for sums of arrays.

All terms are relative standard uncertainties, taken as normal. The weather, the surface model and the models from irradiance to AC
are off in the same direction on all roofs of a town; a plane's fit and the edges of a footprint are off on each roof for itself, so
that they fade in the sum of a town.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.core.solar.irradiance import SkyHours, open_planes
from pipeline.core.solar.power import Mounting, PowerModel, array_year
from pipeline.core.solar.sky import Floats

# Quantile of the normal distribution that nine years of ten exceed.
P90_SIGMAS = 1.2816
TILT_STEP_DEG, AZIMUTH_STEP_DEG = 5.0, 15.0
TILTS_DEG = np.arange(0.0, 90.1, TILT_STEP_DEG)
# Rows and columns put around the table `Leaning`: the end of a spline is felt a thousandth as much five steps further in.
# Below level stand planes that lean the other way; above upright the rows go on as they come.
AROUND = 5


class Sigmas(NamedTuple):
    """Relative standard uncertainties of yields, each of shape (arrays,).

    Attributes
    ----------
    weather, surface, model
        Common to all arrays of a town: the year and its data, the surface model and what shades, the models from irradiance to AC.
    footprint, plane
        Independent from array to array: how many modules fit, tilt and azimuth.
    """

    weather: Floats
    surface: Floats
    model: Floats
    footprint: Floats
    plane: Floats


COMMON = ("weather", "surface", "model")


def p90(kwh: Floats, sigmas: Sigmas) -> Floats:
    """Yield of each array that nine years of ten reach: kwh (1 - 1.2816 sqrt(sum of squares)), not below 0.

    >>> one = np.ones(1)
    >>> p90(1000.0 * one, Sigmas(0.03 * one, 0.04 * one, 0 * one, 0 * one, 0 * one)).round(2).item()
    935.92
    """
    total = np.sqrt(np.sum(np.square(np.stack(sigmas)), axis=0))
    return np.asarray(kwh * np.maximum(1.0 - P90_SIGMAS * total, 0.0))


def p90_of_sum(kwh: Floats, sigmas: Sigmas, group: NDArray[np.int64], groups: int) -> Floats:
    """What nine years of ten reach, for sums of arrays (a building, a use, the town).

    Common terms add up as they are, independent ones as squares:
    sigma² = sum over common terms of (sum of kwh sigma)² + sum over independent terms and arrays of (kwh sigma)².

    Parameters
    ----------
    kwh
        Median yield of each array, shape (arrays,).
    sigmas
        Of each array.
    group
        Number of the sum each array belongs to, 0 .. groups - 1, shape (arrays,).
    groups
        Number of sums.

    Returns
    -------
    array of shape (groups,)
        Not below 0, nor below the sum of the arrays' own P90; of a single array `p90`.

    Examples
    --------
    >>> two, none = np.ones(2), np.zeros(2)
    >>> both = np.zeros(2, dtype=np.int64)
    >>> p90_of_sum(500.0 * two, Sigmas(none, none, none, 0.1 * two, none), both, 1).round(1).item()
    909.4
    >>> p90_of_sum(500.0 * two, Sigmas(0.1 * two, none, none, none, none), both, 1).round(1).item()
    871.8
    """
    total = np.bincount(group, kwh, groups)
    square = np.zeros(groups)
    for name, sigma in sigmas._asdict().items():
        off = kwh * sigma
        square += np.bincount(group, off, groups) ** 2 if name in COMMON else np.bincount(group, off**2, groups)
    return np.asarray(np.maximum(total - P90_SIGMAS * np.sqrt(square), 0.0))


def footprint_sigma(area_m2: Floats, edge_m: float) -> Floats:
    """Relative uncertainty of an area whose four edges are each off by `edge_m`, each for itself.

    Of a square of side a: sqrt(4 (a edge)²) / a² = 2 edge / a; longer shapes are off by more. At most 1.

    Parameters
    ----------
    area_m2
        Area of the modules, shape (arrays,).
    edge_m
        Standard uncertainty of an edge.

    >>> footprint_sigma(np.array([16.0, 100.0]), 0.2).tolist()
    [0.1, 0.04]
    """
    return np.asarray(np.minimum(2.0 * edge_m / np.sqrt(np.maximum(area_m2, 1e-9)), 1.0))


class Leaning(NamedTuple):
    """Yield of open planes by tilt (`TILTS_DEG`) and azimuth (every 15° from north) [kWh/kWp]."""

    yields: Floats

    def at(self, surface_tilt: Floats, surface_azimuth: Floats) -> Floats:
        """Yield of planes, by cubic splines; tilts above 90° as 90°."""
        behind = np.roll(self.yields, self.yields.shape[1] // 2, axis=1)[AROUND:0:-1]
        onward = np.pad(self.yields, ((0, AROUND), (0, 0)), mode="reflect", reflect_type="odd")
        around = np.pad(np.concatenate([behind, onward]), ((0, 0), (AROUND, AROUND)), mode="wrap")
        place = np.minimum(surface_tilt, 90.0) / TILT_STEP_DEG, np.mod(surface_azimuth, 360.0) / AZIMUTH_STEP_DEG
        return np.asarray(ndimage.map_coordinates(around, np.stack(place) + AROUND, cval=np.nan))


def leaning(hours: SkyHours, mounting: Mounting, model: PowerModel) -> Leaning:
    """The yearly yield of open planes of all tilts and azimuths.

    Parameters
    ----------
    hours
        From `irradiance.sky_hours`.
    mounting
        One value for all.
    model
        From the config.

    Returns
    -------
    Leaning
    """
    azimuth = np.arange(0.0, 360.0, AZIMUTH_STEP_DEG)
    tilts, azimuths = (a.ravel() for a in np.meshgrid(TILTS_DEG, azimuth, indexing="ij"))
    found = array_year(open_planes(tilts, azimuths), mounting, hours, model).energy_by_month.sum(axis=1).reshape(len(TILTS_DEG), -1)
    return Leaning(found)


def plane_sigma(surface_tilt: Floats, surface_azimuth: Floats, tilt_se_deg: Any, lean: Leaning) -> Floats:
    """Relative uncertainty of a year by the error of a plane's tilt and azimuth.

    A plane's fit is off by the same standard error in both components of its gradient (tan tilt, towards its azimuth and across), s =
    se(tilt) / cos² tilt: the steeper a plane, the better its azimuth is known. The year is read at the four planes that are one s
    off; the squares of the changes are averaged over the two signs and summed over the two axes. For a year that is linear in
    the gradient this is s² |grad|²; at the best tilt, where the slope is 0, it keeps what bends.

    Parameters
    ----------
    surface_tilt, surface_azimuth
        Of the planes, shape (planes,) [°].
    tilt_se_deg
        Standard error of the tilt, shape (planes,) or one value [°].
    lean
        From `leaning`.

    Returns
    -------
    array of shape (planes,)
        Change of the yield over the yield.
    """
    tilt, azimuth = np.radians(np.minimum(surface_tilt, 85.0)), np.radians(surface_azimuth)
    off = np.radians(np.asarray(tilt_se_deg, dtype=float)) / np.cos(tilt) ** 2
    own = lean.at(np.degrees(tilt), surface_azimuth)
    square = np.zeros(len(tilt))
    for down, across in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)):
        steep, side = np.tan(tilt) + down * off, across * off
        moved = lean.at(np.degrees(np.arctan(np.hypot(steep, side))), np.degrees(azimuth + np.arctan2(side, steep)))
        square += (moved / own - 1.0) ** 2 / 2.0
    return np.asarray(np.sqrt(square))
