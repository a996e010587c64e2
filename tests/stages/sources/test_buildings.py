"""Footprints: named, placed on their parcel, with the height of the surface under them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from pipeline.config.sources import BuildingsConfig, Layer, ParcelsConfig, Source
from pipeline.config.town import Town
from pipeline.contracts.check import check_table
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Buildings, Surface
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.errors import ConfigError, InputError
from pipeline.io import rasters
from pipeline.stages.sources.buildings import buildings
from pipeline.stages.sources.parcels import parcels

TOWN = Town(name="Carmiano", code="075014", epsg=25833)
CONFIG = BuildingsConfig()


def vector(path: Path, shapes: list[Any], fields: dict[str, str] | None = None, **columns: Any) -> Layer:
    gpd.GeoDataFrame({"row": range(len(shapes)), **columns}, geometry=shapes, crs=25833).to_file(path)
    return Layer(Source(kind="vector", fields=fields or {}), (path,))


def run(layer: Layer, notes: Notes | None = None, **given: Any) -> gpd.GeoDataFrame:
    made = buildings((layer,), given.get("parcels"), given.get("surface"), given.get("boundary"), CONFIG, TOWN, notes or Notes())
    check_table(made, Buildings, 25833, "buildings")
    return made


def surface(path: Path, height: np.ndarray[Any, Any], west: float = 0.0, north: float = 0.0, cell_m: float = 1.0) -> Raster[Any]:
    grid = Grid(west, north, cell_m, *height.shape, 25833)
    cells = np.stack([np.zeros_like(height), height, height])
    rasters.write(path, Surface, RasterBlocks(grid, iter([(Window(0, 0, *height.shape), cells)])))
    return rasters.open_raster(path)


def accounted(notes: Notes) -> int:
    return sum(n for what, n in notes.counts.items() if what.startswith(("dropped", "left out", "rows written")))


def test_every_row_is_written_or_counted(tmp_path: Path) -> None:
    square = shapely.box(0, 0, 10, 10)
    shapes = [square, square, shapely.box(20, 0, 30, 10), shapely.box(0, 20, 1, 21), None, shapely.Point(1, 1), shapely.box(500, 0, 510, 10), shapely.from_wkt("POLYGON((40 0,50 10,50 0,40 10,40 0))")]
    notes = Notes()
    boundary = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 100, 100)], crs=25833)
    made = run(vector(tmp_path / "b.gpkg", shapes, {"building_id": "ID"}, ID=["a", "a", "a", "c", "d", "e", "f", None]), notes, boundary=boundary)
    assert made["building_id"].tolist() == ["a", "a.2", "b-450-50"]
    assert made["area_m2"].tolist() == [100.0, 100.0, 50.0]
    assert set(made["height_basis"]) == {"none"}
    counts = notes.counts
    assert counts["dropped: repeats another row"] == 1
    assert counts["dropped: smaller than min_area_m2"] == 1
    assert counts["dropped: no geometry, or under 3 points"] == 1
    assert counts["dropped: no polygon"] == 1
    assert counts["dropped: centroid outside the boundary"] == 1
    assert counts["geometry repaired"] == 1
    assert counts["identifiers made from the centroid"] == 1
    assert counts["identifiers numbered because they repeat"] == 1
    assert accounted(notes) == counts["rows read"] == 8


def test_identifiers_and_rows_do_not_depend_on_the_order_of_the_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    corner = rng.uniform(0, 200, (30, 2))
    shapes = list(shapely.box(*corner.T, *(corner + 8).T))
    ids = ["x", "y", None] * 10
    one = run(vector(tmp_path / "a.gpkg", shapes, {"building_id": "ID"}, ID=ids))
    two = run(vector(tmp_path / "b.gpkg", shapes[::-1], {"building_id": "ID"}, ID=ids[::-1]))
    assert one.drop(columns="geometry").equals(two.drop(columns="geometry"))
    assert one.geometry.geom_equals(two.geometry).all()


def test_a_multipolygon_stays_one_building(tmp_path: Path) -> None:
    two = shapely.MultiPolygon([shapely.box(0, 0, 5, 5), shapely.box(9, 0, 12, 5)])
    made = run(vector(tmp_path / "b.gpkg", [two]))
    assert made["area_m2"].tolist() == [40.0]


def test_a_building_belongs_to_the_parcel_with_most_of_it(tmp_path: Path) -> None:
    zones = gpd.GeoDataFrame(
        {"parcel_id": ["p1", "p2", "road"], "kind": ["parcel", "parcel", "road"]}, geometry=shapely.box([0, 10, 20], 0, [10, 20, 30], 10), crs=25833
    )
    shapes = [shapely.box(7, 1, 12, 4), shapely.box(19, 1, 27, 4), shapely.box(22, 1, 27, 4), shapely.box(50, 1, 55, 4)]
    notes = Notes()
    made = run(vector(tmp_path / "b.gpkg", shapes, {"building_id": "ID"}, ID=list("abcd")), notes, parcels=zones)
    assert made["parcel_id"].tolist() == ["p1", "p2", "road", None]
    assert notes.counts["on no parcel"] == 1


def test_height_is_the_90th_percentile_of_the_cells_inside(tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    height = rng.uniform(0, 12, (1100, 1300)).astype("float32")  # more than one tile
    height[rng.random(height.shape) < 0.05] = np.nan
    raster = surface(tmp_path / "s.tif", height, north=1100.0)
    corner = np.array([(c * 41.0, r * 41.0) for c in range(31) for r in range(26)]) + rng.uniform(0, 3, (806, 2))
    shapes = shapely.box(*corner.T, *(corner + rng.uniform(3, 30, (806, 2))).T)
    turned = np.array([shapely.affinity.rotate(s, a) for s, a in zip(shapes, rng.uniform(0, 90, 806), strict=True)])
    notes = Notes()
    made = run(vector(tmp_path / "b.gpkg", list(turned)), notes, surface=raster)
    cols, rows = np.meshgrid(np.arange(1300) + 0.5, 1100 - (np.arange(1100) + 0.5))
    for shape, got in list(zip(made.geometry, made["height_m"], strict=True))[::13]:
        w, s, e, n = shape.bounds
        near = (cols > w) & (cols < e) & (rows > s) & (rows < n) & np.isfinite(height)
        inside = near.copy()
        inside[near] = shapely.contains_xy(shape, cols[near], rows[near])
        assert got == pytest.approx(np.percentile(height[inside].astype(float), 90), abs=1e-9)
    assert set(made["height_basis"]) == {"surface"}


def test_a_building_smaller_than_a_cell_takes_its_cell(tmp_path: Path) -> None:
    raster = surface(tmp_path / "s.tif", np.arange(16, dtype="float32").reshape(4, 4), north=40.0, cell_m=10.0)
    notes = Notes()
    made = run(vector(tmp_path / "b.gpkg", [shapely.box(10.5, 31, 13.5, 33), shapely.box(100, 100, 110, 110)], {"building_id": "ID"}, ID=["a", "b"]), notes, surface=raster)
    assert made["height_m"][0] == 1.0
    assert notes.counts["height from the one cell of the inner point"] == 1
    assert np.isnan(made["height_m"][1])
    assert made["height_basis"].tolist() == ["surface", "none"]


def test_where_footprints_overlap_the_smaller_one_keeps_its_cells(tmp_path: Path) -> None:
    height = np.full((20, 20), 5.0, dtype="float32")
    height[8:12, 8:12] = 9.0
    raster = surface(tmp_path / "s.tif", height, north=20.0)
    shapes = [shapely.box(8, 8, 12, 12), shapely.box(0, 0, 20, 20)]
    for order in (1, -1):
        made = run(vector(tmp_path / f"b{order}.gpkg", shapes[::order], {"building_id": "ID"}, ID=["in", "out"][::order]), surface=raster)
        assert made["height_m"].tolist() == [9.0, 5.0]


def test_attribute_then_storeys_then_surface(tmp_path: Path) -> None:
    raster = surface(tmp_path / "s.tif", np.full((20, 20), 4.0, dtype="float32"), north=20.0)
    shapes = list(shapely.box([0, 5, 10, 15], 0, [4, 9, 14, 19], 4))
    notes = Notes()
    fields = {"building_id": "ID", "height_m": "H", "storeys": "N"}
    made = run(vector(tmp_path / "b.gpkg", shapes, fields, ID=list("abcd"), H=["7,5", None, None, "9999"], N=[9, 2, None, None]), notes, surface=raster)
    assert made["height_m"].tolist() == pytest.approx([7.5, 6.2, 4.0, 4.0])
    assert made["height_basis"].tolist() == ["attribute", "storeys", "surface", "surface"]
    assert notes.counts["height not taken from attribute: not between 0 and 500 m"] == 1


def test_nothing_left_and_wrong_kind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no footprint is left in Carmiano"):
        run(vector(tmp_path / "b.gpkg", [shapely.box(0, 0, 1, 1)]))
    with pytest.raises(ConfigError, match="kind dsm"):
        run(Layer(Source(kind="dsm"), (tmp_path / "b.gpkg",)))


@pytest.mark.shared
def test_buildings_of_a_cxf_sheet_stand_on_the_parcel_of_their_number(shared_data: Path) -> None:
    layer = Layer(Source(kind="cxf", crs="EPSG:25833"), (shared_data / "italy/cadastre/H501D076700.CTF",))
    zones = parcels((layer,), None, ParcelsConfig(), TOWN, Notes())
    notes = Notes()
    made = run(layer, notes, parcels=zones)
    assert notes.counts["rows read"] == 516
    assert notes.counts["left out: not a building"] == 516 - 131
    assert accounted(notes) == 516
    # The cadastre writes the parcel's number on each building: an independent truth of the overlay.
    number = made["building_id"].str.extract(r"\.([^+]+)\+")[0]
    assert (("H501D076700." + number) == made["parcel_id"]).mean() > 0.98


@pytest.mark.shared
def test_the_shapefile_of_altopascio(shared_data: Path) -> None:
    layer = Layer(Source(kind="vector", fields={"building_id": "IDAG"}), (shared_data / "italy/buildings/Altopascio.shp",))
    town = Town(name="Altopascio", epsg=25832)
    notes = Notes()
    made = buildings((layer,), None, None, None, CONFIG, town, notes)
    check_table(made, Buildings, 25832, "buildings")
    assert notes.counts["rows read"] == 6121 == accounted(notes)
    assert np.percentile(made["area_m2"], [25, 50, 75]) == pytest.approx([26, 88, 187], rel=0.06)  # quartiles of all 6,121


@pytest.mark.shared
def test_delft_footprints_get_heights_from_the_real_surface(shared_data: Path, tmp_path: Path) -> None:
    import rasterio

    with rasterio.open(shared_data / "delft/dsm_05m.tif") as dsm, rasterio.open(shared_data / "delft/dtm_05m.tif") as dtm:
        height = (dsm.read(1) - dtm.read(1)).astype("float32")
        raster = surface(tmp_path / "s.tif", height, dsm.transform.c, dsm.transform.f, dsm.transform.a)
    raster = Raster(raster.path, Grid(raster.grid.west, raster.grid.north, 0.5, *height.shape, 28992), raster.bands)
    layer = Layer(Source(kind="vector", fields={"building_id": "bag_id"}), (shared_data / "delft/footprints_3dbag_lod0.gpkg",))
    town = Town(name="Delft", epsg=28992)
    made = buildings((layer,), None, raster, None, CONFIG, town, Notes())
    check_table(made, Buildings, 28992, "buildings")
    assert made["height_m"].between(2, 40).mean() > 0.9


def test_footprints_are_moved_onto_the_surface_only_when_asked(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    shapes = [shapely.box(30 * i + 8, 30 * j + 8, 30 * i + 8 + w, 30 * j + 8 + h) for (i, j), w, h in zip(np.ndindex(5, 5), rng.uniform(8, 15, 25), rng.uniform(8, 15, 25), strict=True)]
    x, y = np.meshgrid(np.arange(320) * 0.5 + 0.25, 160 - (np.arange(320) * 0.5 + 0.25))
    height = np.zeros(x.shape, dtype="float32")
    for shape in shapes:
        height[shapely.contains_xy(shapely.affinity.translate(shape, 1.0, -0.5), x, y)] = 6.0
    raster = surface(tmp_path / "s.tif", height, north=160.0, cell_m=0.5)
    ids = [f"b{n:02d}" for n in range(25)]
    layer = vector(tmp_path / "b.gpkg", shapes, {"building_id": "ID"}, ID=ids)
    notes = Notes()
    made = run(layer, notes, surface=raster)
    assert notes.figures["registration_east_m"] == pytest.approx(1.0, abs=0.15)
    assert notes.figures["registration_north_m"] == pytest.approx(-0.5, abs=0.15)
    assert notes.figures["registration_gain"] > 0.05
    assert "fit the surface better when moved" in notes.warnings[0]
    assert made.geometry.iloc[0].equals(shapes[0])
    asked = Notes()
    moved = buildings((layer,), None, raster, None, BuildingsConfig(register_to_surface=True), TOWN, asked)
    check_table(moved, Buildings, 25833, "buildings")
    assert moved["building_id"].tolist() == ids
    assert moved.geometry.iloc[0].hausdorff_distance(shapely.affinity.translate(shapes[0], 1.0, -0.5)) < 0.2
    assert "were moved" in asked.assumptions[0]
    assert asked.warnings == []
    short = Notes()
    buildings((layer,), None, raster, None, BuildingsConfig(register_reach_m=0.5), TOWN, short)
    assert "do not meet within 0.5 m" in short.warnings[0]
