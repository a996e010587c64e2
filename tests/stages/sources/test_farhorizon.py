"""The stage: a coarse model in degrees, the town's centre, and not twice what the weather holds."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from pyproj import Transformer
from rasterio.transform import Affine
from shapely.geometry import box

from pipeline.compute import Compute
from pipeline.config.solar import HorizonConfig
from pipeline.config.sources import FarHorizonConfig, Layer, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Lineage, Notes
from pipeline.contracts.sources import FarHorizon
from pipeline.errors import InputError
from pipeline.stages.solar.horizon import horizon
from pipeline.stages.sources.farhorizon import farhorizon
from tests.reference.scene import roofs_of, write_surface
from tests.reference.solar import town as drawn_town

TOWN = Town(name="Prova", epsg=25833)
EAST, NORTH = 759_000.0, 4_470_000.0
CONFIG = FarHorizonConfig(reach_m=12_000.0, cell_m=60.0)


def dem(folder: Path, name: str = "dem", lon: tuple[float, float] = (17.85, 18.30), height: float = 900.0) -> Path:
    """Degrees, three seconds; a ridge along a parallel of the town's grid, 10 km north of the centre."""
    cell = 1 / 1200
    lons, lats = np.arange(lon[0], lon[1], cell) + cell / 2, np.arange(40.55, 40.15, -cell) - cell / 2
    x, y = np.meshgrid(lons, lats)
    _, n = Transformer.from_crs(4326, 25833, always_xy=True).transform(x, y)
    z = np.where(n > NORTH + 10_000, height, 30.0).astype(np.float32)
    path = folder / f"{name}.tif"
    with rasterio.open(path, "w", driver="GTiff", dtype="float32", count=1, height=len(lats), width=len(lons), crs="EPSG:4326", transform=Affine(cell, 0, lon[0], 0, -cell, 40.55)) as dst:
        dst.write(z, 1)
    return path


def run(*paths: Path, kind: str = "dem", weather: float | None = None, place: bool = True) -> tuple[pd.DataFrame, Notes]:
    notes = Notes()
    boundary = gpd.GeoDataFrame(geometry=[box(EAST - 500, NORTH - 400, EAST + 500, NORTH + 400)], crs=25833) if place else None
    lineage = Lineage({"weather": {"figures": {} if weather is None else {"horizon_included": weather}}})
    layers = (Layer(Source.model_validate({"kind": kind, "path": "x"}), paths),)
    made = farhorizon(layers, boundary, None, None if weather is None else pd.DataFrame(), CONFIG, TOWN, lineage, notes)  # type: ignore[arg-type]
    return made, notes  # type: ignore[return-value]


def test_a_ridge_from_a_model_in_degrees(tmp_path: Path) -> None:
    # Two tiles side by side, as the coarse models come.
    made, notes = run(dem(tmp_path, "a", (17.85, 18.05)), dem(tmp_path, "b", (18.05, 18.30)))
    check_table(made, FarHorizon, 25833, "farhorizon")
    assert made["sector"].tolist() == list(range(72)) and made["applied"].all()
    rise = np.degrees(np.arctan((870 - 6 - 10_000**2 * 0.87 / 12_742_000) / 10_000))
    assert made["horizon_deg"].iloc[0] == pytest.approx(rise, abs=0.05)
    assert (made["horizon_deg"].iloc[10:63] == 0).all()
    assert notes.figures["far_terrain_known_share"] == 1.0 and notes.figures["far_horizon_max_deg"] == pytest.approx(rise, abs=0.05)


@pytest.mark.parametrize(("weather", "applied"), [(None, True), (0.0, True), (1.0, False)])
def test_not_twice_what_the_weather_holds(tmp_path: Path, weather: float | None, applied: bool) -> None:
    made, notes = run(dem(tmp_path), weather=weather)
    assert (made["applied"] == applied).all() and made["horizon_deg"].max() > 4
    assert any("second time" in w for w in notes.warnings) != applied


def test_missing_tiles_are_said_and_so_is_a_model_of_another_place(tmp_path: Path) -> None:
    _, notes = run(dem(tmp_path, "west", (17.85, 18.06)))
    assert any("sectors less than half" in w for w in notes.warnings)
    with pytest.raises(InputError, match="holds nothing at the town's centre"):
        run(dem(tmp_path, "east", (18.20, 18.30)))
    with pytest.raises(InputError, match="from where"):
        run(dem(tmp_path), place=False)
    with pytest.raises(InputError, match="kind dsm; expected dem"):
        run(dem(tmp_path), kind="dsm")
    (tmp_path / "page.tif").write_text("<html>")
    with pytest.raises(InputError, match="cannot be read as a raster"):
        run(tmp_path / "page.tif")


def test_each_roof_sees_the_higher_of_near_and_far(tmp_path: Path) -> None:
    surface, owner, tilts, azimuths = drawn_town(3)
    raster = write_surface(tmp_path / "surface.tif", surface)
    roofs = roofs_of(owner, raster.grid, tilts, azimuths)
    high = np.zeros(72)
    high[30:43] = 12.0  # the south
    table = pd.DataFrame({"sector": np.arange(72), "horizon_deg": high, "applied": True})
    found = []
    with Compute("threads") as compute:
        for far in (None, table, table.assign(applied=False), table.assign(horizon_deg=0.0)):
            found.append(horizon(roofs, raster, far, HorizonConfig(reach_m=50.0), compute, Notes()).whole())  # type: ignore[arg-type]
    near, both, unused, level = (np.stack(f["horizon_deg"]) for f in found)
    np.testing.assert_array_equal(near, unused)
    np.testing.assert_array_equal(near, level)
    assert (both >= near - 1e-6).all() and (both[:, 30:43] >= 12.0 - 1e-4).all()
    np.testing.assert_array_equal(both[:, :30], near[:, :30])
    assert (found[1]["sky_view"] <= found[0]["sky_view"]).all() and (found[1]["sky_view"] < found[0]["sky_view"]).mean() > 0.4


def test_a_fine_model_is_read_in_small_blocks_to_the_same_skyline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    stage = importlib.import_module("pipeline.stages.sources.farhorizon")
    whole, _ = run(dem(tmp_path))
    monkeypatch.setattr(stage, "SOURCE_CELLS", 40)
    parts, _ = run(dem(tmp_path))
    np.testing.assert_allclose(parts["horizon_deg"], whole["horizon_deg"], atol=1e-3)
