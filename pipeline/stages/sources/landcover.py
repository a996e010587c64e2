"""The town's own land cover on the cells of the surface."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.compute import Compute, TileInput
from pipeline.config.sources import LandcoverConfig, Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import COVER_CODES, Buildings, Landcover, Parcels, Surface
from pipeline.contracts.spec import Raster, RasterBlocks, Table
from pipeline.core.grid import Grid, Window
from pipeline.core.land.cover import PARCEL_RANK, SEALED, WATER, Rules, classify, pack
from pipeline.errors import ConfigError, InputError
from pipeline.io.cover import open_codes, read_cover
from pipeline.io.density import open_density
from pipeline.io.imagery import open_pictures
from pipeline.io.rasters import BandInput, BurnInput

CODED = ("ispra", "worldcover")
KINDS = ("cover_vector", *CODED, "imperviousness", "sentinel2", "orthophoto")
EAVES_M = 1.0  # roofs reach beyond a surveyed outline by about this much; the surface model shows the roof


def landcover(
    surface: Raster[Surface],
    buildings: Table[Buildings] | None,
    parcels: Table[Parcels] | None,
    layers: Layers | None,
    config: LandcoverConfig,
    town: Town,
    compute: Compute,
    notes: Notes,
) -> Raster[Landcover]:
    """Class and confidence of each cell of the surface: see `pipeline.core.land.cover.classify` for the rules.

    Parameters
    ----------
    surface
        Gives the grid and the height above ground.
    buildings
        Footprints.
    parcels
        Only kinds road and water say something of the cover.
    layers
        Kinds cover_vector (polygons with a class), ispra and worldcover (rasters of codes), each with a legend;
        imperviousness (per cent); sentinel2 and orthophoto (red and near infrared).
    config
        Section `landcover`.
    town
        For the reference system.
    compute
        Runs the blocks.
    notes
        Receives the share of each class when the blocks have been read.

    Returns
    -------
    RasterBlocks
        Bands cover and confidence, uint8; 0 where nothing is known. Confidence is a rank, not a probability.

    Raises
    ------
    ConfigError
        When `cell_m` is not the surface's, or a legend is missing.
    InputError
        When a source cannot be read.
    """
    grid = surface.grid
    if config.cell_m is not None and abs(config.cell_m - grid.cell_m) > 1e-6 * grid.cell_m:
        raise ConfigError(
            f"landcover.cell_m: {config.cell_m:g}; the land cover is made on the cells of the surface, {grid.cell_m:g} m: leave the key out"
        )
    kinds = {k: tuple(y for y in layers or () if y.source.kind == k) for k in KINDS}
    if others := sorted({y.source.kind for y in layers or ()} - set(KINDS)):
        raise InputError(f"sources.landcover: kind {', '.join(others)}; expected {', '.join(KINDS)}")
    light = open_pictures(kinds["sentinel2"] + kinds["orthophoto"], grid, notes)
    rules = Rules(config.tree_height_m, math.ceil(EAVES_M / grid.cell_m), config.ndvi_vegetation, config.ndvi_bare, light.rank)
    inputs: list[TileInput] = [
        BandInput(surface.path, "height"),
        _footprints(buildings),
        read_cover(kinds["cover_vector"], town.epsg, notes),
        _parcels(parcels),
        open_codes(tuple(y for y in layers or () if y.source.kind in CODED), grid, notes),
        light if light.pictures else BurnInput(np.empty(0, dtype=object), np.empty(0), math.nan),
    ]

    def made(density: TileInput) -> Iterator[tuple[Window, NDArray[np.uint8]]]:
        return compute.tiles(classify, [*inputs, density], grid, halo_m=rules.eaves_cells * grid.cell_m, params=(rules,))

    nothing = BurnInput(np.empty(0, dtype=object), np.empty(0))
    density = open_density(kinds["imperviousness"], grid, notes)
    # Twice where there is imperviousness: what the other sources decide first, then its rest over what they leave open.
    blocks = made(nothing) if density is None else made(density.without(grid, made(nothing)))
    _explain(config, buildings, parcels, kinds, surface, notes)
    return RasterBlocks(grid, _counted(blocks, grid, notes))


def _footprints(buildings: Table[Buildings] | None) -> BurnInput:
    shapes = np.empty(0, dtype=object) if buildings is None else np.asarray(buildings.geometry.array, dtype=object)
    return BurnInput(shapes, np.ones(len(shapes)))


def _parcels(parcels: Table[Parcels] | None) -> BurnInput:
    if parcels is None:
        return BurnInput(np.empty(0, dtype=object), np.empty(0))
    values = (
        parcels["kind"].map({"road": pack(SEALED, PARCEL_RANK), "water": pack(WATER, PARCEL_RANK)}).fillna(0).to_numpy(dtype=np.float64)
    )
    return BurnInput(np.asarray(parcels.geometry.array, dtype=object)[values > 0], values[values > 0])


def _explain(
    config: LandcoverConfig, buildings: Table[Buildings] | None, parcels: Table[Parcels] | None, kinds: dict[str, Layers], surface: Raster[Surface], notes: Notes
) -> None:
    notes.assume(
        f"Trees: surface at least {config.tree_height_m:g} m above ground (>=) off buildings, on vegetated, bare or coarsely mapped ground; over mapped pavement and roads the ground counts."
    )
    if surface.basis != "surface":
        notes.warn("The surface is a height model: no tree was measured; trees are only where the mapped cover has them.")
    if kinds["sentinel2"] or kinds["orthophoto"]:
        notes.assume(f"NDVI: vegetated from {config.ndvi_vegetation:g} on (>=), without vegetation below {config.ndvi_bare:g}; in between it says nothing. It decides only where coarse sources or none do, and never tells bare from sealed.")
    if kinds["imperviousness"]:
        notes.assume("Imperviousness decides only ground nothing else does: each coarse cell keeps its sealed share, less what is known to be sealed; where in the cell is not known (rank 20), so single cells mean nothing there, sums do.")
    notes.assume("Confidence is a rank of the sources, not a probability.")
    if parcels is not None:
        notes.assume("Road parcels are taken as sealed, unpaved ones too.")
    if buildings is None:
        notes.warn("Land cover without building footprints: buildings are known only where the mapped cover has them.")
    if not any(kinds.values()) and parcels is None:
        notes.warn("Land cover knows only the building footprints: there are neither parcels nor a land-cover layer.")


def _counted(blocks: Iterator[tuple[Window, NDArray[np.uint8]]], grid: Grid, notes: Notes) -> Iterator[tuple[Window, NDArray[np.uint8]]]:
    cells = np.zeros(max(COVER_CODES.values()) + 1, dtype=np.int64)
    for window, array in blocks:
        cells += np.bincount(array[0].ravel(), minlength=len(cells))
        yield window, array
    total = grid.rows * grid.cols
    notes.count("cells", total)
    notes.count("cells not known", int(cells[0]))
    notes.figure("covered_share", 1 - cells[0] / total)
    for name, code in COVER_CODES.items():
        notes.figure(f"{name}_share", cells[code] / total)
