"""Cutting polygons in two, many at a time: the one tool that makes blocks, lots and fields.

Both halves of a cut come from the same cutter, so that a set of pieces partitions what was cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class Frames:
    """Local axes of polygons: origin, direction of u, and the extent along u and v [m].

    Arrays of one length; v is u turned left by 90 degrees.
    """

    origin: Floats
    angle: Floats
    low: Floats
    high: Floats

    @property
    def size(self) -> Floats:
        """Extent along u and v, shape (n, 2)."""
        return self.high - self.low

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Frames:
        """Some of the frames."""
        return Frames(self.origin[index], self.angle[index], self.low[index], self.high[index])

    def world(self, uv: Floats) -> Floats:
        """Local points to easting and northing; `uv` has shape (n, k, 2)."""
        c, s = np.cos(self.angle)[:, None], np.sin(self.angle)[:, None]
        u, v = uv[..., 0], uv[..., 1]
        return np.stack([self.origin[:, :1] + u * c - v * s, self.origin[:, 1:] + u * s + v * c], axis=-1)

    def boxes(self, u0: Floats, u1: Floats, v0: Floats, v1: Floats) -> Geometries:
        """Rectangles in the local axes, one for each frame."""
        uv = np.stack([np.stack([u0, v0], -1), np.stack([u1, v0], -1), np.stack([u1, v1], -1), np.stack([u0, v1], -1)], axis=1)
        return np.asarray(shapely.polygons(self.world(uv)))


def frames(polygons: Geometries, angle: Floats | None = None) -> Frames:
    """Local axes of polygons.

    Parameters
    ----------
    polygons
        Polygons, shape (n,).
    angle
        Direction of u [rad]; by default the direction the outline follows most: the mean of its edges with
        four-fold symmetry, weighted by length squared, turned so that u is the longer side.

    Returns
    -------
    Frames
    """
    xy, index = shapely.get_coordinates(polygons, return_index=True)
    n = len(polygons)
    if not n:
        return Frames(np.zeros((0, 2)), np.zeros(0), np.zeros((0, 2)), np.zeros((0, 2)))
    count = np.bincount(index, minlength=n)
    origin = np.column_stack([np.bincount(index, xy[:, i], n) / count for i in (0, 1)])
    free = angle is None
    if angle is None:
        d = np.diff(xy, axis=0)
        d[index[1:] != index[:-1]] = 0.0
        weight, turn = (d**2).sum(1), 4.0 * np.arctan2(d[:, 1], d[:, 0])
        at = index[1:]
        angle = np.arctan2(np.bincount(at, weight * np.sin(turn), n), np.bincount(at, weight * np.cos(turn), n)) / 4.0
    low, high = _extent(xy, index, count, origin, angle)
    if free:
        flip = (high - low)[:, 1] > (high - low)[:, 0]
        angle = np.where(flip, angle + np.pi / 2, angle)
        low, high = (
            np.where(flip[:, None], np.column_stack([low[:, 1], -high[:, 0]]), low),
            np.where(flip[:, None], np.column_stack([high[:, 1], -low[:, 0]]), high),
        )
    return Frames(origin, angle, low, high)


def _extent(xy: Floats, index: NDArray[np.int64], count: NDArray[np.int64], origin: Floats, angle: Floats) -> tuple[Floats, Floats]:
    d = xy - origin[index]
    c, s = np.cos(angle)[index], np.sin(angle)[index]
    uv = np.column_stack([d[:, 0] * c + d[:, 1] * s, -d[:, 0] * s + d[:, 1] * c])
    starts = np.concatenate([[0], np.cumsum(count)[:-1]])
    return np.minimum.reduceat(uv, starts, axis=0), np.maximum.reduceat(uv, starts, axis=0)


def cut(polygons: Geometries, at: Frames, offset: Floats, wave_m: Floats, rng: np.random.Generator) -> tuple[Geometries, Geometries, Geometries]:
    """Cut each polygon across u at `offset`, along a straight or a wavy line.

    Parameters
    ----------
    polygons
        Polygons, shape (n,).
    at
        Their frames.
    offset
        Place of the cut on the u axis [m].
    wave_m
        Amplitude of the line [m]; 0 for a straight cut.

    Returns
    -------
    first, second, lines : arrays of shape (n,)
        The two halves (maybe multipolygons or empty) and the cutting line inside the polygon.
    """
    n = len(polygons)
    steps = 17 if np.any(wave_m > 0) else 2
    margin = 5.0
    v0, v1 = at.low[:, 1] - margin, at.high[:, 1] + margin
    t = np.linspace(0.0, 1.0, steps)[None, :]
    v = v0[:, None] + (v1 - v0)[:, None] * t
    phase, turns = rng.uniform(0.0, 6.283, (n, 2)), rng.uniform(0.4, 1.1, (n, 1))
    wave = 0.7 * np.sin(6.283 * turns * t + phase[:, :1]) + 0.3 * np.sin(6.283 * 2.3 * turns * t + phase[:, 1:])
    u = offset[:, None] + wave_m[:, None] * wave
    line = np.stack([u, v], axis=-1)
    left = at.low[:, 0] - 200.0 - 2 * wave_m
    close = np.stack([np.stack([left, v1], -1), np.stack([left, v0], -1)], axis=1)
    cutter = shapely.polygons(at.world(np.concatenate([line, close], axis=1)))
    first = shapely.intersection(polygons, cutter)
    second = shapely.difference(polygons, cutter)
    return first, second, shapely.intersection(shapely.linestrings(at.world(line)), polygons)


def parts(geometries: Geometries, low_m2: float = 0.0) -> tuple[Geometries, NDArray[np.int64]]:
    """The polygons in any geometries, and the index of the geometry each comes from."""
    single, index = shapely.get_parts(geometries, return_index=True)
    inner = shapely.get_type_id(single) > 3
    if inner.any():
        again, at = shapely.get_parts(single[inner], return_index=True)
        single, index = np.concatenate([single[~inner], again]), np.concatenate([index[~inner], index[inner][at]])
        order = np.argsort(index, kind="stable")
        single, index = single[order], index[order]
    keep = (shapely.get_type_id(single) == 3) & (shapely.area(single) > low_m2)
    return single[keep], index[keep]


def divide(
    polygons: Geometries,
    target_m2: Floats,
    rng: np.random.Generator,
    *,
    skew: float = 0.12,
    turn: float = 0.0,
    strips: float = 0.0,
) -> tuple[Geometries, NDArray[np.int64]]:
    """Cut polygons again and again until the pieces are small enough.

    Parameters
    ----------
    polygons
        Polygons, shape (n,).
    target_m2
        Area below which a piece is left whole, shape (n,); each piece draws its own around it.
    skew
        How far from the middle a cut may lie, share of the extent.
    turn
        Standard deviation of the direction of a cut [rad].
    strips
        Probability that a cut runs along a piece instead of across it, which makes strips.

    Returns
    -------
    pieces : array
    index : array
        The polygon each piece comes from.
    """
    open_, owner = polygons, np.arange(len(polygons))
    done: list[Geometries] = []
    done_owner: list[NDArray[np.int64]] = []
    for _ in range(24):
        if not len(open_):
            break
        small = shapely.area(open_) < target_m2[owner] * np.exp(rng.normal(0.0, 0.35, len(open_)))
        done.append(open_[small])
        done_owner.append(owner[small])
        open_, owner = open_[~small], owner[~small]
        if not len(open_):
            break
        at = frames(open_)
        along = (rng.random(len(open_)) < strips) & (at.size[:, 0] < 4.0 * at.size[:, 1])
        at = frames(open_, at.angle + np.where(along, np.pi / 2, 0.0) + rng.normal(0.0, turn, len(open_)) if turn else at.angle + np.where(along, np.pi / 2, 0.0))
        share = 0.5 + rng.uniform(-skew, skew, len(open_))
        a, b, _lines = cut(open_, at, at.low[:, 0] + share * at.size[:, 0], np.zeros(len(open_)), rng)
        both, index = parts(np.concatenate([a, b]))
        owner = np.concatenate([owner, owner])[index]
        open_ = both
    done.append(open_)
    done_owner.append(owner)
    pieces, index = np.concatenate(done), np.concatenate(done_owner)
    order = np.argsort(index, kind="stable")
    return pieces[order], index[order]
