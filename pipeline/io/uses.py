"""What a source's words mean: legends of codes, and the uses of buildings by tags of OpenStreetMap or by a column."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from pipeline.config.sources import Source
from pipeline.contracts.notes import Notes
from pipeline.contracts.plan import ESTATE_USES
from pipeline.contracts.register import INITIATIVE_KINDS, MODERATIONS, REPORT_KINDS, STATUSES
from pipeline.contracts.sources import BUILDING_USES
from pipeline.contracts.waste import COLLECTION_KINDS
from pipeline.errors import ConfigError
from pipeline.io.osm import tag
from pipeline.io.vectors import text_field

LEGENDS = Path(__file__).parent / "use_legends"
LEGEND = "building_use"
# Codes that the legends of each kind may give.
MEANINGS: dict[str, tuple[str, ...]] = {
    "building_use": BUILDING_USES, "estate_use": ESTATE_USES, "collection_kind": COLLECTION_KINDS, "initiative_kind": INITIATIVE_KINDS, "initiative_status": STATUSES,
    "report_kind": REPORT_KINDS, "report_moderation": MODERATIONS,
}  # fmt: skip
# Keys of OpenStreetMap that tell a use, the most telling first; `key=*` in the legend stands for any other value.
OSM_KEYS = ("amenity", "shop", "office", "building")


@cache
def read_legend(name: str, usual: str) -> dict[str, str]:
    """A legend of the folder: word in lower case -> one of our codes.

    Parameters
    ----------
    name
        Of `pipeline/io/use_legends/<name>.csv`, with the columns code, use and label.
    usual
        Key of `MEANINGS`: the legend that is taken where the source names none, and whose codes are allowed.

    Raises
    ------
    ConfigError
        When there is no such legend, or it holds a code that is none.

    >>> read_legend("building_use", "building_use")["scuola"], read_legend("initiative_status", "initiative_status")["in corso"]
    ('school', 'under_way')
    """
    path = LEGENDS / f"{name}.csv"
    if not path.is_file():
        raise ConfigError(f"legend {name!r} is not in pipeline/io/use_legends; leave it out ({usual} is taken then) or add the file with the columns code, use, label")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if odd := sorted({str(r.get("use")) for r in rows} - set(MEANINGS[usual])):
        raise ConfigError(f"{path}: uses {', '.join(odd)}; expected {', '.join(MEANINGS[usual])} in the column use")
    return {r["code"].casefold(): r["use"] for r in rows}


def osm_uses(frame: gpd.GeoDataFrame) -> NDArray[Any]:
    """Use of each row by its tags, None where they do not say; shape (rows,)."""
    legend = read_legend(LEGEND, LEGEND)
    found = np.full(len(frame), None, dtype=object)
    for key in OSM_KEYS:
        for row, value in enumerate(tag(frame, key)):
            if found[row] is None and value is not None and value != "no":
                found[row] = legend.get(f"{key}={value}", legend.get(f"{key}=*"))
    return found


def field_uses(frame: gpd.GeoDataFrame, source: Source, path: Path, notes: Notes) -> NDArray[Any] | None:
    """Use of each row by a column, `fields: {use: <column>}`, and a legend; None alone where no column is mapped.

    Words the legend does not know are counted and named; their use is not known.

    Raises
    ------
    InputError, ConfigError
        When the file has no such column, or there is no such legend.
    """
    if "use" not in source.fields:
        return None
    words = text_field(frame, source, "use", path)
    assert words is not None
    legend = read_legend(source.legend or LEGEND, LEGEND)
    odd = sorted({w for w in words if w is not None and w.casefold() not in legend})
    if odd:
        notes.warn(f"{path.name}: uses {', '.join(odd[:10])} are not in the legend {source.legend or LEGEND}: not known there.")
    return np.array([None if w is None else legend.get(w.casefold()) for w in words], dtype=object)
