"""PVGIS in all its forms: each stamp convention closes, and files that are something else say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.contracts.notes import Notes
from pipeline.core.solar.sun import closure, sun_position
from pipeline.errors import InputError
from pipeline.io.pvgis import read_pvgis_hourly, read_pvgis_tmy
from pipeline.io.weather import HOURS, MONTH_DAYS, TypicalYear, read_epw

LAT, LON, ALT = 40.34, 18.05, 31.0
SAMPLE = "pvgis/tmy_45.000_8.000_2005_2023.csv"


def miss(year: TypicalYear, shift_h: float = 0.0) -> float:
    sun = sun_position(year.moment_s + 3600 * shift_h, year.latitude, year.longitude, year.altitude_m)
    return closure(year.values["ghi"], year.values["dni"], year.values["dhi"], sun.true_zenith).mae


def hours(first: int, last: int | None = None) -> np.ndarray:
    return np.arange(f"{first}-01-01T00", f"{(last or first) + 1}-01-01T00", dtype="datetime64[h]")


def sky(stamps: np.ndarray, offset_h: float, clear: np.ndarray | float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Irradiance that closes exactly at stamp + offset: GHI, DNI, DHI, elevation of the sun [°]."""
    sun = sun_position(stamps.astype("datetime64[s]").astype(float) + 3600 * offset_h, LAT, LON, ALT)
    up = np.clip(np.cos(np.radians(sun.true_zenith)), 0, None)
    dni = np.where(up > 0.03, 800.0, 0.0) * clear
    dhi = 120.0 * up
    return dhi + dni * up, dni, dhi, 90 - sun.true_zenith


def tmy_json(path: Path, offset: float = 0.1761, **change: object) -> Path:
    stamps = hours(2019)
    ghi, dni, dhi, _ = sky(stamps, offset)
    rows = [
        {"time(UTC)": str(s)[:13].replace("-", "").replace("T", ":") + "00", "T2m": 15.0, "RH": 50.0, "G(h)": round(g, 2), "Gb(n)": round(b, 2), "Gd(h)": round(d, 2), "IR(h)": 300.0, "WS10m": 2.0, "WD10m": 1.0, "SP": 1e5}
        for s, g, b, d in zip(stamps, ghi, dni, dhi, strict=True)
    ]
    content = {
        "inputs": {"location": {"latitude": LAT, "longitude": LON, "elevation": ALT, "irradiance_time_offset": offset}, "meteo_data": {"radiation_db": "PVGIS-SARAH3", "use_horizon": True}},
        "outputs": {"months_selected": [{"month": m, "year": 2019} for m in range(1, 13)], "tmy_hourly": rows},
        "meta": {},
    }
    path.write_text(json.dumps({**content, **change}))
    return path


def hourly(path: Path, first: int, last: int, form: str = "csv", minute: int = 10, slope: float = 0.0, clear: Callable[[np.ndarray], np.ndarray] | None = None, drop: slice = slice(0, 0)) -> Path:
    stamps = hours(first, last)
    ghi, _, dhi, high = sky(stamps, minute / 60, 1.0 if clear is None else clear(stamps))
    text = [f"{str(s)[:13].replace('-', '').replace('T', ':')}{minute:02d}" for s in stamps]
    columns = list(zip(text, np.round(ghi - dhi, 3), np.round(dhi, 3), np.clip(np.round(high, 2), 0, None), strict=True))
    del columns[drop]
    if form == "json":
        rows = [{"time": t, "Gb(i)": b, "Gd(i)": d, "Gr(i)": 0.0, "H_sun": h, "T2m": 15.0, "WS10m": 2.0, "Int": 0.0} for t, b, d, h in columns]
        inputs = {"location": {"latitude": LAT, "longitude": LON, "elevation": ALT}, "meteo_data": {"use_horizon": False}, "mounting_system": {"fixed": {"slope": {"value": slope}}}}
        path.write_text(json.dumps({"inputs": inputs, "outputs": {"hourly": rows}}))
        return path
    head = f"Latitude (decimal degrees):\t{LAT}\nLongitude (decimal degrees):\t{LON}\nElevation (m):\t{ALT}\nRadiation database:\tPVGIS-SARAH3\n\n\nSlope: {slope:g} deg. \nAzimuth: 0 deg. \n"
    body = "\n".join(f"{t},{b},{d},0.0,{h},15.0,2.0,0.0" for t, b, d, h in columns)
    path.write_text(f"{head}time,Gb(i),Gd(i),Gr(i),H_sun,T2m,WS10m,Int\n{body}\n\nGb(i): Beam\n")
    return path


