"""What the validation runs on: the generated neighbourhood made by the real stages, and the real data where it is there."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline import OpenTown, open_town
from pipeline.compute import on
from pipeline.config.solar import RoofsConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import Raster, RasterBlocks, TableParts
from pipeline.core.grid import Grid, Window
from pipeline.io import rasters
from pipeline.recipes import Place, make_plan
from pipeline.runner import run_stage
from pipeline.stages.solar.roofs import roofs

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
MISSING = "skipped: the real data (../shared/data/{}) is not on this machine"


@dataclass(frozen=True)
class Made:
    """A town that was made, and the folder of its results."""

    town: OpenTown
    processed: Path

    def read(self, stage: str) -> Any:
        """A stage's output."""
        return self.town.read(stage)


def build(town_dir: str, out: Path, until: tuple[str, ...]) -> Made:
    """Run a town's stages up to some into a folder, in this process."""
    name = Path(town_dir).name
    place = Place(ROOT / town_dir, out / "data/processed" / name, out / "maps" / name)
    plan = make_plan(place, with_recipes=False)
    wanted = set(until)
    for stage in reversed(plan.active):
        if stage.name in wanted:
            wanted |= {i.name for i in stage.inputs}
            wanted |= {"synthetic"} if any(y.source.synthetic for y in plan.layers.get(stage.name, ())) else set()
    # The generated layers are a source of the others, which their signatures do not say.
    for stage in sorted(plan.active, key=lambda s: (s.name != "boundary", s.name != "synthetic")):
        if stage.name in wanted:
            run_stage(stage.name, place)
    return Made(open_town(name, out, ROOT / town_dir), place.processed)


def call(stage: Callable[..., Any], **given: Any) -> Any:
    """Call a stage with those of the values its signature asks for; optional inputs that are not given are absent."""
    asked = inspect.signature(stage).parameters
    with on("threads") as compute:
        services = {"compute": compute, "notes": Notes()} | given
        made = stage(**{name: services.get(name) for name in asked})
        return made.whole() if isinstance(made, TableParts) else made


def found_planes(buildings: gpd.GeoDataFrame, surface: Raster[Surface]) -> gpd.GeoDataFrame:
    """The stage `roofs`, with its defaults."""
    made: gpd.GeoDataFrame = call(roofs, buildings=buildings, surface=surface, config=RoofsConfig())
    return made


def write_surface(path: Path, surface: Any, ground: Any, grid: Grid) -> Raster[Surface]:
    """Arrays as a raster of the contract `Surface`."""
    bands = np.stack([ground, surface, surface - ground]).astype(np.float32)
    rasters.write(path, Surface, RasterBlocks(grid, iter([(Window(0, 0, *grid.shape), bands)])))
    return rasters.open_raster(path)


@dataclass(frozen=True)
class PlaneCells:
    """Cells of roof planes from which modules look: row, column, elevation of the plane there, and the plane's row in `roofs`."""

    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    stand: NDArray[np.float64]
    plane: NDArray[np.int64]


def cells_of_planes(roofs: gpd.GeoDataFrame, surface: Raster[Surface], top: NDArray[np.float32]) -> PlaneCells:
    """Cells whose centre a plane's outline holds and whose elevation is within 0.25 m of the plane, as docs/methods/solar.md says."""
    some = np.flatnonzero((roofs["kind"] != "none").to_numpy())
    grid = surface.grid
    owner = rasters.burn(roofs.geometry.to_numpy()[some], some + 1, grid, dtype="int32").astype(np.int64) - 1
    rows, cols = np.nonzero(owner >= 0)
    plane = owner[rows, cols]
    point = shapely.point_on_surface(roofs.geometry.to_numpy())
    slope, facing = np.tan(np.radians(roofs["surface_tilt"].to_numpy())), np.radians(np.nan_to_num(roofs["surface_azimuth"].to_numpy()))
    east = grid.west + (cols + 0.5) * grid.cell_m - shapely.get_x(point)[plane]
    north = grid.north - (rows + 0.5) * grid.cell_m - shapely.get_y(point)[plane]
    stand = roofs["plane_z_m"].to_numpy()[plane] - slope[plane] * (np.sin(facing[plane]) * east + np.cos(facing[plane]) * north)
    on = np.abs(top[rows, cols] - stand) <= 0.25
    return PlaneCells(rows[on], cols[on], stand[on], plane[on])


def band(town: Made, name: str) -> NDArray[np.float32]:
    """A band of a town's surface."""
    cells: NDArray[np.float32] = rasters.read(town.read("surface"), name)
    return cells
