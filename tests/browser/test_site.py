"""The site in a real browser: offline, by double click, with mouse, keyboard and finger, in both languages."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from pipeline.maps.quantities import quantity
from pipeline.maps.style import rgb

pytestmark = pytest.mark.browser
PAGES = ("index", "solar", "sealing", "green", "roof", "parcel", "method", "accessibility", "privacy")
# What is opened where a page shows one thing.
SHOWN = {"solar": "s=E00030", "sealing": "s=B792_2_007", "roof": "s=E00030", "parcel": "s=B792_2_007"}
MAPS = ("solar", "sealing", "green")
# What each theme draws of the small town: all buildings, the parcels that are neither road nor water, all sections.
COUNTS = {"solar": ("buildings", 60), "sealing": ("parcels", 100), "green": ("sections", 9)}
Visits = Callable[..., Any]


def address(site: Path, name: str, state: str = "") -> str:
    return (site / f"{name}.html").as_uri() + (f"#{state}" if state else "")


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


@pytest.mark.parametrize("name", MAPS)
def test_drawn_equals_table_equals_atlas(visit: Visits, site: Path, atlas: dict[str, Any], name: str) -> None:
    seen = visit().open(address(site, name))
    seen.page.evaluate("SS.view.fitBounds(SS.start.whole, {animate: false})")
    layer, count = COUNTS[name]
    assert (atlas[layer]["kind"] == "parcel").sum() == count if layer == "parcels" else len(atlas[layer]) == count
    assert seen.page.evaluate("[SS.layers.theme.drawn, SS.current.tableCount, SS.current.rows]") == [count] * 3


@pytest.mark.parametrize("name", MAPS)
def test_each_class_colour_is_on_the_map(visit: Visits, site: Path, name: str) -> None:
    seen = visit().open(address(site, name))
    seen.page.evaluate("SS.view.fitBounds(SS.start.whole, {animate: false})")
    seen.page.wait_for_timeout(100)
    colours = seen.page.evaluate("SS.current.options.colours")
    classes = set(seen.page.evaluate("Array.from(SS.layers.theme.classes)"))
    # On the layer's own canvas: what lies below shows through where a layer is not opaque.
    data = seen.page.evaluate("SS.layers.theme._container.toDataURL()").split(",")[1]
    pixels = {(r, g, b) for r, g, b, a in Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA").getdata() if a > 200}
    for k, colour in enumerate(colours):
        near = any(max(abs(x - y) for x, y in zip(p, rgb(colour), strict=True)) <= 3 for p in pixels)
        assert near == (k + 2 in classes), colour


def middle_of(seen: Any, row: int) -> dict[str, float]:
    """Where on the screen a row of the theme is."""
    script = """row => { const b = SS.layers.theme.bounds(row), p = SS.view.latLngToContainerPoint(b.getCenter()), r = SS.view.getContainer().getBoundingClientRect();
                         return {x: r.x + p.x, y: r.y + p.y}; }"""
    return dict(seen.page.evaluate(script, row))


def plain_house(seen: Any) -> int:
    """A row whose middle lies inside it."""
    return int(
        seen.page.evaluate("""(() => { for (let i = 20; i < SS.current.rows; i++) { SS.view.setView(SS.layers.theme.bounds(i).getCenter(), 18, {animate: false});
        if (SS.layers.theme.hit(SS.view.getCenter(), 0) === i) return i; } })()""")
    )


def test_click_opens_the_sheet(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "solar"))
    row = plain_house(seen)
    at = middle_of(seen, row)
    seen.page.mouse.click(at["x"], at["y"])
    house = atlas["buildings"].iloc[row]
    assert seen.state()["id"] == house["building_id"]
    text = seen.page.inner_text("#sheet")
    assert quantity(house["kwh_year"], "kwh").it in text and quantity(house["kwh_year_p90"], "kwh").it in text
    assert seen.page.evaluate("document.querySelectorAll('#sheet .month').length") == 12
    seen.page.mouse.click(at["x"] + 300, at["y"] - 300)
    seen.page.click(".close") if seen.state()["id"] else None
    assert seen.state()["id"] is None and seen.page.is_hidden("#sheet")


def test_a_finger_opens_the_sheet_on_a_phone(visit: Visits, site: Path) -> None:
    seen = visit(390, 844, has_touch=True, is_mobile=True).open(address(site, "solar"))
    at = middle_of(seen, plain_house(seen))
    seen.page.touchscreen.tap(at["x"], at["y"])
    seen.until("SS.current.selected >= 0")
    assert seen.page.is_visible("#callout")
    seen.page.tap("#callout")
    seen.until("document.activeElement.id === 'sheet'")


def test_enter_opens_what_is_at_the_centre(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    row = plain_house(seen)
    seen.page.focus(".folium-map")
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("SS.current.selected") == row
    assert seen.page.evaluate("document.activeElement.id") == "sheet"


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


def test_the_permalink_brings_back_view_selection_and_language(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.evaluate("SS.current.select(30, {move: true})")
    seen.page.click(".o:visible")
    kept = seen.state()
    again = visit().open(address(site, "solar", kept["hash"][1:]))
    assert again.state()["id"] == kept["id"] and again.page.evaluate("document.documentElement.lang") == "en"
    there = seen.page.evaluate("[SS.view.getCenter().lat, SS.view.getCenter().lng]")
    assert again.page.evaluate("p => SS.view.getCenter().distanceTo(p)", there) < 5 and again.page.evaluate(
        "SS.view.getZoom()"
    ) == seen.page.evaluate("SS.view.getZoom()")


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


def test_a_layer_goes_and_comes_back(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.hover(".leaflet-control-layers")
    box = seen.page.locator(".leaflet-control-layers-overlays label", has_text="Energia dei tetti").locator("input")
    box.uncheck()
    assert seen.page.evaluate("SS.view.hasLayer(SS.layers.theme)") is False
    box.check()
    assert seen.page.evaluate("SS.layers.theme.drawn > 0 && SS.view.hasLayer(SS.layers.theme)")


def test_holes_and_parts_are_hit_right(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "solar"))
    houses = atlas["buildings"].to_crs(4326)
    with_hole = next(i for i, g in enumerate(houses.geometry) if g.geom_type == "Polygon" and len(g.interiors))
    in_two = next(i for i, g in enumerate(houses.geometry) if g.geom_type == "MultiPolygon")
    hole = houses.geometry[with_hole].interiors[0].centroid
    parts = [g.representative_point() for g in houses.geometry[in_two].geoms]
    hit = "p => SS.layers.theme.hit(L.latLng(p[1], p[0]), 0)"
    assert seen.page.evaluate(hit, [hole.x, hole.y]) == -1
    assert [seen.page.evaluate(hit, [p.x, p.y]) for p in parts] == [in_two, in_two]
    seen.page.evaluate("p => SS.view.setView([p[1], p[0]], 20, {animate: false})", [hole.x, hole.y])
    alpha = "(() => { const c = SS.layers.theme, s = c._container, r = s.width / c._bounds.getSize().x, p = SS.view.latLngToLayerPoint(SS.view.getCenter()).subtract(c._bounds.min); return c._ctx.getImageData(p.x * r, p.y * r, 1, 1).data[3]; })()"
    assert seen.page.evaluate(alpha) == 0
    seen.page.evaluate("p => SS.view.setView([p[1], p[0]], 20, {animate: false})", [parts[0].x, parts[0].y])
    assert seen.page.evaluate(alpha) == 255


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


def test_what_is_in_view_is_summed(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.click(".tools summary")
    seen.page.click("#area-view")
    inside = seen.page.evaluate("SS.current.shown().length")
    houses = atlas["buildings"].to_crs(4326)
    box = seen.page.evaluate("(() => { const b = SS.view.getBounds(); return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; })()")
    frames = houses.bounds
    east, north = (frames.minx + frames.maxx) / 2, (frames.miny + frames.maxy) / 2
    seen_rows = (east > box[0]) & (east < box[2]) & (north > box[1]) & (north < box[3])
    assert 0 < inside < len(houses) or inside == len(houses)
    assert inside == int(seen_rows.sum()) == seen.page.evaluate("SS.current.tableCount")
    energy = houses["kwh_year"][seen_rows].dropna().map(lambda v: float(f"{v:.3g}")).sum()
    assert quantity(energy, "kwh").it in seen.page.inner_text("#area-sum")


def test_a_drawn_area_filters_and_travels_in_the_link(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    everything = seen.page.evaluate("SS.current.tableCount")
    seen.page.click(".tools summary")
    seen.page.click("#area-draw")
    box = seen.page.locator(".folium-map").bounding_box()
    assert box is not None
    for x, y in ((0.25, 0.25), (0.75, 0.25), (0.75, 0.7), (0.25, 0.7)):
        seen.page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        seen.page.wait_for_timeout(350)
    assert seen.page.evaluate("SS.current.selected") == -1, "drawing selects nothing"
    seen.page.click("#area-draw")
    count = seen.page.evaluate("SS.current.tableCount")
    assert 0 < count < everything and f"{count} " in seen.page.inner_text("#area-sum")
    again = visit().open(address(site, "solar", seen.state()["hash"][1:]))
    again.until(f"SS.current.tableCount === {count}")
    seen.page.click("#area-clear")
    assert seen.page.evaluate("SS.current.tableCount") == everything and "a=" not in seen.state()["hash"]
    assert seen.complaints == []


def test_an_area_can_be_drawn_by_keyboard(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.click(".tools summary")
    seen.page.click("#area-draw")
    seen.page.focus(".folium-map")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        seen.page.keyboard.press("Enter")
        seen.page.keyboard.press(key)
        seen.page.wait_for_timeout(400)
    seen.page.keyboard.press("Enter")
    seen.page.click("#area-draw")
    assert seen.page.evaluate("SS.current.area !== null") and "area" in seen.page.inner_text("#area-sum").lower()
    seen.page.click("#area-draw")
    seen.page.focus(".folium-map")
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate("SS.current.area === null && !SS.current.drawing")


def test_the_download_opens_as_geojson(visit: Visits, site: Path, atlas: dict[str, Any], tmp_path: Path) -> None:
    import geopandas as gpd

    seen = visit().open(address(site, "solar"))
    seen.page.click(".tools summary")
    with seen.page.expect_download() as got:
        seen.page.click("#geojson")
    path = tmp_path / "solar.geojson"
    got.value.save_as(path)
    table = gpd.read_file(path).set_index("building_id")
    assert len(table) == len(atlas["buildings"]) and table.geometry.is_valid.all()
    metric = table.to_crs(atlas["buildings"].crs)
    there = atlas["buildings"].set_index("building_id").loc[metric.index]
    assert (metric.geometry.area / there.geometry.area - 1).abs().max() < 0.06


def test_the_colour_fades(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.click(".tools summary")
    seen.page.evaluate("(() => { const s = document.getElementById('strength'); s.value = 30; s.dispatchEvent(new Event('input')); })()")
    assert seen.page.evaluate("SS.layers.theme.options.alpha") == 0.3


def test_street_names_stand_along_their_street_and_apart(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.evaluate("SS.view.setView(SS.layers.names.bounds(0).getCenter(), 18, {animate: false})")
    placed = seen.page.evaluate("SS.layers.names.placed")
    assert {p["name"] for p in placed} == {"Via <b>Roma</b>", "Via dei Gelsi"}
    for p in placed:
        assert abs(abs(p["turn"]) - (0.0 if "Roma" in p["name"] else 1.5708)) < 0.06
    for i, a in enumerate(placed):
        for b in placed[i + 1 :]:
            assert ((a["x"] - b["x"]) ** 2 + (a["y"] - b["y"]) ** 2) ** 0.5 > 12


def test_a_street_is_found_by_its_name(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.fill("#query", "gelsi")
    seen.page.press("#query", "Enter")
    seen.until("document.getElementById('found').textContent.includes('Via dei Gelsi')")
    seen.until("SS.layers.names.find('via dei gelsi').bounds.contains(SS.view.getCenter())")


def test_the_sun_is_shown_spot_by_spot(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    assert seen.page.is_hidden("#sun-legend") and not [u for u in seen.requests if "img/sun" in u], "nothing is loaded before it is asked for"
    seen.page.focus("#by-cell")
    seen.page.keyboard.press("Enter")
    assert seen.page.is_visible("#sun-legend") and seen.page.is_hidden("#legend") and "m=sun" in seen.state()["hash"]
    seen.page.evaluate("SS.view.setView(SS.layers.theme.bounds(30).getCenter(), 19, {animate: false})")
    seen.until("document.querySelectorAll('img.cells').length && [...document.querySelectorAll('img.cells')].every(i => i.complete && i.naturalWidth === 512)")
    there = "(() => { const p = SS.view.project(SS.view.getCenter(), SS.sun.zoom).divideBy(SS.sun.side); return p.floor().x + '_' + p.floor().y; })()"
    assert seen.page.evaluate(f"SS.sun.squares.includes({there})")
    assert seen.page.evaluate("SS.layers.theme.options.outline")
    assert seen.page.evaluate("[...document.querySelectorAll('#sun-classes .sr')].map(n => n.textContent)")[0] == "< 1.100"
    again = visit().open(address(site, "solar", seen.state()["hash"][1:]))
    assert again.page.is_visible("#sun-legend")
    seen.page.click("#by-roof")
    assert seen.page.is_visible("#legend") and "m=" not in seen.state()["hash"] and not seen.page.evaluate("SS.layers.theme.options.outline")
    assert seen.complaints == []


def test_the_sun_is_one_of_the_layers_too(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar"))
    seen.page.hover(".leaflet-control-layers")
    seen.page.locator(".leaflet-control-layers-overlays label", has_text="Sole per punto").locator("input").check()
    assert seen.page.get_attribute("#by-cell", "aria-pressed") == "true" and "m=sun" in seen.state()["hash"]
    seen.page.evaluate("SS.view.fitBounds(SS.start.whole, {animate: false}); SS.view.setZoom(14, {animate: false})")
    seen.until("(i => i && i.complete && i.naturalWidth > 100)(document.querySelector('.leaflet-sun-pane img.leaflet-image-layer'))")
    assert seen.complaints == []


def test_a_finger_switches_to_the_sun(visit: Visits, site: Path) -> None:
    seen = visit(390, 844, has_touch=True, is_mobile=True).open(address(site, "solar"))
    seen.page.tap("#by-cell")
    assert seen.page.is_visible("#sun-legend")


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
