"""Raster files of any number as tiles: where each lies, what its numbers mean, and what is wrong with it.

Only headers are read here. Formats are those that hold cells themselves: a .vrt or a service description names other
files or addresses, and a raw file from the internet must not choose what else is opened.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.warp import transform_bounds

from pipeline.config.sources import Layer, Source
from pipeline.core.grid import Grid
from pipeline.errors import InputError
from pipeline.io.lattice import Lattice, horizontal_epsg, vertical_unit_m

# Of a corner and of a cell, in metres or degrees; beyond them a header is damaged, and grids made of it fill the memory.
MAX_COORDINATE = 1e8
CELL = (1e-7, 1e5)
FOOT_M = 0.3048  # international foot, exact
US_FOOT_M = 1200 / 3937  # US survey foot, exact
DRIVERS = ("GTiff", "AAIGrid", "GRASSASCIIGrid", "EHdr", "HFA", "ENVI", "SRTMHGT", "DTED", "USGSDEM", "XYZ", "SAGA", "JP2OpenJPEG", "JPEG", "PNG")
TEXT_DRIVERS = ("AAIGrid", "GRASSASCIIGrid")
# Words that files use for the unit of their band.
UNITS_M = {"m": 1.0, "metre": 1.0, "meter": 1.0, "metres": 1.0, "meters": 1.0, "ft": FOOT_M, "foot": FOOT_M, "feet": FOOT_M, "us-ft": US_FOOT_M, "ftus": US_FOOT_M, "us survey foot": US_FOOT_M}  # fmt: skip


@dataclass(frozen=True)
class Tile:
    """One band of one file: its cells, its place, and how to read a number from it.

    Attributes
    ----------
    path, band
        Which file, which of its bands (the first is 1).
    lattice, rows, cols
        Where its cells lie.
    nodata
        Number that town.yaml says stands for no data, beside the file's own; None where it says nothing.
    unit_m
        Metres in one unit of an elevation.
    """

    path: Path
    lattice: Lattice
    rows: int
    cols: int
    unit_m: float = 1.0
    nodata: float | None = None
    band: int = 1

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in the tile's own system."""
        at = self.lattice
        return at.west, at.north - self.rows * at.dy, at.west + self.cols * at.dx, at.north

    def bounds_in(self, epsg: int) -> tuple[float, float, float, float]:
        """West, south, east, north in another system [m]."""
        return self.bounds if epsg == self.lattice.epsg else _bounds_in(self, epsg)

    def touches(self, grid: Grid) -> bool:
        """True where the tile, grown by two of its own cells, meets the grid."""
        west, south, east, north = self.bounds_in(grid.epsg)
        wide, high = 2 * (east - west) / self.cols, 2 * (north - south) / self.rows
        g = grid.bounds
        return west - wide < g[2] and east + wide > g[0] and south - high < g[3] and north + high > g[1]


@lru_cache(maxsize=10_000)
def _bounds_in(tile: Tile, epsg: int) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = transform_bounds(f"EPSG:{tile.lattice.epsg}", f"EPSG:{epsg}", *tile.bounds)
    except RasterioError as error:
        raise _elsewhere(tile, epsg, str(error)) from None
    if not all(math.isfinite(v) for v in (west, south, east, north)):
        raise _elsewhere(tile, epsg, "no finite numbers come out")
    return west, south, east, north


def _elsewhere(tile: Tile, epsg: int, why: str) -> InputError:
    came = ", ".join(f"{v:g}" for v in tile.bounds)
    return InputError(f"{tile.path}: {came} in EPSG:{tile.lattice.epsg} cannot be brought to EPSG:{epsg} ({' '.join(why.split())}); the file is damaged, or its reference system or the town's `epsg` is wrong")


def open_tiles(layers: Iterable[Layer]) -> tuple[Tile, ...]:
    """Look at the header of every file of some layers of one-band rasters.

    Returns
    -------
    tuple of Tile
        In the order of the layers, files by path.

    Raises
    ------
    InputError
        With every file that is unreadable, empty, rotated, without reference system or with several bands.
    """
    tiles: list[Tile] = []
    problems: list[str] = []
    for layer in layers:
        if not layer.paths:
            problems.append(f"{layer.source.path}: no file; expected raster tiles (GeoTIFF or ESRI ASCII grid)")
        for path in sorted(layer.paths):
            try:
                tiles.append(open_tile(path, layer.source))
            except InputError as error:
                problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return tuple(tiles)


