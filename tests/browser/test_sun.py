"""The map of irradiation, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.pages import Visits, address, middle_of, plain_house

pytestmark = pytest.mark.browser


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


def test_a_spot_says_how_much_sun_it_gets(visit: Visits, site: Path, sunmap: Any) -> None:
    """Against the raster itself: the cell under the spot, in steps of 10 kWh/m2."""
    seen = visit().open(address(site, "solar", "m=sun"))
    row = plain_house(seen)
    assert seen.page.inner_text("#sun-here") == "Tocca un punto di un tetto: quanto sole vi arriva."
    at = middle_of(seen, row)
    seen.page.mouse.click(at["x"], at["y"])
    seen.until("document.getElementById('sun-here').textContent.includes('kWh')")
    place = seen.page.evaluate("(p => [p.lng, p.lat])(SS.layers.theme.bounds(SS.current.selected).getCenter())")
    told = int(seen.page.inner_text("#sun-here").split(":")[1].split("\u00a0")[0].replace(".", ""))
    assert abs(told - value_at(sunmap, *place)) <= 5.0 + 3.0, "half a step, and the neighbouring cell of the ramp"
    assert seen.page.inner_text(".sun-tip").replace("\u00a0", " ") == f"{told:,} kWh/m²".replace(",", ".")
    assert seen.page.evaluate("document.querySelectorAll('#sun-classes .here').length") == 1
    assert seen.page.evaluate("SS.current.selected") == row, "the roof's sheet opens as before"
    seen.page.evaluate("SS.setLanguage('en')")
    assert "At this spot" in seen.page.inner_text("#sun-here")
    seen.page.evaluate("SS.current.point(SS.layers.theme.bounds(0).getSouthWest())")
    seen.until("document.getElementById('sun-here').textContent.startsWith('No figure')")
    seen.page.click("#by-roof")
    assert seen.page.query_selector(".sun-tip") is None and seen.complaints == []


def test_enter_reads_the_spot_at_the_centre(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar", "m=sun"))
    plain_house(seen)
    seen.page.focus(".folium-map")
    seen.page.keyboard.press("Enter")
    seen.until("document.getElementById('sun-here').textContent.includes('kWh')")


def value_at(sunmap: Any, lon: float, lat: float) -> float:
    """The cell of the raster under a place [kWh/m2]."""
    from pyproj import Transformer

    from pipeline.io import rasters

    east, north = Transformer.from_crs(4326, sunmap.grid.epsg, always_xy=True).transform(lon, lat)
    cells = rasters.read(sunmap, "poa_kwh_m2")
    return float(cells[int((sunmap.grid.north - north) / sunmap.grid.cell_m), int((east - sunmap.grid.west) / sunmap.grid.cell_m)])
