"""Tree canopy by height: which cells stand tall enough and are no building."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Codes that `classify` gives.
UNKNOWN, LOW, CANOPY, TALL_UNKNOWN_COVER, GROVE = 0, 1, 2, 3, 4
CLASSES = 5


def classify(height: NDArray[Any], cover: NDArray[Any], at_least_m: float, building: int) -> NDArray[np.uint8]:
    """Canopy, or not, of each cell.

    Canopy is `height >= at_least_m` where the land cover is known and is no building: crowns over streets count,
    roofs do not. A cell is known where it has both a height and a land cover.

    Parameters
    ----------
    height
        Surface minus ground [m], NaN where not known, shape (rows, cols).
    cover
        Class of the land cover, 0 where not known, same shape.
    at_least_m
        Height from which vegetation is canopy, itself included [m].
    building
        Code of buildings in `cover`.

    Returns
    -------
    array of uint8, same shape
        0 height not known, or low and cover not known; 1 known, no canopy; 2 canopy; 3 tall, but cover not known.

    >>> classify(np.array([0.5, 3.0, 8.0, np.nan, 4.0]), np.array([4, 5, 1, 5, 0]), 3.0, 1)
    array([1, 2, 1, 0, 3], dtype=uint8)
    """
    tall = height >= at_least_m  # False where NaN
    known = cover != 0
    codes = (np.isfinite(height) & known).astype(np.uint8)
    codes[tall & known & (cover != building)] = CANOPY
    codes[tall & ~known] = TALL_UNKNOWN_COVER
    return codes


def classify_groves(height: NDArray[Any], cover: NDArray[Any], grove: NDArray[Any], at_least_m: float, building: int) -> NDArray[np.uint8]:
    """As `classify`, with the canopy of groves apart: code 4 where `grove` is above 0.

    >>> classify_groves(np.array([0.5, 3.0, 8.0, 4.0]), np.array([4, 5, 5, 0]), np.array([1.0, 1.0, 0.0, 1.0]), 3.0, 1)
    array([1, 4, 2, 3], dtype=uint8)
    """
    codes = classify(height, cover, at_least_m, building)
    codes[(codes == CANOPY) & (grove > 0.0)] = GROVE
    return codes
