"""Rows of a register found on the ground: by building, parcel, point or address, in this order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.core.plan.addresses import Address, address
from pipeline.io.parcelrefs import row_by_reference

Ints = NDArray[np.int64]
Objects = NDArray[np.object_]
DEGREES = "EPSG:4326"


class Located(NamedTuple):
    """Where rows were found, each of shape (rows,).

    Attributes
    ----------
    row
        Row of `buildings`, -1 where none was found.
    how
        Of `contracts.plan.PLACES`.
    why
        Of `contracts.plan.PLACE_REASONS`: of the first reference given that led nowhere; None where one was found.
    """

    row: Ints
    how: Objects
    why: Objects


def locate(rows: pd.DataFrame, buildings: Any, parcels: Any | None, addresses: pd.DataFrame | None, epsg: int, reach_m: float) -> Located:
    """The building of each row.

    Parameters
    ----------
    rows
        building_id, parcel, address (None), lat, lon, easting, northing (NaN), crs of the latter ("" is the town's).
    buildings, parcels
        Tables of the town; of several buildings on a parcel the largest is taken.
    addresses
        House numbers: street, number, exponent, lon, lat.
    epsg
        The town's system.
    reach_m
        A point belongs to the nearest building within this distance.

    Returns
    -------
    Located
    """
    by_id = {b: i for i, b in enumerate(buildings["building_id"])}
    on_parcel = _largest_on_parcel(buildings)
    references = row_by_reference(parcels) if parcels is not None else {}
    ids = parcels["parcel_id"].to_numpy(dtype=object) if parcels is not None else np.empty(0, dtype=object)
    at_point = _nearest(points_of(rows, epsg), buildings, reach_m)
    numbers = _numbers(addresses, buildings, epsg, reach_m) if addresses is not None else None
    row, how, why = np.full(len(rows), -1, dtype=np.int64), np.full(len(rows), "none", dtype=object), np.full(len(rows), None, dtype=object)
    for i, one in enumerate(rows.itertuples()):
        tried = _tries(one, by_id, on_parcel, references, ids, int(at_point[i]), numbers)
        why[i] = "no_reference"
        for k, (name, found, reason) in enumerate(tried):
            if found >= 0:
                row[i], how[i], why[i] = found, name, None
                break
            why[i] = reason if k == 0 else why[i]
    return Located(row, how, why)


def _tries(
    one: Any, by_id: dict[str, int], on_parcel: dict[str, int], references: dict[str, int], ids: Objects, at_point: int, numbers: dict[Address, set[int]] | None
) -> Iterator[tuple[str, int, str]]:
    """Each reference of a row: its kind, the building it leads to or -1, and why it leads nowhere."""
    if isinstance(one.building_id, str):
        yield "building", by_id.get(one.building_id.replace(" ", ""), -1), "unknown_building"
    if isinstance(one.parcel, str):
        at = references.get(one.parcel.replace(" ", ""))
        yield "parcel", -1 if at is None else on_parcel.get(ids[at], -1), "unknown_parcel" if at is None else "parcel_without_building"
    if np.isfinite(one.lat) or np.isfinite(one.easting):
        yield "point", at_point, "point_without_building"
    if isinstance(one.address, str):
        if numbers is None:
            yield "address", -1, "no_address_list"
        else:
            there = numbers.get(address(one.address), set())
            yield "address", next(iter(there)) if len(there) == 1 else -1, "ambiguous_address" if there else "unknown_address"


def _largest_on_parcel(buildings: Any) -> dict[str, int]:
    order = np.lexsort((np.arange(len(buildings)), -buildings["area_m2"].to_numpy(dtype=float)))
    found: dict[str, int] = {}
    for i in order:
        parcel = buildings["parcel_id"].iloc[i]
        if isinstance(parcel, str):
            found.setdefault(parcel, int(i))
    return found


def points_of(rows: pd.DataFrame, epsg: int) -> Objects:
    """Point of each row in the town's system; easting and northing go before degrees; None where neither is given."""
    out = np.full(len(rows), None, dtype=object)
    east, lon = rows["easting"].notna().to_numpy(), rows["lon"].notna().to_numpy()
    for crs in sorted(set(rows["crs"])):
        _put(out, east & (rows["crs"] == crs).to_numpy(), rows["easting"], rows["northing"], crs or f"EPSG:{epsg}", epsg)
    _put(out, ~east & lon, rows["lon"], rows["lat"], DEGREES, epsg)
    return out


def _put(out: Objects, where: NDArray[np.bool_], x: Any, y: Any, crs: str, epsg: int) -> None:
    if where.any():
        out[where] = np.asarray(gpd.GeoSeries(gpd.points_from_xy(x[where], y[where]), crs=crs).to_crs(epsg).array, dtype=object)


def _nearest(points: Objects, buildings: Any, reach_m: float) -> Ints:
    """Nearest building of each point within reach, -1 where none is or there is no point."""
    found = np.full(len(points), -1, dtype=np.int64)
    given = np.flatnonzero(~shapely.is_missing(points))
    if len(given) and len(buildings):
        tree = shapely.STRtree(np.asarray(buildings.geometry.array, dtype=object))
        # Of two that are as near the first one stays: the later is written before it.
        point, building = tree.query_nearest(points[given], max_distance=max(reach_m, 1e-6))
        order = np.lexsort((-building, point))
        found[given[point[order]]] = building[order]
    return found


def _numbers(addresses: pd.DataFrame, buildings: Any, epsg: int, reach_m: float) -> dict[Address, set[int]]:
    """Buildings of each house number that has one within reach."""
    points = np.full(len(addresses), None, dtype=object)
    _put(points, np.ones(len(addresses), dtype=bool), addresses["lon"], addresses["lat"], DEGREES, epsg)
    found: dict[Address, set[int]] = {}
    for street, number, exponent, at in zip(addresses["street"], addresses["number"], addresses["exponent"], _nearest(points, buildings, reach_m), strict=True):
        if at >= 0:
            found.setdefault(address(f"{street} {number}{exponent or ''}"), set()).add(int(at))
    return found
