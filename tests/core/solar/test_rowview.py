"""What rows hide of sky and ground: pvlib's view factors, and the limits geometry sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pvlib.bifacial.utils import vf_row_ground_2d, vf_row_sky_2d_integ

from pipeline.core.solar.rowview import rack_ground_share, rack_sky_share

TILTS, RATIOS = st.floats(0.5, 90.0), st.floats(0.02, 0.98)


@given(TILTS, RATIOS)
def test_sky_is_that_of_pvlib(tilt: float, gcr: float) -> None:
    alone = (1 + np.cos(np.radians(tilt))) / 2
    assert rack_sky_share(tilt, gcr) * alone == pytest.approx(vf_row_sky_2d_integ(tilt, gcr), abs=1e-9)


@given(TILTS, RATIOS)
def test_ground_is_the_mean_of_pvlibs_points(tilt: float, gcr: float) -> None:
    along = (np.arange(2000) + 0.5) / 2000
    alone = (1 - np.cos(np.radians(tilt))) / 2
    assert rack_ground_share(tilt, gcr) * alone == pytest.approx(vf_row_ground_2d(tilt, gcr, along).mean(), abs=1e-6)


@given(TILTS, RATIOS)
def test_closer_rows_hide_more(tilt: float, gcr: float) -> None:
    near, far = rack_sky_share(tilt, [gcr, gcr / 2])
    assert 0.0 <= near <= far <= 1.0
    assert rack_ground_share(tilt, gcr) <= rack_ground_share(tilt, gcr / 2) <= 1.0


def test_a_row_alone_loses_nothing() -> None:
    assert rack_sky_share([0.0, 30.0, 90.0], 0.0).tolist() == [1.0, 1.0, 1.0]
    assert rack_ground_share([0.0, 30.0], 0.0).tolist() == [1.0, 1.0]
    assert rack_sky_share(30.0, 1e-6) == pytest.approx(1.0, abs=1e-5)


def test_pairs_back_to_back_are_rows_one_pair_apart() -> None:
    """An eastern slope under the ridge of the next pair: half the sky between the two ridges' lines of sight, point by point."""
    tilt, pair = np.radians(10.0), 2.2  # distance from ridge to ridge over the slope length
    up = (np.arange(4000) + 0.5) / 4000  # along the slope from its foot
    rise, reach = (1 - up) * np.sin(tilt), pair - (1 - up) * np.cos(tilt)
    views = (1 + np.cos(tilt + np.arctan2(rise, reach))) / 2
    assert rack_sky_share(10.0, 1 / pair) == pytest.approx(views.mean() / ((1 + np.cos(tilt)) / 2), abs=1e-6)
