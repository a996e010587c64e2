"""Everything joined once: one layer per theme. Sums and joins only; nothing is computed anew here or after."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from pipeline.config.town import Town
from pipeline.contracts.land import Green, Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.publish import Atlas
from pipeline.contracts.solar import Arrays, Finance, Horizon, Irradiation, Obstacles, Roofs, Solar
from pipeline.contracts.sources import Boundary, Buildings, Landcover, Parcels, Residents
from pipeline.contracts.spec import Package, Raster, Slim, Table, TableSpec
from pipeline.joins.land import parcels_joined, sections_joined, zonal_joined
from pipeline.joins.solar import arrays_joined, buildings_joined, roofs_joined
from pipeline.joins.town import town_joined

PANDAS_DTYPES = {"str": "object", "int": "Int64", "float": "float64", "bool": "boolean", "list": "object"}


def atlas(
    boundary: Table[Boundary] | None,
    buildings: Table[Buildings] | None,
    parcels: Table[Parcels] | None,
    residents: Table[Residents] | None,
    landcover: Raster[Landcover] | None,
    roofs: Table[Roofs] | None,
    irradiation: Table[Irradiation] | None,
    horizon: Slim[Horizon] | None,
    obstacles: Table[Obstacles] | None,
    arrays: Table[Arrays] | None,
    solar: Table[Solar] | None,
    finance: Table[Finance] | None,
    sealing: Table[Sealing] | None,
    green: Table[Green] | None,
    town: Town,
    notes: Notes,
) -> Package[Atlas]:
    """Join every subject on its keys.

    Parameters
    ----------
    boundary, buildings, parcels, residents, roofs, irradiation, horizon, obstacles, arrays, solar, finance, sealing, green
        As their contracts say; None where the town has no such data.
    landcover
        Only its frame is used: the outline of the town where there is no boundary.
    town
        Name and reference system.
    notes
        Receives the rows of each layer and the buildings that stand on no parcel.

    Returns
    -------
    dict of GeoDataFrame
        Every layer of the contract, empty where its data is missing. Sums and means of sums only.
    """
    built = arrays_joined(arrays, solar)
    planes = roofs_joined(roofs, irradiation, horizon, arrays)
    houses = buildings_joined(buildings, planes, built, finance)
    zonal = zonal_joined(sealing, green)
    layers = {
        "town": town_joined(town, boundary, landcover, [buildings, parcels, residents], zonal, houses, residents),
        "buildings": houses,
        "roofs": planes,
        "obstacles": None if obstacles is None else pd.DataFrame(obstacles),
        "arrays": built,
        "parcels": parcels_joined(parcels, zonal, houses, notes),
        "sections": sections_joined(residents, zonal),
    }
    crs = f"EPSG:{town.epsg}"
    done = {name: _layer(Atlas.layers[name], table, crs) for name, table in layers.items()}
    for name, table in done.items():
        notes.count(f"rows: {name}", len(table))
    return done


def _layer(spec: type[TableSpec], table: pd.DataFrame | None, crs: str) -> gpd.GeoDataFrame:
    """The contract's columns in its order, missing where there is no data, sorted by key."""
    table = pd.DataFrame({"geometry": []}) if table is None else table.sort_values(list(spec.key), kind="stable")
    columns: dict[str, Any] = {}
    for name, column in spec.columns().items():
        dtype = "int64" if column.dtype == "int" and column.required else PANDAS_DTYPES[column.dtype]
        values = table[name] if name in table else pd.Series(None, index=table.index, dtype="object")
        if dtype == "object":
            columns[name] = values.astype("object").where(values.notna(), None)
        else:
            columns[name] = values.astype(dtype)
    frame = pd.DataFrame(columns, index=table.index).reset_index(drop=True)
    return gpd.GeoDataFrame(frame, geometry=np.asarray(table["geometry"], dtype=object), crs=crs)
