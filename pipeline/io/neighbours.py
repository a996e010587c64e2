"""Official tables with one row a municipality: the town's neighbours beside it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.config.sources import Layer, Layers
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.registers import Field, read_register

# Column of the table -> indicator, factor to its unit, unit, what the publishers call it.
MEASURES: dict[str, tuple[str, float, str, tuple[str, ...]]] = {
    "consumed_percent": ("consumed_share", 0.01, "", ("suolo consumato [%]", "suolo consumato percentuale", "consumo del suolo")),
    "separate_percent": ("separate_share", 0.01, "", ("percentuale rd", "rd %", "raccolta differenziata %")),
    "waste_kg": ("waste_kg_per_resident", 1.0, "kg", ("rifiuti urbani per abitante", "produzione pro capite ru kg")),
    "mixed_waste_kg": ("mixed_waste_kg_per_resident", 1.0, "kg", ("raccolta indifferenziata dei rifiuti urbani per abitante",)),
}
COLUMNS = ("indicator_id", "year", "istat", "name", "value", "unit")


def read_municipalities(layers: Layers, notes: Notes) -> pd.DataFrame:
    """Figures of every municipality that the tables name.

    Parameters
    ----------
    layers
        Kind municipalities: ISTAT code, name, and at least one of `MEASURES` by its own name, the publisher's, or as `fields` say; the year in a column or of the source.
    notes
        Counts of rows.

    Returns
    -------
    DataFrame
        `COLUMNS`; rows without a figure are left out.

    Raises
    ------
    InputError
        When a table has none of the measures, no year, or two figures for the same.
    """
    found = [row for layer in layers if layer.source.kind == "municipalities" for path in layer.paths for row in _table(layer, path, notes)]
    table = pd.DataFrame(found, columns=list(COLUMNS)).astype({"year": "int64", "value": "float64"}).drop_duplicates()
    twice = table[table.duplicated(["indicator_id", "year", "istat"])]
    if len(twice):
        row = twice.iloc[0]
        raise InputError(f"sources.neighbours: two figures of {row['name']} for {row['indicator_id']} {row['year']}; expected one; keep the newest edition")
    return table


def _table(layer: Layer, path: Any, notes: Notes) -> list[tuple[Any, ...]]:
    named = layer.source.fields
    said = {"code": ("PRO_COM", "PRO_COM_T", "codice istat", "istat"), "name": ("comune", "denominazione"), "year": ("anno",)} | {n: m[3] for n, m in MEASURES.items()}
    kinds: dict[str, Any] = {"code": "text", "name": "text", "year": "int"}
    fields = [Field(n, kinds.get(n, "number"), ((named[n],) if n in named else ()) + h, n in ("code", "name"), n in ("code", "name")) for n, h in said.items()]
    out: list[tuple[Any, ...]] = []
    for row in read_register(path, fields, notes).to_dict("records"):
        year = row["year"] if pd.notna(row["year"]) else layer.source.year
        if year is None:
            raise InputError(f"{path}: which year is it of? It has no column year; add `year: 2021` to this source in town.yaml")
        out += [(m[0], int(year), row["code"].zfill(6), row["name"], row[n] * m[1], m[2]) for n, m in MEASURES.items() if pd.notna(row[n])]
    if not out:
        raise InputError(f"{path}: none of the columns {', '.join(MEASURES)}; name one with `fields`")
    return out
