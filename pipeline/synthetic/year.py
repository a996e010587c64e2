"""A typical year of weather: clear sky times daily clearness, scaled to the monthly means of two stations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.io.stations import stations
from pipeline.synthetic.place import stream

Floats = NDArray[np.float64]

# Stations whose mean the year meets.
STATIONS = ("Mesagne", "Otranto")
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Plausible monthly means near Lecce, in the manner of its airport's normals: temperature, daily range [C], relative humidity [%], wind [m/s].
TEMPERATURE = (9.3, 9.4, 11.3, 14.1, 18.7, 23.0, 25.8, 25.8, 22.0, 18.0, 13.6, 10.5)
RANGE = (7.2, 7.8, 8.8, 9.6, 10.4, 11.0, 11.4, 11.0, 9.8, 8.8, 7.8, 7.0)
HUMIDITY = (79, 76, 74, 71, 68, 62, 59, 62, 68, 74, 79, 80)
WIND = (4.3, 4.6, 4.5, 4.1, 3.6, 3.5, 3.7, 3.4, 3.3, 3.5, 3.9, 4.3)
YEAR = 2023
OFFSET_H = 0.5
LOW_SUN_DEG = 3.0


def make_year(latitude: float, longitude: float, altitude_m: float, seed: int) -> dict[str, Floats]:
    """Hourly values of a year; stamp h stands for the moment h + 0.5.

    Clear sky: Ineichen and Perez 2002 (doi 10.1016/S0038-092X(02)00045-2) with pvlib's monthly Linke turbidity.
    Diffuse share: Erbs, Klein and Duffie 1982 (doi 10.1016/0038-092X(82)90302-4). The beam closes
    GHI = DHI + DNI cos(zenith) exactly after rounding.

    Returns
    -------
    dict of arrays of shape (8760,)
        T2m, RH, G(h), Gb(n), Gd(h), IR(h), WS10m, WD10m, SP and the apparent zenith [deg].
    """
    import pandas as pd
    import pvlib

    rng = stream(seed, "weather")
    moment = pd.date_range(f"{YEAR}-01-01 00:00", periods=8760, freq="h", tz="UTC") + pd.Timedelta(hours=OFFSET_H)
    place = pvlib.location.Location(latitude, longitude, altitude=altitude_m)
    sun = place.get_solarposition(moment)
    clear = place.get_clearsky(moment, model="ineichen", solar_position=sun)["ghi"].to_numpy()
    zenith = sun["apparent_zenith"].to_numpy()
    ghi, k = _clouded(clear, rng)
    erbs = pvlib.irradiance.erbs(ghi, zenith, moment, min_cos_zenith=np.cos(np.radians(87.0)))
    cos = np.maximum(np.cos(np.radians(zenith)), 0.0)
    low = zenith > 90.0 - LOW_SUN_DEG
    dhi = np.round(np.where(low, ghi, np.minimum(erbs["dhi"].to_numpy() if hasattr(erbs["dhi"], "to_numpy") else erbs["dhi"], ghi)), 2)
    top = pvlib.irradiance.get_extra_radiation(moment).to_numpy() * 0.82
    dni = np.where(low, 0.0, np.round(np.clip((ghi - dhi) / np.maximum(cos, 0.05), 0.0, top), 2))
    dhi = np.where(low, dhi, np.round(ghi - dni * cos, 2))
    out = {"G(h)": dhi + dni * cos, "Gb(n)": dni, "Gd(h)": dhi, "zenith": zenith}
    return out | _air(k, rng)


def _months() -> NDArray[np.int64]:
    return np.repeat(np.arange(12), DAYS)


def _clouded(clear: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Clear sky under clouds: GHI by hour and clearness by day; each month's mean meets the target."""
    by_day = clear.reshape(365, 24)
    month, noise = _months(), np.zeros(365)
    for d in range(1, 365):
        noise[d] = 0.55 * noise[d - 1] + rng.normal(0.0, 1.0)
    raw = 0.14 + 0.90 / (1.0 + np.exp(-(1.1 * noise + 0.9)))
    daily = np.zeros(365)
    target = np.mean([s.ghi_kwh_m2_day for s in stations() if s.name in STATIONS], axis=0)
    for m in range(12):
        of = month == m
        daily[of] = _meet(raw[of], by_day[of].sum(1) / 1000.0, float(target[m]))
    flicker = np.clip(rng.normal(1.0, 1.0, (365, 24)) * 0.30 * (1.0 - daily)[:, None] + 1.0, 0.25, 1.4)
    cloudy = np.minimum(daily[:, None] * flicker, 1.05) * by_day
    cloudy *= (daily * by_day.sum(1) / np.maximum(cloudy.sum(1), 1e-9))[:, None]
    return cloudy.ravel(), daily


def _meet(raw: Floats, clear_kwh: Floats, target: float) -> Floats:
    """Bend daily clearness so that its mean with the clear days meets the target."""
    low, high = 0.02, 12.0
    for _ in range(60):
        power = (low + high) / 2
        got = float((np.minimum(raw, 1.02) ** power * clear_kwh).mean())
        low, high = (power, high) if got > target else (low, power)
    return np.asarray(np.minimum(raw, 1.02) ** power)


