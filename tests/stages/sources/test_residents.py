"""People by section, or all of them in the boundary; none lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Residents
from pipeline.errors import ConfigError, InputError
from pipeline.io.sections import PEOPLE_HEADERS, SECTION_HEADERS
from pipeline.stages.sources.residents import residents

TOWN = Town(name="Carmiano", code="075014", epsg=25833)
BOUNDARY = gpd.GeoDataFrame({"town_id": ["075014"]}, geometry=[shapely.box(0, 0, 30, 10)], crs=25833)


def sections(path: Path, ids: list[Any], people: list[Any], lefts: list[float]) -> tuple[Layer, ...]:
    gpd.GeoDataFrame({"SEZ2011": ids, "P1": people}, geometry=[shapely.box(w, 0, w + 10, 10) for w in lefts], crs=25833).to_file(path)
    return (Layer(Source(kind="sections", fields={"section_id": "SEZ2011", "residents": "P1"}), (path,)),)


def test_sections_of_the_town_are_kept_and_counted(tmp_path: Path) -> None:
    notes = Notes()
    ids = [750140000002.0, 750140000001.0, 750140000001.0, 750150000001.0, None]
    made = residents(sections(tmp_path / "s.gpkg", ids, [10, 5, 3, 99, 1], [0, 10, 20, 100, 0]), BOUNDARY, TOWN, notes)
    check_table(made, Residents, 25833, "residents")
    assert made[["section_id", "residents", "area_m2"]].to_numpy().tolist() == [["750140000001", 8, 200.0], ["750140000002", 10, 100.0]]
    assert notes.figures["residents"] == 18.0
    assert notes.counts["left out: outside the boundary"] == 1
    assert notes.counts["merged into a row of the same section"] == 1
    assert notes.counts["dropped: no identifier"] == 1
    assert notes.counts["rows read"] == 5


def test_a_section_without_a_number_has_nobody_and_that_is_said(tmp_path: Path) -> None:
    notes = Notes()
    made = residents(sections(tmp_path / "s.gpkg", ["1", "2"], [4.0, None], [0, 10]), None, TOWN, notes)
    assert made["residents"].tolist() == [4, 0]
    assert notes.counts["sections without a number, counted as 0"] == 1


@pytest.mark.parametrize("number", [-1.0, 2.5])
def test_odd_numbers_are_refused(number: float, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="residents in section 2; expected a whole number from 0"):
        residents(sections(tmp_path / "s.gpkg", ["1", "2"], [4.0, number], [0, 10]), None, TOWN, Notes())


def test_sections_of_another_town(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no census section lies in Carmiano"):
        residents(sections(tmp_path / "s.gpkg", ["1"], [4], [500]), BOUNDARY, TOWN, Notes())


def test_a_field_is_missing(tmp_path: Path) -> None:
    (layer,) = sections(tmp_path / "s.gpkg", ["1"], [4], [0])
    with pytest.raises(ConfigError, match="no field for residents; add"):
        residents((Layer(Source(kind="sections", fields={"section_id": "SEZ2011"}), layer.paths),), None, TOWN, Notes())


def test_only_the_total_is_known() -> None:
    notes = Notes()
    layer = Layer(Source(kind="total", residents=11655), ())
    made = residents((layer,), BOUNDARY, TOWN, notes)
    check_table(made, Residents, 25833, "residents")
    assert made[["section_id", "residents", "area_m2"]].to_numpy().tolist() == [["075014", 11655, 300.0]]
    assert notes.assumptions
    assert residents((layer,), BOUNDARY, Town(name="Campo", epsg=25833), Notes())["section_id"].tolist() == ["town"]


def test_a_total_needs_a_place_and_a_number() -> None:
    with pytest.raises(InputError, match="no boundary to place the people in"):
        residents((Layer(Source(kind="total", residents=5), ()),), None, TOWN, Notes())
    with pytest.raises(ConfigError, match="kind total without a number"):
        residents((Layer(Source(kind="total"), ()),), BOUNDARY, TOWN, Notes())


def outlines(path: Path) -> Path:
    gpd.GeoDataFrame({"SEZ2011": [750140000001.0, 750140000002.0, 750140000003.0]}, geometry=[shapely.box(w, 0, w + 10, 10) for w in (0, 10, 20)], crs=25833).to_file(path)
    return path


ISTAT = (
    "CODREG;REGIONE;PROCOM;COMUNE;SEZ2011;NSEZ;P1;P2\r\n"
    "16;Puglia;75014;Carmiano;750140000001;1;1.204;600\r\n"
    "16;Puglia;75014;Carmiano;750140000002;2;0;0\r\n"
    "16;Puglia;75014;Carmiano;750148888881;8888881;7;7\r\n"
    "16;Puglia;75002;Alessano - località;750020000001;1;31;15\r\n"
)


@pytest.mark.parametrize("own", [{}, {"table_section_id": "SEZ2011", "residents": "P1"}])
def test_residents_from_a_table_of_istat(own: dict[str, str], tmp_path: Path, balance: Callable[[Notes, int], None]) -> None:
    (tmp_path / "R16_indicatori_2011_sezioni.csv").write_bytes(ISTAT.encode("cp1252"))
    layer = Layer(Source(kind="sections", fields={"section_id": "SEZ2011", **own}), (outlines(tmp_path / "s.gpkg"),), tmp_path / "R16_indicatori_2011_sezioni.csv")
    notes = Notes()
    made = residents((layer,), BOUNDARY, TOWN, notes)
    check_table(made, Residents, 25833, "residents")
    assert made[["section_id", "residents"]].to_numpy().tolist() == [["750140000001", 1204], ["750140000002", 0], ["750140000003", 0]]
    assert notes.counts["table: rows read"] == 4
    assert notes.counts["table: rows that have an outline"] == 2
    assert notes.counts["sections without a number, counted as 0"] == 1
    # People without a home are in a section without a place: told, not lost.
    assert notes.figures["residents_without_an_outline"] == 7.0
    assert "7 residents of Carmiano are in 1 sections without an outline" in notes.warnings[0]
    balance(notes, len(made))


@pytest.mark.shared
def test_the_names_of_the_columns_are_those_of_istat(shared_data: Path) -> None:
    from pipeline.io.registers import Field, read_register

    made = read_register(shared_data / "italy/statistics/ISTAT_tracciato_2011_sezioni.csv", (Field("field", "text", ("NOME_CAMPO",)), Field("meaning", "text", ("DEFINIZIONE",))), Notes())
    by = dict(zip(made["field"], made["meaning"], strict=True))
    assert SECTION_HEADERS[0] in by
    assert by[PEOPLE_HEADERS[0]] == "Popolazione residente - totale"


def test_the_table_is_a_raw_file_like_any_other(tmp_path: Path) -> None:
    from pipeline.recipes import Place, make_plan

    outlines(tmp_path / "s.gpkg")
    (tmp_path / "town.yaml").write_text("name: Campo\nepsg: 25833\nsources:\n  residents:\n    - {kind: sections, path: s.gpkg, table: t.csv, fields: {section_id: SEZ2011}}\n")
    place = Place(tmp_path, tmp_path / "out/campo", tmp_path / "maps/campo")
    with pytest.raises(InputError, match=r"sources\.residents\.0\.table: no file .*t\.csv; put the file there"):
        make_plan(place)
    (tmp_path / "t.csv").write_text("SEZ2011;P1\n750140000001;3\n")
    one = make_plan(place).recipes["residents"]
    assert [f["path"] for f in one["layers"][0]["files"]] == ["s.gpkg", "t.csv"]
    (tmp_path / "t.csv").write_text("SEZ2011;P1\n750140000001;4\n")
    assert make_plan(place).recipes["residents"] != one
