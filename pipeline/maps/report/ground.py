"""The chapters of soil and green: the town's figures, the map, the places to begin with."""

from __future__ import annotations

import geopandas as gpd

from pipeline.maps.content import Site
from pipeline.maps.findings import get
from pipeline.maps.findings import lead as lead_of
from pipeline.maps.land_green import green as green_of
from pipeline.maps.land_soil import NONE, Line, between, private
from pipeline.maps.land_soil import soil as soil_of
from pipeline.maps.quantities import quantity
from pipeline.maps.report import blocks
from pipeline.maps.report.blocks import Block
from pipeline.maps.report.choice import far_sections
from pipeline.maps.report.mapping import Atelier
from pipeline.maps.starts import Entry, reference
from pipeline.maps.style import COVER_COLOURS, PALETTES
from pipeline.maps.text import TEXT, Phrase, joined, say

GREEN = PALETTES["green"][3]


def soil(site: Site, atelier: Atelier) -> list[Block]:
    """Sealed soil and where paving can be opened; empty where the cover is not known."""
    if "sealing" not in site.made or get(site.sums, "sealed_share") is None:
        return []
    made, owned = soil_of(site), private(site)
    share = quantity(get(site.sums, "sealed_share"), "share")
    out = [blocks.lead(say("report.soil.lead", share=share, band=_band(site))), *blocks.figures(made.own[:1] + made.own[1:][-2:]), *_cover(site)]
    if made.official:
        out += [blocks.heading(TEXT["soil.official"]), *blocks.figures(made.official[:3])]
        head = [(TEXT[f"soil.{n}"], a, w) for n, a, w in (("year", "l", 0.0), ("consumed", "r", 1.0), ("share", "r", 1.0), ("head", "r", 1.0), ("basis", "l", 1.2))]
        out += blocks.table(head, [[blocks.literal(y.year), y.consumed, y.share, y.head, y.basis] for y in made.years], TEXT["report.official"])
    if made.differ is not None:
        out.append(blocks.note(made.differ, TEXT["soil.differ"]))
    plate = atelier.theme("sealing", [e.id for e in (*made.public, *owned)])
    if plate is not None:
        out += [blocks.page(), blocks.heading(TEXT["report.soil.map"]), plate]
    if made.opening:
        out += [blocks.heading(TEXT["report.soil.table"]), blocks.text(TEXT["soil.opening.lead"]), *blocks.figures(made.opening, 2)]
        out += _yards(made.public, "soil.public", "report.public.yards", 1) + _yards(owned, "soil.private", "report.private.yards", 1 + len(made.public))
    if made.spared is not None:
        out.append(blocks.note(made.spared, TEXT["soil.spared.title"]))
    return out


def _band(site: Site) -> Phrase:
    low, high = get(site.sums, "sealed_share_low"), get(site.sums, "sealed_share_high")
    return NONE if low is None or high is None else say("land.band", low=quantity(low, "share"), high=quantity(high, "share"))


def _yards(entries: list[Entry], title: str, caption: str, start: int) -> list[Block]:
    if not entries:
        return []
    head = [(Phrase("N.", "No."), "r", 0.0), (TEXT["report.col.parcel"], "l", 1.0), (TEXT["report.col.area"], "r", 0.0), (TEXT["report.col.gain"], "l", 1.1)]
    return [blocks.heading(TEXT[title]), *blocks.table(head, blocks.numbered(entries, start), TEXT[caption])]


def _cover(site: Site) -> list[Block]:
    """What covers the ground, as one bar."""
    sums = site.sums
    built, sealed, green, tree = (get(sums, n) for n in ("building_m2", "sealed_m2", "green_m2", "tree_m2"))
    covered = get(sums, "covered_m2")
    if None in (built, sealed, green) or not covered:
        return []
    parts = (("building", built, 1), ("paved", (sealed or 0.0) - (built or 0.0), 2), ("bare", get(sums, "bare_m2"), 3), ("low", (green or 0.0) - (tree or 0.0), 4), ("tree", tree, 5), ("water", get(sums, "water_m2"), 6))
    rows = [(TEXT[f"report.land.{n}"], v, say("report.land.part", share=quantity(v / covered, "share"), area=quantity(v, "ha")), COVER_COLOURS[c]) for n, v, c in parts if v]
    words = joined([Phrase(*(f"{a} {b}" for a, b in zip(n, quantity(v / covered, "share"), strict=True))) for n, v, _, _ in rows])
    return [blocks.whole(rows, TEXT["report.land"], say("report.land.alt", parts=words))]


