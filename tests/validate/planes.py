"""Roof planes against published and generated truth, and on real LiDAR."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
from numpy.typing import NDArray

from pipeline.core.grid import Grid
from pipeline.io import rasters
from tests.validate.places import MISSING, SHARED, Made, band, found_planes, write_surface
from tests.validate.tables import Bar, Cell, Result

FLAT_BELOW_DEG = 5.0
LEAST_M2, MOST_DEG = 8.0, 60.0
HEAD = ("planes", "number", "found", "tilt MAE °", "tilt p90 °", "azimuth MAE °", "azimuth p90 °", "flat or pitched right")
TILTS = (0.0, 5.0, 15.0, 30.0, 45.0, 60.0)
SIZES = (8.0, 20.0, 50.0, 100.0, np.inf)
# A plane is found when one plane holds at least this share of its cells; what is not found counts with its errors all the same.
HALF = 0.5


@dataclass
class Matched:
    """True planes and how far the plane that holds most of each one's cells is off.

    Attributes
    ----------
    tilt, area
        True tilt [°] and area in the slope [m2].
    share
        Share of the plane's cells that lie in the one found plane.
    tilt_off, azimuth_off
        [°]; 90 and 180 where nothing was found. The azimuth is NaN where the true plane is flat.
    right
        Both flat or both pitched.
    found
        Rows of `roofs`, all but those of kind "none".
    """

    tilt: NDArray[np.float64]
    area: NDArray[np.float64]
    share: NDArray[np.float64]
    tilt_off: NDArray[np.float64]
    azimuth_off: NDArray[np.float64]
    right: NDArray[np.bool_]
    found: gpd.GeoDataFrame

    def row(self, name: str, at: Any = slice(None)) -> tuple[Cell, ...]:
        """A row of the table for some of the planes."""
        tilt, turn = self.tilt_off[at], self.azimuth_off[at]
        turn = turn[np.isfinite(turn)]
        turned = (float(turn.mean()), float(np.percentile(turn, 90))) if len(turn) else (np.nan, np.nan)
        return name, len(tilt), f"{(self.share[at] >= HALF).mean():.1%}", float(tilt.mean()), float(np.percentile(tilt, 90)), *turned, f"{self.right[at].mean():.1%}"

    def bars(self, name: str) -> list[Bar]:
        """The bars of the project."""
        turn = self.azimuth_off[np.isfinite(self.azimuth_off)]
        return [
            Bar(f"{name}, tilt MAE", float(self.tilt_off.mean()), 1.0, "°"), Bar(f"{name}, tilt p90", float(np.percentile(self.tilt_off, 90)), 2.0, "°"),
            Bar(f"{name}, azimuth MAE", float(turn.mean()), 1.0, "°"), Bar(f"{name}, azimuth p90", float(np.percentile(turn, 90)), 2.0, "°"),
            Bar(f"{name}, flat or pitched", 100.0 * float(self.right.mean()), 97.0, "%", least=True),
        ]  # fmt: skip

    def bands(self, name: str) -> list[tuple[Cell, ...]]:
        """Rows by tilt and by size."""
        rows = [(f"{name}, tilt {a:g}-{b:g}°", (self.tilt >= a) & ((self.tilt < b) | (b == MOST_DEG) & (self.tilt == b))) for a, b in itertools.pairwise(TILTS)]
        rows += [(f"{name}, {a:g}-{b:g} m²" if np.isfinite(b) else f"{name}, over {a:g} m²", (self.area >= a) & (self.area < b)) for a, b in itertools.pairwise(SIZES)]
        return [self.row(label, at) for label, at in rows if at.any()]


def match(truth: gpd.GeoDataFrame, cells: NDArray[np.int64], found: gpd.GeoDataFrame, grid: Grid) -> Matched:
    """Compare planes by the cells they share.

    Parameters
    ----------
    truth
        True planes with surface_tilt, surface_azimuth (NaN where none is stated) and area_m2.
    cells
        Number of the true plane, from 1, in each cell of `grid`; 0 for none.
    found
        Rows of `roofs`.
    grid
        Grid of the surface.
    """
    found = found[found["kind"] != "none"]
    owner = rasters.burn(found.geometry.to_numpy(), np.arange(1, len(found) + 1), grid, dtype="int32")
    held = cells > 0
    pairs, counts = np.unique(np.stack([cells[held], owner[held]]), axis=1, return_counts=True)
    size = np.bincount(cells[held], minlength=len(truth) + 1)
    best, most = np.zeros(len(truth) + 1, dtype=int), np.zeros(len(truth) + 1)
    for (true, plane), count in zip(pairs.T, counts, strict=True):
        if plane and count > most[true]:
            best[true], most[true] = plane, count
    tilts, azimuths = (np.concatenate([[np.nan], found[c].to_numpy(dtype=float)]) for c in ("surface_tilt", "surface_azimuth"))
    tilt, azimuth = truth["surface_tilt"].to_numpy(dtype=float), truth["surface_azimuth"].to_numpy(dtype=float)
    tilt_off = np.nan_to_num(np.abs(tilts[best[1:]] - tilt), nan=90.0)
    turn = np.nan_to_num(np.abs((azimuths[best[1:]] - azimuth + 180.0) % 360.0 - 180.0), nan=180.0)
    turn[(tilt < FLAT_BELOW_DEG) | np.isnan(azimuth)] = np.nan
    right = (np.nan_to_num(tilts[best[1:]], nan=90.0) < FLAT_BELOW_DEG) == (tilt < FLAT_BELOW_DEG)
    asked = ((truth["area_m2"] >= LEAST_M2) & (truth["surface_tilt"] <= MOST_DEG)).to_numpy() & (size[1:] > 0)
    share = most[1:] / np.maximum(size[1:], 1)
    return Matched(tilt[asked], truth["area_m2"].to_numpy()[asked], share[asked], tilt_off[asked], turn[asked], right[asked], found)


def vienna(folder: Path, noise_m: float) -> Matched:
    """The LoD2 roofs of Vienna as a raster with the numbers of the planes withheld."""
    source = SHARED / "vienna"
    table = gpd.read_file(source / "roof_planes.gpkg")
    with rasterio.open(source / "roof_z_05m.tif") as src:
        z = np.where(src.read(1) < -9000, np.nan, src.read(1)).astype(float)
        grid = Grid(src.transform.c, src.transform.f, src.transform.a, *z.shape, src.crs.to_epsg())
    with rasterio.open(source / "plane_id_05m.tif") as src:
        number = src.read(1)
    z += np.random.default_rng(1).normal(0.0, noise_m, z.shape) if noise_m else 0.0
    surface = write_surface(folder / "vienna.tif", z, np.full(z.shape, np.nanmin(z) - 20.0), grid)
    outline = table.dissolve("bldg_id").reset_index()[["bldg_id", "geometry"]].rename(columns={"bldg_id": "building_id"}).set_crs(grid.epsg, allow_override=True)
    facing = table["attr_dachorientierung"].astype(float)
    truth = table.assign(surface_tilt=90.0 - table["attr_dachneigung"], surface_azimuth=facing.where(facing >= 0), area_m2=table["area3d"])
    place = np.zeros(int(max(number.max(), table["pid"].max())) + 1, dtype=np.int64)
    place[table["pid"]] = np.arange(1, len(table) + 1)
    return match(truth, place[np.maximum(number, 0)], found_planes(outline, surface), grid)


def generated(town: Made, folder: Path, noise_m: float) -> Matched:
    """The generated neighbourhood: roofs and stair-heads by the planes they were made of."""
    surface, found = town.read("surface"), town.read("roofs")
    if noise_m:
        top, ground = band(town, "surface"), band(town, "ground")
        noisy = top + np.random.default_rng(2).normal(0.0, noise_m, top.shape)
        found = found_planes(town.read("buildings"), write_surface(folder / "noisy.tif", noisy, ground, surface.grid))
    truth = gpd.read_parquet(town.processed / "synthetic" / "truth_planes.parquet")
    # The cells of a true plane are those whose centre it holds: the generator gives each cell the elevation at its centre.
    cells = rasters.burn(truth.geometry.to_numpy(), np.arange(1, len(truth) + 1), surface.grid, dtype="int32").astype(np.int64)
    return match(truth, cells, found, surface.grid)


def against_truth(town: Made, folder: Path) -> Result:
    """Both truths in one table."""
    result = Result("planes", "Roof planes against truth", HEAD)
    sets: dict[str, Matched] = {}
    if (SHARED / "vienna").exists():
        sets["Vienna, clean"], sets["Vienna, 5 cm noise"] = vienna(folder, 0.0), vienna(folder, 0.05)
    else:
        result.notes.append(f"Vienna {MISSING.format('vienna')}.")
    sets["generated, clean"], sets["generated, 5 cm noise"] = generated(town, folder, 0.0), generated(town, folder, 0.05)
    for name, m in sets.items():
        result.rows.append(m.row(name))
        result.bars += m.bars(name) if name != "generated, 5 cm noise" else []
    for name, m in sets.items():
        result.rows += m.bands(name) if "noise" in name else []
    result.notes.append(
        "Planes of at least 8 m² in the slope and at most 60°, plane numbers withheld; each is compared with the found plane that holds most of its cells. A plane of which nothing was "
        "found counts with 90° and 180°; found: that plane holds at least half of the cells. Azimuth where the true tilt is at least 5°. Vienna: published slope and orientation of LoD2 roofs, "
        "rasterised at 0.5 m (City of Vienna, CC BY 4.0); nothing is asked of the generated town with noise: a plane of 8 m² has eight of its 1 m cells. It has parapets, stair-heads, tanks and chimneys."
    )
    result.plots = sets
    return result


def delft(town: Made | None) -> Result:
    """Delft's LiDAR: no truth, so what can be told without one."""
    result = Result("planes_delft", "Roof planes of a block in Delft, real LiDAR (AHN3), no truth", ("planes of at least 8 m²", "found"))
    if town is None:
        result.notes.append(f"Delft {MISSING.format('delft')}.")
        return result
    roofs, buildings = town.read("roofs"), town.read("buildings")
    planes = roofs[(roofs["kind"] != "none") & (roofs["area_m2"] >= LEAST_M2)]
    whole = buildings.geometry.area.sum()
    result.rows = [
        ("buildings, with a plane", f"{len(buildings)}, {planes['building_id'].nunique()}"), ("planes", len(planes)),
        *((f"of them {kind}", int(n)) for kind, n in planes["kind"].value_counts().sort_index().items()),
        ("plan area of the planes over that of the footprints", f"{planes['plan_area_m2'].sum() / whole:.1%}"),
        ("residual, median", f"{planes['residual_m'].median() * 100:.1f} cm"), ("residual, p90", f"{planes['residual_m'].quantile(0.9) * 100:.1f} cm"),
        ("inlier share, median", f"{planes['inlier_share'].median():.1%}"),
        ("pitched: tilt, p10, median, p90", " / ".join(f"{v:.0f}°" for v in planes.loc[planes["kind"] == "pitched", "surface_tilt"].quantile([0.1, 0.5, 0.9]))),
    ]  # fmt: skip
    result.notes.append(f"A gable's two planes face opposite ways: of the pitched planes, {_paired(planes):.0%} have another of the same building within 10° of the opposite azimuth and 5° of the tilt.")
    return result


def _paired(planes: gpd.GeoDataFrame) -> float:
    """Share of pitched planes with an opposite one on their building."""
    pitched = planes[planes["kind"] == "pitched"]
    hit = 0
    for _, group in pitched.groupby("building_id"):
        a, t = group["surface_azimuth"].to_numpy(), group["surface_tilt"].to_numpy()
        apart = np.abs((a[:, None] - a[None, :]) % 360.0 - 180.0)
        hit += int(((apart < 10.0) & (np.abs(t[:, None] - t[None, :]) < 5.0)).any(axis=1).sum())
    return hit / max(len(pitched), 1)
