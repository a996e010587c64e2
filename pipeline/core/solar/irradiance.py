"""Irradiance on tilted planes, hour by hour: the Perez-Driesse sky seen through the horizon of each plane.

The coefficients of the sky depend on the hour only (`perez`) and are worked out once; the geometry of each plane is a small
kernel. Without obstructions the sum equals `pvlib.irradiance.get_total_irradiance(model="perez-driesse")`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import kernel
from pipeline.core.solar.hourcheck import check_hours
from pipeline.core.solar.perez import sky_of
from pipeline.core.solar.sky import ELEVATION_STEP_DEG, ELEVATIONS, SECTORS, Floats, band_open_share, open_sky_view

# The lit share is averaged over the sun's way in the half hours before and after the stamp, every ten minutes.
SUN_STEPS_H: tuple[float, ...] = (-25 / 60, -15 / 60, -5 / 60, 5 / 60, 15 / 60, 25 / 60)
# Planes whose hourly values are held at once by `plane_hours`.
CHUNK = 16
# The same and its like as unsigned numbers: an index that may be negative keeps the compiler from taking several planes at once.
_WIDE, _TWICE, _ROUND, _READINGS = (np.uint64(n) for n in (CHUNK, 2 * CHUNK, ELEVATIONS, SECTORS * ELEVATIONS))


class SkyHours(NamedTuple):
    """The hours of a year in which there is light, in order; everything that no plane changes.

    Attributes
    ----------
    length
        Hours of the whole year.
    hour
        Which hour of the year each is, shape (hours,).
    month
        0..11, shape (hours,).
    sun
        Unit vector to the sun (east, north, up), shape (hours, 3).
    beam
        Direct normal irradiance [W/m2].
    circumsolar
        Circumsolar diffuse on a plane that faces the sun [W/m2].
    isotropic
        Diffuse of the evenly bright sky on an open horizontal plane [W/m2].
    band
        Diffuse of the horizon band on a vertical plane, may be negative [W/m2].
    ghi
        Global horizontal irradiance [W/m2].
    temp_air, wind_speed
        [°C], [m/s].
    way
        Unit vectors to the sun on its way through the hour, shape (hours, steps, 3).
    way_at
        Index into a lit share (sector, elevation) below each of them, shape (hours, steps).
    way_part
        How far each lies towards the next sector and the next elevation, 0..1, shape (hours, steps, 2).
    """

    length: int
    hour: NDArray[np.int64]
    month: NDArray[np.int64]
    sun: Floats
    beam: Floats
    circumsolar: Floats
    isotropic: Floats
    band: Floats
    ghi: Floats
    temp_air: Floats
    wind_speed: Floats
    way: Floats
    way_at: NDArray[np.int64]
    way_part: Floats


class PlaneHours(NamedTuple):
    """Irradiance on planes in each hour with light, before reflection losses, shape (planes, hours) [W/m2].

    Attributes
    ----------
    incidence
        Cosine of the angle of incidence of the sun, 0 where it is behind the plane.
    unshaded
        On the plane with a free horizon.
    direct
        Beam and circumsolar, times the lit share.
    sky
        Isotropic sky and horizon band that are seen.
    ground
        Reflected by the ground.
    """

    incidence: Floats
    unshaded: Floats
    direct: Floats
    sky: Floats
    ground: Floats


class Planes(NamedTuple):
    """Planes and what they see; see `sky.SkySummary`. Angles [°]; lit_share has shape (planes, 72, 45)."""

    surface_tilt: Floats
    surface_azimuth: Floats
    sky_view: Floats
    lit_share: NDArray[np.uint8]

    def part(self, at: slice) -> Planes:
        """Some of the planes."""
        return Planes(self.surface_tilt[at], self.surface_azimuth[at], self.sky_view[at], self.lit_share[at])


def open_planes(surface_tilt: Any, surface_azimuth: Any) -> Planes:
    """Planes with a free horizon."""
    tilt, azimuth = (np.atleast_1d(np.asarray(a, dtype=float)) for a in (surface_tilt, surface_azimuth))
    return Planes(tilt, azimuth, open_sky_view(tilt), np.full((len(tilt), SECTORS, ELEVATIONS), 255, dtype=np.uint8))


def sky_hours(
    *, month: Any, ghi: Any, dni: Any, dhi: Any, temp_air: Any, wind_speed: Any, solar_zenith: Any, solar_azimuth: Any, dni_extra: Any, grid_convergence_deg: float = 0.0
) -> SkyHours:
    """Prepare the hours of a year.

    The sky is that of Perez as Driesse made it continuous, see `perez`.

    Parameters
    ----------
    month
        1..12, shape (hours,); the hours follow one another and make a whole year.
    ghi, dni, dhi, dni_extra
        Global horizontal, direct normal, diffuse horizontal, extraterrestrial normal irradiance [W/m2].
    temp_air, wind_speed
        [°C], [m/s].
    solar_zenith, solar_azimuth
        Apparent position of the sun at the moment the values stand for [°], azimuth from true north.
    grid_convergence_deg
        Angle from true north to the grid's north, clockwise [°]: planes and horizons are measured on the grid, so the sun is
        turned into it. At Carmiano in UTM 33 it is 2 degrees.

    Returns
    -------
    SkyHours

    Raises
    ------
    InputError
        When the hours cannot be true; see `hourcheck.check_hours`.
    """
    given = {"ghi": ghi, "dni": dni, "dhi": dhi, "temp_air": temp_air, "wind_speed": wind_speed}
    given |= {"zenith": solar_zenith, "azimuth": solar_azimuth, "extra": dni_extra}
    hour = {name: np.asarray(values, dtype=float) for name, values in given.items()}
    check_hours(hour)
    light = (hour["ghi"] > 0) | (hour["dni"] > 0) | (hour["dhi"] > 0)
    sun = sun_vectors(hour["zenith"], (hour["azimuth"] - grid_convergence_deg) % 360.0)
    way = sun_way(sun)[light]
    at, part = lit_position(way)
    lit = {name: values[light] for name, values in hour.items()}
    sky = sky_of(lit["dhi"], lit["dni"], lit["extra"], lit["zenith"])
    # The circumsolar part is divided by the sun's height, at least that of 85 degrees of zenith.
    height = np.maximum(np.cos(np.radians(lit["zenith"])), np.cos(np.radians(85.0)))
    return SkyHours(
        len(light), np.flatnonzero(light), np.asarray(month, dtype=np.int64)[light] - 1, sun[light], lit["dni"], (lit["dhi"] - sky.isotropic) / height, sky.isotropic,
        sky.band, lit["ghi"], lit["temp_air"], lit["wind_speed"], way, at, part,
    )  # fmt: skip


def sun_vectors(solar_zenith: Floats, solar_azimuth: Floats) -> Floats:
    """Unit vectors (east, north, up) to the sun, shape (hours, 3); angles in [°]."""
    zenith, azimuth = np.radians(solar_zenith), np.radians(solar_azimuth)
    return np.stack([np.sin(zenith) * np.sin(azimuth), np.sin(zenith) * np.cos(azimuth), np.cos(zenith)], axis=1)


def sun_way(sun: Floats) -> Floats:
    """The sun between the stamps: a parabola through three consecutive hours, shape (hours, steps, 3).

    The year closes on itself. The parabola is within 0.1 degrees of the sun's way on average, 0.4 where refraction is strong.
    """
    before, after = np.roll(sun, 1, axis=0), np.roll(sun, -1, axis=0)
    u = np.asarray(SUN_STEPS_H)[np.newaxis, :, np.newaxis]
    way = before[:, None] * (u * (u - 1) / 2) + sun[:, None] * (1 - u * u) + after[:, None] * (u * (u + 1) / 2)
    return np.asarray(way / np.linalg.norm(way, axis=2, keepdims=True))


def lit_position(way: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Where directions fall in a lit share of shape (72, 45): flat index and the parts towards the next sector and elevation.

    Directions below the horizon are read at 0 degrees, above 88 degrees at 88.
    """
    azimuth = np.degrees(np.arctan2(way[..., 0], way[..., 1])) % 360.0
    elevation = np.degrees(np.arcsin(np.clip(way[..., 2], 0.0, 1.0)))
    sector, step = azimuth / (360.0 / SECTORS), np.minimum(elevation / ELEVATION_STEP_DEG, ELEVATIONS - 1.0)
    s, e = np.floor(sector), np.minimum(np.floor(step), ELEVATIONS - 2.0)
    return (s.astype(np.int64) % SECTORS) * ELEVATIONS + e.astype(np.int64), np.stack([sector - s, step - e], axis=-1)


