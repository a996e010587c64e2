"""Modules laid on every plane that is large, open and sunny enough; for the others, why there are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from pipeline.compute import Compute, Late
from pipeline.config.solar import ArraysConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.solar import Arrays, Irradiation, Obstacles, Roofs
from pipeline.contracts.sources import Weather
from pipeline.contracts.spec import Slim, Table, TableParts
from pipeline.core.solar.layout import Module, lay_parallel
from pipeline.core.solar.racklayout import edge_azimuths, lay_racks
from pipeline.core.solar.racks import RackYear, Variant, rack_year, spaced
from pipeline.core.solar.usable import Clearances, usable_areas
from pipeline.core.solar.whynot import why_not
from pipeline.errors import ConfigError, ContractError
from pipeline.io.onfile import extent, outlines
from pipeline.joins.prices import rack_break_even
from pipeline.joins.production import year_hours

Ints = NDArray[np.int64]
BATCH_PLANES = 1024


class Laid(NamedTuple):
    """Rows of a batch of planes; and by plane: why it carries none, the kind of rack (-1 for none)."""

    table: gpd.GeoDataFrame
    reason: NDArray[np.object_]
    variant: Ints


class Racks(NamedTuple):
    """What may stand on flat roofs, the same for the whole town."""

    variants: list[Variant]
    year: RackYear
    facing: float
    break_even: float
    slack: float


def arrays(
    roofs: Slim[Roofs], irradiation: Table[Irradiation], obstacles: Slim[Obstacles], weather: Table[Weather], config: ArraysConfig, town: Town, compute: Compute, notes: Notes
) -> Table[Arrays]:
    """Coplanar modules on pitched planes, on flat ones the racks that give most; a plane without an array says why.

    Parameters
    ----------
    roofs, irradiation, obstacles
        Planes, their yearly irradiation, and what stands on them.
    weather
        The year in which racks are compared.
    config
        Section `arrays` of town.yaml.
    town
        Its reference system tells which way the equator lies.
    compute
        Batches of planes run in parallel.
    notes
        Planes are counted by reason, flat roofs by rack.

    Returns
    -------
    TableParts[Arrays]
        One row for each array, and one of no modules for each plane that carries none.
    """
    planes = _planes(roofs, irradiation)
    return TableParts(Arrays, _parts(planes, obstacles, config, _racks(roofs, weather, config, town, notes), town, compute, notes))


def _parts(planes: Any, obstacles: Any, config: ArraysConfig, racks: Racks, town: Town, compute: Compute, notes: Notes) -> Iterator[gpd.GeoDataFrame]:
    """Rows of one batch of planes after the other, then the planes that have a reason of their own, counted as they pass."""
    own = planes["reason"].isna().to_numpy()
    free, reason, variant, sums = np.flatnonzero(own), planes["reason"].to_numpy(dtype=object).copy(), np.full(len(planes), -1), np.zeros(2, dtype=np.int64)
    for rows, laid in zip(_batches(free), compute.batches(lay, _jobs(planes, obstacles, free), size=1, params=(config, racks, town.epsg)), strict=True):
        reason[rows], variant[rows] = laid.reason, laid.variant
        sums += ((laid.table["modules"] > 0).sum(), laid.table["modules"].sum())
        yield laid.table
    yield _finished([_without(planes[~own], pd.Series(np.nan, index=planes.index))], town.epsg)
    _write_down(reason, variant, sums, config, racks, notes)


def _batches(free: Ints) -> list[Ints]:
    return [free[s : s + BATCH_PLANES] for s in range(0, len(free), BATCH_PLANES)]


def _finished(rows: list[pd.DataFrame], epsg: int) -> gpd.GeoDataFrame:
    """Rows in the columns of the contract."""
    table = pd.concat([r for r in rows if len(r)] or rows[:1], ignore_index=True)
    return gpd.GeoDataFrame(table[[*Arrays.columns(), "geometry"]], geometry="geometry", crs=epsg)


def _planes(roofs: Any, irradiation: pd.DataFrame) -> Any:
    """All planes with their share of the best open plane's irradiation, sorted."""
    best = irradiation["poa_unshaded_kwh_m2"].max()
    share = pd.DataFrame({"roof_id": irradiation["roof_id"], "poa_share": irradiation["poa_kwh_m2"] / best})
    planes = roofs.merge(share, on="roof_id", how="left", validate="one_to_one").sort_values("roof_id", ignore_index=True)
    lost = planes.loc[planes["reason"].isna() & planes["poa_share"].isna(), "roof_id"]
    if len(lost):
        raise ContractError(f"irradiation: {len(lost)} roof_id of usable planes missing (first: {lost.iloc[0]}); rebuild it: make irradiation")
    return planes


