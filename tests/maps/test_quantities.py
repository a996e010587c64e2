"""Numbers as each language writes them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.maps.quantities import plain, quantity, significant, significants


@pytest.mark.parametrize(
    ("value", "kind", "it", "en"),
    [
        (21_449.0, "kwh", "21.400 kWh", "21,400 kWh"),
        (953_400.0, "kwh", "953 MWh", "953 MWh"),
        (61_234_000.0, "kwh", "61,2 GWh", "61.2 GWh"),
        (14.08, "kwp", "14,1 kWp", "14.1 kWp"),
        (0.1835, "share", "18,4 %", "18.4%"),
        (0.0, "m2", "0 m²", "0 m²"),
        (4.26, "m2", "4,3 m²", "4.3 m²"),
        (1240.4, "m2", "1.240 m²", "1,240 m²"),
        (1_234_000.0, "m2", "123 ha", "123 ha"),
        (7912, "int", "7.912", "7,912"),
        (-2.5, "m", "−2,5 m", "−2.5 m"),
        (7_432.0, "eur", "7.400 €", "7,400 €"),
        (-1_260_000.0, "eur", "−1,3 M€", "−1.3 M€"),
        (1_234.0, "kg", "1,23 t", "1.23 t"),
        (6.6, "years", "7", "7"),
        (math.nan, "kwh", "non disponibile", "not available"),
        (None, "share", "non disponibile", "not available"),
    ],
)
def test_quantity(value: float | None, kind: str, it: str, en: str) -> None:
    assert tuple(text.replace("\u00a0", " ") for text in quantity(value, kind)) == (it, en)


def test_three_significant_figures_are_never_more() -> None:
    for value in (1.0, 12.345, 999.6, 123456.0, 0.00123456):
        assert significant(value) == float(f"{value:.3g}")


def test_halves_round_up_as_people_do() -> None:
    assert plain(0.5).it == "1" and plain(2.5).it == "3" and plain(0.25, 1).it == "0,3"


@given(st.lists(st.floats(1e-6, 1e9) | st.floats(-1e9, -1e-6) | st.just(0.0), max_size=30))
def test_rounding_many_is_rounding_each(values: list[float]) -> None:
    given_values = np.array(values)
    found, each = significants(given_values), np.array([significant(v) for v in values])
    step = 10.0 ** (np.floor(np.log10(np.where(given_values == 0.0, 1.0, np.abs(given_values)))) - 2)
    assert (np.abs(found - given_values) <= step * (0.5 + 1e-9)).all()
    # Within the last digits of a half one may round up and the other down.
    apart = np.abs(np.abs(given_values / step) % 1.0 - 0.5) > 1e-9
    np.testing.assert_allclose(found[apart], each[apart], rtol=1e-12)
    exact = np.array([21449.0, 123_456.0, 0.18449, 999.6, 61_234_000.0, -21449.0])
    assert significants(exact).tolist() == [significant(v) for v in exact]
