"""Names and places that the browser tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

PAGES = ("index", "solar", "sealing", "green", "climate", "roadmap", "indicators", "enterprises", "participate", "roof", "parcel", "method", "accessibility", "privacy")
# What is opened where a page shows one thing.
SHOWN = {"solar": "s=E00030", "sealing": "s=B792_2_007", "roof": "s=E00030", "parcel": "s=B792_2_007", "climate": "s=S1", "enterprises": "s=E00043"}
MAPS = ("solar", "sealing", "green", "climate", "enterprises")
# What each theme draws of the small town: all buildings, the parcels that are neither road nor water, all sections.
COUNTS = {"solar": ("buildings", 60), "sealing": ("parcels", 100), "green": ("sections", 9), "climate": ("estate", 3)}
Visits = Callable[..., Any]


def address(site: Path, name: str, state: str = "") -> str:
    return (site / f"{name}.html").as_uri() + (f"#{state}" if state else "")


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
