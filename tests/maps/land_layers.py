"""What the land wing adds to the small town of the page tests: intervals, rain, candidates, access, official years."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

Frame = Callable[[Any, dict[str, Any], list[Any]], gpd.GeoDataFrame]
# All places of the three public yards; the first is one nobody has words for.
PLACES = {20: "<i>hall</i>", 30: "square", 41: "park"}


def with_land(atlas: dict[str, Any], table: Frame, layers: dict[str, Any]) -> dict[str, Any]:
    """The atlas with the land columns of parcels, sections and town, and its tables without outlines."""
    out = dict(atlas)
    out["parcels"], out["sections"] = _parcels(atlas["parcels"]), _sections(atlas["sections"])
    out["town"] = _town(atlas["town"], out["parcels"])
    rows = {"official": _official(out["town"]), "comparison": _comparison(), "provision": _provision(), "restoration": _restoration(), "patches": _patches()}
    for name, columns in rows.items():
        count = len(next(iter(columns.values())))
        out[name] = table(layers[name], columns, [None] * count)
    return out


def _parcels(parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    share, area = parcels["sealed_share"], parcels["covered_m2"].where(parcels["covered_m2"] > 0)
    paved = (parcels["sealed_m2"] - parcels["building_m2"].fillna(0.0)).clip(lower=0.0)
    candidate = (parcels["kind"] == "parcel") & share.notna() & (paved > 150.0)
    opened = (paved * 0.5).where(candidate)
    out = parcels.assign(
        sealed_share_low=(share - 0.1).clip(lower=0.0), sealed_share_high=(share + 0.1).clip(upper=1.0), permeability=1.0 - share, runoff_coefficient=0.1 + 0.8 * share,
        runoff_mm=4.0 + 50.0 * share, runoff_m3=(0.004 + 0.05 * share) * area, baf_old=(1.0 - share) * 0.9, baf_new=(1.0 - share) * 0.85, candidate=candidate,
        open_m2=opened, runoff_saved_m3=opened * 0.0502, permeability_gain=(opened / area), baf_gain=(opened / area) * 0.9,
        opening_eur=opened * 60.0, opening_eur_low=opened * 30.0, opening_eur_high=opened * 125.0, pareto=candidate & (np.arange(len(parcels)) % 9 == 0), public=False,
    )  # fmt: skip
    out["place"] = pd.Series([None] * len(out), dtype=object, index=out.index)
    for row, place in PLACES.items():
        out.loc[row, ["open_m2", "runoff_saved_m3", "opening_eur_low", "opening_eur_high", "permeability_gain", "baf_gain"]] = [80.0 + row, 4.0 + row / 10, 2400.0, 9000.0, 0.09, 0.08]
        out.loc[row, ["candidate", "public", "place"]] = [True, True, place]
    return out


def _sections(sections: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Nobody lives in the first; the second has too few homes for some figures."""
    n = len(sections)
    near = np.array([np.nan, np.nan, 0.0, 0.04, 0.31, 0.55, 0.72, 0.9, 1.0])[:n]
    supply = np.linspace(0.0, 12.0, n)
    supply[0] = np.nan
    rank = pd.array(range(n, 0, -1), dtype="Int64")
    return sections.assign(
        near_green=near, near_open=near, no_way=0.0, three_trees=np.where(np.arange(n) < 2, np.nan, 0.6), thirty_canopy=np.where(np.arange(n) < 1, np.nan, 0.0), rule_3_30_300=0.0,
        green_way_m=900.0 - 80.0 * np.arange(n), green_supply_m2=supply, green_supply_m2_low=supply * 0.9, green_supply_m2_high=supply * 1.1, supply_gini=0.3,
        priority=np.linspace(0.1, 0.9, n), rank=rank, rank_low=pd.array([max(1, int(r) - 2) for r in rank], dtype="Int64"), rank_high=pd.array([min(n, int(r) + 1) for r in rank], dtype="Int64"),
        plantable_m2=1000.0 + 10.0 * np.arange(n),
    )  # fmt: skip


