"""Stage `solar`: the yearly and monthly yield of every array."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.solar import SolarConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import HORIZON_SECTORS, LIT_ELEVATIONS_DEG, Arrays, Horizon, Roofs, Solar
from pipeline.contracts.sources import Weather
from pipeline.contracts.spec import MONTHS, Table
from pipeline.core.solar.irradiance import Planes, SkyHours, sky_hours
from pipeline.core.solar.power import HULD, ArrayYear, Mounting, PowerModel, array_year, p90_share
from pipeline.core.solar.sky import sky_view_from_lit
from pipeline.errors import ContractError
from pipeline.io.lattice import grid_convergence_deg

BATCH_ARRAYS = 1024
WEATHER_COLUMNS = ("month", "ghi", "dni", "dhi", "temp_air", "wind_speed", "solar_zenith", "solar_azimuth", "dni_extra")


def solar(
    arrays: Table[Arrays], roofs: Table[Roofs], horizon: Table[Horizon], weather: Table[Weather], config: SolarConfig, compute: Compute, notes: Notes
) -> Table[Solar]:
    """Hourly irradiance and AC power of every array, summed to months and the year.

    Parameters
    ----------
    arrays, roofs, horizon, weather
        Arrays, their planes, what the planes see, and the year.
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
    joined = _join(arrays, roofs, horizon)
    turn = grid_convergence_deg(roofs.crs.to_epsg(), tuple(roofs.total_bounds)) if len(roofs) else 0.0
    hours = sky_hours(**{c: weather[c].to_numpy() for c in WEATHER_COLUMNS}, grid_convergence_deg=turn)
    parts = list(compute.batches(run_arrays, joined, size=BATCH_ARRAYS, params=(hours, config)))
    table = _table(joined, ArrayYear(*(np.concatenate(p) for p in zip(*parts, strict=True))) if parts else _nothing(), config)
    _write_down(table, joined, parts, config, notes)
    return table


def _join(arrays: Any, roofs: Any, horizon: Any) -> Any:
    """Arrays with the basis of their roof and what it sees, sorted."""
    own = pd.DataFrame(arrays.drop(columns="geometry", errors="ignore")).sort_values("array_id", kind="stable")
    joined = own.merge(pd.DataFrame(roofs[["roof_id", "basis"]]), on="roof_id", how="left")
    joined = joined.merge(horizon[["roof_id", "sky_view", "lit_share"]], on="roof_id", how="left")
    lost = joined.loc[joined["basis"].isna() | joined["sky_view"].isna(), "array_id"]
    if len(lost):
        raise ContractError(f"arrays: {len(lost)} arrays whose roof_id is not in roofs and horizon (first: {lost.iloc[0]}); run make arrays")
    return joined


def run_arrays(arrays: Any, hours: SkyHours, config: SolarConfig) -> ArrayYear:
    """The year of one batch of arrays."""
    lit = np.stack(arrays["lit_share"].tolist()).astype(np.uint8).reshape(-1, HORIZON_SECTORS, len(LIT_ELEVATIONS_DEG))
    tilt, azimuth = arrays["surface_tilt"].to_numpy(dtype=float), arrays["surface_azimuth"].to_numpy(dtype=float)
    rack = (arrays["mounting"] == "rack").to_numpy()
    view = arrays["sky_view"].to_numpy(dtype=float).copy()
    # The sky view of the roof is that of its own tilt; racks look elsewhere.
    view[rack] = sky_view_from_lit(lit[rack], tilt[rack], azimuth[rack])
    mounting = Mounting(
        np.where(rack, config.faiman_u0_rack, config.faiman_u0_coplanar),
        np.where(rack, config.faiman_u1_rack, config.faiman_u1_coplanar),
        arrays["row_shading"].to_numpy(dtype=float),
    )
    model = PowerModel(HULD[config.huld_model, config.huld_cell_type], config.system_loss, config.inverter_ac_per_dc, config.albedo)
    return array_year(Planes(tilt, azimuth, view, lit), mounting, hours, model)


def _nothing() -> ArrayYear:
    return ArrayYear(np.empty(0), np.empty(0), np.empty((0, 12)), np.empty(0))


def _table(arrays: Any, year: ArrayYear, config: SolarConfig) -> Any:
    kwp = arrays["kwp"].to_numpy(dtype=float)
    monthly = year.energy_by_month * kwp[:, np.newaxis]
    total = monthly.sum(axis=1)
    return pd.DataFrame(
        {
            "array_id": arrays["array_id"].to_numpy(),
            "roof_id": arrays["roof_id"].to_numpy(),
            "building_id": arrays["building_id"].to_numpy(),
            "poa_unshaded_kwh_m2": year.unshaded,
            "poa_kwh_m2": year.shaded,
            "shading_loss": np.clip(1.0 - year.shaded / np.maximum(year.unshaded, 1e-9), 0.0, 1.0),
            "kwh_year": total,
            "kwh_year_p90": total * p90_share(_sigmas(arrays["basis"].to_numpy(), config)),
            "specific_yield_kwh_kwp": year.energy_by_month.sum(axis=1),
        }
        | {f"kwh_{m}": monthly[:, i] for i, m in enumerate(MONTHS)}
    )


def _sigmas(basis: NDArray[Any], config: SolarConfig) -> NDArray[np.float64]:
    geometry = np.where(basis == "surface", config.sigma_surface, config.sigma_height_model)
    same = np.ones(len(basis))
    return np.stack([config.sigma_weather * same, geometry, config.sigma_model * same], axis=1)


def _write_down(table: Any, arrays: Any, parts: list[ArrayYear], config: SolarConfig, notes: Notes) -> None:
    notes.count("arrays", len(table))
    notes.count("arrays whose surface is a height model", int((arrays["basis"] != "surface").sum()))
    if len(table):
        kwp = arrays["kwp"].to_numpy(dtype=float)
        notes.figure("kwp", float(kwp.sum()))
        notes.figure("kwh_year", float(table["kwh_year"].sum()))
        notes.figure("shading_loss_by_power", float((table["shading_loss"] * kwp).sum() / kwp.sum()))
        notes.figure("share_cut_by_inverters", float((np.concatenate([p.clipped for p in parts]) * kwp).sum() / kwp.sum()))
    notes.assume(
        f"Power by the Huld model, coefficients {config.huld_model} for {config.huld_cell_type}; losses after the module "
        f"{config.system_loss:.0%}; inverters of {config.inverter_ac_per_dc:g} kW per kWp; modules as good as new."
    )
