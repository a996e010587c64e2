"""Sources of a town brought into its folder: the true formats, whole or not at all, once, and replacing the synthetic ones."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
import yaml

from pipeline.config.town import Town, load_town
from pipeline.contracts.notes import Notes
from pipeline.errors import ConfigError, InputError
from pipeline.io.cadastre import read_gml
from pipeline.io.download import Downloader, Manners
from pipeline.io.fetch import RECORD, WORK, Outcome, fetch
from pipeline.io.policy import HOSTS, Policy
from pipeline.io.sidecar import sha256_of
from pipeline.recipes import Place, make_plan
from tests.reference.loopback import Answer, Request, Server, serving

QUICK = Manners(timeout_s=0.5, tries=2, backoff_s=0.01, interval_s=0.0, longest_wait_s=0.5)
LOCAL = Policy(
    hosts=MappingProxyType(dict.fromkeys(HOSTS, frozenset({"localhost"}))), schemes=MappingProxyType({"http": None}), loopback=True, resolve=lambda host, port: ("127.0.0.1",)
)
SQUARE = shapely.box(18.040, 40.340, 18.049, 40.348)
TMY = ("Latitude (decimal degrees): 40.345\n" + "x,y\n" * 200).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def bring(server: Server, tmp_path: Path) -> Callable[..., list[Outcome]]:
    """Write a town.yaml of the sources given and fetch them; `{url}` stands for the server."""

    def run(sources: dict[str, list[dict[str, Any]]], **more: Any) -> list[Outcome]:
        return fetch(write(tmp_path, sources, server), tmp_path, Downloader(LOCAL, QUICK, **more), lambda _: None)

    return run


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


def test_a_file_its_record_and_no_second_time(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    server.routes["/tmy"] = Answer(TMY, etag='"a1"', type="text/csv")
    (outcome,) = bring({"weather": [WEATHER]})
    assert (outcome.state, outcome.stage, outcome.remarks) == ("fetched", "weather", ())
    made = tmp_path / "weather/tmy.csv"
    assert made.read_bytes() == TMY
    record = json.loads((tmp_path / RECORD).read_text())["weather/tmy.csv"]
    assert record["url"].endswith("/tmy?lat=40&lon=18")
    assert (record["size"], record["sha256"], record["etag"]) == (len(TMY), sha256_of(made), '"a1"')
    assert record["files"] == {"weather/tmy.csv": {"size": len(TMY), "sha256": sha256_of(made)}}
    assert record["date"].startswith("20")
    assert not (tmp_path / WORK).exists()
    (again,) = bring({"weather": [WEATHER]})
    assert again.state == "there"
    assert "as downloaded on" in again.text
    assert len(server.seen) == 1


def test_what_a_person_put_or_changed_is_not_touched(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    server.routes["/tmy"] = Answer(TMY)
    (tmp_path / "weather").mkdir()
    (tmp_path / "weather/tmy.csv").write_text("mine")
    (outcome,) = bring({"weather": [WEATHER]})
    assert (outcome.state, "by hand" in outcome.text) == ("there", True)
    (tmp_path / "weather/tmy.csv").unlink()
    assert bring({"weather": [WEATHER]})[0].state == "fetched"
    (tmp_path / "weather/tmy.csv").write_text("changed")
    (outcome,) = bring({"weather": [WEATHER]})
    assert (outcome.state, "somebody changed it" in outcome.text) == ("kept", True)
    assert (tmp_path / "weather/tmy.csv").read_text() == "changed"
    assert len(server.seen) == 1


def test_a_new_address_replaces_what_the_old_one_gave(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    server.routes["/tmy"], server.routes["/v6"] = Answer(TMY), Answer(TMY + b"more\n")
    bring({"weather": [WEATHER]})
    assert bring({"weather": [WEATHER | {"url": "https://here/v6"}]})[0].state == "fetched"
    assert (tmp_path / "weather/tmy.csv").read_bytes() == TMY + b"more\n"


def test_the_bulk_cadastre_comes_out_of_three_zips(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    """Region in province in municipality, downloaded once for parcels and sheets, read by the cadastre's own reader."""
    gml = collection([member(r, *p) for r, p in PARCELS.items()])
    server.routes["/GetDataset.php"] = Answer(zipped({"LE.zip": zipped({"B792_CARMIANO.zip": zipped({"B792_CARMIANO_ple.gml": gml, "B792_CARMIANO_map.gml": gml})})}))
    sheets = BULK | {"kind": "ade_map", "path": "parcels/map.gml", "archive_member": ["LE.zip", "B792_*.zip", "*_map.gml"]}
    assert [o.state for o in bring({"parcels": [BULK, sheets]})] == ["fetched", "fetched"]
    assert len(server.seen) == 1
    assert sorted(p.name for p in (tmp_path / "parcels").iterdir()) == ["B792_CARMIANO_ple.gml", "map.gml"]
    town = load_town(tmp_path)
    frame = read_gml(town.sources.parcels[0], tmp_path / "parcels/B792_CARMIANO_ple.gml", 25833, Notes(), 1 << 30)
    assert sorted(frame["reference"]) == sorted(PARCELS)
    assert not (tmp_path / WORK).exists()


