"""What a further kWp of racks must give to repay, from the config or from the dated tables."""

from __future__ import annotations

import numpy as np

from pipeline.config.solar import ArraysConfig, SolarConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import BUILDING_USES
from pipeline.core.solar.economics import Plan, break_even_yield, price_by_size, wear
from pipeline.io.dated import rule
from pipeline.io.terms import MIDDLE, Terms, read_terms


def rack_break_even(config: ArraysConfig, notes: Notes) -> float:
    """Yearly yield from which one more kWp on a flat roof repays [kWh/kWp]; 0 where the energy alone counts.

    Parameters
    ----------
    config
        `rack_choice`, and the prices where they are given; else those of the dated tables for a home, one kWp more
        than `rack_size_kwp`, of whose energy `rack_self_consumed_share` is used at once.
    notes
        Receives the yield and where it comes from.
    """
    if config.rack_choice == "energy":
        return 0.0
    if config.rack_cost_eur_kwp is not None and config.rack_value_eur_kwh is not None:
        found = config.rack_cost_eur_kwp / config.rack_value_eur_kwh
        notes.assume(f"A kWp of racks costs {config.rack_cost_eur_kwp:g} EUR, a kWh a year is worth {config.rack_value_eur_kwh:g} EUR (town.yaml).")
    else:
        found = _of_tables(config, read_terms(config.rack_as_of, Notes()))
        notes.assume(
            f"Prices of the dated tables on {config.rack_as_of}: one kWp more than {config.rack_size_kwp:g} on a home, {config.rack_self_consumed_share:.0%} of its energy used at once, "
            f"repays from {found:.0f} kWh a year on."
        )
    notes.figure("rack_break_even_kwh_kwp", found)
    return found


def _of_tables(config: ArraysConfig, terms: Terms) -> float:
    home = BUILDING_USES.index("home")
    sizes = np.array([config.rack_size_kwp, config.rack_size_kwp + 1.0])
    cost = np.diff(sizes * price_by_size(sizes, terms.sizes, terms.capex[MIDDLE])) * (1.0 + terms.vat[home])
    share = float(terms.deduction[home, MIDDLE]) if sizes[1] <= terms.deduction_max_kwp else 0.0
    plan = Plan(
        cost=cost, income=np.zeros(1), upkeep=terms.upkeep[MIDDLE : MIDDLE + 1],
        inverter=np.diff(sizes * price_by_size(sizes, terms.inverter_sizes, terms.inverter[MIDDLE])), inverter_year=int(terms.inverter_year[MIDDLE]),
        refund=share * cost / terms.deduction_years, refund_years=terms.deduction_years,
    )  # fmt: skip
    used = config.rack_self_consumed_share
    worth = used * float(terms.saved[home, MIDDLE]) + (1.0 - used) * float(terms.sold[home, MIDDLE])
    worn = wear(SolarConfig().degradation_share, int(rule("pv_costs", "life", config.rack_as_of).value))
    return float(break_even_yield(plan, worth, worn, float(terms.rate[MIDDLE]))[0])