def _town(town: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    share = town["sealed_share"].iloc[0]
    opening = {n: float(parcels[n].sum()) for n in ("open_m2", "runoff_saved_m3", "opening_eur", "opening_eur_low", "opening_eur_high")}
    return town.assign(
        sealed_share_low=share - 0.04, sealed_share_high=share + 0.05, adjusted_m2=41_000.0, adjusted_low_m2=38_000.0, adjusted_high_m2=44_000.0, permeability=1.0 - share, runoff_coefficient=0.42, runoff_m3=5_120.0, near_green=0.41, near_open=0.6, no_way=0.002,
        three_trees=0.82, thirty_canopy=0.1, rule_3_30_300=0.02, green_way_m=446.0, green_supply_m2=2.2, green_supply_m2_low=2.1, green_supply_m2_high=2.3, supply_gini=0.64, supply_gini_low=0.63,
        supply_gini_high=0.65, low_supply=0.98, low_supply_low=0.97, low_supply_high=0.99, standard_per_head_m2=2.2, standard_needed_m2=11_106.0, standard_missing_m2=8_391.0, open_space=0.18,
        official_year=pd.array([2023], dtype="Int64"), official_basis="raster", official_consumed_m2=49_000.0, official_consumed_share=0.1835, official_consumed_m2_per_resident=39.7,
        candidates=pd.array([int(parcels["candidate"].sum())], dtype="Int64"), candidates_public=pd.array([len(PLACES)], dtype="Int64"), land_spared_low_ha=1.2, land_spared_high_ha=2.2, **opening,
    )  # fmt: skip


def _official(town: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    area = float(town["area_m2"].iloc[0])
    return {
        "basis": ["raster", "raster", "table"], "year": [2015, 2023, 2021], "area_m2": [area] * 3, "known_share": [1.0] * 3, "consumed_m2": [47_000.0, 49_000.0, 48_500.0],
        "consumed_share": [0.176, 0.1835, 0.1816], "consumed_m2_per_resident": [37.0, 39.7, np.nan], "since": [None, 2015, None], "gross_m2": [np.nan, 2_500.0, np.nan],
        "restored_m2": [np.nan, 500.0, np.nan], "net_m2": [np.nan, 2_000.0, np.nan], "infill_share": [np.nan, 0.62, np.nan], "lcrpgr": [np.nan, -0.45, np.nan], "sdg_flag": ["", "SHRINKING", ""],
    }  # fmt: skip


def _comparison() -> dict[str, list[Any]]:
    return {"year": [2023], "official_m2": [49_000.0], "own_m2": [41_000.0], "definition_m2": [11_000.0], "majority_m2": [-3_500.0], "rest_m2": [500.0], "compared_m2": [270_000.0]}


def _provision() -> dict[str, list[Any]]:
    """Of the town: all settings of 3-30-300, of its trees and its ways."""
    rows: list[tuple[str, str, float, bool]] = []
    for i, trees in enumerate(("15m", "25m", "50m")):
        rows.append(("three_trees", f"trees={trees}", (0.48, 0.82, 0.99)[i], trees == "25m"))
        for distance in ("network", "linear"):
            for green in ("0.5ha", "1ha"):
                for canopy in ("circle", "section"):
                    first = (trees, distance, green, canopy) == ("25m", "network", "0.5ha", "circle")
                    rows.append(("rule_3_30_300", f"trees={trees} canopy={canopy} distance={distance} green={green}", 0.02 if first else 0.01 * i + 0.3 * (distance == "linear"), first))
    rows += [("near_green", f"distance={d} green={g}", v, d == "network" and g == "0.5ha") for (d, g), v in {("network", "0.5ha"): 0.41, ("network", "1ha"): 0.1, ("linear", "0.5ha"): 0.57, ("linear", "1ha"): 0.2}.items()]
    n = len(rows)
    return {
        "zone_kind": ["town"] * n, "zone_id": ["075014"] * n, "measure": [r[0] for r in rows], "setting": [r[1] for r in rows], "value": [r[2] for r in rows], "unit": [""] * n,
        "residents": [1234.0] * n, "buildings": [60] * n, "headline": [r[3] for r in rows], "withheld": [False] * n,
    }  # fmt: skip


def _restoration() -> dict[str, list[Any]]:
    return {
        "town_id": ["075014"], "year": [2026], "ecosystem_m2": [250_000.0], "green_m2": [109_000.0], "canopy_m2": [10_000.0], "green_share": [0.436], "canopy_share": [0.04],
        "excludable": [False], "baseline_year": [2024], "green_change_m2": [-1_200.0], "canopy_change_m2": [300.0],
    }  # fmt: skip


def _patches() -> dict[str, list[Any]]:
    """Of the town: three classes."""
    return {
        "zone_kind": ["town"] * 3, "zone_id": ["075014"] * 3, "cover": ["open", "sealed", "tree"], "known_m2": [270_000.0] * 3, "class_m2": [160_000.0, 110_000.0, 20_000.0], "pland": [0.59, 0.41, 0.07],
        "patches_4": [40, 30, 90], "patches_8": [31, 22, 77], "largest_share": [0.3, 0.2, 0.004], "edge_m_per_ha": [190.4, 185.1, 243.0], "core_share": [0.8, 0.5, 0.01],
        "mesh_m2": [28_000.0, 5_200.0, 37.0], "mesh_cross_m2": [28_100.0, 5_300.0, 38.0], "shdi": [0.85] * 3,
    }  # fmt: skip


def street_rows(lines: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    """Ground along each stretch: 8 m wide, the first half of the named street drier than the second."""
    length = lines.geometry.length.to_numpy()
    area = length * 8.0
    sealed = np.array([0.9, 0.8, 0.5, 0.1])[: len(lines)]
    return {
        "street_id": lines["street_id"].tolist(), "name": lines["name"].tolist(), "area_m2": area.tolist(), "covered_m2": area.tolist(), "sealed_m2": (area * sealed).tolist(), "sealed_share": sealed.tolist(),
        "tree_m2": (area * 0.05).tolist(), "runoff_m3": (area * sealed * 0.054).tolist(),
    }  # fmt: skip


def consumed_of(atlas: dict[str, Any]) -> dict[str, gpd.GeoDataFrame]:
    """Two years of the official map: the western half of the town, then two cells more and one less; the first change lies on the parcel in row 50."""
    from shapely import box, difference, union_all

    west, south, east, north = atlas["town"].total_bounds
    middle = (west + east) / 2
    at = atlas["parcels"].geometry.iloc[50].representative_point()
    new = [box(at.x - 5, at.y - 5, at.x + 5, at.y + 5), box(at.x + 5, at.y - 5, at.x + 15, at.y + 5)]
    back = box(west, south, west + 10, south + 10)
    then = difference(box(west, south, middle, north), union_all(new))
    now = difference(union_all([then, *new]), back)
    crs = atlas["town"].crs
    rows = [("taken-1", "taken-1", "taken"), ("taken-2", "taken-1", "taken"), ("restored-1", "restored-1", "restored")]
    changes = gpd.GeoDataFrame({"change_id": [r[0] for r in rows], "patch_id": [r[1] for r in rows], "kind": [r[2] for r in rows], "since": 2015, "year": 2023, "area_m2": 100.0}, geometry=[*new, back], crs=crs)
    stock = gpd.GeoDataFrame({"year": [2015, 2023], "area_m2": [then.area, now.area]}, geometry=[then, now], crs=crs)
    return {"years": atlas["official"], "changes": changes, "stock": stock, "comparison": atlas["comparison"]}


def ledger_of() -> pd.DataFrame:
    """One entry that is found, one not carried out, and the patch of the official map that no entry explains."""
    return pd.DataFrame({
        "ledger_id": ["2016/0001", "2016/0002", "taken-1"], "kind": ["restored", "taken", "taken"], "date": ["2016-02-15", "2016-03-15", None], "place": ["B792_1_001", "B792_1_002", None],
        "status": ["fine lavori", "decaduto", None], "register_m2": [90.0, 120.0, 0.0], "official_m2": [100.0, 0.0, 200.0], "difference_m2": [-10.0, 120.0, -200.0],
        "match": ["matched", "not carried out", "not in the register"],
    })  # fmt: skip
