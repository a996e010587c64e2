"""People of zones shared out to what stands in them, by weight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def shared_out(totals: NDArray[np.float64], zone: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share the total of each zone among its members in proportion to their weights.

    The binary dasymetric method: members of weight 0 get nothing, each zone's total is conserved.

    Parameters
    ----------
    totals
        Of each zone, shape (zones,).
    zone
        Zone of each member, -1 where it has none, shape (members,).
    weight
        Of each member, from 0, shape (members,).

    Returns
    -------
    array of float64, shape (members,)
        Zones without any weight keep their total to themselves.

    References
    ----------
    J. K. Wright (1936): A method of mapping densities of population. Geographical Review 26(1), doi:10.2307/209467.
    S. Lwin, Y. Murayama (2009): A GIS approach to estimation of building population for micro-spatial analysis.
    Transactions in GIS 13(4), doi:10.1111/j.1467-9671.2009.01171.x (by area and by volume).

    >>> shared_out(np.array([10.0, 6.0]), np.array([0, 0, 1, -1]), np.array([3.0, 1.0, 5.0, 9.0])).tolist()
    [7.5, 2.5, 6.0, 0.0]
    """
    inside = zone >= 0
    of = np.where(inside, zone, 0)
    load = np.where(inside, weight, 0.0)
    # Scaled by the largest of the zone, so that no sum of tiny or huge weights is lost or overflows.
    largest = np.zeros(len(totals))
    np.maximum.at(largest, of, load)
    load = np.divide(load, largest[of], out=np.zeros(len(load)), where=largest[of] > 0)
    whole = np.bincount(of, load, len(totals))
    return np.divide(load * totals[of], whole[of], out=np.zeros(len(load)), where=whole[of] > 0)
