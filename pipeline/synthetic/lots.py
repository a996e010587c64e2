"""Lots: blocks cut into the parcels of the cadastre, each with a use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.synthetic.blocks import Blocks
from pipeline.synthetic.cutting import Floats, Geometries, divide, frames, parts
from pipeline.synthetic.place import stream

OLD_LOT_M2 = 140.0
FIELD_M2 = 5300.0
DEPTH_M = 38.0
# Share of the countryside under photovoltaic plants on the ground.
PLANT_SHARE = 0.026


@dataclass(frozen=True)
class Lots:
    """Parcels: arrays of one length.

    Attributes
    ----------
    ground
        Polygons that partition the blocks.
    use
        house_old, court, row, villa, vacant, shed, olive, vineyard, arable, orchard, fallow, farm, cottage, pv, depot, or the block's use.
    block
        Block each lies in.
    angle
        Direction of its front [rad]; the street lies to the right of it.
    edge
        Share of the outline that is the outline of the block.
    """

    ground: Geometries
    use: NDArray[np.str_]
    block: NDArray[np.int64]
    angle: Floats
    edge: Floats


def make_lots(blocks: Blocks, seed: int) -> Lots:
    """Cut every block into lots and give each a use."""
    made = [
        _old(blocks, np.flatnonzero(blocks.use == "old"), stream(seed, "old lots")),
        _rows(blocks, np.flatnonzero(blocks.use == "town"), stream(seed, "town lots")),
        _yards(blocks, np.flatnonzero(blocks.use == "industry"), stream(seed, "industry lots")),
        _fields(blocks, np.flatnonzero(blocks.use == "rural"), stream(seed, "fields")),
        _whole(blocks, np.flatnonzero(~np.isin(blocks.use, ["old", "town", "industry", "rural"]))),
    ]
    ground = np.concatenate([m[0] for m in made])
    use = np.concatenate([m[1] for m in made]).astype("<U12")
    block = np.concatenate([m[2] for m in made])
    angle = np.concatenate([m[3] for m in made])
    return Lots(ground, use, block, angle, _edge_share(ground, blocks.ground[block]))


Made = tuple[Geometries, NDArray[np.str_], NDArray[np.int64], Floats]


def _edge_share(ground: Geometries, block: Geometries) -> Floats:
    """Share of each outline that lies on the outline of its block: an edge counts by its midpoint."""
    xy, index = shapely.get_coordinates(ground, return_index=True)
    same = index[1:] == index[:-1]
    middle, length, at = ((xy[1:] + xy[:-1]) / 2)[same], np.hypot(*np.diff(xy, axis=0)[same].T), index[1:][same]
    outline = shapely.boundary(block)
    shapely.prepare(outline)
    on = shapely.dwithin(outline[at], shapely.points(middle), 0.01)
    return np.bincount(at, length * on, len(ground)) / np.maximum(np.bincount(at, length, len(ground)), 1e-9)


def absorb(pieces: Geometries, index: NDArray[np.int64], small_m2: float) -> tuple[Geometries, NDArray[np.int64], NDArray[np.int64]]:
    """Join pieces below an area to the neighbour of the same block with which they share most outline.

    Returns
    -------
    pieces, index, kept : the joined pieces, their blocks, and which of the given pieces each was
    """
    pieces = pieces.copy()
    alive = np.ones(len(pieces), dtype=bool)
    small = np.flatnonzero(shapely.area(pieces) < small_m2)
    for i in small[np.argsort(shapely.area(pieces[small]), kind="stable")]:
        near = np.flatnonzero((index == index[i]) & alive)
        near = near[near != i]
        if not len(near):
            continue
        shared = shapely.length(shapely.intersection(shapely.buffer(pieces[i], 0.02, quad_segs=1), shapely.boundary(pieces[near])))
        best = near[np.argmax(shared)]
        joined = shapely.union(pieces[best], pieces[i])
        if shapely.get_type_id(joined) != 3:
            joined = shapely.union(pieces[best], shapely.buffer(pieces[i], 1e-6, join_style="mitre"))
        if shapely.get_type_id(joined) == 3:
            pieces[best], alive[i] = joined, False
    kept = np.flatnonzero(alive)
    return pieces[kept], index[kept], kept


def _old(blocks: Blocks, which: NDArray[np.int64], rng: np.random.Generator) -> Made:
    target = rng.lognormal(np.log(OLD_LOT_M2), 0.25, len(which))
    ground, index = divide(blocks.ground[which], target, rng, skew=0.17, turn=0.05)
    ground, index, _ = absorb(ground, index, 24.0)
    at = frames(ground)
    edge = _edge_share(ground, blocks.ground[which][index])
    court = (rng.random(len(ground)) < np.where(edge < 0.02, 0.62, 0.05)) & (shapely.area(ground) > 30.0)
    use = np.where(court, "court", "house_old")
    return ground, use, which[index], _face_street(at.angle, ground, blocks.ground[which][index])


def _face_street(angle: Floats, ground: Geometries, block: Geometries) -> Floats:
    """Turn a direction so that the block's outline lies to its right where it can."""
    inner = shapely.get_coordinates(shapely.centroid(ground))
    nearest = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(shapely.boundary(block), shapely.points(inner)), 0))
    out = nearest - inner
    side = -np.sin(angle) * out[:, 0] + np.cos(angle) * out[:, 1]
    ahead = np.cos(angle) * out[:, 0] + np.sin(angle) * out[:, 1]
    turned = np.where(np.abs(ahead) > np.abs(side), angle + np.pi / 2 * np.sign(ahead), np.where(side > 0, angle + np.pi, angle))
    return np.asarray(turned)


