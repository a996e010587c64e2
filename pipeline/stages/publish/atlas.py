"""Everything joined once: one layer per theme. Sums and joins only; nothing is computed anew here or after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from pipeline.config.town import Town
from pipeline.contracts.land import Access, Consumed, Desealing, Green, Patches, Planting, Plots, Provision, Restoration, Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.publish import Atlas
from pipeline.contracts.solar import Arrays, Finance, Horizon, Installed, Irradiation, Obstacles, Roofs, Solar
from pipeline.contracts.sources import Boundary, Buildings, Landcover, Parcels, Residents, Streets
from pipeline.contracts.spec import Package, PackageParts, Raster, Slim, Table, TableSpec, on_file
from pipeline.joins.land import (
    access_joined,
    ground_figures,
    parcels_joined,
    sections_joined,
    shown_provision,
    streets_joined,
    zonal_joined,
)
from pipeline.joins.solar import arrays_joined, buildings_joined, installed_figures, roofs_joined
from pipeline.joins.town import town_joined

PANDAS_DTYPES = {"str": "object", "int": "Int64", "float": "float64", "bool": "bool", "list": "object", "bytes": "object"}


def atlas(
    boundary: Table[Boundary] | None,
    buildings: Table[Buildings] | None,
    parcels: Table[Parcels] | None,
    residents: Table[Residents] | None,
    landcover: Raster[Landcover] | None,
    streets: Table[Streets] | None,
    roofs: Slim[Roofs] | None,
    irradiation: Table[Irradiation] | None,
    horizon: Slim[Horizon] | None,
    obstacles: Slim[Obstacles] | None,
    arrays: Slim[Arrays] | None,
    solar: Table[Solar] | None,
    finance: Table[Finance] | None,
    installed: Table[Installed] | None,
    sealing: Table[Sealing] | None,
    green: Table[Green] | None,
    plots: Table[Plots] | None,
    desealing: Table[Desealing] | None,
    planting: Table[Planting] | None,
    access: Table[Access] | None,
    provision: Table[Provision] | None,
    consumed: Package[Consumed] | None,
    restoration: Table[Restoration] | None,
    patches: Table[Patches] | None,
    town: Town,
    notes: Notes,
) -> Package[Atlas]:
    """Join every subject on its keys.

    Parameters
    ----------
    boundary, buildings, parcels, residents, streets, roofs, irradiation, horizon, obstacles, arrays, solar, finance, installed
        As their contracts say; None where the town has no such data.
    sealing, green, plots, desealing, planting, access, provision, consumed, restoration, patches
        The land wing; of `provision` only what no single home can be told from is taken over.
    landcover
        Only its frame is used: the outline of the town where there is no boundary.
    town
        Name and reference system.
    notes
        Receives the rows of each layer and the buildings that stand on no parcel.

    Returns
    -------
    PackageParts
        Every layer of the contract, empty where its data is missing, made when it is its turn to be written; outlines that nothing is
        worked out from stay in their files until then. Sums and means of sums only; P90 is that of sums.
    """
    built = arrays_joined(arrays, solar)
    planes = roofs_joined(roofs, irradiation, horizon, arrays)
    houses = access_joined(buildings_joined(buildings, planes, built, finance), access)
    zonal = zonal_joined(sealing, green, plots)
    shown = shown_provision(provision, notes)
    ground = ground_figures(desealing, shown, consumed, "extent" if boundary is None else "town") | installed_figures(installed)
    layers: dict[str, pd.DataFrame | None] = {
        "town": town_joined(town, boundary, landcover, [buildings, parcels, residents], zonal, houses, built, residents, ground),
        "buildings": houses,
        "roofs": planes,
        "obstacles": None if obstacles is None else pd.DataFrame(obstacles),
        "arrays": built,
        "parcels": parcels_joined(parcels, zonal, desealing, houses, notes),
        "sections": sections_joined(residents, zonal, planting, shown),
        "streets": streets_joined(streets, zonal),
        "provision": shown,
        "official": None if consumed is None else pd.DataFrame(consumed["years"]),
        "comparison": None if consumed is None else pd.DataFrame(consumed["comparison"]),
        "restoration": restoration,
        "patches": patches,
    }
    return PackageParts(_in_turn(layers, f"EPSG:{town.epsg}", notes))


def _in_turn(layers: dict[str, pd.DataFrame | None], crs: str, notes: Notes) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each layer as its contract says, and no longer held once it is taken."""
    for name, spec in Atlas.layers.items():
        table = layers.pop(name)
        notes.count(f"rows: {name}", 0 if table is None else len(table))
        yield name, _layer(spec, table, crs)


def _layer(spec: type[TableSpec], table: pd.DataFrame | None, crs: str) -> pd.DataFrame:
    """The contract's columns in its order, missing where there is no data, sorted by key; with outlines where it has them."""
    table = pd.DataFrame({"geometry": []}) if table is None else table.sort_values(list(spec.key), kind="stable")
    columns: dict[str, Any] = {}
    for name, column in spec.columns().items():
        dtype = "int64" if column.dtype == "int" and column.required else PANDAS_DTYPES[column.dtype]
        values = table[name] if name in table else pd.Series(None, index=table.index, dtype="object")
        if dtype == "object":
            columns[name] = values.astype("object").where(values.notna(), None)
        elif dtype == "bool":
            columns[name] = values.eq(True)
        else:
            columns[name] = values.astype(dtype)
    frame = pd.DataFrame(columns, index=table.index).reset_index(drop=True)
    if spec.geometry is None:
        return frame
    if on_file(table["geometry"]):
        return frame.assign(geometry=table["geometry"].to_numpy())
    return gpd.GeoDataFrame(frame, geometry=np.asarray(table["geometry"], dtype=object), crs=crs)
