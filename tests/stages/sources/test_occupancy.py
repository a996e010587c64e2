"""People in buildings: every section's total is conserved, and no figure of a single building is published."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.config.sources import OccupancyConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.publish import Atlas
from pipeline.contracts.sources import Occupancy
from pipeline.graph import read_stages
from pipeline.stages.sources.occupancy import occupancy

CONFIG = OccupancyConfig()


def sections(*people: int) -> gpd.GeoDataFrame:
    shapes = [shapely.box(100 * n, 0, 100 * n + 100, 100) for n in range(len(people))]
    return gpd.GeoDataFrame({"section_id": [f"s{n}" for n in range(len(people))], "residents": people}, geometry=shapes, crs=25833)


def houses(rows: list[tuple[float, float, float, float]]) -> gpd.GeoDataFrame:
    """West edge, width, depth, height."""
    shapes = [shapely.box(w, 10, w + a, 10 + b) for w, a, b, _ in rows]
    return gpd.GeoDataFrame({"building_id": [f"b{n}" for n in range(len(rows))], "area_m2": shapely.area(shapes), "height_m": [r[3] for r in rows]}, geometry=shapes, crs=25833)


def run(buildings: gpd.GeoDataFrame, residents: gpd.GeoDataFrame, notes: Notes | None = None) -> pd.DataFrame:
    made = occupancy(buildings, residents, CONFIG, notes if notes is not None else Notes())
    check_table(made, Occupancy, 25833, "occupancy")
    return made


def test_people_go_by_volume_to_what_looks_like_a_home() -> None:
    rows = [(0.0, 10, 10, 3.0), (20.0, 10, 10, 9.0), (40.0, 5, 5, 3.0), (50.0, 10, 10, 2.0), (70.0, 10, 10, 40.0), (95.0, 10, 10, 3.0), (130.0, 10, 10, np.nan)]
    made = run(houses(rows), sections(40, 30))
    # The shed, the low and the tower hold nobody; the one across the border belongs where it lies half (the first of two).
    assert made["method"].tolist() == ["volume", "volume", "none", "none", "none", "volume", "assumed_height"]
    assert made["residents"].tolist() == pytest.approx([8.0, 24.0, 0.0, 0.0, 0.0, 8.0, 30.0])
    assert made["section_id"].tolist() == ["s0"] * 6 + ["s1"]


def test_sections_without_homes_and_without_buildings() -> None:
    notes = Notes()
    made = run(houses([(10.0, 5, 5, 3.0), (150.0, 10, 10, 3.0), (900.0, 10, 10, 3.0)]), sections(4, 6, 7), notes)
    assert made["method"].tolist() == ["any_building", "volume", "none"]
    assert made["residents"].tolist() == [4.0, 6.0, 0.0]
    assert notes.figures == {"residents_placed": 10.0, "residents_without_a_building": 7.0}
    assert notes.counts["buildings in no section"] == 1
    assert "7 residents live in sections without a building" in notes.warnings[0]


def test_every_section_keeps_its_total() -> None:
    rng = np.random.default_rng(7)
    rows = [(float(w), float(a), float(b), float(h)) for w, a, b, h in zip(rng.uniform(0, 970, 900), rng.uniform(2, 30, 900), rng.uniform(2, 30, 900), rng.uniform(0, 40, 900), strict=True)]
    people = sections(*rng.integers(0, 400, 10).tolist())
    made = run(houses(rows), people)
    by = made.groupby("section_id")["residents"].sum()
    np.testing.assert_allclose(by.loc[people["section_id"]], people["residents"], atol=1e-9, rtol=0)


def test_nothing_of_it_is_published() -> None:
    for spec in Atlas.layers.values():
        assert "building_id" not in spec.columns() or "residents" not in spec.columns()
    for stage in read_stages().values():
        if stage.wing == "publish":
            assert "occupancy" not in [i.name for i in stage.inputs]
    assert "never published" in str(Occupancy.__doc__)


def test_the_contract_is_named_nowhere_in_what_makes_the_site(root: Path) -> None:
    for path in [*(root / "pipeline/maps").rglob("*.py"), *(root / "pipeline/stages/publish").glob("*.py")]:
        assert "Occupancy" not in path.read_text(encoding="utf-8"), path
