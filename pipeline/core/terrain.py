"""Elevation arrays: voids, sampling between cell centres, shaded relief."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import ndimage

FloatArray = NDArray[np.floating]


def fill_voids(z: FloatArray, max_cells: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Fill small voids (NaN) with the value of the nearest cell.

    A void cell is filled where the morphological closing of the data by a square of ``2 max_cells + 1`` cells holds
    it (Serra 1982, Image Analysis and Mathematical Morphology): gaps up to ``2 max_cells`` wide are closed, no filled
    cell is further than `max_cells` rows and columns from data, and a straight edge of the data does not move
    outwards. What is filled depends only on cells at most ``2 max_cells`` away, so tiles with that halo agree.
    Of cells equally near, the one further up, then further left, is taken.

    Parameters
    ----------
    z
        Elevations, shape (rows, cols) [m].
    max_cells
        Reach of the filling [cells]; 0 fills nothing.

    Returns
    -------
    filled
        Copy of `z` as float32, shape (rows, cols) [m].
    where
        True in the cells that were filled, shape (rows, cols).

    >>> filled, where = fill_voids(np.array([[1.0, np.nan, 3.0]]), 1)
    >>> filled.tolist(), int(where.sum())
    ([[1.0, 1.0, 3.0]], 1)
    """
    out = np.array(z, dtype=np.float32)
    void = np.isnan(out)
    if max_cells <= 0 or not void.any() or void.all():
        return out, np.zeros(out.shape, dtype=bool)
    todo = void & _closing(~void, max_cells)
    if todo.any():
        row, col = np.nonzero(todo)
        out[row, col] = _nearest(np.asarray(z), row, col, max_cells)
    return out, todo


