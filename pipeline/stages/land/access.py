"""Ways on foot from every building to public green, the green's supply, trees and canopy around: no number of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.land import AccessConfig
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.land import Access
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import COVER_CODES, Boundary, Buildings, Greenspaces, Landcover, Occupancy, Streets, Surface
from pipeline.core.land.access import beyond, entrances, merged_places, spread_along
from pipeline.core.land.supply import floating_catchment, gaussian_decay
from pipeline.core.land.trees import Rules, blocks_around, look_around
from pipeline.core.land.walking import Entrances, Floats, Network, OnWay, Ways, catchment, check_not_shorter, connect, nearest, snap
from pipeline.errors import InputError
from pipeline.io.sections import read_sections
from pipeline.io.vectors import concatenate
from pipeline.io.zonal import BandCells
from pipeline.joins.walking import OnFoot, check_systems, door_points

if TYPE_CHECKING:
    from pipeline.contracts.spec import Raster, Table

TREE_RADII_M = (15, 25, 50)
# What lies this much farther out than the threshold can still matter.
EDGE = 1.5
LONGEST_THRESHOLD_M = 400.0
SPREAD_M = 25.0  # people beyond the boundary stand this far apart along streets


def access(
    buildings: Table[Buildings],
    streets: Table[Streets] | None,
    greenspaces: Table[Greenspaces] | None,
    occupancy: Table[Occupancy] | None,
    surface: Raster[Surface] | None,
    landcover: Raster[Landcover] | None,
    boundary: Table[Boundary] | None,
    layers: Layers | None,
    config: AccessConfig,
    town: Town,
    compute: Compute,
    notes: Notes,
) -> Table[Access]:
    """Distances to public green and open places, straight and on foot; green in reach per person; trees and canopy.

    Parameters
    ----------
    buildings
        Each is one point: its centroid, or a point inside where the centroid is not.
    streets, greenspaces
        Of the town and around it. Without streets there are straight lines only, without greens no distances.
    occupancy
        People, for the supply per person; none of it is written.
    surface, landcover
        For trees and canopy.
    boundary
        To see how far streets and greens reach beyond the town.
    layers
        Kind sections: census sections around the town, whose people share the green with the town's.
    config
        Sizes, kinds and reach.
    town
        Reference system, code.
    compute
        Runs the raster blocks.
    notes
        What was left out, what is not reachable, how far the layers reach.

    Returns
    -------
    DataFrame
        One row a building, sorted by building_id; no column holds a number of people.

    Raises
    ------
    ContractError
        When a way is shorter than the straight line, or coordinates are degrees.
    InputError
        When a reference system is not metric, or not the same for all.
    """
    check_systems("access", buildings, streets, greenspaces)
    points = door_points(np.asarray(buildings.geometry))
    people = None if occupancy is None else occupancy.set_index("building_id")["residents"].reindex(buildings["building_id"]).fillna(0.0).to_numpy(dtype=np.float64)
    on_foot = OnFoot.of(points, streets, config, notes)
    columns = {"on_network": on_foot.status(len(points)), "snap_m": on_foot.snap_m}
    around = _neighbours(layers, boundary, on_foot.network, config, town, notes)
    columns |= _ways_to_places(points, buildings["building_id"].to_numpy(), on_foot, greenspaces, people, around, config, notes)
    columns |= _around(np.asarray(buildings.geometry), points, surface, landcover, config, compute, notes)
    _edge_effects(points, streets, greenspaces, boundary, config, notes)
    table = pd.DataFrame({"building_id": buildings["building_id"].to_numpy(), **columns})
    return table[list(Access.columns())].sort_values("building_id", kind="stable").reset_index(drop=True)


class Neighbours(NamedTuple):
    """People around the town who share its green: places, people at each, where they meet the streets."""

    points: Floats
    people: Floats
    start: OnWay


def _neighbours(layers: Layers | None, boundary: gpd.GeoDataFrame | None, network: Ways | None, config: AccessConfig, town: Town, notes: Notes) -> Neighbours:
    """Sections beyond the boundary, as far as their people can reach what the town's people reach."""
    none = Neighbours(np.empty((0, 2)), np.empty(0), OnWay(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0)))
    if not layers or boundary is None or network is None:
        notes.assume("People beyond the boundary are not known: greens near it seem to serve fewer than they do (sources.access, kind sections, brings them in).")
        return none
    if others := sorted({y.source.kind for y in layers} - {"sections"}):
        raise InputError(f"sources.access: kind {', '.join(others)}; expected sections: census sections around the town with their residents")
    frame = concatenate([read_sections(layer, path, town, notes) for layer in layers for path in layer.paths])
    shapes, inhabitants = np.asarray(frame.geometry, dtype=object), frame["residents"].to_numpy(dtype=np.float64)
    whole = shapely.union_all(np.asarray(boundary.geometry))
    # Whoever is twice the reach away shares no green with anybody of the town.
    near = ~shapely.covers(whole, shapely.point_on_surface(shapes)) & shapely.dwithin(whole, shapes, 2.0 * config.catchment_m)
    points, each = spread_along(network.lines, shapes[near], inhabitants[near], SPREAD_M)
    start = snap(points, network)
    far = start.off > config.max_snap_m
    notes.count("sections beyond the boundary", int(near.sum()))
    notes.figure("people_beyond_the_boundary", float(each.sum()))
    notes.figure("people_beyond_the_boundary_far_from_streets", float(each[far].sum()))
    notes.assume("People beyond the boundary stand evenly along the walkable streets of their census section; they share the green, and have no rows.")
    return Neighbours(points, each, start._replace(edge=np.where(far, -1, start.edge)))


