"""Stage `community`: the municipal roofs and the households around them as energy communities, by primary-substation area. Indicative."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.plan import CommunityConfig
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.plan import LOADS, Community, CommunityAnchors, CommunityAreas, CommunitySteps, Estate
from pipeline.contracts.solar import Arrays, Horizon, Ladder, Roofs
from pipeline.contracts.sources import BUILDING_USES, Buildings, Occupancy, Weather
from pipeline.contracts.spec import Package, Slim, Table
from pipeline.core.footprints import holding_zone
from pipeline.core.plan.community import balance, by_plant, members_for, premium, shared_hours
from pipeline.core.plan.standing import ranks
from pipeline.errors import ContractError
from pipeline.io.estaterules import estate_uses
from pipeline.io.substations import Tariff, read_areas, tariff
from pipeline.io.terms import MIDDLE, read_terms
from pipeline.joins.demand import needs_of
from pipeline.joins.ownroof import RoofTables, load_shape, plant_hours

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WHOLE = "town"
CLOSURE = 1e-6  # the hours give the self-consumption of the estate again, to this share
MWH = 1000.0


def community(
    estate: Table[Estate], buildings: Table[Buildings], occupancy: Table[Occupancy] | None, ladder: Slim[Ladder], arrays: Slim[Arrays],
    roofs: Table[Roofs], horizon: Slim[Horizon], weather: Table[Weather], layers: Layers | None, config: CommunityConfig, town: Town, notes: Notes,
) -> Package[Community]:  # fmt: skip
    """What the best plants on municipal roofs would share with households, hour by hour, and what the tariff would pay.

    Parameters
    ----------
    estate
        Best plant and monthly load of each public building.
    buildings, occupancy
        Homes, and how many are lived in: households by area, nothing about single buildings.
    ladder, arrays, roofs, horizon, weather
        The plants' hours.
    layers
        Kind vector: areas of primary substations; without them the town is one.
    config
        Day, region, numbers of households.
    town
        Power model, calendar.
    notes
        Sums, assumptions, what is left out.

    Returns
    -------
    areas, steps, anchors

    Raises
    ------
    ContractError
        When the hours do not give the self-consumption of the estate again.
    """
    plants = estate[estate["pv_kwp"].notna()].reset_index(drop=True)
    made, own = _hours(plants, estate, RoofTables(ladder, arrays, roofs, horizon, weather), town, config)
    fed_in = np.maximum(made - own, 0.0)
    areas = read_areas(layers, town.epsg, notes) if layers else gpd.GeoDataFrame({"area_id": [WHOLE]}, geometry=[None], crs=buildings.crs)
    homes = _households(buildings, occupancy, areas, town, config)
    of_plant = homes.area[pd.Index(buildings["building_id"]).get_indexer(pd.Index(plants["building_id"]))] if len(plants) else np.empty(0, dtype=np.int64)
    pays = tariff(config.as_of, config.region)
    small = plants["pv_kwp"].to_numpy(dtype=float) <= (pays.largest_kw if pays else np.inf)
    found = [_area(a, np.flatnonzero((of_plant == a) & small), plants, made, fed_in, homes, pays, config) for a in range(len(areas))]
    summed = pd.DataFrame([{"area_id": areas["area_id"].iloc[a], **row} for a, (row, _) in enumerate(found)], columns=[*CommunityAreas.columns()])
    steps = pd.DataFrame([{"area_id": areas["area_id"].iloc[a], **s} for a, (_, rows) in enumerate(found) for s in rows], columns=[*CommunitySteps.columns()])
    anchors = _anchors(plants, of_plant, areas, fed_in, homes, pays, config)
    _write_down(summed, len(plants) - int(small.sum()), homes, pays, bool(layers), config, notes)
    return {"areas": gpd.GeoDataFrame(summed, geometry=np.asarray(areas.geometry.array, dtype=object), crs=buildings.crs), "steps": _typed(steps), "anchors": anchors}


class _Homes(NamedTuple):
    """Area of each building (-1 outside all), households of each area, and what one household draws by the hour."""

    area: Ints
    number: Ints
    one: Floats


def _hours(plants: pd.DataFrame, estate: pd.DataFrame, tables: RoofTables, town: Town, config: CommunityConfig) -> tuple[Floats, Floats]:
    """Production of the plants and consumption of all rows below the same roof, shape (plants, 8760) [kWh]."""
    if not len(plants):
        return np.empty((0, 8760)), np.empty((0, 8760))
    names = plants["building_id"].to_numpy(dtype=object)
    made = plant_hours(names, plants["pv_kwp"].to_numpy(dtype=float), tables, town.solar)
    own = np.zeros_like(made)
    for row in estate[estate["building_id"].isin(set(names))].to_dict("records"):
        months = np.array([row[c] for c in LOADS])
        if months.sum() > 0.0:
            own[np.flatnonzero(names == row["building_id"])] += months.sum() * load_shape(estate_uses()[row["use"]].load, months / months.sum(), town, config.as_of)
    again, said = np.minimum(made, own).sum(axis=1), plants["pv_self_consumed_kwh"].to_numpy(dtype=float)
    if not np.allclose(again, said, rtol=CLOSURE, atol=CLOSURE * 1000.0):
        raise ContractError(f"estate: its self-consumption is not that of the hours (largest difference {np.abs(again - said).max():.3g} kWh); run make estate")
    return made, own


def _households(buildings: Any, occupancy: Any | None, areas: gpd.GeoDataFrame, town: Town, config: CommunityConfig) -> _Homes:
    terms = read_terms(config.as_of, Notes())
    need = needs_of(buildings["building_id"].to_numpy(dtype=object), buildings, occupancy, terms, town.finance, Notes())
    shapes = np.asarray(areas.geometry.array, dtype=object)
    whole = len(areas) == 1 and shapes[0] is None
    area = np.zeros(len(buildings), dtype=np.int64) if whole else holding_zone(np.asarray(buildings.geometry.array, dtype=object), shapes, np.ones(len(areas), dtype=bool))
    home = BUILDING_USES.index("home")
    counted = (need.use == home) & (area >= 0)
    number = np.bincount(area[counted], (need.dwellings * need.lived_in)[counted], len(areas))
    one = terms.consumption[home, MIDDLE] * load_shape("home", np.full(12, np.nan), town, config.as_of)
    return _Homes(area, np.round(number).astype(np.int64), one)


def _area(a: int, mine: Ints, plants: pd.DataFrame, made: Floats, fed_in: Floats, homes: _Homes, pays: Tariff | None, config: CommunityConfig) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Sums of an area, and its communities of rising size."""
    whole, most = fed_in[mine].sum(axis=0), int(homes.number[a])
    kwp = plants["pv_kwp"].to_numpy(dtype=float)[mine]
    rates = premium(kwp, pays.price, pays.premium) if pays else np.empty(0)
    sizes = sorted({n for n in config.households if n < most} | ({most} if most else set()))
    steps = [_step(n, fed_in[mine], homes.one, rates, pays, config) for n in sizes]
    row = {
        "plants": len(mine), "kwp": float(kwp.sum()), "produced_kwh": float(made[mine].sum()), "own_kwh": float(made[mine].sum() - whole.sum()), "fed_in_kwh": float(whole.sum()),
        "households": most, "shared_kwh": float(shared_hours(whole, most * homes.one).sum()), "households_90": members_for(whole, homes.one, most, 0.9),
    }  # fmt: skip
    return row, steps


