"""Stage `initiatives`: what the town already does, from its register, on the same ground as the potentials."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from pipeline.config.register import InitiativesConfig
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.register import INITIATIVE_KINDS, STATUSES, Initiatives
from pipeline.contracts.sources import Boundary, Buildings, Parcels
from pipeline.contracts.spec import Table
from pipeline.io.initiatives import EFFECTS, read_initiatives
from pipeline.joins.placed import place

LISTED = 20  # rows that were not found, named one by one


def initiatives(
    buildings: Table[Buildings], parcels: Table[Parcels] | None, boundary: Table[Boundary] | None, layers: Layers, config: InitiativesConfig, town: Town, notes: Notes
) -> Table[Initiatives]:
    """Find each measure of the register on the ground, and sum what is done, under way, planned and proposed.

    Parameters
    ----------
    buildings, parcels
        Where the rows of the register are found.
    boundary
        Points outside it are not taken.
    layers
        Kinds initiatives, addresses.
    config
        Month of the look, bounds of what is plausible.
    town
        Reference system.
    notes
        Sums by kind and status, those that were not found, what can hardly be.

    Returns
    -------
    table of `Initiatives`
        A row for each line of the register, sorted by its number.

    Raises
    ------
    InputError
        When the register cannot be right; with every line.
    """
    register = read_initiatives(layers, config, notes)
    rows = register.rows
    found = place(rows, buildings, parcels, register.addresses, boundary, town.epsg, config.reach_m)
    made = rows.assign(building_id=found.building_id, parcel_id=found.parcel_id, place=found.how, place_reason=found.why, geometry=found.point)
    table = gpd.GeoDataFrame(made[[*Initiatives.columns(), "geometry"]], geometry="geometry", crs=buildings.crs).sort_values("initiative_id", kind="stable", ignore_index=True)
    _write_down(table, notes)
    return table


def _write_down(table: Any, notes: Notes) -> None:
    """How rows were found, and the sums of what is known by kind and status."""
    for how, rows in table.groupby("place"):
        notes.count(f"initiatives found by: {how}" if how != "none" else "initiatives not found", len(rows))
    lost = table[table["place"] == "none"]
    for r in lost.head(LISTED).itertuples():
        notes.warn(f"Not found on the ground: {r.initiative_id} ({r.name}): {r.place_reason}.")
    if len(lost) > LISTED:
        notes.warn(f"{len(lost) - LISTED} more rows of the register were not found on the ground; see initiatives.parquet.")
    for status in STATUSES:
        for kind in INITIATIVE_KINDS:
            rows = table[(table["status"] == status) & (table["kind"] == kind)]
            if len(rows):
                _sums(rows, f"{kind}_{status}", notes)
        if len(rows := table[table["status"] == status]):
            _sums(rows, status, notes)
    notes.assume("Effects and costs are as the register says them: none is worked out here, and where a row says none, none is added.")


def _sums(rows: pd.DataFrame, name: str, notes: Notes) -> None:
    notes.count(f"initiatives_{name}", len(rows))
    for effect in EFFECTS:
        if rows[effect].notna().any():
            notes.figure(f"initiatives_{name}_{effect}", float(rows[effect].sum()))
