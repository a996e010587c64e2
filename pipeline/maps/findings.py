"""The town in a few sentences, each built from the atlas's own figures, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.contracts.notes import Lineage
from pipeline.maps.access import as_the_crow_flies, settings_of
from pipeline.maps.filtered import Filtered, filtered
from pipeline.maps.quantities import quantity, significant
from pipeline.maps.text import TEXT, Phrase, joined, say
from pipeline.maps.themes import Atlas, Theme

# Generated layers that the banner names; of more it says how many.
_NAMED = 4
_KNOWN_BEST = ("buildings", "parcels", "surface", "weather", "landcover", "residents")


@dataclass(frozen=True)
class Card:
    """A theme on the front page: number, band, what it means, picture."""

    page: str
    value: Phrase
    band: Phrase
    text: Phrase
    picture: str | None
    filtered: Filtered | None = None


def totals(atlas: Atlas) -> dict[str, float]:
    """The numeric columns of the one-row table `town`, NaN where not known."""
    if "town" not in atlas:
        return {}
    row = atlas["town"].iloc[0]
    return {c: float(row[c]) for c in atlas["town"].columns if isinstance(row[c], int | float | np.number)}


def get(sums: dict[str, float], name: str) -> float | None:
    """A total, None where it is not known."""
    value = sums.get(name)
    return None if value is None or not np.isfinite(value) else value


def mostly_known(sums: dict[str, float]) -> bool:
    """Whether the cover of at least half of the ground is known.

    Below that a share of the known part would be taken for one of the town: where outlines of buildings are all there is,
    it is 100 %. Hectares are shown then. Half is a judgement.
    """
    covered, area = get(sums, "covered_m2"), get(sums, "area_m2")
    return covered is None or not area or covered >= 0.5 * area


def headline(town: str, sums: dict[str, float]) -> tuple[Phrase, Phrase, Phrase]:
    """The front page's question, its answer, and what else to say."""
    energy, residents = get(sums, "kwh_year"), get(sums, "residents")
    if energy:
        text = say("index.answer", energy=quantity(energy, "kwh"))
        where = say("index.where", with_arrays=_count(sums, "buildings_with_arrays"), buildings=_count(sums, "buildings"))
        head = say("index.head", head=quantity(energy / residents, "kwh")) if residents else Phrase("", "")
        return (
            say("index.h1", town=town),
            text,
            Phrase(*(" ".join(part for part in parts if part) for parts in zip(where, head, _spared(sums), TEXT["index.rest"], strict=True))),
        )
    if (share := get(sums, "sealed_share")) is not None:
        answer = say("index.answer.land", share=quantity(share, "share")) if mostly_known(sums) else say("index.answer.least", sealed=quantity(get(sums, "sealed_m2"), "ha"))
        return say("index.h1.land", town=town), answer, TEXT["index.rest"]
    return say("index.h1.none", town=town), TEXT["index.answer.none"], Phrase("", "")


def _spared(sums: dict[str, float]) -> Phrase:
    """What the same panels would take on the ground."""
    low, high = get(sums, "land_spared_low_ha"), get(sums, "land_spared_high_ha")
    return Phrase("", "") if low is None or high is None else say("index.spared", low=quantity(significant(low), "int"), high=quantity(significant(high), "int"))


def _count(sums: dict[str, float], name: str) -> Phrase:
    return quantity(get(sums, name), "int")


def cards(sums: dict[str, float], pictures: dict[str, str], made: dict[str, Theme], atlas: Atlas) -> list[Card]:
    """The three themes of the front page; one without data says so."""
    linear = as_the_crow_flies(settings_of(atlas))
    sums = sums | {"near_green_linear": np.nan if linear is None else linear}
    out = [make(sums, pictures.get(name)) for name, make in (("solar", _solar_card), ("sealing", _sealing_card), ("green", _green_card))]
    return [replace(card, filtered=filtered(made[card.page], atlas)) if card.page in made else card for card in out]


def _empty(page: str, reason: str) -> Card:
    return Card(page, TEXT["card.none"], Phrase("", ""), TEXT[reason], None)


