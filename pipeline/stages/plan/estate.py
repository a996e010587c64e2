"""Stage `estate`: the municipality's public buildings with their consumption, duties and own roofs, ranked. Indicative."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.plan import EstateConfig
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.plan import ESTATE_CLASSES, LOADS, Estate
from pipeline.contracts.solar import Arrays, Horizon, Ladder, Roofs
from pipeline.contracts.sources import BUILDING_USES, Buildings, Parcels, Residents, Weather
from pipeline.contracts.spec import Slim, Table
from pipeline.core.plan.degreedays import METHODS, degree_days
from pipeline.core.plan.duties import deadline
from pipeline.core.plan.standing import gap, ranks, step
from pipeline.core.solar.loadhours import year_calendar
from pipeline.io.dated import rule
from pipeline.io.estate import read_estate
from pipeline.io.estaterules import (
    benchmark,
    class_ends,
    community_open,
    estate_uses,
    expired_grants,
    factor,
    grant_share,
    renovated_above,
    solar_calendar,
)
from pipeline.io.terms import MIDDLE, READINGS, read_terms
from pipeline.joins.consumption import Consumption, consumption_of
from pipeline.joins.located import Located, locate
from pipeline.joins.ownroof import COLUMNS, Consumers, RoofTables, load_shape, own_roofs

Floats = NDArray[np.float64]
LISTED = 20  # buildings that were not found, named one by one


def estate(
    buildings: Table[Buildings], parcels: Table[Parcels] | None, residents: Table[Residents] | None, weather: Table[Weather] | None,
    ladder: Slim[Ladder] | None, arrays: Slim[Arrays] | None, roofs: Table[Roofs] | None, horizon: Slim[Horizon] | None,
    layers: Layers, config: EstateConfig, town: Town, compute: Compute, notes: Notes,
) -> Table[Estate]:  # fmt: skip
    """Join the register with the ground, and say of each building how it stands, what is due, what its roof gives, and where to begin.

    Parameters
    ----------
    buildings, parcels
        Where the rows of the register are found.
    residents
        Of the town, as a sum: grants ask for its size.
    weather
        The typical year, for its degree days and the sun's hours.
    ladder, arrays, roofs, horizon
        Plants of the buildings' own roofs; without them there is no photovoltaics.
    layers
        Kinds public_buildings, addresses, degree_days.
    config
        Day of the valuation, method of degree days.
    town
        Calendar of section finance, power model of solar.
    compute
        Batches of roofs.
    notes
        Counts, sums, those that were not found.

    Returns
    -------
    table of `Estate`
        A row for each building of the register, sorted by its code.

    Raises
    ------
    InputError
        When the register cannot be right; with every line.
    """
    register = read_estate(layers, config.as_of, notes)
    typical = _typical(weather, config, notes)
    used = consumption_of(register.bills, register.degree_days, typical)
    found = locate(used.table, buildings, parcels, register.addresses, town.epsg, config.reach_m)
    table = used.table.assign(degree_days_typical=typical, place=found.how, place_reason=found.why)
    _beside_typical(table, typical, config.as_of)
    _law(table, residents, config.as_of, notes)
    first = _first_claim(table, found)
    if any(t is None for t in (ladder, arrays, roofs, horizon, weather)):
        notes.assume("Nothing is known of the roofs: no photovoltaics of public buildings.")
        plants = pd.DataFrame(np.nan, index=range(len(table)), columns=[*COLUMNS])
        table[[*LOADS]] = np.nan
    else:
        plants = _plants(table, used, found, buildings, RoofTables(ladder, arrays, roofs, horizon, weather), town, config, compute, first)
    table = _with_plants(table, plants)
    table["reasons"] = [_reasons(r, bool(f)) for r, f in zip(table.to_dict("records"), first, strict=True)]
    made = _ranked(table, buildings, found)
    _write_down(made, typical, config, notes)
    return made


def _typical(weather: Any | None, config: EstateConfig, notes: Notes) -> float:
    """Degree days of the typical year, NaN where nothing tells them."""
    if config.typical_degree_days is not None:
        notes.assume(f"A typical year has {config.typical_degree_days:g} degree days (town.yaml).")
        return config.typical_degree_days
    if weather is None:
        notes.assume("No weather: heat is not brought to a typical year.")
        return float("nan")
    notes.assume(f"Degree days of the typical year are those of the weather file by the method {config.degree_days_method}; those of the bills' years must be of the same method.")
    return degree_days(weather["temp_air"].to_numpy(dtype=float), METHODS[config.degree_days_method])


def _beside_typical(table: pd.DataFrame, typical: float, on: str) -> None:
    """Benchmark, class, gap, emissions."""
    marks = np.array([benchmark(u, on, typical) for u in table["use"]]).reshape(-1, 2)
    factors, grid = np.array([factor(c, on) for c in table["carrier"]]), rule("emissions", "grid_it", on).value
    area, power, heat = (table[c].to_numpy(dtype=float) for c in ("floor_m2", "electricity_kwh", "heat_kwh"))
    above_heat = gap(table["heat_normal_kwh_m2"].to_numpy(dtype=float), marks[:, 0], area)
    above_power = gap(table["electricity_kwh_m2"].to_numpy(dtype=float), marks[:, 1], area)
    table["benchmark_heat_kwh_m2"], table["benchmark_electricity_kwh_m2"] = marks[:, 0], marks[:, 1]
    table["benchmark_share"] = table["kwh_m2"] / marks.sum(axis=1)
    steps = step(table["benchmark_share"].to_numpy(dtype=float), class_ends(on))
    table["benchmark_class"] = np.array([*ESTATE_CLASSES, None], dtype=object)[steps]
    table["gap_kwh_year"] = above_heat + above_power
    table["co2_kg_year"] = power * grid + np.where(heat == 0.0, 0.0, heat * factors)
    table["gap_co2"] = _known_sum(above_power * grid, np.where(above_heat == 0.0, 0.0, above_heat * factors))
    table["no_factor"] = (heat > 0.0) & np.isnan(factors)


def _law(table: pd.DataFrame, residents: Any | None, on: str, notes: Notes) -> None:
    """Duties and grants that hold on the day, and grants that ended before it."""
    area = table["floor_m2"].to_numpy(dtype=float)
    due = deadline(area, *solar_calendar(on))
    table["solar_duty_year"] = pd.array([pd.NA if y == 0 else y for y in due], dtype="Int64")
    table["renovation_duty"] = area > renovated_above(on)
    people = float("nan") if residents is None else float(residents["residents"].sum())
    table["grant_share"] = [grant_share(u, people, on) for u in table["use"]]
    expired = expired_grants(on)
    table["funding_expired"] = " ".join(expired) or None
    table["community"] = community_open(on)
    if np.isnan(people):
        notes.assume("The town's residents are not known: the grant for buildings of small towns is not counted.")
    if expired:
        notes.assume(f"Expired on {on}, not counted: {', '.join(expired)}.")
    notes.assume("Duties are those of the directives as published; Italy's own law may set other dates. The grant pays photovoltaics only together with a heat pump, up to ceilings not looked at here.")


def _first_claim(table: pd.DataFrame, found: Located) -> NDArray[np.bool_]:
    """Of rows that lie in one outline the one with the largest floor area: the roof is counted there."""
    order = np.lexsort((np.arange(len(table)), -table["floor_m2"].to_numpy(dtype=float), found.row))
    new = np.append(True, np.diff(found.row[order]) != 0)[: len(order)]
    first = np.zeros(len(table), dtype=bool)
    first[order[new]] = True
    return first & (found.row >= 0)


def _plants(
    table: pd.DataFrame, used: Consumption, found: Located, buildings: Any, tables: RoofTables, town: Town, config: EstateConfig, compute: Compute, first: NDArray[np.bool_]
) -> pd.DataFrame:
    """Best plant of each row's own roof; rows that share a roof use its energy together, and it stands at the first of them."""
    terms, uses = read_terms(config.as_of, Notes()), [estate_uses()[u] for u in table["use"]]
    assumed = np.array([terms.consumption[BUILDING_USES.index(u.load)] for u in uses]).reshape(-1, len(READINGS)) * table["floor_m2"].to_numpy(dtype=float)[:, np.newaxis]
    billed = table["electricity_kwh"].to_numpy(dtype=float)
    load = np.where(np.isnan(billed)[:, np.newaxis], assumed, billed[:, np.newaxis])
    shape = np.array([load_shape(u.load, m, town, config.as_of) for u, m in zip(uses, used.months, strict=True)])
    _loads_by_month(table, load[:, MIDDLE, np.newaxis] * shape, town)
    rows = np.flatnonzero(first)
    together = [np.flatnonzero(found.row == found.row[r]) for r in rows]
    energy = np.array([load[t].sum(axis=0) for t in together]).reshape(-1, len(READINGS))
    hours = np.array([load[t, MIDDLE] @ shape[t] for t in together]).reshape(len(rows), -1)
    profile = np.where(energy[:, [MIDDLE]] > 0.0, hours / np.maximum(energy[:, [MIDDLE]], 1e-9), shape[rows])
    names = buildings["building_id"].to_numpy(dtype=object)[found.row[rows]]
    use = np.array([BUILDING_USES.index(uses[r].terms) for r in rows], dtype=np.int64)
    plants = own_roofs(Consumers(names, profile, energy, use), tables, terms, town.solar, compute)
    out = pd.DataFrame(np.nan, index=range(len(table)), columns=[*COLUMNS])
    out.iloc[rows] = plants.reindex(names).to_numpy(dtype=float)
    return out


