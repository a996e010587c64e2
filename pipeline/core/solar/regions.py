"""Growing, refining and merging plane regions on a padded window: the inner loops of `planes`.

Arrays are flat: cell p of a window `wide` cells wide has the neighbours p - 1, p + 1, p - wide, p + wide, and
`PAD` empty cells around the window make every such step valid. A plane is z = f[0] x + f[1] y + f[2] with x the column
and y the row [cells], z in metres; its sums are (n, x, y, z, xx, xy, yy, xz, yz, zz). Plane 0 is "none".
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from pipeline.core.solar.compiled import inner, kernel

PAD = 2
# A window over a step between two flat roofs is fitted by a steep plane. No 3 x 3 window of a real step is smooth,
# but strips two cells wide are, so those start a plane only up to 70 degrees: 1 / cos(70 deg).
STRIP_MAX_STRETCH = 2.92
# Lower quartile of the root mean square of 6 degrees of freedom: sqrt(chi2.ppf(0.25, 6) / 6).
QUARTILE_RMS_6 = 0.759
MIN_TOLERANCE_M = 0.05
# Neighbours merge when one plane explains both: the residual sum of squares grows by less than the chi-square of
# 3 degrees of freedom at 99.9 % times the noise variance; or when they differ by less than a roof's own unevenness.
MERGE_CHI2 = 16.3
MERGE_NOISE_M = 0.01
MERGE_ANGLE_DEG = 0.75
MERGE_STEP_M = 0.04
NOISE_BINS = 256


@inner
def _add(sums, x, y, z):
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
def _solve(sums, fit):
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
def _stretch(fit, cell):
    """Vertical distance over distance at right angles: 1 / cos(tilt)."""
    return np.sqrt(1.0 + (fit[0] * fit[0] + fit[1] * fit[1]) / (cell * cell))


@inner
def _distance(z, p, fit, wide):
    """Vertical distance of a cell over the plane [m]."""
    return z[p] - fit[0] * (p % wide) - fit[1] * (p // wide) - fit[2]


@inner
def _window(z, free, p, up, left, reach, wide, sums, fit):
    """Plane of a window around a cell; RMS with its degrees of freedom [m], or -1 where a cell is missing."""
    for k in range(10):
        sums[k] = 0.0
    for i in range(-up, reach + 1):
        for j in range(-left, reach + 1):
            q = p + i * wide + j
            if not free[q]:
                return -1.0
            _add(sums, float(q % wide), float(q // wide), z[q])
    rest = _solve(sums, fit)
    return np.sqrt(rest / (sums[0] - 3.0)) if rest >= 0.0 else -1.0


@inner
def _noise(z, free, inlier, wide):
    """Standard deviation of the heights about their planes: lower quartile over all 3 x 3 windows [m]."""
    bins = np.zeros(NOISE_BINS, np.int64)
    sums, fit = np.zeros(10), np.zeros(3)
    total = 0
    for p in range(z.size):
        if free[p]:
            rms = _window(z, free, p, 1, 1, 1, wide, sums, fit)
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
def _rank(z, free, tol, cell, strips, wide, rank, fits):
    """How good a seed each cell is (0-1 a 5 x 5 window, 1-2 a 3 x 3, 2-4 strips; inf none) and its window's plane."""
    sums, fit = np.zeros(10), np.zeros(3)
    for p in range(z.size):
        rank[p] = np.inf
        if not free[p]:
            continue
        for kind in range(2):
            reach = 1 if strips or kind == 1 else 2
            up, left = (kind, 1 - kind) if strips else (reach, reach)
            rms = _window(z, free, p, up, left, reach, wide, sums, fit)
            stretch = _stretch(fit, cell)
            if rms < 0.0 or rms > 0.6 * tol * stretch or (strips and stretch > STRIP_MAX_STRETCH) or kind + rms >= rank[p]:
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
    limit = tol * _stretch(fit, cell)
    refit_at = 12.0
    head, tail = 0, 1
    queue[0] = seed
    seen[seed] = stamp
    while head < tail:
        p = queue[head]
        head += 1
        _add(sums, float(p % wide), float(p // wide), z[p])
        if growing and sums[0] >= refit_at:
            _solve(sums, fit)
            limit = tol * _stretch(fit, cell)
            refit_at *= 1.5
        for step in (-wide, -1, 1, wide):
            q = p + step
            if free[q] and seen[q] != stamp and abs(_distance(z, q, fit, wide)) <= limit:
                seen[q] = stamp
                queue[tail] = q
                tail += 1
    _solve(sums, fit)
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
def _candidates(z, free, tol, cell, strips, wide, smallest, store, first, score):
    """Grow a plane from each smooth place that no earlier plane of this round covers; gives their number."""
    rank, fits = np.zeros(z.size), np.zeros((z.size, 3))
    _rank(z, free, tol, cell, strips, wide, rank, fits)
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
        limit = tol * _stretch(fit, cell)
        score[count] = 0.0
        for k in range(size):
            rank[queue[k]] = np.inf
            store[first[count] + k] = queue[k]
            d = _distance(z, queue[k], fit, wide) / limit
            score[count] -= max(1.0 - d * d, 0.0)
        first[count + 1] = first[count] + size
        count += 1
    return count


@inner
def extract(z, free, labels, tol, cell, strips, wide, smallest, known, most):
    """Label the best candidates (MSAC score) that do not overlap better ones; gives the number of planes now known."""
    store = np.zeros(6 * z.size, np.int32)
    first, score = np.zeros(4 * most + 1, np.int64), np.zeros(4 * most)
    count = _candidates(z, free, tol, cell, strips, wide, smallest, store, first, score)
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


@inner
def refit(z, labels, fits, sums, known, tol, cell, wide):
    """Least-squares plane of each region over its cells within `tol` of the plane before."""
    for k in range(1, known + 1):
        for m in range(10):
            sums[k, m] = 0.0
    for p in range(z.size):
        k = labels[p]
        if k > 0 and abs(_distance(z, p, fits[k], wide)) <= tol * _stretch(fits[k], cell):
            _add(sums[k], float(p % wide), float(p // wide), z[p])
    for k in range(1, known + 1):
        _solve(sums[k], fits[k])


@inner
def _reassign(z, valid, labels, fits, tol, cell, wide):
    """Each cell to the plane among its 3 x 3 neighbours that explains it best, with a bonus for agreeing with them."""
    old = labels.copy()
    for p in range(z.size):
        if not valid[p]:
            continue
        labels[p] = 0
        best = 1.0
        for i in range(9):
            k = old[p + (i // 3 - 1) * wide + i % 3 - 1]
            if k == 0 or k == labels[p]:
                continue
            d = _distance(z, p, fits[k], wide) / (tol * _stretch(fits[k], cell))
            if d * d < 1.0:
                cost = d * d
                for j in range(9):
                    cost -= 0.1 * (j != 4 and old[p + (j // 3 - 1) * wide + j % 3 - 1] == k)
                if cost < best:
                    best = cost
                    labels[p] = k


@inner
def drop_scraps(labels, smallest, wide):
    """Give back the pieces of planes (4-connected) that have fewer cells than `smallest`."""
    seen, queue = np.zeros(labels.size, np.bool_), np.zeros(labels.size, np.int32)
    for p in range(labels.size):
        if labels[p] == 0 or seen[p]:
            continue
        head, tail = 0, 1
        queue[0] = p
        seen[p] = True
        while head < tail:
            for step in (-wide, -1, 1, wide):
                q = queue[head] + step
                if labels[q] == labels[p] and not seen[q]:
                    seen[q] = True
                    queue[tail] = q
                    tail += 1
            head += 1
        if tail < smallest:
            for k in range(tail):
                labels[queue[k]] = 0


@inner
def _difference(sums, fits, i, j, noise, cell, x, y):
    """How different two planes are: below 1 they merge. (x, y) is the middle of their common border."""
    joint, fit = np.zeros(10), np.zeros(3)
    for k in range(10):
        joint[k] = sums[i, k] + sums[j, k]
    apart = _solve(sums[i], fit) + _solve(sums[j], fit)
    one, other = _stretch(fits[i], cell), _stretch(fits[j], cell)
    scale = max(noise, MERGE_NOISE_M) * one
    statistic = (_solve(joint, fit) - apart) / (scale * scale * MERGE_CHI2)
    step = abs((fits[i, 0] - fits[j, 0]) * x + (fits[i, 1] - fits[j, 1]) * y + fits[i, 2] - fits[j, 2]) / one
    cosine = (1.0 + (fits[i, 0] * fits[j, 0] + fits[i, 1] * fits[j, 1]) / (cell * cell)) / (one * other)
    angle = np.degrees(np.arccos(min(cosine, 1.0)))
    return min(statistic, max(angle / MERGE_ANGLE_DEG, step / MERGE_STEP_M))


@inner
def _borders(labels, known, wide, border):
    """Of each pair of planes (lower, higher): number of places where they meet, at most one cell apart, and sums of x, y."""
    for p in range(labels.size):
        k = labels[p]
        if k == 0:
            continue
        for step in (1, 2, wide, 2 * wide):
            other = labels[p + step]
            if other > 0 and other != k:
                pair = border[min(k, other), max(k, other)]
                pair[0] += 1.0
                pair[1] += p % wide
                pair[2] += p // wide


@inner
def merge(labels, fits, sums, known, noise, cell, wide):
    """Merge coplanar neighbours, the most alike first."""
    border = np.zeros((known + 1, known + 1, 3))
    _borders(labels, known, wide, border)
    to = np.zeros(known + 1, np.int16)
    for k in range(known + 1):
        to[k] = k
    while True:
        best, bi, bj = 1.0, 0, 0
        for i in range(1, known + 1):
            for j in range(i + 1, known + 1):
                m = border[i, j, 0]
                if m > 0.0 and sums[i, 0] >= 3.0 and sums[j, 0] >= 3.0:
                    s = _difference(sums, fits, i, j, noise, cell, border[i, j, 1] / m, border[i, j, 2] / m)
                    if s < best:
                        best, bi, bj = s, i, j
        if bi == 0:
            break
        for k in range(10):
            sums[bi, k] += sums[bj, k]
            sums[bj, k] = 0.0
        _solve(sums[bi], fits[bi])
        for k in range(1, known + 1):
            for m in range(3):
                if k != bi and k != bj:  # noqa: PLR1714  (a tuple would cost compile time)
                    border[min(bi, k), max(bi, k), m] += border[min(bj, k), max(bj, k), m]
                border[min(bj, k), max(bj, k), m] = 0.0
            if to[k] == bj:
                to[k] = bi
    for p in range(labels.size):
        labels[p] = to[labels[p]]


@inner
def refine(z, valid, labels, fits, sums, known, tol, noise, cell, wide):
    """Refit, merge, and move cells between planes until it settles (a few turns)."""
    for turn in range(6):
        refit(z, labels, fits, sums, known, np.inf if turn == 0 else tol, cell, wide)
        if turn % 2 == 1:
            merge(labels, fits, sums, known, noise, cell, wide)
        _reassign(z, valid, labels, fits, tol, cell, wide)
        drop_scraps(labels, 4, wide)


@inner
def spread(z, valid, labels, fits, limit, cell, wide):
    """Free cells within `limit` of the plane beside them join it, from the planes' edges outwards."""
    queue = np.zeros(labels.size, np.int32)
    head = tail = 0
    for p in range(labels.size):
        if labels[p] > 0:
            queue[tail] = p
            tail += 1
    while head < tail:
        k = labels[queue[head]]
        for step in (-wide, -1, 1, wide):
            q = queue[head] + step
            if valid[q] and labels[q] == 0 and abs(_distance(z, q, fits[k], wide)) <= limit * _stretch(fits[k], cell):
                labels[q] = k
                queue[tail] = q
                tail += 1
        head += 1


@inner
def _measure(z, labels, near, fits, cell, wide, out):
    """Of each plane: member cells, member and nearest cells, sum of squared distances [m2]."""
    for p in range(z.size):
        k = labels[p]
        out[near[p], 1] += 1.0
        if k > 0:
            d = _distance(z, p, fits[k], wide) / _stretch(fits[k], cell)
            out[k, 0] += 1.0
            out[k, 2] += d * d


@kernel
def find(z, valid, cell, inlier, wide, smallest, most):
    """Labels, planes and measures (see `_measure`) of a padded window; planes that were merged away are gaps."""
    labels, free = np.zeros(z.size, np.int16), valid.copy()
    noise = _noise(z, valid, inlier, wide)
    tol = min(max(3.0 * noise, MIN_TOLERANCE_M), inlier)
    known = 0
    fits, sums = np.zeros((most + 1, 3)), np.zeros((most + 1, 10))
    for turn in range(4):
        reach = inlier if turn == 2 else tol
        found = extract(z, free, labels, reach, cell, turn == 3, wide, smallest, known, most)
        if found > known:
            known = found
            refine(z, valid, labels, fits, sums, known, reach, noise, cell, wide)
            for p in range(z.size):
                free[p] = valid[p] and labels[p] == 0
    drop_scraps(labels, smallest, wide)
    refit(z, labels, fits, sums, known, np.inf, cell, wide)
    spread(z, valid, labels, fits, inlier, cell, wide)
    near, measures = labels.copy(), np.zeros((known + 1, 3))
    spread(z, valid, near, fits, np.inf, cell, wide)
    _measure(z, labels, near, fits, cell, wide, measures)
    return labels, fits, measures
