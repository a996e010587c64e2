"""Curved surfaces and gables fitted to cells, to hold against planes (see `vaults`).

Circle and sphere are fitted as linear least squares on u^2 + z^2 (Kasa 1976, doi:10.1109/TIM.1976.6312298), on cells within
the inlier distance, a few times over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Fewer cells tell nothing about a curve.
MIN_CELLS = 12
# Fits start from the planes' cells; also from all cells where the planes hold less than this share of them.
START_SHARE = 0.9
RIDGE_TRIALS = 7


@dataclass(frozen=True)
class Curve:
    """A curved surface on the cells of a group: signed distances [m], outward unit normals, number of parameters."""

    distance: Floats
    normal: Floats
    parameters: int


def curves(at: Floats, member: NDArray[np.bool_], inlier: float) -> list[Curve]:
    """The curved surfaces that the cells allow, fitted from the planes' cells or, where those are few, from all."""
    own = at - at.mean(axis=0)
    count = np.count_nonzero(member)
    starts = ([member] if count >= MIN_CELLS else []) + ([np.ones(len(at), np.bool_)] if count < START_SHARE * len(at) else [])
    found = []
    for start in starts:
        second, axis = _second_degree(own, start, inlier)
        found.append(second)
        for along in (None, axis):
            curve = _round(own, start, inlier, along)
            if curve is not None:
                found.append(curve)
    return found


def ridge(at: Floats, curve: Curve, inlier: float) -> Floats:
    """Distances [m] from the best gable whose ridge lies across the direction in which the curve turns most."""
    inside = np.abs(curve.distance) < inlier
    own = at - at[inside].mean(axis=0)
    across = np.linalg.eigh(np.cov(curve.normal[inside, :2].T))[1][:, 1]
    offset = own[:, :2] @ across
    best, least = np.full(len(at), inlier), np.inf
    for place in np.quantile(offset[inside], np.linspace(0.35, 0.65, RIDGE_TRIALS)):
        basis = np.column_stack([np.ones(len(at)), own[:, :2], np.abs(offset - place)])
        c = np.linalg.lstsq(basis[inside], own[inside, 2], rcond=None)[0]
        away = (own[:, 2] - basis @ c) / np.sqrt(1.0 + c[3] ** 2)
        squares = np.minimum(away**2, inlier**2).sum()
        if squares < least:
            best, least = away, squares
    return best


def _second_degree(at: Floats, member: NDArray[np.bool_], inlier: float) -> tuple[Curve, Floats]:
    """Second-degree surface, and the level direction in which it bends most."""
    x, y, z = at.T
    basis = np.column_stack([np.ones(len(x)), x, y, x * x, x * y, y * y])
    use = member
    for _ in range(4):
        c = np.linalg.lstsq(basis[use], z[use], rcond=None)[0]
        slope = np.column_stack([c[1] + 2.0 * c[3] * x + c[4] * y, c[2] + c[4] * x + 2.0 * c[5] * y])
        longer = np.sqrt(1.0 + (slope**2).sum(axis=1))
        away = (z - basis @ c) / longer
        inside = np.abs(away) < inlier
        if np.count_nonzero(inside) < MIN_CELLS or (inside == use).all():
            break
        use = inside
    values, vectors = np.linalg.eigh([[c[3], c[4] / 2.0], [c[4] / 2.0, c[5]]])
    normal = np.column_stack([-slope, np.ones(len(x))]) / longer[:, None]
    return Curve(away, normal, 6), vectors[:, np.argmax(np.abs(values))]


def _round(at: Floats, member: NDArray[np.bool_], inlier: float, across: Floats | None) -> Curve | None:
    """Sphere, or with a direction `across` the cylinder with a level axis at right angles to it; None where nothing fits."""
    flat = at[:, :2] if across is None else (at[:, :2] @ across)[:, None]
    from_axis = np.column_stack([flat, at[:, 2]])
    basis = np.column_stack([2.0 * from_axis, np.ones(len(at))])
    squares = (from_axis**2).sum(axis=1)
    use = member
    for _ in range(6):
        c = np.linalg.lstsq(basis[use], squares[use], rcond=None)[0]
        radius2 = c[-1] + (c[:-1] ** 2).sum()
        if radius2 <= 0.0:
            return None
        out = from_axis - c[:-1]
        length = np.sqrt((out**2).sum(axis=1))
        away = length - np.sqrt(radius2)
        inside = (np.abs(away) < inlier) & (out[:, -1] > 0.0)
        if np.count_nonzero(inside) < MIN_CELLS:
            return None
        if (inside == use).all():
            break
        use = inside
    level = out[:, :-1] if across is None else out[:, :-1] * across
    normal = np.column_stack([level, out[:, -1]]) / np.maximum(length, 1e-9)[:, None]
    return Curve(np.where(out[:, -1] > 0.0, away, inlier), normal, 4)
