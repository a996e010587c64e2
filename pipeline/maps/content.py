"""What the pages are made of: the atlas with its sums, themes and columns, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.contracts.notes import Lineage
from pipeline.maps import findings
from pipeline.maps.basemap import nearest_street
from pipeline.maps.dates import Dates, dates_of
from pipeline.maps.encode import Column
from pipeline.maps.plan_layers import large_roofs, public_buildings
from pipeline.maps.rules import Rules
from pipeline.maps.sunmap import SunMap
from pipeline.maps.themes import Atlas, Theme, prepared, theme_columns, themes


@dataclass
class Site:
    """All that the pages need.

    Attributes
    ----------
    atlas
        As the atlas stage made it, in the town's system.
    shade, cover
        Relief (0-1) and land cover codes in EPSG:3857 on one grid, None where there are none.
    streets, greens
        Lines with their names, and green places, for the base map; None where there are none.
    bounds
        West, south, east, north of those pictures [degrees].
    sun
        Irradiation of the roofs cell by cell; None where it is not known.
    steps
        Sizes of plant of each building, with what they cost and give; None where they are not known.
    storm_mm
        Depth of the storm that runoff is told for [mm].
    consumed
        Layers of the package `consumed`; None where there is no official figure.
    ledger
        Permits and restorations beside the official map; None where there is no register.
    rules
        Thresholds in words, for the phrases that name them.
    home_kwh
        What a home uses in a year, for comparison; None where nobody says [kWh].
    estate, community
        Register of public buildings and layers of the package `community`; None where there is none.
    initiatives, reports, actions, indicators, neighbours, waste, collection
        The other stages of the plan: tables, or layers of packages by name; None where a stage was not made.
    as_of
        Month of prices and rules.
    anchor_households, member_share
        As the section `community` of the config has them.
    large_roof_m2, large_yard_m2
        From which size on roofs and yards of enterprises have a page [m2].
    """

    atlas: Atlas
    name: str
    languages: tuple[str, ...]
    lineage: Lineage
    version: str
    simplify_m: float = 0.2
    email: str | None = None
    canopy_height_m: float = 3.0
    shade: NDArray[np.float32] | None = None
    cover: NDArray[np.float32] | None = None
    streets: gpd.GeoDataFrame | None = None
    greens: gpd.GeoDataFrame | None = None
    bounds: tuple[float, float, float, float] | None = None
    sun: SunMap | None = None
    steps: pd.DataFrame | None = None
    storm_mm: float = 60.0
    consumed: dict[str, gpd.GeoDataFrame] | None = None
    ledger: pd.DataFrame | None = None
    home_kwh: float | None = None
    estate: gpd.GeoDataFrame | None = None
    community: dict[str, gpd.GeoDataFrame] | None = None
    initiatives: gpd.GeoDataFrame | None = None
    reports: dict[str, gpd.GeoDataFrame] | None = None
    actions: dict[str, gpd.GeoDataFrame] | None = None
    indicators: pd.DataFrame | None = None
    neighbours: pd.DataFrame | None = None
    waste: pd.DataFrame | None = None
    collection: dict[str, gpd.GeoDataFrame] | None = None
    as_of: str = "2026-11"
    anchor_households: int = 100
    member_share: float = 0.5
    large_roof_m2: float = 500.0
    large_yard_m2: float = 1000.0
    rules: Rules = field(default_factory=dict)
    dates: Dates | None = field(init=False)
    sums: dict[str, float] = field(init=False)
    made: dict[str, Theme] = field(init=False)
    columns: dict[str, dict[str, Column]] = field(init=False)

    def __post_init__(self) -> None:
        self.atlas = prepared(self.atlas)
        for layer in {"buildings", "parcels", "sections"} & set(self.atlas):
            shapes = np.asarray(self.atlas[layer].geometry)
            # A section is called after the street in its middle.
            names = nearest_street(shapely.point_on_surface(shapes), self.streets, 200.0) if layer == "sections" else nearest_street(shapes, self.streets)
            self.atlas[layer] = self.atlas[layer].assign(street=names)
        for layer, rows in self._plan_layers().items():
            self.atlas[layer] = rows
        self.dates = dates_of(self.consumed)
        self.sums = findings.totals(self.atlas)
        self.made = themes(self.atlas)
        self.columns = {name: theme_columns(theme, self.atlas) for name, theme in self.made.items()}

    def _plan_layers(self) -> Atlas:
        """Public buildings and large roofs, where they are known; both are called after the street they lie by."""
        public = public_buildings(self.estate, None if self.community is None else self.community["anchors"])
        made = {"estate": public, "large": large_roofs(self.atlas, self.large_roof_m2, self.large_yard_m2)}
        if public is not None:
            made["estate"] = public.assign(street=nearest_street(np.asarray(public.geometry), self.streets))
        return {name: rows for name, rows in made.items() if rows is not None}
