"""Plane regions of a window: refitted, moved, merged and split until they settle (flat arrays, see `planefit`).

Regions are numbered from 1; 0 is "no plane".
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import inner, kernel
from pipeline.core.solar.growth import extract, noise_of
from pipeline.core.solar.planefit import add, distance, solve, stretch

MIN_TOLERANCE_M = 0.05
# Neighbours merge when one plane explains both: the residual sum of squares grows by less than the chi-square of
# 3 degrees of freedom at 99.9 % times the noise variance; or when they differ by less than a roof's own unevenness.
MERGE_CHI2 = 16.3
MERGE_NOISE_M = 0.01
MERGE_ANGLE_DEG = 0.75
MERGE_STEP_M = 0.04
# A region is split where a second-degree surface fits it better (same test) and its halves differ by more than this.
SPLIT_ANGLE_DEG = 3.0
# Pieces of a plane smaller than this are given back while planes settle.
SCRAP_CELLS = 4

Floats = NDArray[np.float64]
Labels = NDArray[np.int16]


@dataclass(frozen=True)
class Found:
    """Regions of a window.

    Attributes
    ----------
    labels, near
        Region of each cell; region each cell lies nearest to, over its neighbours.
    fits, sums
        Plane of each region and sums of all its cells (row 0 unused; merged regions are gaps); the
        last column is the residual sum of squares of their own least-squares plane [m2].
    """

    labels: Labels
    near: Labels
    fits: Floats
    sums: Floats

    def even(self, cells: int, away_m: float) -> bool:
        """Whether planes hold most of so many cells and lie within this RMS of all theirs [m]."""
        count = self.sums[1:, 0].sum()
        return bool(2 * count >= cells and np.maximum(self.sums[1:, 10], 0.0).sum() < count * away_m**2)


@dataclass(frozen=True)
class _Window:
    """What all steps share: cells, which of them count, the width, and scratch space."""

    cells: Floats
    valid: NDArray[np.bool_]
    wide: int
    old: Labels
    seen: NDArray[np.bool_]
    queue: NDArray[np.int32]


def find(cells: Floats, valid: NDArray[np.bool_], inlier: float, wide: int, smallest: int, most: int) -> Found:
    """Regions of a padded window.

    Parameters
    ----------
    cells : array of shape (n, 3)
        See `planefit`.
    valid : bool array of shape (n,)
        Cells of the building.
    inlier
        Cells within this distance of a plane belong to it [m].
    wide
        Cells in a row of the window.
    smallest
        Fewer cells are no region.
    most
        Regions searched.
    """
    size = len(cells)
    w = _Window(cells, valid, wide, np.empty(size, np.int16), np.empty(size, np.bool_), np.empty(size, np.int32))
    labels, free = np.zeros(size, np.int16), valid.copy()
    noise = noise_of(cells, valid, inlier, wide)
    tol = min(max(3.0 * noise, MIN_TOLERANCE_M), inlier)
    known, fresh = 0, True
    fits, sums = np.zeros((most + 1, 3)), np.zeros((most + 1, 11))
    for turn in range(5):
        reach = inlier if turn == 4 else tol
        # The windows of a narrow gable hold both its sides until one of them is taken: so parts of windows are looked through once more.
        worth = np.count_nonzero(free) >= smallest and (turn != 3 or fresh)
        found = before = known
        if worth:
            found = extract(cells, free, labels, reach, turn in (2, 3), wide, smallest, known, most)
        for _ in range(3):
            if found == known:
                break
            known = found
            _settle(w, labels, fits, sums, known, reach, noise)
            found = _split(cells, labels, fits, sums, known, most, noise, smallest)
        known, fresh = found, found > before
        np.logical_and(valid, labels == 0, out=free)
    _drop_scraps(labels, smallest, wide, w.seen, w.queue)
    _refit(cells, labels, fits, sums, known, np.inf)
    spread(cells, valid, labels, fits, inlier, wide, w.queue)
    near = labels.copy()
    spread(cells, valid, near, fits, np.inf, wide, w.queue)
    sums[:] = 0.0
    _refit(cells, labels, fits.copy(), sums, known, np.inf)
    return Found(labels, near, fits[: known + 1], sums[: known + 1])


def _settle(w: _Window, labels: Labels, fits: Floats, sums: Floats, known: int, tol: float, noise: float) -> None:
    """Refit, merge, and move cells between planes until nothing moves (a few turns)."""
    _refit(w.cells, labels, fits, sums, known, np.inf)
    scale = max(noise, MERGE_NOISE_M)
    for _ in range(3):
        moved = _sweep(w.cells, w.valid, labels, w.old, fits, sums, known, tol, 2, w.wide, w.seen, w.queue)
        merged = known > 1 and _merge(w.cells, labels, fits, sums, known, 0, scale, w.wide, np.zeros((known + 1, known + 1, 3)), np.arange(known + 1))
        if not moved and not merged:
            break


def _split(cells: Floats, labels: Labels, fits: Floats, sums: Floats, known: int, most: int, noise: float, smallest: int) -> int:
    """Split regions that a ridge or valley runs through; gives the number of planes now known."""
    rest = sums[: known + 1, 10]
    longer2 = 1.0 + fits[: known + 1, 0] ** 2 + fits[: known + 1, 1] ** 2
    # Nothing can improve a region by more than its whole residual.
    threshold = MERGE_CHI2 * max(noise, MERGE_NOISE_M) ** 2 * longer2
    for k in 1 + np.flatnonzero((sums[1 : known + 1, 0] >= 2 * smallest) & (rest[1:] >= threshold[1:])):
        members = np.flatnonzero(labels == k)
        if known == most or len(members) < 2 * smallest:
            continue
        at = cells[members]
        better, along = _bend(at, fits[k])
        if better < threshold[k]:
            continue
        offset = at[:, :2] @ along
        upper = offset > offset.mean()
        one, other = _plane(at[~upper]), _plane(at[upper])
        if one is None or other is None or _angle(one, other) < SPLIT_ANGLE_DEG:
            continue
        known += 1
        labels[members[upper]] = known
        fits[k], fits[known] = one, other
    return known


def tally(cells: Floats, labels: Labels, fits: Floats) -> Floats:
    """Sums of all cells of each region; regions whose plane is all zero get theirs in `fits`."""
    sums, own = np.zeros((len(fits), 11)), fits.copy()
    _refit(cells, labels, own, sums, len(fits) - 1, np.inf)
    fresh = ~fits.any(axis=1)
    fits[fresh] = own[fresh]
    return sums


def residuals(sums: Floats, fits: Floats) -> Floats:
    """Sum of squared vertical distances of each region's cells from its plane [m2]."""
    a, b, c = fits.T
    n, x, y, z, xx, xy, yy, xz, yz, zz = sums.T[:10]
    rest = zz - 2.0 * (a * xz + b * yz + c * z) + a * a * xx + b * b * yy + c * c * n + 2.0 * (a * b * xy + a * c * x + b * c * y)
    return np.maximum(rest, 0.0)