def _loads_by_month(table: pd.DataFrame, hours: Floats, town: Town) -> None:
    """Consumption that was taken, by month."""
    month = np.repeat(year_calendar(town.finance.calendar_year, ()).month, 24)
    for m, name in enumerate(LOADS):
        table[name] = hours[:, month == m].sum(axis=1)


def _with_plants(table: pd.DataFrame, plants: pd.DataFrame) -> pd.DataFrame:
    named = plants.rename(columns={c: f"pv_{c}" for c in COLUMNS if c != "roof_kwp"})
    whole = pd.concat([table.rename(columns={"pv_kwp": "pv_in_service_kwp"}), named], axis=1)
    # A plant that is there already avoids nothing new.
    new = np.clip(1.0 - whole["pv_in_service_kwp"].fillna(0.0) / whole["pv_kwp"].where(whole["pv_kwp"] > 0.0), 0.0, 1.0)
    return whole.assign(co2_kg_avoidable=_known_sum(whole["gap_co2"].to_numpy(dtype=float), (whole["pv_co2_kg_year"] * new).to_numpy(dtype=float)))


def _known_sum(one: Floats, two: Floats) -> Floats:
    """Sum of what is known, NaN where neither is: a building is ranked by what is known of it, and its reasons say what is not."""
    parts = np.stack([one, two])
    return np.where(np.isnan(parts).all(axis=0), np.nan, np.nansum(parts, axis=0))


