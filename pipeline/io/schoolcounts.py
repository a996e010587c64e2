"""Trees that classes counted in their streets: the table that the school kit asks for."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.config.sources import Layer, Layers
from pipeline.contracts.notes import Notes
from pipeline.core.plan.addresses import address
from pipeline.core.plan.personal import plain, scrub
from pipeline.errors import InputError
from pipeline.io.registers import Field, Kind, few, read_register

MOST_TREES = 5000  # of one street: a larger number is another figure
FIRST_YEAR = 2000
_FIELDS: tuple[tuple[str, Kind, tuple[str, ...], bool], ...] = (
    ("street", "text", ("via", "strada", "nome via", "odonimo"), True),
    ("trees_counted", "int", ("alberi contati", "alberi", "numero alberi"), True),
    ("date", "date", ("data", "giorno"), True),
    ("class", "text", ("classe",), False),
)


def read_counts(layers: Layers, notes: Notes) -> pd.DataFrame:
    """Counts of all classes.

    Parameters
    ----------
    layers
        Kind school_counts: street, trees_counted, date, class.
    notes
        Rows read, and the same count written twice.

    Returns
    -------
    DataFrame
        street (as written, without what tells of a person), key (one form of its name), trees_counted, date (YYYY-MM-DD). The class
        is used to see what was written twice, and left out.

    Raises
    ------
    InputError
        With every line that cannot be right: a number below 0 or beyond any street, a date long ago.
    """
    parts = [_read(layer, path, notes) for layer in layers for path in layer.paths]
    if not parts:
        return pd.DataFrame({"street": [], "key": [], "trees_counted": [], "date": []}, dtype=object)
    rows = pd.concat(parts, ignore_index=True)
    once = ~rows.duplicated(["key", "date", "class", "trees_counted"])
    notes.count("tree counts written twice, once dropped", int((~once).sum()))
    return rows.loc[once, ["street", "key", "trees_counted", "date"]].reset_index(drop=True)


def _read(layer: Layer, path: Path, notes: Notes) -> pd.DataFrame:
    own = layer.source.fields
    rows = read_register(path, [Field(n, k, ((own[n],) if n in own else ()) + h, r, r) for n, k, h, r in _FIELDS], Notes())
    wrong = [f"{path}: line {n}: {t} trees; expected 0 to {MOST_TREES:,}" for n, t in zip(rows["line"], rows["trees_counted"], strict=True) if not 0 <= t <= MOST_TREES]
    wrong += [f"{path}: line {n}: the count is of {d:%Y-%m-%d}; expected {FIRST_YEAR} or later" for n, d in zip(rows["line"], rows["date"], strict=True) if d.year < FIRST_YEAR]
    if wrong:
        raise InputError(few(wrong, path))
    notes.count("tree counts read", len(rows))
    rows["street"] = [scrub(plain(s[:200])).text for s in rows["street"]]
    rows["key"] = [address(s).street for s in rows["street"]]
    rows["date"] = rows["date"].dt.strftime("%Y-%m-%d")
    rows["trees_counted"] = rows["trees_counted"].astype("int64")
    rows["class"] = rows["class"].fillna("")
    return rows
