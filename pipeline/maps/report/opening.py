"""The first pages: cover and the town in numbers."""

from __future__ import annotations

from typing import Any

from pipeline.maps import findings
from pipeline.maps.content import Site
from pipeline.maps.findings import get
from pipeline.maps.land_soil import NONE, Line, between, private, soil
from pipeline.maps.quantities import quantity, significant
from pipeline.maps.report.blocks import Block, Chapter, contents, figures, heading, lead, listed
from pipeline.maps.report.choice import best_public, largest, shown
from pipeline.maps.starts import starts
from pipeline.maps.text import TEXT, Phrase, joined, say


def cover(site: Site, picture: str | None, as_of: Phrase) -> dict[str, Any]:
    """The words and the picture of the first page."""
    demo = TEXT["report.demo.short"] if site.lineage.synthetic else None
    return {
        "kicker": TEXT["report.kicker"], "subtitle": TEXT["report.subtitle"], "image": picture, "alt": say("report.cover.alt", town=site.name), "demo": demo,
        "picture": _shown(site), "imprint": say("report.imprint", version=site.version, as_of=as_of),
    }  # fmt: skip


def _shown(site: Site) -> Phrase:
    """What the colours of the cover's picture mean; empty where they mean nothing."""
    if "solar" in site.made:
        return TEXT["report.cover.picture"]
    return TEXT["report.cover.picture.soil"] if "sealing" in site.made and site.made["sealing"].layer != "town" else NONE


def numbers(site: Site) -> Chapter:
    """The town in numbers, where to begin, what is in the report."""
    first = _first(site)
    blocks: list[Block] = [lead(_brief(site)), *figures(_lines(site))]
    if first:
        blocks += [heading(TEXT["report.first"]), *listed(first)]
    blocks += [heading(TEXT["report.contents"]), contents()]
    title = say("report.numbers.title.demo" if site.lineage.synthetic else "report.numbers.title", town=site.name)
    return Chapter(TEXT["report.numbers"], title, blocks, findings.demonstration(site.lineage.synthetic))


def _brief(site: Site) -> Phrase:
    """The answers in one sentence."""
    sums = site.sums
    energy, share, near, residents = (get(sums, n) for n in ("kwh_year", "sealed_share", "near_green", "residents"))
    parts = [say("report.brief.energy", energy=quantity(energy, "kwh"))] if energy else []
    if share is not None:
        parts.append(say("report.brief.sealed", share=quantity(share, "share")))
    if near is not None and residents:
        parts.append(say("report.brief.far", far=quantity(significant(residents * (1.0 - near)), "int")))
    if not parts:
        return TEXT["report.brief.none"]
    return Phrase(*(f"{words[0].upper()}{words[1:]}." for words in joined(parts)))


def _lines(site: Site) -> list[Line]:
    """The figures that are known, at most nine."""
    sums = site.sums
    area, residents, energy = get(sums, "area_m2"), get(sums, "residents"), get(sums, "kwh_year")
    out = [Line(TEXT["report.area"], quantity(area, "ha"))] if area else []
    if residents:
        out.append(Line(TEXT["report.residents"], quantity(residents, "int")))
    if (buildings := get(sums, "buildings")) is not None:
        room = get(sums, "buildings_with_arrays")
        out.append(Line(TEXT["report.buildings"], quantity(buildings, "int"), NONE if room is None else say("report.buildings.note", count=quantity(room, "int"))))
    if energy:
        p90 = get(sums, "kwh_year_p90")
        out.append(Line(TEXT["report.energy"], quantity(energy, "kwh"), NONE if p90 is None else say("report.p90", p90=quantity(p90, "kwh"))))
    if (power := get(sums, "kwp")) and energy:
        out.append(Line(TEXT["report.power"], quantity(power, "kwp")))
    if (share := get(sums, "sealed_share")) is not None:
        out.append(Line(TEXT["report.sealed"], quantity(share, "share"), between(sums, "sealed_share_low", "sealed_share_high", "share")))
    if (opened := get(sums, "open_m2")) and get(sums, "candidates"):
        public = quantity(get(sums, "candidates_public"), "int")
        out.append(Line(TEXT["report.opening"], quantity(opened, "ha"), say("report.opening.note", count=quantity(get(sums, "candidates"), "int"), public=public)))
    return out + _green(site)


def _green(site: Site) -> list[Line]:
    sums, out = site.sums, []
    residents, near, have, needed = (get(sums, n) for n in ("residents", "near_green", "standard_per_head_m2", "standard_needed_m2"))
    if near is not None and residents:
        note = say("report.far.note", share=quantity(1.0 - near, "part"), residents=quantity(residents, "int"))
        out.append(Line(TEXT["report.far"], quantity(significant(residents * (1.0 - near)), "int"), note))
    if have is not None and needed is not None and residents:
        out.append(Line(TEXT["report.balance"], quantity(have, "head"), say("report.balance.note", standard=quantity(needed / residents, "int"))))
    elif (canopy := get(sums, "canopy_share")) is not None:
        out.append(Line(TEXT["col.canopy_share"], quantity(canopy, "share"), TEXT["card.green.canopy"]))
    return out


def _first(site: Site) -> list[Phrase]:
    """One opportunity of each kind, only where the data has one."""
    out = []
    public, large = best_public(site), largest(site)
    if len(public):
        row = next(public.itertuples())
        out.append(say("report.first.public", name=shown(row), energy=quantity(row.kwh_year, "kwh"), p90=quantity(row.kwh_year_p90, "kwh")))
    total = get(site.sums, "kwh_year")
    if len(large) and total:
        row = next(large.itertuples())
        out.append(say("report.first.large", name=shown(row), energy=quantity(row.kwh_year, "kwh"), share=quantity(float(large["kwh_year"].head(5).sum()) / total, "share")))
    made = soil(site)
    for key, entries in (("report.first.opening", made.public), ("report.first.opening.any", private(site))):
        if entries:
            out.append(say(key, name=entries[0].name, area=entries[0].value))
            break
    far = [s for s in starts(site.atlas, site.made, site.sums) if s.page == "green" and s.entries]
    if far and site.made["green"].value == "near_green":
        out.append(say("report.first.far", name=far[0].entries[0].name, count=far[0].entries[0].value))
    return out