def _reasons(r: dict[Any, Any], first: bool) -> str | None:
    """Codes of what speaks for acting, then of what is missing."""
    found, whole, grant = r["place_reason"] is None, bool(r["whole"]), r["grant_share"]
    said = {
        "heat_above": r["heat_normal_kwh_m2"] > r["benchmark_heat_kwh_m2"], "electricity_above": r["electricity_kwh_m2"] > r["benchmark_electricity_kwh_m2"],
        "solar_duty": not pd.isna(r["solar_duty_year"]), "renovation_duty": r["renovation_duty"], "pv_pays": r["pv_npv_eur"] > 0.0,
        "whole_grant": grant >= 1.0, "part_grant": grant < 1.0, "energy_community": r["community"] and r["pv_kwh_year"] > r["pv_self_consumed_kwh"],
        "not_found": not found, "incomplete_year": not whole, "no_electricity": whole and np.isnan(r["electricity_kwh"]), "no_heat": whole and np.isnan(r["heat_kwh"]),
        "not_normalised": r["heat_kwh"] > 0.0 and np.isnan(r["heat_normal_kwh_m2"]), "no_benchmark": np.isnan(r["benchmark_heat_kwh_m2"]), "no_factor": r["no_factor"],
        "shared_roof": found and not first, "no_roof": first and np.isnan(r["roof_kwp"]), "electricity_assumed": r["pv_kwp"] > 0.0 and np.isnan(r["electricity_kwh"]),
        "pv_in_service": r["pv_in_service_kwp"] > 0.0, "heritage": r["heritage"],
    }  # fmt: skip
    return " ".join(code for code, holds in said.items() if holds) or None


