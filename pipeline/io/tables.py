"""Tables between the stages: GeoParquet, written with what their contract says.

The Arrow schema is made from the contract and not guessed from the values, so an empty table has the same columns
as a full one, and the same rows always give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from pipeline.contracts.spec import Column, TableSpec, on_file
from pipeline.errors import ContractError
from pipeline.io.onfile import BATCH_ROWS, left_on_file, numbers_of, wkb

GEOPARQUET_VERSION = "1.1.0"  # https://geoparquet.org/releases/v1.1.0/


def write_table(path: Path, frame: pd.DataFrame, spec: type[TableSpec], epsg: int, metadata: dict[str, str]) -> None:
    """Write a table to Parquet (zstd); with a geometry to GeoParquet 1.1, WKB.

    Parameters
    ----------
    path
        The file to write; the caller moves it into place.
    frame
        Keeps the contract (see `pipeline.contracts.check.check_table`); other columns and the index are left out.
    spec
        The contract; unit and meaning (en, it) of each column become metadata of the field.
    epsg
        Reference system of the geometry.
    metadata
        Key-value metadata of the file, e.g. {"notice": "dati dimostrativi / demonstration data"}.
    """
    shapes = Shapes()
    if spec.geometry is not None:
        shapes.see(np.asarray(frame["geometry"], dtype=object))
    notes = file_notes(spec, shapes, epsg, metadata)
    if bulky(spec):
        # A group of rows at a time: the bulky columns are never whole in Arrow's form.
        write_groups(path, (frame[rows] for rows in groups_of(len(frame), spec)), spec, notes)
    else:
        pq.write_table(arrow_table(frame, spec).replace_schema_metadata(notes), path, compression="zstd")


def groups_of(rows: int, spec: type[TableSpec]) -> Iterator[slice]:
    """Rows of a table that are written together, at least one group."""
    return (slice(s, s + spec.group_rows) for s in range(0, max(rows, 1), spec.group_rows))


def write_groups(path: Path, groups: Iterator[pd.DataFrame], spec: type[TableSpec], notes: dict[str, str]) -> None:
    """Write a table whose groups of rows come one by one, at least one; outlines may be WKB already. The next is made while one is written."""
    with ThreadPoolExecutor(1) as pool:
        _write_groups(path, _one_ahead((arrow_table(rows, spec) for rows in groups), pool), spec, notes)


def _one_ahead(groups: Iterator[pa.Table], pool: ThreadPoolExecutor) -> Iterator[pa.Table]:
    coming = pool.submit(next, groups, None)
    while (table := coming.result()) is not None:
        coming = pool.submit(next, groups, None)
        yield table


def _write_groups(path: Path, groups: Iterator[pa.Table], spec: type[TableSpec], notes: dict[str, str]) -> None:
    file: pq.ParquetWriter | None = None
    left = bulky(spec)
    try:
        for rows in groups:
            table = rows.replace_schema_metadata(notes)
            file = file or pq.ParquetWriter(path, table.schema, compression="zstd", use_dictionary=[n for n in table.schema.names if n not in left])
            file.write_table(table, spec.group_rows)
    finally:
        if file is not None:
            file.close()


def write_arrow_table(path: Path, table: pa.Table, spec: type[TableSpec], epsg: int, metadata: dict[str, str]) -> tuple[float, float, float, float] | None:
    """Write the same file as `write_table` would, of a table in Arrow's form: columns in the contract's order, outlines as WKB.

    Returns
    -------
    tuple or None
        West, south, east, north of the outlines [m]; None without any.
    """
    shapes = Shapes()
    if spec.geometry is not None:
        shapes.see_wkb(table["geometry"])
    notes = file_notes(spec, shapes, epsg, metadata)
    if bulky(spec):
        _write_groups(path, (table[rows] for rows in groups_of(len(table), spec)), spec, notes)
    else:
        pq.write_table(table.replace_schema_metadata(notes), path, compression="zstd")
    west, south, east, north = shapes.bounds.tolist()
    return (west, south, east, north) if shapes.rows else None


def file_notes(spec: type[TableSpec], shapes: Shapes, epsg: int, metadata: dict[str, str]) -> dict[str, str]:
    """Key-value metadata of a file: titles, key, `metadata`, and what GeoParquet asks for."""
    notes = {"title_en": spec.title_en, "title_it": spec.title_it, "key": ",".join(spec.key), **metadata}
    return notes if spec.geometry is None else notes | {"geo": json.dumps(_geo_metadata(shapes, epsg), ensure_ascii=False)}


def bulky(spec: type[TableSpec]) -> list[str]:
    """Columns that a slim reading leaves in the file: lists, and the outlines where a row may hold very many."""
    named = [name for name, column in spec.columns().items() if column.holds_many]
    return [*named, "geometry"] if spec.geometry_bulky else named


def read_table(path: Path, spec: type[TableSpec], *, slim: bool = False) -> pd.DataFrame:
    """Read a table that `write_table` wrote.

    Parameters
    ----------
    path
        A Parquet file of processed/.
    spec
        The contract; columns of the file that it does not declare are kept, so that the check sees them.
    slim
        Leave the `bulky` columns in the file: their cells are `onfile.OnFile`.

    Returns
    -------
    DataFrame or GeoDataFrame
        With a GeoDataFrame where the contract has a geometry. Missing text is None, optional int columns are Int64,
        a list column holds one numpy array a row.

    Raises
    ------
    ContractError
        When the file is missing, not Parquet, or holds no geometry where the contract has one.
    """
    left = bulky(spec) if slim else []
    try:
        # `pq.read_table` would load Arrow's datasets first: a fifth of a second and 50 MB.
        with pq.ParquetFile(path) as file:
            table = file.read(columns=[n for n in file.schema_arrow.names if n not in left])
    except (OSError, pa.ArrowException) as error:
        raise ContractError(f"{path}: cannot be read as Parquet ({_line(error)}); run make again, it rebuilds the file") from None
    if left:
        frame = pandas_table(table, spec).assign(**{name: left_on_file(path, name, table.num_rows) for name in left})
        return frame[[*spec.columns(), *(["geometry"] if spec.geometry else [])]]
    geo = json.loads((table.schema.metadata or {}).get(b"geo", b"null"))
    frame = pandas_table(table.drop_columns(["geometry"]) if "geometry" in table.column_names else table, spec)
    if spec.geometry is None:
        return frame
    if geo is None or "geometry" not in table.column_names:
        raise ContractError(f"{path}: holds no geometry; the contract {spec.__name__} has one; run make again after deleting the file")
    crs = geo["columns"]["geometry"].get("crs")
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    made: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=shapes, crs=None if crs is None else CRS.from_json_dict(crs))
    return made


def arrow_table(frame: pd.DataFrame, spec: type[TableSpec]) -> pa.Table:
    """A table in Arrow's form: the contract's columns, in its order, and the geometry as WKB last."""
    schema = arrow_schema(spec)
    arrays = [
        _list_array(frame[name], schema.field(name).type) if column.holds_many else pa.array(frame[name], type=schema.field(name).type, from_pandas=True)
        for name, column in spec.columns().items()
    ]
    if spec.geometry is not None:
        arrays.append(pa.array(_wkb(frame["geometry"]), type=pa.binary()))
    return pa.table(arrays, schema=schema)


def arrow_schema(spec: type[TableSpec]) -> pa.Schema:
    """Fields of a table in Arrow's form: unit and meaning (en, it) of each column are its metadata."""
    fields = [pa.field(n, _arrow_type(c), nullable=not c.required, metadata={"unit": c.unit, "en": c.en, "it": c.it}) for n, c in spec.columns().items()]
    if spec.geometry is not None:
        fields.append(pa.field("geometry", pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"}))
    return pa.schema(fields)


def _wkb(cells: Any) -> Any:
    """Outlines as WKB: of shapes, of cells left in their file, or as they are."""
    if on_file(cells):
        return wkb(cells)
    shapes = np.asarray(cells, dtype=object)
    return shapes if any(isinstance(g, bytes) for g in shapes) else np.asarray(shapely.to_wkb(shapes, include_srid=False))


def list_dtype(column: Column) -> type[np.generic]:
    """Of the many numbers of a cell."""
    return np.uint8 if column.dtype == "bytes" else np.float64


def _arrow_type(column: Column) -> pa.DataType:
    if column.dtype == "bytes":
        # In one piece they are read fifty times faster than a list of them.
        return pa.binary(column.length or -1)
    if column.dtype == "list":
        return pa.list_(pa.float64(), column.length or -1)
    return {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}[column.dtype]


def _list_array(values: pd.Series[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_fixed_size_binary(kind):
        rows = np.stack(list(values)) if len(values) else np.empty((0, kind.byte_width))
        return pa.Array.from_buffers(kind, len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows, dtype=np.uint8))])
    if pa.types.is_binary(kind):
        return pa.array([v.tobytes() for v in values], type=kind)
    numbers = np.stack(list(values)) if len(values) else np.empty((0, kind.list_size))
    flat = np.ascontiguousarray(numbers, dtype=kind.value_type.to_pandas_dtype()).reshape(-1)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat), type=kind)


