"""Tables that wait in their files until it is their turn, in Arrow's form: a layer at a time, only the columns that are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio

from pipeline.contracts.spec import Later, PackageSpec, Part, TableSpec
from pipeline.errors import ContractError
from pipeline.io.geopackage import rows_of
from pipeline.io.onfile import BATCH_ROWS
from pipeline.io.packages import readable
from pipeline.io.tables import arrow_schema, pandas_table
from pipeline.io.wkb import single


def waiting(path: Path, spec: type[TableSpec] | type[PackageSpec]) -> Later[Any]:
    """What stands in a file of processed/: its parts and their rows; the rows themselves are left there.

    Raises
    ------
    ContractError
        When the file cannot be read, or lacks a layer.
    """
    if issubclass(spec, TableSpec):
        try:
            return Later({"": Part(path, None, pq.read_metadata(path).num_rows)})
        except (OSError, pa.ArrowException) as error:
            raise ContractError(f"{path}: cannot be read as Parquet ({' '.join(str(error).split())}); run make again, it rebuilds the file") from None
    found = rows_of(path)
    if missing := [n for n in spec.layers if n not in found]:
        raise ContractError(f"{path}: layer {', '.join(missing)} missing; run make again after deleting the file")
    return Later({name: Part(path, name, found[name]) for name in spec.layers})


def chosen(part: Part, column: str, value: str) -> Part:
    """The rows of a part that have a value, e.g. `use` "town"."""
    rows = _read(part, [column], geometry=False)[column]
    return part._replace(rows=int(pc.sum(pc.equal(rows, value)).as_py() or 0), only=(column, value))


def arrow(part: Part, spec: type[TableSpec], *, geometry: bool = True) -> pa.Table:
    """Its rows in Arrow's form.

    Parameters
    ----------
    part
        From `waiting`.
    spec
        Contract of what is wanted, which may name fewer columns than the file has.
    geometry
        Whether its outlines, where the contract has them: WKB, those of one part as that part.

    Raises
    ------
    ContractError
        When the file lacks a column, or holds something else in it.
    """
    schema = arrow_schema(spec)
    outlined = spec.geometry is not None
    if outlined and not geometry:
        schema, outlined = schema.remove(len(schema) - 1), False
    names = [n for n in spec.columns() if not part.only or n != part.only[0]] + ([part.only[0]] if part.only else [])
    table = _read(part, names, geometry=outlined)
    if part.only:
        table = table.filter(pc.equal(table[part.only[0]], part.only[1]))
    if missing := [n for n in schema.names if n not in table.column_names]:
        raise ContractError(f"{part.path}: column {', '.join(missing)} missing; run make again after deleting the file")
    try:
        return pa.table([table[n].cast(schema.field(n).type) for n in schema.names], schema=schema)
    except pa.ArrowException as error:
        raise ContractError(f"{part.path}: does not keep its contract ({' '.join(str(error).split())}); run make again after deleting the file") from None


def attributes(part: Part, spec: type[TableSpec]) -> pd.DataFrame:
    """Its rows without outlines, as `read_table` gives them."""
    return pandas_table(arrow(part, spec, geometry=False), spec)


def _read(part: Part, names: list[str], *, geometry: bool) -> pa.Table:
    if part.layer is None:
        with pq.ParquetFile(part.path) as file:
            return file.read(columns=[n for n in file.schema_arrow.names if n in names or (geometry and n == "geometry")])
    with readable(part.path), pyogrio.open_arrow(part.path, layer=part.layer, columns=names, read_geometry=geometry, batch_size=BATCH_ROWS, use_pyarrow=True) as (meta, reader):
        if not geometry:
            return reader.read_all()
        # Some rows at a time, so that outlines are twice in memory only for those.
        known = ["geometry" if n == (meta["geometry_name"] or "wkb_geometry") else n for n in reader.schema.names]
        parts = [_own(pa.Table.from_batches([batch]).rename_columns(known)) for batch in reader]
        return pa.concat_tables(parts) if parts else reader.schema.empty_table().rename_columns(known)


def _own(batch: pa.Table) -> pa.Table:
    """With outlines of one part as that part; a copy, as GDAL frees a batch only when nothing of it is left."""
    others = batch.drop_columns(["geometry"]).take(pa.array(range(len(batch)), type=pa.int64()))
    return others.append_column(batch.schema.field("geometry"), pa.array(single(batch["geometry"].to_pylist()), type=pa.binary()))
