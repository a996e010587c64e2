"""A small sound file of each format the project reads, and the reading of it as a run would do it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import laspy
import numpy as np
import pandas as pd
import rasterio
import shapely
from rasterio.transform import Affine
from shapely.geometry import LineString

from pipeline.config.register import InitiativesConfig, ReportsConfig
from pipeline.config.sources import FarHorizonConfig, Layer, Source, SurfaceConfig, WeatherConfig
from pipeline.config.town import load_town
from pipeline.contracts.notes import Lineage, Notes
from pipeline.core.grid import Grid
from pipeline.errors import InputError
from pipeline.io.archives import take
from pipeline.io.baseline import read_baseline
from pipeline.io.citizenreports import read_reports
from pipeline.io.consumed import read_official, read_official_table
from pipeline.io.cover import open_codes
from pipeline.io.density import open_density
from pipeline.io.estate import read_estate
from pipeline.io.imagery import open_pictures
from pipeline.io.initiatives import read_initiatives
from pipeline.io.labels import read_labels
from pipeline.io.looks import look
from pipeline.io.permits import read_permits
from pipeline.io.probe import probe
from pipeline.io.schoolcounts import read_counts
from pipeline.io.wfs import TILE_DEG, bring
from pipeline.stages.sources.farhorizon import farhorizon
from pipeline.stages.sources.surface import surface
from pipeline.stages.sources.weather import weather
from tests.reference.osm_files import pbf
from tests.reference.raw_layers import AREA, CXF, HEAD, LAT, LON, OSM, SOUTH, TOWN, WEST, layer, read, square, text

GRID = Grid(WEST, SOUTH + 40.0, 1.0, 40, 40, 25833)
XML = (b"<!DOCTYPE a [<!ENTITY x 'y'>]>", b"&x;", b"<gml:posList>", b"</gml:posList>", b"<gml:Point/>", b"<gml:interior>", b'srsName="EPSG:4326"', b"CP:CadastralZoning", b"</wfs:member>")
JSON = (b"NaN", b"Infinity", b"[" * 3000, b'{"a":' * 1500, b'"geometry":null', b'"type":"GeometryCollection"', b"1e999", b'"coordinates":[]', b'"\\ud800"')
TABLE = (b";;;;", b'"', b"1.234,5", b"31/02/2020", b"n.d.", b"Totale", b"\xa0", b"-", b"75014", b"1'000", b"01/01/0001")
YAML = (
    b"&a ", b"*a", b"!!python/object/apply:os.system ['true']", b"!!binary ", b"<<: ", b"? ", b"- - - - ", b"{a: " * 400, b"[" * 900, b"!!set ", b"2020-13-45", b"~", b"1e400", b"0o17", b"0b2", b"%TAG ! x\n", b"...\n---\n",
)  # fmt: skip


@dataclass(frozen=True)
class Seed:
    """A format: file to begin with, how it is read, pieces that may turn up in it, and whether it is a zip."""

    name: str
    make: Callable[[Path], Path]
    read: Callable[[Path], Any]
    words: tuple[bytes, ...] = ()
    zipped: bool = False
    part: str = ""  # suffix of the file to damage, where a format has several


def source(kind: str, path: Path, **keys: Any) -> tuple[Layer, ...]:
    """One layer of one file."""
    return (Layer(Source.model_validate({"kind": kind, "path": path.name, **keys}), (path,)),)


def looked(kind: str, then: Callable[[Path], Any], **keys: Any) -> Callable[[Path], Any]:
    """Reading as a run does it, after the first looks of `make check` and `make fetch`, which must not fall over either."""

    def reading(path: Path) -> Any:
        (one,) = source(kind, path, **keys)
        probe("x", one, 25833)
        with suppress(InputError):
            look(path)
        return then(path)

    return reading


# -- vectors ---------------------------------------------------------------------------------------------------------


def ade(folder: Path, element: str, field: str, code: str) -> Path:
    ring = " ".join(f"{LAT + a} {LON + b}" for a, b in ((0, 0), (0, 0.0004), (0.0004, 0.0004), (0.0004, 0), (0, 0)))
    body = "".join(
        f'<wfs:member><CP:{element} gml:id="p{n}"><CP:msGeometry><gml:Polygon gml:id="g{n}" srsName="urn:ogc:def:crs:EPSG::6706"><gml:exterior><gml:LinearRing>'
        f'<gml:posList srsDimension="2">{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></CP:msGeometry>'
        f"<CP:{field}>{code.format(n)}</CP:{field}></CP:{element}></wfs:member>"
        for n in (1, 2)
    )
    return text(folder / "a.gml", f"{HEAD}{body}</wfs:FeatureCollection>")


class Answers:
    """A server that gives the same answer to everything."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def get(self, url: str, kind: str, part: Path, max_bytes: int) -> None:
        part.write_bytes(self.content)


