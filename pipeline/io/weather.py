"""Typical years hour by hour in UTC, with the moment each irradiance stands for; EPW files (PVGIS: see `pipeline.io.pvgis`).

A typical year is stitched from months of different years: its hours are put in the order of the calendar, never of
their stamps, and each keeps its own year for the position of the sun.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.contracts.notes import Notes
from pipeline.errors import InputError

FloatArray = NDArray[np.float64]
HOURS = 8760
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MONTH_START = tuple(24 * sum(MONTH_DAYS[:m]) for m in range(12))
COLUMNS = ("ghi", "dni", "dhi", "temp_air", "wind_speed")
EPW_FIELDS = (13, 14, 15, 6, 21)
EPW_MISSING = (9999.0, 9999.0, 9999.0, 99.9, 999.0)
EPW_LOCATION = (6, 7, 8, 9)  # latitude, longitude, time zone, elevation


@dataclass(frozen=True)
class TypicalYear:
    """8,760 hours in UTC from 1 January 00:00.

    Attributes
    ----------
    moment_s
        Moment the irradiance stands for, in the hour's own year [s since 1970-01-01 UTC].
    values
        Column name (`COLUMNS`) -> 8,760 numbers as the file gives them, NaN where it gives none.
    latitude, longitude, altitude_m
        Place of the series [°, °, m].
    convention
        How stamps were read, a plain sentence.
    horizon_included
        Whether the terrain's horizon is in the irradiance; None where the file does not say.
    sigma_year
        Relative standard deviation of the irradiation of single years, NaN where the file holds fewer than five.
    """

    moment_s: FloatArray
    values: dict[str, FloatArray]
    latitude: float
    longitude: float
    altitude_m: float
    convention: str
    horizon_included: bool | None = None
    sigma_year: float = float("nan")


@dataclass(frozen=True)
class Rows:
    """Rows as they stand in a file: its calendar (n, 4) of year, month, day, hour 0-23, and its numbers (n, 5)."""

    calendar: NDArray[np.int64]
    numbers: FloatArray


def read_epw(path: Path, notes: Notes) -> TypicalYear:
    """Read a typical year in EnergyPlus' EPW form.

    By the format's own definition (EnergyPlus, Auxiliary Programs, "EPW data dictionary") radiation is summed over the
    hour that ends at the stamp, in local standard time: the sun is taken in the middle of that hour, and the series is
    rolled to UTC. EPW files written by PVGIS say otherwise in their comments: instantaneous, at a stated offset from
    the stamp; PVGIS starts them at 00 UTC whatever zone the header names.

    Raises
    ------
    InputError
        When the header is missing, a row is damaged, or the rows are not one year.
    """
    lines = read_lines(path)
    place = lines[0].split(",") if lines else []
    if len(place) < 10 or place[0].strip().upper() != "LOCATION":
        raise InputError(
            f"{path}: does not begin with LOCATION,city,..,latitude,longitude,time zone,elevation; expected an EPW weather file with its header"
        )
    try:
        latitude, longitude, zone, altitude = (float(place[i]) for i in EPW_LOCATION)
    except ValueError:
        raise InputError(
            f"{path}: line 1: latitude, longitude, time zone and elevation are {', '.join(place[6:10])}; expected four numbers"
        ) from None
    check_place(path, latitude, longitude, altitude)
    if not -14.0 <= zone <= 14.0:
        raise InputError(f"{path}: line 1: time zone {zone:g}; expected hours from UTC, -14 to 14")
    start = next((i for i, line in enumerate(lines) if re.match(r"\d{3,4},\s*\d{1,2},\s*\d{1,2},\s*\d{1,2},", line)), len(lines))
    body = [line for line in lines[start:] if line.strip()]
    rows = parse_rows(path, (line.split(",") for line in body), start + 1, EPW_FIELDS, _epw_stamp)
    rows.numbers[rows.numbers >= np.array(EPW_MISSING)] = np.nan
    offset = number_after("\n".join(lines[:start]), "Irradiance Time Offset (h)")
    hours, years = by_calendar(path, rows, notes)
    if offset is not None:
        moment = moments(years, 1.0 + offset)
        return TypicalYear(
            moment, hours, latitude, longitude, altitude, f"EPW by PVGIS: instantaneous, {1.0 + offset:g} h after the full hour (UTC)", None
        )
    shift = math.floor(0.5 - zone)
    moment = np.roll(moments(years, 0.5 - zone), shift)
    hours = {name: np.roll(values, shift) for name, values in hours.items()}
    return TypicalYear(
        moment, hours, latitude, longitude, altitude, f"EPW: hour ending at the stamp, sun in its middle, rolled from UTC{zone:+g} to UTC", False
    )


def fill_gaps(values: FloatArray, max_gap_hours: int) -> tuple[FloatArray, int, int]:
    """Interpolate short gaps of a yearly series, over the turn of the year too.

    Returns
    -------
    filled
        Without NaN where every gap is at most `max_gap_hours` long.
    count
        Hours interpolated.
    longest
        Longest gap met [h].

    >>> fill_gaps(np.array([0.0, np.nan, 2.0]), 1)
    (array([0., 1., 2.]), 1, 1)
    """
    void = np.isnan(values)
    if not void.any():
        return values, 0, 0
    if void.all():
        return values, 0, len(values)
    start = int(np.flatnonzero(~void)[0])
    turned = np.roll(void, -start).astype(np.int8)
    edges = np.diff(np.concatenate([[0], turned, [0]]))
    longest = int((np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)).max())
    if longest > max_gap_hours:
        return values, 0, longest
    at = np.arange(len(values))
    filled = np.where(void, np.interp(at, at[~void], values[~void], period=len(values)), values)
    return filled, int(void.sum()), longest


def read_lines(path: Path) -> list[str]:
    """Lines of a text file; a byte order mark is left out."""
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def check_place(path: Path, latitude: float, longitude: float, altitude_m: float) -> None:
    """Refuse a place that is not on Earth."""
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0 and -500.0 <= altitude_m <= 9000.0):
        raise InputError(f"{path}: the place is latitude {latitude:g}, longitude {longitude:g}, elevation {altitude_m:g} m; expected degrees north and east, and metres")


def number_after(head: str, name: str) -> float | None:
    """The number after `name:` in a header, None where there is none."""
    found = re.search(re.escape(name) + r"\s*:\s*(-?\d+(?:\.\d+)?)", head)
    return float(found.group(1)) if found else None


def _epw_stamp(row: Sequence[str]) -> tuple[int, int, int, int]:
    return int(row[0]), int(row[1]), int(row[2]), int(row[3]) - 1


def parse_rows(
    path: Path, body: Iterable[Sequence[str]], first_line: int, picks: Sequence[int], stamp: Callable[[Sequence[str]], tuple[int, int, int, int]]
) -> Rows:
    """Numbers and calendar of the rows of a file; one that is no hour of weather is an InputError with its line."""
    calendar, numbers = [], []
    for line, row in enumerate(body, first_line):
        try:
            when = stamp(row)
            if not (1900 <= when[0] <= 2100 and 1 <= when[1] <= 12 and 1 <= when[2] <= 31 and 0 <= when[3] <= 23):
                raise ValueError(when)
            numbers.append([_number(row[i]) for i in picks])
            calendar.append(when)
        except (ValueError, IndexError):
            raise InputError(
                f"{path}: line {line} is not an hour of weather: {','.join(row)[:80]!r}; the file is damaged or truncated, download it again"
            ) from None
    return Rows(np.array(calendar, dtype=np.int64).reshape(-1, 4), np.array(numbers, dtype=np.float64).reshape(-1, len(picks)))


def _number(text: str) -> float:
    value = float(text) if text.strip() else math.nan
    return value if math.isfinite(value) else math.nan


def by_calendar(path: Path, rows: Rows, notes: Notes) -> tuple[dict[str, FloatArray], NDArray[np.int64]]:
    """The columns by hour of a year of 365 days, and each hour's own year."""
    year, month, day, hour = rows.calendar.T
    leap = (month == 2) & (day == 29)
    notes.count("rows read", len(year))
    notes.count("rows dropped: 29 February", int(leap.sum()))
    at = np.take(MONTH_START, month - 1) + 24 * (day - 1) + hour
    valid = ~leap & (day <= np.take(MONTH_DAYS, month - 1))
    seen = np.bincount(at[valid], minlength=HOURS)
    if (seen > 1).any():
        raise InputError(
            f"{path}: {int((seen > 1).sum())} hours of the year come twice ({int(valid.sum())} rows); expected one typical year of 8,760 hours"
        )
    if not valid.any():
        raise InputError(f"{path}: holds no hour of weather; expected one typical year of 8,760 hours")
    if (np.diff(at[valid]) < 0).any():
        notes.assume("Rows of the weather file were put in the order of the calendar.")
    notes.count("hours without a row", int((seen == 0).sum()))
    table = np.full((HOURS, len(COLUMNS)), np.nan)
    table[at[valid]] = rows.numbers[valid]
    years = np.zeros(HOURS, dtype=np.int64)
    years[at[valid]] = year[valid]
    known = np.flatnonzero(years)
    nearest = known[np.clip(np.searchsorted(known, np.arange(HOURS), side="right") - 1, 0, None)]
    return {name: table[:, i].copy() for i, name in enumerate(COLUMNS)}, years[nearest]


def moments(years: NDArray[np.int64], offset_h: float) -> FloatArray:
    """Seconds since 1970 of each hour of the calendar in its own year, moved by an offset."""
    month = np.repeat(np.arange(12), [24 * d for d in MONTH_DAYS])
    first = (years - 1970).astype("datetime64[Y]").astype("datetime64[M]") + month
    hours = np.arange(HOURS) - np.take(MONTH_START, month)
    seconds: FloatArray = first.astype("datetime64[s]").astype(np.int64) + 3600.0 * (hours + offset_h)
    return seconds
