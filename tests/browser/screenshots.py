"""Screenshots of a site's pages, desktop and phone, in both languages.

python tests/browser/screenshots.py maps/carmiano docs/img
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

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
PAGES = ("index", "solar", "sealing", "green", "method", "accessibility", "privacy")


def settle(page: Page) -> None:
    """Wait until the map of a page is drawn."""
    if page.query_selector(".folium-map"):
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


def shoot(browser: Browser, site: Path, out: Path, names: list[str]) -> None:
    """Every page in both sizes and languages; map pages also with a sheet open."""
    for size, (width, height) in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1, offline=True)
        for name in names:
            for language in ("it", "en"):
                page = context.new_page()
                page.goto(f"{(site / name).with_suffix('.html').resolve().as_uri()}#l={language}")
                settle(page)
                page.screenshot(path=out / f"{name}_{size}_{language}.png", full_page=name not in ("solar", "sealing", "green"))
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
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        shoot(browser, args.site, args.out, args.pages)
        browser.close()


if __name__ == "__main__":
    main()
