"""`make check` sees from the headers what a run would trip over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from pipeline.config.sources import Layer, Source
from pipeline.io.probe import probe

RASTERS = ("dsm", "dtm", "dem", "worldcover", "imperviousness", "sentinel2", "orthophoto", "ispra")


def look(kind: str, path: Path, **more: object) -> list[str]:
    return probe("x", Layer(Source.model_validate({"kind": kind, "path": "x", **more}), (path,)), 25833)


@pytest.mark.parametrize("kind", RASTERS)
def test_rasters(tmp_path: Path, kind: str) -> None:
    good, bare, turned, page = (tmp_path / f"{n}.tif" for n in ("good", "bare", "turned", "page"))
    for path, crs, t in ((good, "EPSG:25833", Affine(1, 0, 0, 0, -1, 9)), (bare, None, Affine(1, 0, 0, 0, -1, 9)), (turned, "EPSG:25833", Affine(0.8, 0.6, 0, 0.6, -0.8, 9))):
        with rasterio.open(path, "w", driver="GTiff", dtype="uint8", count=1, height=9, width=9, crs=crs, transform=t) as dst:
            dst.write(np.ones((9, 9), np.uint8), 1)
    page.write_text("<html>404 not found</html>")
    assert look(kind, good) == []
    assert "crs: EPSG:25833" in look(kind, bare)[0] and look(kind, bare, crs="EPSG:25833") == []
    assert "rotated" in look(kind, turned)[0]
    assert "cannot be read as a raster" in look(kind, page)[0]


@pytest.mark.parametrize("kind", ["pvgis_tmy", "pvgis_hourly"])
def test_pvgis(tmp_path: Path, kind: str) -> None:
    for text, good in (("Latitude (decimal degrees): 45.0\n", True), ('{"inputs": {"location": {}}}', True), ('[{"time(UTC)": 1}]', False), ("time(UTC),T2m\n", False), ("", False), ("<html>", False)):
        (tmp_path / "x").write_text(text)
        assert (look(kind, tmp_path / "x") == []) == good, text


def test_footprints_with_heights(tmp_path: Path) -> None:
    (tmp_path / "h.geojson").write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"alt":3.0},"geometry":{"type":"Polygon","coordinates":[[[18,40],[18.1,40],[18.1,40.1],[18,40]]]}}]}')
    assert look("heights", tmp_path / "h.geojson", fields={"height_m": "alt"}) == []
    assert "no field quota" in look("heights", tmp_path / "h.geojson", fields={"height_m": "quota"})[0]
