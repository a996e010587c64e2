"""Consumption of a town: sums that fit its residents, and nothing about a building's residents in a building's figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.config.finance import FinanceConfig
from pipeline.contracts.notes import Notes
from pipeline.io.dated import rule
from pipeline.io.terms import MIDDLE, read_terms
from pipeline.joins.demand import Needs, needs_of

ON = "2026-11"
PEOPLE = rule("consumption", "household_people", ON).value
METER = rule("consumption", "dwelling", ON).value


def buildings(homes: int = 40) -> pd.DataFrame:
    """Homes of 40 to 900 m2 of floor, and a school."""
    area = np.append(np.linspace(40.0, 300.0, homes), 800.0)
    return pd.DataFrame({"building_id": [f"b{i:02d}" for i in range(homes + 1)], "use": ["home"] * homes + ["school"], "area_m2": area, "height_m": 6.7})


def occupancy(table: pd.DataFrame, people: float, seed: int = 0) -> pd.DataFrame:
    share = np.random.default_rng(seed).dirichlet(np.ones(len(table)))
    return pd.DataFrame({"building_id": table["building_id"], "residents": people * share})


def needs(table: pd.DataFrame, lived: Any = None, notes: Notes | None = None, names: Any = None, **config: Any) -> Needs:
    return needs_of(table["building_id"].to_numpy() if names is None else names, table, lived, read_terms(ON, Notes()), FinanceConfig(**config), notes or Notes())


@pytest.mark.parametrize("people", [30.0, 95.6, 400.0, 2000.0])
def test_the_town_consumes_what_its_households_do(people: float) -> None:
    table, notes = buildings(), Notes()
    found = needs(table, occupancy(table, people), notes)
    home = np.arange(len(table)) < 40
    assert (found.load[:, MIDDLE] * found.lived_in)[home].sum() == pytest.approx(people / PEOPLE * METER, abs=METER / 2)
    assert notes.figures["dwellings_lived_in"] == pytest.approx(people / PEOPLE)
    assert notes.figures["homes_lived_in_share"] == pytest.approx(min(1.0, people / PEOPLE / 40), rel=0.01)
    assert found.lived_in[-1] == 1.0 and found.load[-1, MIDDLE] == 800.0 * 2.0 * rule("consumption", "school", ON).value


def test_where_people_live_changes_nothing_in_any_building() -> None:
    """Two towns of as many people, housed differently, cannot be told apart."""
    table = buildings()
    one, two = (needs(table, occupancy(table, 500.0, seed)) for seed in (1, 2))
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)


def test_without_residents_all_of_the_floor_is_lived_in() -> None:
    table, notes = buildings(), Notes()
    found = needs(table, None, notes)
    floor = table["area_m2"].to_numpy()[:40] * 2.0
    np.testing.assert_array_equal(found.dwellings[:40], np.maximum(np.round(floor * 0.75 / 101.8), 1.0))
    assert (found.lived_in == 1.0).all() and "homes_lived_in_share" not in notes.figures
    assert any("Nobody said how many people" in a for a in notes.assumptions)
    empty = needs(table, occupancy(table, 0.0), Notes())
    np.testing.assert_array_equal(empty.load, found.load)


def test_a_register_of_dwellings_goes_before_the_residents() -> None:
    table, notes = buildings(), Notes()
    found = needs(table, occupancy(table, 5000.0), notes, dwellings_lived_in=60)
    assert found.dwellings[:40].sum() == 60.0 == notes.figures["dwellings_lived_in"]
    fewer = needs(table, occupancy(table, 500.0), household_people=5.0)
    assert fewer.dwellings[:40].sum() == 100.0


def test_buildings_without_modules_take_their_dwellings_too() -> None:
    table = buildings()
    whole = needs(table, occupancy(table, 500.0))
    some = needs(table, occupancy(table, 500.0), names=table["building_id"].to_numpy()[[30, 3]])
    np.testing.assert_array_equal(some.load, whole.load[[30, 3]])
