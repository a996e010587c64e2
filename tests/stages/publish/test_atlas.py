"""The atlas: totals reconcile, yields are shared and conserved, every building without modules says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.publish import Atlas
from pipeline.contracts.sources import Landcover
from pipeline.contracts.spec import MONTHS, Raster
from pipeline.core.grid import Grid
from pipeline.core.solar.uncertainty import P90_SIGMAS, Sigmas, p90, p90_of_sum
from pipeline.joins.land import ACCESS
from pipeline.joins.production import sigmas_in
from pipeline.stages.publish.atlas import atlas

EPSG = 25833
TOWN = Town(name="Carmiano", epsg=EPSG)
NAMES = ("boundary", "buildings", "parcels", "residents", "landcover", "streets", "roofs", "irradiation", "horizon", "obstacles", "arrays", "solar", "finance", "installed", "installed",
         "sealing", "green", "plots", "desealing", "planting", "access", "provision", "consumed", "restoration", "patches")


def frame(columns: dict[str, Any], geometry: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(columns, geometry=geometry, crs=f"EPSG:{EPSG}")
    table["area_m2"] = table.area
    return table


def run(notes: Notes | None = None, **tables: Any) -> dict[str, gpd.GeoDataFrame]:
    layers = dict(atlas(**{n: tables.get(n) for n in NAMES}, town=TOWN, notes=notes or Notes()).parts)
    assert list(layers) == list(Atlas.layers)
    for name, spec in Atlas.layers.items():
        check_table(layers[name], spec, EPSG, name)
    return layers


@pytest.fixture
def boundary() -> gpd.GeoDataFrame:
    return frame({"town_id": ["075014"], "name": ["Carmiano"]}, [shapely.box(0, 0, 100, 60)])


@pytest.fixture
def parcels() -> gpd.GeoDataFrame:
    """p1 and p2 side by side, a road and a water strip below them."""
    shapes = [shapely.box(0, 20, 50, 60), shapely.box(50, 20, 100, 60), shapely.box(0, 10, 100, 20), shapely.box(0, 0, 100, 10)]
    ids = ["p1", "p2", "r1", "w1"]
    return frame({"parcel_id": ids, "section": "_", "sheet": "1", "number": ids, "kind": ["parcel", "parcel", "road", "water"]}, shapes)


@pytest.fixture
def buildings() -> gpd.GeoDataFrame:
    """b1 on p1; b2 three quarters on p1, one on p2; b3 on p2 and in the water; b4 and b5 without arrays; b6 beyond all parcels."""
    shapes = [
        shapely.box(5, 30, 15, 40), shapely.box(44, 50, 52, 55), shapely.box(60, 5, 70, 25),
        shapely.box(20, 30, 25, 35), shapely.box(30, 30, 35, 35), shapely.box(200, 200, 210, 210),
    ]  # fmt: skip
    ids = [f"b{i}" for i in range(1, 7)]
    return frame({"building_id": ids, "parcel_id": ["p1", "p1", "p2", "p1", "p1", None], "height_m": 6.0, "height_basis": "surface", "use": None}, shapes)


ROOFS = [
    # roof_id, building_id, area, kind, reason, poa unshaded, poa
    ("b1-1", "b1", 60.0, "pitched", None, 1800.0, 1700.0),
    ("b1-2", "b1", 50.0, "pitched", None, 1200.0, 1000.0),
    ("b2-1", "b2", 40.0, "flat", None, 1700.0, 1650.0),
    ("b3-1", "b3", 200.0, "flat", None, 1700.0, 1690.0),
    ("b4-1", "b4", 5.0, "pitched", "too_small", 1500.0, 1400.0),
    ("b4-2", "b4", 20.0, "pitched", None, 1500.0, 1079.0),
    ("b5-1", "b5", 25.0, "none", "no_surface", None, None),
    ("b6-1", "b6", 30.0, "flat", None, 1700.0, 1690.0),
    ("b6-2", "b6", 40.0, "flat", None, 1700.0, 1600.0),
]


@pytest.fixture
def sun(buildings: gpd.GeoDataFrame) -> dict[str, Any]:
    """Roofs, irradiation, horizon, arrays and yields; b1 has two arrays."""
    columns = ["roof_id", "building_id", "area_m2", "kind", "reason", "unshaded", "poa"]
    rows = pd.DataFrame(ROOFS, columns=columns).astype({"unshaded": "float64", "poa": "float64"})
    at = buildings.set_index("building_id").geometry
    roofs = gpd.GeoDataFrame(rows[columns[:5]], geometry=[at[b] for b in rows["building_id"]], crs=f"EPSG:{EPSG}")
    roofs["surface_tilt"], roofs["surface_azimuth"] = 15.0, 180.0
    seen = rows[rows["kind"] != "none"]
    irradiation = pd.DataFrame({"roof_id": seen["roof_id"], "poa_unshaded_kwh_m2": seen["unshaded"], "poa_kwh_m2": seen["poa"]})
    horizon = pd.DataFrame({"roof_id": seen["roof_id"], "sky_view": 0.9})
    panels = pd.DataFrame(
        {
            "array_id": ["b1-1-a", "b1-2-a", "b2-1-a", "b3-1-a"], "roof_id": ["b1-1", "b1-2", "b2-1", "b3-1"],
            "building_id": ["b1", "b1", "b2", "b3"], "modules": [10, 5, 8, 40], "kwp": [4.4, 2.2, 3.52, 17.6],
            "module_area_m2": [20.0, 10.0, 16.0, 80.0], "surface_tilt": 15.0, "surface_azimuth": 180.0, "mounting": "coplanar", "row_shading": 0.0,
        }
    )  # fmt: skip
    bare = pd.DataFrame(
        [("b4-1", "b4", "too_small"), ("b4-2", "b4", "shaded"), ("b5-1", "b5", "no_surface"), ("b6-1", "b6", "no_room"), ("b6-2", "b6", "no_room")],
        columns=["roof_id", "building_id", "reason"],
    )
    bare = bare.assign(array_id=bare["roof_id"] + "-0", modules=0, kwp=0.0, module_area_m2=0.0, row_shading=0.0)
    both = pd.concat([panels.assign(reason=None), bare], ignore_index=True).assign(usable_m2=12.0)
    shapes = [at[b] if n else None for b, n in zip(both["building_id"], both["modules"], strict=True)]
    arrays = gpd.GeoDataFrame(both, geometry=shapes, crs=f"EPSG:{EPSG}")
    poa = rows.set_index("roof_id").loc[panels["roof_id"]]
    solar = pd.DataFrame({"array_id": panels["array_id"], "roof_id": panels["roof_id"], "building_id": panels["building_id"]})
    solar["poa_unshaded_kwh_m2"], solar["poa_kwh_m2"] = poa["unshaded"].to_numpy(), poa["poa"].to_numpy()
    solar["kwh_year"] = [6600.1, 2000.7, 5200.3, 26400.9]
    for k, name in enumerate(Sigmas._fields):
        solar[f"sigma_{name}"] = [0.02 + 0.01 * k, 0.03 + 0.01 * k, 0.04, 0.05]
    solar["kwh_year_p90"] = p90(solar["kwh_year"].to_numpy(), sigmas_in(solar))
    for month in MONTHS:
        solar[f"kwh_{month}"] = solar["kwh_year"] / 12
    return {"roofs": roofs, "irradiation": irradiation, "horizon": horizon, "arrays": arrays, "solar": solar}


@pytest.fixture
def residents() -> gpd.GeoDataFrame:
    return frame({"section_id": ["1", "2"], "residents": [12, 0]}, [shapely.box(0, 0, 50, 60), shapely.box(50, 0, 100, 60)])


@pytest.fixture
def landcover_frame() -> Raster[Landcover]:
    """Only its grid is read: 100 x 120 m."""
    return Raster(Path("landcover.tif"), Grid(0.0, 120.0, 2.0, 60, 50, EPSG), ("cover", "confidence"), "uint8")


def zonal(parcels: gpd.GeoDataFrame, residents: gpd.GeoDataFrame, whole: tuple[str, str, float]) -> dict[str, pd.DataFrame]:
    """Sealing and green with figures that name their zone by being multiples of its area."""
    keys = [(k, i, a) for k, i, a in zip(parcels["kind"], parcels["parcel_id"], parcels["area_m2"], strict=True)]
    keys += [("section", i, a) for i, a in zip(residents["section_id"], residents["area_m2"], strict=True)] + [whole]
    base = pd.DataFrame(sorted(keys), columns=["zone_kind", "zone_id", "area_m2"])
    area = base["area_m2"]
    sealing = base.assign(covered_m2=area, building_m2=area * 0.1, sealed_m2=area * 0.3, sealed_share=0.3, bare_m2=area * 0.1,
                          green_m2=area * 0.6, tree_m2=area * 0.2, water_m2=0.0)  # fmt: skip
    people = base["zone_id"].map({"1": 12, "2": 0, "075014": 12}).astype("Int64")
    green = base.assign(covered_m2=area, height_known_m2=area, canopy_m2=area * 0.15, canopy_share=0.15, green_m2=area * 0.6, residents=people,
                        green_m2_per_resident=np.where(people.fillna(0) > 0, area * 0.6 / people.astype(float).replace(0, np.nan), np.nan),
                        canopy_m2_per_resident=np.nan)  # fmt: skip
    return {"sealing": sealing, "green": green}


def test_town_totals_are_the_sums_of_the_buildings(
    boundary: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, sun: dict[str, Any]
) -> None:
    layers = run(boundary=boundary, buildings=buildings, parcels=parcels, **sun)
    town, houses = layers["town"].iloc[0], layers["buildings"]
    for name in ("kwp", "kwh_year", "roof_m2"):
        assert town[name] == houses[name].sum()
    assert town["kwh_year"] == pytest.approx(sun["solar"]["kwh_year"].sum(), rel=1e-12)
    assert (town["buildings"], town["buildings_with_arrays"]) == (6, 3)
    assert layers["arrays"]["kwh_year"].sum() == pytest.approx(town["kwh_year"], rel=1e-12)
    assert houses[[f"kwh_{m}" for m in MONTHS]].sum().sum() == pytest.approx(town["kwh_year"], rel=1e-12)


def test_p90_of_a_building_and_of_the_town_is_that_of_the_sum(boundary: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, sun: dict[str, Any]) -> None:
    layers, solar = run(boundary=boundary, buildings=buildings, **sun), sun["solar"]
    houses, kwh, terms = layers["buildings"].set_index("building_id"), solar["kwh_year"].to_numpy(), sigmas_in(solar)
    np.testing.assert_allclose(houses["kwh_year_p90"].loc[["b1", "b2", "b3"]], p90_of_sum(kwh, terms, np.array([0, 0, 1, 2]), 3))
    assert houses.loc["b1", "kwh_year_p90"] > solar["kwh_year_p90"][:2].sum()
    town = layers["town"]["kwh_year_p90"].iloc[0]
    assert town == pytest.approx(p90_of_sum(kwh, terms, np.zeros(4, dtype=np.int64), 1)[0])
    assert town > houses["kwh_year_p90"].sum() > solar["kwh_year_p90"].sum()
    assert houses.loc["b4", "kwh_year_p90"] == 0.0 and np.isnan(houses.loc["b5", "kwh_year_p90"])
    # What a building publishes gives its own P90, and that of any set of buildings within what Minkowski allows.
    made = houses.loc[["b1", "b2", "b3"]]
    own = made["kwh_year"] * (1 - P90_SIGMAS * np.hypot(made["sigma_common"], made["sigma_own"]))
    np.testing.assert_allclose(own, made["kwh_year_p90"])
    off = np.hypot((made["kwh_year"] * made["sigma_common"]).sum(), np.sqrt(((made["kwh_year"] * made["sigma_own"]) ** 2).sum()))
    together = made["kwh_year"].sum() - P90_SIGMAS * off
    assert 0.998 * town < together <= town + 1e-9


def test_yield_of_a_building_on_several_parcels_is_shared_by_area_and_conserved(
    buildings: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, sun: dict[str, Any]
) -> None:
    notes = Notes()
    kwh = run(notes, buildings=buildings, parcels=parcels, **sun)["parcels"].set_index("parcel_id")["kwh_year"]
    # b2 stands 6 of 8 m on p1. b3 stands 5 m on p2, 10 m on the road, 5 m in the water, which takes no part.
    assert kwh["p1"] == pytest.approx(6600.1 + 2000.7 + 5200.3 * 0.75)
    assert kwh["p2"] == pytest.approx(5200.3 * 0.25 + 26400.9 / 3)
    assert kwh["r1"] == pytest.approx(26400.9 * 2 / 3)
    assert kwh["w1"] == 0.0
    assert kwh.sum() == pytest.approx(sun["solar"]["kwh_year"].sum(), rel=1e-12)
    assert notes.counts["buildings on no parcel"] == 1


def test_every_building_without_modules_says_why(buildings: gpd.GeoDataFrame, sun: dict[str, Any]) -> None:
    layers = run(buildings=buildings, **sun)
    houses = layers["buildings"].set_index("building_id")
    assert houses.loc[["b1", "b2", "b3"], "reason"].isna().all()
    # b4: the reason of its largest plane, as the stage arrays gave it.
    assert houses["reason"].loc[["b4", "b5", "b6"]].tolist() == ["shaded", "no_surface", "no_room"]
    assert layers["roofs"].set_index("roof_id")["reason"].loc[["b4-1", "b4-2", "b6-1"]].tolist() == ["too_small", "shaded", "no_room"]


def test_a_plane_tells_what_it_carries(buildings: gpd.GeoDataFrame, sun: dict[str, Any]) -> None:
    layers = run(buildings=buildings, **sun)
    planes = layers["roofs"].set_index("roof_id")
    assert planes["modules"].loc[["b1-1", "b1-2", "b4-2"]].tolist() == [10, 5, 0]
    assert planes["kwp"].sum() == pytest.approx(layers["buildings"]["kwp"].sum())
    assert len(layers["arrays"]) == 4 and (layers["arrays"]["modules"] > 0).all()


def test_the_best_step_of_the_ladder_is_the_buildings_value(buildings: gpd.GeoDataFrame, sun: dict[str, Any]) -> None:
    steps = pd.DataFrame({"building_id": ["b1", "b1", "b2"], "step": [1, 2, 1], "kwp": [3.0, 6.6, 3.5], "npv_eur": [900.0, 1200.0, -50.0], "best": [False, True, True]})
    for name in ("cost_eur", "npv_eur_low", "npv_eur_high", "payback_years", "self_consumed_share", "self_sufficiency", "lcoe_eur_kwh", "co2_kg_year"):
        steps[name] = 0.5
    houses = run(buildings=buildings, finance=steps, **sun)["buildings"].set_index("building_id")
    assert houses.loc["b1", ["best_kwp", "npv_eur"]].tolist() == [6.6, 1200.0]
    assert houses.loc["b2", "npv_eur"] == -50.0 and np.isnan(houses.loc["b3", "npv_eur"])


def test_what_was_not_seen_is_missing_and_not_zero(buildings: gpd.GeoDataFrame, sun: dict[str, Any]) -> None:
    houses = run(buildings=buildings, **sun)["buildings"].set_index("building_id")
    assert houses.loc["b4", ["modules", "kwp", "kwh_year"]].tolist() == [0, 0.0, 0.0]
    assert houses.loc["b5", ["modules", "kwp", "kwh_year", "roof_m2"]].isna().all()
    assert houses.loc["b5", "planes"] == 0


def test_building_means_are_weighted(buildings: gpd.GeoDataFrame, sun: dict[str, Any]) -> None:
    first = run(buildings=buildings, **sun)["buildings"].set_index("building_id").loc["b1"]
    assert first["poa_kwh_m2"] == pytest.approx((60 * 1700 + 50 * 1000) / 110)
    assert first["shading_loss"] == pytest.approx(1 - (20 * 1700 + 10 * 1000) / (20 * 1800 + 10 * 1200))
    assert first["specific_yield_kwh_kwp"] == pytest.approx((6600.1 + 2000.7) / 6.6)
    assert (first["modules"], first["planes"], first["roof_m2"]) == (15, 2, 110.0)


def test_zonal_figures_arrive_at_their_zones(boundary: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, residents: gpd.GeoDataFrame) -> None:
    layers = run(boundary=boundary, parcels=parcels, residents=residents, **zonal(parcels, residents, ("town", "075014", 6000.0)))
    for name in ("parcels", "sections", "town"):
        np.testing.assert_allclose(layers[name]["sealed_m2"], 0.3 * layers[name]["area_m2"])
        np.testing.assert_allclose(layers[name]["canopy_m2"], 0.15 * layers[name]["area_m2"])
    town = layers["town"].iloc[0]
    assert (town["zone_kind"], town["residents"], town["area_m2"]) == ("town", 12, 6000.0)
    assert town["green_m2_per_resident"] == pytest.approx(0.6 * 6000 / 12)
    assert layers["sections"]["residents"].tolist() == [12, 0]
    assert np.isnan(layers["sections"]["green_m2_per_resident"].iloc[1])


def test_without_boundary_and_residents_the_extent_has_its_figures(landcover_frame: Any, parcels: gpd.GeoDataFrame, residents: gpd.GeoDataFrame) -> None:
    figures = zonal(parcels.iloc[:0], residents.iloc[:0], ("extent", "extent", 12000.0))
    layers = run(landcover=landcover_frame, **figures)
    town = layers["town"].iloc[0]
    assert (town["zone_kind"], town["sealed_m2"], town["canopy_m2"]) == ("extent", 0.3 * 12000, 0.15 * 12000)
    assert town.geometry.area == town["area_m2"] == 12000.0
    assert pd.isna(town["residents"]) and np.isnan(town["green_m2_per_resident"]) and pd.isna(town["buildings"])


def test_with_nothing_but_buildings_all_layers_are_there(buildings: gpd.GeoDataFrame) -> None:
    layers = run(buildings=buildings)
    assert [len(layers[n]) for n in ("town", "buildings", "roofs", "obstacles", "arrays", "parcels", "sections")] == [1, 6, 0, 0, 0, 0, 0]
    assert layers["buildings"]["kwh_year"].isna().all() and layers["buildings"]["reason"].isna().all()
    town = layers["town"].iloc[0]
    assert town["zone_kind"] == "extent" and town.geometry.equals(shapely.box(*buildings.total_bounds))


def test_with_nothing_at_all_every_layer_is_empty() -> None:
    assert [len(table) for table in run().values()] == [0] * len(Atlas.layers)


def test_twice_the_same_and_rows_in_any_order(buildings: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, sun: dict[str, Any]) -> None:
    first = run(buildings=buildings, parcels=parcels, **sun)
    second = run(buildings=buildings.iloc[::-1], parcels=parcels.iloc[::-1], **sun)
    for name, table in first.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(second[name]), check_exact=False, rtol=1e-12)


def test_inputs_are_left_as_they_were(buildings: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, sun: dict[str, Any]) -> None:
    before = {name: table.copy() for name, table in (sun | {"buildings": buildings, "parcels": parcels}).items()}
    run(buildings=buildings, parcels=parcels, **sun)
    for name, table in before.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame((sun | {"buildings": buildings, "parcels": parcels})[name]))


@pytest.fixture
def ground(parcels: gpd.GeoDataFrame, residents: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> dict[str, Any]:
    """Tables of the land wing with figures that are told apart."""
    base = zonal(parcels, residents, ("town", "075014", 6000.0))
    keys = base["sealing"][["zone_kind", "zone_id", "area_m2", "covered_m2"]]
    base["sealing"] = base["sealing"].assign(sealed_low_m2=0.25 * keys["area_m2"], sealed_high_m2=0.35 * keys["area_m2"], sealed_share_low=0.25, sealed_share_high=0.35,
                                             shared_m2=0.0, interval_basis="ranks")  # fmt: skip
    plots = keys.assign(sealed_share=0.3, permeability=0.7, runoff_coefficient=0.4, runoff_mm=20.0, runoff_m3=0.02 * keys["area_m2"], opening_mm=50.0, baf_old=0.6, baf_new=0.5, canopy_share=0.15)
    opening = pd.DataFrame({"parcel_id": ["p1", "p2"], "public": [True, False], "place": ["square", None], "paved_m2": [600.0, 300.0], "open_m2": [300.0, 100.0],
                            "runoff_saved_m3": [15.0, 5.0], "permeability_gain": 0.1, "baf_gain": 0.1, "opening_eur": [19500.0, 7500.0], "opening_eur_low": [9500.0, 3500.0],
                            "opening_eur_high": [40000.0, 16000.0], "counted_share": [1.0, 0.5], "pareto": [True, True]})  # fmt: skip
    planting = pd.DataFrame({"section_id": ["1", "2"], "priority": [0.8, 0.2], "rank": [1, 2], "rank_low": [1, 1], "rank_high": [2, 2], "plantable_m2": [900.0, 800.0]})
    access = pd.DataFrame(dict.fromkeys(ACCESS, 3) | {"building_id": sorted(buildings["building_id"]), "on_network": "yes", "green_network_m": 250.0, "canopy_share": 0.1, "green_m2_per_person": 7.0})
    return base | {"plots": plots, "desealing": opening, "planting": planting, "access": access}


def provision_rows(*rows: tuple[str, str, str, float, float, int, bool, bool]) -> pd.DataFrame:
    names = ["zone_kind", "zone_id", "measure", "value", "of_buildings", "buildings", "headline", "withheld"]
    table = pd.DataFrame(list(rows), columns=names)
    return table.assign(setting=[f"s{n}" for n in range(len(table))], low=table["value"] - 0.01, high=table["value"] + 0.01, unit="", residents=10.0 * table["buildings"])


def test_parcels_carry_interval_indices_and_gains(parcels: gpd.GeoDataFrame, residents: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame, ground: dict[str, Any]) -> None:
    layers = run(boundary=boundary, parcels=parcels, residents=residents, **ground)
    own = layers["parcels"].set_index("parcel_id")
    assert own.loc["p1", ["sealed_share_low", "sealed_share", "sealed_share_high", "permeability", "runoff_coefficient", "baf_old", "baf_new"]].tolist() == [0.25, 0.3, 0.35, 0.7, 0.4, 0.6, 0.5]
    assert own["candidate"].to_dict() == {"p1": True, "p2": True, "r1": False, "w1": False} and own["public"].sum() == 1
    assert own.loc["p1", ["open_m2", "runoff_saved_m3", "opening_eur_low"]].tolist() == [300.0, 15.0, 9500.0] and np.isnan(own.loc["r1", "open_m2"])
    sections = layers["sections"].set_index("section_id")
    assert sections.loc["1", ["rank", "rank_low", "rank_high"]].tolist() == [1, 1, 2] and sections.loc["2", "permeability"] == 0.7
    town = layers["town"].iloc[0]
    assert (town["candidates"], town["candidates_public"]) == (2, 1)
    assert town["open_m2"] == 300.0 + 0.5 * 100.0 and town["opening_eur"] == 19500.0 + 0.5 * 7500.0


def test_buildings_show_their_way_and_nobodys_number(buildings: gpd.GeoDataFrame, ground: dict[str, Any]) -> None:
    houses = run(buildings=buildings, access=ground["access"])["buildings"]
    assert (houses["green_network_m"] == 250.0).all() and (houses["trees_25m"] == 3).all()
    for name, spec in Atlas.layers.items():
        told = set(spec.columns())
        assert name in ("sections", "town", "provision", "official") or not told & {"residents", "people", "green_m2_per_person", "green_m2_per_resident"}, name


def test_sections_give_no_share_that_single_homes_can_be_told_from(residents: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame) -> None:
    table = provision_rows(
        ("section", "1", "near_green", 0.4567, 0.5, 20, True, False), ("section", "1", "near_open", 0.05, 0.05, 20, True, False), ("section", "1", "three_trees", 0.96, 0.9, 20, True, False),
        ("section", "1", "near_green", 0.9, 0.9, 20, False, False), ("section", "2", "near_green", np.nan, np.nan, 2, True, True), ("town", "075014", "near_green", 0.51234, 0.5, 900, True, False),
        ("town", "075014", "near_green", 0.7, 0.5, 900, False, False), ("section", "1", "thirty_canopy", 0.0, 0.0, 20, True, False),
    )  # fmt: skip
    notes = Notes()
    layers = run(notes, residents=residents, boundary=boundary, provision=table)
    first = layers["sections"].set_index("section_id").loc["1"]
    assert first["near_green"] == pytest.approx(0.46) and first["thirty_canopy"] == 0.0, "nobody and everybody are no single home"
    assert np.isnan(first["near_open"]) and np.isnan(first["three_trees"]), "one building of 20, and two of 20"
    assert np.isnan(layers["sections"].set_index("section_id").loc["2", "near_green"])
    assert layers["town"].iloc[0]["near_green"] == 0.51234
    shown = layers["provision"]
    assert len(shown) == 4 and shown.loc[shown["zone_kind"] == "section", "of_buildings"].isna().all() and not shown["withheld"].any()
    assert notes.counts["shares of sections left out: they would tell of fewer than three buildings"] == 2


def test_official_and_own_stand_side_by_side(boundary: gpd.GeoDataFrame) -> None:
    """The newest year; the publisher's table before our count on the raster."""
    nan = float("nan")
    base = dict.fromkeys(Atlas.layers["official"].columns(), nan) | {"area_m2": 6000.0, "known_share": 1.0, "sdg_flag": "SHRINKING"}
    years = pd.DataFrame([base | {"basis": b, "year": y, "consumed_m2": m2} for b, y, m2 in (("raster", 2015, 900.0), ("raster", 2021, 1000.0), ("table", 2021, 1100.0))])
    comparison = pd.DataFrame({"year": [2021], "official_m2": 1000.0, "own_m2": 800.0, "definition_m2": 120.0, "majority_m2": 60.0, "rest_m2": 20.0, "compared_m2": 5900.0})
    layers = run(boundary=boundary, consumed={"years": years, "changes": pd.DataFrame(), "comparison": comparison})
    town = layers["town"].iloc[0]
    assert (town["official_year"], town["official_basis"], town["official_consumed_m2"], town["official_sdg_flag"]) == (2021, "table", 1100.0, "SHRINKING")
    why = layers["comparison"].iloc[0]
    assert len(layers["official"]) == 3 and why["official_m2"] - why["own_m2"] == why["definition_m2"] + why["majority_m2"] + why["rest_m2"]


