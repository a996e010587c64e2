"""Stage irradiation: every plane's year, by hand where it can be."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from pipeline.compute import Compute
from pipeline.config.solar import IrradiationConfig
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Irradiation
from pipeline.errors import ContractError
from pipeline.stages.solar.irradiation import irradiation
from tests.reference.scene import EPSG, plane, weather_of
from tests.reference.solar import plain_poa, typical_year

OPEN = {"horizon_deg": np.zeros(72), "lit_share": np.full(72 * 45, 255, dtype=np.uint8)}


@lru_cache
def year() -> dict[str, np.ndarray]:
    return typical_year(40.35, 18.05)


def planes(tilts: list[float], azimuths: list[float]) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    roofs = gpd.GeoDataFrame([plane(f"r{i}-1", box(0, 0, 10, 6), t, a) for i, (t, a) in enumerate(zip(tilts, azimuths, strict=True))], crs=EPSG)
    view = (1 + np.cos(np.radians(tilts))) / 2
    rows = [{"roof_id": r, "horizon_deg": OPEN["horizon_deg"], "sky_view": v, "lit_share": OPEN["lit_share"]} for r, v in zip(roofs["roof_id"], view, strict=True)]
    return roofs, pd.DataFrame(rows)


def run(roofs: gpd.GeoDataFrame, horizon: pd.DataFrame, albedo: float = 0.2) -> tuple[pd.DataFrame, Notes]:
    notes = Notes()
    with Compute("threads") as compute:
        return irradiation(roofs, horizon, weather_of(year()), IrradiationConfig(albedo=albedo), compute, notes), notes


def test_open_planes_against_plain_pvlib() -> None:
    tilts, azimuths = [0.0, 25.0, 90.0], [np.nan, 200.0, 90.0]
    roofs, horizon = planes(tilts, azimuths)
    found, notes = run(roofs.iloc[::-1], horizon.iloc[::-1], albedo=0.3)
    check_table(found, Irradiation, EPSG, "irradiation")
    assert found["roof_id"].tolist() == ["r0-1", "r1-1", "r2-1"]
    plain = [plain_poa(year(), t, 0.0 if np.isnan(a) else a, 0.3)["poa_global"].sum() / 1000 for t, a in zip(tilts, azimuths, strict=True)]
    # The planes lie a few metres off the central meridian, so the grid is turned by a millionth of a degree.
    np.testing.assert_allclose(found["poa_unshaded_kwh_m2"], plain, rtol=1e-7)
    np.testing.assert_allclose(found["poa_kwh_m2"], plain, rtol=1e-7)
    np.testing.assert_allclose(found[[f"poa_{m:02d}" for m in range(1, 13)]].sum(axis=1), found["poa_kwh_m2"], rtol=1e-12)
    assert notes.figures["shading_loss_of_all_planes"] == pytest.approx(0.0, abs=1e-9)


def test_a_plane_that_sees_nothing_gets_only_what_the_ground_reflects() -> None:
    roofs, horizon = planes([90.0], [180.0])
    horizon["lit_share"] = [np.zeros(72 * 45, dtype=np.uint8)]
    horizon["sky_view"] = 0.0
    found, notes = run(roofs, horizon)
    assert found["poa_kwh_m2"].iloc[0] == pytest.approx(0.2 * 0.5 * year()["ghi"].sum() / 1000)
    assert notes.figures["shading_loss_of_all_planes"] > 0.7


def test_a_horizon_of_an_unknown_roof_is_refused() -> None:
    roofs, horizon = planes([10.0, 20.0], [180.0, 180.0])
    with pytest.raises(ContractError, match="r1-1"):
        run(roofs.iloc[:1], horizon)


def test_no_planes() -> None:
    roofs, horizon = planes([10.0], [180.0])
    found, _ = run(roofs.iloc[:0], horizon.iloc[:0])
    assert len(found) == 0
    check_table(found, Irradiation, EPSG, "irradiation")
