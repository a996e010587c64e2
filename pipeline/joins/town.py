"""The one row of the town: sums over it, or over what is known where there is no boundary."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pipeline.config.town import Town
from pipeline.contracts.sources import Landcover
from pipeline.contracts.spec import Raster
from pipeline.core.land.consumed import land_spared_ha
from pipeline.io.dated import rule
from pipeline.joins.solar import joint_p90

PER_AREA = ("permeability", "runoff_coefficient", "runoff_mm", "baf_old", "baf_new")


def town_joined(
    town: Town,
    boundary: gpd.GeoDataFrame | None,
    landcover: Raster[Landcover] | None,
    layers: list[gpd.GeoDataFrame | None],
    zonal: pd.DataFrame | None,
    houses: pd.DataFrame | None,
    built: pd.DataFrame | None,
    residents: gpd.GeoDataFrame | None,
    ground: dict[str, Any],
) -> pd.DataFrame | None:
    """One row: the sums over the town, or over what is known where there is no boundary; P90 is that of the sum of all arrays; `ground` has the figures of the land wing."""
    kind, outline = _outline(boundary, landcover, layers)
    if outline is None:
        return None
    row: dict[str, Any] = {"name": town.name, "zone_kind": kind, "geometry": outline, "area_m2": outline.area, **ground}
    if zonal is not None and kind in zonal.index.get_level_values("zone_kind"):
        row |= _whole(zonal.loc[kind])
    if kind == "town" and residents is not None:
        row["residents"] = int(residents["residents"].sum())
    if houses is not None:
        row["buildings"] = len(houses)
        for name in ("roof_m2", "kwp", "kwh_year"):
            if name in houses:
                row[name] = houses[name].sum(min_count=1)
        if "kwp" in row:
            low, high = _spared(row["kwp"], town)
            row |= {"land_spared_low_ha": low, "land_spared_high_ha": high}
        if built is not None and houses["kwh_year_p90"].notna().any():
            row["kwh_year_p90"] = joint_p90(built, np.zeros(len(built)), 1)[0]
        if "modules" in houses:
            row["buildings_with_arrays"] = int((houses["modules"].fillna(0) > 0).sum())
    return pd.DataFrame([row])


def _spared(kwp: float, town: Town) -> tuple[float, float]:
    """Roofs before fields: ground that panels of the same power would take [ha], low and high."""
    land = rule("ground_pv", "land", town.desealing.as_of)
    return land_spared_ha(kwp, (land.low, land.high))


def _whole(rows: pd.DataFrame) -> dict[str, Any]:
    """Figures of the whole; a boundary of several parts has their sums, and shares of the sums."""
    if len(rows) == 1:
        return {str(name): value for name, value in rows.iloc[0].items()}
    out: dict[str, Any] = {c: rows[c].sum() for c in rows.columns if c.endswith("_m2")}
    if out["covered_m2"]:
        out |= {name: out[f"{m2}_m2"] / out["covered_m2"] for name, m2 in (("sealed_share", "sealed"), ("sealed_share_low", "sealed_low"), ("sealed_share_high", "sealed_high")) if f"{m2}_m2" in out}
        out |= {name: (rows[name] * rows["covered_m2"]).sum() / out["covered_m2"] for name in PER_AREA if name in rows}
    if "runoff_m3" in rows:
        out["runoff_m3"] = rows["runoff_m3"].sum()
    if out.get("height_known_m2"):
        out["canopy_share"] = out["canopy_m2"] / out["height_known_m2"]
    return out


def _outline(
    boundary: gpd.GeoDataFrame | None, landcover: Raster[Landcover] | None, layers: list[gpd.GeoDataFrame | None]
) -> tuple[str, shapely.Geometry | None]:
    """The boundary; without one the frame of the land cover, without that the frame of all that is there."""
    if boundary is not None:
        return "town", shapely.union_all(np.asarray(boundary.geometry))
    if landcover is not None:
        return "extent", shapely.box(*landcover.grid.bounds)
    frames = [table.total_bounds for table in layers if table is not None and len(table)]
    if not frames:
        return "extent", None
    low, high = np.min(frames, axis=0)[:2], np.max(frames, axis=0)[2:]
    return "extent", shapely.box(*low, *high)
