"""A first look at raw files: each problem in its own words, all in one list."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from pipeline.config.sources import Layer, Source
from pipeline.io.probe import probe


def look(path: Path, kind: str, **keys: object) -> list[str]:
    return probe("parcels", Layer(Source(kind=kind, path=path.name, **keys), (path,)), 25833)


def vector(path: Path, rows: int = 1, crs: int | None = 25833) -> Path:
    gpd.GeoDataFrame({"a": list(range(rows))}, geometry=[shapely.box(i, 0, i + 1, 1) for i in range(rows)], crs=crs).to_file(path)
    return path


def raster(path: Path, crs: str | None, transform: Affine) -> Path:
    with rasterio.open(path, "w", driver="GTiff", width=3, height=2, count=1, dtype="float32", crs=crs, transform=transform) as dst:
        dst.write(np.zeros((1, 2, 3), dtype="float32"))
    return path


def test_good_files_have_no_problem(tmp_path: Path) -> None:
    assert look(vector(tmp_path / "a.gpkg"), "vector", fields={"parcel_id": "a"}) == []
    assert look(raster(tmp_path / "a.tif", "EPSG:25833", Affine(1, 0, 0, 0, -1, 9)), "dsm") == []


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp"])
def test_what_is_no_vector_file_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"<html>not found</html>")
    (problem,) = look(tmp_path / name, "vector")
    assert name in problem
    assert "cannot be read" in problem or "missing" in problem


def test_a_shapefile_without_its_companions(tmp_path: Path) -> None:
    path = vector(tmp_path / "a.shp")
    path.with_suffix(".dbf").unlink()
    (problem,) = look(path, "vector")
    assert ".dbf beside it missing" in problem


def test_missing_field_empty_layer_and_missing_system_are_three_problems(tmp_path: Path) -> None:
    path = vector(tmp_path / "a.shp", rows=0, crs=None)
    problems = look(path, "vector", fields={"parcel_id": "rif"})
    assert len(problems) == 3
    text = " ".join(problems)
    assert "no feature" in text
    assert "no field rif" in text
    assert "crs: EPSG:25833" in text


def test_rasters_without_system_or_turned(tmp_path: Path) -> None:
    (problem,) = look(raster(tmp_path / "a.tif", None, Affine(1, 0, 0, 0, -1, 9)), "dsm")
    assert "crs: EPSG:25833" in problem
    (problem,) = look(raster(tmp_path / "b.tif", "EPSG:25833", Affine(1, 0.2, 0, 0.2, -1, 9)), "dtm")
    assert "gdalwarp" in problem
    (tmp_path / "c.tif").write_bytes(b"II*\x00half")
    (problem,) = look(tmp_path / "c.tif", "dsm")
    assert "cannot be read as a raster" in problem


def test_point_clouds_and_texts(tmp_path: Path) -> None:
    (tmp_path / "a.laz").write_bytes(b"LASF half")
    (problem,) = look(tmp_path / "a.laz", "points")
    assert "point cloud" in problem
    (tmp_path / "a.csv").write_text("hello\n")
    (problem,) = look(tmp_path / "a.csv", "pvgis_tmy")
    assert "begins with 'hello" in problem
    (tmp_path / "a.CTF").write_text("MAPPA\nA123\n")
    (problem,) = look(tmp_path / "a.CTF", "cxf")
    assert "reference system" in problem


def test_generated_layers_are_not_looked_at(tmp_path: Path) -> None:
    assert look(tmp_path / "none.tif", "dsm", synthetic=True) == []
