"""Slow marches over a surface in small even steps: horizons and cast shadows. Written apart from core/solar, sharing no code with it.

Each ray is sampled every `step_m` (five times that beyond 10 m, ten times beyond 50 m) without any shortcut. The surface is read bilinearly between
cell centres, or as columns: each cell is a block with a level top. A march begins `start` cells away, counted along the nearer axis: at 1
it begins between the centres of two neighbours; what lies nearer is the place the eye itself stands on.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

NEAR_M, MIDDLE_M = 10.0, 50.0


@njit(cache=True)
def _elevation(z, row, col, columns):
    """The surface at a place given in cells from the centre of the first; far below where nothing is known."""
    if columns:
        r, c = int(np.floor(row + 0.5)), int(np.floor(col + 0.5))
        return z[r, c] if 0 <= r < z.shape[0] and 0 <= c < z.shape[1] else -1e6
    r, c = int(np.floor(row)), int(np.floor(col))
    if r < 0 or c < 0 or r + 1 >= z.shape[0] or c + 1 >= z.shape[1]:
        return -1e6
    v, u = row - r, col - c
    return (1 - v) * ((1 - u) * z[r, c] + u * z[r, c + 1]) + v * ((1 - u) * z[r + 1, c] + u * z[r + 1, c + 1])


@njit(cache=True, parallel=True)
def _horizons(z, cell_m, rows, cols, eyes, sine, cosine, reach_m, step_m, columns, start):
    out = np.zeros((len(rows), len(sine)), np.float32)
    for i in prange(len(rows)):
        for a in range(len(sine)):
            best, away = 0.0, start * cell_m / max(abs(sine[a]), abs(cosine[a]))
            while away <= reach_m + 1e-9:
                top = _elevation(z, rows[i] - away * cosine[a] / cell_m, cols[i] + away * sine[a] / cell_m, columns)
                best = max(best, (top - eyes[i]) / away)
                away += step_m * (1.0 if away < NEAR_M else 5.0 if away < MIDDLE_M else 10.0)
            out[i, a] = np.degrees(np.arctan(best))
    return out


@njit(cache=True, parallel=True)
def _shadowed(z, cell_m, rows, cols, eyes, azimuth, elevation, reach_m, step_m, start):
    out = np.zeros(len(rows), np.bool_)
    for i in prange(len(rows)):
        rise = np.tan(np.radians(elevation))
        north, east = np.cos(np.radians(azimuth)) / cell_m, np.sin(np.radians(azimuth)) / cell_m
        away = start * cell_m / max(abs(np.sin(np.radians(azimuth))), abs(np.cos(np.radians(azimuth))))
        while away <= reach_m + 1e-9 and not out[i]:
            out[i] = _elevation(z, rows[i] - away * north, cols[i] + away * east, False) > eyes[i] + away * rise
            away += step_m * (1.0 if away < NEAR_M else 5.0 if away < MIDDLE_M else 10.0)
    return out


def march_horizons(
    surface: NDArray[Any], cell_m: float, rows: Any, cols: Any, eyes: Any, azimuths_deg: Any, reach_m: float, *, step_m: float = 0.05, start: float = 1.0, columns: bool = False
) -> NDArray[np.float32]:
    """Horizon elevation [deg] of cells, shape (cells, azimuths); not below 0."""
    angle = np.radians(np.asarray(azimuths_deg, dtype=float))
    z = np.where(np.isfinite(surface), surface, -1e6).astype(np.float64)
    at = (np.asarray(rows, dtype=float), np.asarray(cols, dtype=float), np.asarray(eyes, dtype=float))
    return np.asarray(_horizons(z, cell_m, *at, np.sin(angle), np.cos(angle), reach_m, step_m, columns, start))


def march_shadows(surface: NDArray[Any], cell_m: float, rows: Any, cols: Any, eyes: Any, azimuth_deg: float, elevation_deg: float, reach_m: float, *, step_m: float = 0.05, start: float = 1.0) -> NDArray[np.bool_]:
    """Whether something stands between each cell and the sun, shape (cells,): along the one ray to the sun."""
    z = np.where(np.isfinite(surface), surface, -1e6).astype(np.float64)
    at = (np.asarray(rows, dtype=float), np.asarray(cols, dtype=float), np.asarray(eyes, dtype=float))
    return np.asarray(_shadowed(z, cell_m, *at, float(azimuth_deg), float(elevation_deg), reach_m, step_m, start))
