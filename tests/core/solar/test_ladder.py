"""Ladders: best modules first, whole modules, nothing lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.solar.demand import dwellings_of, storeys_of, use_or_guess
from pipeline.core.solar.ladder import Modules, added_by, modules_of, p90_of_steps, shares_of, steps_of, taken_upto
from pipeline.core.solar.selfuse import used_at_once
from pipeline.core.solar.uncertainty import Sigmas, p90_of_sum

SIZES = np.array([1.5, 3.0, 4.5, 6.0, 10.0, 15.0, 20.0])


def town(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, Modules]:
    rng = np.random.default_rng(seed)
    building = np.sort(rng.integers(0, 6, 14))
    _, building = np.unique(building, return_inverse=True)
    count = rng.integers(0, 40, 14)
    count[0] = 3
    _, building = np.unique(building[count > 0], return_inverse=True)
    count = count[count > 0]
    kwp = count * 0.44
    kwh = kwp * rng.uniform(800, 1400, len(count))
    modules = modules_of(count, kwp, kwh, rng.uniform(900, 1700, int(count.sum())))
    return building, count, kwp, kwh, modules


@given(st.integers(0, 500))
def test_a_ladder_against_counting_module_by_module(seed: int) -> None:
    building, count, _, kwh, modules = town(seed)
    terms = Sigmas(*np.random.default_rng(seed).uniform(0.0, 0.1, (5, len(count))))
    assert np.bincount(modules.array, modules.kwh, len(count)) == pytest.approx(kwh)
    steps = steps_of(modules, building, SIZES)
    for b in range(building.max() + 1):
        own = np.flatnonzero(building[modules.array] == b)
        own = sorted(own, key=lambda m: -modules.kwh[m] / modules.kwp[m])
        wanted, taken = [], 0
        for size in [*SIZES, np.inf]:
            fits = min(int(size / 0.44 + 1e-9), len(own)) if np.isfinite(size) else len(own)
            if fits > taken:
                wanted.append(fits)
                taken = fits
        rows = steps.building == b
        assert steps.modules[rows].tolist() == wanted
        assert steps.number[rows].tolist() == list(range(1, len(wanted) + 1))
        assert steps.kwh[rows] == pytest.approx([modules.kwh[own[:n]].sum() for n in wanted])
        taken_kwh = [np.bincount(modules.array[own[:n]], modules.kwh[own[:n]], len(count)) for n in wanted]
        together = [p90_of_sum(k, terms, np.zeros(len(count), dtype=np.int64), 1)[0] for k in taken_kwh]
        assert p90_of_steps(steps, modules, terms)[rows] == pytest.approx(together)
        assert steps.last[rows] == pytest.approx([modules.kwh[own[n - 1]] / 0.44 for n in wanted])


@given(st.integers(0, 500))
def test_a_ladder_is_concave_and_whole(seed: int) -> None:
    building, _, kwp, kwh, modules = town(seed)
    steps = steps_of(modules, building, SIZES)
    last = np.append(steps.number[1:] == 1, True)
    assert steps.kwh[last].sum() == pytest.approx(kwh.sum(), rel=1e-9)
    assert steps.kwp[last].sum() == pytest.approx(kwp.sum(), rel=1e-9)
    for b in range(building.max() + 1):
        rows = steps.building == b
        slope = np.diff(steps.kwh[rows], prepend=0.0) / np.diff(steps.kwp[rows], prepend=0.0)
        assert (np.diff(slope) <= 1e-9).all()
        assert (steps.last[rows] <= slope + 1e-9).all()


def test_even_light_keeps_the_order_of_the_arrays() -> None:
    modules = modules_of(np.array([4, 0, 3]), np.array([2.0, 0.0, 1.5]), np.array([2000.0, 0.0, 1800.0]))
    steps = steps_of(modules, np.array([0, 0, 0]), np.array([1.5]))
    assert modules.array[steps.order].tolist() == [2, 2, 2, 0, 0, 0, 0]
    assert steps.modules.tolist() == [3, 7]


def test_unknown_light_is_the_mean_of_the_array() -> None:
    modules = modules_of(np.array([3, 2]), np.array([3.0, 2.0]), np.array([3000.0, 2000.0]), np.array([1200.0, np.nan, 800.0, np.nan, 0.0]))
    assert modules.kwh == pytest.approx([1200, 1000, 800, 1000, 1000])


def test_no_modules() -> None:
    none = np.empty(0)
    modules = modules_of(np.empty(0, dtype=np.int64), none, none)
    steps = steps_of(modules, np.empty(0, dtype=np.int64), SIZES)
    taken, start = taken_upto(steps, shares_of(steps, modules, none), steps.building)
    assert start.tolist() == [0] and len(added_by(taken, steps.building, steps.building).step) == 0
    assert len(steps.kwh) == len(shares_of(steps, modules, none).step) == len(p90_of_steps(steps, modules, Sigmas(*[none] * 5))) == 0


@given(st.integers(0, 500))
def test_what_steps_take_against_counting_and_what_they_add_again(seed: int) -> None:
    building, _, _, kwh, modules = town(seed)
    steps = steps_of(modules, building, SIZES)
    shares = shares_of(steps, modules, kwh)
    taken, start = taken_upto(steps, shares, building)
    begin = 0
    for s, b in enumerate(steps.building):
        own = np.flatnonzero(building == b)
        begin = begin if steps.number[s] > 1 else steps.end[s] - steps.modules[s]
        mine = steps.order[begin : steps.end[s]]
        wanted = [modules.kwh[mine[modules.array[mine] == a]].sum() / kwh[a] for a in own]
        assert taken[start[s] : start[s + 1]] == pytest.approx(wanted, abs=1e-12)
    assert start[-1] == len(taken) and (taken <= 1.0 + 1e-12).all()
    again = added_by(taken, steps.building, building)
    assert again.step.tolist() == shares.step.tolist() and again.array.tolist() == shares.array.tolist()
    assert again.part == pytest.approx(shares.part, abs=1e-12)


def test_an_array_that_yields_nothing_is_taken_by_its_modules() -> None:
    kwh = np.array([900.0, 0.0])
    modules = modules_of(np.array([2, 3]), np.array([1.0, 1.5]), kwh)
    steps = steps_of(modules, np.array([0, 0]), np.array([1.5, 2.0]))
    taken, start = taken_upto(steps, shares_of(steps, modules, kwh), np.array([0, 0]))
    assert np.split(taken, start[1:-1])[0] == pytest.approx([1.0, 1 / 3]) and taken[-2:] == pytest.approx([1.0, 1.0])


def use_of(seed: int, load: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Energy used at once by the kernel, by a plain sum over modules, and the production."""
    building, _, kwp, kwh, modules = town(seed)
    steps = steps_of(modules, building, SIZES)
    shares = shares_of(steps, modules, kwh)
    rng = np.random.default_rng(seed + 1)
    hours = rng.uniform(0, 1, (len(kwp), 50))
    hours *= (kwh / hours.sum(axis=1))[:, None]
    profile = rng.uniform(0, 1, (2, 50))
    profile /= profile.sum(axis=1, keepdims=True)
    use = rng.integers(0, 2, building.max() + 1)[steps.building]
    yearly = np.repeat(load[None, :], len(use), axis=0)
    first = np.searchsorted(shares.step, np.arange(len(steps.kwh) + 1))
    used, made = used_at_once(hours, first, steps.number, shares.array, shares.part, profile, use, yearly)
    begin = np.r_[0, steps.end[:-1]]
    begin = np.array([begin[i] if steps.number[i] == 1 else -1 for i in range(len(begin))])
    start = np.maximum.accumulate(np.where(begin >= 0, begin, 0))
    plain = np.zeros_like(used)
    for s in range(len(made)):
        mine = steps.order[start[s] : steps.end[s]]
        production = sum(hours[modules.array[m]] / hours[modules.array[m]].sum() * modules.kwh[m] for m in mine)
        plain[s] = [np.minimum(production, profile[use[s]] * v).sum() for v in load]
    assert made == pytest.approx(steps.kwh, rel=1e-9)
    return used, plain, made


