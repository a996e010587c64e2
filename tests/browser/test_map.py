"""The map itself: what it draws, with mouse, keyboard and finger."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.maps.quantities import quantity
from pipeline.maps.style import rgb
from tests.browser.pages import COUNTS, MAPS, Visits, address, middle_of, plain_house

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", MAPS)
def test_drawn_equals_table_equals_atlas(visit: Visits, site: Path, atlas: dict[str, Any], name: str) -> None:
    seen = visit().open(address(site, name))
    seen.page.evaluate("SS.view.fitBounds(SS.start.whole, {animate: false})")
    layer, count = COUNTS[name]
    if layer in atlas:
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
