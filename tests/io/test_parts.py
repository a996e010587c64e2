"""A table written as it is made is the file of the whole table, byte by byte; what was laid aside comes back in any order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.contracts.solar import Horizon, Obstacles
from pipeline.contracts.spec import TableParts
from pipeline.errors import ContractError, StorageError
from pipeline.io.onfile import extent
from pipeline.io.parts import write_parts
from pipeline.io.shelf import Outlines, Shelf
from pipeline.io.tables import read_table, write_table

EPSG = 25833


def obstacles(rows: int) -> gpd.GeoDataFrame:
    names = [f"{i:04d}" for i in range(rows)]
    columns: dict[str, Any] = {"obstacle_id": names, "roof_id": names, "building_id": names, "kind": "object", "height_m": np.linspace(0.3, 2.0, rows), "area_m2": 1.0}
    return gpd.GeoDataFrame(columns, geometry=[shapely.box(i, -i, i + 1, 1 - i) for i in range(rows)], crs=EPSG)


def horizons(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    lit = list(rng.integers(0, 256, (rows, 3240), dtype=np.uint8))
    return pd.DataFrame({"roof_id": [f"{i:04d}" for i in range(rows)], "horizon_deg": list(rng.uniform(0, 90, (rows, 72))), "sky_view": rng.random(rows), "lit_share": lit, "cells": [np.arange(i % 99, dtype=np.uint8) for i in range(rows)]})


def shuffled(frame: Any, sizes: tuple[int, ...]) -> list[Any]:
    """The rows in another order, in frames of some sizes."""
    rows, cuts = np.random.default_rng(2).permutation(len(frame)), np.cumsum(sizes)
    return [frame.iloc[np.sort(part)[::-1]].reset_index(drop=True) for part in np.split(rows, cuts)]


@pytest.mark.parametrize(("frame", "spec"), [(obstacles(Obstacles.group_rows + 77), Obstacles), (horizons(Horizon.group_rows + 9), Horizon), (obstacles(3)[:0], Obstacles), (horizons(3)[:0], Horizon)])
def test_the_file_is_that_of_the_whole_table(frame: Any, spec: Any, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    write_table(tmp_path / "whole" / "t.parquet", frame, spec, EPSG, {"notice": "demo"})
    parts = shuffled(frame, (0, 5, 100)) if len(frame) else [frame]
    assert write_parts(tmp_path / "t.parquet", TableParts(spec, iter(parts)), EPSG, {"notice": "demo"}, "made") == len(frame)
    assert (tmp_path / "t.parquet").read_bytes() == (tmp_path / "whole" / "t.parquet").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.parquet", "whole"], "nothing is left beside"


def test_a_part_or_a_key_that_breaks_the_contract_is_named(tmp_path: Path) -> None:
    frame = obstacles(6)
    with pytest.raises(ContractError, match=r"made: column height_m: 1 of 3 values outside .* first at obstacle_id='0004'"):
        write_parts(tmp_path / "t.parquet", TableParts(Obstacles, iter([frame[:3], frame[3:].assign(height_m=[1.0, -900.0, 1.0])])), EPSG, {}, "made")
    with pytest.raises(ContractError, match="key obstacle_id: 1 of 7 values repeating an earlier one, first obstacle_id='0005'"):
        write_parts(tmp_path / "t.parquet", TableParts(Obstacles, iter([frame, frame[5:]])), EPSG, {}, "made")


def test_pieces_come_back_in_any_order(tmp_path: Path) -> None:
    shelf, rng = Shelf(tmp_path), np.random.default_rng(3)
    pieces = [None if n == 7 else rng.bytes(n) for n in rng.integers(0, 20, 50)]
    places = np.concatenate([shelf.put(pieces[:20]), shelf.put([]), shelf.put(pieces[20:])])
    numbers = rng.random((4, 3))
    rows = shelf.put_rows(numbers)
    some = rng.permutation(50)
    assert shelf.take(places[some]) == [pieces[k] for k in some]
    assert [np.frombuffer(p or b"").tolist() for p in shelf.take(rows[::-1])] == numbers[::-1].tolist()
    assert not list(tmp_path.iterdir()), "the file has no name"


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf._file = Path("/dev/full").open("wb")  # type: ignore[assignment] # noqa: SIM115
    with pytest.raises(StorageError, match="is full"):
        shelf.put([bytes(1 << 20)])


def test_outlines_on_file_and_in_memory_are_the_same(tmp_path: Path) -> None:
    frame = obstacles(Obstacles.group_rows + 40)
    write_table(tmp_path / "t.parquet", frame, Obstacles, EPSG, {})
    slim = read_table(tmp_path / "t.parquet", Obstacles, slim=True)
    held, left = Outlines(frame["geometry"]), Outlines(slim["geometry"])
    np.testing.assert_array_equal(held.bounds, left.bounds)
    np.testing.assert_array_equal(held.area, left.area)
    some = np.random.default_rng(4).permutation(len(frame))[:90]
    assert all(a.equals(b) for a, b in zip(held[some], left[some], strict=True))
    assert left.touching(3.5, -9.0, 5.0, 0.0).tolist() == [3, 4]
    assert extent(frame) == extent(slim) and extent(slim.iloc[:0]) is None
