"""Stage actions: its rows are those of the stages before, its sums reconcile with them, the register gives status, the forms keep the sums."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.compute import Compute
from pipeline.config.actions import ActionsConfig, WeightsConfig
from pipeline.config.finance import FinanceConfig
from pipeline.config.plan import EstateConfig
from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.actions import ACTION_KINDS, ACTION_REASONS, ACTION_STATUSES, Actions
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.core.solar.economics import capital_recovery
from pipeline.exports.covenant import PLATFORM, SECAP, platform_rows, secap_rows, template_words, write_roadmap
from pipeline.io.dated import rule
from pipeline.joins.potentials import street_trees
from pipeline.maps.phrases_actions import ACTIONS
from pipeline.stages.plan.actions import actions
from pipeline.stages.plan.estate import estate
from pipeline.stages.solar.finance import finance
from tests.reference.plants import town_with_plants
from tests.reference.scene import EPSG

ON = "2026-11"
TABLES = ("buildings", "ladder", "arrays", "roofs", "horizon", "weather")
LINES = ("codice;denominazione;uso;aggregato;superficie;anno;mese;kwh elettrici;kwh termici;combustibile;gradi giorno", "E1;Scuola;scuola;b03;1400;2024;;90000;300000;metano;1200", "E2;Nido;nido;;100;2024;;1;0;metano;1200")
OPTIONAL = ("ladder", "finance", "occupancy", "estate", "parcels", "desealing", "streets", "sealing", "planting", "residents", "initiatives", "collection")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("scene")
    tables, town = town_with_plants(folder), Town(name="C", epsg=EPSG)
    path = folder / "edifici.csv"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    with Compute("threads") as compute:
        tables["estate"] = estate(
            **{k: tables[k] for k in TABLES}, parcels=None, residents=None, layers=(Layer(Source(kind="public_buildings", path="edifici.csv"), (path,)),),
            config=EstateConfig(), town=town, compute=compute, notes=Notes(),
        )  # type: ignore[arg-type]  # fmt: skip
        tables["finance"] = finance(**{k: tables[k] for k in TABLES}, occupancy=None, config=FinanceConfig(), town=town, compute=compute, notes=Notes())  # type: ignore[arg-type]
    return tables | land(tables["buildings"])


def land(buildings: Any) -> dict[str, Any]:
    """Two parcels with paving, three streets of which two are one, around the buildings."""
    east, north = buildings.total_bounds[:2]
    squares = [shapely.box(east + 50 * i, north - 60, east + 50 * i + 40, north - 20) for i in range(2)]
    lines = [shapely.LineString([(east + 100 * i, north - 100), (east + 100 * i + 100, north - 100)]) for i in range(3)]
    openings = pd.DataFrame({"parcel_id": ["P1", "P2"], "public": [True, False], "place": ["square", None], "open_m2": [200.0, 90.0], "runoff_saved_m3": [10.0, 4.5], "pareto": [True, True]})
    openings = openings.assign(opening_eur_low=5000.0, opening_eur=10000.0, opening_eur_high=30000.0)
    return {
        "parcels": gpd.GeoDataFrame({"parcel_id": ["P1", "P2"]}, geometry=squares, crs=EPSG), "desealing": openings,
        "streets": gpd.GeoDataFrame({"street_id": ["s1", "s2", "s3"], "name": ["Via A", "Via A", None], "highway": ["residential", "residential", "track"], "length_m": 100.0}, geometry=lines, crs=EPSG),
        "sealing": pd.DataFrame({"zone_kind": "street", "zone_id": ["s1", "s2", "s3"], "covered_m2": 1000.0, "tree_m2": [0.0, 100.0, 0.0], "sealed_m2": 900.0}),
    }  # fmt: skip


def run(made: dict[str, Any], config: ActionsConfig | None = None, notes: Notes | None = None, **changed: Any) -> dict[str, Any]:
    given = {k: changed.get(k, made.get(k)) for k in ("buildings", *OPTIONAL)}
    found = actions(**given, config=config or ActionsConfig(), town=Town(name="C", epsg=EPSG), notes=notes or Notes())  # type: ignore[arg-type]
    for name, spec in Actions.layers.items():
        check_table(found[name], spec, EPSG, name)
    assert set(" ".join(found["list"]["reasons"].dropna()).split()) <= set(ACTION_REASONS)
    return found


def register(rows: list[dict[str, Any]], geometry: list[Any]) -> Any:
    blank = dict.fromkeys(("name", "kind", "status", "owner", "source", "building_id", "parcel_id")) | dict.fromkeys(("cost_eur", "kwh", "kwp", "m2", "co2_kg"), np.nan)
    return gpd.GeoDataFrame([blank | r for r in rows], geometry=geometry, crs=EPSG)


def test_sums_are_those_of_the_stages_before(made: dict[str, Any]) -> None:
    notes = Notes()
    found, table = run(made, notes=notes)["list"], made["estate"]
    own = found[(found["kind"] == "pv") & (found["owner"] == "municipality")]
    for ours, theirs in (("kwp", "pv_kwp"), ("kwh", "pv_kwh_year"), ("co2_kg", "pv_co2_kg_year"), ("eur_mid", "pv_cost_eur"), ("npv_eur", "pv_npv_eur")):
        assert own[ours].sum() == pytest.approx(table[theirs].sum(), rel=1e-12), ours
    others, best = found[(found["kind"] == "pv") & (found["owner"] != "municipality")], made["finance"]
    pays = best[best["best"] & (best["npv_eur"] > 0.0) & (best["building_id"] != "b03")]
    assert len(pays) and others["kwp"].sum() == pytest.approx(pays["kwp"].sum()) and others["npv_eur"].sum() == pytest.approx(pays["npv_eur"].sum())
    opened = found[found["kind"] == "desealing"]
    assert opened["m2"].sum() == 290.0 and opened["eur_mid"].sum() == 20000.0 and opened["co2_kg"].isna().all()
    retrofit = found.set_index("action_id").loc["retrofit-E1"]
    assert retrofit["kwh"] == pytest.approx(0.7 * table["gap_kwh_year"].sum()) and retrofit["eur_mid"] == pytest.approx(3.9 * retrofit["kwh"])
    assert notes.figures["roadmap_all_co2_kg"] == pytest.approx(found["co2_kg"].sum()) and notes.figures["roadmap_pv_kwh"] == pytest.approx(found.loc[found["kind"] == "pv", "kwh"].sum())


def test_the_cost_of_a_tonne_is_that_of_the_present_value(made: dict[str, Any]) -> None:
    found = run(made)["list"]
    some, rate = found[(found["kind"] == "pv")], rule("taxes", "discount_rate", ON).value
    np.testing.assert_allclose(some["eur_per_t"], -some["npv_eur"] * capital_recovery(rate, Town(name="C", epsg=EPSG).solar.life_years) / (some["co2_kg"] / 1000))


def test_rows_come_only_from_what_is_there(made: dict[str, Any]) -> None:
    found = run(made, **dict.fromkeys(OPTIONAL))
    assert all(len(found[name]) == 0 for name in Actions.layers)
    found = run(made, **dict.fromkeys([o for o in OPTIONAL if o not in ("parcels", "desealing")]))
    assert found["list"]["kind"].tolist() == ["desealing", "desealing"] and not len(found["curve"]) and not len(found["budget"])


def test_trees_stand_where_a_street_has_few(made: dict[str, Any]) -> None:
    """Via A: 200 m, room on half of it, 10 m apart, 5 % of its strip has trees: 9; the track is no street for trees."""
    found = street_trees(made["streets"], made["sealing"], None, None, ActionsConfig())
    assert found["asset_id"].tolist() == ["s1"] and found["units"].tolist() == [9.0] and found["co2_kg"].tolist() == [9 * 25.0]
    assert not len(street_trees(made["streets"], made["sealing"].assign(tree_m2=200.0), None, None, ActionsConfig()))
    sections = gpd.GeoDataFrame({"section_id": ["x"]}, geometry=[made["streets"].union_all().buffer(5)], crs=EPSG)
    ranked = street_trees(made["streets"], made["sealing"], pd.DataFrame({"section_id": ["x"], "rank": [1]}), sections, ActionsConfig(streets=1))
    assert ranked["asset_id"].tolist() == ["s1"]


def test_a_place_for_a_collection_point_is_an_action(made: dict[str, Any]) -> None:
    places = gpd.GeoDataFrame({"place_id": ["bins-1"]}, geometry=[shapely.Point(0, 0)], crs=EPSG)
    found = run(made, collection={"places": places})["list"].set_index("action_id").loc["collection_point-bins-1"]
    cost = rule("roadmap", "collection_point", ON)
    assert (found["eur_low"], found["eur_mid"], found["eur_high"], found["npv_eur"]) == (cost.low, cost.value, cost.high, -cost.value) and np.isnan(found["co2_kg"])


def test_the_register_gives_status_owner_and_what_was_reached(made: dict[str, Any]) -> None:
    street = made["streets"].geometry.iloc[0].centroid
    plain = run(made)["list"].set_index("action_id")
    rows = [
        {"initiative_id": "I1", "kind": "pv", "status": "done", "owner": "Ufficio tecnico", "building_id": "b03", "kwh": float(plain.loc["pv-E1", "kwh"]), "co2_kg": 7.0},
        {"initiative_id": "I2", "kind": "retrofit", "status": "done", "building_id": "b03", "kwh": 10.0, "co2_kg": 2.0},
        {"initiative_id": "I3", "kind": "desealing", "status": "proposed", "parcel_id": "P2"}, {"initiative_id": "I4", "kind": "trees", "status": "planned"},
        {"initiative_id": "I5", "kind": "rule", "status": "done", "name": "Regola", "cost_eur": 100.0},
    ]  # fmt: skip
    found = run(made, initiatives=register(rows, [None, None, None, shapely.Point(street.x, street.y + 10), None]))
    table = found["list"].set_index("action_id")
    assert table.loc["pv-E1", ["status", "owner", "achieved_co2_kg"]].tolist() == ["done", "Ufficio tecnico", 7.0] and pd.isna(table.loc["pv-E1", "rank"])
    assert table.loc["retrofit-E1", "status"] == "under_way" and "partly_done" in table.loc["retrofit-E1", "reasons"]  # 10 kWh are not what could be saved
    assert table.loc["desealing-P2", "status"] == "proposed" and table.loc["trees-s1", "status"] == "planned" and table.loc["rule-I5", "eur_mid"] == 100.0
    assert "pv-E1" not in set(found["curve"]["action_id"]) and not {"pv-E1", "retrofit-E1"} & set(found["budget"]["action_id"])
    assert len(table) == len(plain) + 1


def test_the_budget_holds_and_does_not_spend_twice(made: dict[str, Any]) -> None:
    notes = Notes()
    found = run(made, ActionsConfig(budget_eur=(60_000.0, 300_000.0, 900_000.0)), notes)
    budget = found["budget"]
    assert len(budget) and budget["action_id"].is_unique and set(budget["year"]) <= {2027, 2028, 2029}
    spent = budget.groupby("year")["eur"].sum().reindex([2027, 2028, 2029]).fillna(0.0).cumsum()
    assert (spent <= np.cumsum([60_000.0, 300_000.0, 900_000.0]) + 1e-6).all()
    assert notes.figures["plan_value"] == pytest.approx(notes.figures["plan_bound"]) and notes.figures["plan_gap_share"] == 0.0
    mine = found["list"].set_index("action_id").loc[budget["action_id"]]
    assert mine["owner"].eq("municipality").all() and (mine["eur_mid"].to_numpy() == budget["eur"].to_numpy()).all()
    assert set(run(made, ActionsConfig(goal="npv"))["budget"]["npv_eur"] > 0.0) <= {True}


def test_ranges_of_ranks_hold_the_rank_and_shrink_to_it_without_play(made: dict[str, Any]) -> None:
    ranked = run(made)["list"].dropna(subset=["rank"])
    assert len(ranked) and (ranked["rank_low"] <= ranked["rank"]).all() and (ranked["rank"] <= ranked["rank_high"]).all()
    assert not ranked["reasons"].fillna("").str.contains("sum_of_many").any()
    fixed = {"middle": 0.25, "low": 0.25, "high": 0.25}
    still = run(made, ActionsConfig(weights=WeightsConfig(**dict.fromkeys(("co2", "value", "cost", "urgency"), fixed))))["list"].dropna(subset=["rank"])
    assert (still["rank_low"] == still["rank"]).all() and (still["rank_high"] == still["rank"]).all()
    with pytest.raises(ValueError, match="sum to"):
        WeightsConfig(co2={"middle": 0.5, "low": 0.1, "high": 0.6})  # type: ignore[arg-type]


def test_the_forms_of_others_keep_the_sums(made: dict[str, Any], tmp_path: Path) -> None:
    found = run(made)
    form, plain = secap_rows(found["list"], found["budget"]), platform_rows(found["list"], found["budget"], EPSG)
    assert [*form.columns] == [*SECAP] and [*plain.columns] == [*PLATFORM]
    assert form["CO2 reduction [t CO2/a]"].sum() == pytest.approx(found["list"]["co2_kg"].sum() / 1000)
    assert form["Renewable energy production [MWh/a]"].sum() + form["Energy savings [MWh/a]"].sum() == pytest.approx(found["list"]["kwh"].sum() / 1000)
    assert form["Note"].str.startswith("Indicative").all() and all(w["status"] == "recalled" for w in template_words().values())
    assert form["Implementation start"].notna().sum() == len(found["budget"])
    for file in write_roadmap(tmp_path, found["list"], found["budget"], EPSG):
        assert (tmp_path / file).stat().st_size > 500


def test_every_code_has_its_words() -> None:
    wanted = {f"action.{c}" for c in ACTION_REASONS} | {f"action.kind.{c}" for c in ACTION_KINDS} | {f"action.status.{c}" for c in ACTION_STATUSES}
    assert set(ACTIONS) == wanted
