"""Where the generated town lies: centres, neighbours, density of the built-up area, terrain.

Positions of Carmiano, Magliano and the neighbouring towns are those of it.wikipedia.org; the rest of the plan is invented.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Latitude and longitude [deg].
CENTRE = (40.3458, 18.0458)
HAMLET = (40.3374, 18.0629)
NEIGHBOURS: tuple[tuple[str, float, float], ...] = (
    ("Novoli", 40.3774, 18.0486),
    ("Lecce", 40.3750, 18.1300),
    ("Arnesano", 40.3395, 18.0950),
    ("Magliano", *HAMLET),
    ("Copertino", 40.2738, 18.0441),
    ("Leverano", 40.2884, 17.9994),
    ("Veglie", 40.3354, 17.9627),
    ("Salice", 40.3842, 17.9608),
)
# The whole default town: config values scale the rest in proportion.
TOWN_BUILDINGS = 8000


def stream(seed: int, part: str) -> np.random.Generator:
    """A generator of its own for each part, so that a change in one part leaves the others as they are."""
    return np.random.default_rng([seed, zlib.crc32(part.encode())])


@dataclass(frozen=True)
class Nucleus:
    """A built-up area: a centre, the radius where it ends and lobes along its roads.

    Attributes
    ----------
    east, north
        Centre [m].
    radius_m
        Mean radius of the built-up area [m].
    old_m
        Mean radius of the old centre [m].
    lobes
        Directions of the roads it grows along [rad, counter-clockwise from east].
    """

    east: float
    north: float
    radius_m: float
    old_m: float
    lobes: tuple[float, ...]

    def reach(self, angle: Floats) -> Floats:
        """Radius of the built-up area in a direction [m]."""
        grow = sum((np.exp(6.0 * (np.cos(angle - a) - 1.0)) for a in self.lobes), np.zeros_like(angle))
        return np.asarray(self.radius_m * (0.80 + 0.30 * np.minimum(grow, 1.6)))

    def wall(self, angle: Floats) -> Floats:
        """Radius of the old centre in a direction [m]."""
        return np.asarray(self.old_m * (1.0 + 0.13 * np.sin(2 * angle + 0.7) + 0.08 * np.sin(3 * angle + 2.0) + 0.04 * np.sin(5 * angle)))


@dataclass(frozen=True)
class Place:
    """The plan's fixed points in the town's metric system."""

    nuclei: tuple[Nucleus, ...]
    roads: tuple[tuple[str, float, float], ...]
    industry: tuple[float, float, float]

    def density(self, points: Floats) -> tuple[Floats, Floats]:
        """How far out a point lies.

        Parameters
        ----------
        points
            Easting and northing, shape (n, 2) [m].

        Returns
        -------
        urban, old : arrays of shape (n,)
            0 at a centre, 1 at the rim of the built-up area; the same for the old centre.
        """
        urban, old = np.full(len(points), np.inf), np.full(len(points), np.inf)
        for n in self.nuclei:
            dx, dy = points[:, 0] - n.east, points[:, 1] - n.north
            r, a = np.hypot(dx, dy), np.arctan2(dy, dx)
            urban = np.minimum(urban, r / n.reach(a))
            old = np.minimum(old, r / n.wall(a))
        return urban, old

    def industrial(self, points: Floats) -> NDArray[np.bool_]:
        """Points of the industrial area."""
        x, y, r = self.industry
        d = np.hypot((points[:, 0] - x) / 1.35, points[:, 1] - y)
        return np.asarray(d < r)


def find_place(boundary: shapely.Geometry, epsg: int, buildings: int) -> tuple[Place, bool]:
    """The fixed points of the plan in a boundary.

    Parameters
    ----------
    boundary
        Municipal boundary in `epsg`.
    epsg
        Metric system of the town.
    buildings
        Buildings of the whole town; the built-up area grows with it.

    Returns
    -------
    place
    moved : bool
        True where Carmiano's centre lies outside and the plan was moved to the middle of the boundary.
    """
    from pyproj import Transformer

    to = Transformer.from_crs("EPSG:4326", f"EPSG:{epsg}", always_xy=True)
    centre, hamlet = (np.array(to.transform(p[1], p[0])) for p in (CENTRE, HAMLET))
    towns = [(name, np.array(to.transform(lon, lat))) for name, lat, lon in NEIGHBOURS]
    moved = not bool(shapely.contains_xy(boundary, *centre))
    if moved:
        middle = shapely.point_on_surface(boundary)
        shift = np.array([middle.x, middle.y]) - centre
        centre, hamlet, towns = centre + shift, hamlet + shift, [(n, p + shift) for n, p in towns]
    scale = float(np.sqrt(buildings / TOWN_BUILDINGS))
    angles = tuple(float(np.arctan2(*(p - centre)[::-1])) for _, p in towns)
    small = tuple(float(np.arctan2(*(p - hamlet)[::-1])) for p in (centre, towns[2][1], towns[4][1]))
    nuclei = (
        Nucleus(float(centre[0]), float(centre[1]), 762.0 * scale, 235.0 * scale, angles),
        Nucleus(float(hamlet[0]), float(hamlet[1]), 385.0 * scale, 115.0 * scale, small),
    )
    lecce = towns[1][1] - centre
    industry = centre + lecce / np.hypot(*lecce) * 1480.0 * scale
    roads = tuple((name, float(p[0]), float(p[1])) for name, p in towns)
    return Place(nuclei, roads, (float(industry[0]), float(industry[1]), 295.0 * scale)), moved


def latitude_longitude(place: Place, epsg: int) -> tuple[float, float]:
    """Where the town's centre lies [deg]."""
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(f"EPSG:{epsg}", "EPSG:4326", always_xy=True).transform(place.nuclei[0].east, place.nuclei[0].north)
    return float(lat), float(lon)


