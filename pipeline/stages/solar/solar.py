"""Stage `solar`: the yearly and monthly yield of every array, and how sure it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.compute import Compute
from pipeline.config.solar import SolarConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Arrays, Horizon, Roofs, Solar
from pipeline.contracts.sources import Weather
from pipeline.contracts.spec import MONTHS, Slim, Table
from pipeline.core.solar import losses
from pipeline.core.solar.irradiance import SkyHours
from pipeline.core.solar.power import ArrayYear, Mounting, array_year
from pipeline.core.solar.uncertainty import Sigmas, footprint_sigma, leaning, p90, p90_of_sum, plane_sigma
from pipeline.joins.production import laid_arrays, mounting_of, planes_of, power_model, year_hours

BATCH_ARRAYS = 1024


def solar(
    arrays: Slim[Arrays], roofs: Slim[Roofs], horizon: Slim[Horizon], weather: Table[Weather], config: SolarConfig, compute: Compute, notes: Notes
) -> Table[Solar]:
    """Hourly irradiance and AC power of every array, summed to months and the year.

    Parameters
    ----------
    arrays, roofs, horizon, weather
        Arrays, their planes, what the planes see, and the year. Planes without modules are left out.
    config
        Power model, losses, uncertainty.
    compute
        Batches of arrays run in parallel.
    notes
        Receives the town's totals.

    Returns
    -------
    Table[Solar]
        Sorted by array_id.
    """
    rows = laid_arrays(arrays, roofs, horizon)
    hours = year_hours(weather, roofs)
    parts = list(compute.batches(run_arrays, rows, size=BATCH_ARRAYS, params=(hours, config)))
    year = ArrayYear(*(np.concatenate(p) for p in zip(*parts, strict=True))) if parts else _nothing()
    sigmas = sigmas_of(rows, hours, _year_sigma(weather, config), config)
    table = _table(rows, year, sigmas, config)
    _write_down(table, rows, sigmas, config, notes)
    return table


def run_arrays(rows: Any, hours: SkyHours, config: SolarConfig) -> ArrayYear:
    """The year of one batch of arrays."""
    return array_year(planes_of(rows), mounting_of(rows, config), hours, power_model(config))


def _year_sigma(weather: Any, config: SolarConfig) -> float:
    """Spread of single years: from the weather file where it holds enough of them, else from the config."""
    found = float(weather["sigma_year"].iloc[0]) if "sigma_year" in weather and len(weather) else float("nan")
    return found if np.isfinite(found) else config.sigma_year


def sigmas_of(rows: Any, hours: SkyHours, sigma_year: float, config: SolarConfig) -> Sigmas:
    """The terms of the uncertainty of each array.

    Racks stand level whatever the roof below, so its fit does not touch them; the standard error of a plane that has none is taken as
    the least.
    """
    count = len(rows)
    plane, coplanar = np.zeros(count), (rows["mounting"] == "coplanar").to_numpy()
    if coplanar.any():
        lean = leaning(hours, Mounting(config.faiman_u0_coplanar, config.faiman_u1_coplanar), power_model(config))
        se = np.hypot(np.nan_to_num(rows["tilt_se_deg"].to_numpy(dtype=float)), config.sigma_plane_deg)
        tilt, azimuth = rows["surface_tilt"].to_numpy(dtype=float), rows["surface_azimuth"].to_numpy(dtype=float)
        plane[coplanar] = plane_sigma(tilt[coplanar], azimuth[coplanar], se[coplanar], lean)
    return Sigmas(
        weather=np.full(count, np.hypot(sigma_year, config.sigma_dataset)),
        surface=np.where(rows["basis"] == "surface", config.sigma_surface, config.sigma_height_model),
        model=np.full(count, config.sigma_model),
        footprint=footprint_sigma(rows["module_area_m2"].to_numpy(dtype=float), config.sigma_edge_m),
        plane=plane,
    )


def _nothing() -> ArrayYear:
    return ArrayYear(np.empty(0), np.empty(0), np.empty((0, 12)), np.empty(0))


def _table(rows: Any, year: ArrayYear, sigmas: Sigmas, config: SolarConfig) -> Any:
    kwp = rows["kwp"].to_numpy(dtype=float)
    monthly = year.energy_by_month * kwp[:, np.newaxis]
    total = monthly.sum(axis=1)
    return pd.DataFrame(
        {name: rows[name].to_numpy() for name in ("array_id", "roof_id", "building_id")}
        | {
            "poa_unshaded_kwh_m2": year.unshaded,
            "poa_kwh_m2": year.shaded,
            "shading_loss": np.clip(1.0 - year.shaded / np.maximum(year.unshaded, 1e-9), 0.0, 1.0),
            "kwh_year": total,
            "kwh_year_p90": p90(total, sigmas),
        }
        | {f"sigma_{name}": getattr(sigmas, name) for name in ("weather", "surface", "footprint", "plane", "model")}
        | {
            "clipped_share": year.clipped,
            "kwh_year_life": total * losses.life_share(config.degradation_share, config.life_years),
            "specific_yield_kwh_kwp": year.energy_by_month.sum(axis=1),
        }
        | {f"kwh_{m}": monthly[:, i] for i, m in enumerate(MONTHS)}
    )


def _write_down(table: Any, rows: Any, sigmas: Sigmas, config: SolarConfig, notes: Notes) -> None:
    notes.count("arrays", len(table))
    notes.count("arrays whose surface is a height model", int((rows["basis"] != "surface").sum()))
    notes.count("roof-parallel arrays whose plane has no standard error", int(((rows["mounting"] == "coplanar") & rows["tilt_se_deg"].isna()).sum()))
    if len(table):
        kwp, kwh = rows["kwp"].to_numpy(dtype=float), table["kwh_year"].to_numpy()
        notes.figure("kwp", float(kwp.sum()))
        notes.figure("kwh_year", float(kwh.sum()))
        notes.figure("kwh_year_p90_of_the_sum", float(p90_of_sum(kwh, sigmas, np.zeros(len(kwh), dtype=np.int64), 1)[0]))
        notes.figure("shading_loss_by_power", float((table["shading_loss"] * kwp).sum() / kwp.sum()))
        notes.figure("share_cut_by_inverters", float((table["clipped_share"] * kwh).sum() / max(kwh.sum(), 1e-9)))
    model = power_model(config)
    notes.figure("loss_from_module_to_meter_at_nominal_power", 1.0 - (1.0 - model.loss) * model.inverter_efficiency)
    notes.assume(
        f"Power by the Huld model, coefficients {config.huld_model} for {config.huld_cell_type}; losses before the inverter {model.loss:.1%}, inverters of "
        f"{config.inverter_ac_per_dc:g} kW per kWp and {config.inverter_efficiency_share:.0%} at their rating; modules as good as new, "
        f"losing {config.degradation_share:.1%} a year over {config.life_years} years for kwh_year_life."
    )
    notes.assume("Rows in front take sky and ground light by endless rows; what hides the roof's own sky is counted beside them, so a little twice.")
