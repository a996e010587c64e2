"""Stage `horizon`: what each roof plane sees of the sky and of the sun's path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.compute import Compute, Late, lots
from pipeline.config.solar import HorizonConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import HORIZON_SECTORS, LIT_ELEVATIONS_DEG, Horizon, Roofs
from pipeline.contracts.sources import FarHorizon, Surface
from pipeline.contracts.spec import Raster, Slim, Table, TableParts
from pipeline.core.grid import Grid, Window
from pipeline.core.solar.horizon import PlaneHorizons, plane_horizons
from pipeline.core.solar.march import margin_cells
from pipeline.io.rasters import BandInput, burn
from pipeline.io.shelf import Outlines

# Planes are traced by groups that lie in one square of the grid; the answer of a plane does not depend on its group.
SQUARE_CELLS = 512
GROUP_PLANES = 1500
# Planes of a part of the table; so many cells weigh as one.
PART_ROWS, ROW_CELLS = 1024, 100
# Cells of a group hold 0.6 kB each while they are traced.
GROUP_CELLS = 200_000


class Group(NamedTuple):
    """Planes that are traced together, and the cells around them; `corner` is the row and column of the first on the whole surface."""

    surface: BandInput
    window: Grid
    corner: tuple[int, int]
    geometries: NDArray[Any]
    surface_tilt: NDArray[np.float64]
    surface_azimuth: NDArray[np.float64]


def horizon(
    roofs: Slim[Roofs], surface: Raster[Surface], farhorizon: Table[FarHorizon] | None, config: HorizonConfig, compute: Compute, notes: Notes
) -> Table[Horizon]:
    """Horizon in 72 sectors, sky view factor and lit share of every roof plane, and the horizon of each of its cells.

    Parameters
    ----------
    roofs
        Roof planes; those of kind "none" are left out.
    surface
        The surface model; its band "surface" is marched over at native resolution.
    farhorizon
        Skyline of the terrain beyond the reach; each cell sees the higher of it and its own.
    config
        Reach, height of the modules.
    compute
        Groups of planes run in parallel.
    notes
        Receives the counts of cells traced and of voids.

    Returns
    -------
    TableParts[Horizon]
        Group by group as they are traced.
    """
    planes = roofs[roofs["kind"] != "none"].sort_values("roof_id", kind="stable")
    shapes = Outlines(planes["geometry"])
    far = None if farhorizon is None or not farhorizon["applied"].all() else farhorizon.sort_values("sector")["horizon_deg"].to_numpy(dtype=float)
    return TableParts(Horizon, _parts(planes, shapes, surface, farhorizon, far, config, compute, notes))


def _parts(
    planes: Any, shapes: Outlines, surface: Raster[Surface], farhorizon: Any, far: NDArray[np.float64] | None, config: HorizonConfig, compute: Compute, notes: Notes
) -> Iterator[pd.DataFrame]:
    """Rows of one group of planes after the other, counted as they pass."""
    members = group_members(shapes, surface.grid)
    roof_id, tilt = planes["roof_id"].to_numpy(), planes["surface_tilt"].to_numpy(dtype=float)
    # A level plane may have no azimuth; any serves.
    azimuth = np.nan_to_num(planes["surface_azimuth"].to_numpy(dtype=float))
    groups = Late(lambda g: _group(shapes, members[g], tilt, azimuth, surface, config), len(members))
    cells, voids = np.zeros(len(planes), dtype=np.int64), 0
    results = zip(members, compute.batches(trace_groups, groups, size=1, params=(config.reach_m, config.lift_m, far)), strict=True)
    for some in lots(results, lambda r: len(r[0]) + int(r[1].cells.sum()) // ROW_CELLS, PART_ROWS):
        rows, traced = np.concatenate([r for r, _ in some]), PlaneHorizons(*(np.concatenate(field) for field in zip(*(t for _, t in some), strict=True)))
        cells[rows], voids = traced.cells, voids + int(traced.void_cells.sum())
        yield _table(roof_id[rows], traced)
    if not members:
        lit, none = np.empty((0, HORIZON_SECTORS, len(LIT_ELEVATIONS_DEG)), dtype=np.uint8), np.empty(0, dtype=np.int64)
        yield _table(roof_id, PlaneHorizons(np.empty((0, HORIZON_SECTORS)), np.empty(0), lit, none, none, np.empty(0, dtype=object)))
    _write_down(cells, voids, shapes.bounds, surface.grid, config, notes)
    _say_far(farhorizon, config, notes)


def group_members(shapes: Outlines, grid: Grid) -> list[NDArray[np.int64]]:
    """Positions of the planes of each group: by square of the grid, then cut to `GROUP_PLANES` and `GROUP_CELLS`; largest area first.

    Similar groups run side by side, so that no worker waits long for another.
    """
    if not len(shapes):
        return []
    west, south, east, north = shapes.bounds.T
    row = ((grid.north - (south + north) / 2) / grid.cell_m // SQUARE_CELLS).astype(int)
    col = (((west + east) / 2 - grid.west) / grid.cell_m // SQUARE_CELLS).astype(int)
    order = np.lexsort((row, col))
    breaks = np.flatnonzero(np.diff(row[order]) | np.diff(col[order])) + 1
    area = shapes.area
    groups = []
    for square in np.split(order, breaks):
        parts = max(-(-len(square) // GROUP_PLANES), int(area[square].sum() / grid.cell_m**2 / GROUP_CELLS) + 1)
        groups += np.array_split(square, min(parts, len(square)))
    return sorted(groups, key=lambda g: (-float(area[g].sum()), int(g[0])))


def _group(shapes: Outlines, rows: NDArray[np.int64], tilt: NDArray[np.float64], azimuth: NDArray[np.float64], surface: Raster[Surface], config: HorizonConfig) -> Group:
    grid, bounds = surface.grid, shapes.bounds[rows]
    around = margin_cells(config.reach_m, grid.cell_m)
    near = grid.window((*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)))
    window = Window(near.row - around, near.col - around, near.rows + 2 * around, near.cols + 2 * around)
    return Group(BandInput(surface.path, "surface"), grid.crop(window), (window.row, window.col), shapes[rows], tilt[rows], azimuth[rows])


def trace_groups(groups: Sequence[Group], reach_m: float, lift_m: float, far_deg: NDArray[np.float64] | None = None) -> PlaneHorizons:
    """Read the surface around one group of planes and trace their horizons."""
    (group,) = groups
    cells = group.surface.read(group.window)
    owner = burn(group.geometries, np.arange(len(group.geometries)), group.window, fill=-1, dtype="int32")
    _own_a_cell(owner, group)
    return plane_horizons(
        cells, owner, group.window.cell_m, group.surface_tilt, group.surface_azimuth, reach_m=reach_m, lift_m=lift_m, far_deg=far_deg, corner=group.corner
    )


def _own_a_cell(owner: NDArray[np.int32], group: Group) -> None:
    """Give each plane that holds no cell centre the cell under its representative point."""
    held = np.bincount(owner[owner >= 0], minlength=len(group.geometries)) > 0
    for number in np.flatnonzero(~held):
        point = shapely.point_on_surface(group.geometries[number])
        row = int((group.window.north - point.y) // group.window.cell_m)
        col = int((point.x - group.window.west) // group.window.cell_m)
        owner[row, col] = number


def _table(roof_id: NDArray[Any], traced: PlaneHorizons) -> pd.DataFrame:
    lit = traced.lit_share.reshape(len(traced.lit_share), HORIZON_SECTORS * len(LIT_ELEVATIONS_DEG))
    return pd.DataFrame(
        {
            "roof_id": roof_id, "horizon_deg": pd.Series(list(traced.horizon_deg), dtype=object), "sky_view": traced.sky_view,
            "lit_share": pd.Series(list(lit), dtype=object), "cells": pd.Series(list(traced.cell_horizons), dtype=object),
        }
    )  # fmt: skip


def _write_down(cells: NDArray[np.int64], voids: int, bounds: NDArray[np.float64], grid: Grid, config: HorizonConfig, notes: Notes) -> None:
    notes.count("planes traced", len(cells))
    notes.count("cells traced", int(cells.sum()))
    notes.count("roof cells without elevation", voids)
    notes.count("planes without elevation", int((cells == 0).sum()))
    if (cells == 0).any():
        notes.warn(f"{int((cells == 0).sum())} roof planes hold no cell with an elevation; they are taken as unobstructed.")
    west, south, east, north = grid.bounds
    room = np.minimum(np.minimum(bounds[:, 0] - west, east - bounds[:, 2]), np.minimum(bounds[:, 1] - south, north - bounds[:, 3]))
    edge = int((room < config.reach_m).sum())
    notes.count("planes nearer to the edge of the surface than the reach", edge)
    if edge:
        notes.warn(f"{edge} of {len(cells)} roof planes lie nearer than {config.reach_m:g} m to the edge of the surface: what stands beyond it is not seen.")
    notes.assume("Cells without elevation shade nothing.")


def _say_far(farhorizon: Table[FarHorizon] | None, config: HorizonConfig, notes: Notes) -> None:
    if farhorizon is None:
        notes.assume(f"Nothing further than {config.reach_m:g} m shades a roof; the far horizon of the terrain is only in the weather data, if they hold it.")
    elif farhorizon["applied"].all():
        notes.assume(f"Beyond {config.reach_m:g} m the terrain shades as the stage farhorizon found it for the town's centre.")
    else:
        notes.assume(f"Nothing further than {config.reach_m:g} m shades a roof here: the weather data hold the terrain's horizon.")
