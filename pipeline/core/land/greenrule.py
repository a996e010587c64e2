"""The 3-30-300 rule with every switch turned: the definition moves the result more than most measures do.

C. C. Konijnendijk (2023): Evidence-based guidelines for greener, healthier, more resilient neighbourhoods: introducing the
3-30-300 rule. Journal of Forestry Research 34, doi:10.1007/s11676-022-01523-z. Three trees in view from every home, 30 %
canopy in the neighbourhood, a public green within 300 m. The paper leaves open what is in view, what a neighbourhood is,
how the 300 m are walked and how small a green counts; here each is a switch with a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TREES = 3
CANOPY_SHARE = 0.30
REACH_M = 300.0


class Share(NamedTuple):
    """What is measured, with which switches; share of the people and share of the buildings that meet it."""

    measure: str
    setting: str
    of_people: float
    of_buildings: float


def share(meets: Flags, people: Floats) -> float:
    """Share of the people whose building meets something; NaN where nobody lives."""
    total = people.sum()
    return float(people[meets].sum() / total) if total > 0 else float("nan")


def rule_table(trees: dict[str, Floats], canopy: dict[str, Floats], distance: dict[str, Floats], people: Floats) -> list[Share]:
    """Each part of the rule under each switch, and the whole rule under all combinations.

    Parameters
    ----------
    trees
        Number of trees near each building, by setting, e.g. {"trees=25m": ...}.
    canopy
        Share of canopy in the neighbourhood, by setting.
    distance
        To the nearest green [m], by setting.
    people
        In each building; buildings of nobody are left out. A value that is not known (NaN) meets nothing.

    Returns
    -------
    list of Share
        Measures three_trees, thirty_canopy, near_green and rule_3_30_300.
    """
    home = people > 0.0
    who = people[home]
    parts = [
        ("three_trees", {k: v[home] >= TREES for k, v in trees.items()}),
        ("thirty_canopy", {k: v[home] >= CANOPY_SHARE for k, v in canopy.items()}),
        ("near_green", {k: v[home] <= REACH_M for k, v in distance.items()}),
    ]
    return list(_shares(parts, who))


def _shares(parts: list[tuple[str, dict[str, Flags]]], people: Floats) -> Iterator[Share]:
    for measure, flags in parts:
        for setting, meets in flags.items():
            yield Share(measure, setting, share(meets, people), _plain(meets))
    for combination in product(*(flags.items() for _, flags in parts)):
        meets = np.logical_and.reduce([m for _, m in combination])
        yield Share("rule_3_30_300", " ".join(s for s, _ in combination), share(meets, people), _plain(meets))


def _plain(meets: Flags) -> float:
    return float(meets.mean()) if len(meets) else float("nan")
