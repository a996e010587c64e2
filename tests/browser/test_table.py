"""What is found, listed and filtered beside the map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.maps.quantities import quantity
from tests.browser.pages import Visits, address

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [("solar", "e00030", "E00030"), ("solar", "1/9", None), ("sealing", "2/7", "B792_2_007"), ("green", "0750140000003", "0750140000003")],
)
def test_search(visit: Visits, site: Path, atlas: dict[str, Any], name: str, query: str, expected: str | None) -> None:
    seen = visit().open(address(site, name))
    if expected is None:
        there = atlas["buildings"].merge(atlas["parcels"][["parcel_id", "sheet", "number"]], on="parcel_id")
        house = there.iloc[20]
        query, expected = f"{house['sheet']}/{house['number']}", house["building_id"]
    seen.page.fill("#query", query)
    seen.page.press("#query", "Enter")
    assert seen.state()["id"] == expected


def test_search_without_result_says_what_to_type(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.fill("#query", "<b>nix</b>")
    seen.page.press("#query", "Enter")
    assert "Niente con “<b>nix</b>”" in seen.page.inner_text("#found")
    assert seen.state()["id"] is None


def test_a_table_row_is_shown_on_the_map(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "solar"))
    best = atlas["buildings"].sort_values("kwh_year", ascending=False)["building_id"].iloc[0]
    button = seen.page.locator("#table tbody tr").first.locator("button")
    assert button.get_attribute("aria-label") == f"Mostra Edificio {best} sulla mappa"
    button.click()
    assert seen.state()["id"] == best
    assert seen.page.evaluate("SS.view.getBounds().contains(SS.layers.theme.bounds(SS.current.selected))")


def test_the_table_sorts_and_pages(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    assert seen.page.inner_text("#rows") == "Righe 1–20 di 60"
    seen.page.click("#next")
    seen.page.click("#next")
    assert seen.page.is_disabled("#next")
    seen.page.locator("#table thead button").first.click()
    ids = seen.page.locator("#table tbody th").all_inner_texts()
    assert ids == sorted(ids) or ids[0].startswith(("<script>", "E0", "O'"))
    assert seen.page.locator("#table thead th").first.get_attribute("aria-sort") == "ascending"


def together(houses: Any) -> float:
    """P90 of a sum of buildings."""
    kwh = houses["kwh_year"].map(lambda v: float(f"{v:.3g}"))
    off = ((kwh * houses["sigma_common"]).sum() ** 2 + ((kwh * houses["sigma_own"]) ** 2).sum()) ** 0.5
    return float(kwh.sum() - 1.2816 * off)


def test_the_threshold_filters_map_table_and_sum(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.focus("#from")
    for _ in range(9):
        seen.page.keyboard.press("ArrowRight")
    threshold = seen.page.evaluate("SS.current.threshold")
    above = atlas["buildings"]["kwh_year"][atlas["buildings"]["kwh_year"].map(lambda v: float(f"{v:.3g}")) >= threshold]
    assert 0 < len(above) < 57
    assert seen.page.evaluate("SS.current.tableCount") == len(above)
    text = seen.page.inner_text("#sum")
    assert f"{len(above)} tetti" in text
    assert quantity(above.map(lambda v: float(f"{v:.3g}")).sum(), "kwh").it in text
    assert f"almeno {quantity(together(atlas['buildings'].loc[above.index]), 'kwh').it} in" in text, "P90 of the sum, not the sum of P90"
    assert f"t={threshold:g}" in seen.state()["hash"]
    again = visit().open(address(site, "solar", f"t={threshold:g}"))
    assert again.page.evaluate("SS.current.tableCount") == len(above)


def test_a_street_is_found_by_its_name(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.fill("#query", "gelsi")
    seen.page.press("#query", "Enter")
    seen.until("document.getElementById('found').textContent.includes('Via dei Gelsi')")
    seen.until("SS.layers.names.find('via dei gelsi').bounds.contains(SS.view.getCenter())")


def test_where_green_is_scarce_the_filter_keeps_what_lies_below(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "green"))
    assert seen.page.evaluate("SS.current.tableCount") == 9 and "t=" not in seen.state()["hash"]
    seen.page.focus("#from")
    for _ in range(6):
        seen.page.keyboard.press("ArrowLeft")
    threshold = seen.page.evaluate("SS.current.threshold")
    sections = atlas["sections"]
    less = sections[sections["near_green"] < threshold]
    far = float((less["residents"] * (1.0 - less["near_green"])).round().sum())
    assert 0 < len(less) < 9 and seen.page.evaluate("SS.current.tableCount") == len(less)
    assert f"{len(less)} sezioni, {quantity(far, 'int').it} residenti lontani" in seen.page.inner_text("#sum")
    again = visit().open(address(site, "green", f"t={threshold:g}"))
    assert again.page.evaluate("SS.current.tableCount") == len(less)
    for _ in range(6):
        seen.page.keyboard.press("ArrowRight")
    assert seen.page.evaluate("SS.current.tableCount") == 9 and "t=" not in seen.state()["hash"]
