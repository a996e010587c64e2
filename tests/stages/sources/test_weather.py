"""The weather stage: the contract's columns, closure, distance, gaps."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from pipeline.config.sources import Layer, Source, WeatherConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Weather
from pipeline.errors import InputError
from pipeline.stages.sources.weather import weather

DELFT = Town(name="Delft", epsg=28992)
PVGIS = "pvgis/tmy_45.000_8.000_2005_2023"


def run(kind: str, path: Path, boundary: gpd.GeoDataFrame | None = None, **config: object) -> tuple[pd.DataFrame, Notes]:
    notes = Notes()
    layers = (Layer(Source.model_validate({"kind": kind, "path": "x"}), (path,)),)
    made = weather(layers, boundary, None, WeatherConfig.model_validate(config), DELFT, notes)  # type: ignore[arg-type]
    return made, notes  # type: ignore[return-value]


def block() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[box(84_808, 447_412, 85_073, 447_642)], crs=28992)


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["pvgis_tmy", "epw"])
def test_a_year_of_pvgis(shared_data: Path, kind: str) -> None:
    made, notes = run(kind, shared_data / f"{PVGIS}.{'epw' if kind == 'epw' else 'csv'}")
    assert list(made.columns) == list(Weather.columns())
    assert made["hour"].tolist() == list(range(8760)) and made["month"].is_monotonic_increasing
    for name, column in Weather.columns().items():
        held = made[name] if column.required else made[name].dropna()
        assert held.between(column.low if column.low is not None else -np.inf, column.high).all(), name
    figures = notes.figures
    assert (round(figures["closure_mae_w_m2"], 2), round(figures["closure_rms_w_m2"], 2), round(figures["closure_max_w_m2"], 1)) == (
        0.16,
        0.37,
        2.3,
    )
    months = [figures[f"ghi_kwh_m2_{m:02d}"] for m in range(1, 13)]
    assert sum(months) == pytest.approx(figures["ghi_kwh_m2_year"]) == pytest.approx(1435.861)
    assert months[5] == pytest.approx(216.152)
    noon = made[made["hour"] % 24 == 11]  # 8 degrees east: solar noon is 11:28 UTC
    assert (noon["solar_azimuth"].between(150, 185)).all()
    assert not np.signbit(made["dni"]).any()


@pytest.mark.shared
def test_amsterdam_for_delft_is_near_turin_is_not(shared_data: Path) -> None:
    near, notes = run("epw", shared_data / "delft" / "NLD_Amsterdam062400_IWEC.epw", block())
    assert 35 < notes.figures["weather_distance_km"] < 50 and not notes.warnings
    assert notes.figures["closure_mae_w_m2"] < 0.3
    assert notes.figures["ghi_kwh_m2_year"] == pytest.approx(982.481)
    with pytest.raises(InputError, match=r"of a place 8\d\d km from the town \(45.000 N, 8.000 E\); expected within weather.max_distance_km = 200"):
        run("pvgis_tmy", shared_data / f"{PVGIS}.csv", block())
    _, far = run("pvgis_tmy", shared_data / f"{PVGIS}.csv", block(), max_distance_km=1000)
    assert far.figures["weather_distance_km"] > 800 and any("km from the town" in w for w in far.warnings)
    # Irradiance of an hour and the sun of its middle agree: no strong beam with the sun below the horizon.
    assert near.loc[near["solar_zenith"] > 92, "dni"].max() == 0


@pytest.mark.parametrize(("latitude", "said"), [("52.4", ""), ("52.6", "better"), ("53.7", "better"), ("53.9", "stops"), ("-52.0", "stops")])
def test_far_places_are_warned_of_and_farther_ones_refused(tmp_path: Path, latitude: str, said: str) -> None:
    """One degree of latitude is 111 km; the block lies at 52.0 degrees north."""
    path = epw(tmp_path / "a.epw", "100")
    path.write_text(path.read_text().replace(",52.0,4.4,", f",{latitude},4.4,"))
    if said == "stops":
        with pytest.raises(InputError, match=r"km from the town .*max_distance_km = 200; use a file of the town's region"):
            run("epw", path, block())
        _, notes = run("epw", path, block(), max_distance_km=20_000)
    else:
        _, notes = run("epw", path, block())
    assert any("another file is better" in w for w in notes.warnings) == bool(said)


def epw(path: Path, ghi: str = "0", comment: str = "", **change: str) -> Path:
    rows = []
    for i, stamp in enumerate(np.arange("2019-01-01T00", "2020-01-01T00", dtype="datetime64[h]").astype(str)):
        value = change.get(f"h{i}", ghi)
        fields = [
            stamp[:4],
            stamp[5:7],
            stamp[8:10],
            str(int(stamp[11:13]) + 1),
            "60",
            "f",
            "10",
            *["0"] * 6,
            value,
            "0",
            value,
            *["0"] * 5,
            "1",
        ]
        rows.append(",".join(fields))
    path.write_text(f"LOCATION,X,-,ITA,Test,0,52.0,4.4,0.0,1.0\nCOMMENTS 1,{comment}\n" + "\n".join(rows))
    return path


def test_short_gaps_and_negative_numbers_are_counted(tmp_path: Path) -> None:
    made, notes = run("epw", epw(tmp_path / "a.epw", "100", h10="9999", h11="9999", h20="-3"), block())
    assert notes.counts["ghi hours interpolated"] == 2 and notes.counts["ghi below 0 set to 0"] == 1
    assert (made["ghi"].to_numpy()[[10, 11]] == 100).all() and made["ghi"].to_numpy()[20] == 0
    with pytest.raises(InputError, match=r"(?s)ghi is missing for 2 hours.*dhi is missing for 2") as error:
        run("epw", tmp_path / "a.epw", max_gap_hours=1)
    assert len(error.value.problems) == 2


def test_numbers_that_do_not_close_are_warned_of(tmp_path: Path) -> None:
    path = epw(tmp_path / "a.epw", "100")
    path.write_text(path.read_text().replace(",100,0,100,", ",100,0,40,"))
    _, notes = run("epw", path, block())
    assert notes.figures["closure_mae_w_m2"] == pytest.approx(60)
    assert any("differ by 60.0 W/m2" in w for w in notes.warnings)


def test_one_file_of_a_known_kind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected one file of kind pvgis_tmy, pvgis_hourly, epw"):
        run("dsm", epw(tmp_path / "a.epw"))


def near(longitude: float, latitude: float) -> gpd.GeoDataFrame:
    at = gpd.GeoSeries(gpd.points_from_xy([longitude], [latitude]), crs=4326).to_crs(28992)
    return gpd.GeoDataFrame(geometry=at.buffer(2000), crs=28992)


def test_the_monthly_sums_stand_beside_the_nearest_station(tmp_path: Path) -> None:
    _, notes = run("epw", epw(tmp_path / "a.epw", "100"), near(18.05, 40.34), max_distance_km=2000)
    # Mesagne (UNI 10349): 1.50 kWh/m2 a day in January, 2.48 in February.
    assert notes.figures["reference_ghi_kwh_m2_01"] == pytest.approx(1.50 * 31)
    assert notes.figures["reference_ghi_kwh_m2_02"] == pytest.approx(2.48 * 28)
    assert notes.figures["reference_ghi_kwh_m2_year"] == pytest.approx(sum(d * n for d, n in zip((1.50, 2.48, 3.80, 5.03, 5.92, 6.42, 6.36, 6.03, 3.91, 2.95, 1.80, 1.50), (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True)))
    assert notes.figures["ghi_over_reference"] == pytest.approx(876 / notes.figures["reference_ghi_kwh_m2_year"])
    assert any("Mesagne, 3" in a and "UNI 10349" in a for a in notes.assumptions)
    _, coast = run("epw", tmp_path / "a.epw", near(18.45, 40.15), max_distance_km=2000)
    assert any("Otranto" in a for a in coast.assumptions)
    _, far = run("epw", tmp_path / "a.epw", block())
    assert not any(k.startswith("reference") for k in far.figures) and any("No reference station" in a for a in far.assumptions)


@pytest.mark.shared
@pytest.mark.parametrize(("said", "held"), [(None, 1.0), (True, 1.0), (False, 0.0)])
def test_whether_the_terrain_is_in_the_irradiance_is_written_down(shared_data: Path, said: bool | None, held: float) -> None:
    notes = Notes()
    source = Source(kind="pvgis_tmy", path="x", horizon_included=said)
    weather((Layer(source, (shared_data / f"{PVGIS}.csv",)),), None, None, WeatherConfig(), DELFT, notes)
    assert notes.figures["horizon_included"] == held
    assert any("PVGIS does so by default" in a for a in notes.assumptions) == (said is None)
    _, plain = run("epw", shared_data / "delft" / "NLD_Amsterdam062400_IWEC.epw")
    assert plain.figures["horizon_included"] == 0.0


def test_a_generated_year_holds_no_terrain(tmp_path: Path) -> None:
    from tests.io.test_pvgis import tmy_json

    path = tmy_json(tmp_path / "tmy.json")
    path.write_text(path.read_text().replace('"use_horizon": true', '"x": 1'))
    for synthetic, held in ((True, 0.0), (False, 1.0)):
        notes = Notes()
        source = Source(kind="pvgis_tmy", path="synthetic/x", synthetic=synthetic)
        weather((Layer(source, (path,)),), None, None, WeatherConfig(), DELFT, notes)
        assert notes.figures["horizon_included"] == held


def test_an_hourly_series_becomes_a_year(tmp_path: Path) -> None:
    from tests.io.test_pvgis import hourly

    made, notes = run("pvgis_hourly", hourly(tmp_path / "h.csv", 2018, 2019))
    assert made["hour"].tolist() == list(range(8760)) and notes.figures["closure_mae_w_m2"] < 0.05
    assert notes.figures["years_read"] == 2 and not notes.warnings