@dataclass(frozen=True)
class Terrain:
    """A gentle plane with soft undulation, cheap on whole tiles: a sum of products of easting and northing.

    Attributes
    ----------
    base_m
        Elevation at the origin: Carmiano lies at 31 m (it.wikipedia.org).
    """

    east: float
    north: float
    waves: Floats
    base_m: float = 31.0

    @classmethod
    def make(cls, seed: int, east: float, north: float) -> Terrain:
        """Waves of 0.9 to 3 km length and up to 1.4 m height."""
        rng = stream(seed, "terrain")
        length, turn = rng.uniform(900.0, 3000.0, 7), rng.uniform(0.0, np.pi, 7)
        k = 2.0 * np.pi / length
        return cls(east, north, np.column_stack([k * np.cos(turn), k * np.sin(turn), rng.uniform(0.0, 6.28, 7), length / 3000.0 * rng.uniform(0.5, 1.4, 7)]))

    def at(self, east: Floats, north: Floats) -> Floats:
        """Ground elevation at points [m], arrays of one shape."""
        x, y = east - self.east, north - self.north
        z = self.base_m - 0.0011 * x + 0.0007 * y
        for kx, ky, phase, height in self.waves:
            z = z + height * np.sin(kx * x + ky * y + phase)
        return np.asarray(z)

    def grid(self, east: Floats, north: Floats) -> Floats:
        """Ground elevation on the lattice of eastings and northings, shape (len(north), len(east)) [m]."""
        x, y = east - self.east, north - self.north
        columns = [np.ones_like(x), -0.0011 * x]
        rows = [self.base_m + 0.0007 * y, np.ones_like(y)]
        for kx, ky, phase, height in self.waves:
            columns += [np.sin(kx * x), np.cos(kx * x)]
            rows += [height * np.cos(ky * y + phase), height * np.sin(ky * y + phase)]
        return np.asarray(np.column_stack(rows) @ np.vstack(columns))
