"""Unshaded irradiation and energy against a chain of pvlib's own functions, on a PVGIS year and on generated years around the world."""

from __future__ import annotations

import math
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pvlib
from numpy.typing import NDArray
from shapely.geometry import box

from pipeline.config.solar import IrradiationConfig, SolarConfig
from pipeline.contracts.solar import HORIZON_SECTORS, LIT_ELEVATIONS_DEG, Arrays, Roofs
from pipeline.stages.solar.irradiation import irradiation
from pipeline.stages.solar.solar import solar
from tests.reference.solar import Hours, plain_energy, plain_poa, pvgis_year, typical_year
from tests.validate.places import MISSING, SHARED, call
from tests.validate.tables import Bar, Cell, Result

HEAD = ("year", "planes", "irradiation MAE", "largest", "energy MAE", "largest")
TILTS, AZIMUTHS = (0.0, 15.0, 30.0, 60.0, 90.0), tuple(np.arange(0.0, 360.0, 45.0).tolist())
PLACES = {"Apulia 40.4° N": (40.35, 18.05), "Tromsø 69.6° N": (69.6, 18.9), "Quito 0.2° S": (-0.2, -78.5), "Cape Town 33.9° S": (-33.9, 18.4)}
PVGIS_TMY = "tmy_45.000_8.000_2005_2023.csv"
EPSG = 25833


def open_roofs(tilts: Any, azimuths: Any) -> tuple[gpd.GeoDataFrame, pd.DataFrame, gpd.GeoDataFrame]:
    """Roofs, horizons and arrays of planes with a free horizon, on the central meridian so that grid north is north."""
    tilts, azimuths = np.asarray(tilts, dtype=float), np.asarray(azimuths, dtype=float)
    names = [f"r{i:03d}-1" for i in range(len(tilts))]
    shapes = [box(499_995.0, 0.0, 500_005.0, 10.0)] * len(tilts)
    common = {"roof_id": names, "building_id": [n[:4] for n in names], "surface_tilt": tilts, "surface_azimuth": azimuths}
    roof = {c: np.nan if col.dtype == "float" else None for c, col in Roofs.columns().items()}
    roofs = pd.DataFrame(roof | common | {"area_m2": 100.0, "plan_area_m2": 100.0, "residual_m": 0.0, "inlier_share": 1.0, "plane_z_m": 5.0, "tilt_se_deg": 0.0, "kind": "pitched", "basis": "surface"}, index=range(len(tilts)))
    lit = np.full(HORIZON_SECTORS * len(LIT_ELEVATIONS_DEG), 255, dtype=np.uint8)
    horizon = pd.DataFrame({"roof_id": names, "horizon_deg": [np.zeros(HORIZON_SECTORS)] * len(tilts), "sky_view": (1 + np.cos(np.radians(tilts))) / 2, "lit_share": [lit] * len(tilts)})
    array = {c: np.nan if col.dtype == "float" else None for c, col in Arrays.columns().items()}
    arrays = pd.DataFrame(array | common | {"array_id": [f"{n}-a" for n in names], "mounting": "coplanar", "modules": 10, "kwp": 4.4, "module_area_m2": 19.9, "row_shading": 0.0, "portrait": True, "usable_m2": 50.0, "poa_share": 1.0}, index=range(len(tilts)))
    return (*(gpd.GeoDataFrame(t, geometry=shapes, crs=EPSG) if k != 1 else t for k, t in enumerate((roofs, horizon))), gpd.GeoDataFrame(arrays, geometry=shapes, crs=EPSG))  # type: ignore[return-value]