def pandas_table(table: pa.Table, spec: type[TableSpec]) -> pd.DataFrame:
    """The other way, without a geometry: missing text is None, optional int columns are Int64, a list column holds arrays."""
    columns = spec.columns()
    made: dict[str, Any] = {}
    for name in table.column_names:
        column = columns.get(name)
        if pa.types.is_binary(table[name].type) and column is not None and column.dtype == "bytes":
            # Not in one piece: Arrow's ends at 2 GB.
            made[name] = pd.Series([None if v is None else np.frombuffer(v, dtype=np.uint8) for v in table[name].to_pylist()], dtype=object)
            continue
        chunk = table[name].combine_chunks()
        if pa.types.is_fixed_size_list(chunk.type) or pa.types.is_fixed_size_binary(chunk.type):
            made[name] = pd.Series(list(numbers_of(chunk)), dtype=object)
        elif column is not None and column.dtype == "int" and not column.required:
            made[name] = pd.array(chunk.to_pandas(integer_object_nulls=True), dtype="Int64")
        else:
            made[name] = chunk.to_pandas()
    return pd.DataFrame(made, index=pd.RangeIndex(table.num_rows))


class Shapes:
    """What GeoParquet says of all outlines of a file: their types and bounds; of rows seen one lot after the other."""

    def __init__(self) -> None:
        self.rows = 0
        self.types: set[str] = set()
        self.bounds = np.full(4, np.nan)

    def see(self, shapes: NDArray[Any]) -> None:
        """Take some more rows."""
        self.rows += len(shapes)
        self.types |= {g.geom_type for g in shapes if g is not None}
        if len(shapes):
            more = shapely.total_bounds(shapes)
            self.bounds = np.concatenate([np.fmin(self.bounds[:2], more[:2]), np.fmax(self.bounds[2:], more[2:])])

    def see_wkb(self, column: pa.ChunkedArray) -> None:
        """The same of outlines as WKB; a batch of them at a time becomes shapes."""
        for start in range(0, len(column), BATCH_ROWS):
            self.see(shapely.from_wkb(column[start : start + BATCH_ROWS].to_numpy()))


def _geo_metadata(shapes: Shapes, epsg: int) -> dict[str, Any]:
    column: dict[str, Any] = {"encoding": "WKB", "crs": CRS.from_epsg(epsg).to_json_dict(), "geometry_types": sorted(shapes.types)}
    if shapes.rows:
        column["bbox"] = shapes.bounds.tolist()
    return {"version": GEOPARQUET_VERSION, "primary_column": "geometry", "columns": {"geometry": column}}


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
