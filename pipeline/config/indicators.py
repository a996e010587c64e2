"""Config of the yearly indicators."""

from __future__ import annotations

from pydantic import Field

from pipeline.config.base import MONTH, Section


class IndicatorsConfig(Section):
    """Yearly indicators and their targets."""

    as_of: str = Field("2026-11", pattern=MONTH, description="Month of the valuation: its year is the one that `make indicators YEAR=` freezes; the official targets of its first day hold.")
