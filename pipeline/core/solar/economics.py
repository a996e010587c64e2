"""What a plant costs and gives over its life: present value, payback, levelised cost, cost of avoided emissions.

All sums are in money of today (real terms): prices stay as they are and the rate is a real one. Payments of a year fall on
its end. Formulas: Short, Packey & Holt 1995, A Manual for the Economic Evaluation of Energy Efficiency and Renewable
Energy Technologies, NREL/TP-462-5173, chapter 3.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Plan(NamedTuple):
    """Money of plants, one reading of the assumptions; arrays of shape (plants,) unless said.

    Attributes
    ----------
    cost
        Price of the plant in year 0 [EUR].
    income
        Savings and sales of the first year [EUR].
    upkeep
        Operation and maintenance, each year [EUR].
    inverter
        New inverter [EUR], in `inverter_year`.
    inverter_year
        Counted from 1; beyond the life there is none.
    refund
        Tax deduction of each of the first `refund_years` years [EUR].
    refund_years
        Years.
    """

    cost: Floats
    income: Floats
    upkeep: Floats
    inverter: Floats
    inverter_year: int
    refund: Floats
    refund_years: int


def capital_recovery(rate: float, years: int) -> float:
    """Yearly payment that returns 1 with interest: r (1 + r)^n / ((1 + r)^n - 1); 1/n without interest.

    >>> round(float(capital_recovery(0.03, 25)), 6)
    0.057428
    """
    return rate / -np.expm1(-years * np.log1p(rate)) if rate else 1.0 / years


def discount(rate: float, years: int) -> Floats:
    """Value today of 1 at the end of years 1 to n, shape (years,)."""
    return np.asarray((1.0 + rate) ** -np.arange(1.0, years + 1))


def wear(degradation: float, years: int) -> Floats:
    """Yield of years 1 to n over that of new modules, shape (years,); a fixed share is lost each year.

    The mean over the life is what `Solar.kwh_year_life` stands for.
    """
    return np.asarray((1.0 - degradation) ** np.arange(years))


def cash_flow(plan: Plan, worn: Floats) -> Floats:
    """Money of each year of the life, the price of the plant aside.

    Parameters
    ----------
    plan
        Income and expenses; the income falls with the yield.
    worn
        From `wear`, shape (years,).

    Returns
    -------
    array of shape (plants, years) [EUR]
    """
    years = len(worn)
    flow = plan.income[:, np.newaxis] * worn - plan.upkeep[:, np.newaxis]
    if plan.inverter_year <= years:
        flow[:, plan.inverter_year - 1] -= plan.inverter
    flow[:, : plan.refund_years] += plan.refund[:, np.newaxis]
    return np.asarray(flow)


def net_present_value(cost: Floats, flow: Floats, rate: float) -> Floats:
    """Value today of all payments, the price of the plant included [EUR]; shape (plants,)."""
    return np.asarray(flow @ discount(rate, flow.shape[1]) - cost)


def payback_years(cost: Floats, flow: Floats) -> Floats:
    """Years until the sum of the payments, not discounted, reaches the price of the plant for good.

    Parameters
    ----------
    cost, flow
        As in `net_present_value`.

    Returns
    -------
    array of shape (plants,)
        Within a year its money comes evenly. NaN where the price is not reached by the end of the life, or not held.
    """
    left = np.cumsum(flow, axis=1) - cost[:, np.newaxis]
    years = flow.shape[1]
    # The last year that ends below the price: a new inverter may take the sum under it again.
    below = left < 0.0
    last = np.where(below.any(axis=1), years - 1 - np.argmax(below[:, ::-1], axis=1), -1)
    at = np.minimum(last + 1, years - 1)
    row = np.arange(len(cost))
    before = np.where(at > 0, left[row, at - 1], -cost)
    part = np.where(flow[row, at] > 0.0, -before / np.where(flow[row, at] > 0.0, flow[row, at], 1.0), 0.0)
    return np.where(last == years - 1, np.nan, at + np.clip(part, 0.0, 1.0))


def levelised_cost(plan: Plan, kwh: Floats, worn: Floats, rate: float) -> Floats:
    """Price at which the plant's energy would just pay for it, without income and refunds [EUR/kWh].

    Parameters
    ----------
    plan
        Cost, upkeep and inverter are used.
    kwh
        Yield of the first year, shape (plants,) [kWh]; more than 0.
    worn, rate
        As in `cash_flow`, `net_present_value`.
    """
    years = len(worn)
    spent = plan.cost + plan.upkeep * discount(rate, years).sum()
    if plan.inverter_year <= years:
        spent = spent + plan.inverter * (1.0 + rate) ** -plan.inverter_year
    return np.asarray(spent / (kwh * (worn @ discount(rate, years))))


def break_even_yield(plan: Plan, worth: float, worn: Floats, rate: float) -> Floats:
    """Yield of the first year from which a plant repays what it costs [kWh].

    Parameters
    ----------
    plan
        Cost, upkeep, inverter and refund are used, not the income.
    worth
        What a kWh saves or earns [EUR/kWh].
    worn, rate
        As in `cash_flow`, `net_present_value`.

    Returns
    -------
    array of shape (plants,)
        A plant of that yield has a present value of 0; below 0 where refunds pay more than all costs.
    """
    spent = -net_present_value(plan.cost, cash_flow(plan._replace(income=np.zeros_like(plan.cost)), worn), rate)
    return np.asarray(spent / (worth * (worn @ discount(rate, len(worn)))))


def abatement_cost(cost: float, rate: float, years: int, upkeep: float, saved: float, avoided_t: float) -> tuple[float, float]:
    """Yearly cost of a measure, and its cost for each tonne of CO2 avoided.

    Order measures that earn money by their net present value, never by this: the more tonnes a measure of negative
    cost avoids, the worse it looks (Taylor 2012, Energy Policy 48, 430).

    Parameters
    ----------
    cost
        Investment [EUR].
    rate, years
        Real interest, life.
    upkeep, saved
        Expenses and savings of a year [EUR].
    avoided_t
        Emissions avoided in a year [t].

    Returns
    -------
    EUR a year, EUR per tonne

    >>> [round(float(v), 1) for v in abatement_cost(120_000, 0.03, 25, 2_000, 19_600, 36.4)]
    [-10708.7, -294.2]
    """
    yearly = cost * capital_recovery(rate, years) + upkeep - saved
    return yearly, yearly / avoided_t


def price_by_size(kwp: ArrayLike, sizes: Floats, prices: Floats) -> Floats:
    """Price per kWp of a plant between the sizes of a table, linear in the logarithm of the size.

    Below the table the price of the whole plant goes on along the line through its two smallest sizes: permits, scaffold
    and inverter cost the same for three modules as for six. Above it the price per kWp stays.

    Parameters
    ----------
    kwp
        Sizes asked for, more than 0.
    sizes, prices
        The table, sizes rising, at least two, shape (rows,).
    """
    asked = np.asarray(kwp, dtype=float)
    whole = sizes[:2] * prices[:2]
    line = whole[0] + (whole[1] - whole[0]) / (sizes[1] - sizes[0]) * (asked - sizes[0])
    return np.where(asked < sizes[0], line / asked, np.interp(np.log(asked), np.log(sizes), prices))
