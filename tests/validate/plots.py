"""Plots of the validation: errors by tilt, azimuth and shading. The same numbers give the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import itertools

from matplotlib import pyplot as plt

from tests.validate.irradiation import Compared
from tests.validate.planes import Matched

# Okabe & Ito, "Color Universal Design" (2008): told apart by people with any kind of colour vision; each also has its own mark.
INK, BLUE, VERMILION, GREEN, GREY = "#222222", "#0072B2", "#D55E00", "#009E73", "#767676"
STYLE = {
    "svg.hashsalt": "sole-e-suolo", "svg.fonttype": "path", "font.family": "DejaVu Sans", "font.size": 9.0, "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": INK, "axes.labelcolor": INK, "text.color": INK, "axes.grid": True, "grid.color": "#dddddd", "grid.linewidth": 0.6, "axes.axisbelow": True, "figure.facecolor": "white",
}  # fmt: skip


def save(figure: Any, path: Path) -> None:
    """Without date and program version, so that a rerun changes nothing."""
    figure.savefig(path, metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    plt.close(figure)


def planes(sets: dict[str, Matched], path: Path) -> None:
    """Errors of tilt and azimuth by the true tilt and by size."""
    with mpl.rc_context(STYLE):
        figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.3), layout="constrained")
        looks = ((BLUE, "o", "-"), (VERMILION, "s", "--"), (GREEN, "^", "-."), (INK, "D", ":"))
        for (name, m), (colour, mark, line) in zip(sets.items(), looks, strict=False):
            drawn = {"color": colour, "marker": mark, "linestyle": line, "markersize": 5, "label": name}
            tilts, sizes = np.array([0, 5, 15, 30, 45, 60.001]), np.array([8, 20, 50, 100, 1e9])
            axes[0].plot(*_p90(m.tilt, m.tilt_off, tilts), **drawn)
            axes[1].plot(*_p90(m.tilt, m.azimuth_off, tilts), **drawn)
            x, y = _p90(m.area, m.tilt_off, sizes)
            axes[2].plot(np.arange(len(x)), y, **drawn)
        for axis, what in zip(axes, ("tilt error, p90 (°)", "azimuth error, p90 (°)", "tilt error, p90 (°)"), strict=True):
            axis.axhline(2.0, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
            axis.text(0.99, 2.04, "asked: 2°", transform=axis.get_yaxis_transform(), ha="right", va="bottom", color=GREY, fontsize=8)
            axis.set(ylabel=what, ylim=(0, max(2.6, 1.1 * max(float(np.max(x.get_ydata(), initial=0.0)) for x in axis.lines))))
        for axis in axes[:2]:
            axis.set(xlabel="true tilt (°)", xlim=(0, 60))
        axes[2].set(xlabel="area of the plane in the slope (m²)", xticks=range(4), xticklabels=["8-20", "20-50", "50-100", "over 100"])
        figure.legend(*axes[0].get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=4)
        save(figure, path)


def _p90(by: Any, off: Any, edges: Any) -> tuple[Any, Any]:
    """Middle and ninth decile of each band with at least five planes."""
    x, y = [], []
    for low, high in itertools.pairwise(edges):
        some = off[(by >= low) & (by < high) & np.isfinite(off)]
        if len(some) >= 5:
            x.append((low + min(high, 60)) / 2)
            y.append(np.percentile(some, 90))
    return np.array(x), np.array(y)


def irradiation(found: Compared, path: Path) -> None:
    """Error of each plane by tilt, azimuth and what shading takes."""
    with mpl.rc_context(STYLE):
        figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.3), layout="constrained", sharey=True)
        flat = found.tilt < 5.0
        error = 100.0 * found.error
        for axis, x in zip(axes, (found.tilt, found.azimuth, 100.0 * found.loss), strict=True):
            axis.axhspan(-0.5, 0.5, color="#e8eef4", zorder=0)
            axis.axhline(0.0, color=INK, linewidth=0.8)
            axis.scatter(x[~flat], error[~flat], s=22, color=VERMILION, marker="^", label="pitched", linewidths=0)
            if axis is not axes[1]:  # a level roof faces nowhere
                axis.scatter(x[flat], error[flat], s=20, facecolors="none", edgecolors=BLUE, marker="o", label="flat")
        axes[0].set(xlabel="tilt (°)", ylabel="ours over the reference,\nyear with shading (%)", xlim=(-1, max(30.0, found.tilt.max() + 2)), ylim=(-1.05, 1.05) if np.abs(error).max() < 1 else None)
        axes[1].set(xlabel="azimuth (°)", xlim=(0, 360), xticks=range(0, 361, 90), xticklabels=["N", "E", "S", "W", "N"])
        axes[2].set(xlabel="light lost to shading (%)", xlim=(-1, max(50.0, 100 * found.loss.max() + 3)))
        axes[0].text(axes[0].get_xlim()[1], 0.52, "±0.5 %: mean asked", ha="right", color=GREY, fontsize=8, va="bottom")
        figure.legend(*axes[2].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        save(figure, path)
