"""Storm runoff: curve numbers and runoff coefficients, always surface by surface, then averaged."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
INCH_MM = 25.4
INITIAL_ABSTRACTION = 0.2  # share of the retention, USDA-NRCS, NEH 630 chapter 10


def runoff_mm(rain_mm: float, curve_number: ArrayLike) -> Floats:
    """Direct runoff of a storm from surfaces of one curve number each.

    S = 25400 / CN - 254 [mm]; Q = (P - 0.2 S)^2 / (P + 0.8 S) where P > 0.2 S, else 0 (USDA-NRCS, National Engineering
    Handbook, part 630, chapter 10; TR-55, 1986).

    Parameters
    ----------
    rain_mm
        Depth of the storm [mm].
    curve_number
        Of each surface, above 0 and up to 100.

    Returns
    -------
    array of the shape of `curve_number`
        Runoff depth [mm].

    Raises
    ------
    ValueError
        When the rain is negative or a curve number is outside 0 .. 100.

    >>> runoff_mm(60.0, [98, 61, 39]).round(3).tolist()
    [54.198, 3.988, 0.0]
    """
    cn = np.asarray(curve_number, dtype=np.float64)
    if rain_mm < 0 or ((cn <= 0) | (cn > 100)).any():
        raise ValueError(f"rain {rain_mm} mm, curve numbers {cn.min()} to {cn.max()}; expected rain from 0 and numbers above 0, up to 100")
    retention = 1000 * INCH_MM / cn - 10 * INCH_MM
    excess = np.maximum(rain_mm - INITIAL_ABSTRACTION * retention, 0.0)
    return np.divide(excess**2, rain_mm + (1 - INITIAL_ABSTRACTION) * retention, out=np.zeros_like(cn), where=excess > 0)


def weighted(areas: ArrayLike, values: ArrayLike) -> Floats:
    """Mean of a quantity over the surfaces of each zone, weighted by their areas.

    A curve number must not be averaged like this, only what follows from it: runoff is convex in the curve number.

    Parameters
    ----------
    areas
        Area of each surface in each zone, shape (zones, surfaces) or (surfaces,) [m2].
    values
        Of each surface, shape (surfaces,).

    Returns
    -------
    array of shape (zones,) or ()
        NaN where a zone has no area.

    >>> float(weighted([300, 200, 300], [0.95, 0.90, 0.10]))
    0.61875
    """
    area, value = np.asarray(areas, dtype=np.float64), np.asarray(values, dtype=np.float64)
    whole = area.sum(axis=-1)
    return np.asarray(np.divide(area @ value, whole, out=np.full(whole.shape, np.nan), where=whole > 0))


def runoff_m3(areas: ArrayLike, rain_mm: float, curve_numbers: ArrayLike) -> Floats:
    """Volume that runs off each zone, each surface by its own curve number.

    Parameters
    ----------
    areas
        Shape (zones, surfaces) or (surfaces,) [m2].
    rain_mm
        Depth of the storm [mm].
    curve_numbers
        Of each surface, shape (surfaces,).

    Returns
    -------
    array of shape (zones,) or () [m3]

    >>> round(float(runoff_m3([1000], 60.0, [98]) - runoff_m3([1000], 60.0, [61])), 1)
    50.2
    """
    return np.asarray(np.asarray(areas, dtype=np.float64) @ runoff_mm(rain_mm, curve_numbers) / 1000.0)
