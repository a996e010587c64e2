"""How the pictures of the notebooks look: one style, a relief below maps, a scale bar; nothing here computes a figure of the town."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap

from pipeline.core.terrain import hillshade
from pipeline.io import rasters
from pipeline.maps.style import PALETTES

INK, SOFT, RULE, CLAY, SEA, SUN = "#1d2a31", "#55636b", "#cfc6b4", "#a0461f", "#0b4f6c", "#c3a94b"
PITCHED = ["#0b4f6c", "#c3a94b", "#a0461f", "#37803f", "#7c8f7a", "#8a3a6d"]

plt.rcParams.update({
    "figure.figsize": (9.0, 5.0), "figure.dpi": 110, "figure.constrained_layout.use": True, "font.size": 11, "axes.titlesize": 13, "axes.titlelocation": "left", "axes.titleweight": "bold",
    "axes.edgecolor": SOFT, "axes.labelcolor": INK, "text.color": INK, "xtick.color": SOFT, "ytick.color": SOFT, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": False, "grid.color": "#e6dfd0", "legend.frameon": False, "axes.prop_cycle": plt.cycler(color=[SEA, CLAY, SUN, "#37803f", SOFT]),
})  # fmt: skip


def shades(theme: str, steps: int | None = None) -> Any:
    """A palette of the site's maps as a colour map, in steps where a number of them is given."""
    smooth = LinearSegmentedColormap.from_list(theme, PALETTES[theme])
    return smooth if steps is None else ListedColormap([smooth(i / (steps - 1)) for i in range(steps)])


def relief(ax: Any, surface: Any, bounds: Any, strength: float = 0.6) -> None:
    """The surface model inside bounds as a quiet relief."""
    window = surface.grid.window(tuple(bounds))
    cells, grid = rasters.read(surface, "surface", window), surface.grid.crop(window)
    west, south, east, north = grid.bounds
    ax.imshow(hillshade(cells, grid.cell_m), cmap="gray", extent=(west, east, south, north), alpha=strength, vmin=0 if strength == 1.0 else 60, vmax=255, interpolation="bilinear")


def as_map(ax: Any, bounds: Any, metres: float) -> None:
    """No axes; a scale bar of some metres in the lower left corner, north up."""
    west, south, east, north = bounds
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.set_aspect("equal")
    ax.set_axis_off()
    x, y = west + 0.04 * (east - west), south + 0.05 * (north - south)
    ax.plot([x, x + metres], [y, y], color=INK, linewidth=4, solid_capstyle="butt")
    ax.text(x + metres / 2, y + 0.015 * (north - south), f"{metres:g} m", ha="center", va="bottom", fontsize=9, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 1.5})
    ax.annotate("N", (0.96, 0.97), (0.96, 0.88), xycoords="axes fraction", ha="center", arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 1.5}, fontsize=10)


def numbers_on(ax: Any, bars: Any, form: str = "{:,.0f}") -> None:
    """The value of each bar at its end."""
    ax.bar_label(bars, labels=[form.format(v) for v in bars.datavalues], padding=3, fontsize=9, color=SOFT)


def square(bounds: Any, room: float) -> tuple[float, float, float, float]:
    """Bounds grown to a square with some metres around."""
    west, south, east, north = bounds
    half = max(east - west, north - south) / 2 + room
    return (west + east) / 2 - half, (south + north) / 2 - half, (west + east) / 2 + half, (south + north) / 2 + half


__all__ = ["CLAY", "INK", "PITCHED", "RULE", "SEA", "SOFT", "SUN", "as_map", "np", "numbers_on", "plt", "relief", "shades", "square"]
