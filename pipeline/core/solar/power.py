"""From irradiance on modules to AC energy, hour by hour: reflection, cell temperature, the Huld power model, losses, inverter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pipeline.core.solar.compiled import inner, kernel
from pipeline.core.solar.elementary import exp_of, log_of
from pipeline.core.solar.irradiance import Planes, SkyHours, lit_chunks, sky_blocks
from pipeline.core.solar.light import ONE, ROW, SKY_STEP, STEP, WORK, light
from pipeline.core.solar.sky import Floats

# Coefficients k1..k6 of the Huld model for a power of 1, by (set, cell type). pvgis5: PVGIS documentation, "PVGIS data
# sources & calculation methods", section 5.2.3; pvgis6: Chatzipanagi et al. 2025, doi:10.1002/pip.3926.
HULD: dict[tuple[str, str], tuple[float, ...]] = {
    ("pvgis5", "csi"): (-0.017237, -0.040465, -0.004702, 0.000149, 0.000170, 0.000005),
    ("pvgis5", "cis"): (-0.005554, -0.038724, -0.003723, -0.000905, -0.001256, 0.000001),
    ("pvgis5", "cdte"): (-0.046689, -0.072844, -0.002262, 0.000276, 0.000159, -0.000006),
    ("pvgis6", "csi"): (-0.0067560, -0.016444, -0.003015, -0.000045, -0.000043, 0.0),
    ("pvgis6", "cis"): (-0.011001, -0.029734, -0.002887, 0.000217, -0.000163, 0.0),
    ("pvgis6", "cdte"): (-0.020644, -0.035136, -0.003406, 0.000073, -0.000141, 0.000002),
}
# Angular loss coefficient of Martin & Ruiz for clean glass (2001, doi:10.1016/S0927-0248(00)00408-6); pvlib's default.
ANGULAR_LOSS = 0.16
# Efficiency of an inverter by its load x: nominal / 0.9637 (-0.0162 x - 0.0059 / x + 0.9858); PVWatts version 5 (Dobos 2014,
# NREL/TP-6A20-62641, doi:10.2172/1158421), fitted to inverters on the California list.
INVERTER_REFERENCE, INVERTER_SLOPE, INVERTER_SELF, INVERTER_LEVEL = 0.9637, -0.0162, -0.0059, 0.9858
# Light below which none is counted [kW/m2]: its logarithm would have no number.
LEAST = 1e-300
# Rows of the work on a block, see `light.light`, of which two are written over; and of `irradiance.sky_blocks`.
_UNSHADED, _DIRECT, _SKY, _GROUND = ROW[1:5]
_TOTAL, _AC = _DIRECT, _SKY
_TEMP_AIR, _WIND_SPEED = ROW[8:10]


class PowerModel(NamedTuple):
    """What turns irradiance into energy, the same for all arrays.

    Attributes
    ----------
    k
        Huld coefficients, from `HULD`.
    loss
        Share of the modules' power lost before the inverter, 0..1; from `losses.total`.
    ac_limit
        AC rating of the inverter over the peak power of the modules.
    albedo
        Reflectance of the ground.
    inverter_efficiency
        Nominal efficiency of the inverter, AC over DC at its rating; by default that of PVWatts.
    """

    k: tuple[float, ...]
    loss: float
    ac_limit: float
    albedo: float
    inverter_efficiency: float = 0.96


class Mounting(NamedTuple):
    """How arrays are mounted, each of shape (arrays,) or one value for all.

    Attributes
    ----------
    u0, u1
        Heat loss of the Faiman model [W/(m2 K)], [W/(m2 K)/(m/s)].
    row_shading
        Share of the direct light lost to the row in front, 0..1.
    sky_share, ground_share
        Share of the diffuse light of sky and ground that the row in front leaves, see `rowview`; 1 for coplanar arrays.
    """

    u0: Floats | float
    u1: Floats | float
    row_shading: Floats | float = 0.0
    sky_share: Floats | float = 1.0
    ground_share: Floats | float = 1.0


class ArrayYear(NamedTuple):
    """The year of arrays.

    Attributes
    ----------
    unshaded, shaded
        Irradiation on the modules, before reflection losses, shape (arrays,) [kWh/m2]; shaded by everything, rows in front too.
    energy_by_month
        AC energy per peak power, shape (arrays, 12) [kWh/kWp].
    clipped
        AC energy cut by the inverter over all, shape (arrays,).
    """

    unshaded: Floats
    shaded: Floats
    energy_by_month: Floats
    clipped: Floats


def array_year(planes: Planes, mounting: Mounting, hours: SkyHours, model: PowerModel) -> ArrayYear:
    """Yield of arrays over a year, per kWp.

    Direct light passes the glass by the Martin & Ruiz modifier at its angle, sky and ground light by their diffuse
    modifiers; the cell temperature follows Faiman 2008 (doi:10.1002/pip.813) from all light on the module and the
    wind at 10 m, as in PVGIS; DC power is the Huld model (2011, doi:10.1016/j.solmat.2011.07.026) with negative
    power (below about 20 W/m2) set to 0, less the named losses; AC is what the inverter of PVWatts makes of it, cut at
    its rating.

    Parameters
    ----------
    planes
        The arrays' own planes and what they see.
    mounting
        Heat loss and rows in front.
    hours
        From `irradiance.sky_hours`.
    model
        From the config.

    Returns
    -------
    ArrayYear
    """
    count = len(planes.surface_tilt)
    year = ArrayYear(np.empty(count), np.empty(count), np.empty((count, 12)), np.empty(count))
    for at, _, sums, by_month in _power(planes, mounting, hours, model):
        year.unshaded[at], year.shaded[at], year.clipped[at] = sums[:, 0], sums[:, 1], sums[:, 3] / np.maximum(sums[:, 2], 1e-300)
        year.energy_by_month[at] = by_month
    return year


def hourly_ac(planes: Planes, mounting: Mounting, hours: SkyHours, model: PowerModel) -> Iterator[tuple[slice, Floats]]:
    """AC power of arrays in every hour of the year, a few arrays at a time.

    Parameters
    ----------
    planes, mounting, hours, model
        As in `array_year`, whose months are the sums of these hours.

    Yields
    ------
    (slice of the arrays, array of shape (n, hours of the year))
        AC power per peak power [kW/kWp] in the hours of the weather file, nights included; as each hour stands for one hour, also
        its energy [kWh/kWp].
    """
    for at, ac in lit_ac(planes, mounting, hours, model):
        whole = np.zeros((len(ac), hours.length))
        whole[:, hours.hour] = ac
        yield at, whole


def lit_ac(planes: Planes, mounting: Mounting, hours: SkyHours, model: PowerModel) -> Iterator[tuple[slice, Floats]]:
    """`hourly_ac` in the hours with light only, shape (n, hours with light); the arrays are the caller's to change."""
    for at, ac, _, _ in _power(planes, mounting, hours, model):
        yield at, ac


