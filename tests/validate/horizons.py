"""Horizons, sky view and cast shadows against marches in small steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.horizon import VOID_M, fill_voids
from pipeline.core.solar.march import margin_cells, trace
from pipeline.core.solar.shadows import shade_elevation
from pipeline.core.solar.sky import summarise
from pipeline.core.solar.skymap import sky_view
from tests.reference.march import march_horizons, march_shadows
from tests.reference.solar import brute_sky_view
from tests.validate.places import MISSING, Made, band, cells_of_planes
from tests.validate.tables import Bar, Result

REACH_M, LIFT_M, STEP_M = 100.0, 0.1, 0.05
CELLS, SUNS, SHADOW_CELLS = 250, 60, 4000
HEAD = ("surface", "cells", "horizon MAE °", "p95 °", "sky view MAE", "bias", "sky view of the raster, any cell, MAE", "cast shadows alike, roofs", "any cell", "by horizons, traced directions, roofs", "read between sectors, roofs", "any cell")


@dataclass(frozen=True)
class Scene:
    """A surface, and cells of roof planes on it with where they look from and the tilt and azimuth of their planes."""

    name: str
    surface: NDArray[np.float32]
    cell_m: float
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    eyes: NDArray[np.float64]
    tilt: NDArray[np.float64]
    azimuth: NDArray[np.float64]


def scene_of(name: str, town: Made) -> Scene:
    """Cells of all planes, evenly out of all."""
    raster, roofs, top = town.read("surface"), town.read("roofs"), band(town, "surface")
    cells = cells_of_planes(roofs, raster, top)
    margin = margin_cells(REACH_M, raster.grid.cell_m)
    near = np.minimum(np.minimum(cells.rows, raster.grid.rows - 1 - cells.rows), np.minimum(cells.cols, raster.grid.cols - 1 - cells.cols))
    # Delft's block is too small for a full margin: what lies beyond is not known, so it is padded with voids.
    top = np.pad(top, margin, constant_values=np.nan) if near.min() < margin else top
    more = margin if near.min() < margin else 0
    pick = np.linspace(0, len(cells.rows) - 1, min(SHADOW_CELLS, len(cells.rows))).astype(int)
    tilt, azimuth = (np.nan_to_num(roofs[c].to_numpy(dtype=float))[cells.plane[pick]] for c in ("surface_tilt", "surface_azimuth"))
    return Scene(name, fill_voids(top), raster.grid.cell_m, cells.rows[pick] + more, cells.cols[pick] + more, cells.stand[pick] + LIFT_M, tilt, azimuth)


def begun_nearer(scene: Scene, tangents: NDArray[np.float32]) -> float:
    """Mean difference to a march that begins half a cell away: on rough cells the bilinear surface bulges between four centres [deg]."""
    at = _few(scene)
    near = march_horizons(scene.surface, scene.cell_m, scene.rows[at], scene.cols[at], scene.eyes[at], np.arange(72) * 5.0, REACH_M, step_m=STEP_M * scene.cell_m, start=0.5)
    return float(np.abs(np.degrees(np.arctan(tangents[at])) - near).mean())


def any_cells(roofs: Scene) -> Scene:
    """Cells of the whole surface, ground and trees too, each looking from its own elevation."""
    margin = margin_cells(REACH_M, roofs.cell_m)
    known = roofs.surface > VOID_M / 2
    rows, cols = np.nonzero(known[margin:-margin, margin:-margin])
    pick = np.linspace(0, len(rows) - 1, min(SHADOW_CELLS, len(rows))).astype(int)
    rows, cols = rows[pick] + margin, cols[pick] + margin
    return replace(roofs, rows=rows, cols=cols, eyes=roofs.surface[rows, cols].astype(float) + LIFT_M)


def _few(scene: Scene) -> NDArray[np.int64]:
    return np.linspace(0, len(scene.rows) - 1, min(CELLS, len(scene.rows))).astype(int)


def horizon_and_view(scene: Scene, tangents: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Differences of horizons [deg], shape (cells, 72), and of sky views, shape (cells,)."""
    at = _few(scene)
    fine = march_horizons(scene.surface, scene.cell_m, scene.rows[at], scene.cols[at], scene.eyes[at], np.arange(720) / 2, REACH_M, step_m=STEP_M * scene.cell_m)
    off = np.degrees(np.arctan(tangents[at])) - fine[:, ::10]
    seen = summarise(tangents[at], np.arange(len(at) + 1), scene.tilt[at], scene.azimuth[at]).sky_view
    slow = np.array([brute_sky_view(h.astype(float), t, a) for h, t, a in zip(fine, scene.tilt[at], scene.azimuth[at], strict=True)])
    return off, seen - slow


def raster_view(scene: Scene) -> float:
    """Mean difference of the sky views of cells as the whole raster gives them, level, to a sum over the hemisphere."""
    at = _few(scene)
    found = sky_view(scene.surface, scene.cell_m, REACH_M, LIFT_M)[scene.rows[at], scene.cols[at]]
    fine = march_horizons(scene.surface, scene.cell_m, scene.rows[at], scene.cols[at], scene.eyes[at], np.arange(720) / 2, REACH_M, step_m=STEP_M * scene.cell_m)
    return float(np.abs(found - np.array([brute_sky_view(h.astype(float), 0.0, 0.0) for h in fine])).mean())


