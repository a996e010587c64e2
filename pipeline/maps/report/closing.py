"""The last pages: methods, uncertainty, sources and licences."""

from __future__ import annotations

from pipeline.maps import findings
from pipeline.maps.content import Site
from pipeline.maps.diary import sources_of, steps_of
from pipeline.maps.filtered import sureness
from pipeline.maps.findings import get
from pipeline.maps.quantities import quantity
from pipeline.maps.report import blocks
from pipeline.maps.report.blocks import Chapter, Interval
from pipeline.maps.report.ground import intervals
from pipeline.maps.text import TEXT, Phrase, joined, say

_SEA, _WARNINGS = "#0b4f6c", 6


def methods(site: Site, as_of: Phrase) -> Chapter:
    """How each number is made, on one page; only of what this town has."""
    subjects = (("solar", ("roofs", "light", "energy", "money")), ("sealing", ("soil", "rain", "opening")), ("green", ("access", "people")))
    names = [n for theme, names in subjects if theme in site.made for n in names]
    words = {"as_of": as_of, "storm": quantity(site.storm_mm, "int")}
    items = [(TEXT[f"report.method.{n}"], say(f"report.method.{n}.text", **words)) for n in names]
    return Chapter(TEXT["report.method"], TEXT["report.method.title"], [blocks.lead(TEXT["report.method.lead"]), blocks.pairs(items)])


def uncertainty(site: Site) -> Chapter:
    """The intervals of the main figures, what they mean, what is generated, what is missing."""
    rows = _energy(site) + intervals(site)
    out = [blocks.lead(TEXT["report.sure.lead"])] if rows else []
    if rows:
        alt = say("report.sure.alt", parts=joined([Phrase(*(f"{a} {b} {c}" for a, b, c in zip(r.label, r.printed, r.band, strict=True))) for r in rows]))
        out.append(blocks.ranges(rows, _SEA, TEXT["report.sure.caption"], alt))
    means = [text for _, text in sureness(site.sums, site.made)]
    if "solar" in site.made:
        means.append(TEXT["method.solar.not"])
    if means:
        out += [blocks.heading(TEXT["report.sure.means"]), *blocks.listed(means)]
    if site.lineage.synthetic:
        names = joined([TEXT.get(f"layer.{s}", blocks.literal(s)) for s in site.lineage.synthetic])
        said = Phrase(*(n[:1].upper() + n[1:] for n in names))
        out.append(blocks.note(say("report.sure.demo.text", layers=said), TEXT["report.sure.demo"]))
    warned = [w for step in steps_of(site.lineage) for w in step.warnings if w.it != w.en][:_WARNINGS]
    if warned:
        out += [blocks.heading(TEXT["report.sure.notes"]), *blocks.listed(warned)]
    lacking = findings.missing(site.atlas, site.sums, site.made, site.lineage)
    if lacking:
        out += [blocks.heading(TEXT["report.sure.missing"]), *blocks.listed(lacking)]
    return Chapter(TEXT["report.sure"], TEXT["report.sure.title"], out, findings.demonstration(site.lineage.synthetic))


def _energy(site: Site) -> list[Interval]:
    energy, p90 = get(site.sums, "kwh_year"), get(site.sums, "kwh_year_p90")
    if not energy or p90 is None:
        return []
    return [Interval(TEXT["report.sure.energy"], energy, p90, None, quantity(energy, "kwh"), say("report.sure.p90", p90=quantity(p90, "kwh")))]


def sources(site: Site) -> Chapter:
    """Every layer that was read, with its licence."""
    head = [(TEXT[f"method.{n}"], "l", w) for n, w in (("source", 2.0), ("use", 1.2), ("rights", 1.6), ("licence", 0.9), ("date", 0.0), ("kind", 0.0))]
    none = TEXT["method.none"]
    rows = [
        [blocks.literal(s.title), s.stage, blocks.literal(s.attribution or "–"), blocks.literal(s.licence) if s.licence else none, blocks.literal(s.date or "–"), TEXT["method.generated" if s.synthetic else "method.real"]]
        for s in sources_of(site.lineage)
    ]
    out = [*blocks.table(head, rows, TEXT["report.sources.caption"]), blocks.text(TEXT["report.sources.own"]), blocks.text(TEXT["method.privacy.text"])]
    if site.email:
        out.append(blocks.text(say("report.sources.email", email=site.email)))
    return Chapter(TEXT["report.sources"], TEXT["report.sources.title"], out)
