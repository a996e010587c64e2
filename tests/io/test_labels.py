"""Points for the field: drawn at random within strata, the class hidden; labels that mean nothing are refused."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import Layer, Source
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Landcover
from pipeline.contracts.spec import Raster, RasterBlocks
from pipeline.core.grid import Grid, Window
from pipeline.errors import InputError
from pipeline.io import rasters
from pipeline.io.labels import WRITTEN, read_labels, strata_of, write_sample

GRID = Grid(250000.0, 4470000.0, 1.0, 300, 1200, 25833)


@pytest.fixture
def codes() -> NDArray[np.uint8]:
    cover = np.random.default_rng(2).choice([0, 1, 2, 3, 4, 5, 6], size=GRID.shape, p=[0.1, 0.08, 0.1, 0.1, 0.5, 0.1, 0.02]).astype(np.uint8)
    cover[:, 1190:] = 1
    return cover


@pytest.fixture
def landcover(tmp_path: Path, codes: NDArray[np.uint8]) -> Raster[Landcover]:
    path = tmp_path / "landcover.tif"
    rasters.write(path, Landcover, RasterBlocks(GRID, iter([(Window(0, 0, *GRID.shape), np.stack([codes, codes]))])))
    return rasters.open_raster(path)


@pytest.fixture
def boundary() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"town_id": ["t"]}, geometry=[shapely.box(250000.0, 4469700.0, 251150.0, 4470000.0)], crs=25833)


def test_points_lie_in_their_strata_and_say_nothing(tmp_path: Path, landcover: Raster[Landcover], codes: NDArray[np.uint8], boundary: gpd.GeoDataFrame) -> None:
    write_sample(landcover, boundary, tmp_path / "labels", 300, 75, 5)
    points, key = gpd.read_file(tmp_path / "labels" / WRITTEN[0]), pd.read_csv(tmp_path / "labels" / WRITTEN[2], dtype={"point_id": str})
    assert sorted(points.columns) == ["geometry", "label", "note", "point_id"] and (points["label"] == "").all() and len(points) == 300
    row, col = ((4470000.0 - points.geometry.y) // 1).astype(int), ((points.geometry.x - 250000.0) // 1).astype(int)
    assert (np.array(["", "sealed", "other"])[strata_of(codes)[row, col]] == key["stratum"]).all() and (col < 1150).all()
    assert key["stratum"].value_counts().to_dict() == {"other": 225, "sealed": 75} and len({*zip(row, col, strict=True)}) == 300
    inside = strata_of(codes[:, :1150])
    assert key.groupby("stratum")["stratum_m2"].first().to_dict() == {"other": (inside == 2).sum(), "sealed": (inside == 1).sum()}
    assert key["stratum"].iloc[:75].nunique() == 2, "the order tells nothing"
    web = json.loads((tmp_path / "labels" / WRITTEN[1]).read_text(encoding="utf-8"))
    assert len(web["features"]) == 300 and set(web["features"][0]["properties"]) == {"point_id", "label", "note"}


def test_the_seed_decides_and_labels_are_never_written_over(tmp_path: Path, landcover: Raster[Landcover]) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_sample(landcover, None, tmp_path / name, 100, 30, seed)
    a, b, c = ([(tmp_path / n / w).read_bytes() for w in WRITTEN] for n in "abc")
    assert a == b and a[1] != c[1]
    with pytest.raises(InputError, match="may hold labels"):
        write_sample(landcover, None, tmp_path / "a", 100, 30, 5)


def test_every_cell_of_a_stratum_has_the_same_chance(tmp_path: Path, landcover: Raster[Landcover], codes: NDArray[np.uint8]) -> None:
    """2,000 points: the mean place of each stratum is its centre of mass within four standard errors."""
    write_sample(landcover, None, tmp_path / "many", 2000, 1000, 8)
    points, key = gpd.read_file(tmp_path / "many" / WRITTEN[0]), pd.read_csv(tmp_path / "many" / WRITTEN[2])
    for number, name in ((1, "sealed"), (2, "other")):
        truth = np.nonzero(strata_of(codes) == number)[1] + 0.5
        drawn = points.geometry.x[(key["stratum"] == name).to_numpy()] - 250000.0
        assert abs(drawn.mean() - truth.mean()) < 4 * truth.std() / np.sqrt(len(drawn))


def labelled(tmp_path: Path, landcover: Raster[Landcover], words: dict[str, str]) -> tuple[Layer, ...]:
    folder = tmp_path / "labels"
    write_sample(landcover, None, folder, 60, 20, 5)
    points, key = gpd.read_file(folder / WRITTEN[0]), pd.read_csv(folder / WRITTEN[2], dtype=str)
    points["label"] = [words[s] for s in key["stratum"]]
    points.to_file(folder / "done.gpkg", driver="GPKG")
    return (Layer(Source(kind="labels", path="labels/done.gpkg", table="labels/key.csv"), (folder / "done.gpkg",), folder / WRITTEN[2]),)


def test_labels_come_back(tmp_path: Path, landcover: Raster[Landcover]) -> None:
    found = read_labels(labelled(tmp_path, landcover, {"sealed": "Edificio", "other": "albero"}), 25833, Notes())
    assert found is not None and found.points == 60 and found.found.overall == 1.0 and found.wrong == (0.0, 0.0)
    assert found.cautious[0] == pytest.approx((1 / 22, 1 / 42)), "20 and 40 points without an error"


def test_empty_labels_are_no_labels_yet(tmp_path: Path, landcover: Raster[Landcover]) -> None:
    notes = Notes()
    assert read_labels(labelled(tmp_path, landcover, {"sealed": "", "other": ""}), 25833, notes) is None
    assert notes.counts == {"points without a label yet": 60, "labelled points": 0}


def test_words_that_mean_nothing_are_refused(tmp_path: Path, landcover: Raster[Landcover]) -> None:
    with pytest.raises(InputError, match="label 'boh'"):
        read_labels(labelled(tmp_path, landcover, {"sealed": "sealed", "other": "boh"}), 25833, Notes())


def test_labels_without_their_key_are_refused(tmp_path: Path, landcover: Raster[Landcover]) -> None:
    (layer,) = labelled(tmp_path, landcover, {"sealed": "sealed", "other": "tree"})
    with pytest.raises(InputError, match="without the key"):
        read_labels((Layer(layer.source, layer.paths),), 25833, Notes())
