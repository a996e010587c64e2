"""Plane regions of windows: refitted, moved, merged and split until they settle (flat arrays, see `planefit`).

Regions are numbered from 1 in each window; 0 is "no plane". Region k of window b has the row b * rows + k of the tables of all windows.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import inner, kernel
from pipeline.core.solar.growth import Windows, extract, noise_of
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
Ints = NDArray[np.int64]
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
class _State:
    """What is known of the regions of all windows, and scratch space."""

    labels: Labels
    fits: Floats
    sums: Floats
    rows: int
    old: Labels
    seen: NDArray[np.bool_]
    queue: NDArray[np.int32]

    def refit(self, w: Windows, known: Ints, todo: Ints, fits: Floats, tol: Floats) -> None:
        """See `_refit`; the planes go into `fits`."""
        _refit(w.cells, self.labels, w.first, todo, self.rows, fits, self.sums, known, tol)


def find(w: Windows, inlier: float, smallest: int, most: int) -> list[Found]:
    """Regions of each window.

    Parameters
    ----------
    w
        Padded windows.
    inlier
        Cells within this distance of a plane belong to it [m].
    smallest
        Fewer cells are no region.
    most
        Regions searched in each window.
    """
    size, number = len(w.cells), len(w.wide)
    rows = most + 1
    s = _State(
        np.zeros(size, np.int16), np.zeros((number * rows, 3)), np.zeros((number * rows, 11)), rows,
        np.empty(size, np.int16), np.empty(size, np.bool_), np.empty(int(np.diff(w.first).max(initial=0)), np.int32),
    )  # fmt: skip
    noise = noise_of(w, inlier)
    tol = np.minimum(np.maximum(3.0 * noise, MIN_TOLERANCE_M), inlier)
    free, known, fresh = w.valid, np.zeros(number, np.int64), np.ones(number, np.bool_)
    for turn in range(5):
        reach = np.full(number, inlier) if turn == 4 else tol
        # The squares of a narrow gable hold both its sides until one of them is taken: so parts of squares are looked through once more.
        worth = (np.bincount(w.owner[free], minlength=number) >= smallest) & ((turn != 3) | fresh)
        before = known.copy()
        extract(w, free, s.labels, reach, turn in (2, 3), smallest, known, most, np.flatnonzero(worth))
        moving = np.flatnonzero(known > before)
        for _ in range(3):
            _settle(w, s, known, reach, noise, moving)
            moving = _split(w, s, known, noise, smallest, moving)
        fresh = known > before
        free = w.valid & (s.labels == 0)
    every = np.arange(number)
    _drop_scraps(s.labels, w.first, w.wide, every, smallest, s.seen, s.queue)
    s.refit(w, known, every, s.fits, np.full(number, np.inf))
    _spread(w.cells, w.valid, s.labels, w.first, w.wide, rows, s.fits, inlier, s.queue)
    near = s.labels.copy()
    _spread(w.cells, w.valid, near, w.first, w.wide, rows, s.fits, np.inf, s.queue)
    s.sums[:] = 0.0
    s.refit(w, known, every, s.fits.copy(), np.full(number, np.inf))
    fits, sums = s.fits.reshape(number, rows, 3), s.sums.reshape(number, rows, 11)
    return [Found(s.labels[a:b], near[a:b], fits[i, : k + 1], sums[i, : k + 1]) for i, (a, b, k) in enumerate(zip(w.first[:-1], w.first[1:], known, strict=True))]


def _settle(w: Windows, s: _State, known: Ints, tol: Floats, noise: Floats, moving: Ints) -> None:
    """Refit, merge, and move cells between planes until nothing moves (a few turns), in the windows `moving`."""
    number = len(w.wide)
    scale, merged = np.maximum(noise, MERGE_NOISE_M), np.zeros(number, np.bool_)
    border, to = np.empty((s.rows * s.rows, 3)), np.empty(s.rows, np.int64)
    s.refit(w, known, moving, s.fits, np.full(number, np.inf))
    for _ in range(3):
        if not moving.size:
            break
        for _ in range(2):
            _sweep(w.cells, w.valid, s.labels, s.old, w.first, w.wide, moving, s.rows, s.fits, tol)
            _drop_scraps(s.labels, w.first, w.wide, moving, SCRAP_CELLS, s.seen, s.queue)
            moved = np.bincount(w.owner[s.labels != s.old], minlength=number) > 0
            s.refit(w, known, moving, s.fits, tol)
        merged[:] = False
        _merge(w.cells, s.labels, w.first, w.wide, moving[known[moving] > 1], s.rows, s.fits, s.sums, known, scale, border, to, merged)
        moving = moving[moved[moving] | merged[moving]]


def _split(w: Windows, s: _State, known: Ints, noise: Floats, smallest: int, moving: Ints) -> Ints:
    """Split regions that a ridge or valley runs through; gives the windows of `moving` in which any was."""
    fits, sums = s.fits.reshape(-1, s.rows, 3), s.sums.reshape(-1, s.rows, 11)
    slopes, number = fits[moving, :, :2], np.arange(s.rows)
    # Nothing can improve a region by more than its whole residual.
    threshold = MERGE_CHI2 * np.maximum(noise[moving], MERGE_NOISE_M)[:, np.newaxis] ** 2 * (1.0 + slopes[..., 0] ** 2 + slopes[..., 1] ** 2)
    large = (sums[moving, :, 0] >= 2 * smallest) & (number > 0) & (number <= known[moving, np.newaxis])
    before = known[moving]
    for i, k in np.argwhere(large & (sums[moving, :, 10] >= threshold)).tolist():
        own = int(moving[i])
        first, labels = int(w.first[own]), s.labels[w.first[own] : w.first[own + 1]]
        members = np.flatnonzero(labels == k)
        if known[own] == s.rows - 1 or len(members) < 2 * smallest:
            continue
        at = w.cells[first + members]
        better, along = _bend(at, fits[own, k])
        if better < threshold[i, k]:
            continue
        offset = at[:, :2] @ along
        upper = offset > offset.mean()
        one, other = _plane(at[~upper]), _plane(at[upper])
        if one is None or other is None or _angle(one, other) < SPLIT_ANGLE_DEG:
            continue
        known[own] += 1
        labels[members[upper]] = known[own]
        fits[own, k], fits[own, known[own]] = one, other
    return np.asarray(moving[known[moving] > before])


def tally(cells: Floats, labels: Labels, fits: Floats) -> Floats:
    """Sums of all cells of each region; regions whose plane is all zero get theirs in `fits`."""
    sums, own = np.zeros((len(fits), 11)), fits.copy()
    _refit(cells, labels, np.array([0, labels.size]), np.zeros(1, np.int64), len(fits), own, sums, np.array([len(fits) - 1]), np.array([np.inf]))
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


@kernel("f8[:,::1], i2[::1], i8[::1], i8[::1], i8, f8[:,::1], f8[:,::1], i8[::1], f8[::1]")
def _refit(cells, labels, first, todo, rows, fits, sums, known, tol):
    """Least-squares plane of each region over its cells within `tol` of the plane before; what it leaves goes behind the sums."""
    for t in range(todo.size):
        w = todo[t]
        row = w * rows
        for k in range(row + 1, row + known[w] + 1):
            for m in range(10):
                sums[k, m] = 0.0
        for p in range(first[w], first[w + 1]):
            own = row + np.int64(labels[p])
            if own > row and abs(distance(cells, p, fits, own)) <= tol[w] * stretch(fits, own):
                add(sums, own, cells, p)
        for k in range(row + 1, row + known[w] + 1):
            sums[k, 10] = solve(sums, k, fits, k)


@kernel("f8[:,::1], b1[::1], i2[::1], i2[::1], i8[::1], i8[::1], i8[::1], i8, f8[:,::1], f8[::1]")
def _sweep(cells, valid, labels, old, first, wide, todo, rows, fits, tol):
    """Each cell to the plane among its 3 x 3 neighbours that explains it best, with a bonus for agreeing with them; `old` takes the labels before."""
    for t in range(todo.size):
        w, across = todo[t], wide[todo[t]]
        row = w * rows
        for p in range(first[w], first[w + 1]):
            old[p] = labels[p]
        for p in range(first[w], first[w + 1]):
            if not valid[p]:
                continue
            labels[p] = 0
            best = 1.0
            for i in range(9):
                k = np.int64(old[p + (i // 3 - 1) * across + i % 3 - 1])
                if k == 0 or k == labels[p]:
                    continue
                d = distance(cells, p, fits, row + k) / (tol[w] * stretch(fits, row + k))
                if d * d < 1.0:
                    cost = d * d
                    for j in range(9):
                        if j != 4 and old[p + (j // 3 - 1) * across + j % 3 - 1] == k:
                            cost -= 0.1
                    if cost < best:
                        best = cost
                        labels[p] = k


@kernel("i2[::1], i8[::1], i8[::1], i8[::1], i8, b1[::1], i4[::1]")
def _drop_scraps(labels, first, wide, todo, smallest, seen, queue):
    """Give back the pieces of planes (4-connected) that have fewer cells than `smallest`."""
    for t in range(todo.size):
        w, across = todo[t], wide[todo[t]]
        for p in range(first[w], first[w + 1]):
            seen[p] = labels[p] == 0
        for p in range(first[w], first[w + 1]):
            if seen[p]:
                continue
            head, tail = 0, 1
            queue[0] = p
            seen[p] = True
            while head < tail:
                for side in range(4):
                    q = queue[head] + (side - 1 if side % 2 == 0 else (side - 2) * across)
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


@kernel("f8[:,::1], i2[::1], i8[::1], i8[::1], i8[::1], i8, f8[:,::1], f8[:,::1], i8[::1], f8[::1], f8[:,::1], i8[::1], b1[::1]")
def _merge(cells, labels, first, wide, todo, rows, fits, sums, known, scale, border, to, merged):
    """Merge coplanar neighbours, the most alike first; `merged` (False) takes in which windows there were any.

    Row lower * rows + higher of `border` takes for each pair the places where they meet, at most one cell apart, and the sums of
    their x and y; `to` the new number of each plane; row 0 of each window's sums and fits is scratch.
    """
    for t in range(todo.size):
        w, across, most = todo[t], wide[todo[t]], known[todo[t]]
        row = w * rows
        for i in range((most + 1) * rows):
            border[i, 0] = border[i, 1] = border[i, 2] = 0.0
        for i in range(rows):
            to[i] = i
        for p in range(first[w], first[w + 1]):
            k = labels[p]
            if k > 0:
                for step in range(3, 15):
                    # The twelve cells after this one within two columns and two rows.
                    other = labels[p + (step // 5) * across + step % 5 - 2]
                    if other > 0 and other != k:
                        i, j = min(k, other), max(k, other)
                        pair = i * rows + j
                        border[pair, 0] += 1.0
                        border[pair, 1] += cells[p, 0]
                        border[pair, 2] += cells[p, 1]
        while True:
            best, bi, bj = 1.0, np.int64(0), np.int64(0)  # 0 alone would have `solve` compiled once more, for a literal
            for i in range(1, most + 1):
                for j in range(i + 1, most + 1):
                    pair = i * rows + j
                    m = border[pair, 0]
                    if m > 0.0 and sums[row + i, 0] >= 3.0 and sums[row + j, 0] >= 3.0:
                        s = _difference(sums, fits, row + i, row + j, row, scale[w], border[pair, 1] / m, border[pair, 2] / m)
                        if s < best:
                            best, bi, bj = s, i, j  # type: ignore[assignment]
            if bi == 0:
                break
            merged[w] = True
            for k in range(10):
                sums[row + bi, k] += sums[row + bj, k]
                sums[row + bj, k] = 0.0
            solve(sums, row + bi, fits, row + bi)
            for k in range(1, most + 1):
                pair, gone = min(bi, k) * rows + max(bi, k), min(bj, k) * rows + max(bj, k)
                for m in range(3):
                    if k != bi and k != bj:  # noqa: PLR1714  (a tuple would cost compile time)
                        border[pair, m] += border[gone, m]
                    border[gone, m] = 0.0
                if to[k] == bj:
                    to[k] = bi
        if merged[w]:
            for p in range(first[w], first[w + 1]):
                labels[p] = to[labels[p]]


@kernel("f8[:,::1], b1[::1], i2[::1], i8[::1], i8[::1], i8, f8[:,::1], f8, i4[::1]")
def _spread(cells, valid, labels, first, wide, rows, fits, limit, queue):
    """Free cells within `limit` of the plane beside them join it, from the planes' edges outwards."""
    for w in range(wide.size):
        row, across = w * rows, wide[w]
        head = tail = 0
        for p in range(first[w], first[w + 1]):
            if labels[p] > 0:
                queue[tail] = p
                tail += 1
        while head < tail:
            k = row + np.int64(labels[queue[head]])
            for side in range(4):
                q = queue[head] + (side - 1 if side % 2 == 0 else (side - 2) * across)
                if valid[q] and labels[q] == 0 and abs(distance(cells, q, fits, k)) <= limit * stretch(fits, k):
                    labels[q] = k - row
                    queue[tail] = q
                    tail += 1
            head += 1
