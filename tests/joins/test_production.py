"""Arrays made ready for the engine: which rows, under which sky, cooled how."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from pipeline.config.solar import SolarConfig
from pipeline.core.solar.rowview import rack_sky_share
from pipeline.core.solar.sky import open_sky_view
from pipeline.errors import ContractError
from pipeline.joins.production import grid_turn_deg, hourly_kwh, laid_arrays, mounting_of, planes_of, power_model, year_hours
from tests.reference.scene import EPSG, arrays_of, plane, weather_of
from tests.reference.solar import typical_year


@pytest.fixture
def tables() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """A pitched roof, a flat one with racks, a flat one with a pair back to back, and a plane without modules."""
    roofs = gpd.GeoDataFrame([plane(f"r{n}-1", box(20 * n, 0, 20 * n + 10, 10), t, 180.0) for n, t in enumerate((25.0, 0.0, 0.0, 40.0))], crs=EPSG)
    arrays = arrays_of(roofs).assign(row_shading=0.0)
    pair = arrays.iloc[[2, 2]].assign(array_id=["r2-1-b", "r2-1-a"], mounting="east_west", gcr=0.4, surface_azimuth=[270.0, 90.0])
    bare = arrays.iloc[[3]].assign(array_id="r3-1-0", modules=0, kwp=0.0, mounting=None, surface_tilt=np.nan, surface_azimuth=np.nan, gcr=np.nan)
    seen = pd.DataFrame({"roof_id": roofs["roof_id"], "sky_view": open_sky_view(roofs["surface_tilt"]), "lit_share": [np.full(72 * 45, 255, dtype=np.uint8)] * 4})
    return pd.concat([pair, bare, arrays.iloc[[1, 0]]]), roofs, seen


def test_rows_that_carry_modules_in_order(tables: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]) -> None:
    rows = laid_arrays(*tables)
    assert rows["array_id"].tolist() == ["r0-1-a", "r1-1-a", "r2-1-a", "r2-1-b"]
    assert rows["lit_share"].iloc[2] is rows["lit_share"].iloc[3]
    with pytest.raises(ContractError, match="r2-1-a"):
        laid_arrays(tables[0], tables[1], tables[2].drop(index=2))


def test_each_looks_from_its_own_tilt_and_is_cooled_by_its_mounting(tables: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]) -> None:
    rows, config = laid_arrays(*tables), SolarConfig()
    planes, mounting = planes_of(rows), mounting_of(rows, config)
    assert planes.surface_azimuth.tolist() == [180.0, 180.0, 90.0, 270.0]
    np.testing.assert_allclose(planes.sky_view, open_sky_view([25.0, 10.0, 10.0, 10.0]), rtol=1e-6)
    assert np.asarray(mounting.u0).tolist() == [20.0, 26.9, 26.9, 26.9]
    np.testing.assert_allclose(mounting.sky_share, [1.0, *rack_sky_share(10.0, [0.8, 0.4, 0.4])])


def test_east_and_west_share_the_day(tables: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]) -> None:
    rows, config = laid_arrays(*tables), SolarConfig()
    year = typical_year(40.35, 18.05)
    kwh = np.concatenate([k for _, k in hourly_kwh(rows, year_hours(weather_of(year), tables[1]), config)])
    assert kwh.shape == (4, 8760)
    hour = np.arange(8760) % 24
    noon = 24 - 18.05 / 15 - 12  # UTC of the sun's noon
    east, west = kwh[2], kwh[3]
    assert east[hour < noon - 1].sum() > west[hour < noon - 1].sum()
    assert west[hour > noon + 1].sum() > east[hour > noon + 1].sum()
    assert (kwh >= 0).all() and (kwh <= 4.4 * config.inverter_ac_per_dc + 1e-12).all()


def test_the_model_is_that_of_the_config(tables: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]) -> None:
    model = power_model(SolarConfig(inverter_ac_per_dc=0.8, inverter_efficiency_share=0.97, albedo=0.3))
    assert (model.ac_limit, model.inverter_efficiency, model.albedo) == (0.8, 0.97, 0.3)
    assert (1 - model.loss) == pytest.approx(0.98**3 * 0.995 * 0.985 * 0.99 * 0.981)
    assert grid_turn_deg(tables[1].iloc[:0]) == 0.0
    assert abs(grid_turn_deg(tables[1])) < 4.0
