"""The short run of `make fuzz`, and text of any shape through the parsers that read text."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config.town import load_town
from pipeline.contracts.notes import Notes
from pipeline.errors import ConfigError, InputError, SoleSuoloError
from pipeline.io.cadastre import parse_reference
from pipeline.io.cxf import parse_cxf
from pipeline.io.osm import metres, parse_tags
from pipeline.io.registers import Field, read_register
from pipeline.io.xmlguard import check_xml
from tests.fuzz.fuzz import HARM, Tally, fuzz, table
from tests.fuzz.mutate import MAX_BYTES
from tests.fuzz.seeds import ALL, BY_NAME
from tests.fuzz.worker import damaged

SHORT, SEED = 7, 20261129


def test_damaged_files_do_no_harm() -> None:
    found = fuzz([s.name for s in ALL], SHORT, SEED)
    print(table(found))
    assert [h for t in found.values() for h in t.harm] == []
    assert all(sum(t.counts.values()) == SHORT for t in found.values())
    # Neither all of it is read nor all of it refused, or the run would say nothing.
    assert sum(t.counts["read"] for t in found.values()) > 2 * len(found)
    assert sum(t.counts["refused"] for t in found.values()) > 2 * len(found)


def test_the_formats_are_counted_where_they_are_told() -> None:
    said = re.search(r"each of (\d+) formats", (Path(__file__).resolve().parents[2] / "SECURITY.md").read_text(encoding="utf-8"))
    assert said and int(said[1]) == len(ALL), "SECURITY.md: how many formats `make fuzz` damages"


def test_a_case_is_the_same_bytes_each_time() -> None:
    seed = BY_NAME["cxf"]
    content = b"MAPPA\n" * 200
    made = [damaged(seed, content, n, 3) for n in range(30)]
    assert made == [damaged(seed, content, n, 3) for n in range(30)]
    assert len(set(made)) > 20 and made[0] == content and max(map(len, made)) <= MAX_BYTES


def test_harm_is_counted_as_harm() -> None:
    tally = Tally()
    tally.add("read", 5, 2000, "a", "")
    tally.add("traceback", 5, 0, "b", "ValueError")
    tally.add("refused", 5, 0, "c", "")
    assert tally.counts == {"memory": 1, "traceback": 1, "refused": 1} and len(tally.harm) == 2
    assert set(HARM) & set(tally.counts) == {"memory", "traceback"}


CXF_LINES = st.one_of(st.sampled_from(["MAPPA", "B792_000100", "BORDO", "TESTO\\", "SIMBOLO", "FIDUCIALE", "LINEA", "EOF", "12+", "STRADA", "1", "4", "-3", "1e308", "nan", "758000.5"]), st.text(max_size=8))


@given(st.lists(CXF_LINES, max_size=40), st.booleans())
@settings(max_examples=150)
def test_any_lines_are_a_sheet_or_an_error(lines: list[str], begun: bool) -> None:
    text = "\n".join((["MAPPA", "B792_000100", "2000"] if begun else []) + lines)
    try:
        sheet = parse_cxf(text, "a.CXF")
    except InputError as error:
        assert "a.CXF" in str(error)
    else:
        assert len(sheet.names) == len(sheet.geometries) > 0


YAML_PIECES = st.one_of(
    st.sampled_from(["name: X\n", "epsg: 25833\n", "sources:\n", "  parcels:\n", "    - {kind: cxf, path: a}\n", "&a [*a]\n", "!!python/name:os.system\n", "- ", "? ", "<<: *b\n", "{", "[", '"', "|\n", "\t", "solar: {albedo: .nan}\n", "2001-01-01\n"]),
    st.text(max_size=12),
)


@given(st.lists(YAML_PIECES, max_size=25))
@settings(max_examples=150)
def test_any_yaml_is_a_town_or_an_error(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]) -> None:
    folder = tmp_path_factory.mktemp("t")
    (folder / "town.yaml").write_text("".join(pieces), encoding="utf-8", errors="surrogatepass")
    try:
        load_town(folder)
    except ConfigError as error:
        assert "town.yaml" in str(error)


def laughs(levels: int) -> str:
    """Each level holds the one before ten times: 10^levels words in a few hundred bytes."""
    lines = ['a0: &a0 ["ha"]'] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        laughs(12) + "\nname: X\nepsg: 25833\n",
        laughs(12) + "\nname: *a11\nepsg: *a11\nsources: {parcels: *a11}\n",
        "name: X\nepsg: &e [*e]\n",
        "[" * 5000,
        "[" * 300_000,
        "name: X\n" + "# long\n" * 200_000,
        "name: " + "{a: " * 3000,
        "name: X\nepsg: " + "9" * 6000 + "\n",
        "!!python/object/apply:os.system ['true']",
        "name: !!python/name:os.system\nepsg: 25833\n",
        "? [a, b]\n: c\n",
        "name: X\nepsg: 25833\n2: 3\n",
        "name: X\nepsg: 25833\ndate: 2020-99-99\n",
    ],
    ids=["laughs unused", "laughs used", "a list that holds itself", "brackets", "brackets that took the process down", "a megabyte of comments", "braces", "a long number", "a command", "a function", "a key that is a list", "a key that is a number", "no date"],
)
def test_hostile_yaml_is_an_error_at_once(text: str, tmp_path: Path) -> None:
    (tmp_path / "town.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_town(tmp_path)
    assert len(str(caught.value)) < 20_000


CELLS = st.one_of(st.sampled_from(["1.234,5", "1,234.5", "", "n.d.", '"', "31/12/2024", "1e5", "Totale", "-0", "９", "1.2.3.4"]), st.text(max_size=10))


@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.sampled_from(";,\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
@settings(max_examples=100)
def test_any_table_is_rows_or_an_error(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], mark: str, encoding: str) -> None:
    path = tmp_path_factory.mktemp("t") / "a.csv"
    path.write_bytes("\n".join([mark.join(("data", "mq", "n")), *(mark.join(r) for r in rows)]).encode(encoding, "replace"))
    notes = Notes()
    try:
        made = read_register(path, (Field("data", "date"), Field("mq", "number"), Field("n", "int")), notes)
    except InputError as error:
        assert "a.csv" in str(error)
    else:
        assert len(made) == notes.counts["rows read"]


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_left(text: str) -> None:
    parse_reference(text)
    parse_tags(text)
    assert math.isnan(metres(text)) or metres(text) >= 0.0


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_xml_or_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes, declared: bool) -> None:
    path = tmp_path_factory.mktemp("t") / "a.gml"
    path.write_bytes((b'<?xml version="1.0"?>' if declared else b"") + content)
    try:
        check_xml(path)
    except SoleSuoloError as error:
        assert "a.gml" in str(error)
