"""Dated tables: what holds on a day, and that every file is well formed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.config.solar import SolarConfig
from pipeline.contracts.sources import BUILDING_USES
from pipeline.errors import InputError
from pipeline.io.dated import COLUMNS, TABLES, find, parse_rules, read_rules, rule, table_names
from pipeline.io.loads import day_shapes, use_rules
from pipeline.stages.land.plots import COVERS

NAMES = sorted(p.stem for p in TABLES.glob("*.csv"))


def line(**changed: str) -> dict[str, str]:
    whole = dict(zip(COLUMNS, ("k", "2", "1", "3", "EUR", "2025-01-01", "2025-12-31", "2026-11-22", "read", "somebody"), strict=True))
    return whole | changed


@pytest.mark.parametrize("name", table_names())
def test_every_table_is_well_formed(name: str) -> None:
    for rows in read_rules(name).values():
        assert len({r.unit for r in rows}) == 1
        assert all(len(r.source) > 15 for r in rows)
        # What nobody read has no day of reading beside it, unless a part of it was read for a judgement.
        assert all(not r.checked_on for r in rows if r.status == "recalled")


@pytest.mark.parametrize("name", NAMES)
def test_every_row_says_since_when(name: str) -> None:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows
    assert all(None not in r and None not in r.values() for r in rows), "as many cells as columns in each row"
    if name not in ("uses", "estate_uses"):
        assert all(r["valid_from"] and r["source"] for r in rows)


def test_the_row_of_a_day() -> None:
    assert rule("feed_in", "minimum_price", "2025-12-31").value == 0.0468
    assert rule("feed_in", "minimum_price", "2026-01").value == 0.0475
    assert find("feed_in", "scambio_sul_posto", "2025-05-29") is not None
    assert find("feed_in", "scambio_sul_posto", "2025-05-30") is None


def test_expired_too_early_and_unknown() -> None:
    with pytest.raises(InputError, match=r"minimum_price has expired on 2027-02 .*add a row that holds then"):
        rule("feed_in", "minimum_price", "2027-02")
    with pytest.raises(InputError, match="does not hold yet on 1999-01"):
        rule("taxes", "deduction", "1999-01")
    with pytest.raises(InputError, match="no key 'nothing'; it has deduction"):
        rule("taxes", "nothing", "2026-11")
    with pytest.raises(InputError, match="no such table; expected one of benchmarks, biotope_factors, consumption"):
        rule("nothing", "nothing", "2026-11")


def test_overlapping_rows_are_refused() -> None:
    good = [line(), line(valid_from="2026-01-01", valid_to="")]
    assert [r.valid_from for r in parse_rules("t", good[::-1])["k"]] == ["2025-01-01", "2026-01-01"]
    with pytest.raises(InputError, match="two rows of k hold on 2025-12-31"):
        parse_rules("t", [line(), line(valid_from="2025-12-31", valid_to="")])
    with pytest.raises(InputError, match="two rows of k hold on 2026-01-01"):
        parse_rules("t", [line(valid_to=""), line(valid_from="2026-01-01")])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"low": "2.5"}, "not in this order"), ({"value": "much"}, "could not convert"), ({"unit": ""}, "may not be empty"), ({"source": ""}, "may not be empty"),
        ({"valid_from": "2025-1-1"}, "no day"), ({"valid_to": "2024-01-01"}, "before it begins"), ({"status": "sure"}, "status 'sure'"), ({"checked_on": ""}, "not said when"),
        ({"valid_from": ""}, "valid_from '' is no day"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused(changed: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_rules("t", [line(**changed)])


def test_all_problems_at_once() -> None:
    with pytest.raises(InputError) as error:
        parse_rules("t", [line(low="9"), {"key": "k"}, line(unit="")])
    assert len(error.value.problems) >= 3


def test_uses_name_keys_that_are_there() -> None:
    assert list(use_rules()) == list(BUILDING_USES)
    for u in use_rules().values():
        rule("consumption", u.consumption, "2026-11")
        rule("electricity_prices", u.price, "2026-11")
        rule("electricity_prices", u.avoidable, "2026-11")
        assert day_shapes("g1" if u.profile == "school" else u.profile).shape == (3, 3, 24)
    with pytest.raises(InputError, match="'z9' has 0 days of 9; profiles there: g0, g1"):
        day_shapes("z9")


def test_the_documentation_names_every_table(root: Path) -> None:
    text = "".join((root / f"docs/methods/{page}.md").read_text(encoding="utf-8") for page in ("finance", "land", "plan", "actions"))
    assert [n for n in NAMES if f"| `{n}` |" not in text] == []


def test_ground_has_a_row_for_every_class() -> None:
    """Berlin's two lists, and the curve numbers of paving and lawn by soil group."""
    old, new = ([rule("biotope_factors", f"{v}_{c}", "2025-01").value for c in COVERS] for v in ("old", "new"))
    assert old == [0.0, 0.0, 0.3, 1.0, 1.0, 1.0] and new == [0.0, 0.0, 0.1, 1.0, 1.0, 1.0]
    numbers = {g: [rule("runoff", f"curve_number_{c}_{g}", "2025-01").value for c in COVERS] for g in "abcd"}
    assert numbers["b"][1] == 98 and numbers["b"][3] == 61 and numbers["a"][3] == 39 and numbers["d"][3] == 80
    assert all(0.0 < rule("runoff", f"coefficient_{c}", "2025-01").value <= 1.0 for c in COVERS)


def test_the_life_of_modules_is_that_of_the_table() -> None:
    assert SolarConfig().life_years == rule("pv_costs", "life", "2026-11").value
