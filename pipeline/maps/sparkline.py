"""A series of years as a small line: what is drawn, and every value in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

WIDTH, HEIGHT, MARGIN = 120.0, 32.0, 4.0
RADIUS = 2.2


class Year(NamedTuple):
    """One point of a series; `break_before` where another method made the points before it."""

    year: int
    value: float
    break_before: bool = False


class Drawing(NamedTuple):
    """What is drawn in WIDTH x HEIGHT; the templates draw it, the page says the values beside it.

    Attributes
    ----------
    lines
        Class (spark-line, spark-path to the target) and points of each line.
    dots
        Class (spark-point, spark-target, spark-last), x, y and radius of each dot.
    """

    lines: list[tuple[str, str]]
    dots: list[tuple[str, str, str, str]]


def drawing(series: Sequence[Year], target: tuple[int, float] | None = None) -> Drawing:
    """The series as a line with a dot on its last year.

    Parameters
    ----------
    series
        Ascending years, finite values, at least one; a line is not drawn across a break of method.
    target
        Year and value aimed at: a ring, tied to the last point by a dashed line.

    Raises
    ------
    ValueError
        When years do not ascend.

    >>> drawing([Year(2024, 0.1), Year(2026, 0.2)]).lines
    [('spark-line', '4.0,28.0 116.0,4.0')]
    """
    if any(b.year <= a.year for a, b in pairwise(series)):
        raise ValueError(f"years of a series must ascend, got {[p.year for p in series]}")
    at = _scale([(float(p.year), p.value) for p in series] + ([(float(target[0]), target[1])] if target else []))
    lines = [("spark-line", " ".join(at(p.year, p.value) for p in run)) for run in _runs(series) if len(run) > 1]
    dots = [_dot("spark-point", at(p.year, p.value), RADIUS / 1.6) for p in series[:-1]]
    last = at(series[-1].year, series[-1].value)
    if target:
        lines.append(("spark-path", f"{last} {at(*target)}"))
        dots.append(_dot("spark-target", at(*target), RADIUS))
    return Drawing(lines, [*dots, _dot("spark-last", last, RADIUS)])


def in_words(series: Sequence[Year], said: Callable[[float], str], target: tuple[int, float] | None = None, *, broken: str = "|", aim: str = "→") -> str:
    """Every value of the series.

    Parameters
    ----------
    series, target
        As for `drawing`.
    said
        Writes a value with its unit in the language of the page.
    broken, aim
        What stands between two methods, and before the target.

    >>> in_words([Year(2024, 0.1), Year(2026, 0.2)], str)
    '2024 0.1; 2026 0.2'
    """
    runs = ["; ".join(f"{p.year} {said(p.value)}" for p in run) for run in _runs(series)]
    return f"; {broken}; ".join(runs) + (f"; {aim} {target[0]} {said(target[1])}" if target else "")


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


def _dot(name: str, at: str, radius: float) -> tuple[str, str, str, str]:
    x, y = at.split(",")
    return name, x, y, f"{radius:.1f}"
