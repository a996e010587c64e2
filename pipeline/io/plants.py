"""Photovoltaic plants that exist already, from a register: their power and the year they began."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.sources import Layer, Layers
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.registers import Field, read_register

# What a register calls electricity from the sun; other sources in it are passed over.
SOLAR_WORDS = ("sol", "fotov", "pv", "photov")


def read_plants(layers: Layers, name: str, code: str, notes: Notes) -> pd.DataFrame:
    """Plants of the town.

    Parameters
    ----------
    layers
        Kind plants: columns kw (peak power), and date or year of the start, or `year` of the source; where it has
        them, town (name or code: rows of other towns are left out) and source (rows of other sources are left out).
    name, code
        Of the town.
    notes
        Counts what was read and left out.

    Returns
    -------
    DataFrame
        kw [kWp], year (Int64, missing where the register does not say).

    Raises
    ------
    InputError
        For another kind, a power that is not above 0, or no row of this town.
    """
    if others := sorted({y.source.kind for y in layers} - {"plants"}):
        raise InputError(f"sources.installed: kind {', '.join(others)}; expected plants")
    return pd.concat([_read(layer, path, name, code, notes) for layer in layers for path in layer.paths], ignore_index=True)


def _read(layer: Layer, path: Path, name: str, code: str, notes: Notes) -> pd.DataFrame:
    rows = read_register(path, _fields(layer), notes)
    mine = _of_town(rows["town"], name, code) & _solar(rows["source"])
    notes.count("plants left out: of another town, or of another source than the sun", int((~mine).sum()))
    rows = rows[mine]
    if rows.empty:
        raise InputError(f"{path}: no photovoltaic plant of {name} ({code or 'no code'}); expected rows with the town's name or ISTAT code in the column town; name the columns with `fields`")
    if (rows["kw"] <= 0).any():
        lines = ", ".join(str(n) for n in rows.loc[rows["kw"] <= 0, "line"].head(5))
        raise InputError(f"{path}: line {lines}: a power that is not above 0 kW; expected kW of peak power; correct the register")
    year = rows["year"].fillna(pd.Series(rows["date"].dt.year, index=rows.index).astype("Int64"))
    return pd.DataFrame({"kw": rows["kw"].to_numpy(dtype=np.float64), "year": year.to_numpy() if layer.source.year is None else year.fillna(layer.source.year).to_numpy()}).astype({"year": "Int64"})


def _fields(layer: Layer) -> list[Field]:
    own = layer.source.fields

    def named(name: str, *headers: str) -> tuple[str, ...]:
        return ((own[name],) if name in own else ()) + headers

    return [
        Field("kw", "number", named("kw", "kwp", "potenza", "potenza kw", "potenza kwp", "potenza nominale kw", "potenza di picco kw"), filled=True),
        Field("date", "date", named("date", "data esercizio", "data entrata in esercizio", "data di entrata in esercizio"), required=False),
        Field("year", "int", named("year", "anno", "anno esercizio"), required=False),
        Field("town", "text", named("town", "comune", "pro_com", "codice istat", "codice comune"), required=False),
        Field("source", "text", named("source", "fonte", "tecnologia", "tipologia"), required=False),
    ]


def _of_town(told: pd.Series, name: str, code: str) -> pd.Series:
    text = told.fillna("").str.strip().str.casefold()
    same = text.eq(name.casefold()) | (text.str.lstrip("0").eq(code.lstrip("0").casefold()) if code else False)
    return same | told.isna()


def _solar(told: pd.Series) -> pd.Series:
    text = told.fillna("").str.casefold()
    return told.isna() | text.map(lambda words: any(w in words for w in SOLAR_WORDS)).astype(bool)
