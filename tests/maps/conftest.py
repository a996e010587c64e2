"""A small town that never was, with everything that goes wrong in real ones; and a large one for the budgets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.config.publish import WebmapConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Lineage, Notes
from pipeline.contracts.publish import Atlas
from pipeline.contracts.spec import MONTHS, TableSpec
from pipeline.core.solar.uncertainty import P90_SIGMAS

EPSG = 25833
# About the middle of Carmiano in EPSG:25833.
CENTRE = (759_800.0, 4_471_600.0)
MONTH_SHARE = np.array([46, 55, 80, 95, 112, 118, 124, 116, 92, 72, 50, 40]) / 1000.0
NASTY = ('<script>alert("x")</script>', 'O\'Hara & "figli"', "\u202eabc \u0634\u0645\u0633", "x" * 500)


def frame(spec: type[TableSpec], rows: dict[str, Any], shapes: list[Any]) -> gpd.GeoDataFrame:
    """A table with all the contract's columns; missing ones are empty."""
    data = {}
    for name, column in spec.columns().items():
        values = rows.get(name, [None] * len(shapes))
        data[name] = (
            pd.array(values, dtype="Int64")
            if column.dtype == "int"
            else pd.Series(values, dtype=float if column.dtype == "float" else object)
        )
    return gpd.GeoDataFrame(data, geometry=shapes, crs=f"EPSG:{EPSG}")


def block(east: float, north: float, width: float, depth: float, turn: float = 0.0) -> shapely.Polygon:
    return shapely.affinity.rotate(shapely.box(east, north, east + width, north + depth), turn)


