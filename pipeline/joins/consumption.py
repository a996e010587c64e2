"""Bills of a register to one row for each building: its newest whole year, beside the one before."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.plan.bills import MONTHS, Years, yearly
from pipeline.core.plan.degreedays import normal_heat

Floats = NDArray[np.float64]
# Columns of a building that are taken from its newest row.
SAID = ("name", "use", "floor_m2", "carrier", "building_id", "parcel", "address", "lat", "lon", "easting", "northing", "crs", "heritage", "pv_kwp")
ENERGY = ("electricity_kwh", "heat_kwh")


class Consumption(NamedTuple):
    """Consumption by building.

    Attributes
    ----------
    table
        One row for each code, sorted by it: what the register says (`SAID`), year, years, whole, energies, degree days, figures per m2.
    months
        Share of each month in its electricity of that year, NaN where only a year is known, shape (buildings, 12).
    """

    table: pd.DataFrame
    months: Floats


def consumption_of(bills: pd.DataFrame, days: dict[int, float], typical: float) -> Consumption:
    """Sum bills, bring heat to the typical year, and take the newest whole year of each building.

    Parameters
    ----------
    bills
        From `io.estate.read_estate`.
    days
        Heating degree days of the years; those in a bill's own row go first.
    typical
        Heating degree days of the typical year, NaN where not known.

    Returns
    -------
    Consumption
    """
    rows = bills.sort_values(["code", "year", "month"], kind="stable", ignore_index=True)
    group, keys = pd.factorize(pd.MultiIndex.from_frame(rows[["code", "year"]]), sort=True)
    sums = {c: yearly(group, rows["month"].to_numpy(dtype=np.int64), rows[c].to_numpy(dtype=float), len(keys)) for c in ENERGY}
    table = pd.DataFrame({"code": keys.get_level_values(0), "year": keys.get_level_values(1).astype(np.int64)})
    table = table.join(rows.groupby(group)[list(SAID)].last())
    table["heritage"] = table["heritage"].fillna(False).astype(bool)
    table["degree_days"] = _days(rows, group, table["year"], days)
    table["whole"] = _whole(sums)
    _per_area(table, sums, typical)
    newest = _newest(table)
    found = table.iloc[newest].reset_index(drop=True)
    found["years"] = table.groupby("code", sort=True)["whole"].sum().to_numpy(dtype=np.int64)
    found["change_share"] = _change(table, newest)
    return Consumption(found, sums["electricity_kwh"].shares[newest])


def _days(rows: pd.DataFrame, group: NDArray[np.int64], year: pd.Series[int], days: dict[int, float]) -> Floats:
    own = rows.groupby(group)["degree_days"].first().to_numpy(dtype=float)
    return np.where(np.isnan(own), year.map(days).to_numpy(dtype=float), own)


def _whole(sums: dict[str, Years]) -> NDArray[np.bool_]:
    """Years of which every energy that is known at all is known for twelve months."""
    months = np.stack([s.months for s in sums.values()])
    return np.asarray(((months == 0) | (months == MONTHS)).all(axis=0) & (months == MONTHS).any(axis=0))


def _per_area(table: pd.DataFrame, sums: dict[str, Years], typical: float) -> None:
    """Energies of whole years, and their figures per floor area."""
    whole, area = table["whole"].to_numpy(), table["floor_m2"].to_numpy(dtype=float)
    power, heat = (np.where(whole, sums[c].kwh, np.nan) for c in ENERGY)
    # What is heated with nothing has no bill for heat; what is heated with electricity may have it in the other one.
    heat = np.where(whole & np.isnan(heat) & table["carrier"].isin(("none", "electricity")).to_numpy(), 0.0, heat)
    normal = np.where(heat == 0.0, 0.0, normal_heat(heat / area, table["degree_days"].to_numpy(dtype=float), typical))
    table["electricity_kwh"], table["heat_kwh"] = power, heat
    table["electricity_kwh_m2"], table["heat_kwh_m2"], table["heat_normal_kwh_m2"] = power / area, heat / area, normal
    table["kwh_m2"] = power / area + normal


def _newest(table: pd.DataFrame) -> NDArray[np.int64]:
    """Row of each code: the newest whole year, else the newest; rows are sorted by code and year."""
    order = np.lexsort((table["year"].to_numpy(), table["whole"].to_numpy(), table["code"].to_numpy(dtype=str)))
    last = np.append(table["code"].to_numpy()[order][1:] != table["code"].to_numpy()[order][:-1], True)
    return np.asarray(order[last])


def _change(table: pd.DataFrame, newest: NDArray[np.int64]) -> Floats:
    """kWh/m2 over that of the whole year before it, less 1; NaN without one."""
    out = np.full(len(newest), np.nan)
    for i, row in enumerate(newest):
        before = np.flatnonzero((table["code"] == table["code"].iloc[row]) & table["whole"] & (table["year"] < table["year"].iloc[row]))
        if len(before) and table["kwh_m2"].iloc[before[-1]] > 0.0:
            out[i] = table["kwh_m2"].iloc[row] / table["kwh_m2"].iloc[before[-1]] - 1.0
    return out