def _step(households: int, fed_in: Floats, one: Floats, rates: Floats, pays: Tariff | None, config: CommunityConfig) -> dict[str, Any]:
    """A community of so many households."""
    drawn = households * one
    year = balance(fed_in.sum(axis=0), drawn)
    row: dict[str, Any] = {
        "households": households, "drawn_kwh": year.drawn, "shared_kwh": year.shared, "surplus_kwh": year.surplus,
        "shared_share": year.shared / year.fed_in if year.fed_in else 0.0, "covered_share": year.shared / year.drawn if year.drawn else 0.0,
    }  # fmt: skip
    if pays is None:
        return row | dict.fromkeys(("premium_eur", "excess_eur", "valorisation_eur", "household_eur"), np.nan)
    money = float(by_plant(fed_in, drawn).sum(axis=1) @ rates) / MWH
    back = year.shared * pays.valorisation / MWH
    beyond = max(0.0, year.shared - pays.threshold * year.fed_in) / year.shared if year.shared else 0.0
    return row | {"premium_eur": money, "excess_eur": money * beyond, "valorisation_eur": back, "household_eur": (money + back) * config.member_share / households}


def _anchors(plants: pd.DataFrame, area: Ints, areas: gpd.GeoDataFrame, fed_in: Floats, homes: _Homes, pays: Tariff | None, config: CommunityConfig) -> pd.DataFrame:
    """Each roof alone with some households."""
    kwp = plants["pv_kwp"].to_numpy(dtype=float)
    shared = np.minimum(fed_in, config.anchor_households * homes.one).sum(axis=1)
    money = shared * premium(kwp, pays.price, pays.premium) / MWH if pays else np.full(len(plants), np.nan)
    each = money / np.where(kwp > 0.0, kwp, np.nan)
    place = ranks(money, np.zeros(len(plants), dtype=np.int64))
    table = pd.DataFrame(
        {
            "estate_id": plants["estate_id"].to_numpy(dtype=object), "area_id": np.array([str(areas["area_id"].iloc[a]) if a >= 0 else "none" for a in area], dtype=object), "building_id": plants["building_id"].to_numpy(dtype=object),
            "rank": pd.array([pd.NA if p == 0 else p for p in place], dtype="Int64"), "kwp": kwp, "fed_in_kwh": fed_in.sum(axis=1), "shared_kwh": shared, "premium_eur": money, "premium_eur_kwp": each,
        }
    )  # fmt: skip
    return table[[*CommunityAnchors.columns()]].sort_values("estate_id", kind="stable", ignore_index=True)


