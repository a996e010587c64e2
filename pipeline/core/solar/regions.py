"""Plane regions of a window: refitted, moved, merged and split until they settle (flat arrays, see `planefit`).

Regions are numbered from 1; 0 is "no plane".
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from pipeline.core.solar.compiled import inner, kernel
from pipeline.core.solar.growth import extract, noise_of
from pipeline.core.solar.planefit import add, angle_between, distance, solve, stretch

MIN_TOLERANCE_M = 0.05
# Neighbours merge when one plane explains both: the residual sum of squares grows by less than the chi-square of
# 3 degrees of freedom at 99.9 % times the noise variance; or when they differ by less than a roof's own unevenness.
MERGE_CHI2 = 16.3
MERGE_NOISE_M = 0.01
MERGE_ANGLE_DEG = 0.75
MERGE_STEP_M = 0.04
# A region is split where a second-degree surface fits it better (same test) and its halves differ by more than this.
SPLIT_ANGLE_DEG = 3.0


@inner
def refit(z, labels, fits, sums, known, tol, cell, wide):
    """Least-squares plane of each region over its cells within `tol` of the plane before."""
    for k in range(1, known + 1):
        for m in range(10):
            sums[k, m] = 0.0
    for p in range(z.size):
        k = labels[p]
        if k > 0 and abs(distance(z, p, fits[k], wide)) <= tol * stretch(fits[k], cell):
            add(sums[k], float(p % wide), float(p // wide), z[p])
    for k in range(1, known + 1):
        solve(sums[k], fits[k])


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
            d = distance(z, p, fits[k], wide) / (tol * stretch(fits[k], cell))
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
    apart = solve(sums[i], fit) + solve(sums[j], fit)
    one = stretch(fits[i], cell)
    scale = max(noise, MERGE_NOISE_M) * one
    statistic = (solve(joint, fit) - apart) / (scale * scale * MERGE_CHI2)
    step = abs((fits[i, 0] - fits[j, 0]) * x + (fits[i, 1] - fits[j, 1]) * y + fits[i, 2] - fits[j, 2]) / one
    return min(statistic, max(angle_between(fits[i], fits[j], cell) / MERGE_ANGLE_DEG, step / MERGE_STEP_M))


@inner
def _borders(labels, known, wide, border):
    """Of each pair of planes (lower, higher): number of places where they meet, at most one cell apart, and sums of x, y."""
    for p in range(labels.size):
        k = labels[p]
        if k == 0:
            continue
        for step in range(3, 15):
            # The twelve cells after this one within two columns and two rows.
            other = labels[p + (step // 5) * wide + step % 5 - 2]
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
        solve(sums[bi], fits[bi])
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
def _eliminate(a):
    """Solve six equations given as rows (coefficients, right side) in place; False where they do not determine it."""
    for c in range(6):
        top = c
        for r in range(c + 1, 6):
            if abs(a[r, c]) > abs(a[top, c]):
                top = r
        if abs(a[top, c]) < 1e-9:
            return False
        for k in range(7):
            a[c, k], a[top, k] = a[top, k], a[c, k]
        for r in range(6):
            if r != c:
                factor = a[r, c] / a[c, c]
                for k in range(c, 7):
                    a[r, k] -= factor * a[c, k]
    return True


@inner
def _bend(z, labels, k, fit, sums, wide):
    """How much a second-degree surface improves on plane k [m2], and the direction (x, y) in which it bends most."""
    x0, y0 = sums[1] / sums[0], sums[2] / sums[0]
    a, right, basis = np.zeros((6, 7)), np.zeros(6), np.zeros(6)
    for p in range(z.size):
        if labels[p] == k:
            x, y, r = p % wide - x0, p // wide - y0, distance(z, p, fit, wide)
            basis[0], basis[1], basis[2], basis[3], basis[4], basis[5] = 1.0, x, y, x * x, x * y, y * y
            for i in range(6):
                right[i] += basis[i] * r
                for j in range(6):
                    a[i, j] += basis[i] * basis[j]
    for i in range(6):
        a[i, 6] = right[i]
    if not _eliminate(a):
        return 0.0, 1.0, 0.0
    better = 0.0
    for i in range(6):
        better += right[i] * a[i, 6] / a[i, i]
    xx, xy, yy = a[3, 6] / a[3, 3], a[4, 6] / a[4, 4] / 2.0, a[5, 6] / a[5, 5]
    # The eigenvector of [[xx, xy], [xy, yy]] with the larger absolute value.
    angle = 0.5 * np.arctan2(2.0 * xy, xx - yy) + (0.0 if xx + yy >= 0.0 else np.pi / 2.0)
    return better, np.cos(angle), np.sin(angle)


@inner
def split(z, labels, fits, sums, known, most, noise, smallest, cell, wide):
    """Split regions that a ridge or valley runs through; gives the number of planes now known."""
    halves, one, other = np.zeros((2, 10)), np.zeros(3), np.zeros(3)
    for k in range(1, known + 1):
        if known == most or sums[k, 0] < 2.0 * smallest:
            continue
        better, dx, dy = _bend(z, labels, k, fits[k], sums[k], wide)
        scale = max(noise, MERGE_NOISE_M) * stretch(fits[k], cell)
        if better < MERGE_CHI2 * scale * scale:
            continue
        middle = (dx * sums[k, 1] + dy * sums[k, 2]) / sums[k, 0]
        for i in range(10):
            halves[0, i] = halves[1, i] = 0.0
        for p in range(z.size):
            if labels[p] == k:
                add(halves[int(dx * (p % wide) + dy * (p // wide) > middle)], float(p % wide), float(p // wide), z[p])
        if min(solve(halves[0], one), solve(halves[1], other)) < 0.0 or angle_between(one, other, cell) < SPLIT_ANGLE_DEG:
            continue
        known += 1
        for p in range(z.size):
            if labels[p] == k and dx * (p % wide) + dy * (p // wide) > middle:
                labels[p] = known
        for i in range(3):
            fits[k, i] = one[i]
            fits[known, i] = other[i]
    return known


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
            if valid[q] and labels[q] == 0 and abs(distance(z, q, fits[k], wide)) <= limit * stretch(fits[k], cell):
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
            d = distance(z, p, fits[k], wide) / stretch(fits[k], cell)
            out[k, 0] += 1.0
            out[k, 2] += d * d


@kernel
def find(z, valid, cell, inlier, wide, smallest, most):
    """Labels, planes and measures (see `_measure`) of a padded window; planes that were merged away are gaps."""
    labels, free = np.zeros(z.size, np.int16), valid.copy()
    noise = noise_of(z, valid, inlier, wide)
    tol = min(max(3.0 * noise, MIN_TOLERANCE_M), inlier)
    known = 0
    fits, sums = np.zeros((most + 1, 3)), np.zeros((most + 1, 10))
    for turn in range(4):
        reach = inlier if turn == 3 else tol
        found = extract(z, free, labels, reach, cell, turn == 2, wide, smallest, known, most)
        for _ in range(3):
            if found == known:
                break
            known = found
            refine(z, valid, labels, fits, sums, known, reach, noise, cell, wide)
            found = split(z, labels, fits, sums, known, most, noise, smallest, cell, wide)
        known = found
        for p in range(z.size):
            free[p] = valid[p] and labels[p] == 0
    drop_scraps(labels, smallest, wide)
    refit(z, labels, fits, sums, known, np.inf, cell, wide)
    near, measures = labels, np.zeros((known + 1, 3))
    for limit in (inlier, np.inf):
        spread(z, valid, near, fits, limit, cell, wide)
        if limit == inlier:
            near = labels.copy()
    _measure(z, labels, near, fits, cell, wide, measures)
    return labels, fits, measures
