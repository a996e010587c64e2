"""Why a roof plane carries no array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def why_not(roof_reason: NDArray[np.object_], poa_share: NDArray[np.float64], modules: NDArray[np.int64], min_poa_share: float, min_modules: int) -> NDArray[np.object_]:
    """The first reason that holds for each plane, None for one that carries an array.

    Parameters
    ----------
    roof_reason : object array of shape (n,)
        What the roof itself has against it, None where nothing.
    poa_share : array of shape (n,)
        Irradiation with shading over that of the best open plane of the town; NaN only where the roof has a reason.
    modules : int array of shape (n,)
        Modules that fit.
    min_poa_share, min_modules
        Less is no array.

    Returns
    -------
    object array of shape (n,)
        The roof's own reason before shaded, shaded before no_room.

    Examples
    --------
    >>> why_not(np.array(["too_small", None, None, None], dtype=object), np.array([np.nan, 0.5, 0.9, 0.9]), np.array([0, 8, 1, 8]), 0.6, 2).tolist()
    ['too_small', 'shaded', 'no_room', None]
    """
    free = np.array([not isinstance(reason, str) for reason in roof_reason], dtype=np.bool_)
    dark = free & ~(poa_share >= min_poa_share)
    tight = free & ~dark & (modules < min_modules)
    out = roof_reason.copy()
    out[free] = None
    out[dark], out[tight] = "shaded", "no_room"
    return out
