"""Where the data came from and what happened to them, from the sidecars of all earlier stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.contracts.notes import Lineage
from pipeline.maps.quantities import plain
from pipeline.maps.text import TEXT, Phrase

# Longer lists are cut on the page and named in full in the sidecar.
_LINES = 12
ORDER = (
    "boundary", "synthetic", "parcels", "surface", "buildings", "landcover", "residents", "weather", "farhorizon", "roofs", "horizon",
    "irradiation", "arrays", "solar", "sealing", "green", "streets", "greenspaces", "mismatch", "atlas",
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
    counts: list[tuple[str, Phrase]]
    figures: list[tuple[str, Phrase]]
    warnings: list[str]
    assumptions: list[str]
    more: int

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


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
            line = Source(stage_name(stage), s.get("title") or s.get("kind", ""), s.get("licence", ""), s.get("attribution", ""), s.get("date", ""), bool(s.get("synthetic")))
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


def steps_of(lineage: Lineage) -> list[Step]:
    """The report of each stage that has something to say."""
    out = []
    for stage, sidecar in ordered(lineage):
        counts = [(name, plain(value)) for name, value in sorted(sidecar.get("counts", {}).items())]
        figures = [(name, _figure(value)) for name, value in sorted(sidecar.get("figures", {}).items())]
        warnings, assumptions = list(sidecar.get("warnings", [])), list(sidecar.get("assumptions", []))
        more = sum(max(0, len(part) - _LINES) for part in (counts, figures, warnings, assumptions))
        if counts or figures or warnings or assumptions:
            out.append(Step(stage_name(stage), counts[:_LINES], figures[:_LINES], warnings[:_LINES], assumptions[:_LINES], more))
    return out


def _figure(value: float) -> Phrase:
    text = f"{value:.4g}"
    return Phrase(text.replace(".", ","), text)
