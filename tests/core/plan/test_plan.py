"""The mathematics of the plan wing against the worked examples of the project's climate design, and against laws that must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.plan.addresses import address
from pipeline.core.plan.bills import yearly
from pipeline.core.plan.degreedays import METHODS, degree_days, normal_heat
from pipeline.core.plan.duties import deadline
from pipeline.core.plan.standing import gap, ranks, step

ABOVE, YEARS = np.array([250.0, 2000.0, 750.0]), np.array([2030, 2027, 2028])


def test_energy_intensity_of_the_worked_example() -> None:
    """210,000 kWh of heat and 70,000 kWh of electricity on 1,400 m2: 200 kWh/m2; in a year of 1,153 for 1,000 degree days 222.95."""
    heat, power = 210_000 / 1_400, 70_000 / 1_400
    assert heat + power == 200.0
    normal = float(normal_heat(heat, 1000.0, 1153.0))
    assert normal == pytest.approx(172.95, abs=1e-9)
    assert normal + power == pytest.approx(222.95, abs=1e-9)


@pytest.mark.parametrize(("m2", "year"), [(2100.0, 2027), (2000.0, 2028), (751.0, 2028), (750.0, 2030), (251.0, 2030), (250.0, 0), (0.0, 0)])
def test_calendar_of_solar_on_public_buildings(m2: float, year: int) -> None:
    """EPBD article 10 says "greater than"."""
    assert deadline(np.array([m2]), ABOVE, YEARS).tolist() == [year]


def test_without_a_calendar_nothing_is_due() -> None:
    assert deadline(np.array([5000.0]), np.empty(0), np.empty(0, dtype=np.int64)).tolist() == [0]


def test_heat_of_an_unknown_year_is_unknown() -> None:
    assert np.isnan(normal_heat(np.array([150.0, 150.0, 150.0]), np.array([np.nan, 0.0, 900.0]), np.array([1000.0, 1000.0, np.nan]))).all()


@given(st.floats(0.0, 500.0), st.floats(100.0, 5000.0), st.floats(100.0, 5000.0))
def test_heat_brought_there_and_back_is_the_same(heat: float, one: float, two: float) -> None:
    assert float(normal_heat(normal_heat(heat, one, two), two, one)) == pytest.approx(heat, abs=1e-9)


def test_degree_days_of_a_cosine_year_against_its_days() -> None:
    """A year whose days are known in closed form: mean 15 °C, swing 10 °C over the year, 5 °C over the day."""
    day = 15.0 - 10.0 * np.cos(2 * np.pi * np.arange(365) / 365)
    hours = np.repeat(day, 24) + 5.0 * np.sin(2 * np.pi * np.arange(8760) / 24)
    assert degree_days(hours, METHODS["eurostat"]) == pytest.approx((18.0 - day)[day <= 15.0].sum())
    assert degree_days(hours, METHODS["dpr412"]) == pytest.approx((20.0 - day)[day < 12.0].sum())
    with pytest.raises(ValueError, match=r"shape \(25,\)"):
        degree_days(np.zeros(25), METHODS["eurostat"])


def test_twelve_months_are_a_year_and_eleven_are_none() -> None:
    group, month = np.r_[np.zeros(12, dtype=int), np.ones(12, dtype=int)], np.tile(np.arange(1, 13), 2)
    kwh = np.r_[np.arange(1.0, 13.0), np.arange(1.0, 12.0), np.nan]
    found = yearly(group, month, kwh, 2)
    assert found.kwh[0] == 78.0 and np.isnan(found.kwh[1]) and found.months.tolist() == [12, 11]
    np.testing.assert_allclose(found.shares[0], np.arange(1.0, 13.0) / 78.0)
    assert np.isnan(found.shares[1]).all()


def test_gap_class_and_rank() -> None:
    assert gap(np.array([120.0, 40.0, np.nan]), np.array([100.0, 50.0, 10.0]), np.array([10.0, 10.0, 10.0]))[:2].tolist() == [200.0, 0.0]
    assert step(np.array([0.0, 0.5, 0.500001, 1.0, 1.5, 9.0, np.nan]), (0.5, 1.0, 1.5)).tolist() == [0, 0, 1, 1, 2, 3, -1]
    place = ranks(np.array([1.0, np.nan, 3.0, 3.0, 2.0]), np.array([0, 0, 2030, 2027, 0]))
    assert place.tolist() == [4, 0, 2, 1, 3]


@given(st.lists(st.floats(0.0, 1e6) | st.just(float("nan")), max_size=30))
def test_ranks_are_a_permutation_of_what_is_known(values: list[float]) -> None:
    place = ranks(np.array(values), np.zeros(len(values), dtype=np.int64))
    known = [p for p, v in zip(place.tolist(), values, strict=True) if v == v]  # noqa: PLR0124
    assert sorted(known) == list(range(1, len(known) + 1))
    order = [v for _, v in sorted((p, v) for p, v in zip(place.tolist(), values, strict=True) if p)]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize(
    ("written", "street", "number"),
    [
        ("Via Roma, 12", "via roma", "12"), ("VIA ROMA 12", "via roma", "12"), ("v. Roma n. 12", "via roma", "12"), ("Via Roma n° 012", "via roma", "12"), ("Via Roma, 12/B", "via roma", "12b"),
        ("Via Roma 12 bis", "via roma", "12bis"), ("P.za dell'Unità 1 - 73041 Carmiano (LE)", "piazza dell unita", "1"), ("Viale dei Pini snc", "viale dei pini snc", ""), ("", "", ""),
        ("Via 1° Maggio 3", "via 1 maggio", "3"), ("c.so Umberto I, civico 5", "corso umberto i", "5"),
    ],
)  # fmt: skip
def test_addresses_as_people_write_them(written: str, street: str, number: str) -> None:
    assert address(written) == (street, number)
