"""Stage `neighbours`: the town beside its neighbours, from official tables only."""

from __future__ import annotations

import pandas as pd

from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.indicators import BETTER, INDICATORS, Neighbours
from pipeline.contracts.notes import Notes
from pipeline.contracts.spec import Table
from pipeline.contracts.waste import Waste
from pipeline.io.neighbours import COLUMNS, read_municipalities

# Measures that are no indicator of the town: which way is better.
OTHERS = {"mixed_waste_kg_per_resident": -1}


def neighbours(layers: Layers | None, waste: Table[Waste] | None, town: Town, notes: Notes) -> Table[Neighbours]:
    """Official figures of the town and its neighbours with the place of each.

    Parameters
    ----------
    layers
        Kind municipalities.
    waste
        The official table of waste with its neighbours.
    town
        Its code.
    notes
        Says when the town itself is in no table.

    Returns
    -------
    DataFrame
        One row for each measure, year and municipality.

    Raises
    ------
    InputError
        When a table cannot be read.
    """
    parts = [t for t in (read_municipalities(layers or (), notes), *_of_waste(waste)) if len(t)]
    table = pd.concat(parts or [pd.DataFrame(columns=list(COLUMNS)).astype({"year": "int64", "value": "float64"})], ignore_index=True).drop_duplicates(["indicator_id", "year", "istat"])
    table["is_town"] = table["istat"] == town.code
    if not table["is_town"].any():
        notes.warn(f"The tables of neighbours have no row of the town itself ({town.code or 'no code in town.yaml'}): it is not ranked.")
    notes.count("municipalities beside each other", int(table["istat"].nunique()))
    notes.assume("Neighbours are those the tables name; a place among them says nothing of towns elsewhere. Equal values share a place.")
    return ranked(table)


def _of_waste(waste: pd.DataFrame | None) -> list[pd.DataFrame]:
    """Rows of the stage waste as those of the tables; those come first where both give a figure."""
    made = []
    for name in ("separate_share", "waste_kg_per_resident") if waste is not None else ():
        column = name.removeprefix("waste_")
        assert waste is not None
        known = waste[waste[column].notna()]
        made.append(known[["year", "istat", "name"]].assign(indicator_id=name, value=known[column].to_numpy(), unit=INDICATORS[name].unit)[list(COLUMNS)])
    return made


def ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Place of each municipality among those of the same measure and year, 1 is best."""
    sign = table["indicator_id"].map(lambda name: OTHERS.get(name) or BETTER[INDICATORS[name].better])
    group = (-sign * table["value"]).groupby([table["indicator_id"], table["year"]])
    table = table.assign(rank=group.rank(method="min").astype("int64"), of=group.transform("size").astype("int64"))
    return table[list(Neighbours.columns())].sort_values(list(Neighbours.key), kind="stable", ignore_index=True)
