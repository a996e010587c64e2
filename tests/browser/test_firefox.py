"""The same pages in Firefox: offline by double click, mouse, keys, a narrow screen, paper."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tests.browser.firefox import LEFT, RIGHT, Firefox
from tests.browser.pages import MAPS, PAGES, SHOWN, address

pytestmark = pytest.mark.firefox
READY = "document.documentElement.hasAttribute('data-ready')"


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        pytest.skip("no Firefox is installed (Debian: apt install firefox-esr)")
    running = Firefox(program, tmp_path_factory.mktemp("firefox"))
    yield running
    running.close()


@pytest.fixture
def page(fox: Firefox) -> Iterator[Firefox]:
    fox.size(1280, 860)
    fox.complaints.clear()
    yield fox
    assert fox.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_wide_and_narrow(page: Firefox, site: Path, name: str) -> None:
    for width in (1280, 390):
        page.size(width, 844)
        page.open(address(site, name, SHOWN.get(name, "")))
        if name in (*MAPS, "roof", "parcel"):
            page.until(READY)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", MAPS)
def test_the_map_draws_all_it_has(page: Firefox, site: Path, name: str) -> None:
    page.open(address(site, name))
    page.until(READY)
    page.evaluate("(SS.view.fitBounds(SS.start.whole, {animate: false}), 1)")
    assert page.evaluate("SS.layers.theme.drawn === SS.current.rows && SS.current.tableCount === SS.current.rows")


def at(page: Firefox, row: int) -> tuple[float, float]:
    """Where the middle of a row is on the screen, brought near first."""
    page.evaluate(f"(SS.view.setView(SS.layers.theme.bounds({row}).getCenter(), 19, {{animate: false}}), 1)")
    x, y = page.evaluate("(r => [r.x + r.width / 2, r.y + r.height / 2])(SS.view.getContainer().getBoundingClientRect())")
    return x, y


def test_a_click_opens_the_sheet_and_reads_the_sun(page: Firefox, site: Path) -> None:
    page.open(address(site, "solar", "m=sun"))
    page.until(READY)
    row = page.evaluate("Array.from(SS.current.value.keys()).findIndex(i => i > 20 && SS.layers.theme._holds(i, ...(p => [p.x, p.y])(SS.view.project(SS.layers.theme.bounds(i).getCenter(), 0))))")
    page.click(*at(page, row))
    page.until(f"SS.current.selected === {row} && document.getElementById('sun-here').textContent.includes('kWh')")


def test_keys_filter_and_compare(page: Firefox, site: Path) -> None:
    page.open(address(site, "solar"))
    page.until(READY)
    page.evaluate("(document.getElementById('from').focus(), 1)")
    page.press(RIGHT, 9)
    assert 0 < page.evaluate("SS.current.tableCount") < page.evaluate("SS.current.rows")
    page.open(address(site, "sealing", "m=dates"))
    page.until(f"{READY} && SS.layers.dates_patches && SS.layers.dates_patches.drawn > 0")
    page.evaluate("(document.getElementById('swipe').focus(), 1)")
    page.press(LEFT, 20)
    assert page.evaluate("document.getElementById('swipe').value") == "30"
    assert "inset" in page.evaluate("SS.layers.dates_now._container.style.clipPath")


@pytest.mark.parametrize("name", ["roof", "parcel"])
def test_a_sheet_is_one_page_of_paper(page: Firefox, site: Path, name: str) -> None:
    page.open(address(site, name, SHOWN[name]))
    page.until(f"{READY} && document.querySelector('#paper h2') !== null")
    assert len(pypdf.PdfReader(io.BytesIO(page.pdf())).pages) == 1


def test_numbers_are_written_as_in_chromium(page: Firefox, site: Path) -> None:
    from pipeline.maps.quantities import quantity

    page.open(address(site, "solar"))
    page.until(READY)
    cases: list[tuple[float, str]] = [(21_449.0, "kwh"), (0.184, "share"), (123_456.0, "m2"), (12.34, "kwp")]
    got: Any = page.evaluate("[" + ",".join(f"SS.number({v}, {k!r})" for v, k in cases) + "]")
    assert got == [quantity(v, k).it for v, k in cases]
