"""Tables of offices arrive typed; every value that is not of its kind is told with its line; nothing is guessed in silence."""

from __future__ import annotations

import datetime as dt
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.registers import Field, read_register

FIELDS = (
    Field("name", "text", ("Edificio", "Denominazione")),
    Field("area_m2", "number", ("Superficie (m²)", "Sup.")),
    Field("people", "int", ("Utenti",), required=False),
    Field("built", "date", ("Data di costruzione",), required=False),
    Field("heated", "bool", ("Riscaldato",), required=False),
)
TABLE = (
    "Elenco degli immobili comunali;;;;\n"
    "aggiornato al 31/12/2024;;;;\n"
    "Edificio;SUPERFICIE (m²);Utenti;Data di costruzione;Riscaldato;note\n"
    'Scuola "già" De Amicis;1.234,56;1.200;01/09/1968;sì;\n'
    ";;;;;\n"
    "Municipio;987,5;n.d.;1931-10-28;no;x\n"
    "Totale;2.222,06;1.200;;;\n"
).replace('"già"', "già")


def read(path: Path, fields: Any = FIELDS, notes: Notes | None = None, **more: Any) -> pd.DataFrame:
    return read_register(path, fields, notes if notes is not None else Notes(), **more)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_italian_habits(encoding: str, newline: str, tmp_path: Path) -> None:
    notes = Notes()
    made = read(write(tmp_path / "a.csv", TABLE.replace("\n", newline), encoding), notes=notes)
    assert made["name"].tolist() == ["Scuola già De Amicis", "Municipio"]
    assert made["area_m2"].tolist() == [1234.56, 987.5]
    assert made["people"].tolist() == [1200, pd.NA]
    assert made["built"].tolist() == [dt.datetime(1968, 9, 1), dt.datetime(1931, 10, 28)]
    assert made["heated"].tolist() == [True, False]
    assert made["line"].tolist() == [4, 6]
    assert notes.counts == {"rows read": 2, "dropped: empty": 1, "dropped: total of the others": 1}


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["1.234", "5,5"], [1234.0, 5.5]),
        (["1.234", "5.5"], [1.234, 5.5]),
        (["1.234", "0.25"], [1.234, 0.25]),
        (["1.234.567", "1.000"], [1234567.0, 1000.0]),
        (["1,234.5", "2"], [1234.5, 2.0]),
        (["€ 1.500,00", "-3,25"], [1500.0, -3.25]),
        (["1 500", "1'500,5"], [1500.0, 1500.5]),
    ],
)
def test_what_a_point_means_is_told_by_the_column(values: list[str], numbers: list[float], tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "name;area_m2\n" + "".join(f"a;{v}\n" for v in values))
    assert read(path)["area_m2"].tolist() == numbers


def test_a_point_nobody_can_tell_is_an_assumption(tmp_path: Path) -> None:
    notes = Notes()
    assert read(write(tmp_path / "a.csv", "name;area_m2\na;1.234\nb;7\n"), notes=notes)["area_m2"].tolist() == [1234.0, 7.0]
    assert len(notes.assumptions) == 1
    assert "1.234 = 1234" in notes.assumptions[0]


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_separators(mark: str, tmp_path: Path) -> None:
    made = read(write(tmp_path / "a.csv", f"name{mark}area_m2\na{mark}12\n"))
    assert made["area_m2"].tolist() == [12.0]
    assert made["people"].isna().all()
    assert made["built"].isna().all()


def test_all_problems_at_once_with_their_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "name;area_m2;people;built;heated\na;zehn;1,5;31/02/2020;forse\nb;1e999;3;1/2/99;no\n")
    with pytest.raises(InputError) as caught:
        read(path)
    said = [p.removeprefix(f"{path}: ") for p in caught.value.problems]
    assert said == [
        "line 2: area_m2: 'zehn'; expected a number, e.g. 1.234,56",
        "line 3: area_m2: '1e999'; expected a number, e.g. 1.234,56",
        "line 2: people: '1,5'; expected a whole number, e.g. 1.234",
        "line 2: built: '31/02/2020'; expected a date, e.g. 31/12/2024",
        "line 3: built: '1/2/99'; expected a date, e.g. 31/12/2024",
        "line 2: heated: 'forse'; expected sì or no",
    ]


