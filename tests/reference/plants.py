"""A drawn town with plants: the tables from roofs to ladders, for what values them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from pipeline.compute import Compute
from pipeline.config.finance import LadderConfig
from pipeline.config.solar import HorizonConfig, SolarConfig
from pipeline.contracts.notes import Notes
from pipeline.stages.solar.horizon import horizon
from pipeline.stages.solar.ladder import ladder
from pipeline.stages.solar.solar import solar
from tests.reference.scene import EPSG, arrays_of, roofs_of, weather_of, write_surface
from tests.reference.solar import town, typical_year

USES = ("home", "school", "industry", "annex", "town_hall", None)


@lru_cache
def year() -> dict[str, Any]:
    return typical_year(40.35, 18.05)


def town_with_plants(folder: Path) -> dict[str, Any]:
    """Tables of a drawn town: buildings of one to three planes with 4 to 60 modules each."""
    surface, owner, tilts, azimuths = town(3)
    raster = write_surface(folder / "surface.tif", surface)
    roofs = roofs_of(owner, raster.grid, tilts, azimuths)
    roofs["building_id"] = [f"b{i // 2:02d}" for i in range(len(roofs))]
    count = np.random.default_rng(1).integers(4, 60, len(roofs))
    arrays = arrays_of(roofs).assign(modules=count, kwp=count * 0.44)
    names = np.unique(roofs["building_id"])
    n = len(names)
    buildings = gpd.GeoDataFrame(
        {"building_id": names, "parcel_id": None, "use": [USES[i % len(USES)] for i in range(n)], "area_m2": np.linspace(20.0, 700.0, n), "height_m": [np.nan, 3.5, *np.linspace(3.0, 11.0, n - 2)]},
        geometry=roofs.dissolve("building_id").geometry.to_numpy(), crs=EPSG,
    )  # fmt: skip
    weather = weather_of(year())
    with Compute("threads") as compute:
        seen = horizon(roofs, raster, None, HorizonConfig(reach_m=50.0), compute, Notes()).whole()
        yields = solar(arrays, roofs, seen, weather, SolarConfig(), compute, Notes())
    return {"roofs": roofs, "arrays": arrays, "horizon": seen, "weather": weather, "solar": yields, "buildings": buildings, "ladder": ladder(arrays, yields, None, LadderConfig(), Notes())}
