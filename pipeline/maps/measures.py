"""What may colour a land map: the theme's own value first, then others of the same zones that the reader may choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.maps.style import breaks, colours
from pipeline.maps.text import TEXT
from pipeline.maps.themes import KINDS, Atlas, Theme, known


@dataclass(frozen=True)
class Measure:
    """One more value of a theme's zones.

    Attributes
    ----------
    key
        Its name in the page's address (`m=`) and of its words (`<theme>.<key>...`).
    value, total
        Columns: what colours, and what the running sum adds.
    palette
        Of `pipeline.maps.style.PALETTES`.
    below
        Whether the filter keeps what lies below.
    turned
        Whether the lowest value gets the last colour: a rank, of which 1 is the most urgent.
    """

    key: str
    value: str
    total: str
    palette: str
    below: bool = False
    turned: bool = False


MORE: dict[str, tuple[Measure, ...]] = {
    "sealing": (Measure("open", "open_m2", "open_m2", "rain"), Measure("runoff", "runoff_mm", "runoff_m3", "rain")),
    "green": (
        Measure("supply", "green_supply_m2", "residents", "green", below=True),
        Measure("rank", "rank", "residents", "sealing", below=True, turned=True),
        Measure("canopy", "canopy_share", "residents", "green", below=True),
        Measure("head", "green_m2_per_resident", "residents", "green", below=True),
    ),
    "climate": (Measure("avoid", "co2_kg_avoidable", "co2_kg_avoidable", "climate"), Measure("pv", "pv_kwh_year", "pv_kwh_year", "solar"), Measure("anchor", "anchor_shared_kwh", "anchor_shared_kwh", "rain")),
    "enterprises": (Measure("yard", "yard_m2", "yard_m2", "sealing"),),
}


def choices(theme: Theme, atlas: Atlas) -> list[dict[str, Any]]:
    """Options of each choice for static/measures.js, the theme's own first; empty where there is no other.

    Parameters
    ----------
    theme
        Of sealing or green; solar and themes of one area have no choice.
    atlas
        From `pipeline.maps.themes.prepared`.
    """
    frame = atlas[theme.layer]
    more = [m for m in MORE.get(theme.name, ()) if m.value != theme.value and known(frame, m.value) and known(frame, m.total)]
    if theme.layer == "town" or not more:
        return []
    legend = f"green.legend.{theme.value}" if theme.name == "green" else f"{theme.name}.legend"
    own = _options(theme, "", theme.value, theme.total, theme.limits, theme.colours, theme.below, theme.words, legend)
    return [own, *(_of(theme, m, frame) for m in more)]


def _of(theme: Theme, measure: Measure, frame: Any) -> dict[str, Any]:
    limits = breaks(frame[measure.value].to_numpy(dtype=float, na_value=np.nan), KINDS[measure.value][0])
    shades = colours(measure.palette, len(limits) + 1)
    words = f"{theme.name}.{measure.key}"
    return _options(theme, measure.key, measure.value, measure.total, limits, shades[::-1] if measure.turned else shades, measure.below, words, f"{words}.legend")


def _options(theme: Theme, key: str, value: str, total: str, limits: list[float], shades: list[str], below: bool, words: str, legend: str) -> dict[str, Any]:
    return {
        "key": key, "value": value, "kind": KINDS[value][0], "sum": total, "sumKind": KINDS[total][0], "below": below, "breaks": limits, "colours": shades,
        "words": words, "legend": legend, "nodata": f"{words if f'{words}.nodata' in TEXT else theme.name}.nodata",
    }  # fmt: skip
