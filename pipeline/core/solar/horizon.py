"""Horizons of roof planes: where the cells of each plane stand, what they see along 72 rays (`march`), and its sum (`sky`).

A tilted plane rises in its own horizon, up to its own slope, and that is left in: a ray that leaves a plane into
its front half-space (the cosine of incidence is positive) never meets the same plane again, so the plane's own cells
can only block directions from which it receives nothing anyhow.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.core.solar.cellhorizon import CellHorizons, codes_of, packed, starts_among
from pipeline.core.solar.march import terrain, trace
from pipeline.core.solar.sky import Floats, summarise

# Elevation of a void: it obstructs nothing.
VOID_M = np.float32(-1.0e6)
# Cells further than this off their plane carry an obstacle: they obstruct, no module stands on them.
OBSTACLE_M = 0.25
# Cells that are traced at once.
LOT_CELLS = 32_768


class PlaneHorizons(NamedTuple):
    """Horizon of each plane; see `sky.SkySummary`, and the cells used and left out.

    Attributes
    ----------
    horizon_deg, sky_view, lit_share
        Shapes (planes, 72) [°], (planes,), (planes, 72, 45) 0..255.
    cells
        Cells whose horizon was traced, shape (planes,); 0 where the plane holds no cell with an elevation.
    void_cells
        Cells of the plane without elevation, shape (planes,).
    cell_horizons
        The cells with their own horizons, as `cellhorizon.packed` gives them, shape (planes,).
    """

    horizon_deg: Floats
    sky_view: Floats
    lit_share: NDArray[np.uint8]
    cells: NDArray[np.int64]
    void_cells: NDArray[np.int64]
    cell_horizons: NDArray[np.object_]


class StandingCells(NamedTuple):
    """The cells of planes that have an elevation; those of one plane stand together.

    Attributes
    ----------
    rows, cols
        Shape (cells,).
    starts
        First cell of each plane and, last, the number of cells, shape (planes + 1,).
    stand, clear
        See `stand_elevation`.
    void_cells
        Cells of each plane without elevation, shape (planes,).
    """

    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    starts: NDArray[np.int64]
    stand: Floats
    clear: NDArray[np.bool_]
    void_cells: NDArray[np.int64]


def plane_horizons(
    surface: NDArray[np.float32],
    owner: NDArray[np.int32],
    cell_m: float,
    surface_tilt: Floats,
    surface_azimuth: Floats,
    *,
    reach_m: float,
    lift_m: float,
    far_deg: Floats | None = None,
    corner: tuple[int, int] = (0, 0),
) -> PlaneHorizons:
    """Horizon, sky view and lit share of planes from the surface model around them.

    Parameters
    ----------
    surface
        Elevation of the surface, NaN where not known, shape (rows, cols) [m]. It must hold `margin_cells` cells
        around every owned cell.
    owner
        Number of the plane each cell belongs to, -1 for none, shape (rows, cols).
    cell_m
        Side of a cell [m].
    surface_tilt, surface_azimuth
        Of the planes, shape (planes,) [°].
    reach_m
        Distance to which obstructions are searched [m].
    lift_m
        Height of the modules above the plane [m].
    far_deg
        Horizon of the terrain beyond, shape (72,) [°]: each cell sees the higher of it and its own.
    corner
        Row and column of the first cell, to be added to those of `cell_horizons`.

    Returns
    -------
    PlaneHorizons
    """
    cells = standing_cells(surface, owner, cell_m, surface_tilt, surface_azimuth)
    clear, ground = cells.clear, terrain(fill_voids(surface), cell_m)
    rows, cols, eyes, starts = cells.rows[clear], cells.cols[clear], cells.stand[clear] + lift_m, starts_among(cells.starts, clear)
    seen, kept = [], []
    for planes in _lots(starts):
        at = slice(starts[planes.start], starts[planes.stop])
        tangents = trace(ground, cell_m, rows[at], cols[at], eyes[at], reach_m)
        if far_deg is not None:
            tangents = with_far(tangents, far_deg)
        own = starts[planes.start : planes.stop + 1] - starts[planes.start]
        *summary, angles = summarise(tangents, own, surface_tilt[planes], surface_azimuth[planes])
        seen.append(summary)
        kept.append(packed(CellHorizons(rows[at] + corner[0], cols[at] + corner[1], own, codes_of(angles))))
    horizon, view, lit = (np.concatenate(part) for part in zip(*seen, strict=True))
    return PlaneHorizons(horizon, view, lit, np.diff(starts), cells.void_cells, np.concatenate(kept))


def _lots(starts: NDArray[np.int64]) -> list[slice]:
    """Planes that are traced at once: about `LOT_CELLS` cells, as the horizons of a cell take 72 numbers, a few times over."""
    ends = np.append(np.flatnonzero(np.diff(starts[1:] // LOT_CELLS)) + 1, len(starts) - 1)
    return [slice(a, b) for a, b in pairwise([0, *ends.tolist()])]


def standing_cells(
    surface: NDArray[np.float32], owner: NDArray[np.int32], cell_m: float, surface_tilt: Floats, surface_azimuth: Floats
) -> StandingCells:
    """The cells of planes and where they stand; parameters as in `plane_horizons`."""
    planes = len(surface_tilt)
    rows, cols, starts = cells_by_plane(owner, planes)
    z = surface[rows, cols]
    known = np.isfinite(z)
    void_cells = np.bincount(owner[rows, cols][~known], minlength=planes)
    starts = starts_among(starts, known)
    rows, cols, z = rows[known], cols[known], z[known]
    stand, clear = stand_elevation(z, rows, cols, starts, cell_m, surface_tilt, surface_azimuth)
    return StandingCells(rows, cols, starts, stand, clear, void_cells)


def with_far(tangents: NDArray[np.float32], far_deg: Floats) -> NDArray[np.float32]:
    """The higher of each cell's horizon, tangents of shape (cells, 72), and that of the terrain beyond, shape (72,) [°]."""
    return np.asarray(np.maximum(tangents, np.tan(np.radians(far_deg)).astype(np.float32)))


