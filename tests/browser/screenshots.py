"""Screenshots of a site's pages, desktop and phone, in both languages; with --docs the few that the docs show.

python tests/browser/screenshots.py maps/carmiano .artefacts/screens
python tests/browser/screenshots.py maps/carmiano docs/img --docs
"""

from __future__ import annotations

import argparse
import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
SIZES = {"desktop": (1280, 860), "phone": (390, 844)}
PAGES = ("index", "solar", "sealing", "green", "climate", "roadmap", "indicators", "enterprises", "participate", "roof", "parcel", "method", "accessibility", "privacy")


def settle(page: Page) -> None:
    """Wait until the map or the sheet of a page is drawn."""
    if page.query_selector(".folium-map, #paper"):
        for _ in range(100):
            if page.evaluate("document.documentElement.hasAttribute('data-ready')"):
                break
            page.wait_for_timeout(100)
    page.wait_for_timeout(250)


def select_best(page: Page) -> None:
    """Open the sheet of the first row of the table, where there is a map with data."""
    button = page.query_selector("#table tbody tr:nth-child(3) button") or page.query_selector("#table tbody button")
    if button:
        button.evaluate("node => node.click()")
        page.wait_for_timeout(700)
        page.evaluate("window.scrollTo(0, 0); document.activeElement.blur()")
        page.evaluate("const p = document.querySelector('.panel'); p.scrollTop = 0")


def an_id(site: Path, browser: Browser, layer: str, rank: int) -> str:
    """The feature in a row of the table of a map page: neither the largest nor a small one."""
    page = browser.new_page(offline=True)
    page.goto((site / f"{layer}.html").resolve().as_uri())
    settle(page)
    found = page.evaluate("n => { const t = SS.current, r = t.shown().sort((a, b) => t.columns[t.options.sum][b] - t.columns[t.options.sum][a] || a - b); return t.ids[r[Math.min(n, r.length - 1)]]; }", rank)
    page.close()
    return str(found)


def on_paper(page: Page) -> Image.Image:
    """The first sheet of A4 that a page prints."""
    import pypdfium2

    document = pypdfium2.PdfDocument(page.pdf(format="A4", print_background=True, prefer_css_page_size=True))
    picture = document[0].render(scale=1.5).to_pil().convert("RGB")
    document.close()
    return picture


def for_docs(browser: Browser, site: Path, out: Path) -> None:
    """The pictures of the docs, small files in true colours."""
    house, parcel, section = an_id(site, browser, "solar", 1500), an_id(site, browser, "sealing", 40), an_id(site, browser, "green", 2)
    shots = (
        ("index_desktop_it", "index", "l=it", "desktop", True), ("index_phone_en", "index", "l=en", "phone", False), ("solar_desktop_it", "solar", f"l=it&s={house}", "desktop", False),
        ("solar_phone_it", "solar", f"l=it&s={house}", "phone", False), ("sun_desktop_en", "solar", "l=en&m=sun&z=18", "desktop", False), ("sealing_desktop_it", "sealing", f"l=it&s={parcel}", "desktop", False),
        ("dates_desktop_it", "sealing", "l=it&m=dates", "desktop", False), ("green_desktop_en", "green", f"l=en&s={section}", "desktop", False), ("roof_desktop_it", "roof", f"l=it&s={house}", "desktop", True), ("roof_phone_en", "roof", f"l=en&s={house}", "phone", False),
        ("roof_print_it", "roof", f"l=it&s={house}", "print", True), ("parcel_desktop_en", "parcel", f"l=en&s={parcel}", "desktop", True),
    )  # fmt: skip
    for name, page_name, state, size, whole in shots:
        width, height = SIZES.get(size, SIZES["desktop"])
        page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce", offline=True)
        page.goto(f"{(site / page_name).with_suffix('.html').resolve().as_uri()}#{state}")
        settle(page)
        if "z=18" in state:
            page.evaluate("SS.view.setZoom(18, {animate: false})")
            page.wait_for_timeout(1500)
        page.evaluate("document.activeElement.blur()")
        picture = on_paper(page) if size == "print" else Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
        picture.save(out / f"{name}.webp", quality=84, method=6)
        page.close()


def shoot(browser: Browser, site: Path, out: Path, names: list[str]) -> None:
    """Every page in both sizes and languages; map pages also with a sheet open."""
    for size, (width, height) in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1, offline=True)
        for name in names:
            for language in ("it", "en"):
                page = context.new_page()
                page.goto(f"{(site / name).with_suffix('.html').resolve().as_uri()}#l={language}")
                settle(page)
                page.screenshot(path=out / f"{name}_{size}_{language}.png", full_page=name not in ("solar", "sealing", "green", "enterprises"))
                if page.query_selector("#table"):
                    select_best(page)
                    page.screenshot(path=out / f"{name}_sheet_{size}_{language}.png", full_page=size == "phone")
                page.close()
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pages", nargs="*", default=list(PAGES))
    parser.add_argument("--docs", action="store_true", help="only the pictures that the docs show")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        if args.docs:
            for_docs(browser, args.site, args.out)
        else:
            shoot(browser, args.site, args.out, args.pages)
        browser.close()


if __name__ == "__main__":
    main()
