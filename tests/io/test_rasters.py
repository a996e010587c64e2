"""Rasters are read as they were written and shapes are burnt as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from pipeline.contracts.sources import Landcover, Surface
from pipeline.contracts.spec import RasterBlocks, RasterSpec
from pipeline.core.grid import Grid, Window
from pipeline.errors import InputError
from pipeline.io import rasters

GRID = Grid(500000.0, 4500000.0, 1.0, 600, 700, 25833)


def test_windows_of_a_raster_are_read_as_they_were_written(tmp_path: Path) -> None:
    cells = np.random.default_rng(1).normal(20.0, 5.0, (3, *GRID.shape)).astype(np.float32)
    path = tmp_path / "surface.tif"
    rasters.write(path, Surface, RasterBlocks(GRID, iter([(Window(0, 0, *GRID.shape), cells)])))
    raster = rasters.open_raster(path)
    for window in (Window(0, 0, 20, 30), Window(500, 500, 100, 200), Window(490, 10, 40, 600)):
        for band, name in enumerate(raster.bands):
            part = cells[band, window.row : window.row + window.rows, window.col : window.col + window.cols]
            assert np.array_equal(rasters.read(raster, name, window), part)
            assert np.array_equal(rasters.BandInput(path, name).read(GRID.crop(window)), part)


@pytest.mark.parametrize(("row", "col"), [(-30, 20), (20, -30), (-30, -30), (580, 10), (10, 690), (595, 695), (-20, -20), (-60, 0), (700, 0), (0, -60), (0, 800)])
@pytest.mark.parametrize("spec", [Surface, Landcover])
def test_beyond_the_edges_nothing_is_known(tmp_path: Path, spec: type[RasterSpec], row: int, col: int) -> None:
    cells = np.random.default_rng(1).integers(1, 5, (len(spec.bands), *GRID.shape)).astype(spec.dtype)
    cells[:, 5:300:7, 3:500:9] = spec.nodata
    rasters.write(tmp_path / "r.tif", spec, RasterBlocks(GRID, iter([(Window(0, 0, *GRID.shape), cells)])))
    expected = np.full((800 + GRID.rows, 800 + GRID.cols), np.nan, np.float32)
    expected[100 : 100 + GRID.rows, 100 : 100 + GRID.cols] = np.where(np.equal(cells[0], spec.nodata), np.nan, cells[0])
    wide = Grid(GRID.west + col, GRID.north - row, 1.0, 50, 40, 25833)
    found = rasters.BandInput(tmp_path / "r.tif", spec.bands[0].name).read(wide)
    np.testing.assert_array_equal(found, expected[100 + row : 150 + row, 100 + col : 140 + col])
    assert found.dtype == np.float32 and found.flags.writeable


def test_a_raster_that_is_replaced_is_read_anew_and_one_that_is_gone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "surface.tif"
    for level in (20.0, 30.0):
        rasters.write(tmp_path / "new.tif", Surface, RasterBlocks(GRID, iter([(Window(0, 0, *GRID.shape), np.full((3, *GRID.shape), level, np.float32))])))
        (tmp_path / "new.tif").replace(path)
        raster = rasters.open_raster(path)
        assert np.all(rasters.read(raster, "surface", Window(5, 5, 9, 9)) == level)
        assert np.all(rasters.BandInput(path, "surface").read(GRID.crop(Window(5, 5, 9, 9))) == level)
    path.unlink()
    with pytest.raises(InputError, match=r"surface\.tif: cannot be read"):
        rasters.BandInput(path, "surface").read(GRID)


def test_a_shape_is_burnt_where_it_holds_the_centre_whatever_its_parts() -> None:
    ring = shapely.box(500010.0, 4499900.0, 500060.0, 4499950.0).difference(shapely.box(500020.2, 4499910.0, 500040.0, 4499930.0))
    two = shapely.MultiPolygon([shapely.box(500080.0, 4499900.0, 500090.0, 4499910.0), shapely.Point(500120.0, 4499905.0).buffer(9.0) - shapely.Point(500120.0, 4499905.0).buffer(4.0)])
    shapes = [shapely.Polygon(), ring, None, two, shapely.box(500030.5, 4499890.0, 500085.0, 4499905.0)]
    burnt = rasters.burn(shapes, [9, 1, 9, 2, 3], GRID, dtype="int32")
    row, col = np.mgrid[: GRID.rows, : GRID.cols]
    east, north = GRID.west + col + 0.5, GRID.north - row - 0.5
    expected = np.zeros(GRID.shape, np.int32)
    for value, shape in ((1, ring), (2, two), (3, shapes[4])):
        expected[shapely.contains_xy(shape, east, north)] = value
    assert np.array_equal(burnt, expected)
    assert not rasters.burn([None, shapely.Polygon()], [1, 2], GRID).any()


def test_of_a_collection_the_polygons_are_burnt_and_a_stray_line_is_not() -> None:
    """What the intersection of two outlines that also touch gives; GDAL would burn every cell along the line."""
    box, pair = shapely.box(500010.0, 4499900.0, 500020.0, 4499910.0), shapely.MultiPolygon([shapely.box(500030.0, 4499900.0, 500040.0, 4499910.0), shapely.box(500050.0, 4499900.0, 500060.0, 4499910.0)])
    mixed = shapely.GeometryCollection([box, pair, shapely.LineString([(500100.0, 4499800.0), (500200.0, 4499850.0)])])
    burnt = rasters.burn([mixed], [1], GRID)
    assert burnt.sum() == 300 and np.array_equal(burnt, rasters.burn([box, pair], [1, 1], GRID))
