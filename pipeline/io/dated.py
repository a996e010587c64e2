"""Tables of numbers that law, market or practice change: each row holds from a day to a day, with its source."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import ConfigError

REFERENCES = Path(__file__).parent / "references"
FRAME = frozenset({"value", "low", "high", "unit", "valid_from", "valid_to", "checked_on", "source"})


@dataclass(frozen=True)
class Dated:
    """One number on its day: value, range, unit, source, and the words that tell it from the others of its table."""

    value: float
    low: float
    high: float
    unit: str
    source: str
    words: tuple[tuple[str, str], ...]

    def word(self, name: str) -> str:
        """One of its words, e.g. the land cover it holds for."""
        return dict(self.words)[name]


@cache
def _rows(table: str) -> tuple[dict[str, str], ...]:
    with (REFERENCES / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def dated(table: str, on: str, **words: str) -> tuple[Dated, ...]:
    """The rows of a table that hold on a day.

    Parameters
    ----------
    table
        File of pipeline/io/references, without its ending.
    on
        Day, YYYY-MM-DD; `valid_to` is the last day, open where empty.
    words
        Columns that must hold a word, e.g. quantity="curve_number".

    Raises
    ------
    ConfigError
        When no row holds then.

    >>> [r.value for r in dated("runoff", "2025-01-01", cover="tree", quantity="curve_number", soil_group="B")]
    [65.0]
    """
    found = [r for r in _rows(table) if r["valid_from"] <= on <= (r["valid_to"] or "9999-12-31") and all(r[k] == v for k, v in words.items())]
    if not found:
        said = ", ".join(f"{k} {v}" for k, v in words.items())
        raise ConfigError(f"pipeline/io/references/{table}.csv: no row {said} that holds on {on}; expected one; add it with its source, or change `tables_on`")
    return tuple(
        Dated(float(r["value"]), float(r["low"]), float(r["high"]), r["unit"], r["source"], tuple((k, v) for k, v in r.items() if k not in FRAME))
        for r in found
    )


def by_cover(table: str, on: str, covers: tuple[str, ...], **words: str) -> tuple[Dated, ...]:
    """One row for each class of the land cover, in the order given.

    Raises
    ------
    ConfigError
        When a class has no row, or two.
    """
    rows = [r for r in dated(table, on, **words) if r.word("cover")]
    by = {c: [r for r in rows if r.word("cover") == c] for c in covers}
    if odd := [f"{c} ({len(r)})" for c, r in by.items() if len(r) != 1]:
        raise ConfigError(f"pipeline/io/references/{table}.csv: rows on {on} by cover: {', '.join(odd)}; expected one each; correct valid_from and valid_to")
    return tuple(by[c][0] for c in covers)
