# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # What if a car park is de-paved?
#
# Take one paved lot, open part of it to grass, and count: rain that stays, sealed share, biotope factor, money. The formulas are those of the
# pipeline; you change the numbers.

# %%
import sys

sys.path[:0] = ["..", ".", "notebooks"]  # opened from the checkout or from notebooks/

from look import CLAY, RULE, SEA, SOFT, as_map, np, numbers_on, plt, relief, square

from pipeline import open_town
from pipeline.core.land.biotope import biotope_factor
from pipeline.core.land.runoff import runoff_m3
from pipeline.io.dated import rule

town = open_town("carmiano")
atlas, config = town.read("atlas"), town.config
parcels = atlas["parcels"]
lots = parcels[parcels["open_m2"].notna()]
lot = lots.sort_values(["public", "open_m2"], ascending=False).iloc[0]
print(f"parcel {lot['parcel_id']}, {'a public ' + lot['place'] if lot['public'] else 'not public'}: {lot['covered_m2']:,.0f} m2, {lot['open_m2']:,.0f} m2 of its paving could be opened")

# %%
shape = lots.loc[[lot.name]]
around = square(shape.total_bounds, 25)
fig, ax = plt.subplots(figsize=(7, 6))
relief(ax, town.read("surface"), around, 0.8)
atlas["buildings"].cx[around[0] : around[2], around[1] : around[3]].plot(ax=ax, color="#d9cfba", edgecolor="white")
shape.plot(ax=ax, facecolor=CLAY, alpha=0.35, edgecolor=CLAY, linewidth=2)
as_map(ax, around, 20)
ax.set_title("The lot")
plt.show()

# %% [markdown]
# ## Its surfaces, before and after
#
# A lot is a list of areas by cover. Opening moves square metres from *sealed* to *low vegetation*; nothing else changes.

# %%
COVERS = ("building", "sealed", "bare", "low_vegetation", "tree", "water")
before = np.array([lot["building_m2"], lot["sealed_m2"] - lot["building_m2"], lot["bare_m2"], lot["green_m2"] - lot["tree_m2"], lot["tree_m2"], lot["water_m2"]]).clip(min=0)


def opened(square_metres):
    """The lot with so much paving turned into grass."""
    after = before.copy()
    after[1] -= square_metres
    after[3] += square_metres
    return after


after = opened(lot["open_m2"])
fig, ax = plt.subplots(figsize=(9, 3))
for row, areas in enumerate((before, after)):
    left = 0.0
    for area, colour in zip(areas, ["#5c3226", "#bd7450", "#d9cfba", "#bcd38a", "#37803f", "#9cc3d5"], strict=True):
        ax.barh(row, area, left=left, color=colour, edgecolor="white")
        left += area
ax.set(yticks=[0, 1], yticklabels=["now", "opened"], xlabel="m2", title="Building, paving, bare soil, grass, trees")
ax.invert_yaxis()
plt.show()

# %% [markdown]
# ## Rain
#
# The curve number method: a soil can hold back $S = 25400/CN - 254$ mm, and of a storm of $P$ mm runs off
# $Q = (P-0.2S)^2/(P+0.8S)$, nothing below $0.2S$ (USDA-NRCS, NEH 630, chapter 10). **Each surface by its own number, then the sum**: the curve
# is bent, so averaging the numbers first hides a third of the water.

# %%
group, on = config.plots.soil_group.lower(), config.plots.as_of
numbers = np.array([rule("runoff", f"curve_number_{c}_{group}", on).value for c in COVERS])
storm = config.plots.storm_mm
now, then = float(runoff_m3(before, storm, numbers)), float(runoff_m3(after, storm, numbers))
print(f"A storm of {storm:g} mm: {now:.1f} m3 run off now, {then:.1f} m3 when opened, {now - then:.1f} m3 stay")
print(f"The table says {lot['runoff_saved_m3']:.1f} m3")
assert abs(now - then - lot["runoff_saved_m3"]) < 1e-6 * max(now, 1)

depths = np.linspace(0, 120, 121)
curves = [[float(runoff_m3(areas, p, numbers)) for p in depths] for areas in (before, after)]
fig, ax = plt.subplots(figsize=(9, 4.2))
ax.plot(depths, curves[0], color=CLAY, linewidth=2.5, label="now")
ax.plot(depths, curves[1], color=SEA, linewidth=2.5, label="opened")
ax.fill_between(depths, curves[0], curves[1], color=SEA, alpha=0.12)
ax.axvline(storm, color=SOFT, linestyle=":")
ax.annotate(f"{now - then:.1f} m3", (storm, (now + then) / 2), (storm + 4, (now + then) / 2), color=SEA)
ax.set(xlabel="storm [mm]", ylabel="water that runs off [m3]", xlim=(0, 120), ylim=(0, None), title="What the lot sends into the drain")
ax.legend()
plt.show()

# %% [markdown]
# ## Sealed share and biotope factor
#
# The **biotope factor** weighs each surface by what it does for nature, over the lot: $\mathrm{BAF}=\sum A_i f_i / A$ (Berlin; 0 for asphalt, 1 for
# vegetation on the ground).

# %%
factors = [rule("biotope_factors", f"new_{c}", on).value for c in COVERS]
whole = before.sum()
measures = {
    "sealed share": [areas[:2].sum() / whole for areas in (before, after)],
    "biotope factor": [float(biotope_factor(areas, factors, whole)) for areas in (before, after)],
    "runs off, of the storm": [v / (storm / 1000 * whole) for v in (now, then)],
}
fig, axes = plt.subplots(1, 3, figsize=(10, 3.4))
for ax, (name, values) in zip(axes, measures.items(), strict=True):
    numbers_on(ax, ax.bar(["now", "opened"], values, color=[CLAY, SEA], width=0.6), "{:.2f}")
    ax.set(ylim=(0, 1.08), title=name)
plt.show()

# %% [markdown]
# ## Money
#
# A range, not a price list: so much for each square metre and once for the site, low to high, from a dated table whose status says
# whether anybody has looked it up.

# %%
each, site = (rule("depaving", name, config.desealing.as_of) for name in ("open", "site"))
low, middle, high = (getattr(site, k) + getattr(each, k) * lot["open_m2"] for k in ("low", "value", "high"))
print(f"{middle:,.0f} EUR ({low:,.0f} to {high:,.0f}); {middle / (now - then):,.0f} EUR for each m3 kept in that storm; the figures are of status {each.status!r}")

# %% [markdown]
# ## One lot among all
#
# The site has to be set up once, however little is opened. So a small opening pays much for each cubic metre kept, and a list sorted by
# area alone is not a bad one.

# %%
dear = lots["opening_eur"] / lots["runoff_saved_m3"]
fig, ax = plt.subplots(figsize=(9, 4.4))
ax.plot(lots["open_m2"], dear, ".", color=RULE, markersize=5, label="all lots")
ax.plot(lots.loc[lots["public"], "open_m2"], dear[lots["public"]], "o", color=SEA, markersize=7, label="public ones")
ax.plot(lot["open_m2"], middle / (now - then), "o", color=CLAY, markersize=10, label="ours")
ax.set(xscale="log", xlabel="paving that could be opened [m2]", ylabel=f"EUR for each m3 kept in {storm:g} mm", title="Small openings are dear for what they keep")
ax.legend()
plt.show()

# %% [markdown]
# ## Try yourself
#
# * Plant trees instead of grass: move the metres to index 4. What changes, and what does the curve number not see (shade, cooling, years)?
# * Set the storm to 30 mm. Does opening matter more or less, in per cent of the water?
# * Take the five largest public lots. Which keeps most water for each euro?
