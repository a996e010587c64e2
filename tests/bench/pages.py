"""Pages of a large town: bytes, and seconds to open, draw, click, filter and pan, beside the budgets.

python tests/bench/pages.py [--parcels 60000] [--buildings 20000]   (needs Chromium; a minute or two)
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402 - the checkout is not installed, its root goes first

from tests.browser.screenshots import FLAGS, settle  # noqa: E402 - the same
from tests.browser.test_budgets import transfer  # noqa: E402 - the same
from tests.maps.conftest import build, make_atlas  # noqa: E402 - the same

TIMES = {
    "draw_ms": "(() => { const t = performance.now(); for (const k in SS.layers) if (SS.layers[k].redraw) SS.layers[k].redraw(); return performance.now() - t; })()",
    "click_ms": "(() => { const t = performance.now(); SS.current.select(SS.layers.theme.hit(SS.layers.theme.bounds(4000).getCenter(), 4)); return performance.now() - t; })()",
    "filter_ms": "(() => { const i = document.getElementById('from'); i.value = 12; const t = performance.now(); i.dispatchEvent(new Event('input')); return performance.now() - t; })()",
}
FRAMES = """() => new Promise(done => { const out = []; let last = performance.now(); SS.view.panBy([400, 200], {animate: true, duration: 1});
    (function step(now) { out.push(now - last); last = now; if (out.length < 70) requestAnimationFrame(step); else done(out.slice(2).sort((a, b) => a - b)); })(last); })"""


def opened(browser: Browser, site: Path, name: str, slower: int) -> dict[str, Any]:
    """One page as a machine `slower` times slower sees it."""
    page = browser.new_page(viewport={"width": 1280, "height": 860}, offline=True, reduced_motion="reduce")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto((site / f"{name}.html").as_uri())
    settle(page)
    found: dict[str, Any] = {"page": name, "slower": slower, "html": (site / f"{name}.html").stat().st_size, "transfer": transfer(site, name), "ready_ms": int(page.get_attribute("html", "data-ready") or 0)}
    page.evaluate("SS.view.fitBounds(SS.start.whole, {animate: false})")
    found["drawn"] = page.evaluate("SS.layers.theme.drawn")
    found |= {key: round(page.evaluate(script), 1) for key, script in TIMES.items()}
    page.evaluate("SS.view.setView(SS.start.centre, 15.5, {animate: false})")
    frames = page.evaluate(FRAMES)
    found |= {"frame_p95_ms": round(frames[int(0.95 * len(frames))], 1), "frame_max_ms": round(frames[-1], 1), "heap_mb": round(page.evaluate("performance.memory.usedJSHeapSize / 1e6"), 1)}
    page.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=60_000)
    parser.add_argument("--buildings", type=int, default=20_000)
    args = parser.parse_args()
    rows = max(1, round((args.parcels / 1.5) ** 0.5))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        atlas = make_atlas(columns=args.parcels // rows, rows=rows, built=args.buildings, nasty=False)
        start = time.process_time()
        site = build(Path(folder) / "site", atlas)
        print(json.dumps({"parcels": len(atlas["parcels"]), "site_processor_s": round(time.process_time() - start, 1)}))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for slower in (1, 4):
            for name in ("solar", "sealing", "green"):
                print(json.dumps(opened(browser, site, name, slower)))
        browser.close()


if __name__ == "__main__":
    main()
