"""Growing planes from the smoothest places of a window (flat arrays, see `planefit`)."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from pipeline.core.solar.compiled import inner
from pipeline.core.solar.planefit import add, distance, solve, stretch

# A window over a step between two flat roofs is fitted by a steep plane. No 3 x 3 window of a real step is smooth,
# but strips two cells wide are, so those start a plane only up to 70 degrees: 1 / cos(70 deg).
STRIP_MAX_STRETCH = 2.92
PARTIAL_CELLS = 5
# Lower quartile of the root mean square of 6 degrees of freedom: sqrt(chi2.ppf(0.25, 6) / 6).
QUARTILE_RMS_6 = 0.759
NOISE_BINS = 256


@inner
def _window(z, free, p, reach, least, wide, sums, fit):
    """Plane of the free cells of a square window; RMS with its degrees of freedom [m], or -1 with fewer than `least` cells."""
    for k in range(10):
        sums[k] = 0.0
    for i in range(-reach, reach + 1):
        for j in range(-reach, reach + 1):
            q = p + i * wide + j
            if free[q]:
                add(sums, float(q % wide), float(q // wide), z[q])
    rest = solve(sums, fit) if sums[0] >= least else -1.0
    return np.sqrt(rest / (sums[0] - 3.0)) if rest >= 0.0 else -1.0


@inner
def noise_of(z, free, inlier, wide):
    """Standard deviation of the heights about their planes: lower quartile over all 3 x 3 windows [m].

    Windows at the edge count with the cells they have: on a narrow gable all full ones hold the ridge.
    """
    bins = np.zeros(NOISE_BINS, np.int64)
    sums, fit = np.zeros(10), np.zeros(3)
    total = 0
    for p in range(z.size):
        if free[p]:
            rms = _window(z, free, p, 1, PARTIAL_CELLS, wide, sums, fit)
            if rms >= 0.0:
                bins[int(min(rms / inlier * (NOISE_BINS / 2), NOISE_BINS - 1.0))] += 1
                total += 1
    below = 0
    for b in range(NOISE_BINS):
        below += bins[b]
        if total > 0 and 4 * below >= total:
            return (b + 0.5) * inlier / (NOISE_BINS / 2) / QUARTILE_RMS_6
    return inlier / 3.0


@inner
def _rank(z, free, tol, cell, partial, wide, rank, fits):
    """How good a seed each cell is (0-1 a 5 x 5 window, 1-2 a 3 x 3, or 2-3 part of one; inf none) and its window's plane."""
    sums, fit = np.zeros(10), np.zeros(3)
    for p in range(z.size):
        rank[p] = np.inf
        if not free[p]:
            continue
        for kind in range(2, 3) if partial else range(2):
            rms = _window(z, free, p, 2 if kind == 0 else 1, 25 if kind == 0 else (9 if kind == 1 else PARTIAL_CELLS), wide, sums, fit)
            longer = stretch(fit, cell)
            if rms < 0.0 or rms > 0.6 * tol * longer or (partial and longer > STRIP_MAX_STRETCH) or kind + rms >= rank[p]:
                continue
            rank[p] = kind + rms
            for k in range(3):
                fits[p, k] = fit[k]


@inner
def _flood(z, free, seed, fit, tol, cell, wide, growing, seen, stamp, queue):
    """Cells joined to `seed` within `tol` of the plane, in `queue`, and the plane refitted to them.

    While `growing`, the plane is also refitted on the way, so that a small window can lead to a large plane.
    """
    sums = np.zeros(10)
    limit = tol * stretch(fit, cell)
    refit_at = 12.0
    head, tail = 0, 1
    queue[0] = seed
    seen[seed] = stamp
    while head < tail:
        p = queue[head]
        head += 1
        add(sums, float(p % wide), float(p // wide), z[p])
        if growing and sums[0] >= refit_at:
            solve(sums, fit)
            limit = tol * stretch(fit, cell)
            refit_at *= 1.5
        for step in (-wide, -1, 1, wide):
            q = p + step
            if free[q] and seen[q] != stamp and abs(distance(z, q, fit, wide)) <= limit:
                seen[q] = stamp
                queue[tail] = q
                tail += 1
    solve(sums, fit)
    return tail


@inner
def _smallest(values, count):
    """Index of the smallest of the first values, the first of equals; -1 where all are infinite."""
    best, at = np.inf, -1
    for i in range(count):
        if values[i] < best:
            best, at = values[i], i
    return at


@inner
def _candidates(z, free, tol, cell, partial, wide, smallest, store, first, score):
    """Grow a plane from each smooth place that no earlier plane of this round covers; gives their number."""
    rank, fits = np.zeros(z.size), np.zeros((z.size, 3))
    _rank(z, free, tol, cell, partial, wide, rank, fits)
    seen, queue = np.zeros(z.size, np.int32), np.zeros(z.size, np.int32)
    count = stamp = 0
    while count < score.size and first[count] + z.size <= store.size:
        seed = _smallest(rank, z.size)
        if seed < 0:
            break
        rank[seed] = np.inf
        fit = fits[seed]
        size = 0
        for turn in range(3):
            stamp += 1
            size = _flood(z, free, seed, fit, tol, cell, wide, turn == 0, seen, stamp, queue)
        if size < smallest:
            continue
        limit = tol * stretch(fit, cell)
        score[count] = 0.0
        for k in range(size):
            rank[queue[k]] = np.inf
            store[first[count] + k] = queue[k]
            d = distance(z, queue[k], fit, wide) / limit
            score[count] -= max(1.0 - d * d, 0.0)
        first[count + 1] = first[count] + size
        count += 1
    return count


@inner
def extract(z, free, labels, tol, cell, partial, wide, smallest, known, most):
    """Label the best candidates (MSAC score) that do not overlap better ones; gives the number of planes now known."""
    store = np.zeros(6 * z.size, np.int32)
    first, score = np.zeros(4 * most + 1, np.int64), np.zeros(4 * most)
    count = _candidates(z, free, tol, cell, partial, wide, smallest, store, first, score)
    for _ in range(count):
        best = _smallest(score, count)
        score[best] = np.inf
        size = 0
        for k in range(first[best], first[best + 1]):
            size += labels[store[k]] == 0
        if known == most or size < smallest or size < 0.8 * (first[best + 1] - first[best]):
            continue
        known += 1
        for k in range(first[best], first[best + 1]):
            if labels[store[k]] == 0:
                labels[store[k]] = known
    return known
