"""Short names of columns in Italian and English, as headings, aliases and legends show them."""

from __future__ import annotations

from typing import Literal

from pipeline.contracts.spec import Column, TableSpec

Language = Literal["it", "en"]
LONGEST = 48
# Where a meaning may end and still say what the column is, the best place first.
ENDS = ("; ", ": ", ", ", " (")


def short(text: str, longest: int = LONGEST) -> str:
    """The beginning of a meaning that still says what the column is.

    >>> short("Share of the plane's cells that see the sun, by sector (72) and solar elevation")
    "Share of the plane's cells that see the sun"
    >>> short("Area in plan")
    'Area in plan'
    """
    for end in ENDS:
        if len(text) > longest:
            text = text.partition(end)[0]
    if len(text) <= longest:
        return text
    return text[: longest - 1].rpartition(" ")[0] + "…"


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
