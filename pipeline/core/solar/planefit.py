"""Least-squares planes from running sums.

Arrays are flat: cell p of a window `wide` cells wide has the neighbours p - 1, p + 1, p - wide, p + wide, and `PAD`
empty cells around the window make every such step valid. A plane is z = fit[0] x + fit[1] y + fit[2] with x the column
and y the row [cells], z in metres; its sums are (n, x, y, z, xx, xy, yy, xz, yz, zz).
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from pipeline.core.solar.compiled import inner

PAD = 2


@inner
def add(sums, x, y, z):
    sums[0] += 1.0
    sums[1] += x
    sums[2] += y
    sums[3] += z
    sums[4] += x * x
    sums[5] += x * y
    sums[6] += y * y
    sums[7] += x * z
    sums[8] += y * z
    sums[9] += z * z


@inner
def solve(sums, fit):
    """Least-squares plane of the sums into `fit`; gives the residual sum of squares, or -1 for cells on a line."""
    n = sums[0]
    mx, my, mz = sums[1] / n, sums[2] / n, sums[3] / n
    xx, xy, yy = sums[4] - n * mx * mx, sums[5] - n * mx * my, sums[6] - n * my * my
    xz, yz = sums[7] - n * mx * mz, sums[8] - n * my * mz
    det = xx * yy - xy * xy
    if n < 3.0 or det < 1e-6 * (xx + yy) * (xx + yy):
        return -1.0
    fit[0] = (xz * yy - yz * xy) / det
    fit[1] = (yz * xx - xz * xy) / det
    fit[2] = mz - fit[0] * mx - fit[1] * my
    rest = sums[9] - n * mz * mz - fit[0] * xz - fit[1] * yz
    return rest if rest > 0.0 else 0.0


@inner
def stretch(fit, cell):
    """Vertical distance over distance at right angles: 1 / cos(tilt)."""
    return np.sqrt(1.0 + (fit[0] * fit[0] + fit[1] * fit[1]) / (cell * cell))


@inner
def distance(z, p, fit, wide):
    """Vertical distance of a cell over the plane [m]."""
    return z[p] - fit[0] * (p % wide) - fit[1] * (p // wide) - fit[2]


@inner
def angle_between(one, other, cell):
    """Angle between two planes [deg]."""
    cosine = (1.0 + (one[0] * other[0] + one[1] * other[1]) / (cell * cell)) / (stretch(one, cell) * stretch(other, cell))
    return np.degrees(np.arccos(min(cosine, 1.0)))
