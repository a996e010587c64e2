"""Stage `irradiation`: the year's irradiation on each roof plane, with and without shading."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.compute import Compute
from pipeline.config.solar import IrradiationConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Horizon, Irradiation, Roofs
from pipeline.contracts.sources import Weather
from pipeline.contracts.spec import MONTHS, Slim, Table
from pipeline.core.solar.irradiance import Planes, SkyHours, YearSums, year_sums
from pipeline.joins.production import check_planes, grid_turn_deg, lit_shares, year_hours

BATCH_PLANES = 1024


def irradiation(
    roofs: Slim[Roofs], horizon: Slim[Horizon], weather: Table[Weather], config: IrradiationConfig, compute: Compute, notes: Notes
) -> Table[Irradiation]:
    """Hourly irradiance on every roof plane, summed to months and the year.

    Parameters
    ----------
    roofs, horizon, weather
        Planes, what they see, and the year.
    config
        Albedo of the ground.
    compute
        Batches of planes run in parallel.
    notes
        Receives the shading of the whole town.

    Returns
    -------
    Table[Irradiation]
        One row for each row of `horizon`, sorted by roof_id. Irradiation is before reflection losses.
    """
    planes = horizon[["roof_id", "sky_view", "lit_share"]].sort_values("roof_id", kind="stable").merge(
        roofs[["roof_id", "surface_tilt", "surface_azimuth", "area_m2"]], on="roof_id", how="left", validate="one_to_one"
    )
    check_planes(planes)
    hours = year_hours(weather, roofs)
    sums = list(compute.batches(sum_planes, planes, size=BATCH_PLANES, params=(hours, config.albedo)))
    unshaded = np.concatenate([s.unshaded for s in sums]) if sums else np.empty(0)
    shaded = np.concatenate([s.shaded_by_month for s in sums]) if sums else np.empty((0, 12))
    area = planes["area_m2"].to_numpy()
    if area.sum() > 0:
        notes.figure("shading_loss_of_all_planes", 1.0 - (shaded.sum(axis=1) * area).sum() / (unshaded * area).sum())
    notes.figure("grid_convergence_deg", grid_turn_deg(roofs))
    notes.assume(f"The ground reflects {config.albedo:.0%} of the light; light reflected by buildings is not counted.")
    table = {"roof_id": planes["roof_id"].to_numpy(), "poa_unshaded_kwh_m2": unshaded, "poa_kwh_m2": shaded.sum(axis=1)}
    return pd.DataFrame(table | {f"poa_{m}": shaded[:, i] for i, m in enumerate(MONTHS)})


def sum_planes(planes: Any, hours: SkyHours, albedo: float) -> YearSums:
    """The year of one batch of planes (rows of roofs and horizon joined)."""
    tilt = planes["surface_tilt"].to_numpy(dtype=float)
    # A level plane may have no azimuth; any serves.
    azimuth = np.nan_to_num(planes["surface_azimuth"].to_numpy(dtype=float))
    return year_sums(Planes(tilt, azimuth, planes["sky_view"].to_numpy(dtype=float), lit_shares(planes)), hours, albedo)
