"""Stage `actions`: the roadmap, one row for each action and asset, with cost curve, yearly budget and range of ranks. Indicative."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.config.actions import CRITERIA, ActionsConfig
from pipeline.config.town import Town
from pipeline.contracts.actions import ActionBudget, ActionCurve, ActionList, Actions
from pipeline.contracts.land import Desealing, Planting, Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.plan import Estate
from pipeline.contracts.register import Initiatives
from pipeline.contracts.solar import Finance, Ladder
from pipeline.contracts.sources import Buildings, Occupancy, Parcels, Residents, Streets
from pipeline.contracts.spec import Package, Slim, Table
from pipeline.contracts.waste import Collection
from pipeline.core.plan.abatement import abatement_curve, cost_per_tonne
from pipeline.core.plan.budget import NEVER, Chosen, Problem, best_set, spent
from pipeline.core.plan.ranking import rank_interval, weight_sets
from pipeline.io.dated import rule
from pipeline.io.terms import read_terms
from pipeline.joins.demand import needs_of
from pipeline.joins.potentials import collection_points, openings, private_plants, public_plants, retrofits, rows_of, street_trees
from pipeline.joins.undertaken import undertaken

Floats = NDArray[np.float64]
KG = 1000.0
EXACT_UP_TO = 200  # actions for which the best set itself is looked for
NO_HURRY = 2100.0


def actions(
    buildings: Table[Buildings], ladder: Slim[Ladder] | None, finance: Table[Finance] | None, occupancy: Table[Occupancy] | None, estate: Table[Estate] | None, parcels: Table[Parcels] | None,
    desealing: Table[Desealing] | None, streets: Table[Streets] | None, sealing: Table[Sealing] | None, planting: Table[Planting] | None, residents: Table[Residents] | None, initiatives: Table[Initiatives] | None, collection: Package[Collection] | None,
    config: ActionsConfig, town: Town, notes: Notes,
) -> Package[Actions]:  # fmt: skip
    """Bring what all stages found that could be done into one list, and say what it costs, in what order, and what a budget buys.

    Parameters
    ----------
    buildings, ladder, finance, occupancy
        Plants of others that pay; of residents only how many homes are lived in.
    estate
        Public buildings: their plants and retrofits.
    parcels, desealing
        Where paving could be opened.
    streets, sealing, planting, residents
        Where trees could stand, and where they are needed; the town's residents, as a sum, for grants.
    initiatives
        What the town already does: status, owner and what was reached.
    collection
        Places where a new collection point would help.
    config
        Shares, numbers of rows, money of each year, weights.
    town
        Life of plants (section solar), homes that are lived in (section finance).
    notes
        Sums by kind, the plan's bound and gap, assumptions.

    Returns
    -------
    list, curve, budget
    """
    life, people = float(town.solar.life_years), float("nan") if residents is None else float(residents["residents"].sum())
    found = [rows_of(0)]
    if estate is not None:
        found += [public_plants(estate, life, config.as_of), retrofits(estate, people, config)]
    if finance is not None and ladder is not None:
        found.append(private_plants(_paying(finance, ladder, buildings, occupancy, estate, town, config), buildings.set_index("building_id").geometry, life, config))
    if desealing is not None and parcels is not None:
        found.append(openings(desealing, parcels, config))
    if streets is not None and sealing is not None:
        found.append(street_trees(streets, sealing, planting, residents, config))
    if collection is not None:
        found.append(collection_points(collection["places"], config))
    table = pd.concat([f for f in found if len(f)] or found, ignore_index=True)
    if initiatives is not None:
        table = undertaken(table, initiatives, config.match_m, config.done_share)
    table["eur_per_t"] = _per_tonne(table, config)
    _rank(table, config)
    made = {"list": _listed(table, buildings.crs), "curve": _curve(table), "budget": _planned(table, config, notes)}
    _write_down(made["list"], config, notes)
    return made


def _paying(finance: pd.DataFrame, ladder: pd.DataFrame, buildings: Any, occupancy: Any | None, estate: Any | None, town: Town, config: ActionsConfig) -> pd.DataFrame:
    """Best plants with a present value above 0 on buildings that are not in the town's register, and what each counts in sums."""
    public = set() if estate is None else set(estate["building_id"].dropna())
    best = finance[finance["best"] & (finance["npv_eur"] > 0.0) & ~finance["building_id"].isin(public)]
    table = best.merge(ladder[["building_id", "step", "kwh_year"]], on=["building_id", "step"], how="left", validate="one_to_one").rename(columns={"kwh_year": "kwh"})
    # Homes are shared out over all buildings with modules, as `finance` does it.
    names = ladder["building_id"].drop_duplicates().to_numpy(dtype=object)
    lived_in = pd.Series(needs_of(names, buildings, occupancy, read_terms(config.as_of, Notes()), town.finance, Notes()).lived_in, index=names)
    return table.assign(counts=lived_in.reindex(table["building_id"]).to_numpy(dtype=float))


