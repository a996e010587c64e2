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
from pipeline.contracts.solar import Sunmap
from pipeline.contracts.spec import MONTHS, Raster, RasterBlocks, TableSpec
from pipeline.core.grid import Grid, Window
from pipeline.core.solar.uncertainty import P90_SIGMAS
from pipeline.io import rasters
from tests.maps.land_layers import consumed_of, ledger_of, street_rows, with_land
from tests.maps.plan_layers import NO_PLAN, plan_layers

EPSG = 25833
# About the middle of Carmiano in EPSG:25833.
CENTRE = (759_800.0, 4_471_600.0)
MONTH_SHARE = np.array([46, 55, 80, 95, 112, 118, 124, 116, 92, 72, 50, 40]) / 1000.0
NASTY = ('<script>alert("x")</script>', 'O\'Hara & "figli"', "\u202eabc \u0634\u0645\u0633", "x" * 500)


def frame(spec: type[TableSpec], rows: dict[str, Any], shapes: list[Any]) -> gpd.GeoDataFrame:
    """A table with all the contract's columns; missing ones are empty."""
    data = {}
    for name, column in spec.columns().items():
        values = rows.get(name, [False if column.dtype == "bool" else None] * len(shapes))
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


def _spoil(shapes: Any) -> None:
    """A hole in the first parcel, two parts of the second."""
    shapes[0] = shapely.difference(shapes[0], shapes[0].centroid.buffer(4))
    whole, corner = shapes[1], shapes[1].bounds[:2]
    parts = shapely.affinity.scale(whole, 0.4, 1.0, origin=corner), shapely.affinity.translate(shapely.affinity.scale(whole, 0.2, 0.2), 9, 0)
    shapes[1] = shapely.MultiPolygon(parts)


def _reasons(built: int, solar: dict[str, Any]) -> list[Any]:
    """Why three of the buildings carry nothing, and their figures in `solar`."""
    reason: list[Any] = [None] * built
    for k, name in ((0, "too_small"), (2, "no_surface"), (4, "shaded")):
        if built > k:
            reason[k] = name
            for column, values in solar.items():
                if column in ("roof_m2", "planes", "poa_kwh_m2"):
                    continue
                unknown = name == "no_surface" or column in ("shading_loss", "specific_yield_kwh_kwp") or column in WORTH
                values[k] = 0 if column == "modules" else np.nan if unknown else 0.0
    return reason


def _buildings(ids: list[str], parcel_ids: list[str], area: Any, homes: Any, reason: list[Any], solar: dict[str, Any], rng: np.random.Generator) -> gpd.GeoDataFrame:
    height, use = rng.uniform(3, 11, len(ids)), ["industry" if i % 4 == 2 else "home" for i in range(len(ids))]
    columns = {"building_id": ids, "parcel_id": parcel_ids, "area_m2": area, "height_m": height, "use": use, "reason": reason, **solar}
    return frame(Atlas.layers["buildings"], columns, homes)


def make_atlas(columns: int = 10, rows: int = 10, built: int = 60, seed: int = 1, nasty: bool = True, land: bool = True) -> dict[str, gpd.GeoDataFrame]:
    """An atlas that keeps the contract of contracts/publish.py; without `land` it has only what sealing and green give."""
    rng = np.random.default_rng(seed)
    shapes, streets = lots(columns, rows, rng)
    n = len(shapes)
    if nasty:
        _spoil(shapes)
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
    reason = _reasons(built, solar)
    buildings = _buildings(ids, [parcel_ids[i] for i in where], home_area, homes, reason, solar, rng)
    roofs, obstacles, arrays = _on_roofs(ids, homes, reason, buildings)
    made = {
        "town": _town(streets, cadastre, buildings),
        "buildings": buildings,
        "roofs": roofs,
        "obstacles": obstacles,
        "arrays": arrays,
        "parcels": cadastre,
        "sections": _sections(streets, rng),
    }
    made = {name: made.get(name, frame(spec, {}, [])) for name, spec in Atlas.layers.items()}
    if not land:
        return made
    made["streets"] = frame(Atlas.layers["streets"], street_rows(make_streets()), list(make_streets().geometry))
    return with_land(made, frame, Atlas.layers)


