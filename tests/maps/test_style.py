"""Palettes are ordered in lightness; class limits come from the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.maps.style import CLASSES, PALETTES, breaks, classify, colours, lightness


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_palette_reads_in_grey(name: str) -> None:
    steps = np.diff([lightness(c) for c in PALETTES[name]])
    assert (steps > 8).all() or (steps < -8).all()


def test_lightness_of_known_colours() -> None:
    assert lightness("#000000") == pytest.approx(0.0, abs=1e-9)
    assert lightness("#ffffff") == pytest.approx(100.0, abs=1e-3)
    assert lightness("#777777") == pytest.approx(50.03, abs=0.05)


@given(st.lists(st.floats(0.0, 1e7) | st.just(float("nan")), max_size=60), st.sampled_from(["kwh", "share", "head"]))
def test_limits_increase_and_every_class_has_a_colour(values: list[float], kind: str) -> None:
    array = np.array(values if kind != "share" else [v / 1e7 for v in values], dtype=float)
    limits = breaks(array, kind)
    assert limits == sorted(set(limits)) and len(limits) < CLASSES
    classes = classify(array, limits)
    assert ((classes == -1) == np.isnan(array)).all()
    assert len(colours("solar", len(limits) + 1)) == len(limits) + 1
    assert classes.max(initial=-1) <= len(limits)


def test_limits_of_evenly_spread_values_split_them_evenly() -> None:
    limits = breaks(np.arange(1.0, 100_001.0), "kwh")
    assert limits == [20_000.0, 40_000.0, 60_000.0, 80_000.0]


def test_a_value_on_a_limit_belongs_to_the_class_above() -> None:
    assert classify(np.array([9.9, 10.0, np.nan]), [10.0]).tolist() == [0, 1, -1]
