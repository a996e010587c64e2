"""Horizons of a whole raster, nanoseconds per cell and direction, beside GRASS r.horizon on the same surface.

`python -m tests.bench.horizon` prints the row. The surface is generated: flat-roofed blocks of 3-12 m among streets, 1 m cells. r.horizon (Debian's
grass-core) runs in a project of its own with one process, as it does for its users; without it nothing is compared, and that is said.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import Affine

from pipeline.core.solar.march import margin_cells, terrain, trace
from pipeline.core.solar.sky import SECTORS

SIDE, REACH_M, DIRECTIONS = 400, 200.0, 8


def surface(side: int) -> np.ndarray:
    """Blocks of 20 x 20 cells of random height with streets of 6 cells between, shape (side, side) [m]."""
    row, col = np.mgrid[0:side, 0:side]
    height = np.random.default_rng(0).uniform(3.0, 12.0, (side // 26 + 1, side // 26 + 1))
    inside = (row % 26 < 20) & (col % 26 < 20)
    return np.where(inside, height[row // 26, col // 26], 0.0).astype(np.float32) + 40.0


def ours(z: np.ndarray) -> tuple[float, np.ndarray]:
    """Seconds on two threads and the tangents of the middle of a surface, 72 directions."""
    margin = margin_cells(REACH_M, 1.0)
    row, col = (a.ravel() + margin for a in np.mgrid[0:SIDE, 0:SIDE])
    halves = np.array_split(np.arange(row.size), 2)
    trace(z, 1.0, row[:10], col[:10], z[row[:10], col[:10]].astype(float), REACH_M)
    start = time.perf_counter()
    ground = terrain(z, 1.0)
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(lambda h: trace(ground, 1.0, row[h], col[h], z[row[h], col[h]].astype(float), REACH_M), halves))
    return time.perf_counter() - start, np.concatenate(parts).reshape(SIDE, SIDE, SECTORS)


def theirs(z: np.ndarray, folder: Path) -> tuple[float, dict[float, np.ndarray]]:
    """Seconds r.horizon itself takes for all cells, and its degrees by azimuth clockwise from north."""
    where = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:25833", "transform": Affine(1, 0, 700_000, 0, -1, 4_480_000)}
    with rasterio.open(folder / "z.tif", "w", height=z.shape[0], width=z.shape[1], **where) as out:
        out.write(z, 1)
    step = 360 // DIRECTIONS
    script = f"r.import input={folder}/z.tif output=z --quiet\ng.region raster=z\nS=$(date +%s%N)\n"
    script += f"r.horizon -d elevation=z step={step} start=0 end=360 maxdistance={REACH_M:.0f} output=h --quiet\necho NANO $(( $(date +%s%N) - S ))\n"
    script += "".join(f"r.out.gdal input=h_{a:03d} output={folder}/h{a:03d}.tif format=GTiff --quiet\n" for a in range(0, 360, step))
    (folder / "run.sh").write_text(script)
    done = subprocess.run(["grass", "--tmp-location", "EPSG:25833", "--exec", "bash", str(folder / "run.sh")], capture_output=True, text=True, check=True)
    seconds = int(re.search(r"NANO (\d+)", done.stdout).group(1)) / 1e9  # type: ignore[union-attr]
    found = {}
    for a in range(0, 360, step):
        with rasterio.open(folder / f"h{a:03d}.tif") as one:
            found[(90.0 - a) % 360.0] = one.read(1)  # counter-clockwise from east
    return seconds, found


def measure() -> dict[str, Any]:
    """The row of the table."""
    margin = margin_cells(REACH_M, 1.0)
    z = surface(SIDE + 2 * margin)
    seconds, tangents = ours(z)
    row: dict[str, Any] = {"cells": SIDE * SIDE, "ns": round(seconds * 1e9 / (SIDE * SIDE * SECTORS), 1)}
    if shutil.which("grass") is None:
        return row | {"r.horizon": "not compared: grass-core is not installed"}
    with tempfile.TemporaryDirectory() as folder:
        taken, found = theirs(z, Path(folder))
    peer = taken * 1e9 / (z.size * DIRECTIONS)
    inner = (slice(margin, margin + SIDE),) * 2
    axes = [np.abs(np.degrees(np.arctan(tangents[:, :, int(a // 5)])) - np.maximum(found[a][inner], 0.0)).mean() for a in (0.0, 90.0, 180.0, 270.0)]
    return row | {"r.horizon_ns": round(peer), "times_faster": round(peer / row["ns"]), "mean_difference_on_axes_deg": round(float(np.mean(axes)), 2)}


if __name__ == "__main__":
    print(measure())