def ours(year: Hours, tilts: Any, azimuths: Any, albedo: float = 0.2, **solar_config: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Irradiation [kWh/m2] and energy [kWh/kWp] of open planes by the stages `irradiation` and `solar`."""
    roofs, horizon, arrays = open_roofs(tilts, azimuths)
    weather = pd.DataFrame(year)
    weather.insert(0, "hour", np.arange(len(weather)))
    buildings = gpd.GeoDataFrame({"building_id": roofs["building_id"], "use": None, "area_m2": 100.0, "height_m": 6.0}, geometry=roofs.geometry, crs=EPSG)
    light = call(irradiation, roofs=roofs, horizon=horizon, weather=weather, config=IrradiationConfig(albedo=albedo))
    energy = call(solar, arrays=arrays, roofs=roofs, horizon=horizon, weather=weather, buildings=buildings, config=SolarConfig(albedo=albedo, **solar_config))
    return light["poa_unshaded_kwh_m2"].to_numpy(), energy["specific_yield_kwh_kwp"].to_numpy()


def plain(year: Hours, tilts: Any, azimuths: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same by pvlib's functions, one plane at a time."""
    c = SolarConfig()
    lost = 1.0 - math.prod(1.0 - part for part in c.losses.model_dump().values())
    given = {"albedo": 0.2, "u0": c.faiman_u0_coplanar, "u1": c.faiman_u1_coplanar, "loss": lost, "ac_limit": c.inverter_ac_per_dc, "efficiency": c.inverter_efficiency_share}
    pairs = list(zip(tilts, azimuths, strict=True))
    return np.array([plain_poa(year, t, a, 0.2)["poa_global"].sum() / 1000.0 for t, a in pairs]), np.array([plain_energy(year, t, a, **given) for t, a in pairs])


def mirrored(year: Hours) -> Hours:
    """The same sky on the other side of the equator: the sun's way mirrored from south to north."""
    return {k: v.copy() for k, v in year.items()} | {"solar_azimuth": (180.0 - year["solar_azimuth"]) % 360.0}


def against_pvlib() -> Result:
    """All years."""
    result = Result("open_sky", "Unshaded irradiation and energy against a plain chain of pvlib", HEAD)
    tilts, azimuths = (a.ravel() for a in np.meshgrid(TILTS, AZIMUTHS, indexing="ij"))
    years: dict[str, Hours] = {}
    if (SHARED / "pvgis").exists():
        years["PVGIS 45° N 8° E"] = pvgis_year(SHARED / "pvgis" / PVGIS_TMY)
    else:
        result.notes.append(f"The PVGIS year {MISSING.format('pvgis')}.")
    years |= {name: typical_year(*place) for name, place in PLACES.items()}
    for name, year in years.items():
        result.rows.append(_row(name, ours(year, tilts, azimuths), plain(year, tilts, azimuths), result.bars))
    north = next(iter(years.values()))
    there = ours(mirrored(north), tilts, (180.0 - azimuths) % 360.0)
    result.rows.append(_row("the first year mirrored to the south", there, ours(north, tilts, azimuths), result.bars))
    result.notes.append(f"Tilts {', '.join(f'{t:g}' for t in TILTS)}°, azimuths every 45°, albedo 0.2, coplanar; years but PVGIS's are generated from clear and cloudy hours. {_other_models(north)}")
    result.plots = {"years": years}
    return result


def _row(name: str, one: Any, two: Any, bars: list[Bar]) -> tuple[Cell, ...]:
    off = [np.abs(a / b - 1.0) for a, b in zip(one, two, strict=True)]
    bars += [Bar(f"{name}, {what}", 100.0 * float(o.max()), 1.0, "%") for what, o in zip(("irradiation", "energy"), off, strict=True)]
    return (name, len(one[0]), *("below 1e-6" if v < 1e-6 else f"{v:.2%}" for o in off for v in (o.mean(), o.max())))


def _other_models(year: Hours) -> str:
    """What another model of the sky would say, to put the agreement in its place."""
    base = float(plain_poa(year, 30.0, 180.0, 0.2)["poa_global"].sum())
    said = []
    for model, name in (("perez", "Perez 1990"), ("haydavies", "Hay-Davies"), ("isotropic", "an even sky")):
        light = pvlib.irradiance.get_total_irradiance(
            30.0, 180.0, year["solar_zenith"], year["solar_azimuth"], year["dni"], year["ghi"], year["dhi"], dni_extra=year["dni_extra"],
            airmass=pvlib.atmosphere.get_relative_airmass(year["solar_zenith"]), albedo=0.2, model=model,
        )  # fmt: skip
        said.append(f"{name} {np.nansum(light['poa_global']) / base - 1:+.1%}")
    return f"The choice of the sky's model weighs more than the code: south, 30°, first year: {', '.join(said)} against Perez-Driesse."
