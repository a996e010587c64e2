"""Heating degree days of a year, and heat brought from one year to another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Method(NamedTuple):
    """How degree days are summed: `base` less the mean of each day whose mean is up to `heated_to` [°C]; `with_limit` counts a day at the limit itself."""

    base: float
    heated_to: float
    with_limit: bool


# Eurostat, Energy statistics - cooling and heating degree days (nrg_chdd), reference metadata: 18 °C less the mean where it is 15 °C or less.
# DPR 412/1993 art. 1 c. 1 z: 20 °C less the mean over a conventional heating period; in use: the days whose mean is below 12 °C.
METHODS: dict[str, Method] = {"eurostat": Method(18.0, 15.0, True), "dpr412": Method(20.0, 12.0, False)}


def degree_days(temp_air: Floats, method: Method) -> float:
    """Heating degree days of a year of hours.

    Parameters
    ----------
    temp_air
        Air temperature of each hour, whole days, shape (24 n,) [°C].
    method
        One of `METHODS`.

    Returns
    -------
    float [K d]

    Raises
    ------
    ValueError
        When the hours are no whole days or one is not a number.

    >>> degree_days(np.repeat([15.0, 15.5, 8.0], 24), METHODS["eurostat"])
    13.0
    >>> degree_days(np.repeat([12.0, 11.0], 24), METHODS["dpr412"])
    9.0
    """
    hours = np.asarray(temp_air, dtype=np.float64)
    if hours.ndim != 1 or len(hours) % 24 or not np.isfinite(hours).all():
        raise ValueError(f"temperatures of shape {hours.shape}, {int((~np.isfinite(hours)).sum())} of them no number; expected 24 finite ones for each day")
    mean = hours.reshape(-1, 24).mean(axis=1)
    heated = mean <= method.heated_to if method.with_limit else mean < method.heated_to
    return float(np.where(heated, method.base - mean, 0.0).sum())


def normal_heat(heat: ArrayLike, degree_days_year: ArrayLike, degree_days_typical: ArrayLike) -> Floats:
    """Heat of a year brought to a typical year, in proportion to degree days.

    All of it is taken to follow the weather, hot water too, which does not. Covenant of Mayors, How to develop a Sustainable
    Energy Action Plan (JRC 2010), part II, temperature correction: local heat times mean over actual degree days.

    Parameters
    ----------
    heat
        As billed, any unit.
    degree_days_year, degree_days_typical
        Of that year and of a typical one, by the same method; NaN or not above 0 where not known.

    Returns
    -------
    array
        NaN where one of them is not known.

    >>> round(float(normal_heat(150.0, 1000.0, 1153.0)), 2)
    172.95
    """
    year, typical = np.asarray(degree_days_year, dtype=np.float64), np.asarray(degree_days_typical, dtype=np.float64)
    known = (year > 0.0) & (typical > 0.0)
    return np.asarray(np.where(known, np.asarray(heat, dtype=np.float64) * typical / np.where(known, year, 1.0), np.nan))
