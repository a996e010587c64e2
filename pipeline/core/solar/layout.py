"""Modules on a usable area: rows along the eave or facing the equator, as many as fit.

Every module is a rectangle that lies wholly inside the usable polygon; `packing` finds the rows that take most of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.core.solar.outlines import bundle
from pipeline.core.solar.packing import pack


@dataclass(frozen=True)
class Module:
    """A module and the gap between modules [m]."""

    width_m: float
    length_m: float
    gap_m: float


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
    upright = (np.full(len(areas), module.width_m), module.length_m * cosine, (module.length_m + module.gap_m) * cosine)
    across = (np.full(len(areas), module.length_m), module.width_m * cosine, (module.width_m + module.gap_m) * cosine)
    return _better(areas, surface_azimuth, gap, upright, across)


def lay_racks(areas: NDArray[np.object_], rack_tilt: float, rack_azimuth: NDArray[np.float64], gcr: float, module: Module) -> Layout:
    """Tilted rows on flat roofs.

    Parameters
    ----------
    areas
        Usable areas in plan, n polygons or multipolygons.
    rack_tilt
        Of the modules [deg].
    rack_azimuth : array of shape (n,)
        Direction the modules face [deg].
    gcr
        Ground coverage ratio: slope length of a row over the distance from row to row.
    module
        Its size.

    Returns
    -------
    Layout
        The orientation (portrait or landscape) that takes more modules; portrait where both take the same.
    """
    cosine = math.cos(math.radians(rack_tilt))
    upright, across = (
        tuple(np.full(len(areas), size) for size in (along, slope * cosine, rack_pitch(slope, rack_tilt, gcr, module.gap_m)))
        for along, slope in ((module.width_m, module.length_m), (module.length_m, module.width_m))
    )
    return _better(areas, rack_azimuth, np.full(len(areas), module.gap_m), upright, across)


def rack_pitch(slope_m: float, rack_tilt: float, gcr: float, gap_m: float) -> float:
    """Distance from row to row [m]: slope length over ground coverage ratio, never so tight that rows touch."""
    return max(slope_m / gcr, slope_m * math.cos(math.radians(rack_tilt)) + gap_m)


# Along the row, up the slope in plan, from row to row; one value for each area.
Sizes = tuple[NDArray[np.float64], ...]


def _better(areas: NDArray[np.object_], azimuth: NDArray[np.float64], gap: NDArray[np.float64], upright: Sizes, across: Sizes) -> Layout:
    """Lay both orientations and keep the one with more modules."""
    n = len(areas)
    edges, first = _edges(areas, azimuth)
    counts, corners = [], []
    for sizes in (upright, across):
        count, corner = pack(edges, first, *sizes, gap, int(np.sum(np.floor(shapely.area(areas) / (sizes[0] * sizes[1]) + 1e-6))))
        counts.append(count)
        corners.append(corner)
    portrait = counts[0] >= counts[1]
    modules = np.where(portrait, counts[0], counts[1])
    rectangles = np.full(n, shapely.MultiPolygon(), dtype=object)
    for count, corner, sizes, chosen in ((counts[0], corners[0], upright, portrait), (counts[1], corners[1], across, ~portrait)):
        owner = np.repeat(np.arange(n), count)
        keep = chosen[owner]
        owner = owner[keep]
        boxes = _boxes(corner[keep], sizes[0][owner], sizes[1][owner], azimuth[owner])
        rectangles[chosen] = bundle(boxes, owner, n)[chosen]
    return Layout(modules, rectangles, portrait)


def _turn(azimuth: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cosine and sine that take (easting, northing) to (u along the row, v up the slope), v opposite to the azimuth."""
    angle = np.radians(azimuth)
    return -np.cos(angle), np.sin(angle)


