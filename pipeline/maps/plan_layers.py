"""Layers that the pages of the climate plan draw: public buildings of the register, large roofs and paved yards of enterprises."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from pipeline.contracts.sources import ENTERPRISE_USES

Atlas = dict[str, gpd.GeoDataFrame]
# Of `Estate`, in the order of the table; months of the load and money stay in the register's own file.
ESTATE_NUMBERS = (
    "rank", "floor_m2", "bill_year", "kwh_m2", "heat_normal_kwh_m2", "electricity_kwh_m2", "benchmark_share", "co2_kg_year", "co2_kg_avoidable", "solar_duty_year", "roof_kwp", "pv_kwp",
    "pv_kwh_year", "pv_self_consumed_share", "pv_self_sufficiency", "pv_cost_eur_low", "pv_cost_eur_high", "pv_npv_eur_low", "pv_npv_eur_high", "pv_payback_years", "grant_share", "pv_in_service_kwp",
    "anchor_rank", "anchor_shared_kwh", "anchor_premium_eur",
)  # fmt: skip
ESTATE_WORDS = ("estate_name", "use", "benchmark_class", "reasons", "building_id")
LARGE_NUMBERS = ("roof_m2", "kwp", "kwh_year", "kwh_year_p90", "best_kwp", "cost_eur", "npv_eur_low", "npv_eur_high", "payback_years", "self_consumed_share", "co2_kg_year", "yard_m2")
LARGE_WORDS = ("kind", "use")


def public_buildings(estate: gpd.GeoDataFrame | None, anchors: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
    """Public buildings with an outline, and how each stands as the anchor of a community.

    Parameters
    ----------
    estate
        Table of `Estate`.
    anchors
        Layer `anchors` of `Community`; None where no community was worked out.

    Returns
    -------
    geopandas.GeoDataFrame
        None where nothing of the register was found on the ground.
    """
    if estate is None:
        return None
    found = estate[estate.geometry.notna()].rename(columns={"year": "bill_year", "name": "estate_name"}).reset_index(drop=True)
    if not len(found):
        return None
    if anchors is not None:
        named = {"rank": "anchor_rank", "shared_kwh": "anchor_shared_kwh", "premium_eur": "anchor_premium_eur"}
        found = found.merge(anchors[["estate_id", *named]].rename(columns=named), on="estate_id", how="left", validate="one_to_one")
    return _floats(found, ESTATE_NUMBERS)


def large_roofs(atlas: Atlas, roof_m2: float, yard_m2: float) -> gpd.GeoDataFrame | None:
    """Roofs of enterprises above a size, and paved parcels without a building: car parks and yards as far as land cover shows them.

    Parameters
    ----------
    atlas
        From `pipeline.maps.themes.prepared`.
    roof_m2, yard_m2
        Least area of the roof planes, of the paving [m2].

    Returns
    -------
    geopandas.GeoDataFrame
        One row for each roof (`kind` roof, with the paving around it on its parcel) and each yard (`kind` yard: an area, no power, for
        nobody knows which of it is a car park). None where no source says the use of buildings, or none is large enough.
    """
    buildings = atlas.get("buildings")
    if buildings is None or "use" not in buildings or not buildings["use"].notna().any():
        return None
    yards = _yards(atlas.get("parcels"))
    roofs = buildings[buildings["use"].isin(ENTERPRISE_USES) & (buildings["roof_m2"] >= roof_m2)]
    roofs = roofs.assign(asset_id=roofs["building_id"], kind="roof")
    if yards is None:
        made = roofs
    else:
        paved = yards.drop_duplicates("parcel_id").set_index("parcel_id")["yard_m2"]
        roofs = roofs.assign(yard_m2=roofs["parcel_id"].map(paved))
        bare = yards[(yards["yard_m2"] >= yard_m2) & (yards["building_m2"] < 0.02 * yards["area_m2"]) & ~yards["public"].eq(True)]
        bare = bare.drop(columns=[n for n in LARGE_NUMBERS if n != "yard_m2" and n in bare])
        made = pd.concat([roofs, bare.assign(asset_id=bare["parcel_id"], kind="yard")], ignore_index=True)
    keep = ["asset_id", *LARGE_WORDS, "parcel_id", "sheet", "number", "street", "area_m2", *LARGE_NUMBERS, "geometry"]
    made = gpd.GeoDataFrame(made, geometry="geometry", crs=buildings.crs).reindex(columns=keep).reset_index(drop=True)
    return _floats(made, (*LARGE_NUMBERS, "area_m2")) if len(made) else None


def _yards(parcels: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Parcels with their paving: what is sealed and not built on."""
    if parcels is None or not {"sealed_m2", "building_m2", "public"} <= set(parcels.columns):
        return None
    return parcels.assign(yard_m2=(parcels["sealed_m2"].astype(float) - parcels["building_m2"].astype(float)).clip(lower=0.0))


def _floats(frame: gpd.GeoDataFrame, names: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Numbers as float64 with NaN, whatever way of missing they came with; none but those that are there."""
    return frame.assign(**{n: pd.to_numeric(frame[n]).to_numpy(dtype=float, na_value=np.nan) for n in names if n in frame})
