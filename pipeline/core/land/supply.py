"""Green for how many: supply shared out along ways on foot, how unequally it falls, the balance of a standard."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Interval(NamedTuple):
    """A value with the ends of its 95 % interval; NaN where there is none."""

    value: float
    low: float
    high: float


def gaussian_decay(distance_m: Floats, reach_m: float) -> Floats:
    """Weight of a place at a distance: 1 at the door, 0 at `reach_m` and beyond.

    w = (exp(-(d / d0)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2)).

    Parameters
    ----------
    distance_m
        From 0; NaN counts as out of reach [m].
    reach_m
        d0 [m].

    References
    ----------
    D. Dai (2010): Black residential segregation, disparities in spatial access to health care facilities, and late-stage
    breast cancer diagnosis in metropolitan Detroit. Health & Place 16(5), doi:10.1016/j.healthplace.2010.06.012.
    D. Dai (2011), for green space: Landscape and Urban Planning 102(4), doi:10.1016/j.landurbplan.2011.05.002.

    >>> gaussian_decay(np.array([0.0, 500.0, 900.0, np.nan]), 500.0).tolist()
    [1.0, 0.0, 0.0, 0.0]
    """
    share = np.nan_to_num(distance_m, nan=np.inf) / reach_m
    edge = np.exp(-0.5)
    return np.where(share < 1.0, (np.exp(-0.5 * np.minimum(share, 1.0) ** 2) - edge) / (1.0 - edge), 0.0)


def floating_catchment(point: Ints, place: Ints, weight: Floats, people: Floats, supply: Floats) -> tuple[Floats, Floats]:
    """Supply per person at each point: two-step floating catchment areas with weights that fall with distance (E2SFCA).

    Each place shares its supply among the people in reach, R_j = S_j / sum_i(P_i w_ij); a point collects A_i =
    sum_j(R_j w_ij). So sum_i(P_i A_i) is the supply of the places that have anybody in reach: nothing is made or lost.

    Parameters
    ----------
    point, place, weight
        Pairs within reach of one another, shape (pairs,).
    people
        Of each point, shape (points,).
    supply
        Of each place [m2], shape (places,).

    Returns
    -------
    (supply per person [m2], supply shared out by place [m2])
        Points of nobody get a figure too: what a person who lived there would have, were they one of the many. A place
        without people in reach shares nothing.

    References
    ----------
    W. Luo, Y. Qi (2009): An enhanced two-step floating catchment area (E2SFCA) method. Health & Place 15(4),
    doi:10.1016/j.healthplace.2009.06.002.
    """
    demand = np.bincount(place, people[point] * weight, len(supply))
    served = demand > 0.0
    ratio = np.divide(supply, demand, out=np.zeros(len(supply)), where=served)
    per_person: Floats = np.bincount(point, ratio[place] * weight, len(people)).astype(np.float64)
    return per_person, np.where(served, supply, 0.0)


def gini(values: Floats, weights: Floats) -> float:
    """Gini coefficient of values from 0 with weights: 0 where all have the same, near 1 where few have all.

    Twice the area between the diagonal and the Lorenz curve, by trapezia; NaN where nobody has anything.

    R. I. Lerman, S. Yitzhaki (1989): Improving the accuracy of estimates of Gini coefficients. Journal of Econometrics
    42(1) (weighted form).

    >>> round(gini(np.array([0.0, 2, 5, 9, 20]), np.array([3000.0, 2500, 2500, 2200, 1500])), 4)
    0.5603
    """
    order = np.argsort(values, kind="stable")
    return float(_sorted_gini(values[order], weights[order][None])[0])


def _sorted_gini(values: Floats, weights: Floats) -> Floats:
    """Of values in order, for each row of weights."""
    held = np.cumsum(weights * values, axis=1)
    people = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        area = ((held - 0.5 * weights * values) * weights).sum(axis=1) / (held[:, -1] * people)
    out: Floats = np.where(held[:, -1] > 0.0, 1.0 - 2.0 * area, np.nan)
    return out


def low_share(values: Floats, weights: Floats, below: float) -> float:
    """Share of the weight whose value is below a threshold; NaN without weight.

    >>> round(low_share(np.array([0.0, 2, 5, 9, 20]), np.array([3000.0, 2500, 2500, 2200, 1500]), 9.0), 3)
    0.684
    """
    total = weights.sum()
    return min(float(weights[values < below].sum() / total), 1.0) if total > 0 else float("nan")


def weighted_median(values: Floats, weights: Floats) -> float:
    """Value of the middle person; NaN values rank last, and NaN where the middle person has none.

    >>> weighted_median(np.array([900.0, 100.0, np.nan]), np.array([1.0, 3.0, 1.0]))
    100.0
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    if not len(values) or reached[-1] <= 0.0:
        return float("nan")
    return float(values[order][np.searchsorted(reached, 0.5 * reached[-1])])


