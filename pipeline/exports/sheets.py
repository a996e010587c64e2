"""Tables for a spreadsheet: CSV that Excel in Italian opens right, and one workbook with what its columns mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.contracts.labels import Language, labels
from pipeline.contracts.spec import Column
from pipeline.exports.content import Layer
from pipeline.io import workbook
from pipeline.io.later import attributes
from pipeline.io.workbook import FORMULA, PLAIN, TENTHS, THOUSANDTHS, WHOLE, WRAPPED, Sheet

# What people open in a spreadsheet, and how its sheet is called.
SHEETS: dict[str, tuple[str, str]] = {
    "town": ("Comune", "Town"),
    "buildings": ("Edifici", "Buildings"),
    "parcels": ("Particelle", "Parcels"),
    "sections": ("Sezioni", "Sections"),
    "streets": ("Vie", "Streets"),
    "greenspaces": ("Aree verdi", "Green places"),
    "official": ("Suolo consumato", "Consumed soil"),
    "ledger": ("Registro", "Ledger"),
    "actions_list": ("Tabella di marcia", "Roadmap"),
    "actions_budget": ("Bilancio azioni", "Budget of actions"),
    "restoration": ("Ripristino natura", "Nature restoration"),
}
DIGITS = 7  # significant ones; a square millimetre of a parcel says nothing
YES, NO = "sì", "no"
READ_ME: dict[Language, str] = {"it": "Leggimi", "en": "Read me"}
MEANINGS: dict[Language, str] = {"it": "Significati", "en": "Meanings"}
SOURCES: dict[Language, str] = {"it": "Fonti e licenze", "en": "Sources and licences"}
_BREAKERS = re.compile("[;\"\n\r]")


@dataclass(frozen=True)
class Cells:
    """One column as text: numbers with a decimal point, None where missing."""

    name: str
    column: Column
    values: list[str | None]


def cells(layer: Layer) -> list[Cells]:
    """The columns of a table that hold anything, as text."""
    frame = attributes(layer.rows, layer.spec)
    return [Cells(name, column, _as_text(frame[name], column)) for name, column in layer.spec.columns().items() if frame[name].notna().any()]


def _as_text(series: pd.Series[Any], column: Column) -> list[str | None]:
    if column.dtype == "float":
        values = series.to_numpy(dtype=float, na_value=np.nan)
        size = np.abs(values)
        usual = np.isfinite(values) & (size > 0)
        scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.where(usual, size, 1.0))))
        rounded = map(repr, np.where(usual, np.round(values * scale) / scale, 0.0).tolist())
        known = np.isfinite(values).tolist()
        return [(v[:-2] if v.endswith(".0") else v) if k else None for v, k in zip(rounded, known, strict=True)]
    if column.dtype == "int":
        return [None if v is pd.NA or v is None else str(int(v)) for v in series.tolist()]
    if column.dtype == "bool":
        return [None if v is None or v is pd.NA else YES if v else NO for v in series.tolist()]
    return [v if isinstance(v, str) else None if pd.isna(v) else str(v) for v in series.tolist()]


def write_csv(path: Path, table: list[Cells]) -> None:
    """UTF-8 with a mark at its start, semicolons, decimal commas, CRLF; words that begin like a formula get an apostrophe.

    Parameters
    ----------
    path
        The file.
    table
        From `cells`; headings are the names of the columns.
    """
    columns = [_for_csv(c) for c in table]
    lines = [";".join(c.name for c in table), *map(";".join, zip(*columns, strict=True))]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig", newline="")


def _for_csv(column: Cells) -> list[str]:
    if column.column.dtype in ("float", "int"):
        return ["" if v is None else v.replace(".", ",") for v in column.values]
    return ["" if v is None else _quoted(v) for v in column.values]


def _quoted(text: str) -> str:
    if text.startswith(FORMULA):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if _BREAKERS.search(text) else text


def sheet(layer: Layer, table: list[Cells], language: Language) -> Sheet:
    """A sheet of the workbook: headings in words, real numbers, text as text."""
    named = labels(layer.spec, language)
    columns = [_for_workbook(c) for c in table]
    widths = [max(12, min(28, 2 + max((len(v) for v in c.values[:200] if v), default=0))) for c in table]
    return Sheet(sheet_name(layer.name, language), [named[c.name] for c in table], widths, columns)


def _for_workbook(column: Cells) -> workbook.Cells:
    kind, unit = column.column.dtype, column.column.unit
    if kind == "int":
        return workbook.Cells(column.values, PLAIN if "year" in column.name or column.name == "since" else WHOLE, number=True)
    if kind == "float":
        return workbook.Cells(column.values, TENTHS if unit else THOUSANDTHS, number=True)
    return workbook.Cells(column.values)


def sheet_name(layer: str, language: Language) -> str:
    """What the sheet of a layer is called in the workbook."""
    return SHEETS[layer][0 if language == "it" else 1]


def meanings(filled: list[tuple[Layer, dict[str, Column]]], language: Language) -> Sheet:
    """The sheet that says what each column of the other sheets means, in both languages."""
    rows: list[tuple[str, ...]] = []
    for layer, columns in filled:
        named = labels(layer.spec, language)
        rows += [(sheet_name(layer.name, language), named[name], name, c.unit, c.it, c.en) for name, c in columns.items()]
    head = ("Foglio", "Colonna", "Nome nei dati", "Unità", "Significato", "Meaning")
    return text_sheet(MEANINGS[language], head, rows, (16, 40, 26, 10, 70, 70))


def text_sheet(name: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], widths: tuple[int, ...]) -> Sheet:
    """A sheet of words."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(headings)
    return Sheet(name, headings, widths, [workbook.Cells(c, WRAPPED) for c in columns])
