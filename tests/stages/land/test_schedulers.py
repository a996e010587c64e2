"""Land cover with NDVI, zonal sums, canopy, focal shares and patches: the same bytes on threads, processes and a remote scheduler."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from pipeline.compute import on
from pipeline.config.land import AccessConfig, GreenConfig, PatchesConfig, SealingConfig
from pipeline.config.sources import LandcoverConfig, Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Landcover, Surface
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters
from pipeline.stages.land.access import access
from pipeline.stages.land.green import green
from pipeline.stages.land.patches import patches
from pipeline.stages.land.sealing import sealing
from pipeline.stages.sources.landcover import landcover

EPSG, WEST, NORTH = 25833, 750_000.0, 4_480_000.0
# More than one block of 1,024 cells each way.
GRID = Grid(WEST, NORTH, 1.0, 1100, 1300, EPSG)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A surface with trees and houses, an aerial image, official codes of 10 m, parcels that cross all block borders."""
    folder, rng = tmp_path_factory.mktemp("scene"), np.random.default_rng(2)
    height = np.where(rng.random(GRID.shape) < 0.1, rng.uniform(2, 9, GRID.shape), 0.0).astype(np.float32)
    stack = np.stack([np.zeros_like(height), height, height])
    rasters.write(folder / "surface.tif", Surface, RasterBlocks(GRID, iter([(Window(0, 0, *GRID.shape), stack)])))
    where = {"driver": "GTiff", "dtype": "uint8", "crs": f"EPSG:{EPSG}"}
    with rasterio.open(folder / "ortho.tif", "w", height=1100, width=1300, count=4, transform=Affine(1, 0, WEST, 0, -1, NORTH), **where) as out:
        out.write(rng.integers(20, 200, (4, *GRID.shape), dtype=np.uint8))
    with rasterio.open(folder / "codes.tif", "w", height=110, width=130, count=1, nodata=255, transform=Affine(10, 0, WEST, 0, -10, NORTH), **where) as out:
        out.write(rng.choice(np.array([2, 111, 116, 121], dtype=np.uint8), (1, 110, 130)))
    at = rng.uniform(0, 1000, (60, 2))
    houses = gpd.GeoDataFrame({"building_id": [f"b{i:02d}" for i in range(60)]}, geometry=[shapely.box(WEST + x, NORTH - y - 12, WEST + x + 15, NORTH - y) for x, y in at], crs=EPSG)
    lots = [shapely.box(WEST + e, NORTH - s - 137, WEST + e + 111, NORTH - s) for e in range(0, 1200, 111) for s in range(0, 960, 137)]
    parcels = gpd.GeoDataFrame({"parcel_id": [f"p{i:03d}" for i in range(len(lots))], "kind": "parcel"}, geometry=lots, crs=EPSG)
    town = gpd.GeoDataFrame({"town_id": ["t"], "name": ["X"]}, geometry=[shapely.box(WEST, NORTH - 1100, WEST + 1300, NORTH)], crs=EPSG)
    layers = (
        Layer(Source(kind="ispra", path="x", legend="ispra_consumo_suolo"), (folder / "codes.tif",)),
        Layer(Source(kind="orthophoto", path="x"), (folder / "ortho.tif",)),
    )
    gpd.GeoDataFrame(geometry=[lots[3].buffer(30), lots[40]], crs=EPSG).to_file(folder / "groves.gpkg")
    groves = (Layer(Source(kind="vector", path="x"), (folder / "groves.gpkg",)),)
    return {"groves": groves, "folder": folder, "surface": rasters.open_raster(folder / "surface.tif"), "houses": houses, "parcels": parcels.assign(area_m2=parcels.area), "town": town, "layers": layers}


def everything(scene: dict[str, Any], where: str) -> dict[str, Any]:
    """All that runs through the verbs, on one scheduler."""
    surface, houses, parcels, town = (scene[n] for n in ("surface", "houses", "parcels", "town"))
    with on(where) as compute:
        made: Any = landcover(surface, houses, None, scene["layers"], LandcoverConfig(), Town(name="X", epsg=EPSG), compute, Notes())
        path = scene["folder"] / f"cover-{where.split(':', maxsplit=1)[0]}.tif"
        rasters.write(path, Landcover, made)
        cover: Raster[Landcover] = rasters.open_raster(path)
        sealed = sealing(cover, parcels, None, town, None, None, SealingConfig(), compute, Notes())
        return {
            "cover": rasters.read(cover, "cover", Window(0, 0, *GRID.shape)), "confidence": rasters.read(cover, "confidence", Window(0, 0, *GRID.shape)), "sealing": sealed,
            "green": green(cover, surface, sealed, parcels, None, town, scene["groves"], GreenConfig(), Town(name="X", epsg=EPSG), compute, Notes()),
            "access": access(houses, None, None, None, surface, cover, town, None, AccessConfig(), Town(name="X", epsg=EPSG), compute, Notes()),
            "patches": patches(cover, town, None, PatchesConfig(), compute, Notes()),
        }  # fmt: skip


def same(a: dict[str, Any], b: dict[str, Any]) -> None:
    for name, value in a.items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, b[name], err_msg=name)
        else:
            pd.testing.assert_frame_equal(value, b[name], check_exact=True)


@pytest.mark.cluster
def test_the_same_bytes_on_every_scheduler(scene: dict[str, Any], cluster: str) -> None:
    on_threads = everything(scene, "threads")
    assert len(np.unique(on_threads["cover"])) >= 4 and on_threads["access"]["canopy_share"].between(0.001, 0.5).all()
    same(on_threads, everything(scene, "processes"))
    same(on_threads, everything(scene, cluster))


MEASURE = """
import sys, resource
from pathlib import Path
import numpy as np, shapely
from pipeline.core.zones import as_codes, outlines, tile_areas, tiles, total
from pipeline.compute import on
from pipeline.io import rasters
from pipeline.io.zonal import BandCells
raster = rasters.open_raster(Path(sys.argv[1]))
g = raster.grid
e, n = np.meshgrid(np.arange(g.west, g.bounds[2] - 99, 100), np.arange(g.bounds[1], g.north - 99, 100))
work = tiles(outlines(shapely.box(e.ravel(), n.ravel(), e.ravel() + 97.3, n.ravel() + 97.3)), g, (BandCells(raster, "cover"),))
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with on("threads") as compute:
    total(compute.batches(tile_areas, work, size=1, params=(as_codes, 8)), e.size, 8)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 1024)
"""


def test_peak_memory_of_zonal_sums_is_that_of_the_tiles(tmp_path: Path, root: Path) -> None:
    """Four times the cells take no more memory; the larger raster alone has 36 MB."""
    peaks = []
    for side in (3000, 6000):
        grid = Grid(WEST, NORTH, 1.0, side, side, EPSG)
        path = tmp_path / f"{side}.tif"
        block = np.full((2, 500, side), 4, dtype=np.uint8)
        rasters.write(path, Landcover, RasterBlocks(grid, ((Window(r, 0, 500, side), block) for r in range(0, side, 500))))
        run = subprocess.run([sys.executable, "-c", MEASURE, str(path)], cwd=root, check=True, capture_output=True, text=True)
        peaks.append(float(run.stdout))
    assert peaks[1] < peaks[0] + 25, peaks
