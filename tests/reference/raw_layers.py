"""Small raw layers around one place, and the source stage that reads them: shared by the tests of broken files and the fuzz run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from pipeline.config.sources import BuildingsConfig, GreenspacesConfig, Layer, ParcelsConfig, Source, StreetsConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.stages.sources.boundary import boundary
from pipeline.stages.sources.buildings import buildings
from pipeline.stages.sources.greenspaces import greenspaces
from pipeline.stages.sources.parcels import parcels
from pipeline.stages.sources.residents import residents
from pipeline.stages.sources.streets import streets

TOWN = Town(name="Carmiano", code="075014", epsg=25833)
WEST, SOUTH = 758000.0, 4473000.0
LON, LAT = 18.0421, 40.3689  # in the area: its south-west corner and somewhat further
AREA = gpd.GeoDataFrame({"town_id": ["075014"]}, geometry=[shapely.box(WEST, SOUTH, WEST + 1000, SOUTH + 1000)], crs=25833)
HEAD = '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="w" xmlns:CP="http://mapserver.gis.umn.edu/mapserver" xmlns:gml="http://www.opengis.net/gml/3.2">'
OSM = (
    '<?xml version="1.0"?><osm version="0.6">'
    + "".join(f'<node id="{n}" lat="{LAT + a}" lon="{LON + b}" version="1"/>' for n, a, b in ((1, 0, 0), (2, 0, 0.0002), (3, 0.0002, 0.0002)))
    + '<way id="9" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building" v="yes"/></way></osm>'
)
CXF = ["MAPPA", "B792_000100", "2000", "BORDO", "12+", *["1"] * 6, "0", "4", *[str(v) for p in ((0, 0), (9, 0), (9, 9), (0, 9)) for v in (WEST + p[0], SOUTH + p[1])], "EOF", ""]


def square(east: float = 0.0, north: float = 0.0, side: float = 20.0) -> shapely.Polygon:
    """A square in the area, so far from its south-west corner [m]."""
    return shapely.box(WEST + east, SOUTH + north, WEST + east + side, SOUTH + north + side)


def layer(path: Path, shapes: list[Any], crs: int | None = 25833, **columns: list[Any]) -> Path:
    """A vector file of the format its suffix names."""
    with np.errstate(all="ignore"):
        gpd.GeoDataFrame({"ID": [str(n) for n in range(len(shapes))], **columns}, geometry=shapes, crs=crs).to_file(path)
    return path


def text(path: Path, content: str | bytes) -> Path:
    """A file with that content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(stage: str, path: Path, kind: str = "vector", notes: Notes | None = None, table: Path | None = None, **keys: Any) -> gpd.GeoDataFrame:
    """What a source stage makes of one file."""
    layers = (Layer(Source.model_validate({"kind": kind, **keys}), (path,), table),)
    notes = notes if notes is not None else Notes()
    runs: dict[str, Callable[[], Any]] = {
        "boundary": lambda: boundary(layers, TOWN, notes),
        "parcels": lambda: parcels(layers, AREA, ParcelsConfig(), TOWN, notes),
        "buildings": lambda: buildings(layers, None, None, AREA, BuildingsConfig(), TOWN, notes),
        "residents": lambda: residents(layers, AREA, TOWN, notes),
        "streets": lambda: streets(layers, AREA, StreetsConfig(), TOWN, notes),
        "greenspaces": lambda: greenspaces(layers, AREA, GreenspacesConfig(), TOWN, notes),
    }
    return runs[stage]()
