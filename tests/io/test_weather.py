"""Typical years: PVGIS csv, EPW of PVGIS, EPW of IWEC, and what is wrong with a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.contracts.notes import Notes
from pipeline.core.solar.sun import closure, sun_position
from pipeline.errors import InputError
from pipeline.io.pvgis import read_pvgis_tmy
from pipeline.io.weather import HOURS, TypicalYear, fill_gaps, read_epw

PVGIS = "pvgis/tmy_45.000_8.000_2005_2023"
IWEC = "delft/NLD_Amsterdam062400_IWEC.epw"


def miss(year: TypicalYear, shift_h: float = 0.0) -> tuple[float, float, float]:
    sun = sun_position(year.moment_s + 3600 * shift_h, year.latitude, year.longitude, year.altitude_m)
    return closure(year.values["ghi"], year.values["dni"], year.values["dhi"], sun.true_zenith)


@pytest.mark.shared
def test_pvgis_csv_closes_at_the_offset_of_its_header(shared_data: Path) -> None:
    year = read_pvgis_tmy(shared_data / f"{PVGIS}.csv", Notes())
    mae, rms, worst = miss(year)
    assert (round(mae, 2), round(rms, 2), round(worst, 1)) == (0.16, 0.37, 2.3)
    assert miss(year, 0.5 - 0.1761)[0] > 5  # half past would be wrong
    assert (year.latitude, year.longitude, year.altitude_m) == (45.0, 8.0, 250.0)


@pytest.mark.shared
def test_pvgis_epw_is_the_same_year_as_its_csv(shared_data: Path) -> None:
    csv, epw = read_pvgis_tmy(shared_data / f"{PVGIS}.csv", Notes()), read_epw(shared_data / f"{PVGIS}.epw", Notes())
    np.testing.assert_allclose(epw.moment_s, csv.moment_s, atol=1.0)
    for name in ("ghi", "dni", "dhi", "temp_air"):
        np.testing.assert_allclose(epw.values[name], csv.values[name], atol=0.006)
    assert miss(epw, 0.5 - 0.1761 - 1.0)[0] > 10  # read as hours that end at the stamp


@pytest.mark.shared
def test_iwec_hours_end_at_the_stamp_and_are_rolled_to_utc(shared_data: Path) -> None:
    path = shared_data / IWEC
    year = read_epw(path, Notes())
    assert miss(year)[0] < 0.3
    assert miss(year, 0.5)[0] > 3 and miss(year, -0.5)[0] > 3
    # Amsterdam is UTC+1: the second row of the file is the first hour in UTC, the first row the last hour of the year.
    rows = [line.split(",") for line in path.read_text().splitlines()[8:]]
    assert year.values["temp_air"][0] == float(rows[1][6]) and year.values["temp_air"][-1] == float(rows[0][6])
    hour = (year.moment_s / 3600) % 24
    np.testing.assert_allclose(hour, np.arange(HOURS) % 24 + 0.5)


@pytest.mark.shared
def test_rows_sorted_by_raw_stamp_are_put_in_the_order_of_the_calendar(shared_data: Path, tmp_path: Path) -> None:
    lines = (shared_data / f"{PVGIS}.csv").read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("time(UTC)")) + 1
    path, notes = tmp_path / "sorted.csv", Notes()
    path.write_text("\n".join(lines[:start] + sorted(lines[start : start + HOURS]) + lines[start + HOURS :]))
    mixed, right = read_pvgis_tmy(path, notes), read_pvgis_tmy(shared_data / f"{PVGIS}.csv", Notes())
    np.testing.assert_array_equal(mixed.values["ghi"], right.values["ghi"])
    np.testing.assert_array_equal(mixed.moment_s, right.moment_s)
    assert any("order of the calendar" in a for a in notes.assumptions)


@pytest.mark.shared
def test_a_stripped_header_is_said(shared_data: Path) -> None:
    with pytest.raises(InputError, match=r"Latitude.*header included"):
        read_pvgis_tmy(shared_data / "pvgis" / "pvgis_tmy_test.csv", Notes())


def write_pvgis(path: Path, year: int = 2020, drop: slice = slice(0, 0), **change: str) -> Path:
    start = np.datetime64(f"{year}-01-01T00", "h")
    stamps = np.arange(start, np.datetime64(f"{year + 1}-01-01T00", "h"))
    rows = [f"{str(s)[:10].replace('-', '')}:{str(s)[11:13]}00,1.0,50.0,0.0,-0.0,0.0,280.0,2.0,10.0,100000.0" for s in stamps]
    del rows[drop]
    for at, row in change.items():
        rows[int(at[1:])] = row
    head = "Latitude (decimal degrees): 40.000\nLongitude (decimal degrees): 18.000\nElevation (m): 31.0\nIrradiance Time Offset (h): 0.1\nmonth,year\n"
    path.write_text(head + "time(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP\n" + "\n".join(rows) + "\n\nT2m: temperature\n")
    return path


def test_a_leap_day_is_dropped_and_counted(tmp_path: Path) -> None:
    notes = Notes()
    year = read_pvgis_tmy(write_pvgis(tmp_path / "leap.csv"), notes)
    assert notes.counts["rows dropped: 29 February"] == 24 and notes.counts["hours without a row"] == 0
    moment = year.moment_s[59 * 24].astype("datetime64[s]")
    assert moment == np.datetime64("2020-03-01T00:06:00")


def test_missing_rows_are_gaps(tmp_path: Path) -> None:
    notes = Notes()
    year = read_pvgis_tmy(write_pvgis(tmp_path / "gap.csv", 2019, slice(100, 103)), notes)
    assert notes.counts["hours without a row"] == 3
    assert np.flatnonzero(np.isnan(year.values["ghi"])).tolist() == [100, 101, 102]
    assert np.all(np.diff(year.moment_s) == 3600)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no line begins with time"),
        ("Latitude (decimal degrees): 40.0\nLongitude (decimal degrees): 18.0\nElevation (m): 1\ntime(UTC),T2m,G(h)\n", "no column Gb"),
    ],
)
def test_what_is_no_pvgis_year(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "bad.csv").write_text(content)
    with pytest.raises(InputError, match=message):
        read_pvgis_tmy(tmp_path / "bad.csv", Notes())


def test_a_damaged_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 17 is not an hour of weather"):
        read_pvgis_tmy(write_pvgis(tmp_path / "cut.csv", 2019, _10="20190101:1000,1.0,5"), Notes())


def test_two_years_are_refused(tmp_path: Path) -> None:
    row = "20180101:0000,1.0,50.0,0.0,-0.0,0.0,280.0,2.0,10.0,100000.0"
    with pytest.raises(InputError, match="come twice"):
        read_pvgis_tmy(write_pvgis(tmp_path / "twice.csv", 2019, _10=row), Notes())


def test_what_is_no_epw(tmp_path: Path) -> None:
    (tmp_path / "bad.epw").write_text("time(UTC),T2m\n")
    with pytest.raises(InputError, match="does not begin with LOCATION"):
        read_epw(tmp_path / "bad.epw", Notes())
    with pytest.raises(InputError, match="cannot be read"):
        read_epw(tmp_path / "none.epw", Notes())


def test_epw_codes_for_missing_are_gaps(tmp_path: Path) -> None:
    rows = []
    for stamp in np.arange("2019-01-01T00", "2020-01-01T00", dtype="datetime64[h]"):
        text = str(stamp)
        fields = [
            text[:4],
            text[5:7],
            text[8:10],
            str(int(text[11:13]) + 1),
            "60",
            "flags",
            "99.9",
            *["0"] * 6,
            "9999",
            "10",
            "5",
            *["0"] * 5,
            "999",
        ]
        rows.append(",".join(fields))
    path = tmp_path / "codes.epw"
    path.write_text("LOCATION,X,-,ITA,Test,0,40.0,18.0,0.0,31.0\n" + "\n".join(rows) + "\n")
    year = read_epw(path, Notes())
    assert all(np.isnan(year.values[n]).all() for n in ("ghi", "temp_air", "wind_speed"))
    assert (year.values["dni"] == 10).all() and (year.values["dhi"] == 5).all()


def test_gaps_are_closed_over_the_turn_of_the_year_and_not_beyond_the_limit() -> None:
    values = np.arange(10.0)
    values[[0, 9]] = np.nan
    filled, count, longest = fill_gaps(values, 2)
    assert (count, longest) == (2, 2)
    np.testing.assert_allclose(filled[[9, 0]], [8 - 7 / 3, 8 - 14 / 3])
    values[8] = np.nan
    assert fill_gaps(values, 2)[1:] == (0, 3)
    assert fill_gaps(np.full(5, np.nan), 9)[2] == 5
