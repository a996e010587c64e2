"""Exact coverage: against geometry, against brute force, against exactextract, and what must be conserved."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.core.grid import Grid
from pipeline.core.zones import as_codes, class_areas, coverage, outlines, tile_areas, tiles, total

GRID = Grid(0.0, 12.0, 1.0, 12, 15, 25833)


def brute(geometry: shapely.Geometry, grid: Grid) -> NDArray[np.float64]:
    """Coverage by intersecting every cell with the polygon."""
    west = grid.west + grid.cell_m * np.arange(grid.cols)
    north = grid.north - grid.cell_m * np.arange(grid.rows)[:, None]
    cells = shapely.box(west, north - grid.cell_m, west + grid.cell_m, north)
    return np.asarray(shapely.area(shapely.intersection(cells, geometry)) / grid.cell_m**2)


def star(radii: list[float], east: float, north: float) -> shapely.Polygon:
    angles = np.linspace(0.0, 2.0 * math.pi, len(radii), endpoint=False)
    return shapely.Polygon(np.column_stack([east + np.array(radii) * np.cos(angles), north + np.array(radii) * np.sin(angles)]))


class Cells:
    """Reads a window of an array that lies on `grid`."""

    def __init__(self, codes: NDArray[Any], grid: Grid) -> None:
        self.codes, self.grid = codes, grid

    def cut(self, grid: Grid) -> Cells:
        return self

    def read(self, grid: Grid) -> NDArray[Any]:
        row = round((self.grid.north - grid.north) / grid.cell_m)
        col = round((grid.west - self.grid.west) / grid.cell_m)
        return self.codes[row : row + grid.rows, col : col + grid.cols]


def test_sealing_of_a_parcel_by_exact_coverage() -> None:
    """LAND L7: cells 80 whole, 40 half, 0 whole, 100 whole give 57.14 %, not 60 (centre) nor 55 (all touched)."""
    grid = Grid(0.0, 10.0, 10.0, 1, 4, 25833)
    imd = np.array([[80.0, 40.0, 0.0, 100.0]])
    lot = shapely.union_all([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 5), shapely.box(20, 0, 40, 10)])
    share = coverage(lot, grid)
    np.testing.assert_allclose(share, [[1.0, 0.5, 1.0, 1.0]], atol=1e-15)
    assert (imd * share).sum() / share.sum() == pytest.approx(57.142857, rel=1e-6)
    areas = class_areas(imd.astype(np.uint8), outlines([lot]), grid, 102)[0]
    assert (areas * np.arange(102)).sum() / areas.sum() == pytest.approx(57.142857, rel=1e-6)


def test_sealed_area_from_imperviousness_is_a_sum_and_no_threshold() -> None:
    """LAND L5: [100, 80, 35, 0, 10, 60] % of 100 m2 each are 285 m2; a threshold of 30 % says 400."""
    grid = Grid(0.0, 10.0, 10.0, 1, 6, 25833)
    imd = np.array([[100, 80, 35, 0, 10, 60]], dtype=np.uint8)
    areas = class_areas(imd, outlines([shapely.box(0, 0, 60, 10)]), grid, 102)[0]
    assert (areas * np.arange(102) / 100.0).sum() == pytest.approx(285.0, rel=1e-12)


@pytest.mark.parametrize(
    "geometry",
    [
        pytest.param(shapely.box(3, 4, 7, 9), id="on the lattice"),
        pytest.param(shapely.box(3.2, 4.1, 3.3, 4.9), id="inside one cell"),
        pytest.param(shapely.Polygon([(1, 1), (13.7, 2.3), (6.1, 11.4)]), id="triangle"),
        pytest.param(shapely.Point(7, 6).buffer(5).difference(shapely.Point(7.3, 6.2).buffer(2.2)), id="hole"),
        pytest.param(shapely.MultiPolygon([shapely.box(0.5, 0.5, 2.25, 3), shapely.Point(9, 9).buffer(1.7)]), id="parts"),
        pytest.param(shapely.Polygon([(-30, -20), (60, 5.0001), (60, 5.0003), (-30, 30)]), id="beyond all four sides"),
        pytest.param(shapely.Polygon([(-40, 1), (-1, 3), (-35, 9)]), id="left of the grid"),
        pytest.param(shapely.Polygon([(15, 1), (55, 3), (35, 9)]), id="right of the grid"),
        pytest.param(shapely.Polygon([(2, 2), (2, 10), (10, 10), (10, 2)]).reverse(), id="clockwise"),
        pytest.param(shapely.Polygon([(0, 5), (15, 5.0000001), (15, 5.0000002), (0, 5.0000003)]), id="hair"),
    ],
)
def test_coverage_equals_cell_by_cell_intersection(geometry: shapely.Geometry) -> None:
    np.testing.assert_allclose(coverage(geometry, GRID), brute(geometry, GRID), atol=1e-9)


@settings(max_examples=150, deadline=None)
@given(
    radii=st.lists(st.floats(0.05, 9.0), min_size=3, max_size=12),
    hole=st.floats(0.0, 0.9),
    east=st.floats(-4.0, 19.0),
    north=st.floats(-4.0, 16.0),
)
def test_coverage_sums_to_the_area_on_the_grid(radii: list[float], hole: float, east: float, north: float) -> None:
    polygon = star(radii, east, north)
    if hole > 0.05:
        polygon = polygon.difference(star([r * hole for r in radii], east, north))
    share = coverage(polygon, GRID)
    assert share.min() >= 0.0 and share.max() <= 1.0 + 1e-9
    inside = shapely.intersection(shapely.make_valid(polygon), shapely.box(*GRID.bounds)).area
    assert share.sum() == pytest.approx(inside, rel=1e-9, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 40), offset=st.floats(0.0, 5e6))
def test_a_partition_fills_every_cell_once(seed: int, count: int, offset: float) -> None:
    """Neighbours share each cell without gap or overlap, also at the size of real coordinates."""
    grid = Grid(offset, offset + 12.0, 1.0, 12, 15, 25833)
    rng = np.random.default_rng(seed)
    sites = shapely.MultiPoint(rng.uniform((grid.bounds[0], grid.bounds[1]), (grid.bounds[2], grid.bounds[3]), (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=shapely.box(*grid.bounds)))
    summed = sum(coverage(cell, grid) for cell in cells)
    np.testing.assert_allclose(summed, 1.0, atol=1e-8)


def test_areas_by_class_are_those_of_brute_force_for_any_tiling() -> None:
    rng = np.random.default_rng(7)
    codes = rng.integers(0, 7, GRID.shape, dtype=np.uint8)
    shapes = [star(list(rng.uniform(0.5, 6, 9)), *rng.uniform(0, 12, 2)) for _ in range(25)] + [shapely.box(-5, -5, 30, 30)]
    expected = np.array([[(brute(s, GRID) * (codes == k)).sum() for k in range(8)] for s in shapes])
    lines = outlines(shapes)
    np.testing.assert_allclose(class_areas(codes, lines, GRID, 8), expected, atol=1e-9)
    for size in (1, 4, 5, 64):
        work = tiles(lines, GRID, (Cells(codes, GRID),), size)
        parts = (tile_areas([tile], as_codes, 8) for tile in work)
        np.testing.assert_allclose(total(parts, len(shapes), 8), expected, atol=1e-9)


def test_codes_above_the_known_ones_are_kept_apart() -> None:
    codes = np.array([[1, 6, 7, 255]], dtype=np.uint8)
    areas = class_areas(codes, outlines([shapely.box(0, 0, 4, 1)]), Grid(0, 1, 1, 1, 4, 25833), 8)
    np.testing.assert_allclose(areas, [[0, 1, 0, 0, 0, 0, 1, 2]])


def test_an_empty_zone_has_no_area_and_an_empty_list_no_rows() -> None:
    codes = np.ones(GRID.shape, dtype=np.uint8)
    lines = outlines([shapely.Polygon(), shapely.box(0, 0, 2, 2), None])
    np.testing.assert_allclose(class_areas(codes, lines, GRID, 2), [[0, 0], [0, 4], [0, 0]])
    assert class_areas(codes, outlines([]), GRID, 2).shape == (0, 2)
    assert tiles(outlines([]), GRID, ()) == []


def test_only_the_tiles_that_hold_a_zone_are_read() -> None:
    grid = Grid(0.0, 100.0, 1.0, 100, 100, 25833)
    work = tiles(outlines([shapely.box(1, 1, 2, 2), shapely.box(35, 35, 45, 38)]), grid, (), 10)
    assert sorted((t.grid.west, t.grid.north, tuple(t.lines.zone)) for t in work) == [(0.0, 10.0, (0,)), (30.0, 40.0, (1,)), (40.0, 40.0, (1,))]


def test_a_raster_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        class_areas(np.zeros((3, 3), dtype=np.uint8), outlines([shapely.box(0, 0, 1, 1)]), GRID, 2)


@pytest.mark.shared
def test_delft_land_cover_gives_back_its_areas(shared_data: Path) -> None:
    """513 real polygons without overlaps: each keeps its area on the grid, together they fill no cell twice."""
    gpd = pytest.importorskip("geopandas")
    polygons = gpd.read_file(shared_data / "delft" / "bgt_landcover_level0.gpkg").geometry.to_numpy()
    grid = Grid(84808.0, 447642.0, 0.5, 460, 530, 28992)
    areas = class_areas(np.ones(grid.shape, dtype=np.uint8), outlines(polygons), grid, 2)
    inside = shapely.area(shapely.intersection(polygons, shapely.box(*grid.bounds)))
    np.testing.assert_allclose(areas[:, 1], inside, rtol=1e-6, atol=1e-6)
    assert not areas[:, 0].any()
    once = coverage(shapely.union_all(polygons), grid)
    assert areas.sum() == pytest.approx(once.sum() * grid.cell_m**2, rel=1e-9)
    assert once.max() <= 1.0 + 1e-6
    assert areas.sum() / (grid.rows * grid.cols * grid.cell_m**2) == pytest.approx(0.55, abs=0.01)


@pytest.mark.shared
def test_delft_agrees_with_exactextract(shared_data: Path, tmp_path: Path) -> None:
    """The peer for exact zonal figures, on the real surface model cut into 1 m classes."""
    import exactextract
    import geopandas as gpd
    import rasterio

    frame = gpd.read_file(shared_data / "delft" / "bgt_landcover_level0.gpkg")
    with rasterio.open(shared_data / "delft" / "dsm_05m.tif") as src:
        codes = np.clip(np.nan_to_num(src.read(1), nan=0.0) + 2.0, 0, 6).astype(np.uint8)
        profile = src.profile | {"dtype": "uint8", "nodata": None, "count": 1}
    with rasterio.open(tmp_path / "codes.tif", "w", **profile) as dst:
        dst.write(codes, 1)
    grid = Grid(84808.0, 447642.0, 0.5, 460, 530, 28992)
    frame = frame[shapely.intersects(frame.geometry.to_numpy(), shapely.box(*grid.bounds))]
    ours = class_areas(codes, outlines(frame.geometry.to_numpy()), grid, 8)
    theirs = exactextract.exact_extract(str(tmp_path / "codes.tif"), frame, ["unique", "frac", "count"], output="pandas")
    peer = np.zeros_like(ours)
    for row, (unique, share, count) in enumerate(theirs[["unique", "frac", "count"]].itertuples(index=False)):
        peer[row, np.asarray(unique, dtype=int)] = np.asarray(share) * count * grid.cell_m**2
    # exactextract keeps coverage in float32: 1e-6 of the area, and of a cell.
    allowed = 1e-6 * (frame.area.to_numpy() + grid.cell_m**2)
    assert (np.abs(ours - peer) <= allowed[:, None]).all()
