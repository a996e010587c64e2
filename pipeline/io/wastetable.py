"""The official yearly table of municipal waste (ISPRA, Catasto nazionale dei rifiuti): municipalities by rows, tonnes by columns.

One CSV a year: a title with the year, the header, rows with tabs before the code, which has the region before the six
digits of ISTAT, points between thousands, decimal commas, a dash for nothing, a note below the last row.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.sources import Layer, Layers
from pipeline.contracts.notes import Notes
from pipeline.contracts.waste import FRACTIONS
from pipeline.errors import InputError
from pipeline.io.registers import Field, decode, read_register

# What ISPRA calls the fractions; "(1)" is a footnote of the page: home composting is in it.
HEADERS: dict[str, tuple[str, ...]] = {
    "organic": ("Frazione umida(1) (t)", "Frazione umida (t)", "Frazione umida", "Organico (t)"), "garden": ("Verde (t)", "Verde"), "paper": ("Carta e cartone (t)", "Carta e cartone", "Carta (t)", "Carta"),
    "glass": ("Vetro (t)", "Vetro"), "wood": ("Legno (t)", "Legno"), "metal": ("Metallo (t)", "Metallo", "Metalli (t)"), "plastic": ("Plastica (t)", "Plastica"), "weee": ("RAEE (t)", "RAEE"),
    "textiles": ("Tessili (t)", "Tessili"), "selective": ("Selettiva (t)", "Selettiva", "Raccolta selettiva (t)"), "construction": ("Rifiuti da C e D (t)", "Rifiuti da C&D (t)", "Rifiuti da C e D"),
    "sweepings": ("Pulizia stradale a recupero (t)", "Pulizia stradale a recupero"), "bulky": ("Ingombranti misti a recupero (t)", "Ingombranti misti a recupero"), "other": ("Altro (t)", "Altro"),
}  # fmt: skip
ONE_TOWN = ("comune", "")  # "Dato riferito a": figures of one municipality, not of a consortium
TITLE_BYTES = 2000
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_SHARE = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*%?\s*$")


def read_waste(layers: Layers, notes: Notes) -> pd.DataFrame:
    """Rows of all tables, as they stand.

    Parameters
    ----------
    layers
        Kind waste_table. The year stands in a column (`anno`), as `year` of the source, in the file's name or in its title.
    notes
        Counts of the reader.

    Returns
    -------
    DataFrame
        istat (six digits), name, year, residents (missing where the table has none), separate_t, total_t, stated_share (NaN the same), and
        `<fraction>_t`, sorted by istat and year.

    Raises
    ------
    InputError
        When a layer is of another kind, a table cannot be read, has text in numbers, no year, or a municipality has two
        different rows of one year.
    """
    parts = []
    for layer in layers:
        if layer.source.kind != "waste_table":
            raise InputError(f"sources.waste: kind {layer.source.kind}; expected waste_table, the municipal table of ISPRA's Catasto nazionale dei rifiuti")
        parts += [_table(layer, path, notes) for path in layer.paths]
    whole = pd.concat(parts, ignore_index=True).drop_duplicates().sort_values(["istat", "year"], kind="stable", ignore_index=True)
    twice = whole[whole.duplicated(["istat", "year"])]
    if len(twice):
        first = twice.iloc[0]
        raise InputError(f"sources.waste: two different rows of {first['name']} ({first['istat']}) for {first['year']}; expected one; keep the newest edition of the table")
    return whole


def _table(layer: Layer, path: Path, notes: Notes) -> pd.DataFrame:
    rows = read_register(path, _fields(layer.source.fields), notes)
    below = rows["name"].isna() & rows["total_t"].isna()
    notes.count("dropped: notes below the table", int(below.sum()))
    rows = rows[~below]
    single = rows["of"].fillna("").str.casefold().isin(ONE_TOWN)
    notes.count("rows left out: of several municipalities together", int((~single).sum()))
    rows = rows[single].reset_index(drop=True)
    if not len(rows):
        raise InputError(f"{path}: no row of a single municipality; expected 'Comune' in the column 'Dato riferito a'")
    problems = [f"{path}: line {line}: code {code!r}; expected the ISTAT code of a municipality, 075014 or 16075014" for line, code in zip(rows["line"], rows["code"], strict=True) if code_of(code or "") is None]
    shares = [_share(v) for v in rows["share"]]
    problems += [f"{path}: line {line}: share {value!r}; expected a percentage, e.g. 71,57%" for line, value, share in zip(rows["line"], rows["share"], shares, strict=True) if share is None]
    year = rows["year"]
    if year.isna().any():
        year = year.fillna(_year_of(layer, path))
    if problems:
        raise InputError(problems)
    made = pd.DataFrame({"istat": [code_of(c) for c in rows["code"]], "name": rows["name"], "year": year.astype("int64"), "residents": rows["residents"]})
    made = made.assign(separate_t=rows["separate_t"], total_t=rows["total_t"], stated_share=np.array(shares, dtype=np.float64))
    return made.assign(**{f"{f}_t": rows[f"{f}_t"] for f in FRACTIONS})


def code_of(text: str) -> str | None:
    """Six digits of a municipality: 75014, 075014, or 16075014 with the region before it; None where it is none.

    >>> code_of("16075014"), code_of("75014"), code_of("LE")
    ('075014', '075014', None)
    """
    if not text.isdigit() or len(text) > 8:
        return None
    return text.zfill(8)[2:] if len(text) > 6 else text.zfill(6)


def _share(text: str | None) -> float | None:
    """Part of 1; NaN where nothing stands, None where it is no percentage."""
    if text is None:
        return float("nan")
    found = _SHARE.match(text)
    return None if found is None else float(found[1].replace(",", ".")) / 100.0


def _year_of(layer: Layer, path: Path) -> int:
    """From the source, the file's name, or the lines above the header."""
    if layer.source.year is not None:
        return layer.source.year
    title = "" if path.suffix.lower() in (".xlsx", ".xlsm") else decode(path.read_bytes(), str(path))[:TITLE_BYTES].casefold().split("comune")[0]
    for text in (path.stem, title):
        if len(found := set(_YEAR.findall(text))) == 1:
            return int(found.pop())
    raise InputError(f"{path}: which year is it of? It has no column anno, and neither its name nor its title has one year; add `year: 2023` to this source in town.yaml")


def _fields(named: dict[str, str]) -> list[Field]:
    """What the table may call its columns; `fields` of the source comes first."""
    own = {k: (v,) for k, v in named.items()}
    fields = [
        Field("code", "text", (*own.get("code", ()), "IstatComune", "Istat Comune", "codice istat", "istat")), Field("name", "text", (*own.get("name", ()), "Comune")),
        Field("year", "int", (*own.get("year", ()), "anno"), required=False), Field("of", "text", ("Dato riferito a",), required=False),
        Field("residents", "int", (*own.get("residents", ()), "Popolazione", "abitanti")), Field("separate_t", "number", (*own.get("separate_t", ()), "Totale RD (t)", "Totale RD")),
        Field("total_t", "number", (*own.get("total_t", ()), "Totale RU (t)", "Totale RU")), Field("share", "text", ("Percentuale RD (%)", "Percentuale RD"), required=False),
    ]  # fmt: skip
    return fields + [Field(f"{name}_t", "number", (*own.get(f"{name}_t", ()), *HEADERS[name]), required=False) for name in FRACTIONS]
