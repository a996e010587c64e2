"""Stage `obstacles`: chimneys, stair-heads, tanks, light wells and parapets of each roof plane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.compute import Compute, Late, lots
from pipeline.config.solar import ObstaclesConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Obstacles, Roofs
from pipeline.contracts.sources import Buildings, Surface
from pipeline.contracts.spec import Raster, Slim, Table, TableParts
from pipeline.core.grid import Grid
from pipeline.core.solar.obstacles import KINDS, Found, ObstacleRules, PlaneCells, find_obstacles
from pipeline.errors import ContractError
from pipeline.io import rasters
from pipeline.io.shelf import Outlines

Ints = NDArray[np.int64]
GROUP_CELLS = 512
PART_ROWS = 1024
AROUND_CELLS = 2


class Group(NamedTuple):
    """Planes that are looked at together: the cells around them, their numbers among all planes, and all planes near.

    `building` is the place of each plane's footprint among `footprints`.
    """

    surface: Raster[Surface]
    block: Grid
    number: NDArray[np.int64]
    near: NDArray[np.int64]
    shapes: NDArray[np.object_]
    flat: NDArray[np.bool_]
    fit: NDArray[np.float64]
    building: NDArray[np.int64]
    footprints: NDArray[np.object_]


def obstacles(roofs: Slim[Roofs], buildings: Slim[Buildings], surface: Raster[Surface], config: ObstaclesConfig, compute: Compute, notes: Notes) -> Table[Obstacles]:
    """What modules must keep away from on each plane that nothing else speaks against.

    Parameters
    ----------
    roofs
        Planes; those with a reason against them are left out.
    buildings
        Footprints: a wall along the edge stands inside.
    surface
        Elevation; what stands over a plane is seen in its cells.
    config
        Section `obstacles` of town.yaml.
    compute
        Groups of planes run in parallel.
    notes
        Obstacles are counted by kind.

    Returns
    -------
    TableParts[Obstacles]
        Group by group as they are found.
    """
    notes.assume(
        f"What rises more than {config.obstacle_m:g} m over a roof is an obstacle; a wall up to {config.rim_height_m:g} m seen along {config.rim_share:.0%} of a flat roof's edge "
        f"is taken to run all around, {config.rim_m:g} m thick."
    )
    return TableParts(Obstacles, _parts(roofs, _homes(roofs, buildings), Outlines(buildings["geometry"]), surface, config, compute, notes))


def _parts(roofs: Any, home: Ints, footprints: Outlines, surface: Raster[Surface], config: ObstaclesConfig, compute: Compute, notes: Notes) -> Iterator[Any]:
    """Rows of one group of planes after the other, counted as they pass."""
    chosen = np.flatnonzero((roofs["reason"].isna() & (roofs["kind"] != "none")).to_numpy())
    notes.count("planes looked at", len(chosen))
    shapes, kinds = Outlines(roofs["geometry"]), dict.fromkeys(KINDS, 0)
    members = _members(shapes.bounds, chosen, surface.grid)
    groups = Late(lambda g: _group(roofs, home, shapes, footprints, surface, members[g]), len(members))
    rules = ObstacleRules(config.obstacle_m, config.pit_m2, config.rim_height_m, config.rim_m, config.rim_share)
    results = zip(members, compute.batches(look, groups, size=1, params=(rules,)), strict=True)
    for some in lots(results, lambda r: len(r[1].plane), PART_ROWS):
        planes = np.concatenate([own[found.plane] for own, found in some])
        part = _table(roofs, planes, Found(*(np.concatenate(field) for field in zip(*(found for _, found in some), strict=True))), surface.grid.epsg)
        for kind, number in part["kind"].value_counts().items():
            kinds[kind] += int(number)
        yield part
    if not members:
        nothing = np.empty(0, dtype=np.int64)
        yield _table(roofs, nothing, Found(nothing, nothing, nothing, np.empty(0), np.empty(0, dtype=object)), surface.grid.epsg)
    for kind, number in kinds.items():
        notes.count(f"obstacles: {kind}", number)


def _homes(roofs: Any, buildings: Any) -> Ints:
    """Row of each plane's building."""
    home = pd.Index(buildings["building_id"]).get_indexer(roofs["building_id"])
    if (home < 0).any():
        raise ContractError(f"roofs: {int((home < 0).sum())} planes of buildings that are not in buildings (first: {roofs['building_id'].iloc[int(np.argmin(home))]}); rebuild them: make roofs")
    return np.asarray(home, dtype=np.int64)


