"""Shapes burnt onto a grid, GDAL's `rasterize` on the same shapes beside: `python -m tests.bench.burning` prints the row.

Outlines as those of roof planes: along cells of 1 m, a part of them with a hole, scattered over a raster of 4 million cells.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import shapely
from rasterio.features import rasterize
from rasterio.transform import Affine

from pipeline.core.grid import Grid
from pipeline.io.rasters import burn

SHAPES, SIDE, REPEATS = 12_000, 2_000, 5


def outlines() -> list[shapely.Polygon]:
    """Stairs of 6 to 14 steps, every fifth with a hole of four cells."""
    rng = np.random.default_rng(4)
    out = []
    for k in range(SHAPES):
        steps = int(rng.integers(6, 15))
        west, south = rng.integers(0, SIDE - 20, 2)
        x, y = np.repeat(np.arange(steps + 1), 2)[1:], np.repeat(np.arange(steps + 1), 2)[:-1]
        ring = np.column_stack([west + np.append(x, 0), south + np.append(steps - y, 0)])
        out.append(shapely.Polygon(ring, [shapely.box(west + 1, south + 1, west + 3, south + 3).exterior.coords] if k % 5 == 0 else None))
    return out


def measure() -> dict[str, Any]:
    """Processor seconds of both, the best of some runs by turns, and cells that differ."""
    shapes, grid, values = outlines(), Grid(0.0, float(SIDE), 1.0, SIDE, SIDE, 25833), np.arange(1, SHAPES + 1)
    mine, peer = [], []
    for _ in range(REPEATS):
        begun = time.process_time()
        ours = burn(shapes, values, grid, dtype="int32")
        mine.append(time.process_time() - begun)
        begun = time.process_time()
        theirs = rasterize(zip(shapes, values.tolist(), strict=True), out_shape=grid.shape, transform=Affine(*grid.transform), dtype="int32")
        peer.append(time.process_time() - begun)
    return {"shapes": SHAPES, "seconds": round(min(mine), 3), "rasterize_s": round(min(peer), 3), "times_faster": round(min(peer) / min(mine), 1), "cells_apart": int((ours != theirs).sum())}


if __name__ == "__main__":
    print(f"shapes burnt: {', '.join(f'{k} {v}' for k, v in measure().items())}")
