"""Parcels and sections of the atlas with their zonal figures."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from pipeline.contracts.notes import Notes
from pipeline.joins.solar import yield_by_parcel


def zonal_joined(sealing: pd.DataFrame | None, green: pd.DataFrame | None) -> pd.DataFrame | None:
    """Sealing and green of every zone in one table, by zone_kind and zone_id; residents come from their own table."""
    key = ["zone_kind", "zone_id"]
    if sealing is None:
        return None
    table = pd.DataFrame(sealing).set_index(key)
    if green is not None:
        new = [c for c in green.columns if c not in table.columns and c not in (*key, "residents")]
        table = table.join(green.set_index(key)[new], validate="one_to_one")
    return table


def parcels_joined(parcels: gpd.GeoDataFrame | None, zonal: pd.DataFrame | None, houses: pd.DataFrame | None, notes: Notes) -> pd.DataFrame | None:
    """Parcels, roads and waters with their zonal figures and their part of the buildings' yield."""
    if parcels is None:
        return None
    table = pd.DataFrame(parcels)
    if zonal is not None:
        figures = zonal.drop(columns="area_m2").reset_index()
        table = table.merge(figures, left_on=["kind", "parcel_id"], right_on=["zone_kind", "zone_id"], how="left", validate="one_to_one")
    if houses is not None and "kwh_year" in houses:
        table["kwh_year"] = yield_by_parcel(table, houses, notes)
    return table


def sections_joined(residents: gpd.GeoDataFrame | None, zonal: pd.DataFrame | None) -> pd.DataFrame | None:
    """Census sections with their zonal figures."""
    if residents is None:
        return None
    table = pd.DataFrame(residents)
    if zonal is None or "section" not in zonal.index.get_level_values("zone_kind"):
        return table
    figures = zonal.drop(columns="area_m2").loc["section"]
    return table.merge(figures, left_on="section_id", right_index=True, how="left", validate="one_to_one")
