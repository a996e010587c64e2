"""Does a dataset keep its contract? All problems are collected and raised once.

The runner asks on the way in and on the way out of every stage; nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.contracts.spec import Column, RasterSpec, TableSpec, on_file
from pipeline.core.grid import Grid
from pipeline.errors import ContractError

if TYPE_CHECKING:
    import pandas as pd

# Rows of a list column that are checked at once.
LIST_ROWS = 512
GEOMETRY_TYPES: dict[str, tuple[str, ...]] = {
    "polygon": ("Polygon", "MultiPolygon"),
    "line": ("LineString", "MultiLineString"),
    "point": ("Point", "MultiPoint"),
}


def check_table(frame: pd.DataFrame, spec: type[TableSpec], epsg: int, where: str) -> None:
    """Compare a table with its contract.

    Parameters
    ----------
    frame
        DataFrame, or GeoDataFrame where the contract has a geometry.
    spec
        The contract.
    epsg
        The town's reference system, which the geometry must declare.
    where
        Begins every message, e.g. "parcels (written by the stage parcels)".

    Raises
    ------
    ContractError
        With one message for each problem: columns missing or not declared, dtypes, missing values, ranges,
        categories, list lengths, keys that repeat or are not sorted, geometry and reference system.
    """
    _raise([*_values(frame, spec, epsg), *_key(frame, spec, _KeyNames(frame, spec))], where)


def check_part(frame: pd.DataFrame, spec: type[TableSpec], epsg: int, where: str) -> None:
    """`check_table` of some rows of a table: all but its key, for which see `check_key`."""
    _raise(_values(frame, spec, epsg), where)


def check_key(frame: pd.DataFrame, spec: type[TableSpec], where: str) -> None:
    """Whether the key of a whole table, of which the other columns may be missing, is given, sorted and does not repeat."""
    _raise(_key(frame, spec, _KeyNames(frame, spec)), where)


def _values(frame: pd.DataFrame, spec: type[TableSpec], epsg: int) -> Iterator[str]:
    yield from _column_names(frame, spec)
    names = _KeyNames(frame, spec)
    for name, column in spec.columns().items():
        if name in frame.columns:
            yield from (f"column {name}: {p}" for p in _column(frame[name], column, names))
    if spec.geometry is not None and "geometry" in frame.columns:
        yield from (f"geometry: {p}" for p in _geometry(frame, spec, epsg, names))


def _raise(found: Iterable[str], where: str) -> None:
    if problems := list(found):
        raise ContractError([f"{where}: {p}" for p in problems])


def check_columns(frame: pd.DataFrame, spec: type[TableSpec], epsg: int, where: str) -> None:
    """Compare names and dtypes of the columns and the reference system of a table with its contract; its values are not looked at.

    For a table that `check_table` passed before it was written; parameters and errors as there. The reference system of a
    table whose geometry was left in its file is not known.
    """
    problems = list(_column_names(frame, spec))
    dtypes = ((name, _dtype(frame[name], column)) for name, column in spec.columns().items() if name in frame.columns)
    problems += [f"column {name}: {p}" for name, p in dtypes if p]
    if hasattr(frame, "crs") and (problem := _crs(frame, epsg)):
        problems.append(f"geometry: {problem}")
    _raise(problems, where)


def check_raster_header(spec: type[RasterSpec], *, grid: Grid, dtype: str, bands: tuple[str, ...], epsg: int, where: str) -> None:
    """Compare what a raster says about itself with its contract; its cells are not read.

    Parameters
    ----------
    spec
        The contract.
    grid, dtype, bands
        Of the raster: its grid, the dtype of its cells, the names of its bands.
    epsg
        The town's reference system.
    where
        Begins every message.

    Raises
    ------
    ContractError
        With one message for each problem.
    """
    problems = []
    expected = tuple(b.name for b in spec.bands)
    if bands != expected:
        problems.append(f"bands {', '.join(bands) or 'none'}; expected {', '.join(expected)}")
    if dtype != spec.dtype:
        problems.append(f"cells are {dtype}; expected {spec.dtype}")
    if grid.epsg != epsg:
        problems.append(f"reference system EPSG:{grid.epsg}; expected the town's EPSG:{epsg}")
    if grid.rows < 1 or grid.cols < 1:
        problems.append(f"grid of {grid.rows} rows and {grid.cols} columns; expected at least one cell")
    if not (np.isfinite(grid.cell_m) and grid.cell_m > 0):
        problems.append(f"cell of {grid.cell_m} m; expected a positive size")
    _raise(problems, where)


class _KeyNames:
    """Names the row a problem was first seen in: by its key, or by its position where the key is missing."""

    def __init__(self, frame: pd.DataFrame, spec: type[TableSpec]) -> None:
        self._keys = [(k, frame[k]) for k in spec.key if k in frame.columns]

    def first(self, bad: NDArray[np.bool_]) -> str:
        row = int(np.argmax(bad))
        return ", ".join(f"{name}={values.iloc[row]!r}" for name, values in self._keys) or f"row {row}"


def _column_names(frame: pd.DataFrame, spec: type[TableSpec]) -> Iterator[str]:
    expected = [*spec.columns(), *(["geometry"] if spec.geometry else [])]
    found = [str(c) for c in frame.columns]
    if missing := [c for c in expected if c not in found]:
        yield f"column {', '.join(missing)} missing; the contract {spec.__name__} has {', '.join(expected)}"
    if extra := [c for c in found if c not in expected]:
        yield f"column {', '.join(extra)} not in the contract {spec.__name__}; declare it in pipeline/contracts or leave it out"
    if repeated := sorted({c for c in found if found.count(c) > 1}):
        raise ContractError(f"column {', '.join(repeated)} stands twice in a table of the contract {spec.__name__}")


def _column(values: pd.Series[Any], column: Column, names: _KeyNames) -> Iterator[str]:
    dtype_problem = _dtype(values, column)
    if dtype_problem:
        yield dtype_problem
        return
    empty = values.isna().to_numpy(dtype=bool)
    if column.required and empty.any():
        yield f"{_some(empty)} missing, first at {names.first(empty)}; the column is required"
    if column.dtype == "bytes" and column.length is None:
        yield from _bytes(values, names, empty)
    elif column.holds_many:
        yield from _lists(values, column, names, empty)
    elif column.dtype in ("int", "float"):
        yield from _range(values.to_numpy(dtype=np.float64, na_value=np.nan), column, names)
    elif column.dtype == "str":
        yield from _words(values, column, names, empty)


def _dtype(values: pd.Series[Any], column: Column) -> str | None:
    """Text of the problem, None where the dtype is right. Text and lists stand in object columns."""
    allowed = {
        "str": ("object", "string", "str"), "list": ("object",), "bytes": ("object",), "float": ("float64",), "bool": ("bool",),
        "int": ("int64",) if column.required else ("int64", "Int64"),
    }[column.dtype]  # fmt: skip
    if str(values.dtype) not in allowed:
        return f"dtype {values.dtype}; expected {' or '.join(allowed)}"
    return None


def _words(values: pd.Series[Any], column: Column, names: _KeyNames, empty: NDArray[np.bool_]) -> Iterator[str]:
    wrong = np.array([not isinstance(v, str) for v in values], dtype=bool) & ~empty
    if wrong.any():
        first = values.iloc[int(np.argmax(wrong))]
        yield f"{_some(wrong)} not text, first at {names.first(wrong)}: {first!r} ({type(first).__name__})"
    elif column.values is not None:
        other = ~values.isin(column.values).to_numpy(dtype=bool) & ~empty
        if other.any():
            yield f"{_some(other)} not among {', '.join(column.values)}, first at {names.first(other)}: {values.iloc[int(np.argmax(other))]!r}"


def _range(numbers: NDArray[np.float64], column: Column, names: _KeyNames) -> Iterator[str]:
    unit = f" {column.unit}" if column.unit else ""
    limits = f"{'' if column.low is None else column.low} .. {'' if column.high is None else column.high}{unit}"
    bad = np.isinf(numbers)
    if column.low is not None:
        bad |= numbers < column.low
    if column.high is not None:
        bad |= numbers > column.high
    if bad.any():
        yield f"{_some(bad)} outside {limits}, first at {names.first(bad)}: {numbers[int(np.argmax(bad))]}"


def _bytes(values: pd.Series[Any], names: _KeyNames, empty: NDArray[np.bool_]) -> Iterator[str]:
    wrong = np.array([not (isinstance(v, np.ndarray) and v.dtype == np.uint8 and v.ndim == 1) for v in values], dtype=bool) & ~empty
    if wrong.any():
        yield f"{_some(wrong)} not a row of bytes, first at {names.first(wrong)}: {type(values.iloc[int(np.argmax(wrong))]).__name__}"


def _lists(values: pd.Series[Any], column: Column, names: _KeyNames, empty: NDArray[np.bool_]) -> Iterator[str]:
    lengths = np.array([np.size(v) if not e else -1 for v, e in zip(values, empty, strict=True)], dtype=np.int64)
    wrong = (lengths != column.length) & ~empty
    if wrong.any():
        yield f"{_some(wrong)} of another length than {column.length}, first at {names.first(wrong)}: {lengths[int(np.argmax(wrong))]}"
    good = np.flatnonzero(~wrong & ~empty)
    low = column.low if column.low is not None else -np.inf
    high = column.high if column.high is not None else np.inf
    bad = np.zeros(len(values), dtype=bool)
    lists = values.to_numpy()
    for part in np.array_split(good, len(good) // LIST_ROWS + 1):
        if len(part):
            numbers = np.stack([lists[row] for row in part])
            inside = (numbers >= low) & (numbers <= high)
            bad[part] = ~(inside if numbers.dtype.kind in "iu" else inside & np.isfinite(numbers)).all(axis=1)
    if bad.any():
        yield f"{_some(bad)} holding a number outside {column.low} .. {column.high} {column.unit}, first at {names.first(bad)}"


def _key(frame: pd.DataFrame, spec: type[TableSpec], names: _KeyNames) -> Iterator[str]:
    key = list(spec.key)
    if any(k not in frame.columns for k in key) or not len(frame):
        return
    try:
        repeats = frame.duplicated(key).to_numpy(dtype=bool)
        order = frame[key].sort_values(key, kind="stable")
    except TypeError:  # keys of mixed types, already reported as wrong dtype
        return
    if repeats.any():
        yield f"key {', '.join(key)}: {_some(repeats)} repeating an earlier one, first {names.first(repeats)}"
    moved = (order.to_numpy() != frame[key].to_numpy()).any(axis=1)
    if moved.any():
        yield f"key {', '.join(key)}: rows are not sorted by it, first out of place {names.first(moved)}"
    blank = np.zeros(len(frame), dtype=bool)
    for k in key:
        blank |= (frame[k] == "").to_numpy(dtype=bool, na_value=False)
    if blank.any():
        yield f"key {', '.join(key)}: {_some(blank)} empty"


def _crs(frame: pd.DataFrame, epsg: int) -> str | None:
    """Text of the problem, None where the reference system is the town's."""
    crs = getattr(frame, "crs", None)
    if crs is None:
        return f"declares no reference system; expected the town's EPSG:{epsg}"
    return None if crs.to_epsg() == epsg else f"reference system EPSG:{crs.to_epsg()}; expected the town's EPSG:{epsg}"


