"""Sealing by zone: worked by hand, conserved, contract kept, gaps reported."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.land import SealingConfig
from pipeline.config.sources import Layer, Layers, Source
from pipeline.contracts.check import check_table
from pipeline.contracts.land import Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Landcover
from pipeline.contracts.spec import Raster
from pipeline.core.grid import Grid
from pipeline.core.zones import as_codes, outlines, tile_areas, tiles
from pipeline.errors import InputError
from pipeline.io.rasters import burn
from pipeline.io.zonal import BandCells
from pipeline.stages.land.sealing import sealing

AREAS = ["covered_m2", "building_m2", "sealed_m2", "bare_m2", "green_m2", "tree_m2", "water_m2"]


def run(
    landcover: Raster[Landcover], *tables: gpd.GeoDataFrame | None, notes: Notes | None = None, streets: gpd.GeoDataFrame | None = None, layers: Layers | None = None
) -> pd.DataFrame:
    with Compute("threads") as compute:
        three = (*tables, None, None, None)[:3]
        out = sealing(landcover, *three, streets=streets, layers=layers, config=SealingConfig(), compute=compute, notes=notes or Notes())
    check_table(out, Sealing, landcover.grid.epsg, "sealing")
    return out.set_index(["zone_kind", "zone_id"])


def test_figures_worked_by_hand(
    landcover: Raster[Landcover], parcels: gpd.GeoDataFrame, residents: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame
) -> None:
    table = run(landcover, parcels, residents, boundary)
    first = table.loc[("parcel", "X_0001_1")]
    assert (first["building_m2"], first["sealed_m2"], first["area_m2"]) == pytest.approx((80.0, 120.0, 250.0))
    assert first["sealed_share"] == pytest.approx(120 / 250)
    # The border at 20.25 m gives a quarter of the column of trees to parcel 2.
    assert table.loc[("parcel", "X_0001_2"), "tree_m2"] == pytest.approx(10 * 0.25)
    assert table.loc[("parcel", "X_0001_3"), "tree_m2"] == pytest.approx(10 * 9.75)
    assert table.loc[("water", "X_0001_4"), "water_m2"] == pytest.approx(100.0)
    assert table.loc[("road", "X_0001_STRADA1"), "sealed_share"] == pytest.approx(1.0)
    assert table.loc[("town", "075014"), "sealed_m2"] == pytest.approx(120 + 200)
    assert table.loc[("section", "1"), "bare_m2"] == pytest.approx(50.0)


def test_parcels_roads_and_waters_sum_to_the_sheet(
    landcover: Raster[Landcover], parcels: gpd.GeoDataFrame, residents: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame
) -> None:
    table = run(landcover, parcels, residents, boundary)
    whole = table.loc[("town", "075014"), AREAS].astype(float)
    kinds = table.index.get_level_values("zone_kind")
    for part in (kinds.isin(["parcel", "road", "water"]), kinds == "section"):
        np.testing.assert_allclose(table.loc[part, AREAS].sum(), whole, rtol=1e-12)
    np.testing.assert_allclose(table[["sealed_m2", "bare_m2", "green_m2", "water_m2"]].sum(axis=1), table["covered_m2"], rtol=1e-12)


def test_without_any_vector_the_extent_is_the_zone(landcover: Raster[Landcover], cover: NDArray[np.uint8]) -> None:
    table = run(landcover, None, None, None)
    assert list(table.index) == [("extent", "extent")]
    assert table["sealed_m2"].iloc[0] == pytest.approx(np.isin(cover, (1, 2)).sum())
    assert table["area_m2"].iloc[0] == pytest.approx(1200.0)


def test_uncovered_ground_is_reported_and_not_extrapolated(
    write: Callable[..., Raster[Any]], cover: NDArray[np.uint8], landcover: Raster[Landcover], parcels: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame
) -> None:
    cover[:, 20:] = 0
    notes = Notes()
    table = run(write(Landcover, landcover.grid, cover, cover), parcels, None, boundary, notes=notes)
    town = table.loc[("town", "075014")]
    assert (town["area_m2"], town["covered_m2"], town["sealed_m2"]) == pytest.approx((1200.0, 600.0, 220.0))
    assert town["sealed_share"] == pytest.approx(220 / 600)
    assert notes.figures["covered_share"] == pytest.approx(0.5)
    assert len(notes.warnings) == 1 and "50.0%" in notes.warnings[0]
    for zone in (("parcel", "X_0001_3"), ("water", "X_0001_4")):
        assert table.loc[zone, "covered_m2"] == 0.0 and np.isnan(table.loc[zone, "sealed_share"])
    assert notes.counts["zones without any known land cover"] == 2


def test_full_cover_warns_of_nothing(landcover: Raster[Landcover], boundary: gpd.GeoDataFrame) -> None:
    notes = Notes()
    run(landcover, None, None, boundary, notes=notes)
    assert notes.warnings == [] and notes.counts["zones: town"] == 1


def test_a_zone_beyond_the_raster_counts_only_what_is_known(landcover: Raster[Landcover], boundary: gpd.GeoDataFrame) -> None:
    boundary.loc[0, "geometry"] = boundary.geometry.iloc[0].buffer(10, join_style="mitre")
    town = run(landcover, None, None, boundary).loc[("town", "075014")]
    assert (town["area_m2"], town["covered_m2"]) == pytest.approx((60 * 50, 1200))


def test_an_unknown_class_code_is_refused(write: Callable[..., Raster[Any]], landcover: Raster[Landcover], cover: NDArray[np.uint8]) -> None:
    cover[3, 3] = 9
    with pytest.raises(InputError, match="codes above 6"):
        run(write(Landcover, landcover.grid, cover, cover), None, None, None)


def test_what_is_sent_to_workers_survives_the_journey(landcover: Raster[Landcover], parcels: gpd.GeoDataFrame) -> None:
    """Another process gets a copy of the tile and must give the same bytes."""
    work = tiles(outlines(parcels.geometry.to_numpy()), landcover.grid, (BandCells(landcover, "cover"),), 16)
    here, there = tile_areas(work, as_codes, 8), tile_areas(pickle.loads(pickle.dumps(work)), as_codes, 8)
    assert len(here) == 6
    assert all(a[1].tobytes() == b[1].tobytes() for a, b in zip(here, there, strict=True))


@pytest.mark.shared
def test_delft_land_cover_gives_back_its_sums(shared_data: Path, write: Callable[..., Raster[Any]]) -> None:
    """Ten real classes, burnt at 0.5 m, summed over the extent: the polygons' own areas within 0.5 % of the whole."""
    grid = Grid(84808.0, 447642.0, 0.5, 460, 530, 28992)
    frame = gpd.read_file(shared_data / "delft" / "bgt_landcover_level0.gpkg")
    frame["geometry"] = shapely.intersection(frame.geometry.to_numpy(), shapely.box(*grid.bounds))
    sealed = frame["klass"].str.contains("verharding")
    codes = np.select([frame["klass"].str.startswith("pand"), sealed, frame["klass"].str.startswith("water")], [1, 2, 6], 4)
    cover = burn(frame.geometry.to_numpy(), codes, grid)
    notes = Notes()
    row = run(write(Landcover, grid, cover, cover), None, None, None, notes=notes).loc[("extent", "extent")]
    true = {name: frame.area[np.isin(codes, k)].sum() for name, k in {"building_m2": 1, "water_m2": 6, "green_m2": 4, "sealed_m2": (1, 2)}.items()}
    for name, area in true.items():
        assert row[name] == pytest.approx(area, abs=0.005 * row["covered_m2"])
    assert notes.figures["covered_share"] == pytest.approx(frame.area.sum() / row["area_m2"], abs=0.005)
    assert notes.warnings