def epw(path: Path, zone: float) -> Path:
    """Hours that end at the stamp, in local standard time, sun in the middle."""
    stamps = hours(2019)
    ghi, dni, dhi, _ = sky(stamps, 0.5 - zone)
    rows = []
    for s, g, b, d in zip(stamps.astype(str), ghi, dni, dhi, strict=True):
        rows.append(f"{s[:4]},{s[5:7]},{s[8:10]},{int(s[11:13]) + 1},60,f,10,0,0,0,0,0,0,{g:.2f},{b:.2f},{d:.2f},0,0,0,0,0,1")
    path.write_text(f"LOCATION,X,-,ITA,Test,0,{LAT},{LON},{zone},{ALT}\n" + "\n".join(rows) + "\n")
    return path


CONVENTIONS: dict[str, Callable[[Path], TypicalYear]] = {
    "tmy json": lambda p: read_pvgis_tmy(tmy_json(p), Notes()),
    "tmy json, half past": lambda p: read_pvgis_tmy(tmy_json(p, 0.5), Notes()),
    "hourly csv, ten past": lambda p: read_pvgis_hourly(hourly(p, 2019, 2019), Notes()),
    "hourly json, half past": lambda p: read_pvgis_hourly(hourly(p, 2019, 2019, "json", 30), Notes()),
    "epw, UTC+1": lambda p: read_epw(epw(p, 1.0), Notes()),
    "epw, UTC-3:30": lambda p: read_epw(epw(p, -3.5), Notes()),
    "epw, UTC+5:45": lambda p: read_epw(epw(p, 5.75), Notes()),
}


@pytest.mark.parametrize("name", CONVENTIONS)
def test_each_convention_closes_and_half_an_hour_beside_it_does_not(tmp_path: Path, name: str) -> None:
    year = CONVENTIONS[name](tmp_path / "file")
    assert miss(year) < 0.05
    assert miss(year, 0.5) > 10 and miss(year, -0.5) > 10
    # Hours are in the order of the year, in UTC.
    of_year = ((year.moment_s - np.datetime64("2019-01-01", "s").astype(float)) / 3600) % HOURS
    assert np.abs(of_year - np.arange(HOURS) - 0.5).max() <= 0.5
    assert len(year.values["ghi"]) == HOURS and not np.isnan(year.values["ghi"]).any()


