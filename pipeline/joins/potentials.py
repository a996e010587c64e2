"""What could be done, as rows of the roadmap: photovoltaics, retrofits, openings, trees. Each row stands for an asset or for a named sum."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.config.actions import ActionsConfig
from pipeline.contracts.actions import ActionList
from pipeline.contracts.sources import ENTERPRISE_USES
from pipeline.core.plan.abatement import present_worth
from pipeline.core.plan.standing import gap
from pipeline.io.dated import Rule, find, rule
from pipeline.io.estaterules import factor, grant_rule
from pipeline.io.substations import tariff_rule

Floats = NDArray[np.float64]
MUNICIPALITY, PRIVATE, ENTERPRISE, INSTITUTION = "municipality", "private", "enterprise", "institution"
# Uses of buildings by who would build the plant; public bodies and churches that are not in the town's register are institutions.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "homes": (PRIVATE, ("home", "annex")),
    "enterprises": (ENTERPRISE, (*ENTERPRISE_USES, "other")),
    "institutions": (INSTITUTION, ("school", "town_hall", "church")),
}
# Beside the columns of the contract: what matches an initiative, what the value is worked out over, whether the municipality pays.
HELPERS = ("building", "parcel", "shape", "life", "mine")
FEWEST_TREES = 3
TEXTS = (*(n for n, c in ActionList.columns().items() if c.dtype == "str"), "building", "parcel", "shape")


def rows_of(length: int, **columns: Any) -> pd.DataFrame:
    """Rows with all columns of the roadmap and its helpers; what is not given is missing."""
    names = [*ActionList.columns(), *HELPERS]
    if odd := set(columns) - set(names):
        raise KeyError(f"no such columns of the roadmap: {sorted(odd)}")
    blank = {n: np.full(length, None, dtype=object) if n in TEXTS else np.full(length, np.nan) for n in names}
    made = pd.DataFrame(blank | {k: np.asarray(v, dtype=object) if k in TEXTS and np.ndim(v) else v for k, v in columns.items() if k != "shape"}, index=range(length))
    if "shape" in columns:
        made["shape"] = pd.Series(list(columns["shape"]), index=made.index, dtype=object)
    return made.assign(status="potential", mine=(made["owner"] == MUNICIPALITY).astype(bool))


def codes(flags: dict[str, Any], length: int) -> list[str | None]:
    """Codes of the reasons that hold for each row, parted by blanks."""
    each = {code: np.broadcast_to(np.asarray(holds, dtype=bool), (length,)) for code, holds in flags.items()}
    return [" ".join(c for c, holds in each.items() if holds[i]) or None for i in range(length)]


def told(found: Rule | None) -> tuple[str | None, str | None]:
    """Name and last day of a rule that pays."""
    return (None, None) if found is None else (f"{found.table} {found.key}", found.valid_to or None)


def public_plants(estate: Any, life: float, on: str) -> pd.DataFrame:
    """The best plant of each building of the register, less what is in service on it."""
    new = np.clip(1.0 - estate["pv_in_service_kwp"].fillna(0.0) / estate["pv_kwp"].where(estate["pv_kwp"] > 0.0), 0.0, 1.0)
    table = estate[(new > 0.0).to_numpy()].reset_index(drop=True)
    share = new[new > 0.0].to_numpy()
    pays = [told(tariff_rule(k, on)) for k in table["pv_kwp"]]
    flags = {
        "earns": table["pv_npv_eur"] > 0.0, "duty": table["solar_duty_year"].notna(), "energy_community": [p[0] is not None for p in pays],
        "heat_pump_needed": table["grant_share"].notna(), "heritage": table["heritage"], "grant_expired": table["funding_expired"].notna(), "no_electricity_bills": table["electricity_kwh"].isna(),
    }  # fmt: skip
    return rows_of(
        len(table), action_id="pv-" + table["estate_id"], kind="pv", asset_id=table["estate_id"], name=table["name"], owner=MUNICIPALITY, units=1.0,
        kwp=table["pv_kwp"] * share, kwh=table["pv_kwh_year"] * share, co2_kg=table["pv_co2_kg_year"] * share, eur_low=table["pv_cost_eur_low"] * share,
        eur_mid=table["pv_cost_eur"] * share, eur_high=table["pv_cost_eur_high"] * share, npv_eur=table["pv_npv_eur"] * share, deadline=_days(table["solar_duty_year"]),
        funding_rule=[p[0] for p in pays], funding_until=[p[1] for p in pays], source="estate; pv_costs; electricity_prices public; emissions grid_it",
        reasons=codes(flags, len(table)), building=table["building_id"], parcel=table["parcel_id"], shape=table.geometry, life=life,
    )  # fmt: skip


def retrofits(estate: Any, people: float, config: ActionsConfig) -> pd.DataFrame:
    """Retrofit of each public building that consumes more than is typical: a share of what stands above is saved."""
    on = config.as_of
    area = estate["floor_m2"].to_numpy(dtype=float)
    above = [gap(estate[f"{e}_kwh_m2"].to_numpy(dtype=float), estate[f"benchmark_{b}_kwh_m2"].to_numpy(dtype=float), area) for e, b in (("heat_normal", "heat"), ("electricity", "electricity"))]
    known = np.nan_to_num(np.array(above).reshape(2, -1)) * config.retrofit_share
    some = known.sum(axis=0) > 0.0
    table, (heat, power) = estate[some].reset_index(drop=True), known[:, some]
    saved = heat + power
    cost, life = rule("roadmap", "retrofit", on), rule("roadmap", "retrofit_life", on).value
    price = rule("electricity_prices", "public", on).value * rule("electricity_prices", "avoidable_business", on).value
    factors = np.array([factor(c, on) for c in table["carrier"]])
    yearly = heat * rule("roadmap", "heat_price", on).value + power * price
    rate = rule("taxes", "discount_rate", on).value
    grants = [grant_rule(u, people, on) for u in table["use"]]
    flags = {
        "earns": yearly * present_worth(rate, life) > cost.value * saved, "whole_grant": table["grant_share"] >= 1.0, "part_grant": table["grant_share"] < 1.0,
        "co2_not_counted": (heat > 0.0) & np.isnan(factors), "heritage": table["heritage"], "not_found": table["place"] == "none", "grant_expired": table["funding_expired"].notna(),
    }  # fmt: skip
    return rows_of(
        len(table), action_id="retrofit-" + table["estate_id"], kind="retrofit", asset_id=table["estate_id"], name=table["name"], owner=MUNICIPALITY, units=1.0, m2=table["floor_m2"],
        kwh=saved, co2_kg=power * rule("emissions", "grid_it", on).value + np.where(heat > 0.0, np.nan_to_num(heat * factors), 0.0),
        eur_low=cost.low * saved, eur_mid=cost.value * saved, eur_high=cost.high * saved, npv_eur=yearly * present_worth(rate, life) - cost.value * saved,
        funding_rule=[told(g)[0] for g in grants], funding_until=[told(g)[1] for g in grants], source="estate; roadmap retrofit, heat_price; electricity_prices public; benchmarks",
        reasons=codes(flags, len(table)), building=table["building_id"], parcel=table["parcel_id"], shape=table.geometry, life=life,
    )  # fmt: skip


def private_plants(plants: pd.DataFrame, shapes: pd.Series[Any], life: float, config: ActionsConfig) -> pd.DataFrame:
    """Plants of others that pay: the best of enterprises each in a row, all others in a sum for each group.

    Parameters
    ----------
    plants
        Best steps with a present value above 0: building_id, use, kwp, kwh, costs, npv_eur, co2_kg_year, and `counts`, the share of the building that counts in sums.
    shapes
        Outlines by building_id.
    life
        Of plants [years].
    config
        How many enterprises have a row.
    """
    group = plants["use"].map({u: g for g, (_, uses) in GROUPS.items() for u in uses}).to_numpy(dtype=object)
    order = np.lexsort((plants["building_id"].to_numpy(dtype=str), -plants["npv_eur"].to_numpy(dtype=float)))
    single = np.array([i for i in order if group[i] == "enterprises"][: config.enterprise_plants], dtype=np.int64)
    rest = np.ones(len(plants), dtype=bool)
    rest[single] = False
    one = plants.iloc[single].reset_index(drop=True)
    names = [g for g in GROUPS if (rest & (group == g)).any()]
    summed = pd.DataFrame([_weighted(plants[rest & (group == g)]) for g in names], columns=[*MONEY, "units"])
    each = pd.concat([one.assign(units=1.0), summed], ignore_index=True)
    counts = len(one)
    pays = [told(tariff_rule(k, config.as_of)) for k in one["kwp"]] + [told(find("taxes", "deduction", config.as_of)) if g == "homes" else (None, None) for g in names]
    flags = {
        "earns": True, "energy_community": [p[0] is not None and p[0].startswith("energy") for p in pays], "tax_deduction": [p[0] is not None and p[0].startswith("taxes") for p in pays],
        "sum_of_many": np.arange(len(each)) >= counts,
    }  # fmt: skip
    assets = [*one["building_id"], *names]
    return rows_of(
        len(each), action_id=[f"pv-{a}" for a in assets], kind="pv", asset_id=assets, owner=[ENTERPRISE] * counts + [GROUPS[g][0] for g in names], units=each["units"], kwp=each["kwp"], kwh=each["kwh"],
        co2_kg=each["co2_kg_year"], eur_low=each["cost_eur_low"], eur_mid=each["cost_eur"], eur_high=each["cost_eur_high"], npv_eur=each["npv_eur"],
        funding_rule=[p[0] for p in pays], funding_until=[p[1] for p in pays], source="finance; ladder; pv_costs; electricity_prices; emissions grid_it", reasons=codes(flags, len(each)),
        building=[*one["building_id"], *[None] * len(names)], shape=[*shapes.reindex(one["building_id"]), *[None] * len(names)], life=life,
    )  # fmt: skip


MONEY = ("kwp", "kwh", "co2_kg_year", "cost_eur_low", "cost_eur", "cost_eur_high", "npv_eur")


def _weighted(plants: pd.DataFrame) -> dict[str, float]:
    counts = plants["counts"].to_numpy(dtype=float)
    return {c: float(plants[c].to_numpy(dtype=float) @ counts) for c in MONEY} | {"units": float(round(counts.sum()))}


def openings(desealing: pd.DataFrame, parcels: Any, config: ActionsConfig) -> pd.DataFrame:
    """De-sealing of all public parcels, and of the largest others of the Pareto set."""
    public = desealing["public"].to_numpy(dtype=bool)
    best = desealing[~public & desealing["pareto"].to_numpy(dtype=bool)].sort_values(["open_m2", "parcel_id"], ascending=[False, True], kind="stable").head(config.private_openings)
    table = pd.concat([desealing[public], best]).sort_values("parcel_id", kind="stable", ignore_index=True)
    flags = {"public_place": table["public"], "pareto": table["pareto"], "co2_not_counted": True}
    return rows_of(
        len(table), action_id="desealing-" + table["parcel_id"], kind="desealing", asset_id=table["parcel_id"], name=table["place"], owner=np.where(table["public"], MUNICIPALITY, PRIVATE), units=1.0,
        m2=table["open_m2"], runoff_m3=table["runoff_saved_m3"], eur_low=table["opening_eur_low"], eur_mid=table["opening_eur"], eur_high=table["opening_eur_high"], npv_eur=-table["opening_eur"],
        source="desealing; depaving open, site", reasons=codes(flags, len(table)), parcel=table["parcel_id"],
        shape=parcels.set_index("parcel_id").geometry.reindex(table["parcel_id"]), life=rule("roadmap", "desealing_life", config.as_of).value,
    )  # fmt: skip


def street_trees(streets: Any, sealing: pd.DataFrame, planting: pd.DataFrame | None, sections: Any | None, config: ActionsConfig) -> pd.DataFrame:
    """Trees along streets of the built-up place with few of them, first where the sections need them."""
    table = _named_streets(streets[streets["highway"].isin(config.street_classes)], sealing[sealing["zone_kind"] == "street"])
    canopy = table["canopy"].to_numpy(dtype=float)
    units = np.floor(table["length_m"].to_numpy(dtype=float) * config.tree_free_share / config.tree_spacing_m * (1.0 - np.nan_to_num(canopy)))
    fits = (canopy < config.street_canopy_share) & (table["sealed"].to_numpy(dtype=float) >= config.street_sealed_share) & (units >= FEWEST_TREES)
    order = np.lexsort((table["street_id"].to_numpy(dtype=str), canopy, _need(table, planting, sections)))
    at = np.sort(order[fits[order]][: config.streets])
    table, units, on = table.iloc[at].reset_index(drop=True), units[at], config.as_of
    tree, care, life = rule("roadmap", "tree", on), rule("roadmap", "tree_upkeep", on).value, rule("roadmap", "tree_life", on).value
    paid = tree.value + care * float(present_worth(rule("taxes", "discount_rate", on).value, life))
    return rows_of(
        len(table), action_id="trees-" + table["street_id"], kind="trees", asset_id=table["street_id"], name=table["name"], owner=MUNICIPALITY, units=units,
        co2_kg=units * rule("roadmap", "tree_co2", on).value, eur_low=units * tree.low, eur_mid=units * tree.value, eur_high=units * tree.high, npv_eur=-units * paid,
        source="streets; sealing; planting; roadmap tree, tree_upkeep, tree_co2", reasons="little_canopy", shape=table.geometry, life=life,
    )  # fmt: skip


def _named_streets(streets: Any, strips: pd.DataFrame) -> Any:
    """Edges of one name as one street, under its first edge's identifier; an edge without a name is a street of its own. With the share of trees and of sealed ground around."""
    both = streets.merge(strips[["zone_id", "covered_m2", "tree_m2", "sealed_m2"]], left_on="street_id", right_on="zone_id", how="inner", validate="one_to_one")
    both = both.assign(street=both["name"].fillna(both["street_id"])).sort_values("street_id", kind="stable")
    of = both.groupby("street", sort=True)
    table = of[["length_m", "covered_m2", "tree_m2", "sealed_m2"]].sum().join(of[["street_id", "name"]].first()).reset_index(drop=True)
    covered = table["covered_m2"].where(table["covered_m2"] > 0.0)
    lines = [shapely.union_all(np.asarray(g.array, dtype=object)) for _, g in both.groupby("street", sort=True)["geometry"]]
    return gpd.GeoDataFrame(table.assign(canopy=table["tree_m2"] / covered, sealed=table["sealed_m2"] / covered), geometry=lines, crs=streets.crs)


