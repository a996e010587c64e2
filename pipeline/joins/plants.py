"""Plants of buildings hour by hour: what the steps of the ladders give against a consumption, and what that is worth.

The stages that value plants (finance, estate) all start here, so that the same plant costs and gives the same in each.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.compute import Compute, Late
from pipeline.config.solar import SolarConfig
from pipeline.contracts.sources import BUILDING_USES
from pipeline.core.solar.economics import Plan, cash_flow, levelised_cost, net_present_value, payback_years, price_by_size, wear
from pipeline.core.solar.irradiance import SkyHours
from pipeline.core.solar.ladder import Shares, added_by
from pipeline.core.solar.selfuse import used_at_once
from pipeline.errors import ContractError
from pipeline.io.onfile import pieces
from pipeline.io.terms import MIDDLE, READINGS, Terms
from pipeline.joins.modules import SHARE, cut_at_buildings
from pipeline.joins.production import laid_arrays, lit_kwh

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BATCH_ARRAYS = 512
# The hours of the steps give the yields of the ladder again, to this share.
CLOSURE = 1e-6


class Users(NamedTuple):
    """Who uses the energy below the plants, by building in the order of `Plants.names`.

    Attributes
    ----------
    profile
        Shapes of a year's consumption, shape (shapes, 8760); each sums to 1.
    shape
        Row of `profile`, shape (buildings,).
    load
        Yearly consumption by reading, shape (buildings, readings) [kWh].
    use
        Row of `BUILDING_USES` whose prices and taxes hold, shape (buildings,).
    dwellings
        1 where it is no home, shape (buildings,).
    """

    profile: Floats
    shape: Ints
    load: Floats
    use: Ints
    dwellings: Floats


class _Batch(NamedTuple):
    """Buildings whose hours are worked out together: their arrays with horizons, and the additions of their steps."""

    arrays: pd.DataFrame
    first: Ints
    number: Ints
    array: Ints
    part: Floats
    shape: Ints
    load: Floats


class Plants(NamedTuple):
    """The steps of the ladders of many buildings, and the arrays they are made of, both sorted by building.

    Attributes
    ----------
    names
        building_id by number, sorted.
    arrays
        `production.laid_arrays`, sorted by building and array_id.
    array_building
        Building of each array, by number.
    building
        Building of each step.
    kwh
        Yearly yield up to the step [kWh].
    adds
        What each step adds of each array.
    """

    names: NDArray[np.object_]
    arrays: pd.DataFrame
    array_building: Ints
    building: Ints
    kwh: Floats
    adds: Shares


def plants_of(ladder: Any, arrays: Any, roofs: Any, horizon: Any) -> Plants:
    """Join ladders with the arrays they are made of.

    Parameters
    ----------
    ladder, arrays, roofs, horizon
        The tables, of the same buildings.

    Raises
    ------
    ContractError
        When `ladder` was not made of these arrays.
    """
    laid = laid_arrays(arrays, roofs, horizon).sort_values(["building_id", "array_id"], kind="stable", ignore_index=True)
    names, of = np.unique(laid["building_id"].to_numpy(dtype=str), return_inverse=True)
    array_building = np.asarray(of, dtype=np.int64)
    building = np.asarray(pd.Index(names.astype(object)).get_indexer(ladder["building_id"]), dtype=np.int64)
    shares = pieces(ladder["array_shares"])
    number = np.bincount(array_building, minlength=len(names))
    last = np.r_[np.diff(building) != 0, True] if len(building) else np.zeros(0, dtype=bool)
    fit = len(np.unique(building)) == len(names) and not (np.diff(building, prepend=0) < 0).any()
    fit = fit and np.array_equal([len(s) for s in shares], number[building] * SHARE.itemsize)
    taken = np.frombuffer(b"".join(shares), dtype=SHARE)
    if not fit or not np.allclose(taken[np.repeat(last, number[building])], 1.0, rtol=0.0, atol=CLOSURE):
        raise ContractError(f"ladder: its {len(ladder)} steps are not those of these {len(laid)} arrays ({len(names)} buildings with modules); run make ladder")
    return Plants(names.astype(object), laid, array_building, building, ladder["kwh_year"].to_numpy(dtype=float), added_by(taken, building, array_building))


def used_by_steps(plants: Plants, users: Users, hours: SkyHours, config: SolarConfig, compute: Compute) -> Floats:
    """Energy used in the hour it is made, by step and reading.

    Parameters
    ----------
    plants
        From `plants_of`.
    users
        Consumption below.
    hours
        From `production.year_hours`.
    config
        Power model.
    compute
        Batches of buildings run in parallel.

    Returns
    -------
    array of shape (steps, readings) [kWh]

    Raises
    ------
    ContractError
        When the hours do not sum to the yields of the steps.
    """
    cuts = cut_at_buildings(plants.array_building, BATCH_ARRAYS)
    batches = Late(lambda n: _batch(plants, users, cuts[n]), len(cuts))
    found = list(compute.batches(run_batch, batches, size=1, params=(hours, np.ascontiguousarray(users.profile[:, hours.hour]), config)))
    used = np.concatenate([u for u, _ in found]) if found else np.empty((0, len(READINGS)))
    made = np.concatenate([m for _, m in found]) if found else np.empty(0)
    if not np.allclose(made, plants.kwh, rtol=CLOSURE, atol=CLOSURE):
        raise ContractError(f"solar: its yields are not the sums of the arrays' hours (largest difference {np.abs(made - plants.kwh).max():.3g} kWh); run make solar")
    return np.minimum(used, plants.kwh[:, np.newaxis])


def _batch(plants: Plants, users: Users, at: slice) -> _Batch:
    """Some arrays, from the first of a building to the last of one, and their steps."""
    own = plants.array_building[at]
    s, t = np.searchsorted(plants.building, [own[0], own[-1] + 1])
    building = plants.building[s:t]
    a, b = np.searchsorted(plants.adds.step, [s, t])
    first = np.searchsorted(plants.adds.step[a:b], np.arange(s, t + 1))
    number = np.arange(t - s) - np.searchsorted(building, building) + 1
    return _Batch(plants.arrays.iloc[at], first, number, plants.adds.array[a:b] - at.start, plants.adds.part[a:b], users.shape[building], users.load[building])


def run_batch(batches: list[_Batch], hours: SkyHours, profile: Floats, config: SolarConfig) -> tuple[Floats, Floats]:
    """Energy used at once and energy made by the steps of some buildings."""
    used, made = [], []
    for b in batches:
        u, m = used_at_once(_light_of(b.arrays, hours, config), b.first, b.number, b.array, b.part, profile, b.shape, b.load)
        used.append(u)
        made.append(m)
    return np.concatenate(used), np.concatenate(made)


def _light_of(arrays: Any, hours: SkyHours, config: SolarConfig) -> Floats:
    """Energy of arrays in the hours with light, shape (arrays, hours with light) [kWh]."""
    light = np.empty((len(arrays), len(hours.hour)))
    for at, kwh in lit_kwh(arrays, hours, config):
        light[at] = kwh
    return light


def step_hours(plants: Plants, chosen: Ints, hours: SkyHours, config: SolarConfig) -> Floats:
    """Production of some steps by the hour of the year, shape (chosen, 8760) [kWh]; parameters as in `used_by_steps`."""
    out = np.zeros((len(chosen), hours.length))
    if not len(chosen):
        return out
    light = _light_of(plants.arrays, hours, config)
    for row, last in enumerate(chosen):
        # A step holds what those before it in its building add.
        mine = (plants.building[plants.adds.step] == plants.building[last]) & (plants.adds.step <= last)
        out[row, hours.hour] = plants.adds.part[mine] @ light[plants.adds.array[mine]]
    return out


def valued_steps(ladder: Any, building: Ints, used: Floats, users: Users, terms: Terms, config: SolarConfig) -> pd.DataFrame:
    """Money of every step.

    Parameters
    ----------
    ladder
        Its table: building_id, step, kwp, kwh_year.
    building
        Building of each step, as in `users`.
    used
        From `used_by_steps`.
    users, terms
        Consumption, prices and taxes.
    config
        Wear and life.

    Returns
    -------
    DataFrame
        Columns of the contract `Finance`. Low and high have all assumptions at their worse and better end.
    """
    kwp, kwh = ladder["kwp"].to_numpy(dtype=float), ladder["kwh_year"].to_numpy(dtype=float)
    use, load = users.use[building], users.load[building]
    worn = wear(config.degradation_share, config.life_years)
    plans = [_plan(r, kwp, kwh, used[:, r], use, users.dwellings[building], terms) for r in range(len(READINGS))]
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
    return table.assign(best=_best(table, float(terms.sizes[0])))


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
