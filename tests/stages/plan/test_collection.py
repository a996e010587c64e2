"""Collection points on one long street, worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.config.waste import CollectionConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.waste import Collection
from pipeline.core.network import cut_at_junctions
from pipeline.errors import ConfigError, InputError
from pipeline.stages.plan.collection import collection

EAST, NORTH, EPSG = 759_000.0, 4_470_000.0, 25833
TOWN = Town(name="Prova", code="075014", epsg=EPSG)


def streets() -> gpd.GeoDataFrame:
    """A street of 2,000 m from west to east with a corner every 100 m."""
    lines = [shapely.LineString([(EAST + x, NORTH), (EAST + x + 100, NORTH)]) for x in range(0, 2000, 100)]
    cut = cut_at_junctions(np.array(lines, dtype=object))
    return gpd.GeoDataFrame({"from_node": cut.start.astype(str), "to_node": cut.end.astype(str), "walkable": True}, geometry=cut.lines, crs=EPSG)


def houses() -> gpd.GeoDataFrame:
    """40 houses, one every 50 m, 10 m north of the street."""
    at = [EAST + 25 + 50 * k for k in range(40)]
    return gpd.GeoDataFrame({"building_id": [f"b{k:02d}" for k in range(40)]}, geometry=[shapely.box(x - 4, NORTH + 6, x + 4, NORTH + 14) for x in at], crs=EPSG)


def people(each: float = 5.0) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """The western half is section w, the eastern one e."""
    names = np.where(np.arange(40) < 20, "w", "e")
    rows = pd.DataFrame({"building_id": [f"b{k:02d}" for k in range(40)], "section_id": names, "residents": each, "method": "volume"})
    sections = gpd.GeoDataFrame({"section_id": ["e", "w"], "residents": [20 * each] * 2}, geometry=[shapely.box(EAST + 1000 * i, NORTH - 99, EAST + 1000 * (i + 1), NORTH + 99) for i in (1, 0)], crs=EPSG)
    return rows, sections


BOUNDARY = gpd.GeoDataFrame({"town_id": ["075014"]}, geometry=[shapely.box(EAST - 9, NORTH - 99, EAST + 2009, NORTH + 99)], crs=EPSG)


def layer(folder: Path, *rows: tuple[float, float, dict[str, Any]], kind: str = "osm", **source: Any) -> tuple[Layer, ...]:
    features = [{"type": "Feature", "properties": p, "geometry": {"type": "Point", "coordinates": [EAST + x, NORTH + y]}} for x, y, p in rows]
    path = folder / "punti.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{EPSG}"}}, "features": features}), encoding="utf-8")
    return (Layer(Source.model_validate({"kind": kind, "path": path.name, **source}), (path,)),)


def run(layers: tuple[Layer, ...], ways: Any = None, who: Any = None, notes: Notes | None = None, **config: Any) -> dict[str, Any]:
    rows, sections = who or people()
    made = collection(houses(), streets() if ways is None else ways, rows, sections, BOUNDARY, layers, CollectionConfig(**config), TOWN, notes or Notes())
    for name, spec in Collection.layers.items():
        check_table(made[name], spec, EPSG, name)
    return made


BINS = ((200.0, -20.0, {"amenity": "recycling", "recycling:glass": "yes", "@id": "node/7"}), (1500.0, 30.0, {"amenity": "recycling", "recycling_type": "centre", "recycling:glass": "yes", "name": "Ecocentro"}),
        (900.0, 0.0, {"amenity": "recycling", "recycling:clothes": "yes"}), (10.0, 5.0, {"amenity": "bench"}))  # fmt: skip


def test_ways_and_sums_by_hand(tmp_path: Path) -> None:
    notes = Notes()
    made = run(layer(tmp_path, *BINS), notes=notes)
    street = made["access"].query("kind == 'street'").set_index("building_id")
    # Ten metres to the street, 25 m along it less the bin's place, twenty to the bin.
    assert street.loc["b00", "distance_m"] == pytest.approx(10 + 175 + 20) and street.loc["b00", "point_id"] == "n7"
    assert street.loc["b09", "distance_m"] == pytest.approx(10 + 275 + 20) and not street.loc["b09", "reached"]
    # 300 - 30 m along the street from 200 m: up to 470 m, nine houses (25 ... 425) of 40, five people each.
    town = made["zones"].query("zone_kind == 'town' and kind == 'street'").iloc[0]
    assert street["reached"].sum() == 9 and town["reached_share"] == pytest.approx(9 / 40) and town["out_of_reach"] == pytest.approx(155.0)
    west = made["zones"].query("zone_id == 'w' and kind == 'street'").iloc[0]
    assert west["out_of_reach"] == pytest.approx(55.0) and west.geometry.area > 0 and made["zones"]["withheld"].sum() == 0
    # A centre is reached within 2 km, and is no container; a box for clothes is none either.
    assert made["access"].query("kind == 'centre'")["reached"].all() and notes.counts["points: street"] == 1 and notes.counts["left out: no collection point"] == 1
    assert "battery, oil" in next(a for a in notes.assumptions if a.startswith("No point of kind"))
    assert not [c for c in made["access"].columns if "resident" in c]


def test_candidate_places_bring_most_people_within_reach(tmp_path: Path) -> None:
    """A corner serves 290 m to each side, twelve houses. Out of reach are those from 475 to 1,975 m.

    At 800 m 525 to 1,075 are served, at 1,400 m 1,125 to 1,675, at 1,700 m the six left there; the one at 475 m is too few for a place.
    """
    made = run(layer(tmp_path, BINS[0]), new_points=4)
    places = made["places"].sort_values("rank")
    assert places["gained"].tolist() == pytest.approx([60.0, 60.0, 30.0]) and places["total_share"].iloc[-1] == pytest.approx(39 / 40)
    assert (places.geometry.x - EAST).tolist()[:2] == [800.0, 1400.0] and places["gained_share"].sum() == pytest.approx(150 / 155)
    first = places.iloc[0]
    again = run(layer(tmp_path, BINS[0], (first.geometry.x - EAST, first.geometry.y - NORTH, BINS[0][2] | {"@id": "node/8"})))
    now, before = (m["zones"].query("zone_kind == 'town'").iloc[0] for m in (again, made))
    assert before["out_of_reach"] - now["out_of_reach"] == pytest.approx(first["gained"])
    assert len(run(layer(tmp_path, BINS[0]), new_points=0)["places"]) == 0


def test_parts_of_a_few_homes_are_withheld(tmp_path: Path) -> None:
    """All of the west but one house reach a bin in 530 m: the one would be told by the sum of its section, and by the town's less the others."""
    made = run(layer(tmp_path, (470.0, 0.0, BINS[0][2])), street_reach_m=510.0)
    sections = made["zones"].query("zone_kind == 'section'").set_index("zone_id")
    assert made["access"].query("building_id < 'b20'")["reached"].sum() == 19
    assert sections["withheld"].all() and sections["out_of_reach"].isna().all()
    assert made["zones"].query("zone_kind == 'town'")["out_of_reach"].iloc[0] == pytest.approx(105.0)


