"""`pipeline.io.differences`: what is said of two arrays of numbers that should be the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.solar.cellhorizon import CellHorizons, packed
from pipeline.io.differences import Difference, Near, differences


@pytest.mark.parametrize(("there", "said"), [
    ([1.0, np.nan, 200.0], "3 numbers, none off by more than what counts near zero"),
    ([1.0, np.nan, 200.0 + 1e-4], "3 numbers, greatest difference 5.0e-07 (kwh)"),
    ([1.0, np.nan, 201.0], "DIFFERS beyond the tolerance: kwh: 1 of 3 numbers, up to 5.0e-03"),
])  # fmt: skip
def test_the_greatest_difference_is_named_where_one_counts(there: list[float], said: str) -> None:
    found = Difference()
    found.hold("kwh", np.array([1.0, np.nan, 200.0 + 1e-14]), np.array(there), Near(absolute=1e-6, relative=1e-6))
    assert said in found.sentence()


@pytest.mark.parametrize(("change", "said"), [
    ("nothing", "none off by more"), ("next step", "same within the tolerance"), ("two steps", "cells (codes): 1 of 216 numbers"), ("next column", "cells (cols): 1 of 3 numbers"),
    ("256 rows on", "cells (rows): 1 of 3 numbers"), ("another plane", "cells (starts): 1 of 4 numbers"),
])  # fmt: skip
def test_cells_of_planes_have_their_places_and_nearly_their_horizons(change: str, said: str, tmp_path: Path) -> None:
    def write(name: str, rows: list[int], cols: list[int], starts: list[int], codes: np.ndarray) -> Path:
        cells = packed(CellHorizons(np.array(rows), np.array(cols), np.array(starts), codes.astype(np.uint8)))
        pd.DataFrame({"cells": [c.tobytes() for c in cells]}).to_parquet(tmp_path / name)
        return tmp_path / name

    codes = np.full((72, 3), 100)
    there = codes.copy()
    there[5, 1] += {"next step": 1, "two steps": 2}.get(change, 0)
    rows, cols = [10, 11 + 256 * (change == "256 rows on"), 12], [7, 7 + (change == "next column"), 7]
    mine = write("a.parquet", [10, 11, 12], [7, 7, 7], [0, 2, 2, 3], codes)
    other = write("b.parquet", rows, cols, [0, 2, 3, 3] if change == "another plane" else [0, 2, 2, 3], there)
    assert said in differences(mine, other, Near(absolute=1e-9, relative=1e-6)).sentence()
