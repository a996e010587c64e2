"""Hourly answers in PVGIS's csv and json, GENERATED: clear and cloudy hours through pvlib's functions, no measurement behind them.

The layout (header lines, columns, notes at the end; keys of the json) is that of the real answers of a few hours in the shared data.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pvlib

PLACE, MINUTE = (45.0, 8.0, 250.0), 10
KWP, LOSS = 10.0, 14.0
NOTES = "\nG(i): Global irradiance on the inclined plane (plane of the array) (W/m2)\n\nPVGIS (c) European Union, 2001-2026\nGENERATED for tests, not an answer of PVGIS\n"


def weather(first: int, last: int, seed: int = 3) -> pd.DataFrame:
    """Clear and cloudy hours of whole years at ten past each hour, with the sun's place."""
    times = pd.date_range(f"{first}-01-01 00:{MINUTE}", f"{last}-12-31 23:{MINUTE}", freq="h", tz="UTC")
    sun = pvlib.solarposition.get_solarposition(times, *PLACE)
    up = sun["elevation"] > 1.0
    ghi = np.where(up, pvlib.clearsky.haurwitz(sun["apparent_zenith"])["ghi"], 0.0) * np.random.default_rng(seed).choice([0.25, 0.6, 0.95, 1.0], len(times))
    split = pvlib.irradiance.erbs(ghi, sun["zenith"], times)
    table = pd.DataFrame({"ghi": ghi, "dni": np.where(up, split["dni"], 0.0)}, index=times)
    table["dhi"] = ghi - table["dni"] * np.cos(np.radians(sun["zenith"])).clip(lower=0)
    table["temp"], table["wind"] = 12.0 + 9.0 * np.sin((times.dayofyear - 110) / 365 * 2 * np.pi), 2.0
    return table.join(sun[["apparent_zenith", "zenith", "azimuth", "elevation"]])


def on_plane(hours: pd.DataFrame, slope: float, aspect: float) -> pd.DataFrame:
    """Beam, diffuse, reflected light [W/m2] and power [W] on a plane; `aspect` is 0 in the south, as PVGIS counts."""
    facing = (aspect + 180.0) % 360.0
    extra = pvlib.irradiance.get_extra_radiation(hours.index)
    args = (slope, facing, hours["apparent_zenith"], hours["azimuth"])
    light = pvlib.irradiance.get_total_irradiance(*args, hours["dni"], hours["ghi"], hours["dhi"], dni_extra=extra, albedo=0.2, model="perez-driesse")
    parts = pvlib.irradiance.perez_driesse(slope, facing, hours["dhi"], hours["dni"], extra, hours["apparent_zenith"], hours["azimuth"], return_components=True)
    glass = pvlib.iam.martin_ruiz_diffuse(slope)
    direct = (light["poa_direct"] + parts["poa_circumsolar"]) * pvlib.iam.martin_ruiz(pvlib.irradiance.aoi(*args))
    used = direct + (light["poa_sky_diffuse"] - parts["poa_circumsolar"]) * glass["sky"] + light["poa_ground_diffuse"] * glass["ground"]
    cell = pvlib.temperature.faiman(light["poa_global"], hours["temp"], hours["wind"], 26.9, 6.2)
    power = pvlib.pvarray.huld(used.clip(lower=0), cell, KWP * 1000.0, cell_type="csi", k_version="pvgis5").clip(lower=0) * (1 - LOSS / 100)
    return pd.DataFrame({"Gb(i)": light["poa_direct"], "Gd(i)": light["poa_sky_diffuse"], "Gr(i)": light["poa_ground_diffuse"], "P": power}, index=hours.index).fillna(0.0)


def columns(hours: pd.DataFrame, slope: float, aspect: float, components: bool) -> pd.DataFrame:
    """The columns of an answer: with its components, or with power and the sum."""
    if slope == 0.0 and components:
        level = hours["dni"] * np.cos(np.radians(hours["zenith"])).clip(lower=0)
        found = pd.DataFrame({"Gb(i)": level, "Gd(i)": hours["dhi"], "Gr(i)": 0.0})
    else:
        found = on_plane(hours, slope, aspect)
        found["G(i)"] = found[["Gb(i)", "Gd(i)", "Gr(i)"]].sum(axis=1)
        found = found[["P", "Gb(i)", "Gd(i)", "Gr(i)"] if components else ["P", "G(i)"]]
    found = found.assign(**{"H_sun": hours["elevation"].clip(lower=0), "T2m": hours["temp"], "WS10m": hours["wind"], "Int": 0.0}).round(2)
    found.insert(0, "time", hours.index.strftime("%Y%m%d:%H%M"))
    return found


def write_csv(path: Path, hours: pd.DataFrame, slope: float, aspect: float, *, components: bool = False) -> Path:
    """One answer as csv."""
    table = columns(hours, slope, aspect, components)
    head = f"Latitude (decimal degrees):\t{PLACE[0]:.3f}\nLongitude (decimal degrees):\t{PLACE[1]:.3f}\nElevation (m):\t{PLACE[2]:.0f}\nRadiation database:\tPVGIS-SARAH2\n\n\nSlope: {slope:g} deg. \nAzimuth: {aspect:g} deg. \n"
    head += f"Nominal power of the PV system (c-Si) (kWp):\t{KWP}\nSystem losses (%):\t{LOSS}\n" if "P" in table else ""
    path.write_text(head + table.to_csv(index=False) + NOTES, encoding="utf-8")
    return path


def write_json(path: Path, hours: pd.DataFrame, slope: float, aspect: float, *, components: bool = False) -> Path:
    """One answer as json."""
    table = columns(hours, slope, aspect, components)
    inputs: dict[str, Any] = {
        "location": {"latitude": PLACE[0], "longitude": PLACE[1], "elevation": PLACE[2]},
        "meteo_data": {"radiation_db": "PVGIS-SARAH2", "use_horizon": True},
        "mounting_system": {"fixed": {"slope": {"value": slope, "optimal": False}, "azimuth": {"value": aspect, "optimal": False}, "type": "free-standing"}},
        "pv_module": {"technology": "c-Si", "peak_power": KWP, "system_loss": LOSS},
    }
    path.write_text(json.dumps({"inputs": inputs, "outputs": {"hourly": table.to_dict("records")}, "meta": {"note": "GENERATED for tests, not an answer of PVGIS"}}), encoding="utf-8")
    return path
