"""Stage `indicators`: the plan's yearly figures, the frozen years and official series beside them, and where each stands against its target."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from pipeline.config.indicators import IndicatorsConfig
from pipeline.config.sources import Layers
from pipeline.contracts.actions import Actions
from pipeline.contracts.indicators import BETTER, INDICATORS, Indicators
from pipeline.contracts.land import Consumed, Green, Provision, Restoration, Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.plan import Estate
from pipeline.contracts.register import Initiatives
from pipeline.contracts.solar import Arrays, Installed, Solar
from pipeline.contracts.spec import Package, Slim, Table
from pipeline.contracts.waste import Waste
from pipeline.core.plan.targets import Way, standing
from pipeline.io.indicators import Target, read_emissions, read_targets
from pipeline.io.snapshots import read_snapshots
from pipeline.joins.indicators import first_of, official_series, restoration_baselines, values_of

Rows = list[dict[str, Any]]


def indicators(
    arrays: Slim[Arrays] | None, solar: Table[Solar] | None, installed: Table[Installed] | None, sealing: Table[Sealing] | None, green: Table[Green] | None, provision: Table[Provision] | None,
    restoration: Table[Restoration] | None, consumed: Package[Consumed] | None, estate: Table[Estate] | None, waste: Table[Waste] | None, initiatives: Table[Initiatives] | None, actions: Package[Actions] | None,
    layers: Layers | None, config: IndicatorsConfig, notes: Notes,
) -> Table[Indicators]:  # fmt: skip
    """Gather what the stages found, put the frozen years and official series beside it, and hold it against the targets.

    Parameters
    ----------
    arrays, solar, installed
        Power that the roofs could carry, its yield, and power that is there.
    sealing, green, provision, restoration, consumed
        Ground, canopy, reach of green, the urban ecosystem area, the official land take.
    estate
        Public buildings.
    waste, initiatives, actions
        The official yearly table of waste, what the town did already, and what its roadmap has reached.
    layers
        Kinds emissions, targets, snapshots.
    config
        Month of the valuation.
    notes
        What has no value, no target, or is not what was frozen.

    Returns
    -------
    DataFrame
        One row for each indicator, year, origin and version of the method; every indicator has its current row, with NaN
        where nothing is known.

    Raises
    ------
    InputError
        When a register or a snapshot cannot be read.
    """
    year, given = int(config.as_of[:4]), layers or ()
    tables = {
        "arrays": arrays, "solar": solar, "installed": installed, "sealing": sealing, "green": green, "provision": provision, "restoration": restoration, "consumed": consumed,
        "estate": estate, "waste": waste, "initiatives": initiatives, "actions": None if actions is None else actions["list"], "emissions": read_emissions(given, notes) or None,
    }  # fmt: skip
    rows = _official(tables) + _frozen(given) + _current(tables, year)
    targets = read_targets(given, config.as_of, notes)
    ways = {name: _way(name, [r for r in rows if r["indicator_id"] == name], targets.get(name), restoration_baselines(tables)) for name in INDICATORS}
    table = _typed([row | _standing(row, *ways[row["indicator_id"]]) for row in rows])
    _write_down(table, notes)
    return table


def _row(name: str, year: int, origin: str, value: float, data_year: int | None, source: str) -> dict[str, Any]:
    made = INDICATORS[name]
    return {
        "indicator_id": name, "year": year, "origin": origin, "method_version": made.method_version, "value": value, "unit": made.unit, "better": made.better, "data_year": data_year,
        "frozen_on": None, "source": source,
    }  # fmt: skip


def _source(name: str) -> str:
    return " ".join(INDICATORS[name].needs) or "emissions"


def _official(tables: dict[str, Any]) -> Rows:
    return [_row(name, year, "official", value, year, _source(name)) for name, years in official_series(tables).items() for year, value in years.items()]


def _frozen(layers: Layers) -> Rows:
    return [
        _row(f.indicator_id, f.year, "frozen", f.value, f.data_year, _source(f.indicator_id)) | {"method_version": f.method_version, "unit": f.unit, "frozen_on": f.frozen_on}
        for f in read_snapshots(layers)
    ]


def _current(tables: dict[str, Any], year: int) -> Rows:
    return [_row(name, year, "current", found.value, found.data_year, _source(name)) for name, found in values_of(tables, year).items()]


def _way(name: str, rows: Rows, target: Target | None, frozen: dict[str, tuple[int, float]]) -> tuple[Way, int | None, str | None]:
    """The way of an indicator, the version of the method its baseline was made by (None: the publisher's), and who set the target."""
    better = BETTER[INDICATORS[name].better]
    year, value, version = first_of(rows)
    if target is not None and target.baseline_year is not None and target.baseline is not None:
        year, value, version = target.baseline_year, target.baseline, None
    elif name in frozen:
        year, value = frozen[name]
        version = None
    if target is None:
        return Way(year, value, None, math.nan, better), version, None
    return Way(year, value, target.year, target.value * (value if target.of_baseline else 1.0), better), version, target.source


def _standing(row: dict[str, Any], way: Way, version: int | None, source: str | None) -> dict[str, Any]:
    same = version is None or version == row["method_version"]
    found = standing(row["value"], row["data_year"] or row["year"], way, same_method=same)
    return {
        "baseline_year": way.baseline_year, "baseline": way.baseline, "target_year": way.target_year, "target": way.target, "target_source": source,
        "path": found.path, "gap": found.gap, "distance": found.distance, "standing": found.state, "reason": found.reason,
    }  # fmt: skip


def _typed(rows: Rows) -> pd.DataFrame:
    columns = Indicators.columns()
    table = pd.DataFrame(rows, columns=list(columns))
    kinds = {n: "object" if c.dtype == "str" else "float64" if c.dtype == "float" else "int64" if c.required else "Int64" for n, c in columns.items()}
    table = table.astype(kinds)
    return table.sort_values(list(Indicators.key), kind="stable", ignore_index=True)


def _write_down(table: pd.DataFrame, notes: Notes) -> None:
    now = table[table["origin"] == "current"]
    for state in ("on_track", "off_track", "unknown"):
        notes.count(f"indicators: {state}", int((now["standing"] == state).sum()))
    notes.count("indicators without a value", int(now["value"].isna().sum()))
    key = ["indicator_id", "year", "method_version"]
    both = now.merge(table[table["origin"] == "frozen"], on=key, suffixes=("", "_frozen"))
    moved = both[(both["value"] - both["value_frozen"]).abs() > 1e-9 * both["value_frozen"].abs()]
    if len(moved):
        notes.warn(f"Not what was frozen for the year: {', '.join(moved['indicator_id'])}. The frozen values stay; `make indicators YEAR=` says what has changed.")
    if math.isnan(now.set_index("indicator_id")["value"]["emissions_t"]):
        notes.assume("No inventory of emissions is known: a cited one (year, sector, tco2, source, page) goes into the town's folder, kind emissions of sources.indicators. None is made up.")
    if not (now["target_source"].notna() & now["value"].notna()).any():
        notes.assume("No indicator with a value has a target: the town's own go into its folder, kind targets of sources.indicators.")
    notes.assume("A target is held against the straight line from the baseline to it; the baseline is the one the register of targets names, else the first year of the series.")
