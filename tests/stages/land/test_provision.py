"""People-weighted figures of sections and town: sums by hand, small numbers withheld, no figure of a single building."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.config.land import ProvisionConfig
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.land import PROVISION, Access, Provision
from pipeline.contracts.notes import Notes
from pipeline.stages.land.provision import provision

EAST, NORTH, EPSG = 759_000.0, 4_470_000.0, 25833
TOWN = Town(name="X", epsg=EPSG)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def reached(rows: list[tuple[int, float, float, float]], supply: float | None = 4.0, on_network: str = "yes") -> pd.DataFrame:
    """Trees, canopy, straight line and way of each building (LAND G3)."""
    table = pd.DataFrame(dict.fromkeys(Access.columns(), np.nan), index=range(len(rows)))
    trees, canopy, linear, network = zip(*rows, strict=True)
    table["building_id"] = [f"b{k}" for k in range(len(rows))]
    table["on_network"] = on_network
    table["trees_15m"] = table["trees_25m"] = table["trees_50m"] = pd.array(trees, dtype="Int64")
    table["canopy_share"], table["green_linear_m"], table["green_network_m"] = canopy, linear, network
    table["open_linear_m"], table["open_network_m"] = np.array(linear) / 2, np.array(network) / 2
    table["green_m2_per_person"] = np.nan if supply is None else supply
    return table.astype({"green_id": object})


WORKED = reached([(4, 0.34, 250, 260), (3, 0.31, 290, 340), (1, 0.12, 180, 260), (5, 0.28, 310, 450), (0, 0.05, 700, 900)])


def lived(people: list[float], sections: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"building_id": [f"b{k}" for k in range(len(people))], "section_id": sections, "residents": people, "method": "volume"})


def zones(**people: int) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"section_id": list(people), "residents": list(people.values())}, geometry=[box(100 * k, 0, 100 * k + 100, 100) for k in range(len(people))], crs=EPSG)


BUILDINGS = gpd.GeoDataFrame({"building_id": [f"b{k}" for k in range(5)]}, geometry=[box(60 * k, 0, 60 * k + 10, 10) for k in range(5)], crs=EPSG)
BOUNDARY = gpd.GeoDataFrame({"town_id": ["075014"]}, geometry=[box(0, 0, 1000, 1000)], crs=EPSG)
PEOPLE = lived([10, 200, 30, 60, 100], ["s"] * 5)


def run(access: pd.DataFrame = WORKED, occupancy: pd.DataFrame = PEOPLE, residents: Any = None, notes: Notes | None = None, **other: Any) -> pd.DataFrame:
    given = {"buildings": BUILDINGS, "green": None, "greenspaces": None, "parcels": None, "boundary": BOUNDARY} | other
    config = given.pop("config", ProvisionConfig(draws=100))
    made = provision(access, occupancy, zones(s=400) if residents is None else residents, **given, config=config, town=TOWN, notes=notes if notes is not None else Notes())
    check_table(made, Provision, EPSG, "provision")
    return made.set_index(["zone_kind", "zone_id", "measure", "setting"])


def test_the_rule_of_the_worked_example_by_zone() -> None:
    """LAND G3 through the stage: 21 times as many people by the straight line as on foot."""
    made = run().loc[("town", "075014")]
    assert made.loc[("near_green", "distance=linear green=0.5ha"), "value"] == pytest.approx(0.60)
    assert made.loc[("near_green", "distance=network green=0.5ha"), "value"] == pytest.approx(0.10)
    assert made.loc[("rule_3_30_300", "trees=25m canopy=circle distance=linear green=0.5ha"), "value"] == pytest.approx(0.525)
    row = made.loc[("rule_3_30_300", "trees=25m canopy=circle distance=network green=0.5ha")]
    assert (row["value"], row["of_buildings"], row["residents"], row["buildings"], row["headline"]) == (pytest.approx(0.025), pytest.approx(0.2), 400.0, 5, True)
    assert made.loc[("near_open", "distance=network within=400m"), "value"] == pytest.approx(300 / 400)
    assert made.loc[("green_way", "green=0.5ha"), "value"] == 340.0
    assert set(made.index.get_level_values(0)) < set(PROVISION)


def test_one_headline_for_each_measure_and_zone() -> None:
    made = run().reset_index()
    first = made[made["headline"]].groupby(["zone_kind", "zone_id", "measure"]).size()
    assert (first == 1).all() and set(made["measure"]) == set(first.reset_index()["measure"])
    linear = run(config=ProvisionConfig(draws=100, distance="linear", tree_radius_m=50)).reset_index()
    shown = set(linear.loc[linear["headline"], "setting"])
    assert "trees=50m canopy=circle distance=linear green=0.5ha" in shown and "trees=25m" not in shown


def test_the_town_is_the_weighted_mean_of_its_sections() -> None:
    rng = np.random.default_rng(2)
    n = 120
    rows = [(int(t), float(c), float(d), float(d * 1.3)) for t, c, d in zip(rng.integers(0, 7, n), rng.uniform(0, 0.6, n), rng.uniform(50, 700, n), strict=True)]
    access = reached(rows).assign(green_m2_per_person=rng.gamma(2, 3, n))
    occupancy = lived(rng.uniform(0, 30, n).tolist(), [f"s{k % 3}" for k in range(n)])
    made = run(access, occupancy, zones(s0=600, s1=600, s2=600)).reset_index()
    shares = made[made["measure"].isin(("near_green", "near_open", "three_trees", "thirty_canopy", "rule_3_30_300", "no_way", "green_supply", "low_supply"))]
    parts = shares[shares["zone_kind"] == "section"].assign(held=lambda t: t["value"] * t["residents"]).groupby(["measure", "setting"])[["held", "residents"]].sum()
    whole = shares[shares["zone_kind"] == "town"].set_index(["measure", "setting"])["value"]
    pd.testing.assert_series_equal((parts["held"] / parts["residents"]).sort_index(), whole.sort_index(), check_names=False)
    interval = made[made["measure"].isin(("green_supply", "supply_gini", "low_supply"))]
    assert ((interval["low"] <= interval["value"]) & (interval["value"] <= interval["high"])).all()


def test_small_zones_and_those_that_would_give_them_away() -> None:
    notes = Notes()
    access = reached([(4, 0.34, 250, 260)] * 12)
    occupancy = lived([2, 2, 2] + [8] * 4 + [20] * 4 + [0], ["few"] * 3 + ["some"] * 4 + ["many"] * 4 + ["none"])
    made = run(access, occupancy, zones(few=6, many=80, none=0, some=32), notes)
    for zone, held in (("few", True), ("some", True), ("many", False), ("none", False)):
        rows = made.loc[("section", zone)]
        assert rows["withheld"].eq(held).all() and rows["value"].isna().all() == (held or zone == "none"), zone
        assert not held or rows[["low", "high", "of_buildings"]].isna().all(axis=None)
    assert not made.loc[("town", "075014"), "withheld"].any()
    assert notes.counts["sections withheld"] == 2 and notes.counts["sections without residents: no figures"] == 1


def test_nobody_at_all() -> None:
    notes = Notes()
    made = run(occupancy=lived([0] * 5, ["s"] * 5), residents=zones(s=0), notes=notes)
    assert made["value"].isna().all() and not made["withheld"].any()
    assert any("No residents" in w for w in notes.warnings)


def test_without_streets_trees_or_canopy_their_settings_are_left_out() -> None:
    bare = reached([(0, np.nan, 250, np.nan)] * 5, supply=None, on_network="no_streets")
    for c in ("trees_15m", "trees_25m", "trees_50m"):
        bare[c] = pd.array([pd.NA] * 5, dtype="Int64")
    made = run(bare).reset_index()
    assert set(made["measure"]) == {"near_green", "near_open"}
    assert not made["setting"].str.contains("network").any()
    no_green = reached([(4, 0.34, np.nan, np.nan)] * 5)
    assert (run(no_green).xs("near_green", level="measure")["value"] == 0.0).all()
    assert run(no_green).xs("no_way", level="measure")["value"].eq(1.0).all()


def test_canopy_of_the_section() -> None:
    green = pd.DataFrame({"zone_kind": ["section", "town"], "zone_id": ["s", "075014"], "canopy_share": [0.35, 0.1]})
    made = run(green=green).loc[("town", "075014")]
    assert made.loc[("thirty_canopy", "canopy=section"), "value"] == 1.0
    assert made.loc[("thirty_canopy", "canopy=circle"), "value"] == pytest.approx(0.525)


def test_the_standard_and_the_open_space() -> None:
    notes = Notes()
    green = gpd.GeoDataFrame(
        {"greens_id": ["a", "b", "c", "d", "e"], "kind": ["park", "playground", "sport", "nature", "square"], "public": [True, True, False, True, True]},
        geometry=[box(0, 200, 40, 250), box(10, 210, 20, 220), box(100, 200, 150, 250), box(200, 200, 300, 300), box(-50, 0, 20, 10)], crs=EPSG,
    )  # fmt: skip
    parcels = gpd.GeoDataFrame({"parcel_id": ["r", "p"], "kind": ["road", "parcel"]}, geometry=[box(10, 0, 30, 10), box(30, 0, 60, 10)], crs=EPSG)
    made = run(greenspaces=green, parcels=parcels, notes=notes, config=ProvisionConfig(draws=100, built_gap_m=60.0)).loc[("town", "075014")]
    # The playground lies in the park, the closed pitch and the wood do not count.
    assert made.loc[("standard_per_head", "standard=9m2"), "value"] == pytest.approx(2000 / 400)
    assert made.loc[("standard_missing", "standard=9m2"), "value"] == pytest.approx(9 * 400 - 2000)
    assert notes.figures["standard_not_public_m2"] == pytest.approx(2500.0)
    # Of the square 20 x 10 m lie in the town; of the road 10 x 10 are not square already.
    assert notes.figures["streets_in_built_up_ha"] * 1e4 == pytest.approx(100.0)
    value = made.loc[("open_space", "gap=60m"), "value"]
    assert value == pytest.approx((notes.figures["open_in_built_up_ha"] + notes.figures["streets_in_built_up_ha"]) / notes.figures["built_up_ha"])
    assert not run().reset_index()["measure"].str.startswith(("standard", "open_space")).any()


def test_nothing_of_a_single_building_leaves() -> None:
    assert "building_id" not in Provision.columns()
    assert not any("resident" in name or "people" in name for name in Access.columns())