@pytest.mark.parametrize("seed", range(5))
def test_energy_used_at_once_against_a_plain_sum(seed: int) -> None:
    used, plain, _ = use_of(seed, np.array([500.0, 3000.0, 20000.0]))
    assert used == pytest.approx(plain, rel=1e-9)


def test_no_consumption_and_endless_consumption() -> None:
    used, _, made = use_of(1, np.array([0.0, 1e9]))
    assert (used[:, 0] == 0.0).all()
    assert used[:, 1] == pytest.approx(made, rel=1e-12)


def test_an_even_consumption_in_closed_form() -> None:
    """Production is 2 in half of the hours and 0 in the others, the load is even: min(2, load) in that half."""
    hours = np.tile([2.0, 0.0], 25)[None, :]
    flat = np.full((1, 50), 1 / 50)
    used, made = used_at_once(hours, np.array([0, 1]), np.array([1]), np.array([0]), np.array([1.0]), flat, np.array([0]), np.array([[25.0, 50.0, 500.0]]))
    assert made.tolist() == [50.0]
    assert used[0] == pytest.approx([0.5 * 25, 1.0 * 25, 2.0 * 25])


def test_more_consumption_never_lowers_what_is_used_and_more_modules_neither() -> None:
    used, _, made = use_of(3, np.array([100.0, 1000.0, 5000.0]))
    assert (np.diff(used, axis=1) >= -1e-9).all()
    assert (used <= made[:, None] + 1e-9).all()
    assert (used <= np.array([100.0, 1000.0, 5000.0]) + 1e-9).all()


def test_storeys_and_dwellings() -> None:
    height = np.array([3.4, 6.9, np.nan, 11.0])
    assert storeys_of(height, 3.35, np.array([True, True, True, False]), 6.2).tolist() == [1, 2, 2, 1]
    assert dwellings_of(np.array([30.0, 271.0, 272.0]), 0.75, 101.8).tolist() == [1, 2, 2]


def test_a_use_nobody_said_is_guessed_by_the_footprint() -> None:
    use, guessed = use_or_guess(np.array([None, None, None, "shop", np.nan], dtype=object), np.array([20.0, 120.0, 900.0, 5.0, 100.0]), 30.0, 600.0)
    assert use.tolist() == ["annex", "home", "other", "shop", "home"]
    assert guessed.tolist() == [True, True, True, False, True]
