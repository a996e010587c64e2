"""The best set of actions under the money of each year: a knapsack over years, with proof how far from the best it may be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, vstack

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NEVER = -1
EXACT = 1e-9  # a gap below this is the solver's rounding


class Problem(NamedTuple):
    """Actions to choose from.

    Attributes
    ----------
    cost
        Of each action, paid in the year it is chosen, shape (actions,) [EUR]; more than 0.
    value
        What choosing an action in a year is worth, shape (actions, years); only what is above 0 is ever chosen.
    group
        Of each action; at most one of a group is chosen (sizes of plant for one roof). Shape (actions,).
    budget
        Money of each year, shape (years,) [EUR].
    carry
        Whether what is left in a year can be spent in later ones.
    """

    cost: Floats
    value: Floats
    group: Ints
    budget: Floats
    carry: bool


class Chosen(NamedTuple):
    """A set of actions.

    Attributes
    ----------
    year
        Year in which each action is paid, counted from 0; `NEVER` where it is not chosen.
    value
        Of the set.
    bound
        No set is worth more.
    gap
        (bound - value) / bound; 0 where the set is proven to be best.
    """

    year: Ints
    value: float
    bound: float
    gap: float


def best_set(problem: Problem, wanted_gap: float, nodes: int) -> Chosen:
    """The set of most value that the money pays, by branch and bound (HiGHS, `scipy.optimize.milp`).

    Parameters
    ----------
    problem
        Actions, values, money.
    wanted_gap
        The search ends when the set is proven to be within this share of the best; 0 for the best itself.
    nodes
        The search ends after so many branches: a limit that does not depend on the machine, as seconds would.

    Returns
    -------
    the set, with the bound it is proven against
    """
    actions = len(problem.cost)
    use, at = np.nonzero((problem.value > 0.0) & (problem.cost[:, np.newaxis] <= _money(problem)))
    if not len(use):
        return Chosen(np.full(actions, NEVER), 0.0, 0.0, 0.0)
    value = problem.value[use, at]
    scale = value.max()  # tonnes or euro: the solver's tolerances are absolute
    rules = _rules(problem, use, at)
    found = milp(-value / scale, integrality=np.ones(len(use)), bounds=Bounds(0, 1), constraints=rules, options={"mip_rel_gap": wanted_gap, "node_limit": nodes})
    picked = _picked(found.x > 0.5 if found.x is not None else np.zeros(len(use), dtype=bool), use, at, actions)
    simple = greedy(problem)
    if worth(problem, simple) > worth(problem, picked):
        picked = simple
    reached = worth(problem, picked)
    dual = getattr(found, "mip_dual_bound", None)
    bound = max(reached, -float(dual) * scale if dual is not None and np.isfinite(dual) else _relaxed(value, rules, scale))
    gap = (bound - reached) / bound
    return Chosen(picked, reached, bound, gap if gap > EXACT else 0.0)


def greedy(problem: Problem) -> Ints:
    """A set by falling value for each euro, each action in the earliest year that can pay it; the year of each, `NEVER` where none."""
    years = len(problem.budget)
    left, taken = problem.budget.astype(float).copy(), set[int]()
    year = np.full(len(problem.cost), NEVER)
    for a in np.lexsort((np.arange(len(problem.cost)), -problem.value[:, 0] / problem.cost)):
        if int(problem.group[a]) in taken:
            continue
        for t in range(years):
            if problem.value[a, t] > 0.0 and _payable(left, float(problem.cost[a]), t, problem.carry):
                year[a] = t
                taken.add(int(problem.group[a]))
                break
    return year


def worth(problem: Problem, year: Ints) -> float:
    """Value of a set."""
    chosen = np.flatnonzero(year != NEVER)
    return float(problem.value[chosen, year[chosen]].sum())


def spent(problem: Problem, year: Ints) -> Floats:
    """Money of each year that a set takes, shape (years,) [EUR]."""
    chosen = year != NEVER
    return np.bincount(year[chosen], problem.cost[chosen], len(problem.budget)).astype(float)


def _money(problem: Problem) -> Floats:
    """The most that can be paid in each year."""
    return np.cumsum(problem.budget) if problem.carry else problem.budget


def _payable(left: Floats, cost: float, at: int, carry: bool) -> bool:
    """Take the cost from the money of a year, and of those before where what is left moves on; False, and nothing taken, where it does not do."""
    years = range(at, -1, -1) if carry else (at,)
    if left[list(years)].sum() < cost:
        return False
    for t in years:
        part = min(float(left[t]), cost)
        left[t] -= part
        cost -= part
    return True


def _rules(problem: Problem, use: Ints, at: Ints) -> list[LinearConstraint]:
    """At most one of each group in all years; the money of each year, summed up where it moves on."""
    n, years = len(use), len(problem.budget)
    groups, row = np.unique(problem.group[use], return_inverse=True)
    once = coo_array((np.ones(n), (row, np.arange(n))), shape=(len(groups), n))
    if problem.carry:
        each, year = np.nonzero(at[:, np.newaxis] <= np.arange(years))
    else:
        each, year = np.arange(n), at
    unit = max(float(problem.budget.max()), 1.0)
    pay = coo_array((problem.cost[use[each]] / unit, (year, each)), shape=(years, n))
    upper = np.concatenate([np.ones(len(groups)), _money(problem) / unit])
    return [LinearConstraint(vstack([once, pay]).tocsc(), -np.inf, upper)]


def _relaxed(value: Floats, rules: list[LinearConstraint], scale: float) -> float:
    """Value where parts of actions could be chosen: a bound when the search gave none."""
    found = linprog(-value / scale, A_ub=rules[0].A, b_ub=rules[0].ub, bounds=(0, 1), method="highs")
    return -float(found.fun) * scale


def _picked(chosen: NDArray[np.bool_], use: Ints, at: Ints, actions: int) -> Ints:
    year = np.full(actions, NEVER)
    year[use[chosen]] = at[chosen]
    return year
