"""Stage `profiles`: what the whole potential gives in each hour of the year, by use of the buildings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.solar import ProfilesConfig, SolarConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Arrays, Horizon, Profiles, Roofs, Solar
from pipeline.contracts.sources import Buildings, Weather
from pipeline.contracts.spec import Slim, Table
from pipeline.core.solar.irradiance import SkyHours
from pipeline.errors import ConfigError, ContractError
from pipeline.joins.production import laid_arrays, lit_kwh, year_hours

Floats = NDArray[np.float64]
# A batch holds the lit shares of its arrays (3 kB each) and the hours of a few.
BATCH_ARRAYS = 512
HOURS = 8760
TOWN, UNKNOWN = "town", "other"
# The hours give the year of `solar` again, to this share.
CLOSURE = 1e-6


def profiles(
    arrays: Slim[Arrays], solar: Table[Solar], roofs: Slim[Roofs], horizon: Slim[Horizon], weather: Table[Weather], buildings: Slim[Buildings] | None,
    config: ProfilesConfig, town: Town, compute: Compute, notes: Notes,
) -> Table[Profiles]:  # fmt: skip
    """AC energy of all arrays in each hour, summed over the town and over buildings of one use.

    Parameters
    ----------
    arrays, roofs, horizon, weather
        As for stage solar.
    solar
        The year of each array, which the hours must give again.
    buildings
        Their use; a building of unknown use counts as other.
    config
        Buildings whose own hours are asked for.
    town
        The power model of its section solar.
    compute
        Batches of arrays run in parallel.
    notes
        Receives the highest hour of the town.

    Returns
    -------
    Table[Profiles]
        8,760 rows for the town, for each use that has arrays and for each building asked for; sorted by use and hour.

    Raises
    ------
    ConfigError
        When a building asked for has no arrays.
    ContractError
        When the hours do not sum to the years of `solar`.
    """
    rows = laid_arrays(arrays, roofs, horizon)
    names, rows["use_code"] = _codes(_uses(rows, buildings))
    asked = sorted(set(config.buildings))
    if lost := sorted(set(asked) - set(rows["building_id"])):
        raise ConfigError(f"profiles.buildings: {', '.join(lost[:5])}: no building with arrays has this building_id; see the tables solar and arrays")
    rows["own_code"] = pd.Categorical(rows["building_id"], categories=asked).codes
    hours = year_hours(weather, roofs)
    sums = np.zeros((len(names) + len(asked), hours.length))
    for part in compute.batches(sum_hours, rows, size=BATCH_ARRAYS, params=(hours, town.solar, len(names), len(asked))):
        sums[:, hours.hour] += part
    whole = sums[: len(names)].sum(axis=0)
    _check(float(whole.sum()), float(solar["kwh_year"].sum()))
    table = {TOWN: whole} | dict(zip([*names, *asked], sums, strict=True))
    _write_down(whole, notes)
    return _table(table)


def _uses(rows: Any, buildings: Any) -> Any:
    """Use of the building each array stands on."""
    if buildings is None:
        return pd.Series(UNKNOWN, index=rows.index)
    use = buildings.drop_duplicates("building_id").set_index("building_id")["use"]
    return rows["building_id"].map(use).fillna(UNKNOWN)


def _codes(use: Any) -> tuple[list[str], NDArray[np.int64]]:
    names = sorted(use.unique())
    return names, pd.Categorical(use, categories=names).codes.astype(np.int64)


def sum_hours(rows: Any, hours: SkyHours, config: SolarConfig, uses: int, asked: int) -> Floats:
    """Energy of one batch of arrays by use, and of the buildings asked for, shape (uses + asked, hours with light) [kWh]."""
    sums = np.zeros((uses + asked, len(hours.hour)))
    use, own = rows["use_code"].to_numpy(), rows["own_code"].to_numpy()
    for at, kwh in lit_kwh(rows, hours, config):
        for k, array in enumerate(kwh, start=at.start):
            sums[use[k]] += array
            if own[k] >= 0:
                sums[uses + own[k]] += array
    return sums


def _check(found: float, stated: float) -> None:
    if abs(found - stated) > CLOSURE * max(stated, 1.0):
        raise ContractError(f"profiles: the hours sum to {found:,.1f} kWh, the table solar holds {stated:,.1f} kWh; rebuild both: make solar profiles")


def _table(series: dict[str, Floats]) -> Any:
    names = sorted(series)
    return pd.DataFrame(
        {
            "use": np.repeat(np.array(names, dtype=object), HOURS),
            "hour": np.tile(np.arange(HOURS, dtype=np.int64), len(names)),
            "kwh": np.concatenate([series[name] for name in names]),
        }
    )


def _write_down(whole: Floats, notes: Notes) -> None:
    notes.figure("kwh_year", float(whole.sum()))
    notes.figure("highest_hour_kwh", float(whole.max()))
    notes.figure("hours_of_full_power", float(whole.sum() / max(whole.max(), 1e-9)))
    notes.assume("Hours are those of the weather file, from midnight UTC on the first of January; each stands for one hour. A typical year is made of months of different years: hours of the whole town are as clear or cloudy as one place.")
