"""How sure a sealed area is: an interval from the ranks of the land cover's sources, or from labelled points.

Errors of neighbouring cells are not independent: a yard is mapped wrong as a whole, and a source errs everywhere in the
same way. Adding a million independent cells would give an interval of nothing. So there are two parts:

* **local**: ground is right or wrong in patches of `patch_m2`, each by itself: for an area a that is wrong with the
  chance w, the variance is a^2 w (1 - w) / max(1, a / patch_m2);
* **common**: of what is expected to be wrong, w a, a share is the same everywhere: it is added over ranks and places
  and never shrinks. Sealed ground taken for open and open ground taken for sealed are two such errors, independent.

Ranks are an order, not probabilities: w = 1 - r / 100 and both constants are judgements, and the reason to label points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.land.adjusted import Z95

Floats = NDArray[np.float64]
RANK_STEP = 5
RANK_BINS = 20


def ranked_codes(cover: NDArray[np.uint8], rank: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One code for class and rank: 20 x cover + rank // 5; cover above 11 becomes 255.

    >>> ranked_codes(np.array([0, 2, 6, 200], np.uint8), np.array([0, 85, 99, 5], np.uint8)).tolist()
    [0, 57, 139, 255]
    """
    wide = cover.astype(np.int16) * RANK_BINS + np.minimum(rank // RANK_STEP, RANK_BINS - 1)
    return np.where(cover == 0, 0, np.minimum(wide, 255)).astype(np.uint8)


def bin_probability() -> Floats:
    """Probability that stands for each rank bin: its lower edge, shape (20,)."""
    return np.arange(RANK_BINS) * RANK_STEP / 100.0


def half_width(sealed: Floats, other: Floats, prevalence: float, patch_m2: float, common_share: float) -> Floats:
    """Half of the 95 % interval of each zone's sealed area, from ranks.

    Sealed ground of rank r is not sealed with the chance 1 - r/100. Other ground of rank r is wrong with the same
    chance, and sealed then as often as ground of the town is: 1 - r/100 times the prevalence.

    Parameters
    ----------
    sealed, other
        Mapped areas by rank bin, shape (zones, 20) [m2].
    prevalence
        Sealed share of the whole town on the map.
    patch_m2
        Ground that is right or wrong together [m2].
    common_share
        Share of the expected error that is common to all.

    Returns
    -------
    array of shape (zones,) [m2]
    """
    wrong = 1.0 - bin_probability()
    variance = np.zeros(len(sealed))
    for areas, rate in ((sealed, wrong), (other, wrong * prevalence)):
        patches = np.maximum(areas / patch_m2, 1.0)
        variance += (areas**2 * (rate * (1.0 - rate)) / patches).sum(axis=-1)
        variance += (common_share * (areas @ rate)) ** 2
    return np.asarray(Z95 * np.sqrt(variance))


def half_width_labelled(sealed_m2: Floats, other_m2: Floats, wrong: tuple[float, float], wrong_se: tuple[float, float], patch_m2: float) -> Floats:
    """The same from measured rates: how often mapped sealed ground is not, and other ground is.

    Parameters
    ----------
    sealed_m2, other_m2
        Mapped areas of each zone, shape (zones,) [m2].
    wrong, wrong_se
        Measured error rate of sealed and of other ground, and standard errors: the common part.
    patch_m2
        Ground that is right or wrong together [m2].
    """
    areas = np.stack([sealed_m2, other_m2], axis=-1)
    rate, se = np.array(wrong), np.array(wrong_se)
    local = (areas**2 * rate * (1.0 - rate) / np.maximum(areas / patch_m2, 1.0)).sum(axis=-1)
    return np.asarray(Z95 * np.sqrt(local + ((areas * se) ** 2).sum(axis=-1)))
