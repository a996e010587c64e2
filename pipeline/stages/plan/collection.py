"""Stage `collection`: who reaches which collection point on foot, residents out of reach by zone, where new points would help most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.config.waste import CollectionConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary, Buildings, Occupancy, Residents, Streets
from pipeline.contracts.waste import COLLECTION_KINDS, Collection, CollectionAccess, CollectionPlaces, CollectionZones
from pipeline.core.footprints import place_names
from pipeline.core.land.walking import Entrances, Floats, Ints, Network, OnWay, check_not_shorter, connect, nearest, snap, within
from pipeline.core.plan.coverage import GUARANTEE, greedy_coverage, kept_back, too_few
from pipeline.io.collectionpoints import read_points
from pipeline.joins.walking import OnFoot, check_systems, door_points

if TYPE_CHECKING:
    from pipeline.contracts.spec import Package, Table

Mask = NDArray[np.bool_]


def collection(
    buildings: Table[Buildings], streets: Table[Streets] | None, occupancy: Table[Occupancy] | None, residents: Table[Residents] | None, boundary: Table[Boundary] | None,
    layers: Layers, config: CollectionConfig, town: Town, notes: Notes,
) -> Package[Collection]:  # fmt: skip
    """Ways on foot from every building to the nearest point of each kind; sums of residents; candidate places.

    Parameters
    ----------
    buildings
        Each is one point, as for access.
    streets
        Without them there are straight lines only: nothing is reached, no place proposed.
    occupancy, residents
        People by building, and sections: sums over zones leave this stage, never the people of a building.
    boundary
        New points lie within it; its people are one zone.
    layers
        Kinds osm and vector: collection points.
    config
        Reach of each kind, number of new points.
    town
        Sections access (streets, snapping) and provision (smallest zones and parts).
    notes
        Takes counts, shares, what is withheld.

    Returns
    -------
    access, zones, points, places

    Raises
    ------
    ContractError
        When a way is shorter than the straight line.
    InputError
        When points cannot be read or a reference system is not metric.
    """
    spots = read_points(layers, town.epsg, notes)
    check_systems("collection", buildings, streets, spots)
    where = door_points(np.asarray(buildings.geometry))
    on_foot = OnFoot.of(where, streets, town.access, notes)
    doors, graph = _doors(spots, on_foot, town)
    people = _people(buildings, occupancy)
    kinds = [k for k in COLLECTION_KINDS if (spots["kind"] == k).any()]
    ways = {k: _ways(k, buildings, where, spots, on_foot, doors, graph, _reach(k, config)) for k in kinds}
    zones = _zones(ways, buildings, people, occupancy, residents, boundary, config, town)
    places = [_places(k, ways[k], where, people, on_foot, graph, boundary, config, town, notes) for k in kinds if k != "centre"]
    _write_down(kinds, ways, zones, people, on_foot, config, notes)
    points = spots.assign(on_foot=np.isin(np.arange(len(spots)), doors.place))
    table = pd.concat(list(ways.values()), ignore_index=True) if ways else _empty(CollectionAccess)
    return {
        "access": table.sort_values(["building_id", "kind"], kind="stable", ignore_index=True), "zones": zones, "points": points[["point_id", "kind", "name", "on_foot", "geometry"]],
        "places": _together(places, buildings.crs),
    }  # fmt: skip


def _reach(kind: str, config: CollectionConfig) -> float:
    return {"centre": config.centre_reach_m, "street": config.street_reach_m}.get(kind, config.small_reach_m)


def _people(buildings: pd.DataFrame, occupancy: pd.DataFrame | None) -> Floats:
    """Residents of each building, 0 where none are known."""
    if occupancy is None:
        return np.zeros(len(buildings))
    return occupancy.set_index("building_id")["residents"].reindex(buildings["building_id"]).fillna(0.0).to_numpy(dtype=np.float64)


def _doors(spots: gpd.GeoDataFrame, on_foot: OnFoot, town: Town) -> tuple[Entrances, Network | None]:
    """Where points meet the streets; those too far from one have no way."""
    xy = shapely.get_coordinates(np.asarray(spots.geometry))
    if on_foot.network is None:
        none = np.empty(0, dtype=np.int64)
        return Entrances(none, OnWay(none, np.empty(0), np.empty(0)), xy[:0], none.astype(bool)), None
    on = snap(xy, on_foot.network)
    near = np.flatnonzero(on.off <= town.access.max_snap_m)
    doors = Entrances(near, on.take(near), xy[near], np.zeros(len(near), dtype=bool))
    return doors, connect(on_foot.network, doors)


def _ways(kind: str, buildings: gpd.GeoDataFrame, where: Floats, spots: gpd.GeoDataFrame, on_foot: OnFoot, doors: Entrances, graph: Network | None, reach_m: float) -> pd.DataFrame:
    """Straight line and way of each building to the nearest point of a kind."""
    counts = (spots["kind"] == kind).to_numpy()
    names = buildings["building_id"].to_numpy(dtype=object)
    linear, walk, door = np.full(len(where), np.nan), np.full(len(where), np.nan), np.full(len(where), -1)
    if len(where):
        _, linear = shapely.STRtree(np.asarray(spots.geometry)[counts]).query_nearest(shapely.points(where), all_matches=False, return_distance=True)
    if graph is not None:
        walk, door = nearest(on_foot.start, graph, np.flatnonzero(counts[doors.place]))
    check_not_shorter(walk, linear, names, f"points of kind {kind}")
    led = np.full(len(where), None, dtype=object)
    led[door >= 0] = spots["point_id"].to_numpy(dtype=object)[doors.place[door[door >= 0]]]
    return pd.DataFrame({"building_id": names, "kind": kind, "linear_m": linear, "distance_m": walk, "reached": walk <= reach_m, "point_id": led})


class _Zone(NamedTuple):
    """Zones of one kind: names, outlines, and the zone that each building stands in, -1 for none."""

    kind: str
    names: list[str]
    shapes: list[Any]
    of: Ints


def _zones(
    ways: dict[str, pd.DataFrame], buildings: gpd.GeoDataFrame, people: Floats, occupancy: pd.DataFrame | None, residents: gpd.GeoDataFrame | None, boundary: gpd.GeoDataFrame | None,
    config: CollectionConfig, town: Town,
) -> gpd.GeoDataFrame:  # fmt: skip
    """Sums of residents within and out of reach; parts of a few homes are withheld, as in the stage provision."""
    everyone = np.zeros(len(people), dtype=np.int64)
    whole = _Zone("extent", ["extent"], [None], everyone)
    if boundary is not None and len(boundary) == 1:
        whole = _Zone("town", [str(boundary["town_id"].iloc[0])], [boundary.geometry.iloc[0]], everyone)
    groups = [whole]
    if occupancy is not None and residents is not None:
        section = occupancy.set_index("building_id")["section_id"].reindex(buildings["building_id"]).to_numpy(dtype=object)
        names = residents["section_id"].astype(str).tolist()
        groups.append(_Zone("section", names, list(residents.geometry), pd.Index(names).get_indexer(pd.Index(section)).astype(np.int64)))
    rows, shapes = [], []
    for kind, table in ways.items():
        reached = table["reached"].to_numpy(dtype=bool)
        for group in groups:
            rows += _sums(kind, group, reached, people, _reach(kind, config), town)
            shapes += group.shapes
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, columns=list(CollectionZones.columns())), geometry=shapes, crs=buildings.crs)
    return frame.sort_values(["zone_kind", "zone_id", "kind"], kind="stable", ignore_index=True)


def _sums(kind: str, group: _Zone, reached: Mask, people: Floats, reach_m: float, town: Town) -> list[dict[str, Any]]:
    parts = [(group.of >= 0) & part for part in (reached, ~reached)]
    near, out = (np.bincount(group.of[p], people[p], len(group.names)).astype(np.float64) for p in parts)
    homes = [np.bincount(group.of[p & (people > 0.0)], minlength=len(group.names)).astype(np.int64) for p in parts]
    held = too_few(near, out, homes[0], homes[1], town.provision.min_residents, town.provision.min_buildings)
    if len(held) > 1:
        held = kept_back(held, near + out, out, town.provision.min_residents)
    every = near + out
    return [
        {
            "zone_kind": group.kind, "zone_id": group.names[i], "kind": kind, "reach_m": reach_m, "residents": float(every[i]), "withheld": bool(held[i]),
            "reached_share": np.nan if held[i] or not every[i] else float(near[i] / every[i]), "out_of_reach": np.nan if held[i] else float(out[i]),
        }
        for i in range(len(held))
    ]  # fmt: skip


def _places(
    kind: str, table: pd.DataFrame, where: Floats, people: Floats, on_foot: OnFoot, graph: Network | None, boundary: gpd.GeoDataFrame | None, config: CollectionConfig, town: Town, notes: Notes
) -> gpd.GeoDataFrame | None:
    """Street corners within the town that bring most residents within reach, in the order they are chosen."""
    reached = table["reached"].to_numpy(dtype=bool)
    out = np.flatnonzero(~reached & (people > 0.0) & (on_foot.start.edge >= 0))
    if graph is None or on_foot.network is None or not len(out) or not config.new_points:
        return None
    nodes = _corners(on_foot, out, where, boundary, _reach(kind, config))
    chosen = greedy_coverage(within(on_foot.start.take(out), graph, nodes, _reach(kind, config)), people[out], config.new_points, town.provision.min_residents, town.provision.min_buildings)
    xy = on_foot.network.nodes[nodes[chosen.candidate]]
    points = shapely.points(xy)
    missing = float(people[~reached].sum())
    near = float(people[reached].sum())
    notes.count(f"candidate corners looked at: {kind}", len(nodes))
    if chosen.bound > 0.0:
        notes.figure(f"gained_over_bound_{kind}", min(float(chosen.gained.sum() / chosen.bound), 1.0))
    return gpd.GeoDataFrame(
        {
            "place_id": place_names(points, f"{kind}-c"), "kind": kind, "rank": np.arange(1, len(points) + 1), "gained": chosen.gained, "gained_share": np.minimum(chosen.gained / missing, 1.0),
            "total_share": np.minimum((near + np.cumsum(chosen.gained)) / people.sum(), 1.0),
        },
        geometry=points,
    )  # fmt: skip


def _corners(on_foot: OnFoot, out: Ints, where: Floats, boundary: gpd.GeoDataFrame | None, reach_m: float) -> Ints:
    """Nodes of the streets within the town that are near enough, by the straight line, to somebody out of reach."""
    assert on_foot.network is not None
    used = np.unique(np.concatenate([on_foot.network.start, on_foot.network.end]))
    points = shapely.points(on_foot.network.nodes[used])
    near = np.zeros(len(used), dtype=bool)
    near[np.unique(shapely.STRtree(points).query(shapely.points(where[out]), predicate="dwithin", distance=reach_m)[1])] = True
    if boundary is not None:
        town = shapely.union_all(np.asarray(boundary.geometry))
        shapely.prepare(town)
        near &= shapely.covers(town, points)
    # From west to east, so that equals are chosen the same way whatever the nodes are called.
    return used[near][np.lexsort(on_foot.network.nodes[used[near]].T[::-1])]


def _together(places: list[gpd.GeoDataFrame | None], crs: Any) -> gpd.GeoDataFrame:
    found = [p for p in places if p is not None and len(p)]
    if not found:
        return gpd.GeoDataFrame(_empty(CollectionPlaces), geometry=[], crs=crs)
    return gpd.GeoDataFrame(pd.concat(found, ignore_index=True)).set_crs(crs).sort_values("place_id", kind="stable", ignore_index=True)


def _empty(spec: Any) -> pd.DataFrame:
    kinds = {"str": "object", "int": "int64", "float": "float64", "bool": "bool"}
    return pd.DataFrame({name: pd.Series([], dtype=kinds[column.dtype]) for name, column in spec.columns().items()})


def _write_down(kinds: list[str], ways: dict[str, pd.DataFrame], zones: gpd.GeoDataFrame, people: Floats, on_foot: OnFoot, config: CollectionConfig, notes: Notes) -> None:
    for kind in kinds:
        reached = ways[kind]["reached"].to_numpy(dtype=bool)
        notes.count(f"buildings within reach: {kind}", int(reached.sum()))
        whole = zones[(zones["zone_kind"] != "section") & (zones["kind"] == kind)].iloc[0]
        notes.figure(f"reached_share_{kind}", float(whole["reached_share"]))
        notes.figure(f"out_of_reach_{kind}", float(whole["out_of_reach"]))
    if absent := [k for k in COLLECTION_KINDS if k not in kinds]:
        notes.assume(f"No point of kind {', '.join(absent)} is in the layer: nothing is said of them, they may only be missing in it.")
    if not people.sum() > 0.0:
        notes.assume("No residents are known: ways only, no shares of people and no candidate places.")
    notes.count("zones withheld", int(zones["withheld"].sum()))
    notes.assume(f"Within reach is a way on foot of {config.street_reach_m:g} m to a container on the street, {config.small_reach_m:g} m to a point for batteries, oil or textiles, {config.centre_reach_m:g} m to a collection centre; a centre counts for none of the others. A judgement.")
    notes.assume(f"Candidate places are street corners, chosen one after the other; such a choice reaches at least {GUARANTEE:.1%} of what the best choice of as many does (Nemhauser, Wolsey and Fisher 1978). Room, traffic and collection rounds are not looked at.")
