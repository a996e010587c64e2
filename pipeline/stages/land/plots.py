"""Permeability, runoff and biotope factor of every zone, from what covers its ground."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.land import PlotsConfig
from pipeline.contracts.land import Green, Plots, Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.spec import Table
from pipeline.core.land.biotope import biotope_factor
from pipeline.core.land.runoff import runoff_m3, runoff_mm, weighted
from pipeline.io.dated import rule

KEY = ["zone_kind", "zone_id"]
COVERS = ("building", "sealed", "bare", "low_vegetation", "tree", "water")


def plots(sealing: Table[Sealing], green: Table[Green] | None, config: PlotsConfig, notes: Notes) -> Table[Plots]:
    """What the surfaces of a lot let through, hold back and are worth to nature.

    Parameters
    ----------
    sealing
        Areas by class; all figures are of the area whose cover is known.
    green
        Gives the canopy, where heights are known.
    config
        Storm, soil group, day of the tables.
    notes
        Receives the storm with its source, and the figures of the town.

    Returns
    -------
    DataFrame
        One row for each zone of `sealing`, in its order.
    """
    areas = np.column_stack(
        [
            sealing["building_m2"], sealing["sealed_m2"] - sealing["building_m2"], sealing["bare_m2"],
            sealing["green_m2"] - sealing["tree_m2"], sealing["tree_m2"], sealing["water_m2"],
        ]
    ).clip(min=0.0)  # fmt: skip
    on, group = config.as_of, config.soil_group.lower()
    numbers = [rule("runoff", f"curve_number_{c}_{group}", on).value for c in COVERS]
    coefficients = [rule("runoff", f"coefficient_{c}", on).value for c in COVERS]
    factors = {v: [rule("biotope_factors", f"{v}_{c}", on).value for c in COVERS] for v in ("old", "new")}
    covered = sealing["covered_m2"].to_numpy()
    table = pd.DataFrame(
        {
            "zone_kind": sealing["zone_kind"], "zone_id": sealing["zone_id"], "area_m2": sealing["area_m2"], "covered_m2": covered,
            "sealed_share": sealing["sealed_share"], "permeability": 1.0 - sealing["sealed_share"],
            "runoff_coefficient": weighted(areas, coefficients).clip(0.0, 1.0),
            "runoff_mm": weighted(areas, runoff_mm(config.storm_mm, numbers)), "runoff_m3": runoff_m3(areas, config.storm_mm, numbers),
            "opening_mm": _opening(runoff_mm(config.storm_mm, numbers)),
            "baf_old": biotope_factor(areas, factors["old"], covered),
            "baf_new": biotope_factor(areas, factors["new"], covered),
            "canopy_share": _canopy(sealing, green),
        }
    )  # fmt: skip
    _report(table, config, notes)
    return table


def _opening(depths: NDArray[np.float64]) -> float:
    """Paving minus low vegetation [mm]."""
    return float(depths[COVERS.index("sealed")] - depths[COVERS.index("low_vegetation")])


def _canopy(sealing: pd.DataFrame, green: pd.DataFrame | None) -> NDArray[np.float64]:
    if green is None:
        return np.full(len(sealing), np.nan)
    return sealing[KEY].merge(green[[*KEY, "canopy_share"]], on=KEY, how="left", validate="one_to_one")["canopy_share"].to_numpy(dtype=np.float64)


def _report(table: pd.DataFrame, config: PlotsConfig, notes: Notes) -> None:
    notes.assume(f"Storm of {config.storm_mm:g} mm ({config.storm_source}); soil group {config.soil_group}; runoff by the SCS curve numbers of each surface, averaged afterwards.")
    notes.assume("All figures are of the ground whose cover is known; what the map calls bare counts as permeable, as partly sealed in the biotope factor, and as compacted in the runoff.")
    notes.assume("The biotope factor sees no green roofs, walls or soil depth: where there are any it is too low.")
    notes.count("zones without any known land cover", int((table["covered_m2"] == 0).sum()))
    whole = table[table["zone_kind"].isin(("town", "extent"))]
    for name in ("permeability", "runoff_coefficient", "runoff_mm", "baf_old", "baf_new"):
        notes.figure(f"town_{name}", float((whole[name] * whole["covered_m2"]).sum() / max(whole["covered_m2"].sum(), 1e-9)))
    notes.figure("storm_mm", config.storm_mm)
