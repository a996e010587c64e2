"""Racks on flat roofs: which there are, how rows shade one another, what each gives in open sky.

Rows are endless and stand on level ground. `gcr` is the slope length of a row over the distance to the next row that faces
the same way. In a plane across the rows, with the sun at the angle a over the horizon before the modules, the shaded share
of the slope is 1 - sin a / (gcr sin(a + tilt)), clipped to 0..1 (similar triangles). Racks back to back (east and west) fit
the same picture: what rises before an eastern slope is the ridge of the next pair, one distance from pair to pair away.
The row before also hides a part of the sky (see `rowview`) and of the bright band at the horizon.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.irradiance import Planes, SkyHours
from pipeline.core.solar.power import HULD, Mounting, PowerModel, array_year
from pipeline.core.solar.rowview import rack_sky_share
from pipeline.core.solar.sky import ELEVATION_STEP_DEG, ELEVATIONS, open_sky_view, sector_azimuths

Floats = NDArray[np.float64]

# Racks are compared with one another only, so by one model: that of `solar`'s defaults.
MODEL = PowerModel(HULD["pvgis5", "csi"], 0.1, 0.9, 0.2)
FAIMAN_RACK = (26.9, 6.2)
AZIMUTH_STEP_DEG = 15.0
# Looser rows than this cost energy at any price.
LOOSEST_GCR = 0.3
GCR_STEP = 0.04
# Where the roof has room, rows are spread by these factors of their distance.
SPREADS = (1.12, 1.25)


class Rack(NamedTuple):
    """A kind of rack: tilt [°], and whether rows stand back to back and face both ways."""

    tilt: float
    paired: bool


RACKS: dict[str, Rack] = {"S10": Rack(10.0, False), "S15": Rack(15.0, False), "S30": Rack(30.0, False), "EW10": Rack(10.0, True)}


class Variant(NamedTuple):
    """A kind of rack with its modules one way and its rows at one distance.

    Attributes
    ----------
    name
        Key of `RACKS`.
    portrait
        The long side of the modules lies along the slope.
    slope_m
        Side of the module along the slope [m].
    pitch_m
        Distance to the next row that faces the same way [m].
    looser
        Place among the variants of the one that differs only by standing next looser; -1 where there is none.
    spread
        Whether it is such a looser one, taken only where it costs no module.
    """

    name: str
    portrait: bool
    slope_m: float
    pitch_m: float
    looser: int = -1
    spread: bool = False

    @property
    def rack(self) -> Rack:
        """Its kind."""
        return RACKS[self.name]

    @property
    def gcr(self) -> float:
        """Slope length over the distance to the next row that faces the same way."""
        return self.slope_m / self.pitch_m

    @property
    def coverage(self) -> float:
        """Slope length of all modules over the ground they take."""
        return self.gcr * (2.0 if self.rack.paired else 1.0)

    def depth_m(self, gap_m: float) -> float:
        """Of a row, or of a pair with its gap at the ridge, in plan [m]."""
        row = self.slope_m * math.cos(math.radians(self.rack.tilt))
        return 2.0 * row + gap_m if self.rack.paired else row


class RackYear(NamedTuple):
    """What variants give in open sky, by the azimuth they face (of pairs, that of one side), every `step_deg` from north.

    Attributes
    ----------
    yields
        AC energy per peak power, of pairs the mean of both sides, shape (variants, azimuths) [kWh/kWp].
    alone
        The same of a row that stands alone.
    beam_loss
        Share of the year's direct light that the row before takes from the modules that face the azimuth, same shape.
    """

    yields: Floats
    alone: Floats
    beam_loss: Floats

    def at(self, values: Floats, variant: int, azimuth: Floats) -> Floats:
        """`values` (one of the tables) of a variant, read linearly between azimuths [°]."""
        step = 360.0 / values.shape[1]
        low = np.floor(azimuth / step)
        part = azimuth / step - low
        n = values.shape[1]
        row = values[variant]
        return np.asarray(row[low.astype(np.int64) % n] * (1.0 - part) + row[(low.astype(np.int64) + 1) % n] * part)


def row_shaded(sun: Floats, surface_tilt: float, surface_azimuth: float, gcr: float) -> Floats:
    """Share of the slope of a row in the shadow of the row before it.

    Parameters
    ----------
    sun
        Unit vectors to the sun (east, north, up), shape (..., 3).
    surface_tilt, surface_azimuth
        Of the modules [°].
    gcr
        Slope length over the distance from row to row; 0 for a row that stands alone.

    Returns
    -------
    array of shape (...)
        0..1; 0 where the sun is below the horizon or behind the modules. As pvlib's `shaded_fraction1d`.

    Examples
    --------
    >>> low = np.array([0.0, -math.cos(0.2), math.sin(0.2)])
    >>> row_shaded(low, 10.0, 180.0, 0.8).round(3).item()
    0.321
    """
    tilt, facing = math.radians(surface_tilt), math.radians(surface_azimuth)
    ahead = sun[..., 0] * math.sin(facing) + sun[..., 1] * math.cos(facing)
    up = sun[..., 2]
    # sin(a + tilt) and sin(a) up to the same factor: the sun's length in the plane across the rows.
    onto = up * math.cos(tilt) + ahead * math.sin(tilt)
    with np.errstate(divide="ignore", invalid="ignore"):
        shaded = 1.0 - up / (gcr * onto)
    return np.where((onto > 0.0) & (up > 0.0), np.clip(shaded, 0.0, 1.0), 0.0)


def rows_in_sight(surface_tilt: Floats, surface_azimuth: Floats, gcr: Floats) -> Planes:
    """Rows in open sky as planes whose horizon is the row before them.

    Parameters
    ----------
    surface_tilt, surface_azimuth, gcr
        Of n rows [°], [°], 0..1.

    Returns
    -------
    Planes
        Their lit share is the lit share of the slope, read at the middle of each band of elevations.
    """
    middle = np.radians(np.concatenate(([0.5], np.arange(1, ELEVATIONS) * ELEVATION_STEP_DEG)))
    azimuth = sector_azimuths()[:, np.newaxis]
    sky = np.stack(np.broadcast_arrays(np.cos(middle) * np.sin(azimuth), np.cos(middle) * np.cos(azimuth), np.sin(middle)), axis=-1)
    lit = np.stack([1.0 - row_shaded(sky, *row) for row in zip(surface_tilt, surface_azimuth, gcr, strict=True)])
    return Planes(surface_tilt, surface_azimuth, open_sky_view(surface_tilt) * rack_sky_share(surface_tilt, gcr), np.rint(lit * 255.0).astype(np.uint8))


def beam_loss(hours: SkyHours, surface_tilt: float, surface_azimuth: float, gcr: float) -> float:
    """Share of the year's direct and circumsolar light that a row loses to the row before it, 0..1."""
    tilt, facing = math.radians(surface_tilt), math.radians(surface_azimuth)
    incidence = hours.sun @ np.array([math.sin(tilt) * math.sin(facing), math.sin(tilt) * math.cos(facing), math.cos(tilt)])
    light = np.maximum(incidence, 0.0) * (hours.beam + hours.circumsolar)
    total = float(light.sum())
    return float((light * row_shaded(hours.sun, surface_tilt, surface_azimuth, gcr)).sum() / total) if total > 0.0 else 0.0


