"""Sources of a town brought into its folder: the true formats, whole or not at all, once, and replacing the synthetic ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest

from pipeline.config.town import load_town
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.cadastre import read_gml
from pipeline.io.fetch import RECORD, WORK, Outcome
from pipeline.io.sidecar import sha256_of
from tests.reference.fetching import (
    BULK,
    PARCELS,
    TMY,
    WEATHER,
    collection,
    member,
    shapefile,
    tif,
    zipped,
)
from tests.reference.loopback import Answer, Request, Server


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
