# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Bring your own town
#
# A town is a folder with a `town.yaml`. This notebook makes one from almost nothing, thirty footprints with heights, and shows what already
# runs, what does not, and which layer would wake it. Nothing here touches your data: it works in a temporary folder.

# %%
import sys

sys.path[:0] = ["..", ".", "notebooks"]  # opened from the checkout or from notebooks/

import tempfile
from pathlib import Path

from look import SEA, SOFT, as_map, plt, relief, shades, square

from pipeline import open_town
from pipeline.recipes import Place, make_plan
from pipeline.runner import run_stage

temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name)
town = open_town("carmiano")

# %% [markdown]
# ## 1. A layer
#
# We borrow thirty houses of the town at hand and write them as a GeoPackage, as an office would export them: an identifier and a height.

# %%
houses = town.read("buildings")
houses = houses[houses["height_m"].between(3, 15) & houses.area.gt(60)]
middle = houses.geometry.centroid.distance(houses.geometry.centroid.iloc[len(houses) // 2]).sort_values().index[:30]
mine = houses.loc[middle, ["building_id", "height_m", "geometry"]].reset_index(drop=True)
(folder / "data/raw/mytown").mkdir(parents=True)
mine.to_file(folder / "data/raw/mytown/houses.gpkg")
print(f"{len(mine)} houses in EPSG:{mine.crs.to_epsg()}, {mine['height_m'].min():.1f} to {mine['height_m'].max():.1f} m high")

# %% [markdown]
# ## 2. town.yaml
#
# It says only what differs from the defaults: the name, the metric reference system, and for each layer what the file is (`kind`), where it is,
# what its columns are called. `docs/conventions.md` lists the kinds; an editor that knows the schema completes the rest.

# %%
text = f"""\
name: My town
epsg: {mine.crs.to_epsg()}
sources:
  buildings:
    - {{kind: vector, path: houses.gpkg, fields: {{building_id: building_id}}, title: Houses, licence: CC BY 4.0, attribution: the municipality}}
  surface:
    - {{kind: heights, path: houses.gpkg, fields: {{height_m: height_m}}, title: Heights of houses, licence: CC BY 4.0, attribution: the municipality}}
"""
(folder / "data/raw/mytown/town.yaml").write_text(text)
print(text)

# %% [markdown]
# ## 3. What runs, and what waits for what
#
# Stages follow from the layers. A missing one takes away only what depends on it, and says so. In a terminal: `make check TOWN_DIR=path/to/mytown`.

# %%
place = Place(folder / "data/raw/mytown", folder / "data/processed/mytown", folder / "maps/mytown")
plan = make_plan(place)
print("runs: ", ", ".join(s.name for s in plan.active))
print("waits:")
for stage, reason in plan.inactive.items():
    if reason and stage not in ("synthetic", "farhorizon"):
        print(f"   {stage:<12} {reason}")

# %% [markdown]
# ## 4. Run it
#
# `make TOWN_DIR=...` runs all of it, in order, two at a time. Here we call three stages by hand to see what comes out.

# %%
for stage in ("surface", "buildings", "roofs"):
    done = run_stage(stage, place)
    print(f"{stage:<10} {done.size}")
    for warning in done.warnings:
        print("   note:", warning)

# %% [markdown]
# ## 5. Look at it
#
# Without a measured surface every roof is taken as flat at the height you gave. The table says so in each row (`basis`), and so will every
# page and file made of it.

# %%
own = open_town("mytown", folder)
roofs, surface = own.read("roofs"), own.read("surface")
around = square(mine.total_bounds, 20)
fig, ax = plt.subplots(figsize=(8, 6.4))
relief(ax, surface, around, 1.0)
roofs.plot(ax=ax, column="plane_z_m", cmap=shades("sun"), legend=True, legend_kwds={"label": "elevation of the roof [m]", "shrink": 0.6}, alpha=0.9)
as_map(ax, around, 20)
ax.set_title(f"{len(roofs)} roofs, {roofs['kind'].eq('flat').mean():.0%} flat, from a {roofs['basis'].iloc[0]}")
plt.show()

# %% [markdown]
# ## 6. What each further layer brings
#
# Add a line to `sources` and run again; only what depends on it is made anew.

# %%
brings = {
    "weather": "kWh of every roof (a PVGIS typical year is one download)", "landcover": "sealed soil, rain, de-sealing", "parcels": "figures by parcel",
    "boundary": "figures of the town", "residents": "figures by head", "streets": "names, ways on foot", "greenspaces": "who has green nearby",
}  # fmt: skip
woken = {}
for layer in brings:
    stages = [s.name for s in plan.stages.values() if any(i.name == layer for i in s.inputs)]
    woken[layer] = len(stages)
fig, ax = plt.subplots(figsize=(9, 3.6))
ax.barh(list(woken), list(woken.values()), color=SEA)
for i, layer in enumerate(woken):
    ax.text(woken[layer] + 0.15, i, brings[layer], va="center", fontsize=9, color=SOFT)
ax.invert_yaxis()
ax.set(xlabel="stages that read it", xlim=(0, max(woken.values()) + 9), title="What to look for first")
plt.show()

# %% [markdown]
# ## Try yourself
#
# * `make new-town ISTAT=075052` writes such a folder for any Italian municipality, with the addresses of its official layers.
# * Misspell a key in `town.yaml` and run `make check`: every problem comes in one list, with its place.
# * Add weather: `{kind: pvgis_tmy, path: tmy.csv}`, and call `run_stage` for horizon, irradiation, obstacles, arrays, solar.