def joined(path: Path) -> Any:
    """The answers of a WFS for two boxes, brought and joined as `make fetch` does."""
    folder = path.with_name("answers")
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    where = shapely.box(LON, LAT, LON + TILE_DEG, LAT + TILE_DEG / 10)
    return bring(Answers(path.read_bytes()), "https://example.org/wfs", "ade_gml", where, "B792", folder, path.with_name("joined.gml"), 1 << 24)  # type: ignore[arg-type]


def sections(folder: Path, suffix: str) -> Path:
    rows = pd.DataFrame({"SEZ2011": ["750140000001", "750140000002"], "P1": [3, 1234]})
    path = folder / f"t{suffix}"
    if suffix == ".csv":
        rows.to_csv(path, sep=";", index=False)
    else:
        rows.to_excel(path, index=False)
    return path


def with_outlines(path: Path) -> Any:
    outlines = path.with_name("s.gpkg")
    if not outlines.exists():
        layer(outlines, [square(), square(100)], SEZ=["750140000001", "750140000002"])
    return read("residents", outlines, kind="sections", table=path, fields={"section_id": "SEZ"})


def streets_json(folder: Path) -> Path:
    frame = layer(folder / "b.geojson", [LineString([(WEST, SOUTH), (WEST + 90, SOUTH + 9)])] * 2, crs=25833, highway=["residential", "footway"], tags=['{"name":"Via \\u00e8"}', None])
    content = json.loads(frame.read_text())
    return text(folder / "a.geojson", json.dumps(content))


def parks_json(folder: Path) -> Path:
    frame = layer(folder / "b.geojson", [square(0, 0, 90), square(200)], crs=25833, leisure=["park", "playground"], name=["Villa", None])
    return text(folder / "a.geojson", frame.read_text())


# -- rasters and points ----------------------------------------------------------------------------------------------


def raster(path: Path, dtype: str = "float32", bands: int = 1, value: float = 30.0, epsg: int = 25833, cell: float = 1.0, **more: Any) -> Path:
    size = round(40 / cell) if cell <= 10 else 120
    cells = np.full((bands, size, size), value) + np.arange(size)[None, :, None] * (0.1 if dtype == "float32" else 0)
    west, north = (WEST, SOUTH + 40.0) if epsg == 25833 else (LON - 0.03, LAT + 0.03)
    step = cell if epsg == 25833 else 0.0005
    with rasterio.open(path, "w", driver="GTiff", count=bands, height=size, width=size, dtype=dtype, crs=f"EPSG:{epsg}", transform=Affine(step, 0, west, 0, -step, north), **more) as out:
        out.write(cells.astype(dtype))
    return path


def grid_text(folder: Path) -> Path:
    rows = "\n".join(" ".join(f"{30 + r * 0.1:.1f}" for _ in range(20)) for r in range(20))
    return text(folder / "a.asc", f"ncols 20\nnrows 20\nxllcorner {WEST}\nyllcorner {SOUTH}\ncellsize 2\nNODATA_value -9999\n{rows}\n")


def relief(path: Path, kind: str = "dsm") -> Any:
    """The stage `surface` on it, every block."""
    keys = {"crs": "EPSG:25833"}
    layers = source(kind, path, **keys)
    if kind == "dsm":
        ground = path.with_name("ground.tif")
        layers += source("dtm", ground if ground.exists() else raster(ground, value=28.0))
    for _, cells in surface(layers, AREA, SurfaceConfig(), TOWN, Notes()).blocks:  # type: ignore[arg-type, attr-defined]
        assert cells.dtype == np.float32


