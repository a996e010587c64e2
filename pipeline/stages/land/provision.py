"""Access to green and its supply for the people of each census section and of the town: sums over zones only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.config.land import ProvisionConfig
from pipeline.config.town import Town
from pipeline.contracts.land import PROVISION, Access, Green, Provision
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary, Buildings, Greenspaces, Occupancy, Parcels, Residents
from pipeline.core.land.builtup import built_up
from pipeline.core.land.greenrule import rule_table, share
from pipeline.core.land.supply import Interval, few, open_space_share, standard_balance, supply_intervals, weighted_median
from pipeline.io.dated import rule

if TYPE_CHECKING:
    from pipeline.contracts.spec import Table

Floats = NDArray[np.float64]
OPEN_REACH_M = 400.0  # UN-Habitat, metadata of SDG indicator 11.7.1: 400 m along the street network
# DM 1444/1968 art. 3 c: park, play and sport; verges (grass) and woods (nature) are not equipped for it.
STANDARD_KINDS = ("park", "garden", "playground", "sport")
TREE_COLUMNS = {"trees=15m": "trees_15m", "trees=25m": "trees_25m", "trees=50m": "trees_50m"}


class _Row(NamedTuple):
    measure: str
    setting: str
    value: float
    low: float = np.nan
    high: float = np.nan
    of_buildings: float = np.nan
    headline: bool = True


def provision(
    access: Table[Access],
    occupancy: Table[Occupancy],
    residents: Table[Residents],
    buildings: Table[Buildings],
    green: Table[Green] | None,
    greenspaces: Table[Greenspaces] | None,
    parcels: Table[Parcels] | None,
    boundary: Table[Boundary] | None,
    config: ProvisionConfig,
    town: Town,
    notes: Notes,
) -> Table[Provision]:
    """Shares of people near green, the 3-30-300 rule under all its settings, supply per head with its inequality.

    Parameters
    ----------
    access, occupancy
        By building: ways and surroundings, people. Only sums over zones leave this stage.
    residents
        Sections, and the town's total.
    buildings, parcels
        Built-up area and streets of SDG 11.7.1.
    green
        Canopy of each section, one of the neighbourhoods of the rule.
    greenspaces, boundary
        Public green in the town, for the standard.
    config
        Headline settings, resamples, the small-number rule.
    town
        Sizes of the greens (section `access`).
    notes
        People covered, zones withheld.

    Returns
    -------
    DataFrame
        Sorted by zone, measure and setting.
    """
    homes = _homes(access, occupancy, green)
    rows: list[dict[str, Any]] = []
    zones = [("section", str(i), homes["section_id"].to_numpy() == i) for i in sorted(residents["section_id"])]
    people = np.array([homes.loc[z, "people"].sum() for _, _, z in zones])
    number = np.array([int((homes.loc[z, "people"] > 0).sum()) for _, _, z in zones])
    hidden = few(people, number, config.min_residents, config.min_buildings)
    whole = ("extent", "extent") if boundary is None else ("town", str(boundary["town_id"].iloc[0]))
    if boundary is None or len(boundary) == 1:
        zones.append((*whole, np.ones(len(homes), dtype=bool)))
        hidden = np.append(hidden, few(np.array([people.sum()]), np.array([number.sum()]), config.min_residents, config.min_buildings))
    for (kind, zone, mine), held in zip(zones, hidden, strict=True):
        of = homes[mine]
        frame = {"zone_kind": kind, "zone_id": zone, "residents": float(of["people"].sum()), "buildings": int((of["people"] > 0).sum())}
        figures = list(_figures(of, homes, town, config))
        if kind != "section":
            figures += _standard(residents, greenspaces, boundary, config, notes)
            figures += _open_space(buildings, parcels, greenspaces, boundary, config, notes)
        rows += [frame | _withheld(row, bool(held)) for row in figures]
    _report(homes, residents, number, hidden[: len(people)], people, config, notes)
    return _table(rows)


def _homes(access: pd.DataFrame, occupancy: pd.DataFrame, green: pd.DataFrame | None) -> pd.DataFrame:
    """People beside what they have; `canopy_section` is that of the section."""
    homes = access.merge(occupancy[["building_id", "section_id", "residents"]].rename(columns={"residents": "people"}), on="building_id", how="left", validate="one_to_one")
    homes["people"] = homes["people"].fillna(0.0)
    homes["canopy_section"] = np.nan
    if green is not None:
        section = green[green["zone_kind"] == "section"].set_index("zone_id")["canopy_share"]
        homes["canopy_section"] = homes["section_id"].map(section).astype(np.float64)
    return homes


def _figures(of: pd.DataFrame, homes: pd.DataFrame, town: Town, config: ProvisionConfig) -> Iterator[_Row]:
    """All rows of one zone; settings that nothing in the whole town is known for are left out."""
    people = of["people"].to_numpy(dtype=np.float64)
    on_foot = bool((homes["on_network"] != "no_streets").any())
    small, large = (f"green={ha:g}ha" for ha in (town.access.min_green_ha, town.access.min_large_green_ha))
    kinds = ("linear", "network") if on_foot else ("linear",)
    distance = {f"distance={kind} {size}": _numbers(of, f"{name}_{kind}_m") for name, size in (("green", small), ("large_green", large)) for kind in kinds}
    trees = {k: _numbers(of, c) for k, c in TREE_COLUMNS.items() if homes[c].notna().any()}
    canopy = {k: _numbers(of, c) for k, c in (("canopy=circle", "canopy_share"), ("canopy=section", "canopy_section")) if homes[c].notna().any()}
    first = {f"trees={config.tree_radius_m}m", f"canopy={config.canopy_unit}", f"distance={config.distance}", small}
    for row in rule_table(trees, canopy, distance, people):
        yield _Row(row.measure, row.setting, row.of_people, of_buildings=row.of_buildings, headline=set(row.setting.split()) <= first)
    for kind in kinds:
        near = _numbers(of, f"open_{kind}_m") <= OPEN_REACH_M
        home = people > 0.0
        yield _Row("near_open", f"distance={kind} within={OPEN_REACH_M:g}m", share(near, people), of_buildings=float(near[home].mean()) if home.any() else np.nan, headline=kind == config.distance)
    if on_foot:
        way = _numbers(of, "green_network_m")
        home = people > 0.0
        yield _Row("no_way", small, share(np.isnan(way), people), of_buildings=float(np.isnan(way)[home].mean()) if home.any() else np.nan)
        yield _Row("green_way", small, weighted_median(way, people))
    yield from _supply(of, people, town, config)


def _supply(of: pd.DataFrame, people: Floats, town: Town, config: ProvisionConfig) -> Iterator[_Row]:
    supply = _numbers(of, "green_m2_per_person")
    known = np.isfinite(supply)
    if known.any() or of.empty:
        standard = rule("green_standards", "park_and_sport", config.as_of).value
        reach = f"within={town.access.catchment_m:g}m"
        intervals = supply_intervals(supply[known], people[known], standard, config.draws, config.seed)
        for measure, key, setting in (("green_supply", "mean", reach), ("supply_gini", "gini", reach), ("low_supply", "below", f"{reach} below={standard:g}m2")):
            low = float((supply < standard)[known & (people > 0.0)].mean()) if key == "below" and (people[known] > 0.0).any() else np.nan
            yield _Row(measure, setting, *intervals[key], of_buildings=low)


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    return frame[column].to_numpy(dtype=np.float64, na_value=np.nan)


def _standard(residents: pd.DataFrame, greenspaces: gpd.GeoDataFrame | None, boundary: gpd.GeoDataFrame | None, config: ProvisionConfig, notes: Notes) -> list[_Row]:
    """Balance of DM 1444/1968 for the residents of the whole town, placed or not."""
    if greenspaces is None or boundary is None:
        return []
    standard = rule("green_standards", "park_and_sport", config.as_of)
    kind = greenspaces["kind"].isin(STANDARD_KINDS).to_numpy()
    public = greenspaces["public"].to_numpy(dtype=bool)
    inside = shapely.union_all(np.asarray(boundary.geometry))
    area, closed = (float(shapely.intersection(shapely.union_all(np.asarray(greenspaces.geometry)[rows]), inside).area) for rows in (kind & public, kind & ~public))
    notes.figure("standard_not_public_m2", closed)
    notes.assume(f"The standard counts {', '.join(STANDARD_KINDS)} open to anyone as mapped, planned areas not; {closed:,.0f} m² of these kinds are not known to be open and do not count.")
    figures = standard_balance(area, float(residents["residents"].sum()), standard.value)
    return [_Row(f"standard_{name}", f"standard={standard.value:g}m2", value) for name, value in zip(("per_head", "needed", "missing"), figures, strict=True)]


def _open_space(
    buildings: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame | None, greenspaces: gpd.GeoDataFrame | None, boundary: gpd.GeoDataFrame | None, config: ProvisionConfig, notes: Notes
) -> list[_Row]:
    """SDG 11.7.1: needs road parcels, for the area of the streets."""
    roads = np.empty(0, dtype=object) if parcels is None else np.asarray(parcels.geometry[parcels["kind"] == "road"])
    if greenspaces is None or boundary is None or not len(roads):
        notes.assume("The share of open space (SDG 11.7.1) is missing: it needs green and open places, a boundary and road parcels.")
        return []
    public = np.asarray(greenspaces.geometry[greenspaces["public"]])
    enclosed = built_up(np.concatenate([np.asarray(buildings.geometry), public]), config.built_gap_m, config.built_hole_ha * 1e4)
    built = shapely.intersection(enclosed, shapely.union_all(np.asarray(boundary.geometry)))
    shapely.prepare(built)
    places = shapely.union_all(shapely.intersection(public, built))
    streets = shapely.difference(shapely.union_all(shapely.intersection(roads, built)), places)
    notes.figure("built_up_ha", built.area / 1e4)
    notes.figure("open_in_built_up_ha", places.area / 1e4)
    notes.figure("streets_in_built_up_ha", streets.area / 1e4)
    notes.assume(f"Built-up area is what buildings and public open places nearer than {config.built_gap_m:g} m to one another enclose; UN-Habitat draws it from satellite images.")
    return [_Row("open_space", f"gap={config.built_gap_m:g}m", open_space_share(places.area, streets.area, built.area))]


def _withheld(row: _Row, held: bool) -> dict[str, Any]:
    made = row._asdict() | {"unit": PROVISION[row.measure].unit, "withheld": held}
    return made | dict.fromkeys(("value", *Interval._fields, "of_buildings"), np.nan) if held else made


def _report(homes: pd.DataFrame, residents: pd.DataFrame, number: NDArray[np.int64], hidden: NDArray[np.bool_], people: Floats, config: ProvisionConfig, notes: Notes) -> None:
    placed, total = float(homes["people"].sum()), float(residents["residents"].sum())
    notes.figure("residents_covered_share", placed / total if total else float("nan"))
    notes.figure("residents_far_from_streets", float(homes.loc[homes["on_network"] == "far", "people"].sum()))
    cut_off = homes["green_network_m"].isna() & (homes["on_network"] == "yes")
    notes.figure("residents_whose_streets_lead_to_no_green", float(homes.loc[cut_off, "people"].sum()))
    notes.count("sections without residents: no figures", int((people == 0.0).sum()))
    notes.count("sections withheld", int(hidden.sum()))
    notes.count("inhabited buildings", int(number.sum()))
    notes.assume(f"Sections of fewer than {config.min_residents:g} residents or {config.min_buildings} inhabited buildings are withheld, and others with them where one could be worked out from the town's total.")
    notes.assume("People are put into buildings by volume; figures are right on average over many buildings. Intervals hold the choice of buildings, not the error of the people put into them.")
    if not placed:
        notes.warn("No residents: nothing can be weighted by people.")


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = list(Provision.columns())
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(list(Provision.key), kind="stable").reset_index(drop=True)
