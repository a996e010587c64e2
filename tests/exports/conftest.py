"""The exports of the small town that never was, made once; some of its words are no markup, no formula and no path."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from pipeline.config.publish import ExportsConfig
from pipeline.contracts.land import Access, Consumed, Ledger
from pipeline.contracts.notes import Lineage, Notes
from pipeline.contracts.publish import Atlas
from pipeline.contracts.solar import Finance, Ladder, Profiles
from pipeline.contracts.sources import Boundary, Greenspaces, Landcover
from pipeline.contracts.spec import Later, PackageSpec, Raster, RasterBlocks, TableSpec
from pipeline.core.grid import Grid, Window
from pipeline.graph import read_stages
from pipeline.io import rasters
from pipeline.io.later import waiting
from pipeline.io.packages import write_package
from pipeline.io.tables import write_table
from pipeline.runner import contract
from pipeline.stages.publish.exports import exports

FORMULAS = ("=1+1", "+39 0832", "-2", "@SUM(A1)", '=HYPERLINK("http://x")')
EPSG = 25833
GIVEN = {"ipa_code": "c_b792", "address": "https://www.comune.prova.example/dati/", "contact": "sit@comune.prova.example", "modified": "2026-05-01"}


@dataclass
class Made:
    """A folder of exports, what it was made of, and what the stage noted."""

    folder: Path
    atlas: dict[str, gpd.GeoDataFrame]
    notes: Notes
    steps: tuple[pd.DataFrame, pd.DataFrame]

    @property
    def package(self) -> Path:
        return self.folder / "carmiano.gpkg"


@pytest.fixture(scope="session")
def towns() -> ModuleType:
    """The builders of tests/maps/conftest.py."""
    spec = importlib.util.spec_from_file_location("towns_for_exports", Path(__file__).parent.parent / "maps" / "conftest.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def whole(frame: pd.DataFrame, spec: type[TableSpec], **more: Any) -> pd.DataFrame:
    """With all columns of the contract: what is missing is 0, false, no bytes, or no text where there may be none."""
    out = frame.assign(**more)
    for name, column in spec.columns().items():
        if name not in out and column.dtype == "bytes":
            out[name] = [np.empty(0, dtype=np.uint8)] * len(out)
        elif name not in out:
            out[name] = {"float": 0.0, "int": 0, "bool": False, "str": "x" if column.required else None}.get(column.dtype)
    return out


def kept(frame: gpd.GeoDataFrame, spec: type[TableSpec]) -> gpd.GeoDataFrame:
    """What the contract asks for and the small town does not tell: 0 or a dash."""
    asked = {name: column for name, column in spec.columns().items() if column.required and frame[name].isna().any()}
    return frame.assign(**{name: frame[name].fillna("-" if column.dtype == "str" else 0) for name, column in asked.items()})


def source(title: str, licence: str, attribution: str, synthetic: bool = False, date: str = "2023") -> dict[str, Any]:
    return {"kind": "vector", "title": title, "licence": licence, "attribution": attribution, "date": date, "url": None, "synthetic": synthetic, "files": []}


LINEAGE = Lineage({
    "boundary": {"sources": [source("Confini", "CC BY 4.0", "ISTAT")]},
    "parcels": {"sources": [source("Catasto", "CC BY 4.0", "Agenzia delle Entrate")]},
    "buildings": {"sources": [source("Edifici", "EUPL-1.2", "dati generati", synthetic=True, date="2026")]},
    "greenspaces": {"sources": [source("Verde", "ODbL 1.0", "© OpenStreetMap contributors")]},
    "landcover": {"sources": [source("Suolo", "CC BY 4.0", "ISPRA", date="2024-06")]},
    "solar": {"sources": []}, "sunmap": {"sources": []},
})  # fmt: skip


def cover(path: Path, atlas: dict[str, gpd.GeoDataFrame]) -> Raster[Landcover]:
    west, south, east, north = atlas["town"].total_bounds
    grid = Grid(float(np.floor(west)), float(np.ceil(north)), 0.5, 2 * int(north - south + 2), 2 * int(east - west + 2), EPSG)
    codes = np.random.default_rng(3).integers(0, 7, (2, *grid.shape)).astype("uint8")
    rasters.write(path, Landcover, RasterBlocks(grid, iter([(Window(0, 0, *grid.shape), codes)])))
    return rasters.open_raster(path)


def inputs(towns: ModuleType, folder: Path) -> dict[str, Any]:
    atlas = {name: kept(frame, Atlas.layers[name]) for name, frame in towns.make_atlas().items()}
    atlas["patches"] = atlas["patches"].iloc[:0]
    atlas["sections"].loc[:4, "section_id"] = list(FORMULAS)
    town = atlas["town"].geometry.iloc[0]
    ladder, finance = towns.make_steps(atlas)
    rows = {"greens_id": ["g1"], "name": ["Villa <b>comunale</b>; \"nuova\""], "kind": ["park"], "area_m2": [100.0], "public": [True]}
    access = pd.DataFrame({"building_id": atlas["buildings"]["building_id"], "green_m2_per_person": 3.25})
    return {
        "atlas": atlas, "ladder": whole(ladder, Ladder), "finance": whole(finance, Finance, load_kwh_year=4321.0),
        "boundary": whole(gpd.GeoDataFrame({"town_id": ["075014"], "name": ["Carmiano"], "area_m2": [town.area]}, geometry=[town], crs=EPSG), Boundary),
        "greenspaces": whole(gpd.GeoDataFrame(rows, geometry=[town.centroid.buffer(20)], crs=EPSG), Greenspaces), "access": whole(access, Access),
        "profiles": whole(pd.DataFrame({"use": ["town"] * 3 + ["school"] * 3, "hour": [0, 1, 2] * 2, "kwh": 1.5}), Profiles),
        "ledger": whole(pd.DataFrame({"ledger_id": ["1"], "kind": ["taken"], "match": ["matched"], "register_m2": [10.5]}), Ledger),
        "consumed": {name: gpd.GeoDataFrame({c: [] for c in spec.columns()}, geometry=[], crs=EPSG) for name, spec in Consumed.layers.items()},
        "landcover": cover(folder / "landcover.tif", atlas), "sunmap": towns.make_sunmap(folder / "sunmap.tif", atlas),
    }  # fmt: skip


MISSING = ("installed", "estate", "community", "initiatives", "reports", "waste", "collection", "actions", "indicators", "neighbours", "parcels", "buildings", "streets", "mismatch", "weather", "farhorizon", "roofs", "irradiation", "arrays", "solar", "sealing", "green", "plots", "desealing", "planting", "surface")


def waits(folder: Path, name: str, spec: Any, given: Any) -> Later[Any]:
    """A table or package as the stage gets it: in its file."""
    path = folder / f"{name}{spec.suffix}"
    if issubclass(spec, PackageSpec):
        write_package(path, given, spec, EPSG, {})
    else:
        write_table(path, given, spec, EPSG, {})
    return waiting(path, spec)


def run(towns: ModuleType, out: Path, given: dict[str, Any], **config: Any) -> Notes:
    notes = Notes()
    out.mkdir(parents=True)
    stage = read_stages()["exports"]
    specs = {i.name: contract(i.contract) for i in stage.inputs if i.late}
    with tempfile.TemporaryDirectory() as folder:
        stored = {n: waits(Path(folder), n, specs[n], v) if n in specs and v is not None else v for n, v in given.items()}
        _run(towns, out, stored, notes, **config)
    return notes


def _run(towns: ModuleType, out: Path, given: dict[str, Any], notes: Notes, **config: Any) -> None:
    exports(**dict.fromkeys(MISSING) | given, config=ExportsConfig(**config), town=towns.make_town(), lineage=LINEAGE, out=out, notes=notes)


@pytest.fixture(scope="session")
def given(towns: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return inputs(towns, tmp_path_factory.mktemp("raw"))


@pytest.fixture(scope="session")
def made(towns: ModuleType, given: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Made:
    out = tmp_path_factory.mktemp("exports") / "out"
    notes = run(towns, out, given, **GIVEN, rasters=("landcover", "confidence", "sunmap"))
    return Made(out, given["atlas"], notes, (given["ladder"], given["finance"]))


@pytest.fixture(scope="session")
def runner(towns: ModuleType, given: dict[str, Any]) -> Callable[..., Notes]:
    """Runs the stage again: into a folder, with other inputs or config."""
    return lambda out, changed=None, **config: run(towns, out, given | (changed or {}), **config)


def _python_with(module: str) -> str | None:
    """A Python that has a module of Debian's; never this one, whose GDAL is the one that wrote."""
    for python in ("/usr/bin/python3", sys.executable):
        asked = subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False)
        if asked.returncode == 0:
            return python
    return None


@pytest.fixture(scope="session")
def gdal_python(request: pytest.FixtureRequest) -> str:
    return _needed(request, "gdal", "osgeo_utils.samples.validate_gpkg", "GDAL's checks are not installed (Debian: apt install gdal-bin python3-gdal)")


@pytest.fixture(scope="session")
def qgis_python(request: pytest.FixtureRequest) -> str:
    return _needed(request, "qgis", "qgis.core", "QGIS's Python is not installed (Debian: apt install python3-qgis)")


def _needed(request: pytest.FixtureRequest, mark: str, module: str, reason: str) -> str:
    found = _python_with(module)
    if found is None:
        if mark in request.config.getoption("--require").split(","):
            pytest.fail(f"required here, but {reason}")
        pytest.skip(reason)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def read_json() -> Callable[[Path], Any]:
    return lambda path: json.loads(path.read_text(encoding="utf-8"))
