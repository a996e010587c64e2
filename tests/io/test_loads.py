"""Consumption by the hour: shares of the year, the clock on the wall, and the bands of Italian meters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from pipeline.contracts.sources import BUILDING_USES
from pipeline.core.solar.loadhours import easter, local_hour_of_utc, local_year, year_calendar
from pipeline.io.loads import day_shapes, holidays, load_hours

ON, YEAR = "2026-11", 2026


def by_clock(use: str) -> np.ndarray:
    """Hours of a use on the clock's own axis, shape (365, 24)."""
    out = np.zeros(8760)
    np.add.at(out, local_hour_of_utc(YEAR, 1), load_hours(use, ON, YEAR, 1))
    return out.reshape(365, 24)


@pytest.mark.parametrize("use", BUILDING_USES)
def test_every_use_consumes_its_year(use: str) -> None:
    share = load_hours(use, ON, YEAR, 1)
    assert share.shape == (8760,)
    assert share.sum() == pytest.approx(1.0, abs=1e-12)
    assert (share > 0.0).all()


@pytest.mark.parametrize("year", [2025, 2026, 2027, 2029])
def test_clock_against_the_time_zone_database(year: int) -> None:
    start = datetime(year, 1, 1, tzinfo=UTC)
    rome = [(start + timedelta(hours=h)).astimezone(ZoneInfo("Europe/Rome")) for h in range(8760)]
    wanted = [(t.replace(tzinfo=None) - datetime(t.year, 1, 1)).total_seconds() / 3600 for t in rome]
    assert local_hour_of_utc(year, 1).tolist() == wanted
    assert (local_hour_of_utc(year, 1, summer_time=False) == (np.arange(8760) + 1) % 8760).all()


def test_summer_time_skips_one_hour_and_doubles_one() -> None:
    counts = np.bincount(local_hour_of_utc(2026, 1), minlength=8760)
    missing, twice = np.flatnonzero(counts == 0), np.flatnonzero(counts == 2)
    # 29 March 2026, 02:00 by the clock; 25 October 2026, 02:00.
    assert missing.tolist() == [(31 + 28 + 28) * 24 + 2]
    assert twice.tolist() == [297 * 24 + 2]


@pytest.mark.parametrize(("year", "day"), [(2023, date(2023, 4, 9)), (2024, date(2024, 3, 31)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25)), (1961, date(1961, 4, 2))])
def test_easter(year: int, day: date) -> None:
    assert easter(year) == day


def test_calendar_of_2026() -> None:
    calendar = year_calendar(2026, holidays(2026))
    kind = {date(2026, 1, 1) + timedelta(n): k for n, k in enumerate(calendar.kind.tolist())}
    assert kind[date(2026, 4, 6)] == 2  # Easter Monday
    assert kind[date(2026, 6, 2)] == 2
    assert kind[date(2026, 12, 24)] == 1  # a Thursday, as a Saturday
    assert kind[date(2026, 10, 3)] == 1
    assert kind[date(2026, 10, 5)] == 0
    # 52 Sundays, 12 fixed holidays of which 15 August and 26 December are Saturdays and four are Sundays, Easter Monday.
    fixed = [date(2026, m, d) for m, d in holidays(2026)]
    assert sum(k == 2 for k in kind.values()) == 52 + sum(d.isoweekday() != 7 for d in fixed) + 1
    assert (10, 4) in holidays(2026) and (10, 4) not in holidays(2025)
    with pytest.raises(ValueError, match="2028 is a leap year"):
        year_calendar(2028, ())


def test_seasons_begin_where_vdew_says() -> None:
    season = year_calendar(2026, ()).season
    of = {(date(2026, 1, 1) + timedelta(n)).strftime("%m-%d"): s for n, s in enumerate(season.tolist())}
    assert [of[d] for d in ("01-01", "03-20", "03-21", "05-14", "05-15", "09-14", "09-15", "10-31", "11-01", "12-31")] == [0, 0, 1, 1, 2, 2, 1, 1, 0, 0]


@pytest.mark.parametrize("profile", ["g0", "g1", "g3", "g4", "g6", "l0"])
def test_a_profile_is_a_thousand_kwh_a_year(profile: str) -> None:
    # VDEW norms its profiles to 1,000 kWh of a year of its own holidays.
    made = local_year(day_shapes(profile), year_calendar(2026, holidays(2026)), dynamic=False).sum() / 1000.0
    assert made == pytest.approx(1000.0, rel=0.03)


def test_household_bands_against_italian_meters() -> None:
    """ARERA, mean of all household meters in 2022: 741, 590 and 632 kWh in the bands F1, F2, F3."""
    hours = by_clock("home")
    band = np.full((365, 24), 2)
    calendar = year_calendar(YEAR, holidays(YEAR))
    # F1: workdays 8-19; F2: workdays 7-8 and 19-23, Saturdays 7-23; F3: the rest. 24 and 31 December are workdays here.
    work = calendar.kind == 0
    saturday = calendar.kind == 1
    band[np.ix_(work, range(8, 19))] = 0
    band[np.ix_(work, [7, 19, 20, 21, 22])] = 1
    band[np.ix_(saturday, range(7, 23))] = 1
    found = np.bincount(band.ravel(), hours.ravel())
    assert found == pytest.approx(np.array([741, 590, 632]) / 1963, abs=0.02)
    july = hours[calendar.month == 6].sum()
    assert july == pytest.approx(202 / 1963, rel=1e-3)


def test_lunch_and_supper_are_at_the_hours_of_the_clock_in_winter_and_summer() -> None:
    shop = load_hours("shop", ON, YEAR, 1).reshape(365, 24)
    # Wednesdays 14 January and 15 July: shops open at the same hour of the clock, an hour earlier in UTC in summer.
    winter, summer = shop[13], shop[195]
    opens = [int(np.argmax(np.diff(d[:11]))) for d in (winter, summer)]
    assert opens[0] - opens[1] == 1


def test_a_school_is_closed_when_children_are_on_holiday() -> None:
    days = by_clock("school")
    noon = days[:, 11]
    lesson, august, sunday, christmas, exams = (noon[date(2026, m, d).timetuple().tm_yday - 1] for m, d in ((11, 18), (8, 12), (11, 22), (12, 29), (6, 16)))
    assert lesson > 4 * august and lesson > 4 * sunday and lesson > 4 * christmas
    assert august < exams < lesson
    ordinary = days[date(2026, 11, 18).timetuple().tm_yday - 1]
    assert ordinary[15] < 0.7 * ordinary[11]
    base = ordinary[:5].mean()
    assert (ordinary[15] - base) / (by_clock("office")[321, 15] / by_clock("office")[321, 11] * (ordinary[11] - base)) == pytest.approx(0.35, abs=0.03)
