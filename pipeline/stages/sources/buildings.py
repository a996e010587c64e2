"""Building footprints: repaired, named, placed on a parcel, with a height and, where it is said, a use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import BuildingsConfig, Layer, Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary, Buildings, Parcels, Surface
from pipeline.core.footprints import distinct_names, holding_zone, place_names, repeats
from pipeline.errors import ConfigError, InputError
from pipeline.io.cxf import read_cxf
from pipeline.io.footprints import heights_under, shift_onto
from pipeline.io.osm import AREAS, identifiers, metres, read_osm, tag
from pipeline.io.uses import field_uses, osm_uses
from pipeline.io.vectors import concatenate, number_field, read_vector, repair, text_field

if TYPE_CHECKING:
    from pipeline.contracts.spec import Raster, Table

# Heights the contract allows; an attribute beyond them is a code for "not known" (9999, -1) or another unit.
HEIGHTS_M = (0.0, 500.0)
# Values of OpenStreetMap's `building` that stand for none, or none yet, or none any more.
NO_BUILDING = ("no", "construction", "proposed", "demolished", "razed", "ruins", "collapsed")
# A better fit than this is no chance of noise.
GAIN = 0.05


def buildings(
    layers: Layers,
    parcels: Table[Parcels] | None,
    surface: Raster[Surface] | None,
    boundary: Table[Boundary] | None,
    config: BuildingsConfig,
    town: Town,
    notes: Notes,
) -> Table[Buildings]:
    """Every footprint once.

    Parameters
    ----------
    layers
        Kinds vector (fields building_id, height_m, storeys, use, all optional), osm and cxf.
    parcels
        A building belongs to the parcel that holds most of its area; to a road or water only where no parcel does.
    surface
        Gives the height where neither field does: 90th percentile of the cells whose centre the footprint holds;
        and the shift that would bring the footprints onto it, which is reported, or applied where the config says so.
    boundary
        Footprints whose centroid lies outside are dropped and counted.
    config
        Smallest area, height of a storey, whether to move the footprints.
    town, notes
        Reference system; counts.

    Returns
    -------
    table sorted by building_id

    Raises
    ------
    InputError
        When a file cannot be read or no footprint is left.
    """
    frame = _keep(repair(concatenate([_read(layer, path, town, notes) for layer in layers for path in layer.paths]), notes), boundary, config, notes)
    if frame.empty:
        raise InputError(f"sources.buildings: no footprint is left in {town.name} ({notes.counts}); expected buildings of this town; check files, `crs` and `epsg`")
    shapes = np.asarray(frame.geometry)
    frame["building_id"], changed = distinct_names(frame["building_id"].to_numpy(), shapes)
    notes.count("identifiers numbered because they repeat", changed)
    frame["parcel_id"] = _parcel_ids(shapes, parcels, notes)
    frame["area_m2"] = shapely.area(shapes)
    if surface is not None and surface.basis == "surface":
        frame = _register(frame, surface, config, notes)
    frame["height_m"], frame["height_basis"] = _heights(frame, surface, config, notes)
    frame = frame.sort_values("building_id", kind="stable").reset_index(drop=True)
    notes.count("use not known", int(frame["use"].isna().sum()))
    notes.count("rows written", len(frame))
    return frame[["building_id", "parcel_id", "area_m2", "height_m", "height_basis", "use", "geometry"]]


def _read(layer: Layer, path: Path, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    """Columns building_id and use (None where the layer has none), height, storeys (NaN), geometry."""
    uses = None
    if layer.source.kind == "cxf":
        _, frame = read_cxf(layer.source, path, town.epsg)
        notes.count("rows read", len(frame))
        own = frame["cxf_kind"] == "building"
        notes.count("left out: not a building", int((~own).sum()))
        ids, height, storeys = frame["reference"].to_numpy(), None, None
    elif layer.source.kind == "vector":
        frame = read_vector(layer.source, path, town.epsg, notes)
        notes.count("rows read", len(frame))
        own = np.ones(len(frame), dtype=bool)
        ids = text_field(frame, layer.source, "building_id", path)
        height, storeys = (number_field(frame, layer.source, name, path) for name in ("height_m", "storeys"))
        uses = field_uses(frame, layer.source, path, notes)
    elif layer.source.kind == "osm":
        frame = read_osm(layer.source, path, AREAS, town.epsg, notes)
        notes.count("rows read", len(frame))
        own = np.array([v is not None and v not in NO_BUILDING for v in tag(frame, "building")], dtype=bool)
        notes.count("left out: not a building", int((~own).sum()))
        ids = identifiers(frame)
        height = np.array([metres(v) for v in tag(frame, "height")], dtype=np.float64)
        storeys = np.array([metres(v) for v in tag(frame, "building:levels")], dtype=np.float64)
        uses = osm_uses(frame)
    else:
        raise ConfigError(f"sources.buildings: kind {layer.source.kind} ({path.name}); expected vector, osm or cxf")
    unknown, unsaid = np.full(len(frame), np.nan), np.full(len(frame), None, dtype=object)
    columns = {
        "building_id": unsaid if ids is None else ids,
        "height": unknown if height is None else height,
        "storeys": unknown if storeys is None else storeys,
        "use": unsaid if uses is None else uses,
    }
    return gpd.GeoDataFrame(columns, geometry=np.asarray(frame.geometry), crs=frame.crs)[np.asarray(own)]


def _keep(frame: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame | None, config: BuildingsConfig, notes: Notes) -> gpd.GeoDataFrame:
    """Without small ones, those outside, and repeats; every row with an identifier."""
    small = frame.geometry.area.to_numpy() < config.min_area_m2
    notes.count("dropped: smaller than min_area_m2", int(small.sum()))
    frame = frame[~small]
    if boundary is not None:
        area = shapely.union_all(np.asarray(boundary.geometry))
        shapely.prepare(area)
        inside = shapely.covers(area, shapely.centroid(np.asarray(frame.geometry)))
        notes.count("dropped: centroid outside the boundary", int((~inside).sum()))
        frame = frame[inside]
    frame = frame.reset_index(drop=True)
    unnamed = np.array([i is None for i in frame["building_id"]], dtype=bool)
    notes.count("identifiers made from the centroid", int(unnamed.sum()))
    frame["building_id"] = np.where(unnamed, place_names(np.asarray(frame.geometry), "b"), frame["building_id"].to_numpy())
    again = repeats(frame["building_id"].to_numpy(), np.asarray(frame.geometry))
    notes.count("dropped: repeats another row", int(again.sum()))
    return frame[~again].reset_index(drop=True)


def _parcel_ids(shapes: NDArray[Any], parcels: gpd.GeoDataFrame | None, notes: Notes) -> NDArray[Any]:
    if parcels is None:
        return np.full(len(shapes), None, dtype=object)
    held = holding_zone(shapes, np.asarray(parcels.geometry), (parcels["kind"] == "parcel").to_numpy())
    notes.count("on no parcel", int((held < 0).sum()))
    return np.where(held >= 0, parcels["parcel_id"].to_numpy()[held], None)


def _register(frame: gpd.GeoDataFrame, surface: Raster[Surface], config: BuildingsConfig, notes: Notes) -> gpd.GeoDataFrame:
    """Report the shift between footprints and surface; move the footprints where the config says so.

    Parcel and name were settled before: footprints and parcels come from one survey, the surface from another.
    """
    found = shift_onto(np.asarray(frame.geometry), surface, config.register_reach_m)
    if found is None:
        return frame
    shift, used = found
    apart = float(np.hypot(shift.east_m, shift.north_m))
    for name, value in (("east_m", shift.east_m), ("north_m", shift.north_m), ("gain", shift.gain), ("step_m", shift.step_m), ("buildings", float(used))):
        notes.figure(f"registration_{name}", value)
    if not shift.inside:
        notes.warn(f"Footprints and surface do not meet within {config.register_reach_m:g} m: check the reference systems (`crs`) of both, or raise buildings.register_reach_m.")
    elif config.register_to_surface:
        notes.assume(f"Footprints were moved {shift.east_m:.2f} m east and {shift.north_m:.2f} m north onto the surface (buildings.register_to_surface).")
        moved = shapely.transform(np.asarray(frame.geometry), lambda xy: xy + np.array([shift.east_m, shift.north_m]))
        return frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=frame.crs))
    elif apart > surface.grid.cell_m and shift.gain > GAIN:
        notes.warn(f"Footprints fit the surface better when moved {shift.east_m:.2f} m east and {shift.north_m:.2f} m north (the step at the walls grows by {shift.gain:.0%}); `buildings: {{register_to_surface: true}}` moves them.")
    return frame


def _heights(frame: gpd.GeoDataFrame, surface: Raster[Surface] | None, config: BuildingsConfig, notes: Notes) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Height and where it comes from: the field, the storeys, the surface, in this order."""
    height = np.full(len(frame), np.nan)
    basis = np.full(len(frame), "none", dtype=object)
    for name, known in (("attribute", frame["height"].to_numpy()), ("storeys", frame["storeys"].to_numpy() * config.storey_height_m)):
        odd = (known <= HEIGHTS_M[0]) | (known > HEIGHTS_M[1])
        notes.count(f"height not taken from {name}: not between 0 and {HEIGHTS_M[1]:.0f} m", int(odd.sum()))
        use = np.isnan(height) & ~np.isnan(known) & ~odd
        height[use], basis[use] = known[use], name
    open_rows = np.flatnonzero(np.isnan(height))
    if surface is not None and len(open_rows):
        measured = heights_under(np.asarray(frame.geometry)[open_rows], surface, notes)
        use = ~np.isnan(measured) & (np.abs(measured) <= HEIGHTS_M[1])
        height[open_rows[use]], basis[open_rows[use]] = measured[use], "surface"
    for name in ("attribute", "storeys", "surface", "none"):
        notes.count(f"height from: {name}", int((basis == name).sum()))
    return height, basis
