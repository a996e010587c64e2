"""The surface stage: lattices kept, voids filled and counted, terrain under buildings, errors, memory by block."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine
from shapely.geometry import box

from pipeline.config.sources import Layer, Layers, Source, SurfaceConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Surface
from pipeline.contracts.spec import RasterBlocks
from pipeline.core.grid import Grid
from pipeline.errors import InputError
from pipeline.io import rasters
from pipeline.stages.sources import surface as stage

WEST, NORTH = 750_000.0, 4_480_000.0
TOWN = Town(name="Prova", epsg=25833)


def layer(kind: str, *paths: Path, **more: object) -> Layer:
    return Layer(Source.model_validate({"kind": kind, "path": "x", **more}), paths)


def tif(path: Path, z: NDArray[np.floating], west: float = WEST, north: float = NORTH, cell: float = 1.0, **more: object) -> Path:
    profile = {"driver": "GTiff", "count": 1, "dtype": "float32", "nodata": -9999, "crs": "EPSG:25833"}
    profile["transform"] = Affine(cell, 0, west, 0, -cell, north)
    with rasterio.open(path, "w", height=z.shape[0], width=z.shape[1], **{**profile, **more}) as dst:
        dst.write(z.astype(np.float32), 1)
    return path


def whole(made: RasterBlocks[Surface]) -> NDArray[np.float32]:
    out = np.full((3, *made.grid.shape), np.inf, dtype=np.float32)
    for w, array in made.blocks:
        assert array.dtype == np.float32 and array.shape == (3, w.rows, w.cols)
        out[:, w.row : w.row + w.rows, w.col : w.col + w.cols] = array
    return out


def run(
    layers: Layers, boundary: gpd.GeoDataFrame | None = None, town: Town = TOWN, **config: object
) -> tuple[Grid, NDArray[np.float32], Notes]:
    notes = Notes()
    made = stage.surface(layers, boundary, SurfaceConfig.model_validate(config), town, notes)  # type: ignore[arg-type]
    return made.grid, whole(made), notes  # type: ignore[arg-type]


def scene(rows: int = 60, cols: int = 80) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sloping terrain with a block 6 m high, 20 x 30 cells."""
    row, col = np.mgrid[0:rows, 0:cols]
    ground = 30 + 0.05 * row + 0.02 * col
    top = ground.copy()
    top[20:40, 30:60] += 6
    return ground, top


def test_bands_and_lattice(tmp_path: Path) -> None:
    ground, top = scene()
    layers = (layer("dsm", tif(tmp_path / "s.tif", top)), layer("dtm", tif(tmp_path / "g.tif", ground)))
    grid, made, notes = run(layers)
    assert grid == Grid(WEST, NORTH, 1.0, 60, 80, 25833)
    np.testing.assert_allclose(made[0], ground, atol=1e-5)
    np.testing.assert_allclose(made[1], top, atol=1e-5)
    np.testing.assert_array_equal(made[2], made[1] - made[0])
    assert notes.figures["height_known_share"] == 1.0 and not notes.warnings


def test_blocks_and_order_do_not_change_a_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ground, top = scene()
    rng = np.random.default_rng(5)
    top[rng.random(top.shape) < 0.3] = -9999
    ground[rng.random(ground.shape) < 0.3] = -9999
    layers = (layer("dsm", tif(tmp_path / "s.tif", top)), layer("dtm", tif(tmp_path / "g.tif", ground)))
    _, large, a = run(layers)
    monkeypatch.setattr(stage, "BLOCK_CELLS", 16)
    _, small, b = run(layers)
    np.testing.assert_array_equal(large, small)
    assert a == b


def test_terrain_under_buildings_is_interpolated_and_counted(tmp_path: Path) -> None:
    ground, top = scene()
    holes = ground.copy()
    holes[18:42, 28:62] = -9999
    layers = (layer("dsm", tif(tmp_path / "s.tif", top)), layer("dtm", tif(tmp_path / "g.tif", holes)))
    _, made, notes = run(layers, fill_cells=2)
    assert notes.counts["ground cells of larger voids interpolated"] == 24 * 34
    np.testing.assert_allclose(made[0], ground, atol=0.25)  # the slope over half a coarse cell
    np.testing.assert_allclose(made[2][21:39, 31:59], 6, atol=0.25)
    _, near, _ = run(layers, fill_cells=2, ground_reach_m=0)
    assert np.isnan(near[0, 30, 45]) and np.isnan(near[2, 30, 45])


