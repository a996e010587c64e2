"""The frame of a printed map: how many metres it shows, at what scale, where a place lies on it; its scale bar and north arrow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.io.lattice import grid_convergence_deg
from pipeline.maps.quantities import plain
from pipeline.maps.text import Phrase, say

# Width of the text of template/report.typ; 200 dots an inch are more than the eye sees of a map without lettering.
WIDTH_MM = 160.0
DPI = 200.0
_MARGIN = 1.05
_SCALES = (500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 7500, 8000, 10_000, 12_500, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000, 45_000, 50_000, 60_000, 75_000, 100_000)


@dataclass(frozen=True)
class Sheet:
    """A frame in the town's system.

    Attributes
    ----------
    west, north
        Its upper left corner [m].
    width_mm, height_mm
        Its size on paper.
    scale
        1 : scale.
    epsg
        The town's system.
    """

    west: float
    north: float
    width_mm: float
    height_mm: float
    scale: float
    epsg: int

    @property
    def width_m(self) -> float:
        """Ground it shows from west to east."""
        return self.width_mm * self.scale / 1000.0

    @property
    def height_m(self) -> float:
        """Ground it shows from south to north."""
        return self.height_mm * self.scale / 1000.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in dots."""
        return round(self.width_mm / 25.4 * DPI), round(self.height_mm / 25.4 * DPI)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return self.west, self.north - self.height_m, self.west + self.width_m, self.north

    def places(self, shapes: NDArray[Any]) -> list[dict[str, Any]]:
        """Numbers from 1 for shapes, each where it lies on the paper; one outside the frame is left out."""
        at = shapely.get_coordinates(shapely.point_on_surface(shapes))
        x, y = (at[:, 0] - self.west) / self.scale * 1000.0, (self.north - at[:, 1]) / self.scale * 1000.0
        inside = (x >= 0) & (x <= self.width_mm) & (y >= 0) & (y <= self.height_mm)
        kept = np.flatnonzero(inside)
        moved = apart(np.column_stack([x[kept], y[kept]]), (self.width_mm, self.height_mm))
        return [
            {"x": round(float(e), 2), "y": round(float(s), 2), "at_x": round(float(x[i]), 2), "at_y": round(float(y[i]), 2), "text": str(i + 1)}
            for i, (e, s) in zip(kept, moved, strict=True)
        ]

    def furniture(self) -> dict[str, Any]:
        """Size, scale bar and north arrow as template/maps.typ reads them; the arrow points to true north."""
        metres = _round_length(self.scale * 0.036)
        label = say("report.km", n=plain(metres / 1000.0)) if metres >= 1000 else say("report.m", n=plain(metres))
        turn = -grid_convergence_deg(self.epsg, self.bounds)
        return {
            "width_mm": self.width_mm, "height_mm": round(self.height_mm, 2), "scale": {"mm": round(metres / self.scale * 1000.0, 3), "label": label},
            "north": {"deg": round(turn, 2), "label": Phrase("N", "N")},
        }  # fmt: skip


def apart(places: NDArray[np.float64], room: tuple[float, float], gap_mm: float = 5.2) -> NDArray[np.float64]:
    """Places pushed off one another until no two are nearer than a gap, or no more can be done; those with room stay.

    Parameters
    ----------
    places
        Shape (n, 2) [mm].
    room
        Width and height they must stay in [mm].
    gap_mm
        Wanted between any two.

    >>> apart(np.array([[10.0, 10.0], [12.0, 10.0], [40.0, 40.0]]), (60.0, 60.0)).round(1).tolist()
    [[8.4, 10.0], [13.6, 10.0], [40.0, 40.0]]
    """
    out = np.array(places, dtype=float)
    for _ in range(200):
        way = out[:, None, :] - out[None, :, :]
        far = np.hypot(way[..., 0], way[..., 1])
        near = (far < gap_mm - 1e-6) & ~np.eye(len(out), dtype=bool)
        if not near.any():
            break
        # Two in the very same place part along a direction that their order gives.
        turn = np.arange(len(out))[:, None] - np.arange(len(out))[None, :]
        way = np.where((far < 1e-9)[..., None], np.stack([np.sign(turn), 0.3 * np.sign(turn)], axis=-1), way / np.maximum(far, 1e-9)[..., None])
        out += (np.where(near, (gap_mm - far) / 2.0, 0.0)[..., None] * way).sum(axis=1)
        out = out.clip(3.0, np.array(room) - 3.0)
    return out


def _round_length(most: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above `most`.

    >>> _round_length(1800.0), _round_length(290.0)
    (1000.0, 200.0)
    """
    power = 10.0 ** math.floor(math.log10(most))
    return max(n * power for n in (1.0, 2.0, 5.0) if n * power <= most * (1 + 1e-9))


def fitting(bounds: tuple[float, float, float, float], epsg: int, height_mm: float, width_mm: float = WIDTH_MM) -> Sheet:
    """The frame that holds bounds at the largest usual scale, not higher than needed.

    Parameters
    ----------
    bounds
        West, south, east, north [m].
    epsg
        The town's system.
    height_mm, width_mm
        Room on the page; the width is filled.
    """
    west, south, east, north = bounds
    wide, high = max(east - west, 1.0) * _MARGIN, max(north - south, 1.0) * _MARGIN
    need = max(wide / width_mm, high / height_mm) * 1000.0
    scale = next((float(s) for s in _SCALES if s >= need), need)
    tall = min(height_mm, max(high / scale * 1000.0, 0.45 * width_mm))
    return around(((west + east) / 2.0, (south + north) / 2.0), scale, epsg, tall, width_mm)


def around(centre: tuple[float, float], scale: float, epsg: int, height_mm: float, width_mm: float = WIDTH_MM) -> Sheet:
    """The frame around a place at a scale."""
    east, north = centre
    return Sheet(east - width_mm * scale / 2000.0, north + height_mm * scale / 2000.0, width_mm, height_mm, scale, epsg)
