"""Stage `ladder`: plant sizes of each building, its best modules first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.config.finance import LadderConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Arrays, Ladder, Solar, Sunmap
from pipeline.contracts.spec import Raster, Slim, Table
from pipeline.core.solar.ladder import p90_of_steps, steps_of
from pipeline.joins.modules import placed_modules
from pipeline.joins.production import sigmas_in


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
    steps = steps_of(placed.modules, placed.building, np.asarray(config.sizes_kwp))
    p90 = p90_of_steps(steps, placed.modules, sigmas_in(solar.set_index("array_id").loc[placed.arrays["array_id"]]))
    table = pd.DataFrame(
        {
            "building_id": placed.names[steps.building], "step": steps.number, "modules": steps.modules, "kwp": steps.kwp,
            "kwh_year": steps.kwh, "kwh_year_p90": p90, "last_kwh_kwp": steps.last,
        }
    )  # fmt: skip
    _write_down(table, notes)
    return table


def _write_down(table: Any, notes: Notes) -> None:
    last = table.groupby("building_id", sort=False).tail(1)
    notes.count("buildings with modules", len(last))
    notes.count("steps", len(table))
    notes.figure("kwp", float(last["kwp"].sum()))
    notes.figure("kwh_year", float(last["kwh_year"].sum()))
    notes.assume("A step takes whole modules, as many as fit into the size; how they are wired into strings is left to the installer.")
