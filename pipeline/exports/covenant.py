"""The roadmap for others' forms: the action table of the Covenant of Mayors (SECAP), and a plain table for climate-plan platforms. Indicative."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.contracts.actions import ACTION_KINDS
from pipeline.contracts.spec import Column
from pipeline.errors import InputError
from pipeline.exports.sheets import Cells, write_csv
from pipeline.io import workbook
from pipeline.io.dated import read_lines
from pipeline.io.workbook import PLAIN, TENTHS, WRAPPED, Sheet, write_workbook

FOLDER = "roadmap"
SECAP_XLSX, SECAP_CSV, PLATFORM_CSV = (Path(FOLDER) / n for n in ("covenant_secap.xlsx", "covenant_secap.csv", "climate_plan.csv"))
INDICATIVE = "Indicative: worked out by Sole e Suolo, not decided by anybody unless the status says so; words of the template recalled, compare with MyCovenant."
# Our states in the template's words.
STATES: dict[str, str] = {"potential": "Not started", "proposed": "Not started", "planned": "Not started", "under_way": "Ongoing", "done": "Completed"}
TEXT, NUMBER, WHOLE = "str", "float", "int"
SECAP: dict[str, str] = {
    "Sector": TEXT, "Area of intervention": TEXT, "Policy instrument": TEXT, "Origin of the action": TEXT, "Key action": TEXT, "Responsible body": TEXT, "Implementation start": WHOLE,
    "Implementation end": WHOLE, "Status": TEXT, "Implementation cost [EUR]": NUMBER, "Energy savings [MWh/a]": NUMBER, "Renewable energy production [MWh/a]": NUMBER, "CO2 reduction [t CO2/a]": NUMBER, "Note": TEXT,
}  # fmt: skip
PLATFORM: dict[str, str] = {
    "id": TEXT, "title": TEXT, "kind": TEXT, "sector": TEXT, "status": TEXT, "responsible": TEXT, "start_year": WHOLE, "end_year": WHOLE, "cost_eur_low": NUMBER, "cost_eur": NUMBER, "cost_eur_high": NUMBER,
    "energy_saved_mwh_year": NUMBER, "energy_produced_mwh_year": NUMBER, "co2_avoided_t_year": NUMBER, "co2_reached_t_year": NUMBER, "net_present_value_eur": NUMBER, "funding": TEXT, "funding_until": TEXT,
    "easting": NUMBER, "northing": NUMBER, "epsg": WHOLE, "source": TEXT, "note": TEXT,
}  # fmt: skip
TITLES: dict[str, str] = {
    "pv": "Photovoltaics", "retrofit": "Energy retrofit", "desealing": "De-sealing", "trees": "Street trees", "collection_point": "Collection point", "waste": "Waste", "rule": "Rule", "mobility": "Mobility",
    "school": "School project", "other": "Other",
}  # fmt: skip


@cache
def template_words() -> dict[tuple[str, str], dict[str, str]]:
    """Words of the template by kind and owner, `*` for every other owner; every kind of `ACTION_KINDS` has them."""
    rows = {(r["kind"], r["owner"]): r for r in read_lines("covenant")}
    if lost := [k for k in ACTION_KINDS if (k, "*") not in rows]:
        raise InputError(f"covenant.csv: no row with the owner * for {', '.join(lost)}")
    return rows


def secap_rows(actions: Any, budget: pd.DataFrame) -> pd.DataFrame:
    """Actions in the columns of `SECAP`, sorted as they are.

    Parameters
    ----------
    actions, budget
        Layers `list` and `budget` of the table actions.

    Returns
    -------
    DataFrame
        Energy in MWh and emissions in tonnes of a year; start and end are the year of the budget, else the end is that of the legal deadline.
    """
    words = [template_words().get((k, o)) or template_words()[k, "*"] for k, o in zip(actions["kind"], actions["owner"], strict=True)]
    start, end = _years(actions, budget)
    made = actions["kind"].eq("pv").to_numpy()
    mwh = actions["kwh"].to_numpy(dtype=float) / 1000.0
    names = [TITLES[k] + (f": {n}" if pd.notna(n) else f": {a}") for k, n, a in zip(actions["kind"], actions["name"], actions["asset_id"], strict=True)]
    columns: list[Any] = [
        *([w[c] for w in words] for c in ("sector", "area", "instrument", "origin")), names, actions["owner"].to_numpy(), start, end, [STATES[s] for s in actions["status"]],
        actions["eur_mid"].to_numpy(dtype=float), pd.Series(mwh).mask(made).to_numpy(), pd.Series(mwh).where(made).to_numpy(), actions["co2_kg"].to_numpy(dtype=float) / 1000.0, [INDICATIVE] * len(actions),
    ]  # fmt: skip
    return pd.DataFrame(dict(zip(SECAP, columns, strict=True)))


def platform_rows(actions: Any, budget: pd.DataFrame, epsg: int) -> pd.DataFrame:
    """The same for platforms without a form of their own: one row an action, columns of `PLATFORM`; parameters as in `secap_rows`."""
    form = secap_rows(actions, budget)
    place = actions.geometry
    columns: list[Any] = [
        actions["action_id"], form["Key action"], actions["kind"], form["Sector"], actions["status"], actions["owner"], form["Implementation start"], form["Implementation end"], actions["eur_low"],
        actions["eur_mid"], actions["eur_high"], form["Energy savings [MWh/a]"], form["Renewable energy production [MWh/a]"], form["CO2 reduction [t CO2/a]"], actions["achieved_co2_kg"] / 1000.0,
        actions["npv_eur"], actions["funding_rule"], actions["funding_until"], place.x, place.y, pd.Series(epsg, index=actions.index, dtype="Int64"), actions["source"], form["Note"],
    ]  # fmt: skip
    return pd.DataFrame({name: pd.Series(c).to_numpy() for name, c in zip(PLATFORM, columns, strict=True)})


def write_roadmap(out: Path, actions: Any, budget: pd.DataFrame, epsg: int) -> tuple[Path, ...]:
    """Write both tables below `out`; the files, relative to it."""
    (out / FOLDER).mkdir()
    form, plain = secap_rows(actions, budget), platform_rows(actions, budget, epsg)
    write_csv(out / SECAP_CSV, [_cells(n, d, form[n]) for n, d in SECAP.items()])
    write_csv(out / PLATFORM_CSV, [_cells(n, d, plain[n]) for n, d in PLATFORM.items()])
    widths = [14 if d != TEXT else 28 for d in SECAP.values()]
    columns = [workbook.Cells(_cells(n, d, form[n]).values, {TEXT: WRAPPED, NUMBER: TENTHS, WHOLE: PLAIN}[d], number=d != TEXT) for n, d in SECAP.items()]
    write_workbook(out / SECAP_XLSX, ["Key actions"], [Sheet("Key actions", list(SECAP), widths, columns)], "SECAP key actions")
    return SECAP_XLSX, SECAP_CSV, PLATFORM_CSV


def _years(actions: Any, budget: pd.DataFrame) -> tuple[Any, Any]:
    paid = budget.set_index("action_id")["year"].reindex(actions["action_id"]).astype("Int64").reset_index(drop=True)
    due = pd.to_numeric(actions["deadline"].str[:4]).astype("Int64").reset_index(drop=True)
    return paid.array, paid.fillna(due).array


def _cells(name: str, dtype: Any, values: pd.Series[Any]) -> Cells:
    column = Column(dtype, "", name, name)
    if dtype == TEXT:
        return Cells(name, column, [None if pd.isna(v) else str(v) for v in values])
    digits = 0 if dtype == WHOLE else 3
    return Cells(name, column, [None if pd.isna(v) else f"{float(v):.{digits}f}" for v in values])
