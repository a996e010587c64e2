"""Landscape metrics of zones: the tiles they are read by leave no trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.land import PatchesConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.land import Patches
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Landcover
from pipeline.contracts.spec import Raster
from pipeline.core.grid import Grid
from pipeline.core.land.patches import count_patches
from pipeline.stages.land import patches as module
from pipeline.stages.land.patches import patches


def run(landcover: Raster[Landcover], boundary: gpd.GeoDataFrame | None, residents: gpd.GeoDataFrame | None = None, where: str = "threads", **config: object) -> pd.DataFrame:
    with Compute(where) as compute:
        out = patches(landcover, boundary, residents, PatchesConfig.model_validate(config), compute, Notes())
    check_table(out, Patches, landcover.grid.epsg, "patches")
    return out.set_index(["zone_kind", "zone_id", "cover"])


def test_the_town_worked_by_hand(landcover: Raster[Landcover], boundary: gpd.GeoDataFrame, residents: gpd.GeoDataFrame) -> None:
    """Cells of 1 m: sealed are the building with its yard (120 m2) and the road (200 m2); the wood is one patch."""
    made = run(landcover, boundary, residents, cell_m=1.0, edge_m=1.0)
    sealed, tree = made.loc[("town", "075014", "sealed")], made.loc[("town", "075014", "tree")]
    assert (sealed["class_m2"], sealed["patches_4"], sealed["patches_8"]) == (320.0, 2, 2)
    assert sealed["mesh_m2"] == pytest.approx((120**2 + 200**2) / 1200) and sealed["largest_share"] == pytest.approx(200 / 1200)
    # The wood lies on the northern border, which is no edge: 10 + 10 + 10 m; the core loses a row and a column on each side.
    assert tree["edge_m_per_ha"] == pytest.approx(30 / 0.12) and tree["core_share"] == pytest.approx(8 * 9 / 100)


def test_tiles_leave_no_trace(write: Callable[..., Raster[Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """A random landscape read in one piece and in many: the same numbers, and those of one label over the whole."""
    codes = np.random.default_rng(4).choice([1, 2, 3, 4, 5, 6, 0], size=(90, 75)).astype(np.uint8)
    landcover = write(Landcover, Grid(250000.0, 4470030.0, 1.0, 90, 75, 25833), codes, codes)
    whole = run(landcover, None, cell_m=1.0)
    monkeypatch.setattr(module, "TILE_CELLS", 16)
    pd.testing.assert_frame_equal(run(landcover, None, cell_m=1.0), whole)
    assert whole.loc[("extent", "extent", "tree"), "patches_8"] == count_patches(codes == 5, 8)


@pytest.mark.parametrize("cell_m", [2.0, 5.0, 7.0])
def test_coarser_cells_keep_most_of_the_area(landcover: Raster[Landcover], boundary: gpd.GeoDataFrame, cell_m: float, cover: NDArray[np.uint8]) -> None:
    made = run(landcover, boundary, cell_m=cell_m)
    assert made.loc[("town", "075014", "open"), "class_m2"] == pytest.approx(np.isin(cover, (3, 4, 5)).sum(), rel=0.25)


def test_a_patch_beyond_the_border_counts_in_full(landcover: Raster[Landcover], boundary: gpd.GeoDataFrame, residents: gpd.GeoDataFrame) -> None:
    made = run(landcover, boundary, residents, cell_m=1.0)
    sections = made[made.index.get_level_values("zone_kind") == "section"]
    assert (sections["mesh_cross_m2"] >= sections["mesh_m2"] - 1e-9).all()


def test_processes_give_the_same_bytes(landcover: Raster[Landcover], boundary: gpd.GeoDataFrame, residents: gpd.GeoDataFrame) -> None:
    pd.testing.assert_frame_equal(run(landcover, boundary, residents, "processes"), run(landcover, boundary, residents), check_exact=True)
