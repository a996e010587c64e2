"""Canopy and green per resident: worked by hand, conserved, the threshold printed."""

from __future__ import annotations

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
from pipeline.config.land import GreenConfig, SealingConfig
from pipeline.config.sources import Layer, Layers, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.land import Green
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Landcover, Surface
from pipeline.contracts.spec import Raster
from pipeline.core.grid import Grid
from pipeline.errors import InputError
from pipeline.stages.land.green import green
from pipeline.stages.land.sealing import sealing


def run(
    landcover: Raster[Landcover], surface: Raster[Surface], *tables: gpd.GeoDataFrame | None, notes: Notes | None = None, canopy_height_m: float = 3.0, layers: Layers | None = None
) -> pd.DataFrame:
    with Compute("threads") as compute:
        sealed = sealing(landcover, *tables, streets=None, layers=None, config=SealingConfig(), compute=compute, notes=Notes())
        config = GreenConfig(canopy_height_m=canopy_height_m)
        out = green(landcover, surface, sealed, *tables, layers=layers, config=config, town=Town(name="X", epsg=landcover.grid.epsg), compute=compute, notes=notes or Notes())
    check_table(out, Green, landcover.grid.epsg, "green")
    return out.set_index(["zone_kind", "zone_id"])


def test_canopy_is_at_or_above_the_threshold_and_no_building(
    landcover: Raster[Landcover], surface: Raster[Surface], parcels: gpd.GeoDataFrame, residents: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame
) -> None:
    notes = Notes()
    table = run(landcover, surface, parcels, residents, boundary, notes=notes)
    # The wood has 10 x 10 cells; its row of 2.9 m is no canopy, its row of exactly 3 m is; the building never.
    assert table.loc[("town", "075014"), "canopy_m2"] == pytest.approx(90.0)
    assert table.loc[("parcel", "X_0001_2"), "canopy_m2"] == pytest.approx(9 * 0.25)
    assert table.loc[("parcel", "X_0001_1"), "canopy_m2"] == 0.0
    assert table.loc[("town", "075014"), "canopy_share"] == pytest.approx(90 / 1200)
    assert any(">= 3 m" in line for line in notes.assumptions)
    partition = table.index.get_level_values("zone_kind").isin(["parcel", "road", "water"])
    assert table.loc[partition, "canopy_m2"].sum() == pytest.approx(90.0, rel=1e-12)


def test_the_threshold_moves_the_figure(landcover: Raster[Landcover], surface: Raster[Surface]) -> None:
    canopy = [run(landcover, surface, None, None, None, canopy_height_m=h)["canopy_m2"].iloc[0] for h in (2.0, 2.9, 3.0, 3.1)]
    assert canopy == pytest.approx([100.0, 100.0, 90.0, 80.0])


def test_per_resident_by_section_and_town(
    landcover: Raster[Landcover], surface: Raster[Surface], cover: NDArray[np.uint8], residents: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame
) -> None:
    notes = Notes()
    table = run(landcover, surface, None, residents, boundary, notes=notes)
    west, east, town = (table.loc[k] for k in (("section", "1"), ("section", "2"), ("town", "075014")))
    green_west = np.isin(cover[:, :20], (4, 5)).sum()
    assert west["green_m2_per_resident"] == pytest.approx(green_west / 12)
    assert east["residents"] == 0 and pd.isna(east["green_m2_per_resident"]) and pd.isna(east["canopy_m2_per_resident"])
    assert town["residents"] == 12
    assert town["canopy_m2_per_resident"] == pytest.approx(90 / 12)
    assert notes.counts["sections without residents"] == 1


def test_without_residents_nothing_is_per_resident(
    landcover: Raster[Landcover], surface: Raster[Surface], parcels: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame
) -> None:
    table = run(landcover, surface, parcels, None, boundary)
    assert table["residents"].isna().all() and table["green_m2_per_resident"].isna().all()


def test_unknown_height_or_cover_is_left_out_of_the_share(
    write: Callable[..., Raster[Any]], cover: NDArray[np.uint8], height: NDArray[np.float32], landcover: Raster[Landcover]
) -> None:
    height[:, 30:] = np.nan  # 300 cells without height
    cover[0:2, 20:30] = 0  # 20 tall cells without land cover
    notes = Notes()
    surface = write(Surface, landcover.grid, height, height, height)
    row = run(write(Landcover, landcover.grid, cover, cover), surface, None, None, None, notes=notes).iloc[0]
    assert (row["height_known_m2"], row["canopy_m2"]) == pytest.approx((1200 - 300 - 20, 70.0))
    assert row["canopy_share"] == pytest.approx(70 / 880)
    assert notes.figures["tall_where_cover_unknown_m2"] == pytest.approx(20.0)
    assert len(notes.warnings) == 1 and "neither" in notes.warnings[0]