def _on_roofs(ids: list[str], homes: list[Any], reason: list[Any], buildings: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, ...]:
    """Two planes on each house, that fall to the west and to the east; modules on the western one, a chimney on every fifth house."""
    halves, chimneys, laid = [], [], []
    for i, home in enumerate(homes):
        west, south, east, north = home.bounds
        middle = (west + east) / 2
        halves += [shapely.intersection(home, shapely.box(west, south, middle, north)), shapely.intersection(home, shapely.box(middle, south, east, north))]
        if i % 5 == 0:
            chimneys.append((i, shapely.box(middle + 1, south + 1, middle + 2, south + 2)))
        count = int(buildings["modules"].iloc[i])
        if count:
            laid.append((i, shapely.MultiPolygon([shapely.box(west + 1.2 * (k % 3), south + 1.8 * (k // 3), west + 1.2 * (k % 3) + 1.13, south + 1.8 * (k // 3) + 1.76) for k in range(count)])))
    twice = [i for i in range(len(ids)) for _ in (1, 2)]
    roofs = frame(
        Atlas.layers["roofs"],
        {
            "roof_id": [f"{ids[i]}-{k % 2 + 1}" for k, i in enumerate(twice)], "building_id": [ids[i] for i in twice], "area_m2": [h.area for h in halves],
            "kind": ["none" if reason[i] == "no_surface" else "pitched" for i in twice], "surface_tilt": [18.0] * len(twice), "surface_azimuth": [270.0, 90.0] * len(ids),
            "poa_kwh_m2": [1400.0] * len(twice), "modules": [0 if k % 2 or reason[i] else int(buildings["modules"].iloc[i]) for k, i in enumerate(twice)],
            "reason": [reason[i] or ("too_small" if i % 3 == 0 and k % 2 else None) for k, i in enumerate(twice)],
        },
        halves,
    )  # fmt: skip
    obstacles = frame(Atlas.layers["obstacles"], {"obstacle_id": [f"{ids[i]}-2-o1" for i, _ in chimneys], "roof_id": [f"{ids[i]}-2" for i, _ in chimneys],
                      "building_id": [ids[i] for i, _ in chimneys], "kind": ["object"] * len(chimneys)}, [c for _, c in chimneys])  # fmt: skip
    arrays = frame(Atlas.layers["arrays"], {"array_id": [f"{ids[i]}-1-a" for i, _ in laid], "roof_id": [f"{ids[i]}-1" for i, _ in laid], "building_id": [ids[i] for i, _ in laid],
                   "mounting": ["coplanar"] * len(laid), "modules": [len(a.geoms) for _, a in laid]}, [a for _, a in laid])  # fmt: skip
    return roofs, obstacles, arrays


def make_steps(atlas: dict[str, gpd.GeoDataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ladder and finance of every building with modules: half of them, which pays most, and all."""
    houses = atlas["buildings"]
    houses = houses[houses["modules"].fillna(0) > 0]
    rows = [(r.building_id, step, max(1, int(r.modules * part)), part) for r in houses.itertuples() for step, part in ((1, 0.5), (2, 1.0))]
    ladder = pd.DataFrame(rows, columns=["building_id", "step", "modules", "part"])
    year = ladder["building_id"].map(houses.set_index("building_id")["kwh_year"])
    ladder = ladder.assign(kwp=ladder["modules"] * 0.44, kwh_year=year * ladder["part"], kwh_year_p90=year * ladder["part"] * 0.91, last_kwh_kwp=1300.0)
    money = ladder[["building_id", "step", "kwp"]].assign(use="home", cost_eur_low=ladder["kwp"] * 1500, cost_eur_high=ladder["kwp"] * 2100, npv_eur_low=-900.0,
                                                          npv_eur_high=ladder["kwp"] * 1200, payback_years=8.4, self_consumed_share=0.42, best=ladder["step"] == 1)  # fmt: skip
    return ladder.drop(columns="part"), money


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


def make_sunmap(path: Path, atlas: dict[str, gpd.GeoDataFrame]) -> Raster[Sunmap]:
    """Cells of half a metre on all buildings: a ramp from 900 kWh/m2 in the west to 1,700 in the east of the town."""
    west, south, east, north = atlas["town"].total_bounds
    grid = Grid(float(np.floor(west)) - 5, float(np.ceil(north)) + 5, 0.5, 2 * int(north - south + 12), 2 * int(east - west + 12), EPSG)
    on = rasters.burn(np.asarray(atlas["buildings"].geometry), np.ones(len(atlas["buildings"])), grid, fill=0, dtype="uint8") > 0
    values = np.where(on, np.linspace(900.0, 1700.0, grid.cols)[np.newaxis, :], np.nan).astype("float32")
    rasters.write(path, Sunmap, RasterBlocks(grid, iter([(Window(0, 0, *grid.shape), values[np.newaxis])])))
    return rasters.open_raster(path)


def build(out: Path, atlas: dict[str, gpd.GeoDataFrame], **more: Any) -> Path:
    """The site of an atlas in a folder."""
    from pipeline.stages.publish.webmap import webmap

    out.mkdir(parents=True, exist_ok=True)
    values: dict[str, Any] = {
        "surface": None,
        "landcover": None,
        "sunmap": None,
        "ladder": make_steps(atlas)[0],
        "finance": make_steps(atlas)[1],
        "streets": make_streets(),
        "greenspaces": None,
        "mismatch": None,
        "consumed": consumed_of(atlas) if len(atlas["official"]) and len(atlas["parcels"]) > 50 else None,
        "ledger": ledger_of() if len(atlas["official"]) else None,
        **(plan_layers(atlas) if len(atlas["buildings"]) > 20 else NO_PLAN),
        "config": WebmapConfig(large_roof_m2=120.0, large_yard_m2=400.0),
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


@pytest.fixture(scope="session")
def towns() -> Callable[..., dict[str, gpd.GeoDataFrame]]:
    """Makes an atlas of another size, or without the land layers."""
    return make_atlas
