"""Where a few new points reach most people: greedy maximum coverage, with what it may lack at most."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# The least part of the best possible coverage that the greedy choice reaches: 1 - 1/e (Nemhauser, Wolsey, Fisher 1978).
GUARANTEE = 1.0 - float(np.exp(-1.0))


class Chosen(NamedTuple):
    """Candidates in the order they were taken, what each added, and more than which no choice of as many can reach."""

    candidate: Ints
    gained: Floats
    bound: float


def greedy_coverage(reach: csr_array, weight: Floats, most: int, least: float = 0.0, least_places: int = 1) -> Chosen:
    """Take again and again the candidate that adds most weight to what is covered.

    The weight covered by a set of candidates is monotone and submodular, so the greedy choice of k covers at least
    1 - 1/e (63.2 %) of what the best choice of k does. The bound says more of the case at hand: the best choice of
    as many as were taken covers no more than what was covered after any number of steps and the sum of the largest additions then left.

    Parameters
    ----------
    reach
        Shape (candidates, places): not 0 where a candidate reaches a place.
    weight
        Of each place, at least 0.
    most
        Candidates to take, k; fewer where nothing is left to gain.
    least, least_places
        A candidate that would add less than this weight, or fewer places with a weight than this, is not taken.

    Returns
    -------
    Chosen
        Among equals the first candidate is taken. `bound` is that on the best choice of as many candidates as were taken.

    References
    ----------
    G. L. Nemhauser, L. A. Wolsey, M. L. Fisher (1978): An analysis of approximations for maximizing submodular set
    functions I. Mathematical Programming 14, 265-294, doi:10.1007/BF01588971, section 4.

    >>> reach = csr_array(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]))
    >>> greedy_coverage(reach, np.array([5.0, 1.0, 2.0, 1.0]), 2)
    Chosen(candidate=array([0, 2]), gained=array([6., 3.]), bound=9.0)
    """
    pattern = reach.astype(bool).astype(np.float64)
    left = weight.astype(np.float64).copy()
    taken: list[int] = []
    gained: list[float] = []
    tops: list[Floats] = []  # what could be added most, before each step and after the last
    for _ in range(most):
        gain = pattern @ left
        tops.append(np.sort(gain)[::-1])
        allowed = np.where(pattern @ (left > 0.0) >= least_places, gain, 0.0)
        best = int(np.argmax(allowed)) if len(allowed) else -1
        if best < 0 or allowed[best] <= 0.0 or allowed[best] < least:
            break
        taken.append(best)
        gained.append(float(allowed[best]))
        left[pattern[[best]].indices] = 0.0
    else:
        tops.append(np.sort(pattern @ left)[::-1])
    covered = np.concatenate([[0.0], np.cumsum(gained)])
    bound = min((float(c + top[: len(taken)].sum()) for c, top in zip(covered, tops, strict=True)), default=0.0)
    return Chosen(np.array(taken, dtype=np.int64), np.array(gained), min(bound, float(weight.sum())))


def too_few(reached: Floats, out: Floats, homes_reached: Ints, homes_out: Ints, min_people: float, min_homes: int) -> NDArray[np.bool_]:
    """Zones whose two parts may not be told apart, one of them being a few homes.

    Parameters
    ----------
    reached, out
        People of each zone within and out of reach.
    homes_reached, homes_out
        Inhabited buildings of each part.
    min_people, min_homes
        A part has none at all, or at least as many of both.

    >>> too_few(np.array([50.0, 50.0, 80.0]), np.array([0.0, 30.0, 4.0]), np.array([9, 9, 9]), np.array([0, 8, 1]), 10.0, 3).tolist()
    [False, False, True]
    """
    small = [(homes > 0) & ((people < min_people) | (homes < min_homes)) for people, homes in ((reached, homes_reached), (out, homes_out))]
    return np.asarray(small[0] | small[1])


def kept_back(held: NDArray[np.bool_], people: Floats, out: Floats, min_people: float) -> NDArray[np.bool_]:
    """Further zones to withhold, so that those withheld cannot be worked out as total minus the rest.

    At least two zones are withheld, with `min_people` out of reach among them, the smallest of the others first, as far as there are others.

    >>> kept_back(np.array([True, False, False, False]), np.array([9.0, 500.0, 80.0, 0.0]), np.array([4.0, 20.0, 30.0, 0.0]), 10.0).tolist()
    [True, False, True, False]
    """
    more = held.copy()
    for zone in np.argsort(people, kind="stable"):
        if not more.any() or (more.sum() >= 2 and (out[more].sum() >= min_people)):
            break
        more[zone] |= people[zone] > 0.0
    return more
