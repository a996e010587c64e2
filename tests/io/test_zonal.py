"""Cells on any grid: the raster's own where the lattices agree, the class under the centre where not, nodata outside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.contracts.sources import Landcover
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters
from pipeline.io.zonal import BandCells, same_lattice, zones

GRID = Grid(1000.0, 2000.0, 2.0, 7, 9, 25833)
CODES = np.arange(63, dtype=np.uint8).reshape(7, 9) % 6 + 1


@pytest.fixture
def cells(tmp_path: Path) -> BandCells:
    blocks = iter([(Window(0, 0, 7, 9), np.stack([CODES, CODES]))])
    made: RasterBlocks[Landcover] = RasterBlocks(GRID, blocks)
    rasters.write(tmp_path / "landcover.tif", Landcover, made)
    raster: Raster[Landcover] = rasters.open_raster(tmp_path / "landcover.tif")
    return BandCells(raster, "cover")


def test_the_own_lattice_gives_the_own_cells(cells: BandCells) -> None:
    np.testing.assert_array_equal(cells.read(GRID), CODES)
    np.testing.assert_array_equal(cells.read(GRID.crop(Window(2, 3, 4, 5))), CODES[2:6, 3:8])


def test_nodata_outside(cells: BandCells) -> None:
    wide = Grid(GRID.west - 4, GRID.north + 2, 2.0, 10, 12, 25833)
    got = cells.read(wide)
    np.testing.assert_array_equal(got[1:8, 2:11], CODES)
    assert not got[0].any() and not got[:, :2].any() and not got[8:].any() and not got[:, 11:].any()
    assert not cells.read(Grid(9000.0, 2000.0, 2.0, 3, 4, 25833)).any()


def test_a_finer_or_shifted_grid_takes_the_cell_that_holds_the_centre(cells: BandCells) -> None:
    fine = Grid(GRID.west, GRID.north, 0.5, 28, 36, 25833)
    np.testing.assert_array_equal(cells.read(fine), np.kron(CODES, np.ones((4, 4), dtype=np.uint8)))
    shifted = Grid(GRID.west + 0.9, GRID.north - 0.9, 2.0, 6, 8, 25833)
    np.testing.assert_array_equal(cells.read(shifted), CODES[:6, :8])


def test_lattices_are_compared_to_a_thousandth_of_a_cell() -> None:
    assert same_lattice(GRID, Grid(GRID.west - 6, GRID.north + 100, 2.0, 1, 1, 25833))
    assert same_lattice(GRID, Grid(GRID.west + 1e-4, GRID.north, 2.0, 1, 1, 25833))
    assert not same_lattice(GRID, Grid(GRID.west + 0.5, GRID.north, 2.0, 1, 1, 25833))
    assert not same_lattice(GRID, Grid(GRID.west, GRID.north, 1.0, 1, 1, 25833))


def test_without_vectors_the_frame_is_the_only_zone() -> None:
    table = zones(GRID, None, None, None)
    assert table[["zone_kind", "zone_id"]].to_numpy().tolist() == [["extent", "extent"]]
    assert table["area_m2"].iloc[0] == 7 * 9 * 4.0 and table.crs.to_epsg() == 25833