def _per_tonne(table: pd.DataFrame, config: ActionsConfig) -> Floats:
    rate = rule("taxes", "discount_rate", config.as_of).value
    avoided, life = table["co2_kg"].to_numpy(dtype=float) / KG, table["life"].to_numpy(dtype=float)
    return cost_per_tonne(table["npv_eur"].to_numpy(dtype=float), rate, np.nan_to_num(life, nan=1.0), avoided)


def _rank(table: pd.DataFrame, config: ActionsConfig) -> None:
    """Places of what is left to do and stands for one asset; a sum of many is no action to be ranked."""
    alone = ~table["reasons"].fillna("").str.split().map(lambda codes: "sum_of_many" in codes).astype(bool)
    left = np.flatnonzero(alone & ~table["status"].isin(("done", "under_way")) & table["eur_mid"].notna())
    for name in ("rank", "rank_low", "rank_high"):
        table[name] = pd.array([pd.NA] * len(table), dtype="Int64")
    if not len(left):
        return
    rows = table.iloc[left]
    due = rows["deadline"].str[:4].astype(float).fillna(NO_HURRY)
    # The place of each among the others: one large action must not press all others together.
    criteria = np.column_stack([_places(v) for v in (rows["co2_kg"].fillna(0.0), rows["npv_eur"].fillna(0.0), -rows["eur_mid"], -due)])
    each = [getattr(config.weights, c) for c in CRITERIA]
    low, high, middle = (np.array([getattr(w, end) for w in each]) for end in ("low", "high", "middle"))
    places = rank_interval(criteria, middle, weight_sets(low, high, config.draws, config.seed))
    for name, value in (("rank", places.rank), ("rank_low", places.low), ("rank_high", places.high)):
        table.loc[table.index[left], name] = value


def _places(values: pd.Series[Any]) -> Floats:
    """From 0 (least) to 1 (most), by how many of the others are less."""
    return np.asarray((values.rank(method="min") - 1.0) / max(len(values) - 1, 1), dtype=float)


def _listed(table: pd.DataFrame, crs: Any) -> gpd.GeoDataFrame:
    """The table of the contract, with a point in each asset."""
    shapes = np.array([s if isinstance(s, shapely.Geometry) and not s.is_empty else None for s in table["shape"]] or [], dtype=object)
    typed = {n: pd.array([pd.NA if pd.isna(v) else int(v) for v in table[n]], dtype="Int64") for n in ("rank", "rank_low", "rank_high")}
    rows = table.assign(units=table["units"].fillna(0.0).astype("int64"), **typed)[[*ActionList.columns()]]
    numbers = [n for n, c in ActionList.columns().items() if c.dtype == "float"]
    rows[numbers] = rows[numbers].astype(float)
    return gpd.GeoDataFrame(rows, geometry=shapely.point_on_surface(shapes), crs=crs).sort_values("action_id", kind="stable", ignore_index=True)


def _curve(table: pd.DataFrame) -> pd.DataFrame:
    """Steps of what is not done yet."""
    open_ = table[table["status"] != "done"].sort_values("action_id", kind="stable", ignore_index=True)
    npv, eur_t, avoided = (open_[n].to_numpy(dtype=float) for n in ("npv_eur", "eur_per_t", "co2_kg"))
    c = abatement_curve(npv, eur_t, avoided / KG)
    rows = open_.iloc[c.action]
    return pd.DataFrame(
        {
            "step": np.arange(1, len(rows) + 1), "action_id": rows["action_id"].to_numpy(dtype=object), "kind": rows["kind"].to_numpy(dtype=object), "width_t": c.width_t,
            "eur_per_t": c.height_eur_t, "npv_eur": rows["npv_eur"].to_numpy(dtype=float), "cumulated_t": c.end_t,
        }
    )[[*ActionCurve.columns()]]  # fmt: skip


