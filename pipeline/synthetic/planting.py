"""Trees: olive groves in rows, orchards, gardens, parks, avenues."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.synthetic.blocks import Blocks
from pipeline.synthetic.cutting import Floats, Geometries, frames
from pipeline.synthetic.houses import Houses
from pipeline.synthetic.lots import Lots
from pipeline.synthetic.network import Streets
from pipeline.synthetic.place import Place, stream


@dataclass(frozen=True)
class Trees:
    """Crowns: arrays of one length [m]."""

    east: Floats
    north: Floats
    radius_m: Floats
    height_m: Floats

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Trees:
        """Some of the trees."""
        return Trees(self.east[index], self.north[index], self.radius_m[index], self.height_m[index])


def plant(lots: Lots, blocks: Blocks, houses: Houses, streets: Streets, place: Place, seed: int) -> Trees:
    """Plant all trees of the town and its surroundings."""
    made = [
        _groves(lots, "olive", (6.0, 10.0), (1.6, 3.1), (3.2, 6.0), stream(seed, "olives")),
        _groves(lots, "orchard", (4.5, 6.0), (1.1, 1.8), (2.6, 3.8), stream(seed, "orchards")),
        _groves(lots, "cemetery", (7.0, 8.0), (0.8, 1.2), (7.0, 11.0), stream(seed, "cypresses")),
        _gardens(lots, stream(seed, "gardens")),
        _avenues(streets, place, stream(seed, "avenues")),
    ]
    trees = Trees(*(np.concatenate([getattr(t, f) for t in made]) for f in ("east", "north", "radius_m", "height_m")))
    return trees.take(_clear(trees, houses.footprint))


def _clear(trees: Trees, footprints: Geometries) -> NDArray[np.bool_]:
    """Trees whose crown keeps off the buildings."""
    free = np.ones(len(trees.east), dtype=bool)
    points = shapely.points(trees.east, trees.north)
    hit = shapely.STRtree(footprints).query(points, predicate="dwithin", distance=trees.radius_m + 0.3)[0]
    free[hit] = False
    return free


def _lattice(ground: Geometries, spacing: Floats, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Points in rows that fill polygons along their longer side: (n, 2), and the polygon of each."""
    if not len(ground):
        return np.zeros((0, 2)), np.zeros(0, dtype=np.int64)
    room = shapely.buffer(ground, -np.minimum(0.32 * spacing, 2.6), join_style="mitre")
    at = frames(ground)
    n = np.maximum((at.size / spacing[:, None]).astype(int), 1)
    total = n[:, 0] * n[:, 1]
    index = np.repeat(np.arange(len(ground)), total)
    k = np.arange(total.sum()) - np.repeat(np.concatenate([[0], total.cumsum()[:-1]]), total)
    uv = np.column_stack([k % n[index, 0], k // n[index, 0]]) + 0.5
    uv = at.low[index] + uv * at.size[index] / n[index] + rng.normal(0.0, 0.045, (len(index), 2)) * spacing[index, None]
    points = at.take(index).world(uv[:, None, :])[:, 0]
    shapely.prepare(room)
    ok = shapely.contains_xy(room[index], points[:, 0], points[:, 1])
    return points[ok], index[ok]


def _groves(lots: Lots, use: str, spacing: tuple[float, float], radius: tuple[float, float], height: tuple[float, float], rng: np.random.Generator) -> Trees:
    """Rows; in olive groves some trees are gone or cut back (Xylella)."""
    ground = lots.ground[lots.use == use]
    n = len(ground)
    points, index = _lattice(ground, rng.uniform(*spacing, n), rng)
    age, loss = rng.uniform(0.0, 1.0, n), rng.choice([0.03, 0.12, 0.55], n, p=[0.55, 0.28, 0.17]) if use == "olive" else np.full(n, 0.05)
    size = np.clip(age[index] + rng.normal(0.0, 0.13, len(index)), 0.0, 1.0)
    size = np.where(loss[index] > 0.5, size * 0.45, size)
    keep = rng.random(len(index)) > loss[index]
    grow = np.stack([radius[0] + size * (radius[1] - radius[0]), height[0] + size * (height[1] - height[0])])[:, keep]
    return Trees(points[keep, 0], points[keep, 1], grow[0], grow[1])


def _gardens(lots: Lots, rng: np.random.Generator) -> Trees:
    """Scattered trees: pines in parks and villas, citrus and small trees in yards."""
    # Use: square metres of lot for each tree, share of large trees.
    density = {"park": (75.0, 0.6), "villa": (95.0, 0.28), "cottage": (190.0, 0.25), "row": (170.0, 0.04), "court": (60.0, 0.05), "house_old": (400.0, 0.0),
               "school": (240.0, 0.6), "municipal": (260.0, 0.5), "vacant": (260.0, 0.05), "square": (130.0, 0.3), "church": (220.0, 0.4), "health": (200.0, 0.6),
               "farm": (170.0, 0.4), "shed": (520.0, 0.4), "parking": (170.0, 0.2), "sports": (420.0, 0.8), "fallow": (900.0, 0.05), "supermarket": (330.0, 0.2)}  # fmt: skip
    index = np.flatnonzero(np.isin(lots.use, list(density)))
    per = np.array([density[u][0] for u in lots.use[index]])
    tall = np.array([density[u][1] for u in lots.use[index]])
    n = rng.poisson(shapely.area(lots.ground[index]) / per)
    of = np.repeat(np.arange(len(index)), n)
    at = frames(lots.ground[index]).take(of)
    uv = at.low + rng.random((len(of), 2)) * at.size
    points = at.world(uv[:, None, :])[:, 0]
    room = shapely.buffer(lots.ground[index], -0.9, join_style="mitre")
    shapely.prepare(room)
    big = rng.random(len(of)) < tall[of]
    radius = np.where(big, rng.uniform(2.4, 4.4, len(of)), rng.uniform(1.0, 2.1, len(of)))
    height = np.where(big, rng.uniform(7.5, 12.0, len(of)), rng.uniform(2.6, 5.0, len(of)))
    ok = shapely.contains_xy(room[of], points[:, 0], points[:, 1])
    return Trees(points[ok, 0], points[ok, 1], radius[ok], height[ok])


def _avenues(streets: Streets, place: Place, rng: np.random.Generator) -> Trees:
    """A tree every nine metres on both sides of avenues and of the main roads inside the town."""
    pick = np.flatnonzero(np.isin(streets.kind, ["avenue", "primary"]))
    rows: list[Floats] = []
    for i in pick:
        for line in shapely.get_parts(streets.lines[i]):
            length = shapely.length(line)
            if length < 20.0:
                continue
            d = np.arange(6.0, length - 6.0, 9.0)
            here = shapely.get_coordinates(shapely.line_interpolate_point(line, d))
            ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, d + 1.0)) - here
            across = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
            rows += [here + s * (streets.width_m[i] / 2 - 1.3) * across for s in (-1.0, 1.0)]
    points = np.concatenate(rows) if rows else np.zeros((0, 2))
    urban, old = place.density(points)
    points = points[(urban < 0.95) & (old > 1.0) & (rng.random(len(points)) < 0.8)]
    n = len(points)
    return Trees(points[:, 0], points[:, 1], rng.uniform(1.4, 2.3, n), rng.uniform(5.0, 8.0, n))