def _ways_to_places(
    points: Floats, names: NDArray[Any], on_foot: OnFoot, greenspaces: gpd.GeoDataFrame | None, people: Floats | None, around: Neighbours, config: AccessConfig, notes: Notes
) -> dict[str, Any]:
    """Columns of distances and of the supply."""
    public = _public(greenspaces, config, notes)
    shapes = np.asarray(public.geometry, dtype=object)
    doors, graph = _doors(shapes, on_foot, config)
    green = public["green"].to_numpy(dtype=bool)
    place = np.full(len(public), -1)
    place[green], outlines = merged_places(shapes[green])
    area = shapely.area(outlines)
    size = np.where(green, np.append(area, 0.0)[place], 0.0)
    out: dict[str, Any] = {}
    for prefix, counts in (("green", green & (size >= config.min_green_ha * 1e4)), ("large_green", green & (size >= config.min_large_green_ha * 1e4)), ("open", np.ones(len(public), dtype=bool))):
        linear, walk, door = _to(points, shapes, counts, on_foot, graph, doors)
        check_not_shorter(walk, linear, names, prefix)
        out |= {f"{prefix}_linear_m": linear, f"{prefix}_network_m": walk}
        notes.count(f"buildings without a way on foot: {prefix}", int(np.isnan(walk).sum()))
        if prefix == "green":
            out |= _led_to(points, shapes, counts, door, doors, public["greens_id"].to_numpy(), linear)
    _report_doors(public, place, outlines, doors, on_foot, notes)
    out["green_m2_per_person"] = _supply(points, outlines, place, on_foot, graph, doors, people, around, config, notes)
    return out


def _public(greenspaces: gpd.GeoDataFrame | None, config: AccessConfig, notes: Notes) -> gpd.GeoDataFrame:
    """Places open to anyone; `green` says which are of a green kind."""
    if greenspaces is None or greenspaces.empty:
        notes.warn("No green or open place is known: there are no distances to any.")
        return gpd.GeoDataFrame({"greens_id": [], "green": np.empty(0, dtype=bool)}, geometry=[])
    rows = greenspaces[greenspaces["public"]].reset_index(drop=True)
    rows = rows.assign(green=rows["kind"].isin(config.green_kinds))
    notes.count("places left out: not open to anyone", len(greenspaces) - len(rows))
    notes.count("public places", len(rows))
    notes.count("public places: green", int(rows["green"].sum()))
    notes.assume(f"Public green is what anyone may enter of the kinds {', '.join(config.green_kinds)}; outlines that touch are one green.")
    if not rows["green"].any():
        notes.warn("No public green is known in the town or around it: nobody has access to any.")
    return rows


def _doors(shapes: NDArray[Any], on_foot: OnFoot, config: AccessConfig) -> tuple[Entrances, Network | None]:
    if on_foot.network is None:
        none = np.empty(0, dtype=np.int64)
        return Entrances(none, OnWay(none, np.empty(0), np.empty(0)), np.empty((0, 2)), np.empty(0, dtype=bool)), None
    doors = entrances(shapes, on_foot.network, config.entrance_every_m, config.entrance_reach_m)
    return doors, connect(on_foot.network, doors)


