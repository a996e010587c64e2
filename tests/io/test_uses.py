"""Use of buildings: tags of OpenStreetMap, columns with a legend, and sources that say nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from pipeline.config.sources import BuildingsConfig, Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Buildings
from pipeline.errors import ConfigError, InputError
from pipeline.io.uses import LEGENDS, MEANINGS, read_legend
from pipeline.stages.sources.buildings import buildings
from pipeline.synthetic.houses import HOMES, PUBLIC
from pipeline.synthetic.town import USES

TOWN = Town(name="Carmiano", epsg=25833)
LEGEND_NAMES = sorted(p.stem for p in LEGENDS.glob("*.csv"))


def squares(number: int) -> list[Any]:
    return [shapely.box(20 * i, 0, 20 * i + 10, 10) for i in range(number)]


def read(kind: str, path: Path, notes: Notes | None = None, **source: Any) -> list[Any]:
    made = buildings((Layer(Source(kind=kind, **source), (path,)),), None, None, None, BuildingsConfig(), TOWN, notes or Notes())
    check_table(made, Buildings, 25833, "buildings")
    return [u if isinstance(u, str) else None for u in made.sort_values("building_id")["use"]]


@pytest.mark.parametrize("name", LEGEND_NAMES)
def test_legends_are_whole(name: str) -> None:
    assert set(read_legend(name, name).values()) <= set(MEANINGS[name])
    if name.startswith(("initiative", "report")):
        assert set(read_legend(name, name).values()) == set(MEANINGS[name])


def test_tags_of_openstreetmap(tmp_path: Path) -> None:
    tags: list[dict[str, str]] = [
        {"building": "yes"}, {"building": "house"}, {"building": "yes", "amenity": "school"}, {"building": "school", "amenity": "townhall"}, {"building": "yes", "shop": "bakery"},
        {"building": "yes", "office": "lawyer"}, {"building": "yes", "office": "government"}, {"building": "church"}, {"building": "garage"}, {"building": "retail", "shop": "no"},
        {"building": "palace_of_wonders"}, {"building": "house", "amenity": "bench"},
    ]  # fmt: skip
    columns = {k: [t.get(k) for t in tags] for k in ("building", "amenity", "shop", "office")}
    frame = gpd.GeoDataFrame({"@id": [f"way/{i:02d}" for i in range(len(tags))], **columns}, geometry=squares(len(tags)), crs=25833).to_crs(4326)
    path = tmp_path / "a.geojson"
    frame.to_file(path)
    assert read("osm", path) == [None, "home", "school", "town_hall", "shop", "office", "town_hall", "church", "annex", "shop", None, "home"]


def test_a_column_and_its_legend(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"id": list("abcde"), "U": ["Abitazione", "SCUOLA", None, "castello", "farm"]}, geometry=squares(5), crs=25833).to_file(path)
    notes = Notes()
    assert read("vector", path, notes, fields={"building_id": "id", "use": "U"}) == ["home", "school", None, None, "farm"]
    assert "uses castello are not in the legend building_use" in notes.warnings[0]
    assert notes.counts["use not known"] == 2
    with pytest.raises(InputError, match="no field Zweck"):
        read("vector", path, fields={"use": "Zweck"})
    with pytest.raises(ConfigError, match="legend 'nobody' is not in"):
        read("vector", path, fields={"use": "U"}, legend="nobody")


def test_a_column_called_use_is_not_taken_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"use": ["home"]}, geometry=squares(1), crs=25833).to_file(path)
    assert read("vector", path) == [None]


def test_the_generated_town_names_the_use_of_every_kind_of_building() -> None:
    legend = read_legend("building_use", "building_use")
    assert {*HOMES, *PUBLIC, "shed", "depot", "outbuilding"} == set(USES)
    assert legend[USES["row"]] == "home" and legend[USES["municipal"]] == "town_hall" and legend[USES["outbuilding"]] == "annex"
    assert set(USES.values()) <= set(legend)
