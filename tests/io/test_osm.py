"""OpenStreetMap as .osm, as .osm.pbf and as GeoJSON gives the same buildings, streets and places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.config.sources import BuildingsConfig, GreenspacesConfig, Layer, Source, StreetsConfig
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Buildings, Greenspaces, Streets
from pipeline.errors import InputError
from pipeline.io.osm import metres, parse_tags
from pipeline.stages.sources.buildings import buildings
from pipeline.stages.sources.greenspaces import greenspaces
from pipeline.stages.sources.streets import streets
from tests.reference.osm_files import geojson, pbf, xml

TOWN = Town(name="Carmiano", epsg=25833)
MAKERS = {"a.osm": xml, "a.osm.pbf": pbf, "a.geojson": geojson}


def layer(name: str, folder: Path) -> tuple[Layer]:
    return (Layer(Source(kind="osm"), (MAKERS[name](folder / name),)),)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_buildings_with_their_heights(name: str, tmp_path: Path, balance) -> None:  # type: ignore[no-untyped-def]
    notes = Notes()
    made = buildings(layer(name, tmp_path), None, None, None, BuildingsConfig(), TOWN, notes)
    check_table(made, Buildings, 25833, "buildings")
    assert made["building_id"].tolist() == ["w100", "w101"]
    assert made["height_m"].tolist() == pytest.approx([6.2, 7.5])
    assert made["height_basis"].tolist() == ["storeys", "attribute"]
    assert made["area_m2"].tolist() == pytest.approx([9431.0, 9431.0], rel=2e-3)  # 111.04 m x 84.93 m, UTM: 0.9996 squared at 3 degrees more
    if name != "a.geojson":  # the lines have another geometry and are counted as no building
        balance(notes, len(made))


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_streets_meet_at_common_nodes(name: str, tmp_path: Path) -> None:
    notes = Notes()
    made = streets(layer(name, tmp_path), None, StreetsConfig(), TOWN, notes)
    check_table(made, Streets, 25833, "streets")
    own = made.set_index("street_id")
    assert own.index.tolist() == ["w200-0", "w200-1", "w201-0", "w202-0", "w203-0", "w204-0"]
    assert own["name"].tolist()[:3] == ["Via Roma", "Via Roma", None]
    assert own.loc["w200-0", "to_node"] == own.loc["w200-1", "from_node"] == own.loc["w201-0", "from_node"]
    assert own["walkable"].to_dict() == {"w200-0": True, "w200-1": True, "w201-0": True, "w202-0": False, "w203-0": True, "w204-0": False}
    assert notes.counts["rows kept"] == 5
    assert notes.counts["rows read"] == 5 + notes.counts["left out: no street (no tag highway)"] + notes.counts["left out: no line (squares and areas of streets)"]
    assert notes.figures["walkable_km"] == pytest.approx(made[made["walkable"]]["length_m"].sum() / 1000)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_green_places(name: str, tmp_path: Path, balance) -> None:  # type: ignore[no-untyped-def]
    notes = Notes()
    made = greenspaces(layer(name, tmp_path), None, GreenspacesConfig(), TOWN, notes)
    check_table(made, Greenspaces, 25833, "greenspaces")
    assert made[["greens_id", "name", "kind", "public"]].to_numpy().tolist() == [["w103", "Villa comunale", "park", True], ["w104", None, "garden", False], ["w106", None, "park", False]]
    balance(notes, len(made))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_cut_extract_is_refused(share: float, tmp_path: Path) -> None:
    for name in ("a.osm", "a.osm.pbf"):
        (source,) = layer(name, tmp_path)
        path = source.paths[0]
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        with pytest.raises(InputError):
            streets((source,), None, StreetsConfig(), TOWN, Notes())


def test_an_extract_leaves_nothing_beside_itself(tmp_path: Path) -> None:
    for name in ("a.osm", "a.osm.pbf"):
        buildings(layer(name, tmp_path), None, None, None, BuildingsConfig(), TOWN, Notes())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.osm", "a.osm.pbf"]


def test_tags_and_lengths() -> None:
    assert parse_tags(r'"a"=>"b \"c\" => d","e:f"=>"\\"') == {"a": 'b "c" => d', "e:f": "\\"}
    assert parse_tags("no tags") == {}
    assert [metres(t) for t in ("3", "3.5 m", "10 ft", "2;3", "", None, "approx 3")] == pytest.approx([3.0, 3.5, 3.048, np.nan, np.nan, np.nan, np.nan], nan_ok=True)
