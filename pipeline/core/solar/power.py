"""From irradiance on modules to AC energy: reflection, cell temperature, the Huld power model, losses, clipping, P90."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import kernel
from pipeline.core.solar.irradiance import Planes, SkyHours, by_month, plane_hours
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
# Quantile of the normal distribution that nine years of ten exceed.
P90_SIGMAS = 1.2816


class PowerModel(NamedTuple):
    """What turns irradiance into energy, the same for all arrays.

    Attributes
    ----------
    k
        Huld coefficients, from `HULD`.
    system_loss
        All losses after the module, 0..1.
    ac_limit
        AC power of the inverter over the peak power.
    albedo
        Reflectance of the ground.
    """

    k: tuple[float, ...]
    system_loss: float
    ac_limit: float
    albedo: float


class Mounting(NamedTuple):
    """How arrays are mounted, each of shape (arrays,).

    Attributes
    ----------
    u0, u1
        Heat loss of the Faiman model [W/(m2 K)], [W/(m2 K)/(m/s)].
    row_shading
        Share of the direct light lost to the row in front, 0..1.
    """

    u0: Floats
    u1: Floats
    row_shading: Floats


class ArrayYear(NamedTuple):
    """The year of arrays.

    Attributes
    ----------
    unshaded, shaded
        Irradiation on the modules, before reflection losses, shape (arrays,) [kWh/m2].
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
    power (below about 20 W/m2) set to 0. AC is DC less the system loss, cut at the inverter's power.

    Parameters
    ----------
    planes
        The arrays' own planes and what they see.
    mounting
        Heat loss and row shading.
    hours
        From `irradiance.sky_hours`.
    model
        From the config.

    Returns
    -------
    ArrayYear
    """
    from pvlib.iam import martin_ruiz_diffuse

    count = len(planes.surface_tilt)
    glass = martin_ruiz_diffuse(planes.surface_tilt, a_r=ANGULAR_LOSS)
    unshaded, shaded, clipped = np.empty(count), np.empty(count), np.empty(count)
    energy = np.empty((count, 12))
    for at, light in plane_hours(planes, hours, model.albedo):
        direct = light.direct * (1.0 - mounting.row_shading[at, np.newaxis])
        total = direct + light.sky + light.ground
        ac, lost = _ac(
            light.incidence, direct, light.sky, light.ground, total, glass["sky"][at], glass["ground"][at],
            mounting.u0[at], mounting.u1[at], hours.temp_air, hours.wind_speed, np.asarray(model.k), model.system_loss, model.ac_limit,
        )  # fmt: skip
        unshaded[at] = by_month(light.unshaded, hours.month).sum(axis=1)
        shaded[at] = by_month(total, hours.month).sum(axis=1)
        energy[at], clipped[at] = by_month(ac * 1000.0, hours.month), lost
    return ArrayYear(unshaded, shaded, energy, clipped)


@kernel
def _ac(  # type: ignore[no-untyped-def]
    incidence, direct, sky, ground, total, glass_sky, glass_ground, u0, u1, temp_air, wind_speed, k, system_loss, ac_limit
):
    """AC power of 1 kWp [kW], shape (arrays, hours), and the share of energy cut by the inverter, shape (arrays,)."""
    arrays, hours = total.shape
    ac, lost = np.zeros((arrays, hours)), np.zeros(arrays)
    full = 1.0 - np.exp(-1.0 / ANGULAR_LOSS)
    for a in range(arrays):
        made, cut = 0.0, 0.0
        for h in range(hours):
            glass = (1.0 - np.exp(-incidence[a, h] / ANGULAR_LOSS)) / full
            g = (direct[a, h] * glass + sky[a, h] * glass_sky[a] + ground[a, h] * glass_ground[a]) / 1000.0
            if g <= 0.0:
                continue
            t = temp_air[h] + total[a, h] / (u0[a] + u1[a] * wind_speed[h]) - 25.0
            log = np.log(g)
            dc = g * (1.0 + k[0] * log + k[1] * log * log + k[2] * t + k[3] * t * log + k[4] * t * log * log + k[5] * t * t)
            power = max(dc, 0.0) * (1.0 - system_loss)
            ac[a, h] = min(power, ac_limit)
            made += power
            cut += power - ac[a, h]
        if made > 0.0:
            lost[a] = cut / made
    return ac, lost


def p90_share(sigmas: NDArray[np.float64]) -> Floats:
    """Share of the median year that nine years of ten reach.

    The parts are taken as independent and normal: 1 - 1.2816 sqrt(sum of squares).

    Parameters
    ----------
    sigmas
        Relative standard uncertainties, shape (..., parts).

    Returns
    -------
    array of shape (...)
        Not below 0.

    >>> float(p90_share(np.array([0.03, 0.04])).round(6))
    0.93592
    """
    return np.asarray(np.maximum(1.0 - P90_SIGMAS * np.sqrt((sigmas**2).sum(axis=-1)), 0.0))
