"""What the catalogues list: each table or raster with its files, place, sources and licence."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyproj import Transformer

from pipeline.exports.licences import Licence
from pipeline.maps.text import Phrase


@dataclass(frozen=True)
class Kind:
    """A file format: media type, the name of the EU's list of file types, words."""

    media: str
    file_type: str
    words: str


# Media types: IANA, OGC 12-128r18, OGC 19-008r4; file types: Publications Office of the EU, authority file-type.
KINDS: dict[str, Kind] = {
    ".gpkg": Kind("application/geopackage+sqlite3", "GPKG", "GeoPackage"),
    ".parquet": Kind("application/vnd.apache.parquet", "PARQUET", "GeoParquet"),
    ".csv": Kind("text/csv", "CSV", "CSV"),
    ".xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX", "Excel"),
    ".tif": Kind("image/tiff; application=geotiff; profile=cloud-optimized", "TIFF", "GeoTIFF (COG)"),
}
# EU vocabulary data-theme; a product that is not named here is about the environment.
THEMES: dict[str, str] = {
    **dict.fromkeys(("buildings", "roofs", "roofs_detail", "obstacles", "arrays", "arrays_detail", "solar", "irradiation", "ladder", "finance", "profiles", "sunmap", "installed", "estate", "community_areas", "community_steps", "community_anchors"), "ENER"),
    **dict.fromkeys(("initiatives", "reports_points", "reports_moderation", "actions_list", "actions_curve", "actions_budget", "roadmap"), "GOVE"),
    **dict.fromkeys(("town", "boundary", "streets", "streets_detail", "parcels_detail", "buildings_detail", "all", "height"), "REGI"),
}
EVERYTHING = "all"


@dataclass(frozen=True)
class Product:
    """One entry of the catalogues.

    Attributes
    ----------
    name
        Short, without spaces.
    title, about
        In both languages.
    files
        Relative to the folder of the exports.
    box
        West, south, east, north [degrees].
    sources
        From `licences.Sources`.
    licence
        Of the product.
    bands
        Of a raster: name, unit, data type, nodata.
    """

    name: str
    title: Phrase
    about: Phrase
    files: tuple[Path, ...]
    box: tuple[float, float, float, float]
    sources: list[dict[str, Any]]
    licence: Licence
    generated: bool
    bands: tuple[dict[str, Any], ...] = field(default=())

    @property
    def theme(self) -> str:
        """Name in the EU vocabulary data-theme."""
        return THEMES.get(self.name, "ENVI")


@dataclass(frozen=True)
class Publisher:
    """Who publishes, where, how often, since when; what was not said is a placeholder that `missing` names."""

    town: str
    slug: str
    name: str
    ipa_code: str
    address: str
    email: str
    frequency: str
    modified: str
    licence: Licence
    missing: tuple[str, ...]


def degrees(box: tuple[float, float, float, float], epsg: int) -> tuple[float, float, float, float]:
    """West, south, east, north [degrees, six decimals] of a rectangle in a projected system."""
    turned = Transformer.from_crs(epsg, 4326, always_xy=True).transform_bounds(*box)
    west, south, east, north = (round(v, 6) for v in turned)
    return west, south, east, north
