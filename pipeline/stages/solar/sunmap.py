"""Stage `sunmap`: the year's irradiation of every cell of the roofs, for the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.compute import TILE_CELLS, Compute, Late
from pipeline.config.solar import SunmapConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Horizon, Roofs, Sunmap
from pipeline.contracts.sources import Surface, Weather
from pipeline.contracts.spec import Raster, RasterBlocks, Slim, Table
from pipeline.core.grid import Window
from pipeline.core.solar.cellhorizon import ELEVATION_DEG, of_cells, unpacked
from pipeline.core.solar.sunmap import SkyYear, cell_irradiation, sky_year
from pipeline.io.shelf import Outlines, Pieces
from pipeline.joins.production import check_planes, year_hours

# Cells that are summed at once, about: the horizons of a cell take 72 numbers, a few times over.
LOT_CELLS = 32_768


class Tile(NamedTuple):
    """A block of the raster and the planes that touch it: their cells, as `cellhorizon.packed` gives them, and how they lie.

    `lots` are the planes that are taken together.
    """

    window: Window
    lots: list[slice]
    cells: list[NDArray[np.uint8]]
    surface_tilt: NDArray[np.float64]
    surface_azimuth: NDArray[np.float64]


def sunmap(
    roofs: Slim[Roofs], horizon: Slim[Horizon], surface: Raster[Surface], weather: Table[Weather], config: SunmapConfig, compute: Compute, notes: Notes
) -> Raster[Sunmap]:
    """Yearly irradiation with shading of every roof cell, on the roof as it lies.

    Parameters
    ----------
    roofs
        Roof planes.
    horizon
        The cells of the planes and what each sees.
    surface
        The surface model; the result lies on its grid.
    weather
        The year.
    config
        Albedo.
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
    planes = horizon[["roof_id", "cells"]].sort_values("roof_id", kind="stable")
    planes = planes.merge(roofs[["roof_id", "surface_tilt", "surface_azimuth", "geometry"]], on="roof_id", how="left", validate="one_to_one")
    check_planes(planes)
    year = sky_year(year_hours(weather, roofs))
    notes.assume("Cells of obstacles on roofs carry no figure; the others have the tilt and azimuth of their plane.")
    notes.assume(f"The ground reflects {config.albedo:.0%} of the light; light reflected by buildings is not counted.")
    return RasterBlocks(surface.grid, _blocks(planes, surface, config, year, compute, notes))


def _blocks(planes: Any, surface: Raster[Surface], config: SunmapConfig, year: SkyYear, compute: Compute, notes: Notes) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    """The blocks in order, counted as they pass."""
    windows, shapes = surface.grid.blocks(TILE_CELLS), Outlines(planes["geometry"])
    cells, tilt = Pieces(planes["cells"]), planes["surface_tilt"].to_numpy(dtype=float)
    # A level plane may have no azimuth; any serves.
    azimuth = np.nan_to_num(planes["surface_azimuth"].to_numpy(dtype=float))

    def tile(number: int) -> Tile:
        own = shapes.touching(*surface.grid.crop(windows[number]).bounds)
        upto = np.cumsum(shapes.area[own]) // (LOT_CELLS * surface.grid.cell_m**2)
        ends = [0, *(np.flatnonzero(np.diff(upto)) + 1).tolist(), len(own)]
        return Tile(windows[number], [slice(a, b) for a, b in pairwise(ends)], cells[own], tilt[own], azimuth[own])

    mapped, total = 0, 0.0
    for window, values in zip(windows, compute.batches(map_tile, Late(tile, len(windows)), size=1, params=(config.albedo, year)), strict=True):
        mapped += int(np.isfinite(values).sum())
        total += float(np.nansum(values, dtype=np.float64))
        yield window, values
    notes.count("roof cells mapped", mapped)
    if mapped:
        notes.figure("mean_kwh_m2_of_roof_cells", total / mapped)


def map_tile(tiles: Sequence[Tile], albedo: float, year: SkyYear) -> NDArray[np.float32]:
    """Irradiation of the cells of one block, shape (1, rows, cols)."""
    (tile,) = tiles
    window = tile.window
    out = np.full((1, window.rows, window.cols), np.nan, dtype=np.float32)
    for lot in tile.lots:
        cells = unpacked(tile.cells[lot])
        row, col = cells.rows - window.row, cells.cols - window.col
        mine = (row >= 0) & (row < window.rows) & (col >= 0) & (col < window.cols)
        own = of_cells(cells, mine)
        values = [
            cell_irradiation(ELEVATION_DEG[own.codes[:, a:b]], np.clip(own.starts, a, b) - a, tile.surface_tilt[lot], tile.surface_azimuth[lot], year, albedo)
            for a, b in pairwise([*range(0, len(own.rows), LOT_CELLS), len(own.rows)])
        ]
        if values:
            out[0, row[mine], col[mine]] = np.concatenate(values)
    return out
