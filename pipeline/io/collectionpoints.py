"""Collection points: of OpenStreetMap by their tags, or of a layer with a column of kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import Layer, Layers
from pipeline.contracts.notes import Notes
from pipeline.contracts.waste import COLLECTION_KINDS
from pipeline.core.footprints import distinct_names, place_names
from pipeline.errors import ConfigError, InputError
from pipeline.io.osm import identifiers, read_osm, tag
from pipeline.io.uses import read_legend
from pipeline.io.vectors import concatenate, read_vector, text_field

LEGEND = "collection_kind"
NODES = "points"  # GDAL's layer of an extract
Words = NDArray[Any]


def read_points(layers: Layers, epsg: int, notes: Notes) -> gpd.GeoDataFrame:
    """Points with what they take, in the town's system.

    Parameters
    ----------
    layers
        Kinds osm (amenity=recycling, amenity=waste_disposal; of an extract the nodes, its areas with `layer: multipolygons`
        as a second source) and vector (`fields: {kind, name, point_id}`; several kinds of one point parted by ; or /).
    epsg, notes
        The town's system; counts.

    Returns
    -------
    GeoDataFrame
        point_id, kind, name, geometry (points; of an outline the point inside it): one row a point and kind, sorted.

    Raises
    ------
    InputError
        When a file cannot be read, or a kind is not in the legend.
    """
    frame = concatenate([_read(layer, path, epsg, notes) for layer in layers for path in layer.paths])
    shapes = shapely.force_2d(np.asarray(frame.geometry, dtype=object))
    lost = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    notes.count("dropped: no geometry", int(lost.sum()))
    frame, shapes = frame[~lost].reset_index(drop=True), shapes[~lost]
    flat = shapely.get_type_id(shapes) != 0
    notes.count("outlines taken as a point inside them", int(flat.sum()))
    shapes[flat] = shapely.point_on_surface(shapes[flat])
    unnamed = frame["point_id"].isna().to_numpy()
    ids = np.where(unnamed, place_names(shapes, "c"), frame["point_id"].to_numpy()) if len(frame) else np.empty(0, dtype=object)
    ids, changed = distinct_names(ids, shapes)
    notes.count("identifiers numbered because they repeat", changed)
    whole = gpd.GeoDataFrame({"point_id": ids, "kind": frame["kind"].to_numpy(), "name": frame["name"].to_numpy()}, geometry=shapes, crs=frame.crs)
    by_kind = whole.explode("kind", ignore_index=True)
    for kind in COLLECTION_KINDS:
        notes.count(f"points: {kind}", int((by_kind["kind"] == kind).sum()))
    return by_kind.sort_values(["point_id", "kind"], kind="stable", ignore_index=True)


def _read(layer: Layer, path: Path, epsg: int, notes: Notes) -> gpd.GeoDataFrame:
    """Columns point_id, kind (a list), name, geometry."""
    legend = read_legend(layer.source.legend or LEGEND, LEGEND)
    if layer.source.kind == "osm":
        frame = read_osm(layer.source, path, NODES, epsg, notes)
        kinds, name, ids = _osm_kinds(frame, legend), tag(frame, "name"), identifiers(frame)
    elif layer.source.kind == "vector":
        frame = read_vector(layer.source, path, epsg, notes)
        kinds = _field_kinds(text_field(frame, layer.source, "kind", path), legend, path)
        nothing = np.full(len(frame), None, dtype=object)
        found = [text_field(frame, layer.source, key, path) for key in ("name", "point_id")]
        name, ids = (nothing if f is None else f for f in found)
    else:
        raise ConfigError(f"sources.collection: kind {layer.source.kind} ({path.name}); expected osm or vector")
    notes.count("rows read", len(frame))
    ours = np.array([bool(k) for k in kinds], dtype=bool)
    notes.count("left out: no collection point", int((~ours).sum()))
    made = gpd.GeoDataFrame({"point_id": ids, "kind": kinds, "name": name}, geometry=np.asarray(frame.geometry, dtype=object), crs=frame.crs)
    return made[ours]


def _osm_kinds(frame: gpd.GeoDataFrame, legend: dict[str, str]) -> Words:
    """Kinds of each row by what it takes; a recycling point that does not say so is one on the street."""
    amenity, access = tag(frame, "amenity"), tag(frame, "access")
    open_to_all = ~np.isin(access.astype(str), ("private", "no", "customers"))
    sets: list[set[str]] = [set() for _ in range(len(frame))]
    rows = np.flatnonzero(np.isin(amenity.astype(str), ("recycling", "waste_disposal")) & open_to_all)
    for key, value in sorted({tuple(code.split("=", 1)) for code in legend if "=" in code}):
        said = tag(frame, key)
        for row in rows[said[rows] == value]:
            sets[row].add(legend[f"{key}={value}"])
    for row in rows:
        # A centre has opening hours: it stands in for no container.
        sets[row] = {"centre"} if "centre" in sets[row] else sets[row] or {"street"}
    out = np.empty(len(frame), dtype=object)
    out[:] = [sorted(s) for s in sets]
    return out


def _field_kinds(words: Words | None, legend: dict[str, str], path: Path) -> Words:
    if words is None:
        raise InputError(f"{path}: no field kind; name it with `fields: {{kind: ...}}` of this source in town.yaml; expected words of the legend {LEGEND}: ecocentro, contenitori stradali, pile, olio esausto, abiti usati")
    parts = [[p.strip().casefold() for p in (w or "").replace("/", ";").split(";") if p.strip()] for w in words]
    if odd := sorted({p for row in parts for p in row} - set(legend)):
        raise InputError(f"{path}: kinds {', '.join(odd[:10])} are not in the legend {LEGEND}; expected {', '.join(COLLECTION_KINDS)} or their Italian words (pipeline/io/use_legends/{LEGEND}.csv); add the word there or correct the field")
    out = np.empty(len(parts), dtype=object)
    out[:] = [sorted({legend[p] for p in row}) for row in parts]
    return out
