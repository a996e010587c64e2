"""Where the data came from and what happened to them, from the sidecars of all earlier stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.contracts.notes import Lineage
from pipeline.maps.italian import note
from pipeline.maps.text import TEXT, Phrase

# Longer lists are cut on the page and named in full in the sidecar.
LINES = 40
ORDER = (
    "boundary", "synthetic", "parcels", "surface", "buildings", "landcover", "residents", "occupancy", "weather", "farhorizon", "roofs", "horizon",
    "obstacles", "sunmap", "irradiation", "arrays", "solar", "profiles", "ladder", "finance", "installed", "sealing", "consumed", "ledger", "plots", "desealing", "green", "patches", "restoration",
    "planting", "streets", "greenspaces", "access", "provision", "mismatch", "estate", "community", "initiatives", "reports", "waste", "collection", "actions", "indicators", "neighbours", "atlas",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One line of the table of sources."""

    stage: Phrase
    title: str
    licence: str
    attribution: str
    date: str
    synthetic: bool


@dataclass(frozen=True)
class Step:
    """What one stage reports."""

    stage: Phrase
    numbers: list[tuple[Phrase, str]]
    months: list[tuple[Phrase, list[str]]]
    warnings: list[Phrase]
    assumptions: list[Phrase]
    more: int

    def as_json(self) -> dict[str, Any]:
        """For static/diary.js: phrases as pairs, or alone where there is no Italian."""

        def pair(phrase: Phrase) -> list[str]:
            return list(phrase) if phrase.it != phrase.en else [phrase.en]

        return {
            "stage": list(self.stage), "numbers": [[pair(name), value] for name, value in self.numbers], "months": [[list(name), values] for name, values in self.months],
            "warnings": [pair(w) for w in self.warnings], "assumptions": [pair(a) for a in self.assumptions], "more": self.more,
        }  # fmt: skip


def ordered(lineage: Lineage) -> list[tuple[str, dict[str, Any]]]:
    """The stages in the order of the data flow, unknown ones last by name."""
    rank = {name: i for i, name in enumerate(ORDER)}
    return sorted(lineage.stages.items(), key=lambda item: (rank.get(item[0], len(ORDER)), item[0]))


def stage_name(stage: str) -> Phrase:
    """A stage's name in words."""
    return TEXT.get(f"stage.{stage}", Phrase(stage, stage))


def sources_of(lineage: Lineage) -> list[Source]:
    """Every source layer, once for each stage that read it."""
    out = []
    for stage, sidecar in ordered(lineage):
        for s in sidecar.get("sources", []):
            line = Source(
                stage_name(stage),
                s.get("title") or s.get("kind", ""),
                s.get("licence", ""),
                s.get("attribution", ""),
                s.get("date", ""),
                bool(s.get("synthetic")),
            )
            if line not in out:
                out.append(line)
    return out


def credits_of(lineage: Lineage, *, short: bool = False) -> str:
    """Attributions with licences, each once, for the footer; without licences for the map's corner."""
    seen: dict[str, None] = {}
    for source in sources_of(lineage):
        name = source.attribution or source.title
        if name:
            seen[name if short or not source.licence else f"{name} ({source.licence})"] = None
    return (" · " if short else "; ").join(seen) or "–"


def steps_of(lineage: Lineage, lines: int = LINES) -> list[Step]:
    """The report of each stage that has something to say: counts and measures, warnings, assumptions.

    Parameters
    ----------
    lineage
        All earlier stages.
    lines
        Entries shown of each list; the rest is counted.
    """
    out = []
    for stage, sidecar in ordered(lineage):
        counts, figures = sidecar.get("counts", {}), sidecar.get("figures", {})
        months, figures = _by_month(figures)
        # What did not happen is said last, and is the first to be cut.
        happened = {n: v for n, v in counts.items() if v}
        parts = (happened, figures, {n: v for n, v in counts.items() if not v})
        numbers = [(note(name, name=True), _number(value)) for part in parts for name, value in sorted(part.items())]
        warnings, assumptions = ([note(text) for text in sidecar.get(kind, [])] for kind in ("warnings", "assumptions"))
        more = sum(max(0, len(part) - lines) for part in (numbers, warnings, assumptions))
        if numbers or months or warnings or assumptions:
            out.append(Step(stage_name(stage), numbers[:lines], months, warnings[:lines], assumptions[:lines], more))
    return out


def _by_month(figures: dict[str, float]) -> tuple[list[tuple[Phrase, list[str]]], dict[str, float]]:
    """Figures that come in twelves (name_01 .. name_12) as rows of a table, and the others."""
    names = sorted({n[:-3] for n in figures if n.endswith("_01")})
    whole = [n for n in names if all(f"{n}_{m:02d}" in figures for m in range(1, 13))]
    rows = [(TEXT.get(f"figure.{n}", Phrase(n, n)), [f"{figures[f'{n}_{m:02d}']:.0f}" for m in range(1, 13)]) for n in whole]
    taken = {f"{n}_{m:02d}" for n in whole for m in range(1, 13)}
    return rows, {n: v for n, v in figures.items() if n not in taken}


def _number(value: float) -> str:
    """Digits in threes with a no-break space, the same in both languages (SI brochure, 5.4.4); a decimal point as in the sidecar."""
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", "\u00a0")
    return f"{value:.4g}"
