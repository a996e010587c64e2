"""Mapped land cover: legends, polygons with a class, rasters of codes read on any grid."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.config.sources import Layer, Source
from pipeline.contracts.notes import Notes
from pipeline.core.grid import Grid
from pipeline.core.land.cover import pack
from pipeline.errors import ConfigError, InputError
from pipeline.io.rasters import BurnInput
from pipeline.io.samples import cells_under, coarse
from pipeline.io.tiles import Tile, open_tiles
from pipeline.io.vectors import read_vector, repair, text_field

LEGENDS = Path(__file__).parent / "legends"
# Kinds of one publisher: their legend needs no name.
KIND_LEGENDS = {"ispra": "ispra_consumo_suolo", "worldcover": "esa_worldcover"}


def read_legend(name: str) -> dict[str, int]:
    """A legend: code as text -> packed class (see `pipeline.core.land.cover.pack`).

    The file `pipeline/io/legends/<name>.csv` has the columns code, cover (1-6, see `COVER_CODES`), confidence (1-99),
    consumed (1 where the publisher counts the class as consumed soil) and label.

    Raises
    ------
    ConfigError
        When there is no such legend.

    >>> read_legend("bgt")["waterdeel:waterloop"]
    690
    """
    path = LEGENDS / f"{name}.csv"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in LEGENDS.glob("*.csv")))
        raise ConfigError(f"sources.landcover: legend {name!r}; expected one of {known}, or a new file pipeline/io/legends/{name}.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: pack(int(row["cover"]), int(row["confidence"])) for row in csv.DictReader(stream)}


def legend_of(source: Source) -> dict[str, int]:
    """The legend a source names, else the one of its kind."""
    if source.legend is None and source.kind in KIND_LEGENDS:
        return read_legend(KIND_LEGENDS[source.kind])
    if source.legend is None:
        raise ConfigError(f"sources.landcover: {source.path}: no legend; write legend: <name of a file in pipeline/io/legends>")
    return read_legend(source.legend)


def read_cover(layers: tuple[Layer, ...], epsg: int, notes: Notes) -> BurnInput:
    """Polygons of land cover with their packed classes; later layers lie over earlier ones.

    The field with the code is mapped by `fields: {cover: <field>}`. Codes the legend does not know stay unknown and
    are counted.

    Raises
    ------
    InputError
        When a file cannot be read or has no such field.
    """
    shapes: list[NDArray[np.object_]] = [np.empty(0, dtype=object)]
    values = [np.empty(0, dtype=np.float64)]
    for layer in layers:
        legend = legend_of(layer.source)
        for path in sorted(layer.paths):
            frame = repair(read_vector(layer.source, path, epsg, notes), notes)
            codes = text_field(frame, layer.source, "cover", path)
            if codes is None:
                raise InputError(
                    f"{path}: which field holds the class? It has {', '.join(c for c in frame.columns if c != 'geometry')}; write fields: {{cover: <field>}}"
                )
            packed = np.array([legend.get(str(c), 0) for c in codes], dtype=np.float64)
            _unknown({str(c) for c in codes if str(c) not in legend}, int((packed == 0).sum()), path, layer.source, notes)
            shapes.append(np.asarray(frame.geometry.array, dtype=object)[packed > 0])
            values.append(packed[packed > 0])
    return BurnInput(np.concatenate(shapes), np.concatenate(values))


def _unknown(codes: set[str], number: int, path: Path, source: Source, notes: Notes) -> None:
    notes.count("land cover polygons or cells of a class that is not in the legend", number)
    if codes:
        notes.warn(f"{path.name}: classes {', '.join(sorted(codes)[:10])} are not in the legend {source.legend or KIND_LEGENDS.get(source.kind)}: not known there.")


@dataclass(frozen=True)
class CodeInput:
    """Rasters of codes as an input of `compute.tiles`: the packed class of the nearest cell, 0 where there is none.

    Parameters
    ----------
    tiles
        Files with their place (from `pipeline.io.tiles.open_tiles`), each in its own system; earlier ones win.
    codes, packed
        The legend of each tile: sorted codes and their packed classes.
    """

    tiles: tuple[Tile, ...]
    codes: tuple[tuple[int, ...], ...]
    packed: tuple[tuple[int, ...], ...]

    def cut(self, grid: Grid) -> CodeInput:
        """Only the tiles that `grid` needs."""
        keep = [i for i, t in enumerate(self.tiles) if t.touches(grid)]
        return CodeInput(tuple(self.tiles[i] for i in keep), tuple(self.codes[i] for i in keep), tuple(self.packed[i] for i in keep))

    def read(self, grid: Grid) -> NDArray[np.float32]:
        """Packed classes on `grid`."""
        out = np.zeros(grid.shape, dtype=np.float32)
        for tile, codes, packed in zip(self.tiles, self.codes, self.packed, strict=True):
            raw, row, col = read_codes(tile, grid)
            if not raw.size:
                continue
            inside = (row >= 0) & (row < raw.shape[0]) & (col >= 0) & (col < raw.shape[1])
            classes = translate(raw, codes, packed)[np.where(inside, row, 0), np.where(inside, col, 0)]
            np.copyto(out, classes, where=inside & (out == 0))
        return out


def translate(raw: NDArray[np.integer], codes: tuple[int, ...], packed: tuple[int, ...]) -> NDArray[np.float32]:
    """Codes to packed classes, 0 where the legend has no such code."""
    keys, values = np.array(codes), np.array(packed, dtype=np.float32)
    at = np.minimum(np.searchsorted(keys, raw), len(keys) - 1)
    return np.where(keys[at] == raw, values[at], np.float32(0))


def read_codes(tile: Tile, grid: Grid) -> tuple[NDArray[np.integer], NDArray[np.intp], NDArray[np.intp]]:
    """The codes of a tile that `grid` needs, -1 where void, and for each cell of `grid` its row and column among them."""
    raw, void, row, col = cells_under(tile, grid)
    codes = np.where(void, 0, raw).astype(np.int32)  # before the mark of a void: in 8 bits -1 would become 255
    codes[void] = -1
    return codes, row, col


def open_codes(layers: tuple[Layer, ...], grid: Grid, notes: Notes) -> CodeInput:
    """Rasters of codes with their legends; codes in the grid's extent that no legend has are counted.

    Parameters
    ----------
    layers
        Rasters of one band, in any reference system, with a legend of whole numbers.
    grid
        Extent that will be read.
    notes
        Receives counts and warnings.

    Raises
    ------
    InputError
        When a legend's codes are not numbers or a file cannot be read.
    """
    flat, keys, values = [], [], []
    for layer in layers:
        legend = legend_of(layer.source)
        if odd := [c for c in legend if not c.isdigit()]:
            raise InputError(f"sources.landcover: legend {layer.source.legend} has codes such as {odd[0]!r}; a raster needs whole numbers")
        ordered = sorted((int(c), p) for c, p in legend.items())
        for tile in open_tiles([layer]):
            flat.append(tile)
            keys.append(tuple(c for c, _ in ordered))
            values.append(tuple(p for _, p in ordered))
            raw = read_codes(tile, coarse(grid))[0]
            strange = raw[(raw >= 0) & ~np.isin(raw, keys[-1])]
            _unknown({str(c) for c in np.unique(strange)}, strange.size, tile.path, layer.source, notes)
    return CodeInput(tuple(flat), tuple(keys), tuple(values))
