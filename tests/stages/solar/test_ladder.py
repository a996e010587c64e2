"""Stage ladder: a building's best modules first, and nothing lost of what solar counts."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.config.finance import LadderConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Ladder, Sunmap
from pipeline.contracts.spec import RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.core.solar.uncertainty import Sigmas, p90, p90_of_sum
from pipeline.io import rasters
from pipeline.joins.production import sigmas_in
from pipeline.stages.solar.ladder import ladder

EPSG = 25833


def town(seed: int = 4, arrays: int = 30) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Arrays of 0 to 60 modules in rows, two or so on a building, and yields."""
    rng = np.random.default_rng(seed)
    count = rng.integers(0, 60, arrays)
    building = np.sort(rng.integers(0, max(arrays // 2, 1), arrays))
    names = [f"b{b:02d}-{i}-{'0' if not n else 'a'}" for i, (b, n) in enumerate(zip(building, count, strict=True))]
    shapes = [shapely.MultiPolygon([shapely.box(1.2 * k, 3.0 * i, 1.2 * k + 1.13, 3.0 * i + 1.76) for k in range(n)]) if n else None for i, n in enumerate(count)]
    table = gpd.GeoDataFrame(
        {"array_id": names, "building_id": [f"b{b:02d}" for b in building], "modules": count, "kwp": count * 0.44}, geometry=shapes, crs=EPSG,
    )  # fmt: skip
    kwh = table["kwp"] * rng.uniform(850, 1300, arrays)
    laid = table["modules"] > 0
    terms = {f"sigma_{name}": rng.uniform(0.02, 0.08, arrays) for name in Sigmas._fields}
    return table, pd.DataFrame({"array_id": table["array_id"], "building_id": table["building_id"], "kwh_year": kwh, **terms})[laid]


def falling_light(folder: Path) -> object:
    """Irradiation that falls by 1 % with each metre to the east."""
    grid = Grid(-5.0, 100.0, 0.5, 220, 200, EPSG)
    cells = np.tile(1700.0 * np.exp(-0.01 * (np.arange(200) * 0.5 - 5.0)), (220, 1))[np.newaxis].astype("float32")
    rasters.write(folder / "sunmap.tif", Sunmap, RasterBlocks(grid, iter([(Window(0, 0, 220, 200), cells)])))
    return rasters.open_raster(folder / "sunmap.tif")


@pytest.mark.parametrize("with_map", [True, False])
def test_ladders_keep_the_contract_and_the_sum(tmp_path: Path, with_map: bool) -> None:
    arrays, solar = town()
    notes = Notes()
    made = ladder(arrays.sample(frac=1.0, random_state=1), solar.sample(frac=1.0, random_state=2), falling_light(tmp_path) if with_map else None, LadderConfig(), notes)
    check_table(made, Ladder, EPSG, "ladder")
    last = made.groupby("building_id").tail(1)
    laid = arrays[arrays["modules"] > 0]
    assert last["kwh_year"].sum() == pytest.approx(solar["kwh_year"].sum(), rel=1e-9)
    names, of = np.unique(solar["building_id"], return_inverse=True)
    together = p90_of_sum(solar["kwh_year"].to_numpy(), sigmas_in(solar), of, len(names))
    assert last["building_id"].tolist() == names.tolist()
    np.testing.assert_allclose(last["kwh_year_p90"], together)
    assert together.sum() > p90(solar["kwh_year"].to_numpy(), sigmas_in(solar)).sum()
    assert last.set_index("building_id")["modules"].to_dict() == laid.groupby("building_id")["modules"].sum().to_dict()
    sizes = np.asarray(LadderConfig().sizes_kwp)
    for _, steps in made.groupby("building_id"):
        assert steps["step"].tolist() == list(range(1, len(steps) + 1))
        # Whole modules, as many as fit: one more would be too many for some usual size.
        for kwp in steps["kwp"].iloc[:-1]:
            assert ((sizes >= kwp - 1e-9) & (sizes < kwp + 0.44 - 1e-9)).any()
        slope = steps["kwh_year"].diff().fillna(steps["kwh_year"]) / steps["kwp"].diff().fillna(steps["kwp"])
        assert (slope.diff().dropna() <= 1e-9).all()
    if with_map:
        assert notes.counts["modules without a cell of the irradiation map, taken as the mean of their array"] == 0


def test_the_first_modules_are_the_sunniest(tmp_path: Path) -> None:
    arrays, solar = town(arrays=1, seed=1)
    assert arrays["modules"].iloc[0] > 20
    made = ladder(arrays, solar, falling_light(tmp_path), LadderConfig(sizes_kwp=(0.44,)), Notes())
    even = solar["kwh_year"].iloc[0] / arrays["kwp"].iloc[0]
    n = int(arrays["modules"].iloc[0])
    light = np.exp(-0.01 * 1.2 * np.arange(n))
    assert made["modules"].tolist() == [1, n]
    assert made["last_kwh_kwp"].iloc[0] == pytest.approx(even * light[0] / light.mean(), rel=0.005)
    assert made["last_kwh_kwp"].iloc[1] == pytest.approx(even * light[-1] / light.mean(), rel=0.005)


def test_no_array_at_all() -> None:
    arrays, solar = town()
    made = ladder(arrays.iloc[:0], solar.iloc[:0], None, LadderConfig(), Notes())
    check_table(made, Ladder, EPSG, "ladder")
    assert len(made) == 0


def test_sizes_must_rise() -> None:
    with pytest.raises(ValueError, match="sizes must rise"):
        LadderConfig(sizes_kwp=(3.0, 3.0))
