"""Irradiance on tilted planes, hour by hour: the Perez-Driesse sky seen through the horizon of each plane.

The coefficients of the sky depend on the hour only (`perez`) and are worked out once; the geometry of each plane is a small
kernel. Without obstructions the sum equals `pvlib.irradiance.get_total_irradiance(model="perez-driesse")`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.hourcheck import check_hours
from pipeline.core.solar.light import BLOCK, CHUNK, WORK, light_sums, lit_of
from pipeline.core.solar.perez import sky_of
from pipeline.core.solar.sky import ELEVATION_STEP_DEG, ELEVATIONS, SECTORS, Floats, band_open_share, open_sky_view

# The lit share is averaged over the sun's way in the half hours before and after the stamp, every ten minutes.
SUN_STEPS_H: tuple[float, ...] = (-25 / 60, -15 / 60, -5 / 60, 5 / 60, 15 / 60, 25 / 60)


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
        The planes of the slice.
    """
    for at, every, _ in _light_of(planes, hours, albedo, hourly=True):
        yield at, PlaneHours(*every)


def _light_of(planes: Planes, hours: SkyHours, albedo: float, *, hourly: bool = False) -> Iterator[tuple[slice, Floats, Floats]]:
    """Chunks of planes: their hours in the order of `PlaneHours` (none unless asked), unshaded and shaded months."""
    sky, work = sky_blocks(hours), np.empty(WORK)
    for at, facing, lit in lit_chunks(planes, hours):
        every, monthly = np.empty((len(PlaneHours._fields) * hourly, len(facing), len(hours.hour))), np.zeros((2, len(facing), 12))
        light_sums(sky, lit, facing, albedo, hours.month, work, every, monthly)
        yield at, every, monthly


def sky_blocks(hours: SkyHours) -> Floats:
    """The hours as `light` reads them: flat, `BLOCK` hours after the other, in each `SKY_ROWS` rows; zeros at the end."""
    columns = np.vstack([hours.sun.T, hours.beam, hours.circumsolar, hours.isotropic, hours.band, hours.ghi, hours.temp_air, hours.wind_speed])
    blocks = -(-columns.shape[1] // BLOCK)
    whole = np.zeros((len(columns), blocks * BLOCK))
    whole[:, : columns.shape[1]] = columns
    return np.ascontiguousarray(whole.reshape(len(columns), blocks, BLOCK).transpose(1, 0, 2)).ravel()


class SunWay(NamedTuple):
    """The sun's way of `SkyHours` in the types `light.lit_of` reads, and the lowest elevation (index) in each hour."""

    way: NDArray[np.float32]
    at: NDArray[np.uint64]
    part: NDArray[np.float32]
    lowest: NDArray[np.int64]


def lit_chunks(planes: Planes, hours: SkyHours) -> Iterator[tuple[slice, Floats, NDArray[np.float32]]]:
    """`CHUNK` planes after the other with what `light` reads of them.

    Yields
    ------
    slice of the planes
    array of shape (planes, 7)
        Unit vector of the plane, sky view, open sky view, sine of the tilt, open share of the band at the horizon.
    array of shape (hours, CHUNK)
        From `lit_hours`.
    """
    tilt, azimuth = np.radians(planes.surface_tilt), np.radians(planes.surface_azimuth)
    normal = np.stack([np.sin(tilt) * np.sin(azimuth), np.sin(tilt) * np.cos(azimuth), np.cos(tilt)], axis=1)
    band_open = band_open_share(planes.lit_share, planes.surface_azimuth)
    facing = np.column_stack([normal, planes.sky_view, open_sky_view(planes.surface_tilt), np.sin(tilt), band_open])
    way = SunWay(hours.way.astype(np.float32), hours.way_at.astype(np.uint64), hours.way_part.astype(np.float32), (hours.way_at % ELEVATIONS).min(axis=1))
    for first in range(0, len(tilt), CHUNK):
        at = slice(first, min(first + CHUNK, len(tilt)))
        yield at, facing[at], lit_hours(planes.lit_share[at], normal[at], hours, way)


def lit_hours(lit_share: NDArray[np.uint8], normal: Floats, hours: SkyHours, way: SunWay) -> NDArray[np.float32]:
    """Share of up to `CHUNK` planes that is lit in each hour: over the sun's way, weighted by the cosine of incidence.

    Parameters
    ----------
    lit_share
        0..255, shape (planes, 72, 45).
    normal
        Unit vectors, shape (planes, 3).
    hours
        From `sky_hours`.
    way
        The sun's way in these hours.

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
    normals = np.zeros((3, CHUNK), dtype=np.float32)
    normals[:, :planes] = normal.T
    out = np.ones((len(way.lowest), CHUNK), dtype=np.float32)
    sums = np.empty(3 * CHUNK, dtype=np.float32)
    lit_of(dark.ravel(), normals.ravel(), np.uint64(planes), clear, hours.beam, hours.circumsolar, way.way, way.at, way.part, way.lowest, sums, out)
    return out


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
    monthly = np.empty((2, len(planes.surface_tilt), 12))
    for at, _, sums in _light_of(planes, hours, albedo):
        monthly[:, at] = sums
    return YearSums(monthly[0].sum(axis=1), monthly[1])
