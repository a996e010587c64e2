"""How a building's consumption stands beside the typical one of its use, and in what order to look at buildings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def gap(kwh_m2: Floats, typical_kwh_m2: Floats, floor_m2: Floats) -> Floats:
    """Consumption above the typical one [kWh]; NaN where either is not known, 0 below it.

    >>> gap(np.array([100.0, 20.0]), np.array([60.0, 25.0]), np.array([1000.0, 1000.0])).tolist()
    [40000.0, 0.0]
    """
    return np.asarray(np.maximum(kwh_m2 - typical_kwh_m2, 0.0) * floor_m2)


def step(share: Floats, ends: tuple[float, ...]) -> Ints:
    """Step of each share: 0 up to the first end, 1 up to the second ...; -1 where it is not known.

    >>> step(np.array([0.5, 0.9, 1.2, 1.51, np.nan]), (0.5, 1.0, 1.5)).tolist()
    [0, 1, 2, 3, -1]
    """
    return np.asarray(np.where(np.isnan(share), -1, np.searchsorted(np.asarray(ends), share, side="left")), dtype=np.int64)


def ranks(value: Floats, before: Ints) -> Ints:
    """Places by falling value, 1 is first; 0 where the value is not known.

    Parameters
    ----------
    value
        What counts, NaN where not known.
    before
        Among equal values the smaller one goes first (a year of a deadline), then the order given.

    >>> ranks(np.array([5.0, 9.0, np.nan, 5.0]), np.array([2030, 0, 0, 2027])).tolist()
    [3, 1, 0, 2]
    """
    order = np.lexsort((np.arange(len(value)), before, -np.nan_to_num(value, nan=-np.inf)))
    place = np.empty(len(value), dtype=np.int64)
    place[order] = np.arange(1, len(value) + 1)
    return np.where(np.isnan(value), 0, place)
