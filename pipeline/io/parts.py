"""Tables written as they are made: frames come in any order, the file has the order of its key, and memory never holds its bulky columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.contracts.check import check_key, check_part
from pipeline.contracts.spec import Column, TableParts
from pipeline.io.shelf import Shelf
from pipeline.io.tables import Shapes, bulky, file_notes, groups_of, list_dtype, write_groups


def write_parts(path: Path, made: TableParts[Any], epsg: int, metadata: dict[str, str], where: str) -> int:
    """Write the same file as `tables.write_table` would of the whole table; gives its number of rows.

    Parameters
    ----------
    path
        The file to write; the caller moves it into place. Bulky columns are laid aside in its folder until all rows are known.
    made
        Contract and frames.
    epsg
        Reference system of the town.
    metadata
        Key-value metadata of the file.
    where
        Begins the message of a frame that does not keep the contract.

    Raises
    ------
    ContractError
        As `check_table` of the whole table, frame by frame.
    """
    spec, left = made.spec, bulky(made.spec)
    shelf, shapes = Shelf(path.parent), Shapes()
    kept: list[pd.DataFrame] = []
    places: dict[str, list[NDArray[np.int64]]] = {name: [] for name in left}
    for part in made.parts:
        check_part(part, spec, epsg, where)
        for name in left:
            places[name].append(_laid(shelf, part[name], spec.columns().get(name)))
        if spec.geometry is not None:
            shapes.see(np.asarray(part["geometry"], dtype=object))
        kept.append(pd.DataFrame(part.drop(columns=left)))
    slim = pd.concat(kept, ignore_index=True)
    order = slim.sort_values(list(spec.key), kind="stable").index.to_numpy()
    slim = slim.iloc[order].reset_index(drop=True)
    check_key(slim, spec, where)
    found = {name: np.concatenate(p)[order] for name, p in places.items()}

    def group(rows: slice) -> pd.DataFrame:
        taken = {name: _cells(shelf.take(p[rows]), spec.columns().get(name)) for name, p in found.items()}
        return slim[rows].assign(**{name: pd.Series(cells, index=slim.index[rows], dtype=object) for name, cells in taken.items()})

    write_groups(path, (group(rows) for rows in groups_of(len(slim), spec)), spec, file_notes(spec, shapes, epsg, metadata))
    return len(slim)


def _laid(shelf: Shelf, values: Any, column: Column | None) -> NDArray[np.int64]:
    """Cells of a list column, or outlines (no column of the contract), laid aside; bytes of any length one by one."""
    if column is None:
        return shelf.put(shapely.to_wkb(np.asarray(values, dtype=object), include_srid=False))
    if column.length is None:
        return shelf.put(v.tobytes() for v in values)
    return shelf.put_rows(np.stack(list(values)).astype(list_dtype(column), copy=False) if len(values) else np.empty((0, 0)))


def _cells(pieces: list[bytes | None], column: Column | None) -> list[Any]:
    """Cells as `tables.write_groups` takes them: outlines stay as they are."""
    return list(pieces) if column is None else [np.frombuffer(p or b"", dtype=list_dtype(column)) for p in pieces]
