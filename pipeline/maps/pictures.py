"""Pictures of the site: the base map under the themes and the small maps of the front page."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from pipeline.maps.style import COVER_COLOURS, COVER_TINTS, NO_DATA, PAPER, classify, rgb

_SMALL = (720, 330)
_OVER = 2
_RIM = 24
# Shade of level ground under a light 45 degrees high.
_LEVEL = 0.5**0.5


def base_picture(shade: NDArray[np.float32] | None, cover: NDArray[np.float32] | None) -> Image.Image:
    """Land cover in quiet tints under the light of the relief, on paper.

    Parameters
    ----------
    shade
        Shape (rows, cols), 0 dark to 1 bright, NaN = not known; None where there is no surface.
    cover
        Shape (rows, cols), codes of the land cover, NaN = not known; None where there is none.

    Returns
    -------
    Image
        RGBA, transparent where nothing is known.
    """
    known = [a for a in (shade, cover) if a is not None]
    shape = known[0].shape
    table = np.array([rgb(COVER_TINTS[c]) for c in sorted(COVER_TINTS)], dtype=np.float32)
    codes = np.zeros(shape, dtype=int) if cover is None else np.nan_to_num(cover, nan=0.0).astype(int).clip(0, len(table) - 1)
    colour = table[codes]
    if shade is not None:
        # Flat ground keeps its tint: the relief darkens and lightens around the shade of a level surface, 45 degrees of sun.
        light = np.nan_to_num(shade, nan=_LEVEL) / _LEVEL
        colour = colour * (1.0 + 0.22 * np.clip(light - 1.0, -1.0, 0.45))[..., None]
    image = Image.fromarray(colour.clip(0, 255).round().astype(np.uint8), "RGB")
    image.putalpha(_soft_edge(np.any([np.isfinite(a) for a in known], axis=0)))
    return image


def _soft_edge(known: NDArray[np.bool_]) -> Image.Image:
    """Opaque inside, fading out towards the rim of what is known: a picture on paper, not a tile with an edge."""
    padded = np.pad(known, _RIM)
    blurred = np.asarray(
        Image.fromarray(np.where(padded, 255, 0).astype(np.uint8), "L").filter(ImageFilter.GaussianBlur(_RIM / 2)), dtype=np.int16
    )
    inner = (2 * blurred - 255).clip(0, 255).astype(np.uint8)
    return Image.fromarray(np.where(known, inner[_RIM:-_RIM, _RIM:-_RIM], 0).astype(np.uint8), "L")


def cover_picture(cover: NDArray[np.float32]) -> Image.Image:
    """Land cover in its full colours, transparent where it is not known."""
    codes = np.nan_to_num(cover, nan=0.0).astype(np.uint8)
    image = Image.fromarray(np.where(codes < len(COVER_COLOURS), codes, 0).astype(np.uint8), "P")
    image.putpalette([v for code in sorted(COVER_COLOURS) for v in rgb(COVER_COLOURS[code])])
    image.info["transparency"] = 0
    return image


def cropped(image: Image.Image) -> Image.Image:
    """The middle of a picture in the shape of the small maps, on paper."""
    scale = max(_SMALL[0] / image.width, _SMALL[1] / image.height)
    size = (max(_SMALL[0], round(image.width * scale)), max(_SMALL[1], round(image.height * scale)))
    large = image.convert("RGBA").resize(size, Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX)
    out = Image.new("RGBA", size, PAPER)
    out.alpha_composite(large)
    left, top = (size[0] - _SMALL[0]) // 2, (size[1] - _SMALL[1]) // 2
    return out.crop((left, top, left + _SMALL[0], top + _SMALL[1])).convert("RGB")


def save_webp(image: Image.Image, path: Path, quality: int = 72) -> None:
    """Write a picture without metadata, so that equal pictures are equal files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, "WEBP", quality=quality, method=4)