def green(site: Site, atelier: Atelier) -> list[Block]:
    """Who has green nearby and where it is missing; empty where nothing is known of it."""
    if "green" not in site.made:
        return []
    made, far = green_of(site), far_sections(site)
    head = get(site.sums, "green_m2_per_resident")
    lines = made.access[:3] if made.access else [Line(TEXT["col.canopy_share"], quantity(get(site.sums, "canopy_share"), "share"))]
    if not made.access and head is not None:
        lines.append(Line(TEXT["col.green_m2_per_resident"], quantity(head, "head")))
    out = [blocks.lead(lead_of("green", site.made["green"], site.sums, site.rules)), *blocks.figures(lines), *_balance(site)]
    if made.supply:
        out += [blocks.heading(TEXT["green.town.supply"]), blocks.text(TEXT["green.town.supply.lead"]), *blocks.figures(made.supply)]
    out += _rule(made.rule, site)
    plate = atelier.theme("green", far["section_id"].tolist() if site.made["green"].layer == "sections" else ())
    if plate is not None:
        out += [blocks.page(), blocks.heading(TEXT["report.green.map" if site.made["green"].layer == "sections" else "report.soil.map"]), plate]
    tables = _far(far) + _planting(made.planting)
    if made.restoration:
        tables += [blocks.heading(TEXT["restoration"]), *blocks.figures(made.restoration[:3])]
        tables += [blocks.note(made.restored)] if made.restored is not None else []
    return [*out, *tables]


def _balance(site: Site) -> list[Block]:
    needed, lacking, made = get(site.sums, "standard_needed_m2"), get(site.sums, "standard_missing_m2"), green_of(site).balance
    if needed is None or lacking is None or made is None:
        return []
    rows = [(TEXT["report.green.have"], needed - lacking, quantity(needed - lacking, "ha")), (TEXT["report.green.needed"], needed, quantity(needed, "ha"))]
    alt = say("report.green.balance.alt", have=rows[0][2], needed=rows[1][2])
    return [blocks.heading(TEXT["green.town.balance"]), blocks.text(made.text), blocks.bars(rows, GREEN, TEXT["report.green.balance"], alt)]


def _rule(lines: list[Line], site: Site) -> list[Block]:
    if not lines:
        return []
    names = ("three_trees", "thirty_canopy", "near_green", "rule_3_30_300")
    rows = [(line.label, get(site.sums, n) or 0.0, line.value) for line, n in zip(lines, names, strict=True)]
    alt = say("report.green.rule.alt", parts=joined([Phrase(*(f"{a} {b}" for a, b in zip(n, v, strict=True))) for n, _, v in rows]))
    return [blocks.heading(TEXT["green.rule"]), blocks.bars(rows, GREEN, TEXT["report.green.rule.caption"], alt, most=1.0)]


def _far(far: gpd.GeoDataFrame) -> list[Block]:
    head = [(Phrase("N.", "No."), "r", 0.0), *((TEXT[f"report.col.{n}"], a, w) for n, a, w in (("section", "l", 1.0), ("far", "r", 0.0), ("residents", "r", 0.0), ("way", "r", 0.0)))]
    rows = [
        [blocks.literal(str(i)), reference(r, say("sheet.section", id=str(r.section_id))), quantity(r.residents_far, "int"), quantity(r.residents, "int"), quantity(r.green_way_m, "walk")]
        for i, r in enumerate(far.itertuples(), 1)
    ]
    return [blocks.heading(TEXT["report.green.table"]), *blocks.table(head, rows, TEXT["report.green.far"])] if rows else []


def _planting(entries: list[Entry]) -> list[Block]:
    head = [(TEXT["report.col.section"], "l", 1.0), (TEXT["report.col.rank"], "r", 0.0), (TEXT["report.col.needs"], "l", 1.2)]
    rows = [[e.name, e.value, e.text] for e in entries]
    return [blocks.heading(TEXT["green.town.planting"]), blocks.text(TEXT["green.town.planting.lead"]), *blocks.table(head, rows, TEXT["report.green.planting"])] if rows else []


def intervals(site: Site) -> list[blocks.Interval]:
    """Figures of soil and green with their ends."""
    kinds = (("sealed", "sealed_share", "sealed_share_low", "sealed_share_high", "share"), ("supply", "green_supply_m2", "green_supply_m2_low", "green_supply_m2_high", "head"),
             ("cost", "opening_eur", "opening_eur_low", "opening_eur_high", "eur"))  # fmt: skip
    out = []
    for name, value, low, high, kind in kinds:
        v, a, b = (get(site.sums, n) for n in (value, low, high))
        if v and a is not None and b is not None:
            out.append(blocks.Interval(TEXT[f"report.sure.{name}"], v, a, b, quantity(v, kind), between(site.sums, low, high, kind)))
    return out
