"""Cast shadows of a whole raster for one position of the sun, each ray marched in the sun's own direction.

The horizons of `march` stand 5 degrees apart; read between them, the edge of a shadow may lie beside where it falls. Here the ray runs to the
sun itself, over the same bilinear surface, sampled where it crosses the lines of cell centres. For one sun all cells share their samples, so
each sample is one shifted reading of the raster, and the elevation to which it casts shade over a cell is its own less what the ray falls on the
way (Ratti & Richens 2004, Raster analysis of urban form, Environment and Planning B 31(2), 297-309, shift the raster in the same way).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.horizon import fill_voids
from pipeline.core.solar.march import crossings

# Rows taken together, so that a strip stays in the cache from sample to sample.
STRIP = 32
# Samples are left out where nothing can shade any more, by more than floats round: a cell's answer must not depend on its strip.
CAUTION_M = 0.01


def lit(surface: NDArray[np.float32], cell_m: float, azimuth_deg: float, elevation_deg: float, reach_m: float, lift_m: float = 0.0) -> NDArray[np.float32]:
    """Whether each cell of a raster sees the sun; for `Compute.tiles` with a halo of `march.margin_cells` cells.

    Parameters
    ----------
    surface
        Elevation, NaN where not known, shape (rows, cols) [m].
    cell_m
        Side of a cell [m].
    azimuth_deg, elevation_deg
        Of the sun, clockwise from the north of the grid, elevation above 0 and at most 90 [°].
    reach_m
        Distance of the search [m].
    lift_m
        Height over the surface from which the cells look [m].

    Returns
    -------
    array of shape (rows, cols)
        1 in the sun, 0 in the shade, NaN where the surface is not known.

    Raises
    ------
    ValueError
        When the sun is not above the horizon.
    """
    known = np.isfinite(surface)
    stand = np.where(known, surface + np.float32(lift_m), np.float32(np.inf)).astype(np.float32)
    shade = shade_elevation(surface, stand, cell_m, azimuth_deg, elevation_deg, reach_m)
    return np.where(known, shade <= stand, np.nan).astype(np.float32)


def shade_elevation(surface: NDArray[np.float32], stand: NDArray[np.float32], cell_m: float, azimuth_deg: float, elevation_deg: float, reach_m: float) -> NDArray[np.float32]:
    """Elevation up to which each cell of a raster lies in shade.

    Parameters
    ----------
    stand
        Elevation each cell looks from, infinite where it is not asked, shape (rows, cols) [m]. The others as in `lit`.

    Returns
    -------
    array of shape (rows, cols)
        Not below `stand`, and equal to it where the sun is seen [m]. What stands beyond the array is not known: cells
        nearer to its border than `reach_m` may miss a shadow.

    Raises
    ------
    ValueError
        When the sun is not above the horizon.
    """
    if not 0.0 < elevation_deg <= 90.0:
        raise ValueError(f"the sun stands at {elevation_deg} degrees; shadows are cast between 0 and 90")
    azimuth = np.radians(azimuth_deg)
    z = fill_voids(surface)
    row, col, down, share, away = crossings(np.round([-np.cos(azimuth), np.sin(azimuth)], 15), cell_m, reach_m)
    fall = away * np.tan(np.radians(elevation_deg))
    shade = stand.astype(np.float32, copy=True)
    for top in range(0, z.shape[0], STRIP):
        room = float(z.max()) - float(stand[top : top + STRIP].min(initial=np.inf))
        for k in range(int(np.searchsorted(fall, room + CAUTION_M))):
            step = (0, 0) if share[k] == 0.0 else (1, 0) if down[k] else (0, 1)
            _raise(shade, z, top, (int(row[k]), int(col[k])), step, np.float32(share[k]), np.float32(fall[k]))
    return shade


def _raise(shade: NDArray[np.float32], z: NDArray[np.float32], top: int, offset: tuple[int, int], step: tuple[int, int], share: np.float32, fall: np.float32) -> None:
    """Raise the shade of one strip by one sample, which lies between the cell at `offset` from each and the cell one `step` further."""
    rows, cols = z.shape
    r0, r1 = max(top, -offset[0]), min(top + STRIP, rows, rows - offset[0] - step[0])
    c0, c1 = max(0, -offset[1]), min(cols, cols - offset[1] - step[1])
    if r0 >= r1 or c0 >= c1:
        return
    near, far = (z[r0 + r : r1 + r, c0 + c : c1 + c] for r, c in (offset, (offset[0] + step[0], offset[1] + step[1])))
    reading = far - near
    reading *= share
    reading += near
    reading -= fall
    part = shade[r0:r1, c0:c1]
    np.maximum(part, reading, out=part)
