"""The land-cover stage: a real block, official rasters in another system, the same bytes on every scheduler."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.transform import Affine
from shapely.geometry import box

from pipeline import compute
from pipeline.config.sources import LandcoverConfig, Layer, Layers, Source
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.core.land.cover import BARE, BUILDING, LOW_VEGETATION, SEALED, TREE, WATER
from pipeline.errors import ConfigError, InputError
from pipeline.io import rasters
from pipeline.io.cover import LEGENDS, read_legend
from pipeline.stages.sources.landcover import landcover

WEST, NORTH = 750_000.0, 4_480_000.0
TOWN = Town(name="Prova", epsg=25833)


def surface(path: Path, height: NDArray[np.floating]) -> Raster[Surface]:
    grid = Grid(WEST, NORTH, 1.0, *height.shape, 25833)
    ground = np.full(height.shape, 30.0)
    stack = np.stack([ground, ground + height, height]).astype(np.float32)
    rasters.write(path, Surface, RasterBlocks(grid, iter([(Window(0, 0, *height.shape), stack)])))
    return rasters.open_raster(path)


def codes(path: Path, pick: NDArray[np.integer], cell: float = 10.0) -> Layer:
    """A raster in EPSG:3035 over the scene; the code of a cell is `pick` by its column, modulo its length."""
    to = Transformer.from_crs(25833, 3035, always_xy=True)
    e, n = to.transform([WEST, WEST, WEST + 3000, WEST + 3000], [NORTH, NORTH - 3000, NORTH, NORTH - 3000])
    west, north = (min(e) // 10 - 2) * 10, (max(n) // 10 + 2) * 10
    shape = (int((north - min(n)) / cell) + 4, int((max(e) - west) / cell) + 4)
    z = np.broadcast_to(pick[np.arange(shape[1]) % len(pick)], shape).astype(np.uint8)
    where = {"crs": "EPSG:3035", "transform": Affine(cell, 0, west, 0, -cell, north), "nodata": 255}
    with rasterio.open(path, "w", driver="GTiff", dtype="uint8", count=1, height=shape[0], width=shape[1], **where) as dst:
        dst.write(z, 1)
    return Layer(Source(kind="ispra", path="x", legend="ispra_consumo_suolo"), (path,))


def run(
    top: Raster[Surface],
    layers: Layers | None = None,
    buildings: gpd.GeoDataFrame | None = None,
    parcels: gpd.GeoDataFrame | None = None,
    where: str = "threads",
    town: Town = TOWN,
) -> tuple[NDArray[np.uint8], Notes]:
    notes = Notes()
    with compute.on(where) as verbs:
        made = landcover(top, buildings, parcels, layers, LandcoverConfig(), town, verbs, notes)  # type: ignore[arg-type]
        out = np.full((2, *made.grid.shape), 255, dtype=np.uint8)
        for w, array in made.blocks:  # type: ignore[attr-defined]
            out[:, w.row : w.row + w.rows, w.col : w.col + w.cols] = array
    return out, notes


def frame(*shapes: object, **columns: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=25833)


def test_roads_waters_buildings_and_the_coarse_raster(tmp_path: Path) -> None:
    height = np.zeros((60, 80))
    height[20:30, 20:30] = 6
    height[40:45, 60:70] = 5
    parcels = frame(
        box(WEST, NORTH - 60, WEST + 60, NORTH), box(WEST + 60, NORTH - 60, WEST + 70, NORTH), box(WEST + 70, NORTH - 60, WEST + 80, NORTH),
        kind=["parcel", "road", "water"],
    )  # fmt: skip
    buildings = frame(box(WEST + 20, NORTH - 30, WEST + 30, NORTH - 20))
    made, notes = run(surface(tmp_path / "s.tif", height), (codes(tmp_path / "i.tif", np.array([2])),), buildings, parcels)
    cover = made[0]
    assert (cover[20:30, 20:30] == BUILDING).all() and (cover == BUILDING).sum() == 100
    assert (cover[:, 60:70] == SEALED).all()  # the crown over the street too: the ground counts
    assert (cover[:, 70:] == WATER).all()
    assert (cover == LOW_VEGETATION).sum() == 60 * 60 - 100
    assert notes.figures["covered_share"] == 1.0 and notes.figures["building_share"] == pytest.approx(100 / 4800)


def test_the_raster_in_another_system_is_read_where_the_projection_says(tmp_path: Path) -> None:
    layer = codes(tmp_path / "i.tif", np.array([2, 116, 121]))
    made, notes = run(surface(tmp_path / "s.tif", np.zeros((500, 700))), (layer,))
    with rasterio.open(layer.paths[0]) as src:
        z, t = src.read(1), src.transform
    rng = np.random.default_rng(4)
    row, col = rng.integers(0, 500, 400), rng.integers(0, 700, 400)
    e, n = Transformer.from_crs(25833, 3035, always_xy=True).transform(WEST + col + 0.5, NORTH - row - 0.5)
    truth = z[np.floor((t.f - n) / 10).astype(int), np.floor((e - t.c) / 10).astype(int)]
    expected = np.select([truth == 2, truth == 116, truth == 121], [LOW_VEGETATION, SEALED, BARE])
    assert (made[0][row, col] == expected).all()
    assert set(np.unique(made[1])) == {60}
    assert not notes.warnings or all("footprints" in w for w in notes.warnings)


def test_tall_things_on_a_coarse_raster_are_trees(tmp_path: Path) -> None:
    height = np.zeros((40, 40))
    height[10:20, 10:20] = 4
    for code, expected in ((2, TREE), (116, TREE), (121, TREE), (111, SEALED), (201, WATER)):
        made, _ = run(surface(tmp_path / "s.tif", height), (codes(tmp_path / "i.tif", np.array([code])),))
        assert (made[0][10:20, 10:20] == expected).all(), code


def test_nothing_known_is_said(tmp_path: Path) -> None:
    made, notes = run(surface(tmp_path / "s.tif", np.full((20, 20), 9.0)), None, frame(box(WEST, NORTH - 5, WEST + 5, NORTH)))
    assert (made[0] == 0).sum() == 375 and (made[0] == BUILDING).sum() == 25
    assert notes.counts["cells not known"] == 375 and any("knows only the building footprints" in w for w in notes.warnings)


def test_codes_that_no_legend_has_are_counted(tmp_path: Path) -> None:
    made, notes = run(surface(tmp_path / "s.tif", np.zeros((50, 50))), (codes(tmp_path / "i.tif", np.array([2, 99])),))
    assert (made[0] == 0).any() and (made[0] == LOW_VEGETATION).any()
    assert notes.counts["land cover polygons or cells of a class that is not in the legend"] > 0
    assert any("classes 99" in w for w in notes.warnings)


def test_declared_nodata_is_no_unknown_class(tmp_path: Path) -> None:
    """In 8 bits the mark of a void must not come out as class 255."""
    made, notes = run(surface(tmp_path / "s.tif", np.zeros((50, 50))), (codes(tmp_path / "i.tif", np.array([2, 255])),))
    assert (made[0] == 0).any() and (made[0] == LOW_VEGETATION).any()
    assert not any("255" in w for w in notes.warnings)


def test_the_same_bytes_on_threads_and_processes(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    top = surface(tmp_path / "s.tif", rng.uniform(0, 6, (1100, 1200)))
    layers = (codes(tmp_path / "i.tif", np.array([2, 111, 121, 116])),)
    at = rng.uniform(0, 1000, (50, 2))
    buildings = frame(*[box(WEST + x, NORTH - y - 30, WEST + x + 40, NORTH - y) for x, y in at])
    a, notes_a = run(top, layers, buildings)
    b, notes_b = run(top, layers, buildings, where="processes")
    np.testing.assert_array_equal(a, b)
    assert notes_a == notes_b and (a != 255).all()


def test_another_cell_and_an_unknown_legend_are_refused(tmp_path: Path) -> None:
    top = surface(tmp_path / "s.tif", np.zeros((5, 5)))
    with pytest.raises(ConfigError, match=r"landcover\.cell_m: 2; .* 1 m: leave the key out"):
        landcover(top, None, None, None, LandcoverConfig(cell_m=2), TOWN, compute.on("threads"), Notes())
    with pytest.raises(ConfigError, match="expected one of bgt, esa_worldcover, ispra_consumo_suolo"):
        run(top, (Layer(Source(kind="ispra", path="x", legend="nlcd"), ()),))
    with pytest.raises(InputError, match="kind dsm"):
        run(top, (Layer(Source(kind="dsm", path="x"), ()),))


@pytest.mark.parametrize("name", sorted(p.stem for p in LEGENDS.glob("*.csv")))
def test_legends_are_whole(name: str) -> None:
    assert all(100 < packed < 700 for packed in read_legend(name).values())


@pytest.mark.shared
def test_our_ispra_legend_has_the_codes_and_consumed_flags_of_the_official_one(shared_data: Path) -> None:
    import csv

    with (shared_data / "italy" / "landcover" / "ispra_consumo_suolo_legend.csv").open(encoding="utf-8") as stream:
        official = {r["code"]: (r["consumed"], r["label_it"]) for r in csv.DictReader(stream)}
    with (LEGENDS / "ispra_consumo_suolo.csv").open(encoding="utf-8") as stream:
        ours = {r["code"]: (r["consumed"], r["label"]) for r in csv.DictReader(stream)}
    assert ours == official


@pytest.mark.shared
def test_our_worldcover_legend_has_the_codes_and_labels_of_the_official_one(shared_data: Path) -> None:
    import csv

    with (shared_data / "italy" / "landcover" / "esa_worldcover_legend.csv").open(encoding="utf-8") as stream:
        official = {r["code"]: r["label"] for r in csv.DictReader(stream)}
    with (LEGENDS / "esa_worldcover.csv").open(encoding="utf-8") as stream:
        ours = {r["code"]: r["label"] for r in csv.DictReader(stream)}
    assert ours == official


def plain(path: Path, z: NDArray[np.generic], cell: float = 10.0, kind: str = "imperviousness", west: float = WEST, north: float = NORTH, **more: object) -> Layer:
    """A raster on the town's system."""
    bands = z[None] if z.ndim == 2 else z
    keys = {k: more.pop(k) for k in ("bands", "scale", "offset", "nodata") if k in more}
    where = {"crs": "EPSG:25833", "transform": Affine(cell, 0, west, 0, -cell, north), **more}
    with rasterio.open(path, "w", driver="GTiff", dtype=z.dtype.name, count=len(bands), height=z.shape[-2], width=z.shape[-1], **where) as dst:
        dst.write(bands)
    return Layer(Source.model_validate({"kind": kind, "path": path.name, **keys}), (path,))


