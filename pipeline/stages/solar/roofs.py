"""Roof planes of every building, from the surface inside its footprint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.compute import Compute, lots
from pipeline.config.solar import RoofsConfig
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Roofs
from pipeline.contracts.sources import Buildings, Surface
from pipeline.contracts.spec import Raster, Slim, Table, TableParts
from pipeline.core.solar.planes import MIN_CELLS, PlaneRules
from pipeline.core.solar.rooftops import BuildingCells, Rooftops, rooftops
from pipeline.core.solar.spikes import spikes
from pipeline.core.solar.vaults import DOME, VAULT
from pipeline.io import rasters
from pipeline.io.shelf import Outlines

GROUP_CELLS = 512
PART_ROWS = 1024
MIN_KNOWN_SHARE = 0.5
# Elevations so far apart that single cells must be looked at; never written.
SPIKY = "spiky"
# What is counted at the end.
SEEN = ["building_id", "kind", "reason"]
# Figures that a row without a plane does not have.
UNKNOWN = ["surface_tilt", "surface_azimuth", "residual_m", "inlier_share", "tilt_se_deg", "plane_z_m"]


def roofs(buildings: Slim[Buildings], surface: Raster[Surface], config: RoofsConfig, compute: Compute, notes: Notes) -> Table[Roofs]:
    """Planes with tilt, azimuth, area and outline; one row of kind "none" with the reason for a building without any.

    Parameters
    ----------
    buildings
        Footprints.
    surface
        Elevation of ground and surface.
    config
        Section `roofs` of town.yaml.
    compute
        Parallel verbs.
    notes
        Planes by kind and reason, and buildings without planes, are counted here.

    Returns
    -------
    TableParts[Roofs]
        Group by group as they are fitted. `area_m2` is the outline's area over the cosine of the tilt. A flat plane keeps the small tilt and the azimuth
        that were fitted; a level one faces 180. A vault or dome is one row with its mean plane, the area of its curved
        surface, and the reason "vault" (with `vault_arrays`: the planes that fit it piecewise, without).
    """
    if surface.basis != "surface":
        notes.warn("The surface is a height model: every roof is taken as flat, without stair-heads, chimneys or trees around it.")
    return TableParts(Roofs, _parts(buildings, surface, config, compute, notes))


def _parts(buildings: Any, surface: Raster[Surface], config: RoofsConfig, compute: Compute, notes: Notes) -> Iterator[gpd.GeoDataFrame]:
    """Planes of one group of buildings after the other, then the buildings without any, counted as they pass."""
    rules = PlaneRules(inlier_m=config.inlier_m, max_planes=config.max_planes, vault_facets=config.vault_arrays)
    names = buildings["building_id"].to_numpy()
    has_plane, seen = np.zeros(len(buildings), dtype=bool), []
    groups = _Groups(buildings, surface, config)
    for found in lots(compute.batches(rooftops, groups, size=1, params=(surface.grid.cell_m, rules)), lambda f: len(f.building), PART_ROWS):
        planes = pd.concat([_table(f) for f in found], ignore_index=True)
        has_plane[planes["building"]] = True
        part = _finished(_classed(planes, groups.ground_m, config), names, surface)
        seen.append(part[SEEN])
        yield part
    reason = groups.reason
    reason[(reason == "") & ~has_plane] = "rough"
    part = _finished(_without(groups.shapes, reason), names, surface)
    yield part
    _count(pd.concat([*seen, part[SEEN]], ignore_index=True), len(buildings), notes)


def _finished(table: pd.DataFrame, names: NDArray[Any], surface: Raster[Surface]) -> gpd.GeoDataFrame:
    """Rows with the identifiers and the basis, in the columns of the contract."""
    table["building_id"] = names[table["building"]]
    table["roof_id"] = table["building_id"] + "-" + table["number"].astype(str)
    table["basis"] = surface.basis
    return gpd.GeoDataFrame(table[[*Roofs.columns(), "geometry"]], geometry="geometry", crs=surface.grid.epsg)


@dataclass
class _Groups(Sequence[Any]):
    """Buildings by the block of the raster that holds their middle; a block is read when its group is asked for."""

    buildings: Any
    surface: Raster[Surface]
    config: RoofsConfig

    def __post_init__(self) -> None:
        grid = self.surface.grid
        self.shapes = Outlines(self.buildings["geometry"])
        self.bounds = self.shapes.bounds
        self.reason = np.full(len(self.shapes), "", dtype=object)
        self.ground_m = np.full(len(self.shapes), np.nan)
        row = np.floor((grid.north - self.bounds[:, [1, 3]].mean(axis=1)) / grid.cell_m / GROUP_CELLS)
        col = np.floor((self.bounds[:, [0, 2]].mean(axis=1) - grid.west) / grid.cell_m / GROUP_CELLS)
        _, group = np.unique(np.column_stack([row, col]), axis=0, return_inverse=True)
        self.members = [np.flatnonzero(group == g) for g in range(group.max(initial=-1) + 1)]

    def __len__(self) -> int:
        return len(self.members)

    def __getitem__(self, part: Any) -> list[list[BuildingCells]]:
        return [list(self._read(members)) for members in self.members[part]]

    def _read(self, members: NDArray[np.int64]) -> Iterator[BuildingCells]:
        bounds = self.bounds[members]
        window = self.surface.grid.window((*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)))
        if not window.rows or not window.cols:
            self.reason[members] = "no_surface"
            return
        grid = self.surface.grid.crop(window)
        touching = self.shapes.touching(*grid.bounds)
        owner = rasters.burn(self.shapes[touching], touching + 1, grid, dtype="int32")
        top, height = (rasters.read(self.surface, band, window) for band in ("surface", "height"))
        self._judge(members, owner, top, height)
        for k, shape in zip(members, self.shapes[members], strict=True):
            if self.reason[k] not in ("", SPIKY):
                continue
            block = grid.window(tuple(self.bounds[k]))
            cut = (slice(block.row, block.row + block.rows), slice(block.col, block.col + block.cols))
            inside = owner[cut] == k + 1
            if self.reason[k] == SPIKY:
                self.reason[k] = self._spikes(inside, top[cut], height[cut])
            if self.reason[k] == "":
                corner = grid.crop(block)
                yield BuildingCells(int(k), shape, top[cut], inside, corner.west, corner.north)

    def _judge(self, members: NDArray[np.int64], owner: NDArray[np.int32], top: NDArray[np.float32], height: NDArray[np.float32]) -> None:
        """Ground of some buildings, and why the surface cannot show a plane of them; "" where it may, `SPIKY` where single cells tell."""
        number = owner.ravel().astype(np.int64) - 1
        at = np.flatnonzero(number >= 0)
        place = np.minimum(np.searchsorted(members, number[at]), len(members) - 1)
        own = members[place] == number[at]
        at, place = at[own], place[own]
        cells = np.bincount(place, minlength=len(members))
        low, _, high, known = _ranks(top.ravel()[at], place, len(members))
        above = _ranks(height.ravel()[at], place, len(members))[1]
        self.ground_m[members] = _ranks((top - height).ravel()[at], place, len(members))[1]
        self.reason[members] = np.select(
            [
                self.shapes.area[members] < MIN_CELLS * self.surface.grid.cell_m**2, (known == 0) | (known < MIN_KNOWN_SHARE * cells),
                above > self.config.max_height_m, above < self.config.min_height_m, high - low > self.config.spike_m,
            ], ["too_small", "no_surface", "implausible", "surface_older", SPIKY], "",
        )  # fmt: skip

    def _spikes(self, inside: NDArray[np.bool_], top: NDArray[np.float32], height: NDArray[np.float32]) -> str:
        """The reason against a building with too many cells that cannot be right; "" where they are few."""
        bad = spikes(np.where(inside, top, np.nan), self.config.spike_m) | (inside & (height > self.config.max_height_m))
        return "implausible" if np.count_nonzero(bad) > self.config.max_spike_share * np.count_nonzero(inside & np.isfinite(top)) else ""


def _ranks(values: NDArray[np.float32], place: NDArray[np.int64], number: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Lowest, median (the lower of two) and highest known value of each place, NaN where nothing is known, and how many are."""
    at = np.flatnonzero(np.isfinite(values))
    order = at[np.argsort(values[at])]
    # In few bits, which numpy sorts by their digits.
    order = order[np.argsort(place[order].astype(np.min_scalar_type(number)), kind="stable")]
    ranked = np.append(values[order], np.float32(np.nan))
    known = np.bincount(place[at], minlength=number)
    first = np.cumsum(known) - known
    low, middle, high = (ranked[np.where(known > 0, first + step, len(ranked) - 1)] for step in (0, (known - 1) // 2, known - 1))
    return low, middle, high, known


def _table(part: Rooftops) -> pd.DataFrame:
    table = pd.DataFrame({name: values for name, values in vars(part).items() if name != "outline"})
    table["geometry"] = part.outline
    return table


def _classed(planes: pd.DataFrame, ground_m: NDArray[np.float64], config: RoofsConfig) -> pd.DataFrame:
    """Planes with kind and reason; those too high to be true keep outline and reason only."""
    tilt, area = planes["surface_tilt"], planes["area_m2"]
    curved = planes["curved"].to_numpy()
    kind = np.select([curved == VAULT, curved == DOME, tilt < config.flat_below_deg], ["vault", "dome", "flat"], "pitched").astype(object)
    wild = (planes["plane_z_m"] - ground_m[planes["building"]] > config.max_height_m).to_numpy()
    vault = (curved > 0) & (not config.vault_arrays)
    reason = np.select([wild, vault, tilt > config.max_tilt_deg, area < config.min_area_m2], ["implausible", "vault", "too_steep", "too_small"], "")
    kind[wild] = "none"
    planes = planes.assign(kind=kind, reason=pd.Series(reason, index=planes.index, dtype=object).replace("", None))
    planes.loc[wild, UNKNOWN] = np.nan
    planes.loc[wild, "area_m2"] = planes.loc[wild, "plan_area_m2"]
    return planes


def _without(footprints: Outlines, reason: NDArray[np.object_]) -> pd.DataFrame:
    """One row for each building without a plane: its footprint and the reason."""
    rows = np.flatnonzero(reason != "")
    table = pd.DataFrame({"building": rows, "number": 1, "kind": "none", "reason": reason[rows]})
    table[UNKNOWN] = np.nan
    table["plan_area_m2"] = table["area_m2"] = footprints.area[rows]
    table["geometry"] = footprints[rows]
    return table


def _count(table: pd.DataFrame, buildings: int, notes: Notes) -> None:
    notes.count("buildings", buildings)
    for kind in ("flat", "pitched", "vault", "dome"):
        notes.count(f"planes: {kind}", int((table["kind"] == kind).sum()))
    notes.count("buildings without a plane", buildings - table.loc[table["kind"] != "none", "building_id"].nunique())
    for reason, number in table["reason"].value_counts().sort_index().items():
        notes.count(f"not usable: {reason}", int(number))
    wild = table.loc[table["reason"] == "implausible", "building_id"].nunique()
    if wild:
        notes.warn(f"the surface of {wild} buildings holds elevations that cannot be right (too high over the ground, or spikes); look at the elevation tiles there")
    older = int((table["reason"] == "surface_older").sum())
    if older:
        notes.warn(f"{older} buildings do not show in the surface model: it is older than they are, or they are gone")
