"""The sheet of article 8 of the Nature Restoration Regulation: urban green and canopy, beside a frozen baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.config.land import RestorationConfig
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.land import Green, Restoration, Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.spec import Table
from pipeline.core.land.restoration import CANOPY_ABOVE, GREEN_ABOVE, sheet
from pipeline.errors import InputError
from pipeline.io.baseline import read_baseline


def restoration(
    sealing: Table[Sealing], green: Table[Green], layers: Layers | None, config: RestorationConfig, town: Town, notes: Notes
) -> Table[Restoration]:
    """Green and canopy of the urban ecosystem area, and their change since the frozen baseline.

    Parameters
    ----------
    sealing, green
        Zonal figures. The urban ecosystem area is made of the sections that are built up; the whole town where there
        are no sections.
    layers
        Kind baseline: the file that `make freeze-baseline` wrote.
    config
        Year of the figures, and from which sealed share on a section is urban.
    town
        Its code.
    notes
        Receives what the area is and the shares.

    Returns
    -------
    DataFrame
        One row.

    Raises
    ------
    InputError
        When the baseline cannot be read, is of a later year, or of an area that differs.
    """
    key = ["zone_kind", "zone_id"]
    zone = sealing.merge(green[[*key, "canopy_m2", "height_known_m2"]], on=key, how="inner", validate="one_to_one")
    urban = zone[(zone["zone_kind"] == "section") & (zone["sealed_share"] >= config.built_share)]
    if (zone["zone_kind"] == "section").any():
        notes.assume(f"Urban ecosystem area: census sections with at least {config.built_share:.0%} of sealed ground, a stand-in for cities, towns and suburbs (article 3) until the state maps them.")
    else:
        urban = zone[zone["zone_kind"].isin(("town", "extent"))]
        notes.assume("Urban ecosystem area: the whole town, for it has no census sections.")
    area, verde, chiome = (float(urban[c].sum()) for c in ("covered_m2", "green_m2", "canopy_m2"))
    found = sheet(area, verde, chiome)
    base = read_baseline(layers, notes) if layers else None
    if base is not None and (base.year > config.year or abs(base.ecosystem_m2 - area) > 0.01 * max(area, 1.0)):
        raise InputError(
            f"restoration: the baseline is of {base.year} and of {base.ecosystem_m2:,.0f} m2 of urban ecosystem, the figures of {config.year} and {area:,.0f} m2; "
            "expected an earlier year and the same area (1 %): change counts on one area only; keep sections and restoration.built_share as they were"
        )
    notes.assume(f"Article 8 lets an area be left out where green exceeds {GREEN_ABOVE:.0%} AND canopy exceeds {CANOPY_ABOVE:.0%}; here {found.green_share:.1%} and {found.canopy_share:.1%}. Green is all low vegetation and trees, fields in the sections among it.")
    row = {
        "town_id": town.code or "town", "year": config.year, "ecosystem_m2": area, "green_m2": verde, "canopy_m2": chiome, "green_share": found.green_share,
        "canopy_share": found.canopy_share, "excludable": found.excludable, "baseline_year": base.year if base else None,
        "green_change_m2": verde - base.green_m2 if base else np.nan, "canopy_change_m2": chiome - base.canopy_m2 if base else np.nan,
    }  # fmt: skip
    return pd.DataFrame([row]).astype({"baseline_year": "Int64"})
