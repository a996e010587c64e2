"""Roofs, arrays and buildings of the atlas: planes with what they receive and carry, buildings with the sums of both."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.contracts.notes import Notes
from pipeline.contracts.spec import MONTHS
from pipeline.core.solar.uncertainty import COMMON, Sigmas, p90_of_sum
from pipeline.joins.production import sigmas_in

KWH = ["kwh_year", "kwh_year_p90", *(f"kwh_{m}" for m in MONTHS)]
SIGMAS = [f"sigma_{name}" for name in Sigmas._fields]
# Reasons that say the roof was not seen: such a building's potential is not known, which is not zero.
UNSEEN = ("no_surface", "surface_older", "implausible")
# What the step of the ladder with the highest net present value tells of a building.
BEST = (
    "cost_eur", "npv_eur_low", "npv_eur", "npv_eur_high", "payback_years", "self_consumed_share", "self_sufficiency", "lcoe_eur_kwh", "co2_kg_year",
)  # fmt: skip


def arrays_joined(arrays: gpd.GeoDataFrame | None, solar: pd.DataFrame | None) -> pd.DataFrame | None:
    """Arrays with their yield; planes without modules stand in the roofs, with their reason."""
    if arrays is None or solar is None:
        return None
    yields = solar[["array_id", "poa_unshaded_kwh_m2", "poa_kwh_m2", *KWH, *SIGMAS]]
    laid = pd.DataFrame(arrays[arrays["modules"] > 0]).drop(columns="reason")
    return laid.merge(yields, on="array_id", how="left", validate="one_to_one")


def roofs_joined(
    roofs: gpd.GeoDataFrame | None, irradiation: pd.DataFrame | None, horizon: pd.DataFrame | None, arrays: gpd.GeoDataFrame | None
) -> pd.DataFrame | None:
    """Planes with irradiation and sky view, and the reason of each plane without an array."""
    if roofs is None:
        return None
    table = pd.DataFrame(roofs)
    if irradiation is not None:
        table = table.merge(irradiation[["roof_id", "poa_unshaded_kwh_m2", "poa_kwh_m2"]], on="roof_id", how="left", validate="one_to_one")
    if horizon is not None:
        table = table.merge(horizon[["roof_id", "sky_view"]], on="roof_id", how="left", validate="one_to_one")
    if arrays is not None:
        by = pd.DataFrame(arrays).groupby("roof_id")
        decided = pd.DataFrame({"why": by["reason"].first(), "modules": by["modules"].sum(), "kwp": by["kwp"].sum(), "usable_m2": by["usable_m2"].first()})
        table = table.merge(decided, left_on="roof_id", right_index=True, how="left", validate="one_to_one")
        table["reason"] = table["why"].where(table["why"].notna(), table["reason"])
    return table


def buildings_joined(
    buildings: gpd.GeoDataFrame | None, planes: pd.DataFrame | None, built: pd.DataFrame | None, finance: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Buildings with the sums of their planes and arrays, and the size of plant with the highest value."""
    if buildings is None:
        return None
    table = pd.DataFrame(buildings).set_index("building_id")
    if planes is not None:
        found = planes[planes["kind"] != "none"]
        by = found.groupby("building_id")
        table["roof_m2"] = by["area_m2"].sum()
        table["planes"] = by.size().reindex(table.index, fill_value=0)
        if "poa_kwh_m2" in found:
            table["poa_kwh_m2"] = _mean(found, "poa_kwh_m2", "area_m2")
    if built is not None:
        table = table.join(_built(built))
        table = _without_arrays(table, planes)
    if finance is not None:
        best = finance[finance["best"]].set_index("building_id")
        table = table.join(best[list(BEST)]).join(best["kwp"].rename("best_kwp"))
    return table.reset_index()


def _built(arrays: pd.DataFrame) -> pd.DataFrame:
    """Sums of the arrays by building; the loss to shading is that of the sums, by module area, P90 that of the sum."""
    out = arrays.groupby("building_id")[["modules", "module_area_m2", "kwp", *KWH]].sum()
    out["sigma_common"], out["sigma_own"] = _off_together(arrays, out)
    out["kwh_year_p90"] = joint_p90(arrays, out.index.get_indexer(arrays["building_id"]), len(out))
    out["specific_yield_kwh_kwp"] = out["kwh_year"] / out["kwp"]
    open_sky = _mean(arrays, "poa_unshaded_kwh_m2", "module_area_m2")
    out["shading_loss"] = (1.0 - _mean(arrays, "poa_kwh_m2", "module_area_m2") / open_sky).clip(0.0, 1.0)
    return out


