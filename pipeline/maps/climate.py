"""What stands below the map of public buildings: the plan in short, without scripts. Everything in it is indicative."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.io.dated import Rule, day_of, read_rules
from pipeline.maps.content import Site
from pipeline.maps.findings import Card
from pipeline.maps.land_soil import NONE, Line
from pipeline.maps.quantities import quantity, significant
from pipeline.maps.starts import Entry
from pipeline.maps.text import TEXT, Phrase, joined, say

_FIRST, _ANCHORS, _LOST = 5, 4, 4
# Communities of these many households are enough to see the course.
_STEPS = 7
# Rows of the dated tables that the plan rests on, in the order they are shown.
_RULES = (
    ("duties", "solar_public_2027"), ("duties", "solar_public_2028"), ("duties", "solar_public_2030"), ("duties", "renovation"), ("grants", "conto_termico_municipal"),
    ("energy_communities", "cap_200"), ("grants", "pnrr_community"), ("feed_in", "scambio_sul_posto"),
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A community of some households."""

    households: Phrase
    bar: float
    shared: Phrase
    covered: Phrase
    each: Phrase


@dataclass(frozen=True)
class Community:
    """The areas of the town with their best roofs, and the steps of the largest area."""

    areas: list[Phrase]
    one: bool
    steps: list[Step]
    each: Phrase
    anchors: list[Entry]
    anchors_lead: Phrase


@dataclass(frozen=True)
class DatedRule:
    """A rule of law, tariff or grant as it stands on the day of the sum."""

    text: Phrase
    since: str
    until: Phrase
    state: Phrase
    expired: bool


@dataclass(frozen=True)
class Climate:
    """All that stands below the map; parts without data are empty, and `missing` says how to add them."""

    estate: list[Line] = field(default_factory=list)
    first: list[Entry] = field(default_factory=list)
    lost: Phrase | None = None
    community: Community | None = None


def climate(site: Site) -> Climate:
    """The plan as far as its stages were made."""
    return Climate(
        estate=_estate(site.estate) if site.estate is not None else [],
        first=_first(site.estate) if site.estate is not None else [],
        lost=_lost(site.estate) if site.estate is not None else None,
        community=None if site.community is None else _community(site),
    )


def lead(site: Site) -> Phrase:
    """The sentence under the question of climate.html."""
    frame = site.estate
    if frame is None or "climate" not in site.made:
        return TEXT["climate.lead.none"]
    return say("climate.lead", count=quantity(len(frame), "int"), energy=quantity(_energy(frame), "kwh"), co2=quantity(_sum(frame, "co2_kg_avoidable"), "kg"))


def large_lead(site: Site) -> Phrase:
    """The sentence under the question of enterprises.html."""
    if "enterprises" not in site.made:
        return TEXT["enterprises.lead.none"]
    roofs = site.atlas["large"][site.atlas["large"]["kind"] == "roof"]
    sums = {name: quantity(_sum(roofs, column), kind) for name, column, kind in (("energy", "kwh_year", "kwh"), ("kwp", "kwp", "kwp"))}
    return say("enterprises.lead", count=quantity(len(roofs), "int"), least=quantity(site.large_roof_m2, "m2"), **sums)


def _sum(frame: Any, name: str) -> float:
    return float(pd.to_numeric(frame[name]).sum())


def _energy(frame: Any) -> float:
    return _sum(frame, "electricity_kwh") + _sum(frame, "heat_kwh")


def _estate(frame: Any) -> list[Line]:
    whole = int(frame["kwh_m2"].notna().sum())
    out = [
        Line(TEXT["plan.estate.energy"], quantity(_energy(frame), "kwh"), say("plan.estate.energy.note", count=quantity(whole, "int"))),
        Line(TEXT["plan.estate.co2"], quantity(_sum(frame, "co2_kg_year"), "kg")),
        Line(TEXT["plan.estate.avoid"], quantity(_sum(frame, "co2_kg_avoidable"), "kg"), TEXT["plan.estate.avoid.note"]),
    ]
    year = _sum(frame, "pv_kwh_year")
    if year > 0:
        own = _sum(frame, "pv_self_consumed_kwh") / year
        out.append(Line(TEXT["plan.estate.pv"], quantity(_sum(frame, "pv_kwp"), "kwp"), say("plan.estate.pv.note", energy=quantity(year, "kwh"), share=quantity(own, "part"))))
    due = frame["solar_duty_year"].dropna()
    if len(due):
        out.append(Line(TEXT["plan.estate.due"], quantity(len(due), "int"), say("plan.estate.due.note", year=quantity(float(due.min()), "yr"))))
    return out


def _first(frame: Any) -> list[Entry]:
    """The first of the ranking, each with what speaks for it in short."""
    best = frame.dropna(subset=["rank"]).sort_values(["rank", "estate_id"]).head(_FIRST)
    return [Entry(r.estate_id if r.geometry is not None else "", literal(r.name), quantity(float(r.co2_kg_avoidable), "kg"), _beside(r)) for r in best.itertuples(index=False)]


