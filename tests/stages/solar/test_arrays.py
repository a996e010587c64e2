"""The stage `arrays`: which planes get modules, where they lie, what they add up to, and why the others get none."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.compute import on
from pipeline.config.solar import ArraysConfig, ObstaclesConfig, RoofsConfig
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Arrays
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.errors import ConfigError, ContractError
from pipeline.io import rasters
from pipeline.stages.solar.arrays import arrays
from pipeline.stages.solar.obstacles import obstacles
from pipeline.stages.solar.roofs import roofs
from tests.reference.scene import weather_of
from tests.reference.solar import typical_year

GRID = Grid(760_000.0, 4_471_000.0, 1.0, 120, 200, 25833)
TOWN = Town(name="Carmiano", epsg=25833)
Made = tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]  # roofs, obstacles


@lru_cache
def weather(latitude: float = 40.35) -> pd.DataFrame:
    return weather_of(typical_year(latitude, 18.05))


def box(col: float, row: float, wide: float, deep: float) -> shapely.Geometry:
    return shapely.box(GRID.west + col, GRID.north - row - deep, GRID.west + col + wide, GRID.north - row)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A gable of 10 x 12 m at 30 degrees, a flat roof of 12 x 10 m with a tank, a small flat one, and one with a parapet."""
    shapes = {"gable": box(10, 10, 10, 12), "flat": box(40, 10, 12, 10), "small": box(70, 10, 4, 3), "walled": box(100, 10, 12, 10)}
    row, _ = np.mgrid[: GRID.rows, : GRID.cols]
    z = np.full(GRID.shape, 20.0)
    z[10:22, 10:20] = (30.0 - np.abs(row + 0.5 - 16.0) * np.tan(np.radians(30.0)))[10:22, 10:20]
    z[10:20, 40:52] = 27.0
    z[14, 45] = 28.5
    z[10:13, 70:74] = 24.0
    z[10:20, 100:112] = 27.7
    z[11:19, 101:111] = 27.0
    path = tmp_path_factory.mktemp("arrays") / "surface.tif"
    ground = np.full(GRID.shape, 20.0)
    rasters.write(path, Surface, RasterBlocks(GRID, iter([(Window(0, 0, *GRID.shape), np.stack([ground, z, z - ground]))])))
    surface = rasters.open_raster(path)
    buildings = gpd.GeoDataFrame({"building_id": sorted(shapes)}, geometry=[shapes[k] for k in sorted(shapes)], crs=GRID.epsg)
    table = roofs(buildings, surface, RoofsConfig(), on("threads"), Notes()).whole()
    return table, obstacles(table, buildings, surface, ObstaclesConfig(), on("threads"), Notes()).whole()


def sunny(table: gpd.GeoDataFrame, shaded: str = "") -> pd.DataFrame:
    """Irradiation of every plane, one of them in the shade."""
    rows = table[table["kind"] != "none"]
    return pd.DataFrame({"roof_id": rows["roof_id"], "poa_unshaded_kwh_m2": 1800.0, "poa_kwh_m2": np.where(rows["roof_id"] == shaded, 900.0, 1700.0)})


SOUTH: dict[str, Any] = {"racks": ("S10",), "rack_gcr": 0.8, "rack_align": "equator"}


def lay(made: Made, notes: Notes | None = None, shaded: str = "", **changes: Any) -> gpd.GeoDataFrame:
    table, things = made
    return arrays(table, sunny(table, shaded), things, weather(), ArraysConfig(**changes), TOWN, on("threads"), notes or Notes()).whole()


