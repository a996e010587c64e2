"""Maps on paper: relief in quiet tints, shapes in the colours of their class, streets and boundary, as pictures without lettering."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image

from pipeline.contracts.spec import Raster
from pipeline.core.grid import Grid, Window
from pipeline.core.terrain import hillshade
from pipeline.io.picture import overview
from pipeline.maps.basemap import street_lines
from pipeline.maps.pictures import Canvas, base_picture, cover_picture
from pipeline.maps.report.sheet import Sheet
from pipeline.maps.style import PAPER

INK, STREET, PLACE, PLACE_LINE = "#1d2a31", "#fffdf8", "#2f7d4f", "#14512f"
# Share of the paper that veils what lies outside the boundary.
_VEIL = 0.62
_RELIEF_PX = 2000
_STREET_MM = {0: 0.0, 1: 0.18, 2: 0.42}


@dataclass(frozen=True)
class Ground:
    """What every map stands on; each None where the town has no such data."""

    surface: Raster[Any] | None = None
    landcover: Raster[Any] | None = None
    streets: gpd.GeoDataFrame | None = None
    places: gpd.GeoDataFrame | None = None
    boundary: shapely.Geometry | None = None
    _read: dict[Any, Any] = field(default_factory=dict, compare=False)

    @cached_property
    def lines(self) -> gpd.GeoDataFrame | None:
        """Streets joined to whole lines, see `pipeline.maps.basemap.street_lines`."""
        return None if self.streets is None or not len(self.streets) else street_lines(self.streets)

    def cells(self, raster: Raster[Any], band: str, window: Window, *, categorical: bool) -> tuple[NDArray[np.float32], Grid]:
        """A block of a raster in at most 2,000 cells a side; several maps show the same block."""
        if (band, window) not in self._read:
            self._read[band, window] = overview(raster, band, _RELIEF_PX, categorical=categorical, window=window)
        return self._read[band, window]


class Plate(Canvas):
    """One map being drawn, layer by layer from below."""

    def __init__(self, sheet: Sheet, ground: Ground, below: Image.Image | None = None) -> None:
        super().__init__(sheet.west, sheet.north, sheet.width_m, sheet.size)
        self.sheet, self.ground = sheet, ground
        if below is None:
            self._relief()
        else:
            self.image.paste(below)

    def _mm(self, millimetres: float) -> int:
        """A width on paper in dots of the picture being drawn."""
        return max(1, round(millimetres / 1000.0 * self.sheet.scale * self.scale))

    def _relief(self) -> None:
        """Land cover and relief where they are known; elsewhere the paper stays."""
        layers: list[NDArray[np.float32] | None] = []
        frame: Grid | None = None
        for raster, band, categorical in ((self.ground.surface, "surface", False), (self.ground.landcover, "cover", True)):
            window = None if raster is None else raster.grid.window(self.sheet.bounds, 2)
            if raster is None or window is None or not window.rows or not window.cols:
                layers.append(None)
                continue
            values, grid = self.ground.cells(raster, band, window, categorical=categorical)
            if frame is None:
                frame, on = grid, values
            else:
                on = _on(values, grid, frame)
            layers.append(on if categorical else np.asarray(hillshade(on, grid.cell_m) / 255.0, dtype=np.float32))
        if frame is None:
            return
        self._lay(base_picture(*layers), frame, Image.Resampling.BILINEAR)

    def _lay(self, picture: Image.Image, on: Grid, resampling: Image.Resampling) -> None:
        """A picture of a raster where it belongs; what is transparent in it stays as it was."""
        west, north, step = (self.west - on.west) / on.cell_m, (on.north - self.north) / on.cell_m, 1.0 / self.scale / on.cell_m
        placed = picture.transform(self.image.size, Image.Transform.AFFINE, (step, 0.0, west, 0.0, step, north), resampling)
        self.image.paste(placed, mask=placed)

    def cover(self) -> None:
        """Land cover in its full colours, where it is the subject."""
        raster = self.ground.landcover
        window = None if raster is None else raster.grid.window(self.sheet.bounds, 2)
        if raster is not None and window is not None and window.rows and window.cols:
            values, grid = self.ground.cells(raster, "cover", window, categorical=True)
            self._lay(cover_picture(values).convert("RGBA"), grid, Image.Resampling.NEAREST)

    def tinted(self, shapes: NDArray[Any], fills: list[str | None], strength: float, line: str | None = None, line_mm: float = 0.1) -> None:
        """Shapes through which the ground can be seen."""
        below = self.image.copy()
        self.polygons(shapes, fills)
        self.image.paste(Image.blend(below, self.image, strength))
        if line is not None:
            self.polygons(shapes, [None] * len(shapes), line, self._mm(line_mm))

    def roads(self) -> None:
        """Streets as light lines, through roads broader; tracks only on large scales."""
        lines = self.ground.lines
        if lines is None:
            return
        near = lines[shapely.intersects(np.asarray(lines.geometry), self.view)]
        for row in near.sort_values("rank", kind="stable").itertuples():
            width = _STREET_MM[row.rank] * max(1.0, 12_000.0 / self.sheet.scale)
            if width:
                self.pen.line(self._pixels(row.geometry), fill=STREET, width=self._mm(width), joint="curve")

    def line(self, line: shapely.Geometry, colour: str, width_mm: float) -> None:
        """One line, as wide on paper as said."""
        self.pen.line(self._pixels(line), fill=colour, width=self._mm(width_mm), joint="curve")

    def places(self) -> None:
        """Public green places, in one colour with a dark edge."""
        if self.ground.places is not None and len(self.ground.places):
            shapes = np.asarray(self.ground.places.geometry)
            self.polygons(shapes, [PLACE] * len(shapes), PLACE_LINE, self._mm(0.15))

    def veiled(self) -> None:
        """What is outside the boundary pales; the boundary is drawn as a line."""
        if self.ground.boundary is None:
            return
        outside = shapely.difference(self.view, self.ground.boundary)
        self.tinted(np.array([outside], dtype=object), [PAPER], _VEIL)
        for part in shapely.get_parts(self.ground.boundary):
            self.pen.line(self._pixels(part.exterior), fill=INK, width=self._mm(0.35), joint="curve")


def _on(values: NDArray[np.float32], grid: Any, frame: Any) -> NDArray[np.float32]:
    """Cells of one grid read at the centres of another; NaN outside."""
    row = np.floor((grid.north - (frame.north - (np.arange(frame.rows) + 0.5) * frame.cell_m)) / grid.cell_m).astype(int)
    col = np.floor((frame.west + (np.arange(frame.cols) + 0.5) * frame.cell_m - grid.west) / grid.cell_m).astype(int)
    inside = ((row >= 0) & (row < grid.rows))[:, None] & ((col >= 0) & (col < grid.cols))[None, :]
    return np.where(inside, values[row.clip(0, grid.rows - 1)[:, None], col.clip(0, grid.cols - 1)[None, :]], np.float32("nan"))


