# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Which school first?
#
# A council has money for one roof this year. Which? We rank schools and the town hall by what the data can say, look whether the order holds
# when prices change, and write down what the data cannot say.

# %%
import sys
from textwrap import shorten

sys.path[:0] = ["..", ".", "notebooks"]  # opened from the checkout or from notebooks/

import pandas as pd
from look import CLAY, SEA, as_map, np, plt, relief, square

from pipeline import open_town
from pipeline.maps.basemap import nearest_street

town = open_town("carmiano")
houses = town.read("atlas")["buildings"]
public = houses[houses["use"].isin(["school", "town_hall"])].copy()
public["place"] = nearest_street(public.geometry.to_numpy(), town.read("streets"))
public["name"] = [f"{u.replace('_', ' ')}, {p or b}" for u, p, b in zip(public["use"], public["place"], public["building_id"], strict=True)]
public = public.dropna(subset=["npv_eur"]).sort_values("npv_eur", ascending=False)
print(f"{len(public)} buildings that the source marks as school or town hall and whose roof has room")

# %% [markdown]
# ## What we know of each
#
# `best_kwp` is the size with the highest net present value, which is rarely all that fits: what is used at once is worth the price of a
# kilowatt-hour bought, what is fed in much less.

# %%
table = public.set_index("name")[["kwp", "kwh_year", "kwh_year_p90", "best_kwp", "cost_eur", "payback_years", "self_consumed_share"]]
print(table.round({"kwp": 0, "kwh_year": -2, "kwh_year_p90": -2, "best_kwp": 0, "cost_eur": -3, "payback_years": 1, "self_consumed_share": 2}).to_string())

# %% [markdown]
# ## Value, with its range
#
# Net present value over the life of the plant, $\mathrm{NPV}=-C+\sum_{t=1}^{25}\frac{F_t}{(1+r)^t}$: cost $C$, yearly flow $F_t$ of what is saved and sold less
# upkeep, real rate $r$. The bar goes from the poor case of costs and prices to the good one; the dot is the middle. Indicative: prices and
# tariffs come from dated tables, some of them judgements (`docs/methods/finance.md`).

# %%
fig, ax = plt.subplots(figsize=(10, 1.2 + 0.6 * len(public)))
y = np.arange(len(public))
ax.hlines(y, public["npv_eur_low"] / 1e3, public["npv_eur_high"] / 1e3, color=SEA, linewidth=7, alpha=0.35)
ax.plot(public["npv_eur"] / 1e3, y, "o", color=SEA, markersize=9)
ax.axvline(0, color=CLAY, linewidth=1.2)
ax.set(yticks=y, yticklabels=public["name"], xlabel="net present value over 25 years [thousand EUR]", title="Left of the line the plant costs more than it brings")
ax.set_ylim(len(public) - 0.4, -0.6)
plt.show()

# %% [markdown]
# ## Does the order hold?
#
# A ranking that turns over when prices move is no ranking. We rank by value in the poor, middle and good case, by value for each euro spent,
# and by energy. A building that is near the top of every column can be chosen with a quiet mind.

# %%
by = {
    "value, poor case": public["npv_eur_low"], "value, middle": public["npv_eur"], "value, good case": public["npv_eur_high"],
    "value for each EUR": public["npv_eur"] / public["cost_eur"], "energy": public["kwh_year"],
}  # fmt: skip
ranks = pd.DataFrame({name: values.rank(ascending=False) for name, values in by.items()}).set_axis(public["name"])

fig, ax = plt.subplots(figsize=(10, 1.5 + 0.55 * len(ranks)))
ax.imshow(-ranks, cmap="YlGn", aspect="auto", alpha=0.75)
for i, row in enumerate(ranks.to_numpy()):
    for j, rank in enumerate(row):
        ax.text(j, i, f"{rank:.0f}", ha="center", va="center", fontsize=12)
ax.set(xticks=range(len(by)), xticklabels=by, yticks=range(len(ranks)), yticklabels=ranks.index, title="Rank of each building, by five ways to count")
ax.tick_params(length=0)
plt.show()
steady = ranks[(ranks <= max(1, len(ranks) // 2)).all(axis=1)]
print("In the better half every time:", ", ".join(steady.index) if len(steady) else "none; the choice hangs on what one holds to matter")

# %% [markdown]
# ## Look at the first one
#
# Numbers rank, eyes decide: is there a gymnasium with a light roof, a courtyard full of trees, a monument?

# %%
first = public.iloc[[0]]
around, arrays = square(first.total_bounds, 15), town.read("arrays")
fig, ax = plt.subplots(figsize=(7, 6))
relief(ax, town.read("surface"), around, 1.0)
first.boundary.plot(ax=ax, color=CLAY, linewidth=2)
arrays[arrays["building_id"].eq(first["building_id"].iloc[0]) & arrays["modules"].gt(0)].plot(ax=ax, color=SEA, alpha=0.8)
as_map(ax, around, 20)
ax.set_title(f"{first['name'].iloc[0]}: {first['modules'].iloc[0]} modules fit")
plt.show()

# %% [markdown]
# ## What is missing, honestly
#
# * **Bills.** Consumption here is a profile by use times floor area from footprint and height. A register of meters (kWh a year by building)
#   would replace it and may turn the order over.
# * **The roof itself**: age, bearing capacity, asbestos, insulation due anyway. Renew first, then build.
# * **Rules**: heritage (D.Lgs. 42/2004), the grid's answer, the grants of the day. Ask the municipal office.
# * **Who is who.** Only uses that the source states are here; a school in a building marked "other" is not found.

# %%
unknown = houses["use"].isna().mean()
print(f"Buildings without a use in the source: {unknown:.0%}")
for sentence in town.sidecar("finance")["lineage"]["finance"]["assumptions"][:3]:
    print(" *", shorten(sentence, 200))

# %% [markdown]
# ## Try yourself
#
# * Give the ranking your own weights. How far must they go before another building is first?
# * Take `town.read("finance")` and draw the value of every size of the first building, not only the best. How flat is the top?
# * Add `church` to the uses. Why is their value so small beside their roofs?
