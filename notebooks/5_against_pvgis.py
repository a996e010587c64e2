# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Against PVGIS
#
# The European Commission's PVGIS gives a typical year for any place. We let our chain and pvlib's own functions run over the same year and
# the same free plane: where they differ, one of us is wrong. This checks the models, not the roofs: for those see `make validate`.

# %%
import sys
from pathlib import Path

sys.path[:0] = ["..", ".", "notebooks"]  # opened from the checkout or from notebooks/

from look import CLAY, RULE, SEA, SOFT, SUN, np, numbers_on, plt

from pipeline import open_town
from pipeline.config.solar import IrradiationConfig, SolarConfig
from pipeline.contracts.notes import Notes
from pipeline.core.solar.irradiance import open_planes, plane_hours, sky_hours
from pipeline.core.solar.power import Mounting, hourly_ac
from pipeline.core.solar.sun import closure, sun_position
from pipeline.io.pvgis import read_pvgis_tmy
from pipeline.joins.production import power_model

# %% [markdown]
# ## The year
#
# Put the path of your own file here: PVGIS, *Typical meteorological year*, CSV. Without one, the year of the town that `make` has built
# stands in, and the notebook says so.

# %%
wanted = Path("shared/data/pvgis/tmy_45.000_8.000_2005_2023.csv")
here = Path.cwd()
found = next((p / wanted for p in (here, *here.parents[:2]) if (p / wanted).exists()), None)  # here, in the checkout or beside it

if found is not None:
    year = read_pvgis_tmy(found, Notes())
    sun = sun_position(year.moment_s, year.latitude, year.longitude, year.altitude_m)
    columns = {**{k: np.maximum(v, 0) if k != "temp_air" else v for k, v in year.values.items()}, "solar_zenith": sun.apparent_zenith, "solar_azimuth": sun.azimuth, "dni_extra": sun.dni_extra}
    columns["month"] = np.repeat(np.arange(1, 13), np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * 24)
    print(f"{found.name}: {year.latitude:.2f} N, {year.longitude:.2f} E. {year.convention}")
else:
    weather = open_town("carmiano").read("weather")
    columns = {n: weather[n].to_numpy() for n in ("month", "ghi", "dni", "dhi", "temp_air", "wind_speed", "solar_zenith", "solar_azimuth", "dni_extra")}
    print("No PVGIS file is here, so nothing is checked against PVGIS: the year of the town stands in to show how it is done.")

# %% [markdown]
# ## Do its numbers agree with themselves?
#
# Global = diffuse + direct times the sun's height: $\mathrm{GHI}=\mathrm{DHI}+\mathrm{DNI}\cos z$. A stamp read half an hour off shows here first, as tens of
# W/m2 in the mornings.

# %%
residual = columns["ghi"] - columns["dhi"] - columns["dni"] * np.maximum(np.cos(np.radians(columns["solar_zenith"])), 0)
light = columns["ghi"] > 0
gap = closure(*(columns[k] for k in ("ghi", "dni", "dhi", "solar_zenith")))
fig, ax = plt.subplots(figsize=(9, 3.6))
ax.hist(residual[light], bins=80, color=SEA)
ax.set(xlabel="GHI - DHI - DNI cos z [W/m2]", ylabel="hours", title=f"Closure: {gap.mae:.2f} W/m2 on average over the year")
plt.show()

# %% [markdown]
# ## A free plane, tilted 30 degrees to the south
#
# Ours: the pipeline's compiled chain. Theirs: pvlib's `get_total_irradiance` with Driesse's form of the Perez sky
# (doi:10.1016/j.solener.2023.112093). Two programs, one physics.

# %%
import pvlib

TILT, AZIMUTH = 30.0, 180.0
hours = sky_hours(**columns)
planes = open_planes(TILT, AZIMUTH)
ours = np.zeros(8760)
for _, part in plane_hours(planes, hours, IrradiationConfig().albedo):
    ours[hours.hour] = (part.direct + part.sky + part.ground)[0]
