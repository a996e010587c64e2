"""Things that stand like roofs: high, and plane over a few metres, where crowns of trees are domed or rough."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

# Side of the squares planes are laid through: this [m] and these cells at least. Through three cells of a coarse surface a
# plane fits anything, crowns of trees too.
SIDE_M = 2.5
SIDE_CELLS = 5


def roughness(z: NDArray[np.float32], mask: NDArray[np.bool_], radius: int) -> NDArray[np.float32]:
    """Root mean square distance of a square of cells from its plane of least squares, at the middle of each square.

    Parameters
    ----------
    z
        Elevations, shape (rows, cols); finite where masked.
    mask
        Only squares that lie in the mask as a whole are looked at.
    radius
        Cells on each side of the middle one.

    Returns
    -------
    array of float32, shape (rows, cols)
        In the unit of `z`; infinite where the square is not in the mask as a whole.
    """
    out = np.full(z.shape, np.inf, dtype=np.float32)
    _roughness(z, mask, radius, out)
    return out


# Compiled functions fill arrays of the caller: making them inside would cost time in a first run.
@njit(cache=True, nogil=True)
def _roughness(z, mask, radius, out):  # type: ignore[no-untyped-def]
    rows, cols = z.shape
    count = float((2 * radius + 1) ** 2)
    spread = 0.0
    for k in range(-radius, radius + 1):
        spread += k * k
    spread *= 2 * radius + 1
    for r in range(radius, rows - radius):
        for c in range(radius, cols - radius):
            whole = mask[r, c]
            total, square, east, north = 0.0, 0.0, 0.0, 0.0
            for i in range(-radius, radius + 1):
                if not whole:
                    break
                for j in range(-radius, radius + 1):
                    if not mask[r + i, c + j]:
                        whole = False
                        break
                    v = float(z[r + i, c + j]) - float(z[r, c])
                    total += v
                    square += v * v
                    east += j * v
                    north += i * v
            if whole:
                # On a symmetric square the three parameters are independent: each takes its own share of the squares.
                left = square - total * total / count - (east * east + north * north) / spread
                out[r, c] = math.sqrt(max(left, 0.0) / count)


def plates(height: NDArray[np.float32], covered: NDArray[np.float32], cell_m: float, high_m: float, rough_m: float) -> NDArray[np.uint8]:
    """The union of all squares of cells that are high, plane, and outside all footprints: 1, else 0.

    Parameters
    ----------
    height
        Above ground [m], NaN where not known.
    covered
        Above 0 where a footprint is.
    cell_m
        Side of a cell [m].
    high_m, rough_m
        Least height, greatest roughness [m].

    Returns
    -------
    array of uint8, shape (rows, cols)

    >>> roof = np.zeros((12, 12), dtype=np.float32)
    >>> roof[3:9, 2:10] = 4.0 + 0.3 * np.arange(8)
    >>> int(plates(roof, np.zeros_like(roof), 1.0, 2.5, 0.2).sum())
    48
    """
    high = (np.nan_to_num(height, nan=-1.0, posinf=-1.0) > high_m) & ~(covered > 0)
    radius = radius_cells(cell_m)
    if not high.any():
        return np.zeros(height.shape, dtype=np.uint8)
    middle = roughness(height, high, radius) <= rough_m
    return squares(middle, radius).astype(np.uint8)


def squares(middle: NDArray[np.bool_], radius: int) -> NDArray[np.bool_]:
    """The union of the squares around the marked cells."""
    out = middle
    for axis in (0, 1):
        wide = np.zeros_like(out)
        for k in range(-radius, radius + 1):
            here, there = slice(max(k, 0), len(wide) + min(k, 0) if axis == 0 else wide.shape[1] + min(k, 0)), slice(max(-k, 0), out.shape[axis] - max(k, 0))
            if axis == 0:
                wide[here] |= out[there]
            else:
                wide[:, here] |= out[:, there]
        out = wide
    return out


def radius_cells(cell_m: float) -> int:
    """Cells on each side of the middle one of the square a plane is laid through."""
    return max(SIDE_CELLS // 2, round((SIDE_M / cell_m - 1.0) / 2.0))
