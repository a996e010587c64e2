"""The main job on real input: a block in Delft from LiDAR, footprints, land cover and weather to the map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module", params=["tests/towns/delft", "tests/towns/delft_lidar"])
def delft(request: pytest.FixtureRequest, shared_data: Path, make_town: Callable[[str], Any]) -> Any:
    return make_town(request.param)


def test_what_has_no_source_is_left_out_and_said(delft: Any) -> None:
    assert not (delft.processed / "parcels.parquet").exists()
    assert "parcels" in delft.log and "sources.parcels" in delft.log
    assert "index.html" in delft.log


def test_roofs_have_planes(delft: Any) -> None:
    roofs = delft.read("roofs")
    assert delft.read("buildings")["building_id"].nunique() >= 21
    planes = roofs[roofs["kind"] != "none"]
    assert planes["building_id"].nunique() >= 18
    assert planes["residual_m"].median() < 0.15
    # The block is of gabled and flat Dutch houses: both kinds are there, no plane lies outside its range.
    assert {"flat", "pitched"} <= set(planes["kind"])


def test_yield_is_that_of_the_netherlands(delft: Any) -> None:
    solar = delft.read("solar")
    assert len(solar) > 5
    # PVGIS gives about 1,000 kWh/m2 on the horizontal and 850-1,000 kWh/kWp for good roofs in the western Netherlands.
    assert 500 < solar["specific_yield_kwh_kwp"].min() < solar["specific_yield_kwh_kwp"].max() < 1100
    months = [f"kwh_{m:02d}" for m in range(1, 13)]
    np.testing.assert_allclose(solar[months].sum(axis=1), solar["kwh_year"], rtol=1e-9)
    assert (solar["poa_kwh_m2"] <= solar["poa_unshaded_kwh_m2"]).all()
    assert (solar["kwh_year_p90"] < solar["kwh_year"]).all()
    assert solar["kwh_06"].sum() > 3 * solar["kwh_12"].sum()


def test_the_uncovered_part_is_reported(delft: Any) -> None:
    sealing = delft.read("sealing").set_index("zone_kind").loc["extent"]
    share = sealing["covered_m2"] / sealing["area_m2"]
    assert 0.50 < share < 0.75  # the vector land cover fills 55 % of the box, footprints and trees add to it
    parts = sealing[["sealed_m2", "bare_m2", "green_m2", "water_m2"]].sum()
    assert parts == pytest.approx(sealing["covered_m2"], rel=1e-9)
    town = delft.read("atlas")["town"].iloc[0]
    assert town["zone_kind"] == "extent"
    assert town["sealed_m2"] == sealing["sealed_m2"]


def test_totals_of_the_atlas_are_the_sums_of_the_arrays(delft: Any) -> None:
    town = delft.read("atlas")["town"].iloc[0]
    assert town["kwh_year"] == pytest.approx(delft.read("solar")["kwh_year"].sum(), rel=1e-12)


def test_the_page_says_what_is_missing_and_credits_the_sources(delft: Any) -> None:
    for page in ("index", "solar", "sealing", "green", "method"):
        assert (delft.site / f"{page}.html").stat().st_size > 1000
    text = (delft.site / "method.html").read_text(encoding="utf-8")
    assert "3DBAG" in text and "CC BY 4.0" in text
    assert "dimostrativi" not in (delft.site / "index.html").read_text(encoding="utf-8")
    assert "notice" not in delft.town.sidecar("webmap")
