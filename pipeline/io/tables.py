"""Tables between the stages: GeoParquet and GeoPackage, written with what their contract says.

The Arrow schema is made from the contract and not guessed from the values, so an empty table has the same columns
as a full one, and the same rows always give the same bytes.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from pipeline.contracts.spec import BYTES, Column, PackageSpec, TableSpec
from pipeline.errors import ContractError
from pipeline.io.geopackage import describe_columns
from pipeline.io.onfile import left_on_file, numbers_of

# GeoPackage stamps rows with a moment; a fixed one keeps reruns identical byte by byte.
FIXED_MOMENT = "2000-01-01T00:00:00.000Z"
GEOPARQUET_VERSION = "1.1.0"  # https://geoparquet.org/releases/v1.1.0/
# Rows that are read together where bulky columns are read a batch at a time.
GROUP_ROWS = 256
MULTI: dict[str, tuple[str, int]] = {"polygon": ("MultiPolygon", 3), "line": ("MultiLineString", 1), "point": ("MultiPoint", 0)}


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
        write_groups(path, (frame[s : s + GROUP_ROWS] for s in range(0, max(len(frame), 1), GROUP_ROWS)), spec, notes)
    else:
        pq.write_table(_arrow(frame, spec).replace_schema_metadata(notes), path, compression="zstd")


def write_groups(path: Path, groups: Iterator[pd.DataFrame], spec: type[TableSpec], notes: dict[str, str]) -> None:
    """Write a table whose groups of rows come one by one, at least one; outlines may be WKB already."""
    file: pq.ParquetWriter | None = None
    left = bulky(spec)
    try:
        for rows in groups:
            table = _arrow(rows, spec).replace_schema_metadata(notes)
            file = file or pq.ParquetWriter(path, table.schema, compression="zstd", use_dictionary=[n for n in table.schema.names if n not in left])
            file.write_table(table, GROUP_ROWS)
    finally:
        if file is not None:
            file.close()


def file_notes(spec: type[TableSpec], shapes: Shapes, epsg: int, metadata: dict[str, str]) -> dict[str, str]:
    """Key-value metadata of a file: titles, key, `metadata`, and what GeoParquet asks for."""
    notes = {"title_en": spec.title_en, "title_it": spec.title_it, "key": ",".join(spec.key), **metadata}
    return notes if spec.geometry is None else notes | {"geo": json.dumps(_geo_metadata(shapes, epsg), ensure_ascii=False)}


def bulky(spec: type[TableSpec]) -> list[str]:
    """Columns that a slim reading leaves in the file: lists, and the outlines where a row may hold very many."""
    named = [name for name, column in spec.columns().items() if column.dtype == "list"]
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
        frame = _pandas(table, spec).assign(**{name: left_on_file(path, name, table.num_rows) for name in left})
        return frame[[*spec.columns(), *(["geometry"] if spec.geometry else [])]]
    geo = json.loads((table.schema.metadata or {}).get(b"geo", b"null"))
    frame = _pandas(table.drop_columns(["geometry"]) if "geometry" in table.column_names else table, spec)
    if spec.geometry is None:
        return frame
    if geo is None or "geometry" not in table.column_names:
        raise ContractError(f"{path}: holds no geometry; the contract {spec.__name__} has one; run make again after deleting the file")
    crs = geo["columns"]["geometry"].get("crs")
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    made: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=shapes, crs=None if crs is None else CRS.from_json_dict(crs))
    return made


def write_package(
    path: Path, frames: dict[str, Any], spec: type[PackageSpec], epsg: int, metadata: dict[str, str], of_layers: dict[str, dict[str, str]] | None = None
) -> None:
    """Write tables to one GeoPackage, a layer for each table of the contract.

    Parameters
    ----------
    path
        The file to write; the caller moves it into place.
    frames
        Tables by layer name. A layer of the contract without a table is written empty, with its columns.
    spec
        The contract: layers in file order; unit and meaning of each column go to `gpkg_data_columns`.
    epsg
        Reference system of the geometries.
    metadata
        Written to each layer, so that it stays with a layer that is taken out.
    of_layers
        More of it for single layers.

    Raises
    ------
    ContractError
        When `frames` holds a layer the contract does not name.
    """
    if strange := sorted(set(frames) - set(spec.layers)):
        raise ContractError(f"{path.name}: layer {', '.join(strange)} not in the contract {spec.__name__}; it has {', '.join(spec.layers)}")
    # GDAL and SQLite go by the suffix, and the caller's temporary name may have another one.
    made = path.with_name(path.name + ".gpkg")
    made.unlink(missing_ok=True)
    try:
        with fixed_moment():
            for layer, table_spec in spec.layers.items():
                _write_layer(made, layer, frames.get(layer), table_spec, epsg=epsg, metadata=metadata | (of_layers or {}).get(layer, {}))
        describe_columns(made, spec.layers)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def read_package(path: Path, spec: type[PackageSpec]) -> dict[str, gpd.GeoDataFrame]:
    """Read the layers of a GeoPackage that `write_package` wrote.

    Returns
    -------
    dict
        Layer name -> GeoDataFrame (DataFrame where the layer has no geometry), in the order of the contract;
        dtypes as `read_table` gives them, shapes of one part as Polygon, LineString, Point.

    Raises
    ------
    ContractError
        When the file is missing, broken, or lacks a layer.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a broken file is told of once, by the error
            found = {str(name) for name in pyogrio.list_layers(path)[:, 0]}
        if missing := [n for n in spec.layers if n not in found]:
            raise ContractError(f"{path}: layer {', '.join(missing)} missing; run make again after deleting the file")
        return {name: _read_layer(path, name, table) for name, table in spec.layers.items()}
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise ContractError(f"{path}: cannot be read as a GeoPackage ({_line(error)}); run make again, it rebuilds the file") from None


