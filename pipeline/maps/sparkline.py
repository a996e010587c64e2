"""A series of years as a small line, inline SVG: no script, no colour of its own, readable aloud."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

WIDTH, HEIGHT, MARGIN = 120.0, 32.0, 4.0
RADIUS = 2.2


class Year(NamedTuple):
    """One point of a series; `break_before` where another method made the points before it."""

    year: int
    value: float
    break_before: bool = False


def sparkline(series: Sequence[Year], title: str, said: Callable[[float], str], target: tuple[int, float] | None = None, *, broken: str = "|", aim: str = "→") -> str:
    """The series as a line with a dot on its last year; the text says every value.

    Parameters
    ----------
    series
        Ascending years, finite values; a line is not drawn across a break of method.
    title
        Name of the indicator, in the language of the page.
    said
        Writes a value with its unit in that language.
    target
        Year and value aimed at: a ring, tied to the last point by a dashed line.
    broken, aim
        What the text says between two methods, and before the target.

    Returns
    -------
    str
        One `<svg role="img">` with the classes spark, spark-line, spark-last, spark-path, spark-target; "" where there is no
        point. Strokes take the colour of the text around (currentColor).

    Raises
    ------
    ValueError
        When years do not ascend.

    >>> sparkline([], "Canopy", str)
    ''
    >>> 'aria-label="Canopy: 2024 0.1; 2026 0.2"' in sparkline([Year(2024, 0.1), Year(2026, 0.2)], "Canopy", str)
    True
    """
    if not series:
        return ""
    if any(b.year <= a.year for a, b in pairwise(series)):
        raise ValueError(f"years of a series must ascend, got {[p.year for p in series]}")
    points = [(float(p.year), p.value) for p in series] + ([(float(target[0]), target[1])] if target else [])
    at = _scale(points)
    parts = [f'<polyline class="spark-line" fill="none" stroke="currentColor" stroke-width="1.5" points="{" ".join(at(p.year, p.value) for p in run)}"/>' for run in _runs(series) if len(run) > 1]
    parts += [_dot(at(p.year, p.value), "spark-point", RADIUS / 1.6) for p in series[:-1]]
    if target:
        parts += [f'<polyline class="spark-path" fill="none" stroke="currentColor" stroke-dasharray="2 2" points="{at(series[-1].year, series[-1].value)} {at(*target)}"/>']
        parts += [_dot(at(*target), "spark-target", RADIUS, hollow=True)]
    parts += [_dot(at(series[-1].year, series[-1].value), "spark-last", RADIUS)]
    words = _words(series, title, said, target, broken, aim)
    return f'<svg class="spark" role="img" aria-label={quoteattr(words)} viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" height="{HEIGHT:g}" focusable="false"><title>{escape(words)}</title>{"".join(parts)}</svg>'


def _scale(points: Sequence[tuple[float, float]]) -> Callable[[float, float], str]:
    """Years and values to places: the whole range of both, in the middle where there is none."""
    years, values = [p[0] for p in points], [p[1] for p in points]

    def place(value: float, low: float, high: float, length: float) -> float:
        return MARGIN + (length - 2 * MARGIN) * ((value - low) / (high - low) if high > low else 0.5)

    def at(year: float, value: float) -> str:
        return f"{place(year, min(years), max(years), WIDTH):.1f},{HEIGHT - place(value, min(values), max(values), HEIGHT):.1f}"

    return at


def _runs(series: Sequence[Year]) -> list[list[Year]]:
    """The series cut where the method changed."""
    runs: list[list[Year]] = [[]]
    for point in series:
        if point.break_before and runs[-1]:
            runs.append([])
        runs[-1].append(point)
    return runs


def _dot(at: str, name: str, radius: float, *, hollow: bool = False) -> str:
    x, y = at.split(",")
    look = 'fill="none" stroke="currentColor"' if hollow else 'fill="currentColor"'
    return f'<circle class="{name}" cx="{x}" cy="{y}" r="{radius:.1f}" {look}/>'


def _words(series: Sequence[Year], title: str, said: Callable[[float], str], target: tuple[int, float] | None, broken: str, aim: str) -> str:
    runs = ["; ".join(f"{p.year} {said(p.value)}" for p in run) for run in _runs(series)]
    end = f"; {aim} {target[0]} {said(target[1])}" if target else ""
    return f"{title}: {f'; {broken}; '.join(runs)}{end}"
