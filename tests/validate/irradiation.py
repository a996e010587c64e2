"""The shaded year of roof planes against a slow reference: all cells, 720 azimuths, the sun every six minutes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS, Proj, Transformer

from pipeline.config.solar import HorizonConfig, IrradiationConfig
from pipeline.core.solar.horizon import fill_voids
from pipeline.io import rasters
from tests.reference.march import march_horizons
from tests.reference.year import plane_year, sun_way
from tests.validate.places import Made, PlaneCells, band, cells_of_planes
from tests.validate.tables import Bar, Cell, Result

HEAD = ("planes", "number", "lost to shading", "MAE", "p95", "bias", "largest")
LOSSES = (0.0, 0.02, 0.10, 0.25, 1.0)
EACH, ANY = 6, 20  # planes of each class of loss and form; planes drawn from all of them, which are also read as columns
MOST_CELLS = 200
WEATHER = ("ghi", "dni", "dhi", "temp_air", "wind_speed", "solar_zenith", "solar_azimuth", "dni_extra")


@dataclass
class Compared:
    """Planes (rows of `roofs`), ours and the reference [kWh/m2]; with columns read instead of the bilinear surface NaN where it was not tried."""

    plane: NDArray[np.int64]
    tilt: NDArray[np.float64]
    azimuth: NDArray[np.float64]
    loss: NDArray[np.float64]
    ours: NDArray[np.float64]
    reference: NDArray[np.float64]
    columns: NDArray[np.float64]

    @property
    def error(self) -> NDArray[np.float64]:
        """Ours over the reference, less 1."""
        return self.ours / self.reference - 1.0

    def row(self, name: str, at: Any) -> tuple[Cell, ...]:
        """A row of the table."""
        e = self.error[at]
        off = np.abs(e)
        return (name, len(e), f"{self.loss[at].mean():.1%}", *(f"{v:.2%}" for v in (off.mean(), np.percentile(off, 95))), f"{e.mean():+.2%}", f"{off.max():.2%}")


def choose(table: pd.DataFrame, cells: PlaneCells, each: int) -> NDArray[np.int64]:
    """Rows of `roofs`: flat and pitched planes of every class of shading, drawn by a fixed seed."""
    size = np.bincount(cells.plane, minlength=len(table))
    loss = 1.0 - table["poa_kwh_m2"] / table["poa_unshaded_kwh_m2"]
    fit = (size >= 6) & (size <= MOST_CELLS)
    rng = np.random.default_rng(5)
    picked: list[int] = []
    for flat in (True, False):
        for low, high in itertools.pairwise(LOSSES):
            rows = np.flatnonzero(fit & (table["kind"] == "flat").eq(flat) & (loss >= low) & (loss < high))
            picked += sorted(rng.choice(rows, min(each, len(rows)), replace=False).tolist())
    return np.array(picked)


def compare(town: Made, planes: NDArray[np.int64], *, columns: bool = False) -> Compared:
    """Run the reference on some planes (rows of `roofs`) of a town that was made."""
    table, cells, top = _table(town)
    surface, weather = town.read("surface"), town.read("weather")
    year = {name: weather[name].to_numpy() for name in WEATHER}
    turn = _convergence(surface.grid.epsg, tuple(table.total_bounds))
    year["solar_azimuth"] = (year["solar_azimuth"] - turn) % 360.0
    way = sun_way(town.processed / "synthetic" / "tmy.csv", turn)
    z = fill_voids(top)
    reach, lift, albedo = HorizonConfig().reach_m, HorizonConfig().lift_m, IrradiationConfig().albedo
    tilt, azimuth = table["surface_tilt"].to_numpy()[planes], np.nan_to_num(table["surface_azimuth"].to_numpy())[planes]
    sums = np.full((2, len(planes)), np.nan)
    for i, plane in enumerate(planes):
        at = np.flatnonzero(cells.plane == plane)
        for k in range(1 + columns):
            # A column begins half a cell away, where the next block stands.
            seen = march_horizons(z, surface.grid.cell_m, cells.rows[at], cells.cols[at], cells.stand[at] + lift, np.arange(720) / 2, reach, columns=k == 1, start=1.0 - 0.5 * k)
            sums[k, i] = plane_year(year, way, seen, tilt[i], azimuth[i], albedo)
    ours, free = table["poa_kwh_m2"].to_numpy()[planes], table["poa_unshaded_kwh_m2"].to_numpy()[planes]
    return Compared(planes, tilt, azimuth, 1.0 - sums[0] / free, ours, sums[0], sums[1])


def _table(town: Made) -> tuple[Any, PlaneCells, NDArray[np.float32]]:
    """Roofs with their irradiation, their cells, and the surface."""
    roofs, top = town.read("roofs"), band(town, "surface")
    return roofs.merge(town.read("irradiation"), on="roof_id", how="left"), cells_of_planes(roofs, town.read("surface"), top), top


def _map_means(town: Made, cells: PlaneCells) -> NDArray[np.float64]:
    """Mean of the map `sunmap` over the cells of each plane [kWh/m2], NaN where it has none."""
    raster = town.read("sunmap")
    values = rasters.read(raster, "poa_kwh_m2")[cells.rows, cells.cols].astype(float)
    known = np.isfinite(values)
    count = len(town.read("roofs"))
    sums, number = np.bincount(cells.plane[known], values[known], minlength=count), np.bincount(cells.plane[known], minlength=count)
    return np.divide(sums, number, out=np.full(count, np.nan), where=number > 0)


def _convergence(epsg: int, bounds: tuple[float, ...]) -> float:
    """Angle from true north to the grid's north at the middle of the bounds [deg], by PROJ."""
    crs = CRS.from_epsg(epsg)
    east, north = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    place = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(east, north)
    return float(Proj(crs).get_factors(*place).meridian_convergence)


