"""Stage estate: worked examples through the whole stage, balances of the own roofs, and rows that are never dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.compute import Compute
from pipeline.config.plan import EstateConfig
from pipeline.config.solar import SolarConfig
from pipeline.config.sources import Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.plan import REASONS_FOR, REASONS_OPEN, Estate
from pipeline.core.solar.loadhours import year_calendar
from pipeline.io.dated import rule
from pipeline.io.loads import load_hours
from pipeline.joins.production import hourly_kwh, laid_arrays, year_hours
from pipeline.stages.plan.estate import estate
from tests.reference.plants import town_with_plants
from tests.reference.scene import EPSG

ON = "2026-11"
HEAD = "codice;denominazione;uso;aggregato;superficie utile mq;anno;mese;energia elettrica kwh;energia termica kwh;combustibile;gradi giorno;vincolo;fotovoltaico kwp"
ROOFLESS = ("ladder", "arrays", "roofs", "horizon", "weather")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return town_with_plants(tmp_path_factory.mktemp("scene"))


@pytest.fixture(scope="module")
def plain() -> gpd.GeoDataFrame:
    """Three footprints without anything known of their roofs."""
    shapes = [shapely.box(250000 + 50 * i, 4470000, 250020 + 50 * i, 4470020) for i in range(3)]
    return gpd.GeoDataFrame({"building_id": ["a", "b", "c"], "parcel_id": None, "area_m2": 400.0}, geometry=shapes, crs=EPSG)


def run(tmp_path: Path, lines: list[str], given: dict[str, Any], notes: Notes | None = None, config: EstateConfig | None = None, residents: int | None = 11_655) -> pd.DataFrame:
    path = tmp_path / "edifici.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    people = None if residents is None else pd.DataFrame({"residents": [residents]})
    tables = dict.fromkeys(("parcels", *ROOFLESS)) | {k: v for k, v in given.items() if k in ("buildings", *ROOFLESS)}
    with Compute("threads") as compute:
        table = estate(
            **tables, residents=people, layers=(Layer(Source(kind="public_buildings", path="edifici.csv"), (path,)),),
            config=config or EstateConfig(), town=Town(name="Carmiano", epsg=EPSG), compute=compute, notes=notes or Notes(),
        )  # type: ignore[arg-type]  # fmt: skip
    check_table(table, Estate, EPSG, "estate")
    return table.set_index("estate_id", drop=False)


def bill(code: str, use: str = "scuola", building: str = "", m2: str = "1400", year: int = 2024, month: str = "", power: str = "70000", heat: str = "210000", fuel: str = "metano", days: str = "1000", extra: str = "no;") -> str:
    return ";".join([code, f"{code} dimostrativo", use, building, m2, str(year), month, power, heat, fuel, days, extra])


TYPICAL = EstateConfig(typical_degree_days=1153.0)


def test_the_worked_example_through_the_stage(tmp_path: Path, plain: Any) -> None:
    one = run(tmp_path, [bill("E1", building="a")], {"buildings": plain}, config=TYPICAL).loc["E1"]
    assert (one["heat_kwh_m2"], one["electricity_kwh_m2"]) == (150.0, 50.0)
    assert one["heat_normal_kwh_m2"] == pytest.approx(172.95) and one["kwh_m2"] == pytest.approx(222.95)
    heat = 99.0 * 1153.0 / rule("benchmarks", "degree_days_it", ON).value
    assert one["benchmark_share"] == pytest.approx(222.95 / (heat + 25.0)) and one["benchmark_class"] == "far_above"
    assert one["gap_kwh_year"] == pytest.approx((172.95 - heat) * 1400 + 25.0 * 1400)
    gas, grid = rule("fuels", "natural_gas", ON).value, rule("emissions", "grid_it", ON).value
    assert one["co2_kg_year"] == pytest.approx(210_000 * gas + 70_000 * grid)
    assert one["co2_kg_avoidable"] == pytest.approx((172.95 - heat) * 1400 * gas + 25.0 * 1400 * grid)
    assert one["solar_duty_year"] == 2028 and one["renovation_duty"] and one["grant_share"] == 1.0
    assert set(one["reasons"].split()) == {"heat_above", "electricity_above", "solar_duty", "renovation_duty", "whole_grant", "no_roof"}
    assert one["funding_expired"] == "pnrr_community net_metering"


def test_no_row_is_dropped_and_those_not_found_say_why(tmp_path: Path, plain: Any) -> None:
    notes = Notes()
    table = run(tmp_path, [bill("E1", building="a"), bill("E2", building="zz"), bill("E3")], {"buildings": plain}, notes, TYPICAL)
    assert table["place"].tolist() == ["building", "none", "none"] and table["place_reason"].tolist() == [None, "unknown_building", "no_reference"]
    assert table["geometry"].isna().tolist() == [False, True, True]
    assert table["kwh_m2"].notna().all() and sorted(table["rank"]) == [1, 2, 3]
    assert notes.counts["buildings not found"] == 2 and sum("Not found on the ground: E2" in w for w in notes.warnings) == 1


def test_what_is_not_known_stays_unknown(tmp_path: Path, plain: Any) -> None:
    lines = [
        bill("E1", days=""), bill("E2", heat=""), bill("E3", power=""), bill("E4", fuel="teleriscaldamento"), bill("E5", use="cimitero", heat="", fuel="nessuno"),
        bill("E6", month="1", power="5"), bill("E7", power="", heat=""),
    ]  # fmt: skip
    table = run(tmp_path, lines, {"buildings": plain}, config=TYPICAL)
    says = table["reasons"].str.split()
    assert "not_normalised" in says["E1"] and np.isnan(table.loc["E1", "kwh_m2"]) and table.loc["E1", "heat_kwh_m2"] == 150.0
    assert "no_heat" in says["E2"] and "no_electricity" in says["E3"] and "no_factor" in says["E4"] and np.isnan(table.loc["E4", "co2_kg_year"])
    assert "no_benchmark" in says["E5"] and table.loc["E5", "kwh_m2"] == 50.0 and pd.isna(table.loc["E5", "benchmark_class"])
    assert {"incomplete_year"} <= set(says["E6"]) and {"incomplete_year"} <= set(says["E7"]) and table.loc["E6", "years"] == 0
    assert table.loc[["E6", "E7"], "rank"].isna().all() and table.loc["E1", "rank"] > 0


def test_the_newest_whole_year_counts_and_is_held_against_the_one_before(tmp_path: Path, plain: Any) -> None:
    lines = [bill("E1", year=2022), bill("E1", year=2023, power="84000"), bill("E1", year=2025, month="1"), bill("E2", year=2024)]
    table = run(tmp_path, lines, {"buildings": plain}, config=TYPICAL)
    assert table["year"].tolist() == [2023, 2024] and table["years"].tolist() == [2, 1]
    assert table.loc["E1", "change_share"] == pytest.approx((172.95 + 60.0) / 222.95 - 1.0) and np.isnan(table.loc["E2", "change_share"])


def test_degree_days_of_the_weather_and_a_day_before_the_law(tmp_path: Path, plain: Any) -> None:
    weather = pd.DataFrame({"temp_air": np.full(8760, 10.0)})
    table = run(tmp_path, [bill("E1", year=2023)], {"buildings": plain, "weather": weather}, config=EstateConfig(as_of="2024-01"), residents=None)
    assert table.loc["E1", "degree_days_typical"] == 8.0 * 365
    assert pd.isna(table.loc["E1", "solar_duty_year"]) and np.isnan(table.loc["E1", "grant_share"]) and pd.isna(table.loc["E1", "funding_expired"])
    by_law = run(tmp_path, [bill("E1")], {"buildings": plain, "weather": weather}, config=EstateConfig(degree_days_method="dpr412"))
    assert by_law.loc["E1", "degree_days_typical"] == 10.0 * 365


def hours_of(made: dict[str, Any], building: str) -> np.ndarray[Any, Any]:
    rows = laid_arrays(made["arrays"], made["roofs"], made["horizon"])
    hours = np.concatenate([kwh for _, kwh in hourly_kwh(rows, year_hours(made["weather"], made["roofs"]), SolarConfig())])
    return np.asarray(hours[(rows["building_id"] == building).to_numpy()].sum(axis=0))


def test_own_roof_against_hours_of_numpy(tmp_path: Path, made: dict[str, Any]) -> None:
    """The building's own bill on the profile of its use, month by month where the bills are: not the town's mean."""
    power = [40000, 38000, 35000, 30000, 25000, 15000, 3000, 1000, 25000, 32000, 36000, 40000]
    lines = [bill("E1", building="b03", power="420000"), *(bill("E2", building="b05", month=str(m + 1), power=str(p), heat="0") for m, p in enumerate(power)), bill("E3", building="b07", use="municipio", m2="9000", power="")]
    table = run(tmp_path, lines, made, config=TYPICAL)
    school, office = load_hours("school", ON, 2026, 1), load_hours("town_hall", ON, 2026, 1)
    month = np.repeat(year_calendar(2026, ()).month, 24)
    loads = {"E1": 420_000 * school, "E2": np.concatenate([p * school[month == m] / school[month == m].sum() for m, p in enumerate(power)]), "E3": 60.0 * 9000 * office}
    for code, load in loads.items():
        one, made_here = table.loc[code], hours_of(made, table.loc[code, "building_id"])
        assert one["pv_kwp"] == pytest.approx(one["roof_kwp"])  # the whole roof is best here
        assert one["pv_kwh_year"] == pytest.approx(made_here.sum(), rel=1e-9)
        assert one["pv_self_consumed_kwh"] == pytest.approx(np.minimum(made_here, load).sum(), rel=1e-9)
        assert one["pv_self_sufficiency"] == pytest.approx(min(one["pv_self_consumed_kwh"] / load.sum(), 1.0), rel=1e-9)
        assert one["pv_npv_eur_low"] <= one["pv_npv_eur"] <= one["pv_npv_eur_high"]
    assert "electricity_assumed" in table.loc["E3", "reasons"].split() and "electricity_assumed" not in table.loc["E1", "reasons"].split()


def test_two_rows_below_one_roof_share_it_once(tmp_path: Path, made: dict[str, Any]) -> None:
    table = run(tmp_path, [bill("E1", building="b03", m2="400", power="90000"), bill("E2", building="b03", m2="1400", power="420000")], made, config=TYPICAL)
    assert np.isnan(table.loc["E1", "pv_kwp"]) and "shared_roof" in table.loc["E1", "reasons"].split()
    whole = 510_000 * load_hours("school", ON, 2026, 1)
    assert table.loc["E2", "pv_self_consumed_kwh"] == pytest.approx(np.minimum(hours_of(made, "b03"), whole).sum(), rel=1e-9)


def test_a_plant_in_service_avoids_nothing_again_and_heritage_is_said(tmp_path: Path, made: dict[str, Any]) -> None:
    first = run(tmp_path, [bill("E1", building="b03")], made, config=TYPICAL).loc["E1"]
    half = run(tmp_path, [bill("E1", building="b03", extra=f"sì;{first['pv_kwp'] / 2}")], made, config=TYPICAL).loc["E1"]
    assert first["co2_kg_avoidable"] - half["co2_kg_avoidable"] == pytest.approx(first["pv_co2_kg_year"] / 2)
    assert {"pv_in_service", "heritage"} <= set(half["reasons"].split()) and half["heritage"] and not first["heritage"]


def test_money_is_that_of_the_finance_stage_for_the_same_load(tmp_path: Path, made: dict[str, Any]) -> None:
    from pipeline.config.finance import FinanceConfig
    from pipeline.stages.solar.finance import finance

    with Compute("threads") as compute:
        steps = finance(**{k: made[k] for k in ("ladder", "arrays", "roofs", "horizon", "weather", "buildings")}, occupancy=None, config=FinanceConfig(), town=Town(name="C", epsg=EPSG), compute=compute, notes=Notes())
    best = steps[steps["best"] & (steps["use"] == "school")].iloc[0]
    one = run(tmp_path, [bill("E1", building=best["building_id"], power=f"{best['load_kwh_year']:.9f}")], made, config=TYPICAL).loc["E1"]
    for name in ("kwp", "self_consumed_kwh", "cost_eur", "npv_eur", "payback_years", "co2_kg_year"):
        assert one[f"pv_{name}"] == pytest.approx(best[name], rel=1e-9, nan_ok=True), name


def test_every_code_is_declared_and_has_words() -> None:
    from pipeline.maps.phrases_plan import PLAN

    codes = [*REASONS_FOR, *REASONS_OPEN]
    assert len(set(codes)) == len(codes)
    assert {f"estate.{c}" for c in codes} <= set(PLAN)