def street(at_north: float) -> gpd.GeoDataFrame:
    line = shapely.LineString([(250000.0, 4470000.0 + at_north), (250040.0, 4470000.0 + at_north)])
    return gpd.GeoDataFrame({"street_id": ["s1"]}, geometry=[line], crs=25833)


def test_a_stretch_of_street_is_its_line_widened_and_cut_at_the_border(landcover: Raster[Landcover], boundary: gpd.GeoDataFrame) -> None:
    """The line runs along the asphalt 2.5 m from the southern border: 10 m to the north, 2.5 m to the south, 5 m of them sealed."""
    row = run(landcover, None, None, boundary, streets=street(2.5)).loc[("street", "s1")]
    assert (row["area_m2"], row["sealed_m2"]) == pytest.approx((40 * 12.5, 40 * 5.0))


def test_overlapping_parcels_are_told_and_the_town_counts_ground_once(landcover: Raster[Landcover], parcels: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame) -> None:
    before = run(landcover, parcels, None, boundary).loc[("town", "075014"), "sealed_m2"]
    moved = parcels.copy()
    first = moved.index[moved["parcel_id"] == "X_0001_1"][0]
    moved.loc[first, "geometry"] = shapely.union(moved.geometry[first], shapely.box(250010.0, 4470010.0, 250012.0, 4470020.0))
    notes = Notes()
    table = run(landcover, moved, None, boundary, notes=notes)
    assert table.loc[("town", "075014"), "sealed_m2"] == pytest.approx(before)
    assert notes.figures["overlap_m2"] == pytest.approx(20.0)
    assert table.loc[("parcel", "X_0001_1"), "shared_m2"] == pytest.approx(20.0)
    assert table.loc[("parcel", "X_0001_2"), "shared_m2"] == pytest.approx(20.0)
    assert notes.counts["parcels that overlap others"] == 2 and "stand twice" in notes.warnings[0]