def plane_hours(planes: Planes, hours: SkyHours, albedo: float) -> Iterator[tuple[slice, PlaneHours]]:
    """Irradiance on planes hour by hour, a few planes at a time.

    Parameters
    ----------
    planes
        The planes and what they see.
    hours
        From `sky_hours`.
    albedo
        Reflectance of the ground, 0..1.

    Yields
    ------
    (slice of the planes, PlaneHours)
        The next planes are written over these.
    """
    tilt, azimuth = np.radians(planes.surface_tilt), np.radians(planes.surface_azimuth)
    normal = np.stack([np.sin(tilt) * np.sin(azimuth), np.sin(tilt) * np.cos(azimuth), np.cos(tilt)], axis=1)
    band_open = band_open_share(planes.lit_share, planes.surface_azimuth)
    lowest = (hours.way_at % ELEVATIONS).min(axis=1)
    room = np.empty((len(PlaneHours._fields), min(CHUNK, len(tilt)), len(hours.sun)))
    for first in range(0, len(tilt), CHUNK):
        at = slice(first, min(first + CHUNK, len(tilt)))
        lit = lit_hours(planes.lit_share[at], normal[at], hours, lowest)
        out = PlaneHours(*room[:, : at.stop - at.start])
        # The ground is taken as open: (1 - cos tilt) / 2 of its light reaches the plane.
        _plane_hours(
            normal[at], planes.sky_view[at], open_sky_view(planes.surface_tilt[at]), np.sin(tilt[at]), band_open[at], lit, albedo,
            hours.sun, hours.beam, hours.circumsolar, hours.isotropic, hours.band, hours.ghi, *out,
        )  # fmt: skip
        yield at, out


