"""Typical years from PVGIS (csv) and EPW files, hour by hour in UTC, with the moment each irradiance stands for.

A typical year is stitched from months of different years: its hours are put in the order of the calendar, never of
their stamps, and each keeps its own year for the position of the sun.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Sequence
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
PVGIS_COLUMNS = ("G(h)", "Gb(n)", "Gd(h)", "T2m", "WS10m")
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
    """

    moment_s: FloatArray
    values: dict[str, FloatArray]
    latitude: float
    longitude: float
    altitude_m: float
    convention: str


@dataclass(frozen=True)
class _Rows:
    """Rows as they stand in a file: its calendar (n, 4) of year, month, day, hour 0-23, and its numbers (n, 5)."""

    calendar: NDArray[np.int64]
    numbers: FloatArray


def read_pvgis_tmy(path: Path, notes: Notes) -> TypicalYear:
    """Read a typical year of PVGIS in its csv form.

    Stamps are UTC. Irradiance is instantaneous at stamp + "Irradiance Time Offset (h)" of the header (satellite scan
    time); temperature and wind belong to the stamp.

    Raises
    ------
    InputError
        When the header or a column is missing, a row is damaged, or the rows are not one year.
    """
    lines = _lines(path)
    start = next((i for i, line in enumerate(lines) if line.startswith("time(UTC)")), None)
    if start is None:
        raise InputError(f"{path}: no line begins with time(UTC); expected the csv of a PVGIS typical year (TMY)")
    head = "\n".join(lines[:start])
    found = {name: _after(head, name) for name in ("Latitude (decimal degrees)", "Longitude (decimal degrees)", "Elevation (m)")}
    if missing := [name for name, value in found.items() if value is None]:
        raise InputError(
            f"{path}: the header does not give {', '.join(missing)}; expected the file as PVGIS serves it, header included (without it neither place nor moment of the hours is known)"
        )
    names = [name.strip() for name in lines[start].split(",")]
    if absent := [c for c in PVGIS_COLUMNS if c not in names]:
        raise InputError(f"{path}: no column {', '.join(absent)} among {', '.join(names)}; expected the csv of a PVGIS typical year")
    body = lines[start + 1 :]
    end = next((i for i, line in enumerate(body) if not line.strip()), len(body))
    picks = [names.index(c) for c in PVGIS_COLUMNS]
    offset = _after(head, "Irradiance Time Offset (h)")
    if offset is None:
        notes.assume("The PVGIS file states no irradiance time offset: 0 h is used.")
    rows = _parse(path, body[:end], start + 2, picks, _pvgis_stamp)
    latitude, longitude, altitude = (float(v) for v in found.values() if v is not None)
    hours, years = _by_calendar(path, rows, notes)
    moment = _moments(years, offset or 0.0)
    return TypicalYear(moment, hours, latitude, longitude, altitude, f"PVGIS: instantaneous, {offset or 0.0:g} h after the stamp (UTC)")


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
    lines = _lines(path)
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
    start = next((i for i, line in enumerate(lines) if re.match(r"\d{3,4},\s*\d{1,2},\s*\d{1,2},\s*\d{1,2},", line)), len(lines))
    body = [line for line in lines[start:] if line.strip()]
    rows = _parse(path, body, start + 1, EPW_FIELDS, _epw_stamp)
    rows.numbers[rows.numbers >= np.array(EPW_MISSING)] = np.nan
    offset = _after("\n".join(lines[:start]), "Irradiance Time Offset (h)")
    hours, years = _by_calendar(path, rows, notes)
    if offset is not None:
        moment = _moments(years, 1.0 + offset)
        return TypicalYear(
            moment, hours, latitude, longitude, altitude, f"EPW by PVGIS: instantaneous, {1.0 + offset:g} h after the full hour (UTC)"
        )
    shift = math.floor(0.5 - zone)
    moment = np.roll(_moments(years, 0.5 - zone), shift)
    hours = {name: np.roll(values, shift) for name, values in hours.items()}
    return TypicalYear(
        moment, hours, latitude, longitude, altitude, f"EPW: hour ending at the stamp, sun in its middle, rolled from UTC{zone:+g} to UTC"
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


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _after(head: str, name: str) -> float | None:
    found = re.search(re.escape(name) + r"\s*:\s*(-?\d+(?:\.\d+)?)", head)
    return float(found.group(1)) if found else None


def _pvgis_stamp(row: Sequence[str]) -> tuple[int, int, int, int]:
    found = re.fullmatch(r"(\d{4})(\d\d)(\d\d):(\d\d)\d\d", row[0].strip())
    if not found:
        raise ValueError(row[0])
    return int(found[1]), int(found[2]), int(found[3]), int(found[4])


def _epw_stamp(row: Sequence[str]) -> tuple[int, int, int, int]:
    return int(row[0]), int(row[1]), int(row[2]), int(row[3]) - 1


def _parse(
    path: Path, body: list[str], first_line: int, picks: Sequence[int], stamp: Callable[[Sequence[str]], tuple[int, int, int, int]]
) -> _Rows:
    calendar, numbers = [], []
    for line, row in enumerate(csv.reader(body), first_line):
        try:
            when = stamp(row)
            if not (1900 <= when[0] <= 2100 and 1 <= when[1] <= 12 and 1 <= when[2] <= 31 and 0 <= when[3] <= 23):
                raise ValueError(when)
            numbers.append([float(row[i]) if row[i].strip() else math.nan for i in picks])
            calendar.append(when)
        except (ValueError, IndexError):
            raise InputError(
                f"{path}: line {line} is not an hour of weather: {','.join(row)[:80]!r}; the file is damaged or truncated, download it again"
            ) from None
    return _Rows(np.array(calendar, dtype=np.int64).reshape(-1, 4), np.array(numbers, dtype=np.float64).reshape(-1, len(picks)))


def _by_calendar(path: Path, rows: _Rows, notes: Notes) -> tuple[dict[str, FloatArray], NDArray[np.int64]]:
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


def _moments(years: NDArray[np.int64], offset_h: float) -> FloatArray:
    """Seconds since 1970 of each hour of the calendar in its own year, moved by an offset."""
    month = np.repeat(np.arange(12), [24 * d for d in MONTH_DAYS])
    first = (years - 1970).astype("datetime64[Y]").astype("datetime64[M]") + month
    hours = np.arange(HOURS) - np.take(MONTH_START, month)
    seconds: FloatArray = first.astype("datetime64[s]").astype(np.int64) + 3600.0 * (hours + offset_h)
    return seconds
