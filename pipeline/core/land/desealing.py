"""Where paving could be opened: gains as a vector, never one score."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Gains(NamedTuple):
    """Of each parcel: opened ground [m2], runoff avoided [m3], gain of permeability and of the biotope factor."""

    open_m2: Floats
    runoff_m3: Floats
    permeability: Floats
    biotope: Floats


def openable(paved_m2: Floats, depth_m: Floats, access_m: float, share: float, least_m2: float) -> Floats:
    """Paving that could be opened: what is left beside a way in, at most a share of the paving.

    Parameters
    ----------
    paved_m2
        Paved ground that is neither building nor road.
    depth_m
        Length of the lot's longer side: the way in is taken to run all along it [m].
    access_m
        Width of the way in [m].
    share
        Of the paving, at most this is opened: cars, tables and bins need the rest.
    least_m2
        A smaller result is 0.

    >>> openable(np.array([200.0, 60.0]), np.array([30.0, 20.0]), 3.0, 0.5, 20.0).tolist()
    [100.0, 0.0]
    """
    left = np.minimum(np.maximum(paved_m2 - access_m * depth_m, 0.0), share * paved_m2)
    return np.where(left >= least_m2, left, 0.0)


def gains(open_m2: Floats, lot_m2: Floats, saved_mm: float, biotope: float) -> Gains:
    """What opening paving to vegetation on the ground gives.

    Parameters
    ----------
    open_m2, lot_m2
        Opened ground and the lot [m2].
    saved_mm
        Runoff of paving minus that of the green in its place [mm], each from its own curve number.
    biotope
        Biotope factor of the green minus that of paving.

    >>> found = gains(np.array([100.0]), np.array([800.0]), 50.21, 1.0)
    >>> [round(float(v[0]), 3) for v in found]
    [100.0, 5.021, 0.125, 0.125]
    """
    share = np.divide(open_m2, lot_m2, out=np.zeros_like(open_m2), where=lot_m2 > 0)
    return Gains(open_m2, open_m2 * saved_mm / 1000.0, share, share * biotope)


def pareto(gain: Floats) -> NDArray[np.bool_]:
    """Rows that no other row dominates: at least as good in every column and better in one.

    Rows are looked at from the largest sum of ranks down: what dominates a row comes before it, so each row is held
    only against those kept so far. Equal rows stand or fall together.

    Parameters
    ----------
    gain
        More is better in every column, shape (rows, columns), finite.

    >>> pareto(np.array([[1.0, 5.0], [2.0, 4.0], [1.0, 4.0], [2.0, 4.0]])).tolist()
    [True, True, False, True]
    """
    keep = np.zeros(len(gain), dtype=bool)
    if not len(gain):
        return keep
    # Dense ranks column by column keep the order and make a sum that no unit can spoil.
    dense = np.stack([np.unique(column, return_inverse=True)[1] for column in gain.T], axis=1).astype(np.int64)
    order = np.argsort(-dense.sum(axis=1), kind="stable")
    front = np.empty_like(dense)
    size = 0
    for row in order:
        point = dense[row]
        held = front[:size]
        if not ((held >= point).all(axis=1) & (held > point).any(axis=1)).any():
            front[size] = point
            size += 1
            keep[row] = True
    return keep
