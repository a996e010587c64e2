"""Building footprints: repaired, named, placed on a parcel, with a height."""

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
from pipeline.core.footprints import distinct_names, grouped_percentile, holding_zone, place_names, repeats
from pipeline.errors import ConfigError, InputError
from pipeline.io.cxf import read_cxf
from pipeline.io.rasters import burn, read
from pipeline.io.vectors import concatenate, number_field, read_vector, repair, text_field

if TYPE_CHECKING:
    from pipeline.contracts.spec import Raster, Table

HEIGHT_PERCENTILE = 90.0
# Heights the contract allows; an attribute beyond them is a code for "not known" (9999, -1) or another unit.
HEIGHTS_M = (0.0, 500.0)
TILE_CELLS = 1024


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
        Kinds vector (fields building_id, height_m, storeys, all optional) and cxf.
    parcels
        A building belongs to the parcel that holds most of its area; to a road or water only where no parcel does.
    surface
        Gives the height where neither field does: 90th percentile of the cells whose centre the footprint holds.
    boundary
        Footprints whose centroid lies outside are dropped and counted.
    config
        Smallest area, height of a storey.
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
    frame["height_m"], frame["height_basis"] = _heights(frame, surface, config, notes)
    frame = frame.sort_values("building_id", kind="stable").reset_index(drop=True)
    notes.count("rows written", len(frame))
    return frame[["building_id", "parcel_id", "area_m2", "height_m", "height_basis", "geometry"]]


def _read(layer: Layer, path: Path, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    """Columns building_id (None where the layer has none), height, storeys (NaN), geometry."""
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
    else:
        raise ConfigError(f"sources.buildings: kind {layer.source.kind} ({path.name}); expected vector or cxf")
    unknown = np.full(len(frame), np.nan)
    columns = {
        "building_id": np.full(len(frame), None, dtype=object) if ids is None else ids,
        "height": unknown if height is None else height,
        "storeys": unknown if storeys is None else storeys,
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
        measured = _surface_heights(np.asarray(frame.geometry)[open_rows], surface, notes)
        use = ~np.isnan(measured) & (np.abs(measured) <= HEIGHTS_M[1])
        height[open_rows[use]], basis[open_rows[use]] = measured[use], "surface"
    for name in ("attribute", "storeys", "surface", "none"):
        notes.count(f"height from: {name}", int((basis == name).sum()))
    return height, basis


def _surface_heights(shapes: NDArray[Any], surface: Raster[Surface], notes: Notes) -> NDArray[np.float64]:
    """90th percentile of the height band under each shape, read tile by tile.

    Where shapes overlap a cell goes to the smaller one. A shape that holds no centre of a cell takes the cell of its
    inner point.
    """
    tree = shapely.STRtree(shapes)
    inner = shapely.point_on_surface(shapes)
    by_size = np.argsort(-shapely.area(shapes), kind="stable")
    rank = np.empty(len(shapes), dtype=np.int64)
    rank[by_size] = np.arange(len(shapes))
    under: list[tuple[NDArray[np.int64], NDArray[np.float32]]] = []
    at_inner = np.full(len(shapes), np.nan)
    for window in surface.grid.blocks(TILE_CELLS):
        tile = surface.grid.crop(window)
        near = tree.query(shapely.box(*tile.bounds))
        if not len(near):
            continue
        near = near[np.argsort(rank[near])]
        cells = read(surface, "height", window)
        owner = burn(shapes[near], near + 1, tile, dtype="int32")
        hit = (owner > 0) & np.isfinite(cells)
        under.append((owner[hit].astype(np.int64) - 1, cells[hit]))
        col = np.floor((shapely.get_x(inner[near]) - tile.west) / tile.cell_m).astype(np.int64)
        row = np.floor((tile.north - shapely.get_y(inner[near])) / tile.cell_m).astype(np.int64)
        here = (row >= 0) & (row < tile.rows) & (col >= 0) & (col < tile.cols)
        at_inner[near[here]] = cells[row[here], col[here]]
    groups = np.concatenate([g for g, _ in under]) if under else np.empty(0, dtype=np.int64)
    values = np.concatenate([v for _, v in under]) if under else np.empty(0, dtype=np.float32)
    height = grouped_percentile(groups, values, len(shapes), HEIGHT_PERCENTILE)
    one = np.isnan(height) & np.isfinite(at_inner)
    notes.count("height from the one cell of the inner point", int(one.sum()))
    return np.where(one, at_inner, height)
