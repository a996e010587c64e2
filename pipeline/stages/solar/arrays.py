"""Modules laid on every plane that is large, open and sunny enough."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from pipeline.config.solar import ArraysConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Arrays, Irradiation, Roofs
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import Raster, Table
from pipeline.core.grid import Grid
from pipeline.core.solar.layout import Layout, Module, lay_parallel, lay_racks, rack_pitch, row_shading
from pipeline.core.solar.usable import Clearances, PlaneCells, usable_areas
from pipeline.io import rasters

GROUP_CELLS = 1024
AROUND_CELLS = 2


def arrays(roofs: Table[Roofs], irradiation: Table[Irradiation], surface: Raster[Surface], config: ArraysConfig, town: Town, notes: Notes) -> Table[Arrays]:
    """Coplanar modules on pitched planes, rows of racks on flat ones, as many as fit.

    Parameters
    ----------
    roofs, irradiation
        Planes and their yearly irradiation.
    surface
        Elevation, to tell obstacles and thin walls from noise.
    config
        Section `arrays` of town.yaml.
    town
        Its reference system tells the latitude, which way racks face and how much rows shade one another.
    notes
        Planes that get no array are counted by reason: shaded, no_room.

    Returns
    -------
    table of `Arrays`
    """
    found = roofs.assign(row=np.arange(len(roofs)))
    planes = found[roofs["reason"].isna() & (roofs["kind"] != "none")].merge(irradiation[["roof_id", "poa_unshaded_kwh_m2", "poa_kwh_m2"]], on="roof_id")
    best = irradiation["poa_unshaded_kwh_m2"].max()
    sunny = planes["poa_kwh_m2"] >= config.min_poa_share * best
    notes.count("planes without a reason against them", len(planes))
    notes.count("no array: shaded", int((~sunny).sum()))
    planes = planes[sunny].sort_values("roof_id", ignore_index=True)
    clear = Clearances(config.setback_m, config.obstacle_margin_m, config.rim_m)
    usable = np.full(len(planes), shapely.Polygon(), dtype=object)
    for rows, cells in _groups(planes, roofs.geometry.to_numpy(), surface):
        usable[rows] = usable_areas(cells, surface.grid.cell_m, clear)
    table = _assemble(planes, usable, config, _latitude(surface.grid, town.epsg))
    notes.count("no array: no_room", int((table["modules"] < config.min_modules).sum()))
    table = table[table["modules"] >= config.min_modules]
    notes.count("arrays", len(table))
    notes.count("modules", int(table["modules"].sum()))
    notes.assume(
        f"Modules of {config.module_width_m} x {config.module_length_m} m and {config.module_wp:g} Wp; {config.setback_m} m free along edges, "
        f"{config.obstacle_margin_m} m around obstacles; walls along edges are taken as {config.rim_m} m thick; racks on flat roofs tilt {config.rack_tilt_deg:g} degrees."
    )
    return gpd.GeoDataFrame(table.sort_values("array_id", ignore_index=True)[[*Arrays.columns(), "geometry"]], geometry="geometry", crs=roofs.crs)


def _groups(planes: gpd.GeoDataFrame, everything: NDArray[np.object_], surface: Raster[Surface]) -> Iterator[tuple[NDArray[np.int64], list[PlaneCells]]]:
    """Planes by the block of the raster that holds their middle, each with the cells around it; one block in memory at a time."""
    grid = surface.grid
    shapes, number = planes.geometry.to_numpy(), planes["row"].to_numpy()
    bounds, others = shapely.bounds(shapes), shapely.bounds(everything)
    row = np.floor((grid.north - bounds[:, [1, 3]].mean(axis=1)) / grid.cell_m / GROUP_CELLS)
    col = np.floor((bounds[:, [0, 2]].mean(axis=1) - grid.west) / grid.cell_m / GROUP_CELLS)
    _, group = np.unique(np.column_stack([row, col]), axis=0, return_inverse=True)
    point = shapely.point_on_surface(shapes)
    slope, azimuth = np.tan(np.radians(planes["surface_tilt"].to_numpy())), np.radians(planes["surface_azimuth"].to_numpy())
    rise = np.column_stack([-slope * np.sin(azimuth), -slope * np.cos(azimuth)])
    cosine, flat = 1.0 / np.hypot(1.0, slope), (planes["kind"] == "flat").to_numpy()
    level = planes["plane_z_m"].to_numpy() - rise[:, 0] * shapely.get_x(point) - rise[:, 1] * shapely.get_y(point)
    for g in range(group.max(initial=-1) + 1):
        rows = np.flatnonzero(group == g)
        block = grid.crop(grid.window((*bounds[rows, :2].min(axis=0), *bounds[rows, 2:].max(axis=0)), AROUND_CELLS))
        top = rasters.read(surface, "surface", grid.window(block.bounds))
        west, south, east, north = block.bounds
        near = np.flatnonzero((others[:, 0] < east) & (others[:, 2] > west) & (others[:, 1] < north) & (others[:, 3] > south))
        owner = rasters.burn(everything[near], near + 1, block, dtype="int32")
        yield rows, [_cells(block, top, owner, number[k] + 1, bounds[k], shapes[k], bool(flat[k]), (*rise[k], level[k], cosine[k])) for k in rows]


def _cells(
    block: Grid, top: NDArray[np.float32], owner: NDArray[np.int32], plane: int, bounds: NDArray[np.float64], outline: shapely.Geometry, flat: bool, fit: tuple[float, ...]
) -> PlaneCells:
    """A plane's cells and their surroundings."""
    window = block.window(tuple(bounds), AROUND_CELLS)
    cut = (slice(window.row, window.row + window.rows), slice(window.col, window.col + window.cols))
    west, _, _, north = block.crop(window).bounds
    east_of = west + (np.arange(window.cols) + 0.5) * block.cell_m
    north_of = north - (np.arange(window.rows) + 0.5) * block.cell_m
    above = (top[cut] - (fit[0] * east_of[None, :] + fit[1] * north_of[:, None] + fit[2])) * fit[3]
    member = owner[cut] == plane
    return PlaneCells(above, member, (owner[cut] > 0) & ~member, west, north, outline, flat)


