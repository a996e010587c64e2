"""The land-take ledger: permits and restorations beside the changes of the official map, differences listed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pipeline.config.land import LedgerConfig
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.land import Consumed, ConsumedChanges, Ledger
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Parcels
from pipeline.contracts.spec import Package, Table
from pipeline.core.land.ledger import assign, verdict
from pipeline.io.permits import read_permits

DEFAULT_CELL_M2 = 100.0


def ledger(
    parcels: Table[Parcels] | None, consumed: Package[Consumed] | None, layers: Layers, config: LedgerConfig, town: Town, notes: Notes
) -> Table[Ledger]:
    """Hold every entry of the register against the changed cells of the official map, and list what only one of them knows.

    Parameters
    ----------
    parcels
        Where the register's parcels lie.
    consumed
        Changes of the official map; without them every entry is not on it.
    layers
        Kind permits.
    config
        Reach and tolerance.
    town
        Reference system.
    notes
        Receives the sums of both sides and the counts of every outcome.

    Returns
    -------
    DataFrame
        One row for each entry and for each official patch, or part of one, that no entry explains; sorted by ledger_id.
    """
    entries = read_permits(layers, parcels, town.epsg, notes)
    changes = consumed["changes"] if consumed is not None else gpd.GeoDataFrame({c: [] for c in ConsumedChanges.columns()}, geometry=[], crs=f"EPSG:{town.epsg}")
    period = (int(changes["since"].iloc[0]), int(changes["year"].iloc[0])) if len(changes) else None
    year = entries["date"].str[:4].astype(int)
    entries["outside"] = False if period is None else (year < period[0]) | (year > period[1])
    parts = [part for kind in ("taken", "restored") for part in _kind(kind, entries, changes, config)]
    table = pd.DataFrame([row for part in parts for row in part], columns=list(Ledger.columns())).astype({"register_m2": "float64", "official_m2": "float64", "difference_m2": "float64"})
    table = table.sort_values("ledger_id", kind="stable", ignore_index=True)
    _report(table, period, notes)
    if consumed is not None:
        _by_period(table, consumed["years"], notes)
    return table


def _kind(kind: str, entries: pd.DataFrame, changes: gpd.GeoDataFrame, config: LedgerConfig) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Rows of the entries of a kind, and of the official patches left over."""
    mine = entries[entries["kind"] == kind].reset_index(drop=True)
    official = changes[changes["kind"] == kind].reset_index(drop=True)
    centres = shapely.centroid(np.asarray(official.geometry.array, dtype=object))
    cell = float(official["area_m2"].iloc[0]) if len(official) else DEFAULT_CELL_M2
    usable = mine["done"].to_numpy(dtype=bool) & ~mine["outside"].to_numpy(dtype=bool)
    places = np.asarray(mine["geometry"], dtype=object).copy()
    places[~usable] = None
    found = assign(centres, places, config.reach_m, cell)
    rows = [
        _row(str(e.ledger_id), kind, e.date, e.place, e.status, float(e.m2), float(found.area_m2[i]), _state(e, float(found.area_m2[i]), cell, config))
        for i, e in enumerate(mine.itertuples())
    ]
    left = official[found.entry < 0].groupby("patch_id", sort=True)["area_m2"].sum()
    rest = [_row(str(name), kind, None, None, None, 0.0, float(m2), "not in the register") for name, m2 in left.items()]
    return rows, rest


def _state(entry: object, official_m2: float, cell: float, config: LedgerConfig) -> str:
    if not entry.done:  # type: ignore[attr-defined]
        return "not carried out"
    if entry.outside:  # type: ignore[attr-defined]
        return "outside"
    if entry.geometry is None:  # type: ignore[attr-defined]
        return "no place"
    return verdict(float(entry.m2), official_m2, cell, config.tolerance)  # type: ignore[attr-defined]


def _row(name: str, kind: str, date: object, place: object, status: object, register: float, official: float, match: str) -> dict[str, object]:
    return {"ledger_id": name, "kind": kind, "date": date, "place": place, "status": status, "register_m2": register, "official_m2": official, "difference_m2": register - official, "match": match}  # fmt: skip


def _report(table: pd.DataFrame, period: tuple[int, int] | None, notes: Notes) -> None:
    for match, rows in table.groupby("match"):
        notes.count(f"ledger: {match}", len(rows))
    if period is None:
        notes.warn("There is no pair of official maps: no entry of the register can be held against one.")
    else:
        notes.assume(f"Held against the official map's changes from {period[0]} to {period[1]}, of one edition; entries of other years are outside. The map of 10 m cannot see less than about half a cell.")
    for kind in ("taken", "restored"):
        mine = table[table["kind"] == kind]
        counted = ~mine["match"].isin(("outside", "not carried out"))
        notes.figure(f"{kind}_register_m2", float(mine.loc[counted, "register_m2"].sum()))
        notes.figure(f"{kind}_official_m2", float(mine["official_m2"].sum()))


def _by_period(table: pd.DataFrame, years: pd.DataFrame, notes: Notes) -> None:
    """Net change by the register and by each official series, period by period; years count from the one after the first."""
    done = table[table["date"].notna() & (table["match"] != "not carried out")]
    when = done["date"].str[:4].astype(int)
    signed = done["register_m2"] * np.where(done["kind"] == "taken", 1.0, -1.0)
    for row in years[years["since"].notna()].itertuples():
        inside = (when > row.since) & (when <= row.year)
        notes.figure(f"net_{row.since}_{row.year}_{row.basis}_m2", float(row.net_m2))
        notes.figure(f"net_{row.since}_{row.year}_register_m2", float(signed[inside].sum()))
