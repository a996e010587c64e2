"""How far the place of an action moves when the weights of the criteria do."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.land.priority import ranks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK = 256  # sets of weights ranked together
DIGITS = 12  # so that the order of additions cannot part two equal places


class Places(NamedTuple):
    """Places of actions, 1 is first; equal scores share the better one.

    Attributes
    ----------
    rank
        With the middle weights.
    low, high
        Best and worst place over all weights that were tried.
    """

    rank: Ints
    low: Ints
    high: Ints


def corners(low: Floats, high: Floats) -> Floats:
    """Corners of all weights within their bounds that sum to 1, shape (corners, criteria).

    At a corner all weights but one stand at a bound.

    Parameters
    ----------
    low, high
        Bounds of each weight, shape (criteria,).

    Raises
    ------
    ValueError
        When no weights within the bounds sum to 1.

    >>> corners(np.array([0.2, 0.2]), np.array([0.9, 0.6])).tolist()
    [[0.4, 0.6], [0.8, 0.2]]
    """
    found = set()
    for free in range(len(low)):
        others = [i for i in range(len(low)) if i != free]
        for ends in product(*((low[i], high[i]) for i in others)):
            weights = np.zeros(len(low))
            weights[others] = ends
            weights[free] = 1.0 - sum(ends)
            if low[free] - 1e-12 <= weights[free] <= high[free] + 1e-12:
                found.add(tuple(np.round(weights, DIGITS).tolist()))
    if not found:
        raise ValueError(f"weights from {low.tolist()} to {high.tolist()} never sum to 1")
    return np.array(sorted(found))


def weight_sets(low: Floats, high: Floats, draws: int, seed: int) -> Floats:
    """All corners, then random mixtures of them, shape (corners + draws, criteria).

    Mixtures lie within the bounds; they are not evenly spread, which the best and worst place do not ask for.
    """
    ends = corners(low, high)
    return np.concatenate([ends, np.random.default_rng(seed).dirichlet(np.ones(len(ends)), size=draws) @ ends])


def rank_interval(criteria: Floats, middle: Floats, weights: Floats) -> Places:
    """Place of each action with the middle weights, and its best and worst place over other weights.

    The interval is sampled, so the true one may be wider by weights nobody drew; it is never narrower than what is told.

    Parameters
    ----------
    criteria
        0 to 1, more is better, shape (actions, criteria).
    middle
        Weights of `rank`, shape (criteria,).
    weights
        From `weight_sets`, shape (sets, criteria).

    >>> x = np.array([[.9, .2, .5], [.6, .8, .4], [.3, .5, .9]])
    >>> found = rank_interval(x, np.full(3, 1 / 3), np.array([[.6, .2, .2], [.2, .6, .2], [.2, .2, .6]]))
    >>> found.rank.tolist(), found.low.tolist(), found.high.tolist()
    ([3, 1, 2], [1, 1, 1], [3, 2, 3])
    """
    rank = ranks(np.round(criteria @ middle, DIGITS))
    low, high = rank.copy(), rank.copy()
    for at in range(0, len(weights), CHUNK):
        placed = ranks(np.round(weights[at : at + CHUNK] @ criteria.T, DIGITS))
        low, high = np.minimum(low, placed.min(axis=0)), np.maximum(high, placed.max(axis=0))
    return Places(rank, low, high)
