"""Two files of one dataset from two machines: by how much their numbers differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import shapely
from numpy.typing import NDArray

from pipeline.core.solar.cellhorizon import unpacked
from pipeline.io.tiles import open_dataset

# Rows whose cells are compared at once.
LOT_ROWS = 1024


class Near(NamedTuple):
    """What counts as the same: so much of the greater number, or so little whatever the numbers."""

    relative: float
    absolute: float


@dataclass
class Difference:
    """What was found: numbers compared, the greatest relative difference with its column, and what is beyond the tolerance."""

    numbers: int = 0
    greatest: float = 0.0
    where: str = ""
    beyond: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """In words."""
        most = f"greatest difference {self.greatest:.1e} ({self.where})" if self.greatest else "none off by more than what counts near zero"
        said = f"{self.numbers:,} numbers, {most}"
        return f"DIFFERS beyond the tolerance: {'; '.join(self.beyond[:4])}" if self.beyond else f"other bytes, same within the tolerance: {said}"

    def hold(self, name: str, a: NDArray[Any], b: NDArray[Any], near: Near) -> None:
        """Compare two arrays of numbers; NaN equals NaN."""
        if a.shape != b.shape:
            self.beyond.append(f"{name}: {a.shape} here, {b.shape} there")
            return
        a, b = a.astype(np.float64), b.astype(np.float64)
        self.numbers += a.size
        if (np.isnan(a) != np.isnan(b)).any():
            self.beyond.append(f"{name}: known on one side only in {int((np.isnan(a) != np.isnan(b)).sum())} places")
        off = np.abs(np.nan_to_num(a) - np.nan_to_num(b))
        scale = np.maximum(np.abs(np.nan_to_num(a)), np.abs(np.nan_to_num(b)))
        share = np.divide(off, scale, out=np.zeros_like(off), where=off > near.absolute)
        if share.size and share.max() > self.greatest:
            self.greatest, self.where = float(share.max()), name
        if (share > near.relative).any():
            self.beyond.append(f"{name}: {int((share > near.relative).sum()):,} of {a.size:,} numbers, up to {share.max():.1e}")


def differences(here: Path, there: Path, near: Near) -> Difference:
    """Compare two rasters, tables or packages of one contract value by value."""
    found = Difference()
    if here.suffix == ".tif":
        _rasters(found, here, there, near)
    elif here.suffix == ".gpkg":
        for layer in (str(n) for n in pyogrio.list_layers(here)[:, 0]):
            a, b = (pyogrio.read_dataframe(p, layer=layer) for p in (here, there))
            _frames(found, f"{layer}.", a, b, near)
    else:
        a, b = (pq.read_table(p).to_pandas() for p in (here, there))
        _frames(found, "", a, b, near)
    return found


def _rasters(found: Difference, here: Path, there: Path, near: Near) -> None:
    with open_dataset(here) as a, open_dataset(there) as b:
        if (a.shape, a.count, a.transform) != (b.shape, b.count, b.transform):
            found.beyond.append("another grid")
            return
        for _, window in a.block_windows(1):
            for band in range(1, a.count + 1):
                found.hold(f"band {band}", a.read(band, window=window), b.read(band, window=window), near)


def _frames(found: Difference, before: str, a: pd.DataFrame, b: pd.DataFrame, near: Near) -> None:
    if list(a.columns) != list(b.columns) or len(a) != len(b):
        found.beyond.append(f"{before}{len(a):,} rows and {len(a.columns)} columns here, {len(b):,} and {len(b.columns)} there")
        return
    for name in a.columns:
        _column(found, f"{before}{name}", a[name], b[name], near)


def _column(found: Difference, name: str, a: pd.Series[Any], b: pd.Series[Any], near: Near) -> None:
    if name.endswith("geometry"):
        found.hold(name, _coordinates(a), _coordinates(b), near)
    elif pd.api.types.is_numeric_dtype(a) or pd.api.types.is_bool_dtype(a):
        found.hold(name, a.to_numpy(dtype=np.float64, na_value=np.nan), b.to_numpy(dtype=np.float64, na_value=np.nan), near)
    elif isinstance(next((v for v in a if v is not None), None), np.ndarray):
        found.hold(name, _flat(a), _flat(b), near)
    elif name == "cells":
        _cells(found, name, a, b, near)
    elif isinstance(next((v for v in a if v is not None), None), bytes):
        # Shares in steps of 1/255: a sum that is rounded otherwise may fall on the next step.
        found.hold(name, _bytes(a), _bytes(b), Near(near.relative, 1.0))
    elif bool((a.astype(str) != b.astype(str)).any()):
        found.beyond.append(f"{name}: {int((a.astype(str) != b.astype(str)).sum()):,} of {len(a):,} words differ")


def _coordinates(shapes: pd.Series[Any]) -> NDArray[Any]:
    first = next((v for v in shapes if v is not None), None)
    return shapely.get_coordinates(shapely.from_wkb(shapes.to_numpy()) if isinstance(first, bytes) else np.asarray(shapes, dtype=object))


def _bytes(cells: pd.Series[Any]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(v for v in cells if v is not None), dtype=np.uint8)


def _cells(found: Difference, name: str, a: pd.Series[Any], b: pd.Series[Any], near: Near) -> None:
    """Cells of roof planes, some planes at a time: the same places, horizons that may fall on the next step."""
    for start in range(0, len(a), LOT_ROWS):
        mine, other = (unpacked([np.frombuffer(v, dtype=np.uint8) for v in c.iloc[start : start + LOT_ROWS]]) for c in (a, b))
        for what in ("rows", "cols", "starts"):
            found.hold(f"{name} ({what})", getattr(mine, what), getattr(other, what), Near(0.0, 0.0))
        found.hold(f"{name} (codes)", mine.codes, other.codes, Near(near.relative, 1.0))


def _flat(lists: pd.Series[Any]) -> NDArray[np.float64]:
    """Numbers of a column of lists, outlines in them as coordinates."""
    parts = [_coordinates(pd.Series(v)).ravel() if v.dtype == object else np.asarray(v, dtype=np.float64).ravel() for v in lists if v is not None]
    return np.concatenate([np.empty(0), *parts])
