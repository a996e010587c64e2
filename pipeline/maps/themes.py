"""What each theme shows: which layer, which value, which classes, which columns travel to the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.contracts.spec import MONTHS
from pipeline.maps.encode import Column
from pipeline.maps.plan_layers import ESTATE_NUMBERS, ESTATE_WORDS, LARGE_NUMBERS, LARGE_WORDS
from pipeline.maps.quantities import significants
from pipeline.maps.style import breaks, colours

Atlas = dict[str, gpd.GeoDataFrame]
KEYS = {"buildings": "building_id", "parcels": "parcel_id", "sections": "section_id", "town": "name", "estate": "estate_id", "large": "asset_id"}
# Kind of number (pipeline.maps.quantities) and counted step of each published column; kWh keep three significant figures.
KINDS: dict[str, tuple[str, float]] = {
    "kwh_year": ("kwh", 1.0), "kwh_year_p90": ("kwh", 1.0), "kwp": ("kwp", 0.01), "modules": ("int", 1.0), "module_area_m2": ("m2", 0.1), "roof_m2": ("m2", 0.1),
    "sigma_common": ("share", 0.0001), "sigma_own": ("share", 0.0001),
    "shading_loss": ("share", 0.001), "specific_yield_kwh_kwp": ("yield", 1.0), "poa_kwh_m2": ("poa", 1.0), "height_m": ("m", 0.1), "area_m2": ("m2", 0.1),
    "covered_m2": ("m2", 0.1), "building_m2": ("m2", 0.1), "sealed_m2": ("m2", 0.1), "sealed_share": ("share", 0.001), "green_m2": ("m2", 0.1), "tree_m2": ("m2", 0.1),
    "best_kwp": ("kwp", 0.01), "cost_eur": ("eur", 1.0), "npv_eur_low": ("eur", 1.0), "npv_eur": ("eur", 1.0), "npv_eur_high": ("eur", 1.0), "payback_years": ("years", 0.1),
    "self_consumed_share": ("part", 0.01), "co2_kg_year": ("kg", 1.0),
    "canopy_m2": ("m2", 0.1), "canopy_share": ("share", 0.001), "residents": ("int", 1.0), "green_m2_per_resident": ("head", 0.1),
    "near_green": ("share", 0.001), "residents_far": ("int", 1.0), "green_supply_m2": ("head", 0.1), "green_supply_m2_low": ("head", 0.1), "green_supply_m2_high": ("head", 0.1),
    "near_open": ("part", 0.01), "three_trees": ("part", 0.01), "thirty_canopy": ("part", 0.01), "rule_3_30_300": ("part", 0.01), "low_supply": ("part", 0.01), "green_way_m": ("walk", 10.0),
    "supply_gini": ("index", 0.01), "rank": ("int", 1.0), "rank_low": ("int", 1.0), "rank_high": ("int", 1.0), "plantable_m2": ("m2", 0.1),
    "sealed_share_low": ("share", 0.001), "sealed_share_high": ("share", 0.001), "permeability": ("share", 0.001), "runoff_coefficient": ("index", 0.01), "runoff_m3": ("m3", 0.1), "runoff_mm": ("mm", 0.1),
    "baf_old": ("index", 0.01), "baf_new": ("index", 0.01), "open_m2": ("m2", 0.1), "runoff_saved_m3": ("m3", 0.1), "permeability_gain": ("share", 0.001), "baf_gain": ("index", 0.01),
    "opening_eur_low": ("eur", 1.0), "opening_eur_high": ("eur", 1.0),
    "floor_m2": ("m2", 1.0), "bill_year": ("yr", 1.0), "kwh_m2": ("poa", 1.0), "heat_normal_kwh_m2": ("poa", 1.0), "electricity_kwh_m2": ("poa", 1.0), "benchmark_share": ("part", 0.01), "co2_kg_avoidable": ("kg", 1.0),
    "solar_duty_year": ("yr", 1.0), "roof_kwp": ("kwp", 0.01), "pv_kwp": ("kwp", 0.01), "pv_kwh_year": ("kwh", 1.0), "pv_self_consumed_share": ("part", 0.01), "pv_self_sufficiency": ("part", 0.01),
    "pv_cost_eur_low": ("eur", 1.0), "pv_cost_eur_high": ("eur", 1.0), "pv_npv_eur_low": ("eur", 1.0), "pv_npv_eur_high": ("eur", 1.0), "pv_payback_years": ("years", 0.1), "grant_share": ("part", 0.01),
    "pv_in_service_kwp": ("kwp", 0.01), "anchor_rank": ("int", 1.0), "anchor_shared_kwh": ("kwh", 1.0), "anchor_premium_eur": ("eur", 1.0), "yard_m2": ("m2", 1.0),
}  # fmt: skip
# Columns of codes: the family of phrases that says each in words.
WORDS: dict[str, str] = {"use": "word.use", "benchmark_class": "word.estate.class", "kind": "word.large"}
# More columns than this hide the button that shows a row on the map.
_WIDEST = 8
_SHAPE_COLUMNS = {"buildings": ("area_m2", "height_m"), "parcels": ("area_m2",), "sections": ("area_m2", "residents"), "town": ("area_m2",), "estate": (), "large": ("area_m2",)}
_LAND = (
    "covered_m2",
    "building_m2",
    "sealed_m2",
    "sealed_share",
    "green_m2",
    "tree_m2",
    "canopy_m2",
    "canopy_share",
    "residents",
    "green_m2_per_resident",
)
# What only sections tell: who has public green within a walk, and where trees are needed first.
_PEOPLE = (
    "near_green", "residents_far", "green_supply_m2", "green_supply_m2_low", "green_supply_m2_high", "near_open", "three_trees", "thirty_canopy", "green_way_m", "supply_gini",
    "rank", "rank_low", "rank_high", "plantable_m2",
)  # fmt: skip
# What the page of soil tells besides: the interval, rain, the biotope factor; of parcels what opening the paving gives.
_GROUND = ("sealed_share_low", "sealed_share_high", "runoff_coefficient", "runoff_mm", "runoff_m3", "baf_old", "baf_new")
_OPENING = ("open_m2", "runoff_saved_m3", "permeability_gain", "baf_gain", "opening_eur_low", "opening_eur_high", "kwh_year")

_PLAN = {"climate": (ESTATE_WORDS, ESTATE_NUMBERS), "enterprises": (LARGE_WORDS, LARGE_NUMBERS)}


@dataclass(frozen=True)
class Theme:
    """One map: its layer and how its value is shown."""

    name: str
    layer: str
    value: str
    kind: str
    total: str
    band: str | None
    table: tuple[str, ...]
    limits: list[float] = field(default_factory=list)

    @property
    def below(self) -> bool:
        """Whether little is the problem: the filter then keeps what lies below."""
        return self.name == "green"

    @property
    def words(self) -> str:
        """Family of the sentences under the legend."""
        return self.name + {"residents": ".head", "residents_far": ".near"}.get(self.total, "")

    @property
    def colours(self) -> list[str]:
        """One colour a class."""
        return colours(self.name, len(self.limits) + 1)


def known(frame: gpd.GeoDataFrame | None, column: str) -> bool:
    """Whether a table is there and has at least one value in a column."""
    return frame is not None and len(frame) > 0 and column in frame and bool(frame[column].notna().any())


def prepared(atlas: Atlas) -> Atlas:
    """The atlas as the themes read it: only parcels among the cadastre's polygons, energy rounded, no roof without yield as 0."""
    out = {name: _floats(frame) for name, frame in atlas.items() if frame is not None and len(frame)}
    if "parcels" in out:
        every = out["parcels"]
        ways = every[every["kind"].isin(["road", "water"])]
        if len(ways):
            out["ways"] = ways
        out["parcels"] = _shares(every[every["kind"] == "parcel"].reset_index(drop=True))
    if "sections" in out and known(out["sections"], "near_green"):
        out["sections"] = out["sections"].assign(residents_far=out["sections"]["residents"] * (1.0 - out["sections"]["near_green"]))
    if "buildings" in out:
        out["buildings"] = _with_reference(_rounded_energy(out["buildings"].copy()), out.get("parcels"))
    return {name: frame for name, frame in out.items() if len(frame)}