def lit_hours(lit_share: NDArray[np.uint8], normal: Floats, hours: SkyHours, lowest: NDArray[np.int64]) -> Floats:
    """Share of up to `CHUNK` planes that is lit in each hour: over the sun's way, weighted by the cosine of incidence.

    Parameters
    ----------
    lit_share
        0..255, shape (planes, 72, 45).
    normal
        Unit vectors, shape (planes, 3).
    hours
        From `sky_hours`.
    lowest
        Lowest elevation (index) of the sun's way in each hour, shape (hours,).

    Returns
    -------
    array of shape (hours, CHUNK)
        0..1; the columns beyond the planes mean nothing.
    """
    planes = len(lit_share)
    hidden = np.flatnonzero((lit_share < 255).any(axis=(0, 1)))
    # While the sun stays above it all of them are lit, whatever the azimuth, and nothing need be read.
    clear = hidden[-1] + 1 if len(hidden) else 0
    # Counted is what is dark: nothing at all on a plane in full light, so that it does not matter which planes stand beside it.
    dark = np.zeros((SECTORS * ELEVATIONS, CHUNK), dtype=np.uint8)
    dark[:, :planes] = 255 - lit_share.reshape(planes, -1).T
    normals = np.zeros((3, CHUNK))
    normals[:, :planes] = normal.T
    out = np.ones((len(lowest), CHUNK))
    _lit(dark.ravel(), normals.ravel(), np.uint64(planes), clear, hours.beam, hours.circumsolar, hours.way, hours.way_at.astype(np.uint64), hours.way_part, lowest, np.zeros(3 * CHUNK), out)
    return out


