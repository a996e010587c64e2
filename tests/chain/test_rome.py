"""A real cadastral sheet of Rome, as CXF and in the GML layout of the bulk download, to parcels and a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

pytestmark = pytest.mark.shared

SHEET_M2 = 3_806_503


@pytest.mark.parametrize("town_dir", ["tests/towns/rome", "tests/towns/rome_cxf"])
def test_the_sheet_is_partitioned_exactly(town_dir: str, shared_data: Path, make_town: Callable[[str], Any]) -> None:
    made = make_town(town_dir)
    parcels = made.read("parcels")
    assert parcels["kind"].value_counts().to_dict() == {"parcel": 381, "water": 2, "road": 1}
    assert round(parcels["area_m2"].sum()) == SHEET_M2
    union = shapely.union_all(parcels.geometry.to_numpy())
    assert union.area == pytest.approx(parcels["area_m2"].sum(), rel=1e-4)  # no overlap
    assert (made.site / "index.html").exists()
    assert len(made.read("atlas")["parcels"]) == 384


def test_the_cxf_has_its_buildings(shared_data: Path, make_town: Callable[[str], Any]) -> None:
    made = make_town("tests/towns/rome_cxf")
    assert len(made.read("buildings")) + sum(v for k, v in made.town.sidecar("buildings")["lineage"]["buildings"]["counts"].items() if "dropped" in k) == 131
