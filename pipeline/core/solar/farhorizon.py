"""The skyline of the terrain far around one place, on a round Earth with refraction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.sky import SECTORS, Floats
from pipeline.core.terrain import sample

EARTH_M = 6_371_000.0  # mean radius
RAYS = 10  # to a sector, half a degree apart: a peak narrower than a sector counts by its width


def drop_m(away_m: Floats, refraction: float) -> Floats:
    """How far a point at the eye's elevation sinks below the eye's horizontal.

    d^2 (1 - k) / (2 R), the Earth's curvature less the bend of the ray (Torge & Müller 2012, Geodesy, 4th ed.,
    section 5.1; k = 0.13 goes back to Gauss).

    Parameters
    ----------
    away_m
        Distance [m].
    refraction
        Coefficient k.

    >>> round(float(drop_m(np.array([30_000.0]), 0.13)[0]), 1)
    61.5
    """
    out: Floats = away_m**2 * (1.0 - refraction) / (2.0 * EARTH_M)
    return out


def far_horizon(
    z: NDArray[np.float32], cell_m: float, row: float, col: float, eye_z: float, from_m: float, reach_m: float, refraction: float
) -> tuple[Floats, Floats]:
    """Elevation of the skyline by sector, seen from one place.

    Parameters
    ----------
    z
        Elevation of the terrain, NaN where not known, row 0 in the north, shape (rows, cols) [m].
    cell_m
        Side of a cell [m].
    row, col
        Position of the eye in cells from the outer corner of the first cell.
    eye_z
        Its elevation [m].
    from_m, reach_m
        Nearest and farthest terrain that is looked at [m].
    refraction
        Coefficient of terrestrial refraction.

    Returns
    -------
    horizon_deg
        Mean over the rays of each sector, not below 0, shape (72,) [°].
    known_share
        Share of the samples of each sector with an elevation, shape (72,).
    """
    step = 360.0 / SECTORS / RAYS
    azimuth = np.radians((np.arange(SECTORS * RAYS) - (RAYS - 1) / 2) * step)
    away = np.arange(from_m, reach_m + 0.25 * cell_m, 0.5 * cell_m)
    found = np.empty(len(azimuth))
    known = np.empty(len(azimuth))
    sunk = drop_m(away, refraction)
    for s in range(0, len(azimuth), RAYS):
        part = azimuth[s : s + RAYS, None]
        seen = np.empty((RAYS, len(away)), dtype=np.float32)
        sample(z, row - away * np.cos(part) / cell_m, col + away * np.sin(part) / cell_m, True, seen)
        there = np.isfinite(seen)
        tangent = np.where(there, (seen - eye_z - sunk) / away, 0.0)
        found[s : s + RAYS] = np.degrees(np.arctan(np.maximum(tangent.max(axis=1), 0.0)))
        known[s : s + RAYS] = there.mean(axis=1)
    return found.reshape(SECTORS, RAYS).mean(axis=1), known.reshape(SECTORS, RAYS).mean(axis=1)
