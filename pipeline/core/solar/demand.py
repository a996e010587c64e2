"""Yearly consumption of buildings from their outline, height and use: right on average over many, rough for one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def storeys_of(height_m: Floats, storey_m: float, by_height: NDArray[np.bool_], assumed_m: float) -> Floats:
    """Storeys of buildings: height over that of a storey, whole, at least 1.

    Parameters
    ----------
    height_m
        Above ground, NaN where not known.
    storey_m
        Height of a storey with its floor.
    by_height
        False for halls, which have one storey whatever their height.
    assumed_m
        Height taken where it is not known.
    """
    height = np.where(np.isnan(height_m), assumed_m, height_m)
    return np.where(by_height, np.maximum(np.round(height / storey_m), 1.0), 1.0)


def dwellings_of(floor_m2: Floats, net_of_gross: float, dwelling_m2: float) -> Floats:
    """Dwellings that a floor area holds, whole, at least 1.

    >>> dwellings_of(np.array([40.0, 130.0, 300.0]), 0.75, 101.8).tolist()
    [1.0, 1.0, 2.0]
    """
    return np.maximum(np.round(floor_m2 * net_of_gross / dwelling_m2), 1.0)


def shared_dwellings(floor_m2: Floats, total: float) -> Floats:
    """Dwellings of homes that are as many together as a town is known to have, by floor area, whole, at least 1 each.

    The divisor method of Webster (Sainte-Lague) with one dwelling granted to each home: with a common floor area d each
    has max(1, floor / d, rounded), and d is the one that gives the total.

    Parameters
    ----------
    floor_m2
        Of each home, shape (homes,).
    total
        Dwellings of all together; where there are more homes than that, each has one.

    Returns
    -------
    array of shape (homes,)
        The sum is `total`, rounded, or the number of homes if that is more.

    References
    ----------
    M. L. Balinski, H. P. Young (2001): Fair Representation, 2nd ed., Brookings, chapter 8 and appendix A.

    >>> shared_dwellings(np.array([300.0, 100.0, 40.0]), 6.0).tolist()
    [4.0, 1.0, 1.0]
    """
    more = round(total) - len(floor_m2)
    if more <= 0:
        return np.ones(len(floor_m2))
    # The n-th dwelling of a home is granted at the divisor floor / (n - 1/2): those of the largest divisors are.
    most = np.minimum(np.ceil(floor_m2 / floor_m2.sum() * 2.0 * (more + len(floor_m2))) + 1.0, more).astype(np.int64)
    owner = np.repeat(np.arange(len(floor_m2)), most)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(most) - most, most) + 2.0
    granted = np.argsort(-floor_m2[owner] / (number - 0.5), kind="stable")[:more]
    return np.asarray(1.0 + np.bincount(owner[granted], minlength=len(floor_m2)), dtype=np.float64)


def use_or_guess(use: NDArray[np.object_], area_m2: Floats, annex_below_m2: float, other_above_m2: float) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Use of each building; where the source says none, an annex, a home or another use by its footprint.

    Parameters
    ----------
    use
        None where not known.
    area_m2
        Footprint.
    annex_below_m2, other_above_m2
        Bounds of what is taken for a home.

    Returns
    -------
    use, guessed : arrays of shape (buildings,)
    """
    guessed = np.array([u is None or u != u for u in use], dtype=bool)  # noqa: PLR0124 - NaN is not itself
    guess = np.where(area_m2 < annex_below_m2, "annex", np.where(area_m2 > other_above_m2, "other", "home")).astype(object)
    return np.where(guessed, guess, use), guessed