theirs = pvlib.irradiance.get_total_irradiance(
    TILT, AZIMUTH, columns["solar_zenith"], columns["solar_azimuth"], columns["dni"], columns["ghi"], columns["dhi"],
    dni_extra=columns["dni_extra"], albedo=IrradiationConfig().albedo, model="perez-driesse",
)["poa_global"]  # fmt: skip
theirs = np.nan_to_num(np.asarray(theirs))
print(f"ours {ours.sum() / 1000:,.2f}, pvlib {theirs.sum() / 1000:,.2f} kWh/m2 a year: {ours.sum() / theirs.sum() - 1:+.1e}")
assert abs(ours.sum() / theirs.sum() - 1) < 0.01

fig, axes = plt.subplots(1, 2, figsize=(11, 4.4))
axes[0].plot(theirs[light], ours[light], ".", color=SEA, markersize=3, alpha=0.4)
axes[0].plot([0, 1200], [0, 1200], color=CLAY, linewidth=1)
axes[0].set(xlabel="pvlib [W/m2]", ylabel="ours [W/m2]", title="Hour by hour")
months = columns["month"]
sums = [[v[months == m].sum() / 1000 for m in range(1, 13)] for v in (theirs, ours)]
axes[1].bar(np.arange(12) - 0.2, sums[0], 0.4, color=RULE, label="pvlib")
axes[1].bar(np.arange(12) + 0.2, sums[1], 0.4, color=SUN, label="ours")
axes[1].set(xticks=range(12), xticklabels="JFMAMJJASOND", ylabel="kWh/m2", title="Month by month")
axes[1].legend()
plt.show()

# %% [markdown]
# ## How much does the model of the sky matter?
#
# The same year by other skies that are in use. The spread is what a different textbook would have said: part of the uncertainty of every solar figure.

# %%
skies = {}
for model in ("isotropic", "klucher", "haydavies", "perez-driesse"):
    parts = pvlib.irradiance.get_total_irradiance(
        TILT, AZIMUTH, columns["solar_zenith"], columns["solar_azimuth"], columns["dni"], columns["ghi"], columns["dhi"],
        dni_extra=columns["dni_extra"], albedo=IrradiationConfig().albedo, model=model,
    )  # fmt: skip
    skies[model] = float(np.nan_to_num(np.asarray(parts["poa_global"])).sum() / 1000)
fig, ax = plt.subplots(figsize=(9, 3))
bars = ax.barh([*skies, "ours"], [*skies.values(), ours.sum() / 1000], color=[RULE] * len(skies) + [SUN])
numbers_on(ax, bars, "{:,.0f}")
ax.set(xlim=(0.9 * min(skies.values()), 1.02 * max(skies.values())), xlabel="kWh/m2 a year (the axis does not begin at 0)", title="One plane, five skies")
plt.show()

# %% [markdown]
# ## Energy
#
# From light to alternating current by Huld (2011) with PVGIS's own coefficients. PVGIS's page takes 14 % for all system losses unless told
# otherwise; ours are named one by one. Who compares a kWh with PVGIS must first say which losses are in it.

# %%
config = SolarConfig()
model = power_model(config)
mounting = Mounting(config.faiman_u0_rack, config.faiman_u1_rack)
kwh = {name: float(np.concatenate([a for _, a in hourly_ac(planes, mounting, hours, m)]).sum()) for name, m in (("without losses", model._replace(loss=0.0)), ("with ours", model), ("with 14 %", model._replace(loss=0.14)))}
fig, ax = plt.subplots(figsize=(9, 2.6))
numbers_on(ax, ax.barh(list(kwh), list(kwh.values()), color=[RULE, SUN, SOFT]), "{:,.0f}")
ax.set(xlabel="kWh for each kWp a year", title="What the losses take")
ax.invert_yaxis()
plt.show()
print(f"losses named one by one: {model.loss:.1%}")

# %% [markdown]
# ## Try yourself
#
# * Turn the plane to the east and to the north. Where do the skies part most, and why?
# * Ask PVGIS (*hourly data*) for the same plane, with power, and run `make validate PVGIS="plane.csv level.csv"`: it reads both and prints
#   the difference year by year.
# * Shift the year by one hour (`np.roll`) and look at the closure again. Would you have noticed in the yearly sum?
