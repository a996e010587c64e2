"""Outlines on the surface model: the height under each, the shift that fits them, outlines of marked cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes as outlines
from rasterio.transform import Affine

from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import Raster
from pipeline.core.footprints import grouped_percentile
from pipeline.core.grid import Grid, Window
from pipeline.core.registration import Shift, best_shift, edge_points, evenly, shifts, steps_across
from pipeline.io.rasters import burn, read

HEIGHT_PERCENTILE = 90.0
TILE_CELLS = 1024
# Footprints the shift is measured on: clear walls, and no more than a second's work.
SAMPLE = 200
SAMPLE_M2 = (40.0, 5000.0)
STEP_M = 0.25


def heights_under(shapes: NDArray[Any], surface: Raster[Surface], notes: Notes) -> NDArray[np.float64]:
    """90th percentile of the height band under each shape, read tile by tile.

    Where shapes overlap a cell goes to the smaller one. A shape that holds no centre of a cell takes the cell of its
    inner point.

    Parameters
    ----------
    shapes
        Valid polygons in the surface's system.
    surface
        With a band `height`.
    notes
        Counts the shapes that took one cell.

    Returns
    -------
    array of float64, shape (shapes,)
        Heights [m], NaN where the surface is not known.
    """
    tree = shapely.STRtree(shapes)
    inner = shapely.point_on_surface(shapes)
    by_size = np.argsort(-shapely.area(shapes), kind="stable")
    rank = np.empty(len(shapes), dtype=np.int64)
    rank[by_size] = np.arange(len(shapes))
    under: list[tuple[NDArray[np.int64], NDArray[np.float32]]] = []
    at_inner = np.full(len(shapes), np.nan)
    for window in surface.grid.blocks(TILE_CELLS):
        tile = surface.grid.crop(window)
        near = tree.query(shapely.box(*tile.bounds))
        if not len(near):
            continue
        near = near[np.argsort(rank[near])]
        cells = read(surface, "height", window)
        owner = burn(shapes[near], near + 1, tile, dtype="int32")
        hit = (owner > 0) & np.isfinite(cells)
        under.append((owner[hit].astype(np.int64) - 1, cells[hit]))
        col = np.floor((shapely.get_x(inner[near]) - tile.west) / tile.cell_m).astype(np.int64)
        row = np.floor((tile.north - shapely.get_y(inner[near])) / tile.cell_m).astype(np.int64)
        here = (row >= 0) & (row < tile.rows) & (col >= 0) & (col < tile.cols)
        at_inner[near[here]] = cells[row[here], col[here]]
    groups = np.concatenate([g for g, _ in under]) if under else np.empty(0, dtype=np.int64)
    values = np.concatenate([v for _, v in under]) if under else np.empty(0, dtype=np.float32)
    height = grouped_percentile(groups, values, len(shapes), HEIGHT_PERCENTILE)
    one = np.isnan(height) & np.isfinite(at_inner)
    notes.count("height from the one cell of the inner point", int(one.sum()))
    return np.where(one, at_inner, height)


def shift_onto(shapes: NDArray[Any], surface: Raster[Surface], reach_m: float) -> tuple[Shift, int] | None:
    """The shift of all shapes together that agrees best with the steps of the surface.

    Parameters
    ----------
    shapes
        Valid polygons in the surface's system; two hundred of middle size, evenly spread, are looked at.
    surface
        With a band `height`.
    reach_m
        Shifts up to this far along each axis are tried [m].

    Returns
    -------
    (Shift, int) or None
        The shift and how many shapes it rests on; None where none of middle size lies on the surface.
    """
    area = shapely.area(shapes)
    rows = evenly(np.flatnonzero((area >= SAMPLE_M2[0]) & (area <= SAMPLE_M2[1])), SAMPLE)
    tried = shifts(reach_m, STEP_M)
    score, compared, used = np.zeros((len(tried), len(tried))), 0, 0
    grid = surface.grid
    margin = int(np.ceil((reach_m + 3.0) / grid.cell_m))
    for row in rows.tolist():
        west, south, east, north = shapes[row].bounds
        whole = west - reach_m >= grid.bounds[0] and south - reach_m >= grid.bounds[1] and east + reach_m <= grid.bounds[2] and north + reach_m <= grid.bounds[3]
        points, outward = edge_points(shapes[row])
        if not whole or not len(points):
            continue
        window = grid.window((west, south, east, north), margin)
        part = grid.crop(window)
        height = read(surface, "height", window)
        if not np.isfinite(height).any():
            continue
        total, count = steps_across(height, part.west, part.north, part.cell_m, points, outward, tried)
        score, compared, used = score + total, compared + count, used + 1
    return (best_shift(score / compared, tried), used) if compared else None


def marked(blocks: Iterable[tuple[Window, NDArray[Any]]], grid: Grid) -> NDArray[Any]:
    """Outlines of the cells above 0 in a stream of blocks, joined across the blocks' borders.

    Parameters
    ----------
    blocks
        As `compute.tiles` gives them, one band.
    grid
        Of the whole raster.

    Returns
    -------
    array of Polygon
        One for each group of cells that share edges, sorted by place.
    """
    found: list[Any] = []
    for window, cells in blocks:
        if not cells.any():
            continue
        band = np.ascontiguousarray(cells.reshape(cells.shape[-2:]) > 0).astype(np.uint8)
        at = Affine(*grid.crop(window).transform)
        found += [shapely.Polygon(g["coordinates"][0], g["coordinates"][1:]) for g, _ in outlines(band, mask=band > 0, connectivity=4, transform=at)]
    parts = [g for g in shapely.get_parts(shapely.union_all(found)) if g.geom_type == "Polygon"] if found else []
    made = np.empty(len(parts), dtype=object)
    made[:] = parts
    bounds = shapely.bounds(made) if len(made) else np.empty((0, 4))
    return made[np.lexsort((bounds[:, 3], bounds[:, 0]))]