@pytest.mark.shared
def test_json_and_csv_of_one_answer_are_one_year(shared_data: Path, tmp_path: Path) -> None:
    # The csv re-encoded in PVGIS's json layout: there is no whole json answer among the shared files.
    lines = (shared_data / SAMPLE).read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("time(UTC)"))
    names = lines[start].split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in lines[start + 1 : start + 1 + HOURS]]
    records = [{k: v if k == "time(UTC)" else float(v) for k, v in row.items()} for row in rows]
    inputs = {"location": {"latitude": 45.0, "longitude": 8.0, "elevation": 250.0, "irradiance_time_offset": 0.1761}, "meteo_data": {"use_horizon": True}}
    (tmp_path / "tmy.json").write_text(json.dumps({"inputs": inputs, "outputs": {"tmy_hourly": records}}))
    a, b = read_pvgis_tmy(shared_data / SAMPLE, Notes()), read_pvgis_tmy(tmp_path / "tmy.json", Notes())
    np.testing.assert_array_equal(a.moment_s, b.moment_s)
    for name in a.values:
        np.testing.assert_array_equal(a.values[name], b.values[name])
    assert a.horizon_included is None and b.horizon_included is True
    assert miss(b) == pytest.approx(0.16, abs=0.01)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "read", "message"),
    [
        ("tmy_45.000_8.000_userhorizon.json", read_pvgis_tmy, r"a bare list of \d+ records"),
        ("pvgis_hourly_Timeseries_45.000_8.000_SA2_10kWp_CIS_5_2a_2013_2014.json", read_pvgis_hourly, r"no column Gb\(i\), Gd\(i\).*components=1"),
        ("pvgis_hourly_Timeseries_45.000_8.000_SA_30deg_0deg_2016_2016.csv", read_pvgis_hourly, r"(?s)a plane of 30 deg.*14 hours, too short for a year"),
        ("test_read_pvgis_horizon.csv", read_pvgis_tmy, "no line begins with time"),
        ("tmy_45.000_8.000_2005_2023.csv", read_pvgis_hourly, "no line begins with time; expected"),
    ],
)
def test_real_answers_that_are_no_typical_year(shared_data: Path, name: str, read: Callable[[Path, Notes], TypicalYear], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(shared_data / "pvgis" / name, Notes())


def test_a_typical_year_is_made_of_the_years_nearest_to_the_mean(tmp_path: Path) -> None:
    level = {2017: 0.5, 2018: 1.0, 2019: 0.72, 2020: 0.7}

    def clear(stamps: np.ndarray) -> np.ndarray:
        return np.array([level[int(str(s)[:4])] for s in stamps])

    notes = Notes()
    year = read_pvgis_hourly(hourly(tmp_path / "h.csv", 2017, 2020, clear=clear), notes)
    assert notes.figures["years_read"] == 4
    # Mean clearness 0.73: 2019 is nearest in every month; the leap day of 2020 is dropped.
    assert notes.counts["rows dropped: 29 February"] == 24
    assert {str(y) for y in year.moment_s.astype("datetime64[s]").astype("datetime64[Y]")} == {"2019"}
    assert 0.95 < notes.figures["typical_over_mean_ghi"] < 1.0
    assert any("01 of 2019, 02 of 2019" in a for a in notes.assumptions)
    assert year.values["dni"].max() == pytest.approx(800 * 0.72, abs=0.5)
    assert notes.figures["sun_elevation_mae_deg"] < 0.01 and not notes.warnings


def test_years_with_holes_are_passed_over_and_one_year_is_said(tmp_path: Path) -> None:
    notes = Notes()
    year = read_pvgis_hourly(hourly(tmp_path / "h.csv", 2018, 2019, drop=slice(100, 103)), notes)
    january = year.moment_s[: 24 * MONTH_DAYS[0]].astype("datetime64[s]").astype("datetime64[Y]")
    assert {str(y) for y in january} == {"2019"}
    notes = Notes()
    read_pvgis_hourly(hourly(tmp_path / "one.csv", 2020, 2020), notes)
    assert any("One single year (2020)" in a for a in notes.assumptions)
    with pytest.raises(InputError, match=r"too short for a year: no year has every hour of month 01; expected"):
        read_pvgis_hourly(hourly(tmp_path / "hole.csv", 2019, 2019, drop=slice(100, 103)), Notes())


def test_the_sum_is_kept_where_the_sun_is_low(tmp_path: Path) -> None:
    notes = Notes()
    path = hourly(tmp_path / "h.csv", 2019, 2019)
    year = read_pvgis_hourly(path, notes)
    total = sum(float(b) + float(d) for b, d in (line.split(",")[1:3] for line in path.read_text().splitlines()[9:-2]))
    assert year.values["ghi"].sum() == pytest.approx(total, rel=1e-9)
    assert year.values["dni"].max() < 1000 and (year.values["dni"] >= 0).all()
    assert year.horizon_included is None


def test_stamps_in_local_time_show_in_the_elevation_of_the_sun(tmp_path: Path) -> None:
    path = hourly(tmp_path / "h.csv", 2019, 2019)
    lines = path.read_text().splitlines()
    stamps = [line.split(",", 1)[0] for line in lines[9 : 9 + HOURS]]
    rest = [line.split(",", 1)[1] for line in lines[9 : 9 + HOURS]]
    moved = [f"{s},{r}" for s, r in zip(stamps, [*rest[-1:], *rest[:-1]], strict=True)]
    path.write_text("\n".join(lines[:9] + moved + lines[9 + HOURS :]))
    notes = Notes()
    read_pvgis_hourly(path, notes)
    assert any("may not be UTC" in w for w in notes.warnings)


def test_missing_offset_and_numbers_are_said(tmp_path: Path) -> None:
    path = tmp_json = tmp_path / "t.json"
    content = json.loads(tmy_json(path).read_text())
    del content["inputs"]["location"]["irradiance_time_offset"]
    content["outputs"]["tmy_hourly"][12]["G(h)"] = None
    content["outputs"]["tmy_hourly"][13]["G(h)"] = float("nan")
    tmp_json.write_text(json.dumps(content))
    notes = Notes()
    year = read_pvgis_tmy(path, notes)
    assert np.flatnonzero(np.isnan(year.values["ghi"])).tolist() == [12, 13]
    assert any("no irradiance time offset" in a for a in notes.assumptions)


def cut(path: Path) -> Path:
    tmy_json(path)
    path.write_text(path.read_text()[:5000])
    return path


def bad_stamp(path: Path) -> Path:
    path.write_text(tmy_json(path).read_text().replace('"20190101:0500"', '"1 Jan 5:00"'))
    return path


def nowhere(path: Path) -> Path:
    path.write_text(tmy_json(path).read_text().replace(str(LAT), "940.34"))
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (cut, "not valid json"),
        (lambda p: p.write_text("{}") and p, "no inputs.location and outputs.tmy_hourly"),
        (lambda p: p.write_text('{"status": 400, "message": "lat: Incorrect value."}') and p, "no inputs.location"),
        (lambda p: p.write_text("[" * 100_000) and p, "not valid json"),
        (lambda p: tmy_json(p, outputs={"tmy_hourly": []}), "no inputs.location and outputs.tmy_hourly"),
        (lambda p: tmy_json(p, outputs={"tmy_hourly": [{"time(UTC)": "20190101:0000"}]}), r"no column G\(h\)"),
        (bad_stamp, r"line 6 is not an hour of weather: '1 Jan 5:00"),
        (nowhere, "the place is latitude 940.34"),
        (lambda p: p.write_bytes(b"\x00\x01PK") and p, "no line begins with time"),
        (lambda p: p.write_text("") or p, "no line begins with time"),
    ],
)
def test_what_is_no_answer_of_pvgis(tmp_path: Path, make: Callable[[Path], Path], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_pvgis_tmy(make(tmp_path / "x"), Notes())


@pytest.mark.parametrize(
    ("head", "message"),
    [("940.0,18.0,1.0,31", "the place is latitude 940"), ("40.0,18.0,99,31", "time zone 99"), ("nan,18.0,1.0,31", "the place is latitude nan"), ("a,b,c,d", "expected four numbers")],
)
def test_an_epw_of_nowhere(tmp_path: Path, head: str, message: str) -> None:
    (tmp_path / "x.epw").write_text(f"LOCATION,X,-,ITA,Test,0,{head}\n2019,1,1,1,60,f" + ",0" * 20)
    with pytest.raises(InputError, match=message):
        read_epw(tmp_path / "x.epw", Notes())
