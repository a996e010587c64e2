"""Everything joined once: one layer per theme. Sums and joins only; nothing is computed anew here or after."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pipeline.config.town import Town
from pipeline.contracts.land import Green, Sealing
from pipeline.contracts.notes import Notes
from pipeline.contracts.publish import Atlas
from pipeline.contracts.solar import Arrays, Horizon, Irradiation, Roofs, Solar
from pipeline.contracts.sources import Boundary, Buildings, Landcover, Parcels, Residents
from pipeline.contracts.spec import MONTHS, Package, Raster, Table, TableSpec

KWH = ["kwh_year", "kwh_year_p90", *(f"kwh_{m}" for m in MONTHS)]
# Reasons that say the roof was not seen: such a building's potential is not known, which is not zero.
UNSEEN = ("no_surface", "surface_older")
PANDAS_DTYPES = {"str": "object", "int": "Int64", "float": "float64", "bool": "boolean", "list": "object"}


def atlas(
    boundary: Table[Boundary] | None,
    buildings: Table[Buildings] | None,
    parcels: Table[Parcels] | None,
    residents: Table[Residents] | None,
    landcover: Raster[Landcover] | None,
    roofs: Table[Roofs] | None,
    irradiation: Table[Irradiation] | None,
    horizon: Table[Horizon] | None,
    arrays: Table[Arrays] | None,
    solar: Table[Solar] | None,
    sealing: Table[Sealing] | None,
    green: Table[Green] | None,
    town: Town,
    notes: Notes,
) -> Package[Atlas]:
    """Join every subject on its keys.

    Parameters
    ----------
    boundary, buildings, parcels, residents, roofs, irradiation, horizon, arrays, solar, sealing, green
        As their contracts say; None where the town has no such data.
    landcover
        Only its frame is used: the outline of the town where there is no boundary.
    town
        Name, reference system, and the rule by which `arrays` left shaded planes out.
    notes
        Receives the rows of each layer and the buildings that stand on no parcel.

    Returns
    -------
    dict of GeoDataFrame
        Every layer of the contract, empty where its data is missing. Sums and means of sums only.
    """
    built = _arrays(arrays, solar)
    planes = _roofs(roofs, irradiation, horizon, arrays, town)
    houses = _buildings(buildings, planes, built)
    layers = {
        "town": _town(town, boundary, landcover, [buildings, parcels, residents], _zonal(sealing, green), houses, residents),
        "buildings": houses,
        "roofs": planes,
        "arrays": built,
        "parcels": _parcels(parcels, _zonal(sealing, green), houses, notes),
        "sections": _sections(residents, _zonal(sealing, green)),
    }
    crs = f"EPSG:{town.epsg}"
    done = {name: _layer(Atlas.layers[name], table, crs) for name, table in layers.items()}
    for name, table in done.items():
        notes.count(f"rows: {name}", len(table))
    return done


def _layer(spec: type[TableSpec], table: pd.DataFrame | None, crs: str) -> gpd.GeoDataFrame:
    """The contract's columns in its order, missing where there is no data, sorted by key."""
    table = pd.DataFrame({"geometry": []}) if table is None else table.sort_values(list(spec.key), kind="stable")
    columns: dict[str, Any] = {}
    for name, column in spec.columns().items():
        dtype = "int64" if column.dtype == "int" and column.required else PANDAS_DTYPES[column.dtype]
        values = table[name] if name in table else pd.Series(None, index=table.index, dtype="object")
        if dtype == "object":
            columns[name] = values.astype("object").where(values.notna(), None)
        else:
            columns[name] = values.astype(dtype)
    frame = pd.DataFrame(columns, index=table.index).reset_index(drop=True)
    return gpd.GeoDataFrame(frame, geometry=np.asarray(table["geometry"], dtype=object), crs=crs)


def _arrays(arrays: gpd.GeoDataFrame | None, solar: pd.DataFrame | None) -> pd.DataFrame | None:
    """Arrays with their yield; an array without one is no result and does not exist."""
    if arrays is None or solar is None:
        return None
    yields = solar[["array_id", "poa_unshaded_kwh_m2", "poa_kwh_m2", *KWH]]
    return pd.DataFrame(arrays).merge(yields, on="array_id", how="left", validate="one_to_one")


