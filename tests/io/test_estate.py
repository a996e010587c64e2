"""The register of public buildings: Italian habits, and every line that cannot be right named at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.config.sources import Layer, Source
from pipeline.contracts.notes import Notes
from pipeline.contracts.plan import ESTATE_USES
from pipeline.errors import InputError
from pipeline.io.dated import read_rules
from pipeline.io.estate import Register, read_estate
from pipeline.io.estaterules import (
    benchmark,
    class_ends,
    community_open,
    estate_uses,
    expired_grants,
    factor,
    grant_share,
    renovated_above,
    solar_calendar,
)

HEAD = "codice;denominazione;uso;superficie utile mq;anno;mese;energia elettrica kwh;energia termica kwh;combustibile;latitudine;longitudine"
SCHOOL = "E1;Scuola dimostrativa;scuola;1.400;2024;;70.000;210.000,00;metano;;"


def layer(path: Path, kind: str = "public_buildings", **more: object) -> Layer:
    return Layer(Source(kind=kind, path=path.name, **more), (path,))  # type: ignore[arg-type]


def read(tmp_path: Path, *lines: str, notes: Notes | None = None, head: str = HEAD) -> Register:
    path = tmp_path / "edifici.csv"
    path.write_bytes("\n".join([head, *lines]).encode("cp1252"))
    return read_estate((layer(path),), "2026-11", notes or Notes())


def problems(tmp_path: Path, *lines: str, head: str = HEAD) -> str:
    with pytest.raises(InputError) as said:
        read(tmp_path, *lines, head=head)
    return "\n".join(said.value.problems)


def test_italian_numbers_and_words(tmp_path: Path) -> None:
    bills = read(tmp_path, SCHOOL, "E2;Città vecchia;Municipio;900,5;2024;3;1.000;;pompa di calore;40,345;18,046", "TOTALE;;;;;;71.000;;;;").bills
    assert bills["use"].tolist() == ["school", "office"] and bills["carrier"].tolist() == ["natural_gas", "electricity"]
    assert bills[["floor_m2", "electricity_kwh"]].to_numpy().tolist() == [[1400.0, 70000.0], [900.5, 1000.0]]
    assert bills["heat_kwh"].iloc[0] == 210_000.0 and np.isnan(bills["heat_kwh"].iloc[1])
    assert bills["month"].tolist() == [0, 3] and bills["lat"].iloc[1] == 40.345


def test_a_workbook_reads_as_the_same_table(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(HEAD.split(";"))
    book.active.append(["E1", "Scuola dimostrativa", "scuola", 1400, 2024, None, 70000, 210000.0, "metano", None, None])
    book.save(tmp_path / "e.xlsx")
    one, two = read_estate((layer(tmp_path / "e.xlsx"),), "2026-11", Notes()).bills, read(tmp_path, SCHOOL).bills
    pd.testing.assert_frame_equal(one.drop(columns="where"), two.drop(columns="where"))


def test_columns_named_by_town_yaml(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Plesso;Tipo;Area netta;Esercizio;kWhE\nScuola;scuola;100;2024;5\n", encoding="utf-8")
    fields = {"name": "Plesso", "use": "Tipo", "floor_m2": "Area netta", "year": "Esercizio", "electricity_kwh": "kWhE"}
    bills = read_estate((layer(path, fields=fields),), "2026-11", Notes()).bills
    assert bills["code"].tolist() == ["Scuola"] and bills["floor_m2"].tolist() == [100.0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("E1;Scuola;scuola;;2024;;1;1;metano;;", "line 2: Scuola: floor area is empty; expected the useful floor area"),
        ("E1;Scuola;scuola;0;2024;;1;1;metano;;", "floor area 0 m2"),
        ("E1;Scuola;scuola;circa 900;2024;;1;1;metano;;", "floor_m2: 'circa 900'; expected a number"),
        ("E1;Scuola;scuola;900;2024;;tanti;1;metano;;", "electricity_kwh: 'tanti'; expected a number"),
        ("E1;Scuola;scuola;900;2027;;1;1;metano;;", "year 2027 is still to come; expected at most 2026"),
        ("E1;Scuola;scuola;900;24;;1;1;metano;;", "year 24; expected 1990 to 2026"),
        ("E1;Scuola;scuola;900;;;1;1;metano;;", "year is empty"),
        ("E1;Scuola;scuola;900;2024;13;1;1;metano;;", "month 13; expected 1 to 12"),
        ("E1;Scuola;scuola;900;2024;;-5;1;metano;;", "electricity_kwh -5; expected 0 or more"),
        ("E1;Scuola;scuola;900;2024;;1;1;carbone;;", "heated with 'carbone'; expected one of metano"),
        ("E1;Scuola;scuola;900;2024;;1;1;metano;40,3;", "only one of lat and lon"),
        ("E1;Scuola;scuola;900;2024;;1;1;metano;4470000;250000", "lat 4.47e+06, lon 250000; expected degrees"),
        ("E1;;scuola;900;2024;;1;1;metano;;", "name is empty"),
    ],
)
def test_what_cannot_be_right_is_refused(tmp_path: Path, line: str, said: str) -> None:
    assert said in problems(tmp_path, line)


def test_all_lines_are_named_at_once(tmp_path: Path) -> None:
    said = problems(tmp_path, "E1;A;scuola;;2024;;1;1;metano;;", "E2;B;scuola;10;2099;;1;1;metano;;", SCHOOL.replace("E1", "E3"))
    assert "line 2: A" in said and "line 3: B" in said and "E3" not in said


@pytest.mark.parametrize("twice", [(SCHOOL, SCHOOL), (SCHOOL, SCHOOL.replace(";2024;;", ";2024;5;")), (SCHOOL.replace(";2024;;", ";2024;5;"),) * 2])
def test_one_building_and_time_twice(tmp_path: Path, twice: tuple[str, str]) -> None:
    assert "line 3: E1 in 2024 stands in 2 rows; expected one row, or one for each month" in problems(tmp_path, *twice).replace("line 2: E1", "line 3: E1")


def test_the_floor_area_may_stand_in_one_row_of_a_building(tmp_path: Path) -> None:
    assert read(tmp_path, SCHOOL, SCHOOL.replace("1.400;2024", ";2023")).bills["floor_m2"].tolist() == [1400.0, 1400.0]


def test_unknown_uses_and_unlikely_figures_are_said(tmp_path: Path) -> None:
    notes = Notes()
    bills = read(tmp_path, SCHOOL, "E2;Torre;faro;100;2024;;500000;1;metano;;", notes=notes).bills
    assert bills["use"].tolist() == ["school", "other"]
    assert any("uses faro" in w for w in notes.warnings) and any("5,000 kWh/m2" in w for w in notes.warnings)


def test_gas_in_cubic_metres(tmp_path: Path) -> None:
    """35.253 GJ a thousand standard cubic metres are 9.793 kWh each."""
    head = HEAD.replace("energia termica kwh", "gas smc")
    bills = read(tmp_path, "E1;Scuola;scuola;1.400;2024;;70.000;20.000;;;", head=head).bills
    assert bills["heat_kwh"].iloc[0] == pytest.approx(20_000 * 35.253 / 3.6, rel=1e-4) and bills["carrier"].iloc[0] == "natural_gas"
    assert "both heat_kwh and gas_sm3" in problems(tmp_path, SCHOOL + ";5", head=HEAD + ";smc")


def test_missing_columns_and_other_kinds(tmp_path: Path) -> None:
    assert "column missing: year (also called anno)" in problems(tmp_path, "a;b", head="denominazione;uso")
    path = tmp_path / "x.csv"
    path.write_text("anno;gradi giorno\n2024;1.150\n", encoding="utf-8")
    with pytest.raises(InputError, match="kind permits; expected public_buildings"):
        read_estate((layer(path, "permits"),), "2026-11", Notes())
    with pytest.raises(InputError, match="no register; expected an entry of kind public_buildings"):
        read_estate((layer(path, "degree_days"),), "2026-11", Notes())


def test_degree_days_and_house_numbers(tmp_path: Path) -> None:
    days, numbers, register = tmp_path / "gg.csv", tmp_path / "civici.csv", tmp_path / "e.csv"
    days.write_text("anno;gradi giorno\n2023;1.000\n2024;1.153,5\n", encoding="utf-8")
    numbers.write_text("ODONIMO;CIVICO;ESPONENTE;COORD_X_COMUNE;COORD_Y_COMUNE\nVIA ROMA;12;B;18,0451234;40,3451234\nVIA ROMA;;;18,0;40,0\n", encoding="utf-8")
    register.write_text(f"{HEAD}\n{SCHOOL}\n", encoding="utf-8")
    notes = Notes()
    found = read_estate((layer(register), layer(days, "degree_days"), layer(numbers, "addresses")), "2026-11", notes)
    assert found.degree_days == {2023: 1000.0, 2024: 1153.5}
    assert found.addresses is not None and found.addresses.to_numpy().tolist() == [["VIA ROMA", "12", "B", 18.0451234, 40.3451234]]
    assert notes.counts["house numbers without street, number or a point in degrees, dropped"] == 1
    days.write_text("anno;gradi giorno\n2023;1.000\n2023;1.100\n2024;0\n", encoding="utf-8")
    with pytest.raises(InputError) as said:
        read_estate((layer(register), layer(days, "degree_days")), "2026-11", Notes())
    assert "2023 stands twice" in str(said.value) and "0 degree days" in str(said.value)


def test_dated_rules_of_the_estate() -> None:
    assert set(estate_uses()) == set(ESTATE_USES)
    above, years = solar_calendar("2026-11")
    assert dict(zip(years.tolist(), above.tolist(), strict=True)) == {2027: 2000.0, 2028: 750.0, 2030: 250.0}
    assert len(solar_calendar("2024-05")[0]) == 0
    assert renovated_above("2026-11") == 250.0 and renovated_above("2023-01") == float("inf")
    assert class_ends("2026-11") == (0.5, 1.0, 1.5)
    assert factor("none", "2026-11") == 0.0 and factor("natural_gas", "2026-11") == pytest.approx(55.934 * 3.6 / 1000, abs=5e-5)
    assert np.isnan(factor("district_heat", "2026-11")) and np.isnan(factor(None, "2026-11"))
    assert {e.climate for e in estate_uses().values() if e.benchmark} <= {k.rpartition("_")[2] for k in read_rules("benchmarks") if k.startswith("degree_days_")}


def test_benchmarks_follow_the_climate_in_heat_alone() -> None:
    heat, power = benchmark("school", "2026-11", 1970.0)
    assert (heat, power) == (99.0, 25.0)
    assert benchmark("school", "2026-11", 985.0) == (49.5, 25.0)
    assert np.isnan(benchmark("other", "2026-11", 1000.0)).all() and np.isnan(benchmark("school", "2026-11", float("nan"))[0])


def test_grants_in_their_days() -> None:
    assert grant_share("office", 11_655, "2026-11") == 1.0 and grant_share("office", 15_001, "2026-11") == 0.65
    assert grant_share("school", 200_000, "2026-11") == 1.0 and grant_share("office", float("nan"), "2026-11") == 0.65
    assert np.isnan(grant_share("school", 100, "2025-12"))  # in force from 25 December 2025
    assert expired_grants("2026-11") == ("pnrr_community", "net_metering") and expired_grants("2025-05") == ()
    assert community_open("2027-12") and not community_open("2028-01")