def _geometry(frame: pd.DataFrame, spec: type[TableSpec], epsg: int, names: _KeyNames) -> Iterator[str]:
    if on_file(frame["geometry"]):
        return  # that file was checked when it was written, and again when it was opened
    if problem := _crs(frame, epsg):
        yield problem
    shapes = np.asarray(frame["geometry"], dtype=object)
    strange = np.array([g is not None and not isinstance(g, shapely.Geometry) for g in shapes], dtype=bool)
    if strange.any():
        yield f"{_some(strange)} not outlines, first at {names.first(strange)}: {type(shapes[int(np.argmax(strange))]).__name__}"
        return
    allowed = GEOMETRY_TYPES[spec.geometry or "polygon"]
    missing = shapely.is_missing(shapes)
    empty = ~missing & shapely.is_empty(shapes)
    kinds = np.array([g.geom_type if g is not None else "" for g in shapes], dtype=object)
    other = ~missing & ~np.isin(kinds, allowed)
    broken = ~missing & ~shapely.is_valid(shapes)
    raised = ~missing & shapely.has_z(shapes)
    if missing.any() and spec.geometry_required:
        yield f"{_some(missing)} missing, first at {names.first(missing)}"
    if empty.any():
        yield f"{_some(empty)} empty, first at {names.first(empty)}"
    if other.any():
        yield f"{_some(other)} not {' or '.join(allowed)}, first at {names.first(other)}: {kinds[int(np.argmax(other))]}"
    if broken.any():
        yield f"{_some(broken)} invalid, first at {names.first(broken)}: {shapely.is_valid_reason(shapes[int(np.argmax(broken))])}"
    if raised.any():
        yield f"{_some(raised)} with a third coordinate, first at {names.first(raised)}; the contract is flat"


def _some(bad: NDArray[np.bool_]) -> str:
    return f"{int(bad.sum())} of {len(bad)} values"
