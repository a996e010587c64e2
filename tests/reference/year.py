"""The shaded year of whole planes, slowly: every cell, 720 azimuths, the sun every six minutes. Shares no code with core/solar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pvlib
from numpy.typing import NDArray

from tests.reference.solar import Hours, plain_poa

STEP_MINUTES = 6


def sun_way(csv: Path, turn_deg: float = 0.0) -> NDArray[np.float64]:
    """Elevation and azimuth of the sun [deg] every six minutes around each hour of a PVGIS typical year, shape (8760, 10, 2).

    `turn_deg` is taken off the azimuth: from true north to the north of a grid.
    """
    lines = csv.read_text().splitlines()
    latitude, longitude, altitude, offset = (float(lines[i].split(":")[1]) for i in range(4))
    start = next(i for i, line in enumerate(lines) if line.startswith("time("))
    stamps = pd.to_datetime([line.split(",")[0] for line in lines[start + 1 : start + 8761]], format="%Y%m%d:%H%M", utc=True) + pd.Timedelta(hours=offset)
    minutes = (np.arange(60 // STEP_MINUTES) + 0.5) * STEP_MINUTES - 30.0
    moments = pd.DatetimeIndex((stamps.tz_localize(None).to_numpy()[:, None] + (minutes * 60).astype("timedelta64[s]")).ravel()).tz_localize("UTC")
    sun = pvlib.solarposition.get_solarposition(moments, latitude, longitude, altitude)
    way = sun[["apparent_elevation", "azimuth"]].to_numpy().reshape(8760, -1, 2)
    way[..., 1] = (way[..., 1] - turn_deg) % 360.0
    return way


def sky_view(horizons_deg: NDArray[Any], tilt: float, azimuth: float) -> float:
    """Mean sky view of cells: a midpoint sum over the hemisphere in steps of 0.25 degrees of elevation, shape (cells, azimuths)."""
    up = np.arange(0.125, 90.0, 0.25)
    ordered = np.sort(horizons_deg, axis=0)
    seen = np.stack([np.searchsorted(ordered[:, a], up) for a in range(ordered.shape[1])]) / len(ordered)
    around, high = np.radians(np.arange(ordered.shape[1]) * 360.0 / ordered.shape[1])[:, None], np.radians(up)[None, :]
    b = np.radians(tilt)
    incidence = np.maximum(np.cos(b) * np.sin(high) + np.sin(b) * np.cos(high) * np.cos(around - np.radians(azimuth)), 0.0)
    return float((incidence * np.cos(high) * seen).sum() * np.radians(0.25) * 2.0 / ordered.shape[1])


def plane_year(year: Hours, way: NDArray[Any], horizons_deg: NDArray[Any], tilt: float, azimuth: float, albedo: float) -> float:
    """Shaded irradiation of a plane [kWh/m2]; horizons of its cells evenly by azimuth, shape (cells, azimuths).

    The parts of the sky are pvlib's: beam and circumsolar light times the lit share over the sun's way, isotropic light times the sky view, the
    horizon band times what is open of the lowest 7 degrees in front of the plane.
    """
    parts = pvlib.irradiance.perez_driesse(
        tilt, azimuth, year["dhi"], year["dni"], year["dni_extra"], year["solar_zenith"], year["solar_azimuth"], return_components=True
    )
    open_light = plain_poa(year, tilt, azimuth, albedo)
    cells, count = horizons_deg.shape
    cosine = np.maximum(pvlib.irradiance.aoi_projection(tilt, azimuth, 90.0 - way[..., 0], way[..., 1]), 0.0) * (way[..., 0] > 0)
    hour, step = np.nonzero(cosine)
    elevation, sector = way[hour, step, 0], np.round(way[hour, step, 1] / 360.0 * count).astype(int) % count
    lit = np.zeros(len(hour))
    for cell in horizons_deg:
        lit += elevation > cell[sector]
    weight = cosine.sum(axis=1)
    got = np.bincount(hour, lit / cells * cosine[hour, step], minlength=len(weight))
    share = np.divide(got, weight, out=np.zeros(len(weight)), where=weight > 0)
    view = sky_view(horizons_deg, tilt, azimuth) / ((1 + np.cos(np.radians(tilt))) / 2)
    front = np.maximum(np.cos(np.radians(np.arange(count) * 360.0 / count - azimuth)), 0.0)
    band = float((np.clip(1.0 - horizons_deg / 7.0, 0.0, 1.0).mean(axis=0) * front).sum() / front.sum())
    sky = parts["poa_isotropic"] * view + np.where(parts["poa_horizon"] > 0, band, view) * parts["poa_horizon"]
    total = (open_light["poa_direct"] + parts["poa_circumsolar"]) * share + np.maximum(sky, 0.0) + open_light["poa_ground_diffuse"]
    return float(total.sum() / 1000.0)