def _beside(row: Any) -> Phrase:
    parts = [TEXT[f"estate.class.{row.benchmark_class}"]] if isinstance(row.benchmark_class, str) else [TEXT["estate.no_benchmark"]]
    if not pd.isna(row.solar_duty_year):
        parts.append(say("plan.estate.duty", year=quantity(float(row.solar_duty_year), "yr")))
    per = quantity(row.kwh_m2, "poa")
    return say("plan.estate.item", per=per, beside=Phrase(*(", ".join(words) for words in zip(*parts, strict=True))))


def _lost(frame: Any) -> Phrase | None:
    """Rows of the register that are nowhere on the ground, and why."""
    gone = frame[frame["place"] == "none"].head(_LOST)
    if not len(gone):
        return None
    names = [Phrase(*(f"{r.name} ({why})" for why in TEXT[f"place.{r.place_reason}"])) for r in gone.itertuples(index=False)]
    return say("plan.estate.lost", names=joined(names))


def _community(site: Site) -> Community | None:
    layers = site.community or {}
    areas, steps = layers["areas"], layers["steps"]
    served = areas[areas["plants"] > 0]
    if not len(served):
        return None
    largest = served.sort_values(["fed_in_kwh", "area_id"], ascending=[False, True])["area_id"].iloc[0]
    one = len(areas) == 1
    return Community(
        [_area(r, one=one) for r in served.itertuples(index=False)],
        one and areas["area_id"].iloc[0] == "town",
        _steps(steps[steps["area_id"] == largest], float(served.set_index("area_id").loc[largest, "fed_in_kwh"])),
        say("plan.community.each.note", share=quantity(site.member_share, "part")),
        _anchors(site, layers["anchors"]),
        say("plan.community.anchors.lead", count=quantity(site.anchor_households, "int")),
    )


def _area(row: Any, *, one: bool) -> Phrase:
    words = say("plan.community.lead", kwp=quantity(row.kwp, "kwp"), plants=quantity(row.plants, "int"), fed=quantity(row.fed_in_kwh, "kwh"), households=quantity(significant(float(row.households_90)), "int"))
    return words if one else say("plan.community.area", area=literal(str(row.area_id)), text=words)


def _steps(steps: Any, fed_in_kwh: float) -> list[Step]:
    """Bars as wide as what is shared of all that the roofs feed in."""
    return [
        Step(quantity(r.households, "int"), round(100.0 * min(1.0, r.shared_kwh / max(fed_in_kwh, 1e-9)), 1), quantity(r.shared_kwh, "kwh"), quantity(r.covered_share, "part"), quantity(r.household_eur, "eur"))
        for r in steps.sort_values("households").tail(_STEPS).itertuples(index=False)
    ]


def _anchors(site: Site, anchors: Any) -> list[Entry]:
    names = {} if site.estate is None else dict(zip(site.estate["estate_id"], site.estate["name"], strict=True))
    best = anchors.dropna(subset=["rank"]).sort_values("rank").head(_ANCHORS)
    return [
        Entry(r.estate_id, literal(names.get(r.estate_id, r.estate_id)), quantity(r.shared_kwh, "kwh"), say("plan.community.item", kwp=quantity(r.kwp, "kwp"), premium=quantity(r.premium_eur, "eur")))
        for r in best.itertuples(index=False)
    ]


def dated_rules(as_of: str) -> list[DatedRule]:
    """The rules the plan rests on, each as it stands on the day: the row that holds, else the last one there was."""
    day, out = day_of(as_of), []
    for table, key in _RULES:
        rows = read_rules(table).get(key, ())
        held = next((r for r in rows if r.holds(day)), rows[-1] if rows else None)
        if held is not None:
            out.append(_dated(held, day))
    return out


def _dated(row: Rule, day: str) -> DatedRule:
    expired = bool(row.valid_to) and row.valid_to < day
    state = "expired" if expired else "waiting" if row.valid_from > day else "recalled" if row.status == "recalled" else "holds"
    return DatedRule(TEXT[f"plan.rule.{row.key}"], row.valid_from, literal(row.valid_to) if row.valid_to else TEXT["plan.rules.open"], TEXT[f"plan.rules.{state}"], expired)


def day_in_words(as_of: str) -> Phrase:
    """The day of the sum, as people write it."""
    year, month, day = day_of(as_of).split("-")
    return Phrase(*(f"{int(day)} {names.split()[int(month) - 1]} {year}" for names in TEXT["months"]))


def literal(words: str) -> Phrase:
    """Text that is the same in both languages."""
    return Phrase(words, words)


def plan_cards(site: Site, small: dict[str, str]) -> list[Card]:
    """The cards of the front page that lead to the plan and to the large roofs."""
    out = []
    if site.estate is None:
        out.append(Card("climate", TEXT["card.none"], NONE, TEXT["card.climate.none"], None))
    else:
        band = say("card.climate.band", count=quantity(len(site.estate), "int"))
        out.append(Card("climate", quantity(_sum(site.estate, "co2_kg_avoidable"), "kg"), band, TEXT["card.climate.text"], small.get("climate")))
    if "enterprises" in site.made:
        roofs = site.atlas["large"][site.atlas["large"]["kind"] == "roof"]
        band = say("card.enterprises.band", count=quantity(len(roofs), "int"), least=quantity(site.large_roof_m2, "m2"))
        out.append(Card("enterprises", quantity(_sum(roofs, "kwh_year"), "kwh"), band, TEXT["card.enterprises.text"], small.get("enterprises")))
    return out
