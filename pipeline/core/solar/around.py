"""Inner loop of `obstacles`: what the cells of a window are to the plane on it."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from pipeline.core.solar.compiled import kernel

# What a cell is to its plane; 0 is outside.
MEMBER, NOISE, EDGE, HOLE = 1, 2, 3, 4


@kernel("f8[::1], b1[::1], b1[::1], b1[::1], i8, f8, f8, f8, i1[::1], i1[::1], i4[::1]")
def what_is_around(above, member, other, walled, cols, obstacle, rim, pit, what, seen, queue):
    """What each cell is to the plane, into `what` (zeros): `MEMBER`, a hole within the `NOISE`, a wall along the `EDGE`, an obstacle in a `HOLE`, 0 outside.

    All are windows of `cols` columns, row by row; what lies at their border stays 0. `seen` holds 1 for members, 2 more at the border, 0 elsewhere; `queue`
    is scratch: arrays made here would cost time in a first run.
    """
    for start in range(seen.size):
        if seen[start] != 0:
            continue
        head, tail = 0, 1
        queue[0] = start
        seen[start] = 1
        enclosed, high, low = True, False, 0
        while head < tail:
            p = queue[head]
            head += 1
            high = high or not above[p] <= obstacle or other[p]
            low += above[p] < -obstacle
            for side in range(4):
                q = p + (side - 1 if side % 2 == 0 else (side - 2) * cols)
                if seen[q] == 0:
                    seen[q] = 1
                    queue[tail] = q
                    tail += 1
                elif seen[q] == 2:
                    enclosed = False
        if enclosed:
            for k in range(tail):
                what[queue[k]] = HOLE if high or low >= pit else NOISE
    for p in range(seen.size):
        if seen[p] > 1:
            continue
        if member[p]:
            what[p] = MEMBER
        elif walled[p] and what[p] == 0 and not other[p] and 0.0 < above[p] <= rim:
            for side in range(9):
                if member[p + (side // 3 - 1) * cols + side % 3 - 1]:
                    what[p] = EDGE
