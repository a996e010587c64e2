"""Losses between module and meter, by name, and the modules' ageing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def total(parts: Mapping[str, float]) -> float:
    """Loss of all parts together.

    Each takes its share of what the others leave: 1 - product of (1 - loss), as in PVWatts version 5 (Dobos 2014,
    NREL/TP-6A20-62641, doi:10.2172/1158421).

    Parameters
    ----------
    parts
        Loss by name, 0..1.

    >>> round(total({"soiling": 0.02, "wiring": 0.02}), 4)
    0.0396
    """
    return 1.0 - float(np.prod([1.0 - part for part in parts.values()]))


def life_share(degradation_per_year: float, years: int) -> float:
    """Mean yearly yield over the life of modules, over that of new ones.

    Each year gives 1 - rate of the year before, the first gives all: (1 - (1 - rate)^n) / (n rate).

    Parameters
    ----------
    degradation_per_year
        Share of its power a module loses each year, 0..1.
    years
        Life of the modules.

    Returns
    -------
    float

    >>> round(life_share(0.005, 25), 4)
    0.9422
    """
    return float(np.mean((1.0 - degradation_per_year) ** np.arange(years)))