def test_counts_by_hand(made: Made) -> None:
    got = lay(made, **SOUTH).set_index("roof_id")
    # Each side of the gable: 10 x 6 m in plan, 0.3 m free all round: 9.4 x 5.4 m, 6.235 m up the slope.
    # Portrait 8 x 3 = 24; landscape 5 x 5 = 25 (5 x 1.13 + 4 x 0.02 = 5.73 <= 6.235).
    assert got.loc[["gable-1", "gable-2"], "modules"].to_list() == [25, 25]
    assert got.loc["gable-1", "surface_tilt"] == pytest.approx(30.0, abs=0.01)
    assert (got.loc[["gable-1", "gable-2"], "mounting"] == "coplanar").all() and (got.loc[["gable-1", "gable-2"], "row_shading"] == 0.0).all()
    assert got.loc[["gable-1", "gable-2"], "gcr"].isna().all() and not got.loc["gable-1", "portrait"]
    assert got.loc["gable-1", "usable_m2"] == pytest.approx(9.4 * 5.4)
    # The walled roof: 12 x 10 less 0.3 wall and 0.3 setback on each side: 10.8 x 8.8 m. Landscape 6 x (1 + floor((8.8 - 1.113) / 1.4125)) = 36.
    assert got.loc["walled-1", "modules"] == 36 and got.loc["walled-1", "usable_m2"] == pytest.approx(10.8 * 8.8)
    rack = got.loc["flat-1"]
    assert rack["mounting"] == "rack" and rack["surface_tilt"] == 10.0 and rack["surface_azimuth"] == 180.0
    assert 0.001 < rack["row_shading"] < 0.03 and rack["gcr"] == pytest.approx(0.8)
    assert got["kwp"].to_numpy() == pytest.approx(got["modules"].to_numpy() * 0.44)
    assert got["module_area_m2"].to_numpy() == pytest.approx(got["modules"].to_numpy() * 1.13 * 1.76)


def test_modules_keep_clear_of_edges_and_obstacles(made: Made) -> None:
    table, _ = made
    got = lay(made).dissolve("roof_id")
    outline = table.set_index("roof_id").geometry
    for roof_id in ("gable-1", "gable-2", "flat-1"):
        assert shapely.covers(shapely.buffer(outline[roof_id], -0.3 + 1e-6, join_style="mitre"), got.geometry[roof_id])
    assert shapely.distance(got.geometry["flat-1"], box(45, 14, 1, 1)) >= 0.3 - 1e-6
    assert shapely.within(got.geometry["walled-1"], box(100.6 - 1e-6, 10.6 - 1e-6, 10.8 + 2e-6, 8.8 + 2e-6))


def test_a_chimney_of_two_cells_costs_its_modules(made: Made) -> None:
    table, things = made
    bare = lay((table, things.iloc[:0])).groupby("roof_id")["modules"].sum()
    assert lay(made).groupby("roof_id")["modules"].sum()["flat-1"] < bare["flat-1"]
    chimney = gpd.GeoDataFrame(
        {"obstacle_id": ["gable-1-o1"], "roof_id": ["gable-1"], "building_id": ["gable"], "kind": ["object"], "height_m": [1.0], "area_m2": [2.0]},
        geometry=[box(14, 11, 2, 1) if table.set_index("roof_id").geometry["gable-1"].intersects(box(14, 11, 2, 1)) else box(14, 20, 2, 1)], crs=GRID.epsg,
    )  # fmt: skip
    # 2 x 1 m and 0.3 m around it, 2.6 x 1.6 m in plan: in two of the five rows of 5 it leaves room for 3 (9.4 - 2.6 = 3.4 + 3.4 m: 1 + 1) or moves them.
    with_it = lay((table, chimney)).groupby("roof_id")["modules"].sum()
    assert with_it["gable-2"] == 25 and 18 <= with_it["gable-1"] <= 22


def test_the_table_keeps_its_contract(made: Made) -> None:
    check_table(lay(made), Arrays, GRID.epsg, "arrays")
    check_table(lay(made, racks=("EW10",)), Arrays, GRID.epsg, "arrays")