def _solar_card(sums: dict[str, float], picture: str | None) -> Card:
    if not get(sums, "kwh_year"):
        return _empty("solar", "missing.solar")
    band = say("card.solar.band", p90=quantity(get(sums, "kwh_year_p90"), "kwh"))
    text = say(
        "card.solar.text",
        kwp=quantity(get(sums, "kwp"), "kwp"),
        with_arrays=_count(sums, "buildings_with_arrays"),
        buildings=_count(sums, "buildings"),
    )
    return Card("solar", quantity(sums["kwh_year"], "kwh"), band, text, picture)


def _sealing_card(sums: dict[str, float], picture: str | None) -> Card:
    share, covered, area = get(sums, "sealed_share"), get(sums, "covered_m2"), get(sums, "area_m2")
    if share is None:
        return _empty("sealing", "missing.sealing")
    band = say("card.sealing.band", sealed=quantity(get(sums, "sealed_m2"), "ha"), covered=quantity(covered, "ha"))
    part = covered is not None and area and covered / area < 0.99
    low, high = get(sums, "sealed_share_low"), get(sums, "sealed_share_high")
    if low is not None and high is not None:
        band = say("card.sealing.range", low=quantity(low, "share"), high=quantity(high, "share"), official=_official(sums))
    text = (
        say("card.sealing.part", share=quantity(covered / area, "share"))
        if part and covered is not None and area
        else TEXT["card.sealing.text"]
    )
    if not mostly_known(sums):
        return Card("sealing", say("card.sealing.least", sealed=quantity(get(sums, "sealed_m2"), "ha")), TEXT["card.sealing.least.band"], text, picture)
    return Card("sealing", quantity(share, "share"), band, text, picture)


def _official(sums: dict[str, float]) -> Phrase:
    """The official figure beside ours, where there is one: it counts consumed soil, not the same thing."""
    share, year = get(sums, "official_consumed_share"), get(sums, "official_year")
    if share is None or year is None:
        return Phrase("", "")
    return say("card.sealing.official", share=quantity(share, "share"), year=str(int(year)))


def _green_card(sums: dict[str, float], picture: str | None) -> Card:
    head, canopy, green = get(sums, "green_m2_per_resident"), get(sums, "canopy_share"), quantity(get(sums, "green_m2"), "ha")
    near, residents = get(sums, "near_green"), get(sums, "residents")
    if near is not None and residents:
        far = quantity(significant(residents * (1.0 - near)), "int")
        linear, have, lacking = (get(sums, n) for n in ("near_green_linear", "standard_per_head_m2", "standard_missing_m2"))
        band = say("card.green.near", share=quantity(1.0 - near, "part"))
        if linear is not None:
            band = Phrase(*(a + b for a, b in zip(band, say("card.green.linear", share=quantity(1.0 - linear, "part")), strict=True)))
        if have is None or lacking is None:
            return Card("green", far, band, say("card.green.canopy.text", canopy=quantity(canopy, "share")), picture)
        standard = quantity((get(sums, "standard_needed_m2") or 0.0) / residents, "int")
        text = say("card.green.near.text", have=quantity(have, "head"), standard=standard, canopy=quantity(canopy, "share"), missing=quantity(lacking, "ha"))
        return Card("green", far, band, text, picture)
    if head is not None:
        return Card(
            "green",
            quantity(head, "head"),
            TEXT["card.green.head"],
            say("card.green.text", canopy=quantity(canopy, "share"), green=green),
            picture,
        )
    if canopy is not None:
        return Card("green", quantity(canopy, "share"), TEXT["card.green.canopy"], say("card.green.text2", green=green), picture)
    return _empty("green", "missing.green")


def missing(atlas: Atlas, sums: dict[str, float], made: dict[str, Theme], lineage: Lineage) -> list[Phrase]:
    """What this town lacks, and why that matters."""
    absent = [name for name in ("buildings", "parcels", "sections") if name not in atlas]
    if "buildings" in atlas and "solar" not in made:
        absent.append("solar")
    absent += [name for name in ("sealing", "green") if name not in made]
    if get(sums, "residents") is None and "sections" in atlas:
        absent.append("residents")
    if "town" in atlas and atlas["town"]["zone_kind"].iloc[0] == "extent":
        absent.append("boundary")
    out = [TEXT[f"missing.{name}"] for name in absent]
    covered, area = get(sums, "covered_m2"), get(sums, "area_m2")
    if covered is not None and area and covered / area < 0.99:
        out.append(say("missing.cover", share=quantity(covered / area, "share")))
    return out + _doubts(lineage)


