"""Cast shadows: the length of a wall's shadow, laws of the sun, a march in small steps, and the same bits from any tile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.compute import on
from pipeline.core.solar.march import margin_cells
from pipeline.core.solar.shadows import lit, shade_elevation
from pipeline.io.rasters import BandInput
from tests.reference.march import march_shadows
from tests.reference.scene import write_surface
from tests.reference.solar import town


@pytest.mark.parametrize("cell_m", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("azimuth", "elevation"), [(180.0, 30.0), (147.3, 22.0), (233.0, 28.0), (120.0, 12.0)])
def test_an_endless_wall_casts_its_height_over_the_tangent_of_the_sun_times_the_cosine(cell_m: float, azimuth: float, elevation: float) -> None:
    height, first = 9.0, 150
    surface = np.zeros((160, 400), dtype=np.float32)
    surface[first : first + 2] = height  # runs from east to west
    length = height * np.cos(np.radians(azimuth - 180.0)) / np.tan(np.radians(elevation))
    away = (first - np.arange(first - 1)) * cell_m  # of the cells to the north, from the wall's first line of centres
    expected = away > length
    found = lit(surface, cell_m, azimuth, elevation, 120 * cell_m)[: first - 1, 200] == 1.0
    clear = np.abs(away - length) > 1e-3 * length
    assert 3 <= (~expected).sum() < first - 20
    np.testing.assert_array_equal(found[clear], expected[clear])


@pytest.mark.parametrize(("azimuth", "elevation"), [(95.0, 18.0), (180.0, 33.0), (221.7, 48.0), (290.2, 8.0)])
def test_shadows_of_a_town_agree_with_a_march_in_small_steps(azimuth: float, elevation: float) -> None:
    surface, _, _, _ = town(2, size=140)
    rows, cols = (a.ravel() + 20 for a in np.mgrid[0:100, 0:100])
    cast = march_shadows(surface, 1.0, rows, cols, surface[rows, cols].astype(float) + 0.1, azimuth, elevation, 20.0)
    found = lit(surface.astype(np.float32), 1.0, azimuth, elevation, 20.0, 0.1)[rows, cols]
    assert ((found == 0.0) == cast).mean() >= 0.995
    assert 0.02 < cast.mean() < 0.98


@settings(max_examples=15)
@example(1, 1e-5, 4.0, 1.0)
@example(2, 45.0, 10.0, 1.0)
@given(st.integers(0, 1000), st.floats(0.0, 360.0), st.floats(3.0, 80.0), st.floats(0.5, 9.0))
def test_a_higher_sun_shades_nothing_more_and_a_turned_world_turns_its_shadows(seed: int, azimuth: float, elevation: float, higher: float) -> None:
    surface = (np.random.default_rng(seed).exponential(1.0, (110, 110)) ** 2).astype(np.float32)
    low, high = (lit(surface, 1.0, azimuth, e, 25.0) for e in (elevation, elevation + higher))
    assert (high >= low).all()
    turned = lit(np.ascontiguousarray(np.rot90(surface, -1)), 1.0, azimuth + 90.0, elevation, 25.0)
    inner = (slice(27, -27), slice(27, -27))  # nearer to the border than the reach a shadow may be missed
    # At ties of a sample and its two cells rounding may fall either way.
    assert (np.rot90(turned, 1) != low)[inner].mean() < 0.002


def test_the_shade_stands_as_high_as_the_ray_over_the_edge() -> None:
    surface = np.zeros((60, 60), dtype=np.float32)
    surface[40:] = 10.0
    shade = shade_elevation(surface, surface, 1.0, 180.0, 45.0, 50.0)
    assert shade[30, 30] == pytest.approx(0.0)
    assert shade[35, 30] == pytest.approx(5.0)
    assert shade[39, 30] == pytest.approx(9.0)
    asked = np.full_like(surface, np.inf)
    asked[35, 30] = 4.0
    only = shade_elevation(surface, asked, 1.0, 180.0, 45.0, 50.0)
    assert only[35, 30] == pytest.approx(5.0)
    assert np.isinf(only).sum() == surface.size - 1


def test_voids_shade_nothing_and_carry_no_answer() -> None:
    surface = np.zeros((50, 50), dtype=np.float32)
    surface[30:, :] = np.nan
    found = lit(surface, 1.0, 180.0, 10.0, 30.0)
    assert np.isnan(found[30:]).all()
    assert (found[:30] == 1.0).all()


@pytest.mark.parametrize("elevation", [0.0, -3.0, 91.0, np.nan])
def test_a_sun_that_casts_no_shadows_is_refused(elevation: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 90"):
        lit(np.zeros((5, 5), dtype=np.float32), 1.0, 180.0, elevation, 2.0)


def test_odd_rasters() -> None:
    for shape in ((1, 1), (1, 7), (7, 1)):
        assert (lit(np.zeros(shape, dtype=np.float32), 1.0, 200.0, 20.0, 30.0) == 1.0).all()
    assert (lit(np.full((4, 4), 3.0, dtype=np.float32), 1.0, 200.0, 90.0, 30.0) == 1.0).all()


@pytest.mark.parametrize("where", ["threads", "processes"])
def test_tiles_are_the_whole_raster_bit_by_bit(where: str, tmp_path: Path) -> None:
    surface, _, _, _ = town(5, size=150)
    surface[60:64, 60:90] = np.nan
    raster = write_surface(tmp_path / "surface.tif", surface)
    halo_m = float(margin_cells(40.0, 1.0))
    found = []
    for tile_cells, place in ((512, "threads"), (64, where)):
        out = np.empty(raster.grid.shape, dtype=np.float32)
        with on(place) as compute:
            for w, (block,) in compute.tiles(lit, [BandInput(raster.path, "surface")], raster.grid, halo_m=halo_m, params=(1.0, 213.0, 17.0, 40.0, 0.1), tile_cells=tile_cells):
                out[w.row : w.row + w.rows, w.col : w.col + w.cols] = block
        found.append(out)
    np.testing.assert_array_equal(*found)
    np.testing.assert_array_equal(found[0], lit(surface.astype(np.float32), 1.0, 213.0, 17.0, 40.0, 0.1))
