"""Yearly sums of bills: whole years as they stand, months where all twelve are there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MONTHS = 12


class Years(NamedTuple):
    """Sums of one kind of energy by (building, year).

    Attributes
    ----------
    kwh
        Sum of the year; NaN where it is not whole, shape (groups,).
    months
        Months that are known: 12 of a yearly bill, shape (groups,).
    shares
        Share of each month; NaN where only a yearly bill is known, shape (groups, 12).
    """

    kwh: Floats
    months: Ints
    shares: Floats


def yearly(group: Ints, month: Ints, kwh: Floats, groups: int) -> Years:
    """Sum bills to years.

    Parameters
    ----------
    group
        (Building, year) of each bill, 0.. .
    month
        1..12, or 0 for a bill of the whole year; each stands once in a group, and no month beside a whole year.
    kwh
        Energy, NaN where not known.
    groups
        Number of groups.

    Returns
    -------
    Years

    >>> found = yearly(np.array([0, 1, 1]), np.array([0, 1, 2]), np.array([10.0, 3.0, 4.0]), 2)
    >>> found.kwh.tolist(), found.months.tolist()
    ([10.0, nan], [12, 2])
    """
    known = np.isfinite(kwh)
    whole = known & (month == 0)
    by_month = known & (month > 0)
    table = np.full((groups, MONTHS), np.nan)
    table[group[by_month], month[by_month] - 1] = kwh[by_month]
    number = np.isfinite(table).sum(axis=1)
    total = table.sum(axis=1)
    total[group[whole]] = kwh[whole]
    number[group[whole]] = MONTHS
    positive = np.where(total > 0.0, total, np.nan)
    return Years(total, number.astype(np.int64), table / positive[:, np.newaxis])
