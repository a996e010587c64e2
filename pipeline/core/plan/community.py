"""Energy shared below one primary substation, hour by hour, and what the tariff pays for it.

Shared energy of an hour is the smaller of what the plants feed in and what the members draw (D.Lgs 199/2021; DM 414/2023). Its premium goes by the
size of the plant and the hour's price of the zone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Premium(NamedTuple):
    """Tariff by size of plant, classes of shape (classes,) by rising size.

    Attributes
    ----------
    up_to_kw
        Largest power of each class.
    fixed, cap
        Fixed part, and largest sum of fixed and variable part [EUR/MWh].
    reference
        Price above which there is no variable part [EUR/MWh].
    correction
        For less sun, on top of the cap [EUR/MWh].
    """

    up_to_kw: Floats
    fixed: Floats
    cap: Floats
    reference: float
    correction: float


class Balance(NamedTuple):
    """A year of a community [kWh]: produced = own + fed_in, fed_in = shared + surplus, drawn = shared + left."""

    fed_in: float
    drawn: float
    shared: float
    surplus: float
    left: float


def premium(kw: ArrayLike, price: ArrayLike, terms: Premium) -> Floats:
    """Premium on shared energy [EUR/MWh]: min(cap; fixed + max(0; reference - price)) + correction.

    Parameters
    ----------
    kw
        Power of the plant; NaN comes back above the largest class.
    price
        Price of the zone in the hour [EUR/MWh]; shapes of the two go together.

    >>> terms = Premium(np.array([200.0, 600.0, 1000.0]), np.array([80.0, 70.0, 60.0]), np.array([120.0, 110.0, 100.0]), 180.0, 0.0)
    >>> premium(np.array([200.0, 201.0, 900.0, 1001.0]), 150.0, terms).tolist()
    [110.0, 100.0, 90.0, nan]
    """
    size = np.searchsorted(terms.up_to_kw, np.asarray(kw, dtype=np.float64), side="left")
    fixed, cap = (np.append(v, np.nan)[np.minimum(size, len(terms.up_to_kw))] for v in (terms.fixed, terms.cap))
    return np.asarray(np.minimum(cap, fixed + np.maximum(0.0, terms.reference - np.asarray(price, dtype=np.float64))) + terms.correction)


def shared_hours(fed_in: Floats, drawn: Floats) -> Floats:
    """Shared energy of each hour, shape (hours,)."""
    return np.minimum(fed_in, drawn)


def balance(fed_in: Floats, drawn: Floats) -> Balance:
    """The year's sums.

    Parameters
    ----------
    fed_in, drawn
        By the hour, shape (hours,) [kWh].

    >>> balance(np.array([0.0, 5.0, 2.0]), np.array([1.0, 3.0, 4.0]))
    Balance(fed_in=7.0, drawn=8.0, shared=5.0, surplus=2.0, left=3.0)
    """
    shared = shared_hours(fed_in, drawn)
    return Balance(float(fed_in.sum()), float(drawn.sum()), float(shared.sum()), float((fed_in - shared).sum()), float((drawn - shared).sum()))


def by_plant(fed_in: Floats, drawn: Floats) -> Floats:
    """Shared energy of each plant in each hour: in proportion to what it feeds in then.

    Parameters
    ----------
    fed_in
        Shape (plants, hours).
    drawn
        Of all members, shape (hours,).

    Returns
    -------
    array of shape (plants, hours)
        Its sum over the plants is `shared_hours`.
    """
    whole = fed_in.sum(axis=0)
    return np.asarray(fed_in * np.where(whole > 0.0, np.minimum(whole, drawn) / np.where(whole > 0.0, whole, 1.0), 0.0))


def by_member(loads: Floats, fed_in: Floats) -> Floats:
    """Shared energy of each member: in each hour in proportion to what it draws then.

    Parameters
    ----------
    loads
        Shape (members, hours).
    fed_in
        Of all plants, shape (hours,).

    Returns
    -------
    array of shape (members,)
        The sum is that of `shared_hours`.
    """
    drawn = loads.sum(axis=0)
    return np.asarray(loads @ np.where(drawn > 0.0, np.minimum(fed_in, drawn) / np.where(drawn > 0.0, drawn, 1.0), 0.0))


def members_for(fed_in: Floats, one: Floats, most: int, share: float) -> int:
    """Fewest equal members that share a part of what `most` of them would.

    Parameters
    ----------
    fed_in
        By the hour, shape (hours,).
    one
        What one member draws, shape (hours,).
    most
        All that could be members.
    share
        Part of their shared energy, 0-1.

    Returns
    -------
    int
        0 where nothing is shared. More members never share less, so halving finds it.
    """
    goal = share * float(shared_hours(fed_in, most * one).sum())
    if goal <= 0.0:
        return 0
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if float(shared_hours(fed_in, middle * one).sum()) >= goal else (middle, high)
    return high
