"""What is written is read back the same, by us and by others, and the same rows give the same bytes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from pipeline.contracts.check import check_columns, check_table
from pipeline.contracts.solar import Horizon
from pipeline.contracts.sources import Parcels, Weather
from pipeline.contracts.spec import Column, PackageSpec, TableSpec
from pipeline.errors import ContractError
from pipeline.io.onfile import lists, outlines
from pipeline.io.packages import read_package, write_package
from pipeline.io.tables import read_table, write_table


class Trees(TableSpec):
    title_en = "Trees"
    title_it = "Alberi"
    key = ("tree_id",)
    geometry = "point"
    tree_id = Column("str", "", "Tree", "Albero")
    height_m = Column("float", "m", "Height", "Altezza", required=False)
    rings = Column("int", "", "Rings", "Anelli", required=False)
    alive = Column("bool", "", "Alive", "Vivo")


class Hedges(TableSpec):
    title_en = "Hedges"
    title_it = "Siepi"
    key = ("hedge_id",)
    geometry = "polygon"
    geometry_required = False
    geometry_bulky = True
    hedge_id = Column("str", "", "Hedge", "Siepe")


class Wood(PackageSpec):
    title_en = "Wood"
    title_it = "Bosco"
    layers: ClassVar[dict[str, type[TableSpec]]] = {"trees": Trees, "parcels": Parcels}


def trees() -> gpd.GeoDataFrame:
    columns = {"tree_id": ["a", "bà"], "height_m": [np.nan, 2.5], "rings": pd.array([7, None], dtype="Int64"), "alive": [True, False]}
    return gpd.GeoDataFrame(columns, geometry=shapely.points([[1.5, 2.5], [3.0, 4.0]]), crs=25833)


def parcels() -> gpd.GeoDataFrame:
    two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    ring = shapely.box(5, 5, 9, 9).difference(shapely.box(6, 6, 7, 7))
    columns = {"parcel_id": ["a", "b"], "section": "_", "sheet": "007", "number": ["1", "A"], "kind": "parcel", "area_m2": [2.0, 15.0]}
    return gpd.GeoDataFrame(columns, geometry=[two, ring], crs=25833)


@pytest.mark.parametrize(("frame", "spec"), [(trees(), Trees), (parcels(), Parcels), (parcels().iloc[:0], Parcels)])
def test_geoparquet_round_trip(frame: gpd.GeoDataFrame, spec: type[TableSpec], tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", frame, spec, 25833, {})
    back = read_table(tmp_path / "a.parquet", spec)
    check_table(back, spec, 25833, "back")
    assert_geodataframe_equal(back, frame, check_crs=True)
    other = gpd.read_parquet(tmp_path / "a.parquet")
    assert other.crs.to_epsg() == 25833
    assert len(other) == len(frame)


def test_meaning_and_notice_travel_with_the_file(tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", parcels(), Parcels, 25833, {"notice": "dati dimostrativi / demonstration data"})
    schema = pq.read_schema(tmp_path / "a.parquet")
    assert schema.metadata[b"notice"] == b"dati dimostrativi / demonstration data"
    assert schema.field("area_m2").metadata[b"unit"].decode() == "m²"
    assert schema.field("area_m2").metadata[b"it"].decode() == Parcels.area_m2.it


def test_lists_are_fixed_arrays(tmp_path: Path) -> None:
    frame = pd.DataFrame({"roof_id": ["a", "b"], "horizon_deg": [np.arange(72.0), np.zeros(72)], "sky_view": [1.0, 0.5], "lit_share": [np.arange(3240) % 256] * 2})
    frame["cells"] = [np.arange(80, dtype=np.uint8), np.empty(0, dtype=np.uint8)]
    write_table(tmp_path / "h.parquet", frame, Horizon, 25833, {})
    back = read_table(tmp_path / "h.parquet", Horizon)
    check_table(back, Horizon, 25833, "back")
    assert np.array_equal(np.stack(list(back["lit_share"])), np.stack(list(frame["lit_share"])))
    assert np.array_equal(back["horizon_deg"][0], np.arange(72.0))
    assert [c.tolist() for c in back["cells"]] == [list(range(80)), []] and {c.dtype for c in back["cells"]} == {np.dtype("uint8")}
    field = pq.read_schema(tmp_path / "h.parquet").field("lit_share")
    assert str(field.type) == "fixed_size_binary[3240]"
    write_table(tmp_path / "none.parquet", frame.iloc[:0], Horizon, 25833, {})
    check_table(read_table(tmp_path / "none.parquet", Horizon), Horizon, 25833, "empty")


def test_a_table_without_geometry_is_a_plain_frame(tmp_path: Path) -> None:
    frame = pd.DataFrame({name: np.zeros(3) for name in Weather.columns()}).assign(hour=[0, 1, 2], month=1, dni_extra=1400.0)
    write_table(tmp_path / "w.parquet", frame, Weather, 25833, {})
    back = read_table(tmp_path / "w.parquet", Weather)
    assert type(back) is pd.DataFrame
    pd.testing.assert_frame_equal(back, frame)


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("1", "2"):
        write_table(tmp_path / f"{name}.parquet", parcels(), Parcels, 25833, {"notice": "x"})
        write_package(tmp_path / f"{name}.gpkg", {"trees": trees(), "parcels": parcels()}, Wood, 25833, {"notice": "x"})
    for suffix in ("parquet", "gpkg"):
        assert (tmp_path / f"1.{suffix}").read_bytes() == (tmp_path / f"2.{suffix}").read_bytes()


def test_package_round_trip_with_an_empty_layer(tmp_path: Path) -> None:
    path = tmp_path / "wood.tmp"  # a temporary name has another suffix
    write_package(path, {"parcels": parcels()}, Wood, 25833, {"notice": "dati dimostrativi"})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["wood.tmp"]
    path = path.rename(tmp_path / "wood.gpkg")
    back = read_package(path, Wood)
    assert list(back) == ["trees", "parcels"]
    for name, spec in Wood.layers.items():
        check_table(back[name], spec, 25833, name)
    assert_geodataframe_equal(back["parcels"], parcels())
    assert list(back["trees"].columns) == ["tree_id", "height_m", "rings", "alive", "geometry"]
    for name in Wood.layers:
        assert pyogrio.read_info(path, layer=name)["layer_metadata"]["notice"] == "dati dimostrativi"
    assert [p.name for p in tmp_path.iterdir()] == ["wood.gpkg"]  # opening it leaves no side file


def test_package_keeps_types_and_describes_columns(tmp_path: Path) -> None:
    write_package(tmp_path / "wood.gpkg", {"trees": trees(), "parcels": parcels()}, Wood, 25833, {})
    assert_geodataframe_equal(read_package(tmp_path / "wood.gpkg", Wood)["trees"], trees())
    with closing(sqlite3.connect(tmp_path / "wood.gpkg")) as base:
        rows: list[Any] = base.execute("SELECT title FROM gpkg_data_columns WHERE table_name='trees' AND column_name='height_m'").fetchall()
    assert rows == [("Height [m]",)]


def test_broken_files_are_contract_errors(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(ContractError, match="cannot be read as Parquet"):
        read_table(tmp_path / "a.parquet", Parcels)
    with pytest.raises(ContractError, match="cannot be read as Parquet"):
        read_table(tmp_path / "missing.parquet", Parcels)
    (tmp_path / "a.gpkg").write_bytes(b"SQLite format 3\0" + bytes(100))
    with pytest.raises(ContractError, match="cannot be read as a GeoPackage"):
        read_package(tmp_path / "a.gpkg", Wood)
    with pytest.raises(ContractError, match="layer shrubs not in the contract"):
        write_package(tmp_path / "b.gpkg", {"shrubs": trees()}, Wood, 25833, {})
    pyogrio.write_dataframe(parcels(), tmp_path / "half.gpkg", layer="parcels")
    with pytest.raises(ContractError, match="layer trees missing"):
        read_package(tmp_path / "half.gpkg", Wood)


def test_bulky_columns_stay_in_the_file_until_rows_of_them_are_asked_for(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    rows = 2 * Horizon.group_rows + 37
    columns = {"roof_id": [f"{i:04d}" for i in range(rows)], "horizon_deg": [np.zeros(72)] * rows, "sky_view": rng.random(rows)}
    frame = pd.DataFrame(columns | {"lit_share": list(rng.integers(0, 256, (rows, 3240), dtype=np.uint8)), "cells": [np.zeros(0, dtype=np.uint8)] * rows})
    write_table(tmp_path / "h.parquet", frame, Horizon, 25833, {})
    slim = read_table(tmp_path / "h.parquet", Horizon, slim=True)
    check_columns(slim, Horizon, 25833, "slim")
    assert list(slim.columns) == list(Horizon.columns()) and slim["sky_view"].equals(frame["sky_view"])
    some = rng.permutation(rows)[:90]
    assert np.array_equal(lists(slim["lit_share"].iloc[some]), np.stack(list(frame["lit_share"].iloc[some])))
    assert np.array_equal(lists(frame["lit_share"]), lists(slim.merge(frame[["roof_id"]], on="roof_id")["lit_share"]))
    assert lists(slim["lit_share"].iloc[:0]).size == 0


def test_outlines_left_in_the_file_are_the_ones_that_were_written(tmp_path: Path) -> None:
    rows = Hedges.group_rows + 5
    shapes = np.array([shapely.box(i, 0, i + 1, 1) if i % 7 else None for i in range(rows)], dtype=object)
    frame = gpd.GeoDataFrame({"hedge_id": [f"{i:04d}" for i in range(rows)]}, geometry=shapes, crs=25833)
    write_table(tmp_path / "b.parquet", frame, Hedges, 25833, {})
    slim = read_table(tmp_path / "b.parquet", Hedges, slim=True)
    assert not isinstance(slim, gpd.GeoDataFrame)
    assert all(a is b is None or a.equals(b) for a, b in zip(outlines(slim["geometry"]), shapes, strict=True))
    assert np.array_equal(outlines(frame["geometry"]), shapes)
