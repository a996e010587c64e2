"""Growing planes from the smoothest places of windows (flat arrays, see `planefit`)."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import kernel
from pipeline.core.solar.planefit import add, distance, solve, stretch, windows

# A square over a step between two flat roofs is fitted by a steep plane. No 3 x 3 square of a real step is smooth,
# but strips two cells wide are, so those start a plane only up to 70 degrees: 1 / cos(70 deg).
STRIP_MAX_STRETCH = 2.92
PARTIAL_CELLS = 5
# Lower quartile of the root mean square of 6 degrees of freedom: sqrt(chi2.ppf(0.25, 6) / 6).
QUARTILE_RMS_6 = 0.759
# A square starts a plane when its own residual is below this part of the tolerance.
SEED_RMS = 0.6
# A candidate that shares more than this with better ones is their shadow.
OWN_SHARE = 0.8

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Windows:
    """Padded windows of many buildings, one after the other (see `planefit`).

    Attributes
    ----------
    cells : array of shape (n, 3)
    valid : bool array of shape (n,)
        Cells of the buildings.
    first : int array of shape (windows + 1,)
        First cell of each window and, last, the number of cells.
    wide : int array of shape (windows,)
        Cells in a row of each.
    owner : int array of shape (n,)
        Window of each cell.
    """

    cells: Floats
    valid: NDArray[np.bool_]
    first: Ints
    wide: Ints
    owner: Ints


def noise_of(w: Windows, inlier: float) -> Floats:
    """Standard deviation of the heights about their planes in each window: lower quartile over all 3 x 3 squares [m].

    Squares at the edge count with the cells they have: on a narrow gable all full ones hold the ridge.
    """
    number = len(w.wide)
    rms, counts, any_m = np.full(len(w.cells), np.inf), np.zeros(number, np.int64), np.full(number, np.inf)
    windows(
        w.cells, w.valid, w.first, w.wide, np.arange(number), 1, PARTIAL_CELLS, any_m, np.inf, 0.0, np.empty((1, 10)), rms, np.zeros((len(w.cells), 3)), counts
    )  # fmt: skip
    order, start = _ranked(rms, w.owner, number)
    noise = np.full(number, inlier / 3.0)
    some = counts > 0
    noise[some] = rms[order[start[:-1][some] + (counts[some] - 1) // 4]] / QUARTILE_RMS_6
    return noise


def _ranked(rank: Floats, owner: Ints, number: int) -> tuple[Ints, Ints]:
    """Cells of finite rank by window, then rank, then position, and where those of each window begin."""
    at = np.flatnonzero(np.isfinite(rank))
    start = np.concatenate(([0], np.cumsum(np.bincount(owner[at], minlength=number))))
    return at[np.lexsort((rank[at], owner[at]))], start


def _seeds(w: Windows, free: NDArray[np.bool_], tol: Floats, partial: bool, todo: Ints) -> tuple[Ints, Ints, Floats]:
    """Cells that may start a plane, the best of each window first (full 5 x 5 squares, then 3 x 3; or parts of 3 x 3), where
    each window's begin, and their planes."""
    number = len(w.wide)
    rank, fits, sums = np.full(len(w.cells), np.inf), np.zeros((len(w.cells), 3)), np.empty((1, 10))
    counts, limit = np.zeros(number, np.int64), SEED_RMS * tol
    if partial:
        windows(w.cells, free, w.first, w.wide, todo, 1, PARTIAL_CELLS, limit, STRIP_MAX_STRETCH, 2.0, sums, rank, fits, counts)
    else:
        windows(w.cells, free, w.first, w.wide, todo, 1, 9, limit, np.inf, 1.0, sums, rank, fits, counts)
        windows(w.cells, free, w.first, w.wide, np.flatnonzero(counts), 2, 25, limit, np.inf, 0.0, sums, rank, fits, np.zeros(number, np.int64))
    order, start = _ranked(rank, w.owner, number)
    # A square of 5 x 5 may be smooth where that of 3 x 3 is not: as many seeds as of these.
    place = np.arange(len(order)) - start[w.owner[order]]
    taken = order[place < counts[w.owner[order]]]
    return taken, np.concatenate(([0], np.cumsum(np.bincount(w.owner[taken], minlength=number)))), fits


