"""Short names of columns in Italian and English, as headings, aliases and legends show them."""

from __future__ import annotations

from typing import Literal

from pipeline.contracts.spec import Column, TableSpec

Language = Literal["it", "en"]
LONGEST = 48
# Where a meaning may end and still say what the column is, the best place first.
ENDS = ("; ", ": ", " (", ", ")


def short(text: str, longest: int = LONGEST) -> str:
    """The beginning of a meaning that still says what the column is.

    >>> short("Share of the plane's cells that see the sun, by sector (72) and solar elevation")
    "Share of the plane's cells that see the sun"
    >>> short("A thing on the roof (chimney, stair-head, tank), a pit or a rim along the edge")
    'A thing on the roof'
    """
    for end in ENDS:
        if len(text) > longest:
            text = _before(text, end)
    if len(text) <= longest:
        return text
    return text[: longest - 1].rpartition(" ")[0] + "…"


def _before(text: str, end: str) -> str:
    """Up to the first `end` that stands in no brackets."""
    at = text.find(end)
    while at >= 0 and text.count("(", 0, at) > text.count(")", 0, at):
        at = text.find(end, at + 1)
    return text if at < 0 else text[:at]


def label(column: Column, language: Language) -> str:
    """Short meaning with the unit in brackets.

    >>> label(Column("float", "m²", "Area in plan", "Superficie in pianta"), "it")
    'Superficie in pianta [m²]'
    """
    text = short(column.it if language == "it" else column.en)
    return f"{text} [{column.unit}]" if column.unit else text


def labels(spec: type[TableSpec], language: Language) -> dict[str, str]:
    """Labels of a table's columns by name; where two were the same, the column's name stands behind."""
    found = {name: label(column, language) for name, column in spec.columns().items()}
    every = list(found.values())
    return {name: text if every.count(text) == 1 else f"{text} ({name})" for name, text in found.items()}