def _floats(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Numbers as float64 with NaN, whatever way of missing they came with."""
    numeric = [c for c in frame.columns if c in KINDS or c.startswith("kwh_")]
    return frame.assign(**{c: frame[c].to_numpy(dtype=float, na_value=np.nan) for c in numeric}).reset_index(drop=True)


def _rounded_energy(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    for name in ("kwh_year", "kwh_year_p90"):
        values = buildings[name].to_numpy(dtype=float)
        buildings[name] = significants(np.where(values > 0, values, np.nan))
    return buildings


def _with_reference(buildings: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Sheet and number of the building's parcel, for search and title."""
    for name in ("sheet", "number"):
        buildings[name] = None if parcels is None else buildings["parcel_id"].map(parcels.set_index("parcel_id")[name])
    return buildings


def _shares(parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    covered = parcels["covered_m2"].astype(float)
    return parcels.assign(canopy_share=(parcels["canopy_m2"].astype(float) / covered.where(covered > 0)).clip(0.0, 1.0))


def themes(atlas: Atlas) -> dict[str, Theme]:
    """The themes this atlas can show, by name.

    Parameters
    ----------
    atlas
        From `prepared`.

    Returns
    -------
    dict
        solar, sealing, green; a theme without data is left out.
    """
    made: dict[str, Theme] = {}
    if known(atlas.get("buildings"), "kwh_year"):
        table = ("building_id", *_reference(atlas, "buildings"), "kwh_year", "kwh_year_p90", "kwp", "modules", "shading_loss")
        made["solar"] = _theme(atlas, "solar", "buildings", "kwh_year", "kwh_year", "kwh_year_p90", table)
    for layer in ("parcels", "sections", "town"):
        if known(atlas.get(layer), "sealed_share"):
            known_ends = known(atlas[layer], "sealed_share_low")
            ground = ("sealed_share", *(() if known_ends else ("sealed_m2", "green_m2")), "sealed_share_low", "sealed_share_high", "runoff_mm", "open_m2", "area_m2")
            table = (*(_reference(atlas, layer) or (KEYS[layer],)), *(c for c in ground if known(atlas[layer], c)))
            made["sealing"] = _theme(atlas, "sealing", layer, "sealed_share", "sealed_m2", None, table)
            break
    for layer, value in (
        ("sections", "near_green"),
        ("sections", "green_m2_per_resident"),
        ("sections", "canopy_share"),
        ("parcels", "canopy_share"),
        ("town", "canopy_share"),
    ):
        if known(atlas.get(layer), value):
            own = (*(_reference(atlas, layer) or (KEYS[layer],)), value, "residents", "residents_far", "green_supply_m2", "rank", "canopy_share", "green_m2_per_resident", "green_m2", "area_m2")
            table = tuple(dict.fromkeys(c for c in own if known(atlas[layer], c)))[:_WIDEST]
            total = {"near_green": "residents_far", "green_m2_per_resident": "residents"}.get(value, "green_m2")
            made["green"] = _theme(atlas, "green", layer, value, total, None, table)
            break
    return made | _plan_themes(atlas)


def _plan_themes(atlas: Atlas) -> dict[str, Theme]:
    """Public buildings by what they consume, large roofs by what they could give."""
    made = {}
    if known(atlas.get("estate"), "kwh_m2"):
        made["climate"] = _theme(atlas, "climate", "estate", "kwh_m2", "co2_kg_year", None, ("estate_name", "use", "kwh_m2", "benchmark_class", "solar_duty_year", "pv_kwp", "co2_kg_avoidable", "rank"))
    if known(atlas.get("large"), "kwh_year"):
        table = ("asset_id", *_reference(atlas, "large"), "kind", "use", "roof_m2", "kwp", "kwh_year", "yard_m2")
        made["enterprises"] = _theme(atlas, "enterprises", "large", "kwh_year", "kwh_year", "kwh_year_p90", tuple(n for n in table if n not in ("sheet", "number")))
    return made


def _reference(atlas: Atlas, layer: str) -> tuple[str, ...]:
    return ("sheet", "number") if layer in ("buildings", "parcels", "large") and known(atlas[layer], "sheet") else ()


def _theme(atlas: Atlas, name: str, layer: str, value: str, total: str, band: str | None, table: tuple[str, ...]) -> Theme:
    kind = KINDS[value][0]
    values = atlas[layer][value].to_numpy(dtype=float, na_value=np.nan)
    return Theme(name, layer, value, kind, total, band, table, breaks(values, kind))


def shape_columns(layer: str, frame: gpd.GeoDataFrame) -> dict[str, Column]:
    """Columns that travel with the outlines of a layer, shared by all pages."""
    texts = [
        KEYS[layer],
        *(c for c in ("parcel_id", "sheet", "number", "street") if layer != "town" and c in frame and frame[c].notna().any()),
    ]
    out = {name: Column(list(frame[name])) for name in dict.fromkeys(texts)}
    return out | {name: _numeric(frame, name) for name in _SHAPE_COLUMNS[layer] if known(frame, name)}


def theme_columns(theme: Theme, atlas: Atlas) -> dict[str, Column]:
    """Columns only this theme needs, row by row with the outlines."""
    frame = atlas[theme.layer]
    if theme.name == "solar":
        return _solar_columns(frame, atlas.get("roofs"))
    if theme.name in _PLAN:
        words, numbers = _PLAN[theme.name]
        return {n: Column([*frame[n]]) for n in words} | {n: _numeric(frame, n) for n in numbers if known(frame, n)}
    more = (*_GROUND, *(_OPENING if theme.layer == "parcels" else ())) if theme.name == "sealing" else _PEOPLE if theme.layer == "sections" else ()
    names = [*_LAND, *more]
    out = {name: _numeric(frame, name) for name in names if known(frame, name) and name not in _SHAPE_COLUMNS[theme.layer]}
    if "open_m2" in out:
        # Only places open to the public have a kind; the others' is empty.
        out["place"] = Column(list(frame["place"].where(frame["public"].eq(True), None)))
    return out


def _numeric(frame: gpd.GeoDataFrame, name: str) -> Column:
    values = frame[name].to_numpy(dtype=float, na_value=np.nan)
    if KINDS[name][0] in ("kwh", "kwp", "eur", "kg"):
        values = significants(values)
    return Column(values, KINDS[name][1])


def _solar_columns(buildings: gpd.GeoDataFrame, roofs: gpd.GeoDataFrame | None) -> dict[str, Column]:
    names = (
        "kwh_year",
        "kwh_year_p90",
        "sigma_common",
        "sigma_own",
        "kwp",
        "modules",
        "module_area_m2",
        "roof_m2",
        "shading_loss",
        "specific_yield_kwh_kwp",
        "poa_kwh_m2",
    )
    worth = ("best_kwp", "cost_eur", "npv_eur_low", "npv_eur_high", "payback_years", "self_consumed_share", "co2_kg_year")
    out = {name: _numeric(buildings, name) for name in (*names, *(n for n in worth if known(buildings, n)))}
    year = buildings["kwh_year"].to_numpy(dtype=float, na_value=np.nan)
    for month in MONTHS:
        share = (
            buildings[f"kwh_{month}"].to_numpy(dtype=float, na_value=np.nan) / year
            if f"kwh_{month}" in buildings
            else np.full(len(year), np.nan)
        )
        out[f"m{month}"] = Column(share, 0.001)
    out["reason"] = Column(list(buildings["reason"]))
    return out | _reason_columns(buildings, roofs)


def _reason_columns(buildings: gpd.GeoDataFrame, roofs: gpd.GeoDataFrame | None) -> dict[str, Column]:
    """The two reasons that cost most roof area on each building, with their area."""
    rank: dict[str, NDArray[Any]] = {f"reason{n}": np.full(len(buildings), None, dtype=object) for n in (1, 2)}
    area = {f"reason{n}_m2": np.full(len(buildings), np.nan) for n in (1, 2)}
    if roofs is not None and known(roofs, "reason"):
        lost = pd.DataFrame({c: roofs[c] for c in ("building_id", "reason", "area_m2")}).dropna(subset=["reason"])
        lost = lost[lost["reason"] != ""].groupby(["building_id", "reason"], as_index=False)["area_m2"].sum()
        lost = lost.sort_values(["building_id", "area_m2", "reason"], ascending=[True, False, True])
        lost["n"] = lost.groupby("building_id").cumcount() + 1
        row_of = pd.Series(range(len(buildings)), index=buildings["building_id"])
        for item in lost[lost["n"] <= 2].itertuples():
            row = row_of.get(item.building_id)
            if row is not None:
                rank[f"reason{item.n}"][row], area[f"reason{item.n}_m2"][row] = item.reason, item.area_m2
    return {k: Column(list(v)) for k, v in rank.items()} | {k: Column(v, 0.1) for k, v in area.items()}
