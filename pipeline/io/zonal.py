"""What a zonal stage reads: the zones of a town, and cells on any grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window as RioWindow

from pipeline.contracts.spec import Raster
from pipeline.core.grid import Grid


def zones(
    grid: Grid, parcels: gpd.GeoDataFrame | None, residents: gpd.GeoDataFrame | None, boundary: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame:
    """All zones a town has figures for.

    Parameters
    ----------
    grid
        Of the land cover; its outline is the zone `extent` where there is no boundary.
    parcels, residents, boundary
        As their contracts say, or None.

    Returns
    -------
    GeoDataFrame with zone_kind, zone_id, area_m2 and the geometry, sorted by zone_kind and zone_id
    """
    parts = []
    if boundary is None:
        parts.append(_part("extent", ["extent"], [shapely.box(*grid.bounds)]))
    else:
        parts.append(_part("town", boundary["town_id"], boundary.geometry))
    if parcels is not None:
        parts.append(_part(parcels["kind"], parcels["parcel_id"], parcels.geometry))
    if residents is not None:
        parts.append(_part("section", residents["section_id"], residents.geometry))
    table = pd.concat(parts, ignore_index=True).sort_values(["zone_kind", "zone_id"], kind="stable", ignore_index=True)
    out = gpd.GeoDataFrame(table, geometry="geometry", crs=f"EPSG:{grid.epsg}")
    out.insert(2, "area_m2", out.area)
    return out


def street_zones(streets: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame | None, half_width_m: float) -> gpd.GeoDataFrame:
    """Stretches of street as zones: the ground up to `half_width_m` on each side of the line, ends cut square.

    Where two stretches meet both hold the crossing: a street is a place to look at, the stretches do not sum to the town.

    Returns
    -------
    GeoDataFrame with zone_kind, zone_id, area_m2 and the geometry, sorted by zone_id; only what lies in the boundary
    """
    shapes = np.asarray(shapely.buffer(np.asarray(streets.geometry.array, dtype=object), half_width_m, quad_segs=4, cap_style="flat"))
    ids = np.asarray(streets["street_id"])
    if boundary is not None:
        inside = shapely.union_all(np.asarray(boundary.geometry.array, dtype=object))
        shapely.prepare(inside)
        whole = shapely.contains_properly(inside, shapes)
        cut = shapely.intersects(inside, shapes) & ~whole
        shapes[cut] = shapely.intersection(inside, shapes[cut])
        keep = whole | (cut & (shapely.area(shapes) > 0))
        shapes, ids = shapes[keep], ids[keep]
    keep = shapely.area(shapes) > 0
    frame = gpd.GeoDataFrame(_part("street", ids[keep], shapes[keep]), geometry="geometry", crs=streets.crs)
    frame.insert(2, "area_m2", frame.area)
    return frame.sort_values("zone_id", kind="stable", ignore_index=True)


def _part(kind: Any, ids: Any, geometries: Any) -> pd.DataFrame:
    kinds = kind if isinstance(kind, str) else np.asarray(kind)
    return pd.DataFrame({"zone_kind": kinds, "zone_id": np.asarray(ids), "geometry": np.asarray(geometries)})


@dataclass(frozen=True)
class BandCells:
    """One band of a raster in its own dtype, on any grid of the same reference system: the cell that holds the centre.

    On a grid of the raster's own lattice these are the raster's cells, unchanged.
    """

    raster: Raster[Any]
    band: str

    def cut(self, grid: Grid) -> BandCells:
        """Itself: only a path travels."""
        return self

    def read(self, grid: Grid) -> NDArray[Any]:
        """Array of shape (grid.rows, grid.cols); nodata outside the raster."""
        own = self.raster.grid
        half = 0.5 * grid.cell_m
        rows = np.floor((own.north - grid.north + half + grid.cell_m * np.arange(grid.rows)) / own.cell_m).astype(np.int64)
        cols = np.floor((grid.west - own.west + half + grid.cell_m * np.arange(grid.cols)) / own.cell_m).astype(np.int64)
        row_in, col_in = (rows >= 0) & (rows < own.rows), (cols >= 0) & (cols < own.cols)
        with rasterio.open(self.raster.path) as src:
            index = self.raster.bands.index(self.band) + 1
            dtype, nodata = src.dtypes[index - 1], src.nodata if src.nodata is not None else 0
            if not (row_in.any() and col_in.any()):
                return np.full(grid.shape, nodata, dtype=dtype)
            (r0, r1), (c0, c1) = rows[row_in][[0, -1]], cols[col_in][[0, -1]]
            data = src.read(index, window=RioWindow(c0, r0, c1 - c0 + 1, r1 - r0 + 1))
        if data.shape == grid.shape:  # every cell its own: the same lattice, all inside
            return data
        out = np.full(grid.shape, nodata, dtype=dtype)
        out[np.ix_(row_in, col_in)] = data[np.ix_(rows[row_in] - r0, cols[col_in] - c0)]
        return out


def same_lattice(a: Grid, b: Grid, tolerance: float = 1e-3) -> bool:
    """Whether the cells of two grids coincide where they overlap (to a thousandth of a cell)."""
    if abs(a.cell_m - b.cell_m) > 1e-9 * a.cell_m:
        return False
    shift = np.array([a.west - b.west, a.north - b.north]) / a.cell_m
    return bool(np.abs(shift - np.round(shift)).max() <= tolerance)
