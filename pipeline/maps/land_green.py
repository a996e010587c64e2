"""What the green page tells of the whole town below its map: who has green near, how much, where trees are needed first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.maps.content import Site
from pipeline.maps.findings import get
from pipeline.maps.land_soil import NONE, Line, between, signed
from pipeline.maps.quantities import quantity
from pipeline.maps.starts import Entry, reference
from pipeline.maps.text import TEXT, Phrase, say
from pipeline.maps.themes import known

_TOP = 5
TREES, CANOPIES = ("15m", "25m", "50m"), ("circle", "section")
WAYS = (("network", "0.5ha"), ("network", "1ha"), ("linear", "0.5ha"), ("linear", "1ha"))


@dataclass(frozen=True)
class Balance:
    """Public green against the law: share reached for the bar, and its words."""

    reached: float
    have: Phrase
    standard: Phrase
    text: Phrase


@dataclass(frozen=True)
class Sensitivity:
    """The same rule by every definition: headings, rows of label and values, the row and column of the headline."""

    caption: Phrase
    heads: list[Phrase]
    rows: list[tuple[Phrase, list[Phrase]]]
    headline: tuple[int, int] | None = None


@dataclass(frozen=True)
class Green:
    """All that stands below the map of green; parts without data are empty."""

    access: list[Line]
    balance: Balance | None
    supply: list[Line]
    rule: list[Line]
    tables: list[Sensitivity]
    planting: list[Entry]
    restoration: list[Line]
    restored: Phrase | None


def green(site: Site) -> Green:
    """The town's green in figures.

    Parameters
    ----------
    site
        What to show.
    """
    provision, kind = site.atlas.get("provision"), _kind(site)
    rows = {} if provision is None else _by_setting(provision[provision["zone_kind"] == kind])
    sheet = site.atlas.get("restoration")
    return Green(
        _access(site.sums, rows), _balance(site.sums), _supply(site.sums), _rule(site.sums), _tables(rows) if rows else [], _planting(site),
        [] if sheet is None else _restoration(sheet.iloc[0]), None if sheet is None else _restored(sheet.iloc[0]),
    )  # fmt: skip


def _kind(site: Site) -> str:
    return str(site.atlas["town"]["zone_kind"].iloc[0]) if "town" in site.atlas else "town"


Settings = dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, bool]]


def _by_setting(rows: pd.DataFrame) -> Settings:
    """Value, and whether it is the headline, by measure and its switches."""
    return {(r.measure, _switches(r.setting)): (float(r.value), bool(r.headline)) for r in rows.itertuples() if pd.notna(r.value)}


def _switches(text: str) -> tuple[tuple[str, str], ...]:
    """`distance=network green=0.5ha` as pairs, in the order of their names."""
    return tuple(sorted((a, b) for a, _, b in (part.partition("=") for part in text.split())))


def _at(rows: Settings, measure: str, **switches: str) -> tuple[float | None, bool]:
    """The value of a measure whose switches include these."""
    for (name, found), value in rows.items():
        if name == measure and set(switches.items()) <= set(found):
            return value
    return None, False


def _access(sums: dict[str, float], rows: Settings) -> list[Line]:
    near, residents = get(sums, "near_green"), get(sums, "residents")
    if near is None:
        return []
    linear = _at(rows, "near_green", distance="linear", green="0.5ha")[0]
    out = [Line(TEXT["green.town.near"], quantity(near, "part"), say("green.town.linear", share=quantity(linear, "part")) if linear is not None else NONE)]
    if residents:
        out.append(Line(TEXT["green.town.far"], quantity(round(residents * (1.0 - near), -1), "int"), say("green.town.of", residents=quantity(residents, "int"))))
    for name in ("green_way_m", "near_open", "open_space"):
        if (value := get(sums, name)) is not None:
            out.append(Line(TEXT[f"green.town.{name}"], quantity(value, "walk" if name == "green_way_m" else "part"), TEXT.get(f"green.town.{name}.note", NONE)))
    return out


def _balance(sums: dict[str, float]) -> Balance | None:
    have, needed, lacking = (get(sums, f"standard_{n}") for n in ("per_head_m2", "needed_m2", "missing_m2"))
    if have is None or needed is None or lacking is None:
        return None
    words = {"have": quantity(needed - lacking, "ha"), "needed": quantity(needed, "ha"), "lacking": quantity(lacking, "ha")}
    text = say("green.town.standard", **words) if lacking > 0 else say("green.town.standard.met", needed=words["needed"])
    residents = get(sums, "residents")
    standard = say("green.town.balance.of", standard=quantity(needed / residents, "int")) if residents else NONE
    return Balance(round(100.0 * min(1.0, 1.0 - lacking / needed), 1) if needed else 100.0, quantity(have, "head"), standard, text)


def _supply(sums: dict[str, float]) -> list[Line]:
    out = []
    for name, kind in (("green_supply_m2", "head"), ("low_supply", "part"), ("supply_gini", "index")):
        if (value := get(sums, name)) is not None:
            out.append(Line(TEXT[f"green.town.{name}"], quantity(value, kind), between(sums, f"{name}_low", f"{name}_high", kind)))
    return out


def _rule(sums: dict[str, float]) -> list[Line]:
    names = (("three_trees", "3"), ("thirty_canopy", "30"), ("near_green", "300"), ("rule_3_30_300", "3·30·300"))
    if get(sums, "rule_3_30_300") is None:
        return []
    return [Line(TEXT[f"green.rule.{name}"], quantity(get(sums, name), "part"), Phrase(mark, mark)) for name, mark in names]


def _tables(rows: Settings) -> list[Sensitivity]:
    """3-30-300 by every definition, then its three parts."""
    out = []
    whole, headline = [], None
    for trees, canopy in ((t, c) for t in TREES for c in CANOPIES):
        cells = [_at(rows, "rule_3_30_300", trees=trees, canopy=canopy, distance=d, green=g) for d, g in WAYS]
        for j, (_, first) in enumerate(cells):
            headline = (len(whole), j) if first else headline
        if any(v is not None for v, _ in cells):
            whole.append((say(f"green.rule.{canopy}", trees=trees.replace("m", "\u00a0m")), [quantity(v, "part") for v, _ in cells]))
    heads = [say(f"green.rule.{d}", area=Phrase(g.replace("ha", "\u00a0ha").replace(".", ","), g.replace("ha", "\u00a0ha"))) for d, g in WAYS]
    if whole:
        out.append(Sensitivity(TEXT["green.rule.table"], heads, whole, headline))
    near = [_at(rows, "near_green", distance=d, green=g)[0] for d, g in WAYS]
    if any(v is not None for v in near):
        out.append(Sensitivity(TEXT["green.rule.table300"], heads, [(TEXT["green.rule.near_green"], [quantity(v, "part") for v in near])]))
    trees_row = [_at(rows, "three_trees", trees=t)[0] for t in TREES]
    if any(v is not None for v in trees_row):
        out.append(Sensitivity(TEXT["green.rule.table3"], [say("green.rule.within", trees=t.replace("m", "\u00a0m")) for t in TREES], [(TEXT["green.rule.three_trees"], [quantity(v, "part") for v in trees_row])]))
    return out


def _planting(site: Site) -> list[Entry]:
    sections = site.atlas.get("sections")
    if sections is None or not known(sections, "rank"):
        return []
    best = sections.dropna(subset=["rank"]).sort_values(["rank", "section_id"]).head(_TOP)
    return [_section(r, len(sections)) for r in best.itertuples()] if len(sections) > _TOP else []


def _section(row: Any, count: int) -> Entry:
    text = say("green.town.planting.item", low=quantity(row.rank_low, "int"), high=quantity(row.rank_high, "int"), canopy=quantity(row.canopy_share, "share"), sealed=quantity(row.sealed_share, "part"))
    place = say("green.town.planting.rank", rank=quantity(row.rank, "int"), count=quantity(count, "int"))
    return Entry(str(row.section_id), reference(row, say("sheet.section", id=str(row.section_id))), place, text)


def _restoration(row: Any) -> list[Line]:
    out = [
        Line(TEXT["restoration.area"], quantity(row["ecosystem_m2"], "ha"), say("restoration.year", year=str(int(row["year"])))),
        Line(TEXT["restoration.green"], quantity(row["green_share"], "share"), quantity(row["green_m2"], "ha")),
        Line(TEXT["restoration.canopy"], quantity(row["canopy_share"], "share"), quantity(row["canopy_m2"], "ha")),
    ]
    if pd.notna(row["baseline_year"]):
        since = say("restoration.since", year=str(int(row["baseline_year"])))
        out += [Line(TEXT[f"restoration.{n}.change"], signed(float(row[f"{n}_change_m2"]), "ha"), since) for n in ("green", "canopy")]
    return out


def _restored(row: Any) -> Phrase:
    """What follows: may the area be left out, and is there a baseline."""
    first = TEXT["restoration.out" if row["excludable"] else "restoration.in"]
    second = TEXT["restoration.frozen" if pd.notna(row["baseline_year"]) else "restoration.open"]
    return Phrase(f"{first.it} {second.it}", f"{first.en} {second.en}")
