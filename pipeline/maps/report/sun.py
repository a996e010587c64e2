"""The chapter of the roofs: how much, when, on which uses; the map; the roofs to look at first."""

from __future__ import annotations

import math
from typing import Any

import geopandas as gpd

from pipeline.contracts.spec import MONTHS
from pipeline.maps.content import Site
from pipeline.maps.findings import get
from pipeline.maps.land_soil import NONE, Line
from pipeline.maps.quantities import quantity, significant
from pipeline.maps.report import blocks
from pipeline.maps.report.blocks import Block
from pipeline.maps.report.choice import best_public, largest, shown
from pipeline.maps.report.mapping import Atelier
from pipeline.maps.text import TEXT, Phrase, say
from pipeline.maps.themes import known

COLOUR = "#c3a94b"
_FEWEST, _NARROW_MM = 3, 78.0


def sun(site: Site, atelier: Atelier, as_of: Phrase) -> list[Block]:
    """What the roofs can give; empty where no yield is known.

    Parameters
    ----------
    site
        What to show.
    atelier
        Draws the map.
    as_of
        Month of prices and tariffs.
    """
    if "solar" not in site.made or not get(site.sums, "kwh_year"):
        return []
    large = largest(site)
    reading = blocks.note(TEXT["report.sun.read"], TEXT["report.sun.read.title"])
    out = [blocks.lead(_lead(site)), *blocks.figures(_lines(site)), _months(site), *_uses(site), *_worth(site, as_of)]
    centre, marked = atelier.centre(), large["building_id"].tolist()
    plate = atelier.theme("solar", marked) if centre is None else atelier.theme("solar", marked, _NARROW_MM)
    if plate is not None:
        out += [blocks.page(), blocks.heading(TEXT["report.sun.map"])]
        out += [plate, reading] if centre is None else [centre, blocks.beside(plate, [reading])]
    return [*out, blocks.page(), *_public(site), *_large(large), blocks.note(TEXT["report.check"])]


def _lead(site: Site) -> Phrase:
    sums = site.sums
    answer = say("index.answer", energy=quantity(get(sums, "kwh_year"), "kwh"))
    where = say("index.where", with_arrays=quantity(get(sums, "buildings_with_arrays"), "int"), buildings=quantity(get(sums, "buildings"), "int"))
    return Phrase(*(f"{a} {b}" for a, b in zip(answer, where, strict=True)))


def _lines(site: Site) -> list[Line]:
    sums = site.sums
    energy, p90, residents = get(sums, "kwh_year"), get(sums, "kwh_year_p90"), get(sums, "residents")
    out = [Line(TEXT["report.energy"], quantity(energy, "kwh"), NONE if p90 is None else say("report.p90", p90=quantity(p90, "kwh"))),
           Line(TEXT["report.power"], quantity(get(sums, "kwp"), "kwp"))]  # fmt: skip
    if residents and energy:
        out.append(Line(TEXT["report.sun.head"], quantity(energy / residents, "kwh")))
    low, high = get(sums, "land_spared_low_ha"), get(sums, "land_spared_high_ha")
    if low is not None and high is not None:
        ends = (quantity(significant(v) * 1e4, "ha") for v in (low, high))
        out.append(Line(TEXT["report.sun.spared"], Phrase(*(f"{a.rpartition(chr(160))[0]}–{b}" for a, b in zip(*ends, strict=True))), TEXT["report.sun.spared.note"]))
    if (roofs := get(sums, "roof_m2")) is not None:
        out.append(Line(TEXT["report.sun.yield"], quantity(roofs, "ha")))
    return out[:3] if len(out) < 6 else out


def _months(site: Site) -> Block:
    buildings = site.atlas["buildings"]
    sums = [float(buildings[f"kwh_{m}"].sum()) for m in MONTHS]
    names = [word.split() for word in TEXT["months"]]
    words = [Phrase(*(n[i] for n in names)) for i in range(12)]
    short = [Phrase(*(w[:3] for w in word)) for word in words]
    scale = 1e6 if max(sums) >= 1e6 else 1e3 if max(sums) >= 1e3 else 1.0
    unit = {1e6: "GWh", 1e3: "MWh", 1.0: "kWh"}[scale]
    printed = [_bare(v / scale) for v in sums]
    most, least = sums.index(max(sums)), sums.index(min(sums))
    alt = say("report.sun.months.alt", most=words[most], high=quantity(sums[most], "kwh"), least=words[least], low=quantity(sums[least], "kwh"))
    caption = say("report.sun.months", unit=unit)
    return blocks.columns(list(zip(short, sums, printed, strict=True)), COLOUR, caption, alt)


