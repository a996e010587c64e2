"""Roof planes of many buildings at once: planes, their outlines and what describes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.core.solar.outlines import Regions, outlines
from pipeline.core.solar.planes import PlaneRules, azimuth_deg, describe, search, tilt_deg
from pipeline.core.solar.walls import wall_normals_deg


@dataclass(frozen=True)
class BuildingCells:
    """One building on the surface model.

    Parameters
    ----------
    building
        Its number in the caller's table.
    footprint
        Polygon or multipolygon.
    surface : array of shape (rows, cols)
        Elevation of the highest thing in each cell of the window around the footprint [m]; NaN where not known.
    inside : bool array of shape (rows, cols)
        Cells whose centre lies in the footprint and in no other building's.
    west, north
        Outer corner of the window's first cell [m].
    """

    building: int
    footprint: shapely.Geometry
    surface: NDArray[np.float32]
    inside: NDArray[np.bool_]
    west: float
    north: float


@dataclass(frozen=True)
class Rooftops:
    """Planes of many buildings; arrays of one row for each plane, in the order of the buildings.

    Attributes
    ----------
    building, number
        Building of the plane, and the plane's number in it, from 1 by falling area.
    surface_tilt, surface_azimuth
        Tilt from horizontal and direction faced [deg].
    plan_area_m2, area_m2
        Area of the outline, and in the slope (of vaults: of the curved surface) [m2].
    residual_m, inlier_share, tilt_se_deg, curved
        See `planes.Planes`.
    plane_z_m
        Elevation of the plane at the outline's representative point (`shapely.point_on_surface`) [m].
    outline
        Polygon or multipolygon; burning it on the surface's grid gives the plane's cells.
    """

    building: NDArray[np.int64]
    number: NDArray[np.int64]
    surface_tilt: NDArray[np.float64]
    surface_azimuth: NDArray[np.float64]
    plan_area_m2: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    residual_m: NDArray[np.float64]
    inlier_share: NDArray[np.float64]
    tilt_se_deg: NDArray[np.float64]
    curved: NDArray[np.int8]
    plane_z_m: NDArray[np.float64]
    outline: NDArray[np.object_]


def rooftops(groups: Sequence[Sequence[BuildingCells]], cell_m: float, rules: PlaneRules) -> Rooftops:
    """Planes of all buildings of the groups.

    Parameters
    ----------
    groups
        Buildings, in groups as they were read.
    cell_m
        Side of a cell [m].
    rules
        What counts as a plane.

    Returns
    -------
    Rooftops
        Buildings without a plane have no row.
    """
    cells = [one for group in groups for one in group]
    found = search([(one.surface, one.inside) for one in cells], cell_m, rules)
    planes = describe(found, wall_normals_deg([one.footprint for one in cells]), cell_m)
    shapes = outlines([Regions(f.labels, c.inside, c.west, c.north, c.footprint) for c, f in zip(cells, found, strict=True)], cell_m)
    counts = [len(f.fits) for f in found]
    point = shapely.point_on_surface(shapes)
    fits = planes.coefficients
    plan_area = shapely.area(shapes)
    area = plan_area * planes.stretch
    owner = np.repeat(np.arange(len(cells)), counts)
    west, north = np.repeat([c.west for c in cells], counts), np.repeat([c.north for c in cells], counts)
    return Rooftops(
        building=np.repeat(np.array([c.building for c in cells], dtype=np.int64), counts),
        number=_numbers(area, owner),
        surface_tilt=tilt_deg(fits),
        surface_azimuth=azimuth_deg(fits),
        plan_area_m2=plan_area,
        area_m2=area,
        residual_m=planes.residual_m,
        inlier_share=planes.inlier_share,
        tilt_se_deg=planes.tilt_se_deg,
        curved=planes.curved,
        plane_z_m=fits[:, 2] + fits[:, 0] * (shapely.get_x(point) - west) + fits[:, 1] * (shapely.get_y(point) - north),
        outline=shapes,
    )


def _numbers(area: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of each plane in its building: by falling area in the slope, then in the order found."""
    order = np.lexsort((np.arange(len(owner)), -np.round(area, 6), owner))
    number = np.empty(len(owner), dtype=np.int64)
    number[order] = np.arange(len(owner)) - np.searchsorted(owner[order], owner[order]) + 1
    return number
