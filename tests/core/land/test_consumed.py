"""Official soil consumption: LAND L1 to L4, L15, L16, and the split of official minus own."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.land.consumed import (
    CONSUMED,
    NOT_CONSUMED,
    PERMANENT,
    REVERSIBLE,
    change,
    difference,
    infill,
    land_spared_ha,
    sdg_11_3_1,
)
from pipeline.io.cover import LEGENDS


def test_change_is_held_against_the_stock_at_the_start() -> None:
    found = change(3.1e4, 0.7e4, 432e4, 2400e4, 11_700, 1)
    assert (found.net_m2 / 1e4, found.net_share, found.net_m2_per_ha, found.net_m2_per_resident_year) == pytest.approx((2.4, 0.005556, 10.0, 2.05), rel=1e-3)


def test_nobody_lives_there() -> None:
    assert math.isnan(change(1, 0, 1, 1, 0, 1).net_m2_per_resident_year)
    assert math.isnan(sdg_11_3_1(1, 2, 0, 10, 1).ratio)


@pytest.mark.parametrize(
    ("values", "expected"),
    [((420, 432, 12_150, 11_700, 10), (0.0028571, -0.0037740, -0.7571, "SHRINKING")), ((400, 432, 11_400, 12_000, 10), (0.008, 0.0051293, 1.5597, ""))],
)
def test_sdg_11_3_1(values: tuple[float, ...], expected: tuple[float, float, float, str]) -> None:
    found = sdg_11_3_1(*values)
    assert (found.lcr, found.pgr, found.ratio) == pytest.approx(expected[:3], rel=1e-4) and found.flag == expected[3]


def test_a_ratio_over_hardly_any_growth_is_flagged() -> None:
    assert sdg_11_3_1(400, 432, 12_000, 12_005, 10).flag == "UNSTABLE"
    assert sdg_11_3_1(400, 432, 12_000, 11_995, 10).flag == "UNSTABLE"


def test_the_classes_are_those_of_the_legend() -> None:
    with (LEGENDS / "ispra_consumo_suolo.csv").open(encoding="utf-8") as stream:
        said = {int(r["code"]): r["consumed"] == "1" for r in csv.DictReader(stream)}
    assert {c for c, yes in said.items() if yes} == set(CONSUMED) and {c for c, yes in said.items() if not yes} == set(NOT_CONSUMED)


@pytest.mark.shared
def test_the_classes_are_those_of_ispra(shared_data: Path) -> None:
    with (shared_data / "italy/landcover/ispra_consumo_suolo_legend.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {int(r["code"]) for r in rows if r["permanent"] == "1"} == set(PERMANENT)
    assert {int(r["code"]) for r in rows if r["consumed"] == "1" and r["permanent"] == "0"} == set(REVERSIBLE)


@given(st.integers(0, 10**6))
def test_the_parts_of_the_difference_sum_to_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.choice([2, 111, 112, 121, 125, 201], 200)
    share = np.where(rng.random(200) < 0.1, np.nan, rng.random(200))
    known = np.isfinite(share)
    whole = (np.isin(codes, CONSUMED) & known).sum() - np.nansum(share)
    assert difference(codes, share, 100.0).whole == pytest.approx(100.0 * whole)


def test_why_they_differ() -> None:
    """Four official cells: a roof of three quarters, a yard of beaten earth, a court of a third, one that was built since."""
    found = difference(np.array([111, 122, 2, 2]), np.array([0.75, 0.0, 0.33, 1.0]), 100.0)
    assert (found.definition, found.majority, found.rest) == pytest.approx((100.0, 200.0 - 208.0, -100.0))


def test_infill_is_what_lies_inside_the_built() -> None:
    """LAND L15: 1.1 of 3.1 ha. A gap of 11 cells in a built square, 20 cells in the open."""
    before = np.zeros((60, 60), dtype=bool)
    before[5:25, 5:25] = True
    before[14, 10:21] = False
    new = np.zeros_like(before)
    new[14, 10:21] = True
    new[50, 30:50] = True
    assert infill(new, before, 2, 0.5) == pytest.approx(1.1 / 3.1)
    assert f"{infill(new, before, 2, 0.5):.2%}" == "35.48%"
    assert math.isnan(infill(np.zeros_like(new), before, 2, 0.5))


def test_roofs_before_fields() -> None:
    assert land_spared_ha(10_000, (1.0, 1.8)) == pytest.approx((10.0, 18.0))
