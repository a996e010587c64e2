"""Areas by class of 12,000 parcels on 42 million cells, and focal shares, beside their peers.

`python -m tests.bench.zonal` prints the rows; every figure is processor time, so that a busy machine does not count.

Zonal sums: one square kilometre of ground after another is cut into parcels by crooked lines; the raster holds classes, 1 m.
Beside ours on one thread: exactextract called directly on the whole raster for the sum of one flag (its cheapest answer)
and for the fractions of all classes (the same answer); rasterstats where it is installed, which takes a cell or not by its
centre. Errors are of the sealed area, relative to the area of the parcel, against shapely's intersections with the
squares the raster was drawn from.

Focal shares: known cells and canopy in circles of 300 m around 8,000 buildings. Beside ours: plain numpy, one mask moved over
the raster from building to building, timed for some and scaled to all.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import Affine

from pipeline.core.grid import Grid
from pipeline.core.land.trees import disc_counts
from pipeline.core.zones import as_codes, outlines, tile_areas, tiles, total
from pipeline.io import rasters
from pipeline.io.zonal import BandCells

EPSG, CELL, ROWS, COLS = 25833, 1.0, 7_000, 6_000
WEST, NORTH, BLOCK = 750_000.0, 4_480_000.0, 40
ACROSS, DOWN = 120, 100
CLASSES = 7
HOMES, PROBES, RADIUS_M = 8_000, 24, 300.0
Floats = NDArray[np.float64]


def make_parcels() -> NDArray[Any]:
    """Quadrilaterals that share their crooked sides and partition a rectangle inside the raster."""
    rng = np.random.default_rng(3)
    e, n = np.meshgrid(np.linspace(WEST + 60, WEST + COLS - 60, ACROSS + 1), np.linspace(NORTH - 60, NORTH - ROWS + 60, DOWN + 1))
    at = np.stack([e, n], axis=-1) + rng.uniform(-18, 18, (DOWN + 1, ACROSS + 1, 2))
    rings = np.stack([at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]], axis=2).reshape(-1, 4, 2)
    return np.asarray(shapely.polygons(rings), dtype=object)


def make_raster(path: Path) -> NDArray[np.uint8]:
    """Squares of 40 cells of one class each, so that true areas can be worked out; a tiled GeoTIFF as the stages write."""
    rng = np.random.default_rng(5)
    squares = rng.integers(1, CLASSES, (ROWS // BLOCK, COLS // BLOCK), dtype=np.uint8)
    codes = np.repeat(np.repeat(squares, BLOCK, 0), BLOCK, 1)
    where = {"driver": "GTiff", "dtype": "uint8", "crs": f"EPSG:{EPSG}", "tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "zstd", "zstd_level": 1}
    with rasterio.open(path, "w", height=ROWS, width=COLS, count=1, transform=Affine(CELL, 0, WEST, 0, -CELL, NORTH), **where) as out:
        out.write(codes, 1)
        out.set_band_description(1, "cover")
    with rasterio.open(path.with_name("flag.tif"), "w", height=ROWS, width=COLS, count=1, transform=Affine(CELL, 0, WEST, 0, -CELL, NORTH), **where) as out:
        out.write((codes <= 2).astype(np.uint8), 1)
    return squares


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of all threads, and the answer."""
    start = time.process_time()
    out = call()
    return time.process_time() - start, out


def ours(path: Path, parcels: NDArray[Any]) -> Floats:
    """Area of classes 1 and 2 of each parcel, reading the file by tiles as the stages do."""
    raster: Any = rasters.open_raster(path)
    work = tiles(outlines(parcels), raster.grid, (BandCells(raster, "cover"),))
    areas = total((tile_areas([tile], as_codes, CLASSES + 1) for tile in work), len(parcels), CLASSES + 1)
    return areas[:, 1] + areas[:, 2]


def true_areas(squares: NDArray[np.uint8], parcels: NDArray[Any], rows: NDArray[np.int64]) -> Floats:
    """Area of classes 1 and 2 in some parcels, by shapely."""
    at = np.argwhere(squares <= 2)
    boxes = shapely.box(WEST + at[:, 1] * BLOCK, NORTH - (at[:, 0] + 1) * BLOCK, WEST + (at[:, 1] + 1) * BLOCK, NORTH - at[:, 0] * BLOCK)
    parcel, box = shapely.STRtree(boxes).query(parcels[rows], predicate="intersects")
    return np.bincount(parcel, shapely.area(shapely.intersection(parcels[rows[parcel]], boxes[box])), minlength=len(rows))


