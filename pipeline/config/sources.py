"""Config of the source wing: where layers come from and how they are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from pipeline.config.base import Section

SourceKind = Literal[
    "vector", "ade_gml", "cxf", "dsm", "dtm", "points", "pvgis_tmy", "epw", "cover_vector", "ispra", "sections", "total", "osm", "ade_map",
    "heights", "dem", "pvgis_hourly", "worldcover", "imperviousness", "sentinel2", "orthophoto",
    "consumed_table", "labels", "permits", "baseline", "plants",
    "public_buildings", "addresses", "degree_days", "waste_table",
    "initiatives", "reports", "school_counts",
    "emissions", "targets", "snapshots", "municipalities",
]
RelativeOrAnyPath = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]+$")]


class Source(Section):
    """One source layer: format, place, licence, date."""

    kind: SourceKind = Field(description="Format of the source; see docs/conventions.md.")
    path: RelativeOrAnyPath | None = Field(None, description="File or glob pattern, relative to the folder of town.yaml (to processed/<town>/ where synthetic).")
    layer: str | None = Field(None, description="Layer name of a multi-layer file; the only layer by default.")
    crs: str | None = Field(None, pattern=r"^EPSG:\d{4,6}$", description="Reference system where the file declares none.")
    fields: dict[str, str] = Field(default_factory=dict, description="Field map: our column name -> the file's field name.")
    table: RelativeOrAnyPath | None = Field(None, description="kind sections: CSV or XLSX with the residents of each section, joined by `fields: {section_id, table_section_id, residents}`; kind labels: the key.csv that `make sample-points` wrote.")
    legend: str | None = Field(None, pattern=r"^[a-z0-9_]+$", description="Legend (data file in pipeline/io/legends, for uses of buildings in pipeline/io/use_legends) that maps codes to our classes.")
    feet: bool = Field(False, description="Elevations are in international feet (0.3048 m), where the file does not say so itself.")
    nodata: float | None = Field(None, description="Number that stands for no data where the file does not declare it, e.g. 0 over the sea; in the file's own unit.")
    horizon_included: bool | None = Field(None, description="Weather: the terrain's horizon is in the irradiance already (PVGIS: usehorizon); by default as the file says, else yes for PVGIS, no for EPW.")
    bands: dict[Literal["red", "nir", "swir"], Annotated[int, Field(ge=1, le=500)]] = Field(default_factory=dict, description="kinds sentinel2 and orthophoto: number of each band in the file, the first is 1.")
    scale: float | None = Field(None, gt=0.0, description="kinds sentinel2 and orthophoto: reflectance = (number + offset) * scale; Sentinel-2: 0.0001.")
    offset: float | None = Field(None, description="The same; Sentinel-2: -1000 since processing baseline 04.00 (January 2022), 0 before.")
    residents: int | None = Field(None, ge=0, description="kind total: residents of the town.")
    year: int | None = Field(None, ge=1900, le=2200, description="sources.consumed: year the raster, or a table without a column for it, stands for; sources.installed: year of plants without a date; sources.neighbours: year of a table without a column for it.")
    title: str = Field("", max_length=200, description="Name of the data set as its publisher writes it.")
    licence: str = Field("", max_length=200, description="Licence of the data, for the map's footer.")
    attribution: str = Field("", max_length=300, description="Attribution text, for the map's footer.")
    date: str = Field("", max_length=40, description="Date or vintage of the data.")
    url: str | None = Field(None, pattern=r"^https://", max_length=2000, description="Address of the file itself, for `make fetch`; of what it was made from where the file is here already.")
    page: str | None = Field(None, pattern=r"^https://", max_length=500, description="Page where a person finds the file: named where a download fails or no direct address exists.")
    archive_member: tuple[str, ...] = Field((), description="Files to take out of the downloaded zip: one pattern a level, e.g. [LE.zip, B792_*.zip, '*_ple.gml'].")
    companions: tuple[Annotated[str, StringConstraints(pattern=r"^\.[a-z0-9]{1,5}$")], ...] = Field((), description="Endings of the files that belong to the one of `url`, e.g. [.shx, .dbf, .prj].")
    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="Checksum the downloaded file must have.")
    max_mb: float = Field(512.0, gt=0.0, description="A larger download is refused; ten times this is the limit for what an archive unpacks to.")
    service: Literal["ade_wfs"] | None = Field(None, description="`url` is a service, asked in tiles of the boundary: ade_wfs is the WFS of the Italian cadastre.")
    belfiore: str | None = Field(None, pattern=r"^[A-Z]\d{3}$", description="service ade_wfs: cadastral code of the municipality; parcels of its neighbours are left out.")
    checked: str = Field("", max_length=200, description="When and how the address was last tried; nobody did where it says so.")
    synthetic: bool = Field(False, description="True where the layer is generated, not surveyed.")
    official: tuple[Source, ...] = Field((), description="Of a synthetic layer: the real sources that can take its place; the first whose file is in the town's folder does.")

    @model_validator(mode="after")
    def _consistent(self) -> Source:
        if self.official and not self.synthetic:
            raise ValueError("official: stands only beside `synthetic: true`; a real source needs no replacement")
        if any(o.synthetic or o.path is None for o in self.official):
            raise ValueError("official: each entry needs a path and is not synthetic itself")
        if self.url and self.path is None:
            raise ValueError("url: needs a path: where in the town's folder the file goes")
        if (self.service == "ade_wfs") != (self.belfiore is not None):
            raise ValueError("service ade_wfs and belfiore go together, e.g. belfiore: B792")
        if self.service and (not self.url or self.kind not in ("ade_gml", "ade_map")):
            raise ValueError("service ade_wfs: needs its url, and kind ade_gml (parcels) or ade_map (sheets)")
        return self


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
    storey_height_m: float = Field(3.1, gt=0.0, description="Height of a storey where only storeys are known (Italian residential practice; a judgement).")
    register_to_surface: bool = Field(False, description="Move the footprints by the shift that fits the surface best; by default the shift is only reported.")
    register_reach_m: float = Field(2.0, gt=0.0, le=10.0, description="Shifts up to this far east, west, north and south are tried (a judgement).")


class SurfaceConfig(Section):
    """Digital surface and terrain model."""

    margin_m: float = Field(200.0, ge=0.0, description="Kept around the boundary; at least horizon.reach_m keeps shading true at the border.")
    cell_m: float | None = Field(None, gt=0.0, description="Cell of the grid made from point clouds; rasters keep their native cell.")
    fill_cells: int = Field(3, ge=0, le=50, description="Voids up to this many cells from data are filled by the nearest cell, and counted.")
    ground_reach_m: float = Field(100.0, ge=0.0, le=1000.0, description="Larger voids of the terrain (under buildings, for instance) are interpolated up to this far from known terrain, and counted.")
    storey_height_m: float = Field(3.1, gt=0.0, description="kind heights: height of a storey (as buildings.storey_height_m).")
    default_height_m: float = Field(6.2, gt=0.0, le=500.0, description="kind heights: height of a building whose height and storeys are not known: two storeys of 3.1 m.")
    parapet_m: float = Field(0.5, ge=0.0, le=3.0, description="kind heights: the outermost cells of a roof rise by this much, as an allowance for parapets.")


class WeatherConfig(Section):
    """Typical meteorological year."""

    max_gap_hours: int = Field(3, ge=0, description="Longer gaps stop the run; shorter ones are interpolated and counted.")
    max_distance_km: float = Field(200.0, gt=0.0, description="A file of a place farther from the town stops the run; beyond 50 km it is a warning. 200 km are 1.8 degrees of latitude: on clear days the sun's height alone then moves the year by about as much as the data set's own uncertainty (solar.sigma_dataset, 3 %). Give more where no nearer file exists (a judgement).")


class FarHorizonConfig(Section):
    """Horizon of the terrain beyond the surface model."""

    from_m: float = Field(1000.0, gt=0.0, description="Nearer terrain is left to the surface model: seen from the town's centre it is not what each roof sees.")
    reach_m: float = Field(30_000.0, gt=0.0, le=100_000.0, description="Distance to which the terrain is searched (a judgement).")
    cell_m: float = Field(30.0, gt=0.0, description="Spacing at which the elevation model is read; Copernicus GLO-30 has about 30 m.")
    eye_m: float = Field(6.0, ge=0.0, description="Height of the eye above the elevation model at the town's centre: a roof of two storeys.")
    refraction: float = Field(0.13, ge=0.0, lt=1.0, description="Coefficient of terrestrial refraction, 0.13 (Gauss): rays bend by that share of the Earth's curvature.")


class LandcoverConfig(Section):
    """The town's own land cover."""

    tree_height_m: float = Field(3.0, gt=0.0, description="Vegetation at or above this height is tree (threshold and operator printed, here >=).")
    ndvi_vegetation: float = Field(0.41, gt=0.0, le=1.0, description="Vegetated from this NDVI on: half of the cell between bare soil (0.2) and full vegetation (0.5), Sobrino et al. 2004, doi:10.1016/j.rse.2003.11.005.")
    ndvi_bare: float = Field(0.2, ge=-1.0, lt=1.0, description="Without vegetation below this NDVI (the same source).")
    cell_m: float | None = Field(None, gt=0.0, description="Cell of the land cover; the surface's by default.")


