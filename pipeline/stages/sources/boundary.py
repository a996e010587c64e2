"""Municipal boundary: one polygon of the town."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from pipeline.config.sources import Layer, Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary
from pipeline.errors import InputError
from pipeline.io.vectors import concatenate, read_vector, repair, text_field

if TYPE_CHECKING:
    from pipeline.contracts.spec import Table


def boundary(layers: Layers, town: Town, notes: Notes) -> Table[Boundary]:
    """The town's boundary as one row.

    Of a layer of many municipalities those whose `town_id` is the town's code are taken; several polygons are
    dissolved into one.

    Parameters
    ----------
    layers
        Kind vector; fields town_id and name, where the layer has them.
    town
        Gives code and name where the layer does not.
    notes
        Counts of rows.

    Returns
    -------
    table of one row

    Raises
    ------
    InputError
        When a file cannot be read, or no row is the town's.
    """
    frame = repair(concatenate([_read(layer, path, town, notes) for layer in layers for path in layer.paths]), notes)
    if frame.empty:
        raise InputError(f"{_files(layers)}: no usable polygon; expected the boundary of {town.name}; see the layer in a GIS")
    own = _of_town(frame, town, layers)
    notes.count("left out: other municipalities", len(frame) - len(own))
    notes.count("dissolved into one", len(own) - 1)
    shape = shapely.union_all(np.asarray(own.geometry))
    first = own.iloc[0]
    return gpd.GeoDataFrame(
        {"town_id": [first["town_id"] or town.code or "town"], "name": [first["name"] or town.name], "area_m2": [shape.area]},
        geometry=[shape],
        crs=town.epsg,
    )


def _read(layer: Layer, path: Path, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    frame = read_vector(layer.source, path, town.epsg, notes)
    notes.count("rows read", len(frame))
    columns = {}
    for name in ("town_id", "name"):
        found = text_field(frame, layer.source, name, path)
        columns[name] = np.full(len(frame), None, dtype=object) if found is None else found
    return gpd.GeoDataFrame(columns, geometry=np.asarray(frame.geometry), crs=frame.crs)


def _of_town(frame: gpd.GeoDataFrame, town: Town, layers: Layers) -> gpd.GeoDataFrame:
    """Rows of the town: all of them where the layer tells one municipality or none."""
    known = [str(i) for i in frame["town_id"] if i is not None]
    if len(set(known)) <= 1:
        return frame
    # ISTAT's codes lose their leading zeros wherever a spreadsheet had them as numbers.
    own = frame[[i is not None and str(i).lstrip("0") == town.code.lstrip("0") for i in frame["town_id"]]]
    if own.empty:
        some = ", ".join(sorted(set(known))[:5])
        raise InputError(f"{_files(layers)}: {len(set(known))} municipalities ({some}, ...), none with the code {town.code or '(empty)'}; correct `code` or `fields: {{town_id: ...}}` in town.yaml")
    return own


def _files(layers: Layers) -> str:
    return ", ".join(str(p) for layer in layers for p in layer.paths)