def zonal() -> dict[str, Any]:
    """Seconds, ratios, errors."""
    from exactextract import exact_extract

    with tempfile.TemporaryDirectory(prefix="solesuolo-zonal-") as name:
        path, parcels = Path(name) / "cover.tif", make_parcels()
        squares, flag = make_raster(path), path.with_name("flag.tif")
        frame = gpd.GeoDataFrame({"id": np.arange(len(parcels))}, geometry=parcels, crs=f"EPSG:{EPSG}")
        ours(path, parcels[:10])  # compiled before
        mine, areas = timed(lambda: ours(path, parcels))
        # All in memory at once: what exactextract recommends against small caches.
        one, sums = timed(lambda: exact_extract(str(flag), frame, ["sum"], output="pandas", max_cells_in_memory=100_000_000))
        same, _ = timed(lambda: exact_extract(str(path), frame, ["unique", "frac"], output="pandas", max_cells_in_memory=100_000_000))
        rows = np.linspace(0, len(parcels) - 1, 1500).astype(np.int64)
        truth, lot = true_areas(squares, parcels, rows), shapely.area(parcels[rows])
        row = {
            "parcels": len(parcels), "million_cells": ROWS * COLS / 1e6, "seconds": round(mine, 2), "exactextract_sum_s": round(one, 2), "exactextract_classes_s": round(same, 2),
            "over_exactextract_sum": round(mine / one, 3), "over_exactextract_classes": round(mine / same, 3),
            "error": float(f"{np.abs(areas[rows] - truth).max() / lot.min():.1e}"), "exactextract_error": float(f"{np.abs(sums['sum'].to_numpy()[rows] - truth).max() / lot.min():.1e}"),
        }  # fmt: skip
        return row | _rasterstats(flag, parcels, rows, truth, lot)


def _rasterstats(flag: Path, parcels: NDArray[Any], rows: NDArray[np.int64], truth: Floats, lot: Floats) -> dict[str, Any]:
    """rasterstats on some of the parcels, scaled to all; nothing where it is not installed (it brings a GDAL of its own with fiona)."""
    try:
        from rasterstats import zonal_stats  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return {"rasterstats": "not installed"}
    seconds, found = timed(lambda: zonal_stats(list(parcels[rows]), str(flag), stats=["sum"], nodata=255))
    sums = np.array([f["sum"] for f in found], dtype=np.float64)
    return {"rasterstats_s": round(seconds * len(parcels) / len(rows), 1), "rasterstats_error": float(f"{(np.abs(sums - truth) / lot).max():.1e}")}


def focal() -> dict[str, Any]:
    """Seconds of circles around buildings, plain numpy beside."""
    rng = np.random.default_rng(7)
    grid = Grid(0.0, 3_000.0, CELL, 3_000, 3_000, EPSG)
    canopy = rng.random(grid.shape) < 0.2
    points = rng.uniform(0, 3_000, (HOMES, 2))
    disc_counts((canopy,), grid, points[:1], RADIUS_M)
    mine, counts = timed(lambda: disc_counts((canopy,), grid, points, RADIUS_M))
    some = points[np.linspace(0, HOMES - 1, PROBES).astype(np.int64)]
    plain, again = timed(lambda: np.array([_plain(canopy, p) for p in some]))
    if not np.array_equal(counts[0, np.linspace(0, HOMES - 1, PROBES).astype(np.int64)], again):
        raise AssertionError("plain numpy counts other cells")
    return {"buildings": HOMES, "radius_m": RADIUS_M, "seconds": round(mine, 2), "plain_numpy_s": round(plain * HOMES / PROBES, 1), "times_faster": round(plain * HOMES / PROBES / mine, 1)}


def _plain(canopy: NDArray[np.bool_], point: Floats) -> int:
    """Cells of canopy whose centre lies within the radius of a point."""
    row, col = 3_000.0 - point[1] - 0.5, point[0] - 0.5
    r = np.arange(max(0, int(row - RADIUS_M) - 1), min(3_000, int(row + RADIUS_M) + 2))
    c = np.arange(max(0, int(col - RADIUS_M) - 1), min(3_000, int(col + RADIUS_M) + 2))
    inside = (r[:, None] - row) ** 2 + (c[None, :] - col) ** 2 <= RADIUS_M**2
    return int(canopy[r[0] : r[-1] + 1, c[0] : c[-1] + 1][inside].sum())


def measure() -> dict[str, Any]:
    """The rows of `make bench`."""
    return {"zonal sums": zonal(), "focal shares": focal()}


if __name__ == "__main__":
    for name, row in measure().items():
        print(f"{name}: {', '.join(f'{k} {v}' for k, v in row.items())}")
