"""The printable sheets: reached from the map and by link, drawn from one piece of data, in both languages."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.maps.quantities import quantity
from tests.browser.pages import Visits, address

pytestmark = pytest.mark.browser


def opened(visit: Visits, site: Path, name: str, state: str, **options: Any) -> Any:
    seen = visit(**options).open(address(site, name, state))
    seen.until("document.documentElement.hasAttribute('data-ready')")
    return seen


def house(atlas: dict[str, Any], building_id: str = "E00030") -> Any:
    return atlas["buildings"].set_index("building_id").loc[building_id]


def test_the_map_leads_to_the_sheet_and_back(visit: Visits, site: Path) -> None:
    seen = visit().open(address(site, "solar", "s=E00030"))
    seen.page.click("#sheet a:has-text('Scheda del tetto')")
    seen.until("document.querySelector('#paper h2')")
    assert "E00030" in seen.page.inner_text("#paper h2") and seen.page.title().endswith("Scheda del tetto – Carmiano")
    seen.page.click("#paper .acts a")
    seen.until("window.SS && SS.current && SS.current.selected >= 0")
    assert seen.state()["id"] == "E00030"
    assert seen.complaints == []


def test_a_sheet_loads_its_own_piece_only(visit: Visits, large_site: Path) -> None:
    seen = opened(visit, large_site, "roof", "s=E04321")
    pieces = [u for u in seen.requests if "/data/roof/" in u]
    assert len(pieces) == 1 and len(list((large_site / "data" / "roof").glob("*.js"))) >= 8000 // 128
    loaded = sum(Path(u.removeprefix("file://")).stat().st_size for u in set(seen.requests) if "/data/" in u)
    assert loaded < 250_000
    assert "E04321" in seen.page.inner_text("#paper h2") and seen.complaints == []


def test_the_drawing_has_every_module_and_obstacle(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    for k in (20, 25, 30):
        row = atlas["buildings"].iloc[k]
        seen = opened(visit, site, "roof", f"s={row['building_id']}")
        assert seen.page.evaluate("(document.querySelector('.panels').getAttribute('d').match(/M/g)).length") == row["modules"]
        assert seen.page.evaluate("document.querySelectorAll('.key-object').length") == (1 if k % 5 == 0 else 0)
        words = seen.page.get_attribute("svg.plan", "aria-label")
        assert words.startswith(f"Pianta del tetto: 2 falde, {row['modules']} moduli, {1 if k % 5 == 0 else 0} ostacoli")


def test_modules_lie_on_their_roof(visit: Visits, site: Path) -> None:
    """The drawn corners of the modules, in metres, are those of the atlas: the first begins at the corner of its house."""
    seen = opened(visit, site, "roof", "s=E00031")
    corner, outline = seen.page.evaluate("""(() => { const box = n => { const b = n.getBBox(); return [b.x, b.y + b.height, b.width, b.height]; };
        return [box(document.querySelector('.panels')), box([...document.querySelectorAll('svg.plan path')].find(p => p.getAttribute('fill') === '#efe7d3'))]; })()""")
    assert corner[0] == pytest.approx(outline[0], abs=0.05) and corner[1] == pytest.approx(outline[1], abs=0.05)
    assert corner[2] == pytest.approx(3 * 1.2 - 0.07, abs=0.03)


def test_figures_of_the_sheet_are_those_of_the_atlas(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    row = house(atlas)
    seen = opened(visit, site, "roof", "s=E00030")
    text = seen.page.inner_text("#paper")
    for value, kind in ((row["kwh_year"], "kwh"), (row["kwh_year_p90"], "kwh"), (row["kwp"], "kwp"), (row["roof_m2"], "m2")):
        assert quantity(value, kind).it in text
    assert "inclinata (18°), guarda ovest" in text and "inclinata (18°), guarda est" in text
    assert seen.page.evaluate("document.querySelectorAll('.bars.tall .month').length") == 12
    assert seen.page.evaluate("document.querySelectorAll('.mark-row').length") == 1
    assert seen.page.evaluate("document.querySelectorAll('.todo li').length") >= 3
    seen.page.click(".o:visible")
    english = seen.page.inner_text("#paper")
    assert quantity(row["kwh_year"], "kwh").en in english and "What limits it" in english and "Che cosa" not in english
    assert seen.complaints == []


def test_a_roof_without_modules_says_why_and_what_next(visit: Visits, site: Path) -> None:
    seen = opened(visit, site, "roof", "s=E00003")
    text = seen.page.inner_text("#paper")
    assert "non disponibile" in text and "le quote non sono rilevate" in text.lower() and "sopralluogo" in text
    assert seen.page.query_selector(".panels") is None and seen.complaints == []


def test_the_sheet_is_found_by_id_and_by_parcel(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    seen = opened(visit, site, "roof", "")
    assert "Quale tetto?" in seen.page.inner_text("#paper")
    seen.page.fill("#query", "e00030")
    seen.page.press("#query", "Enter")
    seen.until("document.querySelector('#paper h2')")
    assert seen.state()["hash"].endswith("s=E00030")
    parcel = atlas["parcels"].set_index("parcel_id").loc[house(atlas, "E00031")["parcel_id"]]
    seen.page.fill("#query", f"{parcel['sheet']}/{parcel['number']}")
    seen.page.press("#query", "Enter")
    seen.until("document.querySelector('#paper h2').textContent.includes('E00031')")
    seen.page.fill("#query", "<b>nix</b>")
    seen.page.press("#query", "Enter")
    seen.until("document.getElementById('paper').textContent.includes('<b>nix</b>')")


def test_the_parcel_has_its_facts_and_its_roofs(visit: Visits, site: Path, atlas: dict[str, Any]) -> None:
    parcel = house(atlas)["parcel_id"]
    row = atlas["parcels"].set_index("parcel_id").loc[parcel]
    seen = visit().open(address(site, "sealing", f"s={parcel}"))
    seen.page.click("#sheet a:has-text('Scheda della particella')")
    seen.until("document.querySelector('#paper h2')")
    text = seen.page.inner_text("#paper")
    for value, kind in ((row["area_m2"], "m2"), (row["sealed_m2"], "m2"), (row["sealed_share"], "share"), (row["green_m2"], "m2")):
        assert quantity(value, kind).it in text
    seen.page.click("#paper table a")
    seen.until("document.querySelector('#paper h2') && document.querySelector('#paper h2').textContent.includes('E00030')")
    assert seen.complaints == []


def test_names_from_data_are_text_on_sheets(visit: Visits, site: Path, towns: ModuleType) -> None:
    for name in ("roof", "parcel"):
        seen = opened(visit, site, name, "")
        for nasty in towns.NASTY:
            seen.page.fill("#query", nasty)
            seen.page.press("#query", "Enter")
            for _ in range(100):
                if seen.page.evaluate("name => SS.state.s === name && Boolean(document.querySelector('#paper h2'))", nasty):
                    break
                seen.page.wait_for_timeout(50)
            title = seen.page.evaluate("document.querySelector('#paper h2').textContent")
            assert nasty in title or (name == "parcel" and title)
            assert seen.page.evaluate("document.querySelectorAll('#paper script, #paper b[onclick]').length") == 0
        assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth") and seen.complaints == []


def test_a_printed_sheet_has_no_buttons(visit: Visits, site: Path) -> None:
    seen = opened(visit, site, "roof", "s=E00030")
    seen.page.emulate_media(media="print")
    for gone in (".acts", ".search", "nav", ".kicker"):
        assert seen.page.is_hidden(gone), gone
    assert seen.page.is_visible("svg.plan") and seen.page.is_visible("#paper h2")


def test_a_town_without_roofs_has_no_roof_sheets(visit: Visits, towns: ModuleType, atlas: dict[str, Any], tmp_path: Path) -> None:
    bare = towns.build(tmp_path / "bare", towns.empty_layers(atlas, *(k for k in atlas if k not in ("parcels", "town"))))
    for name, active in (("roof", False), ("parcel", True)):
        seen = visit().open(address(bare, name))
        assert bool(seen.page.query_selector("#paper")) == active and seen.complaints == []


def pages_on_paper(seen: Any) -> int:
    """Sheets of A4 that the page takes."""
    import io

    import pypdf

    return len(pypdf.PdfReader(io.BytesIO(seen.page.pdf(format="A4", print_background=True, prefer_css_page_size=True))).pages)


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(("name", "thing"), [("roof", "E00030"), ("parcel", "B792_2_007")])
def test_a_sheet_is_one_page_of_paper(visit: Visits, site: Path, name: str, thing: str, language: str) -> None:
    seen = opened(visit, site, name, f"s={thing}&l={language}")
    assert pages_on_paper(seen) == 1


def test_ten_planes_and_ten_sizes_still_fit(visit: Visits, site: Path) -> None:
    """The most a sheet lists: its tables are filled up, and set smaller as the sheet does it."""
    seen = opened(visit, site, "roof", "s=E00030&l=it")
    seen.page.evaluate("""[['.planes', 10], ['.wide', 11]].forEach(([part, count]) => { const body = document.querySelector('#paper ' + part + ' tbody');
        while (body.rows.length < count) body.append(body.rows[0].cloneNode(true)); })""")
    seen.page.evaluate("document.getElementById('paper').classList.add('dense')")
    assert pages_on_paper(seen) == 1


def test_the_widest_sizes_fit_a_desktop(visit: Visits, site: Path) -> None:
    """Figures of a roof of 60 kWp in the first row, beside the mark of the best size."""
    seen = opened(visit, site, "roof", "s=E00030&l=it", width=1280, height=860)
    seen.page.evaluate("""(words => { const row = document.querySelector('#paper .wide tbody').rows[0];
        words.forEach((text, k) => { row.cells[k].textContent = text; }); })(
        ['60,3 kWp rende di più', '137', '70.600 kWh', '64.100 kWh', 'da 66.000 a 110.000 €', 'da −100.000 a 60.000 €', 'non rientra', '55 %'])""")
    assert seen.page.evaluate("document.querySelector('#paper .wide tbody').rows[0].cells.length") == 8
    assert seen.page.evaluate("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('#paper .wide .scroll'))")