def cloud(folder: Path, suffix: str) -> Path:
    rng = np.random.default_rng(1)
    data = laspy.create(point_format=6, file_version="1.4")
    data.header.scales, data.header.offsets = np.array([0.01] * 3), np.array([WEST, SOUTH, 0.0])
    data.x, data.y, data.z = WEST + rng.random(50) * 20, SOUTH + rng.random(50) * 20, 30 + rng.random(50)
    data.classification = np.where(np.arange(50) % 2, 2, 6).astype(np.uint8)
    data.write(folder / f"a{suffix}")
    return folder / f"a{suffix}"


# -- weather ---------------------------------------------------------------------------------------------------------


def hours() -> pd.DataFrame:
    """A year of plain light, as the columns of PVGIS."""
    times = pd.date_range("2015-01-01", periods=8760, freq="h")
    up = np.clip(np.sin((times.hour.to_numpy() - 5) / 14 * np.pi), 0, None)
    return pd.DataFrame({"time(UTC)": times.strftime("%Y%m%d:%H%M"), "T2m": 15.0, "G(h)": (600 * up).round(1), "Gb(n)": (500 * up).round(1), "Gd(h)": (200 * up).round(1), "WS10m": 2.0})


def tmy_csv(folder: Path) -> Path:
    head = f"Latitude (decimal degrees): {LAT:.3f}\nLongitude (decimal degrees): {LON:.3f}\nElevation (m): 30.0\nIrradiance Time Offset (h): 0.5\n"
    return text(folder / "a.csv", head + hours().to_csv(index=False) + "\nnotes\n")


def tmy_json(folder: Path) -> Path:
    rows = hours().to_dict("records")
    inputs = {"location": {"latitude": LAT, "longitude": LON, "elevation": 30.0, "irradiance_time_offset": 0.5}, "meteo_data": {"use_horizon": True}}
    return text(folder / "a.json", json.dumps({"inputs": inputs, "outputs": {"tmy_hourly": rows}}))


def hourly(folder: Path) -> Path:
    head = f"Latitude (decimal degrees):\t{LAT:.3f}\nLongitude (decimal degrees):\t{LON:.3f}\nElevation (m):\t30\n\nSlope: 0 deg. \nAzimuth: 0 deg. \n"
    year = hours()
    table = pd.DataFrame({"time": year["time(UTC)"], "Gb(i)": year["Gb(n)"] / 2, "Gd(i)": year["Gd(h)"], "Gr(i)": 0.0, "H_sun": 30.0, "T2m": 15.0, "WS10m": 2.0, "Int": 0.0})
    return text(folder / "a.csv", head + table.to_csv(index=False) + "\nnotes\n")


def epw(folder: Path) -> Path:
    year = hours()
    head = f"LOCATION,Carmiano,LE,ITA,x,163320,{LAT:.2f},{LON:.2f},1.0,31.0\n" + "".join(f"{w},0\n" for w in ("DESIGN CONDITIONS", "TYPICAL/EXTREME PERIODS", "GROUND TEMPERATURES"))
    head += "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0\nCOMMENTS 1,x\nCOMMENTS 2,y\nDATA PERIODS,1,1,Data,Sunday,1/1,12/31\n"
    stamps = pd.date_range("2015-01-01", periods=8760, freq="h")
    rows = (
        f"{t.year},{t.month},{t.day},{t.hour + 1},60,x,15.0,9.0,60,101300,0,0,300,{g},{b},{d},0,0,0,0,180,2.0,5,5" for t, g, b, d in zip(stamps, year["G(h)"], year["Gb(n)"], year["Gd(h)"], strict=True)
    )  # fmt: skip
    return text(folder / "a.epw", head + "\n".join(rows) + "\n")