def test_gaps_stay_void_and_small_voids_are_filled(tmp_path: Path) -> None:
    ground, top = scene()
    top[5, 5] = top[50, 70] = -9999
    layers = (
        layer("dsm", tif(tmp_path / "a.tif", top[:, :40]), tif(tmp_path / "b.tif", top[:, 50:], WEST + 50)),
        layer("dtm", tif(tmp_path / "g.tif", ground)),
    )
    grid, made, notes = run(layers)
    assert grid.cols == 80
    assert np.isnan(made[1][:, 40:50]).all() and np.isnan(made[2][:, 40:50]).all() and np.isfinite(made[0]).all()
    assert np.isfinite(made[1][:, :40]).all()
    assert notes.counts["surface cells of small voids filled by the nearest"] == 2
    assert notes.counts["surface cells void"] == 600


def test_numbers_that_are_no_elevation_are_counted(tmp_path: Path) -> None:
    ground, top = scene()
    top[:3, :7] = 3.4e38
    top[10, 10] = 2500.0  # a bird or a cloud: in the range of elevations, not of heights
    layers = (layer("dsm", tif(tmp_path / "s.tif", top, nodata=None)), layer("dtm", tif(tmp_path / "g.tif", ground)))
    _, made, notes = run(layers, fill_cells=0)
    assert notes.counts["surface cells with a number that is no elevation, made void"] == 21
    assert notes.counts["surface cells implausibly far from the ground, made void"] == 1
    assert np.isnan(made[1]).sum() == 22


def test_cut_to_the_boundary_and_its_margin(tmp_path: Path) -> None:
    ground, top = scene()
    layers = (layer("dsm", tif(tmp_path / "s.tif", top)), layer("dtm", tif(tmp_path / "g.tif", ground, cell=1.0)))
    boundary = gpd.GeoDataFrame(geometry=[box(WEST + 20.5, NORTH - 30.5, WEST + 40.5, NORTH - 20.5)], crs=25833)
    grid, made, _ = run(layers, boundary, margin_m=5)
    assert grid == Grid(WEST + 15, NORTH - 15, 1.0, 21, 31, 25833)
    np.testing.assert_allclose(made[1], top[15:36, 15:46], atol=1e-5)
    far = gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10)], crs=25833)
    with pytest.raises(InputError, match="do not meet"):
        run(layers, far)


def test_terrain_on_another_lattice_keeps_the_surface_as_it_is(tmp_path: Path) -> None:
    _, top = scene()
    coarse = tif(tmp_path / "g.tif", np.full((20, 30), 30.0), WEST - 7, NORTH + 3, 5.0)
    _, made, notes = run((layer("dsm", tif(tmp_path / "s.tif", top)), layer("dtm", coarse)))
    np.testing.assert_array_equal(made[1], top.astype(np.float32))
    assert (made[0] == 30).all() and not notes.warnings


def test_a_surface_of_another_system_is_taken_by_the_nearest_cell_with_a_warning(tmp_path: Path) -> None:
    from pyproj import Transformer

    east, north = Transformer.from_crs(25833, 7794, always_xy=True).transform(WEST, NORTH)
    rng = np.random.default_rng(2)
    top = rng.normal(30, 3, (80, 80)).astype(np.float32)
    path = tif(tmp_path / "s.tif", top, round(east), round(north), crs="EPSG:7794")
    ground = tif(tmp_path / "g.tif", np.full((300, 300), 20.0), WEST - 100, NORTH + 100)
    grid, made, notes = run((layer("dsm", path), layer("dtm", ground)))
    assert grid.epsg == 25833 and grid.cell_m == 1.0
    assert any("nearest cell" in w for w in notes.warnings)
    assert set(np.unique(made[1][np.isfinite(made[1])])) <= set(np.unique(top))  # never averaged


@pytest.mark.parametrize(
    ("kinds", "message"),
    [(("dsm",), "add a layer of kind dtm"), (("dtm",), "no layer of kind dsm or points"), (("dsm", "dtm", "epw"), "kind epw")],
)
def test_what_is_missing_is_said(tmp_path: Path, kinds: tuple[str, ...], message: str) -> None:
    path = tif(tmp_path / "a.tif", scene()[0])
    with pytest.raises(InputError, match=message):
        run(tuple(layer(k, path) for k in kinds))


