"""Horizons and sky view factor of every cell of a raster, cell by cell the march of `march`.

Both functions are for `Compute.tiles` with a halo of `march.margin_cells` cells: only cells with that many around them are traced, so a cell's answer
is the same, bit by bit, from whatever tile it is seen.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.horizon import fill_voids
from pipeline.core.solar.march import margin_cells, terrain, trace
from pipeline.core.solar.sky import SECTORS

# Cells traced at once: 72 horizons of each are 19 MB.
AT_ONCE = 1 << 16


def horizons(surface: NDArray[np.float32], cell_m: float, reach_m: float, lift_m: float = 0.0) -> NDArray[np.float32]:
    """Elevation of the horizon of every cell in all sectors.

    Parameters
    ----------
    surface
        Elevation, NaN where not known, shape (rows, cols) [m].
    cell_m
        Side of a cell [m].
    reach_m
        Distance of the search [m].
    lift_m
        Height over the surface from which the cells look [m].

    Returns
    -------
    array of shape (72, rows, cols)
        Not below 0, sectors clockwise from north; NaN where the surface is not known and within the margin [°]. 288 bytes a cell: take small tiles.
    """
    out = np.full((SECTORS, *surface.shape), np.nan, dtype=np.float32)
    for rows, cols, tangents in _traced(surface, cell_m, reach_m, lift_m):
        out[:, rows, cols] = np.degrees(np.arctan(tangents))
    return out


def sky_view(surface: NDArray[np.float32], cell_m: float, reach_m: float, lift_m: float = 0.0) -> NDArray[np.float32]:
    """Sky view factor of every cell, taken as horizontal: the mean over the sectors of the squared cosine of the horizon (see `sky.summarise`).

    Parameters
    ----------
    surface, cell_m, reach_m, lift_m
        As in `horizons`.

    Returns
    -------
    array of shape (rows, cols)
        0..1, NaN where the surface is not known and within the margin.
    """
    out = np.full(surface.shape, np.nan, dtype=np.float32)
    for rows, cols, tangents in _traced(surface, cell_m, reach_m, lift_m):
        out[rows, cols] = (1.0 / (1.0 + tangents * tangents)).sum(axis=0) / SECTORS
    return out


def _traced(
    surface: NDArray[np.float32], cell_m: float, reach_m: float, lift_m: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]:
    """Rows and columns of the known cells inside the margin, some at once, and their tangents, shape (72, cells)."""
    margin = margin_cells(reach_m, cell_m)
    rows, cols = (at + margin for at in np.nonzero(np.isfinite(surface[margin:-margin, margin:-margin])))
    if not len(rows):
        return
    ground = terrain(fill_voids(surface), cell_m)
    for first in range(0, len(rows), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        stand = surface[rows[some], cols[some]].astype(np.float64) + lift_m
        yield rows[some], cols[some], trace(ground, cell_m, rows[some], cols[some], stand, reach_m).T
