"""Where a value stands on the way from its baseline to its target: a straight line of years."""

from __future__ import annotations

import math
from typing import NamedTuple

EQUAL = 1e-9  # values this near to each other, relative to the larger, are the same


class Way(NamedTuple):
    """A baseline and what is aimed at; NaN where a value is not known.

    Attributes
    ----------
    baseline_year, target_year
        Years; None where there is none.
    baseline, target
        In the unit of the indicator.
    better
        +1 where more is better, -1 where less is.
    """

    baseline_year: int | None
    baseline: float
    target_year: int | None
    target: float
    better: int


class Standing(NamedTuple):
    """What a value is against its way.

    Attributes
    ----------
    path
        Value of the way in that year.
    gap
        Value minus path.
    distance
        Target minus value.
    state
        on_track, off_track or unknown.
    reason
        no_value, no_target, no_baseline, not_later, other_method: why it is unknown; reached, ahead, behind, missed: why it is not.
    """

    path: float
    gap: float
    distance: float
    state: str
    reason: str


def path(year: float, way: Way) -> float:
    """Value of the straight line from baseline to target in a year.

    Before the baseline it is the baseline, after the target year the target. Where the baseline is as good as the target
    already, the target is all that is asked for, in every year.

    Raises
    ------
    ValueError
        When the way has no two years, or they do not ascend.

    >>> path(2025, Way(2020, 100.0, 2030, 40.0, -1))
    70.0
    """
    if way.baseline_year is None or way.target_year is None or way.target_year <= way.baseline_year:
        raise ValueError(f"a way needs a baseline before its target, got {way.baseline_year} and {way.target_year}")
    if (way.baseline - way.target) * way.better >= 0.0:
        return way.target
    part = min(1.0, max(0.0, (year - way.baseline_year) / (way.target_year - way.baseline_year)))
    return way.baseline + (way.target - way.baseline) * part


def standing(value: float, year: int, way: Way, *, same_method: bool = True) -> Standing:
    """Whether a value is at least as good as its way in that year.

    Parameters
    ----------
    value
        In the unit of the indicator; NaN where it is not known.
    year
        Year it is of.
    way
        Baseline and target.
    same_method
        Whether the baseline was made by the same method; a difference between two methods tells nothing of the town.

    Returns
    -------
    Standing
        NaN where something is not known.

    >>> standing(75.0, 2025, Way(2020, 100.0, 2030, 40.0, -1))
    Standing(path=70.0, gap=5.0, distance=-35.0, state='off_track', reason='behind')
    """
    nan = math.nan
    if way.target_year is None or math.isnan(way.target):
        return Standing(nan, nan, nan, "unknown", "no_target")
    if math.isnan(value):
        return Standing(nan, nan, nan, "unknown", "no_value")
    distance = way.target - value
    if way.target == way.baseline and way.baseline_year is not None and (year <= way.baseline_year or not same_method):
        # Nothing may get worse than the baseline: the baseline itself, or another method's figure, does not show it.
        return Standing(nan, nan, distance, "unknown", "other_method" if not same_method else "not_later")
    if _as_good(value, way.target, way.better):
        along = way.baseline_year is not None and not math.isnan(way.baseline) and way.target_year > way.baseline_year and same_method
        at = path(year, way) if along else nan
        return Standing(at, value - at, distance, "on_track", "reached")
    if year >= way.target_year:
        return Standing(way.target, value - way.target, distance, "off_track", "missed")
    if way.baseline_year is None or math.isnan(way.baseline):
        return Standing(nan, nan, distance, "unknown", "no_baseline")
    if not same_method:
        return Standing(nan, nan, distance, "unknown", "other_method")
    if year <= way.baseline_year:
        return Standing(nan, nan, distance, "unknown", "not_later")
    at = path(year, way)
    good = _as_good(value, at, way.better)
    return Standing(at, value - at, distance, "on_track" if good else "off_track", "ahead" if good else "behind")


def _as_good(value: float, aim: float, better: int) -> bool:
    return (value - aim) * better >= -EQUAL * max(abs(value), abs(aim))