def extract(
    w: Windows, free: NDArray[np.bool_], labels: NDArray[np.int16], tol: Floats, partial: bool, smallest: int, known: Ints, most: int, todo: Ints
) -> None:
    """Label the best candidates (MSAC score) that do not overlap better ones in the windows `todo`; `known` planes become more."""
    seeds, start, fits = _seeds(w, free, tol, partial, todo)
    if not seeds.size:
        return
    size, number = len(w.cells), len(w.wide)
    store, ends, score = np.empty(6 * size, np.int32), np.zeros((number, 4 * most + 1), np.int64), np.empty((number, 4 * most))
    queue, seen, covered, found = np.empty(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.bool_), np.zeros(number, np.int64)
    _grow(
        w.cells, free, w.first, w.wide, todo, seeds, start, fits, tol, smallest, store, ends, score, queue, seen, covered, np.empty((1, 10)), found
    )  # fmt: skip
    for one in np.flatnonzero(found).tolist():
        for best in np.argsort(score[one, : found[one]], kind="stable").tolist():
            members = store[ends[one, best] : ends[one, best + 1]]
            own = members[labels[members] == 0]
            if known[one] < most and len(own) >= max(smallest, OWN_SHARE * len(members)):
                known[one] += 1
                labels[own] = known[one]


@kernel(
    "f8[:,::1], b1[::1], i8[::1], i8[::1], i8[::1], i8[::1], i8[::1], f8[:,::1], f8[::1], i8, i4[::1], i8[:,::1], f8[:,::1], i4[::1], i4[::1], b1[::1], "
    "f8[:,::1], i8[::1]"
)
def _grow(cells, free, first, wide, todo, seeds, start, fits, tol, smallest, store, ends, score, queue, seen, covered, sums, found):
    """Grow a plane from each seed that no earlier plane covers, three times over; `found` takes their numbers.

    Cells join a plane within `tol` of it, over their sides. The first time the plane is also refitted on the way, so that
    a small square can lead to a large plane. The cells of candidate c of window w are store[ends[w, c]:ends[w, c + 1]]; its score (lower is
    better) is minus the sum of 1 - (distance / tolerance)^2 (MSAC: Torr & Zisserman 2000).
    """
    scratch = np.int64(0)
    for t in range(todo.size):
        w, across = todo[t], wide[todo[t]]
        size = first[w + 1] - first[w]
        ends[w, 0] = 6 * first[w]
        count = stamp = 0
        for s in range(start[w], start[w + 1]):
            seed = seeds[s]
            if covered[seed]:
                continue
            if count == score.shape[1] or ends[w, count] + size > 6 * first[w + 1]:
                break
            head = tail = 0
            limit = tol[w]
            for turn in range(3):
                stamp += 1
                for k in range(10):
                    sums[0, k] = 0.0
                limit = tol[w] * stretch(fits, seed)
                refit_at = 12.0
                head, tail = 0, 1
                queue[0] = seed
                seen[seed] = stamp
                while head < tail:
                    p = np.int64(queue[head])
                    head += 1
                    add(sums, scratch, cells, p)
                    if turn == 0 and sums[0, 0] >= refit_at:
                        solve(sums, scratch, fits, seed)
                        limit = tol[w] * stretch(fits, seed)
                        refit_at *= 1.5
                    for side in range(4):
                        q = p + (side - 1 if side % 2 == 0 else (side - 2) * across)
                        if free[q] and seen[q] != stamp and abs(distance(cells, q, fits, seed)) <= limit:
                            seen[q] = stamp
                            queue[tail] = q
                            tail += 1
                solve(sums, scratch, fits, seed)
            if tail < smallest:
                continue
            limit = tol[w] * stretch(fits, seed)
            total = 0.0
            for k in range(tail):
                covered[queue[k]] = True
                store[ends[w, count] + k] = queue[k]
                d = distance(cells, np.int64(queue[k]), fits, seed) / limit
                total -= max(1.0 - d * d, 0.0)
            score[w, count] = total
            ends[w, count + 1] = ends[w, count] + tail
            count += 1
        found[w] = count
