"""Land side of the atlas: parcels, sections, stretches of street and buildings with what the land wing says of them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from pipeline.contracts.notes import Notes
from pipeline.joins.solar import yield_by_parcel

KEY = ["zone_kind", "zone_id"]
# What a parcel that could be opened gains; a parcel that is no candidate has none of it.
OPENING = (
    "public", "place", "paved_m2", "open_m2", "runoff_saved_m3", "permeability_gain", "baf_gain",
    "opening_eur", "opening_eur_low", "opening_eur_high", "pareto",
)  # fmt: skip
PLANTING = ("priority", "rank", "rank_low", "rank_high", "plantable_m2")
# Ways and surroundings of a building. Its supply per person stays in processed/: where a green has few neighbours it would tell how many they are.
ACCESS = (
    "on_network", "green_linear_m", "green_network_m", "large_green_linear_m", "large_green_network_m", "open_linear_m", "open_network_m",
    "trees_15m", "trees_25m", "trees_50m", "canopy_share",
)  # fmt: skip
SHARES = ("near_green", "near_open", "no_way", "three_trees", "thirty_canopy", "rule_3_30_300", "low_supply")
# Measures of `provision` as columns, headline setting only: with the unit in the name where they have one.
MEASURES = {
    **{name: name for name in SHARES}, "green_way": "green_way_m", "green_supply": "green_supply_m2", "supply_gini": "supply_gini",
    "standard_per_head": "standard_per_head_m2", "standard_needed": "standard_needed_m2", "standard_missing": "standard_missing_m2", "open_space": "open_space",
}  # fmt: skip
WITH_INTERVAL = ("green_supply", "supply_gini", "low_supply")
# Shares of people in a section are given in whole per cents: finer steps would tell single homes apart.
SECTION_STEP = 0.01
MIN_BUILDINGS = 3


def zonal_joined(sealing: pd.DataFrame | None, green: pd.DataFrame | None, plots: pd.DataFrame | None) -> pd.DataFrame | None:
    """Sealing, green and plot indices of every zone in one table, by zone_kind and zone_id; residents come from their own table."""
    if sealing is None:
        return None
    table = pd.DataFrame(sealing).set_index(KEY)
    for other in (green, plots):
        if other is not None:
            new = [c for c in other.columns if c not in table.columns and c not in (*KEY, "residents")]
            table = table.join(other.set_index(KEY)[new], validate="one_to_one")
    return table


def parcels_joined(
    parcels: gpd.GeoDataFrame | None, zonal: pd.DataFrame | None, desealing: pd.DataFrame | None, houses: pd.DataFrame | None, notes: Notes
) -> pd.DataFrame | None:
    """Parcels, roads and waters with their zonal figures, what opening their paving gives, and their part of the buildings' yield."""
    if parcels is None:
        return None
    table = pd.DataFrame(parcels)
    if zonal is not None:
        figures = zonal.drop(columns="area_m2").reset_index()
        table = table.merge(figures, left_on=["kind", "parcel_id"], right_on=KEY, how="left", validate="one_to_one")
    if desealing is not None:
        table = table.merge(desealing[["parcel_id", *OPENING]], on="parcel_id", how="left", validate="one_to_one")
        table["candidate"] = table["parcel_id"].isin(desealing["parcel_id"])
    if houses is not None and "kwh_year" in houses:
        table["kwh_year"] = yield_by_parcel(table, houses, notes)
    return table


