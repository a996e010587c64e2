"""Tiles as one raster: gaps, overlaps, nodata, feet, other lattices and systems, and files that are wrong."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.transform import Affine

from pipeline.config.sources import Layer, Source
from pipeline.core.grid import Grid
from pipeline.errors import InputError
from pipeline.io.elevation import Mosaic, mosaic_grid
from pipeline.io.tiles import FOOT_M, US_FOOT_M, open_tiles

WEST, NORTH = 750_000.0, 4_480_000.0


def tif(path: Path, z: NDArray[np.generic], west: float = WEST, north: float = NORTH, cell: float = 1.0, **more: object) -> Path:
    profile = {
        "driver": "GTiff",
        "count": 1,
        "dtype": z.dtype.name,
        "crs": "EPSG:25833",
        "transform": Affine(cell, 0, west, 0, -cell, north),
    }
    with rasterio.open(path, "w", height=z.shape[0], width=z.shape[1], **{**profile, **more}) as dst:
        for band in range(1, dst.count + 1):
            dst.write(z, band)
    return path


def asc(path: Path, z: NDArray[np.floating], west: float, north: float, nodata: str = "-9999") -> Path:
    head = f"ncols {z.shape[1]}\nnrows {z.shape[0]}\nxllcorner {west}\nyllcorner {north - z.shape[0]}\ncellsize 1\nNODATA_value {nodata}\n"
    path.write_text(head + "\n".join(" ".join(nodata if np.isnan(v) else f"{v:.2f}" for v in row) for row in z))
    return path


def layer(*paths: Path, kind: str = "dsm", **more: object) -> Layer:
    return Layer(Source.model_validate({"kind": kind, "path": "x", **more}), paths)


def ramp(rows: int, cols: int) -> NDArray[np.float32]:
    row, col = np.mgrid[0:rows, 0:cols]
    return (10 + 0.25 * row + 0.5 * col).astype(np.float32)


def test_mixed_tiles_with_gaps_and_any_nodata(tmp_path: Path) -> None:
    truth = ramp(20, 30)
    a, b, c, d = (truth[:10, :10].copy(), truth[:10, 10:20].copy(), truth[10:, :10].copy(), truth[10:, 20:].copy())
    a[0, 0], b[1, 1], c[2, 2], d[3, 3] = -9999, -32767, np.nan, -9999
    paths = [
        tif(tmp_path / "a.tif", a, nodata=-9999),
        tif(tmp_path / "b.tif", b, WEST + 10, nodata=-32767),
        tif(tmp_path / "c.tif", c, WEST, NORTH - 10),
        tif(tmp_path / "d.tif", d, WEST + 20, NORTH - 10),  # -9999, not declared
    ]
    tiles = open_tiles([layer(*paths)])
    grid = mosaic_grid(tiles, 25833)
    assert grid == Grid(WEST, NORTH, 1.0, 20, 30, 25833)
    with Mosaic(tiles) as mosaic:
        z = mosaic.read(grid)
        part = mosaic.read(Grid(WEST + 5, NORTH - 5, 1.0, 10, 20, 25833))
    expected = truth.copy()
    expected[:10, 20:] = expected[10:, 10:20] = np.nan  # the gaps
    expected[0, 0] = expected[1, 11] = expected[12, 2] = np.nan
    expected[13, 23] = np.inf  # a number that is no elevation: told apart from a void
    np.testing.assert_array_equal(z, expected)
    np.testing.assert_array_equal(part, expected[5:15, 5:25])


def test_ascii_grids_and_feet(tmp_path: Path) -> None:
    z = ramp(6, 8)
    z[2, 3] = np.nan
    paths = [asc(tmp_path / "a.asc", z[:, :4], WEST, NORTH), asc(tmp_path / "b.asc", z[:, 4:], WEST + 4, NORTH)]
    tiles = open_tiles([layer(*paths, crs="EPSG:25833", feet=True)])
    with Mosaic(tiles) as mosaic:
        np.testing.assert_allclose(mosaic.read(mosaic_grid(tiles, 25833)), z * FOOT_M, rtol=1e-6)
    assert not list(tmp_path.glob("*.aux.xml"))


def test_earlier_tiles_win_and_later_ones_fill_their_voids(tmp_path: Path) -> None:
    first, second = np.full((4, 4), 1.0, np.float32), np.full((4, 4), 2.0, np.float32)
    first[1, 1] = np.nan
    tiles = open_tiles([layer(tif(tmp_path / "z.tif", first)), layer(tif(tmp_path / "a.tif", second))])
    with Mosaic(tiles) as mosaic:
        z = mosaic.read(mosaic_grid(tiles, 25833))
    assert z[1, 1] == 2.0 and (z == 1.0).sum() == 15


def test_terrain_on_coarser_cells_is_bilinear_without_seams(tmp_path: Path) -> None:
    row, col = np.mgrid[0:10, 0:20]
    coarse = (3.0 * row + 2.0 * col).astype(np.float32)
    paths = [tif(tmp_path / "a.tif", coarse[:, :10], cell=5.0), tif(tmp_path / "b.tif", coarse[:, 10:], WEST + 50, cell=5.0)]
    with Mosaic(open_tiles([layer(*paths, kind="dtm")]), linear=True) as mosaic:
        z = mosaic.read(Grid(WEST + 10.5, NORTH - 10.5, 1.0, 30, 80, 25833))
    # A plane stays a plane across the tiles' border: 3/5 m down, 2/5 m right per metre.
    np.testing.assert_allclose(np.diff(z, axis=1), 0.4, atol=1e-5)
    np.testing.assert_allclose(np.diff(z, axis=0), 0.6, atol=1e-5)


def test_a_surface_off_the_lattice_is_read_at_the_nearest_cell(tmp_path: Path) -> None:
    z = ramp(10, 10)
    tiles = open_tiles([layer(tif(tmp_path / "a.tif", z, WEST + 0.3, NORTH - 0.3))])
    with Mosaic(tiles) as mosaic:
        out = mosaic.read(Grid(WEST, NORTH, 1.0, 10, 10, 25833))
    np.testing.assert_array_equal(out, z)


def test_another_system_is_read_where_the_projection_says(tmp_path: Path) -> None:
    # Terrain in degrees: elevation = 1000 (latitude - 40) + 500 (longitude - 18), a plane in degrees.
    cell = 0.0005
    lat, lon = 40.5 - (np.arange(300) + 0.5) * cell, 18.0 + (np.arange(300) + 0.5) * cell
    z = (1000 * (lat[:, None] - 40) + 500 * (lon - 18)).astype(np.float32)
    path = tif(tmp_path / "deg.tif", z, 18.0, 40.5, cell, crs="EPSG:4326")
    to_utm = Transformer.from_crs(4326, 25833, always_xy=True)
    e, n = to_utm.transform(18.07, 40.43)
    grid = Grid(round(e), round(n), 10.0, 40, 50, 25833)
    with Mosaic(open_tiles([layer(path, kind="dtm")]), linear=True) as mosaic:
        out = mosaic.read(grid)
    east, north = np.meshgrid(grid.west + 5 + 10 * np.arange(50), grid.north - 5 - 10 * np.arange(40))
    x, y = to_utm.transform(east, north, direction="INVERSE")
    np.testing.assert_allclose(out, 1000 * (y - 40) + 500 * (x - 18), atol=2e-3)


def test_threads_read_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    paths = [tif(tmp_path / f"{i}.tif", rng.normal(size=(64, 64)).astype(np.float32), WEST + 64 * i, compress="deflate") for i in range(6)]
    tiles = open_tiles([layer(*paths)])
    grid = mosaic_grid(tiles, 25833)
    parts = [grid.crop(w) for w in grid.blocks(40)]
    with Mosaic(tiles) as mosaic, ThreadPoolExecutor(4) as pool:
        alone = [mosaic.read(p) for p in parts]
        together = list(pool.map(mosaic.read, parts))
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a, b)


def rotated(path: Path) -> Path:
    return tif(path, ramp(4, 4), transform=Affine(0.8, 0.6, WEST, 0.6, -0.8, NORTH))


def truncated(path: Path) -> Path:
    tif(path, np.random.default_rng(0).normal(size=(256, 256)).astype(np.float32))
    path.write_bytes(path.read_bytes()[:3000])
    return path


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (rotated, "gdalwarp -t_srs EPSG:25833 -tr 1 1"),
        (lambda p: tif(p, ramp(4, 4), crs=None), "declares no reference system.*crs: EPSG"),
        (lambda p: tif(p, ramp(4, 4), count=3), "3 bands.*gdal_translate"),
        (empty, "cannot be read as a raster"),
    ],
)
def test_a_wrong_file_is_named_with_the_way_out(tmp_path: Path, make: Callable[[Path], Path], message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_tiles([layer(make(tmp_path / "wrong.tif"))])


def test_all_wrong_files_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        open_tiles([layer(rotated(tmp_path / "a.tif"), empty(tmp_path / "b.tif"), tif(tmp_path / "c.tif", ramp(3, 3)))])
    assert len(error.value.problems) == 2


def test_a_truncated_file_stops_the_reading(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cut\.tif.*(truncated|cannot be read)"):
        tiles = open_tiles([layer(truncated(tmp_path / "cut.tif"))])
        with Mosaic(tiles) as mosaic:
            mosaic.read(mosaic_grid(tiles, 25833))


def test_a_number_that_only_town_yaml_calls_void(tmp_path: Path) -> None:
    z = ramp(6, 8)
    z[:, :3] = 0.0  # the sea
    z[0, 7] = -9999.0
    path = tif(tmp_path / "sea.tif", z, nodata=-9999)
    for declared, void in ((None, 1), (0.0, 19)):
        tiles = open_tiles([layer(path, nodata=declared)])
        with Mosaic(tiles) as mosaic:
            found = mosaic.read(mosaic_grid(tiles, 25833))
        assert np.isnan(found).sum() == void
    ints = tif(tmp_path / "i.tif", np.where(z < 1, 0, z).astype(np.int16))
    with Mosaic(open_tiles([layer(ints, nodata=0)])) as mosaic:
        assert np.isnan(mosaic.read(Grid(WEST, NORTH, 1.0, 6, 8, 25833))).sum() == 19


def test_feet_by_the_band_by_the_vertical_system_or_by_town_yaml(tmp_path: Path) -> None:
    z = np.full((4, 4), 100.0, np.float32)
    metres = tif(tmp_path / "m.tif", z)
    feet = tif(tmp_path / "f.tif", z)
    with rasterio.open(feet, "r+") as dst:
        dst.units = ("ft",)
    survey = tif(tmp_path / "s.tif", z, crs="EPSG:25833+6360")  # NAVD88 height in US survey feet
    cases = [(metres, {}, 100.0), (metres, {"feet": True}, 30.48), (feet, {}, 30.48), (feet, {"feet": True}, 30.48), (survey, {}, 100 * US_FOOT_M)]
    for path, more, expected in cases:
        with Mosaic(open_tiles([layer(path, **more)])) as mosaic:
            assert mosaic.read(Grid(WEST, NORTH, 1.0, 1, 1, 25833))[0, 0] == pytest.approx(expected, abs=1e-4), path.name
    with rasterio.open(metres, "r+") as dst:
        dst.units = ("metre",)
    with pytest.raises(InputError, match=r"declares metres, town\.yaml says feet"):
        open_tiles([layer(metres, feet=True)])


def test_tiffs_and_ascii_grids_of_different_nodata_are_one_surface(tmp_path: Path) -> None:
    truth = ramp(8, 24)
    parts = [truth[:, i : i + 6].copy() for i in range(0, 24, 6)]
    for part, (r, c) in zip(parts, ((0, 0), (1, 1), (2, 2), (3, 3)), strict=True):
        part[r, c] = np.nan
    paths = [
        tif(tmp_path / "a.tif", np.where(np.isnan(parts[0]), -32767, parts[0]), nodata=-32767),
        asc(tmp_path / "b.asc", parts[1], WEST + 6, NORTH, "-9999"),
        asc(tmp_path / "c.asc", parts[2], WEST + 12, NORTH, "0"),
        tif(tmp_path / "d.tif", parts[3], WEST + 18),
    ]
    tiles = open_tiles([layer(*paths, crs="EPSG:25833")])
    with Mosaic(tiles) as mosaic:
        z = mosaic.read(mosaic_grid(tiles, 25833))
    expected = np.concatenate(parts, axis=1)
    np.testing.assert_allclose(z, expected, atol=0.005)
    assert np.isnan(z).sum() == 4


def test_an_ascii_grid_with_decimal_commas_or_a_centred_corner(tmp_path: Path) -> None:
    body = "ncols 3\nnrows 2\nxllcenter 750000,5\nyllcenter 4479998,5\ncellsize 1,0\nNODATA_value -9999\n1,25 2,5 3\n4 5 -9999\n"
    path = tmp_path / "it.asc"
    path.write_text(body)
    tiles = open_tiles([layer(path, crs="EPSG:25833")])
    with Mosaic(tiles) as mosaic:
        z = mosaic.read(mosaic_grid(tiles, 25833))
    assert mosaic_grid(tiles, 25833) == Grid(WEST, NORTH, 1.0, 2, 3, 25833)
    np.testing.assert_allclose(z, [[1.25, 2.5, 3], [4, 5, np.nan]])


def vrt(path: Path) -> Path:
    path.write_text('<VRTDataset rasterXSize="4" rasterYSize="4"><SRS>EPSG:25833</SRS></VRTDataset>')
    return path


def cut_ascii(path: Path) -> Path:
    asc(path, ramp(40, 40), WEST, NORTH)
    path.write_text(path.read_text()[:900])
    return path


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("list.vrt", vrt, "cannot be read as a raster"),  # it would open whatever file it names
        ("page.tif", lambda p: p.write_text("<html>404</html>") and p, "cannot be read as a raster"),
        ("cut.asc", cut_ascii, r"cut\.asc.*(truncated|cannot be read|cut off)"),
        ("head.asc", lambda p: p.write_text("ncols 3\nnrows x\n") and p, "cannot be read as a raster"),
    ],
)
def test_files_that_are_no_grids(tmp_path: Path, name: str, make: Callable[[Path], Path], message: str) -> None:
    with pytest.raises(InputError, match=message):
        tiles = open_tiles([layer(make(tmp_path / name), crs="EPSG:25833")])
        with Mosaic(tiles) as mosaic:
            mosaic.read(mosaic_grid(tiles, 25833))
