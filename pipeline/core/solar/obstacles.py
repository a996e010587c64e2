"""What stands on a roof plane or pierces it: chimneys, stair-heads, tanks, light wells, and walls along the edge.

Three kinds are told apart by the cells that are no cells of the plane:

* an object fills a hole of the plane and has a cell higher than `obstacle_m` over it, or a cell that is not known or
  belongs to another plane;
* a pit fills a hole and lies deeper than `obstacle_m` on 1 m2 or more (a light well); a smaller hole is a bad cell;
* a rim (flat roofs) stands along the edge, at most 1.3 m high: a parapet. It takes up a whole cell of the surface
  however thin it is, and where the centre of a cell misses the wall it is not seen at all. So a wall seen in 15 % of the
  edge or more is taken to run all around, as thick as `rim_m`, its outer side that of its cells and of the footprint.
  Without this an 8 x 11 m flat roof at 1 m cells would lose a third of its usable area. A shorter wall is taken as wide
  as its cells.

Cells that touch, be it at a corner, are one obstacle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.core.solar.around import EDGE, HOLE, MEMBER, NOISE, what_is_around
from pipeline.core.solar.outlines import Regions, outlines, squares
from pipeline.core.solar.usable import shrunk

KINDS = ("object", "pit", "rim")
OBJECT, PIT, RIM = 0, 1, 2


@dataclass(frozen=True)
class ObstacleRules:
    """What counts as an obstacle.

    Parameters
    ----------
    obstacle_m
        Higher over the plane, or deeper below it, at right angles [m].
    pit_m2
        A hole with nothing high in it is a pit from this area on [m2].
    rim_height_m
        A wall along the edge is at most this high [m]; higher things at the edge are not part of the roof.
    rim_m
        Thickness taken for a wall that runs all around [m].
    rim_share
        Share of the edge cells a wall must show in to be taken to run all around, 0..1.
    """

    obstacle_m: float = 0.25
    pit_m2: float = 1.0
    rim_height_m: float = 1.3
    rim_m: float = 0.3
    rim_share: float = 0.15


@dataclass(frozen=True)
class PlaneCells:
    """A plane on its window, two cells wider than the plane on each side.

    Parameters
    ----------
    above : float array of shape (rows, cols)
        Surface over the plane, at right angles to it [m]; NaN where not known.
    member : bool array of shape (rows, cols)
        Cells of the plane.
    other : bool array of shape (rows, cols)
        Cells of other planes.
    inside : bool array of shape (rows, cols)
        Cells whose centre lies in the building's footprint; only used of flat roofs, as only those have rims.
    west, north
        Outer corner of the first cell [m].
    footprint
        Of the building, polygon or multipolygon.
    flat
        Whether it is a flat roof.
    """

    above: NDArray[np.float64]
    member: NDArray[np.bool_]
    other: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    west: float
    north: float
    footprint: shapely.Geometry
    flat: bool


class Found(NamedTuple):
    """Obstacles of planes, by plane, then from the north-west; arrays of one length.

    Attributes
    ----------
    plane
        Number of the plane.
    number
        From 1 in each plane; its rims come last.
    kind
        Index into `KINDS`.
    height_m
        Highest cell over the plane (deepest below it for a pit); NaN where no cell is known.
    shape
        Polygon or multipolygon in plan.
    """

    plane: NDArray[np.int64]
    number: NDArray[np.int64]
    kind: NDArray[np.int64]
    height_m: NDArray[np.float64]
    shape: NDArray[np.object_]


def find_obstacles(planes: Sequence[PlaneCells], cell_m: float, rules: ObstacleRules) -> Found:
    """Obstacles of planes.

    Parameters
    ----------
    planes
        Planes with the surface around them.
    cell_m
        Side of a cell [m].
    rules
        What counts.

    Returns
    -------
    Found
    """
    regions, whole = [], []
    ringed: list[bool] = []
    owned: list[int] = []
    number: list[int] = []
    kind: list[int] = []
    height: list[float] = []
    for plane, p in enumerate(planes):
        what, seen = np.zeros(p.above.shape, np.int8), p.member.astype(np.int8)
        # A plane lies at the border of its window where the surface ends.
        for border in (seen[0], seen[-1], seen[:, 0], seen[:, -1]):
            np.bitwise_or(border, 2, out=border)
        what_is_around(
            *(a.ravel() for a in (p.above, p.member, p.other, p.inside & p.flat)), seen.shape[1], rules.obstacle_m, rules.rim_height_m, rules.pit_m2 / cell_m**2,
            what.ravel(), seen.ravel(), np.empty(what.size, np.int32),
        )  # fmt: skip
        # Most planes carry nothing.
        if what.max(initial=0) <= NOISE:
            continue
        around = _rim_share(what) >= rules.rim_share
        label, kinds, heights = _number(what, p.above, rules.obstacle_m, around)
        regions.append(Regions(label, np.ones(label.shape, dtype=np.bool_), p.west, p.north, p.footprint))
        if around:
            whole.append(Regions((what > 0).astype(np.int16), p.inside, p.west, p.north, p.footprint))
        ringed += [around] * len(kinds)
        owned += [plane] * len(kinds)
        number += range(1, len(kinds) + 1)
        kind += kinds
        height += heights
    owner = np.array(owned, dtype=np.int64)
    if not len(owner):
        none = np.empty(0, dtype=np.int64)
        return Found(none, none, none, np.empty(0), np.empty(0, dtype=object))
    found = Found(owner, np.array(number, dtype=np.int64), np.array(kind, dtype=np.int64), np.array(height), _single(squares(regions, cell_m)))
    if whole:
        reach = outlines(whole, cell_m)
        found.shape[np.array(ringed) & (found.kind == RIM)] = shapely.difference(reach, shrunk(reach, rules.rim_m))
    keep = ~shapely.is_empty(found.shape)
    return Found(found.plane[keep], found.number[keep], found.kind[keep], found.height_m[keep], found.shape[keep])


def _single(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Multipolygons of one part as polygons."""
    one = shapely.get_num_geometries(shapes) == 1
    shapes[one] = shapely.get_geometry(shapes[one], 0)
    return shapes


