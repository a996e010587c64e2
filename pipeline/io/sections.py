"""Census sections: outlines with residents, or with a table of residents beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from pipeline.config.sources import Layer
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.errors import ConfigError, InputError
from pipeline.io.registers import Field, read_register
from pipeline.io.vectors import number_field, read_vector, text_field

# Names of the columns in ISTAT's tables of 2001, 2011 and 2021.
SECTION_HEADERS = ("SEZ2011", "SEZ2021", "SEZ21_ID", "SEZ2001", "SEZ", "sezione", "sezione di censimento", "id sezione")
PEOPLE_HEADERS = ("P1", "popolazione residente", "popolazione residente totale", "residenti", "popolazione", "POP21", "POP_TOT")


def read_sections(layer: Layer, path: Path, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    """Outlines of census sections with their residents, of the file itself or of the layer's `table`.

    Parameters
    ----------
    layer
        Kind sections, with `fields: {section_id, table_section_id, residents}`.
    path
        One of its files.
    town
        Reference system, and the code by which the town's own sections are known.
    notes
        Receives rows read and dropped, and residents without an outline.

    Returns
    -------
    GeoDataFrame
        section_id, residents (int64), in the town's system, in the order of the file.

    Raises
    ------
    ConfigError, InputError
        When a field is missing, a number is no whole number from 0, or table and outlines are of two censuses.
    """
    frame = read_vector(layer.source, path, town.epsg, notes)
    notes.count("rows read", len(frame))
    ids = text_field(frame, layer.source, "section_id", path)
    people = _joined(layer, ids, town, notes) if layer.table is not None else number_field(frame, layer.source, "residents", path)
    if ids is None or people is None:
        missing = "section_id" if ids is None else "residents"
        raise ConfigError(f"sources.residents: {path.name}: no field for {missing}; add `fields: {{{missing}: <field>}}` to this source in town.yaml")
    good = np.array([i is not None for i in ids], dtype=bool)
    notes.count("dropped: no identifier", int((~good).sum()))
    made = gpd.GeoDataFrame({"section_id": ids, "residents": _whole(people, ids, path, notes)}, geometry=np.asarray(frame.geometry), crs=frame.crs)
    return made[good]


def _joined(layer: Layer, ids: NDArray[Any] | None, town: Town, notes: Notes) -> NDArray[np.float64] | None:
    """Residents of each outline from the table; rows of the town that have no outline are told with their people."""
    table, fields = layer.table, layer.source.fields
    if table is None or ids is None:
        return None
    own, number = fields.get("table_section_id", fields.get("section_id", "section_id")), fields.get("residents", "residents")
    said = Notes()
    rows = read_register(table, (Field("section_id", "text", (own, *SECTION_HEADERS), filled=True), Field("residents", "int", (number, *PEOPLE_HEADERS))), said)
    for what, count in said.counts.items():
        notes.count(f"table: {what}", count)
    for sentence in said.assumptions:
        notes.assume(sentence)
    keys = rows["section_id"].str.lstrip("0").str.removesuffix(".0")
    if keys.duplicated().any():
        first = rows[keys.duplicated()].iloc[0]
        raise InputError(f"{table}: line {first['line']}: section {first['section_id']} stands there twice; expected one row a section; choose the table of one census")
    people = dict(zip(keys, rows["residents"].to_numpy(dtype=np.float64, na_value=np.nan), strict=True))
    outlined = [None if i is None else str(i).lstrip("0") for i in ids]
    notes.count("table: rows that have an outline", len(set(outlined) & set(people)))
    # ISTAT's section: municipality without leading zeros, then seven digits; 888888x and 999999x have no place.
    prefix = town.code.lstrip("0")
    lost = sorted(k for k in people if prefix.isdigit() and k.startswith(prefix) and len(k) == len(prefix) + 7 and k not in set(outlined))
    unplaced = float(np.nansum([people[k] for k in lost]))
    notes.count("table: sections of the town without an outline", len(lost))
    if unplaced:
        notes.figure("residents_without_an_outline", unplaced)
        notes.warn(f"{table.name}: {unplaced:.0f} residents of {town.name} are in {len(lost)} sections without an outline (people without a fixed home, or another census); they are in no figure.")
    if not set(outlined) & set(people):
        raise InputError(f"{table}: no section of the outlines is in the table (here {', '.join(sorted(people)[:3])}; there {', '.join(str(i) for i in outlined[:3])}); expected the same census in both; check `fields` in town.yaml")
    return np.array([np.nan if k is None else people.get(k, np.nan) for k in outlined], dtype=np.float64)


def _whole(people: NDArray[np.float64], ids: NDArray[Any], path: Path, notes: Notes) -> NDArray[np.int64]:
    """Whole non-negative numbers; a section without a number has no residents, and that is said."""
    odd = (people < 0) | (people != np.round(people))
    odd &= ~np.isnan(people)
    if odd.any():
        row = int(np.argmax(odd))
        raise InputError(f"{path}: {people[row]:g} residents in section {ids[row]}; expected a whole number from 0; check `fields: {{residents: ...}}` in town.yaml")
    unknown = np.isnan(people)
    notes.count("sections without a number, counted as 0", int(unknown.sum()))
    return np.where(unknown, 0, people).astype(np.int64)
