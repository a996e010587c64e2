"""Consumption over the hours of a year by use of buildings, from the dated tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from pipeline.contracts.sources import BUILDING_USES
from pipeline.core.solar.loadhours import (
    DAY_KINDS,
    SEASONS,
    DayShapes,
    Floats,
    SchoolYear,
    local_hour_of_utc,
    local_year,
    month_weighted,
    school_hours,
    year_calendar,
)
from pipeline.errors import InputError
from pipeline.io.dated import read_lines, rule

# Where a use has this profile, offices' hours are cut by the school calendar.
SCHOOL = "school"


@dataclass(frozen=True)
class UseRules:
    """How buildings of a use consume and pay: a row of `uses.csv`.

    Attributes
    ----------
    profile, consumption, price, avoidable
        Keys of load_profiles, consumption and electricity_prices.
    by_height
        Whether its storeys are counted by the height; halls have one.
    pays_vat, deducts, sells_as_home
        Whether it cannot recover VAT, may deduct the plant from its income tax, and pays income tax on sales.
    """

    use: str
    profile: str
    consumption: str
    by_height: bool
    price: str
    avoidable: str
    pays_vat: bool
    deducts: bool
    sells_as_home: bool


@cache
def use_rules() -> dict[str, UseRules]:
    """All of uses.csv; every use of `BUILDING_USES` stands there once."""
    rows = read_lines("uses")
    if sorted(r["use"] for r in rows) != sorted(BUILDING_USES):
        raise InputError(f"uses.csv: has the uses {', '.join(r['use'] for r in rows)}; expected each of {', '.join(BUILDING_USES)} once")
    return {
        r["use"]: UseRules(
            r["use"], r["profile"], r["consumption"], r["storeys"] == "by_height", r["price"], r["avoidable"],
            r["vat"] == "pays", r["deduction"] == "yes", r["sells_as_home"] == "yes",
        )
        for r in rows
    }


@cache
def day_shapes(profile: str) -> DayShapes:
    """A profile of load_profiles.csv, shape (seasons, kinds of day, 24) [W per 1,000 kWh a year].

    Raises
    ------
    InputError
        When the profile is not there or a day of it is missing.
    """
    found: dict[tuple[str, str], list[float]] = {}
    names = set()
    for row in read_lines("load_profiles"):
        names.add(row["profile"])
        if row["profile"] == profile:
            found[row["season"], row["day"]] = [float(row[f"{h:02d}"]) for h in range(24)]
    if len(found) != len(SEASONS) * len(DAY_KINDS):
        raise InputError(f"load_profiles.csv: {profile!r} has {len(found)} days of {len(SEASONS) * len(DAY_KINDS)}; profiles there: {', '.join(sorted(names))}")
    return np.array([[found[s, d] for d in DAY_KINDS] for s in SEASONS])


def holidays(year: int) -> tuple[tuple[int, int], ...]:
    """Fixed holidays of a year as (month, day), those whose law held then."""
    days = [(int(r["month"]), int(r["day"]), r["valid_from"], r["valid_to"]) for r in read_lines("holidays")]
    return tuple((m, d) for m, d, begin, end in days if begin <= f"{year}-{m:02d}-{d:02d}" and (not end or f"{year}-{m:02d}-{d:02d}" <= end))


def load_hours(use: str, on: str, year: int, utc_offset_h: int, *, summer_time: bool = True) -> Floats:
    """Share of a year's consumption in each hour UTC, shape (8760,); the sum is 1.

    Parameters
    ----------
    use
        Of `BUILDING_USES`.
    on
        Day of the valuation.
    year
        Calendar year whose weekdays and holidays are taken; not a leap year.
    utc_offset_h
        Standard time of the place against UTC [h].
    summer_time
        Whether the clock goes by the European Union's summer time.
    """
    calendar = year_calendar(year, holidays(year))
    rules = use_rules()[use]
    profile = "g1" if rules.profile == SCHOOL else rules.profile
    local = local_year(day_shapes(profile), calendar, dynamic=profile == "h0")
    if rules.profile == SCHOOL:
        local = school_hours(local, calendar, _school_year(on))
    elif profile == "h0":
        local = month_weighted(local, calendar, _home_months(on))
    hours = local[local_hour_of_utc(year, utc_offset_h, summer_time=summer_time)]
    return np.asarray(hours / hours.sum())


def _home_months(on: str) -> Floats:
    july, around = rule("load_shapes", "home_july", on).value, rule("load_shapes", "home_june_august", on).value
    share = np.full(12, (1.0 - july - 2.0 * around) / 9.0)
    share[[5, 6, 7]] = around, july, around
    return share


def _school_year(on: str) -> SchoolYear:
    return SchoolYear(**{name: rule("load_shapes", f"school_{name}", on).value for name in SchoolYear._fields})
