"""Streets: roads to the neighbouring towns, rings of the old walls, and streets that cut the land into faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.synthetic.cutting import Floats, Geometries, cut, frames, parts
from pipeline.synthetic.names import street_name
from pipeline.synthetic.place import Nucleus, Place, stream

# Class of a street: width between the fronts in the town and outside [m], paved.
WIDTHS: dict[str, float] = {"primary": 10.5, "avenue": 13.0, "street": 8.4, "lane": 4.4, "country": 6.0, "track": 3.8}
HIGHWAY: dict[str, str] = {"primary": "secondary", "avenue": "tertiary", "street": "residential", "lane": "living_street", "country": "unclassified", "track": "track"}
# Distance from the centre (1 is the rim of the town) -> area at which a face is small enough to be a block [m2].
BLOCKS_AT: tuple[float, ...] = (0.0, 0.35, 0.9, 1.02, 1.15, 1.4, 2.0, 4.0)
BLOCK_M2: tuple[float, ...] = (6200.0, 6200.0, 8200.0, 14000.0, 45000.0, 100000.0, 190000.0, 240000.0)
OLD_BLOCK_M2 = 2700.0
CANAL_M = 5.0


@dataclass(frozen=True)
class Streets:
    """Centre lines: arrays of one length."""

    lines: Geometries
    kind: NDArray[np.str_]
    width_m: Floats
    name: NDArray[np.str_]

    @property
    def paved(self) -> NDArray[np.bool_]:
        """Streets with a sealed surface."""
        return self.kind != "track"

    def surfaces(self) -> Geometries:
        """The ground the streets take: centre lines widened to both sides."""
        return np.asarray(shapely.buffer(self.lines, self.width_m / 2, quad_segs=3, cap_style="round", join_style="mitre", mitre_limit=2.0))


def lay_out(area: shapely.Geometry, domain: shapely.Geometry, place: Place, seed: int) -> tuple[Geometries, Streets, shapely.Geometry]:
    """Cut the domain into faces along streets.

    Parameters
    ----------
    area
        The town; its outline is an edge of faces too.
    domain
        The town and its surroundings.
    place
        Fixed points of the plan.
    seed
        Seed of the generator.

    Returns
    -------
    faces : array of Polygon
        They partition the domain; their edges are centre lines, the canal or the outlines.
    streets
    canal
        Ground the canal takes.
    """
    rng = stream(seed, "streets")
    named = main_roads(place, rng)
    squares = [s for n in place.nuclei for s in square(n)]
    canal = canal_line(place)
    edges = shapely.union_all([domain.boundary, area.boundary, *[r[2] for r in named], *squares, canal])
    faces = shapely.get_parts(shapely.polygonize([shapely.intersection(edges, domain.buffer(0.001))]))
    faces = faces[shapely.contains(domain.buffer(0.01), shapely.point_on_surface(faces))]
    reached = shapely.buffer(shapely.union_all(shapely.boundary(faces)), 0.05, quad_segs=1)
    faces, lines, kinds = _cut_all(faces, place, rng)
    clipped = shapely.intersection(np.array([r[2] for r in named], dtype=object), shapely.intersection(reached, domain))
    main = [(k, n, g) for (k, n, _), g in zip(named, clipped, strict=True) if shapely.length(g) > 1.0]
    return faces, _streets(main, lines, kinds), shapely.buffer(shapely.intersection(canal, reached), CANAL_M / 2, cap_style="flat")


def square(n: Nucleus) -> tuple[shapely.Geometry, shapely.Geometry]:
    """Outlines of the main square, in the middle of the old centre, and of the mother church at its side."""
    size = max(n.old_m / 245.0, 0.7)
    c, s = np.cos(0.35), np.sin(0.35)

    def ring(corners: list[list[float]]) -> shapely.Geometry:
        points = np.array([*corners, corners[0]]) * size
        return shapely.linestrings(points @ np.array([[c, s], [-s, c]]) + [n.east, n.north])

    return ring([[-26.0, -15.0], [24.0, -18.0], [27.0, 14.0], [-22.0, 17.0]]), ring([[24.0, -18.0], [68.0, -20.0], [70.0, 12.0], [27.0, 14.0]])


def church_point(n: Nucleus) -> tuple[float, float]:
    """A point inside the mother church's ground."""
    size = max(n.old_m / 245.0, 0.7)
    c, s = np.cos(0.35), np.sin(0.35)
    return float(n.east + size * (47.0 * c + 3.0 * s)), float(n.north + size * (47.0 * s - 3.0 * c))


def canal_line(place: Place) -> shapely.Geometry:
    """A drainage canal through the western countryside."""
    town = place.nuclei[0]
    scale = town.radius_m / 762.0
    t = np.linspace(0.0, 1.0, 90)
    x, y = -3600.0 + 3300.0 * t, 350.0 - 2700.0 * t + 130.0 * np.sin(9.0 * t) + 45.0 * np.sin(23.0 * t)
    return shapely.linestrings(np.column_stack([town.east + scale * x, town.north + scale * y]))


def main_roads(place: Place, rng: np.random.Generator) -> list[tuple[str, str, shapely.Geometry]]:
    """Roads that are there before all others: (class, name, line)."""
    town, hamlet = place.nuclei
    found: list[tuple[str, str, shapely.Geometry]] = []
    for name, x, y in place.roads:
        target = hamlet if name == "Magliano" else None
        found.append(("primary", f"Via {name}", _radial(town, x, y, rng, target)))
    by_name = {name: (x, y) for name, x, y in place.roads}
    for name in ("Arnesano", "Copertino"):
        x, y = by_name[name]
        found.append(("primary", f"Via Magliano-{name}", _radial(hamlet, x + 600.0, y - 500.0, rng, None)))
    angle = np.linspace(0.0, 2 * np.pi, 73)
    for n, name in ((town, "Via Circonvallazione"), (hamlet, "Via degli Eroi")):
        found.append(("street", name, _polar(n, n.wall(angle), angle)))
    for start, end in ((0.3, 2.6), (3.4, 5.9)):
        part = np.linspace(start, end, 40)
        found.append(("avenue", "Viale della Resistenza" if start < 1 else "Viale degli Studenti", _polar(town, 0.60 * town.reach(part), part)))
    return found


