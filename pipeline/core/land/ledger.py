"""Permits and restorations beside the changes of the official map: who knows of what."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray


class Found(NamedTuple):
    """Which register entry each changed cell belongs to, -1 for none; and the changed area by entry [m2]."""

    entry: NDArray[np.int64]
    area_m2: NDArray[np.float64]


def assign(cells: NDArray[np.object_], places: NDArray[np.object_], reach_m: float, cell_m2: float) -> Found:
    """Give each changed cell to the nearest register entry within reach.

    Parameters
    ----------
    cells
        Centres of the changed cells, points.
    places
        Place of each entry (parcel or point), None where it has none.
    reach_m
        A cell belongs to an entry whose place is at most this far from its centre: the official cell is coarse, and a
        cell of mixed ground lies on either side of the border [m].
    cell_m2
        Area of a cell [m2].

    Returns
    -------
    Found
        A cell at the same distance from two entries goes to the earlier one, so that no area counts twice.
    """
    entry = np.full(len(cells), -1, dtype=np.int64)
    there = np.flatnonzero(~shapely.is_missing(places))
    if len(there) and len(cells):
        cell, place = shapely.STRtree(places[there]).query(cells, predicate="dwithin", distance=reach_m)
        away = shapely.distance(cells[cell], places[there][place])
        order = np.lexsort((place, away, cell))
        first = order[np.unique(cell[order], return_index=True)[1]]
        entry[cell[first]] = there[place[first]]
    cells_of = np.bincount(entry[entry >= 0], minlength=len(places)).astype(np.float64)
    return Found(entry, cells_of * cell_m2)


def verdict(register_m2: float, official_m2: float, cell_m2: float, tolerance: float) -> str:
    """matched, partly, or not on the official map.

    Parameters
    ----------
    register_m2, official_m2
        Areas of the entry and of the changed cells it holds [m2].
    cell_m2
        Area of an official cell: the map cannot tell less, and may be off by one cell on either side [m2].
    tolerance
        Relative difference that still counts as the same.

    >>> verdict(350, 400, 100, 0.25), verdict(2000, 400, 100, 0.25), verdict(30, 0, 100, 0.25)
    ('matched', 'partly', 'not on the official map')
    """
    if official_m2 <= 0:
        return "not on the official map"
    return "matched" if abs(register_m2 - official_m2) <= max(2 * cell_m2, tolerance * register_m2) else "partly"