def open_tile(path: Path, source: Source, band: int | None = None) -> Tile:
    """Look at the header of one file.

    Parameters
    ----------
    path, source
        The file and its entry of town.yaml: `crs`, `feet`, `nodata`.
    band
        Band to read; None where the file must hold one only.

    Raises
    ------
    InputError
        When the file is unreadable, rotated, without reference system, or its bands are not as expected.
    """
    try:
        with open_dataset(path) as src:
            t, shape, bands = src.transform, (src.height, src.width), src.count
            wkt = src.crs.to_wkt() if src.crs else None
            in_text = src.driver in TEXT_DRIVERS
            unit = (src.units[(band or 1) - 1] or "") if (band or 1) <= bands else ""
    except RasterioError as error:
        raise InputError(f"{path}: cannot be read as a raster ({error}); expected a GeoTIFF or an ESRI ASCII grid; download it again, or convert it with gdal_translate") from None
    epsg = horizontal_epsg(wkt) or horizontal_epsg(source.crs)
    if epsg is None:
        raise InputError(f"{path}: declares no reference system with an EPSG code; write it into the source as crs: EPSG:<code>")
    _require_upright(path, t, epsg)
    if band is None and bands != 1:
        raise InputError(f"{path}: holds {bands} bands, expected one; extract it: gdal_translate -b 1 {path.name} one.tif")
    if band is not None and band > bands:
        raise InputError(f"{path}: holds {bands} bands, there is no band {band}; correct `bands` of this source in town.yaml (the first band is 1)")
    if in_text:
        _require_numbers(path, *shape, path.stat().st_mtime_ns)
    return Tile(path, Lattice(t.c, t.f, t.a, -t.e, epsg), *shape, _unit_m(path, source, unit, wkt), source.nodata, band or 1)


def open_dataset(path: Path) -> Any:
    """A raster file through GDAL, only of the formats in `DRIVERS`; raises rasterio's error."""
    with rasterio.Env():  # GDAL's complaints become the exception
        return DatasetReader(str(path), driver=list(DRIVERS), sharing=False)


def _require_upright(path: Path, t: Any, epsg: int) -> None:
    if not all(math.isfinite(v) and abs(v) <= MAX_COORDINATE for v in tuple(t)[:6]) or not all(CELL[0] <= abs(v) <= CELL[1] for v in (math.hypot(t.a, t.d), math.hypot(t.b, t.e))):
        raise InputError(f"{path}: its place is {', '.join(f'{v:g}' for v in tuple(t)[:6])} (cell and corner); no raster lies there: the file is damaged, download it again")
    if t.b or t.d or t.a <= 0 or t.e >= 0:
        raise InputError(
            f"{path}: rotated or upside-down grid ({', '.join(f'{v:g}' for v in tuple(t)[:6])}), expected north up; make it so: "
            f"gdalwarp -t_srs EPSG:{epsg} -tr {math.hypot(t.a, t.d):g} {math.hypot(t.b, t.e):g} -r near {path.name} north_up.tif"
        )


@lru_cache(maxsize=10_000)
def _require_numbers(path: Path, rows: int, cols: int, mtime_ns: int) -> None:
    """A grid written as text holds a word for each cell: in one that is cut off GDAL would look for the missing rows for hours."""
    words, inside = 0, False
    with path.open("rb") as stream:
        while words < rows * cols and (piece := stream.read(1 << 24)):
            ink = np.frombuffer(piece, dtype=np.uint8) > ord(" ")
            words += int(np.count_nonzero(ink[1:] & ~ink[:-1])) + int(bool(ink[0]) and not inside)
            inside = bool(ink[-1])
    if words < rows * cols:
        raise InputError(f"{path}: {rows:,} rows of {cols:,} cells announced, {words:,} words are in the file; it is cut off, download it again")


def _unit_m(path: Path, source: Source, unit: str, wkt: str | None) -> float:
    """Metres in one unit of elevation: as the band says, else its vertical system, else town.yaml."""
    declared = UNITS_M.get(unit.strip().lower()) or vertical_unit_m(wkt)
    if declared is None:
        return FOOT_M if source.feet else 1.0
    if source.feet and declared == 1.0:
        raise InputError(f"{path}: declares metres, town.yaml says feet: true; leave `feet` out, or if the file is wrong: gdal_edit.py -units ft {path.name}")
    return declared
