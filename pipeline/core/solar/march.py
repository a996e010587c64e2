"""The march over a surface: horizons of single cells or of whole rasters, read off the surface along 72 rays.

The surface between cell centres is read bilinearly: a ray is sampled where it crosses the lines of cell centres, where
the bilinear surface is linear between two cells. So a plane of any tilt is met as the plane it is; a wall is a ramp one
cell wide (reading cells as columns instead would let every tilted roof shade itself in steps).

Cells of one row march together, up to `LANES` side by side: for one direction their samples lie at the same offsets, so
sample k of all of them is one contiguous reading. Where the highest cell around a piece of the ray cannot rise above any
of their horizons, the piece is jumped over (a maximum mipmap as in Tevs, Ihrke & Seidel 2008,
doi:10.1145/1342250.1342279, with one level, here for each cell). Neither changes a bit of the result.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import kernel
from pipeline.core.solar.lanes import LANES, below, climb
from pipeline.core.solar.sky import SECTORS, Floats, sector_azimuths

# Cells along the longer axis of a piece that is jumped over as a whole, and the cells to all sides of its middle that
# hold all its samples: half of it, one for rounding, and the second cell of a reading.
JUMP = 16
AROUND = JUMP // 2 + 1
# A jump must never hide a sample that would raise a horizon by the last bit of a float, else the answer of a cell would
# depend on its neighbours: the horizon counts a millionth lower there, more than two products can round.
CAUTION = 1.0 - 1e-6
# No reading lies wholly on its second cell, so that rounding keeps it below the higher of the two.
LAST_SHARE = np.float32(1.0) - np.float32(2.0**-24)


class Terrain(NamedTuple):
    """A surface made ready for the march by `terrain`; both arrays have shape (rows * wide + LANES,)."""

    rows: int
    wide: int
    cell_m: float
    flat: NDArray[np.float32]
    tops: NDArray[np.float32]


class Rays(NamedTuple):
    """Where the ray of each sector is sampled, seen from any cell; arrays of shape (72, samples) or (72, jumps)."""

    jumps: NDArray[np.int64]  # first sample of each jump and, last, the number of samples, shape (72, jumps + 1)
    near: NDArray[np.int32]  # flat offsets of the two cells between which a sample lies
    far: NDArray[np.int32]
    share: NDArray[np.float32]  # weight of the second
    nearness: NDArray[np.float32]  # 1 / distance [1/m]
    away_m: NDArray[np.float32]  # distance of the first sample of a jump, less caution
    middle: NDArray[np.int64]  # flat offset of the middle of a jump


def margin_cells(reach_m: float, cell_m: float) -> int:
    """Cells that must surround every traced cell."""
    return int(np.ceil(reach_m / cell_m)) + 2


def terrain(surface: NDArray[np.float32], cell_m: float) -> Terrain:
    """A surface and the highest cell around each of its cells, which serve any number of marches.

    Parameters
    ----------
    surface
        Elevation without NaN, shape (rows, cols) [m].
    cell_m
        Side of a cell [m].

    Returns
    -------
    Terrain
    """
    rest = np.zeros(LANES, dtype=np.float32)
    flat = np.concatenate([surface.reshape(-1), rest]).astype(np.float32, copy=False)
    return Terrain(surface.shape[0], surface.shape[1], cell_m, flat, np.concatenate([_highest_around(surface).reshape(-1), rest]))


def _highest_around(surface: NDArray[np.float32]) -> NDArray[np.float32]:
    """Highest cell of the square of 2 `AROUND` + 1 cells around each, by doubling: one axis, then the other."""
    out = np.pad(surface, AROUND, mode="edge")
    for across in (False, True):
        out = out.T if across else out
        size = 1
        while size < 2 * AROUND + 1:
            step = min(size, 2 * AROUND + 1 - size)
            out = np.maximum(out[:-step], out[step:])
            size += step
        out = out.T if across else out
    return np.ascontiguousarray(out, dtype=np.float32)


def trace(
    surface: NDArray[np.float32] | Terrain, cell_m: float, rows: NDArray[np.int64], cols: NDArray[np.int64], stand: Floats, reach_m: float
) -> NDArray[np.float32]:
    """Horizon of single cells.

    Parameters
    ----------
    surface
        Elevation without NaN, shape (rows, cols) [m], or what `terrain` made of it.
    cell_m
        Side of a cell [m].
    rows, cols
        The cells in any order, shape (cells,), at least `margin_cells` from the border. Cells side by side are quickest.
    stand
        Elevation each looks from, shape (cells,) [m].
    reach_m
        Distance of the search [m].

    Returns
    -------
    array of shape (cells, 72)
        Tangent of the elevation of the horizon, 0 where nothing rises above the eye. A view of an array that keeps the
        cells of a sector side by side.

    Raises
    ------
    ValueError
        When a ray would leave the surface.
    """
    ground = surface if isinstance(surface, Terrain) else terrain(surface, cell_m)
    _check_margin((ground.rows, ground.wide), rows, cols, margin_cells(reach_m, cell_m))
    order = np.lexsort((cols, rows))
    out = np.zeros((SECTORS, len(rows)), dtype=np.float32)
    _march(ground.flat, ground.tops, ground.wide, rows[order], cols[order], stand[order].astype(np.float32), order, *rays(ground.wide, cell_m, reach_m), *np.empty((2, LANES), np.float32), out)
    return out.T


def _check_margin(shape: tuple[int, ...], rows: NDArray[np.int64], cols: NDArray[np.int64], margin: int) -> None:
    """Refuse cells whose rays would leave the array."""
    if len(rows) and (min(rows.min(), cols.min()) < margin or rows.max() >= shape[0] - margin or cols.max() >= shape[1] - margin):
        raise ValueError(f"cells nearer than {margin} cells to the border of a surface of {shape} cells; pad it with NaN")


def rays(wide: int, cell_m: float, reach_m: float) -> Rays:
    """The samples of all rays on an array of `wide` columns, to a distance of `reach_m`."""
    near_row, near_col, down, share, away, jumps, first, middle_row, middle_col = _samples(cell_m, reach_m)
    near = near_row * wide + near_col
    return Rays(jumps, near, near + np.where(down, wide, 1).astype(np.int32), share, (1.0 / away).astype(np.float32), first, middle_row * wide + middle_col)


@lru_cache(maxsize=8)
def _samples(cell_m: float, reach_m: float) -> tuple[NDArray[Any], ...]:
    """What `rays` needs, for an array of any width: offsets in rows and columns, and whether the second cell lies below the first."""
    azimuths = sector_azimuths()
    directions = np.round(np.stack([-np.cos(azimuths), np.sin(azimuths)], axis=1), 15)
    found = [crossings(d, cell_m, reach_m) for d in directions]
    most = max(len(r[0]) for r in found)
    row, col, down, share, away = (np.stack([np.pad(r[i], (0, most - len(r[i])), constant_values=1) for r in found]) for i in range(5))
    longest = np.abs(directions).max(axis=1, keepdims=True)
    count = int(np.ceil(reach_m / cell_m / JUMP))
    # Distances of the ends of jumps along the ray; the middle of the last jump stays within the reach, so within the margin.
    ends = np.arange(count + 1) * JUMP * cell_m / longest
    jumps = np.stack([np.searchsorted(r[4], e + 1e-6, side="right") for r, e in zip(found, ends, strict=True)])
    middle = np.minimum((np.arange(count) * JUMP + JUMP // 2) / longest, reach_m / cell_m)
    first = np.take_along_axis(away, np.minimum(jumps[:, :-1], most - 1), axis=1) * CAUTION
    return (
        row.astype(np.int32), col.astype(np.int32), down.astype(bool), np.minimum(share.astype(np.float32), LAST_SHARE), away.astype(np.float32),
        jumps.astype(np.int64), first.astype(np.float32), *(np.round(middle * directions[:, i : i + 1]).astype(np.int64) for i in (0, 1)),
    )  # fmt: skip


def crossings(direction: Floats, cell_m: float, reach_m: float) -> tuple[Floats, ...]:
    """Where one ray crosses the lines of cell centres: row and column of the first cell, whether the second lies below (else to the right), its share, distance [m]."""
    reach = reach_m / cell_m
    crossings = [np.arange(1, int(reach * abs(d) + 1e-9) + 1) / abs(d) for d in direction if abs(d) > 1e-9]
    away = np.unique(np.round(np.concatenate(crossings), 9))
    row, col = away * direction[0], away * direction[1]
    on_row = np.abs(row - np.round(row)) < 1e-6
    first_row, first_col = np.where(on_row, np.round(row), np.floor(row)), np.where(on_row, np.floor(col + 1e-6), np.round(col))
    share = np.maximum(np.where(on_row, col - first_col, row - first_row), 0.0)
    return first_row, first_col, ~on_row, share, away * cell_m


@kernel("f4[::1], f4[::1], i8, i8[::1], i8[::1], f4[::1], i8[::1], i8[:,::1], i4[:,::1], i4[:,::1], f4[:,::1], f4[:,::1], f4[:,::1], i8[:,::1], f4[::1], f4[::1], f4[:,::1]")
def _march(flat, tops, wide, rows, cols, stand, place, jumps, near, far, share, nearness, away_m, middle, eye, tangent, out):  # type: ignore[no-untyped-def]
    """Cells sorted by row and column; the horizon of cell i goes to `out[:, place[i]]`. `eye` and `tangent` are scratch: arrays made here would cost time in a first run."""
    i = 0
    while i < rows.shape[0]:
        base = rows[i] * wide + cols[i]
        for k in range(LANES):
            eye[k] = np.inf  # nothing rises above the eye of a lane without a cell
        end = i
        while end < rows.shape[0] and rows[end] == rows[i] and cols[end] < cols[i] + LANES and (end == i or cols[end] > cols[end - 1]):
            eye[cols[end] - cols[i]] = stand[end]
            end += 1
        for s in range(SECTORS):
            for k in range(LANES):
                tangent[k] = 0.0
            for j in range(middle.shape[1]):
                first, last = jumps[s, j], jumps[s, j + 1]
                if first == last:
                    break
                if not below(tangent, eye, tops, base + middle[s, j], away_m[s, j]):  # type: ignore[call-arg]
                    climb(tangent, eye, flat, base, near[s], far[s], share[s], nearness[s], first, last)
            for k in range(i, end):
                out[s, place[k]] = tangent[cols[k] - cols[i]]
        i = end
