"""Biotope Area Factor: what the surfaces of a lot do for nature, over the area of the lot."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def biotope_factor(areas: ArrayLike, factors: ArrayLike, lot_m2: ArrayLike) -> NDArray[np.float64]:
    """Sum of area times factor, over the lot.

    BFF = sum(area x factor) / lot (Senatsverwaltung Berlin, Biotopflaechenfaktor; Becker, Giseke, Mohren & Richard 1990).
    Areas may exceed the lot: green walls and the roof area whose rain seeps away count beside the ground.

    Parameters
    ----------
    areas
        Area of each surface, shape (lots, surfaces) or (surfaces,) [m2].
    factors
        Of each surface, shape (surfaces,).
    lot_m2
        Area of each lot, shape (lots,) or () [m2].

    Returns
    -------
    array of the shape of `lot_m2`
        NaN where the lot has no area.

    >>> round(float(biotope_factor([140, 59, 1, 279], [0, 0.5, 1, 0], 479)), 4)
    0.0637
    """
    worth = np.asarray(areas, dtype=np.float64) @ np.asarray(factors, dtype=np.float64)
    lot = np.asarray(lot_m2, dtype=np.float64)
    return np.asarray(np.divide(worth, lot, out=np.full(np.shape(worth), np.nan), where=lot > 0))