def _rows(blocks: Blocks, which: NDArray[np.int64], rng: np.random.Generator) -> Made:
    """Two rows of lots back to back along the longer side of the block."""
    at = frames(blocks.ground[which])
    rows = np.where(at.size[:, 1] > DEPTH_M, 2, 1)
    front = np.interp(blocks.urban[which], [0.25, 0.7, 1.0], [12.8, 18.4, 25.0]) * rng.uniform(0.85, 1.2, len(which))
    ends, boxes_of, side = [], [], []
    for i in range(len(which)):
        low, high = at.low[i], at.high[i]
        middle = low[1] + at.size[i, 1] * rng.uniform(0.46, 0.54)
        for row in range(rows[i]):
            v = (low[1] - 1, high[1] + 1) if rows[i] == 1 else ((low[1] - 1, middle), (middle, high[1] + 1))[row]
            n = max(1, round(at.size[i, 0] / front[i]))
            steps = rng.uniform(0.75, 1.35, n).cumsum()
            u = np.concatenate([[low[0] - 1], low[0] + steps[:-1] / steps[-1] * at.size[i, 0], [high[0] + 1]])
            ends.append(np.column_stack([u[:-1], u[1:], np.full(n, v[0]), np.full(n, v[1])]))
            boxes_of.append(np.full(n, i))
            side.append(np.full(n, row))
    if not ends:
        return np.array([], dtype=object), np.array([], dtype="<U12"), which, np.array([])
    box, index, row_of = np.concatenate(ends), np.concatenate(boxes_of), np.concatenate(side)
    pieces = shapely.intersection(blocks.ground[which][index], at.take(index).boxes(*box.T))
    ground, at_piece = parts(pieces, 1e-9)
    index, row_of = index[at_piece], row_of[at_piece]
    ground, index, kept = absorb(ground, index, 45.0)
    row_of = row_of[kept]
    draw, out = rng.random(len(ground)), blocks.urban[which][index]
    wide = shapely.area(ground) > 330.0
    vacant = draw < np.interp(out, [0.3, 0.8, 1.1], [0.015, 0.06, 0.16])
    villa = wide & (rng.random(len(ground)) < np.interp(out, [0.3, 0.7, 1.0], [0.05, 0.25, 0.75]))
    use = np.where(vacant, "vacant", np.where(villa, "villa", "row"))
    return ground, use, which[index], at.angle[index] + np.where(row_of == 1, np.pi, 0.0)


