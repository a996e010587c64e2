"""The plant on a building's own roof against its own consumption: the steps of the ladder valued again for who uses the energy."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.solar import SolarConfig
from pipeline.config.town import Town
from pipeline.core.solar.loadhours import month_weighted, year_calendar
from pipeline.errors import ContractError
from pipeline.io.loads import load_hours
from pipeline.io.terms import Terms
from pipeline.joins.plants import Plants, Users, plants_of, step_hours, used_by_steps, valued_steps
from pipeline.joins.production import year_hours

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class RoofTables(NamedTuple):
    """What the solar wing knows of the roofs: tables of the whole town."""

    ladder: Any
    arrays: Any
    roofs: Any
    horizon: Any
    weather: Any


class Consumers(NamedTuple):
    """Buildings that consume; rows in one order.

    Attributes
    ----------
    building_id
        Each once, shape (buildings,).
    profile
        Shape of each building's year, shape (buildings, 8760); each sums to 1.
    load
        Yearly consumption by reading, shape (buildings, readings) [kWh].
    use
        Row of `BUILDING_USES` whose prices and taxes hold.
    """

    building_id: NDArray[np.object_]
    profile: Floats
    load: Floats
    use: Ints


def own_roofs(consumers: Consumers, tables: RoofTables, terms: Terms, config: SolarConfig, compute: Compute) -> pd.DataFrame:
    """The best plant of each building, by present value, and what the whole roof could carry.

    Parameters
    ----------
    consumers
        Who uses the energy.
    tables
        Ladders, arrays and what they see; only the rows of these buildings are worked on.
    terms
        Prices and taxes of the day.
    config
        Power model and wear.
    compute
        Batches run in parallel.

    Returns
    -------
    DataFrame
        Columns of `Finance` for the best step, with roof_kwp and kwh_year; index building_id; buildings without modules are missing.
    """
    wanted = set(consumers.building_id)
    ladder = tables.ladder[tables.ladder["building_id"].isin(wanted)].reset_index(drop=True)
    plants = _plants(ladder, wanted, tables)
    if not len(plants.names):
        return pd.DataFrame(columns=[*COLUMNS], index=pd.Index([], name="building_id", dtype=object))
    of = pd.Index(consumers.building_id).get_indexer(pd.Index(plants.names))
    users = Users(consumers.profile, of.astype(np.int64), consumers.load[of], consumers.use[of], np.ones(len(of)))
    used = used_by_steps(plants, users, year_hours(tables.weather, tables.roofs), config, compute)
    table = valued_steps(ladder, plants.building, used, users, terms, config).assign(kwh_year=ladder["kwh_year"].to_numpy(dtype=float))
    whole = ladder.groupby("building_id", sort=False)["kwp"].max()
    best = table[table["best"]].set_index("building_id")
    return best.assign(roof_kwp=whole.reindex(best.index))[[*COLUMNS]]


def _plants(ladder: Any, wanted: set[Any], tables: RoofTables) -> Plants:
    """The plants of some buildings and their steps."""
    return plants_of(ladder, tables.arrays[tables.arrays["building_id"].isin(wanted)], tables.roofs, tables.horizon)


def plant_hours(building_id: NDArray[np.object_], kwp: Floats, tables: RoofTables, config: SolarConfig) -> Floats:
    """Hours of plants that `own_roofs` chose.

    Parameters
    ----------
    building_id, kwp
        Building and size of each plant; the size is that of a step of its ladder.
    tables, config
        As in `own_roofs`.

    Returns
    -------
    array of shape (plants, 8760) [kWh]

    Raises
    ------
    ContractError
        When a size is no step of the building's ladder.
    """
    ladder = tables.ladder[tables.ladder["building_id"].isin(set(building_id))].reset_index(drop=True)
    plants = _plants(ladder, set(building_id), tables)
    building, sizes = pd.Index(plants.names).get_indexer(pd.Index(building_id)), ladder["kwp"].to_numpy(dtype=float)
    chosen = np.array([_step(plants.building, sizes, b, k) for b, k in zip(building, kwp, strict=True)], dtype=np.int64)
    return step_hours(plants, chosen, year_hours(tables.weather, tables.roofs), config)


def _step(building: Ints, kwp: Floats, wanted: int, size: float) -> int:
    found = np.flatnonzero((building == wanted) & np.isclose(kwp, size, rtol=1e-9))
    if len(found) != 1:
        raise ContractError(f"estate: a plant of {size:g} kWp is no step of its building's ladder; run make estate")
    return int(found[0])


def load_shape(use: str, months: Floats, town: Town, on: str) -> Floats:
    """A year's consumption by the hour, sum 1: the profile of the use, each month as billed where months are, shape (8760,).

    Parameters
    ----------
    use
        Of `BUILDING_USES`.
    months
        Share of each month, NaN where not known, shape (12,).
    town
        Its section finance: calendar and clock.
    on
        Month of the valuation.
    """
    c = town.finance
    hours = load_hours(use, on, c.calendar_year, c.utc_offset_h, summer_time=c.summer_time)
    return hours if np.isnan(months).any() else month_weighted(hours, year_calendar(c.calendar_year, ()), months)


COLUMNS: tuple[str, ...] = (
    "roof_kwp", "kwp", "kwh_year", "self_consumed_kwh", "self_consumed_share", "self_sufficiency", "cost_eur_low", "cost_eur", "cost_eur_high",
    "npv_eur_low", "npv_eur", "npv_eur_high", "payback_years", "co2_kg_year",
)  # fmt: skip