def test_the_interval_holds_the_figure_and_ends_at_what_is_known(landcover: Raster[Landcover], parcels: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame) -> None:
    table = run(landcover, parcels, None, boundary)
    assert (table["sealed_low_m2"] <= table["sealed_m2"] + 1e-9).all() and (table["sealed_high_m2"] >= table["sealed_m2"] - 1e-9).all()
    assert (table["sealed_high_m2"] <= table["covered_m2"] + 1e-9).all() and set(table["interval_basis"]) == {"ranks"}


def test_labels_give_the_interval_of_olofsson(tmp_path: Path, landcover: Raster[Landcover], boundary: gpd.GeoDataFrame) -> None:
    """LAND L6: strata of 18 and 82 %, 75 and 225 points, 68 and 6 of them sealed: SE 0.010722 of the area."""
    ids = [f"{i:04d}" for i in range(300)]
    strata = ["sealed"] * 75 + ["other"] * 225
    label = ["sealed"] * 68 + ["bare"] * 7 + ["building"] * 6 + ["tree"] * 219
    pd.DataFrame({"point_id": ids, "label": label}).to_csv(tmp_path / "points.csv", index=False)
    pd.DataFrame({"point_id": ids, "stratum": strata, "stratum_m2": [180.0 if s == "sealed" else 820.0 for s in strata]}).to_csv(tmp_path / "key.csv", index=False)
    notes = Notes()
    source = Source(kind="labels", path="points.csv", table="key.csv")
    table = run(landcover, None, None, boundary, notes=notes, layers=(Layer(source, (tmp_path / "points.csv",), tmp_path / "key.csv"),))
    known = table.loc[("town", "075014"), "covered_m2"]
    assert notes.figures["adjusted_sealed_m2"] / known == pytest.approx(0.185067, abs=1e-6)
    assert notes.figures["adjusted_sealed_half_width_m2"] / known == pytest.approx(1.959964 * 0.010722, rel=1e-3)
    assert (notes.figures["overall_accuracy"], notes.figures["users_accuracy_sealed"], notes.figures["producers_accuracy_sealed"]) == pytest.approx((0.9613, 0.9067, 0.8818), abs=1e-4)
    assert set(table["interval_basis"]) == {"labels"}
    town = table.loc[("town", "075014")]
    assert (town["adjusted_m2"] / known, (town["adjusted_high_m2"] - town["adjusted_low_m2"]) / known) == pytest.approx((0.185067, 2 * 1.959964 * 0.010722), rel=1e-3)
    assert table.drop(("town", "075014"))["adjusted_m2"].isna().all()
    assert run(landcover, None, None, boundary)["adjusted_m2"].isna().all()