def year_of(kind: str) -> Callable[[Path], Any]:
    def reading(path: Path) -> Any:
        return weather(source(kind, path), AREA, None, WeatherConfig(max_gap_hours=24), TOWN, Notes())  # type: ignore[arg-type]

    return reading


# -- tables, archives, config ----------------------------------------------------------------------------------------


def consumed_csv(folder: Path) -> Path:
    return text(folder / "a.csv", "PRO_COM;Comune;Anno;Suolo consumato [ettari];consumed_ha\n75014;Carmiano;2021;444,1;444,1\n75015;Altrove;2021;1.000,5;1.000,5\n")


def consumed(path: Path) -> Any:
    fields = {"code": "PRO_COM", "year": "Anno"}
    return read_official_table(source("consumed_table", path, fields=fields), "075014", 2.4e7, Notes())


def permits_csv(folder: Path) -> Path:
    return text(folder / "a.csv", "data;mq;tipo;stato;numero;luogo;est;nord\n31/12/2024;1.200,5;nuova costruzione;rilasciato;1/24;12/34;758001;4473001\n01/02/2023;80;ripristino;;2/24;;;\n")


def estate_csv(folder: Path) -> Path:
    return text(folder / "a.csv", "codice;denominazione;uso;superficie;anno;mese;kwh elettrici;kwh termici;vettore;lat;lon\nE1;Scuola;scuola;1.400,5;2024;;70.000;210.000;metano;40,345;18,046\nE2;Sede;municipio;900;2023;1;500;;;;\n")


def initiatives_csv(folder: Path) -> Path:
    return text(folder / "a.csv", "codice;intervento;tipo;anno;stato;costo euro;kwh anno;kwp;responsabile;particella;lat;lon\nI1;Tetto;fotovoltaico;2024;concluso;13.000,50;14.000;10;Ufficio tecnico;1/2;40,345;18,046\nI2;Regola;regolamento;2025;in corso;;;;Giunta;;;\n")


def reports_json(folder: Path) -> Path:
    return text(folder / "a.geojson", json.dumps({"type": "FeatureCollection", "_umap_options": {"name": "x"}, "features": [
        {"type": "Feature", "id": f"f{n}", "geometry": {"type": "Point", "coordinates": [LON, LAT]}, "properties": {"name": "Qui <b>manca</b>", "description": "**ombra** {{a.jpg}} tel. 0832 123456", "tipo": "albero", "moderazione": "accettata", "data": "2026-05-01"}} for n in range(3)
    ]}))  # fmt: skip


def reports_csv(folder: Path) -> Path:
    return text(folder / "a.csv", f'id;category/name/it;title/it;body/it;latitude;longitude;state;published_at\n1;Tetto;Uno;"<p>a ""b""</p>";{LAT};{LON};accepted;2026-05-12 10:33:21 UTC\n2;;Due;x;{LAT};{LON};evaluating;\n')


def counts_csv(folder: Path) -> Path:
    return text(folder / "a.csv", "street;trees_counted;date;class\nVia Roma;12;2026-05-12;3A\nVia Lecce;1.031;12/05/2026;\n")


def labels_csv(folder: Path) -> Path:
    return text(folder / "points.csv", "point_id;label;note\n0001;building;\n0002;tree;x\n0003;sealed;\n0004;bare;\n")


def labels(path: Path) -> Any:
    key = text(path.with_name("key.csv"), "point_id,stratum,stratum_m2\n" + "".join(f"{n:04d},{'sealed' if n % 2 else 'other'},1000.0\n" for n in range(1, 5)))
    layers = (Layer(Source.model_validate({"kind": "labels", "path": path.name, "table": key.name}), (path,), key),)
    return read_labels(layers, 25833, Notes())


def baseline_csv(folder: Path) -> Path:
    from pipeline.io.baseline import COLUMNS

    return text(folder / "a.csv", ",".join(COLUMNS) + "\n" + ",".join(["2024", *["0.5"] * (len(COLUMNS) - 1)]) + "\n")


