"""The dated tables as arrays: what a valuation of a day uses, worse end, middle and better end side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import BUILDING_USES
from pipeline.io.dated import Rule, find, read_rules, rule
from pipeline.io.loads import use_rules

Floats = NDArray[np.float64]
# Readings of the assumptions, in this order everywhere.
READINGS: tuple[str, ...] = ("worse", "middle", "better")
MIDDLE = 1
TABLES_USED: tuple[str, ...] = ("pv_costs", "electricity_prices", "feed_in", "taxes", "emissions", "consumption", "load_shapes")


@dataclass(frozen=True)
class Terms:
    """Money and consumption on a day; arrays of shape (readings,) or (uses, readings), uses in the order of `BUILDING_USES`.

    Attributes
    ----------
    sizes, capex
        Price of plants by size: kWp, and EUR/kWp without VAT of shape (readings, sizes).
    upkeep
        [EUR/kWp a year].
    inverter_sizes, inverter
        A new inverter by size of the plant: kWp, and EUR/kWp of shape (readings, sizes).
    inverter_year
        Years, whole.
    rate
        Real discount rate.
    saved, sold
        What a kWh used at once saves and a kWh fed in earns [EUR/kWh], by use.
    vat
        Share on top of the price of the plant, by use, shape (uses,).
    deduction
        Share of the price that comes back over `deduction_years`, by use; 0 where there is none.
    deduction_limit, deduction_max_kwp
        Largest expense for each dwelling [EUR], largest plant [kWp].
    co2_kg_kwh
        Emissions avoided.
    consumption
        [kWh a year for each dwelling] for homes, else [kWh/m2 a year], by use.
    dwelling_m2, net_of_gross, storey_m
        From floor area to dwellings.
    household_people
        People of a household, mean.
    """

    sizes: Floats
    capex: Floats
    upkeep: Floats
    inverter_sizes: Floats
    inverter: Floats
    inverter_year: NDArray[np.int64]
    rate: Floats
    saved: Floats
    sold: Floats
    vat: Floats
    deduction: Floats
    deduction_years: int
    deduction_limit: float
    deduction_max_kwp: float
    co2_kg_kwh: float
    consumption: Floats
    dwelling_m2: float
    net_of_gross: float
    storey_m: float
    household_people: float


def read_terms(on: str, notes: Notes) -> Terms:
    """All that holds on a day.

    Parameters
    ----------
    on
        YYYY-MM or YYYY-MM-DD.
    notes
        Takes the sources by status, and what has expired.

    Raises
    ------
    InputError
        When a price or a cost has no row on that day; a grant that has none is not counted, and that is said.
    """
    uses = [use_rules()[u] for u in BUILDING_USES]
    sizes, capex = _by_size("capex", on)
    inverter_sizes, inverter = _by_size("inverter", on)
    price = np.array([_worse_first(rule("electricity_prices", u.price, on)) for u in uses])
    avoidable = np.array([_worse_first(rule("electricity_prices", u.avoidable, on)) for u in uses])
    sold = _worse_first(rule("feed_in", "ritiro_dedicato", on))
    kept = 1.0 - _worse_first(rule("feed_in", "tax_home", on), high_is_worse=True)
    vat = rule("taxes", "vat", on).value
    grant, limit = (_grant("taxes", key, on, notes) for key in ("deduction", "deduction_limit"))
    back = _worse_first(grant) if grant and limit else np.zeros(len(READINGS))
    _sources(on, notes)
    return Terms(
        sizes=sizes, capex=capex, upkeep=_worse_first(rule("pv_costs", "om", on), high_is_worse=True), inverter_sizes=inverter_sizes, inverter=inverter,
        inverter_year=_worse_first(rule("pv_costs", "inverter_year", on)).astype(np.int64),
        rate=_worse_first(rule("taxes", "discount_rate", on), high_is_worse=True),
        saved=price * avoidable, sold=np.array([sold * kept if u.sells_as_home else sold for u in uses]),
        vat=np.array([vat if u.pays_vat else 0.0 for u in uses]), deduction=np.array([back if u.deducts else np.zeros(len(READINGS)) for u in uses]),
        deduction_years=int(rule("taxes", "deduction_years", on).value), deduction_limit=limit.value if limit else 0.0,
        deduction_max_kwp=rule("taxes", "deduction_max_kwp", on).value, co2_kg_kwh=rule("emissions", "grid_it", on).value,
        consumption=np.array([_worse_first(rule("consumption", u.consumption, on)) for u in uses]),
        dwelling_m2=rule("consumption", "dwelling_m2", on).value, net_of_gross=rule("consumption", "net_of_gross", on).value, storey_m=rule("consumption", "storey_m", on).value,
        household_people=rule("consumption", "household_people", on).value,
    )  # fmt: skip


def _by_size(what: str, on: str) -> tuple[Floats, Floats]:
    """Sizes [kWp] and prices [EUR/kWp] of the keys `what`_size, prices of shape (readings, sizes), the worse end first."""
    found = {float(size): key for key in read_rules("pv_costs") if key.startswith(f"{what}_") and (size := key.removeprefix(f"{what}_"))[0].isdigit()}
    sizes = sorted(found)
    return np.array(sizes), np.array([_worse_first(rule("pv_costs", found[s], on), high_is_worse=True) for s in sizes]).T


def _worse_first(row: Rule, *, high_is_worse: bool = False) -> Floats:
    ends = (row.high, row.value, row.low) if high_is_worse else (row.low, row.value, row.high)
    return np.array(ends)


def _grant(table: str, key: str, on: str, notes: Notes) -> Rule | None:
    """A row that may end; where none holds it is not counted, and that is said."""
    found = find(table, key, on)
    if found is None:
        last = read_rules(table)[key][-1]
        notes.warn(f"{key} ({last.source}) holds {last.valid_from} to {last.valid_to or 'now'}, not on {on}: it is not counted. Add the row that holds to pipeline/io/dated_tables/{table}.csv.")
    return found


def _sources(on: str, notes: Notes) -> None:
    """What the valuation rests on, by how sure it is."""
    rows = [r for table in TABLES_USED for key in read_rules(table) if (r := find(table, key, on)) is not None]
    for status in ("read", "recalled", "judgement"):
        notes.count(f"dated figures: {status}", sum(r.status == status for r in rows))
    recalled = [f"{r.table} {r.key} {r.value:g} {r.unit}" for r in rows if r.status == "recalled"]
    if recalled:
        notes.assume(f"Recalled figures, to be verified: {'; '.join(recalled)}.")
    judged = [f"{r.table} {r.key} {r.value:g} {r.unit}" for r in rows if r.status == "judgement"]
    if judged:
        notes.assume(f"Our judgement, no source says so: {'; '.join(judged)}.")
    ended = [f"{table} {key}" for table in TABLES_USED for key in read_rules(table) if find(table, key, on) is None]
    if ended:
        notes.assume(f"Expired or not yet in force on {on}, and not counted: {', '.join(ended)}.")
