"""Horizons and sky view of whole rasters: closed forms, an independent sum, and the same bits from any tile and scheduler."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.compute import on
from pipeline.core.solar import skymap
from pipeline.core.solar.march import margin_cells, trace
from pipeline.core.solar.skymap import horizons, sky_view
from pipeline.io.rasters import BandInput
from tests.reference.march import march_horizons
from tests.reference.scene import write_surface
from tests.reference.solar import brute_sky_view, town

REACH_M = 40.0
MARGIN = margin_cells(REACH_M, 1.0)


def by_tiles(func: Callable[..., NDArray[Any]], path: Path, surface: NDArray[Any], bands: int, tile_cells: int, where: str) -> NDArray[Any]:
    raster = write_surface(path, surface)
    out = np.empty((bands, *raster.grid.shape), dtype=np.float32)
    with on(where) as compute:
        for w, block in compute.tiles(func, [BandInput(raster.path, "surface")], raster.grid, halo_m=float(MARGIN), params=(1.0, REACH_M, 0.1), tile_cells=tile_cells):
            out[:, w.row : w.row + w.rows, w.col : w.col + w.cols] = block
    return out


@pytest.fixture(scope="module")
def surface() -> NDArray[Any]:
    z, _, _, _ = town(6, size=150)
    z[70:75, 20:60] = np.nan
    return z


@pytest.mark.parametrize("where", ["threads", "processes"])
@pytest.mark.parametrize(("func", "bands"), [(sky_view, 1), (horizons, 72)])
def test_tiles_are_the_whole_raster_bit_by_bit(func: Callable[..., NDArray[Any]], bands: int, where: str, surface: NDArray[Any], tmp_path: Path) -> None:
    whole = by_tiles(func, tmp_path / "whole.tif", surface, bands, 512, "threads")
    np.testing.assert_array_equal(whole, by_tiles(func, tmp_path / "cut.tif", surface, bands, 64, where))
    np.testing.assert_array_equal(np.isnan(whole).any(axis=0), np.isnan(surface))


def test_the_number_of_cells_traced_at_once_changes_nothing(surface: NDArray[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    z = surface.astype(np.float32)
    whole = sky_view(z, 1.0, REACH_M)
    monkeypatch.setattr(skymap, "AT_ONCE", 77)
    np.testing.assert_array_equal(sky_view(z, 1.0, REACH_M), whole)


def test_horizons_are_those_of_single_cells(surface: NDArray[Any]) -> None:
    z = np.nan_to_num(surface).astype(np.float32)
    found = horizons(z, 1.0, REACH_M, 0.1)
    rows, cols = np.array([50, 77, 104]), np.array([44, 80, 60])
    single = trace(z, 1.0, rows, cols, z[rows, cols].astype(float) + 0.1, REACH_M)
    np.testing.assert_array_equal(found[:, rows, cols].T, np.degrees(np.arctan(single)))
    inner = np.zeros(z.shape, dtype=bool)
    inner[MARGIN:-MARGIN, MARGIN:-MARGIN] = True
    np.testing.assert_array_equal(np.isfinite(found).all(axis=0), inner)


def test_a_sky_view_agrees_with_a_sum_over_the_hemisphere(surface: NDArray[Any]) -> None:
    z = np.nan_to_num(surface).astype(np.float32)
    found = sky_view(z, 1.0, REACH_M, 0.1)
    rows, cols = np.random.default_rng(1).integers(MARGIN, z.shape[0] - MARGIN, (2, 60))
    fine = march_horizons(z, 1.0, rows, cols, z[rows, cols].astype(float) + 0.1, np.arange(360.0), REACH_M)
    slow = np.array([brute_sky_view(h.astype(float), 0.0, 0.0) for h in fine])
    assert np.abs(found[rows, cols] - slow).mean() <= 0.008
    assert slow.min() < 0.6, "some of the cells stand in streets"


def test_an_endless_street_sees_the_cosine_of_the_height_of_its_walls() -> None:
    # Of an endless strip of sky a level place sees half the sum of the sines of both edges' angles from the zenith (crossed strings; Hottel 1954).
    width, height = 20, 8.0
    surface = np.full((260, 260), np.float32(height))
    surface[:, 130 - width // 2 + 1 : 130 + width // 2] = 0.0
    assert sky_view(surface, 1.0, 120.0)[130, 130] == pytest.approx(np.sin(np.arctan(width / 2 / height)), abs=0.004)


def test_an_open_plain_sees_the_whole_sky_and_nothing_is_asked_of_small_or_void_rasters() -> None:
    assert (sky_view(np.full((31, 33), 7.0, dtype=np.float32), 1.0, 10.0)[12:-12, 12:-12] == 1.0).all()
    for shape in ((1, 1), (1, 40), (24, 24)):
        assert np.isnan(sky_view(np.zeros(shape, dtype=np.float32), 1.0, 10.0)).all()
    assert np.isnan(horizons(np.full((40, 40), np.nan, dtype=np.float32), 1.0, 10.0)).all()
