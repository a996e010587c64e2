"""Land sealing of every zone: parcels, roads, waters, census sections, the town."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.land import SealingConfig
from pipeline.contracts.land import Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import COVER_CODES, Boundary, Landcover, Parcels, Residents
from pipeline.contracts.spec import Raster, Table
from pipeline.core.zones import as_codes, outlines, tile_areas, tiles, total
from pipeline.errors import InputError
from pipeline.io.zonal import BandCells, zones

# One column for each code from 0, and one for codes that the contract does not know.
CLASSES = max(COVER_CODES.values()) + 2
MIN_COVERED_SHARE = 0.95


def sealing(
    landcover: Raster[Landcover],
    parcels: Table[Parcels] | None,
    residents: Table[Residents] | None,
    boundary: Table[Boundary] | None,
    config: SealingConfig,
    compute: Compute,
    notes: Notes,
) -> Table[Sealing]:
    """Area of each class of the land cover in each zone, every cell weighted by the exact area of its part inside.

    Parameters
    ----------
    landcover
        Codes 1-6, 0 where not known.
    parcels, residents, boundary
        Give the zones; without a boundary the frame of the land cover is one.
    compute
        Runs the tiles.
    notes
        Receives zones by kind, the share of the town that is covered, and a warning where that is below 95 %.

    Returns
    -------
    DataFrame
        One row for each zone, sorted by zone_kind and zone_id.

    Raises
    ------
    InputError
        When the land cover holds codes that its contract does not know.
    """
    zone = zones(landcover.grid, parcels, residents, boundary)
    work = tiles(outlines(zone.geometry.to_numpy()), landcover.grid, (BandCells(landcover, "cover"),))
    areas = total(compute.batches(tile_areas, work, size=1, params=(as_codes, CLASSES)), len(zone), CLASSES)
    if areas[:, -1].any():
        raise InputError(
            f"{landcover.path}: the band cover holds codes above {CLASSES - 2}; expected 0 (not known) and {COVER_CODES}; make landcover again"
        )
    table = _table(zone[["zone_kind", "zone_id", "area_m2"]], areas)
    _report(table, notes)
    return table


def _table(zone: pd.DataFrame, areas: NDArray[np.float64]) -> pd.DataFrame:
    by = {name: areas[:, code] for name, code in COVER_CODES.items()}
    sealed = by["building"] + by["sealed"]
    green = by["low_vegetation"] + by["tree"]
    covered = sealed + by["bare"] + green + by["water"]
    share = np.divide(sealed, covered, out=np.full(len(zone), np.nan), where=covered > 0)
    return pd.DataFrame(
        {
            "zone_kind": zone["zone_kind"], "zone_id": zone["zone_id"], "area_m2": zone["area_m2"], "covered_m2": covered,
            "building_m2": by["building"], "sealed_m2": sealed, "sealed_share": share, "bare_m2": by["bare"],
            "green_m2": green, "tree_m2": by["tree"], "water_m2": by["water"],
        }
    )  # fmt: skip


def _report(table: pd.DataFrame, notes: Notes) -> None:
    """Counts of zones, and how much of the whole the land cover knows."""
    for kind, rows in table.groupby("zone_kind"):
        notes.count(f"zones: {kind}", len(rows))
    notes.count("zones without any known land cover", int((table["covered_m2"] == 0).sum()))
    whole = table[table["zone_kind"].isin(("town", "extent"))]
    share = float(whole["covered_m2"].sum() / whole["area_m2"].sum())
    notes.figure("covered_share", share)
    if share < MIN_COVERED_SHARE:
        notes.warn(
            f"The land cover is known for {share:.1%} of the {whole['zone_kind'].iloc[0]}; shares of sealed ground are of the known part, "
            "areas in m2 are not extrapolated to the rest."
        )
