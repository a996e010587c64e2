"""Slow and plain answers to what core/solar computes fast; written apart from it and sharing no code with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pvlib
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

Hours = dict[str, NDArray[Any]]


def typical_year(latitude: float, longitude: float, seed: int = 1) -> Hours:
    """A year of clear and cloudy hours at a place, with the sun at the middle of each hour."""
    times = pd.date_range("2021-01-01 00:30", periods=8760, freq="h", tz="UTC")
    sun = pvlib.solarposition.get_solarposition(times, latitude, longitude)
    clear = pvlib.clearsky.haurwitz(sun["apparent_zenith"])["ghi"].to_numpy()
    ghi = clear * np.random.default_rng(seed).choice([0.25, 0.6, 0.95, 1.0], size=8760)
    split = pvlib.irradiance.erbs(ghi, sun["zenith"].to_numpy(), times)
    return _columns(times, sun, ghi, split["dni"], split["dhi"], 15 + 10 * np.sin(np.arange(8760) / 8760 * 2 * np.pi), np.full(8760, 2.5))


def pvgis_year(path: Path) -> Hours:
    """PVGIS's typical year in csv, the sun at stamp + offset."""
    lines = path.read_text().splitlines()
    latitude, longitude, altitude, offset = (float(lines[i].split(":")[1]) for i in range(4))
    start = next(i for i, line in enumerate(lines) if line.startswith("time("))
    rows = [line.split(",") for line in lines[start + 1 : start + 8761]]
    a = np.array([[float(v) for v in row[1:]] for row in rows])
    times = pd.to_datetime(["2021" + row[0][4:] for row in rows], format="%Y%m%d:%H%M", utc=True) + pd.Timedelta(hours=offset)
    sun = pvlib.solarposition.get_solarposition(times, latitude, longitude, altitude)
    return _columns(times, sun, a[:, 2], np.maximum(a[:, 3], 0.0), a[:, 4], a[:, 0], a[:, 6])


def _columns(times: Any, sun: Any, ghi: Any, dni: Any, dhi: Any, temp_air: Any, wind_speed: Any) -> Hours:
    extra = pvlib.irradiance.get_extra_radiation(times)
    found = {
        "month": times.month, "ghi": ghi, "dni": dni, "dhi": dhi, "temp_air": temp_air, "wind_speed": wind_speed,
        "solar_zenith": sun["apparent_zenith"], "solar_azimuth": sun["azimuth"], "dni_extra": extra,
    }  # fmt: skip
    return {name: np.asarray(values) for name, values in found.items()}


def plain_poa(year: Hours, tilt: float, azimuth: float, albedo: float) -> Any:
    """Irradiance on an open plane by pvlib's own sum, a row per hour."""
    parts = pvlib.irradiance.get_total_irradiance(
        tilt, azimuth, year["solar_zenith"], year["solar_azimuth"], year["dni"], year["ghi"], year["dhi"],
        dni_extra=year["dni_extra"], albedo=albedo, model="perez-driesse",
    )  # fmt: skip
    return pd.DataFrame(parts)


def plain_power(
    year: Hours, tilt: float, azimuth: float, *, albedo: float, u0: float, u1: float, loss: float, ac_limit: float, efficiency: float = 0.96
) -> NDArray[Any]:
    """AC kW per kWp of an open array, hour by hour: reflection, Faiman, Huld, losses and inverter by pvlib's functions."""
    light = plain_poa(year, tilt, azimuth, albedo)
    parts = pvlib.irradiance.perez_driesse(
        tilt, azimuth, year["dhi"], year["dni"], year["dni_extra"], year["solar_zenith"], year["solar_azimuth"], return_components=True
    )
    aoi = pvlib.irradiance.aoi(tilt, azimuth, year["solar_zenith"], year["solar_azimuth"])
    diffuse = pvlib.iam.martin_ruiz_diffuse(tilt)
    direct = (light["poa_direct"] + parts["poa_circumsolar"]) * pvlib.iam.martin_ruiz(aoi)
    sky = (light["poa_sky_diffuse"] - parts["poa_circumsolar"]) * diffuse["sky"]
    effective = np.maximum(direct + sky + light["poa_ground_diffuse"] * diffuse["ground"], 0.0).to_numpy()
    cell = pvlib.temperature.faiman(light["poa_global"].to_numpy(), year["temp_air"], year["wind_speed"], u0, u1)
    dc = np.maximum(pvlib.pvarray.huld(effective, cell, 1000.0, cell_type="csi", k_version="pvgis5"), 0.0)
    return np.asarray(pvlib.inverter.pvwatts(dc * (1 - loss), 1000.0 * ac_limit / efficiency, efficiency)) / 1000.0


def plain_energy(year: Hours, tilt: float, azimuth: float, **plant: float) -> float:
    """kWh per kWp of an open array in a year, see `plain_power`."""
    return float(plain_power(year, tilt, azimuth, **plant).sum())


