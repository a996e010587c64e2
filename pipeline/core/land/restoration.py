"""Article 8 of the Nature Restoration Regulation (EU) 2024/1991: urban green and canopy beside a frozen baseline."""

from __future__ import annotations

from dataclasses import dataclass

# Article 8(1): areas may be left out where green exceeds 45 % and canopy cover exceeds 10 % of the urban ecosystem area.
GREEN_ABOVE = 0.45
CANOPY_ABOVE = 0.10


@dataclass(frozen=True)
class Sheet:
    """Shares of green and canopy in the urban ecosystem area, and whether it may be left out."""

    green_share: float
    canopy_share: float
    excludable: bool


def sheet(ecosystem_m2: float, green_m2: float, canopy_m2: float) -> Sheet:
    """Shares and the test of article 8: both must be exceeded.

    >>> sheet(500e4, 210e4, 38e4)
    Sheet(green_share=0.42, canopy_share=0.076, excludable=False)
    """
    if ecosystem_m2 <= 0:
        return Sheet(float("nan"), float("nan"), False)
    green, canopy = green_m2 / ecosystem_m2, canopy_m2 / ecosystem_m2
    return Sheet(green, canopy, green > GREEN_ABOVE and canopy > CANOPY_ABOVE)
