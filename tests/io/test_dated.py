"""Tables of numbers that change: every row has its range, days and source; the day decides."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.io import dated as module
from pipeline.io.dated import by_cover, dated

TABLES = ("runoff", "biotope_factors", "depaving", "ground_pv")
COVERS = ("building", "sealed", "bare", "low_vegetation", "tree", "water")


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_whole(table: str) -> None:
    with (module.REFERENCES / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        assert float(row["low"]) <= float(row["value"]) <= float(row["high"]), row
        assert row["source"] and row["unit"] and row["checked_on"] and row["valid_from"] < (row["valid_to"] or "9999")


def test_both_lists_of_berlin_give_every_class_a_factor() -> None:
    old, new = ([r.value for r in by_cover("biotope_factors", "2025-01-01", COVERS, version=v)] for v in ("old", "new"))
    assert old == [0.0, 0.0, 0.3, 1.0, 1.0, 1.0] and new == [0.0, 0.0, 0.1, 1.0, 1.0, 1.0]


def test_curve_numbers_of_the_worked_example() -> None:
    numbers = {g: [r.value for r in by_cover("runoff", "2025-01-01", ("sealed", "low_vegetation"), quantity="curve_number", soil_group=g)] for g in "ABCD"}
    assert numbers["B"] == [98, 61] and numbers["A"] == [98, 39] and numbers["D"][1] == 80


def test_the_day_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text("cover,value,low,high,unit,valid_from,valid_to,checked_on,source\na,1,1,1,1,2000-01-01,2019-12-31,2026-01-01,s\na,2,2,2,1,2020-01-01,,2026-01-01,s\n")
    monkeypatch.setattr(module, "REFERENCES", tmp_path)
    assert [dated("x", day)[0].value for day in ("2019-12-31", "2020-01-01")] == [1.0, 2.0]
    with pytest.raises(ConfigError, match="no row"):
        dated("x", "1999-01-01")
    with pytest.raises(ConfigError, match=r"b \(0\)"):
        by_cover("x", "2025-01-01", ("a", "b"))
