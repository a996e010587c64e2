"""Red and near infrared light: Sentinel-2 and aerial images as NDVI on any grid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.config.sources import Layer, Source
from pipeline.contracts.notes import Notes
from pipeline.core.grid import Grid
from pipeline.core.land.cover import IMAGE_RANK, SHARP_IMAGE_RANK
from pipeline.core.land.indices import normalized_difference
from pipeline.errors import InputError
from pipeline.io.samples import coarse, nearest
from pipeline.io.tiles import Tile, open_tile

KINDS = ("sentinel2", "orthophoto")
SHARP_M = 2.5  # cells up to this size see a garden; those of Sentinel-2 do not
ORTHOPHOTO_BANDS = {"red": 1, "nir": 4}  # R, G, B, near infrared: the order of AGEA's and most regional four-band images
# File names of single bands (ESA, Sentinel-2 Product Specification Document, section on naming): T33TYE_20240701T095031_B04_10m.jp2
BAND_IN_NAME = re.compile(r"(?<![A-Za-z0-9])B(04|08|11)(?![0-9])")
BAND_OF = {"04": "red", "08": "nir", "11": "swir"}


@dataclass(frozen=True)
class Picture:
    """The bands of one date: red, near infrared, perhaps short-wave infrared, and how a number becomes a reflectance."""

    red: Tile
    nir: Tile
    swir: Tile | None
    scale: float
    offset: float

    def light(self, tile: Tile, grid: Grid) -> NDArray[np.float64]:
        """Reflectance under each cell of `grid`, NaN where there is none."""
        return (nearest(tile, grid) + self.offset) * self.scale


@dataclass(frozen=True)
class NdviInput:
    """Pictures as an input of `compute.tiles`: the NDVI of the nearest cell, NaN where there is none; earlier ones win."""

    pictures: tuple[Picture, ...]

    def cut(self, grid: Grid) -> NdviInput:
        """Only the pictures that `grid` needs."""
        return NdviInput(tuple(p for p in self.pictures if p.red.touches(grid)))

    def read(self, grid: Grid) -> NDArray[np.float32]:
        """NDVI on `grid`."""
        out = np.full(grid.shape, np.nan, dtype=np.float32)
        for picture in self.pictures:
            if not np.isnan(out).any():
                break
            index = normalized_difference(picture.light(picture.nir, grid), picture.light(picture.red, grid))
            np.copyto(out, index, where=np.isnan(out))
        return out

    @property
    def rank(self) -> int:
        """Rank of what the pictures say: that of the coarsest."""
        return SHARP_IMAGE_RANK if all(_cell_m(p.red) <= SHARP_M for p in self.pictures) else IMAGE_RANK


def _cell_m(tile: Tile) -> float:
    return tile.lattice.dx * (111_320.0 if abs(tile.lattice.dx) < 0.01 else 1.0)  # degrees at the equator


def open_pictures(layers: tuple[Layer, ...], grid: Grid, notes: Notes) -> NdviInput:
    """Images with red and near infrared bands.

    Parameters
    ----------
    layers
        Kinds sentinel2 (one file with `bands: {red:, nir:}`, or one file a band named B04, B08, B11) and orthophoto (one file, red 1
        and near infrared 4 unless `bands` says otherwise).
    grid
        Extent that will be read.
    notes
        Receives the figures of NDVI (and NDBI where there is a short-wave band) and what was assumed.

    Raises
    ------
    InputError
        When a band is missing, a file cannot be read, or its numbers are no reflectances.
    """
    pictures: list[Picture] = []
    problems: list[str] = []
    for layer in layers:
        try:
            pictures += _pictures(layer, notes)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    made = NdviInput(tuple(pictures))
    if pictures:
        _figures(made, coarse(grid), notes)
    return made


def _pictures(layer: Layer, notes: Notes) -> list[Picture]:
    source = layer.source
    scale, offset = _gain(source, notes)
    if source.kind == "sentinel2" and not source.bands:
        found = [{name: open_tile(path, source, 1) for name, path in files.items()} for files in _by_date(layer)]
    else:
        bands = source.bands or ORTHOPHOTO_BANDS
        if missing := [name for name in ("red", "nir") if name not in bands]:
            raise InputError(f"sources.landcover: {source.path}: bands gives no {' and no '.join(missing)}; expected the numbers of both, e.g. bands: {{red: 4, nir: 8}}")
        found = [{str(name): _band(path, source, number) for name, number in bands.items()} for path in sorted(layer.paths)]
    return [Picture(tiles["red"], tiles["nir"], tiles.get("swir"), scale, offset) for tiles in found]


def _band(path: Path, source: Source, number: int) -> Tile:
    try:
        return open_tile(path, source, number)
    except InputError as error:
        if source.kind == "orthophoto" and "there is no band 4" in str(error):
            raise InputError(f"{path}: has no fourth band; an image in plain colours cannot tell vegetation by its infrared: use one with a near infrared band (RGB+NIR, CIR), and name its number in bands") from None
        raise


def _gain(source: Source, notes: Notes) -> tuple[float, float]:
    """Scale and offset of the numbers of a source, and what was assumed of them."""
    if source.kind == "orthophoto":
        notes.assume("The orthophoto's numbers are taken as proportional to reflectance: they are not calibrated, so the NDVI thresholds are rough.")
        return source.scale or 1.0, source.offset or 0.0
    if source.offset is None:
        notes.assume("Sentinel-2: no offset given, 0 is used; products of processing baseline 04.00 and later (since 25 January 2022) need offset: -1000 in town.yaml.")
    return source.scale or 1e-4, source.offset or 0.0


def _by_date(layer: Layer) -> list[dict[str, Path]]:
    """Files of single bands put together by the rest of their names."""
    dates: dict[str, dict[str, Path]] = {}
    for path in sorted(layer.paths):
        if match := BAND_IN_NAME.search(path.name):
            rest = re.sub(r"_(10|20|60)m", "", BAND_IN_NAME.sub("", path.name))
            dates.setdefault(rest, {})[BAND_OF[match[1]]] = path
    whole = [files for files in dates.values() if {"red", "nir"} <= set(files)]
    if not whole:
        names = ", ".join(p.name for p in layer.paths[:4]) or "no file"
        raise InputError(f"sources.landcover: {layer.source.path}: {names}; expected files named B04 and B08 of the same date, or one file with bands: {{red: <number>, nir: <number>}}")
    return whole


def _figures(made: NdviInput, grid: Grid, notes: Notes) -> None:
    """Means over the extent, from a coarse reading; refuses numbers that cannot be reflectances."""
    for picture in made.pictures:
        red = picture.light(picture.red, grid)
        known = red[np.isfinite(red)]
        if known.size and (known < 0).mean() > 0.5:
            raise InputError(f"{picture.red.path}: {(known < 0).mean():.0%} of the red reflectances are negative; the offset {picture.offset:g} is not for these numbers: leave it out for products before processing baseline 04.00")
        if picture.scale != 1.0 and picture.offset == 0.0 and known.size and known.min() >= 1000 * picture.scale:
            notes.warn(f"{picture.red.path.name}: no red number is below 1000: it looks like a product of processing baseline 04.00 or later, which needs offset: -1000 in town.yaml (NDVI is too low without it).")
    index = made.read(grid)
    notes.figure("ndvi_known_share", float(np.isfinite(index).mean()))
    if np.isfinite(index).any():
        notes.figure("ndvi_mean", float(np.nanmean(index)))
    first = made.pictures[0]
    if first.swir is not None:
        built = normalized_difference(first.light(first.swir, grid), first.light(first.nir, grid))
        if np.isfinite(built).any():
            notes.figure("ndbi_mean", float(np.nanmean(built)))
    notes.assume("NDVI is of the day the image was taken: harvested fields and dry grass look bare, clouds look like bare ground unless the file marks them as nodata.")
