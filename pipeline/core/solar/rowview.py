"""What rows of racks take from one another of the diffuse light.

Rows are endless and stand on level ground, `gcr` is the slope length of a row over the distance to the next row that
faces the same way. Racks back to back (east and west) fit the same picture: what rises before an eastern slope is the
ridge of the next pair, one distance from pair to pair away, just as the top edge of the next row is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rack_sky_share(surface_tilt: Any, gcr: Any) -> Floats:
    """Diffuse light of an evenly bright sky on rows, over that on the same modules without rows before them.

    Parameters
    ----------
    surface_tilt
        Of the modules, 0..90 [°].
    gcr
        Ground coverage ratio: slope length over the distance from row to row; 0 for a row that stands alone.

    Returns
    -------
    array
        0..1, the mean over the slope.

    Notes
    -----
    By Hottel's crossed strings the view factor from a slope of length 1 to the sky between its own top and the top of
    the row before it, a distance d = 1 / gcr away, is (1 + d - sqrt(d² - 2 d cos β + 1)) / 2; without rows (1 + cos β) / 2.
    It is the mean over the slope of (1 + cos(β + masking angle)) / 2 with the masking angle of Passias & Källbäck (1984,
    doi:10.1016/0379-6787(84)90017-6), and what `pvlib.bifacial.utils.vf_row_sky_2d_integ` gives.

    Examples
    --------
    >>> rack_sky_share(10.0, 0.8).round(4).item(), rack_sky_share(30.0, 0.5).round(4).item()
    (0.9739, 0.9435)
    """
    cosine, open_view = _open(surface_tilt)
    return _share(gcr, open_view, lambda d: (1.0 + d - np.sqrt(d * d - 2.0 * d * cosine + 1.0)) / 2.0)


def rack_ground_share(surface_tilt: Any, gcr: Any) -> Floats:
    """Light of an evenly bright ground on rows, over that on the same modules without rows before them.

    Parameters
    ----------
    surface_tilt, gcr
        As in `rack_sky_share`.

    Returns
    -------
    array
        0..1, the mean over the slope; 1 for level modules, which see no ground.

    Notes
    -----
    View factor to the ground between the foot of the slope and that of the row before it, by crossed strings:
    (1 + d - sqrt(d² + 2 d cos β + 1)) / 2; without rows (1 - cos β) / 2.
    """
    cosine, open_view = _open(surface_tilt)
    return _share(gcr, 1.0 - open_view, lambda d: (1.0 + d - np.sqrt(d * d + 2.0 * d * cosine + 1.0)) / 2.0)


def _open(surface_tilt: Any) -> tuple[Floats, Floats]:
    """Cosine of the tilt, and the sky view of a slope that stands alone."""
    cosine = np.cos(np.radians(np.asarray(surface_tilt, dtype=float)))
    return cosine, (1.0 + cosine) / 2.0


def _share(gcr: Any, alone: Floats, between: Any) -> Floats:
    """View factor between rows over that of a row alone; 1 where there are no rows or nothing to see."""
    ratio, alone = np.broadcast_arrays(np.asarray(gcr, dtype=float), alone)
    rows = (ratio > 0.0) & (alone > 1e-9)
    seen = between(1.0 / np.where(rows, ratio, 1.0)) / np.where(rows, alone, 1.0)
    return np.asarray(np.where(rows, np.clip(seen, 0.0, 1.0), 1.0))