def _members(bounds: NDArray[np.float64], chosen: Ints, grid: Grid) -> list[Ints]:
    """Planes by the block of the raster that holds their middle."""
    row = np.floor((grid.north - bounds[chosen][:, [1, 3]].mean(axis=1)) / grid.cell_m / GROUP_CELLS)
    col = np.floor((bounds[chosen][:, [0, 2]].mean(axis=1) - grid.west) / grid.cell_m / GROUP_CELLS)
    _, group = np.unique(np.column_stack([row, col]), axis=0, return_inverse=True)
    return [chosen[group == g] for g in range(group.max(initial=-1) + 1)]


def _group(roofs: Any, home: Ints, shapes: Outlines, footprints: Outlines, surface: Raster[Surface], own: Ints) -> Group:
    """One group with what lies around it."""
    grid, bounds = surface.grid, shapes.bounds[own]
    block = grid.crop(grid.window((*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)), AROUND_CELLS))
    near = shapes.touching(*block.bounds)
    homes, building = np.unique(home[own], return_inverse=True)
    planes = roofs.iloc[own]
    return Group(surface, block, own, near, shapes[near], (planes["kind"] == "flat").to_numpy(), _fits(planes, shapes[own]), building, footprints[homes])


def _fits(planes: Any, shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Each plane as rise to the east and to the north, elevation at (0, 0), and cosine of its tilt; NaN where there is none."""
    point = shapely.point_on_surface(shapes)
    slope, azimuth = np.tan(np.radians(planes["surface_tilt"].to_numpy(dtype=float))), np.radians(planes["surface_azimuth"].to_numpy(dtype=float))
    east, north = -slope * np.sin(azimuth), -slope * np.cos(azimuth)
    level = planes["plane_z_m"].to_numpy(dtype=float) - east * shapely.get_x(point) - north * shapely.get_y(point)
    return np.column_stack([east, north, level, 1.0 / np.hypot(1.0, slope)])


def look(groups: Sequence[Group], rules: ObstacleRules) -> Found:
    """Read the surface around one group of planes and find their obstacles."""
    (group,) = groups
    block, grid = group.block, group.surface.grid
    top = rasters.read(group.surface, "surface", grid.window(block.bounds))
    owner = rasters.burn(group.shapes, group.near + 1, block, dtype="int32")
    below = np.unique(group.building[group.flat])
    home = rasters.burn(group.footprints[below], below + 1, block, dtype="int32")
    bounds = shapely.bounds(group.shapes[np.searchsorted(group.near, group.number)])
    east, north = block.west + (np.arange(block.cols) + 0.5) * block.cell_m, block.north - (np.arange(block.rows) + 0.5) * block.cell_m
    planes = []
    for k, (number, fit, building) in enumerate(zip(group.number, group.fit, group.building, strict=True)):
        window = block.window(tuple(bounds[k]), AROUND_CELLS)
        rows, cols = slice(window.row, window.row + window.rows), slice(window.col, window.col + window.cols)
        above = (top[rows, cols] - ((fit[1] * north[rows])[:, np.newaxis] + (fit[0] * east[cols] + fit[2]))) * fit[3]
        own = owner[rows, cols]
        member = own == number + 1
        corner = block.west + window.col * block.cell_m, block.north - window.row * block.cell_m
        planes.append(PlaneCells(above, member, (own > 0) & ~member, home[rows, cols] == building + 1, *corner, group.footprints[building], bool(group.flat[k])))
    return find_obstacles(planes, block.cell_m, rules)


def _table(roofs: Any, number: Ints, found: Found, epsg: int) -> gpd.GeoDataFrame:
    """Rows of obstacles on the planes of some numbers."""
    planes = roofs.iloc[number]
    roof_id = planes["roof_id"].to_numpy()
    table: Any = {
        "obstacle_id": np.array([f"{r}-o{int(n)}" for r, n in zip(roof_id, found.number, strict=True)], dtype=object), "roof_id": roof_id, "building_id": planes["building_id"].to_numpy(),
        "kind": np.array(KINDS, dtype=object)[found.kind.astype(np.int64)], "height_m": found.height_m.astype(float), "area_m2": shapely.area(found.shape),
    }  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=found.shape, crs=epsg)