def _yards(blocks: Blocks, which: NDArray[np.int64], rng: np.random.Generator) -> Made:
    ground, index = divide(blocks.ground[which], np.full(len(which), 4800.0), rng, skew=0.1)
    ground, index, _ = absorb(ground, index, 200.0)
    at = frames(ground)
    use = np.where(rng.random(len(ground)) < 0.14, "depot", "shed")
    return ground, use, which[index], _face_street(at.angle, ground, blocks.ground[which][index])


def _fields(blocks: Blocks, which: NDArray[np.int64], rng: np.random.Generator) -> Made:
    """An irregular patchwork; olives come in neighbourhoods, houses along the roads near the town."""
    mood = rng.normal(0.0, 0.9, len(which))
    target = FIELD_M2 * np.exp(rng.normal(0.0, 0.35, len(which)))
    ground, index = divide(blocks.ground[which], target, rng, skew=0.2, turn=0.03, strips=0.3)
    ground, index, _ = absorb(ground, index, 160.0)
    edge = _edge_share(ground, blocks.ground[which][index])
    n, out = len(ground), blocks.urban[which][index]
    area = shapely.area(ground)
    draw = rng.normal(0.0, 0.8, n) + mood[index]
    use = np.select([draw > 0.05, draw > -0.38, draw > -0.75, draw > -1.35], ["olive", "vineyard", "fallow", "arable"], "orchard").astype("<U12")
    near_road = edge > 0.12
    house = rng.random(n) < np.interp(out, [1.0, 1.3, 2.0, 4.0], [0.34, 0.20, 0.09, 0.05]) * np.where(near_road, 1.3, 0.25)
    use[house & (area > 700.0)] = "cottage"
    use[(rng.random(n) < 0.009) & (area > 2500.0) & (out > 1.3)] = "farm"
    use[(rng.random(n) < 0.014) & (area > 1500.0) & near_road] = "depot"
    use[(rng.random(n) < 0.0012) & (area > 900.0) & (area < 4000.0) & (out > 1.2)] = "pond"
    use[_plants(blocks, which, rng)[index]] = "pv"
    use[_cemetery(blocks, which, ground)] = "cemetery"
    return ground, use, which[index], _face_street(frames(ground).angle, ground, blocks.ground[which][index])


def _plants(blocks: Blocks, which: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Rural blocks that carry a photovoltaic plant on the ground: as many as keep to a share of the land."""
    area = shapely.area(blocks.ground[which])
    fit = np.flatnonzero((area > 40000.0) & (area < 160000.0) & (blocks.urban[which] > 1.6))
    order = rng.permutation(fit)
    out = np.zeros(len(which), dtype=bool)
    out[order[np.cumsum(area[order]) <= PLANT_SHARE * area.sum()]] = True
    return out


def _cemetery(blocks: Blocks, which: NDArray[np.int64], ground: Geometries) -> NDArray[np.int64]:
    """The largest field just outside the town, if there is one."""
    centre = shapely.get_coordinates(shapely.point_on_surface(ground))
    if not len(ground):
        return np.array([], dtype=np.int64)
    area = shapely.area(ground)
    index = np.flatnonzero((area > 4200.0) & (area < 9000.0))
    if not len(index):
        return index
    north = centre[index, 1] - np.median(centre[:, 1])
    return index[[int(np.argmax(-np.abs(north - 900.0)))]]


def _whole(blocks: Blocks, which: NDArray[np.int64]) -> Made:
    ground = blocks.ground[which]
    at = frames(ground) if len(which) else None
    return ground, blocks.use[which], which, at.angle if at else np.array([])
