"""Municipal waste: shares, weight per head, and what looks odd in a table of years."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
KG = 1000.0  # in a tonne


def separate_share(separate_t: Floats, total_t: Floats) -> Floats:
    """Separately collected over all municipal waste; NaN where there is none.

    Ministerial decree of 26 May 2016 (guidelines for the percentage of separate collection): which
    fractions count is the table's affair (recalled, not read again).

    Parameters
    ----------
    separate_t, total_t
        Tonnes of a year, shape (rows,) [t].

    >>> separate_share(np.array([3650.0]), np.array([5100.0])).round(4).tolist()
    [0.7157]
    """
    return np.divide(separate_t, total_t, out=np.full(len(total_t), np.nan), where=total_t > 0.0)


def per_head(tonnes: Floats, residents: Floats) -> Floats:
    """Kilograms for each resident [kg/inh]; NaN where nobody lives.

    >>> per_head(np.array([5100.0]), np.array([11700.0])).round(1).tolist()
    [435.9]
    """
    return np.divide(tonnes * KG, residents, out=np.full(len(residents), np.nan), where=residents > 0.0)


def differs(fractions_t: Floats, separate_t: Floats, tolerance: float) -> NDArray[np.bool_]:
    """Rows whose fractions do not sum to the total of separate collection.

    Parameters
    ----------
    fractions_t
        Shape (rows, fractions), NaN where the table says nothing [t].
    separate_t
        Their total [t].
    tolerance
        Largest difference as a share of the total; a tonne always passes (the table is rounded).

    Returns
    -------
    bool array, shape (rows,)
        False where no fraction is known.
    """
    known = np.isfinite(fractions_t).any(axis=1)
    off = np.abs(np.nansum(fractions_t, axis=1) - separate_t)
    return known & (off > np.maximum(tolerance * separate_t, 1.0))


def jumps(town: NDArray[np.str_] | NDArray[np.object_], year: NDArray[np.int64], kg: Floats, most: float) -> NDArray[np.bool_]:
    """Rows that differ from the year before by more than `most` of it.

    Parameters
    ----------
    town, year
        Sorted by town, then year.
    kg
        What is compared.
    most
        Largest change, as a share of the year before.

    >>> jumps(np.array(["a", "a", "a", "b"]), np.array([2019, 2020, 2022, 2020]), np.array([400.0, 700.0, 100.0, 90.0]), 0.5).tolist()
    [False, True, False, False]
    """
    out = np.zeros(len(kg), dtype=np.bool_)
    follows = (town[1:] == town[:-1]) & (year[1:] == year[:-1] + 1)
    out[1:] = follows & (np.abs(kg[1:] - kg[:-1]) > most * kg[:-1])
    return out
