"""Stage `reports`: what citizens report, once moderators accepted it, and what schools counted."""

from __future__ import annotations

from itertools import product
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.register import ReportsConfig
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.register import MODERATIONS, REPORT_KINDS, ReportPoints, Reports
from pipeline.contracts.sources import Boundary, Landcover, Streets, Surface
from pipeline.contracts.spec import Package, Raster, Table
from pipeline.errors import InputError
from pipeline.io.citizenreports import read_reports
from pipeline.io.schoolcounts import read_counts
from pipeline.joins.schooltrees import held_against

Objects = NDArray[np.object_]
LISTED = 20


def reports(
    boundary: Table[Boundary] | None, streets: Table[Streets] | None, surface: Raster[Surface] | None, landcover: Raster[Landcover] | None, layers: Layers,
    config: ReportsConfig, town: Town, compute: Compute, notes: Notes,
) -> Package[Reports]:  # fmt: skip
    """Take in reports of citizens and tree counts of schools; only what moderators accepted keeps a text and a place.

    Parameters
    ----------
    boundary
        Reports outside it are kept out.
    streets, surface, landcover
        Trees along the streets in which schools counted.
    layers
        Kinds reports, school_counts.
    config
        Length of texts, what is a duplicate, what is a tree.
    town
        Reference system.
    compute
        Runs the raster blocks.
    notes
        Counts of everything that was kept out, and why.

    Returns
    -------
    package of `Reports`
        points (accepted), moderation (counts), counts (of schools).

    Raises
    ------
    InputError
        When a file cannot be read, or a line of it cannot be right.
    """
    by = {kind: tuple(y for y in layers if y.source.kind == kind) for kind in ("reports", "school_counts")}
    if others := sorted({y.source.kind for y in layers} - set(by)):
        raise InputError(f"sources.reports: kind {', '.join(others)}; expected reports or school_counts")
    rows = _placed(read_reports(by["reports"], config, notes), boundary, town.epsg, notes)
    rows = rows[~_twice(rows, config.duplicate_m, notes)]
    counts = held_against(read_counts(by["school_counts"], notes), streets, surface, landcover, config, compute)
    made = {"points": _accepted(rows, town.epsg), "moderation": _moderation(rows, notes), "counts": counts}
    _write_down(made, config, notes)
    return made


def _placed(rows: pd.DataFrame, boundary: Any | None, epsg: int, notes: Notes) -> pd.DataFrame:
    """Rows that lie in the town, with a point in its system."""
    degrees = rows["lon"].between(-180.0, 180.0) & rows["lat"].between(-90.0, 90.0)
    notes.count("reports without a place, kept out", int((~degrees).sum()))
    rows = rows[degrees].reset_index(drop=True)
    rows["geometry"] = _points(rows["lon"], rows["lat"], epsg)
    if boundary is None or not len(rows):
        return rows
    area = shapely.union_all(np.asarray(boundary.geometry.array, dtype=object))
    inside = shapely.covers(area, np.asarray(rows["geometry"], dtype=object))
    if outside := int((~inside).sum()):
        notes.warn(f"{outside} reports lie outside the town and are kept out.")
        if (turned := int(shapely.covers(area, _points(rows["lat"][~inside], rows["lon"][~inside], epsg)).sum())):
            notes.warn(f"{turned} of them would lie inside with latitude and longitude exchanged; are the columns named the wrong way round?")
    return rows[inside].reset_index(drop=True)


def _points(lon: Any, lat: Any, epsg: int) -> Objects:
    return np.asarray(gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs="EPSG:4326").to_crs(epsg).array, dtype=object)


def _twice(rows: pd.DataFrame, reach_m: float, notes: Notes) -> NDArray[np.bool_]:
    """Accepted reports of one number, or of one kind and text near an earlier one."""
    again = np.zeros(len(rows), dtype=bool)
    seen: dict[tuple[str, str], list[Any]] = {}
    numbers: set[str] = set()
    for i, r in enumerate(rows.itertuples()):
        if r.moderation != "accepted":
            continue
        near = seen.setdefault((r.kind, (r.text or "").casefold()), [])
        again[i] = r.report_id in numbers or any(shapely.distance(r.geometry, n) <= reach_m for n in near)
        if not again[i]:
            near.append(r.geometry)
            numbers.add(r.report_id)
    notes.count("reports sent twice, dropped", int(again.sum()))
    return again


def _accepted(rows: pd.DataFrame, epsg: int) -> gpd.GeoDataFrame:
    kept = rows[rows["moderation"] == "accepted"]
    made = gpd.GeoDataFrame({c: kept[c].astype(object) for c in ReportPoints.columns()}, geometry=np.asarray(kept["geometry"], dtype=object), crs=epsg)
    return made.sort_values("report_id", kind="stable", ignore_index=True)


def _moderation(rows: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """How many of each kind and decision, with those that are none."""
    found = rows.groupby(["kind", "moderation"]).size().to_dict()
    table = pd.DataFrame([(k, m, int(found.get((k, m), 0))) for k, m in product(sorted(REPORT_KINDS), sorted(MODERATIONS))], columns=["kind", "moderation", "reports"])
    for decision, number in table.groupby("moderation")["reports"].sum().items():
        notes.count(f"reports {decision}", int(number))
    return table


def _write_down(made: dict[str, Any], config: ReportsConfig, notes: Notes) -> None:
    counts = made["counts"]
    if len(made["points"]):
        notes.assume("Texts of reports are plain text; mail addresses, phone numbers, tax codes, accounts and links were taken out by their form. Names of people have no form: the moderators look for them.")
    if not len(counts):
        return
    for match, rows in counts.groupby("match"):
        notes.count(f"streets counted by schools: {match}", len(rows))
    lost = counts.loc[counts["match"] == "unknown_street", "street"]
    if len(lost):
        notes.warn(f"No street has the name {', '.join(lost.head(LISTED))}: its count stands alone.")
    known = counts[counts["match"] == "found"]
    notes.figure("school_trees_counted", float(known["counted"].sum()))
    notes.figure("school_trees_seen", float(known["trees_seen"].sum()))
    notes.assume(f"Trees seen along a street are tops of {config.canopy_height_m:g} m or more within {config.half_width_m:g} m of its line, gardens at its sides included; young trees are lower, and crowns that touch are one.")
