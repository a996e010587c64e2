"""Stage `sunmap`: the year's irradiation of every cell of the roofs, for the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.compute import TILE_CELLS, Compute, Late
from pipeline.config.solar import SunmapConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Roofs, Sunmap
from pipeline.contracts.sources import FarHorizon, Surface, Weather
from pipeline.contracts.spec import Raster, RasterBlocks, Slim, Table
from pipeline.core.grid import Grid, Window
from pipeline.core.solar.horizon import fill_voids, keep, standing_cells, with_far
from pipeline.core.solar.march import margin_cells, terrain, trace
from pipeline.core.solar.sunmap import SkyYear, cell_irradiation, sky_year
from pipeline.io.rasters import BandInput, burn
from pipeline.io.shelf import Outlines
from pipeline.joins.production import year_hours

# Cells of a block that are traced and summed at once.
STRIP_CELLS = 32_768


class Tile(NamedTuple):
    """A block of the raster, the planes that touch it, and the cells to read: their own and the reach around those of the block."""

    block: Grid
    surface: BandInput
    wide: Grid
    geometries: NDArray[Any]
    surface_tilt: NDArray[np.float64]
    surface_azimuth: NDArray[np.float64]


def sunmap(
    roofs: Slim[Roofs],
    surface: Raster[Surface],
    weather: Table[Weather],
    farhorizon: Table[FarHorizon] | None,
    config: SunmapConfig,
    compute: Compute,
    notes: Notes,
) -> Raster[Sunmap]:
    """Yearly irradiation with shading of every roof cell, on the roof as it lies.

    Parameters
    ----------
    roofs
        Roof planes; those of kind "none" are left out.
    surface
        The surface model; the result lies on its grid.
    weather
        The year.
    farhorizon
        Skyline of the terrain beyond the reach; each cell sees the higher of it and its own.
    config
        Reach, height of the modules, albedo.
    compute
        Blocks of the raster run in parallel.
    notes
        Receives what is assumed.

    Returns
    -------
    RasterBlocks[Sunmap]
        NaN off the planes, where the surface is not known, and on obstacles, where no module stands. On a plane most of
        whose cells stand off it (a vault taken as a plane) every cell counts, from its own elevation.
    """
    planes = roofs[roofs["kind"] != "none"].sort_values("roof_id", kind="stable")
    shapes = Outlines(planes["geometry"])
    far = None if farhorizon is None or not farhorizon["applied"].all() else farhorizon.sort_values("sector")["horizon_deg"].to_numpy(dtype=float)
    year = sky_year(year_hours(weather, roofs))
    notes.assume("Cells of obstacles on roofs carry no figure; the others have the tilt and azimuth of their plane.")
    notes.assume(f"The ground reflects {config.albedo:.0%} of the light; light reflected by buildings is not counted.")
    return RasterBlocks(surface.grid, _blocks(planes, shapes, surface, config, far, year, compute, notes))


def _blocks(
    planes: Any, shapes: Outlines, surface: Raster[Surface], config: SunmapConfig, far: NDArray[np.float64] | None, year: SkyYear, compute: Compute, notes: Notes
) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    """The blocks in order, counted as they pass."""
    windows = surface.grid.blocks(TILE_CELLS)
    around = margin_cells(config.reach_m, surface.grid.cell_m)
    tilt = planes["surface_tilt"].to_numpy(dtype=float)
    # A level plane may have no azimuth; any serves.
    azimuth = np.nan_to_num(planes["surface_azimuth"].to_numpy(dtype=float))
    tiles = Late(lambda n: _tile(surface, windows[n], shapes, tilt, azimuth, around), len(windows))
    cells, total = 0, 0.0
    for window, values in zip(windows, compute.batches(map_tile, tiles, size=1, params=(config, far, year)), strict=True):
        cells += int(np.isfinite(values).sum())
        total += float(np.nansum(values, dtype=np.float64))
        yield window, values
    notes.count("roof cells mapped", cells)
    if cells:
        notes.figure("mean_kwh_m2_of_roof_cells", total / cells)


def _tile(surface: Raster[Surface], window: Window, shapes: Outlines, tilt: NDArray[np.float64], azimuth: NDArray[np.float64], around: int) -> Tile:
    """What a block of the raster needs."""
    block = surface.grid.crop(window)
    own = shapes.touching(*block.bounds)
    return Tile(block, BandInput(surface.path, "surface"), _wide(block, shapes.bounds[own], around), shapes[own], tilt[own], azimuth[own])


def _wide(block: Grid, bounds: NDArray[np.float64], around: int) -> Grid:
    """The cells that hold all planes of some bounds, and `around` cells to all sides of those in the block."""
    if not len(bounds):
        return block
    (west, south), (east, north) = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    m = block.cell_m
    r0, r1 = int(np.floor((block.north - north) / m)), int(np.ceil((block.north - south) / m))
    c0, c1 = int(np.floor((west - block.west) / m)), int(np.ceil((east - block.west) / m))
    low_r, low_c = min(r0, max(r0, 0) - around), min(c0, max(c0, 0) - around)
    high_r, high_c = max(r1, min(r1, block.rows) + around), max(c1, min(c1, block.cols) + around)
    return block.crop(Window(low_r, low_c, high_r - low_r, high_c - low_c))


def map_tile(tiles: Sequence[Tile], config: SunmapConfig, far_deg: NDArray[np.float64] | None, year: SkyYear) -> NDArray[np.float32]:
    """Irradiation of the cells of one block, shape (1, rows, cols)."""
    (tile,) = tiles
    out = np.full((1, *tile.block.shape), np.nan, dtype=np.float32)
    if not len(tile.geometries):
        return out
    z = tile.surface.read(tile.wide)
    owner = burn(tile.geometries, np.arange(len(tile.geometries)), tile.wide, fill=-1, dtype="int32")
    cells = standing_cells(z, owner, tile.wide.cell_m, tile.surface_tilt, tile.surface_azimuth)
    # A plane is taken as a whole, so that a cell stands the same from whichever block it is seen; only cells of the block are traced.
    down = round((tile.block.north - tile.wide.north) / tile.wide.cell_m)
    right = round((tile.wide.west - tile.block.west) / tile.wide.cell_m)
    row, col = cells.rows + down, cells.cols + right
    mine = cells.clear & (row >= 0) & (row < tile.block.rows) & (col >= 0) & (col < tile.block.cols)
    ground = terrain(fill_voids(z), tile.wide.cell_m)
    del z, owner
    for part in strips(row, mine):
        rows, cols, starts = keep(cells, part)
        tangents = trace(ground, tile.wide.cell_m, rows, cols, cells.stand[part] + config.lift_m, config.reach_m)
        if far_deg is not None:
            tangents = with_far(tangents, far_deg)
        out[0, row[part], col[part]] = cell_irradiation(tangents, starts, tile.surface_tilt, tile.surface_azimuth, year, config.albedo)
    return out


def strips(row: NDArray[np.int64], mine: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """The cells that are `mine`, some whole rows at a time: the horizons of a cell take 72 numbers, a few times over."""
    upto = np.cumsum(np.bincount(row[mine])) if mine.any() else np.zeros(0, dtype=np.int64)
    strip = upto // STRIP_CELLS
    for number in np.unique(strip):
        here = np.zeros(len(row), dtype=bool)
        here[mine] = strip[row[mine]] == number
        if here.any():
            yield here
