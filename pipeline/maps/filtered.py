"""Sentences of the front page that stand for a filter of a map, and how sure each subject is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.maps.quantities import quantity
from pipeline.maps.text import TEXT, Phrase, say
from pipeline.maps.themes import KINDS, Atlas, Theme


@dataclass(frozen=True)
class Filtered:
    """What a map shows above (or below) a limit, in words, and the address of that view."""

    text: Phrase
    state: str


def filtered(theme: Theme, atlas: Atlas) -> Filtered | None:
    """The highest class of a theme, or the lowest where little is the problem; None where there are no classes.

    The limit is one of the legend, and values are those the browser gets, so that the map then counts the same.
    """
    if not theme.limits or theme.layer == "town":
        return None
    frame, limit = atlas[theme.layer], theme.limits[0 if theme.below else -1]
    scale = KINDS[theme.value][1]
    values = np.round(frame[theme.value].to_numpy(dtype=float) / scale) * scale
    inside = values < limit if theme.below else values >= limit
    total = frame[theme.total].to_numpy(dtype=float)
    share = float(np.nansum(total[inside]) / max(np.nansum(total), 1e-9))
    words = {
        "limit": quantity(limit, "part" if theme.kind == "share" else theme.kind), "count": quantity(int(inside.sum()), "int"), "zones": TEXT[f"zones.{theme.layer}"],
        "sum": quantity(float(np.nansum(total[inside])), KINDS[theme.total][0]), "share": quantity(share, "part"),
    }  # fmt: skip
    return Filtered(say(f"filtered.{theme.words}", **words), f"t={limit:g}")


def sureness(sums: dict[str, float], made: dict[str, Theme]) -> list[tuple[str, Phrase]]:
    """For each theme shown, how far its figure may be off: name of the theme, sentence."""
    out = []
    year, low = sums.get("kwh_year", np.nan), sums.get("kwh_year_p90", np.nan)
    if "solar" in made and year > 0 and np.isfinite(low):
        out.append(("solar", say("sure.solar", p90=quantity(low, "kwh"), loss=quantity(1.0 - low / year, "part"))))
    covered, area = sums.get("covered_m2", np.nan), sums.get("area_m2", np.nan)
    if "sealing" in made and covered > 0 and area > 0:
        ends = sums.get("sealed_share_low", np.nan), sums.get("sealed_share_high", np.nan)
        if np.isfinite(ends).all():
            out.append(("sealing", say("sure.sealing.range", low=quantity(ends[0], "share"), high=quantity(ends[1], "share"))))
        else:
            out.append(("sealing", say("sure.sealing", share=quantity(min(covered / area, 1.0), "part"))))
    if "green" in made:
        out.append(("green", TEXT[{"residents": "sure.green", "residents_far": "sure.green.near"}.get(made["green"].total, "sure.green.none")]))
    return out
