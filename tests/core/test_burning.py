"""Cells inside polygons: those of GDAL, of point in polygon, and every centre on a shared edge in one of two polygons."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from rasterio.features import rasterize
from rasterio.transform import Affine

from pipeline.core import burning
from pipeline.core.burning import cells_inside
from pipeline.core.grid import Grid

GRID = Grid(500000.0, 4500060.0, 0.5, 120, 90, 25833)


def _burnt(polygons: list[shapely.Polygon], grid: Grid = GRID) -> np.ndarray:
    out = np.zeros(grid.rows * grid.cols, np.int32)
    for cell, polygon in cells_inside(np.array(polygons, dtype=object), grid):
        out[cell] = polygon + 1
    return out.reshape(grid.shape)


def _blobs(seed: int, number: int) -> list[shapely.Polygon]:
    """Stars and rings, some beyond the grid, none with a corner or edge through a centre."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(number):
        angle = np.sort(rng.uniform(0.0, 2.0 * np.pi, rng.integers(3, 40)))
        radius = rng.uniform(0.2, 15.0) * rng.uniform(0.3, 1.0, len(angle))
        middle = rng.uniform((499990.0, 4499990.0), (500055.0, 4500070.0))
        outline = shapely.Polygon(middle + np.column_stack([np.cos(angle) * radius, np.sin(angle) * radius]))
        shape = outline.buffer(0).difference(shapely.Point(middle).buffer(rng.uniform(0.1, 3.0)))
        out += [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and not p.is_empty]
    return out


@given(seed=st.integers(0, 10_000), number=st.integers(1, 30))
def test_the_cells_are_those_of_gdal(seed: int, number: int) -> None:
    polygons = _blobs(seed, number)
    peer = rasterize(zip(polygons, range(1, len(polygons) + 1), strict=True), out_shape=GRID.shape, transform=Affine(*GRID.transform), dtype="int32") if polygons else np.zeros(GRID.shape)
    assert np.array_equal(_burnt(polygons), peer)


def test_the_cells_are_those_whose_centre_lies_inside() -> None:
    polygons = _blobs(7, 40)
    row, col = np.mgrid[: GRID.rows, : GRID.cols]
    expected = np.zeros(GRID.shape, np.int32)
    for number, shape in enumerate(polygons, 1):
        expected[shapely.contains_xy(shape, GRID.west + (col + 0.5) * GRID.cell_m, GRID.north - (row + 0.5) * GRID.cell_m)] = number
    assert np.array_equal(_burnt(polygons), expected)


def test_of_two_polygons_that_share_an_edge_one_has_its_centres() -> None:
    """A square cut by lines through centres, straight and oblique."""
    west, north, step = GRID.west + 10.25, GRID.north - 10.25, 10.0
    corner = {(i, j): (west + i * step, north - j * step) for i in range(3) for j in range(3)}
    parts = [shapely.Polygon([corner[i, j], corner[i + 1, j], corner[i + 1, j + 1]]) for i in range(2) for j in range(2)]
    parts += [shapely.Polygon([corner[i, j], corner[i + 1, j + 1], corner[i, j + 1]]) for i in range(2) for j in range(2)]
    found = np.concatenate([cell for cell, _ in cells_inside(np.array(parts, dtype=object), GRID)])
    assert len(np.unique(found)) == len(found) == (2 * step / GRID.cell_m) ** 2


@pytest.mark.parametrize("cell_m", [0.2, 0.3, 0.5])
def test_a_centre_on_an_oblique_edge_is_in_one_of_two_however_they_run(cell_m: float) -> None:
    """Corners of whole centimetres, the edge laid through a centre: left and right of it run it in opposite directions."""
    grid, rng = Grid(0.0, 20 * cell_m, cell_m, 20, 20, 25833), np.random.default_rng(2)
    for _ in range(600):
        centre = (rng.integers(5, 15, 2) + 0.5) * cell_m
        step = rng.integers(1, 300, 2) / 100
        low, high = centre - step, centre + step * rng.integers(1, 4)
        left, right = shapely.Polygon([low, high, (low[0] - 9, high[1] + 1)]), shapely.Polygon([high, low, (high[0] + 9, low[1] - 1)])
        apart = [cell for cell, _ in cells_inside(np.array([left], dtype=object), grid)] + [cell for cell, _ in cells_inside(np.array([right], dtype=object), grid)]
        found = np.concatenate(apart)
        own = int((grid.north - centre[1]) // cell_m) * grid.cols + int(centre[0] // cell_m)
        assert len(np.unique(found)) == len(found), (low, high)
        assert own in found, (low, high)


def test_lots_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    polygons = _blobs(3, 25)
    whole = _burnt(polygons)
    monkeypatch.setattr(burning, "MANY_CELLS", 100)
    lots = [len(cell) for cell, _ in cells_inside(np.array(polygons, dtype=object), GRID)]
    assert max(lots) <= 100 + GRID.cols
    assert len(lots) > 10
    assert np.array_equal(_burnt(polygons), whole)


def test_polygons_beyond_the_grid_hold_nothing_and_one_around_it_all() -> None:
    west, south, east, north = GRID.bounds
    beside = [shapely.box(west - 9, south - 9, west, north + 9), shapely.box(east, south, east + 5, north), shapely.box(west, north, east, north + 5), shapely.box(west, south - 5, east, south)]
    assert not _burnt(beside).any()
    assert _burnt([shapely.box(west - 1, south - 1, east + 1, north + 1)]).all()
    assert list(cells_inside(np.empty(0, dtype=object), GRID)) == []
