"""Permits and restorations from the municipality's register, with the place of each."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import Layer, Layers
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.parcelrefs import row_by_reference
from pipeline.io.registers import Field, read_register

KINDS: dict[str, str] = {
    "taken": "taken", "new": "taken", "consumo": "taken", "nuovo consumo": "taken", "nuova costruzione": "taken", "permesso di costruire": "taken", "scia": "taken",
    "restored": "restored", "ripristino": "restored", "demolizione": "restored", "deimpermeabilizzazione": "restored", "desigillazione": "restored",
}  # fmt: skip
# Words of the status that say the work was not done.
NOT_DONE = ("not carried out", "refused", "withdrawn", "annull", "respint", "diniego", "decadut", "archiviat", "ritirat", "sospes", "non eseguit")


def read_permits(layers: Layers, parcels: gpd.GeoDataFrame | None, epsg: int, notes: Notes) -> pd.DataFrame:
    """Entries of the registers.

    Parameters
    ----------
    layers
        Kind permits: columns date, place (a parcel_id, or sheet/number) or easting and northing in `crs`, m2, kind
        (taken, restored, or Italian words), status; a number of its own where there is one.
    parcels
        Where a place that names a parcel lies.
    epsg, notes
        The town's system; counts.

    Returns
    -------
    DataFrame
        ledger_id, date, place, m2, kind, status, done, geometry (None where the place is not found).

    Raises
    ------
    InputError
        With every row whose kind is not known or whose area is negative.
    """
    if others := sorted({y.source.kind for y in layers} - {"permits"}):
        raise InputError(f"sources.ledger: kind {', '.join(others)}; expected permits")
    parts = [_read(layer, path, notes) for layer in layers for path in layer.paths]
    rows = pd.concat(parts, ignore_index=True)
    if rows["ledger_id"].duplicated().any():
        twice = rows.loc[rows["ledger_id"].duplicated(), "ledger_id"].iloc[0]
        raise InputError(f"sources.ledger: number {twice} stands twice; expected each once; correct the register")
    rows["geometry"] = _places(rows, parcels, epsg)
    notes.count("entries", len(rows))
    notes.count("entries without a place that is found", int(shapely.is_missing(np.asarray(rows["geometry"], dtype=object)).sum()))
    return rows


def _read(layer: Layer, path: Path, notes: Notes) -> pd.DataFrame:
    own = layer.source.fields

    def field(name: str, kind: str, headers: tuple[str, ...], *, required: bool = True, filled: bool = False) -> Field:
        return Field(name, kind, ((own[name],) if name in own else ()) + headers, required, filled)  # type: ignore[arg-type]

    rows = read_register(
        path,
        (
            field("date", "date", ("data", "data rilascio", "data titolo"), filled=True), field("m2", "number", ("mq", "superficie", "superficie mq", "area m2"), filled=True),
            field("kind", "text", ("tipo", "intervento"), filled=True), field("status", "text", ("stato", "esito"), required=False),
            field("number", "text", ("numero", "pratica", "n pratica", "protocollo"), required=False), field("place", "text", ("luogo", "particella", "parcel_id", "riferimento"), required=False),
            field("easting", "number", ("est", "x"), required=False), field("northing", "number", ("nord", "y"), required=False),
        ),
        notes,
    )  # fmt: skip
    kinds = rows["kind"].str.casefold().map(KINDS)
    wrong = [f"{path}: line {n}: kind {k!r}; expected one of {', '.join(KINDS)}" for n, k in zip(rows["line"][kinds.isna()], rows["kind"][kinds.isna()], strict=True)]
    wrong += [f"{path}: line {n}: {v:g} m2; expected 0 or more" for n, v in zip(rows["line"][rows["m2"] < 0], rows["m2"][rows["m2"] < 0], strict=True)]
    if wrong:
        raise InputError(wrong[:12])
    status = rows["status"].fillna("").str.casefold()
    number = rows["number"].where(rows["number"].notna(), [f"{path.stem}-{n}" for n in rows["line"]])
    coordinates = rows[["easting", "northing"]].to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {
            "ledger_id": number, "date": rows["date"].dt.strftime("%Y-%m-%d"), "place": rows["place"], "m2": rows["m2"], "kind": kinds, "status": rows["status"],
            "done": [not any(w in s for w in NOT_DONE) for s in status], "easting": coordinates[:, 0], "northing": coordinates[:, 1], "crs": layer.source.crs or "",
        }
    )  # fmt: skip


def _places(rows: pd.DataFrame, parcels: gpd.GeoDataFrame | None, epsg: int) -> NDArray[np.object_]:
    """Point of the coordinates, else the parcel: by its id or by sheet/number."""
    out = np.full(len(rows), None, dtype=object)
    if parcels is not None:
        shapes, by = np.asarray(parcels.geometry.array, dtype=object), row_by_reference(parcels)
        for i, place in enumerate(rows["place"]):
            row = by.get(place.replace(" ", "")) if isinstance(place, str) else None
            out[i] = None if row is None else shapes[row]
    for crs in sorted(set(rows["crs"])):
        at = np.flatnonzero((rows["crs"] == crs) & np.isfinite(rows["easting"]) & np.isfinite(rows["northing"]))
        if len(at):
            points = gpd.GeoSeries(gpd.points_from_xy(rows["easting"].iloc[at], rows["northing"].iloc[at]), crs=crs or f"EPSG:{epsg}").to_crs(epsg)
            out[at] = np.asarray(points.array, dtype=object)
    return out
