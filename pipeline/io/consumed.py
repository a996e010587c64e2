"""The official soil consumption: rasters of one or several years on their own cells, and the yearly table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import Layer, Layers
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Landcover
from pipeline.contracts.spec import Raster
from pipeline.core.grid import Grid, Window
from pipeline.core.land.consumed import CONSUMED, NOT_CONSUMED
from pipeline.errors import InputError
from pipeline.io.lattice import Lattice
from pipeline.io.rasters import burn, read
from pipeline.io.registers import Field, read_register
from pipeline.io.samples import cells_under
from pipeline.io.tiles import Tile, open_tiles

KNOWN_CODES = frozenset(CONSUMED + NOT_CONSUMED)
TABLE_YEARS = range(2006, 2041)
STEP = 5  # samples of the own map to each side of an official cell


@dataclass(frozen=True)
class Official:
    """Official rasters of one town.

    Attributes
    ----------
    grid
        The publisher's cells around the town.
    inside
        Cells with their centre in the town, shape of the grid.
    codes
        Classes by year, 0 where there is none; ascending years.
    """

    grid: Grid
    inside: NDArray[np.bool_]
    codes: dict[int, NDArray[np.uint8]]

    @property
    def cell_m2(self) -> float:
        """Area of a cell [m2]."""
        return self.grid.cell_m**2


def read_official(layers: Layers, outline: shapely.Geometry, epsg: int, notes: Notes) -> Official | None:
    """Rasters of kind ispra, one or more files for each `year`, cut to the town; None where there are none.

    Raises
    ------
    InputError
        When a raster has no `year`, is not in projected metres (EPSG:3857 is none), or the years do not share their cells.
    """
    by_year: dict[int, list[Layer]] = {}
    for layer in layers:
        if layer.source.kind == "ispra":
            if layer.source.year is None:
                raise InputError(f"sources.consumed: {layer.source.path}: kind ispra without a year; add `year: 2023`, the year the map stands for")
            by_year.setdefault(layer.source.year, []).append(layer)
    if not by_year:
        return None
    tiles = {year: open_tiles(by_year[year]) for year in sorted(by_year)}
    every = [t for year in tiles for t in tiles[year]]
    _require_one_lattice(every)
    grid, place = _cut(every[0], outline, epsg)
    inside = burn([place], [1], grid).astype(bool)
    if not inside.any():
        raise InputError(f"{every[0].path}: no cell has its centre in the town; the outline is smaller than a cell of {grid.cell_m:g} m, or `epsg` is wrong")
    return Official(grid, inside, {year: _codes(tiles[year], grid, inside, year, notes) for year in tiles})


def _require_one_lattice(tiles: list[Tile]) -> None:
    first = tiles[0].lattice
    for tile in tiles:
        at = tile.lattice
        if at.epsg in (3857, 900913, 4326, 4258, 6706) or at.dx < 0.1:
            raise InputError(f"{tile.path}: EPSG:{at.epsg}; consumed soil is counted in cells of true area, expected the publisher's projected metres (EPSG:3035 or 32632); take the original file")
        if abs(at.dx - at.dy) > 1e-6 * at.dx:
            raise InputError(f"{tile.path}: cells of {at.dx:g} x {at.dy:g} m; expected square ones; take the original file")
        if not first.same_cells(at):
            raise InputError(f"{tile.path}: its cells are not those of {tiles[0].path.name}; expected one grid for all years, or cells that never changed would count as changed; take all years from one edition")


def _cut(tile: Tile, outline: shapely.Geometry, epsg: int) -> tuple[Grid, shapely.Geometry]:
    """The cells around the town on the publisher's lattice, and the outline in its system."""
    from pyproj import Transformer

    at = tile.lattice
    place = outline
    if at.epsg != epsg:
        there = Transformer.from_crs(epsg, at.epsg, always_xy=True)
        place = shapely.transform(outline, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    west, south, east, north = place.bounds
    col, row = int(np.floor((west - at.west) / at.dx)), int(np.floor((at.north - north) / at.dx))
    cols, rows = int(np.ceil((east - at.west) / at.dx)) - col, int(np.ceil((at.north - south) / at.dx)) - row
    return Grid(at.west + col * at.dx, at.north - row * at.dx, at.dx, rows, cols, at.epsg), place


def _codes(tiles: tuple[Tile, ...], grid: Grid, inside: NDArray[np.bool_], year: int, notes: Notes) -> NDArray[np.uint8]:
    out = np.zeros(grid.shape, dtype=np.uint8)
    for tile in tiles:
        raw, void, row, col = cells_under(tile, grid)
        if not raw.size:
            continue
        there = (row >= 0) & (row < raw.shape[0]) & (col >= 0) & (col < raw.shape[1]) & (out == 0)
        found = np.where(void | (raw < 0) | (raw > 255), 0, raw)
        out[there] = found[row[there], col[there]]
    strange = inside & (out > 0) & ~np.isin(out, sorted(KNOWN_CODES))
    notes.count(f"official cells of {year} with a class the legend does not have", int(strange.sum()))
    if strange.any():
        names = ", ".join(str(c) for c in np.unique(out[strange])[:10])
        notes.warn(f"{year}: classes {names} are not in ISPRA's legend: {int(strange.sum())} cells count as not known, neither consumed nor free.")
        out[strange] = 0
    return out


def own_share(landcover: Raster[Landcover], grid: Grid, sealed: tuple[int, ...], rows_at_once: int = 64) -> NDArray[np.float64]:
    """Sealed share of each official cell on the town's own land cover, NaN where less than half of it is known.

    Each cell is asked at 5 x 5 places, the land cover cell that holds each.

    Returns
    -------
    array of shape (grid.rows, grid.cols)
    """
    own = landcover.grid
    out = np.full(grid.shape, np.nan)
    for first in range(0, grid.rows, rows_at_once):
        rows = min(rows_at_once, grid.rows - first)
        fine = Grid(grid.west, grid.north - first * grid.cell_m, grid.cell_m / STEP, rows * STEP, grid.cols * STEP, grid.epsg)
        at_row, at_col = (np.floor(p).astype(np.intp) for p in Lattice.of(own).positions(fine))
        there = (at_row >= 0) & (at_row < own.rows) & (at_col >= 0) & (at_col < own.cols)
        if not there.any():
            continue
        window = _around(at_row[there], at_col[there])
        cells = read(landcover, "cover", window)
        cover = np.zeros(fine.shape, dtype=np.uint8)
        cover[there] = cells[at_row[there] - window.row, at_col[there] - window.col]
        known = (cover > 0).reshape(rows, STEP, grid.cols, STEP).sum(axis=(1, 3))
        hard = np.isin(cover, sealed).reshape(rows, STEP, grid.cols, STEP).sum(axis=(1, 3))
        np.divide(hard, known, out=out[first : first + rows], where=2 * known >= STEP * STEP)
    return out


def _around(row: NDArray[np.intp], col: NDArray[np.intp]) -> Window:
    r0, c0 = int(row.min()), int(col.min())
    return Window(r0, c0, int(row.max()) - r0 + 1, int(col.max()) - c0 + 1)


def read_official_table(layers: Layers, code: str, town_m2: float, notes: Notes) -> pd.DataFrame:
    """Consumed soil of the town by year, from tables with one row a year, one column a year, or one year as a whole.

    Parameters
    ----------
    layers
        Kind consumed_table: hectares (`consumed_ha`, or a column for each year) or per cent of the town (`consumed_percent`); the
        year in a column, in the header, or as `year` of the source.
    code, town_m2
        ISTAT code; area that a percentage refers to where the table gives none [m2].

    Returns
    -------
    DataFrame
        year, consumed_m2, area_m2, gross_m2, restored_m2 (NaN where the table does not say), ascending years.

    Raises
    ------
    InputError
        When a table has no row of the town or no figure, or a year stands twice with two figures.
    """
    rows = [row for layer in layers if layer.source.kind == "consumed_table" for path in layer.paths for row in _table(layer, path, code, town_m2, notes)]
    columns = ["year", "consumed_m2", "area_m2", "gross_m2", "restored_m2"]
    whole = pd.DataFrame(rows, columns=columns, dtype=np.float64).astype({"year": "int64"}).drop_duplicates().sort_values("year", kind="stable", ignore_index=True)
    if whole["year"].duplicated().any():
        year = int(whole.loc[whole["year"].duplicated(), "year"].iloc[0])
        raise InputError(f"sources.consumed: the tables give two figures for {year}; expected one; keep the newest edition (ISPRA revises earlier years)")
    return whole


def _table(layer: Layer, path: Path, code: str, town_m2: float, notes: Notes) -> list[tuple[float, ...]]:
    rows = read_register(path, _fields(layer), notes)
    mine = rows[rows["code"].fillna("").str.lstrip("0") == code.lstrip("0")]
    if mine.empty:
        raise InputError(f"{path}: no row of the municipality {code}; expected its ISTAT code in the column code; check `code` in town.yaml")
    out: list[tuple[float, ...]] = []
    for row in mine.to_dict("records"):
        year = row["year"] if pd.notna(row["year"]) else layer.source.year
        area, stock = row["area_ha"] * 1e4, row["consumed_ha"] * 1e4
        if np.isnan(stock):
            stock = row["consumed_percent"] / 100 * (town_m2 if np.isnan(area) else area)
        if not np.isnan(stock):
            if year is None:
                raise InputError(f"{path}: which year is it of? It has no column year; add `year: 2023` to this source in town.yaml")
            out.append((float(year), stock, area, row["gross_ha"] * 1e4, row["restored_ha"] * 1e4))
        out += [(float(y), row[f"consumed_{y}"] * 1e4, np.nan, np.nan, np.nan) for y in TABLE_YEARS if np.isfinite(row[f"consumed_{y}"])]
    if not out:
        raise InputError(f"{path}: no figure of consumed soil; expected a column consumed_ha, consumed_percent, or columns like 'Suolo consumato 2023 [ettari]'; name one with `fields`")
    return out


def _fields(layer: Layer) -> list[Field]:
    """What the table may call its columns; `fields` of the source comes first."""
    named = layer.source.fields
    headers: dict[str, tuple[str, ...]] = {
        "code": ("PRO_COM", "PRO_COM_T", "codice istat", "cod istat", "codice comune", "istat", "codice"), "year": ("anno",),
        "consumed_ha": ("suolo consumato [ha]", "suolo consumato ettari", "suolo consumato [ettari]", "consumato ha"),
        "consumed_percent": ("suolo consumato [%]", "suolo consumato percentuale", "consumo del suolo"), "area_ha": ("superficie ha", "superficie territoriale ha", "area ha"),
        "gross_ha": ("consumo lordo ha", "nuovo consumo ha", "incremento lordo ha"), "restored_ha": ("ripristino ha", "ripristinato ha"),
    }  # fmt: skip
    headers |= {f"consumed_{y}": (f"suolo consumato {y} [ettari]", f"suolo consumato {y} ha", f"suolo consumato {y}") for y in TABLE_YEARS}
    kinds: dict[str, Literal["text", "int"]] = {"code": "text", "year": "int"}
    return [Field(n, kinds.get(n, "number"), ((named[n],) if n in named else ()) + h, n == "code") for n, h in headers.items()]
