"""Energy used at once: hour by hour the smaller of production and consumption, for every step of the ladders."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from pipeline.core.solar.compiled import kernel


@kernel
def used_at_once(hours, first, number, array, part, profile, use, load):
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
    steps, readings = load.shape
    used, made = np.zeros((steps, readings)), np.zeros(steps)
    production = np.zeros(hours.shape[1])
    for s in range(steps):
        if number[s] == 1:
            production[:] = 0.0
        for k in range(first[s], first[s + 1]):
            for h in range(production.size):
                production[h] += part[k] * hours[array[k], h]
        for h in range(production.size):
            made[s] += production[h]
            for r in range(readings):
                used[s, r] += min(production[h], profile[use[s], h] * load[s, r])
    return used, made
