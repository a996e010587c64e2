"""Roof planes from a surface model: several per building, robust against steps, parapets and things that stand on roofs.

The method, in the order of the code:

1. The vertical noise of the building is read from 3 x 3 windows (lower quartile of their plane residual), which sets
   how close a cell must lie to a plane while planes are searched.
2. Planes grow from the smoothest windows over neighbouring cells, are refitted while they grow, and compete by the
   MSAC score of Torr & Zisserman (2000, doi:10.1006/cviu.1999.0832); region growing on range images follows
   Besl & Jain (1988, doi:10.1109/34.3881).
3. Cells change to the neighbouring plane that explains them best, planes are refitted (least squares on inliers),
   coplanar neighbours are merged by a likelihood-ratio test, scraps are dropped.
4. Cells within the inlier distance that were left over join the plane beside them; the fit no longer changes.

Everything is deterministic: no random numbers, ties are broken by position.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar import regions
from pipeline.core.solar.planefit import PAD

# Three would define a plane; six leave three to tell whether it is one.
MIN_CELLS = 6


@dataclass(frozen=True)
class PlaneRules:
    """What counts as a plane.

    Parameters
    ----------
    inlier_m
        Cells within this distance of a plane belong to it [m].
    min_plane_m2
        Smaller planes (in plan) are not reported [m2]; never fewer than 6 cells.
    max_planes
        Planes searched per building.
    """

    inlier_m: float = 0.15
    min_plane_m2: float = 2.0
    max_planes: int = 60


@dataclass(frozen=True)
class Planes:
    """Planes of one building on its window.

    Attributes
    ----------
    labels : int16 array of shape (rows, cols)
        Number of the plane a cell belongs to, from 1; 0 for none.
    coefficients : array of shape (planes, 3)
        dz/deasting, dz/dnorthing [m/m] and elevation [m] at the outer corner (west, north) of the window's first cell.
    residual_m : array of shape (planes,)
        Root mean square distance of the member cells from the plane, at right angles to it [m].
    inlier_share : array of shape (planes,)
        Member cells over member cells plus those of no plane that lie nearest to this one (obstacles, parapets) [-].
    """

    labels: NDArray[np.int16]
    coefficients: NDArray[np.float64]
    residual_m: NDArray[np.float64]
    inlier_share: NDArray[np.float64]


def find_planes(surface: NDArray[np.float32], inside: NDArray[np.bool_], cell_m: float, rules: PlaneRules) -> Planes:
    """Planes of one building.

    Parameters
    ----------
    surface : array of shape (rows, cols)
        Elevation of the highest thing in each cell [m]; NaN where not known. Row 0 is in the north.
    inside : bool array of shape (rows, cols)
        Cells of the building.
    cell_m
        Side of a cell [m].
    rules
        What counts as a plane.

    Returns
    -------
    Planes
        In order of falling number of cells, then of position; without rows where no plane was found.

    Examples
    --------
    >>> import numpy as np
    >>> row, col = np.mgrid[:8, :8]
    >>> found = find_planes((10 + 0.5 * row).astype("float32"), np.ones((8, 8), bool), 1.0, PlaneRules())
    >>> tilt_deg(found.coefficients).round(2), azimuth_deg(found.coefficients).round(2)
    (array([26.57]), array([0.]))
    """
    middle = (slice(PAD, -PAD), slice(PAD, -PAD))
    height = np.full((surface.shape[0] + 2 * PAD, surface.shape[1] + 2 * PAD), np.nan)
    height[middle] = np.where(inside, surface, np.nan)
    valid = np.isfinite(height)
    base = float(height[valid].mean()) if valid.any() else 0.0
    smallest = max(MIN_CELLS, int(np.ceil(rules.min_plane_m2 / cell_m**2)))
    relative = np.where(valid, height - base, 0.0).ravel()
    wide = height.shape[1]
    labels, fits, measures = regions.find(relative, valid.ravel(), cell_m, rules.inlier_m, wide, smallest, rules.max_planes)
    members, domain, squares = measures.T
    order = np.argsort(-members[1:], kind="stable") + 1
    order = order[members[order] >= smallest]
    number = np.zeros(len(fits), np.int16)
    number[order] = np.arange(1, len(order) + 1)
    labels = number[labels].reshape(height.shape)[middle]
    fits = fits[order]
    # From column and row of the padded window's cell centres to metres from the window's corner.
    corner = fits[:, 2] + (PAD - 0.5) * (fits[:, 0] + fits[:, 1]) + base
    coefficients = np.column_stack([fits[:, 0] / cell_m, -fits[:, 1] / cell_m, corner])
    return Planes(labels, coefficients, np.sqrt(squares[order] / members[order]), members[order] / domain[order])


def tilt_deg(coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tilt from horizontal [deg] of planes given by (dz/deasting, dz/dnorthing, ...), shape (n, 2 or 3)."""
    return np.degrees(np.arctan(np.hypot(coefficients[:, 0], coefficients[:, 1])))


def azimuth_deg(coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Azimuth the planes face, that is of their steepest descent, 0-360 clockwise from north [deg]; 180 if level."""
    level = np.hypot(coefficients[:, 0], coefficients[:, 1]) < 1e-12
    azimuth = np.degrees(np.arctan2(-coefficients[:, 0], -coefficients[:, 1])) % 360.0
    return np.where(level, 180.0, azimuth)