def _roofs(
    roofs: gpd.GeoDataFrame | None, irradiation: pd.DataFrame | None, horizon: pd.DataFrame | None, arrays: gpd.GeoDataFrame | None, town: Town
) -> pd.DataFrame | None:
    """Planes with irradiation and sky view, and the reason of each plane without an array."""
    if roofs is None:
        return None
    table = pd.DataFrame(roofs)
    if irradiation is not None:
        table = table.merge(irradiation[["roof_id", "poa_unshaded_kwh_m2", "poa_kwh_m2"]], on="roof_id", how="left", validate="one_to_one")
    if horizon is not None:
        table = table.merge(horizon[["roof_id", "sky_view"]], on="roof_id", how="left", validate="one_to_one")
    if arrays is not None and irradiation is not None:
        bare = table["reason"].isna() & ~table["roof_id"].isin(arrays["roof_id"])
        # The rule of the stage `arrays`: what falls below a share of the best unshaded plane is left out as shaded.
        dim = table["poa_kwh_m2"] < town.arrays.min_poa_share * table["poa_unshaded_kwh_m2"].max()
        table.loc[bare, "reason"] = np.where(dim[bare], "shaded", "no_room")
    return table


def _buildings(buildings: gpd.GeoDataFrame | None, planes: pd.DataFrame | None, built: pd.DataFrame | None) -> pd.DataFrame | None:
    """Buildings with the sums of their planes and arrays."""
    if buildings is None:
        return None
    table = pd.DataFrame(buildings).set_index("building_id")
    if planes is not None:
        found = planes[planes["kind"] != "none"]
        by = found.groupby("building_id")
        table["roof_m2"] = by["area_m2"].sum()
        table["planes"] = by.size().reindex(table.index, fill_value=0)
        if "poa_kwh_m2" in found:
            table["poa_kwh_m2"] = _mean(found, "poa_kwh_m2", "area_m2")
    if built is not None:
        table = table.join(_built(built))
        table = _without_arrays(table, planes)
    return table.reset_index()


def _built(arrays: pd.DataFrame) -> pd.DataFrame:
    """Sums of the arrays by building; the loss to shading is that of the sums, by module area."""
    out = arrays.groupby("building_id")[["modules", "module_area_m2", "kwp", *KWH]].sum()
    out["specific_yield_kwh_kwp"] = out["kwh_year"] / out["kwp"]
    open_sky = _mean(arrays, "poa_unshaded_kwh_m2", "module_area_m2")
    out["shading_loss"] = (1.0 - _mean(arrays, "poa_kwh_m2", "module_area_m2") / open_sky).clip(0.0, 1.0)
    return out


def _mean(table: pd.DataFrame, value: str, weight: str) -> pd.Series:
    """Weighted mean by building over the rows that have a value."""
    known = table[table[value].notna()]
    by = known["building_id"]
    return (known[value] * known[weight]).groupby(by).sum() / known[weight].groupby(by).sum()


def _without_arrays(table: pd.DataFrame, planes: pd.DataFrame | None) -> pd.DataFrame:
    """The reason of each building without arrays; its sums are zero where its roof was seen, else missing."""
    none = table["modules"].isna()
    reason = pd.Series("no_surface", index=table.index, dtype="object")
    if planes is not None:
        largest = planes.sort_values(["area_m2", "roof_id"], ascending=[False, True], kind="stable").drop_duplicates("building_id")
        reason = largest.set_index("building_id")["reason"].reindex(table.index)
        reason[~table.index.isin(largest["building_id"])] = "no_surface"
    table["reason"] = reason.where(none, None)
    seen = none & ~table["reason"].isin(UNSEEN)
    table.loc[seen, ["modules", "module_area_m2", "kwp", *KWH]] = 0.0
    return table


def _zonal(sealing: pd.DataFrame | None, green: pd.DataFrame | None) -> pd.DataFrame | None:
    """Sealing and green of every zone in one table, by zone_kind and zone_id; residents come from their own table."""
    key = ["zone_kind", "zone_id"]
    if sealing is None:
        return None
    table = pd.DataFrame(sealing).set_index(key)
    if green is not None:
        new = [c for c in green.columns if c not in table.columns and c not in (*key, "residents")]
        table = table.join(green.set_index(key)[new], validate="one_to_one")
    return table


