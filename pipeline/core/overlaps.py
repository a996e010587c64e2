"""Polygons that lie on one another: found on the cells of a raster, so that ground is counted once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.core.zones import Part, Tile, all_coverage, class_areas

# A cell covered this much more than once: below it is rounding of coordinates along common borders.
BEYOND_ONCE = 0.05


def tile_overlaps(batch: Sequence[Tile]) -> list[tuple[Part, float]]:
    """Ground that more than one polygon of a tile holds: the function sent to workers.

    Coverages are added over all polygons at once, which costs one pass over their edges however many they are.
    Cells in which the parts of several polygons sum to less than one hide an overlap; it is smaller than they are.

    Returns
    -------
    list of ((zones, their area in cells that are covered more than once, shape (zones, 1)), area counted too often [m2])
    """
    out: list[tuple[Part, float]] = []
    for tile in batch:
        beyond = all_coverage(tile.lines, tile.grid) - 1.0
        double = beyond > BEYOND_ONCE
        if double.any():
            areas = class_areas(double.astype(np.uint8), tile.lines, tile.grid, 3)[:, 1:2]
            out.append(((tile.lines.zone, areas), float(beyond[double].sum()) * tile.grid.cell_m**2))
        else:
            out.append(((tile.lines.zone, np.zeros((len(tile.lines.zone), 1))), 0.0))
    return out
