"""Inner loops of `irradiance`: what of the sun's way is lit, and the light of a plane hour by hour by its formulas.

The planes of a chunk stand side by side, so that the processor takes several at once, and hours go in blocks that stay in its
nearest cache. Flat arrays with fixed steps let the compiler see that it may; functions fill arrays of the caller, as making them
inside would cost time in a first run.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from pipeline.core.solar.compiled import inner, kernel
from pipeline.core.solar.sky import ELEVATIONS, SECTORS

# Planes taken together.
CHUNK = 16
# The same and its like as unsigned numbers: an index that may be negative keeps the compiler from taking several planes at once.
_WIDE, _TWICE, _ROUND, _READINGS = (np.uint64(n) for n in (CHUNK, 2 * CHUNK, ELEVATIONS, SECTORS * ELEVATIONS))
# Shares of light need no more than these 24 bits, of which the processor takes twice as many at once.
_DARK, _LIT, _FULL = np.float32(0.0), np.float32(1.0), np.float32(255.0)
# Hours worked on at once: what `light` reads and writes of them stays in the processor's nearest cache.
BLOCK = 256
# The rows of a block in `irradiance.sky_blocks`: sun (east, north, up), beam, circumsolar, isotropic, band, ghi, temp_air, wind_speed.
SKY_ROWS = 10
# The rows that `light` fills in an array for the work on one block: incidence, unshaded, direct, sky, ground, as in `irradiance.PlaneHours`.
WORK = 5 * BLOCK
ROW = tuple(np.uint64(k * BLOCK) for k in range(SKY_ROWS))
STEP, SKY_STEP, ONE = np.uint64(BLOCK), np.uint64(SKY_ROWS * BLOCK), np.uint64(1)


@kernel("u1[::1], f4[::1], u8, i8, f8[::1], f8[::1], f4[:,:,::1], u8[:,::1], f4[:,:,::1], i8[::1], f4[::1], f4[:,::1]")
def lit_of(dark, normal, planes, clear, beam, circumsolar, way, way_at, way_part, lowest, sums, out):
    """The lit share of up to CHUNK planes side by side, hour by hour, into `out`."""
    steps = np.float32(way_at.shape[1])
    for h in range(lowest.shape[0]):
        if lowest[h] >= clear or not (beam[h] > 0.0 or circumsolar[h] > 1e-9):
            continue
        for p in range(3 * CHUNK):
            sums[p] = _DARK
        for i in range(way_at.shape[1]):
            a = way_at[h, i]
            b = a + _ROUND if a + _ROUND < _READINGS else a + _ROUND - _READINGS
            a, b = a * _WIDE, b * _WIDE
            c, d = a + _WIDE, b + _WIDE
            east, up = way_part[h, i, 0], way_part[h, i, 1]
            to_east, to_north, to_zenith = way[h, i, 0], way[h, i, 1], way[h, i, 2]
            counts = _LIT if to_zenith > 0.0 else _DARK
            for p in range(planes):
                here = (_LIT - up) * dark[a + p] + up * dark[c + p]
                there = (_LIT - up) * dark[b + p] + up * dark[d + p]
                hidden = (_LIT - east) * here + east * there
                cosine = normal[p] * to_east + normal[_WIDE + p] * to_north + normal[_TWICE + p] * to_zenith
                weight = counts * max(cosine, _DARK)
                sums[p] += hidden * weight
                sums[_WIDE + p] += weight
                sums[_TWICE + p] += hidden
        for p in range(planes):
            weight = sums[_WIDE + p]
            out[h, p] = max(_LIT - (sums[p] / weight if weight > _DARK else sums[_TWICE + p] / steps) / _FULL, _DARK)


@inner
def light(sky, block, count, lit, plane, facing, albedo, work):
    """Light of a plane in the first `count` hours of a block, by the formulas of docs/methods/solar.md, into the rows of `work`."""
    east, north, up = facing[plane, 0], facing[plane, 1], facing[plane, 2]
    sky_view, open_view, sine, band_open = facing[plane, 3], facing[plane, 4], facing[plane, 5], facing[plane, 6]
    dimmed = sky_view / open_view
    start, first = block * SKY_STEP, block * STEP
    for i in range(count):
        work[i] = lit[first + i, plane]
    for i in range(count):
        h = start + i
        beam, circumsolar, isotropic, band, ghi = sky[h + ROW[3]], sky[h + ROW[4]], sky[h + ROW[5]], sky[h + ROW[6]], sky[h + ROW[7]]
        cosine = max(east * sky[h] + north * sky[h + ROW[1]] + up * sky[h + ROW[2]], 0.0)
        from_sun, shown = circumsolar * cosine, work[i] if cosine > 0.0 else 1.0
        around = isotropic * open_view + band * sine
        # A horizon band darker than the sky dims it as a whole: hiding it must not add light.
        seen = isotropic * sky_view + band * sine * (band_open if band > 0.0 else dimmed)
        ground = ghi * albedo * (1.0 - open_view)
        work[i] = cosine
        work[i + ROW[1]] = beam * cosine + max(from_sun + around, 0.0) + ground
        work[i + ROW[2]] = (beam * cosine + from_sun) * shown
        # The whole diffuse light of the sky is not negative, even where the horizon band is.
        work[i + ROW[3]] = max(seen, -from_sun * shown)
        # The ground is taken as open: (1 - cos tilt) / 2 of its light reaches the plane.
        work[i + ROW[4]] = ground


@kernel("f8[::1], f4[:,::1], f8[:,::1], f8, i8[::1], f8[::1], f8[:,:,::1], f8[:,:,::1]")
def light_sums(sky, lit, facing, albedo, month, work, every, monthly):
    """Light of every plane, unshaded and shaded, by month [kWh/m2], and the rows of `light` hour by hour where there is room in `every`.

    Hours are added in their order, so that a plane's sums do not depend on the planes beside it.
    """
    hours = np.uint64(month.size)
    for p in range(np.uint64(facing.shape[0])):
        now, free, seen = 0, 0.0, 0.0
        for block in range((hours + STEP - ONE) // STEP):
            first = block * STEP
            count = min(STEP, hours - first)
            light(sky, block, count, lit, p, facing, albedo, work)
            for k in range(np.uint64(every.shape[0])):
                for i in range(count):
                    every[k, p, first + i] = work[k * STEP + i]
            for i in range(count):
                if month[first + i] != now:
                    monthly[0, p, now] += free * 0.001
                    monthly[1, p, now] += seen * 0.001
                    now, free, seen = month[first + i], 0.0, 0.0
                free += work[i + ROW[1]]
                seen += work[i + ROW[2]] + work[i + ROW[3]] + work[i + ROW[4]]
        monthly[0, p, now] += free * 0.001
        monthly[1, p, now] += seen * 0.001
