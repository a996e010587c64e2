"""The generated town keeps its promises: exact partition, known planes, totals, official formats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio
import shapely

from pipeline.config.publish import SyntheticConfig
from pipeline.config.town import Town, load_town
from pipeline.contracts.notes import Notes
from pipeline.stages.sources.synthetic import synthetic
from pipeline.synthetic.cover import classes
from pipeline.synthetic.houses import QUARTILES_M2
from pipeline.synthetic.town import Plan, make_plan, town_houses
from pipeline.synthetic.year import DAYS

# UNI 10349 station table, mean daily GHI by month [kWh/m2/day]: written here again, so that the generator has an oracle of its own.
MESAGNE = (1.50, 2.48, 3.80, 5.03, 5.92, 6.42, 6.36, 6.03, 3.91, 2.95, 1.80, 1.50)
OTRANTO = (1.83, 2.39, 3.73, 5.00, 6.39, 5.94, 6.86, 6.06, 4.36, 3.08, 2.16, 1.84)

CONSUMED = (111, 112, 113, 114, 115, 116, 117, 118, 121, 122, 123, 124, 125, 126)


@dataclass(frozen=True)
class Made:
    """A generated neighbourhood: where it is, its outline, and what the generator noted."""

    folder: Path
    area: shapely.Geometry
    notes: Notes
    parcels: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    planes: gpd.GeoDataFrame
    truth: pd.DataFrame


@pytest.fixture(scope="module")
def carmiano(root: Path) -> Town:
    return load_town(root / "data/raw/carmiano")


@pytest.fixture(scope="module")
def boundary(root: Path, carmiano: Town) -> gpd.GeoDataFrame:
    return gpd.read_file(root / "data/raw/carmiano/boundary.geojson").to_crs(carmiano.epsg)


def _generate(folder: Path, carmiano: Town, boundary: gpd.GeoDataFrame) -> Notes:
    notes = Notes()
    synthetic(boundary, SyntheticConfig(extent="neighbourhood", side_m=450.0), carmiano, folder, notes)
    return notes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, carmiano: Town, boundary: gpd.GeoDataFrame) -> Made:
    folder = tmp_path_factory.mktemp("town")
    notes = _generate(folder, carmiano, boundary)
    parcels = pyogrio.read_dataframe(folder / "B792_CARMIANO_ple.gml", WRITE_GFS="NO")
    sections = gpd.read_file(folder / "sezioni.gpkg")
    return Made(
        folder, shapely.union_all(sections.geometry.to_numpy(), grid_size=0.001), notes, parcels.to_crs(25833), gpd.read_file(folder / "Carmiano.shp").to_crs(25833),
        gpd.read_parquet(folder / "truth_planes.parquet"), pd.read_parquet(folder / "truth_parcels.parquet"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def whole(carmiano: Town, boundary: gpd.GeoDataFrame) -> Plan:
    return make_plan(boundary.geometry.iloc[0], carmiano.epsg, carmiano.synthetic, Notes())


def _elevation(folder: Path, name: str) -> tuple[np.ndarray, float, float]:
    """One band mosaicked from its tiles, with its west and north edges."""
    opened = [rasterio.open(p) for p in sorted((folder / name).glob("*.tif"))]
    west, north = min(s.bounds.left for s in opened), max(s.bounds.top for s in opened)
    east, south = max(s.bounds.right for s in opened), min(s.bounds.bottom for s in opened)
    out = np.full((round(north - south), round(east - west)), -9999.0)
    for s in opened:
        row, col = round(north - s.bounds.top), round(s.bounds.left - west)
        out[row : row + s.height, col : col + s.width] = s.read(1)
        assert s.crs.to_epsg() == 25833 and s.nodata == -9999.0 and "demonstration data" in s.tags()["NOTE"]
        s.close()
    return out, west, north


def test_parcels_roads_and_waters_partition_the_town(made: Made) -> None:
    ground = made.parcels.geometry.to_numpy()
    assert shapely.is_valid(ground).all()
    assert shapely.area(ground).sum() == pytest.approx(made.area.area, rel=1e-5)
    a, b = shapely.STRtree(ground).query(ground, predicate="intersects")
    overlap = shapely.area(shapely.intersection(ground[a[a < b]], ground[b[a < b]])).sum()
    assert overlap < 1e-4 * made.area.area
    assert shapely.union_all(ground).area == pytest.approx(made.area.area, rel=1e-4)


def test_the_earlier_map_and_the_register_tell_of_the_same_yards(made: Made) -> None:
    """Ground was taken between the two maps, on one grid; each entry of the register is of a parcel that exists."""
    with rasterio.open(made.folder / "consumo_suolo_2015.tif") as old, rasterio.open(made.folder / "consumo_suolo.tif") as new:
        assert old.transform == new.transform and old.shape == new.shape and "demonstration data" in old.tags()["NOTE"]
        before, now = np.isin(old.read(1), CONSUMED), np.isin(new.read(1), CONSUMED)
    assert 0 < (now & ~before).sum() < 0.2 * now.sum() and before.sum() < now.sum()
    text = (made.folder / "titoli.csv").read_text(encoding="utf-8").splitlines()
    register = pd.read_csv(made.folder / "titoli.csv", sep=";", decimal=",", skiprows=1)
    assert "demonstration data" in text[0] and register["numero"].is_unique and len(register) > 0
    assert set(register["particella"]) <= set(made.truth["parcel_id"]) and (register["superficie mq"] > 0).all()


def test_whole_town_has_the_asked_totals_and_fills_the_boundary(whole: Plan, boundary: gpd.GeoDataFrame) -> None:
    area = boundary.geometry.iloc[0].area
    assert shapely.area(whole.cadastre.ground).sum() == pytest.approx(area, rel=1e-5)
    assert whole.residents.sum() == 11655
    assert (whole.residents >= 0).all()
    assert len(town_houses(whole)) == 8000
    assert 11000 < (whole.cadastre.kind == "parcel").sum() < 13000
    cells = classes(whole.survey, whole.yards, whole.level)
    share = np.isin(cells, CONSUMED).sum() * 100.0 / area
    assert share == pytest.approx(0.1835, abs=0.0005)
    assert 0.3 < whole.level < 1.0, "some yards are paved and some are not"


def test_footprints_follow_the_published_distribution(whole: Plan) -> None:
    area = shapely.area(whole.houses.footprint[town_houses(whole)])
    assert np.quantile(area, [0.25, 0.5, 0.75]) == pytest.approx(QUARTILES_M2, rel=0.45)
    assert area.min() > 4.0


def test_another_seed_gives_another_town_with_the_same_totals(boundary: gpd.GeoDataFrame, carmiano: Town) -> None:
    config = SyntheticConfig(seed=3, extent="neighbourhood", side_m=300.0)
    one = make_plan(boundary.geometry.iloc[0], carmiano.epsg, config, Notes())
    two = make_plan(boundary.geometry.iloc[0], carmiano.epsg, config.model_copy(update={"seed": 4}), Notes())
    assert shapely.area(one.cadastre.ground).sum() == pytest.approx(shapely.area(two.cadastre.ground).sum(), rel=1e-5)
    assert len(one.houses.kind) != len(two.houses.kind)


def test_a_boundary_elsewhere_gets_the_plan_moved_into_it(carmiano: Town) -> None:
    notes = Notes()
    plan = make_plan(shapely.box(700000, 4400000, 703000, 4403000), carmiano.epsg, SyntheticConfig(extent="neighbourhood", side_m=300.0), notes)
    assert shapely.contains_xy(plan.area, plan.place.nuclei[0].east, plan.place.nuclei[0].north)
    assert any("moved" in a for a in notes.assumptions)


def test_surface_model_holds_the_true_planes(made: Made) -> None:
    surface, west, north = _elevation(made.folder, "dsm")
    inner = made.planes[(made.planes.kind == "roof") & (made.planes.plan_area_m2 > 4.0)]
    worst, seen = 0.0, 0
    for ground, tilt, azimuth, z in zip(inner.geometry, inner.surface_tilt, inner.surface_azimuth, inner.plane_z_m, strict=True):
        w, s, e, n = ground.bounds
        easting, northing = np.meshgrid(np.arange(np.floor(w), np.ceil(e)) + 0.5, np.arange(np.floor(s), np.ceil(n)) + 0.5)
        held = shapely.contains_xy(shapely.buffer(ground, -0.02), easting.ravel(), northing.ravel())
        x, y = easting.ravel()[held], northing.ravel()[held]
        at = ground.point_on_surface()
        downhill = (x - at.x) * np.sin(np.radians(azimuth)) + (y - at.y) * np.cos(np.radians(azimuth))
        expected = z - np.tan(np.radians(tilt)) * downhill
        found = surface[np.floor(north - y).astype(int), np.floor(x - west).astype(int)]
        worst, seen = max(worst, float(np.abs(found - expected).max(initial=0.0))), seen + len(x)
    assert seen > 10000
    assert worst < 0.001


def test_true_planes_are_plausible_and_lie_in_their_buildings(made: Made) -> None:
    p = made.planes
    assert np.allclose(p.area_m2 * np.cos(np.radians(p.surface_tilt)), p.plan_area_m2)
    assert p.surface_tilt.between(0.0, 30.0).all() and p.surface_azimuth.between(0.0, 360.0).all()
    by_id = made.buildings.set_index("IDAG").geometry
    outside = shapely.area(shapely.difference(p.geometry.to_numpy(), shapely.buffer(by_id.loc[p.building_id].to_numpy(), 0.01)))
    assert outside.max() < 0.01
    assert set(p.building_id) == set(made.buildings.IDAG)


def test_surroundings_reach_200_m_and_the_surface_is_never_below_ground(made: Made) -> None:
    surface, west, north = _elevation(made.folder, "dsm")
    ground, _, _ = _elevation(made.folder, "dtm")
    known = surface > -9000
    assert (known == (ground > -9000)).all()
    assert (surface[known] >= ground[known]).all()
    edge = shapely.get_coordinates(shapely.buffer(made.area, 200.0))
    assert known[np.floor(north - edge[:, 1]).astype(int), np.floor(edge[:, 0] - west).astype(int)].all()


def test_parcel_truth_agrees_with_the_vectors_and_the_surface(made: Made) -> None:
    t = made.truth.set_index("parcel_id")
    assert (t.sealed_m2 <= t.area_m2 + 0.01).all() and (t.building_m2 <= t.sealed_m2 + 0.1).all()
    assert t.building_m2.sum() == pytest.approx(made.buildings.area.sum(), rel=1e-6)
    assert set(t.index) == set(made.parcels.NATIONALCADASTRALREFERENCE)
    surface, west, north = _elevation(made.folder, "dsm")
    ground, _, _ = _elevation(made.folder, "dtm")
    park = t[t.use == "park"].index
    shapes = made.parcels.set_index("NATIONALCADASTRALREFERENCE").geometry.loc[park]
    for reference, shape in shapes.items():
        w, s, e, n = shape.bounds
        easting, northing = (a.ravel() for a in np.meshgrid(np.arange(np.floor(w), np.ceil(e)) + 0.5, np.arange(np.floor(s), np.ceil(n)) + 0.5))
        held = shapely.contains_xy(shape, easting, northing)
        at = np.floor(north - northing[held]).astype(int), np.floor(easting[held] - west).astype(int)
        height = surface[at] - ground[at]
        assert (height > 1.0).sum() == pytest.approx(t.loc[reference, "tree_m2"], abs=2.0)
        assert (height >= 3.0).sum() == pytest.approx(t.loc[reference, "canopy_m2"], abs=2.0)


def test_gml_is_in_the_layout_of_the_agency(made: Made) -> None:
    path = made.folder / "B792_CARMIANO_ple.gml"
    raw = pyogrio.read_dataframe(path, WRITE_GFS="NO")
    assert raw.crs.to_epsg() == 6706
    west, south, east, north = raw.total_bounds
    assert 6.6 < west < east < 18.6 and 35.4 < south < north < 47.1
    assert len(raw) == sum(made.notes.counts[k] for k in ("parcels", "roads", "waters"))
    pattern = re.compile(r"^([A-Z]\d{3})([A-Z_])(\d{4})(.)(.)\.(.+)$")
    assert raw.NATIONALCADASTRALREFERENCE.map(lambda r: bool(pattern.match(r))).all()
    assert raw.NATIONALCADASTRALREFERENCE.is_unique
    assert raw.LABEL.astype(str).str.startswith("STRADA").any()
    assert "demonstration data" in path.read_text(encoding="utf-8")[:400]
    sheets = pyogrio.read_dataframe(made.folder / "B792_CARMIANO_map.gml", WRITE_GFS="NO")
    assert shapely.area(sheets.to_crs(25833).geometry.to_numpy()).sum() == pytest.approx(made.area.area, rel=1e-5)


def test_buildings_stand_apart_and_inside_one_parcel(made: Made) -> None:
    info = pyogrio.read_info(made.folder / "Carmiano.shp")
    assert info["crs"] == "EPSG:7794" and list(info["fields"]) == ["IDAG", "Label", "Comune", "Uso"]
    ground = made.buildings.geometry.to_numpy()
    assert shapely.is_valid(ground).all() and made.buildings.IDAG.is_unique
    a, b = shapely.STRtree(ground).query(ground, predicate="intersects")
    assert shapely.area(shapely.intersection(ground[a[a < b]], ground[b[a < b]])).sum() < 1e-4 * shapely.area(ground).sum()
    parcels = made.parcels[~made.parcels.LABEL.astype(str).str.startswith(("STRADA", "ACQUA"))].geometry.to_numpy()
    which, hit = shapely.STRtree(parcels).query(ground, predicate="intersects")
    most = np.zeros(len(ground))
    np.maximum.at(most, which, shapely.area(shapely.intersection(ground[which], parcels[hit])))
    assert (most / shapely.area(ground)).min() > 0.98


def test_sections_hold_all_residents(made: Made) -> None:
    sections = gpd.read_file(made.folder / "sezioni.gpkg")
    assert sections.P1.sum() == made.notes.counts["residents"] > 0
    assert sections.SEZ2011.is_unique and sections.SEZ2011.str.fullmatch(r"75014\d{7}").all()


def test_weather_meets_the_two_stations_and_closes(made: Made) -> None:
    from pvlib.iotools import read_pvgis_tmy
    from pvlib.solarposition import get_solarposition

    year, meta = read_pvgis_tmy(made.folder / "tmy.csv", map_variables=True)
    assert len(year) == 8760
    month = year.ghi.groupby(year.index.month).sum().to_numpy() / 1000.0 / np.array(DAYS)
    assert month == pytest.approx((np.array(MESAGNE) + np.array(OTRANTO)) / 2, rel=0.005)
    offset = pd.Timedelta(hours=meta["inputs"]["irradiance time offset"])
    sun = get_solarposition(year.index + offset, meta["inputs"]["latitude"], meta["inputs"]["longitude"], altitude=meta["inputs"]["elevation"])
    beam = year.dni.to_numpy() * np.cos(np.radians(sun.apparent_zenith.to_numpy())).clip(min=0.0)
    assert np.abs(year.ghi.to_numpy() - year.dhi.to_numpy() - beam).max() < 0.05
    assert (year.dhi >= 0).all() and (year.dni >= 0).all() and year.dni.max() < 1100.0
    assert year.temp_air.between(-5.0, 43.0).all() and year.wind_speed.between(0.0, 30.0).all()


def test_two_runs_give_the_same_bytes(made: Made, tmp_path: Path, carmiano: Town, boundary: gpd.GeoDataFrame) -> None:
    _generate(tmp_path, carmiano, boundary)
    first = sorted(p.relative_to(made.folder) for p in made.folder.rglob("*") if p.is_file())
    assert first == sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    different = [str(p) for p in first if (made.folder / p).read_bytes() != (tmp_path / p).read_bytes()]
    assert different == []


def test_the_register_of_public_buildings_is_a_demonstration(made: Made) -> None:
    """Names and notes say so, the identifiers exist, and each way of naming a place leads to a public building."""
    text = (made.folder / "edifici_comunali.csv").read_text(encoding="utf-8")
    assert text.startswith("# dati dimostrativi / demonstration data")
    register = pd.read_csv(made.folder / "edifici_comunali.csv", sep=";", decimal=",", skiprows=1, dtype={"aggregato": str})
    assert register["denominazione"].str.startswith("Edificio dimostrativo").all() and register["codice"].str.startswith("DIM-").all()
    assert set(register["aggregato"].dropna()) <= set(made.buildings["IDAG"])
    months = register[register["mese"].notna()].groupby(["codice", "anno"]).size()
    assert (months == 12).all() and not register.duplicated(["codice", "anno", "mese"]).any()
    for name in ("civici_pubblici.csv", "gradi_giorno.csv"):
        assert (made.folder / name).read_text(encoding="utf-8").startswith("# dati dimostrativi")
