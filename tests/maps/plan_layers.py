"""A register of public buildings and a community for the small town of the tests, with names that are no markup."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from pipeline.contracts.plan import Community, Estate
from pipeline.contracts.spec import TableSpec

NAMES = ("Scuola <b>media</b>", "Municipio", "Palestra & piscina", "Magazzino")


def _table(spec: type[TableSpec], rows: dict[str, Any], shapes: list[Any], crs: Any) -> gpd.GeoDataFrame:
    n = len(shapes)
    data = {}
    for name, column in spec.columns().items():
        values = rows.get(name, [False if column.dtype == "bool" else None] * n)
        data[name] = pd.array(values, dtype="Int64") if column.dtype == "int" else pd.Series(values, dtype=float if column.dtype == "float" else object)
    return gpd.GeoDataFrame(data, geometry=shapes, crs=crs)


def plan_layers(atlas: dict[str, gpd.GeoDataFrame]) -> dict[str, Any]:
    """Keywords `estate` and `community` of the stage webmap: three buildings on the ground, one that is nowhere."""
    houses = atlas["buildings"].iloc[[20, 25, 30]]
    rows = {
        "estate_id": ["S1", "M1", "P1", "X1"], "name": list(NAMES), "use": ["school", "office", "sports", "other"], "rank": [1, 2, 3, None],
        "reasons": ["heat_above solar_duty pv_pays whole_grant", "electricity_above pv_in_service", "no_benchmark", "not_found"], "place": ["building", "address", "point", "none"],
        "place_reason": [None, None, None, "unknown_address"], "building_id": [*houses["building_id"], None], "floor_m2": [2100.0, 800.0, 400.0, 90.0], "year": [2025] * 4, "years": [3] * 4, "carrier": ["natural_gas"] * 4,
        "electricity_kwh": [70_000.0, 60_000.0, 10_000.0, None], "heat_kwh": [210_000.0, 90_000.0, 40_000.0, None], "electricity_kwh_m2": [33.3, 75.0, 25.0, None], "heat_normal_kwh_m2": [115.0, 120.0, 105.0, None],
        "kwh_m2": [148.3, 195.0, 130.0, None], "benchmark_share": [1.6, 1.2, None, None], "benchmark_class": ["far_above", "above", None, None], "co2_kg_year": [60_000.0, 33_000.0, 10_000.0, None],
        "solar_duty_year": [2027, 2028, 2030, None], "roof_kwp": [90.0, 20.0, 30.0, None], "pv_kwp": [80.0, 20.0, 15.0, None], "pv_kwh_year": [110_000.0, 27_000.0, 20_000.0, None],
        "pv_self_consumed_kwh": [30_000.0, 20_000.0, 3_000.0, None], "pv_self_consumed_share": [0.27, 0.74, 0.15, None], "pv_self_sufficiency": [0.43, 0.33, 0.3, None],
        "pv_cost_eur_low": [90_000.0, 24_000.0, 18_000.0, None], "pv_cost_eur_high": [130_000.0, 36_000.0, 27_000.0, None], "pv_npv_eur_low": [-9_000.0, 1_000.0, -5_000.0, None], "pv_npv_eur_high": [90_000.0, 30_000.0, 4_000.0, None],
        "pv_payback_years": [11.0, 7.5, None, None], "grant_share": [1.0, 1.0, 1.0, None], "funding_expired": ["pnrr_community"] * 4, "co2_kg_avoidable": [45_000.0, 12_000.0, 5_000.0, None],
        "pv_in_service_kwp": [None, 6.0, None, None],
    }  # fmt: skip
    estate = _table(Estate, rows, [*houses.geometry, None], houses.crs)
    areas = {"area_id": ["town"], "plants": [3], "kwp": [115.0], "produced_kwh": [157_000.0], "own_kwh": [53_000.0], "fed_in_kwh": [104_000.0], "households": [480], "shared_kwh": [101_000.0], "households_90": [150]}
    steps = {
        "area_id": ["town"] * 3, "households": [10, 100, 480], "drawn_kwh": [20_000.0, 200_000.0, 960_000.0], "shared_kwh": [10_000.0, 70_000.0, 101_000.0], "surplus_kwh": [94_000.0, 34_000.0, 3_000.0],
        "shared_share": [0.096, 0.673, 0.971], "covered_share": [0.5, 0.35, 0.105], "premium_eur": [1_200.0, 8_000.0, 11_500.0], "household_eur": [62.0, 43.0, 13.0],
    }  # fmt: skip
    anchors = {"estate_id": ["S1", "M1", "P1"], "area_id": ["town"] * 3, "building_id": list(houses["building_id"]), "rank": [1, 3, 2], "kwp": [80.0, 20.0, 15.0], "fed_in_kwh": [80_000.0, 7_000.0, 17_000.0],
               "shared_kwh": [60_000.0, 6_500.0, 15_000.0], "premium_eur": [6_900.0, 780.0, 1_700.0], "premium_eur_kwp": [86.0, 39.0, 113.0]}  # fmt: skip
    made = {"areas": areas, "steps": steps, "anchors": anchors}
    return {"estate": estate, "community": {name: _table(spec, made[name], [None] * len(made[name]["area_id"]), houses.crs) for name, spec in Community.layers.items()}}