def _racks(roofs: Any, weather: pd.DataFrame, config: ArraysConfig, town: Town, notes: Notes) -> Racks:
    """Kinds of racks with the row distance that suits the town's year, and what each gives."""
    where = extent(roofs)
    hours = year_hours(weather, roofs)
    equator = 180.0 if where is None or _latitude(where.bounds, town.epsg) >= 0 else 0.0
    facing = config.rack_azimuth_deg if config.rack_azimuth_deg is not None else equator
    price = rack_break_even(config, notes)
    variants = spaced(
        config.racks, (config.module_length_m, config.module_width_m), equator=facing, aisle_m=config.rack_aisle_m, gap_m=config.gap_m,
        hours=hours, break_even=price, gcr=config.rack_gcr,
    )  # fmt: skip
    year = rack_year(variants, hours)
    if price >= float(year.yields.max()):
        raise ConfigError(
            f"arrays: a kWp must give {price:.0f} kWh a year to repay, the best rack gives {year.yields.max():.0f}; correct rack_cost_eur_kwp and rack_value_eur_kwh "
            "(or, without them, rack_size_kwp and rack_self_consumed_share), or set rack_choice: energy"
        )
    return Racks(variants, year, facing, price, config.rack_slack_share if config.rack_choice == "energy" else 0.0)


def _latitude(bounds: tuple[float, ...], epsg: int) -> float:
    west, south, east, north = bounds
    return float(Transformer.from_crs(epsg, 4326, always_xy=True).transform((west + east) / 2, (south + north) / 2)[1])


def _jobs(planes: Any, obstacles: Any, free: Ints) -> Late[tuple[Any, ...]]:
    """Batches of planes with what stands on them; nothing is tried where the roof has a reason of its own."""
    number = pd.Series(np.arange(len(free)), index=planes["roof_id"].to_numpy()[free])
    known = obstacles[obstacles["roof_id"].isin(number.index)]
    on, shape, rim = number[known["roof_id"]].to_numpy(), known["geometry"].to_numpy(), (known["kind"] == "rim").to_numpy()
    batches = _batches(free)
    return Late(lambda n: (planes.iloc[batches[n]], *_cut(on, shape, rim, n * BATCH_PLANES)), len(batches))


def _cut(on: NDArray[np.int64], shape: NDArray[np.object_], rim: NDArray[np.bool_], start: int) -> tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.bool_]]:
    """The obstacles of one batch of planes."""
    mine = (on >= start) & (on < start + BATCH_PLANES)
    return shape[mine], on[mine] - start, rim[mine]


def lay(jobs: list[tuple[Any, ...]], config: ArraysConfig, racks: Racks, epsg: int) -> Laid:
    """Modules of one batch of planes."""
    ((planes, cells, on, rim),) = jobs
    laid = _laid(planes, cells, on, rim, config, racks)
    own = planes.reset_index(drop=True)
    own["reason"] = why_not(own["reason"].to_numpy(dtype=object), own["poa_share"].to_numpy(dtype=float), laid["total"].to_numpy(), config.min_poa_share, config.min_modules)
    table = _finished([_with(own, laid, config, racks), _without(own, laid["usable_m2"])], epsg)
    return Laid(table, own["reason"].to_numpy(dtype=object), laid["variant"].to_numpy())


def _laid(planes: Any, cells: Any, on: Ints, rim: NDArray[np.bool_], config: ArraysConfig, racks: Racks) -> pd.DataFrame:
    """Usable area and modules of each plane."""
    shape = outlines(cells)
    n, flat = len(planes), (planes["kind"] == "flat").to_numpy()
    module = Module(config.module_width_m, config.module_length_m, config.gap_m)
    roofs = outlines(planes["geometry"])
    usable = usable_areas(roofs, shape, on, rim, Clearances(config.setback_m, config.obstacle_margin_m, config.smooth_m))
    tilt, azimuth = (planes[c].to_numpy(dtype=float).copy() for c in ("surface_tilt", "surface_azimuth"))
    modules, foremost, variant, portrait = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.full(n, -1), np.zeros(n, dtype=np.bool_)
    front, back = np.full(n, None, dtype=object), np.full(n, None, dtype=object)
    parallel = lay_parallel(usable[~flat], tilt[~flat], azimuth[~flat], module)
    modules[~flat], portrait[~flat], front[~flat] = parallel.modules, parallel.portrait, parallel.rectangles
    fixed = np.full(int(flat.sum()), racks.facing)
    facings = {"equator": [fixed], "roof": [edge_azimuths(roofs, shape[rim], on[rim], racks.facing)[flat]]}
    facings["best"] = facings["roof"] + facings["equator"]
    found = lay_racks(usable[flat], facings[config.rack_align], racks.variants, racks.year, module, break_even=racks.break_even, slack=racks.slack)
    modules[flat], foremost[flat], variant[flat], azimuth[flat] = found.modules, found.foremost, found.variant, found.azimuth
    front[flat], back[flat] = found.front, found.back
    upright = np.array([v.portrait for v in racks.variants])
    paired = np.array([v.rack.paired for v in racks.variants])
    portrait[flat] = upright[found.variant]
    total = modules * np.where(variant >= 0, 1 + paired[variant], 1)
    return pd.DataFrame(
        {
            "usable_m2": shapely.area(usable), "total": total, "modules": modules, "foremost": foremost, "variant": variant, "azimuth": azimuth,
            "portrait": portrait, "front": front, "back": back,
        }
    )  # fmt: skip


