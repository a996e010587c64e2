"""Stage `finance`: what each size of plant costs and gives, hour by hour against the building's consumption. Indicative."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.compute import Compute, Late
from pipeline.config.finance import FinanceConfig
from pipeline.config.solar import SolarConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Arrays, Finance, Horizon, Ladder, Roofs, Solar, Sunmap
from pipeline.contracts.sources import BUILDING_USES, Buildings, Occupancy, Weather
from pipeline.contracts.spec import Raster, Slim, Table
from pipeline.core.solar.economics import Plan, cash_flow, levelised_cost, net_present_value, payback_years, price_by_size, wear
from pipeline.core.solar.irradiance import SkyHours
from pipeline.core.solar.ladder import shares_of, steps_of
from pipeline.core.solar.selfuse import used_at_once
from pipeline.errors import ContractError
from pipeline.io.loads import load_hours
from pipeline.io.terms import MIDDLE, READINGS, Terms, read_terms
from pipeline.joins.demand import Needs, needs_of
from pipeline.joins.modules import PlacedModules, placed_modules
from pipeline.joins.production import laid_arrays, lit_kwh, year_hours

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BATCH_ARRAYS = 512
# The hours of the steps give the yields of the ladder again, to this share.
CLOSURE = 1e-6


def finance(
    ladder: Table[Ladder], arrays: Slim[Arrays], solar: Table[Solar], sunmap: Raster[Sunmap] | None, roofs: Slim[Roofs], horizon: Slim[Horizon],
    weather: Table[Weather], buildings: Slim[Buildings], occupancy: Table[Occupancy] | None, config: FinanceConfig, town: Town, compute: Compute, notes: Notes,
) -> Table[Finance]:  # fmt: skip
    """Cost, self-consumption, present value, payback, levelised cost and avoided emissions of each step of the ladders.

    Parameters
    ----------
    ladder, arrays, solar, sunmap
        Steps, and what they are made of.
    roofs, horizon, weather
        What the arrays see, and the year, for their hours.
    buildings
        Use, footprint and height: the consumption that is taken.
    occupancy
        Residents of the town, as a sum: how many homes are lived in. Nothing about single buildings passes on.
    config
        Day of the valuation, calendar and clock.
    town
        Power model and wear of the section solar, sizes of the section ladder.
    compute
        Batches of buildings run in parallel.
    notes
        Receives totals, assumptions, and the figures nobody verified.

    Returns
    -------
    table of `Finance`
        One row for each row of `ladder`. Low and high have all assumptions at their worse and better end.

    Raises
    ------
    ContractError
        When `ladder` was not made of these arrays.
    """
    terms = read_terms(config.as_of, notes)
    placed = placed_modules(arrays, solar, sunmap, Notes())
    building = _buildings(ladder, placed)
    need = needs_of(placed.names, buildings, occupancy, terms, config, notes)
    seen = laid_arrays(arrays, roofs, horizon).set_index("array_id", drop=False).loc[placed.arrays["array_id"]]
    used = _used(seen, placed, ladder, building, need, year_hours(weather, roofs), config, town, compute)
    table = _table(ladder, building, used, need, terms, town)
    _write_down(table, ladder, need, building, terms, town.solar.life_years, notes)
    return table


def _buildings(ladder: Any, placed: PlacedModules) -> Ints:
    """Number of the building of each step."""
    found = np.asarray(pd.Index(placed.names).get_indexer(ladder["building_id"]), dtype=np.int64)
    if (np.diff(found, prepend=0) < 0).any() or (len(found) == 0) != (len(placed.names) == 0):
        raise ContractError(f"ladder: {len(ladder)} steps are not those of arrays and solar ({len(placed.names)} buildings); run make ladder")
    return found


class _Batch(NamedTuple):
    """Buildings whose hours are worked out together: their arrays with horizons, and the additions of their steps."""

    arrays: pd.DataFrame
    first: Ints
    number: Ints
    array: Ints
    part: Floats
    use: Ints
    load: Floats


def _used(
    seen: Any, placed: PlacedModules, ladder: Any, building: Ints, need: Needs, hours: SkyHours, config: FinanceConfig, town: Town, compute: Compute
) -> Floats:
    """Energy used at once by step and reading, shape (steps, readings) [kWh]."""
    profile = np.array([load_hours(u, config.as_of, config.calendar_year, config.utc_offset_h, summer_time=config.summer_time) for u in BUILDING_USES])
    kwh, sizes, cuts = ladder["kwh_year"].to_numpy(dtype=float), np.asarray(town.ladder.sizes_kwp), placed.batches(BATCH_ARRAYS)
    batches = Late(lambda n: _batch(seen, placed, cuts[n], building, kwh, need, sizes), len(cuts))
    found = list(compute.batches(run_batch, batches, size=1, params=(hours, np.ascontiguousarray(profile[:, hours.hour]), town.solar)))
    used = np.concatenate([u for u, _ in found]) if found else np.empty((0, len(READINGS)))
    made = np.concatenate([m for _, m in found]) if found else np.empty(0)
    if not np.allclose(made, kwh, rtol=CLOSURE, atol=CLOSURE):
        raise ContractError(f"solar: its yields are not the sums of the arrays' hours (largest difference {np.abs(made - kwh).max():.3g} kWh); run make solar")
    return used


def _batch(seen: Any, placed: PlacedModules, at: slice, building: Ints, kwh: Floats, need: Needs, sizes_kwp: Floats) -> _Batch:
    """The steps of the buildings of some arrays with their modules, which the table `ladder` does not hold."""
    modules, own = placed.modules(at), placed.building[at]
    steps = steps_of(modules, own, sizes_kwp)
    s, t = np.searchsorted(building, [own[0], own[-1] + 1])
    if len(steps.kwh) != t - s or not np.array_equal(steps.building, building[s:t]) or not np.allclose(steps.kwh, kwh[s:t], rtol=1e-9):
        raise ContractError(f"ladder: {len(kwh)} steps are not those of arrays and solar (seen among {placed.names[own[0]]} to {placed.names[own[-1]]}); run make ladder")
    shares = shares_of(steps, modules, placed.arrays["kwh_year"].to_numpy(dtype=float)[at])
    first = np.searchsorted(shares.step, np.arange(t - s + 1))
    return _Batch(seen.iloc[at], first, steps.number, shares.array, shares.part, need.use[steps.building], need.load[steps.building])


def run_batch(batches: list[_Batch], hours: SkyHours, profile: Floats, config: SolarConfig) -> tuple[Floats, Floats]:
    """Energy used at once and energy made by the steps of some buildings."""
    used, made = [], []
    for b in batches:
        light = np.empty((len(b.arrays), len(hours.hour)))
        for at, kwh in lit_kwh(b.arrays, hours, config):
            light[at] = kwh
        u, m = used_at_once(light, b.first, b.number, b.array, b.part, profile, b.use, b.load)
        used.append(u)
        made.append(m)
    return np.concatenate(used), np.concatenate(made)


def _table(ladder: Any, building: Ints, used: Floats, need: Needs, terms: Terms, town: Town) -> pd.DataFrame:
    kwp, kwh = ladder["kwp"].to_numpy(dtype=float), ladder["kwh_year"].to_numpy(dtype=float)
    use, load = need.use[building], need.load[building]
    used = np.minimum(used, kwh[:, np.newaxis])
    worn = wear(town.solar.degradation_share, town.solar.life_years)
    plans = [_plan(r, kwp, kwh, used[:, r], use, need.dwellings[building], terms) for r in range(len(READINGS))]
    flows = [cash_flow(p, worn) for p in plans]
    value = [net_present_value(p.cost, f, rate) for p, f, rate in zip(plans, flows, terms.rate, strict=True)]
    middle, at_once, mine = plans[MIDDLE], used[:, MIDDLE], load[:, MIDDLE]
    table = pd.DataFrame(
        {
            "building_id": ladder["building_id"].to_numpy(), "step": ladder["step"].to_numpy(), "kwp": kwp, "use": np.array(BUILDING_USES, dtype=object)[use],
            "load_kwh_year": mine, "self_consumed_kwh": at_once, "self_consumed_share": at_once / np.where(kwh > 0.0, kwh, 1.0),
            "self_sufficiency": np.where(mine > 0.0, np.minimum(at_once / np.where(mine > 0.0, mine, 1.0), 1.0), np.nan),
            "cost_eur_low": plans[2].cost, "cost_eur": middle.cost, "cost_eur_high": plans[0].cost,
            "npv_eur_low": value[0], "npv_eur": value[1], "npv_eur_high": value[2],
            "payback_years": payback_years(middle.cost, flows[MIDDLE]),
            "lcoe_eur_kwh": levelised_cost(middle, np.maximum(kwh, 1e-9), worn, float(terms.rate[MIDDLE])), "co2_kg_year": kwh * terms.co2_kg_kwh,
        }
    )  # fmt: skip
    return table.assign(best=_best(table, float(terms.sizes[0])))[[*Finance.columns()]]


def _best(table: pd.DataFrame, smallest_kwp: float) -> NDArray[np.bool_]:
    """The step of each building with the highest present value, of those not smaller than what somebody sells; of all where every step is."""
    if not len(table):
        return np.zeros(0, dtype=bool)
    sold = table["kwp"] >= smallest_kwp
    asked = sold | ~sold.groupby(table["building_id"], sort=False).transform("any")
    best = table["npv_eur"].where(asked).groupby(table["building_id"], sort=False).transform("idxmax")
    return np.asarray(best == table.index)


def _plan(reading: int, kwp: Floats, kwh: Floats, used: Floats, use: Ints, dwellings: Floats, terms: Terms) -> Plan:
    """Money of every step under one reading of the assumptions."""
    cost = kwp * price_by_size(kwp, terms.sizes, terms.capex[reading]) * (1.0 + terms.vat[use])
    refund = np.where(kwp <= terms.deduction_max_kwp, terms.deduction[use, reading] * np.minimum(cost, terms.deduction_limit * dwellings), 0.0)
    return Plan(
        cost=cost, income=used * terms.saved[use, reading] + (kwh - used) * terms.sold[use, reading], upkeep=kwp * terms.upkeep[reading],
        inverter=kwp * price_by_size(kwp, terms.inverter_sizes, terms.inverter[reading]), inverter_year=int(terms.inverter_year[reading]), refund=refund / terms.deduction_years, refund_years=terms.deduction_years,
    )  # fmt: skip


def _write_down(table: Any, ladder: Any, need: Needs, building: Ints, terms: Terms, years: int, notes: Notes) -> None:
    """Sums of the town, in which a home counts by the share that is lived in, and the assumptions."""
    pays = (table["best"] & (table["npv_eur"] > 0.0)).to_numpy()
    best, counts = table[pays], need.lived_in[building][pays]
    made = float(ladder["kwh_year"].to_numpy()[pays] @ counts)
    notes.count("buildings whose best size has a present value above 0", len(best))
    for name in ("kwp", "load_kwh_year", "cost_eur", "npv_eur_low", "npv_eur", "npv_eur_high", "co2_kg_year"):
        notes.figure(f"paying_{name}", float(best[name].to_numpy() @ counts))
    notes.figure("paying_kwh_year", made)
    notes.figure("paying_self_consumed_share", float(best["self_consumed_kwh"].to_numpy() @ counts) / made if made else 0.0)
    if len(best):
        notes.figure("paying_payback_years_median", float(best["payback_years"].median()))
    notes.figure("load_kwh_year", float(need.load[:, MIDDLE] @ need.lived_in))
    notes.assume(
        f"Indicative. Money of today, real rate {terms.rate[MIDDLE]:.0%} over {years} years, prices as they are now; homes deduct {terms.deduction[0, MIDDLE]:.0%} "
        f"of plants up to {terms.deduction_max_kwp:g} kWp where their income tax is high enough; firms before their own taxes. No battery, no energy community."
    )
    notes.assume("One meter for each building: where several dwellings share a roof, the self-consumption is that of all of them together.")
    notes.assume("Consumption follows the VDEW standard profiles of 1999 on the Italian calendar, households with the summer of Italian meters: a building's own hours differ.")
