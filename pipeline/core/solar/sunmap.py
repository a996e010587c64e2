"""A year's irradiation cell by cell: the year summed once over the sky, then read along the horizon of each cell.

Every hour of the year goes into a table of the sky (72 sectors by elevation): how much direct light came from there, as
a vector, so that one table serves planes of all orientations. For a plane the table is turned into what a cell receives
from each sector above each elevation, direct light and sky together; a cell then costs 72 readings at its own horizon.
The formulas are those of `irradiance`, summed in another order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import kernel
from pipeline.core.solar.irradiance import SkyHours
from pipeline.core.solar.sky import SECTORS, Floats, open_sky_view, sector_azimuths

# Bands of elevation of the sky's table, half a degree each: a horizon within a band is read linearly.
BANDS = 180
BAND_DEG = 90.0 / BANDS
# The bright band at the horizon is taken as spread over this elevation, as in `sky.band_open_share`.
BRIGHT_DEG = 7.0


class SkyYear(NamedTuple):
    """A year of light by where it comes from.

    Attributes
    ----------
    direct
        Beam and circumsolar light as vectors (east, north, up): their product with the normal of a plane that faces them
        is what falls on it, shape (72, BANDS, 3) [kWh/m2].
    isotropic
        On an open horizontal plane [kWh/m2].
    bright, dark
        Sums of the hours in which the horizon band on a vertical plane adds to the evenly bright sky, and takes from it [kWh/m2].
    ghi
        Global horizontal [kWh/m2].
    """

    direct: Floats
    isotropic: float
    bright: float
    dark: float
    ghi: float


def sky_year(hours: SkyHours) -> SkyYear:
    """Sum the hours of a year over the sky.

    The light of an hour is shared evenly among the steps of the sun's way that lie above the horizon. Each step stands
    between two sectors and counts in both by its nearness, as the lit share of a plane is read in `irradiance`. The steps
    of an hour are moved as one so that their mean is the sun at the stamp: an unshaded plane that faces all of
    them then receives what it does in `irradiance`.

    Parameters
    ----------
    hours
        From `irradiance.sky_hours`.

    Returns
    -------
    SkyYear
    """
    up = hours.way[..., 2] > 0.0
    counts = np.where(up.any(axis=1, keepdims=True), up, True)
    share = counts / counts.sum(axis=1, keepdims=True)
    toward = hours.way + (hours.sun - (hours.way * share[..., np.newaxis]).sum(axis=1))[:, np.newaxis]
    energy = (hours.beam + hours.circumsolar)[:, np.newaxis] * share / 1000.0
    azimuth = np.degrees(np.arctan2(hours.way[..., 0], hours.way[..., 1])) % 360.0 / (360.0 / SECTORS)
    elevation = np.degrees(np.arcsin(np.clip(hours.way[..., 2], 0.0, 1.0)))
    band = np.minimum((elevation / BAND_DEG).astype(np.int64), BANDS - 1)
    sector = np.floor(azimuth)
    direct = np.zeros((SECTORS * BANDS, 3))
    for step, part in ((0, 1.0 - (azimuth - sector)), (1, azimuth - sector)):
        at = ((sector.astype(np.int64) + step) % SECTORS * BANDS + band).ravel()
        for axis in range(3):
            direct[:, axis] += np.bincount(at, weights=(energy * part * toward[..., axis]).ravel(), minlength=len(direct))
    horizon_band = hours.band / 1000.0
    return SkyYear(
        direct.reshape(SECTORS, BANDS, 3), float(hours.isotropic.sum()) / 1000.0,
        float(horizon_band[horizon_band > 0].sum()), float(horizon_band[horizon_band <= 0].sum()), float(hours.ghi.sum()) / 1000.0,
    )  # fmt: skip


def cell_irradiation(
    elevation_deg: NDArray[np.float32], starts: NDArray[np.int64], surface_tilt: Floats, surface_azimuth: Floats, year: SkyYear, albedo: float
) -> NDArray[np.float32]:
    """Yearly irradiation of single cells, each with the tilt and azimuth of its plane and its own horizon.

    Parameters
    ----------
    elevation_deg
        Of the horizon, 0..90, sector by sector, shape (72, cells); the cells of one plane stand together [°].
    starts
        First cell of each plane and, last, the number of cells, shape (planes + 1,).
    surface_tilt, surface_azimuth
        Of the planes, shape (planes,) [°].
    year
        From `sky_year`.
    albedo
        Reflectance of the ground, 0..1.

    Returns
    -------
    array of shape (cells,)
        [kWh/m2]
    """
    tilt, azimuth = np.radians(surface_tilt), np.radians(surface_azimuth)
    normal = np.stack([np.sin(tilt) * np.sin(azimuth), np.sin(tilt) * np.cos(azimuth), np.cos(tilt)], axis=1)
    off = np.cos(sector_azimuths()[np.newaxis, :] - azimuth[:, np.newaxis])
    open_view = open_sky_view(surface_tilt)
    front = np.maximum(off, 0.0)
    # The band of the horizon: what is bright by its open part in front, what is dark by the whole sky (see `irradiance`).
    bright = year.bright * np.sin(tilt)[:, np.newaxis] * front / front.sum(axis=1, keepdims=True)
    even = year.isotropic * open_view + year.dark * np.sin(tilt)
    ground = year.ghi * albedo * (1.0 - open_view)
    edge = np.radians(np.arange(BANDS + 1) * BAND_DEG)
    # The visible part of a sector above an elevation e is cos(tilt) level(e) + sin(tilt) cos(off) upright(e); see `sky.summarise`.
    level, upright = np.cos(edge) ** 2 / 2.0, np.pi / 4.0 - edge / 2.0 - np.sin(2.0 * edge) / 4.0
    open_low = np.clip(1.0 - np.arange(BANDS + 1) * BAND_DEG / BRIGHT_DEG, 0.0, 1.0)
    rank = np.multiply(elevation_deg, np.float32(1.0 / BAND_DEG), dtype=np.float32)
    across = np.sin(tilt)[:, np.newaxis] * off
    out = np.zeros(rank.shape[1], dtype=np.float32)
    sun, view = np.zeros((SECTORS, BANDS + 1)), np.zeros((SECTORS, BANDS + 1))
    _cells(rank, starts, normal, np.cos(tilt), across, year.direct, level, upright, open_low, even, bright, ground, sun, view, out)
    return out


@kernel("f4[:,::1], i8[::1], f8[:,::1], f8[::1], f8[:,::1], f8[:,:,::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[:,::1], f8[::1], f8[:,::1], f8[:,::1], f4[::1]")
def _cells(rank, starts, normal, cosb, across, direct, level, upright, open_low, even, bright, ground, sun, view, out):  # type: ignore[no-untyped-def]
    """Horizons come as `rank`: elevation in bands, shape (72, cells); `sun` and `view` (zeros) are the tables of one plane."""
    for p in range(starts.shape[0] - 1):
        if starts[p] == starts[p + 1]:
            continue
        open_sky = 0.0
        for s in range(SECTORS):
            highest = 0.0
            for e in range(BANDS - 1, -1, -1):
                falls = normal[p, 0] * direct[s, e, 0] + normal[p, 1] * direct[s, e, 1] + normal[p, 2] * direct[s, e, 2]
                sun[s, e] = sun[s, e + 1] + max(falls, 0.0)
                # Behind the plane's own face the integral would fall again.
                highest = max(highest, cosb[p] * level[e] + across[p, s] * upright[e])
                view[s, e] = highest
            open_sky += highest
        for i in range(starts[p], starts[p + 1]):
            total = 0.0
            for s in range(SECTORS):
                e = min(int(rank[s, i]), BANDS - 1)
                part = rank[s, i] - e
                here = sun[s, e] + even[p] / open_sky * view[s, e] + bright[p, s] * open_low[e]
                there = sun[s, e + 1] + even[p] / open_sky * view[s, e + 1] + bright[p, s] * open_low[e + 1]
                total += here + part * (there - here)
            out[i] = max(total + ground[p], 0.0)