def _polar(n: Nucleus, radius: Floats, angle: Floats) -> shapely.Geometry:
    points = np.column_stack([n.east + radius * np.cos(angle), n.north + radius * np.sin(angle)])
    if abs(angle[-1] - angle[0] - 2 * np.pi) < 1e-9:
        points[-1] = points[0]
    return shapely.linestrings(points)


def _radial(n: Nucleus, x: float, y: float, rng: np.random.Generator, target: Nucleus | None) -> shapely.Geometry:
    start = np.array([n.east, n.north])
    along = np.array([x, y]) - start
    length = float(np.hypot(*along))
    along = along / length
    across = np.array([-along[1], along[0]])
    angle = float(np.arctan2(along[1], along[0]))
    first = float(n.wall(np.array([angle]))[0]) * 0.9
    last = length - target.old_m * 0.9 if target else length
    d = np.arange(first, last, 25.0)
    ease = np.clip((d - first) / 400.0, 0.0, 1.0) * (np.clip((last - d) / 300.0, 0.0, 1.0) if target else 1.0)
    bend = ease * (35.0 * np.sin(d / rng.uniform(260.0, 420.0) + rng.uniform(0, 6.28)) + 14.0 * np.sin(d / 130.0))
    return shapely.linestrings(start + d[:, None] * along + bend[:, None] * across)


def _cut_all(faces: Geometries, place: Place, rng: np.random.Generator) -> tuple[Geometries, Geometries, NDArray[np.str_]]:
    """Cut faces by streets until each is a block; gives blocks, street lines and their classes."""
    done: list[Geometries] = []
    lines: list[Geometries] = []
    kinds: list[NDArray[np.str_]] = []
    for _ in range(20):
        centre = shapely.get_coordinates(shapely.point_on_surface(faces))
        urban, old = place.density(centre)
        near = _nearest(faces, place)
        area = shapely.area(faces)
        size = np.interp(0.5 * urban + 0.5 * np.minimum(near, urban), BLOCKS_AT, BLOCK_M2)
        size = np.where(place.industrial(centre), 26000.0, size)
        size = np.where(old < 1.0, OLD_BLOCK_M2, size)
        small = area < 1.45 * size * np.exp(rng.normal(0.0, 0.22, len(faces)))
        done.append(faces[small])
        faces, urban, old = faces[~small], urban[~small], old[~small]
        if not len(faces):
            break
        at = frames(faces)
        inner = old < 1.0
        turn = np.where(inner, 0.13, np.where(urban > 1.1, 0.09, 0.0))
        at = frames(faces, at.angle + rng.normal(0.0, 1.0, len(faces)) * turn)
        share = 0.5 + rng.uniform(-1, 1, len(faces)) * np.where(inner, 0.12, np.where(urban > 1.1, 0.16, 0.06))
        wave = np.where(inner, np.minimum(0.035 * at.size[:, 1], 6.0), np.where(urban > 1.1, np.minimum(0.025 * at.size[:, 1], 26.0), 0.0))
        a, b, line = cut(faces, at, at.low[:, 0] + share * at.size[:, 0], wave, rng)
        lines.append(line)
        kinds.append(_classes(shapely.length(line), urban, inner, rng))
        faces, _index = parts(np.concatenate([a, b]), 1.0)
    done.append(faces)
    return np.concatenate(done), np.concatenate(lines) if lines else np.array([], dtype=object), np.concatenate(kinds) if kinds else np.array([], dtype="<U8")


def _nearest(faces: Geometries, place: Place) -> Floats:
    """Least distance from the centre over the vertices of each face."""
    xy, index = shapely.get_coordinates(faces, return_index=True)
    urban, _old = place.density(xy)
    starts = np.concatenate([[0], np.cumsum(np.bincount(index, minlength=len(faces)))[:-1]])
    return np.asarray(np.minimum.reduceat(urban, starts))


def _classes(length: Floats, urban: Floats, inner: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.str_]:
    rural = np.where((length > 700.0) | (rng.random(len(length)) < 0.22), "country", "track")
    return np.where(inner, "lane", np.where(urban < 1.12, "street", rural)).astype("<U8")


def _streets(main: list[tuple[str, str, shapely.Geometry]], lines: Geometries, kinds: NDArray[np.str_]) -> Streets:
    keep = shapely.length(lines) > 8.0
    lines, kinds = lines[keep], kinds[keep]
    order = np.argsort(-shapely.length(lines), kind="stable")
    lines, kinds = lines[order], kinds[order]
    counter: dict[str, int] = {}
    names: list[str] = []
    for kind in kinds:
        group = "field" if kind in ("track", "country") else "town"
        names.append(street_name(str(kind), counter.get(group, 0)))
        counter[group] = counter.get(group, 0) + 1
    kind = np.array([m[0] for m in main] + list(kinds), dtype="<U8")
    width = np.array([WIDTHS[k] for k in kind])
    length = np.concatenate([np.full(len(main), 0.0), shapely.length(lines)])
    width = width + np.where((kind == "street") & (length > 300.0), 2.0, 0.0) + np.where((kind == "lane") & (length > 110.0), 1.6, 0.0)
    return Streets(np.array([m[2] for m in main] + list(lines), dtype=object), kind, width, np.array([m[1] for m in main] + names))