def _bend(at: Floats, fit: Floats) -> tuple[float, Floats]:
    """How much a second-degree surface improves on a plane [m2], and the direction in which it bends most."""
    x, y = (at[:, :2] - at[:, :2].mean(axis=0)).T
    basis = np.column_stack([np.ones(len(x)), x, y, x * x, x * y, y * y])
    rest = at[:, 2] - at[:, :2] @ fit[:2] - fit[2]
    best, _, rank, _ = np.linalg.lstsq(basis, rest, rcond=None)
    if rank < 6:
        return 0.0, np.array([1.0, 0.0])
    values, vectors = np.linalg.eigh([[best[3], best[4] / 2.0], [best[4] / 2.0, best[5]]])
    return float(np.sum(rest * (basis @ best))), vectors[:, np.argmax(np.abs(values))]


def _plane(at: Floats) -> Floats | None:
    """Least-squares plane of cells; None where they lie on a line."""
    sums, fits = np.zeros((1, 10)), np.zeros((1, 3))
    return fits[0] if _fit(at, sums, fits, 0) >= 0.0 else None


def _angle(one: Floats, other: Floats) -> float:
    """Angle between two planes [deg]."""
    a, b = np.array([*one[:2], -1.0]), np.array([*other[:2], -1.0])
    return float(np.degrees(np.arccos(min(a @ b / np.sqrt(a @ a * (b @ b)), 1.0))))