def _rim_share(what: NDArray[np.int8]) -> float:
    """Share of a plane's edge cells that belong to a wall."""
    rim = int(np.count_nonzero(what == EDGE))
    if not rim:
        return 0.0
    out = what == 0
    beside = out[:-2, 1:-1] | out[2:, 1:-1] | out[1:-1, :-2] | out[1:-1, 2:]
    return rim / (rim + int(np.count_nonzero(beside & (what[1:-1, 1:-1] == MEMBER))))


def _number(what: NDArray[np.int8], above: NDArray[np.float64], obstacle: float, around: bool) -> tuple[NDArray[np.int16], list[int], list[float]]:
    """Labels of obstacles (8-connected, holes before rims, from the north-west), their kinds and heights.

    A wall that runs all around is one obstacle.
    """
    label = np.zeros(what.shape, np.int16)
    kinds: list[int] = []
    heights: list[float] = []
    for wanted in (HOLE, EDGE):
        mask = what == wanted
        if not mask.any():
            continue
        part, count = (mask.astype(np.int16), 1) if around and wanted == EDGE else ndimage.label(mask, np.ones((3, 3)), output=np.int16)
        numbers, heights_of = part[mask], above[mask]
        label[mask] = numbers + len(kinds)
        known = np.isfinite(heights_of)
        for number in range(1, count + 1):
            cells = heights_of[known & (numbers == number)]
            high = float(cells.max()) if cells.size else np.nan
            low = float(cells.min()) if cells.size else np.nan
            kind = RIM if wanted == EDGE else PIT if high <= obstacle and low < -obstacle else OBJECT
            kinds.append(kind)
            heights.append(low if kind == PIT else high)
    return label, kinds, heights
