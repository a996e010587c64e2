"""Landscape metrics: LAND L12, G10, G11, and the real landscape of Augusta."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.land.patches import complete_sizes, core, count_patches, edge_m, majority, mesh, metrics, shannon


def test_one_hectare_in_a_hundred() -> None:
    """LAND G10: edge density 4.0 m/ha, 1 % of the landscape, largest patch 1 %."""
    mask = np.zeros((100, 100), dtype=bool)
    mask[40:50, 40:50] = True
    found = metrics(mask, np.ones_like(mask), 10.0, 1)
    assert (found.edge_m_per_ha, found.pland, found.largest_share) == pytest.approx((4.0, 0.01, 0.01))
    assert (found.known_m2, found.class_m2, found.patches_4, found.patches_8) == (1e6, 1e4, 1, 1)


def test_core_of_five_by_five() -> None:
    """LAND G11: 36 %."""
    mask = np.zeros((9, 9), dtype=bool)
    mask[2:7, 2:7] = True
    assert core(mask, np.ones_like(mask), 1).sum() / 25 == pytest.approx(0.36)


def test_unknown_ground_and_the_border_are_no_edge() -> None:
    mask = np.ones((5, 5), dtype=bool)
    known = np.ones_like(mask)
    known[:, 4] = False
    assert edge_m(mask & known, known, 1.0) == 0 and core(mask & known, known, 1).sum() == 20


def test_mesh() -> None:
    """LAND L12: 10, 8 and 2 in 24 km2; the first is 25 in full."""
    assert mesh([10, 8, 2], 24) == pytest.approx(7.0) and mesh([10, 8, 2], 24, [25, 8, 2]) == pytest.approx(13.25)


def test_shannon() -> None:
    assert shannon([0.5, 0.3, 0.2]) == pytest.approx(1.0297, abs=5e-5)


def test_a_patch_that_leaves_the_zone_counts_in_full() -> None:
    labels = np.array([[1, 1, 1, 0], [0, 0, 0, 2]])
    zone = np.array([[True, True, False, False], [True, True, True, True]])
    inside, full = complete_sizes(labels, np.array([3, 1]), zone)
    assert inside.tolist() == [2, 1] and full.tolist() == [3, 1]


@given(st.integers(0, 10**6))
def test_laws_of_patches(seed: int) -> None:
    """Eight neighbours never make more patches than four; shares and edges are shared by class and the rest."""
    rng = np.random.default_rng(seed)
    mask, known = rng.random((12, 15)) < 0.5, rng.random((12, 15)) < 0.9
    found, rest = metrics(mask, known, 2.0, 1), metrics(~mask, known, 2.0, 1)
    assert found.patches_8 <= found.patches_4
    assert found.pland + rest.pland == pytest.approx(1.0) and found.edge_m_per_ha == pytest.approx(rest.edge_m_per_ha)
    assert found.mesh_m2 <= found.class_m2 + 1e-9 and 0 <= found.core_share <= 1


@given(st.integers(0, 10**6), st.integers(1, 6))
def test_majority_against_counting(seed: int, step: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.choice(7, size=(3 * step, 2 * step), p=[0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]).astype(np.uint8)
    made = majority(codes, step, 7)
    for r in range(3):
        for c in range(2):
            counts = np.bincount(codes[r * step : (r + 1) * step, c * step : (c + 1) * step].ravel(), minlength=7)
            assert made[r, c] == (0 if 2 * counts[0] > step * step else 1 + counts[1:].argmax())


def test_neighbours_are_four_or_eight() -> None:
    with pytest.raises(ValueError, match="expected 4 or 8"):
        count_patches(np.ones((2, 2), dtype=bool), 6)


@pytest.mark.shared
def test_augusta(shared_data: Path) -> None:
    """LAND G10: classes are merged before they are labelled; shares are of all cells."""
    import rasterio

    with rasterio.open(shared_data / "landscape/augusta_nlcd.tif") as src:
        codes, cell = src.read(1), abs(src.transform.a)
    everywhere = np.ones(codes.shape, dtype=bool)
    developed, forest = (metrics(np.isin(codes, c), everywhere, cell, 1) for c in ((21, 22, 23, 24), (41, 42, 43)))
    assert developed.known_m2 / 1e4 == pytest.approx(26_848.8, abs=0.05)
    assert (developed.pland, forest.pland) == pytest.approx((0.11133, 0.63914), abs=5e-6)
    assert (developed.patches_4, developed.patches_8, forest.patches_4, forest.patches_8) == (2934, 2142, 1340, 660)
    tiles = [count_patches(np.isin(codes[r : r + 256, c : c + 256], (41, 42, 43)), 8) for r in range(0, codes.shape[0], 256) for c in range(0, codes.shape[1], 256)]
    assert sum(tiles) > 660, "labels made tile by tile cut patches: the trap this avoids"