@kernel("f8[:,::1], f8[:,::1], f8[:,::1], i8")
def _fit(at, sums, fits, row):
    """Least-squares plane of some points into `fits[row]`; what `solve` says of it."""
    for p in range(at.shape[0]):
        add(sums, row, at, p)
    return solve(sums, row, fits, row)


@kernel("f8[:,::1], i2[::1], f8[:,::1], f8[:,::1], i8, f8")
def _refit(cells, labels, fits, sums, known, tol):
    """Least-squares plane of each region over its cells within `tol` of the plane before; what it leaves goes behind the sums."""
    for k in range(1, known + 1):
        for m in range(10):
            sums[k, m] = 0.0
    for p in range(labels.size):
        own = np.int64(labels[p])
        if own > 0 and abs(distance(cells, p, fits, own)) <= tol * stretch(fits, own):
            add(sums, own, cells, p)
    for k in range(1, known + 1):
        sums[k, 10] = solve(sums, k, fits, k)


@kernel("f8[:,::1], b1[::1], i2[::1], i2[::1], f8[:,::1], f8[:,::1], i8, f8, i8, i8, b1[::1], i4[::1]")
def _sweep(cells, valid, labels, old, fits, sums, known, tol, turns, wide, seen, queue):
    """Each cell to the plane among its 3 x 3 neighbours that explains it best, with a bonus for agreeing with them; refit.

    Gives the number of cells that moved in the last turn.
    """
    moved = 0
    for _ in range(turns):
        for p in range(labels.size):
            old[p] = labels[p]
        for p in range(labels.size):
            if not valid[p]:
                continue
            labels[p] = 0
            best = 1.0
            for i in range(9):
                k = np.int64(old[p + (i // 3 - 1) * wide + i % 3 - 1])
                if k == 0 or k == labels[p]:
                    continue
                d = distance(cells, p, fits, k) / (tol * stretch(fits, k))
                if d * d < 1.0:
                    cost = d * d
                    for j in range(9):
                        if j != 4 and old[p + (j // 3 - 1) * wide + j % 3 - 1] == k:
                            cost -= 0.1
                    if cost < best:
                        best = cost
                        labels[p] = k
        _drop_scraps(labels, np.int64(SCRAP_CELLS), wide, seen, queue)
        moved = 0
        for p in range(labels.size):
            moved += labels[p] != old[p]
        _refit(cells, labels, fits, sums, known, tol)
    return moved


@kernel("i2[::1], i8, i8, b1[::1], i4[::1]")
def _drop_scraps(labels, smallest, wide, seen, queue):
    """Give back the pieces of planes (4-connected) that have fewer cells than `smallest`."""
    for p in range(labels.size):
        seen[p] = labels[p] == 0
    for p in range(labels.size):
        if seen[p]:
            continue
        head, tail = 0, 1
        queue[0] = p
        seen[p] = True
        while head < tail:
            for side in range(4):
                q = queue[head] + (side - 1 if side % 2 == 0 else (side - 2) * wide)
                if labels[q] == labels[p] and not seen[q]:
                    seen[q] = True
                    queue[tail] = q
                    tail += 1
            head += 1
        if tail < smallest:
            for k in range(tail):
                labels[queue[k]] = 0


@inner
def _difference(sums, fits, i, j, row, scale, x, y):
    """How different two planes are: below 1 they merge. (x, y) is the middle of their common border; `row` is scratch."""
    apart = solve(sums, i, fits, row) + solve(sums, j, fits, row)
    for k in range(10):
        sums[row, k] = sums[i, k] + sums[j, k]
    one, other = stretch(fits, i), stretch(fits, j)
    statistic = (solve(sums, row, fits, row) - apart) / (scale * scale * one * one * MERGE_CHI2)
    step = abs((fits[i, 0] - fits[j, 0]) * x + (fits[i, 1] - fits[j, 1]) * y + fits[i, 2] - fits[j, 2]) / one
    cosine = (1.0 + fits[i, 0] * fits[j, 0] + fits[i, 1] * fits[j, 1]) / (one * other)
    return min(statistic, max(np.degrees(np.arccos(min(cosine, 1.0))) / MERGE_ANGLE_DEG, step / MERGE_STEP_M))


@kernel("f8[:,::1], i2[::1], f8[:,::1], f8[:,::1], i8, i8, f8, i8, f8[:,:,::1], i8[::1]")
def _merge(cells, labels, fits, sums, known, row, scale, wide, border, to):
    """Merge coplanar neighbours, the most alike first; gives whether there were any.

    `border` (zeros) takes for each pair (lower, higher) the places where they meet, at most one cell apart, and the sums of
    their x and y; `to` (0, 1, 2, ..) becomes the new number of each plane; `row` of sums and fits is scratch.
    """
    for p in range(labels.size):
        k = labels[p]
        if k > 0:
            for step in range(3, 15):
                # The twelve cells after this one within two columns and two rows.
                other = labels[p + (step // 5) * wide + step % 5 - 2]
                if other > 0 and other != k:
                    i, j = min(k, other), max(k, other)
                    border[i, j, 0] += 1.0
                    border[i, j, 1] += cells[p, 0]
                    border[i, j, 2] += cells[p, 1]
    merged = False
    while True:
        best, bi, bj = 1.0, np.int64(0), np.int64(0)  # 0 alone would have `solve` compiled once more, for a literal
        for i in range(1, known + 1):
            for j in range(i + 1, known + 1):
                m = border[i, j, 0]
                if m > 0.0 and sums[i, 0] >= 3.0 and sums[j, 0] >= 3.0:
                    s = _difference(sums, fits, i, j, row, scale, border[i, j, 1] / m, border[i, j, 2] / m)
                    if s < best:
                        best, bi, bj = s, i, j  # type: ignore[assignment]
        if bi == 0:
            break
        merged = True
        for k in range(10):
            sums[bi, k] += sums[bj, k]
            sums[bj, k] = 0.0
        solve(sums, bi, fits, bi)
        for k in range(1, known + 1):
            for m in range(3):
                if k != bi and k != bj:  # noqa: PLR1714  (a tuple would cost compile time)
                    border[min(bi, k), max(bi, k), m] += border[min(bj, k), max(bj, k), m]
                border[min(bj, k), max(bj, k), m] = 0.0
            if to[k] == bj:
                to[k] = bi
    if merged:
        for p in range(labels.size):
            labels[p] = to[labels[p]]
    return merged


@kernel("f8[:,::1], b1[::1], i2[::1], f8[:,::1], f8, i8, i4[::1]")
def spread(cells, valid, labels, fits, limit, wide, queue):
    """Free cells within `limit` of the plane beside them join it, from the planes' edges outwards."""
    head = tail = 0
    for p in range(labels.size):
        if labels[p] > 0:
            queue[tail] = p
            tail += 1
    while head < tail:
        k = np.int64(labels[queue[head]])
        for side in range(4):
            q = queue[head] + (side - 1 if side % 2 == 0 else (side - 2) * wide)
            if valid[q] and labels[q] == 0 and abs(distance(cells, q, fits, k)) <= limit * stretch(fits, k):
                labels[q] = k
                queue[tail] = q
                tail += 1
        head += 1
