"""Two dates of the official map side by side, and the tables below the maps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import Visits, address

pytestmark = pytest.mark.browser
DRAWN = "['then', 'now', 'patches'].map(n => SS.layers['dates_' + n] ? SS.layers['dates_' + n].drawn : -1)"


def colours_at(seen: Any, share: float) -> list[int]:
    """Opacity of the two years' layers on the screen at a share of the map's width, in the middle of its height, with what is cut away left out."""
    script = """share => ['then', 'now'].map(name => { const c = SS.layers['dates_' + name], s = c._container, size = SS.view.getSize(), p = SS.view.containerPointToLayerPoint([size.x * share, size.y / 2]).subtract(c._bounds.min);
        const r = s.getBoundingClientRect(), cut = s.style.clipPath.match(/inset\\(0(?:px)? (.+?) 0(?:px)? (.+?)\\)/), left = parseFloat(cut[2]) || 0, right = (cut[1].match(/([\\d.]+)px/) || [0, 0])[1];
        if (name === 'then' ? p.x > right : p.x < left) return 0;
        const ratio = s.width / c._bounds.getSize().x; return c._ctx.getImageData(p.x * ratio, p.y * ratio, 1, 1).data[3]; })"""
    return list(seen.page.evaluate(script, share))


def test_the_reader_compares_two_years_with_mouse_and_keys(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "sealing"))
    assert seen.page.is_hidden("#dates") and not [u for u in seen.requests if u.endswith("dates.js") and "data/" in u], "nothing is loaded before it is asked for"
    seen.page.select_option("#by", "dates")
    seen.until(f"({DRAWN}).every(n => n > 0)")
    assert "m=dates" in seen.state()["hash"] and seen.page.is_visible("#dates") and seen.page.is_hidden("#legend")
    assert seen.page.inner_text("#dates h2") == "Suolo consumato ufficiale, 2015 e 2023" and seen.page.inner_text("#dates .parts") .count("m²") == 2
    seen.page.evaluate("SS.view.fitBounds(SS.start.whole, {animate: false})")
    # The western half of the town is consumed in both years: left of the line shows the first, right of it the second.
    assert [v > 0 for v in colours_at(seen, 0.4)] == [True, False]
    seen.page.focus("#swipe")
    for _ in range(25):
        seen.page.keyboard.press("ArrowLeft")
    assert seen.page.input_value("#swipe") == "25" and [v > 0 for v in colours_at(seen, 0.4)] == [False, True]
    assert seen.page.get_attribute("#swipe", "aria-label") == "Confine fra 2015, a sinistra, e 2023, a destra"
    seen.page.click("#dates .changes button >> nth=0")
    seen.until("SS.view.getZoom() >= 17 && SS.view.getBounds().contains(SS.layers.dates_patches.bounds(0))")
    seen.page.select_option("#by", "open")
    assert seen.page.is_hidden("#dates") and seen.page.is_visible("#legend") and seen.page.evaluate("!SS.view.hasLayer(SS.layers.dates_now)")
    assert seen.complaints == []


def test_the_two_dates_travel_in_the_link_and_follow_the_language(visit: Visits, site: Path) -> None:
    seen = visit(390, 844).open(address(site, "sealing", "m=dates&l=en"))
    seen.until(f"({DRAWN}).every(n => n > 0)")
    assert seen.page.input_value("#by") == "dates" and seen.page.inner_text("#dates h2") == "Official land take, 2015 and 2023"
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
    seen.page.evaluate("location.hash = 'l=en'")
    seen.until("document.getElementById('dates').hidden && document.getElementById('by').value === ''")
    assert seen.complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_the_comparison(visit: Visits, site: Path, width: int) -> None:
    seen = visit(width, 844, bypass_csp=True).open(address(site, "sealing", "m=dates"))
    seen.until(f"({DRAWN}).every(n => n > 0)")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in Axe().run(seen.page).response["violations"]] == []


def test_tables_below_the_map_lead_to_it(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "sealing"))
    assert seen.page.locator("[data-tables=streets] tbody tr").count() == 2 and seen.page.locator("[data-tables=ledger] tbody tr").count() == 1
    seen.page.click("[data-tables=streets] a >> nth=1")
    seen.until("document.getElementById('found').textContent.includes('Via dei Gelsi')")
    seen.until("document.getElementById('map-region').getBoundingClientRect().top > -1")
    assert "q=Via%20dei%20Gelsi" in seen.state()["hash"]
    seen.page.click("[data-tables=ledger] a")
    seen.until("SS.current.selected >= 0")
    assert seen.state()["id"] == atlas["parcels"]["parcel_id"].iloc[50]
    seen.page.evaluate("SS.setLanguage('en')")
    assert "newly consumed" in seen.page.inner_text("[data-tables=ledger]") and seen.complaints == []


def test_a_link_names_the_street_to_look_for(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar", "q=via%20dei%20gelsi"))
    seen.until("document.getElementById('found').textContent.includes('Via dei Gelsi')")
    assert seen.complaints == []
