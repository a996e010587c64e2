"""The whole generated town: plan it, then write it in the formats of the official layers."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.publish import SyntheticConfig
from pipeline.contracts.notes import Notes
from pipeline.core.network import joined
from pipeline.synthetic.blocks import Blocks, make_blocks
from pipeline.synthetic.cadastre import GRID_M, NOTE, Cadastre, survey_sheets, write_parcels, write_sheets
from pipeline.synthetic.cover import (
    PAVED,
    PAVED_RANK,
    PLANT,
    Survey,
    Yards,
    classes,
    lay_yards,
    level_for,
    survey,
    write_classes,
    yards_before,
)
from pipeline.synthetic.cutting import Geometries
from pipeline.synthetic.houses import Houses, build
from pipeline.synthetic.lots import Lots, make_lots
from pipeline.synthetic.network import HIGHWAY, Streets, lay_out
from pipeline.synthetic.people import districts, settle
from pipeline.synthetic.place import Place, Terrain, find_place, stream
from pipeline.synthetic.planting import Trees, plant
from pipeline.synthetic.relief import Counts, Ground, grid_of, write_tiles
from pipeline.synthetic.roofs import Surfaces, Truth, make_roofs, true_planes

if TYPE_CHECKING:
    import pandas as pd

# Surroundings that are generated beyond the town [m]: the horizon is searched 200 m away.
SURROUNDINGS_M = 240.0
# Uses of lots -> height of low plants [m], distance of rows [m]; others are bare. Panels on the ground stand in rows from west to east.
PLANTS: dict[str, tuple[float, float]] = {
    "vineyard": (1.6, 2.6), "arable": (0.35, 0.0), "fallow": (0.25, 0.0), "park": (0.06, 0.0), "vacant": (0.3, 0.0), "row": (0.1, 0.0), "villa": (0.08, 0.0),
    "cottage": (0.15, 0.0), "pv": (1.9, 5.0), "court": (0.05, 0.0), "cemetery": (0.1, 0.0), "farm": (0.1, 0.0),
}  # fmt: skip
# Kinds of building -> the word for their use in the generated layer (pipeline/io/use_legends/building_use.csv).
USES: dict[str, str] = {
    "house_old": "abitazione", "row": "abitazione", "villa": "abitazione", "cottage": "abitazione", "farm": "rurale", "shed": "capannone", "depot": "capannone",
    "outbuilding": "pertinenza", "school": "scuola", "municipal": "municipio", "church": "chiesa", "market": "negozio", "supermarket": "negozio",
    "health": "altro", "sports": "altro", "cemetery": "altro",
}  # fmt: skip
TAGS = {"NOTE": NOTE, "TIFFTAG_SOFTWARE": "Sole e Suolo"}
EARLIER = 0.975  # consumed soil of the earlier map over that of the later one: a generated figure
STAMP = "2026-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Plan:
    """All parts of a generated town, before anything is written."""

    area: shapely.Geometry
    domain: shapely.Geometry
    place: Place
    terrain: Terrain
    streets: Streets
    blocks: Blocks
    lots: Lots
    houses: Houses
    surfaces: Surfaces
    truth: Truth
    trees: Trees
    yards: Yards
    survey: Survey
    level: float
    cadastre: Cadastre
    section: NDArray[np.int64]
    residents: NDArray[np.int64]


def make_plan(boundary: shapely.Geometry, epsg: int, config: SyntheticConfig, notes: Notes) -> Plan:
    """Generate the town.

    Parameters
    ----------
    boundary
        Municipal boundary in `epsg`.
    epsg
        Metric system of the town.
    config
        Seed, extent and totals.
    notes
        Takes what was assumed and measured.

    Returns
    -------
    Plan
    """
    place, moved = find_place(boundary, epsg, config.buildings)
    if moved:
        notes.assume("The boundary does not hold Carmiano's centre: the generated plan was moved into it.")
    whole = config.extent == "town"
    town = place.nuclei[0]
    half = config.side_m / 2
    area = boundary if whole else shapely.intersection(boundary, shapely.box(town.east - half, town.north - half, town.east + half, town.north + half))
    domain = shapely.buffer(area, SURROUNDINGS_M, quad_segs=2)
    terrain = Terrain.make(config.seed, town.east, town.north)
    faces, streets, canal = lay_out(area, domain, place, config.seed)
    blocks = make_blocks(faces, streets, canal, area, place, config.seed)
    lots = make_lots(blocks, config.seed)
    houses = build(lots, blocks.inside[lots.block], config.buildings if whole else None, config.seed)
    surfaces = make_roofs(houses, terrain, config.seed)
    yards = lay_yards(lots, houses, config.seed)
    taken = survey(area, epsg, blocks, houses, yards)
    level = PAVED_RANK
    if whole:
        level, reached = level_for(taken, yards, config.consumed_share)
        notes.figure("consumed_share_reached", reached)
        if abs(reached - config.consumed_share) > 0.0005:
            notes.warn(f"The generated town consumes {reached:.2%} of its soil, not {config.consumed_share:.2%}: no more yards could be paved or spared.")
    density, _old = place.density(shapely.get_coordinates(shapely.centroid(blocks.faces)))
    sheet = districts(blocks, density, 34.0, 11.0, config.seed, "sheets")
    section = districts(blocks, density, 9.0, 15.0, config.seed, "sections")
    residents = settle(blocks, section, houses, lots.block, config.residents if whole else None)
    cadastre = survey_sheets(blocks, lots, sheet, config.belfiore)
    trees = plant(lots, blocks, houses, streets, place, config.seed)
    return Plan(area, domain, place, terrain, streets, blocks, lots, houses, surfaces, true_planes(surfaces), trees, yards, taken, level, cadastre, section, residents)


def write_town(plan: Plan, out: Path, epsg: int, name: str, code: str, config: SyntheticConfig, notes: Notes) -> None:
    """Write every layer of the town into a folder.

    Parameters
    ----------
    plan
        From `make_plan`.
    out
        An existing folder.
    epsg, name, code
        Metric system, name and ISTAT code of the town.
    config
        Cell of the surface model and cadastral code.
    notes
        Takes counts.
    """
    plain = "".join(c for c in name if c.isalnum() or c in " -")  # a name from town.yaml never becomes a path
    stem = f"{config.belfiore}_{plain.upper()}"
    write_parcels(out / f"{stem}_ple.gml", plan.cadastre, epsg)
    write_sheets(out / f"{stem}_map.gml", plan.cadastre, epsg)
    ids = building_ids(plan, code)
    _write_buildings(out / f"{plain}.shp", plan, ids, name, epsg)
    write_classes(out / "consumo_suolo.tif", plan.survey, classes(plan.survey, plan.yards, plan.level), TAGS)
    earlier = level_for(plan.survey, plan.yards, config.consumed_share * EARLIER)[0] if config.extent == "town" else plan.level * EARLIER
    before = yards_before(plan.yards, plan.level, earlier, config.seed)
    write_classes(out / "consumo_suolo_2015.tif", plan.survey, classes(plan.survey, before, plan.level), TAGS)
    _write_permits(out / "titoli.csv", plan, before, config.seed)
    _write_sections(out / "sezioni.gpkg", plan, code, epsg)
    _write_streets(out / "strade.geojson", plan, epsg)
    _write_greens(out / "verde.geojson", plan, epsg)
    _write_groves(out / "oliveti.geojson", plan, epsg)
    counts = _write_relief(out, plan, epsg, config)
    _write_truth(out, plan, ids, counts, epsg, config.cell_m)
    notes.count("parcels", int((plan.cadastre.kind == "parcel").sum()))
    notes.count("roads", int((plan.cadastre.kind == "road").sum()))
    notes.count("waters", int((plan.cadastre.kind == "water").sum()))
    notes.count("buildings", len(ids))
    notes.count("trees", len(plan.trees.east))
    notes.count("residents", int(plan.residents.sum()))
    notes.count("sections", len(plan.residents))


def town_houses(plan: Plan) -> NDArray[np.int64]:
    """Indices of the buildings inside the town, in the order they are written."""
    return np.flatnonzero(plan.blocks.inside[plan.lots.block[plan.houses.lot]])


def building_ids(plan: Plan, code: str) -> dict[int, str]:
    """IDAG of each building of the town: region, ISTAT code and a number, as DPC writes it."""
    return {int(i): f"16{code.zfill(6)}{n:010d}00" for n, i in enumerate(town_houses(plan), 1)}


def _geographic(ground: Geometries, epsg: int) -> Geometries:
    from pyproj import Transformer

    xy = shapely.get_coordinates(ground)
    lon, lat = Transformer.from_crs(f"EPSG:{epsg}", "EPSG:4326", always_xy=True).transform(xy[:, 0], xy[:, 1])
    return np.asarray(shapely.set_coordinates(ground.copy(), np.round(np.column_stack([lon, lat]), 7)))


def _write_buildings(path: Path, plan: Plan, ids: dict[int, str], name: str, epsg: int) -> None:
    import geopandas as gpd

    index = np.array(list(ids), dtype=np.int64)
    frame = gpd.GeoDataFrame(
        {
            "IDAG": list(ids.values()), "Label": np.arange(1, len(ids) + 1), "Comune": f"{name} (dati dimostrativi / demonstration data)",
            "Uso": [USES[str(k)] for k in plan.houses.kind[index]],
        },
        geometry=plan.houses.footprint[index], crs=f"EPSG:{epsg}",
    )  # fmt: skip
    frame.to_crs(7794).to_file(path, driver="ESRI Shapefile", engine="pyogrio", encoding="UTF-8", layer_options={"DBF_DATE_LAST_UPDATE": "2026-01-01"})


def _write_sections(path: Path, plan: Plan, code: str, epsg: int) -> None:
    import geopandas as gpd

    n = len(plan.residents)
    prefix = str(int(code)) if code.isdigit() else "0"
    ground = np.array([shapely.union_all(plan.blocks.faces[plan.section == s], grid_size=GRID_M) for s in range(1, n + 1)], dtype=object)
    frame = gpd.GeoDataFrame(
        {"SEZ2011": [f"{prefix}{s:07d}" for s in range(1, n + 1)], "NSEZ": np.arange(1, n + 1), "P1": plan.residents, "NOTE": "dati dimostrativi / demonstration data"},
        geometry=np.array([shapely.multipolygons(shapely.get_parts(g)) for g in ground], dtype=object), crs=f"EPSG:{epsg}",
    )  # fmt: skip
    path.unlink(missing_ok=True)
    frame.to_file(path, driver="GPKG", engine="pyogrio", layer="sezioni")
    with sqlite3.connect(path) as base:
        base.execute("UPDATE gpkg_contents SET last_change = ?", (STAMP,))
    base.close()


def write_features(path: Path, ground: Geometries, properties: list[dict[str, object]], epsg: int) -> None:
    """Shapes in `epsg` as a GeoJSON in degrees that says it is generated, with the properties of each."""
    shapes = [json.loads(g) for g in shapely.to_geojson(_geographic(ground, epsg))]
    features = [{"type": "Feature", "properties": p, "geometry": s} for p, s in zip(properties, shapes, strict=True)]
    head = {"type": "FeatureCollection", "name": path.stem, "note": "dati dimostrativi / demonstration data"}
    path.write_text(json.dumps(head | {"features": features}, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8", newline="\n")


def _write_streets(path: Path, plan: Plan, epsg: int) -> None:
    lines, of = shapely.get_parts(shapely.intersection(plan.streets.lines, plan.area), return_index=True)
    ok = (shapely.get_type_id(lines) == 1) & (shapely.length(lines) > 2.0)
    # As in OpenStreetMap, streets that meet have a vertex in common.
    lines, of = joined(lines[ok], 0.05, crossings=True), of[ok]
    s = plan.streets
    rows: list[dict[str, object]] = [
        {"highway": HIGHWAY[str(s.kind[i])], "name": str(s.name[i]), "surface": "asphalt" if s.paved[i] else "unpaved", "width": round(float(s.width_m[i]), 1)} for i in of
    ]
    write_features(path, lines, rows, epsg)


def _write_greens(path: Path, plan: Plan, epsg: int) -> None:
    lots = plan.lots
    tags = {"park": {"leisure": "park", "access": "yes"}, "sports": {"leisure": "pitch"}, "cemetery": {"landuse": "cemetery"}, "square": {"place": "square"}}
    pick = np.flatnonzero(np.isin(lots.use, list(tags)) & plan.blocks.inside[lots.block])
    rows: list[dict[str, object]] = [{**tags[str(lots.use[i])], "name": _green_name(str(lots.use[i]), n)} for n, i in enumerate(pick)]
    write_features(path, lots.ground[pick], rows, epsg)


def _write_groves(path: Path, plan: Plan, epsg: int) -> None:
    """Olive groves and orchards, with the tags of OpenStreetMap."""
    lots = plan.lots
    pick = np.flatnonzero(np.isin(lots.use, ["olive", "orchard"]) & plan.blocks.inside[lots.block])
    rows: list[dict[str, object]] = [{"landuse": "orchard", **({"trees": "olive_trees"} if lots.use[i] == "olive" else {})} for i in pick]
    write_features(path, lots.ground[pick], rows, epsg)


def _write_permits(path: Path, plan: Plan, before: Yards, seed: int) -> None:
    """A register of permits and restorations for the yards that changed between the two maps; it knows four of five, and some nobody sees."""
    now, then = plan.yards.taken(plan.level), before.taken(plan.level)
    place = {int(lot): str(ref) for lot, ref in zip(plan.cadastre.lot, plan.cadastre.reference, strict=True) if lot >= 0}
    m2 = shapely.area(plan.yards.ground)
    rng = stream(seed, "permits")
    lines = ["numero;data;particella;superficie mq;tipo;stato"]
    for i in np.flatnonzero((now != then) & np.array([int(lot) in place for lot in plan.yards.lot]) & plan.blocks.inside[plan.lots.block[plan.yards.lot]]):
        known, factor, year, month, closed = rng.random(), rng.normal(1.0, 0.08), rng.integers(2015, 2024), rng.integers(1, 13), rng.random()
        if known < 0.8:
            area = f"{max(m2[i] * factor, 1.0):.1f}".replace(".", ",")
            status = "fine lavori" if closed < 0.9 else "decaduto"
            lines.append(f"{year}/{len(lines):04d};{15:02d}/{month:02d}/{year};{place[int(plan.yards.lot[i])]};{area};{'nuovo consumo' if now[i] else 'deimpermeabilizzazione'};{status}")
    path.write_text("\n".join(["# dati dimostrativi / demonstration data", *lines]) + "\n", encoding="utf-8", newline="\n")


def _green_name(use: str, n: int) -> str:
    first = {"park": "Villa comunale", "sports": "Campo sportivo", "cemetery": "Cimitero", "square": "Piazza"}[use]
    return f"{first} {('Assunta', 'San Vito', 'della Cupa', 'dei Pini', 'Europa', 'degli Eroi', 'della Pace', 'Unità')[n % 8]}"


def _write_relief(out: Path, plan: Plan, epsg: int, config: SyntheticConfig) -> Counts:
    lots = plan.lots
    crop = np.array([PLANTS.get(str(u), (0.0, 0.0)) for u in lots.use])
    rows = np.column_stack([crop, np.where(lots.use == "vineyard", lots.angle, 0.0)])
    roads = plan.cadastre.ground[plan.cadastre.lot < 0]
    ground = Ground(np.concatenate([lots.ground, roads]), *(np.concatenate([rows[:, i], np.zeros(len(roads))]) for i in range(3)))
    green = np.concatenate([np.isin(lots.use, [u for u in PLANTS if u != "pv"]), np.zeros(len(roads), dtype=bool)])
    hard = plan.yards.ground[plan.yards.taken(plan.level) & (plan.yards.code != PLANT)]
    grid = grid_of(plan.domain, config.cell_m, epsg)
    return write_tiles(out, grid, plan.domain, plan.terrain, plan.surfaces, plan.trees, ground, hard, green, TAGS)


def _write_truth(out: Path, plan: Plan, ids: dict[int, str], counts: Counts, epsg: int, cell_m: float) -> None:
    import geopandas as gpd

    t = plan.truth
    mine = np.array([int(h) in ids for h in t.house])
    plan_area = shapely.area(t.ground[mine])
    gpd.GeoDataFrame(
        {
            "building_id": [ids[int(h)] for h in t.house[mine]], "kind": t.kind[mine], "surface_tilt": t.tilt[mine], "surface_azimuth": t.azimuth[mine],
            "area_m2": plan_area / np.cos(np.radians(t.tilt[mine])), "plan_area_m2": plan_area, "plane_z_m": t.z[mine],
        },
        geometry=t.ground[mine], crs=f"EPSG:{epsg}",
    ).to_parquet(out / "truth_planes.parquet", index=False)  # fmt: skip
    _parcel_truth(plan, counts, cell_m).to_parquet(out / "truth_parcels.parquet", index=False)


def _parcel_truth(plan: Plan, counts: Counts, cell_m: float) -> pd.DataFrame:
    import pandas as pd

    n = len(plan.lots.ground)
    built = np.bincount(plan.houses.lot, shapely.area(plan.houses.footprint), n)
    hard = plan.yards.taken(plan.level) & (plan.yards.code == PAVED)
    paved = np.bincount(plan.yards.lot[hard], shapely.area(plan.yards.ground[hard]), n)
    c = plan.cadastre
    lot = np.where(c.lot >= 0, c.lot, n + np.cumsum(c.lot < 0) - 1)
    own = c.lot >= 0
    building = np.where(own, built[np.maximum(c.lot, 0)], 0.0)
    whole = shapely.area(c.ground)
    # Footprints lie on a millimetre grid, so they may cross a lot's edge by that much.
    sealed = np.minimum(np.where(own, building + paved[np.maximum(c.lot, 0)], c.sealed_m2), whole)
    return pd.DataFrame(
        {
            "parcel_id": c.reference, "kind": c.kind, "use": np.where(own, plan.lots.use[np.maximum(c.lot, 0)], c.kind), "area_m2": whole,
            "building_m2": building, "sealed_m2": sealed, "green_m2": counts.green[lot + 1] * cell_m**2, "tree_m2": counts.tree[lot + 1] * cell_m**2,
            "canopy_m2": counts.canopy[lot + 1] * cell_m**2,
        }
    ).sort_values("parcel_id", kind="stable").reset_index(drop=True)  # fmt: skip