def joint_p90(arrays: pd.DataFrame, group: Any, groups: int) -> NDArray[np.float64]:
    """What nine years of ten reach for sums of the arrays of `arrays_joined`: `uncertainty.p90_of_sum`."""
    return p90_of_sum(arrays["kwh_year"].to_numpy(dtype=float), sigmas_in(arrays), np.asarray(group, dtype=np.int64), groups)


def _off_together(arrays: pd.DataFrame, sums: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Relative uncertainty of each building's yield by what is common to all roofs, and by its own.

    With them any set of buildings can be summed: sigma² = (sum of kWh sigma_common)² + sum of (kWh sigma_own)². Exact where
    all buildings have the same terms of `Sigmas` in common, else a little too wide (Minkowski's inequality).
    """
    square = {True: 0.0, False: 0.0}
    for name, sigma in sigmas_in(arrays)._asdict().items():
        off, common = arrays["kwh_year"] * sigma, name in COMMON
        by = (off if common else off**2).groupby(arrays["building_id"]).sum()
        square[common] = square[common] + (by**2 if common else by)
    whole = sums["kwh_year"].where(sums["kwh_year"] > 0.0)
    return np.sqrt(square[True]) / whole, np.sqrt(square[False]) / whole


def _mean(table: pd.DataFrame, value: str, weight: str) -> pd.Series:
    """Weighted mean by building over the rows that have a value."""
    known = table[table[value].notna()]
    by = known["building_id"]
    return (known[value] * known[weight]).groupby(by).sum() / known[weight].groupby(by).sum()


def _without_arrays(table: pd.DataFrame, planes: pd.DataFrame | None) -> pd.DataFrame:
    """The reason of each building without arrays; its sums are zero where its roof was seen, else missing."""
    none = table["modules"].isna()
    reason = pd.Series("no_surface", index=table.index, dtype="object")
    if planes is not None:
        largest = planes.sort_values(["area_m2", "roof_id"], ascending=[False, True], kind="stable").drop_duplicates("building_id")
        reason = largest.set_index("building_id")["reason"].reindex(table.index)
        reason[~table.index.isin(largest["building_id"])] = "no_surface"
    table["reason"] = reason.where(none, None)
    seen = none & ~table["reason"].isin(UNSEEN)
    table.loc[seen, ["modules", "module_area_m2", "kwp", *KWH]] = 0.0
    return table


def yield_by_parcel(parcels: pd.DataFrame, houses: pd.DataFrame, notes: Notes) -> pd.Series:
    """Yield of each building over the parcels and roads below it, by area; the parts of a building sum to its whole.

    0 where no building stands; missing where the potential of all buildings on it is not known.
    """
    land = parcels[parcels["kind"].isin(("parcel", "road"))]
    ground, roofs = np.asarray(land["geometry"], dtype=object), np.asarray(houses["geometry"], dtype=object)
    house, parcel = shapely.STRtree(ground).query(roofs, predicate="intersects")
    area = shapely.area(roofs[house])
    whole = shapely.covers(ground[parcel], roofs[house])
    area[~whole] = shapely.area(shapely.intersection(ground[parcel[~whole]], roofs[house[~whole]]))
    pairs = pd.DataFrame({"house": house, "parcel_id": land["parcel_id"].to_numpy()[parcel], "area": area})
    pairs = pairs[pairs["area"] > 0].sort_values(["house", "parcel_id"], kind="stable")
    on_land = pairs.groupby("house")["area"].transform("sum")
    pairs["kwh"] = houses["kwh_year"].to_numpy(dtype=np.float64)[pairs["house"]] * pairs["area"] / on_land
    notes.count("buildings on no parcel", int((~np.isin(np.arange(len(houses)), pairs["house"])).sum()))
    sums = pairs.groupby("parcel_id")["kwh"].sum(min_count=1)
    kwh = parcels["parcel_id"].map(sums)
    return kwh.where(parcels["parcel_id"].isin(pairs["parcel_id"]), 0.0)


def installed_figures(installed: pd.DataFrame | None) -> dict[str, Any]:
    """What stood on the roofs at the end of the register's last year; empty without a register."""
    if installed is None or not len(installed):
        return {}
    last = installed.sort_values("year").iloc[-1]
    return {f"installed_{n}": last[n] for n in ("year", "plants", "kwp", "ground_kwp")}