def _edges(areas: NDArray[np.object_], azimuth: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Sides (u0, v0, u1, v1) of all rings, turned to their rows, and where those of each area begin."""
    rings, owner = shapely.get_rings(areas, return_index=True) if len(areas) else (np.empty(0, dtype=object), np.empty(0, dtype=np.int64))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    c, s = _turn(azimuth[owner[ring]])
    u, v = c * xy[:, 0] + s * xy[:, 1], -s * xy[:, 0] + c * xy[:, 1]
    same = ring[1:] == ring[:-1]
    edges = np.column_stack([u[:-1], v[:-1], u[1:], v[1:]])[same]
    first = np.searchsorted(owner[ring[1:][same]], np.arange(len(areas) + 1))
    return np.ascontiguousarray(edges), first.astype(np.int64)


def _boxes(corner: NDArray[np.float64], width: NDArray[np.float64], height: NDArray[np.float64], azimuth: NDArray[np.float64]) -> NDArray[np.object_]:
    """Rectangles from their low corner (u, v), turned back to easting and northing."""
    u = corner[:, :1] + np.stack([0 * width, width, width, 0 * width], axis=1)
    v = corner[:, 1:] + np.stack([0 * height, 0 * height, height, height], axis=1)
    c, s = (k[:, None] for k in _turn(azimuth))
    return np.asarray(shapely.polygons(np.stack([c * u - s * v, s * u + c * v], axis=2)), dtype=object)


def row_shading(latitude: float, surface_tilt: float, surface_azimuth: float, gcr: float) -> float:
    """Share of the year's beam that a row loses to the row in front, on level ground, rows endless.

    Parameters
    ----------
    latitude
        [deg], south negative.
    surface_tilt, surface_azimuth
        Of the modules [deg].
    gcr
        Slope length over row pitch.

    Returns
    -------
    float
        0-1. In a plane across the rows with the sun at the angle a over the horizon in front of the modules, the shaded
        share of the slope is 1 - sin(a) / (gcr sin(a + tilt)), clipped to 0-1 (similar triangles; pvlib's
        `shaded_fraction1d` gives the same). It is weighted over Klein's mean days of the months
        (1977, doi:10.1016/0038-092X(77)90001-9), every 10 minutes, by the cosine of incidence times a clear-sky beam of
        0.7 ** (air mass ** 0.678) (Meinel & Meinel 1976) with Kasten & Young's air mass (1989, doi:10.1364/AO.28.004735).

    Examples
    --------
    >>> round(row_shading(40.3, 10.0, 180.0, 0.8), 3)
    0.01
    """
    elevation, azimuth = _mean_days(latitude)
    up = elevation > 0.0
    elevation, azimuth = elevation[up], azimuth[up]
    tilt, facing = math.radians(surface_tilt), math.radians(surface_azimuth)
    ahead = np.cos(elevation) * np.cos(azimuth - facing)
    incidence = np.sin(elevation) * math.cos(tilt) + ahead * math.sin(tilt)
    across = np.arctan2(np.sin(elevation), ahead)
    with np.errstate(divide="ignore", invalid="ignore"):
        shaded = np.clip(1.0 - np.sin(across) / (gcr * np.sin(across + tilt)), 0.0, 1.0)
    shaded = np.where(incidence > 0.0, shaded, 0.0)
    degrees = np.degrees(elevation)
    air_mass = 1.0 / (np.sin(elevation) + 0.50572 * (degrees + 6.07995) ** -1.6364)
    weight = np.maximum(incidence, 0.0) * 0.7 ** (air_mass**0.678)
    return float((weight * shaded).sum() / weight.sum())


def _mean_days(latitude: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Elevation and azimuth of the sun [rad] every 10 minutes of solar time on Klein's mean day of each month, by days of the month."""
    days = np.array([17, 47, 75, 105, 135, 162, 198, 228, 258, 288, 318, 344])
    # Spencer's series (1971, Search 2(5), 172), day angle b.
    b = 2.0 * np.pi * (days - 1) / 365.0
    declination = (
        0.006918 - 0.399912 * np.cos(b) + 0.070257 * np.sin(b)
        - 0.006758 * np.cos(2 * b) + 0.000907 * np.sin(2 * b) - 0.002697 * np.cos(3 * b) + 0.00148 * np.sin(3 * b)
    )  # fmt: skip
    hour = np.radians(np.arange(-180.0 + 1.25, 180.0, 2.5))
    d, h = np.meshgrid(declination, hour, indexing="ij")
    lat = math.radians(latitude)
    elevation = np.arcsin(np.sin(lat) * np.sin(d) + np.cos(lat) * np.cos(d) * np.cos(h))
    azimuth = np.pi + np.arctan2(np.sin(h), np.cos(h) * np.sin(lat) - np.tan(d) * np.cos(lat))
    return elevation.ravel(), azimuth.ravel()
