"""Spreadsheets: Excel in Italian reads numbers as numbers, identifiers keep their zeros, and nothing becomes a formula."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from pipeline.contracts.publish import Atlas
from pipeline.contracts.spec import Column
from pipeline.exports.sheets import SHEETS, _as_text
from pipeline.io.workbook import FORMULA, LONGEST_NAME, Cells, Sheet, write_workbook
from tests.exports.conftest import FORMULAS


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def italian(text: str) -> float:
    """A number as Excel reads it where the comma is the decimal mark."""
    assert re.fullmatch(r"-?\d+(,\d+)?(e[+-]\d+)?", text), text
    return float(text.replace(",", "."))


@pytest.mark.parametrize("layer", ["buildings", "parcels", "sections"])
def test_csv_says_what_the_table_says(made: Any, layer: str) -> None:
    frame, read = made.atlas[layer], rows(made.folder / "csv" / f"{layer}.csv")
    assert len(read) == len(frame)
    for name in ("area_m2", "kwh_year" if layer == "buildings" else "sealed_share"):
        values = frame[name].to_numpy(dtype=float)
        given = np.array([italian(r[name]) if r[name] else np.nan for r in read])
        np.testing.assert_allclose(given, values, rtol=1e-6)


def test_csv_opens_right_by_double_click_in_italian_excel(made: Any) -> None:
    for path in sorted((made.folder / "csv").glob("*.csv")):
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data and b"." not in data.split(b"\r\n")[0], path
        about = path.with_suffix(".txt").read_text(encoding="utf-8")
        assert "Licenza / Licence: " in about and "Fonti / Sources:" in about
        for name in rows(path)[0]:
            assert f"  {name}" in about, (path.name, name)
    assert "dati dimostrativi" in (made.folder / "csv/buildings.txt").read_text(encoding="utf-8")
    assert "dati dimostrativi" not in (made.folder / "csv/greenspaces.txt").read_text(encoding="utf-8")


def test_no_cell_of_a_csv_is_a_formula(made: Any) -> None:
    seen = set()
    for path in sorted((made.folder / "csv").glob("*.csv")):
        for row in rows(path):
            for name, text in row.items():
                number = re.fullmatch(r"-\d+(,\d+)?(e[+-]\d+)?", text or "")
                assert number or not (text or "").startswith(FORMULA), (path.name, name, text)
                seen.add(text)
    assert {f"'{text}" for text in FORMULAS} <= seen
    assert 'Villa <b>comunale</b>; "nuova"' in {r["name"] for r in rows(made.folder / "csv/greenspaces.csv")}


@pytest.fixture(scope="module")
def book(made: Any) -> Any:
    return openpyxl.load_workbook(made.folder / "carmiano.xlsx")


def test_the_workbook_holds_tables_meanings_and_sources(made: Any, book: Any) -> None:
    names = book.sheetnames
    assert names[0] == "Leggimi" and names[-2:] == ["Significati", "Fonti e licenze"]
    assert set(names[1:-2]) == {SHEETS[n][0] for n in SHEETS if (made.folder / "csv" / f"{n}.csv").exists()}
    for name in names:
        assert book[name].freeze_panes == "A2" and book[name].auto_filter.ref, name
    assert any("dati dimostrativi" in str(c.value) for c in book["Leggimi"]["A"])
    sources = {r[0].value: [c.value for c in r] for r in book["Fonti e licenze"].iter_rows(min_row=2)}
    assert sources["Confini"][1:4] == ["ISTAT", "CC BY 4.0", "2023"] and "dati dimostrativi" in sources["Edifici"][5]
    means = {(r[0].value, r[2].value): (r[1].value, r[4].value, r[5].value) for r in book["Significati"].iter_rows(min_row=2)}
    assert means["Edifici", "area_m2"] == ("Superficie in pianta [m²]", "Superficie in pianta", "Footprint area")
    for name in names[1:-2]:
        assert {c.value for c in book[name][1]} == {label for (sheet, _), (label, _, _) in means.items() if sheet == name}


def test_numbers_are_numbers_and_text_is_text(made: Any, book: Any) -> None:
    frame, sheet = made.atlas["buildings"], book["Edifici"]
    at = {c.value: c.column for c in sheet[1]}
    area = [sheet.cell(r, at["Superficie in pianta [m²]"]) for r in range(2, len(frame) + 2)]
    assert all(c.data_type == "n" for c in area)
    np.testing.assert_allclose([c.value for c in area], frame["area_m2"], rtol=1e-6)
    assert sheet.max_row == len(frame) + 1
    modules = [sheet.cell(r, at["Moduli"]).value for r in range(2, len(frame) + 2)]
    assert sum(modules) == frame["modules"].sum() and all(isinstance(m, int) for m in modules)
    known = {c.value for r in book["Edifici"].iter_rows(min_row=2) for c in r if c.data_type == "s"}
    assert set(frame["building_id"]) <= known
    found = {c.value: c for r in book["Sezioni"].iter_rows(min_row=2) for c in r}
    for text in FORMULAS:
        assert found[text].data_type == "s" and found[text].quotePrefix, text
    assert not [c for s in book for r in s.iter_rows() for c in r if c.data_type == "f"]
    assert Atlas.layers["sections"].section_id.dtype == "str" and found["075014000000" + "8"].data_type == "s"


def test_what_a_spreadsheet_cannot_hold_is_refused_or_cut(tmp_path: Path) -> None:
    for names in (["a", "A"], ["x" * (LONGEST_NAME + 1)], ["a/b"], [""]):
        with pytest.raises(ValueError, match="sheet names"):
            write_workbook(tmp_path / "bad.xlsx", names, [], "t")
    write_workbook(tmp_path / "good.xlsx", ["è"], [Sheet("è", ["<&>"], [9], [Cells(["\x00a\x0b", "y" * 40_000, None, "", "z"])])], "t")
    column = [c.value for c in openpyxl.load_workbook(tmp_path / "good.xlsx")["è"]["A"]]
    assert column == ["<&>", "a", "y" * 32_767, None, None, "z"]


def test_numbers_keep_seven_digits_and_need_no_exponent() -> None:
    import pandas as pd

    column = Column("float", "m²", "", "")
    assert _as_text(pd.Series([1234567.891, 0.0, np.nan, 12.0, 0.000123456789, -3.5]), column) == ["1234568", "0", None, "12", "0.0001234568", "-3.5"]
    assert _as_text(pd.Series([True, False, None], dtype=object), Column("bool", "", "", "")) == ["sì", "no", None]
    assert _as_text(pd.Series([7, None], dtype="Int64"), Column("int", "", "", "")) == ["7", None]