def _planned(table: pd.DataFrame, config: ActionsConfig, notes: Notes) -> pd.DataFrame:
    """What the money of each year buys of the municipality's own actions."""
    mine = table[table["mine"].astype(bool) & ~table["status"].isin(("done", "under_way")) & (table["eur_mid"] > 0.0)].sort_values("action_id", kind="stable", ignore_index=True)
    money = np.asarray(config.budget_eur, dtype=float)
    group = pd.factorize(mine["kind"] + " " + mine["asset_id"])[0].astype(np.int64)
    problem = Problem(mine["eur_mid"].to_numpy(dtype=float), _value(mine, config), group, money, config.carry_over)
    chosen = best_set(problem, config.gap_share if len(mine) > EXACT_UP_TO else 0.0, config.nodes)
    out, at = spent(problem, chosen.year), np.flatnonzero(chosen.year != NEVER)
    left = np.cumsum(money - out) if config.carry_over else money - out
    year = chosen.year[at]
    budget = pd.DataFrame(
        {
            "year": year.astype("int64") + config.first_year, "action_id": mine["action_id"].to_numpy(dtype=object)[at], "eur": problem.cost[at], "co2_kg": mine["co2_kg"].to_numpy(dtype=float)[at],
            "npv_eur": mine["npv_eur"].to_numpy(dtype=float)[at], "left_eur": np.maximum(left[year], 0.0),
        }
    )  # fmt: skip
    _say_plan(chosen, budget, mine, config, notes)
    return budget.sort_values(["year", "action_id"], kind="stable", ignore_index=True)[[*ActionBudget.columns()]]


def _value(mine: pd.DataFrame, config: ActionsConfig) -> Floats:
    """What an action is worth in each year: tonnes until the end of the plan, or its present value seen from the first year."""
    years = np.arange(len(config.budget_eur), dtype=float)
    if config.goal == "co2":
        return np.asarray(mine["co2_kg"].fillna(0.0).to_numpy(dtype=float)[:, np.newaxis] / KG * (len(years) - years))
    rate = rule("taxes", "discount_rate", config.as_of).value
    return np.asarray(mine["npv_eur"].fillna(0.0).to_numpy(dtype=float)[:, np.newaxis] * (1.0 + rate) ** -years)


def _say_plan(chosen: Chosen, budget: pd.DataFrame, mine: pd.DataFrame, config: ActionsConfig, notes: Notes) -> None:
    notes.count("actions of the municipality to choose from", len(mine))
    notes.count("actions in the budget", len(budget))
    notes.figure("plan_value", chosen.value)
    notes.figure("plan_bound", chosen.bound)
    notes.figure("plan_gap_share", chosen.gap)
    notes.figure("plan_eur", float(budget["eur"].sum()))
    notes.figure("plan_co2_kg", float(budget["co2_kg"].sum()))
    goal = "tonnes avoided until its end" if config.goal == "co2" else "net present value"
    notes.assume(f"The budget is an example: {sum(config.budget_eur):,.0f} EUR over {len(config.budget_eur)} years from {config.first_year}; the set of most {goal} is chosen, no other set is more than {chosen.gap:.2%} better. What counts for nothing in that goal, de-sealing among it, is not chosen.")


def _write_down(table: Any, config: ActionsConfig, notes: Notes) -> None:
    for kind, rows in table.groupby("kind"):
        notes.count(f"actions: {kind}", len(rows))
        for name in ("kwp", "kwh", "co2_kg", "m2", "eur_low", "eur_mid", "eur_high", "npv_eur"):
            if rows[name].notna().any():
                notes.figure(f"roadmap_{kind}_{name}", float(rows[name].sum()))
    for name in ("co2_kg", "eur_low", "eur_mid", "eur_high", "achieved_co2_kg"):
        notes.figure(f"roadmap_all_{name}", float(table[name].sum()))
    notes.count("actions already done", int((table["status"] == "done").sum()))
    notes.assume(f"Costs of trees, retrofits and collection points and the price of heat are partly judgements or recalled ({config.as_of}); before grants, whose ceilings are not looked at.")
    notes.assume(f"A retrofit saves {config.retrofit_share:.0%} of what a public building consumes above the typical. Photovoltaics and retrofit of one building are valued apart: together they save a little less.")
    notes.assume("Plants of homes are told as a sum only; a plant pays where its middle present value is above 0. Opened ground has no emissions counted.")
    notes.assume(f"Ranked by place in four criteria (emissions, present value, cost, deadline); the range is the best and worst place over the corners of the allowed weights and {config.draws} random ones, so the true range may be a little wider.")