def _doubts(lineage: Lineage) -> list[Phrase]:
    """Sources that do not carry what is built on them: footprints and elevations of different worlds, no measured surface."""
    kinds = {name: {s["kind"] for s in step.get("sources", [])} for name, step in lineage.stages.items()}
    out = []
    if kinds.get("surface") and kinds.get("buildings") and len({"surface", "buildings"} & set(lineage.synthetic)) == 1:
        out.append(TEXT["missing.mixed"])
    if "heights" in kinds.get("surface", set()) and not kinds["surface"] & {"dsm", "points"}:
        out.append(TEXT["missing.measured"])
    return out


def lead(name: str, theme: Theme | None, sums: dict[str, float], rules: dict[str, Phrase]) -> Phrase:
    """The sentence under a theme page's question."""
    if theme is None:
        return TEXT[f"{name}.lead.none"]
    if name == "solar":
        return say("solar.lead", energy=quantity(get(sums, "kwh_year"), "kwh"))
    if name == "sealing":
        if not mostly_known(sums):
            return say("sealing.lead.least", sealed=quantity(get(sums, "sealed_m2"), "ha"), share=quantity((get(sums, "covered_m2") or 0.0) / (get(sums, "area_m2") or np.nan), "share"))
        if theme.layer == "town":
            return say("sealing.lead.town", share=quantity(get(sums, "sealed_share"), "share"))
        low, high = get(sums, "sealed_share_low"), get(sums, "sealed_share_high")
        band = say("land.band", low=quantity(low, "share"), high=quantity(high, "share")) if low is not None and high is not None else Phrase("", "")
        return say("sealing.lead", share=quantity(get(sums, "sealed_share"), "share"), band=band, zone=TEXT[f"zone.{theme.layer}"])
    head, near, residents = (get(sums, n) for n in ("green_m2_per_resident", "near_green", "residents"))
    if theme.value == "near_green" and near is not None and residents:
        return say("green.lead.near", far=quantity(significant(residents * (1.0 - near)), "int"), share=quantity(1.0 - near, "part"), **rules)
    return (
        say("green.lead.head", head=quantity(head, "head"))
        if head is not None
        else say("green.lead.canopy", share=quantity(get(sums, "canopy_share"), "share"))
    )


def demonstration(synthetic: tuple[str, ...]) -> Phrase | None:
    """The banner's sentence: which layers are generated; None where all are surveyed."""
    rank = {name: i for i, name in enumerate(_KNOWN_BEST)}
    names = [TEXT.get(f"layer.{s}", Phrase(s, s)) for s in sorted(synthetic, key=lambda s: rank.get(s, len(rank)))]
    if not names:
        return None
    if len(names) > _NAMED + 1:
        names = [*names[:_NAMED], say("demo.others", count=str(len(names) - _NAMED))]
    text = say("demo", layers=joined(names))
    return text if len(names) > 1 else Phrase(text.it.replace("sono generati, non rilevati", "generato, non rilevato"), text.en)


@dataclass(frozen=True)
class Have:
    """What exists already beside what is possible: share reached for the bar, and its words."""

    reached: float
    text: Phrase


def installed(sums: dict[str, float]) -> Have | None:
    """Photovoltaic power on the roofs already, against what fits there; None where no register says."""
    have, whole, year, plants = (get(sums, n) for n in ("installed_kwp", "kwp", "installed_year", "installed_plants"))
    if have is None or not whole or year is None or plants is None:
        return None
    ground = get(sums, "installed_ground_kwp")
    more = say("solar.installed.ground", power=quantity(ground, "kwp")) if ground else Phrase("", "")
    words: dict[str, Phrase | str] = {"year": str(int(year)), "have": quantity(have, "kwp"), "plants": quantity(plants, "int"), "share": quantity(have / whole, "share"), "whole": quantity(whole, "kwp")}
    return Have(round(100.0 * min(1.0, have / whole), 1), say("solar.installed", ground=more, **words))