def _power(planes: Planes, mounting: Mounting, hours: SkyHours, model: PowerModel) -> Iterator[tuple[slice, Floats, Floats, Floats]]:
    """Chunks of arrays: AC power in the hours with light, the four sums of `_ac`, energy by month."""
    columns = (mounting.u0, mounting.u1, 1.0 - mounting.row_shading, mounting.sky_share, mounting.ground_share, *diffuse_glass(planes.surface_tilt))
    module = np.stack([np.broadcast_to(np.asarray(c, dtype=float), len(planes.surface_tilt)) for c in columns], axis=1)
    made = np.array([*model.k, 1.0 - model.loss, model.ac_limit, model.inverter_efficiency])
    sky, work = sky_blocks(hours), np.empty(WORK)
    for at, facing, lit in lit_chunks(planes, hours):
        count = at.stop - at.start
        ac, sums, by_month = np.empty((count, len(hours.hour))), np.zeros((count, 4)), np.zeros((count, 12))
        _ac(sky, lit, facing, model.albedo, module[at], made, hours.month, work, ac, sums, by_month)
        yield at, ac, sums, by_month


def diffuse_glass(surface_tilt: Floats) -> tuple[Floats, Floats]:
    """Share of the light of an even sky and of the ground that passes the glass, each of the shape of `surface_tilt` [°].

    Martin & Ruiz 2001 (see `ANGULAR_LOSS`) with its corrigendum (2013, Solar Energy Materials & Solar Cells 110, 154); the second parameter by the
    line of IEC 61853-3 (2018), section 7.2. A test holds both against pvlib. A level plane sees no ground.

    >>> [round(float(share), 4) for share in diffuse_glass(np.array(30.0))]
    [0.955, 0.7944]
    """
    beta = np.radians(surface_tilt)
    sine, cosine = np.sin(beta), np.cos(beta)
    level = np.asarray(surface_tilt) < 1e-3
    toward_sky = sine + (np.pi - beta - sine) / (1.0 + cosine)
    toward_ground = np.where(level, 0.0, sine + (beta - sine) / np.where(level, 1.0, 1.0 - cosine))
    c1, c2 = 0.4244, 0.5 * ANGULAR_LOSS - 0.154
    sky, ground = (1.0 - np.exp(-(c1 + c2 * t) * t / ANGULAR_LOSS) for t in (toward_sky, toward_ground))
    return np.asarray(sky), np.asarray(ground)


