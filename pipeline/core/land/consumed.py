"""Officially consumed soil: stock, change, per head, SDG 11.3.1, and why it differs from the town's own measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# ISPRA's legend: permanent and reversible consumption; 1 is either. 2 and 201-205 are not consumed.
PERMANENT: tuple[int, ...] = (11, *range(111, 119))
REVERSIBLE: tuple[int, ...] = (12, *range(121, 127))
CONSUMED: tuple[int, ...] = (1, *PERMANENT, *REVERSIBLE)
NOT_CONSUMED: tuple[int, ...] = (2, *range(201, 206))
# |PGR| below which the ratio of SDG 11.3.1 is noise.
UNSTABLE_PGR = 0.0005


@dataclass(frozen=True)
class Change:
    """Change of consumed soil between two years."""

    net_m2: float
    net_share: float
    net_m2_per_ha: float
    net_m2_per_resident_year: float


def change(gross_m2: float, restored_m2: float, stock_start_m2: float, area_m2: float, residents: float | None, years: float) -> Change:
    """Net change and what it is relative to: the stock at the START, the area, people and years.

    Parameters
    ----------
    gross_m2, restored_m2
        Newly consumed and given back [m2].
    stock_start_m2, area_m2
        Consumed at the start; the town [m2].
    residents
        None or 0 where nobody lives or the number is not known: per head is NaN then.
    years
        Length of the time.

    >>> found = change(31000, 7000, 4320000, 24e6, 11700, 1)
    >>> found.net_m2, round(found.net_share, 6), found.net_m2_per_ha, round(found.net_m2_per_resident_year, 2)
    (24000, 0.005556, 10.0, 2.05)
    """
    net = gross_m2 - restored_m2
    return Change(
        net,
        net / stock_start_m2 if stock_start_m2 > 0 else float("nan"),
        net / (area_m2 / 1e4) if area_m2 > 0 else float("nan"),
        net / residents / years if residents and years > 0 else float("nan"),
    )


@dataclass(frozen=True)
class Sdg1131:
    """Land consumption rate, population growth rate [1/year], their ratio, and "", SHRINKING or UNSTABLE."""

    lcr: float
    pgr: float
    ratio: float
    flag: str


def sdg_11_3_1(consumed_start: float, consumed_end: float, people_start: float, people_end: float, years: float) -> Sdg1131:
    """SDG 11.3.1: LCR = (V2 - V1) / (V1 T), PGR = ln(P2 / P1) / T, and LCR / PGR (UN-Habitat metadata 2021).

    The ratio is given with a flag where it misleads: with fewer people it is negative, with hardly any change of people
    it is as large as one likes.

    Parameters
    ----------
    consumed_start, consumed_end
        Stocks, in one unit; above 0 at the start.
    people_start, people_end
        Residents, above 0.
    years
        Above 0.

    >>> found = sdg_11_3_1(400, 432, 11400, 12000, 10)
    >>> round(found.lcr, 7), round(found.pgr, 7), round(found.ratio, 4), found.flag
    (0.008, 0.0051293, 1.5597, '')
    """
    if min(consumed_start, people_start, people_end, years) <= 0:
        return Sdg1131(float("nan"), float("nan"), float("nan"), "")
    lcr = (consumed_end - consumed_start) / (consumed_start * years)
    pgr = float(np.log(people_end / people_start) / years)
    flag = "UNSTABLE" if abs(pgr) < UNSTABLE_PGR else "SHRINKING" if pgr < 0 else ""
    return Sdg1131(lcr, pgr, lcr / pgr if pgr != 0 else float("nan"), flag)


@dataclass(frozen=True)
class Difference:
    """Why the official figure is not the town's own, in areas that sum to the whole difference [m2].

    Attributes
    ----------
    definition
        Officially consumed but not sealed (reversible classes: tracks, beaten earth, quarries, panels on the ground).
    majority
        What the town's own map would gain (or lose) if each official cell were given whole to its majority.
    rest
        Date and errors of either: official sealed cells minus the own map at the official cell.
    """

    definition: float
    majority: float
    rest: float

    @property
    def whole(self) -> float:
        """Official minus own."""
        return self.definition + self.majority + self.rest


def difference(codes: NDArray[np.integer], sealed_share: NDArray[np.floating], cell_m2: float) -> Difference:
    """Split official minus own.

    official - own = (official - official sealed) + (own by majority - own) + (official sealed - own by majority).

    Parameters
    ----------
    codes
        Official class of each cell inside the town.
    sealed_share
        Share of the cell that is sealed on the own map, same shape; NaN where the own map knows nothing: left out of
        both sides.
    cell_m2
        Area of a cell [m2].
    """
    known = np.isfinite(sealed_share)
    official = np.isin(codes, CONSUMED) & known
    soft = np.isin(codes, REVERSIBLE) & known
    own = np.where(known, sealed_share, 0.0)
    majority = own > 0.5
    return Difference(
        float(soft.sum()) * cell_m2,
        float(majority.sum() - own.sum()) * cell_m2,
        float(official.sum() - soft.sum() - majority.sum()) * cell_m2,
    )


def infill(new: NDArray[np.bool_], before: NDArray[np.bool_], reach_cells: int, built_share: float) -> float:
    """Share of the new consumption that lies inside what was built around it before.

    A new cell is infill where at least `built_share` of the cells around it, within a square of `reach_cells` to each
    side, were consumed before.

    Parameters
    ----------
    new, before
        Newly consumed cells; consumed at the start, shape (rows, cols).
    reach_cells
        Half of the square, without the cell itself.
    built_share
        From which share (>=) the surroundings are a built continuum.

    Returns
    -------
    float
        NaN where nothing is new.
    """
    if not new.any():
        return float("nan")
    from scipy.ndimage import uniform_filter

    side = 2 * reach_cells + 1
    around = uniform_filter(before.astype(np.float64), size=side, mode="constant")
    return float((new & (around >= built_share - 1e-9)).sum() / new.sum())


def land_spared_ha(kwp: float, ha_per_mw: tuple[float, float]) -> tuple[float, float]:
    """Roofs before fields: ground that panels of this power would take, low and high [ha].

    >>> land_spared_ha(10000.0, (1.0, 1.8))
    (10.0, 18.0)
    """
    return kwp / 1000.0 * ha_per_mw[0], kwp / 1000.0 * ha_per_mw[1]
