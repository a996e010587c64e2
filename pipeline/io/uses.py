"""What buildings are used for, as their source says it: tags of OpenStreetMap, or a column and a legend."""

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
from pipeline.contracts.sources import BUILDING_USES
from pipeline.errors import ConfigError
from pipeline.io.osm import tag
from pipeline.io.vectors import text_field

LEGENDS = Path(__file__).parent / "use_legends"
LEGEND = "building_use"
# Keys of OpenStreetMap that tell a use, the most telling first; `key=*` in the legend stands for any other value.
OSM_KEYS = ("amenity", "shop", "office", "building")


@cache
def read_uses(name: str) -> dict[str, str]:
    """A legend of uses: word in lower case -> one of `BUILDING_USES`.

    The file `pipeline/io/use_legends/<name>.csv` has the columns code, use and label.

    Raises
    ------
    ConfigError
        When there is no such legend, or it holds a use that is none.

    >>> read_uses("building_use")["scuola"]
    'school'
    """
    return read_legend(name, BUILDING_USES, f"sources.buildings: legend {name!r} is not in pipeline/io/use_legends; leave it out ({LEGEND} is taken then) or add the file with the columns code, use, label")


@cache
def read_words(name: str) -> dict[str, str]:
    """The same for public buildings: word in lower case -> one of `ESTATE_USES`.

    >>> read_words("estate_use")["municipio"]
    'office'
    """
    return read_legend(name, ESTATE_USES, f"sources.estate: legend {name!r} is not in pipeline/io/use_legends; leave it out (estate_use is taken then) or add the file with the columns code, use, label")


def read_legend(name: str, uses: tuple[str, ...], missing: str) -> dict[str, str]:
    """A legend of the folder: word in lower case -> one of `uses`.

    Raises
    ------
    ConfigError
        With the text `missing` when there is no such file; when it holds a use that is none.
    """
    path = LEGENDS / f"{name}.csv"
    if not path.is_file():
        raise ConfigError(missing)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if odd := sorted({str(r.get("use")) for r in rows} - set(uses)):
        raise ConfigError(f"{path}: uses {', '.join(odd)}; expected {', '.join(uses)} in the column use")
    return {r["code"].lower(): r["use"] for r in rows}


def osm_uses(frame: gpd.GeoDataFrame) -> NDArray[Any]:
    """Use of each row by its tags, None where they do not say; shape (rows,)."""
    legend = read_uses(LEGEND)
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
    legend = read_uses(source.legend or LEGEND)
    odd = sorted({w for w in words if w is not None and w.lower() not in legend})
    if odd:
        notes.warn(f"{path.name}: uses {', '.join(odd[:10])} are not in the legend {source.legend or LEGEND}: not known there.")
    return np.array([None if w is None else legend.get(w.lower()) for w in words], dtype=object)
