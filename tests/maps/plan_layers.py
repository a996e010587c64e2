"""A register of public buildings and a community for the small town of the tests, with names that are no markup."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from pipeline.contracts.actions import ActionBudget, ActionCurve, ActionList
from pipeline.contracts.indicators import Indicators, Neighbours
from pipeline.contracts.plan import Community, Estate
from pipeline.contracts.register import Initiatives, ReportModeration, ReportPoints, SchoolCounts
from pipeline.contracts.spec import TableSpec
from pipeline.contracts.waste import CollectionAccess, CollectionPlaces, CollectionPoints, CollectionZones, Waste

NAMES = ("Scuola <b>media</b>", "Municipio", "Palestra & piscina", "Magazzino")


def _table(spec: type[TableSpec], rows: dict[str, Any], shapes: list[Any], crs: Any) -> gpd.GeoDataFrame:
    n = len(shapes)
    data = {}
    for name, column in spec.columns().items():
        values = rows.get(name, [False if column.dtype == "bool" else None] * n)
        data[name] = pd.array(values, dtype="Int64") if column.dtype == "int" else pd.Series(values, dtype=float if column.dtype == "float" else object)
    return gpd.GeoDataFrame(data, geometry=shapes, crs=crs)


def plan_layers(atlas: dict[str, gpd.GeoDataFrame]) -> dict[str, Any]:
    """Keywords of the stage webmap: three buildings on the ground and one that is nowhere, a community, measures, reports, actions, indicators, waste."""
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
    community = {name: _table(spec, made[name], [None] * len(made[name]["area_id"]), houses.crs) for name, spec in Community.layers.items()}
    return {"estate": estate, "community": community} | _doing(atlas, houses) | _counted(atlas)


# What a town without the climate plan gives to the stage.
NO_PLAN: dict[str, Any] = dict.fromkeys(("estate", "community", "initiatives", "reports", "actions", "indicators", "neighbours", "waste", "collection"))


def _doing(atlas: dict[str, gpd.GeoDataFrame], public: gpd.GeoDataFrame) -> dict[str, Any]:
    """Measures (one a private plant whose place is not shown), reports, actions."""
    home = atlas["buildings"].iloc[33]
    shapes = [public.geometry.iloc[0].centroid, home.geometry.centroid, None]
    done = {"initiative_id": ["I1", "I2", "I3"], "name": ["Cappotto <i>uno</i>", "Impianto privato", "Regola"], "kind": ["retrofit", "pv", "rule"], "year": [2024, 2025, 2026], "status": ["done", "done", "planned"],
            "cost_eur": [50_000.0, 9_000.0, None], "kwp": [None, 6.0, None], "co2_kg": [4_000.0, 1_500.0, None], "building_id": [public["building_id"].iloc[0], home["building_id"], None], "place": ["building", "building", "town"]}  # fmt: skip
    points = {"report_id": ["r1"], "kind": ["missing_tree"], "text": ["Qui <script>manca</script> un albero"], "date": ["2026-05-01"], "moderation": ["accepted"]}
    counts = {"street": ["Via dei Gelsi"], "date": ["2026-05-12"], "classes": [2], "counted": [14.0], "counted_low": [13], "counted_high": [15], "match": ["found"], "trees_seen": [12.0]}
    reports = {"points": _table(ReportPoints, points, [home.geometry.centroid], public.crs), "moderation": _table(ReportModeration, {}, [], public.crs), "counts": _table(SchoolCounts, counts, [None], public.crs)}
    listed = {"action_id": ["pv-S1", "retrofit-S1", "desealing-x"], "kind": ["pv", "retrofit", "desealing"], "asset_id": ["S1", "S1", "x"], "name": [NAMES[0], NAMES[0], None], "owner": ["municipality", "municipality", "private"],
              "status": ["potential", "done", "potential"], "units": [1, 1, 1], "co2_kg": [30_000.0, 4_000.0, None], "eur_low": [90_000.0, 40_000.0, 5_000.0], "eur_mid": [110_000.0, 50_000.0, 7_000.0], "eur_high": [130_000.0, 60_000.0, 9_000.0],
              "npv_eur": [40_000.0, -10_000.0, None], "deadline": ["2027-12-31", None, None], "achieved_co2_kg": [None, 4_000.0, None], "rank": [1, 2, None], "rank_low": [1, 1, None], "rank_high": [2, 2, None], "source": ["estate"] * 3}  # fmt: skip
    curve = {"step": [1, 2], "action_id": ["pv-S1", "retrofit-S1"], "kind": ["pv", "retrofit"], "width_t": [30.0, 4.0], "eur_per_t": [-80.0, 190.0], "npv_eur": [40_000.0, -10_000.0], "cumulated_t": [30.0, 34.0]}
    budget = {"year": [2027, 2027, 2027], "action_id": ["pv-S1", "retrofit-S1", "desealing-x"], "eur": [110_000.0, 50_000.0, 7_000.0], "co2_kg": [30_000.0, 4_000.0, None], "left_eur": [33_000.0] * 3}
    tables = {"list": (ActionList, listed, 3), "curve": (ActionCurve, curve, 2), "budget": (ActionBudget, budget, 3)}
    actions = {name: _table(spec, rows, [None] * n, public.crs) for name, (spec, rows, n) in tables.items()}
    return {"initiatives": _table(Initiatives, done, shapes, public.crs), "reports": reports, "actions": actions}


def _counted(atlas: dict[str, gpd.GeoDataFrame]) -> dict[str, Any]:
    """Two indicators (one with a frozen year), two towns, waste of two years, one kind of collection point."""
    crs, middle = atlas["buildings"].crs, atlas["buildings"].geometry.iloc[40].centroid
    names = ["canopy_share", "canopy_share", "separate_share"]
    series = {"indicator_id": names, "year": [2025, 2026, 2026], "origin": ["frozen", "current", "current"], "method_version": [1] * 3, "value": [0.07, 0.076, None], "unit": [""] * 3, "better": ["more"] * 3,
              "target_year": [2030] * 2 + [None], "target": [0.1, 0.1, None], "standing": ["unknown", "on_track", "unknown"], "reason": ["no_value", "ahead", "no_value"], "frozen_on": ["2025-12-31", None, None], "source": ["green"] * 3}  # fmt: skip
    beside = {"indicator_id": ["consumed_share"] * 2, "year": [2023] * 2, "istat": ["075014", "075035"], "name": ["Carmiano", "Vicino & figli"], "value": [0.18, 0.12], "unit": [""] * 2, "rank": [2, 1], "of": [2, 2], "is_town": [True, False]}
    waste = {"istat": ["075014"] * 2, "name": ["Carmiano"] * 2, "year": [2022, 2023], "is_town": [True] * 2, "separate_share": [0.6, 0.68], "kg_per_resident": [450.0, 440.0], "residual_kg_per_resident": [180.0, 141.0], "target_share": [0.65] * 2}
    zones = {"zone_kind": ["town"], "zone_id": ["town"], "kind": ["battery"], "reach_m": [500.0], "residents": [1234.0], "reached_share": [0.4], "out_of_reach": [740.0], "withheld": [False]}
    points = {"point_id": ["c1"], "kind": ["battery"], "name": ["Piazza"], "on_foot": [True]}
    places = {"place_id": ["battery-1"], "kind": ["battery"], "rank": [1], "gained": [200.0], "gained_share": [0.27], "total_share": [0.56]}
    made = {"zones": _table(CollectionZones, zones, [None], crs), "points": _table(CollectionPoints, points, [middle], crs), "places": _table(CollectionPlaces, places, [middle], crs), "access": _table(CollectionAccess, {}, [], crs)}
    return {"indicators": _table(Indicators, series, [None] * 3, crs), "neighbours": _table(Neighbours, beside, [None] * 2, crs), "waste": _table(Waste, waste, [None] * 2, crs), "collection": made}