def _need(streets: Any, planting: pd.DataFrame | None, sections: Any | None) -> Floats:
    """Place, in the ranking of sections, of the one that holds a point of the street; the last where there is none."""
    last = np.full(len(streets), np.inf)
    if planting is None or sections is None or not len(streets):
        return last
    lines = np.asarray(streets.geometry.array, dtype=object)
    street, section = shapely.STRtree(np.asarray(sections.geometry.array, dtype=object)).query(shapely.point_on_surface(lines), predicate="intersects")
    ranked = planting.set_index("section_id")["rank"].reindex(sections["section_id"]).to_numpy(dtype=float)
    np.minimum.at(last, street, np.nan_to_num(ranked[section], nan=np.inf))
    return last


def _days(years: pd.Series[Any]) -> list[str | None]:
    return [None if pd.isna(y) else f"{int(y)}-12-31" for y in years]


def collection_points(places: Any, config: ActionsConfig) -> pd.DataFrame:
    """A new collection point at each of the places that bring most residents within reach."""
    cost, life = rule("roadmap", "collection_point", config.as_of), rule("roadmap", "collection_point_life", config.as_of).value
    return rows_of(
        len(places), action_id="collection_point-" + places["place_id"], kind="collection_point", asset_id=places["place_id"], owner=MUNICIPALITY, units=1.0, eur_low=cost.low, eur_mid=cost.value,
        eur_high=cost.high, npv_eur=-cost.value, source="collection; roadmap collection_point", reasons="far_from_point co2_not_counted", shape=places.geometry, life=life,
    )  # fmt: skip
