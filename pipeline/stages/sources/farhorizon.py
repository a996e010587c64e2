"""The horizon of the terrain beyond the surface model: one for the town, from a coarse elevation model."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.sources import FarHorizonConfig, Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Lineage, Notes
from pipeline.contracts.sources import Boundary, FarHorizon, Surface, Weather
from pipeline.contracts.spec import Raster, Table
from pipeline.core.grid import Grid
from pipeline.core.solar.farhorizon import far_horizon
from pipeline.errors import InputError
from pipeline.io.elevation import Mosaic
from pipeline.io.tiles import open_tiles

BLOCK_CELLS = 512
SOURCE_CELLS = 2048  # side of what is read of the elevation model at once
KNOWN_SHARE = 0.5  # a sector known less than this is warned of: the sea is rightly void, a missing tile is not


def farhorizon(
    layers: Layers,
    boundary: Table[Boundary] | None,
    surface: Raster[Surface] | None,
    weather: Table[Weather] | None,
    config: FarHorizonConfig,
    town: Town,
    lineage: Lineage,
    notes: Notes,
) -> Table[FarHorizon]:
    """Elevation of the skyline in 72 sectors, seen from the town's centre.

    Curvature and refraction are in it. Azimuths are those of the town's projected system, as in the stage `horizon`,
    which takes the higher of this and what stands near each roof. Where the weather already holds the terrain's horizon
    (a PVGIS year asked with usehorizon), the table is marked as not applied.

    Parameters
    ----------
    layers
        Kind dem: elevation tiles, any cell and system.
    boundary, surface
        The centre of the one, else of the other, is where the eye stands.
    weather
        Whether its irradiance holds the terrain's horizon stands in its figures.
    config
        Section `farhorizon`.
    town
        For the reference system.
    lineage
        Figures of the weather.
    notes
        Receives the highest sector and what is not known.

    Returns
    -------
    DataFrame
        72 rows.

    Raises
    ------
    InputError
        When there is no place to look from, a file cannot be read, or the elevation model does not hold the centre.
    """
    if others := sorted({y.source.kind for y in layers} - {"dem"}):
        raise InputError(f"sources.farhorizon: kind {', '.join(others)}; expected dem (any elevation model, e.g. Copernicus GLO-30)")
    east, north = _centre(boundary, surface)
    grid = _around(east, north, config, town.epsg)
    z = _read(layers, grid)
    row, col = (grid.north - north) / grid.cell_m, (east - grid.west) / grid.cell_m
    ground = float(z[int(row), int(col)])
    if not math.isfinite(ground):
        raise InputError(f"sources.farhorizon: the elevation model holds nothing at the town's centre ({east:.0f}, {north:.0f} in EPSG:{town.epsg}); expected a tile of this town: another tile, or a wrong crs")
    horizon, known = far_horizon(z, grid.cell_m, row, col, ground + config.eye_m, config.from_m, config.reach_m, config.refraction)
    applied = weather is None or not lineage.stages.get("weather", {}).get("figures", {}).get("horizon_included", 0.0)
    _explain(horizon, known, applied, config, notes)
    return pd.DataFrame({"sector": np.arange(len(horizon)), "horizon_deg": horizon, "applied": np.full(len(horizon), applied)})


def _centre(boundary: Table[Boundary] | None, surface: Raster[Surface] | None) -> tuple[float, float]:
    if boundary is not None:
        west, south, east, north = boundary.total_bounds
    elif surface is not None:
        west, south, east, north = surface.grid.bounds
    else:
        raise InputError("sources.farhorizon: from where? There is neither a boundary nor a surface; add one of them")
    return float(west + east) / 2, float(south + north) / 2


def _around(east: float, north: float, config: FarHorizonConfig, epsg: int) -> Grid:
    half = math.ceil(config.reach_m / config.cell_m) + 1
    col, row = math.floor(east / config.cell_m) - half, math.ceil(north / config.cell_m) + half
    return Grid(col * config.cell_m, row * config.cell_m, config.cell_m, 2 * half + 1, 2 * half + 1, epsg)


def _read(layers: Layers, grid: Grid) -> NDArray[np.float32]:
    z = np.full(grid.shape, np.nan, dtype=np.float32)
    tiles = open_tiles(layers)
    finest = min((t.bounds_in(grid.epsg)[2] - t.bounds_in(grid.epsg)[0]) / t.cols for t in tiles)
    # A block of a model much finer than the grid holds many of its cells: smaller blocks keep the memory.
    block = max(1, min(BLOCK_CELLS, int(SOURCE_CELLS * finest / grid.cell_m)))
    with Mosaic(tiles, linear=True) as mosaic:
        for w in grid.blocks(block):
            part = mosaic.read(grid.crop(w))
            part[~np.isfinite(part)] = np.nan
            z[w.row : w.row + w.rows, w.col : w.col + w.cols] = part
    return z


def _explain(horizon: NDArray[np.float64], known: NDArray[np.float64], applied: bool, config: FarHorizonConfig, notes: Notes) -> None:
    notes.figure("far_horizon_max_deg", float(horizon.max()))
    notes.figure("far_horizon_mean_deg", float(horizon.mean()))
    notes.figure("far_terrain_known_share", float(known.mean()))
    notes.assume(
        f"Terrain between {config.from_m / 1000:g} and {config.reach_m / 1000:g} km, seen from the town's centre {config.eye_m:g} m above it, refraction {config.refraction:g}; one skyline for all roofs. Terrain that is not known shades nothing."
    )
    low = int((known < KNOWN_SHARE).sum())
    if low:
        notes.warn(f"In {low} of {len(known)} sectors less than half of the terrain is known: open sea, or tiles that are missing.")
    if not applied:
        notes.warn("The weather data already hold the terrain's horizon; it is not applied a second time.")
