"""What the dated tables say of public buildings: uses, benchmarks, fuels, duties, grants."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.contracts.plan import ESTATE_USES
from pipeline.contracts.sources import BUILDING_USES
from pipeline.errors import InputError
from pipeline.io.dated import Rule, day_of, find, read_lines, read_rules, rule

Floats = NDArray[np.float64]
# Heat carriers whose factor is a row of the table fuels; electricity takes the grid's, none emits nothing, district heat is not known.
FUELS = ("natural_gas", "heating_oil", "lpg", "pellets")
SCHOOLS = ("nursery", "school", "health")
# Grants that came before and ended: looked at on the day, and named where they have expired.
ONCE: dict[str, tuple[str, str]] = {"pnrr_community": ("grants", "pnrr_community"), "net_metering": ("feed_in", "scambio_sul_posto")}


@dataclass(frozen=True)
class EstateUse:
    """A row of estate_uses.csv.

    Attributes
    ----------
    load, terms
        Use of `BUILDING_USES` whose load profile, and whose prices and taxes, are taken.
    benchmark, climate
        Keys in the table benchmarks: `<benchmark>_heat`, `degree_days_<climate>`; empty where there is none.
    """

    use: str
    load: str
    terms: str
    benchmark: str
    climate: str


@cache
def estate_uses() -> dict[str, EstateUse]:
    """All of estate_uses.csv; every use of `ESTATE_USES` stands there once."""
    rows = read_lines("estate_uses")
    if sorted(r["use"] for r in rows) != sorted(ESTATE_USES):
        raise InputError(f"estate_uses.csv: has the uses {', '.join(r['use'] for r in rows)}; expected each of {', '.join(ESTATE_USES)} once")
    if odd := [r["use"] for r in rows if r["load"] not in BUILDING_USES or r["terms"] not in BUILDING_USES]:
        raise InputError(f"estate_uses.csv: {', '.join(odd)}: load and terms; expected one of {', '.join(BUILDING_USES)}")
    return {r["use"]: EstateUse(r["use"], r["load"], r["terms"], r["benchmark"], r["climate"]) for r in rows}


def benchmark(use: str, on: str, degree_days: float) -> tuple[float, float]:
    """Typical heat and electricity of a use on a day [kWh/m2 a year]; NaN where there is no benchmark.

    Heat goes with the degree days of the place over those of the country whose buildings the benchmark is of.

    Parameters
    ----------
    use
        Of `ESTATE_USES`.
    on
        Day or month.
    degree_days
        Of the typical year of the place; NaN leaves the heat without a benchmark.
    """
    of = estate_uses()[use]
    if not of.benchmark:
        return float("nan"), float("nan")
    heat = rule("benchmarks", f"{of.benchmark}_heat", on).value * degree_days / rule("benchmarks", f"degree_days_{of.climate}", on).value
    return heat, rule("benchmarks", f"{of.benchmark}_electricity", on).value


def class_ends(on: str) -> tuple[float, float, float]:
    """Where the classes end, as shares of the typical consumption."""
    return rule("benchmarks", "class_well_below", on).value, 1.0, rule("benchmarks", "class_above", on).value


def factor(carrier: str | None, on: str) -> float:
    """Emissions of a heat carrier [kg CO2/kWh]; NaN where none is known."""
    if carrier == "electricity":
        return rule("emissions", "grid_it", on).value
    if carrier == "none":
        return 0.0
    return rule("fuels", carrier, on).value if carrier in FUELS else float("nan")


def solar_calendar(on: str) -> tuple[Floats, NDArray[np.int64]]:
    """Steps of the calendar of solar on public buildings: floor area above which it is due [m2], and the year; none before the law."""
    rows = [(r.value, int(key.rpartition("_")[2])) for key in sorted(read_rules("duties")) if key.startswith("solar_public_") and (r := find("duties", key, on)) is not None]
    return np.array([a for a, _ in rows]), np.array([y for _, y in rows], dtype=np.int64)


def renovated_above(on: str) -> float:
    """Floor area above which a public building counts for the yearly renovation [m2]; infinite where the law does not hold."""
    found = find("duties", "renovation_above", on)
    return float("inf") if found is None else found.value


def grant_rule(use: str, people: float, on: str) -> Rule | None:
    """The grant for public buildings that holds on a day, None where none does; parameters as in `grant_share`."""
    limit = find("grants", "conto_termico_people", on)
    if limit is not None and people <= limit.value:
        key = "conto_termico_municipal"
    else:
        key = "conto_termico_school" if use in SCHOOLS else "conto_termico"
    return find("grants", key, on)


def grant_share(use: str, people: float, on: str) -> float:
    """Largest share of eligible costs the grant for public buildings pays on a day; NaN where it does not hold.

    Parameters
    ----------
    use
        Of `ESTATE_USES`.
    people
        Residents of the town, NaN where not known.
    on
        Day or month.
    """
    found = grant_rule(use, people, on)
    return float("nan") if found is None else found.value


def expired_grants(on: str) -> tuple[str, ...]:
    """Names of grants that have ended by a day."""
    ends = {name: read_rules(table)[key][-1].valid_to for name, (table, key) in ONCE.items()}
    return tuple(name for name, end in ends.items() if end and end < day_of(on))


def community_open(on: str) -> bool:
    """Whether the tariff of energy communities takes in plants on a day."""
    return find("energy_communities", "fixed_200", on) is not None
