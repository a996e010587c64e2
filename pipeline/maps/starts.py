"""Where to start: short lists of features for the front page, only where the data support them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.maps.findings import get
from pipeline.maps.quantities import quantity
from pipeline.maps.text import TEXT, Phrase, say
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


def starts(atlas: Atlas, made: dict[str, Theme], sums: dict[str, float]) -> list[Start]:
    """Lists of features to look at first, only where the data support them."""
    out = []
    if "solar" in made:
        out.append(_start_solar(atlas, sums))
    if "sealing" in made and made["sealing"].layer == "parcels":
        out.append(_start_sealing(atlas))
    if "green" in made and made["green"].total.startswith("residents"):
        out.append(_start_far(atlas) if made["green"].value == "near_green" else _start_green(atlas))
    return [s for s in out if s.entries]


def reference(row: Any, fallback: Phrase) -> Phrase:
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
            reference(r, say("sheet.building", id=r.building_id)),
            quantity(r.kwh_year, "kwh"),
            say("start.solar.item", kwp=quantity(r.kwp, "kwp"), modules=quantity(r.modules, "int")),
        )
        for r in best.itertuples()
    ]
    share = float(best["kwh_year"].sum()) / (get(sums, "kwh_year") or float(frame["kwh_year"].sum()))
    return Start("solar", say("start.solar.lead", share=quantity(share, "share")), entries if len(frame) > _TOP else [])


def _start_sealing(atlas: Atlas) -> Start:
    frame = atlas["parcels"]
    if known(frame, "open_m2") and known(frame, "runoff_saved_m3"):
        return _start_opening(frame)
    if not known(frame, "building_m2"):
        return Start("sealing", TEXT["start.sealing.lead"], [])
    frame = frame.assign(yard=frame["sealed_m2"].astype(float) - frame["building_m2"].astype(float)).dropna(subset=["yard"])
    best = frame[frame["yard"] >= 1.0].sort_values(["yard", "parcel_id"], ascending=[False, True]).head(_TOP)
    entries = [
        Entry(
            r.parcel_id,
            reference(r, say("sheet.parcel", number=str(r.parcel_id))),
            quantity(r.yard, "m2"),
            say("start.sealing.item", area=quantity(r.area_m2, "m2")),
        )
        for r in best.itertuples()
    ]
    return Start("sealing", TEXT["start.sealing.lead"], entries)


def _start_opening(frame: Any) -> Start:
    """Yards whose paving can be opened: public ones first, then by the rain they would keep."""
    frame = frame.dropna(subset=["open_m2", "runoff_saved_m3"])
    first = frame["public"].eq(True)
    best = frame.assign(first=first).sort_values(["first", "runoff_saved_m3", "parcel_id"], ascending=[False, False, True]).head(_TOP)
    entries = [
        Entry(
            r.parcel_id,
            reference(r, say("sheet.parcel", number=str(r.parcel_id))),
            quantity(r.open_m2, "m2"),
            say("start.opening.public" if r.first else "start.opening.item", rain=quantity(r.runoff_saved_m3, "int")),
        )
        for r in best.itertuples()
    ]
    return Start("sealing", TEXT["start.opening.lead"], entries)


def _start_far(atlas: Atlas) -> Start:
    frame = atlas["sections"].dropna(subset=["residents_far"])
    best = frame[frame["residents_far"] >= 1.0].sort_values(["residents_far", "section_id"], ascending=[False, True]).head(_TOP)
    entries = [
        Entry(
            r.section_id,
            reference(r, say("sheet.section", id=str(r.section_id))),
            quantity(r.residents_far, "int"),
            say("start.far.item", residents=quantity(r.residents, "int")),
        )
        for r in best.itertuples()
    ]
    return Start("green", TEXT["start.far.lead"], entries if len(frame) > _TOP else [])


def _start_green(atlas: Atlas) -> Start:
    frame = atlas["sections"].dropna(subset=["green_m2_per_resident"])
    best = frame[frame["residents"] > 0].sort_values(["green_m2_per_resident", "section_id"]).head(_TOP)
    entries = [
        Entry(
            r.section_id,
            reference(r, say("sheet.section", id=str(r.section_id))),
            quantity(r.green_m2_per_resident, "head"),
            say("start.green.item", residents=quantity(r.residents, "int")),
        )
        for r in best.itertuples()
    ]
    return Start("green", TEXT["start.green.lead"], entries if len(frame) > _TOP else [])
