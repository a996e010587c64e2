"""Size and speed with 8,000 buildings and 12,000 parcels; times fail at twice the budget."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
TRANSFER = 1_200_000
READY_MS = 1_200
CLICK_MS = FILTER_MS = 100
HEAP_MB = 60


def transfer(site: Path, name: str) -> int:
    """Bytes of a page and all it loads, compressed as a host would."""
    html = (site / f"{name}.html").read_text(encoding="utf-8")
    used = [site / f"{name}.html", *(site / p for p in re.findall(r'(?:src|href)="((?:static|data)/[^"]+)"', html))]
    return sum(len(gzip.compress(p.read_bytes(), 6)) for p in used)


@pytest.mark.parametrize("name", ["solar", "sealing", "green"])
def test_transfer(large_site: Path, name: str, record_property: Callable[[str, Any], None]) -> None:
    total = transfer(large_site, name)
    record_property("transfer_bytes", total)
    assert (large_site / f"{name}.html").stat().st_size <= 30_000
    assert total <= TRANSFER


def test_ready_click_filter_pan_and_heap(visit: Callable[..., Any], large_site: Path, record_property: Callable[[str, Any], None]) -> None:
    seen = visit()
    seen.open((large_site / "solar.html").as_uri())
    measured = {"ready_ms": int(seen.page.get_attribute("html", "data-ready"))}
    seen.page.evaluate("SS.view.fitBounds(SS.start.whole, {animate: false})")
    assert seen.page.evaluate("[SS.layers.theme.drawn, SS.current.tableCount]") == [8000, 8000]
    measured["redraw_ms"] = seen.page.evaluate(
        "(() => { const t = performance.now(); for (const k in SS.layers) SS.layers[k].redraw(); return performance.now() - t; })()"
    )
    measured["click_ms"] = seen.page.evaluate(
        "(() => { const t = performance.now(); SS.current.select(SS.layers.theme.hit(SS.layers.theme.bounds(4000).getCenter(), 4)); return performance.now() - t; })()"
    )
    measured["filter_ms"] = seen.page.evaluate(
        "(() => { const i = document.getElementById('from'); i.value = 12; const t = performance.now(); i.dispatchEvent(new Event('input')); return performance.now() - t; })()"
    )
    seen.page.evaluate("SS.view.setView(SS.start.centre, 15.5, {animate: false})")
    frames = seen.page.evaluate("""() => new Promise(done => { const out = []; let last = performance.now(); SS.view.panBy([400, 200], {animate: true, duration: 1});
        (function step(now) { out.push(now - last); last = now; if (out.length < 70) requestAnimationFrame(step); else done(out.slice(2).sort((a, b) => a - b)); })(last); })""")
    measured["frame_p95_ms"], measured["frame_max_ms"] = frames[int(0.95 * len(frames))], frames[-1]
    measured["heap_mb"] = seen.page.evaluate("performance.memory.usedJSHeapSize / 1e6")
    for name, value in measured.items():
        record_property(name, round(value, 1))
    print(measured)
    assert measured["ready_ms"] <= 2 * READY_MS
    assert measured["click_ms"] <= 2 * CLICK_MS and measured["filter_ms"] <= 2 * FILTER_MS
    assert measured["heap_mb"] <= 2 * HEAP_MB
