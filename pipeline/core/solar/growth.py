"""Growing planes from the smoothest places of a window (flat arrays, see `planefit`)."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import kernel
from pipeline.core.solar.planefit import add, distance, solve, stretch, windows

# A window over a step between two flat roofs is fitted by a steep plane. No 3 x 3 window of a real step is smooth,
# but strips two cells wide are, so those start a plane only up to 70 degrees: 1 / cos(70 deg).
STRIP_MAX_STRETCH = 2.92
PARTIAL_CELLS = 5
# Lower quartile of the root mean square of 6 degrees of freedom: sqrt(chi2.ppf(0.25, 6) / 6).
QUARTILE_RMS_6 = 0.759
# A window starts a plane when its own residual is below this part of the tolerance.
SEED_RMS = 0.6
# A candidate that shares more than this with better ones is their shadow.
OWN_SHARE = 0.8

Floats = NDArray[np.float64]


def noise_of(cells: Floats, valid: NDArray[np.bool_], inlier: float, wide: int) -> float:
    """Standard deviation of the heights about their planes: lower quartile over all 3 x 3 windows [m].

    Windows at the edge count with the cells they have: on a narrow gable all full ones hold the ridge.
    """
    rms = np.full(len(cells), np.inf)
    count = windows(cells, valid, 1, PARTIAL_CELLS, np.inf, np.inf, 0.0, wide, np.empty((1, 10)), rms, np.zeros((len(cells), 3)))
    if not count:
        return inlier / 3.0
    quarter = (count - 1) // 4
    return float(np.partition(rms, quarter)[quarter]) / QUARTILE_RMS_6


def _seeds(cells: Floats, free: NDArray[np.bool_], tol: float, partial: bool, wide: int) -> tuple[NDArray[np.int64], Floats]:
    """Cells that may start a plane, the best first (full 5 x 5 windows, then 3 x 3; or parts of 3 x 3), and their planes."""
    rank, fits, sums = np.full(len(cells), np.inf), np.zeros((len(cells), 3)), np.empty((1, 10))
    limit = SEED_RMS * tol
    if partial:
        count = windows(cells, free, 1, PARTIAL_CELLS, limit, STRIP_MAX_STRETCH, 2.0, wide, sums, rank, fits)
    else:
        count = windows(cells, free, 1, 9, limit, np.inf, 1.0, wide, sums, rank, fits)
        if count:
            windows(cells, free, 2, 25, limit, np.inf, 0.0, wide, sums, rank, fits)
    return np.argsort(rank, kind="stable")[:count] if count else np.empty(0, np.int64), fits


def extract(cells: Floats, free: NDArray[np.bool_], labels: NDArray[np.int16], tol: float, partial: bool, wide: int, smallest: int, known: int, most: int) -> int:
    """Label the best candidates (MSAC score) that do not overlap better ones; gives the number of planes now known."""
    seeds, fits = _seeds(cells, free, tol, partial, wide)
    if not seeds.size:
        return known
    size = len(cells)
    store, first, score = np.empty(6 * size, np.int32), np.zeros(4 * most + 1, np.int64), np.empty(4 * most)
    queue, seen, covered = np.empty(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.bool_)
    count = _grow(cells, free, seeds, fits, tol, wide, smallest, store, first, score, queue, seen, covered, np.empty((1, 10)))
    for best in np.argsort(score[:count], kind="stable"):
        members = store[first[best] : first[best + 1]]
        own = members[labels[members] == 0]
        if known < most and len(own) >= max(smallest, OWN_SHARE * len(members)):
            known += 1
            labels[own] = known
    return known


@kernel("f8[:,::1], b1[::1], i8[::1], f8[:,::1], f8, i8, i8, i4[::1], i8[::1], f8[::1], i4[::1], i4[::1], b1[::1], f8[:,::1]")
def _grow(cells, free, seeds, fits, tol, wide, smallest, store, first, score, queue, seen, covered, sums):
    """Grow a plane from each seed that no earlier plane covers, three times over; gives their number.

    Cells join a plane within `tol` of it, over their sides. The first time the plane is also refitted on the way, so that
    a small window can lead to a large plane. The cells of candidate c are store[first[c]:first[c + 1]]; its score (lower is
    better) is minus the sum of 1 - (distance / tolerance)^2 (MSAC: Torr & Zisserman 2000).
    """
    count = stamp = 0
    scratch = np.int64(0)
    for s in range(seeds.size):
        seed = seeds[s]
        if covered[seed]:
            continue
        if count == score.size or first[count] + free.size > store.size:
            break
        head = tail = 0
        limit = tol
        for turn in range(3):
            stamp += 1
            for k in range(10):
                sums[0, k] = 0.0
            limit = tol * stretch(fits, seed)
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
                    limit = tol * stretch(fits, seed)
                    refit_at *= 1.5
                for side in range(4):
                    q = p + (side - 1 if side % 2 == 0 else (side - 2) * wide)
                    if free[q] and seen[q] != stamp and abs(distance(cells, q, fits, seed)) <= limit:
                        seen[q] = stamp
                        queue[tail] = q
                        tail += 1
            solve(sums, scratch, fits, seed)
        if tail < smallest:
            continue
        limit = tol * stretch(fits, seed)
        total = 0.0
        for k in range(tail):
            covered[queue[k]] = True
            store[first[count] + k] = queue[k]
            d = distance(cells, np.int64(queue[k]), fits, seed) / limit
            total -= max(1.0 - d * d, 0.0)
        score[count] = total
        first[count + 1] = first[count] + tail
        count += 1
    return count
