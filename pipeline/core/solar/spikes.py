"""Cells of a surface that stand alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def spikes(surface: NDArray[Any], spike_m: float) -> NDArray[np.bool_]:
    """Cells that stand more than `spike_m` above all four neighbours that are known, or lie as far below them.

    Parameters
    ----------
    surface : array of shape (rows, cols)
        Elevation [m]; NaN where not known.
    spike_m
        Height or depth of a spike [m].

    Returns
    -------
    bool array of shape (rows, cols)
        Cells without a known neighbour are no spikes.

    Examples
    --------
    >>> spikes(np.array([[3.0, 3.0, 3.0], [3.0, 90.0, 3.0], [3.0, 3.0, np.nan]]), 10.0).astype(int).tolist()
    [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    """
    wide = np.pad(np.where(np.isfinite(surface), surface, np.nan), 1, constant_values=np.nan)
    sides = np.stack([wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:]])
    known = np.isfinite(sides)
    top, bottom = np.where(known, sides, -np.inf).max(axis=0), np.where(known, sides, np.inf).min(axis=0)
    own = wide[1:-1, 1:-1]
    return np.asarray(known.any(axis=0) & ((own - top > spike_m) | (bottom - own > spike_m)))
