"""Money over a life: closed forms and a worked example."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.solar.economics import (
    Plan,
    abatement_cost,
    break_even_yield,
    capital_recovery,
    cash_flow,
    discount,
    levelised_cost,
    net_present_value,
    payback_years,
    price_by_size,
    wear,
)
from pipeline.io.dated import read_rules


def plan(cost: float = 1000.0, income: float = 100.0, upkeep: float = 10.0, inverter: float = 0.0, inverter_year: int = 99, refund: float = 0.0, refund_years: int = 10) -> Plan:
    return Plan(np.array([cost]), np.array([income]), np.array([upkeep]), np.array([inverter]), inverter_year, np.array([refund]), refund_years)


def test_worked_example_of_the_climate_plan() -> None:
    """100 kWp, 1,200 EUR/kWp, 1,400 kWh/kWp, 2,000 EUR a year, 0.14 EUR/kWh, 3 % over 25 years, 0.26 t/MWh."""
    factor = capital_recovery(0.03, 25)
    assert round(factor, 6) == 0.057428
    assert round(120_000 * factor) == 6891
    yearly, per_tonne = abatement_cost(120_000, 0.03, 25, 2_000, 140_000 * 0.14, 140 * 0.26)
    assert yearly == pytest.approx(6891 + 2000 - 19600, abs=1.0)
    assert round(yearly) == -10709
    assert round(per_tonne, 1) == -294.2


def test_present_value_and_yearly_cost_are_one_thing() -> None:
    made = plan(120_000, 19_600, 2_000)
    value = net_present_value(made.cost, cash_flow(made, wear(0.0, 25)), 0.03)
    assert value[0] * capital_recovery(0.03, 25) == pytest.approx(-abatement_cost(120_000, 0.03, 25, 2_000, 19_600, 1.0)[0])


@given(worth=st.floats(0.03, 0.4), rate=st.floats(0.0, 0.1))
def test_a_plant_of_the_break_even_yield_is_worth_nothing(worth: float, rate: float) -> None:
    made, worn = plan(inverter=150.0, inverter_year=15, refund=40.0), wear(0.005, 25)
    kwh = break_even_yield(made, worth, worn, rate)
    value = net_present_value(made.cost, cash_flow(made._replace(income=kwh * worth), worn), rate)
    assert value[0] == pytest.approx(0.0, abs=1e-6)


def test_break_even_without_interest_by_hand() -> None:
    """1,000 EUR, 10 a year for 25 years, a new inverter of 150, 400 back: 1,000 EUR over 25 years of 0.1 EUR/kWh."""
    assert break_even_yield(plan(inverter=150.0, inverter_year=15, refund=40.0), 0.1, wear(0.0, 25), 0.0)[0] == pytest.approx(1000 / (25 * 0.1))


def test_without_interest_the_present_value_is_the_sum() -> None:
    made = plan(inverter=70.0, inverter_year=13, refund=50.0)
    flow = cash_flow(made, wear(0.005, 25))
    assert net_present_value(made.cost, flow, 0.0)[0] == pytest.approx(flow.sum() - 1000.0)
    assert flow.sum() == pytest.approx(100 * wear(0.005, 25).sum() - 250 - 70 + 500)
    assert capital_recovery(0.0, 25) == 1 / 25


@given(rate=st.floats(0.0, 0.3), years=st.integers(1, 60))
def test_capital_recovery_is_the_inverse_of_the_discount_sum(rate: float, years: int) -> None:
    assert capital_recovery(rate, years) * discount(rate, years).sum() == pytest.approx(1.0, rel=1e-9)


def test_wear_is_geometric() -> None:
    assert wear(0.005, 25)[[0, 1, 24]] == pytest.approx([1.0, 0.995, 0.995**24])


@pytest.mark.parametrize("rate", [0.0, 0.03, 0.08])
def test_levelised_cost_against_its_closed_form(rate: float) -> None:
    """Without wear and new inverter it is (cost CRF + upkeep) / energy."""
    found = levelised_cost(plan(1500, 0, 20), np.array([1300.0]), wear(0.0, 25), rate)
    assert found[0] == pytest.approx((1500 * capital_recovery(rate, 25) + 20) / 1300)


def test_levelised_cost_is_the_price_at_which_the_plant_just_pays() -> None:
    worn, kwh = wear(0.006, 25), np.array([1300.0])
    made = plan(1500, 0, 20, inverter=120.0, inverter_year=13)
    price = levelised_cost(made, kwh, worn, 0.03)
    paid = made._replace(income=price * kwh)
    assert net_present_value(made.cost, cash_flow(paid, worn), 0.03)[0] == pytest.approx(0.0, abs=1e-9)


def test_payback() -> None:
    def years(made: Plan) -> float:
        return float(payback_years(made.cost, cash_flow(made, wear(0.0, 25)))[0])

    assert years(plan(1000, 110, 10)) == pytest.approx(10.0)
    assert years(plan(1050, 110, 10)) == pytest.approx(10.5)
    assert years(plan(50, 110, 10)) == pytest.approx(0.5)
    assert np.isnan(years(plan(2501, 110, 10)))
    assert years(plan(2500, 110, 10)) == pytest.approx(25.0)
    # Paid after ten years, then the inverter takes 300: what counts is the day from which it stays paid.
    assert years(plan(1000, 110, 10, inverter=300.0, inverter_year=11)) == pytest.approx(13.0)
    # Never: the upkeep eats the income.
    assert np.isnan(years(plan(1000, 5, 10)))


def test_price_by_size() -> None:
    sizes, prices = np.array([3.0, 6.0, 100.0]), np.array([2000.0, 1700.0, 1100.0])
    assert price_by_size([3.0, 6.0, 100.0, 500.0], sizes, prices) == pytest.approx([2000, 1700, 1100, 1100])
    # 3 kWp cost 6,000 and 6 kWp 10,200: a kWp more or less 1,400.
    assert price_by_size([1.0, 2.0], sizes, prices) == pytest.approx([3200, 2300])
    assert price_by_size(np.sqrt(18.0), sizes, prices) == pytest.approx(1850)


@pytest.mark.parametrize("reading", ["low", "value", "high"])
def test_a_larger_plant_of_the_table_never_costs_less(reading: str) -> None:
    rows = sorted((float(k.removeprefix("capex_")), getattr(r[-1], reading)) for k, r in read_rules("pv_costs").items() if k.startswith("capex_"))
    sizes, prices = (np.array(c) for c in zip(*rows, strict=True))
    kwp = np.geomspace(0.4, 3000, 500)
    assert (np.diff(kwp * price_by_size(kwp, sizes, prices)) > 0).all()
