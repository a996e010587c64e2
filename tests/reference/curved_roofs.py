"""Drawn roofs, curved and of planes, on which vaults and domes are to be told from gables and hips."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.planes import PlaneRules, Planes, find_planes

Array = NDArray[np.float64]
Shape = Callable[[Array, Array], tuple[Array, NDArray[np.bool_]]]


def rectangle(u: Array, v: Array, length: float, width: float) -> NDArray[np.bool_]:
    return (np.abs(u) < length / 2) & (np.abs(v) < width / 2)


def barrel(span: float, rise: float) -> Shape:
    """A circular barrel along u: chord `span`, sagitta `rise`."""
    radius = (span**2 / 4 + rise**2) / (2 * rise)
    return lambda u, v: (np.sqrt(np.maximum(radius**2 - v**2, 0.0)), rectangle(u, v, max(8.0, 1.2 * span), span))


def dome(radius: float, half: bool = False) -> Shape:
    """A hemisphere, or half of one (the roof of an apse)."""
    return lambda u, v: (np.sqrt(np.maximum(radius**2 - u**2 - v**2, 0.0)), (u**2 + v**2 < radius**2) & ((u > 0) | (not half)))


def sail(side: float, radius: float) -> Shape:
    return lambda u, v: (np.sqrt(np.maximum(radius**2 - u**2 - v**2, 0.0)), rectangle(u, v, side, side))


def gable(tilt: float, length: float, width: float) -> Shape:
    return lambda u, v: (-np.abs(v) * np.tan(np.radians(tilt)), rectangle(u, v, length, width))


def hip(tilt: float, length: float, width: float) -> Shape:
    return lambda u, v: (np.minimum(length / 2 - np.abs(u), width / 2 - np.abs(v)) * np.tan(np.radians(tilt)), rectangle(u, v, length, width))


def mansard(u: Array, v: Array) -> tuple[Array, NDArray[np.bool_]]:
    inset = np.minimum(7.0 - np.abs(u), 5.0 - np.abs(v))
    return np.where(inset < 1.5, inset * np.sqrt(3.0), 1.5 * np.sqrt(3.0) + (inset - 1.5) * 0.36), rectangle(u, v, 14.0, 10.0)


def butterfly(u: Array, v: Array) -> tuple[Array, NDArray[np.bool_]]:
    return np.abs(v) * 0.2, rectangle(u, v, 12.0, 8.0)


def shed(u: Array, v: Array) -> tuple[Array, NDArray[np.bool_]]:
    return v * 0.2, rectangle(u, v, 12.0, 8.0)


def parapet(u: Array, v: Array) -> tuple[Array, NDArray[np.bool_]]:
    return v * 0.01 + 0.6 * ~rectangle(u, v, 11.0, 9.0), rectangle(u, v, 12.0, 10.0)


def look(shape: Shape, cell: float, noise: float, seed: int, rules: PlaneRules | None = None) -> tuple[Planes, int]:
    """Planes of a shape turned and shifted at random, and the number of its cells."""
    rng = np.random.default_rng(seed)
    turn, east, north = np.radians(rng.uniform(0, 360)), *rng.uniform(-0.5, 0.5, 2)
    n = round(34 / cell)
    y, x = np.mgrid[:n, :n] * cell - n * cell / 2
    x, y = x + east * cell, y + north * cell
    z, inside = shape(x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn))
    z = 30.0 + z + (rng.normal(0.0, noise, z.shape) if noise else 0.0)
    return find_planes(z.astype(np.float32), inside, cell, rules or PlaneRules()), int(inside.sum())


def share(shape: Shape, kind: int, cell: float, noise: float, tries: int = 8) -> float:
    """Share of tries in which most of the roof is of that kind."""
    hits = 0
    for seed in range(tries):
        found, cells = look(shape, cell, noise, seed)
        of = np.flatnonzero(found.curved == kind) + 1
        hits += np.isin(found.labels, of).sum() > 0.5 * cells
    return hits / tries


NOT_CURVED = {
    "gable 8": gable(8.0, 12.0, 6.0), "gable 20": gable(20.0, 8.0, 5.0), "gable 35": gable(35.0, 12.0, 9.0), "hip 15": hip(15.0, 10.0, 8.0), "hip 25": hip(25.0, 8.0, 6.0),
    "pyramid 12": hip(12.0, 10.0, 10.0), "pyramid 20": hip(20.0, 8.0, 8.0), "mansard": mansard, "butterfly": butterfly, "shed": shed, "parapet": parapet,
}  # fmt: skip
