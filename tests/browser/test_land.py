"""Soil and green in a real browser: what colours the map, sheets, the town below the map, in both languages."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from pipeline.maps.quantities import quantity
from tests.browser.pages import Visits, address

pytestmark = pytest.mark.browser
CHOICES = {"sealing": ("open", "runoff"), "green": ("supply", "rank", "canopy", "head")}


def calm(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_each_choice_colours_counts_and_travels_in_the_link(visit: Visits, site: Path, atlas: dict[str, Any], name: str) -> None:
    seen = visit().open(address(site, name))
    assert seen.page.evaluate("[...document.querySelectorAll('#by option')].map(o => o.value)") == ["", *CHOICES[name], *(["dates"] if name == "sealing" else [])]
    for key in CHOICES[name]:
        seen.page.select_option("#by", key)
        assert f"m={key}" in seen.state()["hash"] and "t=" not in seen.state()["hash"]
        o = seen.page.evaluate("SS.current.options")
        known = int(np.isfinite(seen.page.evaluate("Array.from(SS.current.value).map(v => v === null ? NaN : v)")).sum())
        zones = atlas[o["layer"]]
        zones = zones[zones["kind"] == "parcel"] if "kind" in zones else zones
        assert known == int(zones[o["value"]].notna().sum()) == seen.page.evaluate("SS.current.counts.reduce((a, b) => a + b, 0)")
        fills, classes = seen.page.evaluate("SS.layers.theme.options.fills.slice(2)"), set(seen.page.evaluate("Array.from(SS.layers.theme.classes)"))
        assert fills == o["colours"] and len(fills) == len(o["breaks"]) + 1 and max(classes) <= len(fills) + 1
        assert seen.page.inner_text("#legend-title").startswith(seen.page.inner_text("#by option:checked"))
        assert seen.page.evaluate("document.querySelector('#table th[aria-sort]') !== null") == (o["value"] in o["table"])
    again = visit().open(address(site, name, f"m={CHOICES[name][0]}"))
    assert again.page.input_value("#by") == CHOICES[name][0] and again.page.evaluate("SS.current.options.key") == CHOICES[name][0]
    seen.page.select_option("#by", "")
    assert "m=" not in seen.state()["hash"] and seen.complaints == []


def test_what_can_be_opened_is_filtered_like_the_rest(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "sealing", "m=open&t=150"))
    threshold = seen.page.evaluate("SS.current.threshold")
    opened = atlas["parcels"]["open_m2"].round(1)
    assert seen.page.evaluate("SS.current.tableCount") == int((opened >= threshold).sum()) > 0
    assert quantity(float(opened[opened >= threshold].sum()), "m2").it in seen.page.inner_text("#sum")
    seen.page.evaluate("location.hash = 'm=runoff'")
    seen.until("SS.current.options.key === 'runoff' && SS.current.threshold === null")
    assert seen.page.input_value("#by") == "runoff" and seen.complaints == []


def test_the_choice_is_made_by_keyboard(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "green"))
    seen.page.focus("#by")
    seen.page.keyboard.press("ArrowDown")
    seen.until("SS.current.options.key === 'supply'")
    assert "9 m²" in calm(seen.page.inner_text("#measure")) and "m=supply" in seen.state()["hash"]


def test_a_parcel_says_its_rain_and_what_opening_gives(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    parcels = atlas["parcels"]
    seen = visit().open(address(site, "sealing", f"s={parcels['parcel_id'][30]}"))
    text, row = calm(seen.page.inner_text("#sheet")), parcels.iloc[30]
    for name, kind in (("sealed_share_low", "share"), ("sealed_share_high", "share"), ("runoff_m3", "m3"), ("runoff_coefficient", "index"), ("baf_old", "index"), ("open_m2", "m2"), ("opening_eur_high", "eur")):
        assert calm(quantity(float(row[name]), kind).it) in text, name
    assert "spazio pubblico (piazza)" in text and "60 mm" in text
    seen.page.click(".o:visible")
    assert "public place (square)" in calm(seen.page.inner_text("#sheet")) and "can be opened" in seen.page.inner_text("#sheet")
    seen.page.evaluate("SS.current.select(20)")
    assert "public place (<i>hall</i>)" in calm(seen.page.inner_text("#sheet")), "a place without words is shown as text"
    plain = int(np.flatnonzero(parcels["open_m2"].isna() & parcels["sealed_share"].notna() & (parcels["kind"] == "parcel"))[0])
    seen.page.evaluate("row => SS.current.select(row)", plain)
    assert "no paving to open" in seen.page.inner_text("#sheet")
    seen.page.evaluate("SS.current.select(2)")
    assert "not available" in seen.page.inner_text("#sheet") and "land cover is not known here" in seen.page.inner_text("#sheet")
    assert seen.complaints == []


def test_the_parcel_sheet_tells_the_same(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    row = atlas["parcels"].iloc[30]
    seen = visit().open(address(site, "parcel", f"s={row['parcel_id']}"))
    seen.until("document.querySelector('#paper h2')")
    text = calm(seen.page.inner_text("#paper"))
    for name, kind in (("sealed_share_low", "share"), ("runoff_m3", "m3"), ("open_m2", "m2"), ("opening_eur_low", "eur")):
        assert calm(quantity(float(row[name]), kind).it) in text, name
    assert seen.complaints == []


def test_a_section_says_who_has_green_near_and_why_a_figure_is_missing(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "green", "s=0750140000003"))
    text, row = calm(seen.page.inner_text("#sheet")), atlas["sections"].iloc[3]
    assert text.index("4 %") < text.index("dei residenti ha un verde pubblico")
    assert calm(quantity(float(row["green_supply_m2"]), "head").it) in text and f"{row['rank']} su 9" in text and "Che cosa fare" in text
    seen.page.evaluate("SS.current.select(1)")
    text = calm(seen.page.inner_text("#sheet"))
    assert "troppo poche case" in text and text.count("non disponibile") >= 2
    seen.page.evaluate("SS.current.select(0)")
    assert "nessun residente in questa zona" in seen.page.inner_text("#sheet")
    seen.page.click(".o:visible")
    assert "no residents in this zone" in seen.page.inner_text("#sheet")


def test_the_rule_is_told_by_every_definition(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "green"))
    assert not seen.page.is_visible("[data-tables=rule]")
    seen.page.click("main details summary >> text=Quanto cambia con la definizione")
    rows = seen.page.locator("[data-tables=rule] table").first.locator("tbody tr")
    assert rows.count() == 6 and seen.page.locator("[data-tables=rule] table").count() == 3
    assert calm(seen.page.inner_text("[data-tables=rule] b")) == "2 %"
    assert calm(rows.nth(2).inner_text()).startswith("alberi entro 25 m, chiome nel raggio di 300 m")
    seen.page.click(".o:visible")
    assert "on foot, from 0.5 ha" in calm(seen.page.inner_text("[data-tables=rule]"))


def test_a_line_of_a_list_opens_on_the_map(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "sealing"))
    seen.page.locator(".land .start a").first.click()
    seen.until("SS.current.selected >= 0")
    assert seen.state()["id"] == atlas["parcels"]["parcel_id"][41] and seen.page.input_value("#by") == "open"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("name", "state"), [("sealing", "m=open&s=B792_1_031"), ("green", "m=rank&s=0750140000003")])
def test_axe_finds_nothing_with_a_choice_and_a_sheet_open(visit: Visits, site: Path, name: str, state: str, width: int) -> None:
    seen = visit(width, 844, bypass_csp=True).open(address(site, name, state))
    seen.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    for language in ("it", "en"):
        seen.page.evaluate("code => SS.setLanguage(code)", language)
        found = Axe().run(seen.page).response["violations"]
        assert [(language, v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []


def test_a_town_without_land_layers_has_fewer_choices_and_no_complaint(visit: Visits, towns: ModuleType, tmp_path: Path) -> None:
    plain = towns.build(tmp_path / "site", towns.make_atlas(land=False))
    seen = visit()
    for name in ("sealing", "green"):
        seen.open(address(plain, name))
        assert seen.page.evaluate("[...document.querySelectorAll('#by option')].map(o => o.value)") == ([] if name == "sealing" else ["", "canopy"])
        assert seen.page.evaluate("SS.current.tableCount") > 0
    seen.page.evaluate("SS.current.select(3)")
    assert "di verde per residente" in calm(seen.page.inner_text("#sheet"))
    seen.open(address(plain, "sealing", "s=B792_1_031"))
    assert "sigillato" in seen.page.inner_text("#sheet") and "mm di pioggia" not in calm(seen.page.inner_text("#sheet"))
    seen.open(address(plain, "parcel", "s=B792_1_031"))
    seen.until("document.querySelector('#paper h2')")
    assert seen.complaints == []
