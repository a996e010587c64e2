"""Blocks between the streets, and what each is for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.synthetic.cutting import Floats, Geometries, parts
from pipeline.synthetic.network import Streets, church_point
from pipeline.synthetic.place import Place, stream

# Public blocks: use, direction from the town's centre [rad], distance (1 is the rim), least area [m2].
ANCHORS: tuple[tuple[str, float, float, float], ...] = (
    ("school", 0.75, 0.36, 2500.0), ("park", 2.35, 0.36, 2500.0), ("municipal", 5.35, 0.35, 1500.0), ("parking", 4.05, 0.35, 1500.0),
    ("park", 5.0, 0.60, 4000.0), ("school", 3.4, 0.62, 4000.0), ("school", 1.9, 0.70, 5000.0), ("park", 0.9, 0.66, 5000.0), ("church", 5.9, 0.60, 2000.0),
    ("market", 2.9, 0.80, 5000.0), ("sports", 2.1, 0.97, 9000.0), ("sports", 5.1, 0.98, 9000.0), ("park", 4.0, 0.84, 6000.0), ("health", 1.2, 0.80, 4000.0),
    ("school", 5.6, 0.85, 5000.0), ("church", 3.9, 0.66, 2000.0), ("park", 5.85, 1.14, 3500.0), ("supermarket", 0.45, 0.90, 5000.0), ("supermarket", 3.1, 0.97, 5000.0),
)  # fmt: skip
RIM_NOISE = 0.07


@dataclass(frozen=True)
class Blocks:
    """Land between streets: arrays of one length, `roads` and `faces` by face.

    Attributes
    ----------
    ground
        The blocks; face `face[i]` holds `ground[i]`.
    use
        old, town, industry, rural, square, park, school, municipal, church, sports and the like.
    urban, old
        Distance from the centre, see `Place.density`.
    inside
        True for blocks of the town, False for its surroundings.
    faces, roads, paved, waters
        Faces of the street network, the part of each that is road, the sealed part of that, and the part under water.
    face_inside
        True for faces of the town.
    """

    ground: Geometries
    face: NDArray[np.int64]
    use: NDArray[np.str_]
    urban: Floats
    old: Floats
    inside: NDArray[np.bool_]
    faces: Geometries
    roads: Geometries
    paved: Geometries
    waters: Geometries
    face_inside: NDArray[np.bool_]


def make_blocks(faces: Geometries, streets: Streets, canal: shapely.Geometry, area: shapely.Geometry, place: Place, seed: int) -> Blocks:
    """Take the streets out of the faces and say what each block is for.

    Parameters
    ----------
    faces
        Partition of the domain along streets.
    streets
        Centre lines with widths.
    canal
        Ground of the canal; roads cross it on bridges.
    area
        The town.
    place
        Fixed points.
    seed
        Seed of the generator.
    """
    surfaces = streets.surfaces()
    kept = shapely.difference(faces, _touching(faces, surfaces))
    wet = shapely.intersects(kept, canal)
    waters = np.where(wet, shapely.intersection(kept, canal), shapely.Polygon())
    dry = np.where(wet, shapely.difference(kept, canal), kept)
    ground, face = parts(dry, 40.0)
    roads = shapely.difference(faces, _collect(ground, face, len(faces)))
    roads[wet] = shapely.difference(roads[wet], waters[wet])
    paved = shapely.intersection(roads, _touching(faces, surfaces[streets.paved]))
    centre = shapely.get_coordinates(shapely.point_on_surface(ground))
    urban, old = place.density(centre)
    shapely.prepare(area)
    return Blocks(
        ground, face, _uses(ground, centre, urban, old, place, stream(seed, "uses")), urban, old,
        shapely.contains_xy(area, centre), faces, roads, paved, waters, shapely.contains(area, shapely.point_on_surface(faces)),
    )  # fmt: skip


def _touching(faces: Geometries, surfaces: Geometries) -> Geometries:
    """For each face the union of the surfaces that touch it."""
    which, hit = shapely.STRtree(surfaces).query(faces, predicate="intersects")
    return _collect(surfaces[hit], which, len(faces))


def _collect(geometries: Geometries, index: NDArray[np.int64], n: int) -> Geometries:
    """Union of the geometries of each index; empty where there is none."""
    order = np.argsort(index, kind="stable")
    geometries, index = geometries[order], index[order]
    cuts = np.searchsorted(index, np.arange(n + 1))
    return np.array([shapely.union_all(geometries[cuts[i] : cuts[i + 1]]) for i in range(n)], dtype=object)


def _uses(ground: Geometries, centre: Floats, urban: Floats, old: Floats, place: Place, rng: np.random.Generator) -> NDArray[np.str_]:
    area = shapely.area(ground)
    rim = 1.0 + rng.normal(0.0, RIM_NOISE, len(ground))
    use = np.where(old < 1.0, "old", np.where((urban < rim) & (area < 30000.0), "town", "rural")).astype("<U12")
    use[place.industrial(centre) & (area < 60000.0) & (old > 1)] = "industry"
    for n in place.nuclei:
        use[shapely.contains_xy(ground, n.east, n.north)] = "square"
        use[shapely.contains_xy(ground, *church_point(n))] = "church"
    town = place.nuclei[0]
    for what, angle, distance, least in ANCHORS:
        reach = float(town.reach(np.array([angle]))[0]) * distance
        gap = np.hypot(centre[:, 0] - town.east - reach * np.cos(angle), centre[:, 1] - town.north - reach * np.sin(angle))
        free = (use == "town") & (area >= least)
        if free.any() and gap[free].min() < 160.0:
            use[np.argmin(np.where(free, gap, np.inf))] = what
    return use
