"""Landscape metrics of the town and its sections: patches labelled over the whole landscape, never by tile."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.compute import Compute
from pipeline.config.land import PatchesConfig
from pipeline.contracts.land import Patches
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import COVER_CODES, Boundary, Landcover, Residents
from pipeline.contracts.spec import Raster, Table
from pipeline.core.grid import Grid, Window
from pipeline.core.land.patches import ALL_AROUND, complete_sizes, majorities, mesh, metrics, shannon, sizes
from pipeline.errors import InputError
from pipeline.io.rasters import burn
from pipeline.io.zonal import BandCells, zones

TILE_CELLS = 1024
MAX_CELLS = 200_000_000
C = COVER_CODES
CLASSES: dict[str, tuple[int, ...]] = {"sealed": (C["building"], C["sealed"]), "tree": (C["tree"],), "open": (C["bare"], C["low_vegetation"], C["tree"])}


def patches(
    landcover: Raster[Landcover], boundary: Table[Boundary] | None, residents: Table[Residents] | None, config: PatchesConfig, compute: Compute, notes: Notes
) -> Table[Patches]:
    """Patches, edges, core and mesh of sealed ground, trees and open ground in each zone.

    Parameters
    ----------
    landcover
        Classes; given to the commonest in cells of about `config.cell_m`.
    boundary, residents
        The zones: town and census sections; without a boundary the frame.
    config
        Cell and width of the edge.
    compute
        Runs the tiles of the coarser map; the labels are made of the whole.
    notes
        Receives the cell, which the metrics depend on.

    Returns
    -------
    DataFrame
        One row for each zone and class, sorted.

    Raises
    ------
    InputError
        When the landscape has more cells than fit in memory.
    """
    step = max(1, round(config.cell_m / landcover.grid.cell_m))
    grid, codes = _landscape(landcover, step, compute)
    zone = zones(landcover.grid, None, residents, boundary)
    edge = round(config.edge_m / grid.cell_m)
    labels = {name: ndimage.label(np.isin(codes, values), structure=ALL_AROUND) for name, values in CLASSES.items()}
    whole = {name: (found, sizes(found, int(number))) for name, (found, number) in labels.items()}
    rows = [row for z in zone.itertuples() for row in _zone(z.zone_kind, z.zone_id, z.geometry, codes, grid, whole, edge)]
    table = pd.DataFrame(rows, columns=list(Patches.columns())).astype({"patches_4": "int64", "patches_8": "int64"})
    notes.assume(f"Metrics are of cells of {grid.cell_m:g} m that hold their commonest class; other cells give other numbers of patches and other lengths of edge. Core lies more than {edge * grid.cell_m:g} m from the edge.")
    notes.assume("Patches that cross the border count in full in the second mesh size as far as the land cover is known beyond it.")
    notes.figure("cell_m", grid.cell_m)
    return table.sort_values(["zone_kind", "zone_id", "cover"], kind="stable", ignore_index=True)


def _landscape(landcover: Raster[Landcover], step: int, compute: Compute) -> tuple[Grid, NDArray[np.uint8]]:
    """The coarser map as one array, made tile by tile; cells beyond the raster are not known."""
    own = landcover.grid
    rows, cols = -(-own.rows // step), -(-own.cols // step)
    if rows * cols > MAX_CELLS:
        raise InputError(f"patches.cell_m: {rows * cols:,} cells of {step * own.cell_m:g} m; expected at most {MAX_CELLS:,}, the labels are made of the whole at once; choose a larger patches.cell_m")
    codes = np.zeros((rows, cols), dtype=np.uint8)
    for window, block in _coarse(landcover, step, compute):
        codes[window.row : window.row + window.rows, window.col : window.col + window.cols] = block
    return Grid(own.west, own.north, own.cell_m * step, rows, cols, own.epsg), codes


def _coarse(landcover: Raster[Landcover], step: int, compute: Compute) -> Iterator[tuple[Window, NDArray[np.uint8]]]:
    size = max(TILE_CELLS // step, 1) * step
    windows = landcover.grid.blocks(size)
    work = [(BandCells(landcover, "cover"), landcover.grid.crop(w)) for w in windows]
    for w, (block,) in zip(windows, compute.batches(majorities, work, size=1, params=(step, max(C.values()) + 1)), strict=True):
        yield Window(w.row // step, w.col // step, *block.shape), block


def _zone(
    kind: str, name: str, shape: shapely.Geometry, codes: NDArray[np.uint8], grid: Grid, whole: dict[str, tuple[NDArray[np.int32], NDArray[np.int64]]], edge: int
) -> Iterator[dict[str, object]]:
    window = grid.window(shape.bounds)
    at = np.s_[window.row : window.row + window.rows, window.col : window.col + window.cols]
    inside = burn([shape], [1], grid.crop(window)).astype(bool) if window.rows and window.cols else np.zeros((window.rows, window.cols), dtype=bool)
    mine = codes[at]
    known = inside & (mine > 0)
    area = float(known.sum())
    diversity = shannon(np.bincount(mine[known], minlength=7)[1:] / area) if area else 0.0
    for cover, values in CLASSES.items():
        m = metrics(np.isin(mine, values), known, grid.cell_m, edge)
        labels, everywhere = whole[cover]
        # A patch that is one beyond the zone is one here too.
        part, full = complete_sizes(labels[at], everywhere, known)
        cell = grid.cell_m**2
        yield {
            "zone_kind": kind, "zone_id": name, "cover": cover, "known_m2": m.known_m2, "class_m2": m.class_m2, "pland": m.pland, "patches_4": m.patches_4,
            "patches_8": m.patches_8, "largest_share": m.largest_share, "edge_m_per_ha": m.edge_m_per_ha, "core_share": m.core_share, "mesh_m2": m.mesh_m2,
            "mesh_cross_m2": mesh(part * cell, m.known_m2, full * cell), "shdi": diversity,
        }  # fmt: skip