def brute_horizon(
    surface: NDArray[Any], cell_m: float, row: float, col: float, eye: float, azimuths_deg: NDArray[Any], reach_m: float, step_m: float, coarser: int = 1
) -> NDArray[Any]:
    """Horizon elevation [deg] by a bilinear reading of the surface every `step_m`, beyond 10 m in steps `coarser` times as long."""
    near = np.arange(step_m, min(10.0, reach_m) + 1e-9, step_m)
    away = np.concatenate([near, np.arange(near[-1] + coarser * step_m, reach_m + 1e-9, coarser * step_m)])[None, :]
    angle = np.radians(azimuths_deg)[:, None]
    rows, cols = row - away * np.cos(angle) / cell_m, col + away * np.sin(angle) / cell_m
    z = map_coordinates(surface.astype(float), [rows, cols], order=1, mode="constant", cval=-1e6)
    return np.degrees(np.arctan(np.maximum((z - eye) / away, 0.0).max(axis=1)))


def brute_sky_view(horizon_deg: NDArray[Any], tilt: float, azimuth: float) -> float:
    """Sky view by a midpoint sum over the hemisphere, 0.25 degrees of elevation, horizon given evenly by azimuth."""
    around = np.radians(np.arange(len(horizon_deg)) * 360.0 / len(horizon_deg))[:, None]
    up = np.radians(np.arange(0.125, 90.0, 0.25))[None, :]
    b = np.radians(tilt)
    incidence = np.cos(b) * np.sin(up) + np.sin(b) * np.cos(up) * np.cos(around - np.radians(azimuth))
    seen = (up > np.radians(horizon_deg)[:, None]) & (incidence > 0)
    return float((incidence * np.cos(up) * seen).sum() * np.radians(0.25) * 2 * np.pi / len(horizon_deg) / np.pi)


def brute_year(year: Hours, sun_way: NDArray[Any], horizons_deg: NDArray[Any], tilt: float, azimuth: float, albedo: float) -> float:
    """Shaded irradiation [kWh/m2] of a plane: every cell, fine azimuths, the sun every few minutes.

    Parameters
    ----------
    sun_way
        Elevation and azimuth of the sun [deg] around each hour, shape (8760, steps, 2).
    horizons_deg
        Of each cell, evenly by azimuth, shape (cells, azimuths).
    """
    parts = pvlib.irradiance.perez_driesse(
        tilt, azimuth, year["dhi"], year["dni"], year["dni_extra"], year["solar_zenith"], year["solar_azimuth"], return_components=True
    )
    light = plain_poa(year, tilt, azimuth, albedo)
    count = horizons_deg.shape[1]
    sector = np.round(sun_way[..., 1] / 360.0 * count).astype(int) % count
    cosine = np.maximum(pvlib.irradiance.aoi_projection(tilt, azimuth, 90.0 - sun_way[..., 0], sun_way[..., 1]), 0.0) * (sun_way[..., 0] > 0)
    lit = np.mean([sun_way[..., 0] > cell[sector] for cell in horizons_deg], axis=0)
    weight = cosine.sum(axis=1)
    share = np.divide((lit * cosine).sum(axis=1), weight, out=np.zeros(len(weight)), where=weight > 0)
    view = np.mean([brute_sky_view(cell, tilt, azimuth) for cell in horizons_deg]) / ((1 + np.cos(np.radians(tilt))) / 2)
    front = np.maximum(np.cos(np.radians(np.arange(count) * 360.0 / count - azimuth)), 0.0)
    band = float((np.clip(1.0 - horizons_deg / 7.0, 0.0, 1.0).mean(axis=0) * front).sum() / front.sum())
    sky = parts["poa_isotropic"] * view + np.where(parts["poa_horizon"] > 0, band, view) * parts["poa_horizon"]
    total = (light["poa_direct"] + parts["poa_circumsolar"]) * share + np.maximum(sky, 0.0) + light["poa_ground_diffuse"]
    return float(total.sum() / 1000.0)


def town(seed: int, size: int = 150, margin: int = 60) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """A surface of 1 m cells with flat boxes, gables and trees; the planes' owner raster, tilts and azimuths."""
    rng = np.random.default_rng(seed)
    full = size + 2 * margin
    surface, owner = np.zeros((full, full), dtype=np.float32), np.full((full, full), -1, dtype=np.int32)
    tilts: list[float] = []
    azimuths: list[float] = []
    for r in range(margin, margin + size - 14, 16):
        for c in range(margin, margin + size - 14, 16):
            high, wide = (int(n) for n in rng.integers(8, 13, 2))
            eaves = float(rng.uniform(3, 11))
            if rng.random() < 0.15:
                surface[r + 4 : r + 8, c + 4 : c + 8] = eaves + 4
                continue
            rows = np.arange(high)
            if rng.random() < 0.5:
                surface[r : r + high, c : c + wide] = eaves
                owner[r : r + high, c : c + wide] = len(tilts)
                tilts.append(0.0)
                azimuths.append(0.0)
                continue
            slope = float(rng.uniform(15, 40))
            ridge = (high - 1) / 2
            roof = eaves + (ridge - np.abs(rows - ridge)) * np.tan(np.radians(slope))
            surface[r : r + high, c : c + wide] = roof[:, None]
            for first, last, azimuth in ((0, int(np.ceil(ridge)), 0.0), (int(np.floor(ridge)) + 1, high, 180.0)):
                owner[r + first : r + last, c : c + wide] = len(tilts)
                tilts.append(slope)
                azimuths.append(azimuth)
    return surface, owner, np.array(tilts), np.array(azimuths)
