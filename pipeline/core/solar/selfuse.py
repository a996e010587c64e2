"""Energy used at once: hour by hour the smaller of production and consumption, for every step of the ladders."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import summing_kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def used_at_once(hours: Floats, first: Ints, number: Ints, array: Ints, part: Floats, profile: Floats, use: Ints, load: Floats) -> tuple[Floats, Floats]:
    """Yearly production that is consumed in the hour it is made.

    Parameters
    ----------
    hours : array of shape (arrays, hours)
        AC energy of each array in the hours with light [kWh]; there is none in the others.
    first : int array of shape (steps + 1,)
        Where the additions of each step begin in `array` and `part`; see `ladder.shares_of`.
    number : int array of shape (steps,)
        1 where the ladder of a building begins.
    array : int array, part : array
        What each step adds: array, and share of its hours.
    profile : array of shape (uses, hours)
        Share of a year's consumption in each of the hours.
    use : int array of shape (steps,)
        Row of `profile`.
    load : array of shape (steps, readings)
        Yearly consumption [kWh], in several readings.

    Returns
    -------
    array of shape (steps, readings)
        Energy used at once [kWh].
    array of shape (steps,)
        Production [kWh].
    """
    used, made = np.zeros(load.shape), np.zeros(len(load))
    _used(hours, first, number, array, part, profile, use, load, np.zeros(hours.shape[1]), used, made)
    return used, made


@summing_kernel("f8[:,::1], i8[::1], i8[::1], i8[::1], f8[::1], f8[:,::1], i8[::1], f8[:,::1], f8[::1], f8[:,::1], f8[::1]")
def _used(hours, first, number, array, part, profile, use, load, production, used, made):  # type: ignore[no-untyped-def]
    for s in range(load.shape[0]):
        if number[s] == 1:
            for h in range(production.size):
                production[h] = 0.0
        for k in range(first[s], first[s + 1]):
            for h in range(production.size):
                production[h] += part[k] * hours[array[k], h]
        total = 0.0
        for h in range(production.size):
            total += production[h]
        made[s] = total
        for r in range(load.shape[1]):
            yearly, total = load[s, r], 0.0
            for h in range(production.size):
                total += min(production[h], profile[use[s], h] * yearly)
            used[s, r] = total
