"""Values of the yearly indicators, each from the tables of the stages it names."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from pipeline.contracts.indicators import INDICATORS

Tables = Mapping[str, Any]
HECTARE, TONNE = 1e4, 1e3
BASES = ("table", "raster")  # of the official figures, the published one first


class Found(NamedTuple):
    """A value, and the year of the data where they say one."""

    value: float
    data_year: int | None = None


NOTHING = Found(math.nan)


def values_of(tables: Tables, year: int) -> dict[str, Found]:
    """Every indicator from the tables of a town.

    Parameters
    ----------
    tables
        Frames by stage, as their contracts say; None, or not named, where the town has no such data. `emissions`: a series, see `pipeline.io.indicators.read_emissions`.
    year
        Of the valuation: registers are read up to its end.

    Returns
    -------
    dict
        Indicator -> value; NaN where a table it needs is missing.
    """
    made: dict[str, Found] = {}
    for name, indicator in INDICATORS.items():
        needs = indicator.needs or ("emissions",)
        made[name] = CALCULATED[name](tables, year) if all(tables.get(n) is not None for n in needs) else NOTHING
    return made


def official_series(tables: Tables) -> dict[str, dict[int, float]]:
    """Years of the indicators that somebody else publishes year by year.

    Returns
    -------
    dict
        Indicator -> {year: value}; only those with at least one year.
    """
    found: dict[str, dict[int, float]] = {}
    if tables.get("consumed") is not None:
        years = tables["consumed"]["years"]
        stock, rate = _of_basis(years, "consumed_share"), _of_basis(years, "since")
        found["consumed_ha"] = {int(r.year): float(r.consumed_m2) / HECTARE for r in stock.itertuples()}
        found["consumed_share"] = {int(r.year): float(r.consumed_share) for r in stock.itertuples()}
        found["consumed_ha_year"] = {int(r.year): float(r.net_m2) / HECTARE / (int(r.year) - int(r.since)) for r in rate.itertuples()}
    if tables.get("waste") is not None:
        own = tables["waste"][tables["waste"]["is_town"].to_numpy(dtype=bool)]
        for name, column in (("separate_share", "separate_share"), ("waste_kg_per_resident", "kg_per_resident")):
            found[name] = {int(y): float(v) for y, v in zip(own["year"], own[column], strict=True) if pd.notna(v)}
    if tables.get("installed") is not None:
        found["pv_installed_kwp"] = {int(r.year): float(r.kwp) for r in tables["installed"].itertuples()}
    if tables.get("emissions") is not None:
        found["emissions_t"] = dict(tables["emissions"])
    return {name: years for name, years in found.items() if years}


def _of_basis(years: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rows with a figure in a column, of one basis: series of a map and of a table are not mixed."""
    known = years[years[column].notna()]
    for basis in BASES:
        mine = known[known["basis"] == basis]
        if len(mine):
            return mine.sort_values("year")
    return known


def _newest(name: str) -> Callable[[Tables, int], Found]:
    """The newest official figure up to the year."""

    def newest(tables: Tables, year: int) -> Found:
        years = {y: v for y, v in official_series(tables).get(name, {}).items() if y <= year}
        return Found(years[max(years)], max(years)) if years else NOTHING

    return newest


def _town(table: str, column: str, divided_by: float = 1.0) -> Callable[[Tables, int], Found]:
    """A figure of the whole town in a zonal table; of the covered extent where there is no boundary."""

    def town(tables: Tables, year: int) -> Found:
        zones = tables[table]
        for kind in ("town", "extent"):
            mine = zones[zones["zone_kind"] == kind]
            if len(mine):
                return Found(float(mine[column].iloc[0]) / divided_by)
        return NOTHING

    return town


def _potential_kwp(tables: Tables, year: int) -> Found:
    return Found(float(tables["arrays"]["kwp"].sum()))


def _potential_kwh(tables: Tables, year: int) -> Found:
    return Found(float(tables["solar"]["kwh_year"].sum()))


def _used(tables: Tables, year: int) -> Found:
    there, most = _newest("pv_installed_kwp")(tables, year), _potential_kwp(tables, year)
    return Found(there.value / most.value, there.data_year) if most.value > 0.0 else NOTHING


