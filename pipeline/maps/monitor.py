"""The page of indicators: the plan's yearly figures with their targets, neighbours beside the town, waste, ways to collection points."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.contracts.indicators import INDICATORS
from pipeline.maps.climate import literal
from pipeline.maps.content import Site
from pipeline.maps.indicator_rows import IndicatorRow, indicator_rows, value_in_words
from pipeline.maps.land_soil import NONE, Line
from pipeline.maps.phrases_waste import WASTE
from pipeline.maps.quantities import quantity
from pipeline.maps.text import TEXT, Phrase, joined, say

# Rows that a page of 30 kB has room for; the tables hold all.
_PLACES, _TOWNS, _COUNTED = 3, 6, 6


@dataclass(frozen=True)
class Neighbour:
    """One municipality of a comparison."""

    name: str
    bar: float
    value: Phrase
    is_town: bool


@dataclass(frozen=True)
class Comparison:
    """The town beside others in the newest year of an official table."""

    title: Phrase
    rows: list[Neighbour]


@dataclass(frozen=True)
class Monitor:
    """All of the page; parts without data are empty."""

    series: list[IndicatorRow] = field(default_factory=list)
    unknown: Phrase | None = None
    frozen: Phrase = NONE
    neighbours: list[Comparison] = field(default_factory=list)
    waste: list[Line] = field(default_factory=list)
    reach: list[Line] = field(default_factory=list)
    places: list[Line] = field(default_factory=list)
    counts: list[Line] = field(default_factory=list)


def monitor(site: Site) -> Monitor:
    """The page as far as its stages were made."""
    table, beside = site.indicators, site.neighbours
    rows = [] if table is None else indicator_rows(table)
    known = [r for r in rows if r.spark is not None]
    lacking = [Phrase(*(n[0].lower() + n[1:] for n in r.name)) for r in rows if r.spark is None]
    return Monitor(
        known,
        say("plan.indicators.unknown", names=joined(lacking)) if lacking else None,
        NONE if table is None else _frozen(table),
        [] if beside is None else _comparisons(beside),
        [] if site.waste is None else _waste(site.waste),
        [] if site.collection is None else _reach(site.collection["zones"]),
        [] if site.collection is None else _places(site.collection["places"]),
        [] if site.reports is None else _schools(site.reports["counts"]),
    )


def _frozen(table: Any) -> Phrase:
    days = sorted(set(table["frozen_on"].dropna()))
    return say("plan.indicators.frozen", days=", ".join(days)) if days else TEXT["plan.indicators.none_frozen"]


def _comparisons(table: Any) -> list[Comparison]:
    out = []
    for name, rows in table.groupby("indicator_id", sort=False):
        if name not in INDICATORS:
            continue
        newest = rows[rows["year"] == rows["year"].max()].sort_values(["rank", "name"])
        most = float(newest["value"].max()) or 1.0
        title = Phrase(*(f"{text} ({int(newest['year'].iloc[0])})" for text in (INDICATORS[name].it, INDICATORS[name].en)))
        near = newest[newest["is_town"].eq(True) | (newest["rank"] <= _TOWNS - 1) | (newest["rank"] == newest["rank"].max())]
        towns = [Neighbour(r.name, round(100.0 * r.value / most, 1), value_in_words(r.value, name), bool(r.is_town)) for r in near.itertuples(index=False)]
        out.append(Comparison(title, towns))
    return out


def _waste(table: Any) -> list[Line]:
    own = table[table["is_town"].eq(True)].sort_values("year")
    if not len(own):
        return []
    last, first = own.iloc[-1], own.iloc[0]
    target = NONE if pd.isna(last["target_share"]) else say("plan.waste.target", share=quantity(float(last["target_share"]), "part"))
    share = Line(say("plan.waste.share", year=str(int(last["year"]))), quantity(float(last["separate_share"]), "share"), target)
    head = Line(TEXT["plan.waste.head"], value_in_words(float(last["kg_per_resident"]), "waste_kg_per_resident"), say("plan.waste.residual", kg=quantity(float(last["residual_kg_per_resident"]), "int")))
    since = Line(say("plan.waste.since", year=str(int(first["year"]))), quantity(float(first["separate_share"]), "share"))
    return [share, since, head] if len(own) > 1 else [share, head]


def _reach(zones: Any) -> list[Line]:
    """Residents of the whole town out of reach of each kind of point: sums only."""
    whole = zones[zones["zone_kind"].isin(["town", "extent"]) & ~zones["withheld"].eq(True)].dropna(subset=["reached_share"])
    return [
        Line(_kind(r.kind), quantity(r.reached_share, "part"), say("plan.reach.note", metres=quantity(r.reach_m, "walk"), people=quantity(r.out_of_reach, "int")))
        for r in whole.itertuples(index=False)
    ]


def _places(places: Any) -> list[Line]:
    """Where a further point would serve most."""
    best = places.sort_values(["gained", "place_id"], ascending=[False, True]).head(_PLACES)
    return [Line(_kind(r.kind), quantity(r.gained, "int"), say("plan.places.note", share=quantity(r.gained_share, "part"), id=str(r.place_id))) for r in best.itertuples(index=False)]


def _schools(counts: Any) -> list[Line]:
    """Streets whose trees a school counted, beside what the map sees."""
    found = counts[counts["match"] == "found"].sort_values(["date", "street"], ascending=[False, True]).head(_COUNTED)
    return [
        Line(literal(str(r.street)), quantity(r.counted, "int"), say("plan.schools.note", seen=quantity(r.trees_seen, "int"), day=str(r.date)))
        for r in found.itertuples(index=False)
    ]


def _kind(kind: str) -> Phrase:
    words = WASTE[f"collection.{kind}"]
    return Phrase(*(w[0].upper() + w[1:] for w in words))
