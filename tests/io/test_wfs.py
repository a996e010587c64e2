"""Parcels asked of the cadastre's service in tiles, against one that answers as it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import geopandas as gpd
import pytest
import shapely

from pipeline.config.town import load_town
from pipeline.contracts.notes import Notes
from pipeline.io.cadastre import read_gml
from pipeline.io.fetch import RECORD, WORK, Outcome
from tests.reference.fetching import (
    BOUNDARY,
    PARCELS,
    WFS,
    collection,
    member,
    outline,
)
from tests.reference.loopback import Answer, Request, Server


def cadastre(request: Request, cap: int = 100) -> Answer:
    """Answers boxes as the real service: latitude first, whole features that touch the box, no SRSNAME allowed."""
    asked = {k.upper(): v[0] for k, v in parse_qs(request.path.partition("?")[2]).items()}
    assert (asked["SERVICE"], asked["VERSION"], asked["REQUEST"], asked["TYPENAMES"]) == ("WFS", "2.0.0", "GetFeature", "CP:CadastralParcel")
    assert "SRSNAME" not in asked
    south, west, north, east, crs = asked["BBOX"].split(",")
    assert crs == "urn:ogc:def:crs:EPSG::6706"
    box = shapely.box(float(west), float(south), float(east), float(north))
    found = [member(r, *p) for r, p in PARCELS.items() if box.intersects(shapely.box(*p, p[0] + 0.001, p[1] + 0.001))]
    return Answer(collection(found[:cap], len(found)), type="text/xml")


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
