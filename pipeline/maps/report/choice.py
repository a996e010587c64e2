"""Which features the tables name and the maps number."""

from __future__ import annotations

from typing import Any

import geopandas as gpd

from pipeline.maps.content import Site
from pipeline.maps.starts import reference
from pipeline.maps.text import TEXT, Phrase, say
from pipeline.maps.themes import known

LARGEST, PUBLIC, SECTIONS = 10, 8, 6
PUBLIC_USES = ("school", "town_hall")


def largest(site: Site) -> gpd.GeoDataFrame:
    """Buildings whose roofs give most; empty where no yield is known."""
    frame = _with_yield(site)
    return frame.head(LARGEST)


def best_public(site: Site) -> gpd.GeoDataFrame:
    """Schools and the town hall, the best roof first; empty where no source says the use."""
    frame = _with_yield(site)
    return frame[frame["use"].isin(PUBLIC_USES)].head(PUBLIC) if known(site.atlas.get("buildings"), "use") else frame.iloc[:0]


def _with_yield(site: Site) -> gpd.GeoDataFrame:
    if "solar" not in site.made:
        return gpd.GeoDataFrame({"building_id": [], "kwh_year": [], "use": []})
    return site.atlas["buildings"].dropna(subset=["kwh_year"]).sort_values(["kwh_year", "building_id"], ascending=[False, True])


def far_sections(site: Site) -> gpd.GeoDataFrame:
    """Sections with most residents far from public green."""
    sections = site.atlas.get("sections")
    if sections is None or not known(sections, "residents_far"):
        return gpd.GeoDataFrame({"section_id": []})
    rows = sections[sections["residents_far"] >= 1.0]
    return rows.sort_values(["residents_far", "section_id"], ascending=[False, True]).head(SECTIONS)


def shown(row: Any) -> Phrase:
    """What a building is called: its use where it is public, then where it lies."""
    place = reference(row, say("sheet.building", id=str(row.building_id)))
    use = row.use if row.use in PUBLIC_USES else None
    return place if use is None else Phrase(*(f"{u}, {p}" for u, p in zip(TEXT[f"use.{use}"], place, strict=True)))
