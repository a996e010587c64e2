"""A full-year hourly answer of PVGIS that a user drops in, against our chain for the same plane.

Two files do it properly: the inclined plane (with or without pvcalculation=1), and the level ground with its components (angle=0,
components=1) for the same place and years, from which our chain starts. With the inclined plane alone the weather of the town
stands in, and only yearly sums can be compared. PVGIS counts azimuths from the south, west positive.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.config.solar import SolarConfig
from pipeline.core.solar.irradiance import open_planes, sky_hours
from pipeline.core.solar.power import HULD, Mounting, PowerModel, hourly_ac
from pipeline.core.solar.sun import sun_position
from pipeline.errors import InputError
from pipeline.io import pvgis
from pipeline.io.weather import number_after, parse_rows, read_lines
from tests.reference.solar import Hours
from tests.validate.open_sky import ours
from tests.validate.tables import Bar, Result

HEAD = ("year", "irradiation PVGIS kWh/m²", "ours", "difference", "energy PVGIS kWh/kWp", "ours", "difference")
LIGHT = ("Gb(i)", "Gd(i)", "Gr(i)")
CELLS = {"c-si": "csi", "crystsi": "csi", "cis": "cis", "cdte": "cdte"}
HOW = "ask PVGIS (seriescalc) for whole years, e.g. startyear=2019&endyear=2020: once with angle=30&aspect=0&pvcalculation=1&peakpower=1&loss=14, once with angle=0&components=1"


@dataclass(frozen=True)
class Answer:
    """Hours of one answer [W/m2], [W/kWp] and the plane they are for; `facing` counted from north, NaN for a tracker."""

    path: Path
    place: tuple[float, float, float]
    slope: float
    facing: float
    loss: float
    cell: str | None
    hours: pd.DataFrame

    @property
    def level(self) -> bool:
        """Whether our chain can start from it."""
        return self.slope == 0.0 and "Gb(i)" in self.hours


def read_answer(path: Path) -> Answer:
    """Read an hourly answer in csv or json.

    Raises
    ------
    InputError
        When it is none, or for a plane that moves.
    """
    lines = read_lines(path)
    head = _head(path, lines)
    columns = [c for c in ("G(i)", *LIGHT, "P", "T2m", "WS10m") if c in head["columns"]]
    if "G(i)" not in columns and LIGHT[0] not in columns:
        raise InputError(f"{path}: neither G(i) nor {', '.join(LIGHT)} among its columns; expected an hourly answer of PVGIS: {HOW}")
    answer = pvgis._read(path, "hourly", "time", columns, "an hourly answer of PVGIS")
    if head["slope"] is None:
        raise InputError(f"{path}: states no fixed slope; expected a plane that does not move: {HOW}")
    rows = parse_rows(path, answer.rows, answer.first_line, range(1, len(columns) + 2), pvgis._stamp)
    hours = pd.DataFrame(rows.numbers, columns=[*columns, "minute"])
    year, month, day, hour = rows.calendar.T
    hours.index = pd.to_datetime({"year": year, "month": month, "day": day, "hour": hour, "minute": hours["minute"].astype(int)}, utc=True)  # type: ignore[assignment]
    hours = hours[~((month == 2) & (day == 29))]
    if LIGHT[0] in columns:
        hours["G(i)"] = hours[list(LIGHT)].sum(axis=1)
    if "P" in columns:
        hours["P"] /= head["kwp"] or np.nan
    return Answer(path, (answer.latitude, answer.longitude, answer.altitude_m), head["slope"], (head["aspect"] + 180.0) % 360.0, head["loss"], head["cell"], hours)


def _head(path: Path, lines: list[str]) -> dict[str, Any]:
    """Plane, system and column names as the file states them."""
    if next((x.lstrip()[:1] for x in lines if x.strip()), "") == "{":
        try:
            content = json.loads("\n".join(lines))
        except json.JSONDecodeError as error:
            raise InputError(f"{path}: not valid json ({error}); download it again") from None
        fixed = pvgis._at(content, "inputs", "mounting_system", "fixed")
        module = pvgis._at(content, "inputs", "pv_module") or {}
        records = pvgis._at(content, "outputs", "hourly") or [{}]
        system = (module.get("peak_power"), module.get("system_loss"), str(module.get("technology", "")))
        plane = (pvgis._number(pvgis._at(fixed, "slope", "value")), pvgis._number(pvgis._at(fixed, "azimuth", "value")))
        names = list(records[0])
    else:
        start = next((i for i, x in enumerate(lines) if x.startswith("time,")), len(lines))
        text = "\n".join(lines[:start])
        power = re.search(r"Nominal power of the PV system \((.*?)\) \(kWp\)\s*:\s*([\d.]+)", text)
        system = (float(power[2]) if power else None, number_after(text, "System losses (%)"), power[1] if power else "")
        plane = (number_after(text, "Slope"), number_after(text, "Azimuth"))
        names = [c.strip() for c in lines[start].split(",")] if start < len(lines) else []
    return {"slope": plane[0], "aspect": plane[1] or 0.0, "kwp": system[0], "loss": (system[1] or 0.0) / 100.0, "cell": CELLS.get(system[2].lower()), "columns": names}


def whole_years(hours: pd.DataFrame) -> list[int]:
    """Years with all their 8,760 hours (29 February left out)."""
    count = hours.groupby(hours.index.year).size()
    return [int(y) for y in count.index[count == 8760]]


def year_of(level: Answer, year: int) -> Hours:
    """One year of the level ground as our chain takes it: beam on the level over the sine of the sun's elevation is DNI."""
    hours = level.hours[level.hours.index.year == year]
    sun = sun_position(hours.index.as_unit("s").asi8.astype(float), *level.place)
    high = 90.0 - sun.true_zenith > pvgis.LOWEST_SUN_DEG
    beam, diffuse = hours["Gb(i)"].to_numpy(), hours["Gd(i)"].to_numpy()
    dni = np.where(high, beam / np.sin(np.radians(np.where(high, 90.0 - sun.true_zenith, 90.0))), 0.0)
    return {
        "month": hours.index.month.to_numpy(), "ghi": beam + diffuse, "dni": dni, "dhi": np.where(high, diffuse, beam + diffuse), "temp_air": hours["T2m"].to_numpy(),
        "wind_speed": hours["WS10m"].to_numpy(), "solar_zenith": sun.apparent_zenith, "solar_azimuth": sun.azimuth, "dni_extra": sun.dni_extra,
    }  # fmt: skip


