# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # One roof, from the elevation model to kilowatt-hours
#
# Six steps, the same that the pipeline takes for every roof: cells, planes, horizon, light, modules, energy. Each calls the function that the
# stage calls, so that at the end the number must be the one in the table.

# %%
import sys

sys.path[:0] = ["..", ".", "notebooks"]  # opened from the checkout or from notebooks/

import pandas as pd
from look import CLAY, INK, PITCHED, SEA, SOFT, SUN, as_map, np, numbers_on, plt, relief, shades, square

from pipeline import open_town
from pipeline.core.solar.horizon import plane_horizons
from pipeline.core.solar.irradiance import Planes, plane_hours
from pipeline.core.solar.layout import Module, lay_parallel
from pipeline.core.solar.march import margin_cells
from pipeline.core.solar.planes import PlaneRules
from pipeline.core.solar.power import Mounting, hourly_ac
from pipeline.core.solar.rooftops import BuildingCells, rooftops
from pipeline.core.solar.usable import Clearances, usable_areas
from pipeline.io import rasters
from pipeline.joins.production import power_model, year_hours

town = open_town("carmiano")
buildings, surface, weather, config = town.read("buildings"), town.read("surface"), town.read("weather"), town.config

# %% [markdown]
# We take a house with a pitched roof and something on it: a chimney, a tank. Of those, the one in the middle by yield.

