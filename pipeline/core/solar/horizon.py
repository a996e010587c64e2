"""Horizons of roof planes: a march over the surface model from the cells of each plane.

The surface between cell centres is read bilinearly: a ray is sampled where it crosses the lines of cell centres, where
the bilinear surface is linear between two cells. So a plane of any tilt is met as the plane it is; a wall is a ramp one
cell wide (reading cells as columns instead would let every tilted roof shade itself in steps).

A tilted plane does rise in its own horizon, up to its own slope, and that is left in: a ray that leaves a plane into
its front half-space (the cosine of incidence is positive) never meets the same plane again, so the plane's own cells
can only block directions from which it receives nothing anyhow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.core.solar.compiled import kernel
from pipeline.core.solar.sky import SECTORS, Floats, sector_azimuths, summarise

# Elevation of a void: it obstructs nothing.
VOID_M = np.float32(-1.0e6)
# Side of the blocks whose highest cell lets a ray jump, and the cells of such a jump: block +-1 holds them all.
BLOCK = 8
JUMP = 14
# Cells further than this off their plane carry an obstacle: they obstruct, no module stands on them.
OBSTACLE_M = 0.25


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
    """

    horizon_deg: Floats
    sky_view: Floats
    lit_share: NDArray[np.uint8]
    cells: NDArray[np.int64]
    void_cells: NDArray[np.int64]