def against_answer(paths: list[Path], weather: Path | None = None) -> Result:
    """Compare year by year; with a second file on the level ground from its own hours, else from a town's weather."""
    result = Result("pvgis", "A full-year answer of PVGIS", HEAD)
    answers = [read_answer(p) for p in paths]
    level = next((a for a in answers if a.level), None)
    plane = next((a for a in answers if a is not level), None)
    if plane is None or len(answers) > 2:
        raise InputError(f"PVGIS={' '.join(map(str, paths))}: expected the answer for one plane and, to compare hour by hour, the level ground of the same place: {HOW}")
    years = whole_years(plane.hours)
    if not years:
        raise InputError(f"{plane.path}: {len(plane.hours):,} hours, no whole year; {HOW}")
    both = [y for y in years if level is not None and y in whole_years(level.hours)]
    if level is not None and (not both or np.abs(np.subtract(level.place[:2], plane.place[:2])).max() > 0.01):
        raise InputError(f"{level.path}: no whole year of the same place as {plane.path}; {HOW}")
    named = f"{plane.slope:g}°, azimuth {plane.facing:g}° from north, {plane.place[0]:.3f} N {plane.place[1]:.3f} E"
    if level is not None:
        for y in both:
            _compare(result, str(y), plane, plane.hours[plane.hours.index.year == y], year_of(level, y))
        result.notes.append(f"{plane.path.name}: {named}; our chain starts from the level ground of {level.path.name}, the same hours.")
    elif weather is not None and weather.exists():
        mean = plane.hours[plane.hours.index.year.isin(years)].groupby(lambda t: (t.month, t.day, t.hour)).mean()
        given = pd.read_parquet(weather)
        _compare(result, f"mean of {len(years)}", plane, mean, {c: given[c].to_numpy() for c in given.columns if c != "hour"}, bars=False)
        result.notes.append(f"{plane.path.name}: {named}. Our chain ran on the weather of the town ({weather.parent.name}), another series and perhaps another place: only the order of size is compared. To compare hour by hour: {HOW}.")
    else:
        raise InputError(f"{plane.path}: the inclined plane alone, and no town's weather is made; {HOW}, and give both files")
    result.notes.append("Free-standing modules by Faiman's coefficients, the answer's losses as one percentage as PVGIS takes them (our inverter's curve is undone), no clipping; PVGIS's power holds a spectral correction, which ours does not.")
    return result


def before_inverter(year: Hours, plane: Answer) -> float:
    """Energy of our chain with the answer's losses [kWh/kWp], the inverter's curve undone hour by hour.

    PVGIS takes all losses as one percentage. The curve of PVWatts, AC = n / 0.9637 (-0.0162 x² + 0.9858 x - 0.0059) of its DC rating, is
    solved for x; an inverter of 1.2 kW per kWp cuts nothing.
    """
    c, rating = SolarConfig(), 1.2
    model = PowerModel(HULD[c.huld_model, plane.cell or "csi"], plane.loss, rating, 0.2, c.inverter_efficiency_share)
    hours = sky_hours(**year)
    ((_, ac),) = hourly_ac(open_planes(plane.slope, plane.facing), Mounting(c.faiman_u0_rack, c.faiman_u1_rack), hours, model)
    y = ac[0] / rating * 0.9637
    x = (0.9858 - np.sqrt(0.9858**2 - 4 * 0.0162 * (0.0059 + y))) / (2 * 0.0162)
    return float((x * (ac[0] > 0)).sum() * rating / c.inverter_efficiency_share)


def _compare(result: Result, name: str, plane: Answer, theirs: pd.DataFrame, year: Hours, *, bars: bool = True) -> None:
    """One row: yearly sums, and the bars where the hours are the same."""
    light = float(ours(year, [plane.slope], [plane.facing])[0][0])
    energy = before_inverter(year, plane)
    given = float(theirs["G(i)"].sum() / 1000.0)
    made = float(theirs["P"].sum() / 1000.0) if "P" in theirs and plane.cell else np.nan
    there = bool(np.isfinite(made))
    result.rows.append((name, given, light, f"{light / given - 1:+.2%}", made, energy if there else np.nan, f"{energy / made - 1:+.2%}" if there else "-"))
    if bars:
        result.bars.append(Bar(f"{name}, irradiation", 100.0 * abs(light / given - 1.0), 1.0, "%"))
        result.bars += [Bar(f"{name}, energy", 100.0 * abs(energy / made - 1.0), 1.0, "%")] if there else []


