"""Bulky columns of a table that stay in its Parquet file: read a batch of rows at a time.

A cell of such a column is an `OnFile`, which names the file and the row. It goes through merges, sorts and to workers
like any value; `lists` and `outlines` turn a batch of them into arrays. They take real values as well, so the functions
of the stages need not know which they were given.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from pipeline.contracts.spec import OnFile

# Rows that are read at once by whoever goes through a whole column.
BATCH_ROWS = 1024


def left_on_file(path: Path, column: str, rows: int) -> NDArray[np.object_]:
    """Stand-ins for the cells of a column, shape (rows,)."""
    out = np.empty(rows, dtype=object)
    where = str(path)
    out[:] = [OnFile(where, column, row) for row in range(rows)]  # a list of tuples, not an array of two axes
    return out


def lists(cells: Any) -> NDArray[Any]:
    """A list column, or rows of it, as one array of shape (rows, length).

    Parameters
    ----------
    cells
        Sequence of `OnFile` of one column, or of arrays of one length.
    """
    found = list(cells)
    if not found:
        return np.empty((0, 0))
    # A copy, as what Arrow holds cannot be written to, and compiled functions would be compiled anew for such arrays.
    return numbers_of(_taken(found)).copy() if isinstance(found[0], OnFile) else np.stack(found)


def outlines(cells: Any) -> NDArray[np.object_]:
    """A geometry column, or rows of it, as shapes; missing ones are None."""
    found = list(cells)
    if found and isinstance(found[0], OnFile):
        return np.asarray(shapely.from_wkb(wkb(found)), dtype=object)
    out = np.empty(len(found), dtype=object)
    out[:] = found
    return out


def wkb(cells: Any) -> list[bytes | None]:
    """Cells of a geometry column that are left in its file, as WKB, or those of a column of bytes; missing ones are None."""
    pieces: list[bytes | None] = _taken(list(cells)).to_pylist()
    return pieces


def pieces(cells: Any) -> list[bytes]:
    """A column of bytes without gaps, or rows of it, left in its file or not."""
    found = list(cells)
    return [p or b"" for p in wkb(found)] if found and isinstance(found[0], OnFile) else [p.tobytes() for p in found]


def folder_of(cells: Any) -> Path | None:
    """Folder of the file that cells were left in; None where they are values."""
    return Path(cells[0].path).parent if len(cells) and isinstance(cells[0], OnFile) else None


class Extent(NamedTuple):
    """Reference system and bounds of a table's outlines: west, south, east, north [m]."""

    epsg: int
    bounds: tuple[float, float, float, float]


def extent(table: Any) -> Extent | None:
    """Where the outlines of a table lie, None for a table without rows.

    Parameters
    ----------
    table
        GeoDataFrame, or a slim table whole: of that it is what its file says.
    """
    if not len(table):
        return None
    first = table["geometry"].iloc[0]
    if not isinstance(first, OnFile):
        return Extent(table.crs.to_epsg(), tuple(table.total_bounds.tolist()))
    column = json.loads(pq.read_metadata(first.path).metadata[b"geo"])["columns"]["geometry"]
    return Extent(int(column["crs"]["id"]["code"]), tuple(column["bbox"]))


def numbers_of(chunk: pa.Array) -> NDArray[Any]:
    """Values of an Arrow list column of fixed length, or of one of bytes, shape (rows, length)."""
    if pa.types.is_fixed_size_binary(chunk.type):
        width = chunk.type.byte_width
        if not len(chunk):
            return np.empty((0, width), dtype=np.uint8)
        return np.frombuffer(chunk.buffers()[1], dtype=np.uint8)[chunk.offset * width : (chunk.offset + len(chunk)) * width].reshape(-1, width)
    return np.asarray(chunk.flatten().to_numpy(zero_copy_only=False).reshape(-1, chunk.type.list_size))


def _taken(cells: Sequence[OnFile]) -> pa.Array:
    """Rows of a column, from only those groups of rows of its file that hold them."""
    path, column, _ = cells[0]
    rows = np.array([c.row for c in cells], dtype=np.int64)
    starts = _row_groups(path, Path(path).stat().st_mtime_ns)
    group = np.searchsorted(starts, rows, side="right") - 1
    used = np.unique(group)
    with pq.ParquetFile(path) as file:
        whole = file.read_row_groups(used.tolist(), columns=[column], use_threads=False)[column]
    # Where each group that was read begins, in what was read.
    sizes = np.diff(starts)[used]
    begins = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    at = begins[np.searchsorted(used, group)] + rows - starts[group]
    taken = whole.take(pa.array(at))
    return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken


@lru_cache(maxsize=64)
def _row_groups(path: str, _changed: int) -> NDArray[np.int64]:
    """First row of each group of rows and, last, the number of rows."""
    meta = pq.read_metadata(path)
    sizes = [meta.row_group(g).num_rows for g in range(meta.num_row_groups)]
    return np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
