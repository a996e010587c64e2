"""Modules on a usable area: rows along the eave of a pitched roof, racks on a flat one.

Every module is a rectangle that lies wholly inside the usable polygon; `packing` finds the rows that take most of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.core.solar.packing import pack


@dataclass(frozen=True)
class Module:
    """A module and the gap between modules [m]."""

    width_m: float
    length_m: float
    gap_m: float


# Along the row, up the slope in plan, from row to row, gap between modules; one value for each area.
Sizes = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class Layout:
    """Modules on each of n areas.

    Attributes
    ----------
    modules : int array of shape (n,)
        Number of modules; 0 where none fits.
    rectangles : object array of shape (n,)
        MultiPolygon of the modules in plan; empty where none fits.
    portrait : bool array of shape (n,)
        True where the long side lies along the slope.
    """

    modules: NDArray[np.int64]
    rectangles: NDArray[np.object_]
    portrait: NDArray[np.bool_]


def lay_parallel(areas: NDArray[np.object_], surface_tilt: NDArray[np.float64], surface_azimuth: NDArray[np.float64], module: Module) -> Layout:
    """Modules parallel to the roof, rows along its eave.

    Parameters
    ----------
    areas
        Usable areas in plan, n polygons or multipolygons.
    surface_tilt, surface_azimuth : arrays of shape (n,)
        Of the roof [deg].
    module
        Its size.

    Returns
    -------
    Layout
        The orientation (portrait or landscape) that takes more modules; portrait where both take the same.
    """
    cosine = np.cos(np.radians(surface_tilt))
    gap = np.full(len(areas), module.gap_m)
    upright = (np.full(len(areas), module.width_m), module.length_m * cosine, (module.length_m + module.gap_m) * cosine, gap)
    across = (np.full(len(areas), module.length_m), module.width_m * cosine, (module.width_m + module.gap_m) * cosine, gap)
    return _better(areas, surface_azimuth, upright, across)


def _better(areas: NDArray[np.object_], azimuth: NDArray[np.float64], upright: Sizes, across: Sizes) -> Layout:
    """Lay both orientations and keep the one with more modules."""
    n = len(areas)
    turned = turned_edges(areas, azimuth)
    counts, corners = [], []
    for sizes in (upright, across):
        count, corner = packed(turned, areas, sizes)
        counts.append(count)
        corners.append(corner)
    portrait = counts[0] >= counts[1]
    modules = np.where(portrait, counts[0], counts[1])
    rectangles = np.empty(n, dtype=object)
    for count, corner, sizes, chosen in ((counts[0], corners[0], upright, portrait), (counts[1], corners[1], across, ~portrait)):
        keep = np.repeat(chosen, count)
        rectangles[chosen] = drawn(corner[keep], count[chosen], sizes[0][chosen], sizes[1][chosen], azimuth[chosen])
    return Layout(modules, rectangles, portrait)


def packed(turned: tuple[NDArray[np.float64], NDArray[np.int64]], areas: NDArray[np.object_], sizes: Sizes) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rectangles of the given sizes in areas whose sides are turned to their rows; see `packing.pack`."""
    along, slope, pitch, gap = sizes
    room = int(np.sum(np.floor(shapely.area(areas) / (along * slope) + 1e-6)))
    return pack(*turned, along, slope, pitch, gap, room)


def _turn(azimuth: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cosine and sine that take (easting, northing) to (u along the row, v up the slope), v opposite to the azimuth."""
    angle = np.radians(azimuth)
    return -np.cos(angle), np.sin(angle)


def turned_edges(areas: NDArray[np.object_], azimuth: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Sides (u0, v0, u1, v1) of all rings, turned to their rows, and where those of each area begin."""
    # Rings are given of polygons only, so multipolygons are taken apart.
    parts, owner = shapely.get_parts(areas, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True) if len(parts) else (np.empty(0, dtype=object), np.empty(0, dtype=np.int64))
    owner = owner[part]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    c, s = _turn(azimuth[owner[ring]])
    u, v = c * xy[:, 0] + s * xy[:, 1], -s * xy[:, 0] + c * xy[:, 1]
    same = ring[1:] == ring[:-1]
    edges = np.column_stack([u[:-1], v[:-1], u[1:], v[1:]])[same]
    first = np.searchsorted(owner[ring[1:][same]], np.arange(len(areas) + 1))
    return np.ascontiguousarray(edges), first.astype(np.int64)


def drawn(
    corner: NDArray[np.float64], count: NDArray[np.int64], width: NDArray[np.float64], height: NDArray[np.float64], azimuth: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Rectangles of areas as one multipolygon each, turned back to easting and northing; empty where there is none.

    Parameters
    ----------
    corner
        Low corner (u, v) of each rectangle, area by area, shape (rectangles, 2) [m].
    count
        Rectangles of each of n areas.
    width, height, azimuth
        Of the rectangles of each area, shape (n,) [m], [m], [deg].
    """
    owner = np.repeat(np.arange(len(count)), count)
    w, h, c, s = (k[owner, np.newaxis] for k in (width, height, *_turn(azimuth)))
    # The ring ends where it began.
    u = corner[:, :1] + w * np.array([0, 1, 1, 0, 0])
    v = corner[:, 1:] + h * np.array([0, 0, 1, 1, 0])
    corners = np.stack([c * u - s * v, s * u + c * v], axis=2).reshape(-1, 2)
    rings = np.arange(len(owner) + 1)
    return np.asarray(shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, corners, (5 * rings, rings, np.concatenate([[0], np.cumsum(count)]))), dtype=object)