def archive(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("LE/B792_CARMIANO_ple.gml", HEAD + "</wfs:FeatureCollection>")
        z.writestr("readme.txt", "x" * 200)
    return folder / "a.zip"


def unpacked(path: Path) -> Any:
    into = path.with_name("out")
    into.mkdir(exist_ok=True)
    for old in into.iterdir():
        old.unlink()
    before = {p for p in path.parent.parent.rglob("*") if path.parent not in p.parents and p != path.parent}
    try:
        return take(path, ["*.gml"], into, 1 << 20)
    finally:
        assert {p for p in path.parent.parent.rglob("*") if path.parent not in p.parents and p != path.parent} == before, "something was written outside"


def town_yaml(folder: Path) -> Path:
    content = (Path(__file__).resolve().parents[2] / "data/raw/carmiano/town.yaml").read_bytes()
    return text(folder / "town.yaml", content[:6000].rpartition(b"\n  weather:")[0] + b"\nconsumed:\n  residents: {2015: 12208}\nsolar: {albedo: 0.2}\n")


ALL: tuple[Seed, ...] = (
    Seed("gml parcels", lambda f: ade(f, "CadastralParcel", "NATIONALCADASTRALREFERENCE", "B792_000100.{}"), looked("ade_gml", lambda p: read("parcels", p, kind="ade_gml")), XML),
    Seed("wfs answer", lambda f: ade(f, "CadastralParcel", "NATIONALCADASTRALREFERENCE", "B792_000100.{}"), joined, (*XML, b'numberMatched="9" numberReturned="2"', b"<ExceptionReport/>")),
    Seed("gml any", lambda f: layer(f / "a.gml", [square(), square(40)]), looked("vector", lambda p: read("buildings", p)), XML, part=".gml"),
    Seed("osm xml", lambda f: text(f / "a.osm", OSM), looked("osm", lambda p: read("buildings", p, kind="osm")), XML),
    Seed("osm pbf", lambda f: pbf(f / "a.osm.pbf", north=0.029, east=0.002), looked("osm", lambda p: read("buildings", p, kind="osm"))),
    Seed("osm pbf plain", lambda f: pbf(f / "a.osm.pbf", compress=False, north=0.029, east=0.002), looked("osm", lambda p: read("streets", p, kind="osm")), (b"OSMData", b"OSMHeader")),
    Seed("cxf", lambda f: text(f / "a.CXF", "\n".join(CXF)), looked("cxf", lambda p: read("buildings", p, kind="cxf", crs="EPSG:25833")), (b"BORDO\n", b"TESTO\n", b"LINEA\n", b"EOF\n", b"SIMBOLO\n", b"\\")),
    Seed("geojson streets", streets_json, looked("osm", lambda p: read("streets", p, kind="osm")), JSON),
    Seed("geojson greens", parks_json, looked("osm", lambda p: read("greenspaces", p, kind="osm")), JSON),
    Seed("geojson boundary", lambda f: layer(f / "a.geojson", [square(0, 0, 900)]), looked("vector", lambda p: read("boundary", p)), JSON),
    Seed("shp", lambda f: layer(f / "a.shp", [square(), square(40)]), looked("vector", lambda p: read("buildings", p)), part=".shp"),
    Seed("dbf", lambda f: layer(f / "a.shp", [square(), square(40)], H=[3.0, 6.0]), looked("vector", lambda p: read("buildings", p, fields={"building_id": "ID", "height_m": "H"})), part=".dbf"),
    Seed("shx", lambda f: layer(f / "a.shp", [square(), square(40)]), looked("vector", lambda p: read("buildings", p)), part=".shx"),
    Seed("gpkg", lambda f: layer(f / "a.gpkg", [square(), square(40)]), looked("vector", lambda p: read("buildings", p)), (b"CREATE TRIGGER", b"gpkg_contents")),
    Seed("fgb", lambda f: layer(f / "a.fgb", [square(), square(40)], H=[3.0, 6.0]), looked("vector", lambda p: read("buildings", p, fields={"building_id": "ID", "height_m": "H"}))),
    Seed("csv sections", lambda f: sections(f, ".csv"), with_outlines, TABLE),
    Seed("xlsx sections", lambda f: sections(f, ".xlsx"), with_outlines, (*TABLE, *XML), zipped=True),
    Seed("csv consumed", consumed_csv, looked("consumed_table", consumed), TABLE),
    Seed("csv permits", permits_csv, looked("permits", lambda p: read_permits(source("permits", p, crs="EPSG:25833"), None, 25833, Notes())), TABLE),
    Seed("csv estate", estate_csv, looked("public_buildings", lambda p: read_estate(source("public_buildings", p), "2026-11", Notes())), TABLE),
    Seed("csv initiatives", initiatives_csv, looked("initiatives", lambda p: read_initiatives(source("initiatives", p), InitiativesConfig(), Notes())), TABLE),
    Seed("geojson reports", reports_json, looked("reports", lambda p: read_reports(source("reports", p), ReportsConfig(), Notes())), JSON),
    Seed("csv reports", reports_csv, looked("reports", lambda p: read_reports(source("reports", p), ReportsConfig(), Notes())), (*TABLE, b"<", b"&lt;", b"{{", b"[[", b"@", b"+39 333")),
    Seed("csv school counts", counts_csv, looked("school_counts", lambda p: read_counts(source("school_counts", p), Notes())), TABLE),
    Seed("csv labels", labels_csv, looked("labels", labels), TABLE),
    Seed("csv baseline", baseline_csv, looked("baseline", lambda p: read_baseline(source("baseline", p), Notes())), TABLE),
    Seed("pvgis tmy csv", tmy_csv, looked("pvgis_tmy", year_of("pvgis_tmy")), TABLE),
    Seed("pvgis tmy json", tmy_json, looked("pvgis_tmy", year_of("pvgis_tmy")), JSON),
    Seed("pvgis hourly csv", hourly, looked("pvgis_hourly", year_of("pvgis_hourly")), TABLE),
    Seed("epw", epw, looked("epw", year_of("epw")), TABLE),
    Seed("tif surface", lambda f: raster(f / "a.tif"), looked("dsm", relief)),
    Seed("tif packed", lambda f: raster(f / "a.tif", compress="deflate", predictor=3, tiled=True, blockxsize=16, blockysize=16), looked("dsm", relief)),
    Seed("asc surface", grid_text, looked("dsm", relief, crs="EPSG:25833"), (b"NODATA_value", b"dx 1\ndy 2\n", b"cellsize 0.000001\n", b"ncols 2000000000\n")),
    Seed("tif codes", lambda f: raster(f / "a.tif", "uint8", value=10), looked("worldcover", lambda p: open_codes(source("worldcover", p), GRID, Notes()).read(GRID))),
    Seed("tif consumed", lambda f: raster(f / "a.tif", "uint8", value=2, cell=10), looked("ispra", lambda p: read_official(source("ispra", p, year=2023), square(0, 0, 40), 25833, Notes()))),
    Seed("tif per cent", lambda f: raster(f / "a.tif", "uint8", value=40), looked("imperviousness", lambda p: open_density(source("imperviousness", p), GRID, Notes()))),
    Seed("tif picture", lambda f: raster(f / "a.tif", "uint16", bands=4, value=900), looked("orthophoto", lambda p: open_pictures(source("orthophoto", p, scale=0.0001, bands={"red": 1, "nir": 4}), GRID, Notes()).read(GRID))),
    Seed("tif far", lambda f: raster(f / "a.tif", epsg=4326, cell=30), looked("dem", lambda p: farhorizon(source("dem", p), AREA, None, None, FarHorizonConfig(reach_m=3000.0), TOWN, Lineage({}), Notes()))),  # type: ignore[arg-type]
    Seed("las", lambda f: cloud(f, ".las"), looked("points", lambda p: relief(p, "points"), crs="EPSG:25833")),
    Seed("laz", lambda f: cloud(f, ".laz"), looked("points", lambda p: relief(p, "points"), crs="EPSG:25833")),
    Seed("zip", archive, unpacked, (b"../", b"PK\x03\x04", b"PK\x05\x06"), zipped=True),
    Seed("town.yaml", town_yaml, lambda p: load_town(p.parent), YAML),
)  # fmt: skip
BY_NAME = {s.name: s for s in ALL}
