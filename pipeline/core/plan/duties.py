"""What the law asks of a public building by its floor area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def deadline(floor_m2: Floats, above_m2: Floats, years: Ints) -> Ints:
    """The first year by whose end a building of this floor area is due, 0 where none is.

    Directive (EU) 2024/1275, article 10, paragraph 3 b: "greater than", so the bound itself belongs to the step below.

    Parameters
    ----------
    floor_m2
        Useful floor area, shape (buildings,).
    above_m2, years
        Steps of the calendar in any order, shape (steps,).

    Returns
    -------
    int array of shape (buildings,)

    >>> deadline(np.array([2100.0, 2000.0, 750.0, 250.0]), np.array([2000.0, 750.0, 250.0]), np.array([2027, 2028, 2030])).tolist()
    [2027, 2028, 2030, 0]
    """
    never = np.iinfo(np.int64).max
    due = np.where(floor_m2[:, np.newaxis] > above_m2, years, never).min(axis=1, initial=never)
    return np.asarray(np.where(due == never, 0, due), dtype=np.int64)
