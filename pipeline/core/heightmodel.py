"""A surface where none was measured: flat roofs at a height above the ground, one for each footprint (LoD1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def roof_edges(owner: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Cells of a footprint with a neighbour, of the four, that is not of the same footprint.

    Parameters
    ----------
    owner
        Number of the footprint of each cell, 0 for none, shape (rows, cols). Beyond the array there is no footprint.

    Returns
    -------
    array of shape (rows, cols)

    >>> owner = np.zeros((3, 5), dtype=np.int32)
    >>> owner[:, 1:] = 1
    >>> roof_edges(owner).astype(int).tolist()
    [[0, 1, 1, 1, 1], [0, 1, 0, 0, 1], [0, 1, 1, 1, 1]]
    """
    around = np.pad(owner, 1)
    same = np.ones(owner.shape, dtype=bool)
    for rows, cols in ((slice(0, -2), slice(1, -1)), (slice(2, None), slice(1, -1)), (slice(1, -1), slice(0, -2)), (slice(1, -1), slice(2, None))):
        same &= around[rows, cols] == owner
    return (owner > 0) & ~same


def with_roofs(
    ground: NDArray[np.float32],
    owner: NDArray[np.int32],
    roof_z: NDArray[np.float64],
    parapet_m: NDArray[np.float64],
) -> NDArray[np.float32]:
    """The ground with flat roofs on it, their outermost cells raised by a parapet.

    Parameters
    ----------
    ground
        Elevation of the terrain, shape (rows, cols) [m].
    owner
        Number of the footprint of each cell, from 1, 0 for none, shape (rows, cols).
    roof_z, parapet_m
        Elevation of each roof and height of its parapet, shape (footprints,) [m]. A roof without elevation (NaN) is left out.

    Returns
    -------
    array of shape (rows, cols), float32 [m]
    """
    on = owner > 0
    z = np.where(on, np.concatenate([[np.nan], roof_z])[owner], np.nan)
    z += np.where(roof_edges(owner), np.concatenate([[0.0], parapet_m])[owner], 0.0)
    return np.where(np.isnan(z), ground, z).astype(np.float32)
