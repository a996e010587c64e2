"""Elevation of ground and surface on one grid, from tiles of any number, lattice and system."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from pipeline.config.sources import Layers, SurfaceConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary, Surface
from pipeline.contracts.spec import Raster, RasterBlocks, Table
from pipeline.core.grid import Grid, Window
from pipeline.core.terrain import fill_by_plane, fill_voids, sample
from pipeline.errors import InputError
from pipeline.io.elevation import Mosaic, mosaic_grid
from pipeline.io.heightmodel import Bounds, HeightModel, model_grid, on_ground, read_heights
from pipeline.io.lattice import Lattice
from pipeline.io.pointclouds import GriddedClouds, clouds_grid, open_clouds
from pipeline.io.tiles import open_tiles

BLOCK_CELLS = 1024  # two COG blocks a side
THREADS = 2
MAX_CELLS = 10**12  # Italy at half a metre; more is a damaged cell size, and a list of blocks that fills the memory
COARSE_CELLS = 8  # side of the blocks whose mean ground larger voids are interpolated from
POINT_CELL_M = 0.5
HEIGHT_M = (-100.0, 1000.0)  # the range of the contract's band `height`
Reader = Callable[[Grid], NDArray[np.float32]]
Counts = dict[str, int]
Kinds = dict[str, Layers]
KINDS = ("dsm", "dtm", "points", "heights")


@dataclass(frozen=True)
class _Relief:
    """What is read: the grid, the highest thing and the terrain on any part of it."""

    grid: Grid
    surface: Reader
    ground: Reader


def surface(layers: Layers, boundary: Table[Boundary] | None, config: SurfaceConfig, town: Town, notes: Notes) -> Raster[Surface]:
    """Ground, surface and height on the cells of the first surface tile.

    Surface from layers of kind `dsm`, else the highest points of kind `points`; ground from `dtm`, else the ground
    points. The cells are those of the first `dsm` tile (point clouds: `cell_m`, 0.5 m by default) and are never
    averaged; tiles on other cells or in another system are read at the nearest cell and the notes say so. Terrain on
    other cells is read bilinearly. The extent is that of all surface tiles, cut to the boundary and `margin_m`.
    Small voids take the nearest cell; larger voids of the terrain below a known surface are interpolated.

    Without `dsm` and `points`, footprints of kind `heights` make a height model: flat roofs at their height above the
    `dtm`, or above level 0. The file is tagged `basis = height model`, and the band height is void: nothing was measured.

    Parameters
    ----------
    layers
        Kinds dsm, dtm, points, heights.
    boundary
        Town's outline; without it nothing is cut.
    config
        Section `surface`.
    town
        For the reference system.
    notes
        Receives counts when the blocks have been read.

    Returns
    -------
    RasterBlocks
        Bands ground, surface, height [m]; memory is that of a few blocks.

    Raises
    ------
    InputError
        When a file cannot be read, has no reference system or is rotated, when there is no terrain, when surface and
        boundary do not meet, or when no cell holds an elevation.
    """
    kinds = {k: tuple(y for y in layers if y.source.kind == k) for k in KINDS}
    if others := sorted({y.source.kind for y in layers} - set(KINDS)):
        raise InputError(f"sources.surface: kind {', '.join(others)}; expected dsm and dtm, or points, or heights")
    box = None if boundary is None else _extent(boundary)
    if kinds["heights"] and not kinds["dsm"] and not kinds["points"]:
        model = read_heights(kinds["heights"], town.epsg, config, notes)
        grid = model_grid(model, box, config, town.epsg)
        return RasterBlocks(grid, _blocks(lambda stack: _modelled(model, kinds, grid, config, notes, stack), grid, config, notes, measured=False), {"basis": "height model"})
    grid = _target(kinds, box, config, town)
    if kinds["heights"]:
        notes.warn("Footprints of kind heights are not used: there is a measured surface.")
    return RasterBlocks(grid, _blocks(lambda stack: _open(kinds, grid, notes, stack), grid, config, notes))


def _extent(boundary: Table[Boundary]) -> Bounds:
    west, south, east, north = (float(v) for v in boundary.total_bounds)
    return west, south, east, north


def _target(kinds: Kinds, boundary: Bounds | None, config: SurfaceConfig, town: Town) -> Grid:
    if not kinds["dsm"] and not kinds["points"]:
        raise InputError(
            "sources.surface: no layer of kind dsm or points; expected a surface model (with a dtm layer) or a point cloud; where there is none, footprints with heights of kind heights"
        )
    if not kinds["dtm"] and not kinds["points"]:
        raise InputError(
            "sources.surface: a dsm without terrain; add a layer of kind dtm (any cell size and system), or a classified point cloud of kind points"
        )
    open_tiles(kinds["dtm"])
    if kinds["dsm"]:
        grid = mosaic_grid(open_tiles(kinds["dsm"]), town.epsg)
    else:
        grid = clouds_grid(open_clouds(kinds["points"]), town.epsg, config.cell_m or POINT_CELL_M)
    if boundary is None:
        return _of_a_size(grid)
    west, south, east, north = boundary
    m = config.margin_m
    cut = grid.window((west - m, south - m, east + m, north + m))
    if not cut.rows or not cut.cols:
        raise InputError(
            f"sources.surface: the elevation tiles lie at {_box(grid.bounds)}, the boundary at {_box((west, south, east, north))} (EPSG:{town.epsg}); they do not meet: another town, or a wrong crs"
        )
    return _of_a_size(grid.crop(cut))


def _of_a_size(grid: Grid) -> Grid:
    if grid.rows * grid.cols > MAX_CELLS:
        raise InputError(f"sources.surface: {grid.rows:,} x {grid.cols:,} cells of {grid.cell_m:g} m; expected at most {MAX_CELLS:,} in all: check cell size and reference system of the files, and the boundary")
    return grid


def _box(bounds: tuple[float, float, float, float]) -> str:
    return f"{bounds[0]:.0f} {bounds[1]:.0f} {bounds[2]:.0f} {bounds[3]:.0f}"


def _blocks(
    opened: Callable[[ExitStack], _Relief], grid: Grid, config: SurfaceConfig, notes: Notes, *, measured: bool = True
) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    total: Counts = {}
    with ExitStack() as stack:
        relief = opened(stack)
        coarse = _coarse_ground(relief, config.ground_reach_m)
        pool = stack.enter_context(ThreadPoolExecutor(THREADS))
        waiting: deque[tuple[Window, Future[tuple[NDArray[np.float32], Counts]]]] = deque()
        todo = iter(grid.blocks(BLOCK_CELLS))
        for window in todo:
            waiting.append((window, pool.submit(_block, relief, window, config.fill_cells, coarse)))
            if len(waiting) > 2 * THREADS:
                yield _done(waiting, total, measured)
        while waiting:
            yield _done(waiting, total, measured)
    _report(total, grid, notes, measured)


def _done(
    waiting: deque[tuple[Window, Future[tuple[NDArray[np.float32], Counts]]]], total: Counts, measured: bool
) -> tuple[Window, NDArray[np.float32]]:
    window, future = waiting.popleft()
    array, counts = future.result()
    if not measured:
        array[2] = np.nan
    for what, number in counts.items():
        total[what] = total.get(what, 0) + number
    return window, array


def _open(kinds: Kinds, grid: Grid, notes: Notes, stack: ExitStack) -> _Relief:
    dsm, dtm, points = open_tiles(kinds["dsm"]), open_tiles(kinds["dtm"]), kinds["points"]
    if feet := [t for t in (*dsm, *dtm) if t.unit_m != 1.0]:
        notes.assume(f"Elevations of {len(feet)} of {len(dsm) + len(dtm)} tiles are in feet ({feet[0].path.name}): brought to metres.")
    moved = [t for t in dsm if not t.lattice.same_cells(Lattice.of(grid))]
    if moved:
        notes.warn(
            f"{len(moved)} of {len(dsm)} surface tiles lie on other cells or in another system than the first tile in EPSG:{grid.epsg} ({moved[0].path.name}): read at the nearest cell, up to half a cell away"
        )
    clouds = stack.enter_context(GriddedClouds(open_clouds(points), grid, notes)) if points and not (dsm and dtm) else None
    top = stack.enter_context(Mosaic(dsm)).read if dsm or clouds is None else clouds.surface
    ground = stack.enter_context(Mosaic(dtm, linear=True)).read if dtm or clouds is None else clouds.ground
    if points and dsm and dtm:
        notes.warn("point clouds are not used: there are a surface and a terrain raster")
    return _Relief(grid, top, ground)


def _modelled(model: HeightModel, kinds: Kinds, grid: Grid, config: SurfaceConfig, notes: Notes, stack: ExitStack) -> _Relief:
    """The height model as what is read: its ground, and the roofs on it."""
    dtm = open_tiles(kinds["dtm"])
    notes.assume(
        f"No surface was measured: it is a height model. Each footprint is one flat roof (attribute, else storeys of {config.storey_height_m:g} m, else {config.default_height_m:g} m) with a parapet of {config.parapet_m:g} m; trees, pitched roofs and what stands on roofs are not in it."
    )
    notes.warn(f"Height model instead of a measured surface: {notes.counts['height from: default']} of {len(model.shapes)} heights are the default. Shading and yields are rougher, the band around them is wider.")
    if dtm:
        ground = _whole_ground(stack.enter_context(Mosaic(dtm, linear=True)).read, grid, config.ground_reach_m)
        placed = on_ground(model, grid, ground, notes)
    else:
        notes.assume("There is no terrain model: the ground is taken as level, at 0 m.")
        ground, placed = _level, model
    return _Relief(grid, placed.surface(ground), ground)


def _whole_ground(read: Reader, grid: Grid, reach_m: float) -> Reader:
    """The terrain with its voids interpolated, as far as `reach_m`."""
    coarse = _coarse_ground(_Relief(grid, read, read), reach_m)

    def whole(part: Grid) -> NDArray[np.float32]:
        z = read(part)
        void = ~np.isfinite(z)
        if void.any():
            z[void] = coarse(part)[void]
        return z

    return whole


def _level(grid: Grid) -> NDArray[np.float32]:
    return np.zeros(grid.shape, dtype=np.float32)


def _block(relief: _Relief, window: Window, fill_cells: int, coarse: Reader) -> tuple[NDArray[np.float32], Counts]:
    """Ground, surface and height of one block, and what happened to its cells."""
    own, halo = relief.grid.crop(window), 2 * fill_cells
    wide = Grid(own.west - halo * own.cell_m, own.north + halo * own.cell_m, own.cell_m, own.rows + 2 * halo, own.cols + 2 * halo, own.epsg)
    inner = (slice(halo, halo + own.rows), slice(halo, halo + own.cols))
    counts: Counts = {}
    made = {}
    for name, read in (("surface", relief.surface), ("ground", relief.ground)):
        z = read(wide)
        insane = np.isinf(z)
        z[insane] = np.nan
        z, filled = fill_voids(z, fill_cells)
        made[name] = z[inner]
        counts[f"{name} cells with a number that is no elevation, made void"] = int(insane[inner].sum())
        counts[f"{name} cells of small voids filled by the nearest"] = int(filled[inner].sum())
    top, ground = made["surface"], made["ground"]
    void = np.isnan(ground) & ~np.isnan(top)
    if void.any():
        ground[void] = coarse(own)[void]
    counts["ground cells of larger voids interpolated"] = int((void & ~np.isnan(ground)).sum())
    height = top - ground
    odd = (height < HEIGHT_M[0]) | (height > HEIGHT_M[1])
    top[odd] = height[odd] = np.nan
    counts["surface cells implausibly far from the ground, made void"] = int(odd.sum())
    counts["surface cells void"] = int(np.isnan(top).sum())
    counts["cells without a height"] = int(np.isnan(height).sum())
    return np.stack([ground, top, height]), counts


def _coarse_ground(relief: _Relief, reach_m: float) -> Reader:
    """Terrain interpolated over large voids, read on demand: made once, when the first void asks for it."""
    grid, lock = relief.grid, Lock()
    cell = grid.cell_m * COARSE_CELLS
    lattice = Lattice(grid.west, grid.north, cell, cell, grid.epsg)

    @cache
    def filled() -> NDArray[np.float32]:
        means = np.full((-(-grid.rows // COARSE_CELLS), -(-grid.cols // COARSE_CELLS)), np.nan, dtype=np.float32)
        for w in grid.blocks(BLOCK_CELLS):
            part = _block_means(relief.ground(grid.crop(w)))
            r, c = w.row // COARSE_CELLS, w.col // COARSE_CELLS
            means[r : r + part.shape[0], c : c + part.shape[1]] = part
        return fill_by_plane(means, reach_m / cell)

    def read(part: Grid) -> NDArray[np.float32]:
        with lock:
            z = filled()
        out = np.empty(part.shape, dtype=np.float32)
        sample(z, *lattice.positions(part), True, out)
        return out

    return read


def _block_means(z: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of the known cells of each block of COARSE_CELLS a side, NaN where there is none."""
    n = COARSE_CELLS
    padded = np.pad(z, ((0, -z.shape[0] % n), (0, -z.shape[1] % n)), constant_values=np.nan)
    blocks = padded.reshape(padded.shape[0] // n, n, padded.shape[1] // n, n)
    known = np.isfinite(blocks)
    count = known.sum(axis=(1, 3))
    total = np.where(known, blocks, 0).sum(axis=(1, 3), dtype=np.float64)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _report(total: Counts, grid: Grid, notes: Notes, measured: bool) -> None:
    cells = grid.rows * grid.cols
    if total["surface cells void"] == cells:
        raise InputError(
            "sources.surface: no cell holds an elevation (all void or beyond -500 .. 9000 m); expected a surface model of this town"
        )
    for what, number in total.items():
        notes.count(what, number)
    notes.figure("surface_known_share", 1 - total["surface cells void"] / cells)
    if not measured:
        return
    notes.figure("height_known_share", 1 - total["cells without a height"] / cells)
    if total["ground cells of larger voids interpolated"]:
        notes.assume("Terrain is interpolated where the terrain model is void, as under buildings.")
    if total["cells without a height"] == cells:
        raise InputError(
            "sources.surface: no cell has both a surface and a terrain; expected a dtm that covers the dsm (the ground points of a point cloud are its class 2)"
        )
    notes.assume("Heights may be orthometric or ellipsoidal: only differences are used.")
