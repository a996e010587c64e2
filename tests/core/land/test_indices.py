"""Indices of light, and shares spread over cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.core.land.indices import normalized_difference, spread_shares

light = arrays(np.float64, 6, elements=st.floats(0, 2))


@given(light, light)
def test_an_index_is_antisymmetric_and_blind_to_brightness(a: np.ndarray, b: np.ndarray) -> None:
    index = normalized_difference(a, b)
    known = np.isfinite(index)
    assert (np.abs(index[known]) <= 1).all()
    np.testing.assert_allclose(index, -normalized_difference(b, a), atol=1e-7)
    far = (a + b) > 1e-6
    np.testing.assert_allclose(index[far], normalized_difference(a * 3, b * 3)[far], atol=1e-6)


def test_what_is_no_reflectance_has_no_index() -> None:
    a = np.array([0.0, -0.1, np.nan, 0.2, 0.0])
    b = np.array([0.0, 0.2, 0.2, np.inf, 0.3])
    assert np.isnan(normalized_difference(a, b)[:4]).all() and normalized_difference(a, b)[4] == -1.0


@pytest.mark.parametrize("share", [0.0, 0.03, 0.35, 0.5, 0.97, 1.0])
def test_the_share_is_kept_in_every_patch(share: float) -> None:
    below = spread_shares((400, 400), 4_480_000, -1_234) < share
    assert below.mean() == pytest.approx(share, abs=0.002)
    patches = below.reshape(40, 10, 40, 10).mean(axis=(1, 3))
    assert np.abs(patches - share).max() <= 0.05
    for line in (below[:, :50].mean(axis=1), below[:50].mean(axis=0)):
        assert np.abs(line - share).max() <= 0.1


def test_a_block_is_cut_from_the_whole() -> None:
    whole = spread_shares((60, 80), 100, 200)
    np.testing.assert_allclose(whole[7:20, 11:33], spread_shares((13, 22), 107, 211), atol=1e-9)
