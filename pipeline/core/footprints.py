"""Questions about outlines in plan: which zone holds one, what the cells under one say, what to call it."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


def holding_zone(shapes: NDArray[Any], zones: NDArray[Any], preferred: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The zone that holds most of each shape.

    Parameters
    ----------
    shapes, zones
        Valid polygons in one projected system.
    preferred
        Zones of shape (zones,) that go before the others: another zone is named only where no preferred one
        shares any area with the shape.

    Returns
    -------
    array of int64, shape (shapes,)
        Position in `zones`, -1 where none shares any area; the first one where two share the same.

    >>> parcels = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> holding_zone(np.array([shapely.box(7, 1, 11, 3)]), parcels, np.array([True, True])).tolist()
    [0]
    """
    held = np.full(len(shapes), -1, dtype=np.int64)
    if not len(shapes) or not len(zones):
        return held
    shape, zone = shapely.STRtree(zones).query(shapes, predicate="intersects")
    area = shapely.area(shapely.intersection(shapes[shape], zones[zone]))
    touching = area > 0.0
    shape, zone, area = shape[touching], zone[touching], area[touching]
    best_last = np.lexsort((-zone, area, preferred[zone], shape))
    held[shape[best_last]] = zone[best_last]  # the last of several wins
    return held


def outside_share(shapes: NDArray[Any], area: shapely.Geometry) -> float:
    """Share of the shapes' area that lies outside `area`, 0-1; shapes are valid polygons."""
    total = float(shapely.area(shapes).sum())
    if total == 0.0:
        return 0.0
    shapely.prepare(area)
    whole = shapely.covers(area, shapes)
    cut = ~whole & shapely.intersects(area, shapes)
    inside = shapely.area(shapes[whole]).sum() + shapely.area(shapely.intersection(shapes[cut], area)).sum()
    return float(np.clip(1.0 - inside / total, 0.0, 1.0))


def grouped_percentile(groups: NDArray[np.int64], values: NDArray[np.float32], count: int, percent: float) -> NDArray[np.float64]:
    """A percentile of each group of values, by linear interpolation (Hyndman and Fan 1996, type 7, as numpy's).

    Parameters
    ----------
    groups
        Number of the group of each value, 0 to count - 1.
    values
        Finite, same shape.
    count
        Number of groups.
    percent
        0-100.

    Returns
    -------
    array of float64, shape (count,)
        NaN for groups without values.

    References
    ----------
    R. J. Hyndman, Y. Fan (1996): Sample quantiles in statistical packages. The American Statistician 50(4),
    doi:10.1080/00031305.1996.10473566.

    >>> grouped_percentile(np.array([0, 0, 0, 2]), np.array([1, 2, 4, 9], dtype=np.float32), 3, 75.0).tolist()
    [3.0, nan, 9.0]
    """
    ordered = values[np.lexsort((values, groups))].astype(np.float64)
    size = np.bincount(groups, minlength=count)
    start = np.cumsum(size) - size
    filled = size > 0
    place = (size[filled] - 1) * (percent / 100.0)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, size[filled] - 1)
    below, above = ordered[start[filled] + low], ordered[start[filled] + high]
    out = np.full(count, np.nan)
    out[filled] = below + (above - below) * (place - low)
    return out


def place_names(shapes: NDArray[Any], prefix: str) -> NDArray[Any]:
    """A name from where a shape lies: prefix, easting and northing of its centroid in decimetres.

    >>> place_names(np.array([shapely.box(250000.0, 4470000.0, 250001.0, 4470003.0)]), "b").tolist()
    ['b-2500005-44700015']
    """
    centre = shapely.centroid(shapes)
    east = np.round(shapely.get_x(centre) * 10.0).astype(np.int64)
    north = np.round(shapely.get_y(centre) * 10.0).astype(np.int64)
    return np.array([f"{prefix}-{e}-{n}" for e, n in zip(east, north, strict=True)], dtype=object)


def distinct_names(names: NDArray[Any], shapes: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Make names unique by a number at the end: a, a.2, a.3 from west to east, whatever the order of the rows.

    Parameters
    ----------
    names
        Text, shape (rows,).
    shapes
        Of the rows; equal names are numbered by easting, northing and area.

    Returns
    -------
    names
        Array of text, shape (rows,).
    int
        How many were changed.
    """
    centre = shapely.centroid(shapes)
    order = np.lexsort((shapely.area(shapes), shapely.get_y(centre), shapely.get_x(centre)))
    taken = set(names.tolist())
    made = names.copy()
    seen: dict[str, int] = {}
    changed = 0
    for row in order.tolist():
        name = names[row]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] == 1:
            continue
        while f"{name}.{seen[name]}" in taken:
            seen[name] += 1
        made[row] = f"{name}.{seen[name]}"
        taken.add(made[row])
        changed += 1
    return made, changed


def repeats(names: NDArray[Any], shapes: NDArray[Any]) -> NDArray[np.bool_]:
    """Rows that say again what an earlier row said: the same name and the same shape."""
    seen: set[tuple[Any, bytes]] = set()
    again = np.zeros(len(names), dtype=bool)
    for row, key in enumerate(zip(names.tolist(), shapely.to_wkb(shapely.normalize(shapes)).tolist(), strict=True)):
        again[row] = key in seen
        seen.add(key)
    return again
