"""The street graph: every street of the town and of a strip around it, cut at the junctions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import Layer, Layers, StreetsConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary, Streets
from pipeline.core.footprints import distinct_names
from pipeline.core.network import SNAP_M, Edges, connected_parts, cut_at_junctions, joined
from pipeline.errors import ConfigError, InputError
from pipeline.io.osm import LINES, identifiers, read_osm, tag
from pipeline.io.registers import TRUE
from pipeline.io.vectors import concatenate, read_vector, text_field

if TYPE_CHECKING:
    from pipeline.contracts.spec import Table

YES = ("yes", "designated", "permissive", "official")
NO = ("no", "private", "use_sidepath")
SIDEWALKS = ("yes", "both", "left", "right")


def streets(layers: Layers, boundary: Table[Boundary] | None, config: StreetsConfig, town: Town, notes: Notes) -> Table[Streets]:
    """Edges of the street graph.

    Streets beyond the boundary are kept up to `buffer_m` and not cut there: a path to a park may leave the town.

    Parameters
    ----------
    layers
        Kinds osm, and vector (fields highway, name, street_id, walkable).
    boundary
        Of the town; None keeps all.
    config
        Width of the strip around the boundary, classes that are not for walking.
    town, notes
        Reference system; counts and connectivity.

    Returns
    -------
    table sorted by street_id

    Raises
    ------
    InputError
        When a file cannot be read or no street is left.
    """
    frame = concatenate([_read(layer, path, config, town, notes) for layer in layers for path in layer.paths])
    edges = cut_at_junctions(joined(np.asarray(frame.geometry), SNAP_M, crossings=False))
    notes.count("edges, cut at junctions", len(edges.lines))
    table = _table(frame, edges)
    if boundary is not None and len(table):
        area = shapely.buffer(shapely.union_all(np.asarray(boundary.geometry)), config.buffer_m)
        shapely.prepare(area)
        near = shapely.intersects(area, np.asarray(table.geometry))
        notes.count("edges left out: beyond the boundary and its strip", int((~near).sum()))
        table = table[near]
    if table.empty:
        raise InputError(f"sources.streets: no street is left in {town.name} ({notes.counts}); expected lines with the tag `highway`; check files, `crs` and `epsg`")
    table["street_id"], changed = distinct_names(table["street_id"].to_numpy(), np.asarray(table.geometry))
    notes.count("identifiers numbered because they repeat", changed)
    _report(table, notes)
    return table.sort_values("street_id", kind="stable").reset_index(drop=True)


def _read(layer: Layer, path: Path, config: StreetsConfig, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    """Columns street_id (None where the file has none), name, highway, walkable, and single flat lines."""
    if layer.source.kind == "osm":
        frame = read_osm(layer.source, path, LINES, town.epsg, notes)
        highway, name, ids = tag(frame, "highway"), tag(frame, "name"), identifiers(frame)
        walkable = _walkable(highway, {key: tag(frame, key) for key in ("foot", "access", "sidewalk")}, config)
    elif layer.source.kind == "vector":
        frame = read_vector(layer.source, path, town.epsg, notes)
        fields = {key: text_field(frame, layer.source, key, path) for key in ("highway", "name", "street_id", "walkable")}
        nothing = np.full(len(frame), None, dtype=object)
        given = {key: values for key, values in fields.items() if values is not None}
        highway = given.get("highway", np.full(len(frame), "unclassified", dtype=object))
        name, ids = given.get("name", nothing), given.get("street_id", nothing)
        walkable = _walkable(highway, {"foot": np.array([_foot(v) for v in given.get("walkable", nothing)], dtype=object)}, config)
    else:
        raise ConfigError(f"sources.streets: kind {layer.source.kind} ({path.name}); expected osm or vector")
    notes.count("rows read", len(frame))
    made = gpd.GeoDataFrame({"street_id": ids, "name": name, "highway": highway, "walkable": walkable}, geometry=np.asarray(frame.geometry), crs=frame.crs)
    return _lines(made, notes)


def _walkable(highway: NDArray[Any], tags: dict[str, NDArray[Any]], config: StreetsConfig) -> NDArray[np.bool_]:
    """By class, then `access`, then what is said of people on foot, the more particular tag last.

    https://wiki.openstreetmap.org/wiki/Key:access: a tag for one kind of traffic goes before the general one.
    """
    nothing = np.full(len(highway), None, dtype=object)
    foot, access, sidewalk = (tags.get(key, nothing) for key in ("foot", "access", "sidewalk"))
    open_ = ~np.isin(highway.astype(str), config.not_walkable) | np.isin(sidewalk.astype(str), SIDEWALKS)
    open_ &= ~np.isin(access.astype(str), NO)
    return np.asarray((open_ | np.isin(foot.astype(str), YES)) & ~np.isin(foot.astype(str), NO))


def _foot(text: str | None) -> str | None:
    return None if text is None else "yes" if text.casefold() in TRUE else "no"


def _lines(frame: gpd.GeoDataFrame, notes: Notes) -> gpd.GeoDataFrame:
    """Rows of a street as single flat lines; everything else is counted."""
    shapes = shapely.force_2d(np.asarray(frame.geometry, dtype=object))
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    linear = np.isin(shapely.get_type_id(shapes), (1, 5))
    street = np.array([h is not None for h in frame["highway"]], dtype=bool)
    notes.count("dropped: no geometry", int(missing.sum()))
    notes.count("left out: no line (squares and areas of streets)", int((~missing & ~linear).sum()))
    notes.count("left out: no street (no tag highway)", int((~missing & linear & ~street).sum()))
    keep = ~missing & linear & street
    frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))[keep].explode(index_parts=False)
    whole = np.isfinite(shapely.length(np.asarray(frame.geometry))) & (frame.geometry.length > 0.0).to_numpy()
    notes.count("rows kept", int(keep.sum()))
    notes.count("parts dropped: no length", int((~whole).sum()))
    return frame[whole].reset_index(drop=True)


def _table(frame: gpd.GeoDataFrame, edges: Edges) -> gpd.GeoDataFrame:
    rows = frame.iloc[edges.of]
    places = np.round(edges.nodes * 10.0).astype(np.int64)
    nodes = np.array([f"n-{east}-{north}" for east, north in places], dtype=object)
    middle = shapely.line_interpolate_point(edges.lines, 0.5, normalized=True)
    at = np.round(shapely.get_coordinates(middle) * 10.0).astype(np.int64)
    named = [f"{own}-{part}" if own is not None else f"s-{east}-{north}" for own, part, (east, north) in zip(rows["street_id"], edges.part, at, strict=True)]
    return gpd.GeoDataFrame(
        {
            "street_id": np.array(named, dtype=object), "name": rows["name"].to_numpy(), "highway": rows["highway"].to_numpy(),
            "walkable": rows["walkable"].to_numpy(dtype=bool), "length_m": shapely.length(edges.lines),
            "from_node": nodes[edges.start], "to_node": nodes[edges.end],
        },
        geometry=edges.lines, crs=frame.crs,
    )  # fmt: skip


def _report(table: gpd.GeoDataFrame, notes: Notes) -> None:
    notes.count("edges written", len(table))
    notes.count("edges written: walkable", int(table["walkable"].sum()))
    notes.figure("length_km", table["length_m"].sum() / 1000.0)
    walk = table[table["walkable"]]
    notes.figure("walkable_km", walk["length_m"].sum() / 1000.0)
    if walk.empty:
        notes.warn("No street is walkable; see `highway`, `foot` and streets.not_walkable.")
        return
    names, number = np.unique(np.concatenate([walk["from_node"], walk["to_node"]]).astype(str), return_inverse=True)
    start, end = number.reshape(2, -1)
    by_part = np.bincount(connected_parts(start, end), weights=walk["length_m"])
    notes.count("junctions of the walkable graph", len(names))
    share = float(by_part.max() / by_part.sum())
    notes.figure("largest_connected_share", share)
    if share < 0.9:
        notes.warn(f"Only {share:.0%} of the walkable length hangs together: lines may cross without a common vertex; paths across the gaps will be missing.")
