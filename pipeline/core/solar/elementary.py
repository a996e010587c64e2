"""Exponential, logarithm and arctangent that the compiler takes several at once; those of the C library are called one by one, four to nine times slower.

The first two reduce their argument by powers of two (Cody & Waite 1980, Software Manual for the Elementary Functions, chapters 5 and 6) and
sum a series. Being plain arithmetic they give the same bits with any C library. They can be called from compiled functions only.
"""

from __future__ import annotations

import numpy as np

from pipeline.core.solar.compiled import inner

LOG2_E = 1.4426950408889634
# The logarithm of 2 in two parts: the first ends in zeros, so that small whole numbers times it are exact.
LN2, LN2_HIGH, LN2_LOW = 0.6931471805599453, 0.6931471787393093, 1.8206359985041462e-09
# Added to a number below 2^51 it leaves its nearest whole number in the last bits.
ROUND = 6755399441055744.0
_ROUND_BITS, _ROOT_BITS = np.float64(ROUND).view(np.int64), np.float64(0.7071067811865476).view(np.int64)
_FRACTION, _ONE = np.int64(52), np.int64(1023)
_WHOLE, _RIGHT_ANGLE = np.float32(1.0), np.float32(np.pi / 2.0)
_A2, _A4, _A6, _A8 = (np.float32(a) for a in (-0.3333314528, 0.1999355085, -0.1420889944, 0.1065626393))
_A10, _A12, _A14, _A16 = (np.float32(a) for a in (-0.0752896400, 0.0429096138, -0.0161657367, 0.0028662257))


@inner
def exp_of(x):  # type: ignore[no-untyped-def]
    """e to the power x, -700 < x < 700, within 3e-16 of the value: 2^n times the Taylor series of what is left, at most ln 2 / 2."""
    shifted = x * LOG2_E + ROUND
    n = shifted - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    # Terms in pairs, and pairs of pairs: in one row each would wait for the one before.
    r2 = r * r
    r4 = r2 * r2
    low = (1 / 2 + 1 / 6 * r) + (1 / 24 + 1 / 120 * r) * r2
    middle = (1 / 720 + 1 / 5040 * r) + (1 / 40320 + 1 / 362880 * r) * r2
    high = (1 / 3628800 + 1 / 39916800 * r) + (1 / 479001600 + 1 / 6227020800 * r) * r2
    t = low + (middle + high * r4) * r4
    power = np.int64((np.float64(shifted).view(np.int64) + _ONE) << _FRACTION).view(np.float64)
    return power * (1.0 + (r + r2 * t))


@inner
def log_of(x):  # type: ignore[no-untyped-def]
    """Natural logarithm of a normal number above 0, within 5e-16 of the value: n ln 2 + 2 artanh((m - 1) / (m + 1)) with x = m 2^n, m about 1."""
    bits = np.float64(x).view(np.int64)
    n = np.int64(bits - _ROOT_BITS) >> _FRACTION
    m = np.int64(bits - (n << _FRACTION)).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    q = s * s
    q2 = q * q
    q4 = q2 * q2
    low = (1 / 3 + 1 / 5 * q) + (1 / 7 + 1 / 9 * q) * q2
    high = (1 / 11 + 1 / 13 * q) + (1 / 15 + 1 / 17 * q) * q2
    t = (low + (high + ((1 / 19 + 1 / 21 * q) + 1 / 23 * q2) * q4) * q4) * q
    return (np.int64(n + _ROUND_BITS).view(np.float64) - ROUND) * LN2 + (2.0 * s + 2.0 * s * t)


@inner
def arctan_of(x):  # type: ignore[no-untyped-def]
    """Arctangent of a number of 4 bytes, not negative, within 2e-7 rad: the polynomial of Hastings (Abramowitz & Stegun 1964, formula 4.4.49) up to 1, beyond by 1 / x."""
    y = _WHOLE / x if x > _WHOLE else x
    q = y * y
    angle = y + y * q * (_A2 + q * (_A4 + q * (_A6 + q * (_A8 + q * (_A10 + q * (_A12 + q * (_A14 + q * _A16)))))))
    return _RIGHT_ANGLE - angle if x > _WHOLE else angle
