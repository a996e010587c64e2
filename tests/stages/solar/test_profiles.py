"""Stage profiles: the hours of a drawn town, against the years of stage solar."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.compute import Compute
from pipeline.config.solar import HorizonConfig, ProfilesConfig, SolarConfig
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Profiles
from pipeline.errors import ConfigError, ContractError
from pipeline.stages.solar.horizon import horizon
from pipeline.stages.solar.profiles import profiles
from pipeline.stages.solar.solar import solar
from tests.reference.scene import EPSG, arrays_of, roofs_of, weather_of, write_surface
from tests.reference.solar import town, typical_year

PLACE = Town(name="Somewhere", epsg=EPSG)


@lru_cache
def year() -> dict[str, np.ndarray]:
    return typical_year(40.35, 18.05)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    surface, owner, tilts, azimuths = town(3)
    raster = write_surface(tmp_path_factory.mktemp("scene") / "surface.tif", surface)
    roofs = roofs_of(owner, raster.grid, tilts, azimuths)
    arrays = arrays_of(roofs)
    with Compute("threads") as compute:
        seen = horizon(roofs, raster, None, HorizonConfig(reach_m=50.0), compute, Notes()).whole()
        table = solar(arrays, roofs, seen, weather_of(year()), SolarConfig(), compute, Notes())
    uses = pd.DataFrame({"building_id": roofs["building_id"], "use": [("home", "shop", None)[n % 3] for n in range(len(roofs))]})
    return {"arrays": arrays, "solar": table, "roofs": roofs, "horizon": seen, "buildings": uses}


def run(made: dict[str, Any], config: ProfilesConfig | None = None, **other: Any) -> tuple[pd.DataFrame, Notes]:
    given, notes = made | other, Notes()
    with Compute("threads") as compute:
        found = profiles(
            given["arrays"], given["solar"], given["roofs"], given["horizon"], weather_of(year()), given["buildings"], config or ProfilesConfig(), PLACE, compute, notes
        )
    return found, notes


def test_hours_of_each_use_make_the_years_of_solar(made: dict[str, Any]) -> None:
    found, notes = run(made, arrays=made["arrays"].sample(frac=1.0, random_state=1))
    check_table(found, Profiles, EPSG, "profiles")
    assert found["use"].unique().tolist() == ["home", "other", "shop", "town"]
    assert (found["hour"].to_numpy().reshape(4, -1) == np.arange(8760)).all()
    use = made["solar"]["building_id"].map(made["buildings"].set_index("building_id")["use"]).fillna("other")
    years = made["solar"]["kwh_year"].groupby(use).sum()
    np.testing.assert_allclose(found.groupby("use")["kwh"].sum()[years.index], years, rtol=1e-6)
    hours = found.pivot(index="hour", columns="use", values="kwh")
    np.testing.assert_allclose(hours[["home", "other", "shop"]].sum(axis=1), hours["town"], rtol=1e-12)
    months = hours["town"].groupby(year()["month"]).sum()
    np.testing.assert_allclose(months, made["solar"][[f"kwh_{m:02d}" for m in range(1, 13)]].sum(), rtol=1e-6)
    assert (hours["town"][year()["solar_zenith"] > 95] == 0).all()
    assert hours["town"].max() < 1.1 * made["arrays"]["kwp"].sum()
    assert notes.figures["kwh_year"] == pytest.approx(made["solar"]["kwh_year"].sum())


def test_without_buildings_all_is_other(made: dict[str, Any]) -> None:
    found, _ = run(made, buildings=None)
    assert found["use"].unique().tolist() == ["other", "town"]
    assert (found["kwh"].to_numpy()[:8760] == found["kwh"].to_numpy()[8760:]).all()


def test_single_buildings_on_request(made: dict[str, Any]) -> None:
    asked = made["roofs"]["building_id"].iloc[[5, 2]].tolist()
    found, _ = run(made, ProfilesConfig(buildings=tuple(asked)))
    assert set(found["use"]) == {"home", "shop", "other", "town", *asked}
    own = made["solar"].groupby("building_id")["kwh_year"].sum()
    for building in asked:
        assert found.loc[found["use"] == building, "kwh"].sum() == pytest.approx(own[building], rel=1e-9)
    plain, _ = run(made)
    np.testing.assert_array_equal(found.loc[found["use"] == "town", "kwh"], plain.loc[plain["use"] == "town", "kwh"])


def test_a_building_without_arrays_is_refused(made: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        run(made, ProfilesConfig(buildings=("nowhere",)))


def test_years_of_other_arrays_are_refused(made: dict[str, Any]) -> None:
    with pytest.raises(ContractError, match="make solar profiles"):
        run(made, solar=made["solar"].iloc[1:])


def test_a_town_without_arrays_is_dark(made: dict[str, Any]) -> None:
    found, _ = run(made, arrays=made["arrays"].iloc[:0], solar=made["solar"].iloc[:0])
    assert found["use"].unique().tolist() == ["town"]
    assert len(found) == 8760 and found["kwh"].sum() == 0.0
