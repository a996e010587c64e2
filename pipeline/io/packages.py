"""Several tables in one file: GeoPackage, a layer for each, written one after the other.

Layers have the fields of their contract, so an empty one has the same columns as a full one, and the same rows always give the same bytes.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from pipeline.contracts.spec import Geometry, PackageSpec, TableSpec, on_file
from pipeline.errors import ContractError
from pipeline.io.gdalsettings import gdal_settings
from pipeline.io.geopackage import describe_columns
from pipeline.io.onfile import BATCH_ROWS
from pipeline.io.tables import arrow_schema, arrow_table, pandas_table
from pipeline.io.wkb import multi, single

# GeoPackage stamps rows with a moment; a fixed one keeps reruns identical byte by byte.
FIXED_MOMENT = "2000-01-01T00:00:00.000Z"
# A layer has one type.
MULTI: dict[Geometry, str] = {"polygon": "MultiPolygon", "line": "MultiLineString", "point": "MultiPoint"}
# The file is written under another name, and synced and moved when it is whole: waiting for the disk at each layer took a third of the time.
UNFINISHED = {"OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_SQLITE_JOURNAL": "MEMORY"}
# Takes a layer's name, its table in Arrow's form (a table or a stream of batches), and metadata that stays with the layer.
Add = Callable[[str, Any, dict[str, str]], None]


@contextmanager
def package(path: Path, layers: dict[str, type[TableSpec]], epsg: int) -> Iterator[Add]:
    """A GeoPackage whose layers are given one after the other, so that only one need be in memory.

    Parameters
    ----------
    path
        The file to write; the caller moves it into place.
    layers
        Contract of each layer, in file order; unit and meaning of each column go to `gpkg_data_columns`.
    epsg
        Reference system of the geometries.
    """
    # GDAL and SQLite go by the suffix, and the caller's temporary name may have another one.
    made = path.with_name(path.name + ".gpkg")
    made.unlink(missing_ok=True)
    try:
        with gdal_settings(OGR_CURRENT_DATE=FIXED_MOMENT, **UNFINISHED):
            yield lambda layer, table, metadata: _write_layer(made, layer, table, layers[layer], epsg=epsg, metadata=metadata)
        describe_columns(made, layers)
        with made.open("rb+") as file:
            os.fsync(file.fileno())
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def write_package(path: Path, frames: Any, spec: type[PackageSpec], epsg: int, metadata: dict[str, str]) -> None:
    """Write tables to one GeoPackage, a layer for each table of the contract.

    Parameters
    ----------
    path
        The file to write; the caller moves it into place.
    frames
        Tables by layer name, or pairs of name and table in the order of the contract, taken one by one. A layer of the contract
        without a table is written empty, with its columns.
    spec
        The contract: layers in file order.
    epsg
        Reference system of the geometries.
    metadata
        Written to each layer, so that it stays with a layer that is taken out.

    Raises
    ------
    ContractError
        When `frames` holds a layer the contract does not name, or the pairs are not those of the contract.
    """
    if isinstance(frames, dict):
        if strange := sorted(set(frames) - set(spec.layers)):
            raise ContractError(f"{path.name}: layer {', '.join(strange)} not in the contract {spec.__name__}; it has {', '.join(spec.layers)}")
        frames = [(layer, frames.get(layer)) for layer in spec.layers]
    written = []
    with package(path, spec.layers, epsg) as add:
        for layer, frame in frames:
            add(layer, _batches(frame, spec.layers[layer]), metadata)
            written.append(layer)
        if written != list(spec.layers):
            raise ContractError(f"{path.name}: layers {', '.join(written)}; the contract {spec.__name__} has {', '.join(spec.layers)}")


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
    with readable(path):
        found = {str(name) for name in pyogrio.list_layers(path)[:, 0]}
        if missing := [n for n in spec.layers if n not in found]:
            raise ContractError(f"{path}: layer {', '.join(missing)} missing; run make again after deleting the file")
        return {name: _read_layer(path, name, table) for name, table in spec.layers.items()}


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Whatever is wrong with the file becomes a `ContractError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a broken file is told of once, by the error
            yield
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise ContractError(f"{path}: cannot be read as a GeoPackage ({' '.join(str(error).split())}); run make again, it rebuilds the file") from None


def with_outlines(table: pa.Table, change: Callable[[list[bytes | None]], list[bytes | None]]) -> pa.Table:
    """A table in Arrow's form with its outlines changed."""
    at = table.schema.get_field_index("geometry")
    return table.set_column(at, table.schema.field(at), pa.array(change(table["geometry"].to_pylist()), type=pa.binary()))


def _batches(frame: pd.DataFrame | None, spec: type[TableSpec]) -> pa.RecordBatchReader:
    """A table as a stream; outlines that were left in their file come from it some rows at a time."""
    rows = 0 if frame is None else len(frame)
    step = BATCH_ROWS if frame is not None and spec.geometry and on_file(frame["geometry"]) else max(rows, 1)
    return _stream((arrow_table(frame[s : s + step], spec) for s in range(0, rows, step)), spec)  # type: ignore[index]


def streamed(table: pa.Table, spec: type[TableSpec]) -> pa.RecordBatchReader:
    """A table in Arrow's form as a stream."""
    step = BATCH_ROWS if spec.geometry else max(len(table), 1)
    return _stream((table[s : s + step] for s in range(0, len(table), step)), spec)


def _stream(parts: Iterator[pa.Table], spec: type[TableSpec]) -> pa.RecordBatchReader:
    """With multipart shapes only, as a layer has one type."""
    kind = spec.geometry
    made = parts if kind is None else (with_outlines(part, lambda pieces: multi(pieces, kind)) for part in parts)
    return pa.RecordBatchReader.from_batches(arrow_schema(spec), (batch for part in made for batch in part.to_batches()))


def _write_layer(path: Path, layer: str, table: Any, spec: type[TableSpec], *, epsg: int, metadata: dict[str, str]) -> None:
    shape = None if spec.geometry is None else "geometry"
    pyogrio.write_arrow(
        table, path, layer=layer, driver="GPKG", geometry_name=shape, geometry_type=MULTI[spec.geometry] if spec.geometry else None, crs=f"EPSG:{epsg}" if shape else None,
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
        return pandas_table(table, spec)
    frame = pandas_table(table.drop_columns([name]), spec)
    return gpd.GeoDataFrame(frame, geometry=shapely.from_wkb(single(table[name].to_pylist())), crs=meta["crs"])


def fixed_moment() -> AbstractContextManager[None]:
    """While it lasts GDAL stamps files with `FIXED_MOMENT` and not with the clock."""
    return gdal_settings(OGR_CURRENT_DATE=FIXED_MOMENT)
