"""What the soil page tells of the whole town below its map: the official side, our own, why they differ, what can be opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.maps.content import Site
from pipeline.maps.findings import get
from pipeline.maps.land_tables import private_yards, soil_tables
from pipeline.maps.quantities import quantity, significant
from pipeline.maps.starts import Entry, reference
from pipeline.maps.text import TEXT, Phrase, say
from pipeline.maps.themes import known

_PUBLIC = 6
# Outcomes of the register by the place they have in the sentence.
_STATES = {"matched": "matched", "partly": "partly", "unseen": "not on the official map", "left": "not in the register", "undone": "not carried out"}
NONE = Phrase("", "")


@dataclass(frozen=True)
class Line:
    """One figure: what, how much, how sure or what it means."""

    label: Phrase
    value: Phrase
    note: Phrase = NONE


@dataclass(frozen=True)
class Year:
    """One official year: stock as bar and number."""

    year: str
    bar: float
    consumed: Phrase
    share: Phrase
    head: Phrase
    basis: Phrase


@dataclass(frozen=True)
class Soil:
    """All that stands below the map of sealed soil; parts without data are empty."""

    official: list[Line]
    own: list[Line]
    differ: Phrase | None
    years: list[Year]
    opening: list[Line]
    public: list[Entry]
    tables: set[str]
    ledger: Phrase | None
    spared: Phrase | None


def signed(value: float | None, kind: str) -> Phrase:
    """A difference with its sign.

    >>> signed(90_000.0, "ha").it, signed(-20_000.0, "ha").en
    ('+9,00\\xa0ha', '−2.00\\xa0ha')
    """
    out = quantity(value, kind)
    return Phrase(f"+{out.it}", f"+{out.en}") if value is not None and value > 0 else out


def between(sums: dict[str, float], low: str, high: str, kind: str) -> Phrase:
    """ "between a and b", empty where there is no interval."""
    ends = get(sums, low), get(sums, high)
    return NONE if None in ends else say("land.between", low=quantity(ends[0], kind), high=quantity(ends[1], kind))


def soil(site: Site) -> Soil:
    """The town's soil in figures.

    Parameters
    ----------
    site
        What to show.
    """
    official, comparison = site.atlas.get("official"), site.atlas.get("comparison")
    return Soil(
        _official(site.sums, official), _own(site), None if comparison is None else _differ(comparison.iloc[-1]),
        [] if official is None else _years(official), _opening(site), _public(site), set(soil_tables(site)), _ledger(site), _spared(site.sums),
    )  # fmt: skip


def _official(sums: dict[str, float], years: pd.DataFrame | None) -> list[Line]:
    share, year = get(sums, "official_consumed_share"), get(sums, "official_year")
    if years is None or share is None or year is None:
        return []
    out = [Line(say("soil.official.share", year=str(int(year))), quantity(share, "share"), quantity(get(sums, "official_consumed_m2"), "ha"))]
    head = get(sums, "official_consumed_m2_per_resident")
    if head is not None:
        out.append(Line(TEXT["soil.official.head"], quantity(head, "head")))
    changed = years[years["net_m2"].notna()].sort_values("year")
    if len(changed):
        row = changed.iloc[-1]
        out.append(Line(say("soil.official.net", since=str(int(row["since"])), year=str(int(row["year"]))), signed(row["net_m2"], "ha"),
                        say("soil.official.gross", gross=quantity(row["gross_m2"], "ha"), restored=quantity(row["restored_m2"], "ha"))))  # fmt: skip
        if pd.notna(row["infill_share"]):
            out.append(Line(TEXT["soil.official.infill"], quantity(row["infill_share"], "part")))
        if pd.notna(row["lcrpgr"]):
            out.append(Line(TEXT["soil.official.sdg"], quantity(row["lcrpgr"], "index"), TEXT.get(f"soil.sdg.{str(row['sdg_flag'] or '').lower()}", NONE)))
    return out


def _own(site: Site) -> list[Line]:
    sums = site.sums
    share = get(sums, "sealed_share")
    if share is None:
        return []
    out = [Line(TEXT["soil.own.share"], quantity(share, "share"), between(sums, "sealed_share_low", "sealed_share_high", "share")),
           Line(TEXT["soil.own.area"], quantity(get(sums, "sealed_m2"), "ha"), between(sums, "sealed_low_m2", "sealed_high_m2", "ha"))]  # fmt: skip
    adjusted = get(sums, "adjusted_m2")
    if adjusted is not None:
        out.append(Line(TEXT["soil.own.adjusted"], quantity(adjusted, "ha"), between(sums, "adjusted_low_m2", "adjusted_high_m2", "ha")))
    if (residents := get(sums, "residents")) and (sealed := get(sums, "sealed_m2")) is not None:
        out.append(Line(TEXT["soil.own.head"], quantity(sealed / residents, "head")))
    rain = get(sums, "runoff_m3")
    if rain is not None:
        storm = quantity(site.storm_mm, "int")
        out.append(Line(say("soil.own.rain", storm=storm), quantity(significant(rain), "m3"), say("soil.own.coefficient", value=quantity(get(sums, "runoff_coefficient"), "index"))))
    return out


def _differ(row: Any) -> Phrase:
    parts = {n: signed(row[f"{n}_m2"], "ha") for n in ("definition", "majority", "rest")}
    return say("soil.differ.text", official=quantity(row["official_m2"], "ha"), own=quantity(row["own_m2"], "ha"), year=str(int(row["year"])), **parts)


def _years(frame: pd.DataFrame) -> list[Year]:
    rows = frame.sort_values(["year", "basis"])
    most = float(rows["consumed_m2"].max()) or 1.0
    return [
        Year(str(int(r.year)), round(100.0 * r.consumed_m2 / most, 1), quantity(r.consumed_m2, "ha"), quantity(_number(r.consumed_share), "share"),
             quantity(_number(r.consumed_m2_per_resident), "head"), TEXT[f"soil.basis.{r.basis}"])
        for r in rows.itertuples()
    ]  # fmt: skip


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _opening(site: Site) -> list[Line]:
    sums = site.sums
    count = get(sums, "candidates")
    if not count:
        return []
    storm = quantity(site.storm_mm, "int")
    return [
        Line(TEXT["soil.opening.count"], quantity(count, "int"), say("soil.opening.public", count=quantity(get(sums, "candidates_public"), "int"))),
        Line(TEXT["soil.opening.area"], quantity(get(sums, "open_m2"), "ha")),
        Line(say("soil.opening.rain", storm=storm), quantity(significant(get(sums, "runoff_saved_m3") or 0.0), "m3")),
        Line(TEXT["soil.opening.cost"], quantity(get(sums, "opening_eur"), "eur"), between(sums, "opening_eur_low", "opening_eur_high", "eur")),
    ]


def _public(site: Site) -> list[Entry]:
    """Public candidates, by the rain they would keep."""
    parcels = site.atlas.get("parcels")
    if parcels is None or not known(parcels, "open_m2"):
        return []
    rows = parcels[parcels["open_m2"].notna() & parcels["public"].eq(True)].sort_values(["runoff_saved_m3", "parcel_id"], ascending=[False, True])
    return [_entry(r) for r in rows.head(_PUBLIC).itertuples()]


def private(site: Site) -> list[Entry]:
    """The best private candidates, as `private_yards` chooses them."""
    rows = private_yards(site)
    return [] if rows is None else [_entry(r) for r in rows.itertuples()]


def _ledger(site: Site) -> Phrase | None:
    """What the register and the official map say of each other, in one paragraph."""
    table = site.ledger
    if table is None or not len(table):
        return None
    count, area = table["match"].value_counts(), table.groupby("match")["official_m2"].sum()
    words = {name: quantity(float(count.get(state, 0)), "int") for name, state in _STATES.items()}
    entries = float((table["match"] != "not in the register").sum())
    return say("ledger.text", entries=quantity(entries, "int"), area=quantity(float(area.get("not in the register", 0.0)), "ha"), **words)


def _entry(row: Any) -> Entry:
    place = TEXT.get(f"place.{row.place}", NONE) if row.public == np.True_ else NONE
    text = say("soil.entry", rain=quantity(row.runoff_saved_m3, "m3"), low=quantity(_number(row.opening_eur_low), "eur"), high=quantity(_number(row.opening_eur_high), "eur"))
    if place.it:
        text = Phrase(f"{place.it} · {text.it}", f"{place.en} · {text.en}")
    return Entry(str(row.parcel_id), reference(row, say("sheet.parcel", number=str(row.parcel_id))), quantity(row.open_m2, "m2"), text)


def _spared(sums: dict[str, float]) -> Phrase | None:
    low, high = get(sums, "land_spared_low_ha"), get(sums, "land_spared_high_ha")
    if low is None or high is None:
        return None
    return say("soil.spared", power=quantity(get(sums, "kwp"), "kwp"), low=quantity(low * 1e4, "ha"), high=quantity(high * 1e4, "ha"))
