"""Green and open places with an outline, in the town and in a strip around it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import GreenspacesConfig, Layer, Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import GREEN_KINDS, Boundary, Greenspaces
from pipeline.core.footprints import distinct_names, place_names, repeats
from pipeline.errors import ConfigError, InputError
from pipeline.io.osm import AREAS, identifiers, read_osm, tag
from pipeline.io.registers import TRUE
from pipeline.io.vectors import concatenate, read_vector, repair, text_field

if TYPE_CHECKING:
    from pipeline.contracts.spec import Table

# Tag -> value -> kind; the first that fits. Fields, orchards and meadows are land cover, not places one goes to.
KINDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("leisure", {
        "park": "park", "garden": "garden", "playground": "playground", "pitch": "sport", "sports_centre": "sport", "stadium": "sport", "track": "sport",
        "golf_course": "sport", "nature_reserve": "nature", "dog_park": "park", "common": "park",
    }),
    ("landuse", {"recreation_ground": "park", "village_green": "park", "forest": "nature", "cemetery": "cemetery", "allotments": "allotments", "grass": "grass"}),
    ("natural", {"wood": "nature", "scrub": "nature", "heath": "nature", "grassland": "nature"}),
    ("amenity", {"grave_yard": "cemetery"}),
    ("place", {"square": "square"}),
)  # fmt: skip
# Open to anyone where no `access` says otherwise: usual in Italian towns; gardens, pitches and verges are not assumed open.
USUALLY_PUBLIC = ("park", "playground", "nature", "cemetery", "square")
OPEN = ("yes", "permissive", "public", "designated")


def greenspaces(layers: Layers, boundary: Table[Boundary] | None, config: GreenspacesConfig, town: Town, notes: Notes) -> Table[Greenspaces]:
    """Places one can go to, each once, whole, up to `buffer_m` beyond the boundary.

    Parameters
    ----------
    layers
        Kinds osm, and vector (fields kind, name, greens_id, public).
    boundary
        Of the town; None keeps all.
    config
        Width of the strip around the boundary, smallest place.
    town, notes
        Reference system; counts.

    Returns
    -------
    table sorted by greens_id

    Raises
    ------
    InputError
        When a file cannot be read or a kind is unknown.
    """
    frame = concatenate([_read(layer, path, town, notes) for layer in layers for path in layer.paths])
    frame = repair(frame, notes)
    small = frame.geometry.area.to_numpy() < config.min_area_m2
    notes.count("dropped: smaller than min_area_m2", int(small.sum()))
    frame = frame[~small].reset_index(drop=True)
    if boundary is not None:
        area = shapely.buffer(shapely.union_all(np.asarray(boundary.geometry)), config.buffer_m)
        shapely.prepare(area)
        near = shapely.intersects(area, np.asarray(frame.geometry))
        notes.count("left out: beyond the boundary and its strip", int((~near).sum()))
        frame = frame[near].reset_index(drop=True)
    shapes = np.asarray(frame.geometry)
    unnamed = np.array([i is None for i in frame["greens_id"]], dtype=bool)
    ids = np.where(unnamed, place_names(shapes, "g"), frame["greens_id"].to_numpy()) if len(frame) else np.empty(0, dtype=object)
    again = repeats(ids, shapes)
    notes.count("dropped: repeats another row", int(again.sum()))
    frame, ids = frame[~again].reset_index(drop=True), ids[~again]
    frame["greens_id"], changed = distinct_names(ids, shapes[~again])
    notes.count("identifiers numbered because they repeat", changed)
    frame["area_m2"] = frame.geometry.area
    _report(frame, boundary, config, town, notes)
    return frame.sort_values("greens_id", kind="stable").reset_index(drop=True)[["greens_id", "name", "kind", "area_m2", "public", "geometry"]]


def _read(layer: Layer, path: Path, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    """Columns greens_id (None where the file has none), name, kind, public, geometry."""
    if layer.source.kind == "osm":
        frame = read_osm(layer.source, path, AREAS, town.epsg, notes)
        kind, name, ids = _kinds(frame), tag(frame, "name"), identifiers(frame)
        public = _public(kind, tag(frame, "access"), tag(frame, "garden:type"))
        notes.assume("Parks, playgrounds, woods, cemeteries and squares without a tag `access` are taken as open to anyone; gardens, pitches and lawns are not.")
    elif layer.source.kind == "vector":
        frame = read_vector(layer.source, path, town.epsg, notes)
        found = {key: text_field(frame, layer.source, key, path) for key in ("kind", "name", "greens_id", "public")}
        nothing = np.full(len(frame), None, dtype=object)
        given = {key: values for key, values in found.items() if values is not None}
        kind, name, ids = (given.get(key, nothing) for key in ("kind", "name", "greens_id"))
        kind = np.array(["other" if k is None else k for k in kind], dtype=object)
        if strange := sorted(set(kind) - set(GREEN_KINDS)):
            raise InputError(f"{path}: kind {', '.join(strange[:5])}; expected {', '.join(GREEN_KINDS)}; map the field with `fields: {{kind: ...}}` or write these words in it")
        public = np.array([str(p).casefold() in TRUE for p in given["public"]], dtype=bool) if "public" in given else _public(kind, nothing, nothing)
    else:
        raise ConfigError(f"sources.greenspaces: kind {layer.source.kind} ({path.name}); expected osm or vector")
    notes.count("rows read", len(frame))
    ours = np.array([k is not None for k in kind], dtype=bool)
    notes.count("left out: no green or open place", int((~ours).sum()))
    made = gpd.GeoDataFrame({"greens_id": ids, "name": name, "kind": kind, "public": public}, geometry=np.asarray(frame.geometry), crs=frame.crs)
    return made[ours]


def _kinds(frame: gpd.GeoDataFrame) -> NDArray[Any]:
    kind = np.full(len(frame), None, dtype=object)
    for key, by_value in KINDS:
        values = tag(frame, key)
        for row in np.flatnonzero([k is None and v is not None for k, v in zip(kind, values, strict=True)]):
            kind[row] = by_value.get(values[row])
    return kind


def _public(kind: NDArray[Any], access: NDArray[Any], garden: NDArray[Any]) -> NDArray[np.bool_]:
    usual = np.isin(kind.astype(str), USUALLY_PUBLIC) & ~np.isin(garden.astype(str), ("residential", "private"))
    said = np.array([a is not None for a in access], dtype=bool)
    return np.where(said, np.isin(access.astype(str), OPEN), usual)


def _report(frame: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame | None, config: GreenspacesConfig, town: Town, notes: Notes) -> None:
    notes.count("rows written", len(frame))
    for kind in GREEN_KINDS:
        if number := int((frame["kind"] == kind).sum()):
            notes.count(f"rows written: {kind}", number)
    if frame.empty:
        notes.warn(f"No green or open place is in {town.name} or within {config.buffer_m:.0f} m of it.")
        return
    shapes = np.asarray(frame.geometry)
    once = shapely.union_all(shapes)
    notes.figure("area_ha", once.area / 1e4)
    # Playgrounds lie in parks: a sum of the rows would count them twice.
    notes.figure("overlap_ha", max(0.0, (shapely.area(shapes).sum() - once.area) / 1e4))
    if boundary is not None:
        notes.figure("area_in_town_ha", shapely.intersection(once, shapely.union_all(np.asarray(boundary.geometry))).area / 1e4)
