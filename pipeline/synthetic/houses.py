"""Footprints: houses in the old centre with courtyards, rows along the streets, villas, sheds, farms, public buildings.

The size of footprints follows a published distribution: DPC "aggregati strutturali" of Altopascio (6,121 polygons,
CC BY 4.0): quartiles 26, 88 and 187 m2, 90 % below 341 m2, 99 % below 2,161 m2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.synthetic.cutting import Floats, Frames, Geometries, frames, parts
from pipeline.synthetic.lots import Lots
from pipeline.synthetic.place import stream

# Footprint quartiles of the sample above [m2].
QUARTILES_M2 = (26.0, 88.0, 187.0)
PUBLIC: tuple[str, ...] = ("school", "municipal", "health", "market", "supermarket", "church", "sports", "cemetery")
# Where residents live: kinds of building.
HOMES: tuple[str, ...] = ("house_old", "row", "villa", "cottage", "farm")
# Share of outbuildings that stand, where no total is asked for: as in the whole default town.
OUTBUILDING_SHARE = 0.305
# Footprints lie on a grid this fine, which keeps them valid in every reference system [m].
GRID_M = 0.001


@dataclass(frozen=True)
class Houses:
    """Buildings: arrays of one length.

    Attributes
    ----------
    footprint
        Polygons inside their lot; neighbours may share walls.
    lot
        Lot each stands on.
    kind
        Use of the lot, or outbuilding.
    storeys
        Storeys above ground.
    height_m
        Eaves above ground [m].
    angle
        Direction of the front [rad].
    """

    footprint: Geometries
    lot: NDArray[np.int64]
    kind: NDArray[np.str_]
    storeys: NDArray[np.int64]
    height_m: Floats
    angle: Floats


def build(lots: Lots, inside: NDArray[np.bool_], target: int | None, seed: int) -> Houses:
    """Put buildings on the lots.

    Parameters
    ----------
    lots
        The lots.
    inside
        True for lots of the town.
    target
        Buildings of the town; outbuildings fill it up. None keeps a fixed share of them.
    seed
        Seed of the generator.
    """
    rng = stream(seed, "houses")
    at = frames(lots.ground, lots.angle)
    shape: list[Geometries] = []
    lot: list[NDArray[np.int64]] = []
    kind: list[NDArray[np.str_]] = []
    makers = {"house_old": _old, "row": _row, "villa": _villa, "cottage": _villa, "shed": _shed, "farm": _farm, "depot": _depot}
    for use, make in makers.items():
        index = np.flatnonzero(lots.use == use)
        if len(index):
            _add(shape, lot, kind, make(lots.ground[index], at.take(index), rng), index, use)
    for use in PUBLIC:
        index = np.flatnonzero(lots.use == use)
        if len(index):
            _add(shape, lot, kind, _public(use, lots.ground[index], at.take(index)), index, use)
    main, main_lot, main_kind = np.concatenate(shape), np.concatenate(lot), np.concatenate(kind)
    small, small_lot = _outbuildings(lots, at, main, main_lot, stream(seed, "outbuildings"))
    keep = _how_many(inside[small_lot], int(inside[main_lot].sum()), target, stream(seed, "how many"))
    of = np.concatenate([main_lot, small_lot[keep]])
    kinds = np.concatenate([main_kind, np.full(int(keep.sum()), "outbuilding")])
    footprint, same = _largest(shapely.set_precision(np.concatenate([main, small[keep]]), GRID_M), 1.0)
    of, kinds = of[same], kinds[same]
    storeys, height = _heights(kinds, footprint, stream(seed, "heights"))
    return Houses(footprint, of, kinds, storeys, height, lots.angle[of])


def _add(shape: list[Geometries], lot: list[NDArray[np.int64]], kind: list[NDArray[np.str_]], made: tuple[Geometries, NDArray[np.int64]], index: NDArray[np.int64], use: str) -> None:
    shape.append(made[0])
    lot.append(index[made[1]])
    kind.append(np.full(len(made[0]), use, dtype="<U12"))


def _largest(geometries: Geometries, low_m2: float) -> tuple[Geometries, NDArray[np.int64]]:
    """The largest polygon of each geometry, where it is large enough."""
    pieces, index = parts(geometries, low_m2)
    order = np.lexsort((-shapely.area(pieces), index))
    index = index[order]
    first = np.concatenate([[True], index[1:] != index[:-1]]) if len(index) else np.array([], dtype=bool)
    return pieces[order][first], index[first]


def _old(ground: Geometries, at: Frames, rng: np.random.Generator) -> tuple[Geometries, NDArray[np.int64]]:
    """The whole lot, less a courtyard at the back of the deeper ones."""
    n, size = len(ground), at.size
    deep = (shapely.area(ground) > 62.0) & (rng.random(n) < 0.82)
    width, depth = size[:, 0] * rng.uniform(0.35, 0.7, n), size[:, 1] * rng.uniform(0.25, 0.45, n)
    left = rng.random(n) < 0.5
    whole = rng.random(n) < 0.3
    u0 = np.where(left | whole, at.low[:, 0] - 1, at.high[:, 0] - width)
    u1 = np.where(~left | whole, at.high[:, 0] + 1, at.low[:, 0] + width)
    court = at.boxes(u0, u1, at.high[:, 1] - depth, at.high[:, 1] + 1)
    return _largest(np.where(deep, shapely.difference(ground, court), ground), 14.0)


def _row(ground: Geometries, at: Frames, rng: np.random.Generator) -> tuple[Geometries, NDArray[np.int64]]:
    """Wall to wall with the neighbours, on the street or behind a small front garden, with a recess at the back."""
    n, size = len(ground), at.size
    setback = np.where(rng.random(n) < 0.7, 0.0, rng.uniform(2.5, 4.0, n))
    depth = np.minimum(rng.uniform(10.5, 19.0, n), size[:, 1] * 0.72)
    band = shapely.intersection(ground, at.boxes(at.low[:, 0] - 1, at.high[:, 0] + 1, at.low[:, 1] + setback - np.where(setback > 0, 0.0, 1.0), at.low[:, 1] + setback + depth))
    recess, left = rng.random(n) < 0.6, rng.random(n) < 0.5
    width, back = size[:, 0] * rng.uniform(0.3, 0.5, n), depth * rng.uniform(0.25, 0.45, n)
    u0 = np.where(left, at.low[:, 0] - 1, at.high[:, 0] - width)
    u1 = np.where(left, at.low[:, 0] + width, at.high[:, 0] + 1)
    end = at.low[:, 1] + setback + depth
    cut_out = at.boxes(u0, u1, end - back, end + 1)
    return _largest(np.where(recess, shapely.difference(band, cut_out), band), 24.0)


def _villa(ground: Geometries, at: Frames, rng: np.random.Generator) -> tuple[Geometries, NDArray[np.int64]]:
    """Detached, in its garden, a rectangle with a corner cut out."""
    n, size = len(ground), at.size
    width = np.clip(size[:, 0] - rng.uniform(4.0, 8.0, n), 7.0, rng.uniform(10.0, 22.0, n))
    depth = np.clip(size[:, 1] * 0.5, 8.0, rng.uniform(9.0, 17.0, n))
    u0 = (at.low[:, 0] + at.high[:, 0] - width) / 2 + rng.uniform(-1.0, 1.0, n)
    v0 = at.low[:, 1] + np.minimum(rng.uniform(4.0, 9.0, n), np.maximum(size[:, 1] - depth - 3.0, 1.0))
    body = at.boxes(u0, u0 + width, v0, v0 + depth)
    left, corner = rng.random(n) < 0.5, rng.random(n) < 0.65
    w, d = width * rng.uniform(0.3, 0.5, n), depth * rng.uniform(0.25, 0.5, n)
    c0 = np.where(left, u0 - 1, u0 + width - w)
    cut_out = at.boxes(c0, np.where(left, u0 + w, u0 + width + 1), v0 + depth - d, v0 + depth + 1)
    room = shapely.buffer(ground, -1.5, join_style="mitre")
    return _largest(shapely.intersection(np.where(corner, shapely.difference(body, cut_out), body), room), 30.0)


def _shed(ground: Geometries, at: Frames, rng: np.random.Generator) -> tuple[Geometries, NDArray[np.int64]]:
    """One hall for most of the lot."""
    n, size = len(ground), at.size
    width, depth = size[:, 0] * rng.uniform(0.5, 0.72, n), size[:, 1] * rng.uniform(0.4, 0.62, n)
    u0 = at.low[:, 0] + (size[:, 0] - width) * rng.uniform(0.3, 0.7, n)
    v0 = at.low[:, 1] + (size[:, 1] - depth) * rng.uniform(0.35, 0.65, n)
    room = shapely.buffer(ground, -4.0, join_style="mitre")
    return _largest(shapely.intersection(at.boxes(u0, u0 + width, v0, v0 + depth), room), 120.0)


def _depot(ground: Geometries, at: Frames, rng: np.random.Generator) -> tuple[Geometries, NDArray[np.int64]]:
    n, size = len(ground), at.size
    width, depth = size[:, 0] * rng.uniform(0.2, 0.34, n), size[:, 1] * rng.uniform(0.18, 0.3, n)
    u0, v0 = at.low[:, 0] + size[:, 0] * 0.3, at.low[:, 1] + size[:, 1] * 0.55
    room = shapely.buffer(ground, -3.0, join_style="mitre")
    return _largest(shapely.intersection(at.boxes(u0, u0 + width, v0, v0 + depth), room), 40.0)


def _farm(ground: Geometries, at: Frames, rng: np.random.Generator) -> tuple[Geometries, NDArray[np.int64]]:
    """A masseria: wings around a yard, open to one side."""
    n, size = len(ground), at.size
    side = np.minimum(np.minimum(size[:, 0], size[:, 1]) * 0.62, rng.uniform(24.0, 40.0, n))
    u0, v0 = (at.low[:, 0] + at.high[:, 0] - side) / 2, (at.low[:, 1] + at.high[:, 1] - side) / 2
    wing = side * rng.uniform(0.22, 0.3, n)
    yard = at.boxes(u0 + wing, u0 + side - wing, v0 - 1.0, v0 + side - wing)
    room = shapely.buffer(ground, -2.0, join_style="mitre")
    return _largest(shapely.intersection(shapely.difference(at.boxes(u0, u0 + side, v0, v0 + side), yard), room), 80.0)


def _public(use: str, ground: Geometries, at: Frames) -> tuple[Geometries, NDArray[np.int64]]:
    """Schools in an L, the rest in one body; sports and cemetery have a small house at the edge."""
    share = {"school": (0.74, 0.62), "church": (0.62, 0.42), "sports": (0.2, 0.08), "cemetery": (0.14, 0.12), "supermarket": (0.6, 0.42), "market": (0.5, 0.4)}
    w, d = share.get(use, (0.62, 0.5))
    size = at.size
    u0, v0 = at.low[:, 0] + size[:, 0] * (1 - w) / 2, at.low[:, 1] + size[:, 1] * (0.14 if use != "church" else 0.3)
    if use == "sports":
        v0 = at.low[:, 1] + 4.0
    u1, v1 = u0 + size[:, 0] * w, v0 + size[:, 1] * d
    body = at.boxes(u0, u1, v0, v1)
    if use in ("school", "municipal", "health"):
        body = shapely.difference(body, at.boxes(u0 + size[:, 0] * w * 0.36, u1 + 1, v0 + size[:, 1] * d * 0.42, v1 + 1))
    room = shapely.buffer(ground, -2.0, join_style="mitre")
    return _largest(shapely.intersection(body, room), 20.0)


def _outbuildings(lots: Lots, at: Frames, main: Geometries, main_lot: NDArray[np.int64], rng: np.random.Generator) -> tuple[Geometries, NDArray[np.int64]]:
    """Garages and stores in the back corners of a lot, field huts: all that could stand, at most two on a lot."""
    size = at.size
    home = np.isin(lots.use, ["row", "villa", "cottage", "farm"]) & (size[:, 1] > 18.0)
    field = np.isin(lots.use, ["olive", "vineyard", "arable", "orchard"]) & (rng.random(len(size)) < 0.22)
    index = np.flatnonzero(home | field)
    f, n = at.take(index), len(index)
    inset, left = np.where(field[index], 3.0, 0.0), rng.random(n) < 0.5
    body = np.full(len(lots.use), None, dtype=object)
    body[main_lot] = main
    found: list[Geometries] = []
    where: list[NDArray[np.int64]] = []
    for again in (False, True):
        large = (rng.random(n) < 0.55) & home[index] & ~again
        width = np.minimum(np.where(large, rng.uniform(5.0, 11.0, n), rng.uniform(2.4, 5.0, n)), f.size[:, 0] * np.where(large, 0.62, 0.34))
        depth = np.where(large, rng.uniform(4.5, 7.5, n), rng.uniform(2.6, 5.0, n))
        side = left ^ again
        u0, v1 = np.where(side, f.low[:, 0] + inset, f.high[:, 0] - inset - width), f.high[:, 1] - inset
        made = shapely.intersection(f.boxes(u0, u0 + width, v1 - depth, v1), lots.ground[index])
        pieces, of = _largest(np.where(home[index] | (not again), made, shapely.Polygon()), 7.0)
        lot = index[of]
        clear = ~shapely.dwithin(pieces, body[lot], 1.2)
        found.append(pieces[clear])
        where.append(lot[clear])
        body[lot[clear]] = shapely.union(np.where(shapely.is_missing(body[lot[clear]]), shapely.Polygon(), body[lot[clear]]), pieces[clear])
    return np.concatenate(found), np.concatenate(where)


def _how_many(inside: NDArray[np.bool_], main: int, target: int | None, rng: np.random.Generator) -> NDArray[np.bool_]:
    draw = rng.random(len(inside))
    if target is None:
        return np.asarray(draw < OUTBUILDING_SHARE)
    wanted = min(max(target - main, 0), int(inside.sum()))
    limit = np.sort(draw[inside])[wanted - 1] if wanted else -1.0
    return np.asarray(draw <= limit)


def _heights(kind: NDArray[np.str_], footprint: Geometries, rng: np.random.Generator) -> tuple[NDArray[np.int64], Floats]:
    n, draw = len(kind), rng.random(len(kind))
    most = {"house_old": (0.34, 0.88), "row": (0.42, 0.93), "villa": (0.45, 0.97), "cottage": (0.72, 1.0), "farm": (0.55, 1.0), "school": (0.3, 1.0), "municipal": (0.0, 0.6), "health": (0.2, 0.9)}
    one = np.array([most.get(k, (1.0, 1.0))[0] for k in kind])
    two = np.array([most.get(k, (1.0, 1.0))[1] for k in kind])
    storeys = np.where(draw < one, 1, np.where(draw < two, 2, 3))
    each = {"house_old": 4.1, "outbuilding": 2.6, "shed": 7.4, "depot": 5.6, "church": 11.0, "market": 6.0, "supermarket": 6.2, "farm": 4.3}
    storey = np.array([each.get(k, 3.35) for k in kind]) + rng.uniform(-0.25, 0.35, n)
    tall = np.where((kind == "shed") & (shapely.area(footprint) > 1500.0), 1.5, 0.0)
    return storeys, np.asarray(storeys * storey + 0.4 + tall)
