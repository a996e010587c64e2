"""Independent readers: GDAL's own checks and QGIS, both from Debian, neither the library that wrote."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.maps.style import rgb
from pipeline.maps.themes import prepared, themes


def run(*words: str | Path, **more: str) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GDAL_", "PROJ_", "PYTHON"))} | more
    done = subprocess.run([str(w) for w in words], env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.mark.gdal
def test_the_geopackage_keeps_the_standard(made: Any, gdal_python: str) -> None:
    said = run(gdal_python, "-m", "osgeo_utils.samples.validate_gpkg", "-k", "--extra", "--warning-as-error", made.package)
    assert "invalid" not in said.lower() and "Req " not in said, said


@pytest.mark.gdal
def test_the_rasters_are_cloud_optimised(made: Any, gdal_python: str) -> None:
    for path in sorted((made.folder / "cog").glob("*.tif")):
        said = run(gdal_python, "-m", "osgeo_utils.samples.validate_cloud_optimized_geotiff", path)
        assert "is a valid cloud optimized GeoTIFF" in said and "warning" not in said.lower(), said


@pytest.mark.gdal
def test_a_gdal_of_2023_reads_the_tables_and_their_meaning(made: Any, gdal_python: str) -> None:
    script = (
        "import sys, json; from osgeo import ogr; d = ogr.Open(sys.argv[1]); y = d.GetLayerByName('buildings'); f = y.GetLayerDefn(); "
        "t = d.ExecuteSQL(\"SELECT name, title FROM gpkg_data_columns WHERE table_name = 'buildings' AND column_name = 'area_m2'\").GetNextFeature(); "
        "print(json.dumps([y.GetFeatureCount(), f.GetFieldDefn(f.GetFieldIndex('area_m2')).GetTypeName(), t.GetField(0), t.GetField(1), y.GetMetadataItem('licence')]))"
    )
    said = run(gdal_python, "-c", script, made.package)
    assert "may only be partially supported" not in said
    assert json.loads(said.splitlines()[0]) == [len(made.atlas["buildings"]), "Real", "Superficie in pianta [m²]", "Footprint area [m²]", "ODbL 1.0 https://opendatacommons.org/licenses/odbl/1-0/"]


@pytest.mark.gdal
def test_another_reader_of_workbooks_finds_the_same_rows(made: Any, gdal_python: str) -> None:
    script = "import sys, json; from osgeo import ogr; d = ogr.Open(sys.argv[1]); print(json.dumps({y.GetName(): y.GetFeatureCount() for y in d}))"
    said = run(gdal_python, "-c", script, made.folder / "carmiano.xlsx")
    assert "ERROR" not in said
    found = json.loads(said.splitlines()[0])
    assert (found["Edifici"], found["Particelle"], found["Sezioni"]) == tuple(len(made.atlas[n]) for n in ("buildings", "parcels", "sections"))


@pytest.mark.qgis
def test_qgis_opens_every_layer_coloured_and_labelled(made: Any, qgis_python: str, root: Path, tmp_path: Path) -> None:
    drawn = ["buildings", "sections", "parcels"]
    others = ["town", "boundary", "greenspaces", "roofs", "arrays", "obstacles", "ladder", "finance", "official"]
    west, south, east, north = made.atlas["town"].total_bounds
    picture, files = tmp_path / "qgis.png", [str(made.folder / "cog" / f"{n}.tif") for n in ("sunmap", "landcover")]
    box = f"{west},{south},{east},{north}"
    where = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path)}
    told = json.loads(run(qgis_python, root / "tests/exports/qgis_look.py", made.package, picture, ",".join([*drawn, *others, *files]), box, **where).splitlines()[0])
    assert told["errors"] == []
    for name, seen in told["layers"].items():
        assert seen["valid"] and seen["style"], name
        if not name.endswith(".tif"):
            assert seen["licences"] and seen["title"] and seen["rows"] > 0, name
            assert all(alias for field, alias in seen["aliases"].items() if field != "fid"), name
    assert told["layers"]["buildings"]["labelled"] and told["layers"]["buildings"]["renderer"] == "RuleRenderer"
    assert told["layers"]["landcover.tif"]["renderer"] == "paletted" and "alberi" in told["layers"]["landcover.tif"]["legend"]
    pixels = np.asarray(Image.open(picture).convert("RGB")).reshape(-1, 3)
    for colour in themes(prepared(made.atlas))["solar"].colours:
        assert (pixels == rgb(colour)).all(axis=1).sum() > 50, f"no building in {colour}"
