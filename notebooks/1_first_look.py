# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # A first look at a town
#
# In a quarter of an hour: what is there, what it says, how sure it is, and where a number comes from.
# Run `make` first; then this notebook reads what it left in `data/processed/`.

# %%
import sys

sys.path[:0] = ["..", ".", "notebooks"]  # opened from the checkout or from notebooks/

from look import CLAY, SEA, as_map, np, numbers_on, plt, relief, shades

from pipeline import open_town

town = open_town("carmiano")
print(len(town.stages), "results:", ", ".join(town.stages))

# %% [markdown]
# ## What is real here?
#
# Each result has a sidecar that says what it was made of. If a layer was generated for demonstration, every figure that rests on it
# describes no real place. Read this line before any other.

# %%
atlas, said = town.read("atlas"), town.sidecar("atlas")
print(said.get("notice", "All layers are surveyed."))
print("Generated:", said.get("generated_layers", "none"))

# %% [markdown]
# ## The town in one row
#
# The `atlas` joins every subject once. Its table `town` has one row; `docs/data.md` says what each column means. P90 is what nine
# years of ten reach; the interval of the sealed share should hold the truth 95 times in 100.

# %%
row = atlas["town"].iloc[0]
print(f"{row['name']}: {row['area_m2'] / 1e6:.1f} km2, {row['residents']:,} residents, {row['buildings']:,} buildings")
print(f"Roofs: {row['kwh_year'] / 1e6:.1f} GWh a year, at least {row['kwh_year_p90'] / 1e6:.1f} GWh in nine years of ten")
print(f"Sealed: {row['sealed_share']:.1%} of the known ground ({row['sealed_share_low']:.1%} to {row['sealed_share_high']:.1%})")
print(f"Public green within a walk of 300 m: {row['near_green']:.0%} of the residents")

# %% [markdown]
# ## Roofs on a map
#
# Small facts are easier to see than to read. Where roofs are small and lean on each other the old town shows by itself.

# %%
houses, surface = atlas["buildings"], town.read("surface")
centre = houses.geometry.centroid
east, north = float(centre.x.median()), float(centre.y.median())
bounds = (east - 280, north - 200, east + 280, north + 200)
seen = houses.cx[bounds[0] : bounds[2], bounds[1] : bounds[3]]

fig, ax = plt.subplots(figsize=(9, 6.6))
relief(ax, surface, bounds)
seen.plot(ax=ax, column="kwh_year", cmap=shades("solar"), vmin=0, vmax=np.nanquantile(seen["kwh_year"], 0.95), legend=True, legend_kwds={"label": "kWh a year", "shrink": 0.6}, missing_kwds={"color": "#cfc8ba"})
as_map(ax, bounds, 100)
ax.set_title("What each roof could give in a median year")
plt.show()

# %% [markdown]
# ## Few large roofs or many small ones?
#
# Sort the roofs from the largest yield to the smallest and add them up. A town whose curve is steep can begin with a handful of owners.

# %%
yields = np.sort(houses["kwh_year"].dropna().to_numpy())[::-1]
share = np.cumsum(yields) / yields.sum()
tenth = share[len(yields) // 10]

fig, ax = plt.subplots(figsize=(9, 4.2))
ax.plot(np.arange(1, len(yields) + 1) / len(yields) * 100, share * 100, color=SEA, linewidth=2.5)
ax.plot([10, 10, 0], [0, tenth * 100, tenth * 100], color=CLAY, linestyle=":", linewidth=1.5)
ax.annotate(f"the first tenth of the roofs\ngives {tenth:.0%} of the energy", (10, tenth * 100), (18, tenth * 100 - 16), color=CLAY)
ax.set(xlabel="roofs, largest first [%]", ylabel="energy [%]", xlim=(0, 100), ylim=(0, 101), title="How concentrated the roofs are")
plt.show()

# %% [markdown]
# ## What covers the ground
#
# "Sealed" is buildings and other impermeable ground over the ground **whose cover is known**; what is not known is in neither.

# %%
parts = {
    "buildings": row["building_m2"], "other sealed": row["sealed_m2"] - row["building_m2"], "bare": row["bare_m2"], "low vegetation": row["green_m2"] - row["tree_m2"],
    "trees": row["tree_m2"], "water": row["water_m2"],
}  # fmt: skip
fig, ax = plt.subplots(figsize=(9, 3.4))
bars = ax.barh(list(parts), [v / 1e4 for v in parts.values()], color=["#5c3226", "#bd7450", "#d9cfba", "#bcd38a", "#37803f", "#9cc3d5"])
numbers_on(ax, bars, "{:,.1f}")
ax.invert_yaxis()
ax.set(xlabel="hectares", title=f"The ground of {row['name']}")
plt.show()
assert abs(sum(parts.values()) - row["covered_m2"]) < 1e-3 * row["covered_m2"]  # the parts make the whole

# %% [markdown]
# ## Where does this number come from?
#
# Follow any figure back: `make trace ID=kwh_year` in a terminal, or here, from the sidecar. Counts, assumptions and warnings of every
# stage upstream travel with the result.

# %%
for stage in ("roofs", "solar"):
    own = town.sidecar(stage)["lineage"][stage]
    print(f"{stage}: {own['counts']}")
    for sentence in own["assumptions"][:2]:
        print("   assumed:", sentence)

# %% [markdown]
# ## Try yourself
#
# * Colour the map by `specific_yield_kwh_kwp`, or by `shading_loss`. Which streets are darkest, and why?
# * Draw the curve for one `use` only, say industry. How many owners would the town have to talk to for half of its energy?
# * Read `town.read("weather")` and sum `ghi`: is the year what you expect here? The stage says beside which station it was put.

# %%
print(f"Irradiation of the year used: {town.read('weather')['ghi'].sum() / 1000:,.0f} kWh/m2 on the level")
