"""Landscape metrics of one zone: patches, edges, core, mesh.

Cells are labelled over the whole zone at once: a patch cut by the border of a tile would count twice. Ground that is
not known is neither the class nor its opposite: it makes no edge and takes no part in the area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from pipeline.core.grid import Grid

Mask = NDArray[np.bool_]
ALL_AROUND = np.ones((3, 3), dtype=bool)
MAX_STEP = 15  # counters of `majority` hold 255


@dataclass(frozen=True)
class Metrics:
    """Of one class in one zone; areas in m2, shares from 0 to 1, edge density in m/ha."""

    known_m2: float
    class_m2: float
    pland: float
    patches_4: int
    patches_8: int
    largest_share: float
    edge_m_per_ha: float
    core_share: float
    mesh_m2: float


def count_patches(mask: Mask, neighbours: int) -> int:
    """Number of patches of True cells, joined by 4 or 8 neighbours."""
    return int(_label(mask, neighbours)[1])


def _label(mask: Mask, neighbours: int) -> tuple[NDArray[np.int32], int]:
    if neighbours not in (4, 8):
        raise ValueError(f"{neighbours} neighbours; expected 4 or 8")
    labels, number = ndimage.label(mask, structure=ALL_AROUND if neighbours == 8 else None)
    return labels, int(number)


def sizes(labels: NDArray[np.integer], number: int) -> NDArray[np.int64]:
    """Cells of each patch, shape (number,)."""
    return np.asarray(np.bincount(labels.ravel(), minlength=number + 1)[1:])


def mesh(areas: ArrayLike, whole: float, complete: ArrayLike | None = None) -> float:
    """Effective mesh size: the expected size of the patch that holds a random point of the zone.

    sum(A_i^2) / A (Jaeger 2000, doi:10.1023/A:1008129329289); with patches that leave the zone counted in full,
    sum(A_i C_i) / A, where C_i is the complete patch (Moser et al. 2007, doi:10.1007/s10980-006-9023-0).

    Parameters
    ----------
    areas
        Of the patches inside the zone.
    whole
        Area of the zone, sealed ground included: a barrier is not missing data.
    complete
        Of the same patches wherever they end; by default as inside.

    >>> mesh([10, 8, 2], 24), mesh([10, 8, 2], 24, [25, 8, 2])
    (7.0, 13.25)
    """
    inside = np.asarray(areas, dtype=np.float64)
    full = inside if complete is None else np.asarray(complete, dtype=np.float64)
    return float((inside * full).sum() / whole) if whole > 0 else 0.0


def complete_sizes(labels: NDArray[np.integer], everywhere: NDArray[np.int64], zone: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cells of each patch inside the zone and in all.

    Parameters
    ----------
    labels
        Patches of a window of the landscape, 0 where there is none.
    everywhere
        Cells of each patch in the whole landscape, shape (patches,).
    zone
        Cells of the zone in the window.

    Returns
    -------
    inside, complete
        For the patches that touch the zone.
    """
    found, inside = np.unique(labels[zone & (labels > 0)], return_counts=True)
    return inside, everywhere[found - 1]


def shannon(shares: ArrayLike) -> float:
    """Shannon's diversity, -sum(p ln p) over the classes that occur.

    >>> round(shannon([0.5, 0.3, 0.2]), 4)
    1.0297
    """
    p = np.asarray(shares, dtype=np.float64)
    p = p[p > 0]
    return float(-(p * np.log(p)).sum()) if len(p) else 0.0


def edge_m(mask: Mask, known: Mask, cell_m: float) -> float:
    """Length of the border between the class and other known ground [m].

    The sides of cells are counted, so a slanting border is longer than it is in truth, as in all cell-based metrics.
    """
    other = known & ~mask
    sides = 0
    for a, b in ((np.s_[1:, :], np.s_[:-1, :]), (np.s_[:, 1:], np.s_[:, :-1])):
        sides += int((mask[a] & other[b]).sum() + (other[a] & mask[b]).sum())
    return sides * cell_m


def core(mask: Mask, known: Mask, edge_cells: int) -> Mask:
    """Cells of the class farther than `edge_cells` from other known ground, in eight directions."""
    if edge_cells <= 0:
        return mask
    other = known & ~mask
    near = ndimage.maximum_filter(other.view(np.uint8), size=2 * edge_cells + 1, mode="constant", cval=0).astype(bool)
    return np.asarray(mask & ~near)


def metrics(mask: Mask, known: Mask, cell_m: float, edge_cells: int) -> Metrics:
    """All metrics of one class in one zone.

    Parameters
    ----------
    mask
        Cells of the class, shape (rows, cols); only those that are also `known` count.
    known
        Cells of the zone whose class is known.
    cell_m
        Side of a cell [m].
    edge_cells
        Width of the edge zone [cells].

    Notes
    -----
    Names and formulas follow FRAGSTATS (McGarigal, Cushman & Ene 2012): PLAND, NP, LPI, ED, and core area as a share of
    the class.
    """
    own = mask & known
    cell = cell_m**2
    labels, eight = _label(own, 8)
    areas = sizes(labels, eight) * cell
    whole, covered = float(known.sum()) * cell, float(own.sum()) * cell
    inner = float(core(own, known, edge_cells).sum()) * cell
    return Metrics(
        whole, covered, covered / whole if whole else 0.0, count_patches(own, 4), eight,
        float(areas.max(initial=0.0)) / whole if whole else 0.0,
        edge_m(own, known, cell_m) / (whole / 1e4) if whole else 0.0,
        inner / covered if covered else 0.0, mesh(areas, whole),
    )  # fmt: skip


def majority(codes: NDArray[np.uint8], step: int, classes: int) -> NDArray[np.uint8]:
    """The commonest known class of each block of step x step cells, 0 where less than half of it is known.

    Parameters
    ----------
    codes
        0 where not known, else 1 to classes - 1; rows and columns are multiples of `step`.
    step
        Cells of a block's side; equal numbers go to the lower code.
    """
    if step == 1:
        return codes
    if classes > 8 or step > MAX_STEP:
        raise ValueError(f"{classes} classes in blocks of {step} cells; expected at most 8 and {MAX_STEP}")
    # Eight counters of eight bits in one number: the blocks are added once, not once a class.
    one = (np.uint64(1) << (np.arange(classes, dtype=np.uint64) * np.uint64(8)))[codes]
    packed = np.zeros((codes.shape[0] // step, codes.shape[1] // step), dtype="<u8")
    for r in range(step):
        for c in range(step):
            packed += one[r::step, c::step]
    counts = packed[..., None].view(np.uint8)[..., :classes]  # little-endian: class 0 in the lowest byte
    best = counts[..., 1:].argmax(axis=-1) + 1
    return np.where(2 * counts[..., 0].astype(np.int32) > step * step, 0, best).astype(np.uint8)


class Cells(Protocol):
    """Gives the cells of one band on any grid."""

    def read(self, grid: Grid) -> NDArray[np.uint8]:
        """Array of shape (grid.rows, grid.cols), 0 where there is nothing."""


def majorities(batch: Sequence[tuple[Cells, Grid]], step: int, classes: int) -> list[NDArray[np.uint8]]:
    """`majority` of the cells of each block of a raster, filled up to whole blocks: the function sent to workers."""
    out = []
    for cells, grid in batch:
        wide = Grid(grid.west, grid.north, grid.cell_m, -(-grid.rows // step) * step, -(-grid.cols // step) * step, grid.epsg)
        out.append(majority(cells.read(wide), step, classes))
    return out
