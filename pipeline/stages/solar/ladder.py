"""Stage `ladder`: plant sizes of each building, its best modules first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.finance import LadderConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Arrays, Ladder, Solar, Sunmap
from pipeline.contracts.spec import Raster, Slim, Table
from pipeline.core.solar.ladder import p90_of_steps, shares_of, steps_of, taken_upto
from pipeline.core.solar.uncertainty import Sigmas
from pipeline.joins.modules import PlacedModules, placed_modules, written_shares
from pipeline.joins.production import sigmas_in

BATCH_ARRAYS = 1024


def ladder(arrays: Slim[Arrays], solar: Table[Solar], sunmap: Raster[Sunmap] | None, config: LadderConfig, notes: Notes) -> Table[Ladder]:
    """Modules of each building in order of their yield, cut into usual sizes.

    Parameters
    ----------
    arrays, solar
        Modules, the yearly yield of their arrays and how sure it is.
    sunmap
        Tells the better modules of an array from the worse.
    config
        Usual sizes.
    notes
        Counts, and how much the sunmap moves.

    Returns
    -------
    table of `Ladder`
        The last step of a building holds all its modules; the last steps sum to the yield of `solar`. P90 is that of the
        sum, whose parts do not all fail at once.
    """
    placed = placed_modules(arrays, solar, sunmap, notes)
    sure = solar[["array_id", *(f"sigma_{name}" for name in Sigmas._fields)]].set_index("array_id")
    parts = [_steps(placed, at, sure, np.asarray(config.sizes_kwp)) for at in placed.batches(BATCH_ARRAYS) or [slice(0, 0)]]
    table = pd.concat(parts, ignore_index=True)
    _write_down(table, notes)
    return table


def _steps(placed: PlacedModules, at: slice, sure: pd.DataFrame, sizes_kwp: NDArray[np.float64]) -> pd.DataFrame:
    """Rows of the buildings of some arrays."""
    modules, building, arrays = placed.modules(at), placed.building[at], placed.arrays.iloc[at]
    steps = steps_of(modules, building, sizes_kwp)
    p90 = p90_of_steps(steps, modules, sigmas_in(sure.loc[arrays["array_id"]]))
    taken = taken_upto(steps, shares_of(steps, modules, arrays["kwh_year"].to_numpy(dtype=float)), building)
    return pd.DataFrame(
        {
            "building_id": placed.names[steps.building], "step": steps.number, "modules": steps.modules, "kwp": steps.kwp,
            "kwh_year": steps.kwh, "kwh_year_p90": p90, "last_kwh_kwp": steps.last, "array_shares": pd.Series(written_shares(*taken), dtype=object),
        }
    )  # fmt: skip


def _write_down(table: Any, notes: Notes) -> None:
    last = table.groupby("building_id", sort=False).tail(1)
    notes.count("buildings with modules", len(last))
    notes.count("steps", len(table))
    notes.figure("kwp", float(last["kwp"].sum()))
    notes.figure("kwh_year", float(last["kwh_year"].sum()))
    notes.assume("A step takes whole modules, as many as fit into the size; how they are wired into strings is left to the installer.")
