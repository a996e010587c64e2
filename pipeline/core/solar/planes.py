"""Roof planes from a surface model: several per building, robust against steps, parapets and things that stand on roofs.

The method, in the order of the code:

1. The vertical noise of the building is read from 3 x 3 windows (lower quartile of their plane residual), which sets
   how close a cell must lie to a plane while planes are searched.
2. Planes grow from the smoothest windows over neighbouring cells, are refitted while they grow, and compete by the
   MSAC score of Torr & Zisserman (2000, doi:10.1006/cviu.1999.0832); region growing on range images follows
   Besl & Jain (1988, doi:10.1109/34.3881).
3. Cells change to the neighbouring plane that explains them best, planes are refitted (least squares on inliers),
   coplanar neighbours are merged by a likelihood-ratio test, scraps are dropped.
4. Cells within the inlier distance that were left over join the plane beside them; the fit no longer changes.

Everything is deterministic: no random numbers, ties are broken by position.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

# A window over a step between two flat roofs is fitted by a steep plane. No 3 x 3 window of a real step is smooth,
# but strips two cells wide are, so those may only start a plane up to this tilt: tan 70 degrees.
STRIP_MAX_SLOPE = 2.75
# Quartile of the root mean square of 6 degrees of freedom: sqrt(chi2.ppf(0.25, 6) / 6).
QUARTILE_RMS_6 = 0.759
MIN_TOLERANCE_M = 0.05
# Neighbours merge when one plane explains both: increase of the residual sum of squares over the noise variance,
# chi-square with 3 degrees of freedom, 99.9 %; or when they differ by less than a roof's own unevenness.
MERGE_CHI2 = 16.3
MERGE_NOISE_M = 0.01
MERGE_ANGLE_DEG = 0.75
MERGE_STEP_M = 0.04


@dataclass(frozen=True)
class PlaneRules:
    """What counts as a plane.

    Parameters
    ----------
    inlier_m
        Cells within this distance of a plane belong to it [m].
    min_plane_m2
        Smaller planes (in plan) are not reported [m2]; never fewer than 6 cells.
    max_planes
        Planes searched per building.
    """

    inlier_m: float = 0.15
    min_plane_m2: float = 2.0
    max_planes: int = 60


@dataclass(frozen=True)
class Planes:
    """Planes of one building on its window.

    Attributes
    ----------
    labels : int16 array of shape (rows, cols)
        Number of the plane a cell belongs to, from 1; 0 for none.
    coefficients : array of shape (planes, 3)
        dz/deasting, dz/dnorthing [m/m] and elevation [m] at the outer corner (west, north) of the window's first cell.
    residual_m : array of shape (planes,)
        Root mean square distance of the member cells from the plane, at right angles to it [m].
    inlier_share : array of shape (planes,)
        Member cells over member cells plus those of no plane that lie nearest to this one (obstacles, parapets) [-].
    """

    labels: NDArray[np.int16]
    coefficients: NDArray[np.float64]
    residual_m: NDArray[np.float64]
    inlier_share: NDArray[np.float64]


def find_planes(surface: NDArray[np.float32], inside: NDArray[np.bool_], cell_m: float, rules: PlaneRules) -> Planes:
    """Planes of one building.

    Parameters
    ----------
    surface : array of shape (rows, cols)
        Elevation of the highest thing in each cell [m]; NaN where not known. Row 0 is in the north.
    inside : bool array of shape (rows, cols)
        Cells of the building.
    cell_m
        Side of a cell [m].
    rules
        What counts as a plane.

    Returns
    -------
    Planes
        In order of falling number of cells, then of position; without rows where no plane was found.

    Examples
    --------
    >>> import numpy as np
    >>> row, col = np.mgrid[:8, :8]
    >>> found = find_planes((10 + 0.5 * row).astype("float32"), np.ones((8, 8), bool), 1.0, PlaneRules())
    >>> tilt_deg(found.coefficients).round(2), azimuth_deg(found.coefficients).round(2)
    (array([26.57]), array([0.]))
    """
    height = surface.astype(np.float64)
    valid = inside & np.isfinite(height)
    base = float(np.median(height[valid])) if valid.any() else 0.0
    min_cells = max(6, int(np.ceil(rules.min_plane_m2 / cell_m**2)))
    labels, fits, rms, share = _find(np.where(valid, height - base, 0.0), valid, cell_m, rules.inlier_m, min_cells, rules.max_planes)
    # From (col, row) of cell centres to (easting, northing) from the window's corner.
    slope_e, slope_n = fits[:, 0] / cell_m, -fits[:, 1] / cell_m
    corner = fits[:, 2] - 0.5 * fits[:, 0] - 0.5 * fits[:, 1] + base
    return Planes(labels, np.column_stack([slope_e, slope_n, corner]), rms, share)


def tilt_deg(coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tilt from horizontal [deg] of planes given by (dz/deasting, dz/dnorthing, ...), shape (n, 2 or 3)."""
    return np.degrees(np.arctan(np.hypot(coefficients[:, 0], coefficients[:, 1])))