def plane_horizons(
    surface: NDArray[np.float32],
    owner: NDArray[np.int32],
    cell_m: float,
    surface_tilt: Floats,
    surface_azimuth: Floats,
    *,
    reach_m: float,
    max_cells: int,
    lift_m: float,
    far_deg: Floats | None = None,
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
    max_cells
        Cells traced per plane; larger planes are sampled evenly.
    lift_m
        Height of the modules above the plane [m].
    far_deg
        Horizon of the terrain beyond, shape (72,) [°]: each cell sees the higher of it and its own.

    Returns
    -------
    PlaneHorizons
    """
    planes = len(surface_tilt)
    rows, cols, starts = cells_by_plane(owner, planes)
    known = np.isfinite(surface[rows, cols])
    void_cells = np.bincount(owner[rows, cols][~known], minlength=planes)
    rows, cols, starts = _keep(rows, cols, starts, known)
    stand, clear = stand_elevation(surface[rows, cols], rows, cols, starts, cell_m, surface_tilt, surface_azimuth)
    chosen = sample(clear, starts, max_cells)
    rows, cols, starts = _keep(rows, cols, starts, chosen)
    tangents = trace(fill_voids(surface), cell_m, rows, cols, stand[chosen] + lift_m, reach_m)
    if far_deg is not None:
        tangents = np.maximum(tangents, np.tan(np.radians(far_deg)).astype(np.float32))
    seen = summarise(tangents, starts, surface_tilt, surface_azimuth)
    return PlaneHorizons(seen.horizon_deg, seen.sky_view, seen.lit_share, np.diff(starts), void_cells)


def margin_cells(reach_m: float, cell_m: float) -> int:
    """Cells that must surround every traced cell."""
    return int(np.ceil(reach_m / cell_m)) + 2


def cells_by_plane(owner: NDArray[np.int32], planes: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the owned cells, plane by plane, along a Z-order curve, and the first cell of each plane.

    Even steps along the curve are spread evenly over the plane.

    >>> owner = np.array([[0, 0, -1], [0, 1, 1]], dtype=np.int32)
    >>> [a.tolist() for a in cells_by_plane(owner, 2)]
    [[0, 0, 1, 1, 1], [0, 1, 0, 1, 2], [0, 3, 5]]
    """
    rows, cols = np.nonzero(owner >= 0)
    number = owner[rows, cols]
    first_row = ndimage.minimum(rows, number, np.arange(planes)).astype(np.int64) if len(rows) else np.zeros(planes, np.int64)
    first_col = ndimage.minimum(cols, number, np.arange(planes)).astype(np.int64) if len(rows) else np.zeros(planes, np.int64)
    curve = _spread(rows - first_row[number]) << 1 | _spread(cols - first_col[number])
    order = np.lexsort((curve, number))
    starts = np.concatenate(([0], np.cumsum(np.bincount(number, minlength=planes)))).astype(np.int64)
    return rows[order], cols[order], starts


def _spread(n: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bits of a number below 2^16 moved to the even places (Morton code)."""
    n = n & 0xFFFF
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        n = (n | n << shift) & mask
    return n


def _keep(
    rows: NDArray[np.int64], cols: NDArray[np.int64], starts: NDArray[np.int64], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    before = np.concatenate(([0], np.cumsum(mask)))
    return rows[mask], cols[mask], before[starts].astype(np.int64)


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
    stand = np.empty(len(z))
    clear = np.ones(len(z), dtype=bool)
    down = np.tan(np.radians(surface_tilt))
    east, north = down * np.sin(np.radians(surface_azimuth)), down * np.cos(np.radians(surface_azimuth))
    for p in range(len(starts) - 1):
        at = slice(starts[p], starts[p + 1])
        if starts[p] == starts[p + 1]:
            continue
        # Elevation falls along the azimuth: by `east` per metre eastward and `north` per metre northward.
        fall = cell_m * (cols[at] * east[p] - rows[at] * north[p])
        plane = np.median(z[at] + fall) - fall
        off = np.abs(z[at] - plane) > OBSTACLE_M
        stand[at] = np.where(off, z[at], plane)
        if 2 * np.count_nonzero(off) <= len(off):
            clear[at] = ~off
    return stand, clear


def sample(clear: NDArray[np.bool_], starts: NDArray[np.int64], max_cells: int) -> NDArray[np.bool_]:
    """Mark at most `max_cells` clear cells of each plane, evenly spaced in their order."""
    rank = np.cumsum(clear) - 1
    before = np.concatenate(([0], np.cumsum(clear)))[starts]
    sizes = np.diff(before)
    count = np.repeat(sizes, np.diff(starts))
    rank = rank - np.repeat(before[:-1], np.diff(starts))
    # A cell is taken where its share of the quota passes a whole number.
    quota = np.minimum(count, max_cells)
    taken = (rank + 1) * quota // np.maximum(count, 1) > rank * quota // np.maximum(count, 1)
    return np.asarray(clear & taken)


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


def trace(
    surface: NDArray[np.float32], cell_m: float, rows: NDArray[np.int64], cols: NDArray[np.int64], stand: Floats, reach_m: float
) -> NDArray[np.float32]:
    """Horizon of single cells by a march over the surface.

    Parameters
    ----------
    surface
        Elevation without NaN, shape (rows, cols) [m].
    cell_m
        Side of a cell [m].
    rows, cols
        The cells, shape (cells,), at least `margin_cells` from the border.
    stand
        Elevation each looks from, shape (cells,) [m].
    reach_m
        Distance of the search [m].

    Returns
    -------
    array of shape (cells, 72)
        Tangent of the elevation of the horizon, 0 where nothing rises above the eye.

    Notes
    -----
    Rays jump over `JUMP` cells where the highest cell around cannot rise above the horizon found so far; this changes
    no result (the maximum mipmap of Tevs, Ihrke & Seidel 2008, doi:10.1145/1342250.1342279, with one level).
    """
    _check_margin(surface.shape, rows, cols, margin_cells(reach_m, cell_m))
    grid = np.ascontiguousarray(surface)
    rays = _rays(grid.shape[1], cell_m, reach_m)
    return np.asarray(_trace(grid.reshape(-1), _block_tops(grid), grid.shape[1], rows, cols, stand.astype(np.float32), *rays))


def _check_margin(shape: tuple[int, ...], rows: NDArray[np.int64], cols: NDArray[np.int64], margin: int) -> None:
    """Refuse cells whose rays would leave the array."""
    if len(rows) and (min(rows.min(), cols.min()) < margin or rows.max() >= shape[0] - margin or cols.max() >= shape[1] - margin):
        raise ValueError(f"cells nearer than {margin} cells to the border of a surface of {shape} cells; pad it with NaN")


class _Rays(NamedTuple):
    """Where the ray of each sector is sampled, seen from any cell; arrays of shape (72, samples) or (72, jumps)."""

    jumps: NDArray[np.int64]  # first sample of each jump and, last, the number of samples, shape (72, jumps + 1)
    near: NDArray[np.int32]  # flat offsets of the two cells between which a sample lies
    far: NDArray[np.int32]
    share: NDArray[np.float32]  # weight of the second
    away_m: NDArray[np.float32]  # distance
    nearness: NDArray[np.float32]  # 1 / distance
    jump_row: NDArray[np.int32]  # row and column offset of the middle of a jump
    jump_col: NDArray[np.int32]


def _rays(wide: int, cell_m: float, reach_m: float) -> _Rays:
    azimuths = sector_azimuths()
    directions = np.round(np.stack([-np.cos(azimuths), np.sin(azimuths)], axis=1), 15)
    rays = [_samples(d, wide, cell_m, reach_m) for d in directions]
    most = max(len(r[0]) for r in rays)
    near, far, share, away = (np.stack([np.pad(r[i], (0, most - len(r[i])), constant_values=1) for r in rays]) for i in range(4))
    longest = np.abs(directions).max(axis=1, keepdims=True)
    count = int(np.ceil(reach_m / cell_m / JUMP))
    # Distances of the ends of jumps along the ray; the middle of the last jump stays within the reach, so within the margin.
    ends = np.arange(count + 1) * JUMP * cell_m / longest
    jumps = np.stack([np.searchsorted(r[3], e + 1e-6, side="right") for r, e in zip(rays, ends, strict=True)])
    middle = np.minimum((np.arange(count) * JUMP + JUMP // 2) / longest, reach_m / cell_m)
    return _Rays(
        jumps=jumps.astype(np.int64), near=near.astype(np.int32), far=far.astype(np.int32), share=share.astype(np.float32),
        away_m=away.astype(np.float32), nearness=(1.0 / away).astype(np.float32),
        jump_row=np.floor(middle * directions[:, :1]).astype(np.int32), jump_col=np.floor(middle * directions[:, 1:]).astype(np.int32),
    )  # fmt: skip


def _samples(direction: Floats, wide: int, cell_m: float, reach_m: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Crossings of one ray with the lines of cell centres: flat offsets of the two cells, share of the second, distance [m]."""
    reach = reach_m / cell_m
    crossings = [np.arange(1, int(reach * abs(d) + 1e-9) + 1) / abs(d) for d in direction if abs(d) > 1e-9]
    away = np.unique(np.round(np.concatenate(crossings), 9))
    row, col = away * direction[0], away * direction[1]
    on_row = np.abs(row - np.round(row)) < 1e-6
    first_row, first_col = np.where(on_row, np.round(row), np.floor(row)), np.where(on_row, np.floor(col + 1e-6), np.round(col))
    share = np.maximum(np.where(on_row, col - first_col, row - first_row), 0.0)
    near = first_row * wide + first_col
    return near, near + np.where(on_row, 1, wide), share, away * cell_m


def _block_tops(surface: NDArray[np.float32]) -> NDArray[np.float32]:
    """Highest cell of each block and the eight around it."""
    high, wide = -(-surface.shape[0] // BLOCK), -(-surface.shape[1] // BLOCK)
    padded = np.full((high * BLOCK, wide * BLOCK), VOID_M, dtype=np.float32)
    padded[: surface.shape[0], : surface.shape[1]] = surface
    tops = padded.reshape(high, BLOCK, wide, BLOCK).max(axis=(1, 3))
    return np.asarray(ndimage.maximum_filter(tops, size=3, mode="constant", cval=float(VOID_M)))


@kernel
def _trace(flat, tops, wide, rows, cols, stand, jumps, near, far, share, away_m, nearness, jump_row, jump_col):  # type: ignore[no-untyped-def]
    # Indices are unsigned: numba else tests each for a negative value, which doubles the time.
    out = np.zeros((rows.shape[0], SECTORS), dtype=np.float32)
    for i in range(rows.shape[0]):
        row, col, eye = rows[i], cols[i], stand[i]
        base = np.int32(row * wide + col)
        for s in range(SECTORS):
            tangent = np.float32(0.0)
            for jump in range(jump_row.shape[1]):
                first, last = np.uint64(jumps[s, jump]), np.uint64(jumps[s, jump + 1])
                if first == last:
                    break
                top = tops[np.uint64((row + jump_row[s, jump]) >> 3), np.uint64((col + jump_col[s, jump]) >> 3)]
                if top - eye <= tangent * away_m[s, first]:
                    continue
                for k in range(first, last):
                    low = flat[np.uint64(base + near[s, k])]
                    high = flat[np.uint64(base + far[s, k])]
                    tangent = max(tangent, (low + share[s, k] * (high - low) - eye) * nearness[s, k])
            out[i, s] = tangent
    return out
