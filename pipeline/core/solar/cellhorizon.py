"""The horizons of single cells as they are kept between stages: where the cells of a plane lie, and a byte for each sector.

The march is the dearest step of the wing; kept, its cells serve the planes (`horizon`) and the map (`sunmap`). A byte b stands for an
elevation of 90 (b / 255)^2 degrees: steps of 0.07 degrees at 1, 0.24 at 10 and 0.4 at 30 degrees, finest where horizons are low and
most of them lie. Rounding goes either way, so over 72 sectors it cancels: a year's irradiation moves by less than 0.05 % (tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.solar.sky import SECTORS

STEPS = 255
# Row and column of a cell take two numbers of four bytes.
PLACE_BYTES = 8
ELEVATION_DEG = (90.0 * (np.arange(STEPS + 1) / STEPS) ** 2).astype(np.float32)


class CellHorizons(NamedTuple):
    """Cells of some planes; those of one plane stand together.

    Attributes
    ----------
    rows, cols
        Place on the surface, shape (cells,).
    starts
        First cell of each plane and, last, the number of cells, shape (planes + 1,).
    codes
        Elevation of the horizon as a step of `ELEVATION_DEG`, sector by sector, shape (72, cells).
    """

    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    starts: NDArray[np.int64]
    codes: NDArray[np.uint8]


def codes_of(angles: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Steps of `ELEVATION_DEG` nearest to horizons.

    Parameters
    ----------
    angles
        Their elevation, 0 .. pi / 2, shape (72, cells) [rad].

    Returns
    -------
    array of shape (72, cells)

    >>> codes_of(np.radians(np.array([[0.0], [10.0], [90.0]])).astype(np.float32)).ravel().tolist()
    [0, 85, 255]
    """
    steps = np.sqrt(np.asarray(angles, dtype=np.float32))
    steps *= np.float32(STEPS * np.sqrt(2.0 / np.pi))
    steps += np.float32(0.5)
    return np.asarray(steps.astype(np.uint8))


def packed(cells: CellHorizons) -> NDArray[np.object_]:
    """One piece of bytes for each plane: rows and columns (four bytes, little-endian), then the codes, sector by sector.

    Returns
    -------
    array of shape (planes,)
        Of uint8 arrays; empty ones where a plane has no cell.
    """
    place = np.stack([cells.rows, cells.cols]).astype("<i4")
    out = np.empty(len(cells.starts) - 1, dtype=object)
    for plane in range(len(out)):
        own = slice(cells.starts[plane], cells.starts[plane + 1])
        out[plane] = np.concatenate([np.ascontiguousarray(place[:, own]).view(np.uint8).ravel(), cells.codes[:, own].ravel()])
    return out


def unpacked(pieces: Sequence[NDArray[np.uint8]]) -> CellHorizons:
    """The other way.

    Parameters
    ----------
    pieces
        Of any planes, in any order.

    Returns
    -------
    CellHorizons

    >>> cells = CellHorizons(np.array([3, 4, 5]), np.array([7, 7, 300]), np.array([0, 2, 2, 3]), np.arange(216, dtype=np.uint8).reshape(72, 3))
    >>> [bool((a == b).all()) for a, b in zip(cells, unpacked(packed(cells)))]
    [True, True, True, True]
    """
    starts = np.concatenate(([0], np.cumsum([len(p) // (PLACE_BYTES + SECTORS) for p in pieces]))).astype(np.int64)
    place, codes = np.empty((2, starts[-1]), dtype=np.int64), np.empty((SECTORS, starts[-1]), dtype=np.uint8)
    for piece, first, last in zip(pieces, starts[:-1], starts[1:], strict=True):
        head = (last - first) * PLACE_BYTES
        place[:, first:last] = piece[:head].view("<i4").reshape(2, -1)
        codes[:, first:last] = piece[head:].reshape(SECTORS, -1)
    return CellHorizons(place[0], place[1], starts, codes)


def of_cells(cells: CellHorizons, mask: NDArray[np.bool_]) -> CellHorizons:
    """The marked cells, each still with its plane."""
    return CellHorizons(cells.rows[mask], cells.cols[mask], starts_among(cells.starts, mask), np.ascontiguousarray(cells.codes[:, mask]))


def starts_among(starts: NDArray[np.int64], mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """First cell of each plane and, last, the number of cells, where only the marked cells are kept."""
    return np.concatenate(([0], np.cumsum(mask)))[starts].astype(np.int64)
