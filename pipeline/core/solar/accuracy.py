"""How well planes are known: standard errors from the residuals of their fits.

Residuals of a least-squares plane are taken as independent and equal, so the covariance of its two slopes is
s^2 (X'X)^-1 with X the centred coordinates (Gauss-Markov; Draper & Smith 1998, Applied Regression Analysis, ch. 5), and the
errors of tilt and azimuth follow to first order. Residuals of real surfaces hang together, and a bias leaves none: the true
error is larger by a factor that the tables in docs/methods/solar.md give.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.regions import residuals
from pipeline.core.solar.walls import turned

Floats = NDArray[np.float64]


def fitted(
    fits: Floats, sums: Floats, plane: NDArray[np.bool_], owner: NDArray[np.int64], walls_deg: Sequence[Floats] | None
) -> tuple[Floats, Floats, Floats]:
    """Planes turned towards walls where their error allows, with what they leave.

    Parameters
    ----------
    fits : array of shape (n, 3)
        Planes in easting and southing (see `planefit`).
    sums : array of shape (n, 10 or more)
        Sums of their cells.
    plane : bool array of shape (n,)
        False for the mean planes of vaults, which turn nowhere.
    owner : int array of shape (n,)
        Building of each plane.
    walls_deg
        Of each building, see `walls.wall_normals_deg`.

    Returns
    -------
    fits : array of shape (n, 3)
    squares : array of shape (n,)
        Sum of squared vertical distances of the cells [m2].
    tilt_se_deg : array of shape (n,)
        Standard error of the tilt [deg].
    """
    squares = residuals(sums, fits)
    covariance = slope_covariance(sums, squares, plane, owner)
    if walls_deg is not None and len(fits):
        north = np.array([1.0, -1.0])
        slopes = turned(fits[:, :2] * north, covariance * np.outer(north, north), [walls_deg[k] for k in owner]) * north
        slopes = np.where(plane[:, np.newaxis], slopes, fits[:, :2])
        n, x, y, z = sums.T[:4]
        fits = np.column_stack([slopes, (z - slopes[:, 0] * x - slopes[:, 1] * y) / n])
        squares = residuals(sums, fits)
    return fits, squares, _tilt_error_deg(fits, covariance)


def slope_covariance(sums: Floats, squares: Floats, plane: NDArray[np.bool_], owner: NDArray[np.int64]) -> Floats:
    """Covariance of the slopes of least-squares planes, shape (n, 2, 2).

    The variance of the heights is the plane's own, but not below that of all planes of the building: a plane of six cells
    may lie on them by chance.
    """
    n, x, y, _, xx, xy, yy = sums.T[:7]
    a, b, c = xx - x * x / n, xy - x * y / n, yy - y * y / n
    free = np.maximum(n - 3.0, 1.0)
    pooled = np.bincount(owner, squares * plane) / np.maximum(np.bincount(owner, free * plane), 1.0)
    # Cells on a line tell nothing across it.
    variance = np.maximum(squares / free, pooled[owner]) / np.maximum(a * c - b * b, 1e-9 * (a + c) ** 2)
    return np.moveaxis(variance * np.array([[c, -b], [-b, a]]), 2, 0)


def _tilt_error_deg(fits: Floats, covariance: Floats) -> Floats:
    """Standard error of the tilt, of the steepest way of each plane (eastwards on a level one) [deg]."""
    rise = np.hypot(fits[:, 0], fits[:, 1])
    level = rise < 1e-12
    way = np.column_stack([np.where(level, 1.0, fits[:, 0]), np.where(level, 0.0, fits[:, 1])]) / np.where(level, 1.0, rise)[:, np.newaxis]
    return np.degrees(np.sqrt(np.einsum("pi,pij,pj->p", way, covariance, way)) / (1.0 + rise**2))
