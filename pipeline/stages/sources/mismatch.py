"""Where footprints and surface tell different stories: buildings the surface does not show, and the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.sources import MismatchConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary, Buildings, Mismatch, Surface
from pipeline.core.footprints import distinct_names, place_names
from pipeline.core.plates import plates, radius_cells
from pipeline.io.footprints import heights_under, marked
from pipeline.io.rasters import BandInput, BurnInput

if TYPE_CHECKING:
    from pipeline.contracts.spec import Raster, Table


def mismatch(
    buildings: Table[Buildings], surface: Raster[Surface], boundary: Table[Boundary] | None, config: MismatchConfig, compute: Compute, notes: Notes
) -> Table[Mismatch]:
    """Candidates for a look on site: new, demolished or unregistered buildings, or a surface of another year.

    Parameters
    ----------
    buildings, surface
        Footprints and heights; nothing is said of footprints beyond the surface. A surface made from footprints
        (a height model) cannot contradict them: then there are no rows.
    boundary
        Beyond it there are no footprints, and nothing is missed.
    config
        Least height and area, and the roughness that tells roofs from crowns of trees.
    compute
        Runs the tiles.
    notes
        Counts by kind, and the buildings that were compared.

    Returns
    -------
    table sorted by mismatch_id, perhaps without rows
    """
    if surface.basis != "surface":
        notes.assume("The surface is a height model made from footprints; nothing measured contradicts or confirms the buildings.")
        nothing = np.empty(0, dtype=object)
        return _table(nothing, nothing, nothing, np.empty(0), surface.grid.epsg)
    shapes = np.asarray(buildings.geometry)
    said = Notes()
    height = buildings["height_m"].to_numpy(dtype=np.float64).copy()
    other = (buildings["height_basis"] != "surface").to_numpy()
    height[other] = heights_under(shapes[other], surface, said) if other.any() else np.nan
    notes.count("buildings compared", int(np.isfinite(height).sum()))
    notes.count("buildings beyond the surface", int((~np.isfinite(height)).sum()))
    gone = np.flatnonzero(height < config.min_height_m)
    found = _uncovered(shapes, surface, config, compute)
    if boundary is not None and len(found):
        inside = shapely.intersects(shapely.union_all(np.asarray(boundary.geometry)), shapely.point_on_surface(found))
        notes.count("left out: things beyond the boundary", int((~inside).sum()))
        found = found[inside]
    above = heights_under(found, surface, said) if len(found) else np.empty(0)
    _report(len(gone), shapely.area(shapes[gone]).sum(), len(found), shapely.area(found).sum(), notes)
    return _table(
        np.concatenate([shapes[gone], found]),
        np.array(["building_not_in_surface"] * len(gone) + ["surface_without_building"] * len(found), dtype=object),
        np.concatenate([buildings["building_id"].to_numpy(dtype=object)[gone], np.full(len(found), None, dtype=object)]),
        np.concatenate([height[gone], above]),
        surface.grid.epsg,
    )


def _uncovered(shapes: NDArray[Any], surface: Raster[Surface], config: MismatchConfig, compute: Compute) -> NDArray[Any]:
    grid = surface.grid
    # A cell whose centre lies just beyond the strip still has half of itself in it.
    wide = shapely.buffer(shapes, config.clearance_m + 0.5 * grid.cell_m, quad_segs=2)
    inputs = (BandInput(surface.path, "height"), BurnInput(wide, np.ones(len(wide))))
    # A cell is marked by any square that holds it: as far as twice the square's half.
    halo = 2.0 * (radius_cells(grid.cell_m) + 1) * grid.cell_m
    params = (grid.cell_m, config.blob_height_m, config.roughness_m)
    found = marked(compute.tiles(plates, inputs, grid, halo_m=halo, params=params), grid)
    return found[shapely.area(found) >= config.blob_area_m2]


def _table(shapes: NDArray[Any], kind: NDArray[Any], building: NDArray[Any], height: NDArray[np.float64], epsg: int) -> gpd.GeoDataFrame:
    names = place_names(shapes, "m") if len(shapes) else np.empty(0, dtype=object)
    names, _ = distinct_names(names, shapes)
    made = gpd.GeoDataFrame(
        {"mismatch_id": names, "kind": kind, "building_id": building, "area_m2": shapely.area(shapes).astype(np.float64), "height_m": height.astype(np.float64)},
        geometry=shapes, crs=epsg,
    )  # fmt: skip
    return made.sort_values("mismatch_id", kind="stable").reset_index(drop=True)


def _report(gone: int, gone_m2: float, found: int, found_m2: float, notes: Notes) -> None:
    notes.count("buildings the surface does not show", gone)
    notes.count("things like buildings that no footprint covers", found)
    notes.figure("buildings_not_shown_m2", float(gone_m2))
    notes.figure("uncovered_m2", float(found_m2))
    if gone:
        notes.warn(f"{gone} buildings are not in the surface: built after the survey, demolished, or misplaced; they get no roof.")
    if found:
        notes.warn(f"{found} things on the surface look like buildings and have no footprint: see mismatch.parquet; lorries, awnings, bridges and voids of the surface that were filled are among them.")
