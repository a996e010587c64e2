"""The sky a plane sees above its horizon: sky view factor, lit share by sun position, open share of the horizon band.

Everything here starts from horizons given in `SECTORS` directions, the first centred on north, clockwise.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.compiled import inner, kernel
from pipeline.core.solar.elementary import arctan_of

Floats = NDArray[np.float64]

SECTORS = 72
# Solar elevations of the lit share: 0, 2, .. 88 degrees; each stands for the band of +-1 degree around it.
ELEVATIONS = 45
ELEVATION_STEP_DEG = 2.0
# The horizon band of the Perez model is infinitely thin; real horizon brightening is spread over some degrees. Its open
# share is taken over the lowest bands of the lit share, 0 to 7 degrees.
BAND_ELEVATIONS = 4
# As an unsigned number: an index that may be negative keeps the compiler from taking several cells at once.
_ALL = np.uint64(SECTORS)
# Planes whose weights by sector and band are held at once, 26 kB each.
_TOGETHER = 16


class SkySummary(NamedTuple):
    """What the cells of planes see, averaged per plane.

    Attributes
    ----------
    horizon_deg
        Mean elevation of the horizon, shape (planes, 72) [°].
    sky_view
        Isotropic sky received over that of an open horizontal plane, shape (planes,).
    lit_share
        Share of cells that see the sun, 0..255, shape (planes, 72, 45).
    angles
        Elevation of the horizon of each cell, shape (72, cells) [rad].
    """

    horizon_deg: Floats
    sky_view: Floats
    lit_share: NDArray[np.uint8]
    angles: NDArray[np.float32]


def sector_azimuths() -> Floats:
    """Azimuth of the centre of each sector, clockwise from north, shape (72,) [rad]."""
    return np.asarray(np.arange(SECTORS) * (2.0 * np.pi / SECTORS), dtype=np.float64)


def open_sky_view(surface_tilt: Any) -> Floats:
    """Sky view factor of an unobstructed plane, (1 + cos tilt) / 2.

    >>> float(open_sky_view(0.0)), round(float(open_sky_view(90.0)), 12)
    (1.0, 0.5)
    """
    return np.asarray((1.0 + np.cos(np.radians(np.asarray(surface_tilt, dtype=np.float64)))) / 2.0)


def summarise(tangents: NDArray[np.float32], starts: NDArray[np.int64], surface_tilt: Floats, surface_azimuth: Floats) -> SkySummary:
    """Mean horizon, sky view factor and lit share of each plane from the horizons of its cells.

    The sky view of a cell is the closed form of the integral of the cosine of incidence over the visible part of
    each sector, from the higher of horizon and the plane's own face limit to the zenith (for a horizontal plane the
    mean of cos^2 h; Dozier & Frew 1990, doi:10.1109/36.58986, eq. 7b). It is scaled so that an open plane gets
    (1 + cos tilt) / 2 exactly: the sum over 72 sectors is up to 1e-3 off that.

    The lit share at elevation e is the share of the band e - 1 .. e + 1 degrees that lies above the horizon, averaged
    over the cells (0 .. 1 degree at e = 0), so that reading it linearly between elevations moves no horizon.

    Parameters
    ----------
    tangents
        Tangent of the horizon elevation, >= 0, shape (cells, 72); the cells of one plane stand together.
    starts
        First cell of each plane and, last, the number of cells, shape (planes + 1,).
    surface_tilt, surface_azimuth
        Of the planes, shape (planes,) [°].

    Returns
    -------
    SkySummary
        A plane without cells is given an open sky.
    """
    tilt, azimuth = np.radians(surface_tilt), np.radians(surface_azimuth)
    across = np.sin(tilt)[:, np.newaxis] * np.cos(sector_azimuths()[np.newaxis, :] - azimuth[:, np.newaxis])
    face = np.maximum(0.0, -across) / np.maximum(np.cos(tilt), 1e-12)[:, np.newaxis]
    # Sector by sector, so that the cells of a plane lie side by side.
    slopes = np.ascontiguousarray(np.asarray(tangents, dtype=np.float32).T)
    angles = np.empty_like(slopes)
    planes = len(tilt)
    horizon, view, lit = np.zeros((planes, SECTORS)), np.ones(planes), np.full((planes, SECTORS, ELEVATIONS), 255, dtype=np.uint8)
    _summarise(slopes, angles, starts, np.cos(tilt), across, face, np.arctan(face), horizon, view, lit, np.zeros(ELEVATIONS + 1))
    return SkySummary(horizon, view * open_sky_view(surface_tilt), lit, angles)


# Compiled functions fill arrays of the caller: making them inside would cost time in a first run.
@kernel("f4[:,::1], f4[:,::1], i8[::1], f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[::1], u1[:,:,::1], f8[::1]")
def _summarise(tangents, angles, starts, cosb, across, face, face_angle, horizon, view, lit, rise):  # type: ignore[no-untyped-def]
    """Angles of all cells; mean horizon, sky view and lit share of each plane over its cells, sector by sector; a plane without cells is open."""
    for s in range(_ALL):
        for i in range(np.uint64(tangents.shape[1])):
            angles[s, i] = arctan_of(tangents[s, i])
    for p in range(cosb.shape[0]):
        cells = starts[p + 1] - starts[p]
        if cells == 0:
            continue
        seen, open_sky = 0.0, 0.0
        for s in range(SECTORS):
            open_sky += _visible(cosb[p], across[p, s], face[p, s], face_angle[p, s])
            total, visible = 0.0, 0.0
            for e in range(ELEVATIONS + 1):
                rise[e] = 0.0
            for i in range(starts[p], starts[p + 1]):
                angle = float(angles[s, i])
                total += angle
                visible += _visible(cosb[p], across[p, s], max(float(tangents[s, i]), face[p, s]), max(angle, face_angle[p, s]))
                _rise(rise, angle * (180.0 / np.pi))
            seen += visible / cells
            horizon[p, s] = total / cells * (180.0 / np.pi)
            running = 0.0
            for e in range(ELEVATIONS):
                running += rise[e]
                lit[p, s, e] = np.uint8(min(max(running / cells, 0.0), 1.0) * 255.0 + 0.5)
        view[p] = min(seen / open_sky, 1.0)


@inner
def _visible(cosb, across, tangent, angle):  # type: ignore[no-untyped-def]
    """Integral of cos(incidence) cos(e) de from `angle` to the zenith, cos(incidence) = cosb sin e + across cos e."""
    inverse = 1.0 / (1.0 + tangent * tangent)
    return cosb * 0.5 * inverse + across * (0.25 * np.pi - 0.5 * angle - 0.5 * tangent * inverse)


@inner
def _rise(rise, angle_deg):  # type: ignore[no-untyped-def]
    """Add one cell to the steps of the lit share: its running sum over elevations is the share of each band lit."""
    if angle_deg < 1.0:
        rise[0] += 1.0 - angle_deg
        rise[1] += angle_deg
        return
    e = int((angle_deg + 1.0) / ELEVATION_STEP_DEG)
    if e < ELEVATIONS:
        part = (ELEVATION_STEP_DEG * e + 1.0 - angle_deg) / ELEVATION_STEP_DEG
        rise[e] += part
        rise[e + 1] += 1.0 - part


def sky_view_from_lit(lit_share: NDArray[np.uint8], surface_tilt: Floats, surface_azimuth: Floats) -> Floats:
    """Sky view factor of planes that lie otherwise than the roof whose lit share is known (racks on a flat roof).

    The lit share is the distribution of the cells' horizons, so the cosine-weighted integral over it equals the mean
    of the cells' integrals.

    Parameters
    ----------
    lit_share
        0..255, shape (planes, 72, 45).
    surface_tilt, surface_azimuth
        Of the planes, shape (planes,) [°].

    Returns
    -------
    array of shape (planes,)
    """
    view = np.empty(len(surface_tilt))
    for first in range(0, len(view), _TOGETHER):
        some = slice(first, first + _TOGETHER)
        weight = band_weights(np.radians(surface_tilt[some]), np.radians(surface_azimuth[some]))
        view[some] = np.einsum("pse,pse->p", lit_share[some].astype(np.float64), weight) / (255.0 * weight.reshape(len(weight), -1).sum(axis=1))
    return view * open_sky_view(surface_tilt)


def band_weights(tilt: Floats, azimuth: Floats) -> Floats:
    """Cosine-weighted solid angle of each elevation band of each sector in front of planes, shape (planes, 72, 45).

    Parameters
    ----------
    tilt, azimuth
        Of the planes, shape (planes,) [rad].
    """
    across = (np.sin(tilt)[:, np.newaxis] * np.cos(sector_azimuths() - azimuth[:, np.newaxis]))[..., np.newaxis]
    cosine = np.cos(tilt)[:, np.newaxis, np.newaxis]
    face = np.arctan2(np.maximum(0.0, -across), np.maximum(cosine, 1e-12))
    # From the higher of the edge of a band and the plane's own face to the zenith.
    own, edges = (cosine * level + across * upright for level, upright in (_above(face), _ABOVE_EDGES))
    above = np.where(face > _BAND_EDGES, own, edges)
    return np.asarray(above[..., :-1] - above[..., 1:])


def _above(elevation: Floats) -> tuple[Floats, Floats]:
    """Integrals of sin e cos e and of cos² e from an elevation [rad] to the zenith."""
    return np.cos(elevation) ** 2 / 2.0, np.pi / 4.0 - elevation / 2.0 - np.sin(2.0 * elevation) / 4.0


_BAND_EDGES: Floats = np.radians(np.concatenate(([0.0], np.arange(1.0, 89.0, ELEVATION_STEP_DEG), [90.0])))
_ABOVE_EDGES = _above(_BAND_EDGES)


def band_open_share(lit_share: NDArray[np.uint8], surface_azimuth: Floats) -> Floats:
    """Share of the bright band at the horizon that planes see, weighted by the cosine to their azimuth.

    Parameters
    ----------
    lit_share
        0..255, shape (planes, 72, 45).
    surface_azimuth
        Of the planes, shape (planes,) [°].

    Returns
    -------
    array of shape (planes,)
        Over 0..7 degrees in front of the plane; 1 where nothing rises above the horizon.
    """
    widths = np.array([1.0, 2.0, 2.0, 2.0]) / 7.0
    low = lit_share[:, :, :BAND_ELEVATIONS] @ widths / 255.0
    front = np.maximum(np.cos(sector_azimuths()[np.newaxis, :] - np.radians(surface_azimuth)[:, np.newaxis]), 0.0)
    return np.asarray((low * front).sum(axis=1) / front.sum(axis=1))