def _with(planes: Any, laid: pd.DataFrame, config: ArraysConfig, racks: Racks) -> pd.DataFrame:
    """Rows of the arrays: one for a plane, two for racks back to back."""
    own = pd.DataFrame(planes[["roof_id", "building_id", "surface_tilt", "poa_share", "reason"]]).join(laid)
    own = own[own["reason"].isna()]
    variant, n = own["variant"].to_numpy(), len(own)
    tilts, gcrs, pairs = (np.array([pick(v) for v in racks.variants]) for pick in (lambda v: v.rack.tilt, lambda v: v.gcr, lambda v: v.rack.paired))
    rack = variant >= 0
    own["surface_tilt"] = np.where(rack, tilts[variant], own["surface_tilt"])
    # Share of the modules that have a row before them; a single row keeps no distance.
    behind = np.where(rack, 1.0 - own["foremost"] / own["modules"], 0.0)
    own["gcr"] = np.where(behind > 0.0, gcrs[variant], np.nan)
    paired = rack & pairs[variant]
    own["mounting"] = np.select([paired, rack], ["east_west", "rack"], "coplanar")
    sides = []
    for letter, geometry, turn in (("a", "front", 0.0), ("b", "back", 180.0)):
        side = own.assign(array_id=own["roof_id"] + "-" + letter, surface_azimuth=(own["azimuth"] + turn) % 360.0, geometry=own[geometry])
        loss = np.zeros(n)
        for k in range(len(racks.variants)):
            here = variant == k
            loss[here] = racks.year.at(racks.year.beam_loss, k, side["surface_azimuth"].to_numpy()[here])
        side["row_shading"] = loss * behind
        sides.append(side if letter == "a" else side[paired])
    table = pd.concat(sides, ignore_index=True)
    table["kwp"] = table["modules"] * config.module_wp / 1000.0
    table["module_area_m2"] = table["modules"] * config.module_width_m * config.module_length_m
    return table


def _without(planes: Any, usable_m2: pd.Series[float]) -> pd.DataFrame:
    """One row of no modules for each plane that carries none, with the numbers behind its reason."""
    bare = planes["reason"].notna()
    own = pd.DataFrame(planes.loc[bare, ["roof_id", "building_id", "poa_share", "reason"]])
    return own.assign(
        array_id=own["roof_id"] + "-0", surface_tilt=np.nan, surface_azimuth=np.nan, mounting=None, gcr=np.nan, portrait=False, modules=0, kwp=0.0,
        module_area_m2=0.0, row_shading=0.0, usable_m2=usable_m2[own.index], geometry=None,
    )  # fmt: skip


def _write_down(reason: NDArray[np.object_], variant: Ints, sums: Ints, config: ArraysConfig, racks: Racks, notes: Notes) -> None:
    notes.count("planes", len(reason))
    for word, number in pd.Series(reason, dtype=object).value_counts().sort_index().items():
        notes.count(f"no array: {word}", int(number))
    notes.count("arrays", int(sums[0]))
    notes.count("modules", int(sums[1]))
    chosen = variant[pd.isna(reason)]
    for name in config.racks:
        notes.count(f"flat roofs with {name}", int(np.isin(chosen, [k for k, v in enumerate(racks.variants) if v.name == name]).sum()))
    for v in racks.variants:
        if not v.spread:
            notes.figure(f"{v.name.lower()}_{'upright' if v.portrait else 'across'}_row_distance_m", v.pitch_m)
    notes.assume(
        f"Modules of {config.module_width_m} x {config.module_length_m} m and {config.module_wp:g} Wp; {config.setback_m} m free along edges, "
        f"{config.obstacle_margin_m} m around obstacles, {config.rack_aisle_m} m between rows of racks."
    )
    wish = f"gives most energy, or within {config.rack_slack_share:.0%} of it with the fewest modules" if config.rack_choice == "energy" else "is worth most, its energy less what its modules cost"
    notes.assume(f"Each flat roof carries what {wish}: one of {', '.join(config.racks)}.")
