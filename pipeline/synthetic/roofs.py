"""Roofs with known planes: flat ones with parapets, stair-heads and tanks, tiled gables and hips, low-pitched halls.

Every surface is a plane over a polygon, so that its elevation at any point is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.synthetic.cutting import Floats, Frames, Geometries, frames, parts
from pipeline.synthetic.houses import Houses
from pipeline.synthetic.place import Terrain, stream

PARAPET_M = 0.28
# Share of roofs by kind of building: flat, gable, hip, single slope, halls with several gables.
FORMS: tuple[str, ...] = ("flat", "gable", "hip", "mono", "bays")
FORM_SHARES: dict[str, tuple[float, ...]] = {
    "house_old": (0.80, 0.15, 0.0, 0.05, 0.0), "row": (0.86, 0.08, 0.04, 0.02, 0.0), "villa": (0.48, 0.2, 0.32, 0.0, 0.0), "cottage": (0.5, 0.3, 0.2, 0.0, 0.0),
    "farm": (0.7, 0.0, 0.0, 0.3, 0.0), "shed": (0.12, 0.0, 0.0, 0.0, 0.88), "depot": (0.0, 0.4, 0.0, 0.6, 0.0), "outbuilding": (0.4, 0.05, 0.0, 0.55, 0.0),
    "church": (0.0, 1.0, 0.0, 0.0, 0.0), "supermarket": (0.6, 0.0, 0.0, 0.0, 0.4), "market": (0.0, 0.0, 0.0, 0.0, 1.0),
}  # fmt: skip


@dataclass(frozen=True)
class Surfaces:
    """Planes over polygons: arrays of one length, later ones lie on top.

    Attributes
    ----------
    ground
        Polygons in plan.
    house
        Building of each.
    kind
        roof, parapet, stairhead, tank, chimney or tower.
    tilt, azimuth
        Tilt [deg] and the direction the plane faces [deg clockwise from north].
    east, north, z
        A point of the plane [m].
    """

    ground: Geometries
    house: NDArray[np.int64]
    kind: NDArray[np.str_]
    tilt: Floats
    azimuth: Floats
    east: Floats
    north: Floats
    z: Floats

    def gradients(self) -> tuple[Floats, Floats]:
        """Rise of each plane to the east and to the north [m/m]."""
        slope, a = np.tan(np.radians(self.tilt)), np.radians(self.azimuth)
        return -slope * np.sin(a), -slope * np.cos(a)


class _Pile:
    """Surfaces being collected."""

    def __init__(self) -> None:
        self.rows: list[tuple[Geometries, NDArray[np.int64], str, Floats, Floats, Floats, Floats, Floats]] = []

    def add(self, ground: Geometries, house: NDArray[np.int64], kind: str, tilt: Floats, azimuth: Floats, at: Floats, z: Floats) -> None:
        self.rows.append((ground, house, kind, tilt, azimuth, at[:, 0], at[:, 1], z))

    def done(self) -> Surfaces:
        kind = np.concatenate([np.full(len(r[0]), r[2], dtype="<U10") for r in self.rows])
        c = [np.concatenate([r[i] for r in self.rows]) for i in (0, 1, 3, 4, 5, 6, 7)]
        ok = ~shapely.is_empty(c[0])
        return Surfaces(c[0][ok], c[1][ok], kind[ok], c[2][ok], c[3][ok] % 360.0, c[4][ok], c[5][ok], c[6][ok])


def make_roofs(houses: Houses, terrain: Terrain, seed: int) -> Surfaces:
    """Give every building its roof.

    Parameters
    ----------
    houses
        Footprints with eaves heights.
    terrain
        Gives the ground each stands on.
    seed
        Seed of the generator.
    """
    rng = stream(seed, "roofs")
    fp = houses.footprint
    centre = shapely.get_coordinates(shapely.centroid(fp))
    eaves = terrain.at(centre[:, 0], centre[:, 1]) + houses.height_m
    form = _forms(houses, rng)
    at = frames(fp, houses.angle)
    long_ = at.size[:, 1] > at.size[:, 0]
    at = frames(fp, houses.angle + np.where(long_, np.pi / 2, 0.0))
    pile = _Pile()
    _flat(pile, houses, np.flatnonzero(form == "flat"), at, centre, eaves, rng)
    _mono(pile, fp, np.flatnonzero(form == "mono"), at, eaves, rng)
    _gables(pile, houses, np.flatnonzero((form == "gable") | (form == "bays")), at, eaves, rng)
    _hips(pile, fp, np.flatnonzero(form == "hip"), at, eaves, rng)
    _towers(pile, houses, at, eaves)
    return pile.done()


def _forms(houses: Houses, rng: np.random.Generator) -> NDArray[np.str_]:
    draw = rng.random(len(houses.kind))
    form = np.full(len(draw), "flat", dtype="<U6")
    for kind, shares in FORM_SHARES.items():
        of = houses.kind == kind
        form[of] = np.array(FORMS)[np.minimum(np.searchsorted(np.cumsum(shares), draw[of], side="right"), len(FORMS) - 1)]
    return form


def _compass(angle: Floats) -> Floats:
    """Mathematical direction [rad] to azimuth [deg]."""
    return np.asarray((90.0 - np.degrees(angle)) % 360.0)


def _flat(pile: _Pile, houses: Houses, i: NDArray[np.int64], at: Frames, centre: Floats, eaves: Floats, rng: np.random.Generator) -> None:
    fp, n, f = houses.footprint[i], len(i), at.take(i)
    tilt, azimuth = rng.uniform(0.4, 1.1, n), _compass(houses.angle[i] + np.pi / 2)
    edge = rng.uniform(0.3, 0.9, n)
    small = houses.kind[i] == "outbuilding"
    inner = shapely.buffer(fp, -PARAPET_M, join_style="mitre")
    small = small | (shapely.area(inner) < 0.4 * shapely.area(fp))
    inner = np.where(small, fp, inner)
    top = (~small) & (rng.random(n) < np.where(houses.storeys[i] > 1, 0.7, 0.38)) & (shapely.area(fp) > 60.0) & (shapely.area(fp) < 900.0)
    head = np.where(top, shapely.intersection(_spot(f, rng, (2.4, 3.2), (3.0, 4.4)), inner), shapely.Polygon())
    head = np.where(shapely.area(head) > 4.0, head, shapely.Polygon())
    tank = np.where((~small) & (rng.random(n) < 0.6) & (shapely.area(fp) > 45.0), shapely.intersection(_spot(f, rng, (1.1, 1.7), (1.1, 1.9)), inner), shapely.Polygon())
    tank = shapely.difference(tank, shapely.buffer(head, 0.4, join_style="mitre"))
    tank = np.where((shapely.get_type_id(tank) == 3) & (shapely.area(tank) > 0.8), tank, shapely.Polygon())
    zero = np.zeros(n)
    pile.add(shapely.difference(shapely.difference(inner, head), tank), i, "roof", tilt, azimuth, centre[i], eaves[i])
    pile.add(np.where(small, shapely.Polygon(), shapely.difference(fp, inner)), i, "parapet", zero, zero, centre[i], eaves[i] + edge)
    pile.add(head, i, "stairhead", zero, zero, centre[i], eaves[i] + rng.uniform(2.1, 2.6, n))
    pile.add(tank, i, "tank", zero, zero, centre[i], eaves[i] + rng.uniform(1.0, 1.6, n))


def _spot(f: Frames, rng: np.random.Generator, width: tuple[float, float], depth: tuple[float, float]) -> Geometries:
    """A small rectangle somewhere on each roof."""
    n = len(f.angle)
    w, d = rng.uniform(*width, n), rng.uniform(*depth, n)
    u = f.low[:, 0] + 0.6 + rng.random(n) * np.maximum(f.size[:, 0] - w - 1.2, 0.1)
    v = f.low[:, 1] + 0.6 + rng.random(n) * np.maximum(f.size[:, 1] - d - 1.2, 0.1)
    return f.boxes(u, u + w, v, v + d)


def _mono(pile: _Pile, fp: Geometries, i: NDArray[np.int64], at: Frames, eaves: Floats, rng: np.random.Generator) -> None:
    f, n = at.take(i), len(i)
    tilt = rng.uniform(5.5, 11.0, n)
    pile.add(fp[i], i, "roof", tilt, _compass(f.angle - np.pi / 2), f.world(f.low[:, None, :])[:, 0], eaves[i])


def _gables(pile: _Pile, houses: Houses, i: NDArray[np.int64], at: Frames, eaves: Floats, rng: np.random.Generator) -> None:
    """Ridges along the longer side; halls have a ridge for each bay of about 18 m."""
    f, n = at.take(i), len(i)
    hall = np.isin(houses.kind[i], ["shed", "supermarket", "market", "depot"])
    tilt = np.where(hall, rng.uniform(6.0, 9.0, n), rng.uniform(15.0, 25.0, n))
    bays = np.where(hall, np.maximum(np.round(f.size[:, 1] / 18.0), 1), 1).astype(int)
    chimney = _chimneys(houses, i, f, hall, rng)
    bay = f.size[:, 1] / bays
    rise = np.tan(np.radians(tilt)) * bay / 2
    for b in range(int(bays.max(initial=0))):
        on = np.flatnonzero(bays > b)
        g, h = f.take(on), i[on]
        ridge = g.low[:, 1] + (b + 0.5) * bay[on]
        point = g.world(np.stack([g.low[:, 0], ridge], -1)[:, None, :])[:, 0]
        for sign in (-1.0, 1.0):
            v = ridge + sign * bay[on] * 0.5
            wide = np.where((b == 0) & (sign < 0) | (b == bays[on] - 1) & (sign > 0), sign, 0.0)
            box = g.boxes(g.low[:, 0] - 1, g.high[:, 0] + 1, np.minimum(ridge, v + wide), np.maximum(ridge, v + wide))
            ground = shapely.difference(shapely.intersection(houses.footprint[h], box), chimney[on])
            pile.add(ground, h, "roof", tilt[on], _compass(g.angle + sign * np.pi / 2), point, eaves[h] + rise[on])
    pile.add(chimney, i, "chimney", np.zeros(n), np.zeros(n), f.origin, eaves[i] + rise + 0.8)


def _chimneys(houses: Houses, i: NDArray[np.int64], f: Frames, hall: NDArray[np.bool_], rng: np.random.Generator) -> Geometries:
    some = (~hall) & (rng.random(len(i)) < 0.5) & (shapely.area(houses.footprint[i]) > 50.0)
    spot = shapely.intersection(_spot(f, rng, (0.8, 1.1), (0.8, 1.1)), houses.footprint[i])
    return np.where(some & (shapely.get_type_id(spot) == 3), spot, shapely.Polygon())


def _hips(pile: _Pile, fp: Geometries, i: NDArray[np.int64], at: Frames, eaves: Floats, rng: np.random.Generator) -> None:
    """Four planes that rise from the four sides of the enclosing rectangle."""
    f, n = at.take(i), len(i)
    tilt = rng.uniform(16.0, 24.0, n)
    (u0, v0), (u1, v1) = f.low.T, f.high.T
    w = (v1 - v0) / 2
    vm = (v0 + v1) / 2
    left, right = np.stack([u0 + w, vm], -1), np.stack([u1 - w, vm], -1)
    corner = [np.stack(c, -1) for c in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))]
    sides = (([corner[0], corner[1], right, left], -0.5, 0), ([corner[1], corner[2], right], 0.0, 1), ([corner[2], corner[3], left, right], 0.5, 2), ([corner[3], corner[0], left], 1.0, 3))
    for ring, turn, at_corner in sides:
        region = shapely.polygons(f.world(np.stack(ring, axis=1)))
        point = f.world(corner[at_corner][:, None, :])[:, 0]
        pile.add(shapely.intersection(fp[i], region), i, "roof", tilt, _compass(f.angle + turn * np.pi), point, eaves[i])


def _towers(pile: _Pile, houses: Houses, at: Frames, eaves: Floats) -> None:
    i = np.flatnonzero(houses.kind == "church")
    if len(i):
        f = at.take(i)
        box = f.boxes(f.low[:, 0] + 0.3, f.low[:, 0] + 5.3, f.low[:, 1] + 0.3, f.low[:, 1] + 5.3)
        pile.add(shapely.intersection(box, houses.footprint[i]), i, "tower", np.zeros(len(i)), np.zeros(len(i)), f.origin, eaves[i] + 12.0)


@dataclass(frozen=True)
class Truth:
    """The planes a roof detector should find: arrays of one length.

    Attributes
    ----------
    ground
        Visible part in plan, under neither parapet, stair-head, tank, chimney nor tower.
    """

    ground: Geometries
    house: NDArray[np.int64]
    kind: NDArray[np.str_]
    tilt: Floats
    azimuth: Floats
    z: Floats


def true_planes(surfaces: Surfaces) -> Truth:
    """Planes of roofs and stair-heads, one polygon each, with the elevation at its representative point [m]."""
    pick = np.flatnonzero(np.isin(surfaces.kind, ["roof", "stairhead"]))
    ground = surfaces.ground[pick]
    tower = np.flatnonzero(surfaces.kind == "tower")
    for t in tower:
        same = surfaces.house[pick] == surfaces.house[t]
        ground[same] = shapely.difference(ground[same], surfaces.ground[t])
    single, index = parts(ground, 0.05)
    row = pick[index]
    inner = shapely.get_coordinates(shapely.point_on_surface(single))
    gx, gy = surfaces.gradients()
    z = surfaces.z[row] + gx[row] * (inner[:, 0] - surfaces.east[row]) + gy[row] * (inner[:, 1] - surfaces.north[row])
    return Truth(single, surfaces.house[row], surfaces.kind[row], surfaces.tilt[row], surfaces.azimuth[row], np.asarray(z))
