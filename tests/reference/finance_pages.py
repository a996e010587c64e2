"""What docs/methods/finance.md prints from the dated tables: homes valued one by one, and the figures nobody confirmed."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.config.finance import FinanceConfig
from pipeline.config.publish import SyntheticConfig
from pipeline.config.solar import SolarConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import BUILDING_USES
from pipeline.core.solar.economics import Plan, cash_flow, net_present_value, payback_years, price_by_size, wear
from pipeline.core.solar.irradiance import sky_hours
from pipeline.core.solar.power import Mounting, hourly_ac
from pipeline.core.solar.racks import FAIMAN_RACK, rows_in_sight, spaced
from pipeline.core.solar.sun import sun_position
from pipeline.io.dated import find, read_rules
from pipeline.io.loads import load_hours
from pipeline.io.terms import MIDDLE, TABLES_USED, Terms, read_terms
from pipeline.joins.production import power_model
from pipeline.synthetic.year import make_year

Floats = NDArray[np.float64]
CARMIANO = (40.345, 18.04, 31.0)


class Home(NamedTuple):
    """A plant on a home: kWp, kWh/kWp (None: as the generated weather gives), kWh consumed a year, and a remark."""

    kwp: float
    specific: float | None
    load: float
    remark: str


HOMES = (
    Home(3.0, None, 1963.0, "generated weather"), Home(3.0, None, 4000.0, ""), Home(3.0, 1450.0, 2700.0, "JRC's model for southern Italy: 1,400-1,500"), Home(6.0, 1450.0, 4000.0, ""),
)  # fmt: skip


def rack_hours() -> Floats:
    """AC energy of racks S 10 in open sky in the generated year of Carmiano, hour by hour [kWh/kWp]."""
    year = make_year(*CARMIANO, SyntheticConfig().seed)
    moment = np.datetime64("2023-01-01").astype("datetime64[s]").astype(np.int64) + (np.arange(8760) * 3600 + 1800)
    sun = sun_position(moment, *CARMIANO)
    month = np.repeat(np.arange(1, 13), [24 * d for d in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)])
    hours = sky_hours(
        month=month, ghi=year["G(h)"], dni=year["Gb(n)"], dhi=year["Gd(h)"], temp_air=year["T2m"], wind_speed=year["WS10m"],
        solar_zenith=sun.apparent_zenith, solar_azimuth=sun.azimuth, dni_extra=sun.dni_extra, grid_convergence_deg=0.0,
    )  # fmt: skip
    rack = spaced(("S10",), (1.76, 1.13), equator=180.0, aisle_m=0.25, gap_m=0.02, hours=hours)[0]
    seen = rows_in_sight(np.array([10.0]), np.array([180.0]), np.array([rack.gcr]))
    mounting = Mounting(u0=np.full(1, FAIMAN_RACK[0]), u1=np.full(1, FAIMAN_RACK[1]), row_shading=np.zeros(1))
    return np.asarray(next(iter(hourly_ac(seen, mounting, hours, power_model(SolarConfig()))))[1][0])


def worth(home: Home, ac: Floats, terms: Terms, on: str) -> tuple[float, Floats, float]:
    """Share used at once, payback by reading [years], and the present value of the middle [EUR]."""
    use = BUILDING_USES.index("home")
    made = home.kwp * ac * (1.0 if home.specific is None else home.specific / ac.sum())
    load = home.load * load_hours("home", on, FinanceConfig().calendar_year, 1)
    used, kwh, kwp = float(np.minimum(made, load).sum()), float(made.sum()), np.array([home.kwp])
    worn, years, value = wear(SolarConfig().degradation_share, SolarConfig().life_years), [], 0.0
    for r in range(3):
        cost = kwp * price_by_size(kwp, terms.sizes, terms.capex[r]) * (1.0 + terms.vat[use])
        back = terms.deduction[use, r] * np.minimum(cost, terms.deduction_limit) / terms.deduction_years
        income = np.array([used * terms.saved[use, r] + (kwh - used) * terms.sold[use, r]])
        renewal = kwp * price_by_size(kwp, terms.inverter_sizes, terms.inverter[r])
        flow = cash_flow(Plan(cost, income, kwp * terms.upkeep[r], renewal, int(terms.inverter_year[r]), back, terms.deduction_years), worn)
        years.append(float(payback_years(cost, flow)[0]))
        value = float(net_present_value(cost, flow, terms.rate[r])[0]) if r == MIDDLE else value
    return used / kwh, np.array(years), value


def homes_table(on: str) -> str:
    """Four homes, as Markdown."""
    ac, terms = rack_hours(), read_terms(on, Notes())
    lines = ["| home, open flat roof, racks S 10 | self-consumed | payback worse / middle / better | NPV middle |", "|---|---|---|---|"]
    for home in HOMES:
        share, years, value = worth(home, ac, terms, on)
        remark = f" ({home.remark})" if home.remark else ""
        said = " / ".join("never" if np.isnan(y) else f"{y:.1f}" for y in years)
        lines.append(f"| {home.kwp:g} kWp, {home.specific or ac.sum():,.0f} kWh/kWp{remark}, {home.load:,.0f} kWh | {share:.0%} | {said} years | {value:,.0f} € |")
    return "\n".join(lines)


def unconfirmed_table(on: str) -> str:
    """Every row that is from memory, then a line of our judgements, as Markdown."""
    rows = [r for table in TABLES_USED for key in read_rules(table) if (r := find(table, key, on)) is not None]
    lines = ["| not confirmed | value | low | high | unit | what was found |", "|---|---|---|---|---|---|"]
    lines += [f"| `{r.table}` {r.key} | {r.value:g} | {r.low:g} | {r.high:g} | {r.unit} | {r.source} |" for r in rows if r.status == "recalled"]
    judged = ", ".join(f"`{r.table}` {r.key}" for r in rows if r.status == "judgement")
    counts = {s: sum(r.status == s for r in rows) for s in ("read", "judgement", "recalled")}
    return "\n".join([*lines, "", f"Of {len(rows)} figures {counts['read']} were read in a source, {counts['judgement']} are judgements, {counts['recalled']} are not confirmed. Judgements: {judged}."])


BLOCKS = {"homes": homes_table, "not confirmed": unconfirmed_table}


def renewed(text: str, on: str) -> str:
    """The page with its generated blocks made anew."""
    for name, make in BLOCKS.items():
        found = re.compile(rf"(<!-- {name}: begin[^\n]*-->\n).*?(<!-- {name}: end -->)", re.DOTALL)
        if not found.search(text):
            raise AssertionError(f"no block {name!r} in the page")
        text = found.sub(lambda m, made=make(on): m[1] + "\n" + made + "\n\n" + m[2], text)
    return text