def test_a_register_with_kinds_in_italian(tmp_path: Path) -> None:
    rows = ((200.0, 0.0, {"tipo": "Contenitori stradali; pile", "nome": "Piazza"}), (300.0, 0.0, {"tipo": "Ecocentro", "nome": None}))
    made = run(layer(tmp_path, *rows, kind="vector", fields={"kind": "tipo", "name": "nome"}))
    assert sorted(made["points"]["kind"]) == ["battery", "centre", "street"]
    with pytest.raises(InputError, match=r"kinds astronave are not in the legend collection_kind"):
        run(layer(tmp_path, (1.0, 0.0, {"tipo": "astronave"}), kind="vector", fields={"kind": "tipo"}))
    with pytest.raises(InputError, match="no field kind"):
        run(layer(tmp_path, *rows, kind="vector"))
    with pytest.raises(ConfigError, match="kind sections"):
        run(layer(tmp_path, *rows, kind="sections"))


def test_without_streets_or_people(tmp_path: Path) -> None:
    made = run(layer(tmp_path, *BINS), ways=streets().assign(walkable=False))
    assert made["access"]["distance_m"].isna().all() and not made["access"]["reached"].any() and len(made["places"]) == 0
    rows, sections = people(0.0)
    made = run(layer(tmp_path, *BINS), who=(rows, sections))
    assert made["zones"]["reached_share"].isna().all() and len(made["places"]) == 0 and made["access"]["reached"].any()