def test_every_plane_stands_here_once(made: Made) -> None:
    notes = Notes()
    table, _ = made
    got = lay(made, notes, shaded="gable-1", min_modules=12)
    assert set(got["roof_id"]) == set(table["roof_id"])
    bare, built = got[got["modules"] == 0], got[got["modules"] > 0]
    assert bare["reason"].notna().all() and bare.geometry.isna().all() and (bare["array_id"] == bare["roof_id"] + "-0").all() and bare["roof_id"].is_unique
    assert built["reason"].isna().all() and not set(bare["roof_id"]) & set(built["roof_id"]) and built["array_id"].is_unique
    why = bare.set_index("roof_id")
    assert why["reason"].to_dict() == {"gable-1": "shaded", "small-1": "no_room"}
    assert why.loc["gable-1", "poa_share"] == pytest.approx(0.5) and why.loc["small-1", "usable_m2"] == pytest.approx(3.4 * 2.4)
    assert notes.counts["no array: shaded"] == 1 and notes.counts["no array: no_room"] == 1
    assert notes.counts["modules"] == got["modules"].sum() and notes.counts["arrays"] == len(built)


def test_a_roofs_own_reason_comes_first(made: Made) -> None:
    table, things = made
    vault = table.assign(reason=np.where(table["roof_id"] == "flat-1", "vault", table["reason"]))
    got = arrays(vault, sunny(vault, "flat-1"), things, weather(), ArraysConfig(), TOWN, on("threads"), Notes()).whole().set_index("roof_id")
    assert got.loc["flat-1", "reason"] == "vault" and np.isnan(got.loc["flat-1", "usable_m2"])


def test_a_plane_without_irradiation_is_refused(made: Made) -> None:
    table, things = made
    with pytest.raises(ContractError, match="gable-1"):
        arrays(table, sunny(table).query("roof_id != 'gable-1'"), things, weather(), ArraysConfig(), TOWN, on("threads"), Notes()).whole()


def test_east_west_is_two_arrays_back_to_back(made: Made) -> None:
    got = lay(made, racks=("EW10",)).set_index("array_id")
    east, west = got.loc["walled-1-a"], got.loc["walled-1-b"]
    assert east["mounting"] == west["mounting"] == "east_west" and east["modules"] == west["modules"] > 10
    assert east["surface_azimuth"] == pytest.approx(90.0, abs=0.5) and west["surface_azimuth"] == pytest.approx(270.0, abs=0.5)
    assert east["surface_tilt"] == 10.0 and 0.4 < east["gcr"] < 0.5
    assert east.geometry.distance(west.geometry) == pytest.approx(0.02, abs=1e-6) and east.geometry.intersection(west.geometry).area == 0.0
    assert len(east.geometry.geoms) == east["modules"]


def test_more_kinds_of_racks_never_give_less(made: Made) -> None:
    one = lay(made, racks=("S10",), rack_slack_share=0.0).groupby("roof_id")["kwp"].sum()
    all_of_them = lay(made, rack_slack_share=0.0)
    kwh = all_of_them.groupby("roof_id")["kwp"].sum()
    assert kwh["walled-1"] >= 0.9 * one["walled-1"]
    few = lay(made, rack_slack_share=0.2)["modules"].sum()
    assert few <= all_of_them["modules"].sum()


def test_racks_turn_with_the_roof(made: Made) -> None:
    table, _ = made
    turned = table.set_geometry([shapely.affinity.rotate(g, -20.0, origin="centroid") for g in table.geometry])
    free = gpd.GeoDataFrame({c: [] for c in ("obstacle_id", "roof_id", "building_id", "kind", "height_m", "area_m2")}, geometry=[], crs=GRID.epsg)
    got = lay((turned, free), racks=("S10",), rack_align="roof").set_index("roof_id")
    straight = lay((table, free), racks=("S10",), rack_align="roof").set_index("roof_id")
    assert got.loc["walled-1", "surface_azimuth"] == pytest.approx(200.0, abs=0.1) and straight.loc["walled-1", "surface_azimuth"] == pytest.approx(180.0, abs=0.1)
    assert got.loc["walled-1", "modules"] == straight.loc["walled-1", "modules"]
    fixed = lay((turned, free), racks=("S10",), rack_align="equator", rack_azimuth_deg=170.0).set_index("roof_id")
    assert fixed.loc["walled-1", "surface_azimuth"] == 170.0