def sections_joined(
    residents: gpd.GeoDataFrame | None, zonal: pd.DataFrame | None, planting: pd.DataFrame | None, provision: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Census sections with their zonal figures, the rank for planting, and the headline figures of access and supply."""
    if residents is None:
        return None
    table = pd.DataFrame(residents)
    if zonal is not None and "section" in zonal.index.get_level_values("zone_kind"):
        figures = zonal.drop(columns="area_m2").loc["section"]
        table = table.merge(figures, left_on="section_id", right_index=True, how="left", validate="one_to_one")
    if planting is not None:
        table = table.merge(planting[["section_id", *PLANTING]], on="section_id", how="left", validate="one_to_one")
    if provision is not None:
        table = table.join(headlines(provision, "section"), on="section_id")
    return table


def streets_joined(streets: gpd.GeoDataFrame | None, zonal: pd.DataFrame | None) -> pd.DataFrame | None:
    """Stretches of street with the figures of the ground along them; streets beyond the town have none and are left out."""
    if streets is None or zonal is None or "street" not in zonal.index.get_level_values("zone_kind"):
        return None
    return pd.DataFrame(streets).merge(zonal.loc["street"], left_on="street_id", right_index=True, how="inner", validate="one_to_one")


def access_joined(houses: pd.DataFrame | None, access: pd.DataFrame | None) -> pd.DataFrame | None:
    """Buildings with their ways to green and what is around them."""
    if houses is None or access is None:
        return houses
    return houses.merge(access[["building_id", *ACCESS]], on="building_id", how="left", validate="one_to_one")


def shown_provision(provision: pd.DataFrame | None, notes: Notes) -> pd.DataFrame | None:
    """Rows of `provision` that may be published: of the town all settings, of sections the headline ones that no home can be told from.

    A share of a section's people is left out where those who have it, or those who have not, live in fewer than three
    buildings; the others are rounded to whole per cents.
    """
    if provision is None:
        return None
    section = provision["zone_kind"] == "section"
    table = provision[(~section | provision["headline"]) & ~provision["withheld"]].reset_index(drop=True)
    share = (table["zone_kind"] == "section") & table["measure"].isin(SHARES)
    yes = (table["of_buildings"] * table["buildings"]).round()
    lone = share & (yes.between(1, MIN_BUILDINGS - 1) | (table["buildings"] - yes).between(1, MIN_BUILDINGS - 1))
    notes.count("shares of sections left out: they would tell of fewer than three buildings", int(lone.sum()))
    for name in ("value", "low", "high"):
        table[name] = table[name].where(~share, (table[name] / SECTION_STEP).round() * SECTION_STEP)
    table["of_buildings"] = table["of_buildings"].where(~share)
    return table[~lone].reset_index(drop=True)


def headlines(provision: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The headline figures of the zones of a kind as columns, by zone_id."""
    own = provision[(provision["zone_kind"] == kind) & provision["headline"]]
    table = own.pivot(index="zone_id", columns="measure", values="value").reindex(columns=list(MEASURES)).rename(columns=MEASURES)
    for measure in WITH_INTERVAL:
        rows = own[own["measure"] == measure].set_index("zone_id")
        for end in ("low", "high"):
            table[f"{MEASURES[measure]}_{end}"] = rows[end]
    return table


def ground_figures(desealing: pd.DataFrame | None, provision: pd.DataFrame | None, consumed: dict[str, Any] | None, kind: str) -> dict[str, Any]:
    """Figures of the whole town: access and supply, candidates summed, the newest official stock."""
    row: dict[str, Any] = {}
    # A town without streets or greens may have figures of access, but none at the headline's setting.
    if provision is not None and not (own := headlines(provision, kind)).empty:
        row |= own.iloc[0].to_dict()
    if desealing is not None:
        row |= {"candidates": len(desealing), "candidates_public": int(desealing["public"].sum())}
        for name in ("open_m2", "runoff_saved_m3", "opening_eur", "opening_eur_low", "opening_eur_high"):
            row[name] = float((desealing[name] * desealing["counted_share"]).sum())
    if consumed is not None and len(consumed["years"]):
        # The publisher's own table before our count on its map, where both have the year.
        newest = consumed["years"].sort_values(["year", "basis"], kind="stable").iloc[-1]
        names = ("year", "basis", "area_m2", "consumed_m2", "consumed_share", "consumed_m2_per_resident", "since", "net_m2", "lcrpgr", "sdg_flag")
        row |= {f"official_{n}": newest[n] for n in names}
    return {name: None if np.ndim(value) == 0 and pd.isna(value) else value for name, value in row.items()}
