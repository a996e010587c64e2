"""What a stage did that the numbers alone do not show: counts, assumptions, warnings, and where data came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Notes:
    """Collected by a stage while it runs; written into the sidecar and shown on the map's data page.

    Attributes
    ----------
    counts
        Rows or cells by what happened to them, e.g. {"rows read": 384, "dropped: under 3 points": 1}.
    assumptions
        What was assumed where the input was silent; plain sentences.
    warnings
        What the user should look at; plain sentences.
    figures
        Named measured numbers with the unit in the name, e.g. {"closure_mae_w_m2": 0.16}.
    """

    counts: dict[str, int] = field(default_factory=dict)
    assumptions: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def count(self, what: str, number: int) -> None:
        """Add to a counter; zero is kept too, so that "nothing dropped" is said."""
        self.counts[what] = self.counts.get(what, 0) + int(number)

    def assume(self, sentence: str) -> None:
        """Write down an assumption, once."""
        if sentence not in self.assumptions:
            self.assumptions.append(sentence)

    def warn(self, sentence: str) -> None:
        """Write down a warning, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def figure(self, name: str, value: float) -> None:
        """Write down a measured number."""
        self.figures[name] = float(value)


@dataclass(frozen=True)
class Lineage:
    """Everything upstream of a stage, from its inputs' sidecars: stage name -> sidecar content.

    Each value has the keys `sources` (list of {kind, title, licence, attribution, date, synthetic, files}),
    `counts`, `assumptions`, `warnings`, `figures`. `missing` says why each stage that does not run for this town does not.
    """

    stages: dict[str, dict[str, Any]]
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def synthetic(self) -> tuple[str, ...]:
        """Names of the source layers that are generated, sorted."""
        return tuple(
            sorted(n for n, s in self.stages.items() if any(src.get("synthetic") for src in s.get("sources", [])))
        )