def test_a_surface_without_a_single_elevation_is_refused(tmp_path: Path) -> None:
    void = tif(tmp_path / "v.tif", np.full((10, 10), -9999.0))
    ground = tif(tmp_path / "g.tif", np.full((10, 10), 5.0))
    with pytest.raises(InputError, match="no cell holds an elevation"):
        run((layer("dsm", void), layer("dtm", ground)))
    with pytest.raises(InputError, match="both a surface and a terrain"):
        run((layer("dsm", ground), layer("dtm", void)))


def test_written_and_read_again(tmp_path: Path) -> None:
    ground, top = scene()
    layers = (layer("dsm", tif(tmp_path / "s.tif", top)), layer("dtm", tif(tmp_path / "g.tif", ground)))
    made = stage.surface(layers, None, SurfaceConfig(), TOWN, Notes())
    rasters.write(tmp_path / "surface.tif", Surface, made)  # type: ignore[arg-type]
    again = rasters.open_raster(tmp_path / "surface.tif")
    assert again.bands == ("ground", "surface", "height")
    np.testing.assert_allclose(rasters.read(again, "surface"), top, atol=1e-5)


@pytest.mark.shared
def test_a_real_block_from_points_is_that_from_rasters(shared_data: Path) -> None:
    folder, delft = shared_data / "delft", Town(name="Delft", epsg=28992)
    grid, flat, _ = run((layer("dsm", folder / "dsm_05m.tif"), layer("dtm", folder / "dtm_05m.tif")), None, delft)
    own, cloud, notes = run((layer("points", *sorted(folder.glob("*.laz")), crs="EPSG:28992"),), None, delft)
    assert own.cell_m == grid.cell_m == 0.5 and (own.west - grid.west) % 0.5 == 0
    at = round((grid.north - own.north) / 0.5)
    part = flat[:, at : at + own.rows, : own.cols]
    off = np.abs(cloud - part)
    known = np.isfinite(cloud[1])
    assert known.mean() > 0.90
    assert (off[1][known] < 0.1).mean() > 0.97  # surface, small voids filled
    assert (off[0][known] < 0.1).mean() > 0.90  # ground, a third of it interpolated under buildings and trees
    assert np.median(off[2][known]) < 0.02
    assert notes.counts["ground cells of larger voids interpolated"] > 50_000


def test_a_raster_that_lies_nowhere_is_refused(tmp_path: Path) -> None:
    ground, top = scene()
    for name, cell, west in (("tiny", 1e-300, WEST), ("huge", 1e200, WEST), ("far", 1.0, 1e200)):
        layers = (layer("dsm", tif(tmp_path / f"{name}.tif", top, west=west, cell=cell)), layer("dtm", tif(tmp_path / "g.tif", ground)))
        with pytest.raises(InputError, match=rf"{name}\.tif: its place is .*no raster lies there"):
            run(layers)


def test_more_cells_than_a_country_are_refused(tmp_path: Path) -> None:
    ground, top = scene()
    near, far = tif(tmp_path / "a.tif", top, cell=1e-4), tif(tmp_path / "b.tif", top, west=WEST + 5e6, cell=1e-4)
    with pytest.raises(InputError, match=r"cells of 0\.0001 m; expected at most 1,000,000,000,000"):
        run((layer("dsm", near, far), layer("dtm", tif(tmp_path / "g.tif", ground))))


def test_a_text_grid_that_is_cut_off_is_refused_at_once(tmp_path: Path) -> None:
    ground, _ = scene()
    rows = "\n".join(" ".join(f"{30 + r * 0.1:.1f}" for _ in range(20)) for r in range(300))
    head = f"ncols 20\nnrows {{}}\nxllcorner {WEST}\nyllcorner {NORTH - 300}\ncellsize 1\nNODATA_value -9999\n"
    for announced, words in ((300, ""), (9000, "9,000 rows of 20 cells announced, 6,012 words are in the file; it is cut off")):
        (tmp_path / f"{announced}.asc").write_text(head.format(announced) + rows, encoding="ascii")
        layers = (layer("dsm", tmp_path / f"{announced}.asc", crs="EPSG:25833"), layer("dtm", tif(tmp_path / "g.tif", ground)))
        if not words:
            assert run(layers)[0].rows == 300
            continue
        with pytest.raises(InputError, match=words):
            run(layers)