def _restoration(column: str) -> Callable[[Tables, int], Found]:
    def of(tables: Tables, year: int) -> Found:
        row = tables["restoration"].iloc[0]
        return Found(float(row[column]) / HECTARE, int(row["year"]))

    return of


def _near_green(tables: Tables, year: int) -> Found:
    """Share of residents on the setting that the town shows first."""
    rows = tables["provision"]
    mine = rows[rows["zone_kind"].isin(("town", "extent")) & (rows["measure"] == "near_green") & rows["headline"].to_numpy(dtype=bool)]
    return Found(float(mine["value"].iloc[0])) if len(mine) else NOTHING


def _estate_kwh(tables: Tables, year: int) -> Found:
    """All energy over all floor area, of the buildings of which both are known: large ones weigh as they are."""
    known = tables["estate"][tables["estate"]["kwh_m2"].notna()]
    floor = float(known["floor_m2"].sum())
    return Found(float((known["kwh_m2"] * known["floor_m2"]).sum()) / floor, int(known["year"].max())) if floor > 0.0 else NOTHING


def _estate_t(tables: Tables, year: int) -> Found:
    known = tables["estate"][tables["estate"]["co2_kg_year"].notna()]
    return Found(float(known["co2_kg_year"].sum()) / TONNE, int(known["year"].max())) if len(known) else NOTHING


def _initiatives(status: str) -> Callable[[Tables, int], Found]:
    def number(tables: Tables, year: int) -> Found:
        rows = tables["initiatives"]
        begun = rows["year"].isna() | (rows["year"] <= year)
        return Found(float((begun & (rows["status"] == status)).sum()))

    return number


def _achieved(tables: Tables, year: int) -> Found:
    return Found(float(tables["actions"]["achieved_co2_kg"].sum(skipna=True)) / TONNE)


CALCULATED: dict[str, Callable[[Tables, int], Found]] = {
    "emissions_t": _newest("emissions_t"), "pv_potential_kwp": _potential_kwp, "pv_potential_kwh": _potential_kwh, "pv_installed_kwp": _newest("pv_installed_kwp"), "pv_used_share": _used,
    "sealed_ha": _town("sealing", "sealed_m2", HECTARE), "sealed_share": _town("sealing", "sealed_share"),
    "consumed_ha": _newest("consumed_ha"), "consumed_share": _newest("consumed_share"), "consumed_ha_year": _newest("consumed_ha_year"),
    "canopy_share": _town("green", "canopy_share"), "urban_green_ha": _restoration("green_m2"), "urban_canopy_ha": _restoration("canopy_m2"), "near_green_share": _near_green,
    "estate_kwh_m2": _estate_kwh, "estate_t": _estate_t, "separate_share": _newest("separate_share"), "waste_kg_per_resident": _newest("waste_kg_per_resident"),
    "initiatives_done": _initiatives("done"), "initiatives_under_way": _initiatives("under_way"), "actions_achieved_t": _achieved,
}  # fmt: skip


def restoration_baselines(tables: Tables) -> dict[str, tuple[int, float]]:
    """Baselines that were frozen for the Nature Restoration sheet: indicator -> (year, value)."""
    if tables.get("restoration") is None or pd.isna(tables["restoration"]["baseline_year"].iloc[0]):
        return {}
    row = tables["restoration"].iloc[0]
    return {f"urban_{n}_ha": (int(row["baseline_year"]), float(row[f"{n}_m2"] - row[f"{n}_change_m2"]) / HECTARE) for n in ("green", "canopy")}


def first_of(rows: list[dict[str, Any]]) -> tuple[int | None, float, int | None]:
    """Year, value and method of the first point of a series: the official one where there is one, else the frozen years and today.

    Returns
    -------
    tuple
        (None, NaN, None) where no value is known.
    """
    known = [r for r in rows if not math.isnan(r["value"])]
    official = [r for r in known if r["origin"] == "official"]
    if not known:
        return None, math.nan, None
    first = min(official or known, key=lambda r: (r["data_year"] or r["year"], r["origin"] == "current", r["method_version"]))
    return first["data_year"] or first["year"], first["value"], None if official else first["method_version"]
