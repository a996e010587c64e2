"""The maps of the report: roofs, sealed soil, access to green, each a figure with legend, scale, north and the numbers of its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipeline.maps.content import Site
from pipeline.maps.pictures import class_fills, town_middle
from pipeline.maps.quantities import plain
from pipeline.maps.report.blocks import Block, classes, literal
from pipeline.maps.report.drawing import INK, PLACE, Ground, Plate
from pipeline.maps.report.sheet import WIDTH_MM, Sheet, around, fitting
from pipeline.maps.style import COVER_COLOURS, NO_DATA
from pipeline.maps.text import TEXT, say
from pipeline.maps.themes import KEYS

# Room for a map on its page, under title and lead and above legend and caption.
_HEIGHT_MM = 172.0
_COVER_SCALE, _CENTRE_SCALE, _CENTRE_MM = 6000.0, 7500.0, 112.0
_COVER_MM = (210.0, 178.0)
# Words of the land cover codes 1 to 6 (contracts.sources.COVER_CODES).
LAND = ("building", "paved", "bare", "low", "tree", "water")


@dataclass
class Atelier:
    """Draws the maps of one town into a folder; both languages share the pictures."""

    site: Site
    ground: Ground
    folder: Path
    _reliefs: dict[Sheet, Image.Image] = field(default_factory=dict)

    def _plate(self, sheet: Sheet) -> Plate:
        """A map with nothing but its ground, which is made once for each frame."""
        made = Plate(sheet, self.ground, self._reliefs.get(sheet))
        self._reliefs.setdefault(sheet, made.image.copy())
        return made

    def town_sheet(self, width_mm: float = WIDTH_MM) -> Sheet | None:
        """The frame of the whole town, None where no layer has outlines."""
        layer = next((self.site.atlas[k] for k in ("town", "parcels", "buildings", "sections") if k in self.site.atlas and np.isfinite(self.site.atlas[k].total_bounds).all()), None)
        return None if layer is None else fitting(tuple(layer.total_bounds), layer.crs.to_epsg(), _HEIGHT_MM, width_mm)

    def _save(self, image: Image.Image, name: str) -> str:
        image.save(self.folder / f"{name}.jpg", "JPEG", quality=88, subsampling=0)
        return f"{name}.jpg"

    def cover(self) -> str | None:
        """The middle of the town roof by roof, for the first page; None where there is nothing to draw."""
        middle = self._middle()
        if middle is None:
            return None
        west, south, east, north = middle[2]
        # A small town fills the picture too.
        scale = max(500.0, min(_COVER_SCALE, (east - west) / _COVER_MM[0] * 1000.0, (north - south) / _COVER_MM[1] * 1000.0))
        sheet = around(middle[0] if scale == _COVER_SCALE else ((west + east) / 2.0, (south + north) / 2.0), scale, middle[1], _COVER_MM[1], _COVER_MM[0])
        plate = self._plate(sheet)
        self._ways(plate)
        plate.roads()
        if "solar" in self.site.made:
            self._coloured(plate, "solar")
        elif "sealing" in self.site.made and self.site.made["sealing"].layer != "town":
            self._coloured(plate, "sealing")
        elif "buildings" in self.site.atlas:
            shapes = np.asarray(self.site.atlas["buildings"].geometry.values)
            plate.polygons(shapes, ["#a99c84"] * len(shapes))
        return self._save(plate.reduced(), "cover")

    def _middle(self) -> tuple[tuple[float, float], int, tuple[float, float, float, float]] | None:
        """Where the built-up part is densest, the town's system, and its bounds."""
        frame = next((self.site.atlas[k] for k in ("buildings", "parcels", "sections") if k in self.site.atlas), None)
        return None if frame is None else (town_middle(np.asarray(frame.geometry.values)), frame.crs.to_epsg(), tuple(frame.total_bounds))

    def centre(self) -> Block | None:
        """Roofs of the middle of the town, large enough to find one's own; None where they are unknown, or the town map is as large."""
        middle, whole = self._middle(), self.town_sheet()
        if middle is None or whole is None or "solar" not in self.site.made or whole.scale <= 1.5 * _CENTRE_SCALE:
            return None
        sheet = around(middle[0], _CENTRE_SCALE, middle[1], _CENTRE_MM)
        plate = self._plate(sheet)
        self._ways(plate)
        plate.roads()
        self._coloured(plate, "solar")
        return self._figure(sheet, plate, "solar", "report.map.centre", boundary=False)

    def theme(self, name: str, marked: Sequence[str] = (), width_mm: float = WIDTH_MM) -> Block | None:
        """The map of a theme; None where the town has no such theme, or one figure for all of it.

        Where soil is known for the whole only, the map shows the land cover itself.

        Parameters
        ----------
        name
            solar, sealing or green.
        marked
            Identifiers of features that get a number, in this order.
        width_mm
            Of the map; a narrow one has no legend of its own.
        """
        theme, sheet = self.site.made.get(name), self.town_sheet(width_mm)
        if theme is None or sheet is None:
            return None
        if theme.layer == "town":
            return self._cover(sheet) if name == "sealing" and self.ground.landcover is not None else None
        plate = self._plate(sheet)
        if theme.layer == "buildings":
            plate.roads()
            self._coloured(plate, name)
        else:
            self._coloured(plate, name, 0.78 if theme.layer == "sections" else 0.9)
            plate.roads()
        if name == "green":
            plate.places()
        plate.veiled()
        kind = f"report.map.{theme.value}" if f"report.map.{theme.value}" in TEXT else f"report.map.{name}"
        made = self._figure(sheet, plate, name, kind) | {"marks": self._marks(sheet, theme.layer, marked)}
        return made if width_mm == WIDTH_MM else made | {"legend": []}

    def _cover(self, sheet: Sheet) -> Block:
        """Land cover, class by class."""
        plate = self._plate(sheet)
        plate.cover()
        plate.roads()
        plate.veiled()
        legend = [{"colour": COVER_COLOURS[code], "label": TEXT[f"report.land.{n}"], "shape": "area"} for code, n in enumerate(LAND, 1)]
        words = {"town": literal(self.site.name)}
        return sheet.furniture() | {
            "kind": "map", "image": self._save(plate.reduced(), "cover_of_land"), "alt": say("report.map.cover.alt", **words), "marks": [], "legend": legend, "legend_title": TEXT["stage.landcover"],
            "caption": say("report.map.caption", what=TEXT["report.map.cover"], scale=plain(sheet.scale)),
        }  # fmt: skip

    def _figure(self, sheet: Sheet, plate: Plate, name: str, words: str, *, boundary: bool = True) -> Block:
        """A drawn map with all that stands on and below it."""
        theme = self.site.made[name]
        values = {"town": literal(self.site.name), "count": plain(len(self.site.atlas[theme.layer]))}
        return sheet.furniture() | {
            "kind": "map", "image": self._save(plate.reduced(), words.rpartition(".")[2]), "alt": say(f"{words}.alt", **values), "marks": [],
            "caption": say("report.map.caption", what=say(words, **values), scale=plain(sheet.scale)), "legend": self._legend(name, boundary=boundary),
            "legend_title": TEXT[f"green.legend.{theme.value}" if name == "green" else f"{name}.legend"],
        }  # fmt: skip

    def _coloured(self, plate: Plate, name: str, strength: float = 1.0) -> None:
        theme = self.site.made[name]
        frame = self.site.atlas[theme.layer]
        fills = class_fills(frame[theme.value].to_numpy(dtype=float), theme.limits, theme.colours)
        shapes = np.asarray(frame.geometry.values)
        if strength < 1.0:
            plate.tinted(shapes, fills, strength, "#ffffff" if theme.layer == "sections" else None, 0.2)
        else:
            plate.polygons(shapes, fills)

    def _ways(self, plate: Plate) -> None:
        for layer, fill in (("parcels", None), ("ways", "#fbf8f1")):
            if layer in self.site.atlas:
                shapes = np.asarray(self.site.atlas[layer].geometry.values)
                plate.polygons(shapes, [fill] * len(shapes), "#d9d0bf" if fill is None else None, 2)

    def _legend(self, name: str, *, boundary: bool = True) -> list[dict[str, Any]]:
        theme = self.site.made[name]
        rows = [(c, n, "area") for c, n in zip(theme.colours, classes(theme.limits, "part" if theme.kind == "share" else theme.kind), strict=True)]
        if self.site.atlas[theme.layer][theme.value].isna().any():
            rows.append((NO_DATA, TEXT[f"{theme.words}.nodata" if f"{theme.words}.nodata" in TEXT else f"{name}.nodata"], "area"))
        if name == "green" and self.ground.places is not None and len(self.ground.places):
            rows.append((PLACE, TEXT["report.legend.places"], "area"))
        if self.ground.boundary is not None and boundary:
            rows.append((INK, TEXT["report.legend.boundary"], "line"))
        return [{"colour": c, "label": n, "shape": s} for c, n, s in rows]

    def _marks(self, sheet: Sheet, layer: str, marked: Sequence[str]) -> list[dict[str, Any]]:
        frame = self.site.atlas[layer]
        rows = frame.set_index(KEYS[layer]).geometry.reindex(list(marked)).dropna()
        return sheet.places(np.asarray(rows.values)) if len(rows) == len(marked) and len(rows) else []