@kernel("f8[::1], f4[:,::1], f8[:,::1], f8, f8[:,::1], f8[::1], i8[::1], f8[::1], f8[:,::1], f8[:,::1], f8[:,::1]")
def _ac(sky, lit, facing, albedo, module, made, month, work, ac, sums, by_month):  # type: ignore[no-untyped-def]
    """AC power of 1 kWp [kW], shape (arrays, hours); irradiation unshaded and shaded [kWh/m2], AC energy before the cut and what
    is cut [kWh], shape (arrays, 4); energy by month, shape (arrays, 12). Hours are added in their order."""
    hours, rating = np.uint64(month.size), made[7]
    for a in range(np.uint64(facing.shape[0])):
        free, seen, before, cut, now, monthly = 0.0, 0.0, 0.0, 0.0, 0, 0.0
        for block in range((hours + STEP - ONE) // STEP):
            first = block * STEP
            count = min(STEP, hours - first)
            light(sky, block, count, lit, a, facing, albedo, work)
            _inverted(sky, block, count, module, a, made, work)
            for i in range(count):
                h = first + i
                free += work[i + _UNSHADED]
                seen += work[i + _TOTAL]
                power = work[i + _AC]
                ac[a, h] = min(power, rating)
                before += power
                cut += power - ac[a, h]
                if month[h] != now:
                    by_month[a, now] += monthly
                    now, monthly = month[h], 0.0
                monthly += ac[a, h]
        by_month[a, now] += monthly
        sums[a, 0], sums[a, 1], sums[a, 2], sums[a, 3] = free * 0.001, seen * 0.001, before, cut


@inner
def _inverted(sky, block, count, module, a, made, work):  # type: ignore[no-untyped-def]
    """From the light of a block of hours to power after the inverter and before its cut; that and all light on the module, into `work`."""
    # Read one by one: taken apart as a tuple they would cost time in a first run.
    k1, k2, k3, k4, k5, k6 = made[0], made[1], made[2], made[3], made[4], made[5]
    kept, rating, nominal = made[6], made[7], made[8]
    efficiency = nominal / INVERTER_REFERENCE
    idle, slope = INVERTER_SELF * rating / nominal, INVERTER_SLOPE * nominal / rating
    u0, u1, beam_share, sky_share, ground_share = module[a, 0], module[a, 1], module[a, 2], module[a, 3], module[a, 4]
    glass_sky, glass_ground = module[a, 5], module[a, 6]
    steep = -1.0 / ANGULAR_LOSS
    whole = 0.001 / (1.0 - np.exp(steep))
    start = block * SKY_STEP
    for i in range(count):
        beam, around, below = work[i + _DIRECT] * beam_share, work[i + _SKY] * sky_share, work[i + _GROUND] * ground_share
        total = beam + around + below
        g = (around * glass_sky + below * glass_ground) * 0.001 + max(beam, 0.0) * (1.0 - exp_of(work[i] * steep)) * whole
        t = sky[start + i + _TEMP_AIR] + total / (u0 + u1 * sky[start + i + _WIND_SPEED]) - 25.0
        log = log_of(max(g, LEAST))
        dc = kept * g * (1.0 + k1 * log + k2 * log * log + k3 * t + k4 * t * log + k5 * t * log * log + k6 * t * t)
        power = max(efficiency * (dc * (INVERTER_LEVEL + slope * dc) + idle), 0.0)
        work[i + _TOTAL] = total
        work[i + _AC] = power if g > 0.0 and dc > 0.0 else 0.0
