"""Modules of arrays with their yields, from the tables and the map of irradiation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Sunmap
from pipeline.contracts.spec import Raster
from pipeline.core.grid import Grid
from pipeline.core.solar.ladder import Modules, modules_of
from pipeline.errors import ContractError
from pipeline.io import rasters
from pipeline.io.onfile import folder_of, outlines, wkb
from pipeline.io.shelf import Shelf

# A module is read at the middles of three by three parts of its rectangle.
PARTS = (np.arange(3) + 0.5) / 3
BLOCK_CELLS = 1024
# A group of rows of the file (`TableSpec.group_rows`): a rectangle as a shape takes ten times the memory of its corners.
BATCH_ARRAYS = 256
# A polygon of one ring of five points within a multipolygon in WKB (OGC 06-103r4, section 8): read as it lies, without making
# shapes of it, where all of a batch are such.
HEADER_BYTES, WKB_POLYGON = 9, 3
RECTANGLE = np.dtype([("order", "u1"), ("kind", "<u4"), ("rings", "<u4"), ("points", "<u4"), ("corners", "<f8", (5, 2))])
# Arrays of one block that are sampled at once.
BLOCK_ARRAYS = 1024
AROUND_CELLS = 4
# A number of the column `Ladder.array_shares`.
SHARE = np.dtype("<f8")


@dataclass(frozen=True)
class PlacedModules:
    """Arrays that hold modules, and what tells their modules apart; these are made for some arrays at a time.

    Attributes
    ----------
    arrays
        Columns of `Arrays` without geometry, with kwh_year of `Solar`, sorted by building and array.
    building
        Number of the building of each array, shape (arrays,).
    names
        building_id by that number, sorted.
    light
        Irradiation at each module, in the order of `arrays`, shape (modules,); None where all of an array are alike.
    """

    arrays: pd.DataFrame
    building: NDArray[np.int64]
    names: NDArray[Any]
    light: NDArray[np.float64] | None

    def batches(self, size: int) -> list[slice]:
        """Arrays cut at the borders of buildings, about `size` together."""
        return cut_at_buildings(self.building, size)

    def modules(self, at: slice) -> Modules:
        """The modules of some arrays, which are numbered from the first of these."""
        count, kwp, kwh = (self.arrays[c].to_numpy() for c in ("modules", "kwp", "kwh_year"))
        start = int(count[: at.start or 0].sum())
        some = None if self.light is None else self.light[start : start + int(count[at].sum())]
        return modules_of(count[at].astype(np.int64), kwp[at].astype(float), kwh[at].astype(float), some)


def cut_at_buildings(building: NDArray[np.int64], size: int) -> list[slice]:
    """Rows sorted by building, about `size` together, those of a building never apart."""
    # Each cut is moved back to the first row of its building.
    cuts = np.unique(np.searchsorted(building, building[::size]))
    return [slice(a, b) for a, b in pairwise(np.append(cuts, len(building)).tolist())]


def written_shares(taken: NDArray[np.float64], start: NDArray[np.int64]) -> list[NDArray[np.uint8]]:
    """The column `array_shares` of a ladder, from `ladder.taken_upto`."""
    return np.split(taken.astype(SHARE).view(np.uint8), start[1:-1] * SHARE.itemsize) if len(start) > 1 else []


def placed_modules(arrays: Any, solar: pd.DataFrame, sunmap: Raster[Sunmap] | None, notes: Notes) -> PlacedModules:
    """Join arrays with their yields and find the light at each module.

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
    light = None
    if sunmap is None:
        notes.assume("No map of irradiation: all modules of an array yield the same.")
    elif shapes is not None:
        light = _light(shapes, joined["modules"].to_numpy(dtype=np.int64), sunmap, notes)
    names, building = np.unique(joined["building_id"].to_numpy(dtype=str), return_inverse=True)
    return PlacedModules(joined, np.asarray(building, dtype=np.int64), names.astype(object), light)


