"""A small scene on disk for the stages of the solar wing: a surface raster and the roof planes on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry import box

from pipeline.contracts.solar import Roofs
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters

EPSG = 25833


def write_surface(path: Path, surface: NDArray[Any], cell_m: float = 1.0) -> Raster[Surface]:
    """A raster of the contract `Surface` over flat ground at 0 m, its south-west corner at (1000, 2000)."""
    rows, cols = surface.shape
    grid = Grid(1000.0, 2000.0 + rows * cell_m, cell_m, rows, cols, EPSG)
    bands = np.stack([np.where(np.isnan(surface), np.nan, 0.0), surface, surface]).astype(np.float32)
    rasters.write(path, Surface, RasterBlocks(grid, iter([(Window(0, 0, rows, cols), bands)])))
    return rasters.open_raster(path)


def roofs_of(owner: NDArray[Any], grid: Grid, tilts: NDArray[Any], azimuths: NDArray[Any], basis: str = "surface") -> gpd.GeoDataFrame:
    """Roof planes as the rectangles around the cells each owns."""
    rows = []
    for number, (tilt, azimuth) in enumerate(zip(tilts, azimuths, strict=True)):
        r, c = np.nonzero(owner == number)
        if not len(r):
            continue
        m = grid.cell_m
        shape = box(grid.west + c.min() * m, grid.north - (r.max() + 1) * m, grid.west + (c.max() + 1) * m, grid.north - r.min() * m)
        rows.append(plane(f"b{number:03d}-1", shape, tilt, azimuth, basis))
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=EPSG)[[*Roofs.columns(), "geometry"]]


def plane(roof_id: str, shape: Any, tilt: float, azimuth: float, basis: str = "surface", kind: str = "") -> dict[str, Any]:
    """One row of `roofs`."""
    return {
        "roof_id": roof_id, "building_id": roof_id.split("-", maxsplit=1)[0], "surface_tilt": float(tilt), "surface_azimuth": float(azimuth),
        "area_m2": shape.area / np.cos(np.radians(tilt)), "plan_area_m2": shape.area, "residual_m": 0.01, "inlier_share": 1.0, "plane_z_m": 5.0, "tilt_se_deg": 0.1,
        "kind": kind or ("flat" if tilt < 5 else "pitched"), "basis": basis, "reason": None, "geometry": shape,
    }  # fmt: skip


def arrays_of(roofs: gpd.GeoDataFrame, *, kwp: float = 4.4) -> gpd.GeoDataFrame:
    """One array on each plane: parallel to a pitched roof, on southward racks of 10 degrees on a flat one."""
    flat = (roofs["kind"] == "flat").to_numpy()
    table = pd.DataFrame(
        {
            "array_id": roofs["roof_id"] + "-a", "roof_id": roofs["roof_id"], "building_id": roofs["building_id"],
            "surface_tilt": np.where(flat, 10.0, roofs["surface_tilt"]), "surface_azimuth": np.where(flat, 180.0, roofs["surface_azimuth"]),
            "mounting": np.where(flat, "rack", "coplanar"), "gcr": np.where(flat, 0.8, np.nan), "modules": 10, "kwp": kwp, "module_area_m2": 19.9, "row_shading": np.where(flat, 0.03, 0.0),
        }
    )  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=roofs.geometry.to_numpy(), crs=roofs.crs)


def weather_of(year: dict[str, NDArray[Any]]) -> pd.DataFrame:
    """A year as the table `weather`."""
    table = pd.DataFrame(year)
    table.insert(0, "hour", np.arange(len(table)))
    return table