def azimuth_deg(coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Azimuth the planes face, that is of their steepest descent, 0-360 clockwise from north [deg]; 180 if level."""
    level = np.hypot(coefficients[:, 0], coefficients[:, 1]) < 1e-12
    azimuth = np.degrees(np.arctan2(-coefficients[:, 0], -coefficients[:, 1])) % 360.0
    return np.where(level, 180.0, azimuth)


# Below, a plane is z = f[0] col + f[1] row + f[2] in cells and metres; sums are (n, x, y, z, xx, xy, yy, xz, yz, zz).


@njit(cache=True, nogil=True)
def _add(sums, x, y, z):  # type: ignore[no-untyped-def]
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


@njit(cache=True, nogil=True)
def _solve(sums, fit):  # type: ignore[no-untyped-def]
    """Least-squares plane of the sums into `fit`; gives the residual sum of squares, or -1 for cells on a line."""
    n = sums[0]
    if n < 3.0:
        return -1.0
    mx, my, mz = sums[1] / n, sums[2] / n, sums[3] / n
    xx, xy, yy = sums[4] - n * mx * mx, sums[5] - n * mx * my, sums[6] - n * my * my
    xz, yz, zz = sums[7] - n * mx * mz, sums[8] - n * my * mz, sums[9] - n * mz * mz
    det = xx * yy - xy * xy
    if det < 1e-6 * (xx + yy) * (xx + yy) or det <= 0.0:
        return -1.0
    fit[0] = (xz * yy - yz * xy) / det
    fit[1] = (yz * xx - xz * xy) / det
    fit[2] = mz - fit[0] * mx - fit[1] * my
    return max(zz - fit[0] * xz - fit[1] * yz, 0.0)


@njit(cache=True, nogil=True)
def _stretch(fit, cell):  # type: ignore[no-untyped-def]
    """Vertical distance over distance at right angles: 1 / cos(tilt)."""
    return np.sqrt(1.0 + (fit[0] * fit[0] + fit[1] * fit[1]) / (cell * cell))


@njit(cache=True, nogil=True)
def _window(z, free, r, c, up, down, left, right, sums, fit):  # type: ignore[no-untyped-def]
    """Plane of the window around a cell; RMS with its degrees of freedom [m], or -1 where a cell is missing."""
    rows, cols = z.shape
    if r < up or c < left or r + down >= rows or c + right >= cols:
        return -1.0
    sums[:] = 0.0
    for i in range(r - up, r + down + 1):
        for j in range(c - left, c + right + 1):
            if not free[i, j]:
                return -1.0
            _add(sums, float(j), float(i), z[i, j])
    rss = _solve(sums, fit)
    return np.sqrt(rss / (sums[0] - 3.0)) if rss >= 0.0 else -1.0


@njit(cache=True, nogil=True)
def _noise(z, free, inlier):  # type: ignore[no-untyped-def]
    """Standard deviation of the heights about their planes: lower quartile over all 3 x 3 windows [m]."""
    bins = np.zeros(256, np.int64)
    sums, fit = np.zeros(10), np.zeros(3)
    total = 0
    for r in range(z.shape[0]):
        for c in range(z.shape[1]):
            rms = _window(z, free, r, c, 1, 1, 1, 1, sums, fit)
            if rms >= 0.0:
                bins[min(int(rms / inlier * 128.0), 255)] += 1
                total += 1
    below = 0
    for b in range(256):
        below += bins[b]
        if 4 * below >= total:
            return (b + 0.5) / 128.0 * inlier / QUARTILE_RMS_6 if total else inlier / 3.0
    return inlier / 3.0


@njit(cache=True, nogil=True)
def _rank(z, free, tol, cell, strips, rank, fits):  # type: ignore[no-untyped-def]
    """How good a seed each cell is (smaller is better, inf for none) and the plane of its window."""
    sums, fit = np.zeros(10), np.zeros(3)
    for r in range(z.shape[0]):
        for c in range(z.shape[1]):
            rank[r, c] = np.inf
            for kind in range(2, 4) if strips else range(2):
                if kind == 0:
                    rms = _window(z, free, r, c, 2, 2, 2, 2, sums, fit)
                elif kind == 1:
                    rms = _window(z, free, r, c, 1, 1, 1, 1, sums, fit)
                elif kind == 2:
                    rms = _window(z, free, r, c, 0, 1, 1, 1, sums, fit)
                else:
                    rms = _window(z, free, r, c, 1, 1, 0, 1, sums, fit)
                stretch = _stretch(fit, cell)
                if rms < 0.0 or rms > 0.6 * tol * stretch or (strips and stretch > STRIP_MAX_SLOPE):
                    continue
                if kind + rms < rank[r, c]:
                    rank[r, c] = kind + rms
                    fits[r, c] = fit
    # 5 x 5 windows come before 3 x 3 ones: the integer part of the rank is the kind.


@njit(cache=True, nogil=True)
def _flood(z, free, r, c, fit, tol, cell, adapt, seen, stamp, queue):  # type: ignore[no-untyped-def]
    """Cells joined to (r, c) within `tol` of the plane, in `queue`; with `adapt` the plane is refitted while it grows."""
    rows, cols = z.shape
    sums = np.zeros(10)
    limit = tol * _stretch(fit, cell)
    refit_at = 12.0
    head, tail = 0, 1
    queue[0] = r * cols + c
    seen[r, c] = stamp
    while head < tail:
        i, j = queue[head] // cols, queue[head] % cols
        head += 1
        _add(sums, float(j), float(i), z[i, j])
        if adapt and sums[0] >= refit_at:
            _solve(sums, fit)
            limit = tol * _stretch(fit, cell)
            refit_at *= 1.5
        for step in range(4):
            a = i + (step == 0) - (step == 1)
            b = j + (step == 2) - (step == 3)
            if a < 0 or b < 0 or a >= rows or b >= cols or not free[a, b] or seen[a, b] == stamp:
                continue
            if abs(z[a, b] - fit[0] * b - fit[1] * a - fit[2]) <= limit:
                seen[a, b] = stamp
                queue[tail] = a * cols + b
                tail += 1
    if adapt or tail >= 6:
        _solve(sums, fit)
    return tail


@njit(cache=True, nogil=True)
def _score(z, cells, count, fit, tol, cell):  # type: ignore[no-untyped-def]
    """MSAC score: cells, each discounted by its squared distance over the squared tolerance."""
    cols = z.shape[1]
    limit = tol * _stretch(fit, cell)
    score = 0.0
    for k in range(count):
        i, j = cells[k] // cols, cells[k] % cols
        d = (z[i, j] - fit[0] * j - fit[1] * i - fit[2]) / limit
        score += max(1.0 - d * d, 0.0)
    return score


@njit(cache=True, nogil=True)
def _extract(z, free, labels, tol, cell, min_cells, strips, known, max_planes):  # type: ignore[no-untyped-def]
    """One round of seeds: grow a candidate from each smooth place, keep the best that do not overlap. Gives the number of planes."""
    rows, cols = z.shape
    n = rows * cols
    rank, fits = np.empty((rows, cols)), np.zeros((rows, cols, 3))
    _rank(z, free, tol, cell, strips, rank, fits)
    seen, tried = np.zeros((rows, cols), np.int32), np.zeros(n, np.bool_)
    queue, store = np.empty(n, np.int32), np.empty(6 * n, np.int32)
    limit = 4 * max_planes
    first, scores = np.zeros(limit + 1, np.int64), np.full(limit, -1.0)
    order = np.argsort(rank.ravel(), kind="mergesort")
    count = stamp = 0
    fit = np.zeros(3)
    for at in order:
        r, c = at // cols, at % cols
        if not rank[r, c] < np.inf or count == limit or first[count] + n > store.size:
            break
        if tried[at]:
            continue
        fit[:] = fits[r, c]
        size = 0
        for turn in range(3):
            stamp += 1
            size = _flood(z, free, r, c, fit, tol, cell, turn == 0, seen, stamp, queue)
        tried[at] = True
        if size < min_cells:
            continue
        for k in range(size):
            tried[queue[k]] = True
            store[first[count] + k] = queue[k]
        scores[count] = _score(z, queue, size, fit, tol, cell)
        first[count + 1] = first[count] + size
        count += 1
    for _ in range(count):
        best = int(np.argmax(scores))
        scores[best] = -1.0
        size = 0
        for k in range(first[best], first[best + 1]):
            size += labels[store[k] // cols, store[k] % cols] == 0
        if known == max_planes or size < min_cells or size < 0.8 * (first[best + 1] - first[best]):
            continue
        known += 1
        for k in range(first[best], first[best + 1]):
            i, j = store[k] // cols, store[k] % cols
            if labels[i, j] == 0:
                labels[i, j] = known
                free[i, j] = False
    return known


@njit(cache=True, nogil=True)
def _accumulate(z, labels, fits, tol, cell, sums):  # type: ignore[no-untyped-def]
    """Sums of each plane over its cells within `tol` (all its cells where tol is 0)."""
    sums[:] = 0.0
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            k = labels[i, j]
            if k > 0 and (tol == 0.0 or abs(z[i, j] - fits[k, 0] * j - fits[k, 1] * i - fits[k, 2]) <= tol * _stretch(fits[k], cell)):
                _add(sums[k], float(j), float(i), z[i, j])


@njit(cache=True, nogil=True)
def _reassign(z, valid, labels, fits, tol, cell):  # type: ignore[no-untyped-def]
    """Each cell to the plane in its 3 x 3 neighbourhood that explains it best; a little for agreeing with the neighbours."""
    rows, cols = z.shape
    old = labels.copy()
    for i in range(rows):
        for j in range(cols):
            if not valid[i, j]:
                continue
            best, best_cost = 0, 1.0
            for a in range(max(i - 1, 0), min(i + 2, rows)):
                for b in range(max(j - 1, 0), min(j + 2, cols)):
                    k = old[a, b]
                    if k == 0 or (k == best):
                        continue
                    d = (z[i, j] - fits[k, 0] * j - fits[k, 1] * i - fits[k, 2]) / (tol * _stretch(fits[k], cell))
                    if d * d >= 1.0:
                        continue
                    same = 0
                    for e in range(max(i - 1, 0), min(i + 2, rows)):
                        for f in range(max(j - 1, 0), min(j + 2, cols)):
                            same += old[e, f] == k and (e != i or f != j)
                    cost = d * d - 0.1 * same
                    if cost < best_cost or (cost == best_cost and k < best):
                        best, best_cost = k, cost
            labels[i, j] = best


@njit(cache=True, nogil=True)
def _drop_scraps(labels, smallest, queue):  # type: ignore[no-untyped-def]
    """Pieces of a plane (4-connected) with fewer cells than `smallest` are given back."""
    rows, cols = labels.shape
    seen = np.zeros((rows, cols), np.bool_)
    for r in range(rows):
        for c in range(cols):
            k = labels[r, c]
            if k == 0 or seen[r, c]:
                continue
            head, tail = 0, 1
            queue[0] = r * cols + c
            seen[r, c] = True
            while head < tail:
                i, j = queue[head] // cols, queue[head] % cols
                head += 1
                for step in range(4):
                    a = i + (step == 0) - (step == 1)
                    b = j + (step == 2) - (step == 3)
                    if 0 <= a < rows and 0 <= b < cols and labels[a, b] == k and not seen[a, b]:
                        seen[a, b] = True
                        queue[tail] = a * cols + b
                        tail += 1
            if tail < smallest:
                for q in range(tail):
                    labels[queue[q] // cols, queue[q] % cols] = 0


@njit(cache=True, nogil=True)
def _coplanar(sums, fits, i, j, noise, cell, mx, my):  # type: ignore[no-untyped-def]
    """Test statistic of merging planes i and j: below 1 they merge. (mx, my) is the middle of their common border."""
    joint, fit = sums[i] + sums[j], np.zeros(3)
    one, other = np.zeros(3), np.zeros(3)
    apart = _solve(sums[i], one) + _solve(sums[j], other)
    stretch = _stretch(fits[i], cell)
    variance = max(noise, MERGE_NOISE_M) ** 2 * stretch**2
    together = _solve(joint, fit)
    statistic = (together - apart) / variance / MERGE_CHI2
    step = abs((fits[i, 0] - fits[j, 0]) * mx + (fits[i, 1] - fits[j, 1]) * my + fits[i, 2] - fits[j, 2]) / stretch
    dot = 1.0 + (fits[i, 0] * fits[j, 0] + fits[i, 1] * fits[j, 1]) / cell**2
    angle = np.degrees(np.arccos(min(dot / stretch / _stretch(fits[j], cell), 1.0)))
    return min(statistic, max(angle / MERGE_ANGLE_DEG, step / MERGE_STEP_M))


@njit(cache=True, nogil=True)
def _merge(z, labels, fits, sums, known, noise, cell):  # type: ignore[no-untyped-def]
    """Merge coplanar neighbours (up to one cell between them), the most alike first. Gives True if any merged."""
    rows, cols = z.shape
    border = np.zeros((known + 1, known + 1, 3))
    for i in range(rows):
        for j in range(cols):
            k = labels[i, j]
            for step in range(4 if k else 0):
                a = i + (step < 2) * (1 + step)
                b = j + (step >= 2) * (step - 1)
                if a < rows and b < cols and labels[a, b] > 0 and labels[a, b] != k:
                    lo, hi = min(k, labels[a, b]), max(k, labels[a, b])
                    border[lo, hi, 0] += 1.0
                    border[lo, hi, 1] += 0.5 * (b + j)
                    border[lo, hi, 2] += 0.5 * (a + i)
    to = np.arange(known + 1)
    merged = False
    while True:
        best, bi, bj = 1.0, 0, 0
        for i in range(1, known + 1):
            for j in range(i + 1, known + 1):
                m = border[i, j, 0]
                if m > 0.0 and sums[i, 0] >= 3.0 and sums[j, 0] >= 3.0:
                    s = _coplanar(sums, fits, i, j, noise, cell, border[i, j, 1] / m, border[i, j, 2] / m)
                    if s < best:
                        best, bi, bj = s, i, j
        if bi == 0:
            break
        merged = True
        sums[bi] += sums[bj]
        sums[bj] = 0.0
        _solve(sums[bi], fits[bi])
        for k in range(1, known + 1):
            lo, hi = min(bj, k), max(bj, k)
            if k != bi and k != bj:
                border[min(bi, k), max(bi, k)] += border[lo, hi]
            border[lo, hi] = 0.0
            if to[k] == bj:
                to[k] = bi
    for i in range(rows):
        for j in range(cols):
            labels[i, j] = to[labels[i, j]]
    return merged


@njit(cache=True, nogil=True)
def _refine(z, valid, labels, fits, sums, known, tol, noise, cell, queue):  # type: ignore[no-untyped-def]
    """Refit, move cells between planes, merge, until it settles (a few turns)."""
    for turn in range(6):
        _accumulate(z, labels, fits, 0.0 if turn == 0 else tol, cell, sums)
        for k in range(1, known + 1):
            _solve(sums[k], fits[k])
        if turn % 2 == 1:
            _merge(z, labels, fits, sums, known, noise, cell)
        _reassign(z, valid, labels, fits, tol, cell)
        _drop_scraps(labels, 4, queue)


@njit(cache=True, nogil=True)
def _absorb(z, valid, labels, fits, inlier, cell, queue):  # type: ignore[no-untyped-def]
    """Free cells within `inlier` of the plane beside them join it, from the planes' edges outwards."""
    rows, cols = z.shape
    tail = 0
    for i in range(rows):
        for j in range(cols):
            if labels[i, j] > 0:
                queue[tail] = i * cols + j
                tail += 1
    head = 0
    while head < tail:
        i, j = queue[head] // cols, queue[head] % cols
        head += 1
        k = labels[i, j]
        for step in range(4):
            a = i + (step == 0) - (step == 1)
            b = j + (step == 2) - (step == 3)
            if 0 <= a < rows and 0 <= b < cols and valid[a, b] and labels[a, b] == 0:
                d = abs(z[a, b] - fits[k, 0] * b - fits[k, 1] * a - fits[k, 2])
                if d <= inlier * _stretch(fits[k], cell):
                    labels[a, b] = k
                    queue[tail] = a * cols + b
                    tail += 1
    return tail


@njit(cache=True, nogil=True)
def _shares(valid, labels, known, queue):  # type: ignore[no-untyped-def]
    """Member cells and member-or-nearest cells of each plane: free cells go to the plane that reaches them first."""
    rows, cols = labels.shape
    near = labels.copy()
    members, domain = np.zeros(known + 1), np.zeros(known + 1)
    tail = 0
    for i in range(rows):
        for j in range(cols):
            if labels[i, j] > 0:
                members[labels[i, j]] += 1.0
                queue[tail] = i * cols + j
                tail += 1
    head = 0
    while head < tail:
        i, j = queue[head] // cols, queue[head] % cols
        head += 1
        domain[near[i, j]] += 1.0
        for step in range(4):
            a = i + (step == 0) - (step == 1)
            b = j + (step == 2) - (step == 3)
            if 0 <= a < rows and 0 <= b < cols and valid[a, b] and near[a, b] == 0:
                near[a, b] = near[i, j]
                queue[tail] = a * cols + b
                tail += 1
    return members, domain


@njit(cache=True, nogil=True)
def _find(z, valid, cell, inlier, min_cells, max_planes):  # type: ignore[no-untyped-def]
    """Labels (1.. by falling size), planes in cells, residual [m] and inlier share of each plane."""
    rows, cols = z.shape
    labels, free = np.zeros((rows, cols), np.int16), valid.copy()
    queue = np.empty(rows * cols, np.int32)
    noise = _noise(z, valid, inlier)
    tol = min(max(3.0 * noise, MIN_TOLERANCE_M), inlier)
    known = 0
    fits, sums = np.zeros((max_planes + 1, 3)), np.zeros((max_planes + 1, 10))
    for turn in range(4):
        wide = inlier if turn == 2 else tol
        found = _extract(z, free, labels, wide, cell, min_cells, turn == 3, known, max_planes)
        if found > known:
            known = found
            _refine(z, valid, labels, fits, sums, known, wide, noise, cell, queue)
            for i in range(rows):
                for j in range(cols):
                    free[i, j] = valid[i, j] and labels[i, j] == 0
    _drop_scraps(labels, min_cells, queue)
    _accumulate(z, labels, fits, 0.0, cell, sums)
    for k in range(1, known + 1):
        _solve(sums[k], fits[k])
    _absorb(z, valid, labels, fits, inlier, cell, queue)
    members, domain = _shares(valid, labels, known, queue)
    return _order(z, labels, fits, members, domain, known, min_cells, cell)


@njit(cache=True, nogil=True)
def _order(z, labels, fits, members, domain, known, min_cells, cell):  # type: ignore[no-untyped-def]
    """Number the planes by falling size, drop those that are too small, and measure them."""
    order = np.argsort(-members[1:], kind="mergesort") + 1
    keep = 0
    to = np.zeros(known + 1, np.int16)
    for k in order:
        if members[k] >= min_cells:
            keep += 1
            to[k] = keep
    out, rms, share = np.zeros((keep, 3)), np.zeros(keep), np.zeros(keep)
    for k in range(1, known + 1):
        if to[k]:
            out[to[k] - 1] = fits[k]
            share[to[k] - 1] = members[k] / domain[k]
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            k = labels[i, j]
            labels[i, j] = to[k]
            if to[k]:
                d = (z[i, j] - fits[k, 0] * j - fits[k, 1] * i - fits[k, 2]) / _stretch(fits[k], cell)
                rms[to[k] - 1] += d * d / members[k]
    return labels, out, np.sqrt(rms), share
