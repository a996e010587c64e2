"""Arrays as the engine reads them: the rows that carry modules, what their roofs see, how they are mounted, the power model.

The stages that need the year of arrays (solar, profiles, finance) all start here, so that they count the same energy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.solar import SolarConfig
from pipeline.contracts.solar import HORIZON_SECTORS, LIT_ELEVATIONS_DEG
from pipeline.core.solar import losses
from pipeline.core.solar.irradiance import Planes, SkyHours, sky_hours
from pipeline.core.solar.power import HULD, Mounting, PowerModel, lit_ac
from pipeline.core.solar.rowview import rack_ground_share, rack_sky_share
from pipeline.core.solar.sky import sky_view_from_lit
from pipeline.core.solar.uncertainty import Sigmas
from pipeline.errors import ContractError
from pipeline.io.lattice import grid_convergence_deg
from pipeline.io.onfile import extent, lists

Floats = NDArray[np.float64]
WEATHER_COLUMNS = ("month", "ghi", "dni", "dhi", "temp_air", "wind_speed", "solar_zenith", "solar_azimuth", "dni_extra")
RACKED = ("rack", "east_west")


def year_hours(weather: Any, roofs: Any) -> SkyHours:
    """The hours of the year, with the sun turned into the grid the roofs are measured on.

    Parameters
    ----------
    weather, roofs
        Tables `weather` and `roofs`.

    Returns
    -------
    SkyHours
    """
    return sky_hours(**{c: weather[c].to_numpy() for c in WEATHER_COLUMNS}, grid_convergence_deg=grid_turn_deg(roofs))


def grid_turn_deg(roofs: Any) -> float:
    """Angle from true north to the north of the grid the roofs are measured on, clockwise [°]; 0 without roofs."""
    found = extent(roofs)
    return 0.0 if found is None else float(grid_convergence_deg(found.epsg, found.bounds))


def check_planes(planes: Any) -> None:
    """Refuse rows of `horizon` whose plane is not among the roofs or has no tilt."""
    lost = planes.loc[planes["surface_tilt"].isna(), "roof_id"]
    if len(lost):
        raise ContractError(f"horizon: {len(lost)} roof_id without a tilted plane in roofs (first: {lost.iloc[0]}); rebuild both: make horizon")


def laid_arrays(arrays: Any, roofs: Any, horizon: Any) -> Any:
    """Arrays that carry modules, with the plane below and what it sees.

    Parameters
    ----------
    arrays, roofs, horizon
        The tables; rows of `arrays` without modules (planes that carry none) are left out.

    Returns
    -------
    DataFrame
        Columns of `arrays` without geometry, `basis` and `tilt_se_deg` of the plane, its `sky_view` and
        `lit_share` (of a slim table: still on file); sorted by array_id. The lit shares of a plane's arrays are one object, not copies.

    Raises
    ------
    ContractError
        When an array's plane is not among roofs and horizon.
    """
    own = pd.DataFrame(arrays.drop(columns="geometry", errors="ignore"))
    own = own[own["modules"] > 0].sort_values("array_id", kind="stable")
    below = pd.DataFrame(roofs.drop(columns="geometry", errors="ignore"))
    if "tilt_se_deg" not in below:
        below["tilt_se_deg"] = np.nan
    joined = own.merge(below[["roof_id", "basis", "tilt_se_deg"]], on="roof_id", how="left", validate="many_to_one")
    joined = joined.merge(horizon[["roof_id", "sky_view", "lit_share"]], on="roof_id", how="left", validate="many_to_one")
    lost = joined.loc[joined["basis"].isna() | joined["sky_view"].isna(), "array_id"]
    if len(lost):
        raise ContractError(f"arrays: {len(lost)} arrays whose roof_id is not in roofs and horizon (first: {lost.iloc[0]}); run make arrays")
    return joined


def planes_of(rows: Any) -> Planes:
    """Modules as planes: rows of `laid_arrays` with their own tilt, azimuth and view of the sky.

    The sky view in `horizon` is that of the roof's own tilt; racks look elsewhere.
    """
    lit = lit_shares(rows)
    tilt, azimuth = rows["surface_tilt"].to_numpy(dtype=float), rows["surface_azimuth"].to_numpy(dtype=float)
    view, rack = rows["sky_view"].to_numpy(dtype=float).copy(), rows["mounting"].isin(RACKED).to_numpy()
    view[rack] = sky_view_from_lit(lit[rack], tilt[rack], azimuth[rack])
    return Planes(tilt, azimuth, view, lit)


def lit_shares(rows: Any) -> NDArray[np.uint8]:
    """The column `lit_share` as one array of shape (rows, 72, 45)."""
    flat = lists(rows["lit_share"])
    return flat.astype(np.uint8, copy=False).reshape(-1, HORIZON_SECTORS, len(LIT_ELEVATIONS_DEG))


def mounting_of(rows: Any, config: SolarConfig) -> Mounting:
    """Cooling of rows of `laid_arrays`, and what the rows in front of racks take."""
    rack = rows["mounting"].isin(RACKED).to_numpy()
    tilt = rows["surface_tilt"].to_numpy(dtype=float)
    gcr = np.where(rack, np.nan_to_num(rows["gcr"].to_numpy(dtype=float)), 0.0) if "gcr" in rows else np.zeros(len(rows))
    return Mounting(
        np.where(rack, config.faiman_u0_rack, config.faiman_u0_coplanar),
        np.where(rack, config.faiman_u1_rack, config.faiman_u1_coplanar),
        rows["row_shading"].to_numpy(dtype=float),
        rack_sky_share(tilt, gcr),
        rack_ground_share(tilt, gcr),
    )


def power_model(config: SolarConfig) -> PowerModel:
    """The power model of the section `solar`."""
    loss = losses.total(config.losses.model_dump())
    return PowerModel(HULD[config.huld_model, config.huld_cell_type], loss, config.inverter_ac_per_dc, config.albedo, config.inverter_efficiency_share)


def sigmas_in(solar: Any) -> Sigmas:
    """The terms of the uncertainty as the table `solar` holds them, for `uncertainty.p90_of_sum` over buildings, uses or the town."""
    return Sigmas(**{name: solar[f"sigma_{name}"].to_numpy(dtype=float) for name in Sigmas._fields})


def hourly_kwh(rows: Any, hours: SkyHours, config: SolarConfig) -> Iterator[tuple[slice, Floats]]:
    """AC energy of rows of `laid_arrays` in every hour of the year.

    Parameters
    ----------
    rows
        Some rows, with their lit shares: a few hundred at a time keep memory small.
    hours
        From `year_hours`.
    config
        Section `solar`.

    Yields
    ------
    (slice of the rows, array of shape (n, 8760))
        [kWh]; the sum of a row is its `kwh_year` in the table `solar`.
    """
    for at, kwh in lit_kwh(rows, hours, config):
        whole = np.zeros((len(kwh), hours.length))
        whole[:, hours.hour] = kwh
        yield at, whole


def lit_kwh(rows: Any, hours: SkyHours, config: SolarConfig) -> Iterator[tuple[slice, Floats]]:
    """`hourly_kwh` in the hours with light only, `hours.hour` of the year: shape (n, hours with light)."""
    kwp = rows["kwp"].to_numpy(dtype=float)
    for at, ac in lit_ac(planes_of(rows), mounting_of(rows, config), hours, power_model(config)):
        np.multiply(ac, kwp[at, np.newaxis], out=ac)
        yield at, ac