@pytest.mark.shared
def test_the_real_sheet_comes_as_it_is(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path, shared_data: Path) -> None:
    real = (shared_data / "italy/cadastre/REENCODED_H501D0767_ROMA_ple.gml").read_bytes()
    server.routes["/GetDataset.php"] = Answer(zipped({"LE.zip": zipped({"B792_X.zip": zipped({"H501_ple.gml": real})})}), chunked=True)
    assert bring({"parcels": [BULK]})[0].state == "fetched"
    assert (tmp_path / "parcels/H501_ple.gml").read_bytes() == real


def test_a_wrong_member_is_corrected_without_a_second_download(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    server.routes["/GetDataset.php"] = Answer(zipped({"LE.zip": zipped({"B792_CARMIANO.zip": zipped({"B792_ple.gml": collection([member("B792_000100.1", 18.04, 40.34)])})})}))
    (outcome,) = bring({"parcels": [BULK | {"archive_member": ["LECCE.zip", "*.gml"]}]})
    assert outcome.state == "failed"
    assert "no member matches 'LECCE.zip'; it holds LE.zip" in outcome.text
    assert bring({"parcels": [BULK]})[0].state == "fetched"
    assert len(server.seen) == 1


def test_a_shapefile_comes_with_its_companions_from_files_or_a_zip(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    files = shapefile(tmp_path / "made")
    for suffix, content in files.items():
        server.routes[f"/raw/Carmiano{suffix}"] = Answer(content)
    server.routes["/all.zip"] = Answer(zipped({f"deep/Dir/Carmiano{s.upper()}": c for s, c in files.items()}))
    source = {"kind": "vector", "path": "buildings/town.shp", "url": "https://here/raw/Carmiano.shp", "companions": [".shx", ".dbf", ".prj"], "fields": {"building_id": "IDAG"}}
    (outcome,) = bring({"buildings": [source]})
    assert (outcome.state, outcome.remarks) == ("fetched", ())
    assert len(gpd.read_file(tmp_path / "buildings/town.shp")) == 1
    boxed = {"kind": "vector", "path": "other/town.shp", "url": "https://here/all.zip", "archive_member": ["Carmiano.*"]}
    (outcome,) = bring({"buildings": [boxed]})
    assert (outcome.state, outcome.remarks) == ("fetched", ())
    assert gpd.read_file(tmp_path / "other/town.shp").crs.to_epsg() == 7794


def test_a_missing_companion_leaves_nothing_of_the_shapefile(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    for suffix, content in shapefile(tmp_path / "made").items():
        if suffix != ".dbf":
            server.routes[f"/Carmiano{suffix}"] = Answer(content)
    (outcome,) = bring({"buildings": [{"kind": "vector", "path": "b/town.shp", "url": "https://here/Carmiano.shp", "companions": [".shx", ".dbf"]}]})
    assert outcome.state == "failed"
    assert "404" in outcome.text
    assert not (tmp_path / "b").exists()


def test_a_raster_comes_and_a_first_look_remarks_what_config_lacks(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    server.routes["/dsm.tif"] = Answer(tif(tmp_path / "x.tif"))
    assert bring({"surface": [{"kind": "dsm", "path": "dsm/*.tif", "url": "https://here/dsm.tif"}]})[0].remarks == ()
    assert (tmp_path / "dsm/dsm.tif").exists()
    files = shapefile(tmp_path / "made")
    server.routes["/n.zip"] = Answer(zipped({f"n{s}": c for s, c in files.items() if s != ".prj"}))
    (outcome,) = bring({"buildings": [{"kind": "vector", "path": "b/n.shp", "url": "https://here/n.zip", "archive_member": ["n.*"]}]})
    assert outcome.state == "fetched"
    assert "declares no reference system" in outcome.remarks[0]


BROKEN = {
    "html": (Answer(b"<!DOCTYPE html><p>Maintenance</p>", type="application/octet-stream"), "HTML page came instead of the file: 'Maintenance'"),
    "json error": (Answer(b'{"message": "no"}'), "expected a table of text"),
    "nothing": (Answer(b""), "an empty file came"),
    "binary": (Answer(b"PK\x03\x04\x00\x00"), "expected a table of text"),
    "404": (Answer(b"", 404), "404 Not Found"),
    "half": (Answer(TMY, cut=100), "after 100 of"),
    "too large": (Answer(bytes(3 << 20)), "the limit is 2.0 MB"),
    "elsewhere": (Answer(status=302, headers={"Location": "https://evil.example/"}), "evil.example"),
}


@pytest.mark.parametrize("how", sorted(BROKEN))
def test_what_fails_names_address_reason_and_the_place_for_the_file(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path, how: str) -> None:
    answer, words = BROKEN[how]
    server.routes["/tmy"] = answer
    (outcome,) = bring({"weather": [WEATHER | {"max_mb": 2, "page": "https://pvgis.example/"}]})
    assert outcome.state == "failed"
    for part in (words, f"http://localhost:{server.port}/tmy", str(tmp_path / "weather/tmy.csv"), "by hand", "https://pvgis.example/"):
        assert part in outcome.text
    assert not (tmp_path / "weather").exists()
    assert not (tmp_path / RECORD).exists()
    assert not list(tmp_path.rglob("*.csv"))
    assert (tmp_path / WORK).exists() == (how == "half")


LOOKS = {
    "tif": ("surface", "dsm", "d/x.tif", b"GIF89a", "expected a .tif file"),
    "shp lfs": ("buildings", "vector", "b/x.shp", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS pointer"),
    "gml cut": ("parcels", "ade_gml", "p/x.gml", collection([member("B792_000100.1", 18, 40)])[:-40], "cut off or damaged"),
    "gml bomb": ("parcels", "ade_gml", "p/x.gml", b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><l>&b;</l>', "DOCTYPE"),
    "gml exception": ("parcels", "ade_gml", "p/x.gml", b'<ows:ExceptionReport xmlns:ows="o"><ows:ExceptionText>busy</ows:ExceptionText></ows:ExceptionReport>', "ExceptionReport: 'busy'"),
    "osm halfway": ("streets", "osm", "o/x.osm", b'<osm version="0.6"><remark>runtime error: Query timed out</remark></osm>', "stopped halfway"),
    "json cut": ("buildings", "vector", "b/x.geojson", b'{"type": "FeatureCollection", "features": [', "cut off or damaged"),
    "json no": ("buildings", "vector", "b/x.geojson", b"nope", "expected JSON"),
    "gpkg": ("buildings", "vector", "b/x.gpkg", b"PK\x03\x04", "expected a .gpkg file"),
    "laz": ("surface", "points", "l/x.laz", b"LASX", "expected a .laz file"),
    "pbf": ("streets", "osm", "o/x.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09Nothing", "binary format"),
}


@pytest.mark.parametrize("how", sorted(LOOKS))
def test_what_is_not_what_its_name_says_gets_no_name(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path, how: str) -> None:
    stage, kind, path, content, words = LOOKS[how]
    server.routes["/x"] = Answer(content)
    (outcome,) = bring({stage: [{"kind": kind, "path": path, "url": "https://here/x"}]})
    assert (outcome.state, words in outcome.text) == ("failed", True), outcome.text
    assert not (tmp_path / path).parent.exists()


def test_one_failure_does_not_stop_the_others(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    server.routes["/tmy"] = Answer(TMY)
    assert [o.state for o in bring({"parcels": [BULK], "weather": [WEATHER]})] == ["failed", "fetched"]


def test_a_broken_download_goes_on_in_the_next_run(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    server.routes["/tmy"] = lambda r: Answer(TMY, etag='"1"', cut=300) if r.number == 1 else Answer(b"", 500)
    assert bring({"weather": [WEATHER]})[0].state == "failed"
    server.routes["/tmy"] = Answer(TMY, etag='"1"')
    assert bring({"weather": [WEATHER]})[0].state == "fetched"
    assert server.seen[-1].headers["range"] == "bytes=300-"
    assert (tmp_path / "weather/tmy.csv").read_bytes() == TMY
    assert not (tmp_path / WORK).exists()


def test_a_pinned_checksum_is_kept(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    server.routes["/tmy"] = Answer(TMY)
    (outcome,) = bring({"weather": [WEATHER | {"sha256": "0" * 64}]})
    assert (outcome.state, "its checksum is" in outcome.text) == ("failed", True)
    (tmp_path / "t").write_bytes(TMY)
    assert bring({"weather": [WEATHER | {"sha256": sha256_of(tmp_path / "t")}]})[0].state == "fetched"


def test_places_outside_the_towns_folder_are_never_written(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    server.routes["/tmy"] = Answer(TMY)
    for path in ("../tmy.csv", "/tmp/tmy.csv", "a/../../tmy.csv"):
        assert bring({"weather": [WEATHER | {"path": path}]}) == []
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (tmp_path / "weather").symlink_to(outside)
    (outcome,) = bring({"weather": [WEATHER]})
    assert (outcome.state, "through a link" in outcome.text) == ("failed", True)
    assert list(outside.iterdir()) == []


def test_a_source_with_a_page_only_is_told_not_asked(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    (outcome,) = bring({"landcover": [{"kind": "ispra", "path": "landcover/c.tif", "legend": "ispra_consumo_suolo", "page": "https://ispra.example/"}]})
    assert outcome.state == "by hand"
    assert str(tmp_path / "landcover/c.tif") in outcome.text
    assert server.seen == []


def test_two_fetches_at_once_are_refused(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    caught: list[InputError] = []

    def route(_: Request) -> Answer:
        try:
            bring({"weather": [WEATHER]})
        except InputError as error:
            caught.append(error)
        return Answer(TMY)

    server.routes["/tmy"] = route
    assert bring({"weather": [WEATHER]})[0].state == "fetched"
    assert "another make fetch is at work" in str(caught[0])


# The WFS of the cadastre


BOUNDARY = {"kind": "vector", "path": "boundary.geojson"}
WFS = {"kind": "ade_gml", "path": "parcels/wfs.gml", "url": "https://here/owfs01.php", "service": "ade_wfs", "belfiore": "B792"}


def cadastre(request: Request, cap: int = 100) -> Answer:
    """Answers boxes as the real service: latitude first, whole features that touch the box, no SRSNAME allowed."""
    from urllib.parse import parse_qs

    asked = {k.upper(): v[0] for k, v in parse_qs(request.path.partition("?")[2]).items()}
    assert (asked["SERVICE"], asked["VERSION"], asked["REQUEST"], asked["TYPENAMES"]) == ("WFS", "2.0.0", "GetFeature", "CP:CadastralParcel")
    assert "SRSNAME" not in asked
    south, west, north, east, crs = asked["BBOX"].split(",")
    assert crs == "urn:ogc:def:crs:EPSG::6706"
    box = shapely.box(float(west), float(south), float(east), float(north))
    found = [member(r, *p) for r, p in PARCELS.items() if box.intersects(shapely.box(*p, p[0] + 0.001, p[1] + 0.001))]
    return Answer(collection(found[:cap], len(found)), type="text/xml")


def outline(folder: Path) -> None:
    gpd.GeoDataFrame({"n": [1]}, geometry=[SQUARE], crs=4326).to_file(folder / "boundary.geojson")


@pytest.mark.parametrize("cap", [100, 1])
def test_the_wfs_is_asked_in_tiles_and_each_parcel_of_the_town_kept_once(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path, cap: int) -> None:
    """With a service that gives one feature at a time, tiles are quartered until all have come."""
    outline(tmp_path)
    server.routes["/owfs01.php"] = lambda r: cadastre(r, cap)
    (outcome,) = bring({"boundary": [BOUNDARY], "parcels": [WFS]})
    assert outcome.state == "fetched", outcome.text
    frame = read_gml(load_town(tmp_path).sources.parcels[0], tmp_path / "parcels/wfs.gml", 25833, notes := Notes(), 1 << 30)
    assert sorted(frame["reference"]) == sorted(r for r in PARCELS if r.startswith("B792"))
    assert notes.warnings == []
    expected = gpd.GeoSeries([shapely.box(x, y, x + 0.001, y + 0.001) for x, y in list(PARCELS.values())[:3]], crs=6706).to_crs(25833)
    assert frame.geometry.area.sum() == pytest.approx(expected.area.sum(), rel=1e-4)
    assert len(server.seen) >= 4
    assert "of neighbours left out" in json.loads((tmp_path / RECORD).read_text())["parcels/wfs.gml"]["final_url"]


def test_a_broken_row_of_tiles_goes_on_where_it_stopped(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    outline(tmp_path)
    server.routes["/owfs01.php"] = lambda r: cadastre(r) if r.number <= 3 else Answer(b"", 500)
    assert bring({"boundary": [BOUNDARY], "parcels": [WFS]})[0].state == "failed"
    asked = [r.path for r in server.seen]
    server.routes["/owfs01.php"] = cadastre
    assert bring({"boundary": [BOUNDARY], "parcels": [WFS]})[0].state == "fetched"
    again = [r.path for r in server.seen[len(asked) :]]
    assert again[0] == asked[-1]
    assert not set(again) & set(asked[:3])
    assert not (tmp_path / WORK).exists()


def test_what_the_wfs_refuses_is_said(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    (outcome,) = bring({"parcels": [WFS]})
    assert "the town has none; add a source boundary" in outcome.text
    outline(tmp_path)
    server.routes["/owfs01.php"] = Answer(b"<ows:ExceptionReport xmlns:ows='o'>BBOX too large</ows:ExceptionReport>", type="text/xml")
    (outcome,) = bring({"boundary": [BOUNDARY], "parcels": [WFS]})
    assert "ows:ExceptionReport: 'BBOX too large'" in outcome.text
    server.routes["/owfs01.php"] = Answer(collection([member("E506_000200.7", 18.0482, 40.3472)]), type="text/xml")
    (outcome,) = bring({"boundary": [BOUNDARY], "parcels": [WFS]})
    assert "nothing of B792 came" in outcome.text
    assert not (tmp_path / "parcels").exists()


# A real layer in the place of a synthetic one


SYNTHETIC = {"kind": "pvgis_tmy", "path": "synthetic/tmy.csv", "synthetic": True, "official": [WEATHER]}


def plan(folder: Path) -> Any:
    return make_plan(Place(folder, folder / "processed/t", folder / "maps/t"))


def test_the_official_file_takes_the_place_of_the_synthetic_one(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    outline(tmp_path)
    sources = {"boundary": [BOUNDARY], "weather": [SYNTHETIC]}
    write(tmp_path, sources)
    before = plan(tmp_path)
    assert [y.source.synthetic for y in before.layers["weather"]] == [True]
    assert before.inactive["synthetic"] == ""
    server.routes["/tmy"] = Answer(TMY)
    assert bring(sources)[0].state == "fetched"
    after = plan(tmp_path)
    assert [(y.source.synthetic, y.source.title, y.paths) for y in after.layers["weather"]] == [(False, "PVGIS", (tmp_path / "weather/tmy.csv",))]
    assert after.inactive["synthetic"] == "no source of this town is synthetic"
    assert after.recipes["weather"] != before.recipes["weather"]
    (tmp_path / "weather/tmy.csv").unlink()
    assert plan(tmp_path).recipes["weather"] == before.recipes["weather"]


def test_official_sources_are_tried_in_order_until_one_works(bring: Callable[..., list[Outcome]], server: Server, tmp_path: Path) -> None:
    second = WEATHER | {"path": "weather/second.csv", "url": "https://here/second"}
    server.routes["/second"] = Answer(TMY)
    sources = {"weather": [SYNTHETIC | {"official": [WEATHER, second]}]}
    assert [o.state for o in bring(sources)] == ["fetched"]
    assert [p.name for p in (tmp_path / "weather").iterdir()] == ["second.csv"]
    assert [o.state for o in bring(sources)] == ["there"]
    assert len(server.asked("/tmy")) == 1


def test_how_a_file_is_got_does_not_make_anything_anew(tmp_path: Path) -> None:
    outline(tmp_path)
    (tmp_path / "weather").mkdir()
    (tmp_path / "weather/tmy.csv").write_bytes(TMY)
    write(tmp_path, {"boundary": [BOUNDARY], "weather": [WEATHER]})
    before = plan(tmp_path).recipes
    write(tmp_path, {"boundary": [BOUNDARY], "weather": [WEATHER | {"max_mb": 3, "sha256": "0" * 64, "checked": "2026", "page": "https://x.example/"}]})
    assert plan(tmp_path).recipes == before


def test_a_layer_that_can_be_downloaded_only_takes_away_what_needs_it(tmp_path: Path) -> None:
    outline(tmp_path)
    write(tmp_path, {"boundary": [BOUNDARY], "weather": [WEATHER]})
    made = plan(tmp_path)
    assert made.inactive["boundary"] == ""
    assert made.inactive["weather"] == "weather/tmy.csv is not in the town's folder yet; `make fetch` downloads it"
    write(tmp_path, {"boundary": [BOUNDARY], "weather": [{k: v for k, v in WEATHER.items() if k != "url"}]})
    with pytest.raises(InputError, match=r"sources.weather.0.path: no file"):
        plan(tmp_path)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (WEATHER | {"official": [WEATHER]}, "stands only beside `synthetic: true`"),
        (SYNTHETIC | {"official": [WEATHER | {"synthetic": True}]}, "is not synthetic itself"),
        (SYNTHETIC | {"official": [{"kind": "pvgis_tmy", "page": "https://x.example/"}]}, "needs a path"),
        ({"kind": "pvgis_tmy", "url": "https://x.example/"}, "needs a path"),
        (WEATHER | {"url": "http://x.example/"}, "url"),
        (WEATHER | {"url": "file:///etc/passwd"}, "url"),
        (WEATHER | {"service": "ade_wfs"}, "belfiore"),
        (WEATHER | {"belfiore": "B792"}, "belfiore"),
        (WEATHER | {"belfiore": "B792", "service": "ade_wfs"}, "kind ade_gml"),
        (WEATHER | {"sha256": "abc"}, "sha256"),
        (WEATHER | {"companions": ["../x"]}, "companions"),
    ],
)
def test_config_that_cannot_be_is_refused(tmp_path: Path, source: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        write(tmp_path, {"weather": [source]})


def test_every_official_address_of_the_default_town_passes_the_policy(root: Path) -> None:
    policy = dataclasses.replace(Policy(), resolve=lambda host, port: ("93.184.216.34",))
    town = load_town(root / "data/raw/carmiano")
    judged = 0
    for stage in type(town.sources).model_fields:
        for source in getattr(town.sources, stage):
            for entry in (source, *source.official):
                if entry.url:
                    assert policy.judge(entry.url, entry.kind).scheme == "https"
                    assert entry.checked, f"{stage}: say whether the address was tried"
                    assert entry.licence and entry.attribution
                    judged += 1
    assert judged >= 5


def test_the_command_says_what_it_did_and_fails_where_something_did(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline import cli

    town = write(tmp_path, {"parcels": [BULK], "weather": [SYNTHETIC], "surface": [{"kind": "dsm", "path": "synthetic/dsm.tif", "synthetic": True}]}, server)
    monkeypatch.setattr("pipeline.config.town.load_town", lambda folder: town)
    monkeypatch.setattr("pipeline.io.policy.OFFICIAL", LOCAL)
    server.routes["/tmy"] = Answer(TMY)
    assert cli.main(["fetch", "--town-dir", str(tmp_path), "--hosts", "data.example"]) == 1
    printed = capsys.readouterr()
    assert "fetched  weather: weather/tmy.csv" in printed.out
    assert "Still generated (demonstration data): surface" in printed.out
    assert "One problem to solve" in printed.err
    assert "404" in printed.err
    server.routes["/GetDataset.php"] = Answer(zipped({"LE.zip": zipped({"B792_X.zip": zipped({"B792_ple.gml": collection([member("B792_000100.1", 18.04, 40.34)])})})}))
    assert cli.main(["fetch", "--town-dir", str(tmp_path)]) == 0
    assert "there    weather" in capsys.readouterr().out
