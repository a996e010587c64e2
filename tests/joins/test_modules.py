"""Modules of arrays: their own light off the map, and what the tables say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Sunmap
from pipeline.contracts.spec import Column, Raster, RasterBlocks, TableSpec
from pipeline.core.grid import Grid, Window
from pipeline.errors import ContractError
from pipeline.io import rasters
from pipeline.io.tables import read_table, write_table
from pipeline.joins.modules import light_at, placed_modules


def sunmap(path: Path, cells: np.ndarray[Any, Any], cell_m: float = 1.0) -> Raster[Any]:
    grid = Grid(1000.0, 2000.0, cell_m, *cells.shape, 25833)
    rasters.write(path, Sunmap, RasterBlocks(grid, iter([(Window(0, 0, *cells.shape), cells[np.newaxis].astype("float32"))])))
    return rasters.open_raster(path)


def module(east: float, north: float, turn: float = 0.0) -> Any:
    return shapely.affinity.rotate(shapely.box(east, north, east + 1.13, north + 1.76), turn)


def table(boxes: list[list[Any]]) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    n = len(boxes)
    names = [f"b{i // 2}-{i}-a" for i in range(n)]
    count = np.array([len(b) for b in boxes])
    arrays = gpd.GeoDataFrame(
        {"array_id": names, "building_id": [f"b{i // 2}" for i in range(n)], "modules": count, "kwp": count * 0.44},
        geometry=[shapely.MultiPolygon(b) if b else None for b in boxes], crs=25833,
    )  # fmt: skip
    return arrays, pd.DataFrame({"array_id": names, "kwh_year": count * 500.0})


def test_light_on_a_sloping_map_is_that_of_the_middle(tmp_path: Path) -> None:
    rows, cols = np.mgrid[0:60, 0:2100]
    raster = sunmap(tmp_path / "s.tif", 1000.0 + cols * 0.2 - rows * 3.0, 0.25)
    rng = np.random.default_rng(0)
    boxes = np.array([module(e, n, t) for e, n, t in zip(rng.uniform(1003, 1520, 300), rng.uniform(1987, 1996, 300), rng.uniform(0, 180, 300), strict=True)])
    middle = shapely.get_coordinates(shapely.centroid(boxes))
    wanted = 1000.0 + (middle[:, 0] - 1000) / 0.25 * 0.2 - (2000 - middle[:, 1]) / 0.25 * 3.0 - 0.1 + 1.5
    assert light_at(boxes, raster) == pytest.approx(wanted, abs=1.0)


def test_light_skips_voids_and_is_unknown_off_the_map(tmp_path: Path) -> None:
    cells = np.full((20, 20), 1500.0)
    cells[:, 10:] = np.nan
    raster = sunmap(tmp_path / "s.tif", cells)
    found = light_at(np.array([module(1002, 1990), module(1009.5, 1990), module(1015, 1990), module(5000, 1990)]), raster)
    assert found[:2].tolist() == [1500.0, 1500.0]
    assert np.isnan(found[2:]).all()


def test_better_modules_take_more_of_their_array(tmp_path: Path) -> None:
    cells = np.tile(np.where(np.arange(40) < 20, 1200.0, 1600.0), (40, 1))
    raster = sunmap(tmp_path / "s.tif", cells)
    arrays, solar = table([[module(1002, 1980), module(1030, 1980)], [], [module(1005, 1970)] * 3])
    notes = Notes()
    placed = placed_modules(arrays, solar, raster, notes)
    assert placed.arrays["array_id"].tolist() == ["b0-0-a", "b1-2-a"]
    assert placed.modules(slice(None)).kwh == pytest.approx([1000 * 1200 / 2800, 1000 * 1600 / 2800, 500, 500, 500])
    assert placed.names.tolist() == ["b0", "b1"]
    assert notes.counts["modules without a cell of the irradiation map, taken as the mean of their array"] == 0
    even = placed_modules(arrays, solar, None, notes)
    assert even.modules(slice(None)).kwh.tolist() == [500.0] * 5
    assert "No map of irradiation" in notes.assumptions[0]


def test_rectangles_that_are_not_the_modules_are_counted(tmp_path: Path) -> None:
    arrays, solar = table([[module(1002, 1980), module(1006, 1980)]])
    notes = Notes()
    placed = placed_modules(arrays.assign(modules=5, kwp=2.2), solar, sunmap(tmp_path / "s.tif", np.full((40, 40), 1500.0)), notes)
    assert placed.modules(slice(None)).kwh.tolist() == [200.0] * 5
    assert notes.counts["arrays whose rectangles are not their modules, taken as even"] == 1


class Laid(TableSpec):
    title_en = title_it = "Laid"
    key = ("array_id",)
    geometry = "polygon"
    geometry_required = False
    geometry_bulky = True
    array_id = Column("str", "", "", "")
    building_id = Column("str", "", "", "")
    modules = Column("int", "", "", "")
    kwp = Column("float", "", "", "")


@pytest.mark.parametrize("odd", [False, True])
def test_rectangles_left_on_file_are_the_same(odd: bool, tmp_path: Path) -> None:
    """Read as bytes where all are modules, else as shapes."""
    rng = np.random.default_rng(5)
    raster = sunmap(tmp_path / "s.tif", rng.uniform(900.0, 1700.0, (1500, 1500)))
    corner = rng.uniform(1010, 2400, (40, 2)) - [0.0, 900.0]
    arrays, solar = table([[module(e + 2 * k, n, 20.0) for k in range(rng.integers(2, 9))] for e, n in corner])
    if odd:
        arrays.loc[3, "modules"] += 1
        arrays.loc[5, ["geometry", "modules"]] = [module(1500, 1200), 1]
    arrays = arrays.sort_values("array_id", ignore_index=True)
    write_table(tmp_path / "a.parquet", arrays, Laid, 25833, {})
    slim = read_table(tmp_path / "a.parquet", Laid, slim=True)
    notes, other = Notes(), Notes()
    held, left = placed_modules(arrays, solar, raster, notes), placed_modules(slim, solar, raster, other)
    assert notes.counts == other.counts and notes.counts["arrays whose rectangles are not their modules, taken as even"] == int(odd)
    np.testing.assert_array_equal(held.light, left.light)
    for at in left.batches(7):
        assert [*map(list, left.modules(at))] == [*map(list, held.modules(at))]
    boxes = shapely.get_parts(arrays["geometry"].to_numpy())
    if not odd:
        np.testing.assert_array_equal(light_at(boxes, raster), light_of_rows(held))


def light_of_rows(placed: Any) -> np.ndarray[Any, Any]:
    """Light in the order of array_id."""
    count = placed.arrays["modules"].to_numpy()
    parts = np.split(placed.light, np.cumsum(count)[:-1])
    return np.concatenate([parts[k] for k in np.argsort(placed.arrays["array_id"].to_numpy().astype(str))])


def test_an_array_without_a_yield_is_refused() -> None:
    arrays, solar = table([[module(0, 0)], [module(5, 0)]])
    with pytest.raises(ContractError, match="1 arrays with modules are not in solar"):
        placed_modules(arrays, solar.iloc[1:], None, Notes())