def _typed(steps: pd.DataFrame) -> pd.DataFrame:
    """Columns of the contract's kinds, also where there is no row."""
    numbers = [c for c in steps.columns if c not in ("area_id", "households")]
    return steps.astype({"area_id": object, "households": "int64", **dict.fromkeys(numbers, "float64")})


def _write_down(areas: pd.DataFrame, large: int, homes: _Homes, pays: Tariff | None, by_layer: bool, config: CommunityConfig, notes: Notes) -> None:
    notes.count("plants larger than the tariff takes in, left out", large)
    notes.count("areas", len(areas))
    if by_layer:
        notes.count("buildings in no area", int((homes.area < 0).sum()))
    else:
        notes.assume("No layer says which primary substation each building is below: the town is taken as one area, which is to be looked at on the GSE's map.")
    for name in ("kwp", "fed_in_kwh", "shared_kwh", "households", "households_90"):
        notes.figure(f"community_{name}", float(areas[name].sum()))
    if pays is None:
        notes.warn(f"The tariff of energy communities takes in no plant on {config.as_of}: energy is shared, nothing is paid. Add the rows that hold to pipeline/io/dated_tables/energy_communities.csv.")
    else:
        notes.assume(f"One price of the zone, {pays.price:g} EUR/MWh, in every hour; below 140 EUR/MWh the premium stands at its cap. Premium before any capital grant, which lessens it.")
    notes.assume("Members are households with the mean consumption and profile of homes; firms and public buildings without a plant are not counted. Plants are the best ones for their own buildings, not for the community.")
