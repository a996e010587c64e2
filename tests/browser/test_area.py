"""An area of the map summed, drawn, downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.maps.quantities import quantity
from tests.browser.pages import Visits, address

pytestmark = pytest.mark.browser


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
