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
5. Groups of planes that a curved surface explains better become a vault or a dome (`vaults`).
6. Planes turn square to a wall as far as their standard error leaves it open (`walls`, `accuracy`).

Everything is deterministic: no random numbers, ties are broken by position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar import regions
from pipeline.core.solar.accuracy import fitted
from pipeline.core.solar.growth import Windows
from pipeline.core.solar.planefit import PAD
from pipeline.core.solar.vaults import PLANE, merge_vaults, vaults

Floats = NDArray[np.float64]

# Three would define a plane; six leave three to tell whether it is one.
MIN_CELLS = 6
# A padded window without its pads.
MIDDLE = (slice(PAD, -PAD), slice(PAD, -PAD))


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
    vault_facets
        Keep the planes found on a vault or dome apart, instead of one row with its mean plane.
    """

    inlier_m: float = 0.15
    min_plane_m2: float = 2.0
    max_planes: int = 60
    vault_facets: bool = False


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
    tilt_se_deg : array of shape (planes,)
        Standard error of the tilt [deg], see `accuracy`.
    curved : int8 array of shape (planes,)
        0 for a plane, else `vaults.VAULT` or `vaults.DOME`: then the plane is the mean one of a curved surface.
    stretch : array of shape (planes,)
        Area in the slope over area in plan [-].
    """

    labels: NDArray[np.int16]
    coefficients: Floats
    residual_m: Floats
    inlier_share: Floats
    tilt_se_deg: Floats
    curved: NDArray[np.int8]
    stretch: Floats


def find_planes(
    surface: NDArray[np.float32], inside: NDArray[np.bool_], cell_m: float, rules: PlaneRules, walls_deg: Floats | None = None
) -> Planes:
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
    walls_deg
        Azimuths square to the building's walls [deg] (`walls.wall_normals_deg`); planes turn towards them within their error.

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
    (found,) = search([(surface, inside)], cell_m, rules)
    return Planes(found.labels, *describe([found], None if walls_deg is None else [walls_deg], cell_m))


@dataclass(frozen=True)
class Search:
    """What was found in one window: planes in easting and southing from its padded corner, before they are described.

    Attributes
    ----------
    labels : int16 array of shape (rows, cols)
        As in `Planes`.
    fits, sums : arrays of shape (planes, 3 and 11)
        See `planefit`; elevations are over `base`.
    near : array of shape (planes,)
        Cells that are nearest to each plane.
    curved, stretch : arrays of shape (planes,)
        As in `Planes`.
    base
        Elevation that was taken off [m].
    """

    labels: NDArray[np.int16]
    fits: Floats
    sums: Floats
    near: NDArray[np.int64]
    curved: NDArray[np.int8]
    stretch: Floats
    base: float


def search(ones: Sequence[tuple[NDArray[np.float32], NDArray[np.bool_]]], cell_m: float, rules: PlaneRules) -> list[Search]:
    """Find the planes of many buildings at once, each given by its surface and the cells inside; arguments as in `find_planes`."""
    w, base = _windows(ones, cell_m)
    smallest = max(MIN_CELLS, int(np.ceil(rules.min_plane_m2 / cell_m**2)))
    out = []
    for k, one in enumerate(regions.find(w, rules.inlier_m, smallest, rules.max_planes)):
        own = slice(int(w.first[k]), int(w.first[k + 1]))
        cells, wide = w.cells[own], int(w.wide[k])
        found, kind, stretch = merge_vaults(one, vaults(cells, w.valid[own], one, rules.inlier_m, wide), cells, rules.vault_facets)
        order = np.argsort(-found.sums[1:, 0], kind="stable") + 1
        order = order[found.sums[order, 0] >= smallest]
        number = np.zeros(len(found.fits), np.int16)
        number[order] = np.arange(1, len(order) + 1)
        near = np.bincount(found.near, minlength=len(found.fits))[order]
        labels = number[found.labels].reshape(-1, wide)[MIDDLE]
        out.append(Search(labels, found.fits[order], found.sums[order], near, kind[order], stretch[order], base[k]))
    return out


