"""Stage `installed`: what stands on the roofs already, year by year, from a register of plants."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.solar import InstalledConfig
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Installed
from pipeline.contracts.spec import Table
from pipeline.errors import InputError
from pipeline.io.plants import read_plants


def installed(layers: Layers, config: InstalledConfig, town: Town, notes: Notes) -> Table[Installed]:
    """Plants of the register summed by year; where they stand is never told.

    Parameters
    ----------
    layers
        Kind plants.
    config
        From which power on a plant is taken as standing on the ground.
    town
        Whose plants.
    notes
        Counts, and what was assumed of plants without a year.

    Returns
    -------
    DataFrame
        One row a year from the first to the last of the register, sums up to its end.

    Raises
    ------
    InputError
        When no plant has a year.
    """
    plants = read_plants(layers, town.name, town.code, notes)
    years = plants["year"].dropna()
    if years.empty:
        raise InputError("sources.installed: no plant has a date or a year; add `year: 2024`, the year the register stands for, to the source in town.yaml")
    first, last = int(years.min()), int(years.max())
    notes.count("plants without a year, counted from the first", int(plants["year"].isna().sum()))
    notes.assume(f"Plants of more than {config.max_roof_kwp:g} kWp are taken as standing on the ground: the register does not say where.")
    began = plants["year"].fillna(first).to_numpy(dtype=np.int64)
    ground = plants["kw"].to_numpy() > config.max_roof_kwp
    rows = [_sums(year, plants["kw"].to_numpy(), began <= year, ground) for year in range(first, last + 1)]
    notes.figure("installed_kwp", float(rows[-1]["kwp"]))
    return pd.DataFrame(rows)


def _sums(year: int, kw: NDArray[np.float64], there: NDArray[np.bool_], ground: NDArray[np.bool_]) -> dict[str, int | float]:
    roof, field = there & ~ground, there & ground
    return {"year": year, "plants": int(roof.sum()), "kwp": float(kw[roof].sum()), "ground_plants": int(field.sum()), "ground_kwp": float(kw[field].sum())}