# Compiled functions fill arrays of the caller: making them inside would cost time in a first run. The planes of a chunk stand side
# by side, so that the processor takes several at once; flat arrays with fixed steps let the compiler see that it may.
@kernel("u1[::1], f8[::1], u8, i8, f8[::1], f8[::1], f8[:,:,::1], u8[:,::1], f8[:,:,::1], i8[::1], f8[::1], f8[:,::1]")
def _lit(dark, normal, planes, clear, beam, circumsolar, way, way_at, way_part, lowest, sums, out):  # type: ignore[no-untyped-def]
    """The lit share of up to CHUNK planes side by side, hour by hour, into `out`."""
    for h in range(lowest.shape[0]):
        if lowest[h] >= clear or not (beam[h] > 0.0 or circumsolar[h] > 1e-9):
            continue
        for p in range(3 * CHUNK):
            sums[p] = 0.0
        for i in range(way_at.shape[1]):
            a = way_at[h, i]
            b = a + _ROUND if a + _ROUND < _READINGS else a + _ROUND - _READINGS
            a, b = a * _WIDE, b * _WIDE
            c, d = a + _WIDE, b + _WIDE
            east, up = way_part[h, i, 0], way_part[h, i, 1]
            to_east, to_north, to_zenith = way[h, i, 0], way[h, i, 1], way[h, i, 2]
            counts = 1.0 if to_zenith > 0.0 else 0.0
            for p in range(planes):
                here = (1.0 - up) * dark[a + p] + up * dark[c + p]
                there = (1.0 - up) * dark[b + p] + up * dark[d + p]
                hidden = (1.0 - east) * here + east * there
                cosine = normal[p] * to_east + normal[_WIDE + p] * to_north + normal[_TWICE + p] * to_zenith
                weight = counts * max(cosine, 0.0)
                sums[p] += hidden * weight
                sums[_WIDE + p] += weight
                sums[_TWICE + p] += hidden
        for p in range(planes):
            weight = sums[_WIDE + p]
            out[h, p] = 1.0 - (sums[p] / weight if weight > 0.0 else sums[_TWICE + p] / way_at.shape[1]) / 255.0


@kernel("f8[:,::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[:,::1], f8, f8[:,::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[:,::1]")
def _plane_hours(  # type: ignore[no-untyped-def]
    normal, sky_view, open_view, sine, band_open, lit, albedo, sun, beam, circumsolar, isotropic, band, ghi, incidence, unshaded, direct, sky, ground
):
    """Light of every plane in every hour, by the formulas of the module: incidence, unshaded, and the parts that are seen."""
    for p in range(normal.shape[0]):
        for h in range(sun.shape[0]):
            cosine = max(normal[p, 0] * sun[h, 0] + normal[p, 1] * sun[h, 1] + normal[p, 2] * sun[h, 2], 0.0)
            from_sun, shown = circumsolar[h] * cosine, lit[h, p] if cosine > 0.0 else 1.0
            around = isotropic[h] * open_view[p] + band[h] * sine[p]
            incidence[p, h] = cosine
            direct[p, h] = (beam[h] * cosine + from_sun) * shown
            # A horizon band darker than the sky dims it as a whole: hiding it must not add light.
            band_seen = band_open[p] if band[h] > 0.0 else sky_view[p] / open_view[p]
            seen = isotropic[h] * sky_view[p] + band[h] * sine[p] * band_seen
            # The whole diffuse light of the sky is not negative, even where the horizon band is.
            sky[p, h] = max(seen, -from_sun * shown)
            ground[p, h] = ghi[h] * albedo * (1.0 - open_view[p])
            unshaded[p, h] = beam[h] * cosine + max(from_sun + around, 0.0) + ground[p, h]


class YearSums(NamedTuple):
    """Irradiation of planes [kWh/m2]: without shading shape (planes,), with shading by month shape (planes, 12)."""

    unshaded: Floats
    shaded_by_month: Floats


def year_sums(planes: Planes, hours: SkyHours, albedo: float) -> YearSums:
    """Sum the irradiance on planes to months and the year.

    Parameters
    ----------
    planes, hours, albedo
        As in `plane_hours`.

    Returns
    -------
    YearSums
    """
    unshaded, shaded = np.empty(len(planes.surface_tilt)), np.empty((len(planes.surface_tilt), 12))
    for at, light in plane_hours(planes, hours, albedo):
        unshaded[at] = by_month(light.unshaded, hours.month).sum(axis=1)
        shaded[at] = by_month(light.direct + light.sky + light.ground, hours.month)
    return YearSums(unshaded, shaded)


def by_month(watts: Floats, month: NDArray[np.int64]) -> Floats:
    """Sum hourly values [W] of shape (n, hours) to months [kWh], shape (n, 12); `month` is 0..11.

    The hours are added in their order, so that the sum of a row does not depend on the rows beside it.
    """
    out = np.zeros((len(watts), 12))
    _by_month(watts, month, out)
    return out


@kernel("f8[:,::1], i8[::1], f8[:,::1]")
def _by_month(watts, month, out):  # type: ignore[no-untyped-def]
    for i in range(watts.shape[0]):
        now, total = 0, 0.0
        for h in range(watts.shape[1]):
            if month[h] != now:
                out[i, now] += total * 0.001
                now, total = month[h], 0.0
            total += watts[i, h]
        out[i, now] += total * 0.001
