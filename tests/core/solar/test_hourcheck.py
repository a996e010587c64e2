"""Years that cannot be are refused, with what is wrong; years that can are not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.core.solar.irradiance import sky_hours
from pipeline.core.solar.sun import sun_position
from pipeline.errors import InputError
from tests.reference.solar import Hours, typical_year

PLACES = [(40.35, 18.05), (-33.9, 18.4), (69.6, 18.9), (-0.2, -78.5), (-77.8, 166.7), (89.9, 0.0)]


def changed(**columns: Callable[[np.ndarray], np.ndarray]) -> Hours:
    year = {k: v.astype(float) for k, v in typical_year(40.35, 18.05).items()}
    return year | {name: change(year[name].copy()) for name, change in columns.items()}


def put(value: float, *at: int) -> Callable[[np.ndarray], np.ndarray]:
    def change(column: np.ndarray) -> np.ndarray:
        column[list(at)] = value
        return column

    return change


@pytest.mark.parametrize("place", PLACES)
def test_years_that_can_be_pass(place: tuple[float, float]) -> None:
    assert sky_hours(**typical_year(*place)).length == 8760


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"dhi": put(np.nan, 100, 101)}, "2 hours without dhi"),
        ({"temp_air": put(np.inf, 7)}, "1 hours without temp_air"),
        ({"ghi": put(-3.0, 12)}, "ghi is negative in 1 hours"),
        ({"wind_speed": put(-1.0, 12)}, "wind_speed is negative in 1 hours"),
        ({"dhi": lambda v: 0.0 * v}, "no dhi in the whole year"),
        ({"ghi": lambda v: 0.0 * v, "dni": lambda v: 0.0 * v}, "no ghi in the whole year"),
        ({"solar_zenith": lambda v: np.roll(v, 6)}, "hours of light with the sun more than"),
        ({"solar_zenith": lambda v: np.where(v < 90, np.maximum(v - 30, 0), v)}, "differs from dhi"),
    ],
)
def test_years_that_cannot_are_refused(columns: dict[str, Callable[[np.ndarray], np.ndarray]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        sky_hours(**changed(**columns))


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        sky_hours(**changed(dhi=put(np.nan, 100), dni=put(-3.0, 7)))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("place", [(-33.9, 18.4), (40.35, -110.0)], ids=["other half", "other clock"])
def test_the_light_of_one_place_under_the_sun_of_another_is_refused(place: tuple[float, float]) -> None:
    year = dict(typical_year(40.35, 18.05))
    moments = np.arange("2021-01-01T00:30", "2022-01-01T00:30", 3600, dtype="datetime64[s]").astype(float)
    sun = sun_position(moments, *place)
    with pytest.raises(InputError):
        sky_hours(**year | {"solar_zenith": sun.apparent_zenith, "solar_azimuth": sun.azimuth})


def test_a_year_of_darkness_is_refused() -> None:
    with pytest.raises(InputError, match="no light in the whole year"):
        sky_hours(**changed(**{name: (lambda v: 0.0 * v) for name in ("ghi", "dni", "dhi")}))
