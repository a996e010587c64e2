"""Sample points for the field: written with the class hidden, read back with what a person saw."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.sources import Layer
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import COVER_CODES, Boundary, Landcover
from pipeline.contracts.spec import Raster, Table
from pipeline.core.land.adjusted import Adjusted, adjusted_areas, allocation
from pipeline.errors import InputError
from pipeline.io.packages import fixed_moment
from pipeline.io.rasters import burn, read
from pipeline.io.registers import Field, read_register
from pipeline.io.vectors import read_vector, text_field

SEALED_WORDS = frozenset({"building", "sealed", "edificio", "sigillato", "1", "2"})
OTHER_WORDS = frozenset({"bare", "low_vegetation", "tree", "water", "not sealed", "nudo", "vegetazione", "albero", "acqua", "non sigillato", "3", "4", "5", "6"})
STRATA = ("sealed", "other")
WRITTEN = ("points.gpkg", "points.geojson", "key.csv")


@dataclass(frozen=True)
class Sampled:
    """What the labels say of sealed and other ground: see `Adjusted`; index 0 is sealed."""

    found: Adjusted
    points_by_stratum: NDArray[np.int64]

    @property
    def points(self) -> int:
        """Labelled points in all."""
        return int(self.points_by_stratum.sum())

    @property
    def wrong(self) -> tuple[float, float]:
        """Share of mapped sealed ground that is not, and of other ground that is."""
        return 1.0 - float(self.found.users[0]), 1.0 - float(self.found.users[1])

    @property
    def cautious(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The same as (k + 1) / (n + 2) (Laplace's rule of succession), and standard errors: no error among a few points is no proof of none."""
        n = self.points_by_stratum.astype(np.float64)
        rate = (np.array(self.wrong) * n + 1.0) / (n + 2.0)
        error = np.sqrt(rate * (1.0 - rate) / (n + 3.0))
        return (float(rate[0]), float(rate[1])), (float(error[0]), float(error[1]))


