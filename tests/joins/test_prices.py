"""What a further kWp of racks must give, against the dated tables written out."""

from __future__ import annotations

import math

import pytest

from pipeline.config.solar import ArraysConfig
from pipeline.contracts.notes import Notes
from pipeline.io.dated import rule
from pipeline.joins.prices import rack_break_even

ON = "2026-11"


def test_energy_alone_asks_for_nothing() -> None:
    assert rack_break_even(ArraysConfig(), Notes()) == 0.0
    assert rack_break_even(ArraysConfig(rack_choice="value", rack_cost_eur_kwp=1400.0, rack_value_eur_kwh=1.4), Notes()) == pytest.approx(1000.0)


@pytest.mark.parametrize("used", [0.0, 0.3, 1.0])
def test_one_kwp_more_on_a_home_by_hand(used: float) -> None:
    """From 6 to 7 kWp, year by year."""

    def of(table: str, key: str) -> float:
        return rule(table, key, ON).value

    def whole(kwp: float, what: str, sizes: tuple[int, int]) -> float:
        low, high = (of("pv_costs", f"{what}_{s}") for s in sizes)
        return kwp * (low + (high - low) * math.log(kwp / sizes[0]) / math.log(sizes[1] / sizes[0]))

    cost = (whole(7.0, "capex", (6, 20)) - whole(6.0, "capex", (6, 20))) * (1 + of("taxes", "vat"))
    renewal = whole(7.0, "inverter", (6, 20)) - whole(6.0, "inverter", (6, 20))
    saved = of("electricity_prices", "home") * of("electricity_prices", "avoidable_home")
    sold = of("feed_in", "ritiro_dedicato") * (1 - of("feed_in", "tax_home"))
    spent, energy = cost, 0.0
    for t in range(1, 26):
        pay = of("pv_costs", "om") + (renewal if t == 15 else 0.0) - (cost * of("taxes", "deduction") / 10 if t <= 10 else 0.0)
        spent += pay * 1.03**-t
        energy += 0.995 ** (t - 1) * 1.03**-t
    found = rack_break_even(ArraysConfig(rack_choice="value", rack_self_consumed_share=used), Notes())
    assert found == pytest.approx(spent / ((used * saved + (1 - used) * sold) * energy), rel=1e-9)