def _closing(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Closing by a square of side 2 reach + 1; outside the array there is no data."""
    size = 2 * reach + 1
    padded = np.pad(mask, 2 * reach).astype(np.uint8)
    grown = ndimage.maximum_filter(padded, size=size, mode="constant", cval=0)
    shrunk = ndimage.minimum_filter(grown, size=size, mode="constant", cval=0)
    kept: NDArray[np.bool_] = shrunk[2 * reach : -2 * reach, 2 * reach : -2 * reach].astype(bool)
    return kept


def _nearest(z: FloatArray, row: NDArray[np.intp], col: NDArray[np.intp], reach: int) -> NDArray[np.float32]:
    """Value of the nearest cell with data; every asked cell has one within `reach` rows and columns."""
    found = np.full(row.size, np.nan, dtype=np.float32)
    steps = [(dr * dr + dc * dc, dr, dc) for dr in range(-reach, reach + 1) for dc in range(-reach, reach + 1)]
    left = np.arange(row.size)
    for _, dr, dc in sorted(steps)[1:]:
        r, c = row[left] + dr, col[left] + dc
        inside = (r >= 0) & (r < z.shape[0]) & (c >= 0) & (c < z.shape[1])
        value = z[np.where(inside, r, 0), np.where(inside, c, 0)]
        hit = inside & ~np.isnan(value)
        found[left[hit]] = value[hit]
        left = left[~hit]
        if not left.size:
            break
    return found


def fill_by_plane(z: FloatArray, reach_cells: float) -> NDArray[np.float32]:
    """Fill voids by linear interpolation between known cells, as far as `reach_cells` from one.

    Inside the hull of the known cells by linear interpolation over a Delaunay triangulation of the cells beside
    voids, outside it by the nearest cell.

    Parameters
    ----------
    z
        Elevations, shape (rows, cols) [m]; meant for a coarse grid, the cost grows with the rim of the voids.
    reach_cells
        Cells further from data stay NaN [cells].

    Returns
    -------
    array of shape (rows, cols), float32 [m]
    """
    from scipy.interpolate import LinearNDInterpolator

    out = np.array(z, dtype=np.float32)
    void = np.isnan(out)
    if not void.any() or void.all():
        return out
    distance, (row, col) = ndimage.distance_transform_edt(void, return_indices=True)
    near = void & (distance <= reach_cells)
    out[near] = out[row[near], col[near]]
    rim = ~void & ndimage.binary_dilation(void, np.ones((3, 3), dtype=bool))
    known = np.argwhere(rim)
    if len(known) >= 4 and np.ptp(known, axis=0).min() > 0:
        values = LinearNDInterpolator(known, np.asarray(z)[rim])(np.argwhere(near))
        out[near] = np.where(np.isnan(values), out[near], values)
    return out


@njit(cache=True, nogil=True)
def sample(z: NDArray[np.float32], row: NDArray[np.float64], col: NDArray[np.float64], linear: bool, out: NDArray[np.float32]) -> None:
    """Read `z` at fractional cell positions, bilinearly or at the nearest centre.

    Positions count from the outer corner of the first cell: the centre of cell (r, c) is (r + 0.5, c + 0.5). The
    bilinear value leaves out neighbours that are void or infinite, and is so itself where the nearest centre is.

    Parameters
    ----------
    z
        Elevations, shape (rows, cols).
    row, col
        Positions, each of shape (n, m) [cells].
    linear
        True: bilinear; False: nearest.
    out
        Filled in place, shape (n, m); NaN outside `z`.
    """
    rows, cols = z.shape
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            r, c = row[i, j], col[i, j]
            out[i, j] = np.nan
            if not (r >= 0.0 and c >= 0.0 and r < rows and c < cols):
                continue
            near = z[int(r), int(c)]
            out[i, j] = near
            if not linear or not np.isfinite(near):
                continue
            r0, c0 = int(np.floor(r - 0.5)), int(np.floor(c - 0.5))
            fr, fc = r - 0.5 - r0, c - 0.5 - c0
            total, weight = 0.0, 0.0
            for dr in range(2):
                for dc in range(2):
                    rr, cc = r0 + dr, c0 + dc
                    if rr < 0 or cc < 0 or rr >= rows or cc >= cols or not np.isfinite(z[rr, cc]):
                        continue
                    w = (fr if dr else 1.0 - fr) * (fc if dc else 1.0 - fc)
                    total += w * z[rr, cc]
                    weight += w
            if weight > 0.0:
                out[i, j] = total / weight


def hillshade(z: FloatArray, cell_m: float, azimuth: float = 315.0, altitude: float = 45.0) -> NDArray[np.float32]:
    """Shaded relief of a Lambertian surface under one light.

    Slopes by the eight neighbours with weights 1-2-1, brightness = cosine of the angle between the surface normal
    and the light, 0 where the light is behind (Horn 1981, Hill shading and the reflectance map, Proc. IEEE 69(1),
    doi:10.1109/PROC.1981.11918).

    Parameters
    ----------
    z
        Elevations, shape (rows, cols), row 0 in the north [m].
    cell_m
        Side of a cell [m].
    azimuth
        Direction the light comes from, clockwise from north [°].
    altitude
        Elevation of the light above the horizon [°].

    Returns
    -------
    array of shape (rows, cols), float32
        0 (dark) to 255 (facing the light); NaN where the cell or a neighbour is void. Border cells repeat their edge.

    >>> round(float(hillshade(np.zeros((3, 3)), 1.0)[1, 1]), 1)  # 255 sin 45°
    180.3
    """
    p = np.pad(np.asarray(z, dtype=np.float32), 1, mode="edge")
    west = p[:-2, :-2] + 2 * p[1:-1, :-2] + p[2:, :-2]
    east = p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:]
    north = p[:-2, :-2] + 2 * p[:-2, 1:-1] + p[:-2, 2:]
    south = p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:]
    rise_east, rise_north = (east - west) / (8 * cell_m), (north - south) / (8 * cell_m)
    az, alt = np.radians(azimuth), np.radians(altitude)
    light_east, light_north, light_up = np.sin(az) * np.cos(alt), np.cos(az) * np.cos(alt), np.sin(alt)
    facing = light_up - rise_east * light_east - rise_north * light_north
    shade = facing / np.sqrt(1 + rise_east**2 + rise_north**2)
    own_void = 0 * p[1:-1, 1:-1]  # the slopes do not look at the cell itself
    out: NDArray[np.float32] = (255 * np.clip(shade, 0, None) + own_void).astype(np.float32)
    return out
