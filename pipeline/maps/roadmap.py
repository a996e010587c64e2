"""The page of the roadmap: what the town already does, what could follow, at what cost a tonne, under which money. All of it indicative."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from pipeline.maps.climate import DatedRule, dated_rules, day_in_words, literal
from pipeline.maps.content import Site
from pipeline.maps.land_soil import NONE, Line
from pipeline.maps.phrases_actions import ACTIONS
from pipeline.maps.phrases_register import REGISTER
from pipeline.maps.quantities import plain, quantity
from pipeline.maps.text import TEXT, Phrase, joined, say
from pipeline.maps.themes import KEYS

_ROWS, _INITIATIVES = 8, 11
STATUSES = ("done", "under_way", "planned", "proposed")
# Heights of the curve are cut here: a few dear tonnes would press all others flat. Share of all tonnes that stays uncut.
_UNCUT = 0.97
_ROOM = 0.4
_CURVE_WIDTH, _CURVE_HEIGHT = 400.0, 150.0


@dataclass(frozen=True)
class Initiative:
    """One measure of the register; `id` where the map shows it."""

    id: str
    name: str
    kind: Phrase
    year: str
    status: Phrase


@dataclass(frozen=True)
class Action:
    """One row of the ranked list."""

    rank: Phrase
    name: Phrase
    text: Phrase
    co2: Phrase
    cost: Phrase
    due: Phrase
    link: str


@dataclass(frozen=True)
class Curve:
    """The cost curve: outlines of the steps that earn and that cost, where nothing is earned or paid, ends of the axes, and all of it in words."""

    earns: str
    costs: str
    zero: float
    top: Phrase
    bottom: Phrase
    total: Phrase
    alt: Phrase
    text: Phrase


@dataclass(frozen=True)
class Year:
    """What the budget pays in a year."""

    year: str
    names: Phrase
    eur: Phrase
    co2: Phrase
    left: Phrase


@dataclass(frozen=True)
class Roadmap:
    """All of the page; parts without data are empty, and the page says how to add them."""

    counts: list[Line] = field(default_factory=list)
    initiatives: list[Initiative] = field(default_factory=list)
    totals: list[Line] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    curve: Curve | None = None
    budget: list[Year] = field(default_factory=list)
    rules: list[DatedRule] = field(default_factory=list)
    rules_lead: Phrase = NONE


def roadmap(site: Site) -> Roadmap:
    """The page as far as its stages were made."""
    done, actions = site.initiatives, site.actions
    listed = None if actions is None else actions["list"]
    return Roadmap(
        _counts(done) if done is not None else [],
        _initiatives(site, done) if done is not None else [],
        _totals(listed) if listed is not None else [],
        _actions(site, listed) if listed is not None else [],
        _curve(actions["curve"]) if actions is not None else None,
        _budget(actions) if actions is not None else [],
        dated_rules(site.as_of),
        say("plan.rules.lead", day=day_in_words(site.as_of)),
    )


def _counts(frame: Any) -> list[Line]:
    """How many measures stand where; money and effects as the register says them."""
    out = []
    for status in STATUSES:
        rows = frame[frame["status"] == status]
        if not len(rows):
            continue
        notes = [quantity(float(rows[c].sum()), kind) for c, kind in (("cost_eur", "eur"), ("kwp", "kwp")) if rows[c].notna().any()]
        if rows["co2_kg"].notna().any():
            notes.append(say("plan.per_year", value=say("plan.co2", value=quantity(float(rows["co2_kg"].sum()), "kg"))))
        out.append(Line(_word(REGISTER, f"status.{status}"), quantity(len(rows), "int"), Phrase(*(" · ".join(words) for words in zip(*notes, strict=True))) if notes else NONE))
    return out


def shown_initiatives(site: Site) -> Any:
    """Measures that the map may show: those with a place, and no photovoltaics on a building that is not of the register of public ones."""
    frame = site.initiatives
    if frame is None:
        return None
    public = set() if site.estate is None else set(site.estate["building_id"].dropna())
    private = (frame["kind"] == "pv") & frame["building_id"].notna() & ~frame["building_id"].isin(public)
    return frame[frame.geometry.notna() & ~private]


def _initiatives(site: Site, frame: Any) -> list[Initiative]:
    shown: set[str] = set(shown_initiatives(site)["initiative_id"]) if "climate" in site.made else set()
    order = {s: i for i, s in enumerate(STATUSES)}
    rows = frame.assign(place_in=frame["status"].map(order)).sort_values(["place_in", "year", "initiative_id"]).head(_INITIATIVES)
    return [
        Initiative(r.initiative_id if r.initiative_id in shown else "", r.name, _word(REGISTER, f"initiative.{r.kind}"), str(int(r.year)), _word(REGISTER, f"status.{r.status}"))
        for r in rows.itertuples(index=False)
    ]


def _totals(frame: Any) -> list[Line]:
    """Sums over all rows of the list, so that they are those of the table."""
    by_kind = frame.groupby("kind")["action_id"].count().sort_values(ascending=False)
    kinds = joined([Phrase(*(f"{plain(n)[i]} {w}" for i, w in enumerate(_word(ACTIONS, f"action.kind.{k}")))) for k, n in by_kind.items()])
    cost = say("sheet.range", low=quantity(float(frame["eur_low"].sum()), "eur"), high=quantity(float(frame["eur_high"].sum()), "eur"))
    out = [
        Line(TEXT["plan.actions.count"], quantity(len(frame), "int"), kinds),
        Line(TEXT["plan.actions.co2"], quantity(float(frame["co2_kg"].sum()), "kg"), TEXT["plan.actions.co2.note"]),
        Line(TEXT["plan.actions.cost"], quantity(float(frame["eur_mid"].sum()), "eur"), cost),
    ]
    reached = float(frame["achieved_co2_kg"].sum())
    return [*out, Line(TEXT["plan.actions.reached"], quantity(reached, "kg"), TEXT["plan.actions.reached.note"])] if reached > 0 else out


def _actions(site: Site, frame: Any) -> list[Action]:
    best = frame.dropna(subset=["rank"]).sort_values(["rank", "action_id"]).head(_ROWS)
    places = {name: set(site.atlas[theme.layer][KEYS[theme.layer]]) for name, theme in site.made.items() if name in ("climate", "enterprises")}
    return [
        Action(
            _rank(r), _name(site, r), _word(ACTIONS, f"action.kind.{r.kind}"), quantity(r.co2_kg, "kg"),
            say("sheet.range", low=quantity(r.eur_low, "eur"), high=quantity(r.eur_high, "eur")), literal(str(r.deadline)[:4]) if isinstance(r.deadline, str) else literal("–"),
            next((f"{page}.html#s={quote(r.asset_id)}" for page, ids in places.items() if r.asset_id in ids), ""),
        )
        for r in best.itertuples(index=False)
    ]  # fmt: skip


def _rank(row: Any) -> Phrase:
    """The place with the middle weights, and the range over all that were tried."""
    return literal(f"{int(row.rank)} ({int(row.rank_low)}–{int(row.rank_high)})")


def _name(site: Site, row: Any) -> Phrase:
    if isinstance(row.name, str):
        return literal(row.name)
    street = _streets(site).get(row.asset_id)
    return say("plan.large", name=street or str(row.asset_id)) if row.owner == "enterprise" else literal(str(row.asset_id))


def _streets(site: Site) -> dict[str, str]:
    large = site.atlas.get("large")
    return {} if large is None else {a: s for a, s in zip(large["asset_id"], large["street"], strict=True) if isinstance(s, str)}


def _curve(frame: Any) -> Curve | None:
    """The steps side by side, as wide as what they avoid, as high as a tonne costs."""
    rows = frame[frame["width_t"] > 0].sort_values("step")
    if not len(rows):
        return None
    dear, total = rows.sort_values("eur_per_t"), float(rows["width_t"].sum())
    top = max(float(dear[dear["width_t"].cumsum() >= _UNCUT * total]["eur_per_t"].iloc[0]), 1.0)
    lowest = min(float(dear[dear["width_t"].cumsum() >= (1.0 - _UNCUT) * total]["eur_per_t"].iloc[0]), 0.0)
    # What earns and what costs both get room to be seen.
    top, bottom = max(top, -_ROOM * lowest), min(lowest, -_ROOM * top)
    scale, zero = _CURVE_HEIGHT / (top - bottom), _CURVE_HEIGHT * top / (top - bottom)
    drawn: dict[bool, list[str]] = {True: [], False: []}
    at = 0.0
    for r in rows.itertuples(index=False):
        width = r.width_t / total * _CURVE_WIDTH
        drawn[bool(r.npv_eur >= 0)].append(f"M{at:.1f} {zero:.1f}v{-min(max(r.eur_per_t, bottom), top) * scale:.1f}h{width:.1f}V{zero:.1f}z")
        at += width
    earning = rows[rows["npv_eur"] >= 0]
    words: dict[str, Phrase | str] = {
        "count": quantity(len(rows), "int"), "total": quantity(total * 1e3, "kg"), "earn": quantity(len(earning), "int"), "earn_t": quantity(float(earning["width_t"].sum()) * 1e3, "kg"),
        "top": quantity(top, "int"), "bottom": quantity(bottom, "int"),
    }  # fmt: skip
    return Curve("".join(drawn[True]), "".join(drawn[False]), round(zero, 1), quantity(top, "int"), quantity(bottom, "int"), quantity(total * 1e3, "kg"), say("plan.curve.alt", **words), say("plan.curve.text", **words))


def _budget(layers: dict[str, Any]) -> list[Year]:
    names = dict(zip(layers["list"]["action_id"], layers["list"]["name"], strict=True))
    kinds = dict(zip(layers["list"]["action_id"], layers["list"]["kind"], strict=True))
    out = []
    for year, rows in layers["budget"].sort_values(["year", "action_id"]).groupby("year"):
        largest = rows.sort_values("eur", ascending=False).head(2)
        told = [Phrase(*(f"{w}, {names[a] or a}" for w in _word(ACTIONS, f"action.kind.{kinds[a]}"))) for a in largest["action_id"]]
        more = len(rows) - len(largest)
        text = joined(told) if not more else say("plan.budget.more", names=Phrase(*("; ".join(n) for n in zip(*told, strict=True))), count=quantity(more, "int"))
        out.append(Year(str(year), text, quantity(float(rows["eur"].sum()), "eur"), quantity(float(rows["co2_kg"].sum()), "kg"), quantity(float(rows["left_eur"].iloc[-1]), "eur")))
    return out


def _word(table: dict[str, tuple[str, str]], key: str) -> Phrase:
    return Phrase(*table[key])