def test_roofs_before_fields(boundary: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, sun: dict[str, Any]) -> None:
    """10 MWp take 10 to 18 ha of ground; a plane without modules adds nothing."""
    sun["arrays"]["kwp"] *= 10_000 / sun["arrays"]["kwp"].sum()
    town = run(boundary=boundary, buildings=buildings, **sun)["town"].iloc[0]
    assert (town["land_spared_low_ha"], town["land_spared_high_ha"]) == pytest.approx((10.0, 18.0))


def test_stretches_of_street_have_the_figures_of_the_ground_along_them(boundary: gpd.GeoDataFrame) -> None:
    lines = gpd.GeoDataFrame({"street_id": ["a", "b"], "name": ["Via Roma", None]}, geometry=[shapely.LineString([(0, 0), (9, 9)]), shapely.LineString([(0, 0), (9, 0)])], crs=f"EPSG:{EPSG}")
    sealing = pd.DataFrame({"zone_kind": "street", "zone_id": ["a"], "area_m2": 200.0, "covered_m2": 200.0, "sealed_m2": 150.0, "sealed_share": 0.75})
    made = run(boundary=boundary, streets=lines, sealing=sealing)["streets"]
    assert made["street_id"].tolist() == ["a"] and made["sealed_share"].tolist() == [0.75]