def _bare(value: float) -> Phrase:
    """Three significant digits without a unit, which the caption names."""
    return Phrase(*(t.rpartition("\u00a0")[0] for t in quantity(value * 1e6, "kwh"))) if value >= 1.0 else quantity(value, "index")


def _uses(site: Site) -> list[Block]:
    """Energy by the use of buildings, where a source says it; a use with fewer than three buildings is put to the others."""
    buildings = site.atlas["buildings"]
    if not known(buildings, "use"):
        return []
    use = buildings["use"].where(buildings["use"].map(lambda u: f"use.{u}" in TEXT), "other").fillna("other").replace({"school": "schools"})
    count = use.value_counts()
    use = use.where(use.map(count) >= _FEWEST, "other")
    sums = buildings.groupby(use)["kwh_year"].sum().sort_values(ascending=False, kind="stable")
    total = float(sums.sum())
    if len(sums) < 2 or total <= 0:
        return []
    rows = [(TEXT[f"use.{u}"], float(v), quantity(float(v), "kwh")) for u, v in sums.items()]
    alt = say("report.sun.uses.alt", first=rows[0][0], share=quantity(rows[0][1] / total, "part"))
    return [blocks.bars(rows, COLOUR, TEXT["report.sun.uses"], alt)]


_HEAD = (("report.col.place", "l", 1.0), ("report.col.power", "r", 0.0), ("report.col.energy", "r", 0.0), ("report.col.p90", "r", 0.0))
_WORTH = (("report.col.best", "r", 0.0), ("report.col.cost", "r", 0.0), ("report.col.value", "r", 0.0))


def _public(site: Site) -> list[Block]:
    public = best_public(site)
    title = blocks.heading(TEXT["report.public.title"])
    if not len(public):
        return [title, blocks.text(TEXT["report.public.none"])]
    widths = (2.3, 0.9, 0.9, 0.9, 0.9, 1.0, 1.5)
    columns = [(TEXT[n], a, w) for (n, a, _), w in zip((*_HEAD, *_WORTH), widths, strict=True)]
    return [title, *blocks.table(columns, [[shown(r), *_yield(r), *_value(r)] for r in public.itertuples()], TEXT["report.public"])]


def _large(large: gpd.GeoDataFrame) -> list[Block]:
    columns = [(Phrase("N.", "No."), "r", 0.0), *((TEXT[n], a, w) for n, a, w in _HEAD)]
    rows = [[blocks.literal(str(i)), shown(r), *_yield(r)] for i, r in enumerate(large.itertuples(), 1)]
    return [blocks.heading(TEXT["report.large.title"]), *blocks.table(columns, rows, TEXT["report.large"])]


def _yield(row: Any) -> list[Phrase]:
    return [quantity(row.kwp, "kwp"), quantity(row.kwh_year, "kwh"), quantity(row.kwh_year_p90, "kwh")]


def _value(row: Any) -> list[Phrase]:
    low, high = quantity(row.npv_eur_low, "eur"), quantity(row.npv_eur_high, "eur")
    span = TEXT["na"] if low == TEXT["na"] else say("report.span", low=low, high=high)
    return [quantity(row.best_kwp, "kwp"), quantity(row.cost_eur, "eur"), span]


def _worth(site: Site, as_of: Phrase) -> list[Block]:
    """What pays, of the stage finance's own figures."""
    step = site.lineage.stages.get("finance", {})
    figures, counts = step.get("figures", {}), step.get("counts", {})
    count, years = counts.get("buildings whose best size has a present value above 0"), figures.get("paying_payback_years_median")
    if not count or years is None or not math.isfinite(years):
        return []
    words = {"kwp": ("paying_kwp", "kwp"), "energy": ("paying_kwh_year", "kwh"), "cost": ("paying_cost_eur", "eur"), "low": ("paying_npv_eur_low", "eur"), "high": ("paying_npv_eur_high", "eur")}
    said = {k: quantity(figures.get(name), kind) for k, (name, kind) in words.items()}
    return [blocks.heading(TEXT["report.sun.worth.title"]), blocks.text(say("report.sun.worth", as_of=as_of, count=quantity(count, "int"), years=quantity(round(years), "int"), **said))]
