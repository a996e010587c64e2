"""A building's plant module by module: the best first, cut into usual sizes.

Every module takes its array's yield times its own share of light; all modules of a building are put in order of that
yield, so each further one gives at most what the one before gave and the curve of kWh over kWp is concave.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.uncertainty import COMMON, P90_SIGMAS, Sigmas

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A size is reached where the sum of the modules' powers is above it by rounding only [kWp].
EPS_KWP = 1e-9


class Modules(NamedTuple):
    """All modules, in the order of their arrays; each of shape (modules,).

    Attributes
    ----------
    array
        Array each belongs to, 0.. .
    kwp
        Peak power.
    kwh
        Yearly yield, median; their sum over an array is the array's.
    """

    array: Ints
    kwp: Floats
    kwh: Floats


class Steps(NamedTuple):
    """Steps of the ladders, by building and size; each of shape (steps,).

    Attributes
    ----------
    building
        Building each belongs to, as numbered in `array_building`.
    number
        1, 2, .. within the building.
    modules, kwp, kwh
        Summed up to the step.
    last
        Specific yield of the last module taken [kWh/kWp].
    end
        Where the step ends in `order`.
    order
        All modules, by building and falling yield, shape (modules,).
    """

    building: Ints
    number: Ints
    modules: Ints
    kwp: Floats
    kwh: Floats
    last: Floats
    end: Ints
    order: Ints


class Shares(NamedTuple):
    """What each step adds of each array: rows of equal length, sorted by step.

    Attributes
    ----------
    step, array
        Indices.
    part
        Share of the array's yearly energy that is added.
    """

    step: Ints
    array: Ints
    part: Floats


def modules_of(count: Ints, array_kwp: Floats, array_kwh: Floats, light: Floats | None = None) -> Modules:
    """Modules of arrays with their yields.

    Parameters
    ----------
    count
        Modules of each array, shape (arrays,); arrays of none have no rows.
    array_kwp, array_kwh
        Power and yearly yield of each.
    light
        Irradiation at each module over any unit, shape (modules,), in the order of the arrays; all alike where None.
        Only its ratio to the mean of the array counts. A value that is not a positive number stands for the mean.

    Returns
    -------
    Modules
    """
    array = np.repeat(np.arange(len(count)), count)
    each = np.ones(len(array)) if light is None else _relative(light, array, len(count))
    per = np.maximum(count, 1)[array]
    return Modules(array, array_kwp[array] / per, array_kwh[array] / per * each)


def _relative(light: Floats, array: Ints, arrays: int) -> Floats:
    """Light over the mean of the array; the mean of the result over each array is 1."""
    known = np.isfinite(light) & (light > 0.0)
    number = np.bincount(array, known, arrays)
    mean = np.bincount(array, np.where(known, light, 0.0), arrays) / np.maximum(number, 1)
    return np.where(known, light / np.where(number > 0, mean, 1.0)[array], 1.0)


def steps_of(modules: Modules, array_building: Ints, sizes_kwp: Floats) -> Steps:
    """Ladders of all buildings.

    Parameters
    ----------
    modules
        From `modules_of`.
    array_building
        Building of each array, 0.. .
    sizes_kwp
        Usual sizes, rising [kWp]. A step takes the modules that fit into the size; sizes that take no further module,
        or all, are left out, and the last step is all modules.

    Returns
    -------
    Steps
    """
    building = array_building[modules.array]
    specific = modules.kwh / modules.kwp
    order = np.lexsort((np.arange(len(building)), -specific, building))
    of, first = building[order], np.flatnonzero(np.r_[True, np.diff(building[order]) != 0]) if len(order) else np.empty(0, dtype=np.int64)
    bounds = np.append(first, len(order))
    upto = _cumulated(modules.kwp[order], bounds)
    rank = np.arange(len(order)) - np.repeat(first, np.diff(bounds))
    # The size class a module falls into: the first size that holds it; it ends a step where the next one is of another class.
    held = np.searchsorted(sizes_kwp + EPS_KWP, upto, side="left")
    ends = np.flatnonzero(np.r_[(np.diff(of) != 0) | (np.diff(held) != 0), True]) if len(order) else first
    kwh = _cumulated(modules.kwh[order], bounds)[ends]
    new = np.r_[True, np.diff(of[ends]) != 0] if len(ends) else np.empty(0, dtype=bool)
    number = np.arange(len(ends)) - np.maximum.accumulate(np.where(new, np.arange(len(ends)), 0)) + 1
    return Steps(of[ends], number, rank[ends] + 1, upto[ends], kwh, specific[order][ends], ends + 1, order)


def p90_of_steps(steps: Steps, modules: Modules, sigmas: Sigmas) -> Floats:
    """What nine years of ten reach at each step: `uncertainty.p90_of_sum` of the parts of the arrays it takes.

    Parameters
    ----------
    steps, modules
        From `steps_of`, `modules_of`.
    sigmas
        Of each array; the modules of an array are off together.

    Returns
    -------
    array of shape (steps,)
        [kWh]; that of a building's last step is the P90 of all its arrays.
    """
    array, kwh = modules.array[steps.order], modules.kwh[steps.order]
    bounds = _bounds(steps.building, steps.end)
    # Each module adds (before + own)² - before² to the square of its array's energy.
    by = np.argsort(array, kind="stable")
    before = np.empty(len(by))
    before[by] = _cumulated(kwh[by], np.r_[0, np.cumsum(np.bincount(array))] if len(by) else np.zeros(1, dtype=np.int64)) - kwh[by]
    square = np.zeros(len(steps.end))
    for name, sigma in sigmas._asdict().items():
        off = sigma[array]
        if name in COMMON:
            square += _cumulated(kwh * off, bounds)[steps.end - 1] ** 2
        else:
            square += _cumulated((2.0 * before + kwh) * kwh * off**2, bounds)[steps.end - 1]
    return np.asarray(np.maximum(steps.kwh - P90_SIGMAS * np.sqrt(square), 0.0))


def _bounds(building: Ints, end: Ints) -> Ints:
    """Where the modules of each building begin and end, from its steps."""
    last = np.r_[np.diff(building) != 0, True] if len(building) else np.zeros(0, dtype=bool)
    return np.r_[0, end[last]]


def _cumulated(values: Floats, bounds: Ints) -> Floats:
    """Sums from the first of each group on, shape of `values`; each group is summed on its own."""
    out, start, size = np.empty(len(values)), np.asarray(bounds)[:-1], np.diff(bounds)
    # Groups of about one size stand below one another.
    doubling = np.frexp(size)[1]
    for some in (np.flatnonzero(doubling == k) for k in np.unique(doubling[size > 0])):
        place = np.arange(size[some].max())
        own = place < size[some, np.newaxis]
        at = (start[some, np.newaxis] + place)[own]
        table = np.zeros(own.shape)
        table[own] = values[at]
        out[at] = np.cumsum(table, axis=1)[own]
    return out


def shares_of(steps: Steps, modules: Modules, array_kwh: Floats) -> Shares:
    """What each step adds to the one before, by array: what turns hours of arrays into hours of steps.

    The hours of a step are the sum over it and the steps before of `part` times the array's hours; their sum over the
    year is the step's yield.

    Parameters
    ----------
    steps, modules
        From `steps_of`, `modules_of`.
    array_kwh
        Yearly yield of each array.
    """
    arrays = max(len(array_kwh), 1)
    step = np.searchsorted(steps.end, np.arange(len(steps.order)), side="right")
    pairs, of = np.unique(step * arrays + modules.array[steps.order], return_inverse=True)
    added, number = np.bincount(of, modules.kwh[steps.order], len(pairs)), np.bincount(of, minlength=len(pairs))
    array = pairs % arrays
    whole, count = array_kwh[array], np.bincount(modules.array, minlength=arrays)[array]
    # Of an array that yields nothing modules are counted.
    return Shares(pairs // arrays, array, np.where(whole > 0.0, added / np.where(whole > 0.0, whole, 1.0), number / count))


def taken_upto(steps: Steps, shares: Shares, array_building: Ints) -> tuple[Floats, Ints]:
    """Share of each array's yearly energy that a step and those before it take.

    Parameters
    ----------
    steps, shares
        From `steps_of`, `shares_of`.
    array_building
        Building of each array, rising.

    Returns
    -------
    array of shape (n,)
        By step, and for each step by the arrays of its building.
    array of shape (steps + 1,)
        Where each step begins and, last, n.
    """
    start, place = _by_step_and_array(steps.building, array_building)
    added, own = np.zeros(len(place)), start[shares.step]
    added[own + shares.array - place[own]] = shares.part
    # Summed up array by array.
    order = np.lexsort((np.arange(len(place)), place))
    taken = np.empty(len(place))
    taken[order] = _cumulated(added[order], np.r_[0, np.cumsum(np.bincount(place))] if len(place) else np.zeros(1, dtype=np.int64))
    return taken, start


def added_by(taken: Floats, building: Ints, array_building: Ints) -> Shares:
    """What each step adds, from what it takes with those before it: `taken_upto` undone.

    Parameters
    ----------
    taken
        From `taken_upto`.
    building
        Building of each step, rising.
    array_building
        Building of each array, rising.
    """
    start, place = _by_step_and_array(building, array_building)
    number = np.diff(start)
    step = np.repeat(np.arange(len(building)), number)
    again = np.r_[False, building[1:] == building[:-1]] if len(building) else np.zeros(0, dtype=bool)
    later = again[step]
    before = np.zeros(len(taken))
    # The step before takes of the same arrays.
    before[later] = taken[np.flatnonzero(later) - number[step[later]]]
    some = taken > before
    return Shares(step[some], place[some], (taken - before)[some])


def _by_step_and_array(building: Ints, array_building: Ints) -> tuple[Ints, Ints]:
    """Rows for each step and each array of its building: where those of a step begin and, last, their number; the array of each."""
    first, last = (np.searchsorted(array_building, building, side=side) for side in ("left", "right"))
    start = np.concatenate(([0], np.cumsum(last - first)))
    return start, np.arange(start[-1]) - np.repeat(start[:-1] - first, last - first)
