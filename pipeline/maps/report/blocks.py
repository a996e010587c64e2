"""What a page is built of, as template/blocks.typ reads it: dictionaries of ready words, each word a phrase until a language is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.maps.land_soil import NONE, Line
from pipeline.maps.quantities import quantity
from pipeline.maps.rules import Rules, placed
from pipeline.maps.starts import Entry
from pipeline.maps.text import LANGUAGES, Phrase, say

Block = dict[str, Any]


@dataclass(frozen=True)
class Chapter:
    """One subject, beginning on a page of its own; `demo` says which of what it shows is generated."""

    kicker: Phrase
    title: Phrase
    blocks: list[Block]
    demo: Phrase | None = None


def spoken(value: Any, language: str, rules: Rules) -> Any:
    """A structure of phrases in one language with the town's thresholds in them, as JSON takes it."""
    if isinstance(value, Phrase):
        return placed(value, rules)[LANGUAGES.index(language)]
    if isinstance(value, Chapter):
        return {k: spoken(v, language, rules) for k, v in vars(value).items()}
    if isinstance(value, dict):
        return {k: spoken(v, language, rules) for k, v in value.items()}
    return [spoken(v, language, rules) for v in value] if isinstance(value, list | tuple) else value


def lead(text: Phrase) -> Block:
    """The sentence under a title."""
    return {"kind": "lead", "text": text}


def text(words: Phrase) -> Block:
    """A paragraph."""
    return {"kind": "text", "text": words}


def heading(words: Phrase) -> Block:
    """A title inside a chapter."""
    return {"kind": "heading", "text": words}


def page() -> Block:
    """What follows begins on a new page."""
    return {"kind": "break"}


def contents() -> Block:
    """The titles of the chapters with their pages."""
    return {"kind": "contents"}


def note(words: Phrase, title: Phrase = NONE) -> Block:
    """Words on a ground of their own."""
    return {"kind": "note", "title": title, "text": words}


def listed(items: Sequence[Phrase]) -> list[Block]:
    """Items one below the other; nothing where there are none."""
    return [{"kind": "list", "items": list(items)}] if items else []


def beside(plate: Block, others: Sequence[Block]) -> Block:
    """A narrow map with other blocks to its right."""
    return {"kind": "beside", "map": plate, "blocks": list(others)}


def pairs(items: Sequence[tuple[Phrase, Phrase]]) -> Block:
    """Short titled paragraphs in two columns."""
    return {"kind": "pairs", "items": [{"title": title, "text": words} for title, words in items]}


def figures(lines: Sequence[Line], columns: int = 3) -> list[Block]:
    """Large numbers side by side; nothing where there are none."""
    return [{"kind": "figures", "columns": columns, "items": [{"label": x.label, "value": x.value, "note": x.note} for x in lines]}] if lines else []


def columns(rows: Sequence[tuple[Phrase, float, Phrase]], colour: str, caption: Phrase, alt: Phrase) -> Block:
    """A chart of upright columns: label, value, printed value of each."""
    return {"kind": "columns", "colour": colour, "caption": caption, "alt": alt, "rows": _scaled(rows)}


def bars(rows: Sequence[tuple[Phrase, float, Phrase]], colour: str, caption: Phrase, alt: Phrase, most: float | None = None) -> Block:
    """A chart of lying bars, the longest, or `most`, as wide as the page allows."""
    return {"kind": "bars", "colour": colour, "caption": caption, "alt": alt, "rows": _scaled(rows, most)}


def _scaled(rows: Sequence[tuple[Phrase, float, Phrase]], most: float | None = None) -> list[Block]:
    top = most or max((value for _, value, _ in rows), default=0.0) or 1.0
    return [{"label": label, "value": round(min(1.0, value / top), 5), "text": printed} for label, value, printed in rows]


def whole(rows: Sequence[tuple[Phrase, float, Phrase, str]], caption: Phrase, alt: Phrase) -> Block:
    """One bar of parts that make a whole: label, value, printed value, colour of each."""
    total = sum(value for _, value, _, _ in rows) or 1.0
    kept = [(label, value / total, printed, colour) for label, value, printed, colour in rows if value > 0]
    return {"kind": "stack", "caption": caption, "alt": alt, "rows": [{"label": n, "value": round(v, 5), "text": p, "colour": c} for n, v, p, c in kept]}


@dataclass(frozen=True)
class Interval:
    """A figure with its ends, the high one unbounded where it is None."""

    label: Phrase
    value: float
    low: float
    high: float | None
    printed: Phrase
    band: Phrase


def ranges(rows: Sequence[Interval], colour: str, caption: Phrase, alt: Phrase) -> Block:
    """Intervals beside one another, each in shares of its own value, on one axis from 0 to the farthest end."""
    most = max([1.2, *((r.high or r.value) / r.value for r in rows)])
    ends = [(r.low / r.value / most, (r.value if r.high is None else r.high) / r.value / most) for r in rows]
    out = [{"label": r.label, "value": round(1.0 / most, 5), "low": round(a, 5), "high": round(b, 5), "text": r.printed, "band": r.band} for r, (a, b) in zip(rows, ends, strict=True)]
    return {"kind": "ranges", "colour": colour, "caption": caption, "alt": alt, "rows": out}


def table(head: Sequence[tuple[Phrase, str, float]], rows: Sequence[Sequence[Phrase]], caption: Phrase) -> list[Block]:
    """A table: heading, alignment (l, r) and share of the width (0: as wide as needed) of each column; nothing without rows."""
    words, align, widths = ([h[i] for h in head] for i in range(3))
    return [{"kind": "table", "head": words, "align": align, "widths": widths, "rows": [list(r) for r in rows], "caption": caption}] if rows else []


def numbered(entries: Sequence[Entry], start: int = 1) -> list[tuple[Phrase, Phrase, Phrase, Phrase]]:
    """Rows of a table from entries of the site: number on the map, name, value, what it means."""
    return [(literal(str(i)), e.name, e.value, e.text) for i, e in enumerate(entries, start)]


def literal(words: str) -> Phrase:
    """Text that is the same in both languages."""
    return Phrase(words, words)


def classes(limits: Sequence[float], kind: str) -> list[Phrase]:
    """Names of classes from their inner limits: up to the first, between, over the last.

    >>> [p.it for p in classes([0.1, 0.25], "part")]
    ['fino a 10\\xa0%', '10–25\\xa0%', 'oltre 25\\xa0%']
    """
    names = [quantity(v, kind) for v in limits]
    if not names:
        return [say("report.all")]
    between = [_joined(a, b) for a, b in pairwise(names)]
    return [say("report.upto", high=names[0]), *between, say("report.over", low=names[-1])]


def _joined(low: Phrase, high: Phrase) -> Phrase:
    """ "a–b unit", the unit once where it is the same."""

    def one(a: str, b: str) -> str:
        number, gap, unit = a.rpartition("\u00a0")
        if gap and b.endswith(gap + unit):
            return f"{number}–{b}"
        return f"{a.removesuffix('%')}–{b}" if a.endswith("%") and b.endswith("%") else f"{a}–{b}"

    return Phrase(*(one(a, b) for a, b in zip(low, high, strict=True)))
