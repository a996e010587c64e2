"""Footprints with heights as a surface, where no surface was measured (source kind `heights`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import Layers, Source, SurfaceConfig
from pipeline.contracts.notes import Notes
from pipeline.core.grid import Grid
from pipeline.core.heightmodel import with_roofs
from pipeline.errors import InputError
from pipeline.io.osm import AREAS, EXTRACTS, metres, read_osm, tag
from pipeline.io.rasters import burn
from pipeline.io.vectors import number_field, read_vector, repair

CELL_M = 1.0  # of the model, where surface.cell_m says nothing
HEIGHTS_M = (0.0, 500.0)  # an attribute beyond is a code for "not known" (9999, -1) or another unit
ROOM_M2 = 10.0  # a roof whose inside would be smaller gets no parapet: it would be all parapet (roofs.min_area_m2)
BLOCK_CELLS = 1024
Bounds = tuple[float, float, float, float]
Reader = Callable[[Grid], NDArray[np.float32]]


@dataclass(frozen=True)
class HeightModel:
    """Footprints, their heights above ground, the elevation of their roofs and their parapets, each of shape (footprints,)."""

    shapes: NDArray[np.object_]
    height_m: NDArray[np.float64]
    roof_z: NDArray[np.float64]
    parapet_m: NDArray[np.float64]

    def bounds(self) -> Bounds:
        """West, south, east, north of all footprints [m]."""
        west, south, east, north = shapely.total_bounds(self.shapes)
        return float(west), float(south), float(east), float(north)

    def surface(self, ground: Reader) -> Reader:
        """A reader of the ground with the roofs on it."""
        tree = shapely.STRtree(self.shapes)

        def read(grid: Grid) -> NDArray[np.float32]:
            cell = grid.cell_m
            # One more cell around: whether a cell is the edge of its roof depends on its neighbours.
            wide = Grid(grid.west - cell, grid.north + cell, cell, grid.rows + 2, grid.cols + 2, grid.epsg)
            near = np.sort(tree.query(shapely.box(*wide.bounds)))
            z = ground(grid)
            if not len(near):
                return z
            owner = burn(self.shapes[near], near + 1, wide, dtype="int32")
            padded = np.pad(z, 1)
            return with_roofs(padded, owner, self.roof_z, self.parapet_m)[1:-1, 1:-1]

        return read


def read_heights(layers: Layers, epsg: int, config: SurfaceConfig, notes: Notes) -> HeightModel:
    """Footprints with their heights: the attribute, else storeys, else the default.

    Parameters
    ----------
    layers
        Of kind heights: vector files, fields height_m and storeys (both optional); or extracts of OpenStreetMap, by their tags.
    epsg
        The town's reference system.
    config
        Height of a storey, default height, parapet.
    notes
        Receives how many heights come from where.

    Returns
    -------
    HeightModel
        Roofs at their height above level 0 (see `on_ground`); larger footprints first, so that a smaller one over it shows.

    Raises
    ------
    InputError
        When a file cannot be read or no polygon is left.
    """
    shapes: list[Any] = []
    heights: list[NDArray[np.float64]] = []
    for layer in layers:
        for path in sorted(layer.paths):
            frame, attribute, storeys = _footprints(layer.source, path, epsg, notes)
            shapes.extend(frame.geometry)
            heights.append(_heights(len(frame), attribute, storeys, config, notes))
    if not shapes:
        raise InputError("sources.surface: no footprint is left of the layers of kind heights; expected polygons of buildings")
    array, height = np.array(shapes, dtype=object), np.concatenate(heights)
    order = np.argsort(-shapely.area(array), kind="stable")
    array, height = array[order], height[order]
    inside = shapely.area(shapely.buffer(array, -(config.cell_m or CELL_M), join_style="mitre"))
    parapet = np.where(inside >= ROOM_M2, config.parapet_m, 0.0)
    notes.count("roofs without a parapet: too small", int((inside < ROOM_M2).sum()))
    return HeightModel(array, height, height.copy(), parapet)


def _footprints(source: Source, path: Path, epsg: int, notes: Notes) -> tuple[Any, NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Valid outlines with the numbers of their height and storeys; an OpenStreetMap extract is read by its tags."""
    if path.suffix.lower() not in EXTRACTS:
        frame = repair(read_vector(source, path, epsg, notes), notes)
        attribute, storeys = (number_field(frame, source, name, path) for name in ("height_m", "storeys"))
        return frame, attribute, storeys
    frame = read_osm(source, path, AREAS, epsg, notes)
    frame = repair(frame[[v not in (None, "no") for v in tag(frame, "building")]], notes)
    attribute, storeys = (np.array([metres(v) for v in tag(frame, key)], dtype=np.float64) for key in ("height", "building:levels"))
    return frame, attribute, storeys


def _heights(
    rows: int, attribute: NDArray[np.float64] | None, storeys: NDArray[np.float64] | None, config: SurfaceConfig, notes: Notes
) -> NDArray[np.float64]:
    out = np.full(rows, np.nan)
    for name, values, unit in (("attribute", attribute, 1.0), ("storeys", storeys, config.storey_height_m)):
        known = np.full(rows, np.nan) if values is None else values * unit
        odd = (known <= HEIGHTS_M[0]) | (known > HEIGHTS_M[1])
        notes.count(f"height not taken from {name}: not between 0 and {HEIGHTS_M[1]:.0f} m", int(odd.sum()))
        use = np.isnan(out) & ~np.isnan(known) & ~odd
        out[use] = known[use]
        notes.count(f"height from: {name}", int(use.sum()))
    unknown = np.isnan(out)
    notes.count("height from: default", int(unknown.sum()))
    out[unknown] = config.default_height_m
    return out


def model_grid(model: HeightModel, boundary: Bounds | None, config: SurfaceConfig, epsg: int) -> Grid:
    """Cells around the boundary, else around the footprints, with `margin_m`; corners are multiples of the cell."""
    west, south, east, north = boundary or model.bounds()
    cell, m = config.cell_m or CELL_M, config.margin_m
    col, row = math.floor((west - m) / cell), math.ceil((north + m) / cell)
    return Grid(col * cell, row * cell, cell, row - math.floor((south - m) / cell), math.ceil((east + m) / cell) - col, epsg)


def on_ground(model: HeightModel, grid: Grid, ground: Reader, notes: Notes) -> HeightModel:
    """The roofs on the terrain: each at the elevation of the ground under its inner point, plus its height.

    Parameters
    ----------
    model, grid
        From `read_heights` and `model_grid`.
    ground
        Elevation of the terrain on any part of the grid, NaN where not known.
    notes
        Receives the roofs left out because no ground is known there.
    """
    inner = shapely.point_on_surface(model.shapes)
    row = np.floor((grid.north - shapely.get_y(inner)) / grid.cell_m).astype(np.int64)
    col = np.floor((shapely.get_x(inner) - grid.west) / grid.cell_m).astype(np.int64)
    level = np.full(len(inner), np.nan)
    for w in grid.blocks(BLOCK_CELLS):
        here = np.flatnonzero((row >= w.row) & (row < w.row + w.rows) & (col >= w.col) & (col < w.col + w.cols))
        if not len(here):
            continue
        at = row[here] - w.row, col[here] - w.col
        level[here] = ground(grid.crop(w))[at]
    beyond = (row < 0) | (row >= grid.rows) | (col < 0) | (col >= grid.cols)
    notes.count("roofs beyond the grid", int(beyond.sum()))
    notes.count("roofs left out: no ground known there", int((np.isnan(level) & ~beyond).sum()))
    return replace(model, roof_z=level + model.height_m)
