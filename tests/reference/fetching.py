"""Sources to fetch in tests: a town whose addresses point at a server on this machine, and files as the true sources send them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
import yaml

from pipeline.config.town import Town, load_town
from pipeline.io.download import Manners
from pipeline.io.policy import HOSTS, Policy
from tests.reference.loopback import Server

QUICK = Manners(timeout_s=0.5, tries=2, backoff_s=0.01, interval_s=0.0, longest_wait_s=0.5)
LOCAL = Policy(
    hosts=MappingProxyType(dict.fromkeys(HOSTS, frozenset({"localhost"}))), schemes=MappingProxyType({"http": None}), loopback=True, resolve=lambda host, port: ("127.0.0.1",)
)
SQUARE = shapely.box(18.040, 40.340, 18.049, 40.348)
TMY = ("Latitude (decimal degrees): 40.345\n" + "x,y\n" * 200).encode()


def write(folder: Path, sources: dict[str, list[dict[str, Any]]], server: Server | None = None) -> Town:
    """A town whose addresses point at the server (the config itself admits https only)."""
    text = yaml.safe_dump({"name": "T", "code": "075014", "epsg": 25833, "sources": sources}, sort_keys=False)
    (folder / "town.yaml").write_text(text, encoding="utf-8")
    town = load_town(folder)
    if server is None:
        return town

    def local(source: Any) -> Any:
        url = source.url and source.url.replace("https://here", f"http://localhost:{server.port}")
        return source.model_copy(update={"url": url, "official": tuple(local(o) for o in source.official)})

    found = {name: tuple(local(s) for s in getattr(town.sources, name)) for name in type(town.sources).model_fields}
    return town.model_copy(update={"sources": town.sources.model_copy(update=found)})


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in files.items():
            z.writestr(name, content)
    return made.getvalue()


def member(reference: str, west: float, south: float, side: float = 0.001) -> str:
    ring = [(south, west), (south, west + side), (south + side, west + side), (south + side, west), (south, west)]
    places = " ".join(f"{a:.8f} {b:.8f}" for a, b in ring)
    return (
        f'<wfs:member><CP:CadastralParcel gml:id="CadastralParcel.IT.AGE.PLA.{reference}"><CP:msGeometry><gml:Polygon gml:id="{reference}.1" srsName="urn:ogc:def:crs:EPSG::6706">'
        f'<gml:exterior><gml:LinearRing><gml:posList srsDimension="2">{places}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></CP:msGeometry>'
        f"<CP:INSPIREID_LOCALID>IT.AGE.PLA.{reference}</CP:INSPIREID_LOCALID><CP:LABEL>{reference.rpartition('.')[2]}</CP:LABEL>"
        f"<CP:NATIONALCADASTRALREFERENCE>{reference}</CP:NATIONALCADASTRALREFERENCE></CP:CadastralParcel></wfs:member>\n"
    )


def collection(members: list[str], matched: int | None = None) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<wfs:FeatureCollection xmlns:CP="http://mapserver.gis.umn.edu/mapserver" xmlns:gml="http://www.opengis.net/gml/3.2" '
        f'xmlns:wfs="http://www.opengis.net/wfs/2.0" timeStamp="2026-01-01T00:00:00" numberMatched="{len(members) if matched is None else matched}" numberReturned="{len(members)}">\n'
        '<wfs:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::6706"><gml:lowerCorner>1 2</gml:lowerCorner></gml:Envelope></wfs:boundedBy>\n'
        f"{''.join(members)}</wfs:FeatureCollection>\n"
    ).encode()


PARCELS = {"B792_000100.1": (18.041, 40.341), "B792_000100.2": (18.043, 40.341), "B792_0013A0.STRADA001": (18.0445, 40.3445), "E506_000200.7": (18.0482, 40.3472)}


def tif(path: Path) -> bytes:
    with rasterio.open(path, "w", driver="GTiff", width=4, height=3, count=1, dtype="float32", crs="EPSG:4326", transform=rasterio.transform.from_origin(18, 41, 0.1, 0.1)) as out:
        out.write(np.ones((1, 3, 4), dtype="float32"))
    content = path.read_bytes()
    path.unlink()
    return content


def shapefile(folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    gpd.GeoDataFrame({"IDAG": ["1"]}, geometry=[SQUARE], crs=4326).to_crs(7794).to_file(folder / "x.shp")
    return {p.suffix: p.read_bytes() for p in folder.iterdir()}


WEATHER = {"kind": "pvgis_tmy", "path": "weather/tmy.csv", "url": "https://here/tmy?lat=40&lon=18", "title": "PVGIS"}
BULK = {"kind": "ade_gml", "path": "parcels/*_ple.gml", "url": "https://here/GetDataset.php?dataset=PUGLIA.zip", "archive_member": ["LE.zip", "B792_*.zip", "*_ple.gml"]}
BOUNDARY = {"kind": "vector", "path": "boundary.geojson"}
WFS = {"kind": "ade_gml", "path": "parcels/wfs.gml", "url": "https://here/owfs01.php", "service": "ade_wfs", "belfiore": "B792"}


def outline(folder: Path) -> None:
    gpd.GeoDataFrame({"n": [1]}, geometry=[SQUARE], crs=4326).to_file(folder / "boundary.geojson")
