"""Reading a surface of 42 million cells from tiles: rate and peak memory, and the peak of a third of it beside.

`python -m tests.bench.tiles` prints both rows. The tiles are 1,000 x 1,000 cells of 1 m, GeoTIFF (plain, and tiled and deflated) with
every sixth an ESRI ASCII grid, of different nodata, with one tile missing; the terrain is a 5 m raster. Each reading is a
process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import Affine

ROOT = Path(__file__).resolve().parents[2]
WEST, NORTH, SIDE, ROWS, COLS = 750_000.0, 4_480_000.0, 1000, 7, 6
GAP = (3, 3)


def make_tiles(folder: Path) -> None:
    """Write the tiles and the terrain."""
    row, col = np.mgrid[0:SIDE, 0:SIDE]
    z = (40 + 6 * ((row // 20 + col // 20) % 2) + np.random.default_rng(0).normal(0, 0.05, (SIDE, SIDE))).astype(np.float32)
    where = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:25833"}
    for i in range(ROWS):
        for j in range(COLS):
            if (i, j) == GAP:
                continue
            west, north = WEST + j * SIDE, NORTH - i * SIDE
            if (i + j) % 6 == 0:
                with (folder / f"s{i}_{j}.asc").open("w") as out:
                    out.write(f"ncols {SIDE}\nnrows {SIDE}\nxllcorner {west}\nyllcorner {north - SIDE}\ncellsize 1\nNODATA_value -9999\n")
                    np.savetxt(out, z, fmt="%.2f")
                continue
            packed: dict[str, Any] = {"compress": "deflate", "tiled": True} if (i * COLS + j) % 2 else {}
            nodata = -9999 if j % 2 else -32767
            void = np.where((row < 5) & (col < 5), np.float32(nodata), z)
            with rasterio.open(folder / f"s{i}_{j}.tif", "w", height=SIDE, width=SIDE, transform=Affine(1, 0, west, 0, -1, north), nodata=nodata, **where, **packed) as dst:
                dst.write(void, 1)
    with rasterio.open(folder / "ground.tif", "w", height=1450, width=1250, transform=Affine(5, 0, WEST - 50, 0, -5, NORTH + 50), **where) as dst:
        dst.write(np.full((1450, 1250), 38, np.float32), 1)


def read_tiles(folder: Path, rows: int) -> dict[str, Any]:
    """Run the surface stage on the first rows of tiles; seconds, rate and peak memory of this process."""
    from pipeline.config.sources import Layer, Source, SurfaceConfig
    from pipeline.config.town import Town
    from pipeline.contracts.notes import Notes
    from pipeline.contracts.sources import Surface
    from pipeline.io import rasters
    from pipeline.stages.sources.surface import surface

    files = tuple(p for p in sorted(folder.glob("s*")) if int(p.stem[1]) < rows)
    layers = (Layer(Source(kind="dsm", path="x", crs="EPSG:25833"), files), Layer(Source(kind="dtm", path="x"), (folder / "ground.tif",)))
    start = time.perf_counter()
    made: Any = surface(layers, None, SurfaceConfig(), Town(name="X", epsg=25833), Notes())
    rasters.write(folder / "out.tif", Surface, made)
    seconds = time.perf_counter() - start
    cells = made.grid.rows * made.grid.cols
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"million_cells": cells / 1e6, "seconds": round(seconds, 1), "million_cells_per_s": round(cells / seconds / 1e6, 2), "peak_mb": round(peak)}


def measure() -> list[dict[str, Any]]:
    """Both rows: three of the seven rows of tiles, and all."""
    with tempfile.TemporaryDirectory(prefix="solesuolo-tiles-") as name:
        make_tiles(Path(name))
        runs = [subprocess.run([sys.executable, "-m", "tests.bench.tiles", name, str(rows)], cwd=ROOT, check=True, capture_output=True, text=True) for rows in (3, ROWS)]
    return [json.loads(run.stdout) for run in runs]


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(read_tiles(Path(sys.argv[1]), int(sys.argv[2]))))
    else:
        for row in measure():
            print(f"surface from tiles  {row['million_cells']:.0f} M cells  {row['seconds']} s  {row['million_cells_per_s']} M cells/s  peak {row['peak_mb']} MB")