def _smooth(monthly: tuple[float, ...]) -> Floats:
    """Monthly values as an hourly course through the middles of the months."""
    ends = np.concatenate([[0], np.cumsum(DAYS)])
    middle = (ends[:-1] + ends[1:]) / 2 * 24.0
    at = np.concatenate([[middle[-1] - 8760.0], middle, [middle[0] + 8760.0]])
    value = np.concatenate([[monthly[-1]], monthly, [monthly[0]]])
    return np.asarray(np.interp(np.arange(8760) + 0.5, at, value))


def _air(k: Floats, rng: np.random.Generator) -> dict[str, Floats]:
    hour = np.arange(8760) % 24
    clear = np.repeat(k, 24)
    spell = np.zeros(365)
    for d in range(1, 365):
        spell[d] = 0.75 * spell[d - 1] + rng.normal(0.0, 1.25)
    day = np.interp(np.arange(8760), np.arange(365) * 24 + 12, spell)
    swing = _smooth(RANGE) / 2 * (0.45 + 0.75 * clear)
    temp = _smooth(TEMPERATURE) + day + swing * np.cos(2 * np.pi * (hour + OFFSET_H - 13.5) / 24.0)
    rh = np.clip(_smooth(tuple(float(h) for h in HUMIDITY)) - 3.2 * swing * np.cos(2 * np.pi * (hour - 13.0) / 24.0) / 1.3 - 14.0 * (clear - 0.75), 18.0, 100.0)
    gust = np.interp(np.arange(8760), np.arange(0, 8760 + 6, 6), rng.gamma(6.0, 1.0 / 6.0, 1461))
    wind = _smooth(WIND) * gust * (1.0 + 0.28 * np.cos(2 * np.pi * (hour - 14.0) / 24.0))
    turn = np.cumsum(rng.normal(0.0, 9.0, 8760)) + 330.0
    vapour = rh / 100.0 * 6.112 * np.exp(17.62 * temp / (243.12 + temp))
    sky = np.clip(0.70 + 5.95e-5 * vapour * np.exp(1500.0 / (temp + 273.15)), 0.6, 1.0)
    infrared = (sky + (1 - sky) * 0.8 * (1 - np.clip(clear, 0, 1))) * 5.670374e-8 * (temp + 273.15) ** 4
    pressure = 101300.0 - 250.0 * (1.0 - clear) * 3.0 + 200.0 * np.sin(np.arange(8760) / 130.0)
    return {"T2m": temp, "RH": rh, "IR(h)": infrared, "WS10m": wind, "WD10m": turn % 360.0, "SP": pressure}


def write_year(path: Path, year: dict[str, Floats], latitude: float, longitude: float, altitude_m: float) -> None:
    """Write the file PVGIS writes for a TMY (csv)."""
    ends = np.cumsum([0, *DAYS])
    out = [
        f"Latitude (decimal degrees): {latitude:.3f}", f"Longitude (decimal degrees): {longitude:.3f}", f"Elevation (m): {altitude_m:.1f}", f"Irradiance Time Offset (h): {OFFSET_H:.4f}", "month,year",
        *[f"{m},{YEAR}" for m in range(1, 13)], "time(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP",
    ]  # fmt: skip
    columns: list[Any] = [year[n].tolist() for n in ("T2m", "RH", "G(h)", "Gb(n)", "Gd(h)", "IR(h)", "WS10m", "WD10m", "SP")]
    month = np.repeat(np.arange(1, 13), DAYS)
    day = np.arange(365) - ends[month - 1] + 1
    for h, (t, rh, g, b, d, ir, ws, wd, sp) in enumerate(zip(*columns, strict=True)):
        stamp = f"{YEAR}{month[h // 24]:02d}{day[h // 24]:02d}:{h % 24:02d}00"
        out.append(f"{stamp},{t:.2f},{rh:.2f},{g:.2f},{b:.2f},{d:.2f},{ir:.2f},{ws:.2f},{wd:.1f},{sp:.1f}")
    out += [
        "", "T2m: 2-m air temperature (degree Celsius)", "RH: relative humidity (%)", "G(h): Global irradiance on the horizontal plane (W/m2)",
        "Gb(n): Beam/direct irradiance on a plane always normal to sun rays (W/m2)", "Gd(h): Diffuse irradiance on the horizontal plane (W/m2)",
        "IR(h): Surface infrared (thermal) irradiance on a horizontal plane (W/m2)", "WS10m: 10-m total wind speed (m/s)",
        "WD10m: 10-m wind direction (0 = N, 90 = E) (degree)", "SP: Surface (air) pressure (Pa)", "", "dati dimostrativi / demonstration data: generated by Sole e Suolo, not PVGIS",
    ]  # fmt: skip
    path.write_text("\n".join(out) + "\n", encoding="utf-8", newline="\n")