def lots(columns: int, rows: int, rng: np.random.Generator, side: float = 30.0, per_street: int = 5) -> tuple[list[Any], list[Any]]:
    """Lots in blocks of `per_street` x 2 with streets between; the streets as one polygon with holes."""
    shapes = []
    for r in range(rows):
        for c in range(columns):
            east = CENTRE[0] + c * side + (c // per_street) * 9.0 - columns * side / 2
            north = CENTRE[1] + r * side + (r // 2) * 9.0 - rows * side / 2
            shapes.append(shapely.box(east, north, east + side, north + side))
    whole = shapely.box(*shapely.union_all(shapes).buffer(9.0).bounds)
    return shapes, [shapely.difference(whole, shapely.union_all(shapes))]


def houses(parcels: list[Any], rng: np.random.Generator) -> list[Any]:
    """A house in each lot: plain, L-shaped, with a courtyard, or in two parts."""
    out = []
    for i, lot in enumerate(parcels):
        west, south, _, _ = lot.bounds
        width, depth = rng.uniform(7, 16), rng.uniform(7, 18)
        body = shapely.box(west + 4, south + 5, west + 4 + width, south + 5 + depth)
        if i % 7 == 1:
            body = shapely.union(body, shapely.box(west + 4, south + 5, west + 4 + width * 1.4, south + 5 + depth * 0.4))
        if i % 7 == 3:
            body = shapely.difference(body, shapely.box(west + 6, south + 7, west + 1 + width, south + 2 + depth))
        if i % 7 == 5:
            body = shapely.MultiPolygon([body, shapely.box(west + 24, south + 24, west + 28, south + 28)])
        out.append(body)
    return out


WORTH = ("best_kwp", "cost_eur", "npv_eur_low", "npv_eur", "npv_eur_high", "payback_years", "self_consumed_share", "co2_kg_year")


def _solar(n: int, area: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    modules = np.maximum(2, (area * rng.uniform(0.15, 0.35, n)).astype(int))
    kwp = modules * 0.44
    shading = rng.beta(1.2, 14, n)
    year = kwp * 1450 * (1 - shading)
    out = {
        "roof_m2": area * 1.08, "planes": rng.integers(1, 5, n), "modules": modules, "module_area_m2": modules * 1.99, "kwp": kwp, "kwh_year": year, "kwh_year_p90": year * (1 - P90_SIGMAS * 0.0702), "sigma_common": np.full(n, 0.06), "sigma_own": np.full(n, np.sqrt(0.0702**2 - 0.06**2)),
        "specific_yield_kwh_kwp": year / kwp, "shading_loss": shading, "poa_kwh_m2": 1700 * (1 - shading),
        "best_kwp": np.minimum(kwp, 6.0), "cost_eur": np.minimum(kwp, 6.0) * 1600, "npv_eur_low": year * 0.02 - 800, "npv_eur": year * 0.5, "npv_eur_high": year * 1.1,
        "payback_years": rng.uniform(5, 12, n), "self_consumed_share": rng.uniform(0.2, 0.7, n), "co2_kg_year": year * 0.25,
    }  # fmt: skip
    return out | {f"kwh_{m}": year * s for m, s in zip(MONTHS, MONTH_SHARE, strict=True)}


def make_atlas(columns: int = 10, rows: int = 10, built: int = 60, seed: int = 1, nasty: bool = True) -> dict[str, gpd.GeoDataFrame]:
    """An atlas that keeps the contract of contracts/publish.py."""
    rng = np.random.default_rng(seed)
    shapes, streets = lots(columns, rows, rng)
    n = len(shapes)
    if nasty:
        shapes[0] = shapely.difference(shapes[0], shapes[0].centroid.buffer(4))
        shapes[1] = shapely.MultiPolygon(
            [
                shapely.affinity.scale(shapes[1], 0.4, 1.0, origin=shapes[1].bounds[:2]),
                shapely.affinity.translate(shapely.affinity.scale(shapes[1], 0.2, 0.2), 9, 0),
            ]
        )
    parcel_ids = [f"B792_{1 + i // 50}_{1 + i % 50:03d}" for i in range(n)]
    if nasty:
        parcel_ids[4:8] = list(NASTY)
    area = shapely.area(shapes)
    sealed = np.clip(rng.beta(1.4, 2.2, n), 0, 1)
    green = (1 - sealed) * rng.uniform(0.5, 1.0, n)
    where = rng.permutation(n)[:built]
    where.sort()
    homes = houses([shapes[i] for i in where], rng)
    home_area = shapely.area(homes)
    building_m2 = np.zeros(n)
    building_m2[where] = home_area
    sealed = np.maximum(sealed, np.minimum(1.0, building_m2 / area))
    green = np.minimum(green, 1 - sealed)
    parcels = {
        "parcel_id": parcel_ids, "sheet": [str(1 + i // 50) for i in range(n)], "number": [str(1 + i % 50) for i in range(n)], "kind": ["parcel"] * n, "area_m2": area,
        "covered_m2": area, "building_m2": building_m2, "sealed_m2": sealed * area, "sealed_share": sealed, "green_m2": green * area, "tree_m2": green * area * 0.3, "canopy_m2": green * area * 0.3,
    }  # fmt: skip
    parcels["sealed_share"][2] = np.nan
    parcels["covered_m2"] = np.where(np.arange(n) == 2, 0.0, area)
    cadastre = frame(
        Atlas.layers["parcels"],
        {k: [*v, *extra] for k, v, extra in ((k, list(v), _street_value(k, streets)) for k, v in parcels.items())},
        [*shapes, *streets],
    )
    ids = [f"E{i + 1:05d}" for i in range(built)]
    if nasty:
        ids[10:14] = list(NASTY)
    solar = _solar(built, home_area, rng)
    reason: list[Any] = [None] * built
    for k, name in ((0, "too_small"), (2, "no_surface"), (4, "shaded")):
        if built > k:
            reason[k] = name
            for column, values in solar.items():
                if column in ("roof_m2", "planes", "poa_kwh_m2"):
                    continue
                values[k] = (
                    0
                    if column in ("modules",)
                    else np.nan
                    if name == "no_surface" or column in ("shading_loss", "specific_yield_kwh_kwp") or column in WORTH
                    else 0.0
                )
    buildings = frame(
        Atlas.layers["buildings"],
        {
            "building_id": ids,
            "parcel_id": [parcel_ids[i] for i in where],
            "area_m2": home_area,
            "height_m": rng.uniform(3, 11, built),
            "reason": reason,
            **solar,
        },
        homes,
    )
    roofs = frame(
        Atlas.layers["roofs"],
        {
            "roof_id": [f"{b}-{k}" for b in ids for k in (1, 2)], "building_id": [b for b in ids for _ in (1, 2)], "area_m2": np.repeat(home_area / 2, 2), "kind": ["flat"] * (2 * built),
            "reason": [r for i in range(built) for r in (reason[i], reason[i] or ("too_small" if i % 3 == 0 else None))],
        },
        [h for h in homes for _ in (1, 2)],
    )  # fmt: skip
    return {
        "town": _town(streets, cadastre, buildings),
        "buildings": buildings,
        "roofs": roofs,
        "obstacles": frame(Atlas.layers["obstacles"], {}, []),
        "arrays": frame(Atlas.layers["arrays"], {}, []),
        "parcels": cadastre,
        "sections": _sections(streets, rng),
    }


def _street_value(column: str, streets: list[Any]) -> list[Any]:
    area = float(shapely.area(streets[0]))
    text = {"parcel_id": "B792_STRADA_1", "sheet": "1", "number": "STRADA1", "kind": "road"}
    if column in text:
        return [text[column]]
    return [{"area_m2": area, "covered_m2": area, "sealed_m2": area * 0.95, "sealed_share": 0.95}.get(column, 0.0)]


def _sections(streets: list[Any], rng: np.random.Generator) -> gpd.GeoDataFrame:
    west, south, east, north = shapely.bounds(streets[0])
    shapes = [
        shapely.box(a, b, a + (east - west) / 3, b + (north - south) / 3)
        for a in np.linspace(west, east, 4)[:3]
        for b in np.linspace(south, north, 4)[:3]
    ]
    n, area = len(shapes), float(shapely.area(shapes[0]))
    residents = [0, *rng.integers(20, 400, n - 1).tolist()]
    green = rng.uniform(0.1, 0.6, n) * area
    rows = {
        "section_id": [f"075014{i:07d}" for i in range(n)], "residents": residents, "area_m2": [area] * n, "covered_m2": [area] * n, "sealed_m2": area - green, "sealed_share": 1 - green / area,
        "green_m2": green, "canopy_m2": green * 0.3, "canopy_share": green * 0.3 / area, "green_m2_per_resident": [g / r if r else np.nan for g, r in zip(green, residents, strict=True)],
    }  # fmt: skip
    return frame(Atlas.layers["sections"], rows, shapes)


def _town(streets: list[Any], parcels: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shape = shapely.box(*shapely.bounds(streets[0]))
    area = float(shape.area)
    sums = {c: float(parcels[c].sum()) for c in ("sealed_m2", "green_m2", "tree_m2", "canopy_m2")} | {
        c: float(buildings[c].sum()) for c in ("kwp", "kwh_year", "roof_m2")
    } | {"kwh_year_p90": _together(buildings)}
    row = sums | {
        "name": "Carmiano", "zone_kind": "town", "area_m2": area, "covered_m2": area, "sealed_share": sums["sealed_m2"] / area, "canopy_share": sums["canopy_m2"] / area, "residents": 1234,
        "green_m2_per_resident": sums["green_m2"] / 1234, "buildings": len(buildings), "buildings_with_arrays": int((buildings["kwh_year"] > 0).sum()),
    }  # fmt: skip
    return frame(Atlas.layers["town"], {k: [v] for k, v in row.items()}, [shape])


def _together(buildings: gpd.GeoDataFrame) -> float:
    """P90 of the town: what is common to all roofs adds up, what is each one's own adds up as squares."""
    kwh = buildings["kwh_year"].fillna(0.0)
    common, own = (kwh * buildings["sigma_common"].fillna(0.0)).sum(), ((kwh * buildings["sigma_own"].fillna(0.0)) ** 2).sum()
    return float(kwh.sum() - P90_SIGMAS * np.sqrt(common**2 + own))


def make_lineage(synthetic: bool = True) -> Lineage:
    def source(title: str, attribution: str, licence: str = "CC BY 4.0", generated: bool = False) -> dict[str, Any]:
        return {
            "kind": "vector",
            "title": title,
            "licence": licence,
            "attribution": attribution,
            "date": "2023",
            "synthetic": generated,
            "files": [],
        }

    empty = {"counts": {}, "assumptions": [], "warnings": [], "figures": {}}
    return Lineage({
        "boundary": empty | {"sources": [source("Confini delle unità amministrative 2023", "ISTAT")], "counts": {"rows read": 1}},
        "parcels": empty | {"sources": [source("Cartografia catastale", "Agenzia delle Entrate", generated=synthetic)], "counts": {"rows read": 101, "dropped: empty": 0}, "warnings": ["1 parcel <b>overlaps</b> its neighbour"]},
        "buildings": empty | {"sources": [source("Aggregati strutturali", "DPC", generated=synthetic)], "assumptions": ["heights of 3 buildings from storeys"]},
        "solar": empty | {"sources": [], "figures": {"closure_mae_w_m2": 0.1612}},
    })  # fmt: skip


def make_town(**more: Any) -> Town:
    return Town.model_validate({"name": "Carmiano", "code": "075014", "epsg": EPSG, **more})


def empty_layers(atlas: dict[str, gpd.GeoDataFrame], *names: str) -> dict[str, gpd.GeoDataFrame]:
    return {k: v.iloc[:0] if k in names else v for k, v in atlas.items()}


def make_streets() -> gpd.GeoDataFrame:
    """Two streets that cross, one of them in two edges and with a name that is no markup, and a track without a name."""
    e, n = CENTRE
    rows = [("s1", "Via <b>Roma</b>", "secondary", [(e - 140, n), (e, n)]), ("s2", "Via <b>Roma</b>", "secondary", [(e, n), (e + 140, n)]),
            ("s3", "Via dei Gelsi", "residential", [(e, n - 120), (e, n + 120)]), ("s4", None, "track", [(e - 100, n - 100), (e - 90, n + 90)])]  # fmt: skip
    return gpd.GeoDataFrame({"street_id": [r[0] for r in rows], "name": [r[1] for r in rows], "highway": [r[2] for r in rows]}, geometry=[shapely.LineString(r[3]) for r in rows], crs=f"EPSG:{EPSG}")


def build(out: Path, atlas: dict[str, gpd.GeoDataFrame], **more: Any) -> Path:
    """The site of an atlas in a folder."""
    from pipeline.stages.publish.webmap import webmap

    out.mkdir(parents=True, exist_ok=True)
    values: dict[str, Any] = {
        "surface": None,
        "landcover": None,
        "streets": make_streets(),
        "greenspaces": None,
        "mismatch": None,
        "config": WebmapConfig(),
        "town": make_town(),
        "lineage": make_lineage(),
        "notes": Notes(),
    } | more
    webmap(atlas, out=out, **values)
    return out


@pytest.fixture(scope="session")
def small_atlas() -> dict[str, gpd.GeoDataFrame]:
    return make_atlas()


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory, small_atlas: dict[str, gpd.GeoDataFrame]) -> Path:
    return build(tmp_path_factory.mktemp("small") / "site", small_atlas)


@pytest.fixture(scope="session")
def builder() -> Callable[..., Path]:
    return build
