"""The map of irradiation: squares of a few colours, shown where the reader asks for them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.io.picture import TILE_PX, ScreenTile
from pipeline.maps.encode import pack_bytes
from pipeline.maps.style import PALETTES, classify, rgb

# Below this zoom of the map one picture of the whole town is shown, from it on the squares.
TILES_FROM_ZOOM = 16
_STEP = 100.0
# A figure at one point is told in steps of this, so that a byte holds it: half of it is 0.4 % of a good roof, finer than the model is.
READ_STEP = 10.0
_BYTE = 255


@dataclass(frozen=True)
class SunMap:
    """What is drawn of the map of irradiation.

    Attributes
    ----------
    overview
        The whole town at a coarse cell, in the projection of the screen, NaN off the roofs [kWh/m2].
    bounds
        West, south, east, north of the overview [degrees].
    zoom
        Zoom at which a pixel of a square is a pixel of the map.
    squares
        Read once, square by square.
    """

    overview: NDArray[np.float32]
    bounds: tuple[float, float, float, float]
    zoom: int
    squares: Iterable[ScreenTile]


def limits(values: NDArray[np.float32]) -> list[float]:
    """Inner limits of the classes: 100 kWh/m2 apart, the highest below what a twentieth of the roofs exceeds.

    >>> limits(np.linspace(800.0, 1600.0, 101, dtype=np.float32))
    [1000.0, 1100.0, 1200.0, 1300.0, 1400.0, 1500.0]
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return []
    top = np.floor(np.quantile(known, 0.95) / _STEP) * _STEP
    steps = top - _STEP * np.arange(len(PALETTES["sun"]) - 2, -1, -1)
    return [float(s) for s in steps if s > 0.0]


def picture(values: NDArray[np.float32], breaks: list[float]) -> Image.Image:
    """Classes as a picture of few colours, transparent where there is no figure."""
    known = np.isfinite(values)  # a tenth of the cells: only roofs have a figure
    codes = np.zeros(values.shape, dtype=np.uint8)
    codes[known] = classify(values[known].astype(np.float64), breaks) + 1
    image = Image.fromarray(codes, "P")
    image.putpalette([v for colour in ("#000000", *PALETTES["sun"]) for v in rgb(colour)])
    image.info["transparency"] = 0
    return image


def read_step(values: NDArray[np.float32]) -> float:
    """Step of the figures at a point: 10 kWh/m2, or so many times it that a byte holds a tenth more than the sunniest cell seen.

    >>> read_step(np.array([900.0, 1700.0, np.nan])), read_step(np.array([2600.0]))
    (10.0, 20.0)
    """
    known = values[np.isfinite(values)]
    return READ_STEP * max(1.0, float(np.ceil(1.1 * known.max() / READ_STEP / _BYTE))) if known.size else READ_STEP


def counted(values: NDArray[np.float32], step: float) -> NDArray[np.uint8]:
    """Steps of each cell as bytes, 0 where there is no figure."""
    known = np.isfinite(values)
    out = np.zeros(values.shape, dtype=np.uint8)
    out[known] = np.clip(np.round(values[known] / step), 0, _BYTE)
    return out


def write(sun: SunMap, images: Path, data: Path) -> int:
    """Write the pictures, and the script that says which there are.

    Parameters
    ----------
    sun
        What to draw.
    images
        Folder for the pictures, made here; names are numbers of the map's own grid.
    data
        Folder for sunmap.js, and in `sun/` the figures of each square, read where somebody asks for a point.

    Returns
    -------
    int
        Number of squares.
    """
    breaks = limits(sun.overview)
    images.mkdir()
    picture(sun.overview, breaks).save(images / "town.png", bits=4)
    (data / "sun").mkdir()
    step = read_step(sun.overview)
    there = []
    for square in sun.squares:
        name = f"{square.col}_{square.row}"
        picture(square.values, breaks).save(images / f"{name}.png", bits=4)
        (data / "sun" / f"{name}.js").write_text(pack_bytes(f"sun_{name}", counted(square.values, step)), encoding="utf-8", newline="\n")
        there.append(name)
    west, south, east, north = sun.bounds
    said = {
        "zoom": sun.zoom, "from": TILES_FROM_ZOOM, "side": TILE_PX, "bounds": [[south, west], [north, east]], "breaks": breaks, "step": step,
        "colours": list(PALETTES["sun"][: len(breaks) + 1]), "squares": there,
    }  # fmt: skip
    (data / "sunmap.js").write_text(f"SS.sun={json.dumps(said, separators=(',', ':'))};\n", encoding="utf-8", newline="\n")
    return len(there)
