"""Whether the hours of a year can be what they say: nothing missing, nothing negative, light only while the sun is up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError

Floats = NDArray[np.float64]

# The sun's disc is gone and bright twilight over: civil twilight ends at 96 degrees, and a quarter of an hour of error moves the
# sun by less than the rest (15 degrees an hour).
DARK_ZENITH_DEG = 100.0
DARK_W_M2 = 20.0
# Mean of |GHI - DHI - DNI cos z| over the hours with light beyond which the series is not of this sun. Files of PVGIS and IWEC
# close to 0.5; an hour of error makes 12 (Amsterdam) to 36 (45 N, 8 E); instruments that measure apart differ by 10 to 20 (a judgement).
CLOSURE_W_M2 = 30.0


def check_hours(hour: dict[str, Floats]) -> None:
    """Refuse a year that would give numbers which only look right.

    Parameters
    ----------
    hour
        ghi, dni, dhi, extra [W/m2], zenith, azimuth [°], temp_air [°C], wind_speed [m/s] by name, each of shape (hours,).

    Raises
    ------
    InputError
        With every problem: missing values, negative irradiance or wind, no light, direct light without diffuse, light in the night,
        parts that do not sum.
    """
    problems = [f"{int(np.sum(~np.isfinite(v)))} hours without {name}" for name, v in hour.items() if not np.isfinite(v).all()]
    for name in ("ghi", "dni", "dhi", "wind_speed"):
        if (hour[name] < 0).any():
            problems.append(f"{name} is negative in {int((hour[name] < 0).sum())} hours")
    if not problems:
        problems = _parts(hour) or _place(hour)
    if problems:
        raise InputError([f"weather: {p}; every hour of the year needs a value that can be: mend the weather file" for p in problems])


def _parts(hour: dict[str, Floats]) -> list[str]:
    """A column that is all zeros stands for one that is not there."""
    lit = [name for name in ("ghi", "dni", "dhi") if (hour[name] > 0).any()]
    if not lit:
        return ["there is no light in the whole year"]
    if "dhi" not in lit:
        return [f"there is {' and '.join(lit)} but no dhi in the whole year (clear skies are a tenth diffuse)"]
    if "ghi" not in lit:
        return ["there is no ghi in the whole year, but diffuse light"]
    return []


def _place(hour: dict[str, Floats]) -> list[str]:
    """Light while this sun is far below the horizon, or parts that do not sum under it, is the light of another place or time."""
    dark = (hour["zenith"] > DARK_ZENITH_DEG) & (hour["ghi"] > DARK_W_M2)
    if dark.any():
        return [f"{int(dark.sum())} hours of light with the sun more than {DARK_ZENITH_DEG - 90:g} degrees below the horizon (place, time zone or stamp are not those of the file)"]
    light = hour["ghi"] > 0
    height = np.maximum(np.cos(np.radians(hour["zenith"][light])), 0.0)
    off = np.abs(hour["ghi"][light] - hour["dhi"][light] - hour["dni"][light] * height)
    if len(off) and off.mean() > CLOSURE_W_M2:
        return [f"ghi differs from dhi + dni cos z by {off.mean():.0f} W/m2 on average over the hours of light, expected less than {CLOSURE_W_M2:g}"]
    return []