def _windows(ones: Sequence[tuple[NDArray[np.float32], NDArray[np.bool_]]], cell_m: float) -> tuple[Windows, list[float]]:
    """Buildings as padded windows, and the elevation that was taken off each [m]."""
    shapes = np.array([s.shape for s, _ in ones], np.int64).reshape(-1, 2) + 2 * PAD
    size = shapes.prod(axis=1)
    first = np.concatenate(([0], np.cumsum(size)))
    cells, valid, base = np.zeros((int(first[-1]), 3)), np.zeros(int(first[-1]), np.bool_), []
    for k, (surface, inside) in enumerate(ones):
        known, own = inside & np.isfinite(surface), slice(int(first[k]), int(first[k + 1]))
        base.append(float(surface[known].mean(dtype=np.float64)) if known.any() else 0.0)
        valid[own].reshape(shapes[k])[MIDDLE] = known
        cells[own, 2].reshape(shapes[k])[MIDDLE] = np.where(known, surface - base[k], 0.0)
    owner = np.repeat(np.arange(len(ones)), size)
    wide = shapes[:, 1].copy()
    row, col = np.divmod(np.arange(len(cells)) - first[owner], wide[owner])
    cells[:, 0], cells[:, 1] = col * cell_m, row * cell_m
    return Windows(cells, valid, first, wide, owner), base


class Measures(NamedTuple):
    """Arrays of `Planes` for the planes of one or many buildings."""

    coefficients: Floats
    residual_m: Floats
    inlier_share: Floats
    tilt_se_deg: Floats
    curved: NDArray[np.int8]
    stretch: Floats


def describe(found: Sequence[Search], walls_deg: Sequence[Floats] | None, cell_m: float) -> Measures:
    """Planes of many buildings, one after the other, turned to their walls.

    Parameters
    ----------
    found
        From `search`.
    walls_deg
        Of each building, see `walls.wall_normals_deg`; None turns nothing.
    cell_m
        Side of a cell [m].
    """
    counts = [len(f.fits) for f in found]
    owner = np.repeat(np.arange(len(found)), counts)
    curved = np.concatenate([np.empty(0, np.int8), *(f.curved for f in found)])
    sums = np.concatenate([np.empty((0, 11)), *(f.sums for f in found)])
    fits, squares, error = fitted(np.concatenate([np.empty((0, 3)), *(f.fits for f in found)]), sums, curved == PLANE, owner, walls_deg)
    base = np.repeat([f.base for f in found], counts)
    # From x and y (southing) at the padded window's first cell centre to metres from the window's corner.
    corner = fits[:, 2] + (PAD - 0.5) * cell_m * (fits[:, 0] + fits[:, 1]) + base
    longer = np.sqrt(1.0 + fits[:, 0] ** 2 + fits[:, 1] ** 2)
    members = sums[:, 0]
    return Measures(
        coefficients=np.column_stack([fits[:, 0], -fits[:, 1], corner]),
        residual_m=np.sqrt(squares / members) / longer,
        inlier_share=members / np.concatenate([np.empty(0), *(f.near for f in found)]),
        tilt_se_deg=error,
        curved=curved,
        stretch=np.where(curved == PLANE, longer, np.concatenate([np.empty(0), *(f.stretch for f in found)])),
    )


def tilt_deg(coefficients: Floats) -> Floats:
    """Tilt from horizontal [deg] of planes given by (dz/deasting, dz/dnorthing, ...), shape (n, 2 or 3)."""
    return np.degrees(np.arctan(np.hypot(coefficients[:, 0], coefficients[:, 1])))


def azimuth_deg(coefficients: Floats) -> Floats:
    """Azimuth the planes face, that is of their steepest descent, 0-360 clockwise from north [deg]; 180 if level."""
    level = np.hypot(coefficients[:, 0], coefficients[:, 1]) < 1e-12
    azimuth = np.degrees(np.arctan2(-coefficients[:, 0], -coefficients[:, 1])) % 360.0
    return np.where(level, 180.0, azimuth)
