"""A typical year out of many: for each month, the year whose days are most like those of all years."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
CANDIDATES = 3
# Fewer whole years say little of their spread: of five, the standard deviation itself is uncertain by a third.
YEARS_FOR_SPREAD = 5


class Typical(NamedTuple):
    """The chosen year of each month, and how it compares: shape (12,) each; sums per day in the unit of the input.

    `sigma_year` is the relative spread of single years, see `year_to_year`.
    """

    years: NDArray[np.int64]
    mean_of_year: FloatArray
    mean_of_all: FloatArray
    sigma_year: float = float("nan")


def finkelstein_schafer(days: FloatArray, all_days: FloatArray) -> float:
    """Mean distance between two cumulative distributions, at the days of the first (Finkelstein & Schafer 1971).

    FS = 1/n sum over the n days of |CDF(all) - CDF(own)|; doi:10.1093/biomet/58.3.641.

    >>> finkelstein_schafer(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0]))
    0.0
    """
    own, everything = np.sort(days), np.sort(all_days)
    below_own = np.searchsorted(own, own, side="right") / len(own)
    below_all = np.searchsorted(everything, own, side="right") / len(everything)
    return float(np.abs(below_all - below_own).mean())


def year_to_year(daily: FloatArray, year: NDArray[np.int64]) -> float:
    """How much single years differ: standard deviation of their sums over the mean of the sums.

    Parameters
    ----------
    daily
        Irradiation of each day, shape (days,); NaN on a day that is not whole.
    year
        Of each day, shape (days,).

    Returns
    -------
    float
        NaN with fewer than five whole years.

    >>> year_to_year(np.repeat([4.0, 5.0, 6.0, 5.0, 5.0], 365), np.repeat(np.arange(5), 365)).__round__(4)
    0.1414
    """
    sums = np.array([daily[year == y].sum() for y in np.unique(year) if np.count_nonzero(year == y) >= 365])
    sums = sums[np.isfinite(sums)]
    if len(sums) < YEARS_FOR_SPREAD or sums.mean() <= 0.0:
        return float("nan")
    return float(sums.std(ddof=1) / sums.mean())


def typical_months(daily: FloatArray, year: NDArray[np.int64], month: NDArray[np.int64]) -> Typical:
    """Choose a year for each month.

    In two steps as EN ISO 15927-4:2005, with global irradiation alone: of the years with the three smallest
    Finkelstein-Schafer distances of the month's days to those of all years, the one whose sum is nearest to the mean. (The
    standard ranks temperature and humidity too and decides by wind; roofs ask for irradiation.) Equal years: the first.

    Parameters
    ----------
    daily
        Irradiation of each day, shape (days,); NaN on a day that is not whole.
    year, month
        Of each day, shape (days,).

    Returns
    -------
    Typical
        `years` is 0 where no year has the whole month.

    >>> y = np.repeat(np.arange(2001, 2004), 31)
    >>> int(typical_months(np.repeat([1.0, 5.0, 2.0], 31), y, np.ones(93, dtype=int)).years[0])
    2003
    """
    years = np.zeros(12, dtype=np.int64)
    own, mean = np.full(12, np.nan), np.full(12, np.nan)
    for m in range(1, 13):
        here = month == m
        whole = [int(y) for y in np.unique(year[here]) if not np.isnan(daily[here & (year == y)]).any()]
        if not whole:
            continue
        days = [daily[here & (year == y)] for y in whole]
        everything = np.concatenate(days)
        mean[m - 1] = everything.mean()
        distance = np.array([finkelstein_schafer(d, everything) for d in days])
        near = np.argsort(distance, kind="stable")[:CANDIDATES]
        off = np.array([abs(days[i].mean() - mean[m - 1]) for i in near])
        best = near[np.argmin(off)]
        years[m - 1], own[m - 1] = whole[best], days[best].mean()
    return Typical(years, own, mean, year_to_year(daily, year))