def test_worldcover_needs_no_legend_name_and_may_have_other_codes(tmp_path: Path) -> None:
    z = np.array([[10, 30], [50, 44]], dtype=np.uint8)
    made, notes = run(surface(tmp_path / "s.tif", np.zeros((20, 20))), (plain(tmp_path / "w.tif", z, kind="worldcover"),))
    cover = made[0][5::10, 5::10]
    assert cover.tolist() == [[LOW_VEGETATION, LOW_VEGETATION], [SEALED, 0]]  # no tree: nothing tall stands there
    assert any("classes 44 are not in the legend esa_worldcover" in w for w in notes.warnings)


def test_imperviousness_keeps_the_share_of_each_cell(tmp_path: Path) -> None:
    per_cent = np.array([[100, 80, 35], [0, 10, 60]], dtype=np.uint8)
    made, notes = run(surface(tmp_path / "s.tif", np.zeros((20, 30))), (plain(tmp_path / "i.tif", per_cent),))
    assert notes.figures["imperviousness_sealed_m2"] == pytest.approx(285.0)  # LAND L5
    sealed = (made[0] == SEALED).reshape(2, 10, 3, 10).sum(axis=(1, 3))
    assert np.abs(sealed - per_cent).max() <= 4 and abs(int(sealed.sum()) - 285) <= 6
    assert set(np.unique(made[1])) == {20} and notes.figures["covered_share"] == 1.0


