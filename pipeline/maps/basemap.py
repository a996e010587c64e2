"""What of the base map comes from vectors: streets with their names, green places."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

# Drawn width of a street by OpenStreetMap's class: 2 through roads, 1 streets, 0 tracks and paths.
_RANK = {"motorway": 2, "trunk": 2, "primary": 2, "secondary": 2, "tertiary": 2, "track": 0, "path": 0, "footway": 0, "steps": 0, "cycleway": 0, "bridleway": 0}


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