def against_reference(town: Made) -> Result:
    """All chosen planes, and by loss, tilt and azimuth."""
    result = Result("irradiation", "Shaded irradiation of roof planes against a slow reference", HEAD)
    table, cells, _ = _table(town)
    found = compare(town, choose(table, cells, EACH))
    size = np.bincount(cells.plane, minlength=len(table))
    usual = np.flatnonzero((size >= 6) & (size <= MOST_CELLS))
    anyone = compare(town, np.sort(np.random.default_rng(6).choice(usual, min(ANY, len(usual)), replace=False)), columns=True)
    off = np.abs(found.error)
    result.rows.append(found.row("all", slice(None)))
    groups: list[tuple[str, NDArray[np.bool_]]] = [(f"lost {a:.0%}-{b:.0%}", (found.loss >= a) & (found.loss < b)) for a, b in itertools.pairwise(LOSSES)]
    groups += [(f"tilt {a:g}-{b:g}°", (found.tilt >= a) & (found.tilt < b)) for a, b in ((0, 5), (5, 15), (15, 90))]
    toward = np.floor((found.azimuth + 45.0) % 360.0 / 90.0).astype(int)
    groups += [(f"pitched, facing {name}", (found.tilt >= 5) & (toward == k)) for k, name in enumerate(("north", "east", "south", "west"))]
    result.rows += [found.row(name, at) for name, at in groups if at.any()]
    result.bars = [Bar("MAE", 100.0 * float(off.mean()), 0.5, "%"), Bar("p95", 100.0 * float(np.percentile(off, 95)), 2.0, "%")]
    result.rows.insert(1, anyone.row("drawn from all planes alike", slice(None)))
    mapped = replace(found, ours=_map_means(town, cells)[found.plane])
    result.rows.insert(2, mapped.row("all, mean of the map's cells", np.isfinite(mapped.ours)))
    moved = anyone.columns / anyone.reference - 1.0
    result.notes.append(
        f"Planes of the generated town (1 m cells) of at most {MOST_CELLS} cells, drawn evenly from classes of loss and form (dark ones are rare). Reference: every cell of the plane, bilinear reading in 5 cm steps to 10 m, 25 cm to 50 m, 50 cm beyond, 720 azimuths, "
        f"the sun every {6} minutes. Reading the surface as columns, which begin half a cell away, moves the {len(moved)} planes drawn from all by {np.abs(moved).mean():.1%} on average ({moved.mean():+.1%}, half of them by less than {np.median(np.abs(moved)):.1%})"
        f"{_by_form(anyone, moved)}: what the surface model does not say, and part of the band around each result."
    )
    result.plots = {"compared": found}
    return result


def _by_form(found: Compared, moved: NDArray[np.float64]) -> str:
    flat = found.tilt < 5.0
    if not flat.any() or flat.all():
        return ""
    return f", flat roofs by {np.abs(moved[flat]).mean():.1%}, pitched by {np.abs(moved[~flat]).mean():.1%}"
