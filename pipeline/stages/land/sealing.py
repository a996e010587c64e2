"""Land sealing of every zone: parcels, roads, waters, stretches of street, census sections, the town."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.land import SealingConfig
from pipeline.config.sources import Layers
from pipeline.contracts.land import Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import COVER_CODES, Boundary, Landcover, Parcels, Residents, Streets
from pipeline.contracts.spec import Raster, Table
from pipeline.core.land.interval import RANK_BINS, half_width, half_width_labelled, ranked_codes
from pipeline.core.overlaps import tile_overlaps
from pipeline.core.zones import outlines, tile_areas, tiles, total
from pipeline.errors import InputError
from pipeline.io.labels import Sampled, read_labels
from pipeline.io.zonal import BandCells, street_zones, zones

COVERS = max(COVER_CODES.values()) + 1
# A column for each class and rank, 0 for what is not known, and one for codes that the contract does not know.
CLASSES = COVERS * RANK_BINS + 1
MIN_COVERED_SHARE = 0.95
SEALED = (COVER_CODES["building"], COVER_CODES["sealed"])
OVERLAP_M2 = 1.0  # less is rounding of coordinates


def sealing(
    landcover: Raster[Landcover],
    parcels: Table[Parcels] | None,
    residents: Table[Residents] | None,
    boundary: Table[Boundary] | None,
    streets: Table[Streets] | None,
    layers: Layers | None,
    config: SealingConfig,
    compute: Compute,
    notes: Notes,
) -> Table[Sealing]:
    """Area of each class of the land cover in each zone, every cell weighted by the exact area of its part inside.

    Parameters
    ----------
    landcover
        Codes 1-6 with a rank of confidence, 0 where not known.
    parcels, residents, boundary, streets
        Give the zones; without a boundary the frame of the land cover is one.
    layers
        Kind labels: points labelled in the field, from which the interval then comes.
    config
        Width of a street, and what the interval without labels rests on.
    compute
        Runs the tiles.
    notes
        Receives zones by kind, overlaps, the share of the town that is covered, and a warning where that is below 95 %.

    Returns
    -------
    DataFrame
        One row for each zone, sorted by zone_kind and zone_id.

    Raises
    ------
    InputError
        When the land cover holds codes that its contract does not know, or labels cannot be read.
    """
    zone = zones(landcover.grid, parcels, residents, boundary)
    if streets is not None:
        both = pd.concat([zone, street_zones(streets, boundary, config.street_half_width_m)], ignore_index=True)
        zone = both.sort_values(["zone_kind", "zone_id"], kind="stable", ignore_index=True)
    readers = (BandCells(landcover, "cover"), BandCells(landcover, "confidence"))
    work = tiles(outlines(zone.geometry.to_numpy()), landcover.grid, readers)
    areas = total(compute.batches(tile_areas, work, size=1, params=(ranked_codes, CLASSES)), len(zone), CLASSES)
    if areas[:, -1].any():
        raise InputError(
            f"{landcover.path}: the band cover holds codes above {COVERS - 1}; expected 0 (not known) and {COVER_CODES}; make landcover again"
        )
    sampled = read_labels(layers, landcover.grid.epsg, notes) if layers else None
    table = _table(zone[["zone_kind", "zone_id", "area_m2"]], areas[:, :-1].reshape(len(zone), COVERS, RANK_BINS), sampled, config)
    table = _adjusted(table, sampled)
    table["shared_m2"] = _shared(zone, landcover, compute, notes)
    table = table[list(Sealing.columns())]
    _report(table, sampled, config, notes)
    return table


def _table(zone: pd.DataFrame, areas: NDArray[np.float64], sampled: Sampled | None, config: SealingConfig) -> pd.DataFrame:
    """Areas have the shape (zones, classes, ranks)."""
    by = {name: areas[:, code].sum(axis=1) for name, code in COVER_CODES.items()}
    sealed = by["building"] + by["sealed"]
    green = by["low_vegetation"] + by["tree"]
    covered = sealed + by["bare"] + green + by["water"]
    if sampled is None:
        soft = [c for c in range(1, COVERS) if c not in SEALED]
        whole = zone["zone_kind"].isin(("town", "extent")).to_numpy()
        prevalence = float(sealed[whole].sum() / max(covered[whole].sum(), 1e-9))
        half = half_width(areas[:, list(SEALED)].sum(axis=1), areas[:, soft].sum(axis=1), prevalence, config.patch_m2, config.common_share)
    else:
        half = half_width_labelled(sealed, covered - sealed, *sampled.cautious, config.patch_m2)
    low, high = np.maximum(sealed - half, 0.0), np.minimum(sealed + half, covered)
    share, share_low, share_high = (np.divide(m2, covered, out=np.full(len(zone), np.nan), where=covered > 0) for m2 in (sealed, low, high))
    return pd.DataFrame(
        {
            "zone_kind": zone["zone_kind"], "zone_id": zone["zone_id"], "area_m2": zone["area_m2"], "covered_m2": covered,
            "building_m2": by["building"], "sealed_m2": sealed, "sealed_share": share, "sealed_share_low": share_low, "sealed_share_high": share_high, "bare_m2": by["bare"],
            "green_m2": green, "tree_m2": by["tree"], "water_m2": by["water"],
            "sealed_low_m2": low, "sealed_high_m2": high,
            "interval_basis": "ranks" if sampled is None else "labels",
        }
    )  # fmt: skip


def _adjusted(table: pd.DataFrame, sampled: Sampled | None) -> pd.DataFrame:
    """The sealed area of the whole as the labelled points put it; nothing for other zones, and nothing without labels."""
    whole = table["zone_kind"].isin(("town", "extent")) & (sampled is not None)
    covered = table["covered_m2"].where(whole)
    share, half = (0.0, 0.0) if sampled is None else (float(sampled.found.share[0]), float(sampled.found.half_width(1.0)[0]))
    return table.assign(
        adjusted_m2=covered * share, adjusted_low_m2=(covered * (share - half)).clip(lower=0.0), adjusted_high_m2=covered * min(share + half, 1.0)
    )


def _shared(zone: gpd.GeoDataFrame, landcover: Raster[Landcover], compute: Compute, notes: Notes) -> NDArray[np.float64]:
    """Area of each polygon of the cadastre that another one covers too; what is counted too often is told."""
    mine = np.flatnonzero(zone["zone_kind"].isin(("parcel", "road", "water")).to_numpy())
    shared, beyond = np.zeros(len(zone)), 0.0
    for part in compute.batches(tile_overlaps, tiles(outlines(zone.geometry.to_numpy()[mine]), landcover.grid, ()), size=1):
        for (at, area), often in part:
            shared[mine[at]] += area[:, 0]
            beyond += often
    shared[shared < OVERLAP_M2] = 0.0
    shared = np.minimum(shared, zone["area_m2"].to_numpy())
    notes.count("parcels that overlap others", int((shared > 0).sum()))
    if (shared > 0).any():
        notes.figure("overlap_m2", beyond)
        worst = zone["zone_id"].iloc[int(np.argmax(shared))]
        notes.warn(f"{int((shared > 0).sum())} parcels overlap others, {beyond:,.0f} m2 stand twice in the cadastre (most of all in {worst}): each keeps its own figures, the town's are of its outline and count ground once.")
    return shared


def _report(table: pd.DataFrame, sampled: Sampled | None, config: SealingConfig, notes: Notes) -> None:
    """Counts of zones, how much of the whole the land cover knows, and how sure the sealed area is."""
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
    if "street" in set(table["zone_kind"]):
        notes.assume(f"A stretch of street is the ground within {config.street_half_width_m:g} m of its line; crossings belong to all that meet there.")
    if sampled is None:
        notes.assume("The interval of the sealed area takes a rank as a probability in per cent: a judgement until points are labelled (`make sample-points`).")
        return
    covered = float(whole["covered_m2"].sum())
    notes.figure("adjusted_sealed_m2", float(sampled.found.share[0]) * covered)
    notes.figure("adjusted_sealed_half_width_m2", float(sampled.found.half_width(covered)[0]))
    notes.figure("overall_accuracy", sampled.found.overall)
    notes.figure("users_accuracy_sealed", float(sampled.found.users[0]))
    notes.figure("producers_accuracy_sealed", float(sampled.found.producers[0]))