def _to(points: Floats, shapes: NDArray[Any], counts: NDArray[np.bool_], on_foot: OnFoot, graph: Network | None, doors: Entrances) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Straight line, way and entrance to the nearest of the places that count; 0 for a building inside one."""
    missing = np.full(len(points), np.nan)
    if not counts.any() or not len(points):
        return missing, missing.copy(), np.full(len(points), -1)
    _, linear = shapely.STRtree(shapes[counts]).query_nearest(shapely.points(points), all_matches=False, return_distance=True)
    if graph is None:
        return linear, missing, np.full(len(points), -1)
    walk, door = nearest(on_foot.start, graph, np.flatnonzero(counts[doors.place]))
    inside = linear == 0.0
    return linear, np.where(inside, 0.0, walk), np.where(inside, -1, door)


def _led_to(points: Floats, shapes: NDArray[Any], counts: NDArray[np.bool_], door: NDArray[np.int64], doors: Entrances, ids: NDArray[Any], linear: Floats) -> dict[str, Any]:
    green = np.full(len(points), None, dtype=object)
    green[door >= 0] = ids[doors.place[door[door >= 0]]]
    if (inside := np.flatnonzero(linear == 0.0)).size:
        rows = np.flatnonzero(counts)
        point, place = shapely.STRtree(shapes[rows]).query(shapely.points(points[inside]), predicate="intersects")
        green[inside[point[::-1]]] = ids[rows[place[::-1]]]
    where = np.full((len(points), 2), np.nan)
    where[door >= 0] = doors.points[door[door >= 0]]
    return {"green_id": green, "entrance_easting_m": where[:, 0], "entrance_northing_m": where[:, 1]}


def _report_doors(public: gpd.GeoDataFrame, place: NDArray[np.int64], outlines: NDArray[Any], doors: Entrances, on_foot: OnFoot, notes: Notes) -> None:
    notes.figure("public_green_m2", float(shapely.area(outlines).sum()))
    if on_foot.network is None:
        return
    notes.count("entrances where a way crosses an outline", int(doors.crossing.sum()))
    notes.count("entrances assumed on outlines no way crosses", int((~doors.crossing).sum()))
    entered = np.isin(np.arange(len(public)), doors.place)
    shut = np.setdiff1d(np.arange(len(outlines)), place[entered & (place >= 0)])
    notes.count("public greens without any entrance", len(shut))
    notes.count("other public places without any entrance", int((~entered & (place < 0)).sum()))
    for row in shut[:5]:
        first = public.iloc[int(np.argmax(place == row))]
        notes.warn(f"Public green {first['greens_id']} ({shapely.area(outlines[row]) / 1e4:.2f} ha) has no entrance: no walkable street crosses its outline or comes near it. It counts for straight lines only.")


def _supply(
    points: Floats, outlines: NDArray[Any], place: NDArray[np.int64], on_foot: OnFoot, graph: Network | None, doors: Entrances,
    people: Floats | None, around: Neighbours, config: AccessConfig, notes: Notes,
) -> Floats:  # fmt: skip
    if people is None or graph is None or not people.sum() > 0.0:
        notes.assume("The supply of green per person is missing: it needs streets and residents.")
        return np.full(len(points), np.nan)
    everyone = np.concatenate([points, around.points])
    number = np.concatenate([people, around.people])
    start = OnWay(*(np.concatenate(pair) for pair in zip(on_foot.start, around.start, strict=True)))
    inside = shapely.STRtree(shapely.points(everyone)).query(outlines, predicate="intersects")[::-1]
    point, green, length = catchment(start, graph, place[doors.place], len(outlines), config.catchment_m, inside)
    supply = shapely.area(outlines)
    per_person, shared = floating_catchment(point, green, gaussian_decay(length, config.catchment_m), number, supply)
    notes.figure("supply_shared_m2", float(shared.sum()))
    notes.figure("supply_without_people_m2", float(supply.sum() - shared.sum()))
    notes.figure("supply_times_people_m2", float((per_person * number).sum()))
    if len(around.points):
        notes.figure("supply_of_people_beyond_m2", float((per_person * number)[len(points) :].sum()))
    return per_person[: len(points)]


def _around(
    shapes: NDArray[Any], points: Floats, surface: Raster[Surface] | None, landcover: Raster[Landcover] | None, config: AccessConfig, compute: Compute, notes: Notes
) -> dict[str, Any]:
    """Columns of trees and canopy."""
    trees = {f"trees_{r}m": pd.array([pd.NA] * len(points), dtype="Int64") for r in TREE_RADII_M}
    if surface is None or landcover is None:
        notes.assume("Trees and canopy around buildings are missing: they need a surface and a land cover.")
        return trees | {"canopy_share": np.full(len(points), np.nan)}
    readers = (BandCells(surface, "height"), BandCells(landcover, "cover"))
    work = blocks_around(surface.grid, points, config.canopy_radius_m, max(TREE_RADII_M) + _widest(shapes), readers)
    rules = Rules(config.canopy_height_m, COVER_CODES["building"], config.canopy_radius_m, config.crown_m, config.eaves_m)
    canopy, known, tops = np.zeros(len(points)), np.zeros(len(points)), [np.empty((0, 2))]
    for seen in (s for part in compute.batches(look_around, work, size=1, params=(rules,)) for s in part):
        canopy[seen.rows], known[seen.rows] = seen.canopy, seen.known
        tops.append(seen.tops)
    top = shapely.points(np.concatenate(tops))
    building, tree = shapely.STRtree(top).query(shapes, predicate="dwithin", distance=max(TREE_RADII_M))
    apart = shapely.distance(shapes[building], top[tree])
    for radius in TREE_RADII_M:
        near = np.bincount(building[apart <= radius], minlength=len(points))
        trees[f"trees_{radius}m"] = pd.array(np.where(known > 0, near, 0), dtype="Int64")
        trees[f"trees_{radius}m"][known == 0] = pd.NA
    notes.count("tree tops found within reach of buildings", len(top))
    notes.count("buildings without any known canopy around", int((known == 0).sum()))
    notes.assume(f"A tree is the highest cell of canopy (>= {config.canopy_height_m:g} m, no building, {config.eaves_m:g} m clear of one) in a square of {config.crown_m:g} m; what stands between it and the window is not looked at.")
    notes.assume(f"The neighbourhood of a building is a circle of {config.canopy_radius_m:g} m; cells whose height or cover is not known are left out.")
    return trees | {"canopy_share": np.divide(canopy, known, out=np.full(len(points), np.nan), where=known > 0)}


def _widest(shapes: NDArray[Any]) -> float:
    """Half the diagonal of the largest building: trees near its outline may be this much farther from its middle."""
    if not len(shapes):
        return 0.0
    west, south, east, north = shapely.bounds(shapes).T
    return float(np.hypot(east - west, north - south).max())


def _edge_effects(
    points: Floats, streets: gpd.GeoDataFrame | None, greenspaces: gpd.GeoDataFrame | None, boundary: gpd.GeoDataFrame | None, config: AccessConfig, notes: Notes
) -> None:
    """Say how far the layers reach beyond the town, and how many buildings that may touch."""
    need = EDGE * max(LONGEST_THRESHOLD_M, config.catchment_m)
    if boundary is None:
        notes.assume("The town has no boundary: whether streets and greens reach beyond its edge could not be checked.")
        return
    town = shapely.union_all(np.asarray(boundary.geometry))
    near = shapely.dwithin(shapely.boundary(town), shapely.points(points), need)
    notes.figure("edge_needed_m", need)
    notes.figure("buildings_near_edge_share", float(near.mean()) if len(near) else 0.0)
    for name, layer in (("streets", streets), ("greens", greenspaces)):
        if layer is None or layer.empty:
            continue
        reach, sides = beyond(town, np.asarray(layer.geometry), need)
        notes.figure(f"{name}_beyond_boundary_m", reach)
        notes.figure(f"{name}_beyond_boundary_sides_of_8", sides)
        if reach < need:
            notes.warn(f"The layer of {name} reaches {reach:.0f} m beyond the boundary, {need:.0f} m are needed: for the {near.mean():.1%} of the buildings nearer than that to the boundary, access may be better than shown.")
        elif name == "streets" and sides < 8:
            notes.warn(f"Streets reach {need:.0f} m beyond the boundary on {sides} of 8 sides only (the sea, or the edge of the layer): near the other sides access may be better than shown.")
