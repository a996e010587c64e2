"""What the green page tells of the whole town below its map: who has green near, how much, where trees are needed first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.maps.access import Settings, as_the_crow_flies, at, settings_of, values_of
from pipeline.maps.content import Site
from pipeline.maps.findings import get
from pipeline.maps.land_soil import NONE, Line, between, signed
from pipeline.maps.land_tables import Grid, patch_tables
from pipeline.maps.quantities import quantity
from pipeline.maps.rules import Rules
from pipeline.maps.starts import Entry, reference
from pipeline.maps.text import TEXT, Phrase, say
from pipeline.maps.themes import known

_TOP = 5


@dataclass(frozen=True)
class Balance:
    """Public green against the law: share reached for the bar, and its words."""

    reached: float
    have: Phrase
    standard: Phrase
    text: Phrase


@dataclass(frozen=True)
class Green:
    """All that stands below the map of green; parts without data are empty."""

    access: list[Line]
    balance: Balance | None
    supply: list[Line]
    rule: list[Line]
    planting: list[Entry]
    restoration: list[Line]
    restored: Phrase | None
    patches: bool


def green(site: Site) -> Green:
    """The town's green in figures.

    Parameters
    ----------
    site
        What to show.
    """
    rows, sheet = settings_of(site.atlas), site.atlas.get("restoration")
    return Green(
        _access(site.sums, rows), _balance(site.sums), _supply(site.sums), _rule(site.sums), _planting(site),
        [] if sheet is None else _restoration(sheet.iloc[0]), None if sheet is None else _restored(sheet.iloc[0]), bool(patch_tables(site)),
    )  # fmt: skip


def tables(site: Site) -> dict[str, list[Grid]]:
    """The tables of the page by their place: the rule by every definition, patches."""
    return {"rule": _tables(settings_of(site.atlas), site.rules), **patch_tables(site)}


def _access(sums: dict[str, float], rows: Settings) -> list[Line]:
    near, residents = get(sums, "near_green"), get(sums, "residents")
    if near is None:
        return []
    linear = as_the_crow_flies(rows)
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


def _tables(rows: Settings, rules: Rules) -> list[Grid]:
    """3-30-300 by every definition the town has, then its parts that have several."""
    ways = [(d, g) for d in ("network", "linear") for g in values_of(rows, "near_green", "green")]
    heads = [say(f"green.rule.{d}", area=_spaced(g)) for d, g in ways]
    trees = values_of(rows, "three_trees", "trees")
    whole = [
        (say(f"green.rule.{canopy}", trees=_spaced(t), **rules), [at(rows, "rule_3_30_300", trees=t, canopy=canopy, distance=d, green=g) for d, g in ways])
        for t in trees for canopy in ("circle", "section")
    ]  # fmt: skip
    near = [(TEXT["green.rule.near_green"], [at(rows, "near_green", distance=d, green=g) for d, g in ways])]
    three = [(TEXT["green.rule.three_trees"], [at(rows, "three_trees", trees=t) for t in trees])]
    within = [say("green.rule.within", trees=_spaced(t)) for t in trees]
    made = [_table("table", heads, whole), _table("table300", heads, near), _table("table3", within, three)]
    return [table for table in made if table.rows]


def _spaced(text: str) -> Phrase:
    """`0.5ha` as people write it.

    >>> _spaced("0.5ha")
    Phrase(it='0,5\\xa0ha', en='0.5\\xa0ha')
    """
    number = text.rstrip("ham")
    unit = text[len(number) :]
    return Phrase(f"{number.replace('.', ',')}\u00a0{unit}", f"{number}\u00a0{unit}")


def _table(name: str, heads: list[Phrase], rows: list[tuple[Phrase, list[tuple[float | None, bool]]]]) -> Grid:
    """Rows of which something is known; the headline's place counts among them."""
    known_rows = [(label, cells) for label, cells in rows if any(value is not None for value, _ in cells)]
    first = [(i, j) for i, (_, cells) in enumerate(known_rows) for j, (_, headline) in enumerate(cells) if headline]
    words = [(label, [quantity(value, "part") for value, _ in cells]) for label, cells in known_rows]
    return Grid(TEXT[f"green.rule.{name}"], heads, words, first[0] if first else None)


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
