"""The figures printed in docs/methods/finance.md are those of the code and the dated tables; `pytest --fix` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config.finance import FinanceConfig
from pipeline.io.dated import find, read_rules, rule
from pipeline.io.terms import TABLES_USED
from tests.reference.finance_pages import renewed

ON = FinanceConfig().as_of


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs/methods/finance.md").read_text(encoding="utf-8")


def test_generated_blocks_are_current(page: str, root: Path, fix: bool) -> None:
    wanted = renewed(page, ON)
    if fix and wanted != page:
        (root / "docs/methods/finance.md").write_text(wanted, encoding="utf-8")
        return
    assert page == wanted, "docs/methods/finance.md is stale; `pytest --fix tests/test_finance_page.py` mends it"


def test_whatever_is_from_memory_says_so() -> None:
    """In the table itself, where the next reader looks; and nothing that was read does."""
    for table in TABLES_USED:
        for rows in read_rules(table).values():
            for r in rows:
                assert (r.status == "recalled") == r.source.startswith("NOT CONFIRMED"), (table, r.key)


def test_figures_in_the_text_are_those_of_the_tables(page: str) -> None:
    def of(table: str, key: str) -> float:
        return rule(table, key, ON).value

    july, year = round(of("load_shapes", "home_july") * of("consumption", "dwelling")), of("consumption", "dwelling")
    for said in (
        f"floor area × {of('consumption', 'net_of_gross'):g} / {of('consumption', 'dwelling_m2'):g} m²", f"height over {of('consumption', 'storey_m'):g} m",
        f"{of('consumption', 'household_people'):g} people", f"July has {july} of {year:,.0f} kWh", f"for homes {of('electricity_prices', 'avoidable_home'):.2f}",
        f"{of('electricity_prices', 'home') * 100:.2f} cent", f"{of('taxes', 'vat'):.0%} VAT".replace("%", " %"), f"up to {of('taxes', 'deduction_max_kwp'):g} kWp",
        f"feed-in is valued at {of('feed_in', 'ritiro_dedicato') * 1000:g} €/MWh", f"{of('feed_in', 'tax_home'):.0%}".replace("%", " %"),
        f"after 14:00 and on days of staff alone {of('load_shapes', 'school_afternoon'):.0%}".replace("%", " %"), f"`calendar_year` ({FinanceConfig().calendar_year})",
        f"below {FinanceConfig().unknown_annex_below_m2:g} m² an annex", f"above {FinanceConfig().unknown_other_above_m2:g} m² business",
    ):  # fmt: skip
        assert said in page, said
    grants = {r.valid_to[:4]: r.value for r in read_rules("taxes")["deduction"]}
    assert f"{grants['2026']:.0%} in 2026, {grants['2027']:.0%} in 2027".replace("%", " %") in page
    assert find("taxes", "deduction", "2028-01") is None