def test_buildings_and_roads_take_their_part_of_the_share(tmp_path: Path) -> None:
    per_cent = np.full((6, 6), 50, dtype=np.uint8)
    buildings = frame(box(WEST, NORTH - 60, WEST + 60, NORTH - 36))  # 4 of every 10 m of the lower rows
    roads = frame(box(WEST + 40, NORTH - 36, WEST + 60, NORTH), kind=["road"])
    made, _ = run(surface(tmp_path / "s.tif", np.zeros((60, 60))), (plain(tmp_path / "i.tif", per_cent),), buildings, roads)
    part = made[0].reshape(6, 10, 6, 10)
    built = ((part == SEALED) | (part == BUILDING)).sum(axis=(1, 3))
    assert np.abs(built[:3, :4] - 50).max() <= 5  # nothing known: the share alone
    assert np.abs(built[3, :4] - 50).max() <= 4  # 40 m2 of building, and 10 m2 more
    assert (built[4:, :4] == 100).all() and (built[:3, 4:] == 100).all()  # more than the share is known


def test_imperviousness_of_another_system_and_with_holes(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    layer = codes(tmp_path / "i.tif", rng.integers(0, 101, 97))
    layer = Layer(Source(kind="imperviousness", path="i.tif"), layer.paths)
    made, notes = run(surface(tmp_path / "s.tif", np.zeros((600, 700))), (layer,))
    assert (made[0] == SEALED).mean() == pytest.approx(notes.figures["imperviousness_mean_share"], abs=0.02)
    z = np.array([[255, 130], [40, 7]], dtype=np.uint8)
    made, notes = run(surface(tmp_path / "s.tif", np.zeros((20, 20))), (plain(tmp_path / "h.tif", z),))
    assert (made[0][:10] == 0).all() and (made[0][10:] > 0).all()
    assert notes.counts["imperviousness cells that are no percentage"] == 1 and any("neither 0-100" in w for w in notes.warnings)
    tiles = Layer(layer.source, (tmp_path / "h.tif", layer.paths[0]))
    with pytest.raises(InputError, match="lies on other cells"):
        run(surface(tmp_path / "s.tif", np.zeros((20, 20))), (tiles,))


def test_imperviousness_gives_the_same_bytes_wherever_it_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    layer = Layer(Source(kind="imperviousness", path="i.tif"), codes(tmp_path / "i.tif", rng.integers(0, 101, 97)).paths)
    top = surface(tmp_path / "s.tif", rng.uniform(0, 4, (1100, 1200)))
    buildings = frame(*[box(WEST + x, NORTH - y - 9, WEST + x + 12, NORTH - y) for x, y in rng.uniform(0, 1000, (60, 2))])
    a, _ = run(top, (layer,), buildings)
    b, _ = run(top, (layer,), buildings, where="processes")
    np.testing.assert_array_equal(a, b)
    monkeypatch.setitem(compute.Compute.tiles.__kwdefaults__, "tile_cells", 512)  # type: ignore[arg-type]
    np.testing.assert_array_equal(a, run(top, (layer,), buildings)[0])


def cut_off(path: Path) -> Path:
    rng = np.random.default_rng(0)
    plain(path, rng.integers(0, 101, (900, 900)).astype(np.uint8), 0.1, compress="deflate")
    path.write_bytes(path.read_bytes()[:200_000])
    return path


def other(path: Path, **more: object) -> Path:
    plain(path, np.full((3, 3), 50, np.uint8), **more)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("kind", ["imperviousness", "worldcover"])
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: p.write_text("<html>") and p, "cannot be read as a raster"),
        (lambda p: p.write_bytes(b"") or p, "cannot be read as a raster"),
        (lambda p: other(p, crs=None), "declares no reference system"),
        (lambda p: other(p, transform=Affine(8, 6, WEST, 6, -8, NORTH)), "rotated"),
        (lambda p: plain(p, np.zeros((3, 4, 4), np.uint8)).paths[0], "holds 3 bands"),
        (cut_off, r"x\.tif.*(truncated|cannot be read)"),
    ],
)
def test_broken_rasters_are_named(tmp_path: Path, kind: str, make, message: str) -> None:  # type: ignore[no-untyped-def]
    layer = Layer(Source.model_validate({"kind": kind, "path": "x"}), (make(tmp_path / "x.tif"),))
    with pytest.raises(InputError, match=message):
        run(surface(tmp_path / "s.tif", np.zeros((90, 90))), (layer,))


