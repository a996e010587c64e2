"""OpenStreetMap: extracts (.osm.pbf, .osm) through GDAL, and GeoJSON with the tags as properties.

GDAL sorts an extract into five layers; tags without a column of their own stand in `other_tags`, written as
"key"=>"value" pairs (https://gdal.org/drivers/vector/osm.html).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.sources import Source
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.vectors import read_vector

EXTRACTS = (".osm", ".pbf")
AREAS, LINES = "multipolygons", "lines"
_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
# Keys of GeoJSON that hold the identifier, as overpass turbo, osmtogeojson and osmium write it.
_IDS = ("@id", "osm_id", "id", "full_id")
_LENGTH = re.compile(r"^([0-9]+(?:[.,][0-9]+)?)\s*(m|ft|'|metri|metres|meters)?$", re.IGNORECASE)
FOOT_M = 0.3048


def read_osm(source: Source, path: Path, layer: str, epsg: int, notes: Notes) -> gpd.GeoDataFrame:
    """Read one kind of shapes in the town's reference system.

    Parameters
    ----------
    source, path, epsg, notes
        As in `pipeline.io.vectors.read_vector`.
    layer
        `AREAS` or `LINES`; the layer of an extract. A GeoJSON holds what was asked for.

    Returns
    -------
    GeoDataFrame
        Columns as GDAL gives them; ask for tags with `tag`.

    Raises
    ------
    InputError
        When the file is missing, broken, or holds no such shapes.
    """
    extract = path.suffix.lower() in EXTRACTS
    if extract and source.layer is None:
        source = source.model_copy(update={"layer": layer})
    said = Notes()
    frame = read_vector(source, path, epsg, said)
    if extract and said.warnings:
        # GDAL gives what it read before a fault and only warns.
        raise InputError(f"{path}: {'; '.join(said.warnings)}; the extract is cut off or damaged; download it again")
    for warning in said.warnings:
        notes.warn(warning)
    return frame


def tag(frame: gpd.GeoDataFrame, key: str) -> NDArray[Any]:
    """Value of a tag in every row.

    Parameters
    ----------
    frame
        From `read_osm`.
    key
        E.g. "building:levels".

    Returns
    -------
    array of str or None, shape (rows,)
        From the column of that name, else from `other_tags`, else from a column `tags` that holds JSON.
    """
    found = np.full(len(frame), None, dtype=object)
    if key in frame.columns:
        found[:] = [None if v is None or v is pd.NA or v != v else str(v) for v in frame[key]]  # noqa: PLR0124 - NaN is not itself
    for column, parse in (("other_tags", parse_tags), ("tags", _json_tags)):
        if column in frame.columns:
            texts = frame[column].to_numpy()
            for row in np.flatnonzero([v is None and isinstance(t, str) and key in t for v, t in zip(found, texts, strict=True)]):
                found[row] = parse(texts[row]).get(key)
    return found


def parse_tags(text: str) -> dict[str, str]:
    """Tags of GDAL's `other_tags`.

    >>> parse_tags('"building:levels"=>"2","note"=>"a \\\\"b\\\\""')
    {'building:levels': '2', 'note': 'a "b"'}
    """
    return {_plain(key): _plain(value) for key, value in _PAIR.findall(text)}


def identifiers(frame: gpd.GeoDataFrame) -> NDArray[Any]:
    """OpenStreetMap's identifier of each row: w10 for a way, r7 for a relation; None where the file has none."""
    if "osm_way_id" in frame.columns:
        pairs = zip(_texts(frame, "osm_way_id"), _texts(frame, "osm_id"), strict=True)
        return np.array([f"w{way}" if way else f"r{relation}" if relation else None for way, relation in pairs], dtype=object)
    for name in _IDS:
        if name in frame.columns:
            # A layer of lines in an extract has ways only; elsewhere the text says way/10.
            return np.array([None if t is None else _short(t) for t in _texts(frame, name)], dtype=object)
    return np.full(len(frame), None, dtype=object)


def metres(text: str | None) -> float:
    """A length as mappers write it: "7.5", "7,5 m", "25 ft"; NaN where it is none.

    >>> metres("7,5 m"), metres("10'"), metres("zwei")
    (7.5, 3.048, nan)
    """
    found = _LENGTH.match(text.strip()) if text else None
    if found is None:
        return float("nan")
    number = float(found[1].replace(",", "."))
    return number * FOOT_M if found[2] in ("ft", "'", "FT", "Ft") else number


def _texts(frame: gpd.GeoDataFrame, name: str) -> list[str | None]:
    return [None if v is None or v is pd.NA or v != v or v == "" else str(v).removesuffix(".0") for v in frame[name]]  # noqa: PLR0124


def _short(text: str) -> str:
    kind, slash, number = text.rpartition("/")
    return f"{kind[-8:][:1]}{number}" if slash and kind in ("way", "relation", "node") else text if text[:1] in "wrn" else f"w{text}"


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _json_tags(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