def strata_of(cover: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 sealed, 2 other known ground, 0 not known."""
    sealed = (cover == COVER_CODES["building"]) | (cover == COVER_CODES["sealed"])
    return np.where(cover == 0, 0, np.where(sealed, 1, 2)).astype(np.uint8)


def write_sample(landcover: Raster[Landcover], boundary: Table[Boundary] | None, folder: Path, total: int, at_least: int, seed: int) -> list[Path]:
    """Draw points at random within strata and write them for labelling.

    Parameters
    ----------
    landcover
        Its classes are the strata: sealed (buildings, too) and other. Ground not known is not drawn.
    boundary
        Points lie inside; in the whole frame where there is none.
    folder
        Receives points.gpkg and points.geojson (number, empty label; in random order, without the class) and key.csv
        (stratum of each point and area of each stratum). None of them may be there already.
    total, at_least, seed
        See `allocation`; seed of the generator.

    Returns
    -------
    list of the files written

    Raises
    ------
    InputError
        When one of the files is there already: labels may be in it.
    """
    if there := [name for name in WRITTEN if (folder / name).exists()]:
        raise InputError(f"{folder}: {', '.join(there)} is there already and may hold labels; expected none; move it away to draw new points")
    places, stratum, cells = _draw(landcover, boundary, total, at_least, seed)
    grid = landcover.grid
    mixed = np.random.default_rng([seed, 1]).permutation(len(stratum))
    places, stratum = places[mixed], stratum[mixed]
    ids = [f"{i:04d}" for i in range(1, len(stratum) + 1)]
    east = grid.west + (places[:, 1] + 0.5) * grid.cell_m
    north = grid.north - (places[:, 0] + 0.5) * grid.cell_m
    frame = gpd.GeoDataFrame({"point_id": ids, "label": np.full(len(ids), "", dtype=object), "note": np.full(len(ids), "", dtype=object)}, geometry=gpd.points_from_xy(east, north), crs=f"EPSG:{grid.epsg}")
    folder.mkdir(parents=True, exist_ok=True)
    with fixed_moment():
        frame.to_file(folder / WRITTEN[0], driver="GPKG", engine="pyogrio", layer="points")
    text = json.loads(frame.to_crs(4326).to_json(drop_id=True))
    (folder / WRITTEN[1]).write_text(json.dumps(text, ensure_ascii=False) + "\n", encoding="utf-8")
    area = cells * grid.cell_m**2
    key = pd.DataFrame({"point_id": ids, "stratum": [STRATA[s - 1] for s in stratum], "stratum_m2": [area[s - 1] for s in stratum]})
    key.to_csv(folder / WRITTEN[2], index=False, lineterminator="\n")
    return [folder / name for name in WRITTEN]


def _draw(landcover: Raster[Landcover], boundary: Table[Boundary] | None, total: int, at_least: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the drawn cells, their strata, and the cells of each stratum: two passes over blocks, one block in memory."""
    grid = landcover.grid
    shapes = [] if boundary is None else list(boundary.geometry)

    def block(window: object) -> NDArray[np.uint8]:
        strata = strata_of(read(landcover, "cover", window))  # type: ignore[arg-type]
        return strata * burn(shapes, [1] * len(shapes), grid.crop(window)) if shapes else strata  # type: ignore[arg-type]

    windows = grid.blocks(1024)
    counts = np.array([np.bincount(block(w).ravel(), minlength=3)[1:3] for w in windows])
    cells = counts.sum(axis=0)
    if not cells.sum():
        raise InputError(f"{landcover.path}: no known land cover inside the boundary; expected some; make landcover again")
    points = np.minimum(allocation(cells / cells.sum(), total, at_least), cells)
    rng = np.random.default_rng(seed)
    wanted = [np.sort(rng.choice(cells[s], points[s], replace=False)) for s in range(2)]
    start = np.vstack([np.zeros(2, dtype=np.int64), np.cumsum(counts, axis=0)])
    places, stratum = [], []
    for i, window in enumerate(windows):
        mine = [wanted[s][(wanted[s] >= start[i, s]) & (wanted[s] < start[i + 1, s])] - start[i, s] for s in range(2)]
        if not sum(map(len, mine)):
            continue
        flat = block(window).ravel()
        for s in range(2):
            at = np.flatnonzero(flat == s + 1)[mine[s]]
            places.append(np.column_stack([window.row + at // window.cols, window.col + at % window.cols]))
            stratum.append(np.full(len(at), s + 1))
    return np.concatenate(places), np.concatenate(stratum), cells.astype(np.int64)


def read_labels(layers: tuple[Layer, ...], epsg: int, notes: Notes) -> Sampled | None:
    """Labels of sample points as a confusion matrix of sealed and other ground, and what follows from it.

    Parameters
    ----------
    layers
        Kind labels: points with `point_id` and `label` (the class seen: building, sealed, bare, low_vegetation, tree,
        water, in English or Italian); `table` is the key.csv of the points.
    epsg, notes
        The town's system; counts and warnings.

    Returns
    -------
    None where no point has a label yet.

    Raises
    ------
    InputError
        With every label that is none of the words, or a point the key does not know.
    """
    made: tuple[Layer, ...] = tuple(y for y in layers if y.source.kind == "labels")
    if others := sorted({y.source.kind for y in layers} - {"labels"}):
        raise InputError(f"sources.sealing: kind {', '.join(others)}; expected labels")
    counts, weights = np.zeros((2, 2)), np.zeros(2)
    for layer in made:
        for path in layer.paths:
            frame, words = _labelled(layer, path, epsg, notes)
            stratum, share = _strata(layer, frame)
            np.add.at(counts, (stratum, words), 1)
            weights = share
    points = int(counts.sum())
    notes.count("labelled points", points)
    if not points:
        return None
    if (counts.sum(axis=1) < 2).any():
        notes.warn("Labels: fewer than two points in a stratum; the interval still comes from ranks.")
        return None
    return Sampled(adjusted_areas(weights, counts), counts.sum(axis=1).astype(np.int64))


def _labelled(layer: Layer, path: Path, epsg: int, notes: Notes) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    if path.suffix.lower() in (".csv", ".xlsx"):
        frame: pd.DataFrame = read_register(path, (Field("point_id", "text", filled=True), Field("label", "text", ("classe", "etichetta"))), notes)
        ids, label = frame["point_id"].to_numpy(), frame["label"].to_numpy()
    else:
        frame = read_vector(layer.source, path, epsg, notes)
        found = text_field(frame, layer.source, "point_id", path), text_field(frame, layer.source, "label", path)
        if found[0] is None or found[1] is None:
            raise InputError(f"{path}: no field point_id or label; expected the points of `make sample-points`; name them with `fields`")
        ids, label = found[0], found[1]
    said = np.array([(str(v).strip().lower() if v is not None else "") for v in label], dtype=object)
    odd = [f"{path}: point {i}: label {v!r}; expected one of {', '.join(COVER_CODES)}" for i, v in zip(ids, said, strict=True) if v and v not in SEALED_WORDS | OTHER_WORDS]
    if odd:
        raise InputError(odd[:12])
    notes.count("points without a label yet", int((said == "").sum()))
    keep = said != ""
    out = pd.DataFrame({"point_id": [str(i).zfill(4) for i in ids[keep]]})
    if "geometry" in frame:
        out["geometry"] = np.asarray(frame["geometry"], dtype=object)[keep]
    return out, np.array([0 if v in SEALED_WORDS else 1 for v in said[keep]], dtype=np.int64)


def _strata(layer: Layer, frame: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Stratum of each point (0 sealed, 1 other) and the share of each stratum, as they were when the points were drawn."""
    if layer.table is None:
        raise InputError(f"{layer.source.path}: labels without the key of their points; expected table: labels/key.csv, which `make sample-points` wrote beside them")
    key = read_register(layer.table, (Field("point_id", "text", filled=True), Field("stratum", "text", filled=True), Field("stratum_m2", "number", filled=True)), Notes())
    by = dict(zip(key["point_id"].str.zfill(4), key["stratum"], strict=True))
    if lost := [i for i in frame["point_id"] if i not in by]:
        raise InputError(f"{layer.table}: no point {', '.join(lost[:5])}; expected the key of the labelled points; take the files of one run of `make sample-points`")
    area = key.groupby("stratum")["stratum_m2"].first().reindex(list(STRATA)).fillna(0.0).to_numpy(dtype=np.float64)
    return np.array([STRATA.index(by[i]) for i in frame["point_id"]], dtype=np.int64), area / area.sum()
