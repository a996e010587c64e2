"""Config of the land wing."""

from __future__ import annotations

from pydantic import Field

from pipeline.config.base import Section


class SealingConfig(Section):
    """Land sealing by zone."""


class GreenConfig(Section):
    """Green space by zone."""

    canopy_height_m: float = Field(3.0, gt=0.0, description="Canopy is vegetation at or above this height (LAND G6; the threshold is printed with every figure).")
