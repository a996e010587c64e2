"""Directions of a building's walls, and planes turned square to them as far as the cells leave it open.

Most pitched planes fall at right angles to a wall. A plane of few cells is uncertain in azimuth by degrees where its tilt
and its area are not; a wall is measured to a fraction of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Shorter edges are corners and bays [m]; so are those below this part of the longest.
MIN_WALL_M = 2.0
MIN_WALL_SHARE = 0.25
# A wall further off than this many standard errors is not the plane's: 95 % of a normal distribution.
NEAR_SE = 1.96


def wall_normals_deg(footprints: NDArray[np.object_] | Sequence[shapely.Geometry]) -> list[Floats]:
    """Azimuths at right angles to the main walls of each footprint, 0-180 [deg].

    Parameters
    ----------
    footprints
        Polygons or multipolygons.

    Examples
    --------
    >>> wall_normals_deg([shapely.box(0.0, 0.0, 10.0, 6.0)])[0].tolist()
    [90.0, 0.0, 90.0, 0.0]
    """
    rings, of_ring = shapely.get_rings(np.asarray(footprints, dtype=object), return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if len(points) == 0:
        return [np.empty(0) for _ in footprints]
    step = np.diff(points, axis=0)[ring[1:] == ring[:-1]]
    owner = of_ring[ring[1:][ring[1:] == ring[:-1]]]
    length = np.hypot(step[:, 0], step[:, 1])
    longest = np.zeros(len(footprints))
    np.maximum.at(longest, owner, length)
    keep = (length >= MIN_WALL_M) & (length >= MIN_WALL_SHARE * longest[owner])
    normal = (np.degrees(np.arctan2(step[:, 0], step[:, 1])) + 90.0) % 180.0
    first = np.searchsorted(owner[keep], np.arange(len(footprints) + 1))
    return [normal[keep][a:b] for a, b in pairwise(first)]


def turned(slopes: Floats, covariance: Floats, walls_deg: Sequence[Floats]) -> Floats:
    """Slopes of planes whose azimuth moves towards the nearest wall normal, by one standard error at most.

    A plane turns only where a normal lies within 1.96 standard errors of its azimuth, never past it, and not where the
    azimuth is hardly known (an error of 45 degrees and more). Along the direction so
    fixed its slope is the generalised least-squares one: with g and C the fitted slopes and their covariance and d the
    direction, d (d' C^-1 g) / (d' C^-1 d) (Aitken 1935, doi:10.1017/S0370164600014346).

    Parameters
    ----------
    slopes : array of shape (n, 2)
        dz/deasting and dz/dnorthing [m/m].
    covariance : array of shape (n, 2, 2)
        Of the slopes.
    walls_deg
        Of each plane, see `wall_normals_deg`.
    """
    rise = np.hypot(slopes[:, 0], slopes[:, 1])
    safe = np.maximum(rise, 1e-9)
    side = np.column_stack([-slopes[:, 1], slopes[:, 0]]) / safe[:, None]
    error = np.degrees(np.sqrt(np.einsum("pi,pij,pj->p", side, covariance, side)) / safe)
    azimuth = np.degrees(np.arctan2(slopes[:, 0], slopes[:, 1]))
    count = np.array([len(w) for w in walls_deg])
    normals = np.full((len(slopes), max(count.max(initial=0), 1)), np.inf)
    normals[np.arange(normals.shape[1]) < count[:, None]] = np.concatenate(walls_deg) if len(walls_deg) else []
    far = np.isinf(normals)
    away = np.where(far, 90.0, (np.where(far, 0.0, normals) - azimuth[:, None] + 90.0) % 180.0 - 90.0)
    nearest = away[np.arange(len(away)), np.abs(away).argmin(axis=1)]
    move = (np.abs(nearest) <= NEAR_SE * error) & (error < 45.0) & (error > 0.0) & (count > 0)
    angle = np.radians(azimuth + np.clip(nearest, -error, error))
    way = np.column_stack([np.sin(angle), np.cos(angle)])
    weight = np.linalg.inv(np.where(move[:, None, None], covariance, np.eye(2)))
    along = np.einsum("pi,pij,pj->p", way, weight, slopes) / np.einsum("pi,pij,pj->p", way, weight, way)
    return np.where(move[:, None], way * along[:, None], slopes)
