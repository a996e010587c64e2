"""Rows of a register as points: on a building, on a parcel, where a point lies, or nowhere because they hold for the whole town."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.contracts.register import TOWNWIDE
from pipeline.io.parcelrefs import row_by_reference
from pipeline.joins.located import locate, points_of

Objects = NDArray[np.object_]


class Placed(NamedTuple):
    """Where rows lie, each of shape (rows,).

    Attributes
    ----------
    point
        In the town's system, None where a row has none.
    building_id, parcel_id
        None where there is none.
    how, why
        Of `contracts.register.INITIATIVE_PLACES` and `INITIATIVE_PLACE_REASONS`; no reason where a row was found.
    """

    point: Objects
    building_id: Objects
    parcel_id: Objects
    how: Objects
    why: Objects


def place(rows: pd.DataFrame, buildings: Any, parcels: Any | None, addresses: pd.DataFrame | None, boundary: Any | None, epsg: int, reach_m: float) -> Placed:
    """A point for each row.

    Parameters
    ----------
    rows
        As for `joins.located.locate`, with kind and town_wide.
    buildings, parcels, addresses, epsg, reach_m
        As there.
    boundary
        A point outside it is not taken; None looks at nothing.

    Returns
    -------
    Placed
        First the building that a row leads to; else its parcel, else its point. A row without any reference holds for the whole town
        where it says so or its kind is of `TOWNWIDE`.
    """
    found = locate(rows, buildings, parcels, addresses, epsg, reach_m)
    given, inside = points_of(rows, epsg), _inside(boundary)
    references = row_by_reference(parcels) if parcels is not None else {}
    outlines = np.asarray(buildings.geometry.array, dtype=object)
    made: list[tuple[Any, Any, Any, str, Any]] = []
    for i, r in enumerate(rows.itertuples()):
        at, how, why = int(found.row[i]), str(found.how[i]), found.why[i]
        parcel = references.get(r.parcel.replace(" ", "")) if isinstance(r.parcel, str) else None
        if r.town_wide or (why == "no_reference" and r.kind in TOWNWIDE):
            made.append((None, None, None, "town", None))
        elif at >= 0 and (how != "point" or inside(given[i])):
            made.append((given[i] if how == "point" else shapely.point_on_surface(outlines[at]), buildings["building_id"].iloc[at], buildings["parcel_id"].iloc[at], how, None))
        elif parcel is not None and parcels is not None:
            made.append((shapely.point_on_surface(parcels.geometry.iloc[parcel]), None, parcels["parcel_id"].iloc[parcel], "parcel", None))
        elif given[i] is not None:
            made.append((given[i], None, None, "point", None) if inside(given[i]) else (None, None, None, "none", "outside_town"))
        else:
            made.append((None, None, None, "none", why))
    columns = [np.empty(len(made), dtype=object) for _ in range(5)]
    for i, one in enumerate(made):
        for column, value in zip(columns, one, strict=True):
            column[i] = value
    return Placed(*columns)


def _inside(boundary: Any | None) -> Any:
    """Whether a point lies in the town."""
    if boundary is None:
        return lambda point: True
    area = shapely.union_all(np.asarray(boundary.geometry.array, dtype=object))
    shapely.prepare(area)
    return lambda point: bool(shapely.covers(area, point))
