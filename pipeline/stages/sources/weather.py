"""The typical year of weather with the sun's position, checked for agreement between the two."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry import box

from pipeline.config.sources import Layers, Source, WeatherConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary, Surface, Weather
from pipeline.contracts.spec import MONTHS, Raster, Table
from pipeline.core.solar.sun import closure, sun_position
from pipeline.errors import InputError
from pipeline.io.pvgis import READERS as PVGIS_READERS
from pipeline.io.stations import nearest_station
from pipeline.io.weather import COLUMNS, HOURS, MONTH_DAYS, TypicalYear, fill_gaps, read_epw

FAR_KM = 50.0
# Hours read by the wrong convention are off by 12 W/m2 on average (an EPW of PVGIS read as intervals); data that were
# measured or modelled apart, read rightly, by less.
CLOSURE_LIMIT_W_M2 = 10.0
REFERENCE_KM = 60.0
READERS = PVGIS_READERS | {"epw": read_epw}


def weather(
    layers: Layers, boundary: Table[Boundary] | None, surface: Raster[Surface] | None, config: WeatherConfig, town: Town, notes: Notes
) -> Table[Weather]:
    """8,760 hours in UTC: irradiance, temperature, wind and the sun at the moment each hour stands for.

    Negative numbers become 0 and are counted; numbers outside the range of the contract are taken as missing; gaps of
    at most `max_gap_hours` are interpolated and counted. The difference between GHI and DHI + DNI cos z, which shows
    stamps read by the wrong convention, and the monthly sums of GHI are written into the notes, beside those of the
    nearest reference station within 60 km; and whether the irradiance holds the terrain's horizon.

    Parameters
    ----------
    layers
        One file of kind pvgis_tmy, pvgis_hourly or epw.
    boundary, surface
        To say how far the weather is from the town.
    config
        Section `weather`.
    town
        For the reference system.
    notes
        Receives counts, figures and warnings.

    Returns
    -------
    DataFrame
        Columns of `Weather`, one row per hour.

    Raises
    ------
    InputError
        When there is not one file, it cannot be read, a gap is longer than `max_gap_hours`, or its place is farther
        from the town than `max_distance_km`.
    """
    year = _read(layers, notes)
    series = _clean(year, config.max_gap_hours, notes)
    sun = sun_position(year.moment_s, year.latitude, year.longitude, year.altitude_m)
    off = closure(series["ghi"], series["dni"], series["dhi"], sun.true_zenith)
    for name, value in (("closure_mae_w_m2", off.mae), ("closure_rms_w_m2", off.rms), ("closure_max_w_m2", off.worst)):
        notes.figure(name, value)
    if off.mae > CLOSURE_LIMIT_W_M2:
        notes.warn(
            f"Weather: GHI and DHI + DNI cos z differ by {off.mae:.1f} W/m2 on average, more than {CLOSURE_LIMIT_W_M2:g}: the hours may stand for other moments than was read ({year.convention})."
        )
    month = np.repeat(np.arange(1, 13), [24 * d for d in MONTH_DAYS])
    _sums(series["ghi"], month, notes)
    _reference(_distance(year, boundary, surface, town, config.max_distance_km, notes), notes)
    frame = pd.DataFrame({"hour": np.arange(HOURS), "month": month, **series})
    frame["solar_zenith"], frame["solar_azimuth"], frame["dni_extra"] = sun.apparent_zenith, sun.azimuth, sun.dni_extra
    frame["sigma_year"] = year.sigma_year
    if np.isfinite(year.sigma_year):
        notes.figure("sigma_year", year.sigma_year)
    return frame


def _read(layers: Layers, notes: Notes) -> TypicalYear:
    files = [(y.source, path) for y in layers for path in y.paths]
    if len(files) != 1 or files[0][0].kind not in READERS:
        given = ", ".join(f"{path.name} ({source.kind})" for source, path in files) or "none"
        raise InputError(f"sources.weather: {given}; expected one file of kind {', '.join(READERS)}")
    source, path = files[0]
    year = READERS[source.kind](path, notes)
    notes.assume(f"Hours of the weather file: {year.convention}.")
    _say_horizon(source, year, notes)
    return year


def _say_horizon(source: Source, year: TypicalYear, notes: Notes) -> None:
    """Whether the terrain shades in the irradiance: town.yaml, else the file, else as the publisher does by default."""
    said = source.horizon_included if source.horizon_included is not None else year.horizon_included
    if said is None:
        said = "PVGIS" in year.convention and not source.synthetic
        if said:
            notes.assume("The PVGIS file does not say whether it was asked with the terrain's horizon (usehorizon); PVGIS does so by default, so it is taken as included (horizon_included in town.yaml).")
    notes.figure("horizon_included", float(said))
    if said:
        notes.assume("The terrain's horizon is in the irradiance; it is not applied again.")


def _clean(year: TypicalYear, max_gap_hours: int, notes: Notes) -> dict[str, NDArray[np.float64]]:
    made, problems = {}, []
    for name in COLUMNS:
        values, column = year.values[name], Weather.columns()[name]
        low, high = float(column.low or 0.0), float(column.high or np.inf)
        if low == 0.0:
            notes.count(f"{name} below 0 set to 0", int((values < 0).sum()))
            values = np.where(values <= 0, 0.0, values)  # -0.0 too
        odd = (values < low) | (values > high)
        notes.count(f"{name} beyond {low:g} .. {high:g}, taken as missing", int(odd.sum()))
        filled, count, longest = fill_gaps(np.where(odd, np.nan, values), max_gap_hours)
        notes.count(f"{name} hours interpolated", count)
        if longest > max_gap_hours:
            problems.append(
                f"sources.weather: {name} is missing for {longest} hours in a row; expected gaps of at most weather.max_gap_hours = {max_gap_hours}; use another file or raise the limit"
            )
        made[name] = filled
    if problems:
        raise InputError(problems)
    return made


def _sums(ghi: NDArray[np.float64], month: NDArray[np.int64], notes: Notes) -> None:
    for number, name in enumerate(MONTHS, 1):
        notes.figure(f"ghi_kwh_m2_{name}", ghi[month == number].sum() / 1000.0)
    notes.figure("ghi_kwh_m2_year", ghi.sum() / 1000.0)


def _distance(
    year: TypicalYear, boundary: Table[Boundary] | None, surface: Raster[Surface] | None, town: Town, max_km: float, notes: Notes
) -> tuple[float, float]:
    """Write down how far the weather is from the town; longitude and latitude of the town, else of the weather."""
    if boundary is not None:
        extent = box(*boundary.total_bounds)
    elif surface is not None:
        extent = box(*surface.grid.bounds)
    else:
        notes.assume("The distance between the weather's place and the town is not checked: there is neither boundary nor surface.")
        return year.longitude, year.latitude
    centre = gpd.GeoSeries([extent.centroid], crs=town.epsg).to_crs(4326).iloc[0]
    km = Geod(ellps="WGS84").inv(centre.x, centre.y, year.longitude, year.latitude)[2] / 1000.0
    notes.figure("weather_distance_km", km)
    where = f"of a place {km:.0f} km from the town ({year.latitude:.3f} N, {year.longitude:.3f} E)"
    if km > max_km:
        raise InputError(f"sources.weather: the file is {where}; expected within weather.max_distance_km = {max_km:g}; use a file of the town's region, or raise the limit in town.yaml if this one is meant")
    if km > FAR_KM:
        notes.warn(f"The weather is {where}; beyond {FAR_KM:g} km another file is better.")
    return float(centre.x), float(centre.y)


def _reference(place: tuple[float, float], notes: Notes) -> None:
    """Monthly sums of the nearest station beside the file's own."""
    found = nearest_station(*place, REFERENCE_KM)
    if found is None:
        notes.assume(f"No reference station within {REFERENCE_KM:g} km: the monthly sums stand alone.")
        return
    station, km = found
    sums = [daily * days for daily, days in zip(station.ghi_kwh_m2_day, MONTH_DAYS, strict=True)]
    for name, value in zip(MONTHS, sums, strict=True):
        notes.figure(f"reference_ghi_kwh_m2_{name}", value)
    notes.figure("reference_ghi_kwh_m2_year", sum(sums))
    notes.figure("ghi_over_reference", notes.figures["ghi_kwh_m2_year"] / sum(sums))
    notes.assume(f"Reference sums of irradiation: {station.name}, {km:.0f} km away ({station.source}); satellite products usually say more.")
