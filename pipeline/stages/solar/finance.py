"""Stage `finance`: what each size of plant costs and gives, hour by hour against the building's consumption. Indicative."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.finance import FinanceConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Arrays, Finance, Horizon, Ladder, Roofs
from pipeline.contracts.sources import BUILDING_USES, Buildings, Occupancy, Weather
from pipeline.contracts.spec import Slim, Table
from pipeline.io.loads import load_hours
from pipeline.io.terms import MIDDLE, Terms, read_terms
from pipeline.joins.demand import Needs, needs_of
from pipeline.joins.plants import Users, plants_of, used_by_steps, valued_steps
from pipeline.joins.production import year_hours

Ints = NDArray[np.int64]


def finance(
    ladder: Slim[Ladder], arrays: Slim[Arrays], roofs: Slim[Roofs], horizon: Slim[Horizon], weather: Table[Weather],
    buildings: Slim[Buildings], occupancy: Table[Occupancy] | None, config: FinanceConfig, town: Town, compute: Compute, notes: Notes,
) -> Table[Finance]:  # fmt: skip
    """Cost, self-consumption, present value, payback, levelised cost and avoided emissions of each step of the ladders.

    Parameters
    ----------
    ladder, arrays
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
        Power model and wear of the section solar.
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
    plants = plants_of(ladder, arrays, roofs, horizon)
    need = needs_of(plants.names, buildings, occupancy, terms, config, notes)
    users = Users(_profiles(config), need.use, need.load, need.use, need.dwellings)
    used = used_by_steps(plants, users, year_hours(weather, roofs), town.solar, compute)
    table = valued_steps(ladder, plants.building, used, users, terms, town.solar)[[*Finance.columns()]]
    _write_down(table, ladder, need, plants.building, terms, town.solar.life_years, notes)
    return table


def _profiles(config: FinanceConfig) -> NDArray[np.float64]:
    """A year's consumption of each use by the hour, shape (uses, 8760)."""
    return np.array([load_hours(u, config.as_of, config.calendar_year, config.utc_offset_h, summer_time=config.summer_time) for u in BUILDING_USES])


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
