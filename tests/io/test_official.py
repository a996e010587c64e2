"""Official layers in the place of generated ones: what config may say of them, and what the plan makes of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.config.town import load_town
from pipeline.errors import ConfigError, InputError
from pipeline.io.fetch import Outcome
from pipeline.io.policy import Policy
from pipeline.recipes import Place, make_plan
from tests.reference.fetching import (
    BOUNDARY,
    BULK,
    LOCAL,
    TMY,
    WEATHER,
    collection,
    member,
    outline,
    write,
    zipped,
)
from tests.reference.loopback import Answer, Server

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