def test_racks_face_the_equator(made: Made) -> None:
    table, things = made
    shift = 6_300_000.0 - GRID.north
    south = [t.set_geometry(t.geometry.translate(0, shift)).set_crs(32735, allow_override=True) for t in (table, things)]
    got = arrays(south[0], sunny(south[0]), south[1], weather(-33.4), ArraysConfig(**SOUTH), Town(name="South", epsg=32735), on("threads"), Notes()).whole().set_index("roof_id")
    north = lay(made, **SOUTH).set_index("roof_id")
    assert got.loc["flat-1", "surface_azimuth"] == 0.0
    assert got["modules"].to_dict() == pytest.approx(north["modules"].to_dict(), abs=2)


def test_value_needs_prices_that_can_be_repaid(made: Made) -> None:
    with pytest.raises(ValueError, match="rack_cost_eur_kwp and rack_value_eur_kwh go together"):
        ArraysConfig(rack_choice="value", rack_cost_eur_kwp=1500.0)
    with pytest.raises(ConfigError, match=r"a kWp must give 4000 kWh a year to repay, the best rack gives \d+"):
        lay(made, rack_choice="value", rack_cost_eur_kwp=2000.0, rack_value_eur_kwh=0.5)
    dear = lay(made, rack_choice="value", rack_cost_eur_kwp=1500.0, rack_value_eur_kwh=1.5)
    assert dear["modules"].sum() <= lay(made, rack_slack_share=0.0)["modules"].sum()


def test_value_takes_its_prices_from_the_dated_tables(made: Made) -> None:
    """The dearer a kWp, the looser and steeper the racks: fewer modules, more from each."""
    notes, dearer = Notes(), Notes()
    energy = lay(made, rack_slack_share=0.0).set_index("array_id")
    value = lay(made, notes, rack_choice="value").set_index("array_id")
    sold = lay(made, dearer, rack_choice="value", rack_self_consumed_share=0.1).set_index("array_id")
    assert 500 < notes.figures["rack_break_even_kwh_kwp"] < dearer.figures["rack_break_even_kwh_kwp"] < 1300
    assert any("dated tables on 2026-11" in a for a in notes.assumptions)
    flat = energy.index[energy["mounting"].isin(("rack", "east_west"))]
    assert len(flat) and (value.loc[value["mounting"] == "coplanar", "modules"] == energy.loc[energy["mounting"] == "coplanar", "modules"]).all()
    taken = [t.loc[t["mounting"].isin(("rack", "east_west")), "modules"].sum() for t in (energy, value, sold)]
    assert taken[0] > taken[1] >= taken[2] > 0
    steep = [np.average(t.loc[t["mounting"] == "rack", "surface_tilt"], weights=t.loc[t["mounting"] == "rack", "modules"]) for t in (value, sold)]
    assert steep[0] <= steep[1]
    # Prices of town.yaml that repay at the same yield give the same roofs.
    same = lay(made, rack_choice="value", rack_cost_eur_kwp=notes.figures["rack_break_even_kwh_kwp"], rack_value_eur_kwh=1.0).set_index("array_id")
    pd.testing.assert_frame_equal(same.drop(columns="geometry"), value.drop(columns="geometry"))


def test_a_bigger_setback_never_adds_modules(made: Made) -> None:
    totals = [lay(made, setback_m=s, **SOUTH)["modules"].sum() for s in (0.0, 0.3, 0.6, 1.2, 3.0)]
    assert totals == sorted(totals, reverse=True) and totals[0] > totals[-1]


def test_no_plane_gives_an_empty_table(made: Made) -> None:
    table, things = made
    nothing = table[table["kind"] == "none"]
    got = arrays(nothing, sunny(nothing), things, weather(), ArraysConfig(), TOWN, on("threads"), Notes()).whole()
    assert len(got) == 0 and list(got.columns) == [*Arrays.columns(), "geometry"]
