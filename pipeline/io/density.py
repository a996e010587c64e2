"""Imperviousness in per cent of coarse cells: summed as it is, and spread over the ground nothing else decides."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.warp import transform_bounds

from pipeline.config.sources import Layer
from pipeline.contracts.notes import Notes
from pipeline.core.grid import Grid, Window
from pipeline.core.land.cover import BUILDING, SEALED, remaining_share, spread_out
from pipeline.errors import InputError
from pipeline.io.lattice import Lattice
from pipeline.io.samples import read_window
from pipeline.io.tiles import Tile, open_tiles

FULL = 100
NOTHING = 255  # "outside the area" in the Copernicus high-resolution layers


@dataclass(frozen=True)
class DensityInput:
    """Sealed shares as an input of `compute.tiles`: packed classes spread by `pipeline.core.land.cover.spread_out`.

    Parameters
    ----------
    lattice
        Where the coarse cells lie; (0, 0) is the first of `share`.
    share
        Sealed share of each coarse cell 0-1, NaN where not known.
    """

    lattice: Lattice
    share: NDArray[np.float32]

    def cut(self, grid: Grid) -> DensityInput:
        """Only the coarse cells that `grid` needs."""
        row, col, inside = self._at(grid)
        if not inside.any():
            return replace(self, share=np.empty((0, 0), dtype=np.float32))
        r0, c0, r1, c1 = int(row[inside].min()), int(col[inside].min()), int(row[inside].max()) + 1, int(col[inside].max()) + 1
        at = self.lattice
        return DensityInput(replace(at, west=at.west + c0 * at.dx, north=at.north - r0 * at.dy), self.share[r0:r1, c0:c1])

    def read(self, grid: Grid) -> NDArray[np.float32]:
        """Packed classes on `grid`."""
        if not self.share.size:
            return np.zeros(grid.shape, dtype=np.float32)
        row, col, inside = self._at(grid)
        under = np.where(inside, self.share[np.where(inside, row, 0), np.where(inside, col, 0)], np.nan)
        # A little off the corner, so that rounding cannot put two blocks of one lattice on different rows.
        return spread_out(under, -math.floor(grid.north / grid.cell_m + 0.123), math.floor(grid.west / grid.cell_m + 0.123))

    def _at(self, grid: Grid) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
        at_row, at_col = self.lattice.positions(grid)
        row, col = np.floor(at_row).astype(np.intp), np.floor(at_col).astype(np.intp)
        return row, col, (row >= 0) & (row < self.share.shape[0]) & (col >= 0) & (col < self.share.shape[1])

    def without(self, grid: Grid, blocks: Iterable[tuple[Window, NDArray[Any]]]) -> DensityInput:
        """The share of what is left once other sources have decided.

        Parameters
        ----------
        grid, blocks
            A land cover made without this input: bands cover and confidence, 0 where not known.
        """
        counts = np.zeros((3, self.share.size), dtype=np.int64)
        for window, array in blocks:
            row, col, inside = self._at(grid.crop(window))
            cell = (row * self.share.shape[1] + col)[inside]
            cover = array[0][inside]
            for i, mask in enumerate((np.ones(cover.shape, dtype=bool), cover > 0, (cover == BUILDING) | (cover == SEALED))):
                counts[i] += np.bincount(cell[mask], minlength=self.share.size)
        cells, decided, sealed = counts.reshape(3, *self.share.shape)
        return replace(self, share=remaining_share(self.share, cells, decided, sealed))


def open_density(layers: tuple[Layer, ...], grid: Grid, notes: Notes) -> DensityInput | None:
    """Rasters of imperviousness, 0-100 per cent, under the extent of `grid`; None where there is no layer.

    The sum of share times area stands in the notes: no threshold is applied.

    Raises
    ------
    InputError
        When a file cannot be read, its tiles lie on different cells, or it holds no percentages.
    """
    tiles = open_tiles(layers)
    if not tiles:
        return None
    lattice = tiles[0].lattice
    if odd := [t for t in tiles if not t.lattice.same_cells(lattice)]:
        raise InputError(f"{odd[0].path}: lies on other cells than {tiles[0].path.name}; expected imperviousness tiles of one series and one reference system")
    window = _under(lattice, grid)
    share = np.full((window.rows, window.cols), np.nan, dtype=np.float32)
    strange = 0
    for tile in tiles:
        strange += _fill(share, window, tile, lattice)
    if strange:
        notes.warn(f"{tiles[0].path.name}: {strange} cells hold a number that is neither 0-100 nor 255 (no data): not known there.")
    notes.count("imperviousness cells that are no percentage", strange)
    if np.isnan(share).all():
        notes.warn("The imperviousness raster says nothing of the town: all its cells there are void, or it is of another place.")
    _sum_up(share, lattice, notes)
    own = replace(lattice, west=lattice.west + window.col * lattice.dx, north=lattice.north - window.row * lattice.dy)
    return DensityInput(own, share)


def _under(lattice: Lattice, grid: Grid) -> Window:
    """The cells of a lattice that touch the extent of `grid`."""
    west, south, east, north = grid.bounds
    if lattice.epsg != grid.epsg:
        west, south, east, north = transform_bounds(f"EPSG:{grid.epsg}", f"EPSG:{lattice.epsg}", west, south, east, north)
    r0, c0 = math.floor((lattice.north - north) / lattice.dy), math.floor((west - lattice.west) / lattice.dx)
    return Window(r0, c0, math.ceil((lattice.north - south) / lattice.dy) - r0, math.ceil((east - lattice.west) / lattice.dx) - c0)


def _fill(share: NDArray[np.float32], window: Window, tile: Tile, lattice: Lattice) -> int:
    """Put a tile's percentages where nothing is known yet; returns how many of its cells are no percentage."""
    row, col = lattice.offset(tile.lattice.west, tile.lattice.north) or (0, 0)
    r0, r1 = max(row, window.row), min(row + tile.rows, window.row + window.rows)
    c0, c1 = max(col, window.col), min(col + tile.cols, window.col + window.cols)
    if r0 >= r1 or c0 >= c1:
        return 0
    raw, void = read_window(tile, Window(r0 - row, c0 - col, r1 - r0, c1 - c0))
    void |= raw == NOTHING
    odd = ~void & ~((raw >= 0) & (raw <= FULL))
    part = share[r0 - window.row : r1 - window.row, c0 - window.col : c1 - window.col]
    np.copyto(part, np.where(void | odd, np.nan, raw / np.float32(FULL)).astype(np.float32), where=np.isnan(part))
    return int(odd.sum())


def _sum_up(share: NDArray[np.float32], lattice: Lattice, notes: Notes) -> None:
    """Sealed area as the sum of share times area, where the raster's system is in metres."""
    known = np.isfinite(share)
    notes.figure("imperviousness_known_share", float(known.mean()) if known.size else 0.0)
    if known.any():
        notes.figure("imperviousness_mean_share", float(share[known].mean(dtype=np.float64)))
    if lattice.dx >= 0.1:
        notes.figure("imperviousness_sealed_m2", float(share[known].sum(dtype=np.float64)) * lattice.dx * lattice.dy)