def test_naples_is_no_missing_value(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "name;area_m2\nNA;NA\n")
    made = read(path)
    assert made["name"].tolist() == ["NA"]
    assert np.isnan(made["area_m2"][0])
    with pytest.raises(InputError, match="line 2: area_m2 is empty"):
        read(path, (FIELDS[0], Field("area_m2", "number", filled=True)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name;people\na;1\n", r"column missing: area_m2 \(also called Superficie \(m²\), Sup\.\); the header found is name, people"),
        ("name;area_m2\n", "the table is empty"),
        ("name;area_m2;area_m2\na;1;2\n", "column area_m2 stands twice"),
        ("name;area_m2\nRoma; via;12\n", "line 2: 3 cells, the header has 2"),
        ('name;area_m2\n"a;1\nb;2\n', "a quotation mark may be missing"),
        ("name;area_m2\na;\x00\n", "not text"),
    ],
)
def test_broken_tables(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        read(write(tmp_path / "a.csv", text))


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.xls is not read; save it as \.xlsx"):
        read(write(tmp_path / "a.xls", "x"))
    with pytest.raises(InputError, match="expected at most 3"):
        read(write(tmp_path / "a.csv", TABLE), max_bytes=3)
    with pytest.raises(InputError, match="cannot be unpacked"):
        pytest.importorskip("openpyxl")
        read(write(tmp_path / "a.xlsx", "no zip"))


def workbook(path: Path, rows: list[list[Any]], title: str = "Dati") -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.create_sheet("Altro").append(["name", "area_m2"])
    book.save(path)
    return path


def test_workbooks_have_types_of_their_own(tmp_path: Path) -> None:
    rows = [["Elenco"], ["Edificio", "Superficie (m²)", "Utenti", "Data di costruzione", "Riscaldato"], ["a", 1.234, 1200, dt.datetime(1968, 9, 1), True], [None], ["b", "1.234,5", "12", "28/10/1931", "no"]]
    path = workbook(tmp_path / "a.xlsx", rows)
    made = read(path)
    assert made["area_m2"].tolist() == [1.234, 1234.5]  # a number in a cell is a number, whatever its digits
    assert made["people"].tolist() == [1200, 12]
    assert made["built"].tolist() == [dt.datetime(1968, 9, 1), dt.datetime(1931, 10, 28)]
    assert made["heated"].tolist() == [True, False]
    assert made["line"].tolist() == [3, 5]
    with pytest.raises(InputError, match="no sheet Nulla; the workbook has Dati, Altro"):
        read(path, sheet="Nulla")
    with pytest.raises(InputError, match="the table is empty"):
        read(path, sheet="Altro")
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_cut_workbook(share: float, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["name", "area_m2"], ["a", 1]])
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(InputError, match="cannot be read as a zip"):
        read(path)


def test_a_workbook_that_unpacks_without_end_or_holds_entities(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["name", "area_m2"], ["a", 1]])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = b'<!DOCTYPE a [<!ENTITY x "yyyyyyyy">]>' + content
            new.writestr(name, content)
    with pytest.raises(InputError, match="cannot be read as a workbook"):
        read(tmp_path / "b.xlsx")
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b" " * (11 * 1024**2))
    with pytest.raises(InputError, match="bytes when unpacked"):
        read(tmp_path / "c.xlsx")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300), st.sampled_from(["", "name;area_m2;people;built;heated\n", "name,area_m2,people\n"]))
def test_any_text_is_a_table_or_an_input_error(tmp_path_factory: pytest.TempPathFactory, text: str, head: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes((head + text).encode())
    start = time.perf_counter()
    try:
        made = read(path)
    except InputError as error:
        assert str(path) in str(error)
    else:
        assert len(made) > 0
        assert np.isfinite(made["area_m2"].dropna()).all()
    assert time.perf_counter() - start < 1.0


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_an_input_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(b"name;area_m2\n" + content)
    try:
        read(path)
    except InputError as error:
        assert str(path) in str(error)


@given(st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 2)), min_size=1, max_size=20))
def test_numbers_written_the_italian_way_come_back(tmp_path_factory: pytest.TempPathFactory, numbers: list[float]) -> None:
    path = tmp_path_factory.getbasetemp() / "numbers.csv"
    written = [f"{v:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".") for v in numbers]
    path.write_text("name;area_m2\n" + "".join(f"a;{w}\n" for w in written))
    assert read(path)["area_m2"].tolist() == pytest.approx(numbers)
