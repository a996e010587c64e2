"""The map of irradiation on the screen: each square at its place, each colour its class."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pyproj import Transformer

from pipeline.contracts.solar import Sunmap
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters
from pipeline.io.picture import TILE_PX, native_zoom, screen_tiles
from pipeline.maps.style import PALETTES, rgb
from pipeline.maps.sunmap import counted, limits, picture, read_step

EPSG = 25833


@pytest.fixture
def sunmap(tmp_path: Path) -> Raster[Sunmap]:
    """800 x 600 cells of 1 m in the middle of Carmiano: each carries its own number; the northern half is not known."""
    grid = Grid(759_000.0, 4_472_000.0, 1.0, 800, 600, EPSG)
    cells = np.arange(grid.rows * grid.cols, dtype="float32").reshape(grid.shape) / 200.0
    cells[:400] = np.nan
    rasters.write(tmp_path / "sunmap.tif", Sunmap, RasterBlocks(grid, iter([(Window(0, 0, *grid.shape), cells[np.newaxis])])))
    return rasters.open_raster(tmp_path / "sunmap.tif")


def test_a_pixel_is_just_finer_than_a_cell(sunmap: Raster[Sunmap]) -> None:
    zoom = native_zoom(sunmap.grid)
    pixel = 40_075_016.7 * math.cos(math.radians(40.35)) / 256 / 2**zoom
    assert zoom == 17 and 0.5 < pixel <= 1.0
    assert native_zoom(Grid(759_000.0, 4_472_000.0, 0.25, 10, 10, EPSG)) == 19


def test_every_pixel_shows_the_cell_below_it(sunmap: Raster[Sunmap]) -> None:
    zoom, cells = native_zoom(sunmap.grid), rasters.read(sunmap, "poa_kwh_m2")
    tiles = list(screen_tiles(sunmap, "poa_kwh_m2", zoom))
    # 800 x 600 m touch up to 3 x 3 squares of 466 m; those without any data are not there.
    assert 2 <= len(tiles) <= 6 and all(np.isfinite(t.values).any() for t in tiles)
    to_town = Transformer.from_crs(3857, EPSG, always_xy=True)
    side, half = 40_075_016.685578488 / 2**zoom / 256, 20_037_508.342789244
    for tile in tiles:
        row, col = np.nonzero(np.isfinite(tile.values))
        pick = np.random.default_rng(1).choice(len(row), 200)
        east = (tile.col * TILE_PX + col[pick] + 0.5) * side - half
        north = half - (tile.row * TILE_PX + row[pick] + 0.5) * side
        e, n = to_town.transform(east, north)
        wanted = cells[np.floor(sunmap.grid.north - n).astype(int), np.floor(e - sunmap.grid.west).astype(int)]
        # GDAL's warper is exact to an eighth of a pixel: a few pixels near an edge show the neighbour.
        assert (tile.values[row[pick], col[pick]] == wanted).mean() > 0.85
        np.testing.assert_allclose(tile.values[row[pick], col[pick]], np.where(np.isnan(wanted), tile.values[row[pick], col[pick]], wanted), atol=3.1)
    known = sum(int(np.isfinite(t.values).sum()) for t in tiles)
    assert known * side**2 * math.cos(math.radians(40.35)) ** 2 == pytest.approx(400 * 600, rel=0.01)


def test_colours_are_classes_and_nothing_is_transparent() -> None:
    values = np.array([[900.0, 1000.0, 1549.0, 1550.0, np.nan]], dtype=np.float32)
    image = picture(values, [1000.0, 1100.0, 1200.0, 1300.0, 1400.0, 1550.0]).convert("RGBA")
    got = [image.getpixel((i, 0)) for i in range(5)]
    assert [g[:3] for g in got[:4]] == [rgb(PALETTES["sun"][k]) for k in (0, 1, 5, 6)]
    assert [g[3] for g in got] == [255, 255, 255, 255, 0]


def test_limits_without_any_sun() -> None:
    assert limits(np.full((3, 3), np.nan, dtype=np.float32)) == []
    assert limits(np.full((3, 3), 250.0, dtype=np.float32)) == [100.0, 200.0]


def test_the_site_holds_the_squares_and_says_which(tmp_path: Path, builder: Callable[..., Path], small_atlas: dict[str, Any], sunmap: Raster[Sunmap]) -> None:
    import json

    site = builder(tmp_path / "site", small_atlas, sunmap=sunmap)
    said = json.loads((site / "data" / "sunmap.js").read_text().removeprefix("SS.sun=").removesuffix(";\n"))
    assert {p.stem for p in (site / "img" / "sun").glob("*_*.png")} == set(said["squares"]) and said["squares"]
    assert Image.open(site / "img" / "sun" / "town.png").mode == "P"
    assert "sunmap.js" in (site / "solar.html").read_text(encoding="utf-8")
    assert "sunmap.js" not in (site / "green.html").read_text(encoding="utf-8")


def test_a_byte_holds_every_figure_to_half_a_step() -> None:
    values = np.array([np.nan, 612.0, 1404.9, 1999.0], dtype=np.float32)
    told = counted(values, read_step(values))
    assert told[0] == 0 and np.abs(told[1:] * 10.0 - values[1:]).max() <= 5.0
    desert = np.array([2700.0], dtype=np.float32)
    assert counted(desert, read_step(desert))[0] * read_step(desert) == pytest.approx(2700.0, abs=10.0)
