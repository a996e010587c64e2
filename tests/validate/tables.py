"""A table of validation: rows of text and numbers, and the bars some of its numbers are held against."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Cell = str | float | int
LONG = 40  # wider columns hold sentences and stand to the left


@dataclass(frozen=True)
class Bar:
    """One measured number beside what is asked of it; `least` where more is better."""

    what: str
    found: float
    asked: float
    unit: str = ""
    least: bool = False

    @property
    def kept(self) -> bool:
        """Whether it is."""
        return bool(self.found >= self.asked if self.least else self.found <= self.asked)

    def text(self) -> str:
        """As it is printed."""
        return f"{self.what}: {self._with_unit(self.found)} ({'at least' if self.least else 'at most'} {number(self.asked)}) {'kept' if self.kept else 'NOT KEPT'}"


    def markdown(self) -> str:
        """As a row of a table."""
        return f"| {self.what} | {'≥' if self.least else '≤'} {self._with_unit(self.asked)} | {self._with_unit(self.found)} | {'kept' if self.kept else '**not kept**'} |"

    def _with_unit(self, value: float) -> str:
        return number(value) + (self.unit if self.unit in ("°", "") else f" {self.unit}")


@dataclass
class Result:
    """What one part of the validation found.

    Attributes
    ----------
    key
        Its name in the JSON.
    title
        Heading.
    head, rows
        The table; the first column is text.
    bars
        What is asked.
    notes
        Sentences under the table: what was compared, what was left out and why.
    """

    key: str
    title: str
    head: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    plots: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """For the terminal."""
        cells = [self.head, *[tuple(number(c) for c in row) for row in self.rows]]
        wide = [max((len(row[i]) for row in cells), default=0) for i in range(len(self.head))]
        words = [i == 0 or w > LONG for i, w in enumerate(wide)]
        lines = ["  ".join(c.ljust(w) if text else c.rjust(w) for c, w, text in zip(row, wide, words, strict=True)).rstrip() for row in cells]
        return "\n".join([self.title, *(f"  {line}" for line in lines if self.rows), *(f"  = {b.text()}" for b in self.bars), *(f"  {n}" for n in self.notes)])

    def markdown(self) -> str:
        """For the documents."""
        table = ["| " + " | ".join(self.head) + " |", "|---" + "|---:" * (len(self.head) - 1) + "|"]
        table += ["| " + " | ".join(number(c) for c in row) + " |" for row in self.rows]
        bars = ["\n".join(["| asked | bar | found | |", "|---|---:|---:|---|", *(b.markdown() for b in self.bars)])] if self.bars else []
        notes = [" ".join(self.notes)] if self.notes else []
        return "\n\n".join([f"### {self.title}", *(["\n".join(table)] if self.rows else []), *bars, *notes])

    def record(self) -> dict[str, Any]:
        """For the JSON."""
        bars = [{"what": b.what, "found": round(b.found, 6), "asked": b.asked, "unit": b.unit, "at_least": b.least, "kept": b.kept} for b in self.bars]
        rows = [[round(c, 6) if isinstance(c, float) else c for c in row] for row in self.rows]
        return {"title": self.title, "head": list(self.head), "rows": rows, "bars": bars, "notes": self.notes}


def number(value: Cell) -> str:
    """Three figures are enough for people; whole numbers stay whole."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    if math.isnan(value):  # nothing was measured
        return "-"
    size = abs(value)
    if size < 1e-6:
        return "0" if size == 0 else "below 1e-6"
    if size < 5e-4:
        return f"{value:.0e}".replace("e-0", "e-")
    decimals = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 3
    return f"{value:,.{decimals}f}"


def between_markers(text: str, name: str, inner: str) -> str:
    """`text` with what stands between the markers of `name` replaced.

    >>> between_markers("a <!-- x: begin --> b <!-- x: end --> c", "x", "B")
    'a <!-- x: begin -->\\n\\nB\\n\\n<!-- x: end --> c'
    """
    pattern = re.compile(rf"(<!-- {re.escape(name)}: begin[^>]*-->).*?(<!-- {re.escape(name)}: end -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"the text holds no markers <!-- {name}: begin --> and <!-- {name}: end -->")
    return pattern.sub(lambda m: f"{m[1]}\n\n{inner}\n\n{m[2]}", text)


def write_between(path: Path, name: str, inner: str) -> bool:
    """Replace what stands between the markers in a file; whether that changed it."""
    old = path.read_text(encoding="utf-8")
    new = between_markers(old, name, inner)
    if new != old:
        path.write_text(new, encoding="utf-8")
    return new != old
