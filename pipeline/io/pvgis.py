"""Answers of PVGIS as they are served: typical years and hourly series, each in csv and json.

Stamps are UTC, irradiance is instantaneous. In a typical year it belongs to the stamp plus "Irradiance Time Offset (h)"; in an hourly
series the stamp itself carries the minute.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.contracts.notes import Notes
from pipeline.core.solar.sun import sun_position
from pipeline.core.solar.typical import Typical, typical_months
from pipeline.errors import InputError
from pipeline.io.weather import (
    COLUMNS,
    HOURS,
    MONTH_DAYS,
    MONTH_START,
    FloatArray,
    TypicalYear,
    by_calendar,
    check_place,
    moments,
    number_after,
    parse_rows,
    read_lines,
)

TMY_COLUMNS = ("G(h)", "Gb(n)", "Gd(h)", "T2m", "WS10m")
HOURLY_COLUMNS = ("Gb(i)", "Gd(i)", "H_sun", "T2m", "WS10m")
MAX_JSON_MB = 500.0
PLACE = ("Latitude (decimal degrees)", "Longitude (decimal degrees)", "Elevation (m)")
# Below this elevation of the sun a beam on the level ground says nothing of its strength: it is taken as diffuse.
LOWEST_SUN_DEG = 1.0
SUN_LIMIT_DEG = 0.5
LARGEST = 1e300  # json holds numbers of any length, floats do not


class _Answer(NamedTuple):
    """What a file of PVGIS holds, whatever its form: place, header facts, rows of text with the stamp first."""

    latitude: float
    longitude: float
    altitude_m: float
    offset_h: float | None
    horizon_included: bool | None
    slope_deg: float | None
    rows: Iterable[Sequence[str]]
    first_line: int


def read_pvgis_tmy(path: Path, notes: Notes) -> TypicalYear:
    """Read a typical year (TMY).

    Raises
    ------
    InputError
        When the header or a column is missing, a row is damaged, or the rows are not one year.
    """
    answer = _read(path, "tmy_hourly", "time(UTC)", TMY_COLUMNS, "a PVGIS typical year (TMY)")
    if answer.offset_h is None:
        notes.assume("The PVGIS file states no irradiance time offset: 0 h is used.")
    rows = parse_rows(path, answer.rows, answer.first_line, range(1, 6), _stamp)
    hours, years = by_calendar(path, rows, notes)
    offset = answer.offset_h or 0.0
    said = f"PVGIS: instantaneous, {offset:g} h after the stamp (UTC)"
    return TypicalYear(moments(years, offset), hours, answer.latitude, answer.longitude, answer.altitude_m, said, answer.horizon_included)


def read_pvgis_hourly(path: Path, notes: Notes) -> TypicalYear:
    """Read an hourly series on the level ground and make a typical year of it.

    For each month the year is chosen by `pipeline.core.solar.typical.typical_months`; one whole year serves as it is. The beam
    on the level ground becomes DNI by the sun's elevation at the stamp; the difference to the file's own H_sun shows
    whether the stamps were read rightly.

    Raises
    ------
    InputError
        When the series is for a tilted plane or without its components, too short, or a row is damaged.
    """
    answer = _read(path, "hourly", "time", HOURLY_COLUMNS, "a PVGIS hourly series with its components (components=1)")
    rows = parse_rows(path, answer.rows, answer.first_line, range(1, 7), _stamp)
    problems = []
    if answer.slope_deg is None or answer.slope_deg != 0.0:
        given = "tracking or without a stated slope" if answer.slope_deg is None else f"a plane of {answer.slope_deg:g} deg"
        problems.append(f"{path}: the series is for {given}; expected the level ground: ask PVGIS again with angle=0 and components=1")
    chosen = _choose(rows.calendar, rows.numbers[:, :2].sum(axis=1))
    if lost := [f"{m:02d}" for m, y in enumerate(chosen.years, 1) if y == 0]:
        problems.append(f"{path}: {len(rows.calendar):,} hours, too short for a year: no year has every hour of month {', '.join(lost)}; expected one whole year at least: ask PVGIS for startyear and endyear")
    if problems:
        raise InputError(problems)
    return _typical(path, answer, rows.calendar, rows.numbers, chosen, notes)


def _typical(path: Path, answer: _Answer, calendar: NDArray[np.int64], numbers: FloatArray, chosen: Typical, notes: Notes) -> TypicalYear:
    year, month, day, hour = calendar.T
    notes.count("rows read", len(year))
    notes.count("rows dropped: 29 February", int(((month == 2) & (day == 29)).sum()))
    use = (chosen.years[month - 1] == year) & (day <= np.take(MONTH_DAYS, month - 1))
    at = np.take(MONTH_START, month[use] - 1) + 24 * (day[use] - 1) + hour[use]
    if len(np.unique(at)) != len(at):
        raise InputError(f"{path}: hours come twice; expected each hour of each year once")
    beam, diffuse, sun_deg, temp, wind, minute = (_placed(at, column[use]) for column in numbers.T)
    years = np.repeat(chosen.years, [24 * d for d in MONTH_DAYS])
    when = moments(years, 0.0) + 60.0 * minute
    sun = sun_position(when, answer.latitude, answer.longitude, answer.altitude_m)
    _compare_sun(sun_deg, 90.0 - sun.true_zenith, beam + diffuse, notes)
    high = 90.0 - sun.true_zenith > LOWEST_SUN_DEG
    notes.count("hours whose beam is taken as diffuse: sun below 1 degree", int((~high & (beam > 0)).sum()))
    dni = np.where(high, beam / np.sin(np.radians(np.where(high, 90.0 - sun.true_zenith, 90.0))), 0.0)
    values = dict(zip(COLUMNS, (beam + diffuse, dni, np.where(high, diffuse, beam + diffuse), temp, wind), strict=True))
    _say_years(year, chosen, notes)
    said = "PVGIS hourly: instantaneous at the stamp, minute included (UTC)"
    return TypicalYear(when, values, answer.latitude, answer.longitude, answer.altitude_m, said, answer.horizon_included, chosen.sigma_year)


def _placed(at: NDArray[np.int64], values: FloatArray) -> FloatArray:
    out = np.full(HOURS, np.nan)
    out[at] = values
    return out


def _compare_sun(said_deg: FloatArray, found_deg: FloatArray, ghi: FloatArray, notes: Notes) -> None:
    """The file's own elevation of the sun against ours, in the hours with light."""
    lit = (ghi > 0) & (said_deg > 0)
    if not lit.any():
        return
    off = float(np.abs(said_deg - found_deg)[lit].mean())
    notes.figure("sun_elevation_mae_deg", off)
    if off > SUN_LIMIT_DEG:
        notes.warn(f"Weather: the file's elevation of the sun and ours differ by {off:.1f} degrees on average: its stamps may not be UTC.")