def _light(shapes: NDArray[Any], count: NDArray[np.int64], sunmap: Raster[Sunmap], notes: Notes) -> NDArray[np.float64]:
    """Mean irradiation at each module [kWh/m2], NaN where it is not known, shape (modules,)."""
    shelf, upto = Shelf(folder_of(shapes)), np.concatenate(([0], np.cumsum(count)))
    whole, block = np.zeros(len(shapes), dtype=bool), np.zeros((len(shapes), 2), dtype=np.int64)
    places = np.zeros((len(shapes), 2), dtype=np.int64)
    # The corners are laid aside in the order of the file and taken back by the blocks of the map, each of which is read once.
    for start in range(0, len(shapes), BATCH_ARRAYS):
        rows = slice(start, start + BATCH_ARRAYS)
        whole[rows], corners = _rectangles(shapes[rows], count[rows])
        drawn = start + np.flatnonzero(whole[rows])
        first = np.concatenate(([0], np.cumsum(count[drawn])))
        places[drawn] = shelf.put(corners[a:b].tobytes() for a, b in pairwise(first))
        block[drawn] = _block(corners[first[:-1]], sunmap.grid)
    notes.count("arrays whose rectangles are not their modules, taken as even", int((~whole).sum()))
    light = np.full(int(count.sum()), np.nan)
    order = np.flatnonzero(whole)[np.lexsort(block[whole].T)]
    for rows in _stretches(block[order]):
        some = order[rows]
        corners = np.frombuffer(b"".join(p or b"" for p in shelf.take(places[some]))).reshape(-1, 4, 2)
        light[np.concatenate([np.arange(upto[k], upto[k + 1]) for k in some])] = _sampled(corners, sunmap)
    notes.count("modules without a cell of the irradiation map, taken as the mean of their array", int(np.isnan(light).sum()))
    return light


def _block(corners: NDArray[np.float64], grid: Grid) -> NDArray[np.int64]:
    """Row and column of the block of the grid that holds the middle of each rectangle, shape (rectangles, 2)."""
    middle = (corners[:, 0] + corners[:, 2]) / 2
    return np.floor(np.column_stack([(grid.north - middle[:, 1]), (middle[:, 0] - grid.west)]) / (grid.cell_m * BLOCK_CELLS)).astype(np.int64)


def _stretches(block: NDArray[np.int64]) -> Iterator[slice]:
    """Stretches of one block, rows of shape (n, 2), none longer than `BLOCK_ARRAYS`."""
    ends = np.append(np.flatnonzero((np.diff(block, axis=0) != 0).any(axis=1)) + 1, len(block))
    start = 0
    for end in ends.tolist():
        yield from (slice(s, min(s + BLOCK_ARRAYS, end)) for s in range(start, end, BLOCK_ARRAYS))
        start = end


def _rectangles(cells: NDArray[Any], count: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which arrays are drawn with as many rectangles as they have modules, and of those each rectangle, see `_corners`."""
    if folder_of(cells) is not None:
        pieces = wkb(cells)
        if all(p is not None and len(p) == HEADER_BYTES + RECTANGLE.itemsize * n for p, n in zip(pieces, count.tolist(), strict=True)):
            read = np.frombuffer(b"".join(p[HEADER_BYTES:] for p in pieces if p), dtype=RECTANGLE)
            if ((read["order"] == 1) & (read["kind"] == WKB_POLYGON) & (read["rings"] == 1) & (read["points"] == 5)).all():
                return np.ones(len(cells), dtype=bool), np.ascontiguousarray(read["corners"][:, :4])
    boxes, owner = shapely.get_parts(outlines(cells), return_index=True)
    whole = np.bincount(owner, minlength=len(cells)) == count
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
    corners = _corners(boxes)
    found, block = np.full(len(corners), np.nan), _block(corners, sunmap.grid)
    order = np.lexsort(block.T)
    for rows in _stretches(block[order]):
        found[order[rows]] = _sampled(corners[order[rows]], sunmap)
    return found


def _sampled(corners: NDArray[np.float64], sunmap: Raster[Sunmap]) -> NDArray[np.float64]:
    """`light_at` of rectangles near one another, given by their corners."""
    along, across = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
    u, v = (p.ravel() for p in np.meshgrid(PARTS, PARTS))
    east, north = (corners[:, 0, k, None] + u * along[:, k, None] + v * across[:, k, None] for k in range(2))
    return _sample(east, north, sunmap)


def _sample(east: NDArray[np.float64], north: NDArray[np.float64], sunmap: Raster[Sunmap]) -> NDArray[np.float64]:
    """Mean over the places of each row, given by easting and northing, shape (rows, places)."""
    window = sunmap.grid.window((east.min(), north.min(), east.max(), north.max()), AROUND_CELLS)
    if not window.rows or not window.cols:
        return np.full(len(east), np.nan)
    cells, grid = rasters.read(sunmap, "poa_kwh_m2", window), sunmap.grid.crop(window)
    row = np.floor((grid.north - north) / grid.cell_m).astype(np.int64)
    col = np.floor((east - grid.west) / grid.cell_m).astype(np.int64)
    inside = (row >= 0) & (row < window.rows) & (col >= 0) & (col < window.cols)
    if inside.all():
        value = cells.ravel()[row * window.cols + col].astype(np.float64)
    else:
        value = np.where(inside, cells[np.clip(row, 0, window.rows - 1), np.clip(col, 0, window.cols - 1)], np.nan).astype(np.float64)
    known = np.isfinite(value)
    number = known.sum(axis=1)
    return np.where(number > 0, np.where(known, value, 0.0).sum(axis=1) / np.maximum(number, 1), np.nan)
