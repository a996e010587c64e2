"""Modules of arrays with their yields, from the tables and the map of irradiation."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Sunmap
from pipeline.contracts.spec import Raster
from pipeline.core.solar.ladder import Modules, modules_of
from pipeline.errors import ContractError
from pipeline.io import rasters
from pipeline.io.onfile import outlines

# A module is read at the middles of three by three parts of its rectangle.
PARTS = (np.arange(3) + 0.5) / 3
BLOCK_CELLS = 1024
# A group of rows of the file (`tables.GROUP_ROWS`).
BATCH_ARRAYS = 256
AROUND_CELLS = 4


class PlacedModules(NamedTuple):
    """Arrays that hold modules, and their modules.

    Attributes
    ----------
    arrays
        Columns of `Arrays` without geometry, with kwh_year of `Solar`, sorted by building and array.
    building
        Number of the building of each array, shape (arrays,).
    names
        building_id by that number, sorted.
    modules
        In the order of `arrays`.
    """

    arrays: pd.DataFrame
    building: NDArray[np.int64]
    names: NDArray[Any]
    modules: Modules


def placed_modules(arrays: Any, solar: pd.DataFrame, sunmap: Raster[Sunmap] | None, notes: Notes) -> PlacedModules:
    """Join arrays with their yields and give each module its own.

    Parameters
    ----------
    arrays, solar
        Tables of `Arrays` and `Solar`; an array with modules stands in both.
    sunmap
        Irradiation of the roofs: a module's share of its array's yield goes by the mean of the cells under it. Without it all
        modules of an array yield the same.
    notes
        Takes counts and what was assumed.

    Raises
    ------
    ContractError
        When an array has no yield.
    """
    own = arrays[arrays["modules"] > 0].sort_values(["building_id", "array_id"], kind="stable").reset_index(drop=True)
    shapes = own["geometry"].to_numpy(dtype=object) if "geometry" in own.columns else None
    joined = pd.DataFrame(own.drop(columns="geometry", errors="ignore")).merge(solar[["array_id", "kwh_year"]], on="array_id", how="left")
    lost = joined.loc[joined["kwh_year"].isna(), "array_id"]
    if len(lost):
        raise ContractError(f"arrays: {len(lost)} arrays with modules are not in solar (first: {lost.iloc[0]}); run make solar")
    count = joined["modules"].to_numpy(dtype=np.int64)
    light = None
    if sunmap is None:
        notes.assume("No map of irradiation: all modules of an array yield the same.")
    elif shapes is not None:
        light = _light(shapes, count, sunmap, notes)
    made = modules_of(count, joined["kwp"].to_numpy(dtype=float), joined["kwh_year"].to_numpy(dtype=float), light)
    names, building = np.unique(joined["building_id"].to_numpy(dtype=str), return_inverse=True)
    return PlacedModules(joined, np.asarray(building, dtype=np.int64), names.astype(object), made)


def _light(shapes: NDArray[Any], count: NDArray[np.int64], sunmap: Raster[Sunmap], notes: Notes) -> NDArray[np.float64]:
    """Mean irradiation at each module [kWh/m2], NaN where it is not known, shape (modules,)."""
    # A batch of outlines at a time: a rectangle as a shape takes ten times the memory of its corners.
    found = [_rectangles(outlines(shapes[s : s + BATCH_ARRAYS]), count[s : s + BATCH_ARRAYS]) for s in range(0, len(shapes), BATCH_ARRAYS)]
    whole = np.concatenate([np.empty(0, dtype=bool), *(w for w, _ in found)])
    notes.count("arrays whose rectangles are not their modules, taken as even", int((~whole).sum()))
    light = np.full(int(count.sum()), np.nan)
    light[np.repeat(whole, count)] = _light_of(np.concatenate([np.empty((0, 4, 2)), *(c for _, c in found)]), sunmap)
    notes.count("modules without a cell of the irradiation map, taken as the mean of their array", int(np.isnan(light).sum()))
    return light


def _rectangles(shapes: NDArray[Any], count: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which arrays are drawn with as many rectangles as they have modules, and of those each rectangle, see `_corners`."""
    boxes, owner = shapely.get_parts(shapes, return_index=True)
    whole = np.bincount(owner, minlength=len(shapes)) == count
    return whole, _corners(boxes[whole[owner]])


def _corners(boxes: NDArray[Any]) -> NDArray[np.float64]:
    """The corners of rectangles, shape (rectangles, 4, 2)."""
    return np.asarray(shapely.get_coordinates(shapely.get_exterior_ring(boxes)).reshape(len(boxes), 5, 2)[:, :4])


def light_at(boxes: NDArray[Any], sunmap: Raster[Sunmap]) -> NDArray[np.float64]:
    """Mean of the known cells at nine places of each rectangle, NaN where none is known, shape (rectangles,).

    Parameters
    ----------
    boxes
        Rectangles in plan, in the raster's system.
    sunmap
        Irradiation of the roofs; read in blocks.
    """
    return _light_of(_corners(boxes), sunmap)


def _light_of(corners: NDArray[np.float64], sunmap: Raster[Sunmap]) -> NDArray[np.float64]:
    """`light_at` of rectangles given by their corners."""
    if not len(corners):
        return np.empty(0)
    along, across = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
    grid = sunmap.grid
    middle = (corners[:, 0] + corners[:, 2]) / 2
    block = np.floor(np.column_stack([(grid.north - middle[:, 1]), (middle[:, 0] - grid.west)]) / (grid.cell_m * BLOCK_CELLS))
    _, group = np.unique(block, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    found = np.full(len(corners), np.nan)
    for rows in np.split(order, np.flatnonzero(np.diff(group.ravel()[order])) + 1):
        u, v = (p.ravel() for p in np.meshgrid(PARTS, PARTS))
        points = corners[rows, 0][:, None] + u[None, :, None] * along[rows][:, None] + v[None, :, None] * across[rows][:, None]
        low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
        found[rows] = _sample(points, sunmap, (low[0], low[1], high[0], high[1]))
    return found


def _sample(points: NDArray[np.float64], sunmap: Raster[Sunmap], bounds: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """Mean over the places of each row of points, shape (rows, places, 2)."""
    window = sunmap.grid.window(bounds, AROUND_CELLS)
    if not window.rows or not window.cols:
        return np.full(len(points), np.nan)
    cells, grid = rasters.read(sunmap, "poa_kwh_m2", window), sunmap.grid.crop(window)
    row = np.floor((grid.north - points[..., 1]) / grid.cell_m).astype(np.int64)
    col = np.floor((points[..., 0] - grid.west) / grid.cell_m).astype(np.int64)
    inside = (row >= 0) & (row < window.rows) & (col >= 0) & (col < window.cols)
    value = np.where(inside, cells[np.clip(row, 0, window.rows - 1), np.clip(col, 0, window.cols - 1)], np.nan).astype(np.float64)
    known = np.isfinite(value)
    number = known.sum(axis=1)
    return np.where(number > 0, np.where(known, value, 0.0).sum(axis=1) / np.maximum(number, 1), np.nan)