def test_a_raster_of_another_place_is_said(tmp_path: Path) -> None:
    z = np.full((5, 5), 50, np.uint8)
    made, notes = run(surface(tmp_path / "s.tif", np.zeros((20, 20))), (plain(tmp_path / "far.tif", z, west=WEST + 90_000),))
    assert (made[0] == 0).all() and any("says nothing of the town" in w for w in notes.warnings)
    made, notes = run(surface(tmp_path / "s.tif", np.zeros((20, 20))), (plain(tmp_path / "far.tif", z, kind="worldcover", west=WEST + 90_000),))
    assert (made[0] == 0).all() and notes.figures["covered_share"] == 0.0


def test_light_tells_gardens_from_paving_inside_a_coarse_cell(tmp_path: Path) -> None:
    ortho = np.zeros((4, 40, 40), dtype=np.uint8)
    ortho[0], ortho[3] = 100, 110  # paving: NDVI 0.05
    ortho[0, 10:30, 10:20], ortho[3, 10:30, 10:20] = 40, 160  # a garden: 0.6
    layers = (codes(tmp_path / "i.tif", np.array([116])), plain(tmp_path / "o.tif", ortho, 1.0, "orthophoto"))
    made, notes = run(surface(tmp_path / "s.tif", np.zeros((40, 40))), layers)
    assert (made[0] == LOW_VEGETATION).sum() == 200 and (made[0][10:30, 10:20] == LOW_VEGETATION).all()
    assert (made[0] == SEALED).sum() == 1400 and set(np.unique(made[1])) == {75}
    assert notes.figures["ndvi_mean"] == pytest.approx(0.05 * 0.875 + 0.6 * 0.125, abs=0.02)
    assert any("not calibrated" in a for a in notes.assumptions)


