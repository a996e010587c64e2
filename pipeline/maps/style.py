"""Colours and classes: palettes ordered in lightness, class limits from the data and rounded."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

CLASSES = 5
# Five steps each (seven for the sun cell by cell), evenly ordered in lightness so that they read in grey and with any colour vision
# (tests/maps/test_style.py checks it). Dark to light for energy, light to dark for what covers the ground.
PALETTES: dict[str, tuple[str, ...]] = {
    "solar": ("#2c3e6b", "#4b6a8c", "#7c8f7a", "#c3a94b", "#f5d547"),
    "sealing": ("#f3d9bf", "#e0a77c", "#bd7450", "#82452f", "#43211a"),
    "sun": ("#2d1e4f", "#572869", "#8a3a6d", "#bb4f5d", "#df7440", "#f0a53c", "#f8dd72"),
    "rain": ("#dcebf0", "#a3cbdb", "#5f9fbd", "#2c6c8f", "#113a55"),
    "climate": ("#f3dfae", "#e2a95c", "#c4702f", "#8a3d22", "#45191a"),
    "enterprises": ("#2c3e6b", "#4b6a8c", "#7c8f7a", "#c3a94b", "#f5d547"),
    "green": ("#e9eeb5", "#b4d17e", "#74ad58", "#37803f", "#10502f"),
}
PAPER = "#efeae0"
NO_DATA = "#cfc8ba"
# Quiet tints of the land cover for the base map, by code of contracts.sources.COVER_CODES.
COVER_TINTS: dict[int, str] = {0: "#efeae0", 1: "#e3dccf", 2: "#f7f3ea", 3: "#ece3d0", 4: "#e6e9d3", 5: "#ccd8b6", 6: "#c9dbe3"}
# Full colours of the same codes where land cover is the subject; static/style.css repeats them (cover-...).
COVER_COLOURS: dict[int, str] = {0: "#ffffff", 1: "#5c3226", 2: "#bd7450", 3: "#d9cfba", 4: "#bcd38a", 5: "#37803f", 6: "#9cc3d5"}

_STEPS = np.array([1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])


def rounded(value: float) -> float:
    """The nearest number of the series 1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4 .. 9 times a power of ten.

    >>> rounded(3800.0), rounded(0.0), rounded(0.137)
    (4000.0, 0.0, 0.15)
    """
    if value <= 0.0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return float(f"{_STEPS[np.argmin(np.abs(np.log(_STEPS * power / value)))] * power:.6g}")


def breaks(values: NDArray[np.float64], kind: str) -> list[float]:
    """Inner class limits of a theme: from the quantiles of the positive values, rounded, strictly increasing.

    Parameters
    ----------
    values
        Shape (n,); NaN where not known.
    kind
        Kind of number (see `pipeline.maps.quantities.quantity`); shares get steps of five points, of one below 5 %; mm get equal steps.

    Returns
    -------
    list of at most four limits
        Fewer where the values do not differ enough; empty where there are none.
    """
    known = values[np.isfinite(values) & (values > 0.0)]
    if not known.size:
        return []
    raw = np.quantile(known, np.arange(1, CLASSES) / CLASSES)
    if kind == "mm":
        # Depths of one storm: equal steps, so that two towns read alike.
        limits = np.round(np.arange(1, CLASSES) / CLASSES * known.max() / 5.0) * 5.0
    elif kind == "share":
        # Halfway between equal counts and equal steps: equal counts alone would put a whole old town into one class.
        raw = (raw + np.arange(1, CLASSES) / CLASSES * np.quantile(known, 0.98)) / 2.0
        limits = np.where(raw < 0.05, np.round(raw / 0.01) * 0.01, np.round(raw / 0.05) * 0.05)
    else:
        limits = np.array([rounded(v) for v in raw])
    inside = sorted({round(float(v), 10) for v in limits if known.min() < v <= known.max()})
    return [v for v in inside if v > 0.0]


def colours(theme: str, classes: int) -> list[str]:
    """The colours of a theme's classes, spread over its palette so that the extremes are always used."""
    palette = PALETTES[theme]
    at = np.linspace(0, len(palette) - 1, classes).round().astype(int) if classes > 1 else [len(palette) // 2 + 1]
    return [palette[int(i)] for i in at]


def classify(values: NDArray[np.float64], limits: list[float]) -> NDArray[np.int64]:
    """Class of each value, 0 the lowest; -1 where not known. A value on a limit belongs to the class above."""
    out = np.searchsorted(np.asarray(limits, dtype=float), values, side="right").astype(np.int64)
    out[~np.isfinite(values)] = -1
    return out


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green, blue of a #rrggbb colour."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def lightness(colour: str) -> float:
    """CIE L* of a colour [0-100] (IEC 61966-2-1 and CIE 15)."""
    linear: list[Any] = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255.0 for v in rgb(colour))]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return float(116.0 * y ** (1.0 / 3.0) - 16.0 if y > 0.008856 else 903.3 * y)
