"""Numbers as Italians and as English readers write them, always in both forms."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.maps.text import TEXT, Phrase

# One narrow no-break space between number and unit keeps them on one line; English sets no space before %.
_GAP = "\u00a0"


def significant(value: float, digits: int = 3) -> float:
    """`value` rounded to significant digits.

    >>> significant(21449.0), significant(0.0), significant(-0.012345)
    (21400.0, 0.0, -0.0123)
    """
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def significants(values: NDArray[np.float64], digits: int = 3) -> NDArray[np.float64]:
    """`significant` of many values; NaN stays.

    >>> significants(np.array([21449.0, 0.0, np.nan, 0.012345])).tolist()
    [21400.0, 0.0, nan, 0.0123]
    """
    size = np.abs(values)
    known = np.isfinite(values) & (size > 0.0)
    places = digits - 1 - np.floor(np.log10(np.where(known, size, 1.0)))
    # Steps of tens are divided by, steps of tenths multiplied with: both are exact numbers.
    tens, tenths = 10.0 ** np.maximum(-places, 0.0), 10.0 ** np.maximum(places, 0.0)
    return np.where(known, np.round(values / tens * tenths) / tenths * tens, values)


def plain(value: float, decimals: int = 0) -> Phrase:
    """A bare number with its thousands grouped.

    >>> plain(21400)
    Phrase(it='21.400', en='21,400')
    >>> plain(18.35, 1)
    Phrase(it='18,4', en='18.4')
    """
    english = f"{_half_up(value, decimals):,.{decimals}f}".replace("-", "−")
    return Phrase(english.translate(str.maketrans(",.", ".,")), english)


def _half_up(value: float, decimals: int) -> float:
    scale = 10.0**decimals
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9), value) / scale


def quantity(value: float | None, kind: str) -> Phrase:
    """A value of a kind with its unit, or "not available".

    Parameters
    ----------
    value
        In the unit of the contract: kWh, kWp, m2, share 0-1, kWh/kWp, m, count.
    kind
        kwh, kwp, m2, ha (given in m2, which small ones keep), share, part (a rough share), yield, poa, m, int, head (m2 per resident), eur, years, kg, m3, mm, index (two decimals), walk (m on foot), yr (a year of the calendar).

    Returns
    -------
    Phrase

    >>> quantity(61_234_000, "kwh")
    Phrase(it='61,2\\xa0GWh', en='61.2\\xa0GWh')
    >>> quantity(0.184, "share").it, quantity(0.184, "share").en
    ('18,4\\xa0%', '18.4%')
    """
    if value is None or not math.isfinite(value):
        return TEXT["na"]
    if kind == "yr":
        return Phrase(f"{value:.0f}", f"{value:.0f}")
    number, unit, decimals = _scaled(float(value), kind)
    out = plain(number, decimals)
    if not unit:
        return out
    return Phrase(f"{out.it}{_GAP}{unit}", f"{out.en}{'' if unit == '%' else _GAP}{unit}")


def _scaled(value: float, kind: str) -> tuple[float, str, int]:
    """The number to print, its unit and its decimals."""
    if kind in ("kwh", "kwp"):
        value = significant(value)
        small, middle, large = ("kWh", "MWh", "GWh") if kind == "kwh" else ("kWp", "MWp", "GWp")
        for limit, unit, scale in ((1e6, large, 1e6), (1e5 if kind == "kwh" else 1e3, middle, 1e3), (0.0, small, 1.0)):
            if abs(value) >= limit:
                return value / scale, unit, _decimals(value / scale)
    if kind == "m2":
        return (significant(value) / 1e4, "ha", _decimals(value / 1e4)) if abs(value) >= 1e5 else (value, "m²", _few(value))
    if kind == "ha" and abs(value) < 1e4:
        return value, "m²", _few(value)
    if kind == "kg":
        value = significant(value)
        return (value / 1e3, "t", _decimals(value / 1e3)) if abs(value) >= 1e3 else (value, "kg", 0)
    if kind == "eur":
        value = significant(value, 2)
        return (value / 1e6, "M€", max(0, _decimals(value / 1e6) - 1)) if abs(value) >= 1e6 else (value, "€", 0)
    if kind == "head":
        return significant(value), "m²", _few(value)
    return {
        "ha": (significant(value) / 1e4, "ha", _decimals(value / 1e4)),
        "share": (value * 100.0, "%", 1),
        "part": (value * 100.0, "%", 0),
        "yield": (significant(value), "kWh/kWp", 0),
        "poa": (significant(value), "kWh/m²", 0),
        "m": (value, "m", 1),
        "int": (value, "", 0),
        "m3": (significant(value), "m³", _few(value)),
        "mm": (value, "mm", 0),
        "index": (value, "", 2),
        "walk": (significant(value, 2), "m", 0),
        "years": (value, "", 0),
    }[kind]


def _few(value: float) -> int:
    """One decimal for small areas, none for nothing."""
    return 1 if 0.05 <= abs(value) < 10 else 0


def _decimals(value: float) -> int:
    """Decimals that print three significant digits."""
    return max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
