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
from pipeline.core.solar import losses
from pipeline.core.solar.rowview import rack_sky_share
from pipeline.core.solar.uncertainty import p90_of_sum
from pipeline.errors import ContractError
from pipeline.joins.production import sigmas_in
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
        return roofs, horizon(roofs, raster, None, HorizonConfig(reach_m=50.0), compute, Notes()).whole()


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
    # Energy over irradiation: 0.86 for losses, some 0.9 for heat, reflection and weak light (and the inverter at part load).
    assert ratio.between(0.68, 0.82).all()
    assert notes.counts["arrays"] == len(roofs)
    assert notes.figures["kwp"] == pytest.approx(4.4 * len(roofs))


def test_an_open_array_against_plain_pvlib(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    config = SolarConfig()
    free = seen.copy()
    free["sky_view"] = (1 + np.cos(np.radians(roofs["surface_tilt"].to_numpy()))) / 2
    free["lit_share"] = [np.full(72 * 45, 255, dtype=np.uint8)] * len(seen)
    arrays = arrays_of(roofs).assign(row_shading=0.0, gcr=np.nan)
    found, _ = run(arrays, roofs, free)
    for i in (int(np.argmax(roofs["kind"] == "flat")), int(np.argmax(roofs["kind"] == "pitched"))):
        rack = arrays["mounting"].iloc[i] == "rack"
        u0, u1 = (config.faiman_u0_rack, config.faiman_u1_rack) if rack else (config.faiman_u0_coplanar, config.faiman_u1_coplanar)
        plain = plain_energy(
            year(), arrays["surface_tilt"].iloc[i], arrays["surface_azimuth"].iloc[i],
            albedo=config.albedo, u0=u0, u1=u1, loss=losses.total(config.losses.model_dump()), ac_limit=config.inverter_ac_per_dc, efficiency=config.inverter_efficiency_share,
        )  # fmt: skip
        assert found["specific_yield_kwh_kwp"].iloc[i] == pytest.approx(plain, rel=1e-6)
        assert found["shading_loss"].iloc[i] == pytest.approx(0.0, abs=1e-9)


def test_p90_is_wider_on_a_height_model(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    config = SolarConfig(sigma_year=0.04, sigma_dataset=0.0, sigma_surface=0.03, sigma_height_model=0.08, sigma_model=0.0, sigma_edge_m=0.0)
    mixed = roofs.assign(basis=["height model"] + ["surface"] * (len(roofs) - 1))
    arrays = arrays_of(mixed).assign(mounting="rack")  # racks: the fit of the plane does not matter
    found, notes = run(arrays, mixed, seen, config)
    share = found["kwh_year_p90"] / found["kwh_year"]
    assert share.iloc[1] == pytest.approx(1 - 1.2816 * 0.05)
    assert share.iloc[0] == pytest.approx(1 - 1.2816 * np.hypot(0.04, 0.08))
    assert notes.counts["arrays whose surface is a height model"] == 1


def test_p90_is_made_of_its_published_terms(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    found, notes = run(arrays_of(roofs), roofs, seen)
    terms = found.filter(like="sigma_")
    assert terms.shape[1] == 5
    np.testing.assert_allclose(found["kwh_year_p90"], found["kwh_year"] * (1 - 1.2816 * np.sqrt((terms**2).sum(axis=1))))
    pitched = (arrays_of(roofs)["mounting"] == "coplanar").to_numpy()
    assert (terms["sigma_plane"][pitched] > 0).all() and (terms["sigma_plane"][~pitched] == 0).all()
    assert found["kwh_year_p90"].sum() < notes.figures["kwh_year_p90_of_the_sum"] < found["kwh_year"].sum()
    whole = p90_of_sum(found["kwh_year"].to_numpy(), sigmas_in(found), np.zeros(len(found), dtype=np.int64), 1)
    assert whole[0] == pytest.approx(notes.figures["kwh_year_p90_of_the_sum"])


def test_a_vaguer_plane_is_less_sure(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    arrays = arrays_of(roofs)
    pitched = (arrays["mounting"] == "coplanar").to_numpy()
    sure, vague, unknown = (run(arrays, roofs.assign(tilt_se_deg=se), seen)[0]["sigma_plane"][pitched] for se in (0.2, 3.0, np.nan))
    assert (vague > 2 * sure).all() and (unknown < sure).all()


def test_planes_without_modules_are_left_out(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    arrays = arrays_of(roofs)
    bare = arrays.iloc[[3]].assign(array_id=arrays["roof_id"].iloc[3] + "-0", modules=0, kwp=0.0, surface_tilt=np.nan, surface_azimuth=np.nan, mounting=None, gcr=np.nan, geometry=None)
    found, _ = run(pd.concat([arrays.drop(index=arrays.index[3]), bare]), roofs, seen)
    whole, _ = run(arrays, roofs, seen)
    pd.testing.assert_frame_equal(found, whole.drop(index=3).reset_index(drop=True))


def test_pairs_back_to_back_on_one_roof(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    """Two arrays on a plane, east and west: cooled like racks, each under its own sky; rows in front take sky light."""
    roofs, seen = scene
    flat = arrays_of(roofs)[lambda t: t["mounting"] == "rack"].iloc[[0]]
    pair = pd.concat([flat.assign(array_id=flat["roof_id"] + f"-{letter}", surface_azimuth=towards, mounting="east_west", gcr=0.45, row_shading=0.0) for letter, towards in (("a", 90.0), ("b", 270.0))])
    free = seen.assign(lit_share=[np.full(72 * 45, 255, dtype=np.uint8)] * len(seen))
    found, _ = run(pair, roofs, free)
    alone, _ = run(pair.assign(gcr=np.nan, mounting="rack"), roofs, free)
    assert found["array_id"].tolist() == pair["array_id"].tolist()
    lost = 1 - found["poa_kwh_m2"] / alone["poa_kwh_m2"]
    assert (lost > 0.1 * (1 - rack_sky_share(10.0, 0.45))).all() and (lost < 1 - rack_sky_share(10.0, 0.45) + 0.005).all()


def test_weather_of_many_years_tells_how_years_differ(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    for given, expected in ((0.05, 0.05), (np.nan, 0.02)):
        with Compute("threads") as compute:
            found = solar(arrays_of(roofs), roofs, seen, weather_of(year()).assign(sigma_year=given), SolarConfig(sigma_year=0.02, sigma_dataset=0.0), compute, Notes())
        assert found["sigma_weather"].to_numpy() == pytest.approx(expected)


def test_life_and_clipping(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    found, _ = run(arrays_of(roofs), roofs, seen, SolarConfig(inverter_ac_per_dc=0.5, degradation_share=0.01, life_years=20))
    np.testing.assert_allclose(found["kwh_year_life"], found["kwh_year"] * np.mean(0.99 ** np.arange(20)))
    assert found["clipped_share"].max() > 0.02


def test_an_array_on_an_unknown_roof_is_refused(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    with pytest.raises(ContractError, match=str(roofs["roof_id"].iloc[0])):
        run(arrays_of(roofs), roofs, seen.iloc[1:])


def test_no_arrays(scene: tuple[gpd.GeoDataFrame, pd.DataFrame]) -> None:
    roofs, seen = scene
    found, _ = run(arrays_of(roofs).iloc[:0], roofs, seen)
    assert len(found) == 0
    check_table(found, Solar, EPSG, "solar")