class ResidentsConfig(Section):
    """Residents by census section."""


class OccupancyConfig(Section):
    """Residents shared out to buildings by volume: what looks like a home."""

    min_area_m2: float = Field(30.0, ge=0.0, description="Smaller footprints are no homes: sheds, garages, cabins.")
    min_height_m: float = Field(2.5, ge=0.0, description="Lower buildings are no homes.")
    max_height_m: float = Field(30.0, gt=0.0, description="Higher ones are no homes: towers of churches and water works, silos.")
    assumed_height_m: float = Field(6.2, gt=0.0, description="Height of a building whose height is not known: two storeys of 3.1 m.")


class MismatchConfig(Section):
    """Where footprints and surface tell different stories."""

    min_height_m: float = Field(2.0, ge=0.0, description="A footprint whose surface rises less than this above ground has no building in the surface model (as roofs.min_height_m).")
    blob_height_m: float = Field(2.5, gt=0.0, description="Something this high that no footprint covers may be a building.")
    blob_area_m2: float = Field(20.0, gt=0.0, description="Smaller things are not listed.")
    roughness_m: float = Field(0.2, gt=0.0, description="Greatest root mean square distance of a square (2.5 m, at least 5 cells a side) from its plane: roofs lie below, crowns of trees above.")
    clearance_m: float = Field(1.0, ge=0.0, le=5.0, description="A strip of this width around each footprint belongs to it: eaves, and walls between cells.")


