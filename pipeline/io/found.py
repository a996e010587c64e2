"""Rows of the town's tables that belong to one identifier, without reading the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio

from pipeline.errors import ContractError

MAX_ROWS = 200


def rows_of(path: Path, key: str, value: str, layer: str | None = None) -> list[dict[str, Any]]:
    """Rows of a Parquet file, or of a layer of a GeoPackage, whose column `key` is `value`.

    Parameters
    ----------
    path, layer
        The file, and the layer where it has several.
    key, value
        Column and text; nothing is found where the file has no such column.

    Returns
    -------
    list of dict
        Single values by column, at most 200 rows; no geometry and no lists.
    """
    try:
        return _package_rows(path, layer, key, value) if layer else _parquet_rows(path, key, value)
    except (OSError, pa.ArrowException, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise ContractError(f"{path}: cannot be read ({' '.join(str(error).split())}); run make again, it rebuilds the file") from None


def first_row(path: Path, layer: str) -> dict[str, Any]:
    """The first row of a layer: the only one of the layer `town`."""
    return _plain(pyogrio.read_dataframe(path, layer=layer, read_geometry=False, max_features=1).to_dict("records")[0])


def _parquet_rows(path: Path, key: str, value: str) -> list[dict[str, Any]]:
    schema = pq.read_schema(path)
    if key not in schema.names or not (pa.types.is_string(schema.field(key).type) or pa.types.is_large_string(schema.field(key).type)):
        return []
    single = [f.name for f in schema if not pa.types.is_nested(f.type) and not pa.types.is_binary(f.type) and not pa.types.is_large_binary(f.type) and not pa.types.is_fixed_size_binary(f.type)]
    found = pq.read_table(path, columns=single, filters=pc.field(key) == value)
    return [_plain(row) for row in found.slice(0, MAX_ROWS).to_pylist()]


def _package_rows(path: Path, layer: str | None, key: str, value: str) -> list[dict[str, Any]]:
    if key not in list(pyogrio.read_info(path, layer=layer)["fields"]):
        return []
    quoted = value.replace("'", "''")
    found = pyogrio.read_dataframe(path, layer=layer, read_geometry=False, where=f"\"{key}\" = '{quoted}'", max_features=MAX_ROWS)
    return [_plain(row) for row in found.to_dict("records")]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them; missing ones None."""
    out: dict[str, Any] = {}
    for name, value in row.items():
        plain = value.item() if isinstance(value, np.generic) else value
        out[name] = None if plain is None or plain != plain else plain if isinstance(plain, (str, int, float, bool)) else str(plain)  # noqa: PLR0124 - NaN is not itself
    return out