def _parcels(parcels: gpd.GeoDataFrame | None, zonal: pd.DataFrame | None, houses: pd.DataFrame | None, notes: Notes) -> pd.DataFrame | None:
    """Parcels, roads and waters with their zonal figures and their part of the buildings' yield."""
    if parcels is None:
        return None
    table = pd.DataFrame(parcels)
    if zonal is not None:
        figures = zonal.drop(columns="area_m2").reset_index()
        table = table.merge(figures, left_on=["kind", "parcel_id"], right_on=["zone_kind", "zone_id"], how="left", validate="one_to_one")
    if houses is not None and "kwh_year" in houses:
        table["kwh_year"] = _share_yield(table, houses, notes)
    return table


def _share_yield(parcels: pd.DataFrame, houses: pd.DataFrame, notes: Notes) -> pd.Series:
    """Yield of each building over the parcels and roads below it, by area; the parts of a building sum to its whole.

    0 where no building stands; missing where the potential of all buildings on it is not known.
    """
    land = parcels[parcels["kind"].isin(("parcel", "road"))]
    ground, roofs = np.asarray(land["geometry"], dtype=object), np.asarray(houses["geometry"], dtype=object)
    house, parcel = shapely.STRtree(ground).query(roofs, predicate="intersects")
    area = shapely.area(roofs[house])
    whole = shapely.covers(ground[parcel], roofs[house])
    area[~whole] = shapely.area(shapely.intersection(ground[parcel[~whole]], roofs[house[~whole]]))
    pairs = pd.DataFrame({"house": house, "parcel_id": land["parcel_id"].to_numpy()[parcel], "area": area})
    pairs = pairs[pairs["area"] > 0].sort_values(["house", "parcel_id"], kind="stable")
    on_land = pairs.groupby("house")["area"].transform("sum")
    pairs["kwh"] = houses["kwh_year"].to_numpy(dtype=np.float64)[pairs["house"]] * pairs["area"] / on_land
    notes.count("buildings on no parcel", int((~np.isin(np.arange(len(houses)), pairs["house"])).sum()))
    sums = pairs.groupby("parcel_id")["kwh"].sum(min_count=1)
    kwh = parcels["parcel_id"].map(sums)
    return kwh.where(parcels["parcel_id"].isin(pairs["parcel_id"]), 0.0)


def _sections(residents: gpd.GeoDataFrame | None, zonal: pd.DataFrame | None) -> pd.DataFrame | None:
    """Census sections with their zonal figures."""
    if residents is None:
        return None
    table = pd.DataFrame(residents)
    if zonal is None or "section" not in zonal.index.get_level_values("zone_kind"):
        return table
    figures = zonal.drop(columns="area_m2").loc["section"]
    return table.merge(figures, left_on="section_id", right_index=True, how="left", validate="one_to_one")


def _town(
    town: Town,
    boundary: gpd.GeoDataFrame | None,
    landcover: Raster[Landcover] | None,
    layers: list[gpd.GeoDataFrame | None],
    zonal: pd.DataFrame | None,
    houses: pd.DataFrame | None,
    residents: gpd.GeoDataFrame | None,
) -> pd.DataFrame | None:
    """One row: the sums over the town, or over what is known where there is no boundary."""
    kind, outline = _outline(boundary, landcover, layers)
    if outline is None:
        return None
    row: dict[str, Any] = {"name": town.name, "zone_kind": kind, "geometry": outline, "area_m2": outline.area}
    if zonal is not None and kind in zonal.index.get_level_values("zone_kind"):
        row |= _whole(zonal.loc[kind])
    if kind == "town" and residents is not None:
        row["residents"] = int(residents["residents"].sum())
    if houses is not None:
        row["buildings"] = len(houses)
        for name in ("roof_m2", "kwp", "kwh_year", "kwh_year_p90"):
            if name in houses:
                row[name] = houses[name].sum(min_count=1)
        if "modules" in houses:
            row["buildings_with_arrays"] = int((houses["modules"].fillna(0) > 0).sum())
    return pd.DataFrame([row])


def _whole(rows: pd.DataFrame) -> dict[str, Any]:
    """Figures of the whole; a boundary of several parts has their sums, and shares of the sums."""
    if len(rows) == 1:
        return {str(name): value for name, value in rows.iloc[0].items()}
    out: dict[str, Any] = {c: rows[c].sum() for c in rows.columns if c.endswith("_m2")}
    out["sealed_share"] = out["sealed_m2"] / out["covered_m2"] if out["covered_m2"] else None
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