class StreetsConfig(Section):
    """The street graph."""

    buffer_m: float = Field(1500.0, ge=0.0, description="Streets up to this far beyond the boundary are kept: paths to a park may leave the town (at least the distance threshold + 50 %).")
    not_walkable: tuple[str, ...] = Field(
        ("motorway", "motorway_link", "trunk", "trunk_link", "cycleway", "bus_guideway", "busway", "raceway", "construction", "proposed", "abandoned", "razed", "platform"),
        description="Values of `highway` that are not for walking unless `foot` or `sidewalk` says so.",
    )


class GreenspacesConfig(Section):
    """Green and open places with an outline."""

    buffer_m: float = Field(1500.0, ge=0.0, description="Places up to this far beyond the boundary are kept.")
    min_area_m2: float = Field(10.0, ge=0.0, description="Smaller outlines are dropped and counted.")


@dataclass(frozen=True)
class Layer:
    """A source with its files found: what a source stage is given."""

    source: Source
    paths: tuple[Path, ...]
    table: Path | None = None


Layers = tuple[Layer, ...]

# Keys that say how a file is got, not what is in it: a change of them makes nothing anew.
FETCHING = frozenset({"archive_member", "companions", "sha256", "max_mb", "service", "belfiore", "checked", "page", "official"})
