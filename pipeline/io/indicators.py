"""Registers of the indicators: cited emissions, the town's targets, and the dated official ones."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from pipeline.config.sources import Layers
from pipeline.contracts.indicators import INDICATORS
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.dated import find, read_rules
from pipeline.io.registers import Field, read_register

TABLE = "targets"
KEY = re.compile(r"^([a-z0-9_]+)@(\d{4})$")


class Target(NamedTuple):
    """What is aimed at; `of_baseline` where the value is a multiple of the baseline. Baseline as the register gives it."""

    year: int
    value: float
    source: str
    of_baseline: bool = False
    baseline_year: int | None = None
    baseline: float | None = None


def read_emissions(layers: Layers, notes: Notes) -> dict[int, float]:
    """Emissions by year, summed over the sectors of kind emissions [t].

    A year that lacks a sector of the first one is left out: a sum of fewer sectors is no decrease.

    Raises
    ------
    InputError
        When a row has no source or page, or a sector stands twice in a year.
    """
    fields = [
        Field("year", "int", ("anno",), filled=True), Field("sector", "text", ("settore",), filled=True), Field("tco2", "number", ("t co2", "tco2eq", "emissioni t"), filled=True),
        Field("source", "text", ("fonte",), filled=True), Field("page", "text", ("pagina",), filled=True),
    ]  # fmt: skip
    found = [read_register(path, fields, notes) for layer in layers if layer.source.kind == "emissions" for path in layer.paths]
    if not found:
        return {}
    rows = pd.concat(found, ignore_index=True)
    twice = rows[rows.duplicated(["year", "sector"])]
    if len(twice):
        raise InputError(f"sources.indicators, emissions: {twice['sector'].iloc[0]} stands twice in {twice['year'].iloc[0]}; expected one row a sector and year")
    sectors = {int(y): frozenset(r["sector"]) for y, r in rows.groupby("year")}
    first = sectors[min(sectors)]
    for year, of_year in sorted(sectors.items()):
        if of_year != first:
            notes.warn(f"Emissions of {year} are of other sectors than those of {min(sectors)}: the year is left out.")
    whole = rows[[sectors[int(y)] == first for y in rows["year"]]]
    notes.assume(f"Emissions are those of {', '.join(sorted(set(whole['source'])))}, as cited there; nothing is calculated here.")
    return {int(y): float(r["tco2"].sum()) for y, r in whole.groupby("year")}


def read_targets(layers: Layers, as_of: str, notes: Notes) -> dict[str, Target]:
    """Target of each indicator: the town's own (kind targets), else the nearest official one that holds on the day.

    Raises
    ------
    InputError
        With every row whose indicator is not known, stands twice, or whose share is beyond 1.
    """
    made = official_targets(as_of)
    fields = [
        Field("indicator_id", "text", ("indicatore",), filled=True), Field("target_year", "int", ("anno obiettivo",), filled=True), Field("target", "number", ("obiettivo",), filled=True),
        Field("source", "text", ("fonte",), filled=True), Field("baseline_year", "int", ("anno base",), required=False), Field("baseline", "number", ("valore base",), required=False),
    ]  # fmt: skip
    problems: list[str] = []
    own: set[str] = set()
    for path in (p for layer in layers if layer.source.kind == "targets" for p in layer.paths):
        for row in read_register(path, fields, notes).to_dict("records"):
            name, where = row["indicator_id"], f"{path}: line {row['line']}"
            problems += [f"{where}: {p}" for p in _faults(row, own)]
            own.add(name)
            year = int(row["baseline_year"]) if pd.notna(row["baseline_year"]) else None
            made[name] = Target(int(row["target_year"]), float(row["target"]), row["source"], False, year, float(row["baseline"]) if year is not None else None)
    if problems:
        raise InputError(problems)
    return made


def _faults(row: dict[str, object], own: set[str]) -> list[str]:
    name, said = str(row["indicator_id"]), []
    if name not in INDICATORS:
        return [f"no indicator {name!r}; there are {', '.join(INDICATORS)}"]
    if name in own:
        said.append(f"{name} stands twice; expected one target")
    if INDICATORS[name].better == "neither":
        said.append(f"{name}: neither more nor less of it is better, so it has no target")
    if name.endswith("_share") and any(pd.notna(row[c]) and not 0.0 <= float(row[c]) <= 1.0 for c in ("target", "baseline")):  # type: ignore[arg-type]
        said.append(f"{name}: {row['target']:g}; expected a share between 0 and 1, 0.65 for 65 %")
    if pd.isna(row["baseline_year"]) != pd.isna(row["baseline"]):
        said.append(f"{name}: baseline_year and baseline go together")
    return said


def official_targets(as_of: str) -> dict[str, Target]:
    """Targets of the dated table `targets` that hold on a day, by indicator; of several the nearest in time.

    Raises
    ------
    InputError
        When a key is not indicator@year.
    """
    found: dict[str, Target] = {}
    for key in read_rules(TABLE):
        named = KEY.match(key)
        if named is None or named[1] not in INDICATORS:
            raise InputError(f"pipeline/io/dated_tables/{TABLE}.csv: key {key!r}; expected an indicator and the year of its target, e.g. urban_green_ha@2030")
        row = find(TABLE, key, as_of)
        if row is not None and (named[1] not in found or int(named[2]) < found[named[1]].year):
            found[named[1]] = Target(int(named[2]), row.value, row.source, row.unit == "of baseline")
    # The least share of separate collection stands with the other rules of waste, a row for each year from which it rose.
    if (least := find("waste_targets", "separate_collection", as_of)) is not None:
        found["separate_share"] = Target(int(least.valid_from[:4]), least.value, least.source)
    return found