def _ranked(table: pd.DataFrame, buildings: Any, found: Located) -> Any:
    """The table of the contract: ranked, with the outline of its building."""
    place = ranks(table["co2_kg_avoidable"].to_numpy(dtype=float), table["solar_duty_year"].fillna(9999).to_numpy(dtype=np.int64))
    ground = {c: _taken(buildings[c].to_numpy(dtype=object), found.row) for c in ("building_id", "parcel_id")}
    made = table.assign(
        **ground, estate_id=table["code"].astype(object), rank=pd.array([pd.NA if p == 0 else p for p in place], dtype="Int64"),
        geometry=_taken(np.asarray(buildings.geometry.array, dtype=object), found.row),
    )  # fmt: skip
    return gpd.GeoDataFrame(made[[*Estate.columns(), "geometry"]], geometry="geometry", crs=buildings.crs).sort_values("estate_id", kind="stable", ignore_index=True)


def _taken(values: NDArray[np.object_], rows: NDArray[np.int64]) -> NDArray[np.object_]:
    """Values at rows, None where a row is below 0."""
    out = np.full(len(rows), None, dtype=object)
    out[rows >= 0] = values[rows[rows >= 0]]
    return out


def _write_down(made: Any, typical: float, config: EstateConfig, notes: Notes) -> None:
    for how, rows in made.groupby("place"):
        notes.count(f"buildings found by: {how}" if how != "none" else "buildings not found", len(rows))
    lost = made[made["place"] == "none"]
    for r in lost.head(LISTED).itertuples():
        notes.warn(f"Not found on the ground: {r.estate_id} ({r.name}): {r.place_reason}.")
    if len(lost) > LISTED:
        notes.warn(f"{len(lost) - LISTED} more buildings of the register were not found on the ground; see estate.parquet.")
    for name in ("floor_m2", "electricity_kwh", "heat_kwh", "gap_kwh_year", "co2_kg_year", "roof_kwp", "pv_kwp", "pv_kwh_year", "pv_cost_eur", "pv_npv_eur", "co2_kg_avoidable"):
        notes.figure(f"estate_{name}", float(made[name].sum()))
    notes.count("buildings with solar due by law", int(made["solar_duty_year"].notna().sum()))
    notes.count("buildings whose own plant has a present value above 0", int((made["pv_npv_eur"] > 0.0).sum()))
    notes.figure("degree_days_typical", typical)
    notes.assume("Heat follows degree days, hot water in it too; electricity does not. Benchmarks of other countries are brought here by degree days alone. The class is no energy certificate.")
    notes.assume(f"Ranked by the emissions that the typical consumption of its use and the best plant on its own roof would avoid, at the factors and prices of {config.as_of}; costs of renovation are not known here.")
