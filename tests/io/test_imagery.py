"""Red and infrared light from files: a real Sentinel-2 chip, offsets, single-band files, and what is no image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine

from pipeline.config.sources import Layer, Source
from pipeline.contracts.notes import Notes
from pipeline.core.grid import Grid
from pipeline.errors import InputError
from pipeline.io.imagery import open_pictures

GRID = Grid(750_000.0, 4_480_000.0, 10.0, 6, 8, 25833)


def image(path: Path, *bands: float | NDArray[np.generic], dtype: str = "uint16", cell: float = 10.0, **more: object) -> Path:
    shape = (round(GRID.rows * 10 / cell), round(GRID.cols * 10 / cell))
    where = {"crs": "EPSG:25833", "transform": Affine(cell, 0, GRID.west, 0, -cell, GRID.north), "nodata": 0}
    with rasterio.open(path, "w", driver="GTiff", dtype=dtype, count=len(bands), height=shape[0], width=shape[1], **{**where, **more}) as dst:
        for i, band in enumerate(bands, 1):
            dst.write(np.broadcast_to(np.asarray(band), shape).astype(dtype), i)
    return path


def layer(*paths: Path, kind: str = "sentinel2", **more: object) -> Layer:
    return Layer(Source.model_validate({"kind": kind, "path": "x", **more}), paths)


@pytest.mark.shared
def test_the_published_index_of_a_real_chip(shared_data: Path) -> None:
    # 11 unnamed bands: B1-B8, B8A, B11, B12; the index is published as a whole number times 1e-4.
    folder = shared_data / "italy" / "satellite"
    with rasterio.open(folder / "S2A2A_20190723_022_Barbellino_NDVI_10.tif") as src:
        published = src.read(1) / 1e4
        grid = Grid(src.transform.c, src.transform.f, 10.0, src.height, src.width, 32632)
    notes = Notes()
    chip = layer(folder / "S2A2A_20190723_022_Barbellino_BOA_10.tif", bands={"red": 4, "nir": 8, "swir": 10}, offset=0)
    ours = open_pictures((chip,), grid, notes).read(grid)
    assert np.abs(ours - published).max() <= 0.5001e-4  # rounding to 1e-4, nothing more
    assert notes.figures["ndvi_known_share"] == 1.0 and -1 < notes.figures["ndbi_mean"] < 1
    # The bands beside them give something else by far.
    wrong = layer(chip.paths[0], bands={"red": 3, "nir": 7}, offset=0)
    assert np.abs(open_pictures((wrong,), grid, Notes()).read(grid) - published).max() > 0.1


def test_the_offset_of_newer_products_changes_the_index(tmp_path: Path) -> None:
    path = image(tmp_path / "s.tif", 1000 + 1300, 1000 + 2200, 1000 + 2800)
    bands = {"red": 1, "nir": 2, "swir": 3}
    notes = Notes()
    right = open_pictures((layer(path, bands=bands, offset=-1000),), GRID, notes)
    assert right.read(GRID)[0, 0] == pytest.approx(0.2571, abs=5e-5)  # LAND L14
    assert notes.figures["ndbi_mean"] == pytest.approx(0.1200, abs=5e-5) and not notes.warnings
    notes = Notes()
    wrong = open_pictures((layer(path, bands=bands),), GRID, notes)
    assert wrong.read(GRID)[0, 0] == pytest.approx(900 / 5500, abs=1e-4)
    assert any("baseline 04.00" in w for w in notes.warnings)
    with pytest.raises(InputError, match="100% of the red reflectances are negative; the offset -1000 is not for these"):
        open_pictures((layer(image(tmp_path / "old.tif", 300, 900), bands={"red": 1, "nir": 2}, offset=-1000),), GRID, Notes())


def test_single_bands_as_they_are_downloaded(tmp_path: Path) -> None:
    stem = "T33TYE_20240701T095031"
    paths = [image(tmp_path / f"{stem}_B04_10m.tif", 500), image(tmp_path / f"{stem}_B08_10m.tif", 2000), image(tmp_path / f"{stem}_B11_20m.tif", 1500, cell=20.0), image(tmp_path / f"{stem}_B02_10m.tif", 1)]
    notes = Notes()
    made = open_pictures((layer(*paths, offset=0),), GRID, notes)
    np.testing.assert_allclose(made.read(GRID), 0.6, atol=1e-6)
    assert notes.figures["ndbi_mean"] == pytest.approx(-500 / 3500, abs=1e-5)
    jp2 = [p.with_suffix(".jp2") for p in paths[:2]]
    for a, b in zip(paths, jp2, strict=False):
        with rasterio.open(a) as src, rasterio.open(b, "w", driver="JP2OpenJPEG", dtype="uint16", count=1, height=src.height, width=src.width, crs=src.crs, transform=src.transform, QUALITY="100", REVERSIBLE="YES") as dst:
            dst.write(src.read())
    np.testing.assert_allclose(open_pictures((layer(*jp2, offset=0),), GRID, Notes()).read(GRID), 0.6, atol=1e-6)
    with pytest.raises(InputError, match="expected files named B04 and B08 of the same date"):
        open_pictures((layer(paths[0], paths[3], offset=0),), GRID, Notes())


def test_earlier_images_win_and_voids_are_filled_by_later_ones(tmp_path: Path) -> None:
    red = np.full((6, 8), 500.0)
    red[:, :4] = 0  # no data: a cloud that was masked out
    first = layer(image(tmp_path / "a.tif", red, 2000), bands={"red": 1, "nir": 2}, offset=0)
    second = layer(image(tmp_path / "b.tif", 1000, 1000), bands={"red": 1, "nir": 2}, offset=0)
    z = open_pictures((first, second), GRID, Notes()).read(GRID)
    assert (z[:, :4] == 0.0).all() and z[:, 4:] == pytest.approx(0.6)
    elsewhere = Grid(760_000.0, 4_480_000.0, 10.0, 3, 3, 25833)
    assert np.isnan(open_pictures((first,), elsewhere, Notes()).read(elsewhere)).all()


@pytest.mark.parametrize(
    ("make", "keys", "message"),
    [
        (lambda p: image(p, 1, 2, 3, dtype="uint8"), {"kind": "orthophoto"}, "has no fourth band.*near infrared"),
        (lambda p: image(p, 1, 2), {"bands": {"red": 1, "nir": 8}}, "holds 2 bands, there is no band 8; correct `bands`"),
        (lambda p: image(p, 1, 2), {"bands": {"red": 1}}, "bands gives no nir"),
        (lambda p: image(p, 1, 2), {}, "expected files named B04 and B08"),
        (lambda p: image(p, 1, 2, crs=None), {"bands": {"red": 1, "nir": 2}}, "declares no reference system"),
        (lambda p: image(p, 1, 2, transform=Affine(8, 6, 750_000, 6, -8, 4_480_000)), {"bands": {"red": 1, "nir": 2}}, "rotated"),
        (lambda p: p.write_text("GIF89a") and p, {"bands": {"red": 1, "nir": 2}}, "cannot be read as a raster"),
        (lambda p: p.write_bytes(b"") or p, {"kind": "orthophoto"}, "cannot be read as a raster"),
    ],
)
def test_what_is_no_image_with_two_lights(tmp_path: Path, make: Callable[[Path], Path], keys: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_pictures((layer(make(tmp_path / "x.tif"), **{"kind": "sentinel2", **keys}),), GRID, Notes())  # type: ignore[arg-type]


def test_a_truncated_image_stops_the_reading(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = image(tmp_path / "cut.tif", *rng.integers(1, 9999, (2, 600, 800)), cell=0.1)
    path.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(InputError, match=r"cut\.tif.*(truncated|cannot be read)"):
        open_pictures((layer(path, bands={"red": 1, "nir": 2}, offset=0),), GRID, Notes()).read(GRID)
