"""A year of consumption by the hour: day shapes laid on a calendar, in local time, then read in UTC.

Day shapes come by season and kind of day, as in the representative profiles of VDEW (M-28/99, 1999; how to use them:
Fünfgeld & Tiedemann, VDEW M-05/2000). People live by the clock on the wall, the weather is in UTC: the last step turns
one into the other, with the summer time of directive 2000/84/EC.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DayShapes = Floats

HOURS = 8760
SEASONS: tuple[str, ...] = ("winter", "transition", "summer")
DAY_KINDS: tuple[str, ...] = ("workday", "saturday", "sunday")
# Seasons of the VDEW profiles: (month, day) of the first day of each stretch, and its season.
SEASON_STARTS: tuple[tuple[int, int, int], ...] = ((1, 1, 0), (3, 21, 1), (5, 15, 2), (9, 15, 1), (11, 1, 0))
# Factor of the day of the year t on the household profile, highest power first (VDEW M-05/2000, step 4b).
HOUSEHOLD_DAY_FACTOR: tuple[float, ...] = (-3.92e-10, 3.2e-7, -7.02e-5, 2.1e-3, 1.24)


class YearCalendar(NamedTuple):
    """The days of a year, each of shape (365,).

    Attributes
    ----------
    month
        0..11.
    season
        Index into `SEASONS`.
    kind
        Index into `DAY_KINDS`; holidays count as Sundays.
    """

    year: int
    month: NDArray[np.int64]
    season: NDArray[np.int64]
    kind: NDArray[np.int64]


class SchoolYear(NamedTuple):
    """When a school is open; days of the year from 1, both ends included.

    Attributes
    ----------
    first_day, last_day
        First day of lessons after the summer, last day before it.
    staff_until, staff_from
        Exams and offices go on until, and begin again.
    christmas_from, christmas_to
        Winter holidays.
    end_of_lessons_h
        Hour of the clock at which lessons end.
    afternoon
        Share of the load above the base after lessons, and on days of staff alone.
    """

    first_day: float
    last_day: float
    staff_until: float
    staff_from: float
    christmas_from: float
    christmas_to: float
    end_of_lessons_h: float
    afternoon: float


def year_calendar(year: int, holidays: tuple[tuple[int, int], ...]) -> YearCalendar:
    """Kinds of the days of a year.

    24 and 31 December count as Saturdays where they are workdays (VDEW M-05/2000); Easter Monday is a holiday.

    Parameters
    ----------
    year
        Not a leap year: the weather has 365 days.
    holidays
        Fixed holidays as (month, day).

    Raises
    ------
    ValueError
        For a leap year.
    """
    days = [date(year, 1, 1) + timedelta(n) for n in range(365)]
    if days[-1] != date(year, 12, 31):
        raise ValueError(f"{year} is a leap year; expected one of 365 days")
    free = set(holidays)
    monday = easter(year) + timedelta(1)
    kind = np.array([2 if d.isoweekday() == 7 or (d.month, d.day) in free or d == monday else 1 if d.isoweekday() == 6 else 0 for d in days])
    for n in (357, 364):
        kind[n] = max(kind[n], 1)
    month = np.array([d.month - 1 for d in days])
    starts = np.array([(date(year, m, d) - days[0]).days for m, d, _ in SEASON_STARTS])
    season = np.array([s for *_, s in SEASON_STARTS])[np.searchsorted(starts, np.arange(365), side="right") - 1]
    return YearCalendar(year, month, season, kind)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus 1991, Astronomical Algorithms, chapter 8).

    >>> easter(2026)
    datetime.date(2026, 4, 5)
    """
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    w = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * w) // 451
    n = h + w - 7 * m + 114
    return date(year, n // 31, n % 31 + 1)


def local_year(shapes: DayShapes, calendar: YearCalendar, *, dynamic: bool) -> Floats:
    """Day shapes laid on the days of a year, by the clock, shape (8760,).

    Parameters
    ----------
    shapes
        Shape (seasons, kinds, 24).
    calendar
        From `year_calendar`.
    dynamic
        Apply the household profile's factor of the day.
    """
    days = shapes[calendar.season, calendar.kind]
    if dynamic:
        days = days * np.polyval(HOUSEHOLD_DAY_FACTOR, np.arange(1, 366))[:, np.newaxis]
    return np.asarray(days.reshape(-1))


def month_weighted(local: Floats, calendar: YearCalendar, shares: Floats) -> Floats:
    """The same days, scaled so that each month has its share of the year.

    Parameters
    ----------
    local
        From `local_year`.
    calendar
        Its calendar.
    shares
        Share of each month, shape (12,); the sum is 1.
    """
    of = np.repeat(calendar.month, 24)
    return np.asarray(local * (shares / np.bincount(of, local, 12))[of])


def school_hours(local: Floats, calendar: YearCalendar, school: SchoolYear) -> Floats:
    """Offices' hours cut by a school's calendar.

    The base is the mean of the nights (0-5) around; what lies above it falls away on days without lessons, and to
    `afternoon` after lessons and on days of staff alone. Saturdays are free.
    """
    days = local.reshape(365, 24)
    base = days[:, :5].mean(axis=1, keepdims=True)
    day = np.arange(1, 366)
    spring = easter(calendar.year).timetuple().tm_yday
    lessons = (day >= school.first_day) | (day <= school.last_day)
    lessons &= ~((day >= school.christmas_from) | (day <= school.christmas_to)) & ~((day >= spring - 3) & (day <= spring + 2))
    staff = ~lessons & (((day > school.last_day) & (day <= school.staff_until)) | ((day >= school.staff_from) & (day < school.first_day)))
    work = calendar.kind == 0
    hour = np.where(np.arange(24) < school.end_of_lessons_h, 1.0, school.afternoon)
    open_ = (lessons & work)[:, np.newaxis] * hour + (staff & work)[:, np.newaxis] * school.afternoon
    return np.asarray((base + np.maximum(days - base, 0.0) * open_).reshape(-1))


def local_hour_of_utc(year: int, utc_offset_h: int, *, summer_time: bool = True) -> NDArray[Any]:
    """For each hour UTC of a year of 365 days the hour of the year by the local clock, shape (8760,).

    Summer time runs from 01:00 UTC of the last Sunday of March to 01:00 UTC of the last Sunday of October (directive
    2000/84/EC). The year closes on itself: its last hours UTC are the first of the same year by the clock.

    Parameters
    ----------
    year
        Calendar year.
    utc_offset_h
        Standard time against UTC [h], east positive.
    summer_time
        False where the clock is never changed.
    """
    first = date(year, 1, 1)
    begin, end = ((_last_sunday(year, m) - first).days * 24 + 1 for m in (3, 10))
    utc = np.arange(HOURS)
    return (utc + utc_offset_h + (summer_time & (utc >= begin) & (utc < end))) % HOURS


def _last_sunday(year: int, month: int) -> date:
    """Last Sunday of a month of 31 days, on which the European clock changes."""
    last = date(year, month, 31)
    return last - timedelta(last.isoweekday() % 7)
