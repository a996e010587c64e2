"""The pages as a whole: offline, by double click, on a static host, without scripts, narrow, in both languages, for everybody."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from pipeline.maps.quantities import quantity
from tests.browser.pages import MAPS, PAGES, SHOWN, Visits, address

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", PAGES)
def test_opens_by_double_click_without_network(visit: Visits, site: Path, name: str) -> None:
    seen = visit().open(address(site, name))
    assert seen.complaints == []
    assert seen.requests and all(url.startswith(("file://", "data:", "blob:")) for url in seen.requests)


@pytest.mark.parametrize("name", PAGES)
def test_a_static_host_serves_all_and_nobody_else_is_asked(visit: Visits, server: str, name: str) -> None:
    seen = visit(offline=False)
    foreign: list[str] = []

    def gate(route: Any) -> None:
        if route.request.url.startswith(server):
            route.continue_()
        else:
            foreign.append(route.request.url)
            route.abort()

    seen.page.route("**/*", gate)
    seen.open(f"{server}/{name}.html")
    assert (foreign, seen.complaints) == ([], [])


def test_the_language_changes_words_numbers_and_links(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "solar", f"s={atlas['buildings']['building_id'][30]}"))
    value = quantity(atlas["buildings"]["kwh_year"][30], "kwh")
    assert value.it in seen.page.inner_text("#sheet") and "Tetti al sole" in seen.page.title()
    seen.page.click(".o:visible")
    assert value.en in seen.page.inner_text("#sheet") and "Roofs in the sun" in seen.page.title()
    assert seen.page.get_attribute("#query", "aria-label") == "Street, building id or sheet/parcel"
    assert seen.page.get_attribute("nav a >> nth=1", "href") == "sealing.html#l=en"
    assert "Edificio" not in seen.page.inner_text("main") and "Rows 1–20 of 60" in seen.page.inner_text("#rows")


def test_numbers_are_the_same_in_page_and_script(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    cases = [
        (v, k)
        for k in ("kwh", "kwp", "m2", "share", "part", "yield", "poa", "m", "int", "m3", "mm", "index", "walk", "head", "eur", "years", "kg")
        for v in (0.0, 0.184, 0.95, 3.04, 12.0, 153.2, 953.4, 1234.0, 99_999.0, 21_449.0, 123_456.0, 61_234_000.0)
    ]
    for language in ("it", "en"):
        seen.page.evaluate("code => SS.setLanguage(code)", language)
        got = seen.page.evaluate("cases => cases.map(c => SS.number(c[0], c[1]))", cases)
        assert got == [getattr(quantity(v, k), language) for v, k in cases]


def test_names_from_data_are_shown_as_text(visit: Visits, site: Path, towns: ModuleType) -> None:
    seen = visit().open(address(site, "solar"))
    for name in towns.NASTY:
        seen.page.evaluate("name => SS.current.select(SS.current.ids.indexOf(name))", name)
        assert name in seen.page.evaluate("document.querySelector('#sheet h2').textContent")
        assert seen.page.evaluate("document.querySelectorAll('#sheet script').length") == 0
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_reflows_at_320_pixels(visit: Visits, site: Path, name: str) -> None:
    seen = visit(320, 640).open(address(site, name, SHOWN.get(name, "")))
    seen.until("!document.getElementById('paper') || document.querySelector('#paper h2')")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", PAGES)
def test_works_without_scripts_in_both_languages(visit: Visits, site: Path, name: str) -> None:
    seen = visit(java_script_enabled=False)
    seen.page.goto(address(site, name))
    italian = seen.page.inner_text("h1")
    seen.page.goto("about:blank")
    seen.page.goto(address(site, name, "en"))
    english = seen.page.inner_text("h1")
    assert italian and english and italian != english
    assert italian not in seen.page.inner_text("body")


def test_targets_are_large_enough(visit: Visits, site: Path) -> None:
    seen = visit(390, 844).open(address(site, "solar", "s=E00030"))
    small = seen.page.evaluate("""[...document.querySelectorAll('button, input, select, .btn, nav a, .leaflet-bar a, summary')].filter(n => n.offsetParent && !n.closest('.leaflet-control-layers-list'))
        .map(n => [n.outerHTML.slice(0, 80), n.getBoundingClientRect()]).filter(p => p[1].height < 43.5 && p[1].width > 0).map(p => p[0])""")
    assert [s for s in small if "scope" not in s] == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit: Visits, site: Path, name: str, width: int) -> None:
    # The page's policy would keep the checker's script out; nothing else about the page changes.
    seen = visit(width, 844, bypass_csp=True).open(address(site, name, SHOWN.get(name, "")))
    seen.until("!document.getElementById('paper') || document.querySelector('#paper h2')")
    for language in ("it", "en"):
        seen.page.evaluate("code => SS.setLanguage(code)", language)
        found = Axe().run(seen.page).response["violations"]
        assert [(language, v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []


def test_a_town_with_one_area_only(visit: Visits, towns: ModuleType, atlas: dict[str, Any], tmp_path: Path) -> None:
    lone = towns.empty_layers(atlas, "parcels", "sections")
    lone["town"] = lone["town"].assign(zone_kind="extent", residents=None, green_m2_per_resident=float("nan"))
    site = towns.build(tmp_path / "site", lone)
    seen = visit()
    for name in ("solar", "green", "sealing"):
        seen.open(address(site, name))
    assert seen.complaints == []
    assert seen.page.evaluate("[SS.current.rows, SS.current.tableCount]") == [1, 1]
    assert "There is no cadastre" in seen.page.evaluate("document.body.textContent")
    bare = towns.build(tmp_path / "bare", towns.empty_layers(atlas, *(k for k in atlas if k != "buildings")))
    seen = visit()
    for name in MAPS:
        seen.open(address(bare, name))
    assert seen.complaints == []
    nothing = towns.empty_layers(atlas, *(k for k in atlas if k != "buildings"))
    nothing["buildings"] = nothing["buildings"].assign(kwh_year=float("nan"))
    grey = visit().open(address(towns.build(tmp_path / "grey", nothing), "solar"))
    assert grey.complaints == [] and grey.page.evaluate("SS.layers.buildings.drawn") == 60
