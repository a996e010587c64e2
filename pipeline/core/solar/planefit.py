"""Least-squares planes from running sums.

Cells are rows of an array (n, 3): easting, southing and elevation in a padded window that is `wide` cells wide [m].
Cell p has the neighbours p - 1, p + 1, p - wide, p + wide, and `PAD` empty cells around the window make every such step
valid. Many windows stand one after the other: cells first[b] .. first[b + 1] - 1 are those of window b, and p is counted
through all of them. Plane k is z = fits[k, 0] x + fits[k, 1] y + fits[k, 2]; its sums are (n, x, y, z, xx, xy, yy, xz, yz, zz).

Functions that fill an array take it from the caller and name its row: arrays made, and rows cut out, in compiled code
cost most of the time of a first run. For the same reason indices are cast to int64 where compiled functions call one
another: each other type, even a literal, would be compiled anew.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from pipeline.core.solar.compiled import inner, kernel

PAD = 2


@inner
def add(sums, k, cells, p):
    """Add cell `p` to the sums of region `k`: number, and sums of x, y, x², xy, y², xz, yz, z, z² as `solve` reads them."""
    x, y, z = cells[p, 0], cells[p, 1], cells[p, 2]
    sums[k, 0] += 1.0
    sums[k, 1] += x
    sums[k, 2] += y
    sums[k, 3] += z
    sums[k, 4] += x * x
    sums[k, 5] += x * y
    sums[k, 6] += y * y
    sums[k, 7] += x * z
    sums[k, 8] += y * z
    sums[k, 9] += z * z


@inner
def solve(sums, k, fits, j):
    """Least-squares plane of sums k into fit j; gives the residual sum of squares, or -1 for cells on a line."""
    n = sums[k, 0]
    mx, my, mz = sums[k, 1] / n, sums[k, 2] / n, sums[k, 3] / n
    xx, xy, yy = sums[k, 4] - n * mx * mx, sums[k, 5] - n * mx * my, sums[k, 6] - n * my * my
    xz, yz = sums[k, 7] - n * mx * mz, sums[k, 8] - n * my * mz
    det = xx * yy - xy * xy
    if n < 3.0 or det < 1e-6 * (xx + yy) * (xx + yy):
        return -1.0
    a, b = (xz * yy - yz * xy) / det, (yz * xx - xz * xy) / det
    fits[j, 0], fits[j, 1], fits[j, 2] = a, b, mz - a * mx - b * my
    return max(sums[k, 9] - n * mz * mz - a * xz - b * yz, 0.0)


@inner
def stretch(fits, k):
    """Vertical distance over distance at right angles: 1 / cos(tilt)."""
    return np.sqrt(1.0 + fits[k, 0] * fits[k, 0] + fits[k, 1] * fits[k, 1])


@inner
def distance(cells, p, fits, k):
    """Vertical distance of cell p over plane k [m]."""
    return cells[p, 2] - fits[k, 0] * cells[p, 0] - fits[k, 1] * cells[p, 1] - fits[k, 2]


@kernel("f8[:,::1], b1[::1], i8[::1], i8[::1], i8[::1], i8, i8, f8[::1], f8, f8, f8[:,::1], f8[::1], f8[:,::1], i8[::1]")
def windows(cells, free, first, wide, todo, reach, least, limit, max_stretch, kind, sums, rank, fits, counts):
    """Plane of the free cells of the square around each free cell, where it is smooth, and `kind` plus its RMS [m].

    Squares count with at least `least` free cells that do not lie on a line, an RMS (with its degrees of freedom) of at most
    the `limit` of the window at right angles, and a stretch of at most `max_stretch`; others leave rank and plane as they are.
    `todo` are the windows looked at; `counts` takes how many squares counted in each; `sums` is a scratch row.
    """
    scratch = np.int64(0)
    for t in range(todo.size):
        w, across, count = todo[t], wide[todo[t]], 0
        for p in range(first[w], first[w + 1]):
            if free[p]:
                for k in range(10):
                    sums[scratch, k] = 0.0
                for i in range(-reach, reach + 1):
                    for q in range(p + i * across - reach, p + i * across + reach + 1):
                        if free[q]:
                            add(sums, scratch, cells, q)
                if sums[scratch, 0] >= least:
                    a, b, c = fits[p, 0], fits[p, 1], fits[p, 2]
                    rest = solve(sums, scratch, fits, p)
                    longer = stretch(fits, p)
                    rms = np.sqrt(max(rest, 0.0) / (sums[scratch, 0] - 3.0))
                    if rest >= 0.0 and rms <= limit[w] * longer and longer <= max_stretch:
                        rank[p] = kind + rms
                        count += 1
                    else:
                        fits[p, 0], fits[p, 1], fits[p, 2] = a, b, c
        counts[w] = count