def _say_years(year: NDArray[np.int64], chosen: Typical, notes: Notes) -> None:
    span = len(np.unique(year))
    notes.figure("years_read", span)
    if span == 1:
        notes.assume(f"One single year ({int(year[0])}) stands for the typical one: it may be sunnier or duller than usual.")
        return
    listed = ", ".join(f"{m:02d} of {y}" for m, y in enumerate(chosen.years, 1))
    notes.assume(f"Typical year out of {span}: for each month the year whose daily irradiation is most like all years' (Finkelstein-Schafer, EN ISO 15927-4 with irradiation alone): {listed}.")
    notes.figure("typical_over_mean_ghi", float((chosen.mean_of_year * MONTH_DAYS).sum() / (chosen.mean_of_all * MONTH_DAYS).sum()))


def _choose(calendar: NDArray[np.int64], ghi: FloatArray) -> Typical:
    """A year for each month, from the sums of whole days."""
    year, month, day, hour = calendar.T
    keep = day <= np.take(MONTH_DAYS, month - 1)
    if not keep.any():
        return typical_months(np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    first, last = int(year[keep].min()), int(year[keep].max())
    at = (year[keep] - first) * HOURS + np.take(MONTH_START, month[keep] - 1) + 24 * (day[keep] - 1) + hour[keep]
    series = np.full((last - first + 1) * HOURS, np.nan)
    series[at] = ghi[keep]
    daily = series.reshape(-1, 24).sum(axis=1)
    months = np.tile(np.repeat(np.arange(1, 13), MONTH_DAYS), last - first + 1)
    return typical_months(daily, np.repeat(np.arange(first, last + 1), 365), months)


def _read(path: Path, key: str, stamp: str, columns: Sequence[str], what: str) -> _Answer:
    lines = read_lines(path)
    start = next((line.lstrip()[:1] for line in lines if line.strip()), "")
    return (_read_json if start in ("{", "[") else _read_csv)(path, lines, key, stamp, columns, what)


def _read_csv(path: Path, lines: list[str], key: str, stamp: str, columns: Sequence[str], what: str) -> _Answer:
    start = next((i for i, line in enumerate(lines) if line.startswith(f"{stamp},")), None)
    if start is None:
        raise InputError(f"{path}: no line begins with {stamp}; expected the csv or json of {what}")
    head = "\n".join(lines[:start])
    found = [number_after(head, name) for name in PLACE]
    if missing := [name for name, value in zip(PLACE, found, strict=True) if value is None]:
        raise InputError(f"{path}: the header does not give {', '.join(missing)}; expected the file as PVGIS serves it, header included (without it neither place nor moment of the hours is known)")
    names = [name.strip() for name in lines[start].split(",")]
    _require(path, columns, names, what)
    picks = [0, *(names.index(c) for c in columns)]
    body = lines[start + 1 :]
    end = next((i for i, line in enumerate(body) if not line.strip()), len(body))
    rows = (_picked(line.split(","), picks) for line in body[:end])
    latitude, longitude, altitude = (v for v in found if v is not None)
    check_place(path, latitude, longitude, altitude)
    return _Answer(latitude, longitude, altitude, number_after(head, "Irradiance Time Offset (h)"), None, number_after(head, "Slope"), rows, start + 2)


def _picked(row: list[str], picks: Sequence[int]) -> list[str]:
    """The columns asked for, and last the minute of the stamp; of a row that is cut off only its stamp, which is no hour of weather."""
    return [row[i] for i in picks] + [row[0].strip()[-2:]] if len(row) > max(picks) else row[:1]


def _read_json(path: Path, lines: list[str], key: str, stamp: str, columns: Sequence[str], what: str) -> _Answer:
    content = _parsed(path, lines, what)
    records = _at(content, "outputs", key)
    location = _at(content, "inputs", "location")
    if not isinstance(records, list) or not records or not all(isinstance(r, dict) for r in records) or not isinstance(location, dict):
        came = f"a bare list of {len(content)} records" if isinstance(content, list) else f"no inputs.location and outputs.{key}"
        raise InputError(f"{path}: {came}; expected the json of {what} as PVGIS serves it (without its inputs neither place nor moment of the hours is known)")
    _require(path, columns, list(records[0]), what)
    place = [_number(location.get(name)) for name in ("latitude", "longitude", "elevation")]
    if None in place:
        raise InputError(f"{path}: inputs.location does not give latitude, longitude and elevation as numbers; expected the file as PVGIS serves it")
    latitude, longitude, altitude = (v for v in place if v is not None)
    check_place(path, latitude, longitude, altitude)
    horizon = _at(content, "inputs", "meteo_data", "use_horizon")
    slope = _number(_at(content, "inputs", "mounting_system", "fixed", "slope", "value"))
    rows = ([str(r.get(stamp, ""))] + ["" if r.get(c) is None else str(r[c]) for c in columns] + [str(r.get(stamp, ""))[-2:]] for r in records)
    return _Answer(latitude, longitude, altitude, _number(location.get("irradiance_time_offset")), horizon if isinstance(horizon, bool) else None, slope, rows, 1)


def _parsed(path: Path, lines: list[str], what: str) -> Any:
    size = path.stat().st_size / 1e6
    if size > MAX_JSON_MB:
        raise InputError(f"{path}: {size:.0f} MB of json; expected {what}, some 10 MB; ask PVGIS for fewer years, or for csv")
    try:
        return json.loads("\n".join(lines))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{path}: not valid json ({error}); the file is cut off or damaged, download it again") from None


def _at(content: Any, *keys: str) -> Any:
    """What lies under some keys, None where there is nothing."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _number(value: Any) -> float | None:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not abs(value) < LARGEST:
        return None
    return float(value)


def _require(path: Path, columns: Sequence[str], names: Sequence[str], what: str) -> None:
    if absent := [c for c in columns if c not in names]:
        raise InputError(f"{path}: no column {', '.join(absent)} among {', '.join(names)}; expected the csv or json of {what}")


def _stamp(row: Sequence[str]) -> tuple[int, int, int, int]:
    found = re.fullmatch(r"(\d{4})(\d\d)(\d\d):(\d\d)([0-5]\d)", row[0].strip())
    if not found:
        raise ValueError(row[0])
    return int(found[1]), int(found[2]), int(found[3]), int(found[4])


READERS: dict[str, Callable[[Path, Notes], TypicalYear]] = {"pvgis_tmy": read_pvgis_tmy, "pvgis_hourly": read_pvgis_hourly}
