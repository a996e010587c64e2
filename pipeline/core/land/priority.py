"""Ranks that say how much they hang on the weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Ranking:
    """Score with equal weights, its rank (1 is first), and the ranks that 95 % of random weights give."""

    score: NDArray[np.float64]
    rank: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]


def ranks(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """1 for the highest score along the last axis; equal scores share the better rank.

    >>> ranks(np.array([0.5, 0.9, 0.5])).tolist()
    [2, 1, 2]
    """
    order = np.sort(-scores, axis=-1)
    if scores.ndim == 1:
        return np.searchsorted(order, -scores, side="left") + 1
    return np.stack([np.searchsorted(o, -s, side="left") + 1 for o, s in zip(order, scores, strict=True)])


def ranking(criteria: ArrayLike, draws: int, seed: int) -> Ranking:
    """Rank by the mean of several criteria, and the spread of ranks over weights drawn evenly from all there are.

    Weights are drawn from Dirichlet(1, .., 1), the uniform distribution on weights that sum to 1; the interval holds
    the ranks from the 2.5th to the 97.5th percentile of the draws.

    Parameters
    ----------
    criteria
        0 to 1, more is more urgent, shape (places, criteria).
    draws, seed
        Number of weights and seed of the generator.

    >>> found = ranking([[.9, .2, .5], [.6, .8, .4], [.3, .5, .9]], 1000, 1)
    >>> found.score.round(3).tolist(), found.rank.tolist()
    ([0.533, 0.6, 0.567], [3, 1, 2])
    """
    x = np.asarray(criteria, dtype=np.float64)
    score = x.mean(axis=1)
    if not len(x):
        empty = np.empty(0, dtype=np.int64)
        return Ranking(score, empty, empty, empty)
    weights = np.random.default_rng(seed).dirichlet(np.ones(x.shape[1]), size=draws)
    # Rounded, so that the order of additions cannot part two equal places.
    each = ranks(np.round(weights @ x.T, 12))
    low, high = np.percentile(each, [2.5, 97.5], axis=0, method="inverted_cdf")
    rank = ranks(np.round(score, 12))
    return Ranking(score, rank, np.minimum(low.astype(np.int64), rank), np.maximum(high.astype(np.int64), rank))


def scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0 (least) to 1 (most); all 0 where they do not differ; NaN counts as the least."""
    known = np.nan_to_num(values, nan=np.nanmin(values) if np.isfinite(values).any() else 0.0)
    low, high = known.min(initial=np.inf), known.max(initial=-np.inf)
    return (known - low) / (high - low) if high > low else np.zeros(len(known))
