"""Areas and accuracies from a stratified sample of a map, with their intervals (Olofsson et al. 2014)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z95 = 1.959963984540054
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Adjusted:
    """What a sample says of a map with q classes; strata are the map's classes.

    Attributes
    ----------
    share, share_se
        Share of each class in truth, and its standard error, shape (q,).
    overall
        Share of the map that is right. For a rare class it says nothing: see the other two.
    users, producers
        Share of what the map calls a class that is one; share of the class that the map finds, shape (q,); NaN where
        a class has no point.
    mapped
        Share of each class on the map, shape (q,): `share - mapped` is the map's bias.
    """

    share: Floats
    share_se: Floats
    overall: float
    users: Floats
    producers: Floats
    mapped: Floats

    def half_width(self, area: float, z: float = Z95) -> Floats:
        """Half of the interval of each class's area, in the unit of `area`."""
        return z * self.share_se * area


def adjusted_areas(weights: ArrayLike, counts: ArrayLike) -> Adjusted:
    """Area-adjusted estimates from a confusion matrix of counts.

    share_k = sum_i W_i n_ik / n_i; SE^2 = sum_i W_i^2 (n_ik / n_i)(1 - n_ik / n_i) / (n_i - 1) (Olofsson et al. 2014,
    doi:10.1016/j.rse.2014.02.015, equations 9 and 10).

    Parameters
    ----------
    weights
        Share of each stratum in the map, shape (q,), sum 1.
    counts
        Points by stratum (row) and reference class (column), shape (q, q).

    Raises
    ------
    ValueError
        When weights do not sum to 1, or a stratum with area has fewer than 2 points.

    >>> found = adjusted_areas([0.18, 0.82], [[68, 7], [6, 219]])
    >>> [round(float(v), 6) for v in (found.share[0], found.share_se[0], found.overall)]
    [0.185067, 0.010722, 0.961333]
    """
    w, n = np.asarray(weights, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    rows = n.sum(axis=1)
    if abs(w.sum() - 1.0) > 1e-9:
        raise ValueError(f"weights sum to {w.sum():.6f}; expected 1")
    if ((w > 0) & (rows < 2)).any():
        raise ValueError(f"points by stratum {rows.astype(int).tolist()}; expected at least 2 in each stratum that has an area")
    p = np.divide(n, rows[:, None], out=np.zeros_like(n), where=rows[:, None] > 0)
    matrix = w[:, None] * p
    share = matrix.sum(axis=0)
    variance = np.divide(w[:, None] ** 2 * p * (1 - p), rows[:, None] - 1, out=np.zeros_like(n), where=rows[:, None] > 1)
    right = np.diag(matrix)
    users = np.where(rows > 0, np.diag(p), np.nan)
    producers = np.divide(right, share, out=np.full(len(w), np.nan), where=share > 0)
    return Adjusted(share, np.sqrt(variance.sum(axis=0)), float(right.sum()), users, producers, w)


def allocation(weights: ArrayLike, total: int, at_least: int) -> NDArray[np.int64]:
    """Points for each stratum: at least so many in each, the rest in proportion to area (Olofsson et al. 2014, 5.1.2).

    Parameters
    ----------
    weights
        Share of each stratum; strata without area get none.
    total
        Points in all; more where the minimum of all strata asks for it.
    at_least
        Points in the rarest stratum (50 to 100 in that paper).

    >>> allocation([0.18, 0.82], 300, 75).tolist()
    [75, 225]
    """
    w = np.asarray(weights, dtype=np.float64)
    there = w > 0
    points = np.where(there, at_least, 0).astype(np.int64)
    free = np.maximum(total - points.sum(), 0)
    # Strata whose share already lies below the minimum take no more.
    wish = np.maximum(w * total - points, 0.0)
    if free and wish.sum() > 0:
        exact = free * wish / wish.sum()
        points += np.floor(exact).astype(np.int64)
        rest = int(free - np.floor(exact).sum())
        points[np.argsort(-(exact - np.floor(exact)), kind="stable")[:rest]] += 1
    return points