def _write_layer(path: Path, layer: str, frame: pd.DataFrame | None, spec: type[TableSpec], *, epsg: int, metadata: dict[str, str]) -> None:
    shape = None if spec.geometry is None else "geometry"
    pyogrio.write_arrow(
        _arrow(_layer_frame(frame, spec), spec), path, layer=layer, driver="GPKG", geometry_name=shape,
        geometry_type=MULTI[spec.geometry][0] if spec.geometry else None, crs=f"EPSG:{epsg}" if shape else None,
        # On the layer and not on the file: GDAL leaves an .aux.xml beside a file with metadata whenever one opens it.
        layer_metadata={"title_en": spec.title_en, "title_it": spec.title_it, **metadata},
        layer_options={"IDENTIFIER": spec.title_it, "DESCRIPTION": f"{spec.title_it} / {spec.title_en}"},
        # Version 1.4 makes readers of 2023 (GDAL 3.6, QGIS 3.22) warn; nothing of it is used.
        dataset_options={"VERSION": "1.3"},
    )  # fmt: skip


def _read_layer(path: Path, layer: str, spec: type[TableSpec]) -> gpd.GeoDataFrame:
    meta, table = pyogrio.read_arrow(path, layer=layer)
    name = meta["geometry_name"] or "wkb_geometry"
    if name not in table.column_names:
        return _pandas(table, spec)
    frame = _pandas(table.drop_columns([name]), spec)
    shapes = shapely.from_wkb(table[name].to_numpy())
    return gpd.GeoDataFrame(frame, geometry=_single(shapes), crs=meta["crs"])


def _arrow(frame: pd.DataFrame, spec: type[TableSpec]) -> pa.Table:
    """The contract's columns, in its order, and the geometry as WKB last."""
    fields, arrays = [], []
    for name, column in spec.columns().items():
        kind = _arrow_type(column)
        fields.append(pa.field(name, kind, nullable=not column.required, metadata={"unit": column.unit, "en": column.en, "it": column.it}))
        arrays.append(_list_array(frame[name], kind) if column.dtype == "list" else pa.array(frame[name], type=kind, from_pandas=True))
    if spec.geometry is not None:
        fields.append(pa.field("geometry", pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"}))
        arrays.append(pa.array(_wkb(np.asarray(frame["geometry"], dtype=object)), type=pa.binary()))
    return pa.table(arrays, schema=pa.schema(fields))


def _wkb(shapes: NDArray[Any]) -> NDArray[Any]:
    return shapes if any(isinstance(g, bytes) for g in shapes) else np.asarray(shapely.to_wkb(shapes, include_srid=False))


def list_dtype(column: Column) -> type[np.generic]:
    """Of the numbers of a list column."""
    return np.uint8 if column.unit == BYTES else np.float64


def _arrow_type(column: Column) -> pa.DataType:
    if column.dtype == "list":
        # Bytes in one piece are read fifty times faster than a list of them.
        return pa.binary(column.length or -1) if column.unit == BYTES else pa.list_(pa.float64(), column.length or -1)
    return {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}[column.dtype]


def _list_array(values: pd.Series[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_fixed_size_binary(kind):
        rows = np.stack(list(values)) if len(values) else np.empty((0, kind.byte_width))
        return pa.Array.from_buffers(kind, len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows, dtype=np.uint8))])
    numbers = np.stack(list(values)) if len(values) else np.empty((0, kind.list_size))
    flat = np.ascontiguousarray(numbers, dtype=kind.value_type.to_pandas_dtype()).reshape(-1)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat), type=kind)


def _pandas(table: pa.Table, spec: type[TableSpec]) -> pd.DataFrame:
    columns = spec.columns()
    made: dict[str, Any] = {}
    for name in table.column_names:
        chunk = table[name].combine_chunks()
        column = columns.get(name)
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


def _geo_metadata(shapes: Shapes, epsg: int) -> dict[str, Any]:
    column: dict[str, Any] = {"encoding": "WKB", "crs": CRS.from_epsg(epsg).to_json_dict(), "geometry_types": sorted(shapes.types)}
    if shapes.rows:
        column["bbox"] = shapes.bounds.tolist()
    return {"version": GEOPARQUET_VERSION, "primary_column": "geometry", "columns": {"geometry": column}}


def _layer_frame(frame: pd.DataFrame | None, spec: type[TableSpec]) -> pd.DataFrame:
    """A copy with multipart shapes only, as a GeoPackage layer has one geometry type; empty where there is no table."""
    if frame is None:
        frame = pd.DataFrame({name: pd.Series(dtype=object) for name in spec.columns()})
        return frame.assign(geometry=pd.Series(dtype=object)) if spec.geometry else frame
    if spec.geometry is None:
        return frame
    shapes = np.asarray(frame["geometry"], dtype=object)
    single = shapely.get_type_id(shapes) == MULTI[spec.geometry][1]
    parts = {"polygon": shapely.multipolygons, "line": shapely.multilinestrings, "point": shapely.multipoints}[spec.geometry]
    multi = shapes.copy()
    multi[single] = [parts([g]) for g in shapes[single]]
    return pd.DataFrame(frame.drop(columns="geometry")).assign(geometry=multi)


def _single(shapes: NDArray[Any]) -> NDArray[Any]:
    one = shapely.get_num_geometries(shapes) == 1
    return np.where(one, shapely.get_geometry(shapes, 0), shapes)


@contextmanager
def fixed_moment() -> Iterator[None]:
    """While it lasts GDAL stamps files with `FIXED_MOMENT` and not with the clock."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_MOMENT})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