def _latitude(grid: Grid, epsg: int) -> float:
    west, south, east, north = grid.bounds
    return float(Transformer.from_crs(epsg, 4326, always_xy=True).transform((west + east) / 2, (south + north) / 2)[1])


def _assemble(planes: gpd.GeoDataFrame, usable: NDArray[np.object_], config: ArraysConfig, latitude: float) -> pd.DataFrame:
    """The columns of `Arrays` for every plane, also those on which no module fits."""
    module = Module(config.module_width_m, config.module_length_m, config.gap_m)
    facing = config.rack_azimuth_deg if config.rack_azimuth_deg is not None else (180.0 if latitude >= 0 else 0.0)
    flat = (planes["kind"] == "flat").to_numpy()
    tilt = np.where(flat, config.rack_tilt_deg, planes["surface_tilt"])
    azimuth = np.where(flat, facing, planes["surface_azimuth"])
    racks = lay_racks(usable[flat], config.rack_tilt_deg, azimuth[flat], config.rack_gcr, module)
    parallel = lay_parallel(usable[~flat], tilt[~flat], azimuth[~flat], module)
    modules, shapes, shading = np.zeros(len(planes), dtype=np.int64), np.empty(len(planes), dtype=object), np.zeros(len(planes))
    modules[flat], modules[~flat] = racks.modules, parallel.modules
    shapes[flat], shapes[~flat] = racks.rectangles, parallel.rectangles
    shading[flat] = _shading(racks, module, config, facing, latitude)
    return pd.DataFrame(
        {
            "array_id": planes["roof_id"] + "-a", "roof_id": planes["roof_id"], "building_id": planes["building_id"], "surface_tilt": tilt, "surface_azimuth": azimuth,
            "mounting": np.where(flat, "rack", "coplanar"), "modules": modules, "kwp": modules * config.module_wp / 1000.0,
            "module_area_m2": modules * module.width_m * module.length_m, "row_shading": shading, "geometry": shapes,
        }
    )  # fmt: skip


def _shading(racks: Layout, module: Module, config: ArraysConfig, facing: float, latitude: float) -> NDArray[np.float64]:
    """Loss by the row in front for each array of racks, by the side that lies along the slope."""
    sides = (module.length_m, module.width_m)
    loss = [row_shading(latitude, config.rack_tilt_deg, facing, s / rack_pitch(s, config.rack_tilt_deg, config.rack_gcr, module.gap_m)) for s in sides]
    return np.where(racks.portrait, *loss)