def rack_year(variants: Sequence[Variant], hours: SkyHours) -> RackYear:
    """What variants give in open sky, towards all sides.

    Parameters
    ----------
    variants
        Kinds of racks with their row distance.
    hours
        The town's year, from `irradiance.sky_hours`.

    Returns
    -------
    RackYear
    """
    azimuth = np.arange(0.0, 360.0, AZIMUTH_STEP_DEG)
    tilt, gcr = (np.repeat(column, len(azimuth)) for column in np.array([(v.rack.tilt, v.gcr) for v in variants]).T)
    facing = np.tile(azimuth, len(variants))
    alone = np.stack([_yields(np.full(len(azimuth), t), azimuth, np.zeros(len(azimuth)), hours) for t in np.unique(tilt)])
    single = alone[np.searchsorted(np.unique(tilt), [v.rack.tilt for v in variants])]
    yields = _yields(tilt, facing, gcr, hours).reshape(len(variants), -1)
    loss = np.array([beam_loss(hours, *row) for row in zip(tilt, facing, gcr, strict=True)]).reshape(yields.shape)
    paired = np.array([v.rack.paired for v in variants])[:, np.newaxis]
    both = [np.where(paired, (y + np.roll(y, len(azimuth) // 2, axis=1)) / 2.0, y) for y in (yields, single)]
    return RackYear(both[0], both[1], loss)


def spaced(names: Sequence[str], sides_m: tuple[float, float], *, equator: float, aisle_m: float, gap_m: float, hours: SkyHours, break_even: float = 0.0, gcr: float | None = None) -> list[Variant]:
    """Each kind of rack, upright and across, with the row distance that is best on an endless roof.

    Parameters
    ----------
    names
        Keys of `RACKS`.
    sides_m
        Long and short side of a module [m].
    equator
        Azimuth single rows face [°]; pairs face 90° to its left and right.
    aisle_m
        Least free strip between rows or pairs, in plan [m].
    gap_m
        Gap between modules, also at the ridge of a pair [m].
    hours
        The town's year.
    break_even
        Yield a kWp must give to be worth its cost [kWh/kWp].
    gcr
        Ground coverage ratio of single rows, if it is given; it is kept then.

    Returns
    -------
    list of Variant
        With the largest coverage x (yield - break_even), in the order of `names`, upright first; then the looser ones
        of single rows.
    """
    out = []
    for name in names:
        for portrait, slope in ((True, sides_m[0]), (False, sides_m[1])):
            tightest = Variant(name, portrait, slope, 1.0)
            tightest = tightest._replace(pitch_m=tightest.depth_m(gap_m) + aisle_m)
            if gcr is not None and not tightest.rack.paired:
                out.append(tightest._replace(pitch_m=max(slope / gcr, tightest.depth_m(gap_m) + gap_m)))
                continue
            ratio = np.concatenate(([tightest.gcr], np.arange(LOOSEST_GCR / (1.0 + tightest.rack.paired), tightest.gcr, GCR_STEP)[::-1]))
            faces = [(equator - 90.0) % 360.0, (equator + 90.0) % 360.0] if tightest.rack.paired else [equator]
            given = np.mean([_yields(np.full(len(ratio), tightest.rack.tilt), np.full(len(ratio), f), ratio, hours) for f in faces], axis=0)
            out.append(tightest._replace(pitch_m=slope / float(ratio[np.argmax(ratio * (given - break_even))])))
    return _with_looser(out) if gcr is None else out


def _with_looser(variants: list[Variant]) -> list[Variant]:
    """The same variants, then single rows spread by `SPREADS`, each with its place in `looser` of the one before."""
    out = list(variants)
    for first, base in enumerate(variants):
        at = first
        for factor in () if base.rack.paired else SPREADS:
            out[at] = out[at]._replace(looser=len(out))
            at = len(out)
            out.append(base._replace(pitch_m=base.pitch_m * factor, spread=True))
    return out


def _yields(surface_tilt: Floats, surface_azimuth: Floats, gcr: Floats, hours: SkyHours) -> Floats:
    """AC energy of rows in open sky [kWh/kWp]."""
    n = len(surface_tilt)
    mounting = Mounting(u0=np.full(n, FAIMAN_RACK[0]), u1=np.full(n, FAIMAN_RACK[1]), row_shading=np.zeros(n))
    return np.asarray(array_year(rows_in_sight(surface_tilt, surface_azimuth, gcr), mounting, hours, MODEL).energy_by_month.sum(axis=1))
