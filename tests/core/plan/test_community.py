"""Shared energy: balances that close to 1e-9, closed forms, and the tariff against the figures a region prints."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.core.plan.community import balance, by_member, by_plant, members_for, premium, shared_hours
from pipeline.io.substations import tariff

HOURS = st.floats(0.0, 1e4, allow_subnormal=False)


def test_day_and_night_in_closed_form() -> None:
    """Plants give 10 kWh in the 12 hours of the day, members draw 4 kWh in every hour: 4 are shared in each hour of the day."""
    fed_in, drawn = np.tile([0.0] * 6 + [10.0] * 12 + [0.0] * 6, 365), np.full(8760, 4.0)
    year = balance(fed_in, drawn)
    assert (year.shared, year.surplus, year.left) == (4.0 * 12 * 365, 6.0 * 12 * 365, 4.0 * 12 * 365)


def test_sine_against_its_integral() -> None:
    """max(sin, 0) against a constant a: what is shared in a period is 2 (1 - sqrt(1 - a2)) + a (pi - 2 asin a)."""
    phase = (np.arange(200_000) + 0.5) / 200_000 * 2 * np.pi
    a = 0.6
    got = shared_hours(np.maximum(np.sin(phase), 0.0), np.full(len(phase), a)).sum() * 2 * np.pi / len(phase)
    assert got == pytest.approx(2 * (1 - np.sqrt(1 - a**2)) + a * (np.pi - 2 * np.arcsin(a)), abs=1e-8)


@given(arrays(np.float64, (3, 24), elements=HOURS), arrays(np.float64, (5, 24), elements=HOURS))
def test_the_balance_closes(fed_in: np.ndarray, loads: np.ndarray) -> None:  # type: ignore[type-arg]
    whole, drawn = fed_in.sum(axis=0), loads.sum(axis=0)
    year = balance(whole, drawn)
    size = max(year.fed_in, year.drawn, 1.0)
    assert abs(year.shared + year.surplus - year.fed_in) <= 1e-9 * size and abs(year.shared + year.left - year.drawn) <= 1e-9 * size
    assert abs(by_plant(fed_in, drawn).sum() - year.shared) <= 1e-9 * size and abs(by_member(loads, whole).sum() - year.shared) <= 1e-9 * size
    assert (by_plant(fed_in, drawn) <= fed_in + 1e-9 * size).all() and (by_member(loads, whole) <= loads.sum(axis=1) + 1e-9 * size).all()


def test_the_premium_of_a_region_of_the_north() -> None:
    """Emilia-Romagna prints for plants above 600 kW: 70 at a price of 180 EUR/MWh or more, 110 at 140 or less."""
    terms = tariff("2026-11", "north")
    assert terms is not None
    assert premium(np.array([700.0]), np.array([180.0, 250.0, 140.0, 0.0]), terms.premium).tolist() == [70.0, 70.0, 110.0, 110.0]
    south = tariff("2026-11", "south")
    assert south is not None
    assert premium(np.array([3.0, 200.0, 200.1, 600.0, 600.1, 1000.0]), 160.0, south.premium).tolist() == [100.0, 100.0, 90.0, 90.0, 80.0, 80.0]
    assert premium(np.array([3.0, 600.0, 1000.0]), 20.0, south.premium).tolist() == [120.0, 110.0, 100.0]
    assert np.isnan(premium(1000.1, 100.0, south.premium))
    assert tariff("2028-01", "south") is None and tariff("2023-12", "south") is None


def test_fewest_members_against_a_plain_search() -> None:
    fed_in = np.tile([0.0] * 6 + [10.0] * 12 + [0.0] * 6, 10) * np.repeat(np.linspace(0.2, 1.0, 10), 24)
    one = np.full(240, 0.3)
    all_of_them = shared_hours(fed_in, 60 * one).sum()
    plain = next(n for n in range(61) if shared_hours(fed_in, n * one).sum() >= 0.9 * all_of_them)
    assert members_for(fed_in, one, 60, 0.9) == plain
    assert members_for(np.zeros(240), one, 60, 0.9) == 0 and members_for(fed_in, one, 0, 0.9) == 0 and members_for(fed_in, one, 1, 0.9) == 1


def test_a_thousand_members_of_a_year_take_a_fifth_of_what_five_thousand_may() -> None:
    rng = np.random.default_rng(1)
    loads, fed_in = rng.random((1000, 8760)), rng.random(8760) * 1000
    begin = time.process_time()
    each = by_member(loads, fed_in)
    assert time.process_time() - begin < 1.0
    assert each.sum() == pytest.approx(shared_hours(fed_in, loads.sum(axis=0)).sum(), rel=1e-9)
