"""Residents by census section, or the town's total."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from pipeline.config.sources import Layer, Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary, Residents
from pipeline.errors import ConfigError, InputError
from pipeline.io.sections import read_sections
from pipeline.io.vectors import concatenate, repair

if TYPE_CHECKING:
    from pipeline.contracts.spec import Table


def residents(layers: Layers, boundary: Table[Boundary] | None, town: Town, notes: Notes) -> Table[Residents]:
    """People and outline of every census section of the town.

    Parameters
    ----------
    layers
        Kind sections (fields section_id, residents; with a `table` of residents the fields are section_id of the
        outlines, table_section_id and residents of the table) or total (`residents:` in the source, the boundary is its place).
    boundary
        Sections whose inner point lies outside are left out.
    town, notes
        Reference system and code; counts, and the total as the figure `residents`.

    Returns
    -------
    table sorted by section_id

    Raises
    ------
    InputError
        When a file cannot be read, a number is negative, no section lies in the town, or a total has no boundary.
    """
    frame = concatenate([part for layer in layers for part in _parts(layer, boundary, town, notes)])
    frame = repair(frame, notes)
    if boundary is not None:
        inside = shapely.covers(shapely.union_all(np.asarray(boundary.geometry)), shapely.point_on_surface(np.asarray(frame.geometry)))
        notes.count("left out: outside the boundary", int((~inside).sum()))
        frame = frame[inside]
    if frame.empty:
        raise InputError(f"sources.residents: no census section lies in {town.name} ({notes.counts}); expected sections of this town; check files, `crs` and `epsg`")
    notes.count("merged into a row of the same section", int(frame.duplicated("section_id").sum()))
    frame = frame.dissolve("section_id", aggfunc="sum", sort=True).reset_index()
    frame["residents"] = frame["residents"].astype("int64")
    frame["area_m2"] = frame.geometry.area
    notes.figure("residents", float(frame["residents"].sum()))
    return frame[["section_id", "residents", "area_m2", "geometry"]]


def _parts(layer: Layer, boundary: gpd.GeoDataFrame | None, town: Town, notes: Notes) -> list[gpd.GeoDataFrame]:
    if layer.source.kind == "sections":
        return [read_sections(layer, path, town, notes) for path in layer.paths]
    if layer.source.kind == "total":
        return [_total(layer, boundary, town, notes)]
    raise ConfigError(f"sources.residents: kind {layer.source.kind}; expected sections or total")


def _total(layer: Layer, boundary: gpd.GeoDataFrame | None, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    if layer.source.residents is None:
        raise ConfigError("sources.residents: kind total without a number; add `residents: <people>` to this source in town.yaml")
    if boundary is None:
        raise InputError("sources.residents: kind total, but the town has no boundary to place the people in; add a source `boundary` or use kind sections")
    notes.assume("Only the town's total of residents is known, not where in the town they live.")
    shape = shapely.union_all(np.asarray(boundary.geometry))
    return gpd.GeoDataFrame({"section_id": [town.code or "town"], "residents": [layer.source.residents]}, geometry=[shape], crs=boundary.crs)
