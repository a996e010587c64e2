"""Surface and ground elevation, tile by tile, sampled at cell centres."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.contracts.spec import Band, RasterBlocks, RasterSpec
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters
from pipeline.synthetic.cutting import Floats, Geometries
from pipeline.synthetic.place import Terrain
from pipeline.synthetic.planting import Trees
from pipeline.synthetic.roofs import Surfaces

TILE_CELLS = 1024
VOID = -9999.0
# Height from which vegetation counts as canopy: the default of the land cover and of the green figures [m].
CANOPY_M = 3.0
# Elevations are kept to 1/2048 m: a quarter of a millimetre, and files that compress.
STEPS_PER_M = 2048.0


class Elevation(RasterSpec):
    """A tile of a surface or terrain model as the regions publish them."""

    title_en = "Elevation"
    title_it = "Quote"
    bands = (Band("elevation", "m", "Elevation", "Quota"),)
    dtype = "float32"
    nodata = VOID


@dataclass(frozen=True)
class Ground:
    """What grows or stands on each parcel: arrays of one length.

    Attributes
    ----------
    ground
        Polygons.
    crop_m
        Height of low plants [m].
    row_m, angle
        Distance of rows [m] (0 for none) and their direction [rad].
    """

    ground: Geometries
    crop_m: Floats
    row_m: Floats
    angle: Floats


@dataclass
class Counts:
    """Cells seen from above by parcel: crowns, crowns at least 3 m high, and green (crowns and low plants)."""

    tree: NDArray[np.int64]
    canopy: NDArray[np.int64]
    green: NDArray[np.int64]


def grid_of(domain: shapely.Geometry, cell_m: float, epsg: int) -> Grid:
    """The lattice that holds the domain; its corner lies on whole cells."""
    west, south, east, north = domain.bounds
    w, n = np.floor(west / cell_m) * cell_m, np.ceil(north / cell_m) * cell_m
    return Grid(float(w), float(n), cell_m, int(np.ceil((n - south) / cell_m)), int(np.ceil((east - w) / cell_m)), epsg)


def write_tiles(
    out: Path, grid: Grid, domain: shapely.Geometry, terrain: Terrain, surfaces: Surfaces, trees: Trees, ground: Ground, paved: Geometries, green: NDArray[np.bool_], tags: dict[str, str]
) -> Counts:
    """Write dsm/*.tif and dtm/*.tif and count what is seen from above.

    Parameters
    ----------
    out
        Folder; `dsm` and `dtm` are made in it.
    grid
        Lattice of all tiles.
    domain
        Outside it the cells are void.
    terrain, surfaces, trees, ground
        What stands where.
    paved
        Sealed ground and beaten earth that is no building, without road parcels.
    green
        By parcel, True where open ground is covered by low plants.
    tags
        Metadata items of each file.

    Returns
    -------
    Counts
    """
    for name in ("dsm", "dtm"):
        (out / name).mkdir(parents=True, exist_ok=True)
    shapely.prepare(domain)
    outlines = [(w, shapely.box(*grid.crop(w).bounds)) for w in grid.blocks(TILE_CELLS)]
    jobs = [(w, bool(shapely.contains(domain, box))) for w, box in outlines if shapely.intersects(domain, box)]

    def write(job: tuple[Window, bool]) -> Counts:
        window, whole = job
        tile = grid.crop(window)
        dsm, dtm, seen = _tile(tile, None if whole else domain, terrain, surfaces, trees, ground, paved, green)
        stem = f"r{window.row // TILE_CELLS:02d}_c{window.col // TILE_CELLS:02d}.tif"
        for name, cells in (("dsm", dsm), ("dtm", dtm)):
            rasters.write(out / name / f"{name}_{stem}", Elevation, RasterBlocks(tile, _one(tile, cells)), tags)
        return seen

    total = Counts(*(np.zeros(len(ground.ground) + 1, dtype=np.int64) for _ in range(3)))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for seen in pool.map(write, jobs):
            for name in ("tree", "canopy", "green"):
                setattr(total, name, getattr(total, name) + getattr(seen, name))
    return total


def _one(tile: Grid, cells: NDArray[np.float32]) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    yield Window(0, 0, tile.rows, tile.cols), cells[np.newaxis]


def _near(geometries: Geometries, tile: Grid) -> NDArray[np.int64]:
    b = shapely.bounds(geometries)
    west, south, east, north = tile.bounds
    return np.flatnonzero((b[:, 0] < east) & (b[:, 2] > west) & (b[:, 1] < north) & (b[:, 3] > south))


def _burn(geometries: Geometries, tile: Grid, first: int = 1) -> NDArray[np.int32]:
    """Number of the shape in each cell, from `first`; 0 where there is none."""
    near = _near(geometries, tile)
    return rasters.burn(geometries[near], near + first, tile, dtype="int32")


def _tile(
    tile: Grid, domain: shapely.Geometry | None, terrain: Terrain, surfaces: Surfaces, trees: Trees, ground: Ground, paved: Geometries, green: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32], Counts]:
    """Surface and terrain of one tile, and what is seen from above; no domain where all of the tile lies in it."""
    east: Floats = tile.west + (np.arange(tile.cols, dtype=np.float64) + 0.5) * tile.cell_m
    north: Floats = tile.north - (np.arange(tile.rows, dtype=np.float64) + 0.5) * tile.cell_m
    parcel, built = _burn(ground.ground, tile), _burn(surfaces.ground, tile)
    hard = _burn(paved, tile) > 0
    crown = _crowns(tile, trees)
    seen = _count(len(ground.ground) + 1, parcel, built == 0, hard, crown, green)
    above = _plants(parcel, ground, east, north)
    above[hard] = 0.0
    np.maximum(above, crown, out=above)
    z = terrain.grid(east, north)
    top = z + above
    at = np.flatnonzero(built)
    s, row, col = built.ravel()[at] - 1, at // tile.cols, at % tile.cols
    gx, gy = surfaces.gradients()
    top.ravel()[at] = surfaces.z[s] + gx[s] * (east[col] - surfaces.east[s]) + gy[s] * (north[row] - surfaces.north[s])
    void = None if domain is None else np.asarray(rasters.burn([domain], [1], tile) == 0)
    return _stored(top, void), _stored(z, void), seen


def _stored(cells: Floats, void: NDArray[np.bool_] | None) -> NDArray[np.float32]:
    """Elevations as they are written: in steps, void outside the domain. Changes `cells`."""
    cells *= STEPS_PER_M
    kept = np.rint(cells, out=cells).astype(np.float32)
    kept *= np.float32(1.0 / STEPS_PER_M)
    if void is not None:
        kept[void] = VOID
    return kept


def _count(size: int, parcel: NDArray[np.int32], free: NDArray[np.bool_], hard: NDArray[np.bool_], crown: NDArray[np.float32], green: NDArray[np.bool_]) -> Counts:
    tree = (crown > 0) & free
    low = np.concatenate([[False], green])[parcel] & ~hard & free
    return Counts(*(np.bincount(parcel[cells], minlength=size) for cells in (tree, tree & (crown >= CANOPY_M), tree | low)))


def _plants(parcel: NDArray[np.int32], ground: Ground, east: Floats, north: Floats) -> NDArray[np.float32]:
    """Height of low plants; rows are ridges seen where the row passes the cell centre."""
    height = np.concatenate([[0.0], ground.crop_m]).astype(np.float32)[parcel]
    at = np.flatnonzero(np.concatenate([[False], ground.row_m > 0])[parcel])
    p, row, col = parcel.ravel()[at] - 1, at // len(east), at % len(east)
    across = -np.sin(ground.angle)[p] * east[col] + np.cos(ground.angle)[p] * north[row]
    height.ravel()[at] *= (across / ground.row_m[p]) % 1.0 < 0.45
    return height


def _crowns(tile: Grid, trees: Trees) -> NDArray[np.float32]:
    """Height of crowns above ground: an ellipsoid on a trunk, the highest crown of each cell."""
    reach = float(trees.radius_m.max(initial=1.0))
    west, south, east, north = tile.bounds
    t = trees.take((trees.east > west - reach) & (trees.east < east + reach) & (trees.north > south - reach) & (trees.north < north + reach))
    out = np.zeros(tile.shape, dtype=np.float32)
    k = int(np.ceil(reach / tile.cell_m))
    col = np.floor((t.east - tile.west) / tile.cell_m).astype(int)
    row = np.floor((tile.north - t.north) / tile.cell_m).astype(int)
    for dr in range(-k, k + 1):
        for dc in range(-k, k + 1):
            r, c = row + dr, col + dc
            x = tile.west + (c + 0.5) * tile.cell_m - t.east
            y = tile.north - (r + 0.5) * tile.cell_m - t.north
            q = (x * x + y * y) / t.radius_m**2
            ok = (q < 1.0) & (r >= 0) & (c >= 0) & (r < tile.rows) & (c < tile.cols)
            np.maximum.at(out, (r[ok], c[ok]), (t.height_m[ok] * (0.45 + 0.55 * np.sqrt(1.0 - q[ok]))).astype(np.float32))
    return out
