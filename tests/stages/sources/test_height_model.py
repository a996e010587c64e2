"""Where no surface was measured: footprints with heights make one, marked as such all the way to the roofs."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine
from shapely.geometry import box

from pipeline.compute import Compute
from pipeline.config.solar import HorizonConfig, RoofsConfig
from pipeline.config.sources import BuildingsConfig, Layer, Layers, Source, SurfaceConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Surface
from pipeline.core.grid import Grid
from pipeline.errors import InputError
from pipeline.io import rasters
from pipeline.stages.solar.horizon import horizon
from pipeline.stages.solar.roofs import roofs
from pipeline.stages.sources import surface as stage
from pipeline.stages.sources.buildings import buildings

WEST, NORTH = 750_000.0, 4_480_000.0
TOWN = Town(name="Prova", epsg=25833)
FIELDS = {"height_m": "alt", "storeys": "piani"}


def houses(path: Path) -> Layer:
    shapes = [box(WEST + x, NORTH - y - d, WEST + x + w, NORTH - y) for x, y, w, d in ((20, 20, 12, 10), (60, 20, 20, 15), (20, 60, 8, 8), (60, 60, 3, 3), (90, 60, 10, 10))]
    frame = gpd.GeoDataFrame({"alt": [7.5, None, None, 5.0, 9999.0], "piani": [None, 2, None, None, None]}, geometry=shapes, crs=25833)
    frame.to_file(path)
    return Layer(Source.model_validate({"kind": "heights", "path": "x", "fields": FIELDS}), (path,))


def run(layers: Layers, boundary: gpd.GeoDataFrame | None = None, **config: object) -> tuple[Grid, NDArray[np.float32], Notes, dict[str, str]]:
    notes = Notes()
    made = stage.surface(layers, boundary, SurfaceConfig.model_validate({"margin_m": 20, **config}), TOWN, notes)  # type: ignore[arg-type]
    out = np.full((3, *made.grid.shape), np.inf, dtype=np.float32)
    for w, array in made.blocks:  # type: ignore[attr-defined]
        out[:, w.row : w.row + w.rows, w.col : w.col + w.cols] = array
    return made.grid, out, notes, made.tags  # type: ignore[attr-defined]


def test_attribute_storeys_default_and_level_ground(tmp_path: Path) -> None:
    grid, made, notes, tags = run((houses(tmp_path / "h.gpkg"),))
    assert grid == Grid(WEST, NORTH, 1.0, 90, 120, 25833)
    assert (made[0] == 0).all() and np.isnan(made[2]).all()  # nothing was measured: no heights, so no canopy either
    top = made[1]
    assert top[25, 26] == 7.5 and top[20, 20] == 8.0  # parapet of half a metre
    assert top[27, 70] == pytest.approx(6.2) and top[64, 24] == pytest.approx(6.2) and top[65, 95] == pytest.approx(6.2)
    assert (top[60:63, 60:63] == 5.0).all()  # 3 x 3 m: no room for a parapet
    assert (top > 0).sum() == 12 * 10 + 20 * 15 + 64 + 9 + 100
    assert tags == {"basis": "height model"}
    assert {k: notes.counts[f"height from: {k}"] for k in ("attribute", "storeys", "default")} == {"attribute": 2, "storeys": 1, "default": 2}
    assert notes.counts["height not taken from attribute: not between 0 and 500 m"] == 1
    assert any("height model" in a for a in notes.assumptions) and any("2 of 5 heights are the default" in w for w in notes.warnings)


def test_on_terrain_each_roof_is_level(tmp_path: Path) -> None:
    row, col = np.mgrid[0:60, 0:80]
    slope = (40 + 0.1 * row - 0.05 * col).astype(np.float32)
    slope[10:14, 10:14] = -9999.0  # a void beside a house
    with rasterio.open(tmp_path / "g.tif", "w", driver="GTiff", dtype="float32", count=1, height=60, width=80, crs="EPSG:25833", nodata=-9999, transform=Affine(2, 0, WEST - 10, 0, -2, NORTH + 10)) as dst:
        dst.write(slope, 1)
    dtm = Layer(Source(kind="dtm", path="x"), (tmp_path / "g.tif",))
    _, made, notes, _ = run((houses(tmp_path / "h.gpkg"), dtm))
    inside = made[1][21:29, 21:31]
    assert np.ptp(inside) == 0 and np.ptp(made[0][21:29, 21:31]) > 0.5
    assert inside[0, 0] - made[0][25, 26] == pytest.approx(7.5, abs=0.06)
    assert notes.counts["roofs left out: no ground known there"] == 0
    off = made[1] == made[0]
    assert off.sum() == made[0].size - (12 * 10 + 20 * 15 + 64 + 9 + 100)


def test_blocks_do_not_change_a_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layers = (houses(tmp_path / "h.gpkg"),)
    whole = run(layers)[1]
    monkeypatch.setattr(stage, "BLOCK_CELLS", 23)
    np.testing.assert_array_equal(whole, run(layers)[1])


def test_cut_to_the_boundary_with_another_cell(tmp_path: Path) -> None:
    boundary = gpd.GeoDataFrame(geometry=[box(WEST + 15, NORTH - 40, WEST + 35, NORTH - 15)], crs=25833)
    grid, made, notes, _ = run((houses(tmp_path / "h.gpkg"),), boundary, cell_m=0.5, margin_m=5)
    assert grid == Grid(WEST + 10, NORTH - 10, 0.5, 70, 60, 25833)
    assert (made[1] > 0).sum() == 12 * 10 * 4 and notes.counts["height from: default"] == 2


def test_the_mark_reaches_the_roofs_and_the_buildings(tmp_path: Path) -> None:
    layer = houses(tmp_path / "h.gpkg")
    made = stage.surface((layer,), None, SurfaceConfig(margin_m=60), TOWN, Notes())
    rasters.write(tmp_path / "surface.tif", Surface, made, {"title": "x"})  # type: ignore[arg-type]
    top = rasters.open_raster(tmp_path / "surface.tif")
    assert top.basis == "height model"
    footprints = Layer(Source.model_validate({"kind": "vector", "path": "x", "fields": FIELDS}), layer.paths)
    built = buildings((footprints,), None, top, None, BuildingsConfig(), TOWN, Notes())  # type: ignore[arg-type]
    assert built["height_basis"].tolist().count("none") == 2 and "surface" not in set(built["height_basis"])
    with Compute("threads") as compute:
        planes = roofs(built, top, RoofsConfig(), compute, Notes()).whole()  # type: ignore[arg-type]
        seen = horizon(planes, top, None, HorizonConfig(reach_m=50.0), compute, Notes()).whole()  # type: ignore[arg-type]
    assert set(planes["basis"]) == {"height model"}
    flat = planes[planes["kind"] != "none"]
    assert set(flat["kind"]) == {"flat"} and flat["surface_tilt"].max() < 0.5
    large = flat.loc[flat["building_id"] == flat.loc[flat["area_m2"].idxmax(), "building_id"]]
    assert large["area_m2"].sum() == pytest.approx(300, rel=0.25)  # the parapet takes the outermost cells
    assert len(seen) == len(flat)


def test_a_measured_surface_is_preferred(tmp_path: Path) -> None:
    z = np.full((30, 30), 5.0, np.float32)
    with rasterio.open(tmp_path / "s.tif", "w", driver="GTiff", dtype="float32", count=1, height=30, width=30, crs="EPSG:25833", transform=Affine(1, 0, WEST, 0, -1, NORTH)) as dst:
        dst.write(z, 1)
    layers = (houses(tmp_path / "h.gpkg"), *(Layer(Source(kind=k, path="x"), (tmp_path / "s.tif",)) for k in ("dsm", "dtm")))
    _, made, notes, tags = run(layers)
    assert tags == {} and (made[2] == 0).all() and any("not used" in w for w in notes.warnings)


def test_an_extract_of_openstreetmap_gives_heights_by_its_tags(tmp_path: Path) -> None:
    corners = [(18.05, 40.34), (18.0502, 40.34), (18.0502, 40.3402), (18.05, 40.3402)]
    nodes, ways = [], []
    for w, tags in enumerate(({"building": "yes", "height": "7.5 m"}, {"building": "house", "building:levels": "3"}, {"landuse": "grass"})):
        ids = [10 * w + i + 1 for i in range(4)]
        nodes += [f'<node id="{i}" version="1" lat="{y}" lon="{x + w * 0.001}"/>' for i, (x, y) in zip(ids, corners, strict=True)]
        inside = "".join(f'<nd ref="{i}"/>' for i in [*ids, ids[0]]) + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        ways.append(f'<way id="{100 + w}" version="1">{inside}</way>')
    path = tmp_path / "x.osm"
    path.write_text(f'<?xml version="1.0"?><osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>')
    _, made, notes, _ = run((Layer(Source(kind="heights", path="x"), (path,)),))
    assert {float(v) for v in np.unique(made[1])} == {0.0, 7.5, 8.0, np.float32(9.3), np.float32(9.8)}
    assert notes.counts["height from: attribute"] == notes.counts["height from: storeys"] == 1 and notes.counts["height from: default"] == 0


def broken_text(path: Path) -> Path:
    path.write_text("not a package")
    return path


def points_only(path: Path) -> Path:
    gpd.GeoDataFrame({"alt": [1.0]}, geometry=gpd.points_from_xy([WEST], [NORTH]), crs=25833).to_file(path)
    return path


@pytest.mark.parametrize(
    ("make", "fields", "message"),
    [
        (broken_text, {}, "cannot be read as a vector layer"),
        (points_only, {}, "no footprint is left"),
        (lambda p: houses(p).paths[0], {"height_m": "quota"}, "no field quota"),
        (lambda p: p.write_bytes(b"") or p, {}, "the file is empty"),
    ],
)
def test_what_is_no_footprint_with_a_height(tmp_path: Path, make, fields: dict[str, str], message: str) -> None:  # type: ignore[no-untyped-def]
    source = Source.model_validate({"kind": "heights", "path": "x", "fields": fields})
    with pytest.raises(InputError, match=message):
        run((Layer(source, (make(tmp_path / "h.gpkg"),)),))