def few(people: Floats, homes: Ints, min_people: float, min_homes: int) -> NDArray[np.bool_]:
    """Zones whose figures are withheld: too few people or homes, or one could be worked out as total minus the rest.

    Withheld zones are at least two with `min_people` together, as long as there are others to add, the smallest first.
    Zones of nobody have nothing to tell.

    >>> few(np.array([4.0, 0.0, 300.0, 90.0]), np.array([2, 0, 80, 30]), 10.0, 3).tolist()
    [True, False, False, True]
    """
    lived = people > 0.0
    held = lived & ((people < min_people) | (homes < min_homes))
    for zone in np.argsort(people, kind="stable"):
        if not held.any() or (held.sum() >= 2 and people[held].sum() >= min_people):
            break
        held[zone] |= lived[zone]
    return held


def supply_intervals(values: Floats, weights: Floats, below: float, repeats: int, seed: int) -> dict[str, Interval]:
    """Mean, Gini coefficient and share below a threshold, with percentile intervals from resampled points.

    Points (buildings) are drawn with replacement, each with its people. The interval says how much the figure hangs on
    single buildings; it does not hold the error of the people put into them.

    Parameters
    ----------
    values, weights
        Of each point; points of weight 0 are left out.
    below
        The threshold, in the unit of the values.
    repeats, seed
        Resamples, and the seed that makes them the same each time.

    Returns
    -------
    dict with mean, gini, below

    References
    ----------
    B. Efron (1979): Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1), doi:10.1214/aos/1176344552.
    """
    real = weights > 0.0
    order = np.argsort(values[real], kind="stable")
    v, w = values[real][order], weights[real][order]
    if not len(v):
        return dict.fromkeys(("mean", "gini", "below"), Interval(np.nan, np.nan, np.nan))
    rng = np.random.default_rng(seed)
    drawn: dict[str, list[Floats]] = {"mean": [], "gini": [], "below": []}
    for done in range(0, repeats, 100):
        rows = min(100, repeats - done)
        # How often each point is drawn: memory for a hundred resamples, not for all.
        picks = rng.integers(len(v), size=(rows, len(v))) + len(v) * np.arange(rows)[:, None]
        times = np.bincount(picks.ravel(), minlength=rows * len(v)).reshape(rows, len(v)) * w
        drawn["mean"].append((times * v).sum(axis=1) / times.sum(axis=1))
        drawn["gini"].append(_sorted_gini(v, times))
        # All of a weight summed in another order may exceed itself in the last digit.
        drawn["below"].append(np.minimum(times[:, v < below].sum(axis=1) / times.sum(axis=1), 1.0))
    point = {"mean": float(v @ w / w.sum()), "gini": float(_sorted_gini(v, w[None])[0]), "below": low_share(v, w, below)}
    return {k: Interval(point[k], *_ends(np.concatenate(drawn[k]))) for k in point}


def _ends(drawn: Floats) -> tuple[float, float]:
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, (0.025, 0.975))
    return float(low), float(high)


def standard_balance(area_m2: float, people: float, standard_m2: float) -> tuple[float, float, float]:
    """Area a head, area a standard asks for, and what is missing of it.

    Returns
    -------
    (m2 per person, m2 needed, m2 missing)
        NaN a head where nobody lives; nothing is missing where there is more than needed.

    >>> balance = standard_balance(64_000.0, 11_700, 9.0)
    >>> [round(v, 2) for v in balance]
    [5.47, 105300.0, 41300.0]
    """
    needed = standard_m2 * people
    return (area_m2 / people if people > 0 else float("nan")), needed, max(0.0, needed - area_m2)


def open_space_share(open_m2: float, streets_m2: float, built_m2: float) -> float:
    """Share of the built-up area that is open space for public use: (open + streets) / built; SDG indicator 11.7.1.

    UN-Habitat, metadata of indicator 11.7.1. NaN without a built-up area.

    >>> round(open_space_share(12.0, 78.0, 420.0), 4)
    0.2143
    """
    return (open_m2 + streets_m2) / built_m2 if built_m2 > 0 else float("nan")