def test_a_coarser_land_cover_gives_each_cell_its_class_and_says_so(
    write: Callable[..., Raster[Any]], surface: Raster[Surface], landcover: Raster[Landcover], cover: NDArray[np.uint8]
) -> None:
    """At 5 m the wood and the road keep their outlines, so the canopy stays; the building's row is shared."""
    g = landcover.grid
    coarse = Grid(g.west, g.north, 5.0, 6, 8, g.epsg)
    notes = Notes()
    table = run(write(Landcover, coarse, cover[2::5, 2::5], cover[2::5, 2::5]), surface, None, None, None, notes=notes)
    # Rows 10-12 of the building lie in coarse cells of its yard: 10 x 3 m of 8 m height count as canopy there.
    building_left = int(((cover == 1) & (np.kron(cover[2::5, 2::5], np.ones((5, 5), dtype=np.uint8)) != 1)).sum())
    assert table["canopy_m2"].iloc[0] == pytest.approx(90.0 + building_left)
    assert any("5 m" in line for line in notes.assumptions)


def test_a_shifted_surface_reads_the_class_under_each_cell(
    write: Callable[..., Raster[Any]], landcover: Raster[Landcover], cover: NDArray[np.uint8], height: NDArray[np.float32]
) -> None:
    """A surface that reaches 3 m further on every side changes nothing inside."""
    g = landcover.grid
    wide = Grid(g.west - 3, g.north + 3, 1.0, g.rows + 6, g.cols + 6, g.epsg)
    tall = np.pad(height, 3, constant_values=9.0)
    row = run(landcover, write(Surface, wide, tall, tall, tall), None, None, None).iloc[0]
    assert (row["canopy_m2"], row["height_known_m2"]) == pytest.approx((90.0, 1200.0))


def test_two_reference_systems_are_refused(write: Callable[..., Raster[Any]], landcover: Raster[Landcover], height: NDArray[np.float32]) -> None:
    g = landcover.grid
    other = write(Surface, Grid(g.west, g.north, 1.0, g.rows, g.cols, 32633), height, height, height)
    with pytest.raises(InputError, match="EPSG:32633"):
        run(landcover, other, None, None, None)


def test_sealing_of_other_zones_is_refused(landcover: Raster[Landcover], surface: Raster[Surface], parcels: gpd.GeoDataFrame) -> None:
    with Compute("threads") as compute:
        sealed = sealing(landcover, None, None, None, streets=None, layers=None, config=SealingConfig(), compute=compute, notes=Notes())
        with pytest.raises(InputError, match="other zones"):
            green(landcover, surface, sealed, parcels, None, None, layers=None, config=GreenConfig(), town=Town(name="X", epsg=landcover.grid.epsg), compute=compute, notes=Notes())


def test_canopy_of_groves_stands_apart(landcover: Raster[Landcover], surface: Raster[Surface], parcels: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """A grove over the northern six of the wood's nine tall rows; without a layer the figure is missing, not zero."""
    west, _, _, north = boundary.total_bounds
    grove = gpd.GeoDataFrame({"name": ["uliveto"]}, geometry=[shapely.box(west + 18, north - 6, west + 40, north)], crs=boundary.crs)
    grove.to_file(tmp_path / "g.gpkg")
    town = run(landcover, surface, parcels, None, boundary, layers=(Layer(Source(kind="vector", path="x"), (tmp_path / "g.gpkg",)),)).loc[("town", "075014")]
    assert (town["canopy_m2"], town["grove_canopy_m2"]) == pytest.approx((90.0, 60.0))
    tags = gpd.GeoDataFrame({"landuse": ["orchard", "forest"]}, geometry=[grove.geometry[0], boundary.geometry[0]], crs=boundary.crs).to_crs(4326)
    tags.to_file(tmp_path / "g.geojson")
    osm = run(landcover, surface, parcels, None, boundary, layers=(Layer(Source(kind="osm", path="x"), (tmp_path / "g.geojson",)),)).loc[("town", "075014")]
    assert osm["grove_canopy_m2"] == pytest.approx(60.0)
    notes = Notes()
    assert run(landcover, surface, parcels, None, boundary, notes=notes)["grove_canopy_m2"].isna().all() and any("Xylella" in line for line in notes.assumptions)
    with pytest.raises(InputError, match="kind sections; expected vector"):
        run(landcover, surface, parcels, None, boundary, layers=(Layer(Source(kind="sections", path="x"), ()),))
