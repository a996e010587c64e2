"""The map of the plan: public buildings, points of measures and reports, large roofs, and the way to one's own roof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.pages import Visits, address

pytestmark = pytest.mark.browser


def test_a_public_building_tells_why_to_act_in_both_languages(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "climate", "s=S1"))
    text = seen.page.inner_text("#sheet")
    assert "Scuola <b>media</b>" in text, "a name of the register is text"
    assert "148 kWh/m²" in text.replace("\u00a0", " ") and "consuma per il riscaldamento più del tipico" in text and "2027" in text and "il 160 % del tipico" in text.replace("\u00a0", " ")
    seen.page.click(".o:visible")
    text = seen.page.inner_text("#sheet")
    assert "uses more for heat than is typical" in text and "school" in text and "with 100 households" in text
    cells = seen.page.inner_text("#table tbody tr:first-child")
    assert "Municipio" in cells and "offices" in cells and "above the typical" in cells and "2028" in cells, "codes in words, years without a point"
    assert seen.complaints == []


def test_what_colours_the_plan_can_be_chosen_and_searched(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "climate", "m=anchor"))
    assert "condivisi l’anno" in seen.page.inner_text("#sum")
    seen.page.fill("#query", "palestra")
    seen.page.press("#query", "Enter")
    assert seen.state()["id"] == "P1" and "s=P1" in seen.state()["hash"]


def test_points_have_sheets_and_addresses_and_a_private_plant_has_none(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "climate", "s=I1"))
    seen.until("document.documentElement.hasAttribute('data-points')")
    text = seen.page.inner_text("#sheet")
    assert "Cappotto <i>uno</i>" in text and "concluso" in text and "riqualificazione energetica" in text
    assert seen.page.evaluate("SS.open('points').then(t => t.columns.id)") == ["I1", "r1", "c1-battery"], "I2 is a plant on a house, I3 holds for the whole town"
    seen.page.evaluate("location.hash = '#s=r1&l=en'")
    seen.until("document.getElementById('sheet').textContent.includes('Accepted by the municipality')")
    assert seen.page.evaluate("document.querySelectorAll('#sheet script').length") == 0
    seen.page.click(".close")
    assert seen.page.is_hidden("#sheet") and "s=" not in seen.state()["hash"] and seen.complaints == []


def test_my_roof_leads_to_the_map_and_a_filter_travels(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "participate", "l=en"))
    house = atlas["buildings"]["building_id"].iloc[30]
    seen.page.fill("#query", house)
    seen.page.press("#query", "Enter")
    seen.until("location.pathname.endsWith('solar.html') && document.documentElement.hasAttribute('data-ready')")
    seen.until(f"SS.current.ids[SS.current.selected] === '{house}'")
    assert "roof.html" in str(seen.page.get_attribute("#sheet a.btn", "href")) and "l=en" in seen.state()["hash"]
    large = visit().open(address(site, "enterprises", "t=30000"))
    assert large.page.evaluate("SS.current.tableCount") == 3 and "area only" not in large.page.inner_text("main")
