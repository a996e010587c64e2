"""The list of dated rules: what has ended, ends soon, or nobody has read."""

from __future__ import annotations

import json

import pytest

from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.io.dated import table_names
from pipeline.rulesdue import STATES, lines_of, rules_due


def state(on: str, table: str, key: str, first: str = "", within: int = 180) -> str:
    found = [d.state for d in rules_due(on, within) if (d.rule.table, d.rule.key) == (table, key) and d.rule.valid_from.startswith(first)]
    assert len(found) == 1
    return found[0]


def test_a_grant_that_has_ended_is_expired_and_one_that_lasts_is_not() -> None:
    assert state("2025-11-30", "grants", "pnrr_community") == "due"
    assert state("2025-12-01", "grants", "pnrr_community") == "expired"
    assert state("2026-11-30", "feed_in", "scambio_sul_posto") == "expired"
    assert state("2026-11-30", "grants", "conto_termico_municipal") == "holds"
    assert state("2025-12-24", "grants", "conto_termico_municipal") == "waiting"


def test_the_tariff_of_communities_ends_with_2027() -> None:
    assert state("2026-11-30", "energy_communities", "fixed_200") == "holds"
    assert state("2027-07-05", "energy_communities", "fixed_200") == "due"
    assert state("2027-12-31", "energy_communities", "fixed_200", within=0) == "due"
    assert state("2028-01-01", "energy_communities", "fixed_200") == "expired"


def test_a_row_that_a_newer_one_follows_is_neither_due_nor_expired() -> None:
    assert state("2025-12-01", "feed_in", "minimum_price", "2025") == "holds"
    assert state("2026-02-01", "feed_in", "minimum_price", "2025") == "replaced"
    assert state("2026-11-30", "feed_in", "minimum_price", "2026") == "due"


def test_what_nobody_read_and_what_was_read_long_ago() -> None:
    assert state("2026-11-30", "emissions", "grid_it") == "unread"
    assert state("2028-06-01", "grants", "conto_termico") == "stale"


def test_every_row_of_every_table_is_listed_once() -> None:
    found = rules_due("2026-11-30", 180)
    assert {d.rule.table for d in found} == set(table_names())
    assert len({(d.rule.table, d.rule.key, d.rule.valid_from) for d in found}) == len(found)
    assert [list(STATES).index(d.state) for d in found] == sorted(list(STATES).index(d.state) for d in found)
    lines = lines_of(found, "2026-11-30", everything=True)
    assert sum(line.startswith("  ") for line in lines) == len(found)


def test_the_command_in_words_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules-due", "--on", "2027-01-15"]) == 0
    said = capsys.readouterr().out
    assert "EXPIRED" in said and "grants pnrr_community" in said and "2024-04-08 to 2025-11-30" in said
    assert main(["rules-due", "--on", "2027-01-15", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["on"] == "2027-01-15" and {r["state"] for r in made["rules"]} <= set(STATES)
    assert main(["rules-due", "--on", "soon"]) == 1
    assert "expected YYYY-MM-DD" in capsys.readouterr().err


def test_no_day() -> None:
    with pytest.raises(InputError, match="31/12/2026: no day"):
        rules_due("31/12/2026", 180)
