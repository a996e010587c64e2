"""Rows of a register found on the ground: each way, its order, and why not."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from pipeline.joins.located import locate

EPSG = 25833
EAST, NORTH = 250000.0, 4470000.0


def box(x: float, y: float, size: float = 10.0) -> shapely.Polygon:
    return shapely.box(EAST + x, NORTH + y, EAST + x + size, NORTH + y + size)


@pytest.fixture(scope="module")
def buildings() -> gpd.GeoDataFrame:
    shapes = [box(0, 0), box(20, 0, 20), box(100, 0), box(112, 0)]
    table = gpd.GeoDataFrame({"building_id": ["a", "b", "c", "d"], "parcel_id": ["B792_000100.1", "B792_000100.1", None, "B792_000200.7"]}, geometry=shapes, crs=EPSG)
    return table.assign(area_m2=table.area)


@pytest.fixture(scope="module")
def parcels() -> gpd.GeoDataFrame:
    ids = ["B792_000100.1", "B792_000200.7", "B792_000200.8"]
    return gpd.GeoDataFrame({"parcel_id": ids, "sheet": ["1", "2", "2"], "number": ["1", "7", "8"]}, geometry=[box(-5, -5, 60), box(111, -5, 30), box(200, 0)], crs=EPSG)


def degrees(x: float, y: float) -> tuple[float, float]:
    lon, lat = Transformer.from_crs(EPSG, 4326, always_xy=True).transform(EAST + x, NORTH + y)
    return float(lon), float(lat)


def row(**given: Any) -> dict[str, Any]:
    return {"building_id": None, "parcel": None, "address": None, "lat": np.nan, "lon": np.nan, "easting": np.nan, "northing": np.nan, "crs": ""} | given


def find(buildings: Any, parcels: Any, *rows: dict[str, Any], addresses: Any = None) -> list[tuple[str, str, str | None]]:
    made = locate(pd.DataFrame(rows), buildings, parcels, addresses, EPSG, 15.0)
    return [("" if r < 0 else str(buildings["building_id"].iloc[r]), str(h), w) for r, h, w in zip(made.row, made.how, made.why, strict=True)]


def numbers(*rows: tuple[str, str, str | None, float, float]) -> pd.DataFrame:
    return pd.DataFrame([(s, n, e, *degrees(x, y)) for s, n, e, x, y in rows], columns=["street", "number", "exponent", "lon", "lat"])


def test_by_building_parcel_and_point(buildings: Any, parcels: Any) -> None:
    lon, lat = degrees(105, 5)
    found = find(
        buildings, parcels, row(building_id="c"), row(parcel="B792_000100.1"), row(parcel="2/7"), row(lat=lat, lon=lon), row(easting=EAST + 119.0, northing=NORTH + 18.0),
        row(easting=EAST, northing=NORTH, crs="EPSG:25833"),
    )  # fmt: skip
    assert found == [
        ("c", "building", None), ("b", "parcel", None), ("d", "parcel", None), ("c", "point", None), ("d", "point", None), ("a", "point", None),
    ]  # fmt: skip


def test_by_address(buildings: Any, parcels: Any) -> None:
    there = numbers(("VIA ROMA", "12", None, -8.0, 5.0), ("VIA ROMA", "12", "B", 105.0, 5.0), ("VIA LECCE", "1", None, 500.0, 500.0))
    asked = [row(address=a) for a in ("v. Roma n. 12", "Via Roma 12/B", "Via Roma", "Via Lecce 1", "Via che non c'è, 7")]
    found = find(buildings, parcels, *asked, addresses=there)
    assert found == [("a", "address", None), ("c", "address", None), *[("", "none", "unknown_address")] * 3]
    assert find(buildings, parcels, row(address="Via Roma 12")) == [("", "none", "no_address_list")]


def test_a_number_on_two_buildings_is_not_guessed(buildings: Any, parcels: Any) -> None:
    there = numbers(("Via Roma", "3", None, 5.0, 5.0), ("Via Roma", "3", None, 105.0, 5.0))
    assert find(buildings, parcels, row(address="Via Roma 3"), addresses=there) == [("", "none", "ambiguous_address")]


def test_why_not(buildings: Any, parcels: Any) -> None:
    found = find(buildings, parcels, row(), row(building_id="z"), row(parcel="B792_000900.1"), row(parcel="B792_000200.8"), row(easting=EAST + 60.0, northing=NORTH + 60.0))
    assert [w for *_, w in found] == ["no_reference", "unknown_building", "unknown_parcel", "parcel_without_building", "point_without_building"]
    assert find(buildings, None, row(parcel="B792_000100.1")) == [("", "none", "unknown_parcel")]


def test_the_next_reference_serves_where_the_first_leads_nowhere(buildings: Any, parcels: Any) -> None:
    assert find(buildings, parcels, row(building_id="z", parcel="2/7")) == [("d", "parcel", None)]
    assert find(buildings, parcels, row(building_id="z", parcel="9/9")) == [("", "none", "unknown_building")]


def test_a_town_without_buildings() -> None:
    none = gpd.GeoDataFrame({"building_id": [], "parcel_id": [], "area_m2": []}, geometry=[], crs=EPSG)
    assert locate(pd.DataFrame([row(easting=EAST, northing=NORTH)]), none, None, None, EPSG, 15.0).row.tolist() == [-1]
