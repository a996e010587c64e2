"""Stage solar: energy of arrays, from a drawn town to kWh."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from pipeline.compute import Compute
from pipeline.config.solar import HorizonConfig, SolarConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Solar
from pipeline.errors import ContractError
from pipeline.stages.solar.horizon import horizon
from pipeline.stages.solar.solar import solar
from tests.reference.scene import EPSG, arrays_of, roofs_of, weather_of, write_surface
from tests.reference.solar import plain_energy, town, typical_year


@lru_cache
def year() -> dict[str, np.ndarray]:
    return typical_year(40.35, 18.05)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    surface, owner, tilts, azimuths = town(3)
    raster = write_surface(tmp_path_factory.mktemp("scene") / "surface.tif", surface)
    roofs = roofs_of(owner, raster.grid, tilts, azimuths)
    with Compute("threads") as compute:
        return roofs, horizon(roofs, raster, None, HorizonConfig(reach_m=50.0), compute, Notes())


def run(arrays: gpd.GeoDataFrame, roofs: gpd.GeoDataFrame, seen: pd.DataFrame, config: SolarConfig | None = None) -> tuple[pd.DataFrame, Notes]:
    notes = Notes()
    with Compute("threads") as compute:
        return solar(arrays, roofs, seen, weather_of(year()), config or SolarConfig(), compute, notes), notes


def test_the_table_of_a_town(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    found, notes = run(arrays_of(roofs).sample(frac=1.0, random_state=2), roofs, seen)
    check_table(found, Solar, EPSG, "solar")
    assert found["array_id"].is_monotonic_increasing
    np.testing.assert_allclose(found[[f"kwh_{m:02d}" for m in range(1, 13)]].sum(axis=1), found["kwh_year"], rtol=1e-12)
    np.testing.assert_allclose(found["kwh_year"] / 4.4, found["specific_yield_kwh_kwp"], rtol=1e-12)
    assert (found["poa_kwh_m2"] <= found["poa_unshaded_kwh_m2"]).all()
    np.testing.assert_allclose(found["shading_loss"], 1 - found["poa_kwh_m2"] / found["poa_unshaded_kwh_m2"])
    assert found["shading_loss"].max() > 0.05
    ratio = found["specific_yield_kwh_kwp"] / found["poa_kwh_m2"]
    # Energy over irradiation: 0.86 for losses, some 0.9 for heat, reflection and weak light.
    assert ratio.between(0.70, 0.82).all()
    assert notes.counts["arrays"] == len(roofs)
    assert notes.figures["kwp"] == pytest.approx(4.4 * len(roofs))


def test_an_open_array_against_plain_pvlib(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    config = SolarConfig()
    free = seen.copy()
    free["sky_view"] = (1 + np.cos(np.radians(roofs["surface_tilt"].to_numpy()))) / 2
    free["lit_share"] = [np.full(72 * 45, 255, dtype=np.uint8)] * len(seen)
    arrays = arrays_of(roofs).assign(row_shading=0.0)
    found, _ = run(arrays, roofs, free)
    for i in (int(np.argmax(roofs["kind"] == "flat")), int(np.argmax(roofs["kind"] == "pitched"))):
        rack = arrays["mounting"].iloc[i] == "rack"
        u0, u1 = (config.faiman_u0_rack, config.faiman_u1_rack) if rack else (config.faiman_u0_coplanar, config.faiman_u1_coplanar)
        plain = plain_energy(
            year(), arrays["surface_tilt"].iloc[i], arrays["surface_azimuth"].iloc[i],
            albedo=config.albedo, u0=u0, u1=u1, loss=config.system_loss, ac_limit=config.inverter_ac_per_dc,
        )  # fmt: skip
        assert found["specific_yield_kwh_kwp"].iloc[i] == pytest.approx(plain, rel=1e-6)
        assert found["shading_loss"].iloc[i] == pytest.approx(0.0, abs=1e-9)


def test_p90_is_wider_on_a_height_model(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    config = SolarConfig(sigma_weather=0.04, sigma_surface=0.03, sigma_height_model=0.08, sigma_model=0.0)
    mixed = roofs.assign(basis=["height model"] + ["surface"] * (len(roofs) - 1))
    found, notes = run(arrays_of(mixed), mixed, seen, config)
    share = found["kwh_year_p90"] / found["kwh_year"]
    assert share.iloc[1] == pytest.approx(1 - 1.2816 * 0.05)
    assert share.iloc[0] == pytest.approx(1 - 1.2816 * np.hypot(0.04, 0.08))
    assert notes.counts["arrays whose surface is a height model"] == 1


def test_an_array_on_an_unknown_roof_is_refused(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    with pytest.raises(ContractError, match=str(roofs["roof_id"].iloc[0])):
        run(arrays_of(roofs), roofs, seen.iloc[1:])


def test_no_arrays(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    found, _ = run(arrays_of(roofs).iloc[:0], roofs, seen)
    assert len(found) == 0
    check_table(found, Solar, EPSG, "solar")