class Canvas:
    """A picture in the town's system on which shapes are drawn, larger than it will be and reduced at the end."""

    def __init__(self, west: float, north: float, width_m: float, size: tuple[int, int]) -> None:
        self.size = size
        self.scale = size[0] * _OVER / width_m
        self.west, self.north = west, north
        self.image = Image.new("RGB", (size[0] * _OVER, size[1] * _OVER), PAPER)
        self.pen = ImageDraw.Draw(self.image)

    @property
    def view(self) -> shapely.Polygon:
        """What the picture shows, in the town's system."""
        return shapely.box(self.west, self.north - self.image.height / self.scale, self.west + self.image.width / self.scale, self.north)

    def _pixels(self, shapes: Any) -> list[float]:
        """x, y, x, y ... of points, as the pen takes them."""
        return self._places(shapely.get_coordinates(shapes)).ravel().tolist()

    def _places(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([(at[:, 0] - self.west) * self.scale, (self.north - at[:, 1]) * self.scale], axis=1)

    def polygons(self, shapes: NDArray[Any], fills: list[str | None], line: str | None = None, width: int = 1) -> None:
        """Draw shapes that touch the picture; holes show what is below."""
        seen = np.flatnonzero(shapely.intersects(shapes, self.view))
        parts, row = shapely.get_parts(shapes[seen], return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        at, ring = shapely.get_coordinates(rings, return_index=True)
        places = np.split(self._places(at), np.searchsorted(ring, np.arange(1, len(rings))))
        ends = np.searchsorted(part, np.arange(len(parts) + 1))
        for k, (first, after) in enumerate(pairwise(ends.tolist())):
            fill = fills[seen[row[k]]]
            if fill is not None:
                self._fill(places[first:after], fill)
            if line:
                for place in places[first:after]:
                    self.pen.line(place.ravel().tolist(), fill=line, width=width)

    def _fill(self, rings: list[NDArray[np.float64]], colour: str) -> None:
        """A shell and its holes, in pixels."""
        if len(rings) == 1:
            self.pen.polygon(rings[0].ravel().tolist(), fill=colour)
            return
        left, top = np.maximum(np.floor(rings[0].min(axis=0)), 0).astype(int)
        right, low = np.minimum(np.ceil(rings[0].max(axis=0)) + 1, self.image.size).astype(int)
        if right <= left or low <= top:
            return
        mask = Image.new("1", (int(right - left), int(low - top)))
        pen = ImageDraw.Draw(mask)
        for number, ring in enumerate(rings):
            pen.polygon((ring - (left, top)).ravel().tolist(), fill=int(number == 0))
        self.image.paste(colour, (int(left), int(top), int(right), int(low)), mask)

    def reduced(self) -> Image.Image:
        """The picture in its own size."""
        return self.image.resize(self.size, Image.Resampling.LANCZOS)


class SmallMap(Canvas):
    """A small map of the middle of the town."""

    def __init__(self, centre: tuple[float, float], width_m: float) -> None:
        super().__init__(centre[0] - width_m / 2.0, centre[1] + width_m * _SMALL[1] / _SMALL[0] / 2.0, width_m, _SMALL)

    def save(self, path: Path) -> None:
        """Reduce and write."""
        save_webp(self.reduced(), path, quality=82)


def class_fills(values: NDArray[np.float64], limits: list[float], colours: list[str]) -> list[str | None]:
    """The colour of each value; the colour of missing data where it is not known."""
    return [NO_DATA if k < 0 else colours[k] for k in classify(values, limits)]


def town_middle(shapes: NDArray[Any]) -> tuple[float, float]:
    """Where the built-up part is densest: the mode of the centroids on a 250 m raster, smoothed by its neighbours."""
    at = shapely.get_coordinates(shapely.centroid(shapes))
    cell = np.floor((at - at.min(axis=0)) / 250.0).astype(int)
    counts = np.zeros(cell.max(axis=0) + 3)
    np.add.at(counts, tuple((cell + 1).T), 1.0)
    around = sum(np.roll(counts, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1))
    best = np.array(np.unravel_index(int(np.argmax(around)), counts.shape)) - 1
    near = (np.abs(cell - best) <= 1).all(axis=1)
    east, north = at[near].mean(axis=0)
    return float(east), float(north)
