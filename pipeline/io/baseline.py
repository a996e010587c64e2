"""The frozen baseline of the Nature Restoration sheet: written once, then only read."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.config.sources import Layers
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.registers import Field, read_register

COLUMNS = ("year", "ecosystem_m2", "green_m2", "canopy_m2")


@dataclass(frozen=True)
class Baseline:
    """Areas of the year that later years are held against [m2]."""

    year: int
    ecosystem_m2: float
    green_m2: float
    canopy_m2: float


def read_baseline(layers: Layers, notes: Notes) -> Baseline:
    """The one row of a baseline file.

    Raises
    ------
    InputError
        When there is more than one file or row, or a column is missing.
    """
    paths = [p for layer in layers if layer.source.kind == "baseline" for p in layer.paths]
    if len(paths) != 1:
        raise InputError(f"sources.restoration: {len(paths)} files of kind baseline; expected one: a baseline is frozen once")
    rows = read_register(paths[0], [Field(c, "int" if c == "year" else "number", filled=True) for c in COLUMNS], notes)
    if len(rows) != 1:
        raise InputError(f"{paths[0]}: {len(rows)} rows; expected one; `make freeze-baseline` writes it")
    row = rows.iloc[0]
    return Baseline(int(row["year"]), float(row["ecosystem_m2"]), float(row["green_m2"]), float(row["canopy_m2"]))


def freeze_baseline(sheet: pd.DataFrame, path: Path) -> None:
    """Write the sheet's figures as the baseline.

    Raises
    ------
    InputError
        When the file is there: a baseline is not written over.
    """
    try:
        with path.open("x", encoding="utf-8", newline="") as stream:
            out = csv.writer(stream, lineterminator="\n")
            out.writerow(COLUMNS)
            out.writerow([int(sheet["year"].iloc[0]), *(f"{float(sheet[c].iloc[0]):.3f}" for c in COLUMNS[1:])])
    except FileExistsError:
        raise InputError(f"{path}: is there already; a baseline is frozen once; if it is wrong, delete it by hand and say why in the town's notes") from None