def cells_by_plane(owner: NDArray[np.int32], planes: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the owned cells, plane by plane, and the first cell of each plane.

    >>> owner = np.array([[0, 0, -1], [0, 1, 1]], dtype=np.int32)
    >>> [a.tolist() for a in cells_by_plane(owner, 2)]
    [[0, 0, 1, 1, 1], [0, 1, 0, 1, 2], [0, 3, 5]]
    """
    rows, cols = np.nonzero(owner >= 0)
    number = owner[rows, cols]
    order = np.argsort(number, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(number, minlength=planes)))).astype(np.int64)
    return rows[order], cols[order], starts


def stand_elevation(
    z: NDArray[np.float32],
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    starts: NDArray[np.int64],
    cell_m: float,
    surface_tilt: Floats,
    surface_azimuth: Floats,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Elevation from which each cell looks, and whether the cell is clear of obstacles.

    A clear cell looks from its plane (known tilt and azimuth through the median of its cells), so that the noise of
    single cells does not lower their sight; a cell more than `OBSTACLE_M` off the plane looks from its own elevation.

    Returns
    -------
    stand
        Shape (cells,) [m].
    clear
        Shape (cells,); all True on a plane with less than half of its cells clear.
    """
    sizes = np.diff(starts)
    number = np.repeat(np.arange(len(sizes)), sizes)
    down = np.tan(np.radians(surface_tilt))
    east, north = down * np.sin(np.radians(surface_azimuth)), down * np.cos(np.radians(surface_azimuth))
    # Elevation falls along the azimuth: by `east` per metre eastward and `north` per metre northward.
    fall = cell_m * (cols * east[number] - rows * north[number])
    plane = _medians(z + fall, number, starts)[number] - fall
    off = np.abs(z - plane) > OBSTACLE_M
    most_off = 2 * np.bincount(number[off], minlength=len(sizes)) > sizes
    return np.where(off, z, plane), ~off | most_off[number]


def _medians(values: Floats, number: NDArray[np.int64], starts: NDArray[np.int64]) -> Floats:
    """Median of the values of each plane, NaN where it has none."""
    sizes = np.diff(starts)
    ranked = np.append(values[np.lexsort((values, number))], np.nan)
    low, high = (np.where(sizes > 0, starts[:-1] + half, len(values)) for half in ((sizes - 1) // 2, sizes // 2))
    return np.asarray((ranked[low] + ranked[high]) / 2.0)


def fill_voids(surface: NDArray[np.float32]) -> NDArray[np.float32]:
    """The surface with its voids so low that they obstruct nothing.

    A void that touches known cells takes the lowest of them: else the bilinear reading would let the void eat half a
    cell of every building beside it.
    """
    void = ~np.isfinite(surface)
    if not void.any():
        return np.ascontiguousarray(surface, dtype=np.float32)
    lowest = ndimage.minimum_filter(np.where(void, np.float32(np.inf), surface), size=3, mode="nearest")
    return np.where(void, np.where(np.isfinite(lowest), lowest, VOID_M), surface).astype(np.float32)
