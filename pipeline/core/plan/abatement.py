"""What a tonne of avoided CO2 costs, in what order to read it, and what a kWh of local electricity emits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Curve(NamedTuple):
    """Marginal abatement cost curve, one step for each action that avoids emissions.

    Attributes
    ----------
    action
        Row of each step, in the order of the curve.
    width_t
        Emissions avoided in a year [t].
    height_eur_t
        Cost of a tonne [EUR/t].
    start_t, end_t
        Where the step begins and ends on the axis of tonnes, cumulated [t].
    """

    action: Ints
    width_t: Floats
    height_eur_t: Floats
    start_t: Floats
    end_t: Floats


def present_worth(rate: float, years: NDArray[np.float64] | float) -> Floats:
    """Value today of 1 at the end of each of some years, the inverse of `economics.capital_recovery`; years without interest.

    >>> round(float(1 / present_worth(0.03, 25.0)), 6)
    0.057428
    """
    n = np.asarray(years, dtype=float)
    return np.asarray(-np.expm1(-n * np.log1p(rate)) / rate if rate else n)


def yearly_cost(npv_eur: Floats, rate: float, years: Floats) -> Floats:
    """Net present value turned into an even cost of each year of the life [EUR a year]; gains are below 0.

    The annuity of the price, plus upkeep, less savings (Short, Packey & Holt 1995, NREL/TP-462-5173, chapter 3) is the
    same figure where payments do not change over the years.

    Parameters
    ----------
    npv_eur
        Net present value, shape (actions,).
    rate
        Real interest.
    years
        Life, shape (actions,).

    >>> saved = 17_600 * present_worth(0.03, 25.0) - 120_000
    >>> round(float(yearly_cost(saved, 0.03, np.array(25.0))), 1)
    -10708.7
    """
    return np.asarray(-npv_eur / present_worth(rate, years))


def cost_per_tonne(npv_eur: Floats, rate: float, years: Floats, avoided_t: Floats) -> Floats:
    """Cost of each tonne avoided [EUR/t]; NaN where nothing is avoided, or it is not known. Parameters as in `yearly_cost`."""
    some = np.nan_to_num(avoided_t) > 0.0
    return np.where(some, yearly_cost(npv_eur, rate, years) / np.where(some, avoided_t, 1.0), np.nan)


def abatement_curve(npv_eur: Floats, eur_t: Floats, avoided_t: Floats) -> Curve:
    """Actions in the order of the curve: those that earn money by their net present value, the others by the cost of a tonne.

    Among actions of negative cost the cost of a tonne misleads: the more an action avoids, the worse it looks
    (Taylor 2012, Energy Policy 48, 430, doi:10.1016/j.enpol.2012.05.010).

    Parameters
    ----------
    npv_eur, eur_t, avoided_t
        Of each action, shape (actions,); an action that avoids nothing, or of unknown cost, is on no step.

    >>> abatement_curve(np.array([10.0, -5.0, 30.0]), np.array([-9.0, 7.0, -2.0]), np.array([1.0, 2.0, 3.0])).action.tolist()
    [2, 0, 1]
    """
    on = np.flatnonzero((np.nan_to_num(avoided_t) > 0.0) & np.isfinite(eur_t) & np.isfinite(npv_eur))
    earns = npv_eur[on] >= 0.0
    order = on[np.lexsort((on, np.where(earns, -npv_eur[on], eur_t[on]), ~earns))]
    end = np.cumsum(avoided_t[order])
    return Curve(order, avoided_t[order], eur_t[order], end - avoided_t[order], end)


def local_factor(consumed_mwh: float, local_mwh: float, green_mwh: float, national_t_mwh: float, local_t: float = 0.0, green_t: float = 0.0) -> float:
    """Emission factor of the electricity used in a town, with its own production and certified purchases in it [t/MWh].

    EFE = [(TCE - LPE - GEP) NEEFE + CO2LPE + CO2GEP] / TCE, Covenant of Mayors, How to develop a Sustainable Energy
    Action Plan, part II (JRC 2010), 3.2.

    Parameters
    ----------
    consumed_mwh, local_mwh, green_mwh
        Electricity used in the town, made in it, and bought with a guarantee of origin [MWh]; more than 0, the others at least 0.
    national_t_mwh
        Factor of the national grid [t/MWh].
    local_t, green_t
        Emissions of local production and of certified purchases [t].

    Raises
    ------
    ValueError
        When more is made and bought than used: the form does not hold then.

    >>> round(local_factor(30_000, 4_500, 0, 0.26), 4)
    0.221
    """
    left = consumed_mwh - local_mwh - green_mwh
    if consumed_mwh <= 0.0 or left < 0.0:
        raise ValueError(f"{local_mwh:g} MWh made and {green_mwh:g} bought of {consumed_mwh:g} MWh used; the form holds where they are not more than what is used")
    return (left * national_t_mwh + local_t + green_t) / consumed_mwh
