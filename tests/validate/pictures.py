"""A picture of ten roofs: hillshade, planes, obstacles, modules, and what they would give.

`python tests/validate/pictures.py` draws docs/img/ten-roofs.png from the default town (`make` first) and from the block in Delft, which
is made on the way where the real data is there. Roofs are chosen by rule: for each kind of roof the one of middle size.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import geopandas as gpd  # noqa: E402 - the checkout is not installed, its root goes first
import matplotlib as mpl  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import shapely  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

mpl.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.collections import LineCollection, PathCollection  # noqa: E402
from matplotlib.lines import Line2D  # noqa: E402
from matplotlib.patches import Patch  # noqa: E402
from matplotlib.path import Path as Paths  # noqa: E402
from PIL import Image  # noqa: E402

from pipeline import open_town  # noqa: E402
from pipeline.io import rasters  # noqa: E402
from tests.validate.places import SHARED, Made, build  # noqa: E402

STAGES = ("roofs", "obstacles", "arrays", "solar")
# Okabe & Ito, "Color Universal Design" (2008).
INK, BLUE, ORANGE, SKY, YELLOW = "#222222", "#0072B2", "#D55E00", "#56B4E9", "#F0E442"
AROUND_M, LEAST_SIDE_M = 4.0, 18.0
REASONS = {
    "too_small": "too small", "too_steep": "too steep", "shaded": "too shaded", "no_room": "no room", "rough": "too rough", "vault": "vault", "implausible": "implausible",
    "no_surface": "no surface", "surface_older": "surface older",
}  # fmt: skip


@dataclass
class Tables:
    """What is drawn of one town."""

    name: str
    town: Made
    buildings: gpd.GeoDataFrame
    roofs: gpd.GeoDataFrame
    obstacles: gpd.GeoDataFrame
    arrays: gpd.GeoDataFrame
    solar: pd.DataFrame


def read(name: str, town: Made) -> Tables:
    """All tables of a town."""
    return Tables(name, town, town.read("buildings"), *(town.read(s) for s in STAGES))


def features(t: Tables) -> pd.DataFrame:
    """What a rule can ask of each building that carries modules."""
    planes = t.roofs[(t.roofs["kind"] != "none") & (t.roofs["area_m2"] >= 10.0)]
    by = planes.groupby("building_id")
    laid = t.arrays[t.arrays["modules"] > 0]
    out = pd.DataFrame({"planes": by.size(), "pitched": by["kind"].agg(lambda k: (k == "pitched").sum()), "area": by["plan_area_m2"].sum(), "tilt": by["surface_tilt"].max()})
    out["objects"] = t.obstacles[t.obstacles["kind"] == "object"].groupby("building_id").size()
    out["used"] = laid.groupby("building_id")["roof_id"].nunique()
    out["modules"] = laid.groupby("building_id")["modules"].sum()
    for mounting in ("rack", "east_west", "coplanar"):
        out[mounting] = laid[laid["mounting"] == mounting].groupby("building_id").size()
    out["shaded"] = t.arrays[t.arrays["reason"] == "shaded"].groupby("building_id").size()
    out = out.fillna(0.0)
    return out[out["modules"] >= 4].sort_index()


Rule = tuple[str, Callable[[pd.DataFrame], "pd.Series[bool]"]]
GENERATED_RULES: tuple[Rule, ...] = (
    ("flat, with stair-head and tank", lambda f: (f.pitched == 0) & (f.objects >= 2) & (f.rack > 0) & (f.modules >= 12)),
    ("flat, east and west", lambda f: (f.pitched == 0) & (f.east_west > 0) & (f.modules >= 16) & (f.objects >= 1)),
    ("gable with a chimney", lambda f: (f.pitched == 2) & (f.planes == 2) & (f.objects >= 1) & (f.used == 2) & (f.tilt > 14)),
    ("hipped", lambda f: (f.pitched == 4) & (f.planes == 4) & (f.used >= 3) & (f.area > 90)),
    ("hall in bays", lambda f: (f.pitched >= 4) & (f.tilt < 10) & (f.area > 500)),
    ("part in the shade", lambda f: (f.shaded > 0) & (f.used >= 1) & (f.modules >= 8) & (f.planes <= 4)),
)
DELFT_RULES: tuple[Rule, ...] = (
    ("steep, with a flat extension", lambda f: (f.objects >= 3) & (f.pitched >= 1)), ("steep, two planes used", lambda f: (f.pitched >= 2) & (f.used >= 2) & (f.modules >= 8)),
    ("steep terraced house", lambda f: (f.pitched >= 1) & (f.modules >= 5)), ("flat", lambda f: (f.pitched == 0) & (f.rack + f.east_west > 0)),
)  # fmt: skip


def choose(t: Tables, rules: tuple[Rule, ...]) -> list[tuple[Tables, str, str]]:
    """For each rule the building of middle area that no earlier rule took."""
    found, taken = features(t), set[str]()
    picked = []
    for label, rule in rules:
        fit = found[rule(found) & ~found.index.isin(taken)].sort_values(["area"], kind="stable")
        if len(fit):
            taken.add(str(fit.index[len(fit) // 2]))
            picked.append((t, str(fit.index[len(fit) // 2]), label))
    return picked


def hillshade(z: NDArray[Any], cell_m: float) -> NDArray[np.float64]:
    """Light from the north-west at 45 degrees on the surface (Horn 1981, doi:10.1109/PROC.1981.11918), heights twice."""
    north, east = np.gradient(2.0 * np.nan_to_num(z, nan=float(np.nanmin(z))), cell_m)
    north = -north
    normal = np.stack([-east, -north, np.ones_like(east)], -1) / np.sqrt(east**2 + north**2 + 1.0)[..., None]
    return np.asarray(np.clip(normal @ np.array([-0.5, 0.5, 0.7071]), 0.0, 1.0))


def draw(axis: Any, t: Tables, building: str, label: str, letter: str) -> None:
    """One roof."""
    roofs, arrays, obstacles = (x[x["building_id"] == building] for x in (t.roofs, t.arrays, t.obstacles))
    outline = t.buildings.loc[t.buildings["building_id"] == building].geometry.iloc[0]
    west, south, east, north = outline.bounds
    side = max(east - west, north - south, LEAST_SIDE_M - 2 * AROUND_M) + 2 * AROUND_M
    x, y = (west + east) / 2, (south + north) / 2
    box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
    _ground(axis, t, box)
    near = t.buildings.cx[box[0] : box[2], box[1] : box[3]]
    axis.add_collection(LineCollection(_rings(near.geometry), colors="white", linewidths=0.6, alpha=0.8))
    told: set[str] = set()
    for _, plane in roofs[roofs["kind"] != "none"].sort_values("area_m2", ascending=False).iterrows():
        _plane(axis, plane, arrays, side, told)
    for kind, face in (("rim", "none"), ("pit", INK), ("object", ORANGE)):
        some = obstacles[obstacles["kind"] == kind]
        style: dict[str, Any] = {"facecolors": face, "edgecolors": ORANGE, "linewidths": 0.7} if kind == "rim" else {"facecolors": face, "edgecolors": "white", "linewidths": 0.5}
        axis.add_collection(_filled(some.geometry, zorder=4, hatch="////" if kind == "rim" else None, alpha=0.75 if kind == "rim" else 1.0, **style))
    laid = arrays[arrays["modules"] > 0]
    axis.add_collection(_filled(laid.geometry, facecolors=BLUE, edgecolors="white", linewidths=0.35, zorder=5))
    _bar(axis, box, side)
    axis.set_facecolor("#bbbbbb")
    axis.set(xlim=(box[0], box[2]), ylim=(box[1], box[3]), xticks=[], yticks=[], aspect="equal")
    for spine in axis.spines.values():
        spine.set_visible(False)
    kwh = t.solar[t.solar["building_id"] == building]["kwh_year"].sum()
    axis.set_title(f"{letter}  {label}, {t.name}", loc="left", fontsize=8.5, color=INK, pad=4)
    axis.text(0.0, -0.03, f"{laid['kwp'].sum():.1f} kWp   {round(kwh, -2):,.0f} kWh a year", transform=axis.transAxes, va="top", fontsize=9.5, fontweight="bold", color=INK)


def _ground(axis: Any, t: Tables, box: tuple[float, float, float, float]) -> None:
    """Hillshade of the surface, at its own cells."""
    raster = t.town.read("surface")
    window = raster.grid.window(box, 2)
    cut = raster.grid.crop(window)
    shade = hillshade(rasters.read(raster, "surface", window), cut.cell_m)
    west, south, east, north = cut.bounds
    axis.imshow(0.45 + 0.5 * shade, extent=(west, east, south, north), cmap="gray", vmin=0.0, vmax=1.0, interpolation="bilinear", zorder=0)


def _plane(axis: Any, plane: Any, arrays: gpd.GeoDataFrame, side: float, told: set[str]) -> None:
    """Outline, a wash where modules lie, an arrow the way it faces with its tilt, or the reason against it (each reason once)."""
    own = arrays[arrays["roof_id"] == plane["roof_id"]]
    used = bool((own["modules"] > 0).any())
    axis.add_collection(_filled([plane.geometry], facecolors=YELLOW if used else "#444444", alpha=0.28 if used else 0.35, edgecolors="none", zorder=2))
    axis.add_collection(LineCollection(_rings([plane.geometry]), colors=INK, linewidths=1.1, zorder=3))
    point = shapely.point_on_surface(plane.geometry)
    boxed = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
    if not used:
        said = [r for r in (*own["reason"], plane["reason"]) if isinstance(r, str) and r]
        if said and said[0] not in told and plane.geometry.area > 0.008 * side**2:
            told.add(said[0])
            axis.text(point.x, point.y, REASONS.get(said[0], said[0]), fontsize=6, ha="center", va="center", color=INK, zorder=8, bbox=boxed)
        return
    if plane["kind"] == "flat":
        axis.text(point.x, point.y, "flat", fontsize=6.5, ha="center", va="center", zorder=8, bbox=boxed)
        return
    angle, length = np.radians(plane["surface_azimuth"]), 0.075 * side
    tip = (point.x + length * np.sin(angle), point.y + length * np.cos(angle))
    back = (point.x - length * np.sin(angle), point.y - length * np.cos(angle))
    axis.annotate("", tip, back, arrowprops={"arrowstyle": "-|>,head_width=0.22,head_length=0.4", "color": "white", "linewidth": 3.2}, zorder=7)
    axis.annotate("", tip, back, arrowprops={"arrowstyle": "-|>,head_width=0.2,head_length=0.38", "color": INK, "linewidth": 1.3}, zorder=8)
    axis.text(*back, f"{plane['surface_tilt']:.0f}°", fontsize=6.5, ha="center", va="center", zorder=9, bbox=boxed)


def _bar(axis: Any, box: tuple[float, float, float, float], side: float) -> None:
    length = 5.0 if side < 40 else 10.0 if side < 80 else 20.0
    left, low = box[0] + 0.04 * side, box[1] + 0.045 * side
    for colour, width in (("white", 4.0), (INK, 1.8)):
        axis.plot([left, left + length], [low, low], color=colour, linewidth=width, solid_capstyle="butt", zorder=10)
    axis.text(left + length / 2, low + 0.015 * side, f"{length:g} m", ha="center", va="bottom", fontsize=6.5, zorder=10, bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.7})


def _parts(shapes: Any) -> Any:
    parts = shapely.get_parts(np.asarray(shapes, dtype=object))
    return parts[shapely.get_type_id(parts) == 3]


def _rings(shapes: Any) -> list[NDArray[np.float64]]:
    """Outer rings and holes of polygons as lines."""
    return [shapely.get_coordinates(r) for r in shapely.get_rings(_parts(shapes))]


def _filled(shapes: Any, **style: Any) -> PathCollection:
    """Polygons with their holes left open."""
    paths = [Paths.make_compound_path(*(Paths(shapely.get_coordinates(r), closed=True) for r in shapely.get_rings(p))) for p in shapely.orient_polygons(_parts(shapes))]
    return PathCollection(paths, **style)


def picture(chosen: list[tuple[Tables, str, str]], path: Path) -> None:
    """Ten panels and a legend."""
    with mpl.rc_context({"font.family": "DejaVu Sans", "text.color": INK}):
        figure, axes = plt.subplots(2, 5, figsize=(13.5, 6.6))
        figure.subplots_adjust(left=0.01, right=0.99, top=0.955, bottom=0.13, wspace=0.06, hspace=0.22)
        for i, axis in enumerate(axes.ravel()):
            if i < len(chosen):
                draw(axis, *chosen[i], letter="ABCDEFGHIJ"[i])
            else:
                axis.set_visible(False)
        legend = [
            Patch(facecolor=BLUE, edgecolor="white", label="modules"), Patch(facecolor=YELLOW, edgecolor=INK, alpha=0.6, label="plane with modules"), Patch(facecolor="#999999", edgecolor=INK, label="plane without, and why"),
            Patch(facecolor=ORANGE, edgecolor="white", label="obstacle"), Patch(facecolor="none", edgecolor=ORANGE, hatch="////", label="parapet"),
            Line2D([], [], color=INK, marker=">", markersize=5, linewidth=1.3, label="faces this way, with its tilt"),
        ]  # fmt: skip
        figure.legend(handles=legend, loc="lower center", ncols=6, frameon=False, fontsize=9, bbox_to_anchor=(0.5, 0.035))
        names = {t.name: t.town for t, _, _ in chosen}
        said = "North is up. Grey: the surface model lit from the north-west. Median year, AC at the meter, indicative."
        said += " Carmiano: generated demonstration data." if "Carmiano" in names else ""
        said += " Delft: AHN3 (CC0), footprints 3DBAG (CC BY 4.0)." if "Delft" in names else ""
        figure.text(0.5, 0.015, said, ha="center", fontsize=8, color="#555555")
        path.parent.mkdir(parents=True, exist_ok=True)
        page = io.BytesIO()
        figure.savefig(page, dpi=120, metadata={"Software": None})
        plt.close(figure)
        # 256 colours are enough for this picture and a third of the bytes.
        Image.open(page).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> int:
    """Draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="folder given to make as OUT")
    parser.add_argument("--town-dir", type=Path, default=ROOT / "data/raw/carmiano")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/img/ten-roofs.png")
    options = parser.parse_args()
    name = options.town_dir.name
    town = Made(open_town(name, options.root, options.town_dir), options.root / "data/processed" / name)
    with tempfile.TemporaryDirectory(prefix="solesuolo-roofs-") as folder:
        chosen = choose(read("Carmiano", town), GENERATED_RULES)
        if (SHARED / "delft").exists():
            chosen += choose(read("Delft", build("tests/towns/delft_lidar", Path(folder), STAGES)), DELFT_RULES)
        else:
            print("Delft is left out: the real data (../shared/data/delft) is not on this machine")
        picture(chosen, options.out)
    print(f"{options.out}: {len(chosen)} roofs, {options.out.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
