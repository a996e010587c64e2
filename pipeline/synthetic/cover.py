"""What covers the ground: sealed yards, how many of them, and the official 10 m raster that follows.

The share of consumed soil is met by the number of lots whose owners paved the yard, in a random order of owners.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.contracts.spec import Band, RasterBlocks, RasterSpec
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters
from pipeline.synthetic.blocks import Blocks
from pipeline.synthetic.cutting import Floats, Geometries, frames
from pipeline.synthetic.houses import Houses
from pipeline.synthetic.lots import Lots
from pipeline.synthetic.place import stream

# ISPRA "consumo di suolo" legend: buildings, paved roads, other paved, unpaved roads, yards of beaten earth, PV on the ground.
BUILDING, ROAD, PAVED, TRACK, EARTH, PLANT, OPEN = 111, 112, 116, 121, 122, 125, 2
CELL_M, STEP = 10.0, 5
# Rank below which yards are paved where no total is asked for: as in the whole default town.
PAVED_RANK = 0.63
ALL_PAVED: tuple[str, ...] = ("house_old", "shed", "square", "parking", "market", "supermarket", "school", "municipal", "health", "church")
# Use of a lot -> width of the yard around the house [m], lowest and highest rank of its yard, of the rest of the lot.
YARDS: dict[str, tuple[float, float, float, float, float]] = {
    "row": (6.0, 0.0, 0.7, 0.3, 1.0), "villa": (3.5, 0.0, 0.7, 0.55, 1.6), "cottage": (9.0, 0.0, 0.8, 1.0, 9.0), "farm": (16.0, 0.0, 0.4, 9.0, 9.0),
}  # fmt: skip


class Consumed(RasterSpec):
    """The national land consumption raster, as ISPRA codes it."""

    title_en = "Consumed soil"
    title_it = "Consumo di suolo"
    bands = (Band("class", "", "ISPRA class", "Classe ISPRA"),)
    dtype = "uint8"
    nodata = 0


@dataclass(frozen=True)
class Yards:
    """Ground that is, or may be, taken: arrays of one length.

    Attributes
    ----------
    ground, lot
        Polygons without buildings, and their lots.
    code
        ISPRA class where it is taken.
    rank
        It is taken when its rank is at most the level chosen; 0 always.
    """

    ground: Geometries
    lot: NDArray[np.int64]
    code: NDArray[np.int64]
    rank: Floats

    def taken(self, level: float) -> NDArray[np.bool_]:
        """The yards that are taken at a level; ranks count in single precision."""
        return np.asarray(self.rank.astype(np.float32) <= np.float32(level))


def lay_yards(lots: Lots, houses: Houses, seed: int) -> Yards:
    """Divide the open ground of each lot into yard and garden, each with its rank."""
    rng = stream(seed, "yards")
    rest, home = _open_ground(lots, houses)
    ground, lot, code, rank = [], [], [], []

    def add(g: Geometries, of: NDArray[np.int64], c: int, r: Floats) -> None:
        ok = shapely.area(g) > 0.5
        ground.append(g[ok])
        lot.append(of[ok])
        code.append(np.full(int(ok.sum()), c))
        rank.append(r[ok])

    always = np.isin(lots.use, ALL_PAVED) | ((lots.use == "court") & (rng.random(len(rest)) < 0.7))
    i = np.flatnonzero(always)
    add(rest[i], i, PAVED, np.zeros(len(i)))
    for use, c in (("depot", EARTH), ("sports", EARTH), ("pv", PLANT)):
        i = np.flatnonzero(lots.use == use)
        add(rest[i], i, c, np.zeros(len(i)))
    i = np.flatnonzero(np.isin(lots.use, ["park", "cemetery"]))
    if len(i):
        add(shapely.intersection(rest[i], _paths(lots.ground[i])), i, PAVED, np.zeros(len(i)))
    for use, (width, low, high, back_low, back_high) in YARDS.items():
        i = np.flatnonzero((lots.use == use) & (home != None))  # noqa: E711
        near = shapely.buffer(home[i], width * rng.uniform(0.7, 1.3, len(i)), join_style="mitre")
        near = shapely.union(near, _drive(lots, i)) if use in ("villa", "cottage") else near
        yard = shapely.intersection(rest[i], near)
        earth = rng.random(len(i)) < {"cottage": 0.45, "farm": 1.0}.get(use, 0.0)
        ranks, back = rng.uniform(low, high, len(i)), rng.uniform(back_low, back_high, len(i))
        add(yard[~earth], i[~earth], PAVED, ranks[~earth])
        add(yard[earth], i[earth], EARTH, ranks[earth])
        if back_low < 9.0:
            add(shapely.difference(rest[i], yard), i, PAVED, np.maximum(back, ranks))
    return Yards(np.concatenate(ground), np.concatenate(lot), np.concatenate(code), np.concatenate(rank))


def _open_ground(lots: Lots, houses: Houses) -> tuple[Geometries, Geometries]:
    """Each lot without its buildings, and the main building of each (None where there is none)."""
    rest = lots.ground
    home = np.full(len(rest), None, dtype=object)
    small = houses.kind == "outbuilding"
    home[houses.lot[~small]] = houses.footprint[~small]
    built = _by_lot(houses, len(rest))
    rest = np.where(shapely.is_missing(built), rest, shapely.difference(rest, built))
    return rest, home


def _by_lot(houses: Houses, n: int) -> Geometries:
    """All buildings of each lot in one geometry, None where there are none."""
    order = np.argsort(houses.lot, kind="stable")
    lot = houses.lot[order]
    out = np.full(n, None, dtype=object)
    made = shapely.multipolygons(houses.footprint[order], indices=np.searchsorted(np.unique(lot), lot))
    out[np.unique(lot)] = made
    return out


def _paths(ground: Geometries) -> Geometries:
    """Two crossing paths."""
    at = frames(ground)
    middle = (at.low + at.high) / 2
    one = at.boxes(at.low[:, 0], at.high[:, 0], middle[:, 1] - 2.0, middle[:, 1] + 2.0)
    two = at.boxes(middle[:, 0] - 2.0, middle[:, 0] + 2.0, at.low[:, 1], at.high[:, 1])
    return np.asarray(shapely.union(shapely.union(one, two), shapely.buffer(shapely.points(at.world(middle[:, None, :])[:, 0]), 9.0)))


def _drive(lots: Lots, i: NDArray[np.int64]) -> Geometries:
    """A way from the street to the back third of the lot."""
    at = frames(lots.ground[i], lots.angle[i])
    u = at.low[:, 0] + 0.24 * at.size[:, 0]
    return at.boxes(u, u + 3.6, at.low[:, 1] - 1.0, at.low[:, 1] + 0.6 * at.size[:, 1])


@dataclass(frozen=True)
class Survey:
    """The 10 m raster before the level of paving is chosen."""

    grid: Grid
    fine: NDArray[np.int32]
    inside: NDArray[np.bool_]


def survey(area: shapely.Geometry, epsg: int, blocks: Blocks, houses: Houses, yards: Yards) -> Survey:
    """Burn all that takes soil at a fifth of the official cell, in EPSG:3035.

    Returns
    -------
    Survey
        `fine` holds codes, or 1000 + index of a yard; shape (cells, 25).
    """
    from pyproj import Transformer

    to = Transformer.from_crs(f"EPSG:{epsg}", "EPSG:3035", always_xy=True)

    def project(g: Geometries) -> Geometries:
        xy = shapely.get_coordinates(g)
        return np.asarray(shapely.set_coordinates(g.copy(), np.column_stack(to.transform(xy[:, 0], xy[:, 1]))))

    outline = project(np.array([area], dtype=object))[0]
    west, south, east, north = (f(b / CELL_M) * CELL_M for f, b in zip((np.floor, np.floor, np.ceil, np.ceil), outline.bounds, strict=True))
    coarse = Grid(float(west), float(north), CELL_M, round((north - south) / CELL_M), round((east - west) / CELL_M), 3035)
    fine = Grid(coarse.west, coarse.north, CELL_M / STEP, coarse.rows * STEP, coarse.cols * STEP, 3035)
    tracks = shapely.difference(blocks.roads, blocks.paved)
    layers = [(tracks, np.full(len(tracks), TRACK)), (blocks.paved, np.full(len(blocks.paved), ROAD)), (yards.ground, 1000 + np.arange(len(yards.ground))), (houses.footprint, np.full(len(houses.footprint), BUILDING))]
    shapes, values = np.concatenate([g for g, _ in layers]), np.concatenate([v for _, v in layers])
    burnt = rasters.burn(project(shapes), values, fine, dtype="int32")
    inside = rasters.burn([outline], [1], coarse) == 1
    cells = burnt.reshape(coarse.rows, STEP, coarse.cols, STEP).transpose(0, 2, 1, 3).reshape(-1, STEP * STEP)
    return Survey(coarse, np.ascontiguousarray(cells), inside.ravel())


def level_for(found: Survey, yards: Yards, share: float) -> tuple[float, float]:
    """The rank up to which yards are taken so that consumed cells reach a share of the town.

    A cell counts by majority of its 25 parts. Each cell has the rank of its 13th part as its own threshold, so that the
    level is read off the sorted thresholds.

    Returns
    -------
    level, reached
        The level, and the share it gives.
    """
    fine = found.fine[found.inside]
    own = np.concatenate([yards.rank, [0.0]]).astype(np.float32)[np.maximum(fine - 1000, -1)]
    ranks = np.where(fine >= 1000, own, np.where(fine > 0, np.float32(0.0), np.float32(np.inf)))
    half = STEP * STEP // 2
    threshold = np.partition(ranks, half, axis=1)[:, half]
    wanted = round(share * len(threshold))
    level = float(np.sort(threshold)[max(wanted - 1, 0)])
    if not np.isfinite(level):
        level = float(threshold[np.isfinite(threshold)].max(initial=0.0))
    return level, float((threshold <= level).mean())


def classes(found: Survey, yards: Yards, level: float) -> NDArray[np.uint8]:
    """The ISPRA class of each cell, 0 outside the town; shape (rows, cols)."""
    code = np.concatenate([np.where(yards.taken(level), yards.code, 0), [0]])[np.maximum(found.fine - 1000, -1)]
    code = np.where(found.fine >= 1000, code, found.fine)
    kinds = np.array([BUILDING, ROAD, PAVED, TRACK, EARTH, PLANT])
    counts = np.stack([(code == k).sum(axis=1) for k in kinds], axis=1)
    out = np.where(counts.sum(axis=1) > STEP * STEP // 2, kinds[counts.argmax(axis=1)], OPEN)
    return np.where(found.inside, out, 0).astype(np.uint8).reshape(found.grid.shape)


def yards_before(yards: Yards, level: float, earlier: float, seed: int) -> Yards:
    """The yards of an earlier year: some not taken yet, a few that were open again since.

    Parameters
    ----------
    yards, level
        Yards now, and the level up to which they are taken.
    earlier
        Level of the earlier year, below `level`.
    seed
        Chooses one in forty of the open yards of houses that were paved then.
    """
    fresh = ~yards.taken(earlier)
    opened = ~yards.taken(level) & (yards.rank < 1.6) & (stream(seed, "restored").random(len(yards.rank)) < 0.025)
    return replace(yards, rank=np.where(opened, 0.0, np.where(fresh, 9.0, yards.rank)))


def write_classes(path: Path, found: Survey, cells: NDArray[np.uint8], tags: dict[str, str]) -> None:
    """Write the official raster."""

    def one() -> Iterator[tuple[Window, NDArray[np.uint8]]]:
        yield Window(0, 0, *cells.shape), cells[np.newaxis]

    rasters.write(path, Consumed, RasterBlocks(found.grid, one()), tags)
