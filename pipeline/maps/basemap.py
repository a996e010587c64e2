"""What of the base map comes from vectors: streets with their names, green places."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

# Drawn width of a street by OpenStreetMap's class: 2 through roads, 1 streets, 0 tracks and paths.
_RANK = {"motorway": 2, "trunk": 2, "primary": 2, "secondary": 2, "tertiary": 2, "track": 0, "path": 0, "footway": 0, "steps": 0, "cycleway": 0, "bridleway": 0}


# A house further from every named street stands in the country: the name would mislead.
NEAR_M = 40.0


def nearest_street(shapes: NDArray[Any], streets: gpd.GeoDataFrame | None, within_m: float = NEAR_M) -> list[str | None]:
    """Name of the nearest named street of each shape, None where there is none within reach; not an address.

    Parameters
    ----------
    shapes
        Polygons, shape (n,), in the system of the streets.
    streets
        Table of `Streets`; None where there are none.
    within_m
        From edge to line.
    """
    out: list[str | None] = [None] * len(shapes)
    named = None if streets is None else streets[streets["name"].notna()]
    if named is None or not len(named) or not len(shapes):
        return out
    names = named["name"].tolist()
    shape, street = shapely.STRtree(np.asarray(named.geometry)).query_nearest(shapes, max_distance=within_m, all_matches=False)
    for i, j in zip(shape.tolist(), street.tolist(), strict=True):
        out[i] = names[j]
    return out


def street_lines(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Edges of the street graph joined to whole streets by name and class, so that a name finds room along them.

    Parameters
    ----------
    streets
        Table of `Streets`.

    Returns
    -------
    GeoDataFrame
        Columns name, rank; one LineString a row, sorted by name.
    """
    rank = streets["highway"].str.removesuffix("_link").map(_RANK).fillna(1).astype(np.int64)
    table = gpd.GeoDataFrame({"name": streets["name"].fillna(""), "rank": rank}, geometry=np.asarray(streets.geometry), crs=streets.crs)
    joined = [(name, k, shapely.line_merge(shapely.union_all(np.asarray(part.geometry)))) for (name, k), part in table.groupby(["name", "rank"], sort=True)]
    rows = [(name, k, piece) for name, k, shape in joined for piece in shapely.get_parts(shape)]
    frame = pd.DataFrame([(name or None, k) for name, k, _ in rows], columns=["name", "rank"])
    return gpd.GeoDataFrame(frame, geometry=[piece for *_, piece in rows], crs=streets.crs)
