"""Indices of reflected light that tell vegetation from bare and built ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def normalized_difference(a: Floats, b: Floats) -> NDArray[np.float32]:
    """(a - b) / (a + b), NaN where either is not known or negative, or both are 0.

    NDVI with a = near infrared and b = red (Rouse et al. 1974, NASA SP-351, 309-317); NDBI with a = short-wave infrared
    and b = near infrared (Zha, Gao & Ni 2003, doi:10.1080/01431160304987).

    Parameters
    ----------
    a, b
        Reflectance, or any number proportional to it, of the same shape.

    Returns
    -------
    array of the same shape, float32
        -1 to 1.

    >>> red, nir, swir = (np.array([v]) for v in (0.13, 0.22, 0.28))
    >>> [round(float(normalized_difference(*pair)[0]), 4) for pair in ((nir, red), (swir, nir))]
    [0.2571, 0.12]
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    total = first + second
    known = (first >= 0) & (second >= 0) & (total > 0)
    out = np.full(total.shape, np.nan)
    np.divide(first - second, total, out=out, where=known)
    return out.astype(np.float32)


def spread_shares(shape: tuple[int, int], row: int, col: int) -> NDArray[np.float64]:
    """Thresholds in [0, 1) such that in any patch of cells about the share s of them lies below s.

    The additive sequence with the plastic number p (p^3 = p + 1), frac(row / p^2 + col / p): points on it fill the
    interval evenly, in rows, columns and blocks alike (Roberts 2018, "The unreasonable effectiveness of quasirandom
    sequences"; Weyl 1916 for the equidistribution). It depends on the position only, so blocks of a raster agree.

    Parameters
    ----------
    shape
        Rows and columns.
    row, col
        Position of the first cell on the endless lattice.

    >>> t = spread_shares((10, 10), -5, 7)
    >>> abs(int((t < 0.35).sum()) - 35) <= 3
    True
    """
    plastic = 1.32471795724474602596
    a = ((row + np.arange(shape[0])) / plastic**2) % 1.0
    b = ((col + np.arange(shape[1])) / plastic) % 1.0
    out: NDArray[np.float64] = (a[:, None] + b[None, :]) % 1.0
    return out