# %%
laid, obstacles = town.read("arrays"), town.read("obstacles")
pitched = laid.groupby("building_id").filter(lambda g: (g["mounting"].eq("coplanar") | g["modules"].eq(0)).all() and 2 <= g["modules"].gt(0).sum() <= 4)
chosen = pitched[pitched["building_id"].isin(obstacles["building_id"])].groupby("building_id")["kwp"].sum().sort_values()
building = chosen.index[len(chosen) // 2]
k = int(np.flatnonzero(buildings["building_id"] == building)[0])
house = buildings.geometry.iloc[k]
print(f"building {building}: {house.area:.0f} m2 of footprint; {len(chosen)} houses of this kind")

# %% [markdown]
# ## 1. Cells
#
# The surface model is a picture of heights: each cell holds the highest thing in it. Those whose centre lies in the footprint are the roof.

# %%
grid = surface.grid
block = grid.window(house.bounds)
corner = grid.crop(block)
near = buildings.cx[corner.bounds[0] : corner.bounds[2], corner.bounds[1] : corner.bounds[3]]
inside = rasters.burn(near.geometry.to_numpy(), np.arange(len(near)) + 1, corner, dtype="int32") == int(np.flatnonzero(near.index == k)[0]) + 1
heights = rasters.read(surface, "surface", block)

around = square(house.bounds, 8)
fig, axes = plt.subplots(1, 2, figsize=(10, 4.8))
relief(axes[0], surface, around, 1.0)
axes[0].plot(*house.exterior.xy, color=CLAY, linewidth=2)
as_map(axes[0], around, 10)
axes[0].set_title("The surface around it")
shown = axes[1].imshow(np.where(inside, heights, np.nan), cmap=shades("sun"), extent=(corner.bounds[0], corner.bounds[2], corner.bounds[1], corner.bounds[3]))
axes[1].plot(*house.exterior.xy, color=INK, linewidth=1)
axes[1].set_axis_off()
axes[1].set_title(f"Its {inside.sum()} cells of {grid.cell_m:g} m")
fig.colorbar(shown, ax=axes[1], label="elevation [m]", shrink=0.7)
plt.show()

# %% [markdown]
# ## 2. Planes
#
# Cells that lie within 15 cm of one inclined plane $z = a\,e + b\,n + c$ belong together. Its tilt is $\arctan\sqrt{a^2+b^2}$, and it faces where it
# falls: the azimuth of $(-a, -b)$, clockwise from north. Method and accuracy: `docs/methods/solar.md`.

# %%
rules = PlaneRules(inlier_m=config.roofs.inlier_m, max_planes=config.roofs.max_planes, vault_facets=config.roofs.vault_arrays)
found = rooftops([[BuildingCells(k, house, heights, inside, corner.west, corner.north)]], grid.cell_m, rules)
order = np.argsort(found.number)
planes = pd.DataFrame({"tilt [deg]": found.surface_tilt, "azimuth [deg]": found.surface_azimuth, "area [m2]": found.area_m2, "residual [m]": found.residual_m}, index=found.number)
print(planes.loc[sorted(planes.index)].round(2).to_string())

fig, ax = plt.subplots(figsize=(7, 5.6))
relief(ax, surface, around, 0.5)
for n, shape in zip(found.number, found.outline, strict=True):
    for part in getattr(shape, "geoms", [shape]):
        ax.fill(*part.exterior.xy, color=PITCHED[(n - 1) % len(PITCHED)], alpha=0.65)
    at, turn = shape.representative_point(), np.radians(found.surface_azimuth[found.number == n][0])
    ax.annotate("", (at.x + 3 * np.sin(turn), at.y + 3 * np.cos(turn)), (at.x, at.y), arrowprops={"arrowstyle": "->", "color": "white", "linewidth": 2})
    ax.text(at.x, at.y, str(n), color="white", weight="bold", ha="center", va="center", fontsize=12)
as_map(ax, around, 10)
ax.set_title("Planes, and where each one falls")
plt.show()

# %% [markdown]
# ## 3. Horizon and sky
#
# From each cell we look in 72 directions and keep the highest angle: houses, trees, terrain. Where the sun is lower than that line, the cell is
# in the shade. The **sky view factor** is the share of an evenly bright sky that a plane receives, 1 for a level roof in the open,
# $(1+\cos\beta)/2$ for one tilted by $\beta$ with a free horizon.

# %%
reach = margin_cells(config.horizon.reach_m, grid.cell_m)
wide = grid.crop(type(block)(block.row - reach, block.col - reach, block.rows + 2 * reach, block.cols + 2 * reach))
cells = rasters.BandInput(surface.path, "surface").read(wide)
owner = rasters.burn(found.outline, np.arange(len(found.outline)), wide, fill=-1, dtype="int32")
seen = plane_horizons(cells, owner, grid.cell_m, found.surface_tilt, found.surface_azimuth, reach_m=config.horizon.reach_m, lift_m=config.horizon.lift_m)
best = int(np.argmax(seen.sky_view * found.area_m2))

fig, ax = plt.subplots(figsize=(10, 4.2))
sectors = np.arange(72) * 5
ax.fill_between(sectors, 0, seen.horizon_deg[best], color=SOFT, alpha=0.35, label=f"horizon of plane {found.number[best]} (mean of its cells)")
for month, name in ((6, "June"), (3, "March"), (12, "December")):
    day = weather[weather["month"] == month].iloc[20 * 24 : 21 * 24]
    up = day[day["solar_zenith"] < 90].sort_values("solar_azimuth")
    ax.plot(up["solar_azimuth"], 90 - up["solar_zenith"], marker="o", markersize=3, label=f"sun on 21 {name}")
ax.set(xlabel="azimuth [deg]: north 0, east 90, south 180", ylabel="elevation [deg]", xlim=(0, 360), ylim=(0, 95), xticks=range(0, 361, 45), title="What the plane sees, and where the sun goes")
ax.legend(ncols=2, loc="upper left", fontsize=9)
plt.show()
print("sky view:", ", ".join(f"plane {n}: {v:.2f}" for n, v in sorted(zip(found.number, seen.sky_view, strict=True))))

# %% [markdown]
# ## 4. Light
#
# On the plane falls $E = \mathrm{DNI}\,s\,\cos\theta + E_{sky} + E_{ground}$: direct light where the cells see the sun (share $s$), at its angle of
# incidence $\theta$; the sky it sees, after Perez (1990) in Driesse's continuous form; and what the ground reflects.

# %%
hours = year_hours(weather, town.read("roofs"))
view = Planes(found.surface_tilt, found.surface_azimuth, seen.sky_view, seen.lit_share)
light = [np.concatenate(p) for p in zip(*(part for _, part in plane_hours(view, hours, config.irradiation.albedo)), strict=True)]
incidence, unshaded, direct, sky, ground = light
july = np.flatnonzero(hours.month == 6)
day = max(range(31), key=lambda d: direct[best][july][(hours.hour[july] - hours.hour[july[0]]) // 24 == d].sum())
at = july[(hours.hour[july] - hours.hour[july[0]]) // 24 == day]

fig, axes = plt.subplots(1, 2, figsize=(11, 4.2), width_ratios=(1.1, 1))
axes[0].stackplot(hours.hour[at] % 24, direct[best][at], sky[best][at], ground[best][at], colors=[SUN, "#7fa7bd", "#9aa87a"], labels=["direct", "sky", "ground"])
axes[0].plot(hours.hour[at] % 24, unshaded[best][at], color=CLAY, linestyle="--", label="with a free horizon")
axes[0].set(xlabel="hour (UTC)", ylabel="W/m2", title=f"Plane {found.number[best]} on a clear day in July")
axes[0].legend(fontsize=9)
total = direct + sky + ground
months = [[series[i][hours.month == m].sum() / 1000 for m in range(12)] for series in (unshaded, total) for i in [best]]
axes[1].bar(np.arange(12), months[0], color="#e6dfd0", label="free horizon")
axes[1].bar(np.arange(12), months[1], color=SUN, width=0.6, label="with shade")
axes[1].set(xticks=range(12), xticklabels="JFMAMJJASOND", ylabel="kWh/m2", title="Month by month")
axes[1].legend(fontsize=9)
plt.show()
table = town.read("irradiation").set_index("roof_id")["poa_kwh_m2"]
for i, n in enumerate(found.number):
    print(f"plane {n}: {total[i].sum() / 1000:7.1f} kWh/m2 a year; the stage says {table[f'{building}-{n}']:7.1f}")
    assert abs(total[i].sum() / 1000 / table[f"{building}-{n}"] - 1) < 1e-3

# %% [markdown]
# ## 5. Modules
#
# What is left of a plane after a border along its edges and room around obstacles is usable. Whole modules are laid on it, upright or across,
# whichever gives more.

# %%
own = obstacles[obstacles["building_id"] == building]
names = [f"{building}-{n}" for n in found.number]
on = np.array([names.index(r) for r in own["roof_id"] if r in names], dtype=np.int64)
own = own[own["roof_id"].isin(names)]
c = config.arrays
usable = usable_areas(found.outline, own.geometry.to_numpy(), on, own["kind"].eq("rim").to_numpy(), Clearances(c.setback_m, c.obstacle_margin_m, c.smooth_m))
layout = lay_parallel(usable, found.surface_tilt, found.surface_azimuth, Module(c.module_width_m, c.module_length_m, c.gap_m))
stage = laid[laid["building_id"] == building].set_index("roof_id")
keep = np.array([stage.loc[n, "modules"] > 0 if n in stage.index else False for n in names])  # planes too shaded or too small stay empty

fig, ax = plt.subplots(figsize=(7, 5.6))
relief(ax, surface, around, 0.5)
for i in range(len(names)):
    for part in getattr(found.outline[i], "geoms", [found.outline[i]]):
        ax.fill(*part.exterior.xy, facecolor="#efe3cf", edgecolor=SOFT, linewidth=1)
    if keep[i]:
        for module in layout.rectangles[i].geoms:
            ax.fill(*module.exterior.xy, facecolor=SEA, edgecolor="white", linewidth=0.8)
own.plot(ax=ax, color=CLAY)
as_map(ax, around, 10)
ax.set_title(f"{layout.modules[keep].sum()} modules of {c.module_wp:g} W; obstacles in red")
plt.show()

# %% [markdown]
# ## 6. Energy
#
# A warm module gives less: the cell temperature follows Faiman (2008), power from light and temperature Huld (2011), then losses one by one
# and an inverter that is cut at its rating. Hour by hour, 8,760 times.

# %%
arrays = Planes(*(a[keep] for a in view))
kwp = layout.modules[keep] * c.module_wp / 1000
mounting = Mounting(np.full(len(kwp), config.solar.faiman_u0_coplanar), np.full(len(kwp), config.solar.faiman_u1_coplanar))
ac = np.concatenate([part for _, part in hourly_ac(arrays, mounting, hours, power_model(config.solar))]) * kwp[:, None]
year = ac.sum(axis=0)

fig, ax = plt.subplots(figsize=(10, 4))
shown = ax.imshow(year.reshape(365, 24).T, aspect="auto", origin="lower", cmap=shades("sun"), extent=(0, 365, 0, 24))
ax.set(xlabel="day of the year", ylabel="hour (UTC)", title=f"{year.sum():,.0f} kWh in a median year, hour by hour")
fig.colorbar(shown, ax=ax, label="kWh in the hour")
plt.show()

solar = town.read("solar")
says = solar[solar["building_id"] == building]
print(f"here {ac.sum():,.1f} kWh, in the table {says['kwh_year'].sum():,.1f} kWh")
assert abs(ac.sum() / says["kwh_year"].sum() - 1) < 1e-3

# %% [markdown]
# ## How sure?
#
# Five causes, each a relative standard uncertainty: the year's weather, the surface, the footprint, the plane, the model. They add as squares,
# $\sigma^2=\sum\sigma_i^2$, and nine years of ten reach $E\,(1-1.28\,\sigma)$.

# %%
terms = says[[n for n in says if n.startswith("sigma_")]].iloc[0] * 100
fig, ax = plt.subplots(figsize=(8, 2.8))
bars = ax.barh([n.removeprefix("sigma_") for n in terms.index], terms, color=SEA)
numbers_on(ax, bars, "{:.1f} %")
ax.invert_yaxis()
ax.set(xlabel="relative standard uncertainty [%]", title=f"Its first array: {says['kwh_year'].iloc[0]:,.0f} kWh, in nine years of ten at least {says['kwh_year_p90'].iloc[0]:,.0f} kWh")
plt.show()

# %% [markdown]
# ## Try yourself
#
# * Take the house with the most `shading_loss` in the atlas. Which hours does it lose?
# * Set `c.setback_m` to 0 and to 1 in step 5 (give `Clearances` your own numbers). What does the border cost?
# * Turn the roof: replace `found.surface_azimuth` by 90, 180, 270 in step 4. How much does the south really give more?
