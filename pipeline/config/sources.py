"""Config of the source wing: where layers come from and how they are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pipeline.config.base import Section

SourceKind = Literal[
    "vector", "ade_gml", "cxf", "dsm", "dtm", "points", "pvgis_tmy", "epw", "cover_vector", "ispra", "sections", "total"
]
RelativeOrAnyPath = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]+$")]


class Source(Section):
    """One source layer: format, place, licence, date."""

    kind: SourceKind = Field(description="Format of the source; see docs/conventions.md.")
    path: RelativeOrAnyPath | None = Field(None, description="File or glob pattern, relative to the folder of town.yaml (to processed/<town>/ where synthetic).")
    layer: str | None = Field(None, description="Layer name of a multi-layer file; the only layer by default.")
    crs: str | None = Field(None, pattern=r"^EPSG:\d{4,6}$", description="Reference system where the file declares none.")
    fields: dict[str, str] = Field(default_factory=dict, description="Field map: our column name -> the file's field name.")
    legend: str | None = Field(None, pattern=r"^[a-z0-9_]+$", description="Legend (data file in pipeline/io/legends) that maps codes to our classes.")
    feet: bool = Field(False, description="Elevations are in international feet (0.3048 m).")
    residents: int | None = Field(None, ge=0, description="kind total: residents of the town.")
    title: str = Field("", max_length=200, description="Name of the data set as its publisher writes it.")
    licence: str = Field("", max_length=200, description="Licence of the data, for the map's footer.")
    attribution: str = Field("", max_length=300, description="Attribution text, for the map's footer.")
    date: str = Field("", max_length=40, description="Date or vintage of the data.")
    url: str | None = Field(None, pattern=r"^https://", description="Where it was or can be downloaded.")
    synthetic: bool = Field(False, description="True where the layer is generated, not surveyed.")


class BoundaryConfig(Section):
    """Municipal boundary."""


class ParcelsConfig(Section):
    """Cadastral parcels."""

    min_area_m2: float = Field(0.01, ge=0.0, description="Smaller geometries are dropped and counted.")
    max_outside_share: float = Field(0.02, ge=0.0, le=1.0, description="Share of the parcels' area allowed outside the boundary before the run stops (a wrong town or CRS).")
    max_gml_mb: float = Field(2048.0, gt=0.0, description="Larger GML files are refused; one municipality of the bulk download has some 10-100 MB.")


class BuildingsConfig(Section):
    """Building footprints."""

    min_area_m2: float = Field(4.0, ge=0.0, description="Smaller footprints are dropped and counted.")
    storey_height_m: float = Field(3.1, gt=0.0, description="Height of a storey where only storeys are known (INPUTS: Italian residential practice).")


class SurfaceConfig(Section):
    """Digital surface and terrain model."""

    margin_m: float = Field(200.0, ge=0.0, description="Kept around the boundary; at least horizon.reach_m keeps shading true at the border.")
    cell_m: float | None = Field(None, gt=0.0, description="Cell of the grid made from point clouds; rasters keep their native cell.")
    fill_cells: int = Field(3, ge=0, le=50, description="Voids up to this many cells from data are filled by the nearest cell, and counted.")
    ground_reach_m: float = Field(100.0, ge=0.0, le=1000.0, description="Larger voids of the terrain (under buildings, for instance) are interpolated up to this far from known terrain, and counted.")


class WeatherConfig(Section):
    """Typical meteorological year."""

    max_gap_hours: int = Field(3, ge=0, description="Longer gaps stop the run; shorter ones are interpolated and counted.")


class LandcoverConfig(Section):
    """The town's own land cover."""

    tree_height_m: float = Field(3.0, gt=0.0, description="Vegetation at or above this height is tree (LAND G6: threshold and operator printed, here >=).")
    cell_m: float | None = Field(None, gt=0.0, description="Cell of the land cover; the surface's by default.")


class ResidentsConfig(Section):
    """Residents by census section."""


@dataclass(frozen=True)
class Layer:
    """A source with its files found: what a source stage is given."""

    source: Source
    paths: tuple[Path, ...]


Layers = tuple[Layer, ...]
