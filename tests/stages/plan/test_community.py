"""Stage community: its sums are those of the estate's hours, and the tariff is only paid while it takes plants in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.compute import Compute
from pipeline.config.plan import CommunityConfig, EstateConfig
from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.plan import Community
from pipeline.errors import ConfigError, ContractError
from pipeline.io.dated import rule
from pipeline.io.loads import load_hours
from pipeline.stages.plan.community import community
from pipeline.stages.plan.estate import estate
from tests.reference.plants import town_with_plants
from tests.reference.scene import EPSG

ON = "2026-11"
TABLES = ("buildings", "ladder", "arrays", "roofs", "horizon", "weather")
LINES = ("codice;denominazione;uso;aggregato;superficie;anno;mese;kwh elettrici;kwh termici", "E1;Scuola;scuola;b03;1400;2024;;42000;0", "E2;Palestra;palestra;b03;300;2024;;9000;0", "E3;Sede;municipio;b05;900;2024;;20000;0", "E4;Nido;nido;;100;2024;;1;0")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("scene")
    tables = town_with_plants(folder)
    path = folder / "edifici.csv"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    with Compute("threads") as compute:
        tables["estate"] = estate(
            **{k: tables[k] for k in TABLES}, parcels=None, residents=None, layers=(Layer(Source(kind="public_buildings", path="edifici.csv"), (path,)),),
            config=EstateConfig(), town=Town(name="C", epsg=EPSG), compute=compute, notes=Notes(),
        )  # type: ignore[arg-type]  # fmt: skip
    return tables


def run(made: dict[str, Any], config: CommunityConfig | None = None, layers: Any = None, notes: Notes | None = None, **changed: Any) -> dict[str, pd.DataFrame]:
    given = {k: changed.get(k, made[k]) for k in ("estate", *TABLES)}
    found = community(**given, occupancy=None, layers=layers, config=config or CommunityConfig(), town=Town(name="C", epsg=EPSG), notes=notes or Notes())  # type: ignore[arg-type]
    for name, spec in Community.layers.items():
        check_table(found[name], spec, EPSG, name)
    return found


def test_the_areas_sums_are_those_of_the_estate(made: dict[str, Any]) -> None:
    found, table = run(made), made["estate"]
    area = found["areas"].iloc[0]
    assert area["plants"] == 2 and area["kwp"] == pytest.approx(table["pv_kwp"].sum())
    assert area["produced_kwh"] == pytest.approx(table["pv_kwh_year"].sum(), rel=1e-9)
    assert area["own_kwh"] == pytest.approx(table["pv_self_consumed_kwh"].sum(), rel=1e-6)
    assert area["produced_kwh"] == pytest.approx(area["own_kwh"] + area["fed_in_kwh"], rel=1e-12)
    steps = found["steps"]
    assert (steps["shared_kwh"] + steps["surplus_kwh"]).to_numpy() == pytest.approx(area["fed_in_kwh"], rel=1e-9)
    assert steps["households"].iloc[-1] == area["households"] and steps["shared_kwh"].iloc[-1] == area["shared_kwh"]
    assert steps["shared_kwh"].is_monotonic_increasing and found["anchors"]["fed_in_kwh"].sum() == pytest.approx(area["fed_in_kwh"])


def test_money_of_small_plants_is_the_cap_on_what_is_shared(made: dict[str, Any]) -> None:
    """Both plants are of the smallest class and the price is low: 120 EUR/MWh on every shared MWh, and the valorisation."""
    last = run(made)["steps"].iloc[-1]
    assert last["premium_eur"] == pytest.approx(last["shared_kwh"] / 1000 * 120.0)
    assert last["valorisation_eur"] == pytest.approx(last["shared_kwh"] / 1000 * rule("energy_communities", "valorisation", ON).value)
    assert last["household_eur"] == pytest.approx((last["premium_eur"] + last["valorisation_eur"]) * 0.5 / last["households"])
    beyond = max(0.0, last["shared_kwh"] - 0.55 * (last["shared_kwh"] + last["surplus_kwh"]))
    assert last["excess_eur"] == pytest.approx(beyond / 1000 * 120.0)


def test_a_household_is_a_mean_home(made: dict[str, Any]) -> None:
    steps = run(made, CommunityConfig(households=(1, 2)))["steps"]
    assert steps["drawn_kwh"].iloc[0] == pytest.approx(rule("consumption", "dwelling", ON).value * load_hours("home", ON, 2026, 1).sum())


def test_after_the_tariff_energy_is_shared_and_nothing_is_paid(made: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stages.plan.community.tariff", lambda on, region: None)
    notes = Notes()
    found = run(made, notes=notes)
    assert found["steps"]["premium_eur"].isna().all() and found["anchors"]["rank"].isna().all() and (found["steps"]["shared_kwh"] > 0.0).all()
    assert any("takes in no plant on 2026-11" in w for w in notes.warnings)


def areas_layer(tmp_path: Path, made: dict[str, Any], **fields: str) -> tuple[Layer]:
    """The town cut in two, between its plants; a third area far away."""
    east = [made["estate"].set_index("estate_id").loc[e, "geometry"].centroid.x for e in ("E1", "E3")]
    west, south, right, north = made["buildings"].total_bounds
    cut = sum(east) / 2
    shapes = [shapely.box(west - 1, south - 1, cut, north + 1), shapely.box(cut, south - 1, right + 1, north + 1), shapely.box(right + 1e4, south, right + 2e4, north)]
    gpd.GeoDataFrame({"CODICE": ["AC001E00001", "AC001E00002", "AC001E00003"]}, geometry=shapes, crs=EPSG).to_file(tmp_path / "cabine.gpkg")
    return (Layer(Source(kind="vector", path="cabine.gpkg", fields=fields), (tmp_path / "cabine.gpkg",)),)


def test_areas_share_nothing_with_one_another(made: dict[str, Any], tmp_path: Path) -> None:
    found, whole = run(made, layers=areas_layer(tmp_path, made, area_id="CODICE")), run(made)
    areas = found["areas"]
    assert areas["area_id"].tolist() == ["AC001E00001", "AC001E00002", "AC001E00003"] and areas["plants"].tolist() == [1, 1, 0]
    assert areas["fed_in_kwh"].sum() == pytest.approx(whole["areas"]["fed_in_kwh"].sum()) and areas["households"].iloc[2] == 0
    assert areas["shared_kwh"].sum() <= whole["areas"]["shared_kwh"].sum() + 1e-6
    assert set(found["anchors"]["area_id"]) == {"AC001E00001", "AC001E00002"} and not (found["steps"]["area_id"] == "AC001E00003").any()
    with pytest.raises(ConfigError, match="no field for area_id"):
        run(made, layers=areas_layer(tmp_path, made))


def test_a_town_whose_public_roofs_hold_nothing(made: dict[str, Any]) -> None:
    found = run(made, estate=made["estate"].assign(pv_kwp=np.nan))
    assert found["areas"]["plants"].iloc[0] == 0 and len(found["anchors"]) == 0 and (found["steps"]["shared_kwh"] == 0.0).all()


def test_an_estate_of_another_run_is_refused(made: dict[str, Any]) -> None:
    with pytest.raises(ContractError, match="self-consumption is not that of the hours"):
        run(made, estate=made["estate"].assign(pv_self_consumed_kwh=made["estate"]["pv_self_consumed_kwh"] * 0.9))
    with pytest.raises(ContractError, match="is no step of its building's ladder"):
        run(made, estate=made["estate"].assign(pv_kwp=made["estate"]["pv_kwp"] * 0.99))
