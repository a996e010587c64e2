"""A table that keeps its contract passes; each way of breaking it is named, and all of them at once."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.contracts.check import check_raster_header, check_table
from pipeline.contracts.solar import Horizon
from pipeline.contracts.sources import Buildings, Landcover, Parcels
from pipeline.contracts.spec import OnFile
from pipeline.core.grid import Grid
from pipeline.errors import ContractError


def parcels() -> gpd.GeoDataFrame:
    columns = {"parcel_id": ["a", "b", "c"], "section": "_", "sheet": "1", "number": ["1", "2", "3"], "kind": ["parcel", "road", "parcel"], "area_m2": [1.0, 1.0, 1.0]}
    return gpd.GeoDataFrame(columns, geometry=shapely.box([0, 1, 2], 0, [1, 2, 3], 1), crs=25833)


def problems(frame: pd.DataFrame, spec: type = Parcels) -> str:
    with pytest.raises(ContractError) as raised:
        check_table(frame, spec, 25833, "parcels.parquet")
    assert all(p.startswith("parcels.parquet: ") for p in raised.value.problems)
    return "\n".join(raised.value.problems)


def test_a_good_table_passes() -> None:
    check_table(parcels(), Parcels, 25833, "parcels")
    check_table(parcels().iloc[:0], Parcels, 25833, "no rows")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: f.drop(columns="sheet"), "column sheet missing"),
        (lambda f: f.assign(colour="red"), "column colour not in the contract Parcels"),
        (lambda f: f.assign(area_m2=[1, 1, 1]), "column area_m2: dtype int64; expected float64"),
        (lambda f: f.assign(area_m2=[1.0, np.nan, 1.0]), "column area_m2: 1 of 3 values missing, first at parcel_id='b'"),
        (lambda f: f.assign(area_m2=[1.0, -2.0, 1.0]), "column area_m2: 1 of 3 values outside 0.0 ..  m², first at parcel_id='b': -2.0"),
        (lambda f: f.assign(area_m2=[1.0, 1.0, np.inf]), "first at parcel_id='c': inf"),
        (lambda f: f.assign(kind=["parcel", "street", "parcel"]), "column kind: 1 of 3 values not among parcel, road, water, first at parcel_id='b': 'street'"),
        (lambda f: f.assign(number=["1", 2, "3"]), "column number: 1 of 3 values not text, first at parcel_id='b': 2 (int)"),
        (lambda f: f.assign(section=["_", None, "_"]), "column section: 1 of 3 values missing"),
        (lambda f: f.assign(parcel_id=["a", "b", "b"]), "key parcel_id: 1 of 3 values repeating an earlier one, first parcel_id='b'"),
        (lambda f: f.assign(parcel_id=["b", "a", "c"]), "rows are not sorted by it, first out of place parcel_id='b'"),
        (lambda f: f.assign(parcel_id=["", "a", "c"]), "key parcel_id: 1 of 3 values empty"),
        (lambda f: f.to_crs(32633), "reference system EPSG:32633; expected the town's EPSG:25833"),
        (lambda f: f.set_crs(None, allow_override=True), "declares no reference system"),
        (lambda f: f.set_geometry(f.geometry.centroid), "geometry: 3 of 3 values not Polygon or MultiPolygon, first at parcel_id='a': Point"),
        (lambda f: f.set_geometry([None, *f.geometry[1:]], crs=25833), "geometry: 1 of 3 values missing, first at parcel_id='a'"),
        (lambda f: f.set_geometry([shapely.Polygon(), *f.geometry[1:]], crs=25833), "geometry: 1 of 3 values empty"),
        (lambda f: f.set_geometry([shapely.from_wkt("POLYGON((0 0,1 1,1 0,0 1,0 0))"), *f.geometry[1:]], crs=25833), "geometry: 1 of 3 values invalid, first at parcel_id='a': Self-intersection"),
        (lambda f: f.set_geometry(shapely.force_3d(f.geometry.to_numpy(), 5.0), crs=25833), "with a third coordinate"),
    ],
)
def test_each_breach_is_named(change: object, says: str) -> None:
    assert says in problems(change(parcels()))  # type: ignore[operator]


def test_outlines_go_unchecked_only_where_all_of_them_were_left_in_their_file() -> None:
    left = [OnFile("parcels.parquet", "geometry", row) for row in range(3)]
    frame = pd.DataFrame(parcels().drop(columns="geometry"))
    check_table(frame.assign(geometry=pd.Series(left, dtype=object)), Parcels, 25833, "left")
    shapes = parcels().geometry.tolist()
    assert "1 of 3 values not outlines, first at parcel_id='a': OnFile" in problems(frame.assign(geometry=pd.Series([left[0], *shapes[1:]], dtype=object)))
    assert "1 of 3 values not outlines, first at parcel_id='a': str" in problems(frame.assign(geometry=pd.Series(["here", *shapes[1:]], dtype=object)))


def test_all_problems_come_at_once() -> None:
    frame = parcels().assign(kind="street", area_m2=-1.0).drop(columns="sheet").to_crs(32633)
    assert len(problems(frame).splitlines()) == 4


def test_optional_columns_may_be_empty_but_not_of_another_type() -> None:
    frame = gpd.GeoDataFrame(
        {"building_id": ["a"], "parcel_id": [None], "area_m2": [1.0], "height_m": [np.nan], "height_basis": ["none"], "use": [None]}, geometry=[shapely.box(0, 0, 1, 1)], crs=25833
    )
    check_table(frame, Buildings, 25833, "buildings")
    assert "column height_m: dtype object" in problems(frame.assign(height_m=[None]), Buildings)


def test_lists_have_their_length_and_range() -> None:
    good = pd.DataFrame({"roof_id": ["a"], "horizon_deg": [np.zeros(72)], "sky_view": [1.0], "lit_share": [np.full(72 * 45, 255, dtype=np.uint8)], "cells": [np.zeros(80, dtype=np.uint8)]})
    check_table(good, Horizon, 25833, "horizon")
    assert "column horizon_deg: 1 of 1 values of another length than 72, first at roof_id='a': 71" in problems(good.assign(horizon_deg=[np.zeros(71)]), Horizon)
    assert "holding a number outside 0.0 .. 90.0 °" in problems(good.assign(horizon_deg=[np.full(72, 91.0)]), Horizon)
    assert "holding a number outside" in problems(good.assign(horizon_deg=[np.full(72, np.nan)]), Horizon)
    check_table(good.assign(cells=[np.empty(0, dtype=np.uint8)]), Horizon, 25833, "horizon")
    for wrong in (np.zeros(80), b"80", np.zeros((1, 80), dtype=np.uint8)):
        assert f"column cells: 1 of 1 values not a row of bytes, first at roof_id='a': {type(wrong).__name__}" in problems(good.assign(cells=pd.Series([wrong], dtype=object)), Horizon)


def test_raster_headers() -> None:
    grid = Grid(0.0, 0.0, 1.0, 2, 2, 25833)
    check_raster_header(Landcover, grid=grid, dtype="uint8", bands=("cover", "confidence"), epsg=25833, where="landcover.tif")
    with pytest.raises(ContractError) as raised:
        check_raster_header(Landcover, grid=grid, dtype="float32", bands=("cover",), epsg=32633, where="landcover.tif")
    assert raised.value.problems == (
        "landcover.tif: bands cover; expected cover, confidence",
        "landcover.tif: cells are float32; expected uint8",
        "landcover.tif: reference system EPSG:25833; expected the town's EPSG:32633",
    )
