"""Horizons, nanoseconds per cell and direction, beside GRASS r.horizon on the same surface in the same run.

`python -m tests.bench.horizon` prints the rows. Two generated surfaces of 1 m cells: flat-roofed blocks among streets, every cell; and a dense old town
of narrow gabled houses turned out of the grid, its roof cells only, chimneys left out. r.horizon (Debian's grass-core) takes all cells of both, in a
project of its own with one process, as it does for its users; without it nothing is compared, and that is said. The surface lies on the central
meridian of its system, where the true north of r.horizon is the north of the grid.

A third row takes the sky view of every cell of the old town and its shadows for one sun through `Compute.tiles`, as a notebook would.

Seconds are of the clock, ours with two threads; `per_core` holds processor time against processor time, which says more on a busy machine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine

from pipeline.compute import on
from pipeline.core.grid import Grid
from pipeline.core.solar.march import margin_cells, terrain, trace
from pipeline.core.solar.shadows import lit
from pipeline.core.solar.sky import SECTORS
from pipeline.core.solar.skymap import sky_view

SIDE, REACH_M, DIRECTIONS, REPEATS = 400, 200.0, 8, 3
MERIDIAN_M = 500_000.0  # easting of the central meridian of UTM zones
HOUSE_M, LOT_M, BLOCK_M = (9.0, 8.0, (44.0, 26.0))  # depth of a house, its width, a block with its street


class Taken(NamedTuple):
    """Seconds of the clock and of the processor."""

    clock: float
    processor: float


def blocks(side: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Blocks of 20 x 20 cells of random height with streets of 6 cells between, shape (side, side) [m]; every cell counts."""
    row, col = np.mgrid[0:side, 0:side]
    height = np.random.default_rng(0).uniform(3.0, 12.0, (side // 26 + 1, side // 26 + 1))
    inside = (row % 26 < 20) & (col % 26 < 20)
    return np.where(inside, height[row // 26, col // 26], 0.0).astype(np.float32) + 40.0, np.ones((side, side), dtype=bool)


def old_town(side: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Two rows of gabled houses a block, 5-13 m high and 8 m wide, courts between and lanes of 4 m around, turned by 17 degrees; their roofs without chimneys count."""
    rng = np.random.default_rng(1)
    row, col = np.mgrid[0:side, 0:side].astype(float)
    turn = np.radians(17.0)
    along, across = col * np.cos(turn) - row * np.sin(turn) + side, col * np.sin(turn) + row * np.cos(turn)
    block = (along // BLOCK_M[0]).astype(int), (across // BLOCK_M[1]).astype(int)
    along, across = along % BLOCK_M[0], across % BLOCK_M[1]
    off = np.minimum(np.abs(across - HOUSE_M / 2), np.abs(across - 13.0 - HOUSE_M / 2))  # from the nearer ridge
    inside = along < 40.0
    house, court = inside & (off < HOUSE_M / 2), inside & (off >= HOUSE_M / 2) & (across < 22.0)
    many = (block[0].max() + 1, block[1].max() + 1)
    eaves, built = rng.uniform(5.0, 13.0, (*many, 6, 2)), rng.random(many) < 0.5
    z = np.where(house, eaves[(*block, (along // LOT_M).astype(int), (across > 11.0).astype(int))] + (HOUSE_M / 2 - off) * np.tan(np.radians(25.0)), 0.0)
    z[court & built[block]] = 3.0
    chimney = house & (rng.random((side, side)) < 0.02)
    z[chimney] += 1.5
    return z.astype(np.float32) + 40.0, house & ~chimney


def ours(z: NDArray[Any], row: NDArray[Any], col: NDArray[Any]) -> tuple[Taken, NDArray[Any]]:
    """The quickest of a few runs on two threads, and the tangents of cells, 72 directions."""
    halves = np.array_split(np.arange(row.size), 2)
    eye = z[row, col].astype(float)
    trace(z, 1.0, row[:10], col[:10], eye[:10], REACH_M)
    taken = []
    for _ in range(REPEATS):
        start, busy = time.perf_counter(), time.process_time()
        ground = terrain(z, 1.0)
        with ThreadPoolExecutor(2) as pool:
            parts = list(pool.map(lambda h: trace(ground, 1.0, row[h], col[h], eye[h], REACH_M), halves))
        taken.append(Taken(time.perf_counter() - start, time.process_time() - busy))
    return Taken(min(t.clock for t in taken), min(t.processor for t in taken)), np.concatenate(parts)


def theirs(z: NDArray[Any], folder: Path) -> tuple[Taken, dict[float, NDArray[Any]]]:
    """What r.horizon itself takes for all cells, and its degrees by azimuth clockwise from north."""
    place = Affine(1, 0, MERIDIAN_M - z.shape[1] / 2, 0, -1, 4_480_000)
    with rasterio.open(folder / "z.tif", "w", driver="GTiff", dtype="float32", count=1, crs="EPSG:25833", transform=place, height=z.shape[0], width=z.shape[1]) as out:
        out.write(z, 1)
    step = 360 // DIRECTIONS
    script = f"r.import input={folder}/z.tif output=z --quiet\ng.region raster=z\nTIMEFORMAT='TAKEN %R %U %S'\n"
    script += f"{{ time r.horizon -d elevation=z step={step} start=0 end=360 maxdistance={REACH_M:.0f} output=h --quiet ; }} 2>&1\n"
    script += "".join(f"r.out.gdal input=h_{a:03d} output={folder}/h{a:03d}.tif format=GTiff --quiet\n" for a in range(0, 360, step))
    (folder / "run.sh").write_text(script)
    done = subprocess.run(["grass", "--tmp-location", "EPSG:25833", "--exec", "bash", str(folder / "run.sh")], capture_output=True, text=True, check=True)
    real, user, system = (float(v) for v in re.search(r"TAKEN (\S+) (\S+) (\S+)", done.stdout).groups())  # type: ignore[union-attr]
    found = {}
    for a in range(0, 360, step):
        with rasterio.open(folder / f"h{a:03d}.tif") as one:
            found[(90.0 - a) % 360.0] = one.read(1)  # counter-clockwise from east
    return Taken(real, user + system), found


def compare(z: NDArray[Any], counts: NDArray[Any]) -> dict[str, Any]:
    """One row: the counted cells of the middle of a surface."""
    margin = margin_cells(REACH_M, 1.0)
    row, col = (a + margin for a in np.nonzero(counts[margin : margin + SIDE, margin : margin + SIDE]))
    taken, tangents = ours(z, row, col)
    ns = Taken(*(t * 1e9 / (row.size * SECTORS) for t in taken))
    found: dict[str, Any] = {"cells": row.size, "ns": round(ns.clock, 1), "ns_per_core": round(ns.processor, 1)}
    if shutil.which("grass") is None:
        return found | {"r.horizon": "not compared: grass-core is not installed"}
    with tempfile.TemporaryDirectory() as folder:
        slow, degrees = theirs(z, Path(folder))
    peer = Taken(*(t * 1e9 / (z.size * DIRECTIONS) for t in slow))
    axes = [np.abs(np.degrees(np.arctan(tangents[:, int(a // 5)])) - np.maximum(degrees[a][row, col], 0.0)).mean() for a in (0.0, 90.0, 180.0, 270.0)]
    times = {"times_faster": round(peer.clock / ns.clock), "times_faster_per_core": round(peer.processor / ns.processor)}
    return found | {"r.horizon_ns": round(peer.clock)} | times | {"mean_difference_on_axes_deg": round(float(np.mean(axes)), 2)}


@dataclass(frozen=True)
class Cells:
    """An array as an input of tiles, its first cell at (0, 0)."""

    z: NDArray[Any]

    def cut(self, grid: Grid) -> Cells:
        """Itself."""
        return self

    def read(self, grid: Grid) -> NDArray[np.float32]:
        """Cells on `grid`, NaN outside."""
        row, col = round(-grid.north), round(grid.west)
        around = ((max(-row, 0), max(row + grid.rows - self.z.shape[0], 0)), (max(-col, 0), max(col + grid.cols - self.z.shape[1], 0)))
        inside = self.z[max(row, 0) : row + grid.rows, max(col, 0) : col + grid.cols]
        return np.pad(inside, around, constant_values=np.nan)


def by_tiles(z: NDArray[Any]) -> dict[str, Any]:
    """The row of the whole-raster functions: the sun at 45 and at 10 degrees."""
    grid, halo_m = Grid(0.0, 0.0, 1.0, *z.shape, 25833), float(margin_cells(REACH_M, 1.0))
    row: dict[str, Any] = {"cells": z.size}
    calls = {"sky_view_ns": (sky_view, (1.0, REACH_M)), "shadows_45_ns": (lit, (1.0, 213.0, 45.0, REACH_M)), "shadows_10_ns": (lit, (1.0, 213.0, 10.0, REACH_M))}
    with on("threads") as compute:
        for name, (func, params) in calls.items():
            start = time.perf_counter()
            for _ in compute.tiles(func, [Cells(z)], grid, halo_m=halo_m, params=params, tile_cells=512):
                pass
            row[name] = round((time.perf_counter() - start) * 1e9 / z.size)
    return row


def measure() -> dict[str, dict[str, Any]]:
    """The rows of the table."""
    side = SIDE + 2 * margin_cells(REACH_M, 1.0)
    rows = {"horizon, whole raster": compare(*blocks(side)), "horizon, roof cells of an old town": compare(*old_town(side))}
    return rows | {"sky view and shadows, whole raster by tiles": by_tiles(old_town(side)[0])}


if __name__ == "__main__":
    for name, one in measure().items():
        print(name, one)
