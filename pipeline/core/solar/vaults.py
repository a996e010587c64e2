"""Vaults and domes: groups of adjacent planes that one curved surface explains better than they do.

The curved surfaces tried on a group of planes that meet without a step are a second-degree surface (six parameters: shallow
vaults and domes of any outline), a circular cylinder with a level axis and a sphere (four parameters each: round barrels
and domes, whose flanks no second-degree surface follows); see `curves`.

Planes and curve are compared by the Bayesian information criterion with unknown variance (Schwarz 1978,
doi:10.1214/aos/1176344136): gain = n ln(S_planes / S_curve) + (p_planes - p_curve) ln n, with S the sums of squared distances
at right angles, each cut at the inlier distance, over the cells that either of them explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.curves import MIN_CELLS, Curve, curves, ridge
from pipeline.core.solar.regions import Found, tally

Floats = NDArray[np.float64]

PLANE, VAULT, DOME = 0, 1, 2
# A gain of 10 is "very strong" evidence (Kass & Raftery 1995, doi:10.1080/01621459.1995.10476572, table in section 3.2); as
# much again because few roofs are vaulted (one in 150 or less: 2 ln 150).
MIN_GAIN = 20.0
# Three and more planes side by side are no common roof either.
MANY = 3
MIN_GAIN_MANY = 10.0
# Against a gable, which has as many parameters, whatever planes were found.
MIN_GAIN_RIDGE = 6.0
# Share of the cells that the curve must explain.
MIN_SHARE = 0.7
# Less unevenness than this is no evidence: elevations are stored, and roofs built, no finer [m].
NOISE_M = 0.01
# Planes that leave less than this, root mean square, leave nothing to explain [m].
EVEN_M = 0.0025
# A roof that nowhere leaves the class "flat" (5 deg either way) is flat, however it sags.
MIN_TURN_DEG = 16.0
# A dome turns in its second direction by at least this part of the first (half a dome, an apse: 0.5).
DOME_SHARE = 0.35
# Flatter ones are pyramids of shallow planes for all that cells can tell: a choice of ours [deg].
DOME_TURN_DEG = 20.0
# Steepest part that counts in the area: the cosine of 85 deg.
MIN_LEVEL = 0.087
# Planes of one vault meet within this distance [m].
MAX_STEP_M = 0.3
MAX_TRIALS = 200


@dataclass(frozen=True)
class Vault:
    """One vault or dome.

    Attributes
    ----------
    kind
        VAULT or DOME.
    planes
        Numbers of the planes that are parts of it; none where no plane was found on it.
    cells : int array
        Its cells in the padded window: those of its planes and those on the curve.
    stretch
        Area of the curved surface over its area in plan.
    """

    kind: int
    planes: frozenset[int]
    cells: NDArray[np.int64]
    stretch: float


def vaults(cells: Floats, valid: NDArray[np.bool_], regions: Found, inlier: float, wide: int) -> list[Vault]:
    """The vaults and domes of a building.

    Parameters
    ----------
    cells : array of shape (n, 3)
        Cells of the padded window (see `planefit`).
    valid : bool array of shape (n,)
        Cells of the building.
    regions
        The planes found.
    inlier
        Cells within this distance of a surface belong to it [m].
    wide
        Cells in a row of the window.

    Returns
    -------
    list of Vault
        In order of their lowest plane; at last one of cells that no plane is near, if it is one.
    """
    at = np.flatnonzero(valid)
    found: list[Vault] = []
    if len(at) < MIN_CELLS or regions.even(len(at), EVEN_M):
        return found
    labels, near, fits = regions.labels, regions.near, regions.fits
    group = _Group(cells[at], near[at], labels[at] > 0, fits, inlier)
    if group.most_gain(np.ones(len(at), np.bool_), 1) < MIN_GAIN_MANY:
        return found
    free = set(np.unique(labels[labels > 0]).tolist())
    touching = _touching(cells, near, fits, wide) if len(free) > 1 else {}
    if np.count_nonzero(group.near == 0) >= MIN_CELLS:
        free.add(0)
    trials = 0
    while free:
        part = _joined(max(free), touching, free)
        free -= part
        one = group.test(part)
        if one is None and len(part) > 2:
            one, trials = _grown(group, part, touching, trials)
        if one is not None:
            found.append(Vault(one.kind, one.planes, at[one.cells], one.stretch))
    return found


def merge_vaults(
    found: Found, curved: Sequence[Vault], cells: Floats, facets: bool
) -> tuple[Found, NDArray[np.int8], Floats]:
    """Each vault as one region with its mean plane, or its planes marked (`facets`).

    Returns
    -------
    found
        Regions; those of vaults are at the end and their former planes are gaps.
    kind : int8 array
        PLANE, VAULT or DOME of each region.
    stretch : array
        Area of vaults over their area in plan; 1 for planes.
    """
    if not curved:
        return found, np.zeros(len(found.fits), np.int8), np.ones(len(found.fits))
    more = [] if facets else curved
    fits = np.vstack([found.fits, np.zeros((len(more), 3))])
    kind, stretch = np.zeros(len(fits), np.int8), np.ones(len(fits))
    for one in curved if facets else []:
        kind[list(one.planes)] = one.kind
        own = list(one.planes)
        stretch[own] = np.sqrt(1.0 + fits[own, 0] ** 2 + fits[own, 1] ** 2)
    if not more:
        return found, kind, stretch
    labels, near = found.labels.copy(), found.near.copy()
    for k, one in enumerate(more, len(found.fits)):
        near[np.isin(near, list(one.planes))] = k
        labels[one.cells] = near[one.cells] = k
        kind[k], stretch[k] = one.kind, one.stretch
    sums = tally(cells, labels, fits)
    return Found(labels, near, fits, sums), kind, stretch


def _touching(cells: Floats, near: NDArray[np.int16], fits: Floats, wide: int) -> dict[int, set[int]]:
    """Planes that meet without a step, by plane."""
    touching: dict[int, set[int]] = {}
    one, other, place = [], [], []
    for step in (1, wide):
        p = np.flatnonzero((near[:-step] > 0) & (near[step:] > 0) & (near[:-step] != near[step:]))
        one.append(near[p])
        other.append(near[p + step])
        place.append((cells[p, :2] + cells[p + step, :2]) / 2.0)
    i, j, xy = np.concatenate(one), np.concatenate(other), np.concatenate(place)
    jump = np.abs(np.einsum("pk,pk->p", fits[i, :2] - fits[j, :2], xy) + fits[i, 2] - fits[j, 2])
    low, high = np.minimum(i, j), np.maximum(i, j)
    for a, b in sorted(set(zip(low.tolist(), high.tolist(), strict=True))):
        if np.median(jump[(low == a) & (high == b)]) <= MAX_STEP_M:
            touching.setdefault(a, set()).add(b)
            touching.setdefault(b, set()).add(a)
    return touching


def _joined(start: int, touching: dict[int, set[int]], free: set[int]) -> set[int]:
    """All planes of `free` that hang together with one."""
    part, edge = {start}, [start]
    while edge:
        for other in sorted(touching.get(edge.pop(), set()) & free - part):
            part.add(other)
            edge.append(other)
    return part


def _grown(group: _Group, part: set[int], touching: dict[int, set[int]], trials: int) -> tuple[Vault | None, int]:
    """The part of a component with the highest gain, grown plane by plane from its best pair; None where there is none."""
    pairs = [{a, b} for a in sorted(part) for b in sorted(touching.get(a, set()) & part) if a < b][: MAX_TRIALS - trials]
    trials += len(pairs)
    gains = [group.best(pair).gain for pair in pairs]
    if not gains or max(gains) <= 0.0:
        return None, trials
    best, most = pairs[int(np.argmax(gains))], max(gains)
    while trials < MAX_TRIALS:
        beside = sorted(set().union(*(touching.get(k, set()) for k in best)) & part - best)
        trials += len(beside)
        gains = [group.best(best | {k}).gain for k in beside]
        if not gains or max(gains) <= most:
            break
        best, most = best | {beside[int(np.argmax(gains))]}, max(gains)
    return group.test(best), trials


@dataclass(frozen=True)
class _Best:
    """The best curve over some planes: its gain over what is asked (1 and more is enough), itself, and the cells meant."""

    gain: float
    curve: Curve | None
    use: NDArray[np.bool_]


@dataclass(frozen=True)
class _Group:
    """Cells of a building, and the tests on sets of its planes; "plane" 0 holds the cells that no plane is near."""

    cells: Floats
    near: NDArray[np.int16]
    member: NDArray[np.bool_]
    fits: Floats
    inlier: float

    def most_gain(self, use: NDArray[np.bool_], planes: int) -> float:
        """The gain of a perfect curve."""
        rest, n = self._plane_squares(use).sum(), np.count_nonzero(use)
        return float(n * np.log1p(rest / n / NOISE_M**2) + (3 * planes - 4) * np.log(n)) if n else 0.0

    def even(self, use: NDArray[np.bool_]) -> bool:
        """Whether the planes' own cells, the greater part, lie on them so well that there is nothing to explain."""
        own = use & self.member
        count = np.count_nonzero(own)
        return bool(2 * count >= np.count_nonzero(use) and self._plane_squares(own).mean() < EVEN_M**2)

    def test(self, part: set[int]) -> Vault | None:
        """The vault or dome that these planes are, if they are one; not a bent wall, that leans by more than 45 degrees on the whole."""
        best = self.best(part)
        if best.gain < 1.0 or best.curve is None:
            return None
        good = np.abs(best.curve.distance) < self.inlier
        if np.count_nonzero(good) < MIN_SHARE * len(good):
            return None
        normal = best.curve.normal[good]
        kind = _shape(self.cells[best.use][good], normal)
        if kind == PLANE or np.hypot(*normal[:, :2].mean(axis=0)) > normal[:, 2].mean():
            return None
        hold = np.flatnonzero(best.use)[good | (self.member[best.use] & (self.near[best.use] > 0))]
        return Vault(kind, frozenset(part - {0}), hold, float(np.mean(1.0 / np.maximum(normal[:, 2], MIN_LEVEL))))

    def _plane_squares(self, use: NDArray[np.bool_]) -> Floats:
        """Squared distances of cells from their own plane, at most that of an inlier [m2]."""
        fit, at = self.fits[self.near[use]], self.cells[use]
        away = (at[:, 2] - fit[:, 0] * at[:, 0] - fit[:, 1] * at[:, 1] - fit[:, 2]) / np.sqrt(1.0 + fit[:, 0] ** 2 + fit[:, 1] ** 2)
        away[self.near[use] == 0] = self.inlier
        return np.asarray(np.minimum(away**2, self.inlier**2))

    def best(self, part: set[int]) -> _Best:
        """The curve with the highest gain; the gain is the lesser of the two measures, each over what it must reach."""
        use = np.isin(self.near, list(part))
        if np.count_nonzero(use) < MIN_CELLS or self.even(use) or self.most_gain(use, len(part)) < MIN_GAIN_MANY:
            return _Best(0.0, None, use)
        flat = self._plane_squares(use)
        best, chosen = 0.0, None
        parameters = 3 * len(part - {0})
        for curve in curves(self.cells[use], self.member[use], self.inlier):
            gain = self._gain(flat, curve.distance, parameters - curve.parameters) / (MIN_GAIN if len(part) < MANY else MIN_GAIN_MANY)
            if gain > best:
                best, chosen = gain, curve
        if chosen is not None and best >= 1.0:
            gable = np.minimum(ridge(self.cells[use], chosen, self.inlier) ** 2, self.inlier**2)
            best = min(best, self._gain(gable, chosen.distance, 0) / MIN_GAIN_RIDGE)
        return _Best(best, chosen, use)

    def _gain(self, flat: Floats, distance: Floats, more: int) -> float:
        """Gain of a curve at these distances over planes with these squares and so many more parameters."""
        bent = np.minimum(distance**2, self.inlier**2)
        seen = np.minimum(flat, bent) < self.inlier**2
        n = np.count_nonzero(seen)
        if n < MIN_CELLS:
            return 0.0
        return float(n * np.log((flat[seen].mean() + NOISE_M**2) / (bent[seen].mean() + NOISE_M**2)) + more * np.log(n))


def _shape(at: Floats, normal: Floats) -> int:
    """VAULT or DOME by how far the normals turn outwards in their two main directions; PLANE where they turn too little."""
    _, axes = np.linalg.eigh(np.cov(normal[:, :2].T))
    turns = []
    for axis in axes.T[::-1]:
        angle, offset = np.degrees(np.arctan2(normal[:, :2] @ axis, normal[:, 2])), at[:, :2] @ axis
        outwards = np.cov(angle, offset)[0, 1] > 0.0
        turns.append(float(np.subtract(*np.percentile(angle, [97.5, 2.5]))) if outwards else 0.0)
    if turns[1] >= max(MIN_TURN_DEG, DOME_SHARE * turns[0]):
        return DOME if turns[1] >= DOME_TURN_DEG else PLANE
    return VAULT if turns[0] >= MIN_TURN_DEG else PLANE
