"""Where trees are needed first: three needs of each census section, and how much the rank hangs on their weights."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.config.land import PlantingConfig
from pipeline.contracts.land import Green, Planting, Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Residents
from pipeline.contracts.spec import Table
from pipeline.core.land.priority import ranking, scaled
from pipeline.errors import InputError


def planting(sealing: Table[Sealing], green: Table[Green], residents: Table[Residents], config: PlantingConfig, notes: Notes) -> Table[Planting]:
    """Rank the sections by sealed share, lack of canopy and residents per area, with the range of each rank.

    Parameters
    ----------
    sealing, green
        Zonal figures; only sections take part.
    residents
        People of each section.
    config
        Number of random weights and their seed.
    notes
        Receives the needs and what was left out.

    Returns
    -------
    DataFrame
        One row for each section, sorted by section_id.

    Raises
    ------
    InputError
        When the two tables hold other sections.
    """
    key = ["zone_kind", "zone_id"]
    frame = green[green["zone_kind"] == "section"].merge(sealing[[*key, "sealed_share", "bare_m2", "tree_m2"]], on=key, how="left", validate="one_to_one")
    if frame["tree_m2"].isna().any():
        raise InputError("sealing has other sections than green; make sealing again")
    unknown = frame["sealed_share"].isna() | frame["canopy_share"].isna()
    notes.count("sections without land cover or height, left out", int(unknown.sum()))
    frame = frame[~unknown].reset_index(drop=True)
    people = frame["zone_id"].map(residents.set_index("section_id")["residents"]).fillna(0).to_numpy(dtype=np.float64)
    needs = np.column_stack([scaled(frame["sealed_share"].to_numpy()), scaled(-frame["canopy_share"].to_numpy()), scaled(people / frame["area_m2"].to_numpy())])
    found = ranking(needs, config.draws, config.seed)
    notes.assume(f"Needs: sealed share, lack of canopy, residents per area, each scaled over the sections; ranks of {config.draws} random weights, all weights equally likely. Sections of nearly equal need are told by their ranges, not by their rank.")
    notes.assume("What can be planted is bare ground and low vegetation, whoever owns it, fields among it.")
    return pd.DataFrame(
        {
            "section_id": frame["zone_id"], "sealing_need": needs[:, 0], "canopy_need": needs[:, 1], "people_need": needs[:, 2], "priority": found.score,
            "rank": found.rank, "rank_low": found.low, "rank_high": found.high, "plantable_m2": frame["bare_m2"] + (frame["green_m2"] - frame["tree_m2"]).clip(lower=0.0),
        }
    ).sort_values("section_id", kind="stable", ignore_index=True)  # fmt: skip