class Alike(NamedTuple):
    """Share of pairs of cell and sun of which both say the same: shadows cast along the ray to the sun, and by the horizon read linearly between the sectors."""

    cast: float
    horizons: float


def shadows(scene: Scene, *, traced: bool) -> Alike:
    """Against the march along the one ray to the sun; suns in the traced directions, or anywhere."""
    rng = np.random.default_rng(8)
    horizon = np.degrees(np.arctan(trace(scene.surface, scene.cell_m, scene.rows, scene.cols, scene.eyes, REACH_M)))
    elevations = np.degrees(np.arcsin(rng.uniform(np.sin(np.radians(3.0)), np.sin(np.radians(73.0)), SUNS)))
    azimuths = rng.uniform(60.0, 300.0, SUNS)
    stand = np.full(scene.surface.shape, np.inf, dtype=np.float32)
    stand[scene.rows, scene.cols] = scene.eyes
    alike = np.zeros(2)
    for azimuth, elevation in zip(np.round(azimuths / 5.0) * 5.0 if traced else azimuths, elevations, strict=True):
        s, part = int(azimuth // 5.0), azimuth % 5.0 / 5.0
        read = (1 - part) * horizon[:, s] + part * horizon[:, (s + 1) % 72] > elevation
        cast = (shade_elevation(scene.surface, stand, scene.cell_m, azimuth, elevation, REACH_M) > stand)[scene.rows, scene.cols]
        slow = march_shadows(scene.surface, scene.cell_m, scene.rows, scene.cols, scene.eyes, azimuth, elevation, REACH_M, step_m=STEP_M * scene.cell_m)
        alike += (cast == slow).sum(), (read == slow).sum()
    return Alike(*(alike / (SUNS * len(scene.rows))))


def against_marches(town: Made, delft: Made | None) -> Result:
    """Both scenes."""
    result = Result("horizon", "Horizon, sky view and cast shadows against marches in small steps", HEAD)
    nearer: list[str] = []
    between: list[str] = []
    for scene in [scene_of("generated town, 1 m", town)] + ([scene_of("Delft, LiDAR, 0.5 m", delft)] if delft else []):
        tangents = trace(scene.surface, scene.cell_m, scene.rows, scene.cols, scene.eyes, REACH_M)
        off, view = horizon_and_view(scene, tangents)
        nearer.append(f"{begun_nearer(scene, tangents):.2f}°")
        some = any_cells(scene)
        roofs, everywhere, sectors = shadows(scene, traced=False), shadows(some, traced=False), shadows(scene, traced=True)
        between.append(f"{roofs.horizons:.1%}")
        share = (roofs.cast, everywhere.cast, sectors.horizons, roofs.horizons, everywhere.horizons)
        row = (float(np.abs(off).mean()), float(np.percentile(np.abs(off), 95)), float(np.abs(view).mean()), float(view.mean()), raster_view(some))
        result.rows.append((scene.name, len(_few(scene)), *row, *(f"{v:.2%}" for v in share)))
        asked = ("cast shadows alike, roofs, any direction", "cast shadows alike, any cell, any direction", "shadows by horizons alike, roofs, traced directions")
        result.bars += [
            Bar(f"{scene.name}, horizon MAE", row[0], 0.5, "°"), Bar(f"{scene.name}, sky view MAE", row[2], 0.008), Bar(f"{scene.name}, sky view of the raster, MAE", row[4], 0.008),
            *(Bar(f"{scene.name}, {what}", 100.0 * v, 99.5, "%", least=True) for what, v in zip(asked, share[:3], strict=True)),
        ]  # fmt: skip
    if delft is None:
        result.notes.append(f"Delft {MISSING.format('delft')}.")
    result.notes.append(
        f"Single cells of roof planes, eye {LIFT_M} m above the plane, {REACH_M:g} m. Horizon: all 72 directions against samples every 5 % of a cell to 10 m, 25 % to 50 m and half a cell beyond. Sky view: against a sum over 720 x 360 "
        f"patches above horizons 0.5° apart, each cell with the tilt and azimuth of its plane; that of the raster (`core/solar/skymap.py`) for level cells anywhere. Shadows: {SHADOW_CELLS:,} cells and {SUNS} suns at 3-73°, against a march along the one ray to the sun. Cast: `core/solar/shadows.py`. "
        f"By horizons: dark where the sun stands below the horizon of the 72 sectors, read linearly between them, which is what the lit share of a plane rests on; in directions that were not traced that is below "
        f"99.5 % of cells ({' and '.join(between)} on roofs): edges of shadows fall beside where they are. Its effect on a year of a plane is in the table of irradiation. "
        f"The march begins one cell away along the nearer axis, as ours: the place the eye stands on is its plane. Begun half a cell away, horizons differ by {' and '.join(nearer)} on average; the same holds for the irradiation below."
    )
    return result