@pytest.mark.shared
def test_a_real_block_is_covered_where_its_map_is(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "delft"
    with rasterio.open(folder / "dsm_05m.tif") as a, rasterio.open(folder / "dtm_05m.tif") as b:
        top, ground = a.read(1), b.read(1)
        grid = Grid(a.transform.c, a.transform.f, 0.5, a.height, a.width, 28992)
    stack = np.stack([ground, top, top - ground])
    rasters.write(tmp_path / "s.tif", Surface, RasterBlocks(grid, iter([(Window(0, 0, *grid.shape), stack)])))
    source = Source(kind="cover_vector", path="x", legend="bgt", fields={"cover": "klass"})
    layer = Layer(source, (folder / "bgt_landcover_level0.gpkg",))
    buildings = gpd.read_file(folder / "footprints_3dbag_lod0.gpkg")
    made, notes = run(rasters.open_raster(tmp_path / "s.tif"), (layer,), buildings, town=Town(name="Delft", epsg=28992))
    polygons = gpd.read_file(folder / "bgt_landcover_level0.gpkg").clip(box(*grid.bounds))
    mapped = polygons.area.sum() / (grid.rows * grid.cols * 0.25)
    assert mapped == pytest.approx(0.55, abs=0.01)
    assert 0 < notes.figures["covered_share"] - mapped < 0.02  # the footprints outside the map
    water = polygons.loc[polygons["klass"].str.startswith("waterdeel"), "geometry"].area.sum()
    assert (made[0] == WATER).sum() * 0.25 == pytest.approx(water, rel=0.02)
    assert not any("not in the legend" in w for w in notes.warnings)
    tall = top - ground >= 3
    assert tall[made[0] == TREE].all() and not (tall & (made[0] == LOW_VEGETATION))[2:-2, 2:-2].mean() > 0.01
