"""The town in a few sentences, each built from the atlas's own figures; what is missing, and where to start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pipeline.contracts.notes import Lineage
from pipeline.maps.filtered import Filtered, filtered
from pipeline.maps.quantities import quantity
from pipeline.maps.text import TEXT, Phrase, joined, say
from pipeline.maps.themes import Atlas, Theme, known

_TOP = 5


@dataclass(frozen=True)
class Entry:
    """One line of "where to start": which feature, what, how much."""

    id: str
    name: Phrase
    value: Phrase
    text: Phrase


@dataclass(frozen=True)
class Start:
    """A short list of features to look at first."""

    page: str
    lead: Phrase
    entries: list[Entry]


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
            Phrase(*(" ".join(part for part in parts if part) for parts in zip(where, head, TEXT["index.rest"], strict=True))),
        )
    if (share := get(sums, "sealed_share")) is not None:
        return say("index.h1.land", town=town), say("index.answer.land", share=quantity(share, "share")), TEXT["index.rest"]
    return say("index.h1.none", town=town), TEXT["index.answer.none"], Phrase("", "")


def _count(sums: dict[str, float], name: str) -> Phrase:
    return quantity(get(sums, name), "int")


def cards(sums: dict[str, float], pictures: dict[str, str], made: dict[str, Theme], atlas: Atlas) -> list[Card]:
    """The three themes of the front page; one without data says so."""
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
    text = (
        say("card.sealing.part", share=quantity(covered / area, "share"))
        if part and covered is not None and area
        else TEXT["card.sealing.text"]
    )
    return Card("sealing", quantity(share, "share"), band, text, picture)


def _green_card(sums: dict[str, float], picture: str | None) -> Card:
    head, canopy, green = get(sums, "green_m2_per_resident"), get(sums, "canopy_share"), quantity(get(sums, "green_m2"), "ha")
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


def lead(name: str, theme: Theme | None, sums: dict[str, float]) -> Phrase:
    """The sentence under a theme page's question."""
    if theme is None:
        return TEXT[f"{name}.lead.none"]
    if name == "solar":
        return say("solar.lead", energy=quantity(get(sums, "kwh_year"), "kwh"))
    if name == "sealing":
        if theme.layer == "town":
            return say("sealing.lead.town", share=quantity(get(sums, "sealed_share"), "share"))
        return say("sealing.lead", share=quantity(get(sums, "sealed_share"), "share"), zone=TEXT[f"zone.{theme.layer}"])
    head = get(sums, "green_m2_per_resident")
    return (
        say("green.lead.head", head=quantity(head, "head"))
        if head is not None
        else say("green.lead.canopy", share=quantity(get(sums, "canopy_share"), "share"))
    )


def starts(atlas: Atlas, made: dict[str, Theme], sums: dict[str, float]) -> list[Start]:
    """Lists of features to look at first, only where the data support them."""
    out = []
    if "solar" in made:
        out.append(_start_solar(atlas, sums))
    if "sealing" in made and made["sealing"].layer == "parcels":
        out.append(_start_sealing(atlas))
    if "green" in made and made["green"].value == "green_m2_per_resident":
        out.append(_start_green(atlas))
    return [s for s in out if s.entries]


def _reference(row: Any, fallback: Phrase) -> Phrase:
    """How people find it: the street it lies by, then sheet and parcel, or else its id."""
    name = _register(row, fallback)
    street = getattr(row, "street", None)
    return say("start.near", street=street, name=Phrase(*(n[0].lower() + n[1:] for n in name))) if isinstance(street, str) else name


def _register(row: Any, fallback: Phrase) -> Phrase:
    if not getattr(row, "sheet", None) or not getattr(row, "number", None) or row.sheet != row.sheet or row.number != row.number:
        return fallback
    text = say("sheet.sheet_parcel", sheet=str(row.sheet), number=str(row.number))
    return Phrase(*(t[0].upper() + t[1:] for t in text))


def _start_solar(atlas: Atlas, sums: dict[str, float]) -> Start:
    frame = atlas["buildings"].dropna(subset=["kwh_year"])
    best = frame.sort_values(["kwh_year", "building_id"], ascending=[False, True]).head(_TOP)
    entries = [
        Entry(
            r.building_id,
            _reference(r, say("sheet.building", id=r.building_id)),
            quantity(r.kwh_year, "kwh"),
            say("start.solar.item", kwp=quantity(r.kwp, "kwp"), modules=quantity(r.modules, "int")),
        )
        for r in best.itertuples()
    ]
    share = float(best["kwh_year"].sum()) / (get(sums, "kwh_year") or float(frame["kwh_year"].sum()))
    return Start("solar", say("start.solar.lead", share=quantity(share, "share")), entries if len(frame) > _TOP else [])


def _start_sealing(atlas: Atlas) -> Start:
    frame = atlas["parcels"]
    if not known(frame, "building_m2"):
        return Start("sealing", TEXT["start.sealing.lead"], [])
    frame = frame.assign(yard=frame["sealed_m2"].astype(float) - frame["building_m2"].astype(float)).dropna(subset=["yard"])
    best = frame[frame["yard"] >= 1.0].sort_values(["yard", "parcel_id"], ascending=[False, True]).head(_TOP)
    entries = [
        Entry(
            r.parcel_id,
            _reference(r, say("sheet.parcel", number=str(r.parcel_id))),
            quantity(r.yard, "m2"),
            say("start.sealing.item", area=quantity(r.area_m2, "m2")),
        )
        for r in best.itertuples()
    ]
    return Start("sealing", TEXT["start.sealing.lead"], entries)


def _start_green(atlas: Atlas) -> Start:
    frame = atlas["sections"].dropna(subset=["green_m2_per_resident"])
    best = frame[frame["residents"] > 0].sort_values(["green_m2_per_resident", "section_id"]).head(_TOP)
    entries = [
        Entry(
            r.section_id,
            _reference(r, say("sheet.section", id=str(r.section_id))),
            quantity(r.green_m2_per_resident, "head"),
            say("start.green.item", residents=quantity(r.residents, "int")),
        )
        for r in best.itertuples()
    ]
    return Start("green", TEXT["start.green.lead"], entries if len(frame) > _TOP else [])


def demonstration(synthetic: tuple[str, ...]) -> Phrase | None:
    """The banner's sentence: which layers are generated; None where all are surveyed."""
    names = [TEXT.get(f"layer.{s}", Phrase(s, s)) for s in synthetic]
    if not names:
        return None
    text = say("demo", layers=joined(names))
    return text if len(names) > 1 else Phrase(text.it.replace("sono generati, non rilevati", "generato, non rilevato"), text.en)
