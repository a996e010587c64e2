"""The town's own land cover, cell by cell, from footprints, mapped cover, parcels, a coarse raster and height.

Codes of a mapped class travel packed as ``100 * cover + confidence`` (`pack`), 0 where nothing is known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

BUILDING, SEALED, BARE, LOW_VEGETATION, TREE, WATER = 1, 2, 3, 4, 5, 6
# Ranks of the sources, not probabilities.
FOOTPRINT_RANK = 95
PARCEL_RANK = 85
TREE_RANK = 80  # on mapped vegetation; never above what it stands on
TREE_ON_SEALED_PRIOR_RANK = 50
MAX_RANK = 99


def pack(cover: int, confidence: int) -> int:
    """A class and its rank (1-99) as one number.

    >>> pack(SEALED, 85)
    285
    """
    if not (0 < cover <= WATER and 0 < confidence <= MAX_RANK):
        raise ValueError(f"cover {cover}, confidence {confidence}; expected 1-{WATER} and 1-{MAX_RANK}")
    return 100 * cover + confidence


def classify(
    height: NDArray[np.float32],
    footprint: NDArray[np.float32],
    mapped: NDArray[np.float32],
    parcel: NDArray[np.float32],
    prior: NDArray[np.float32],
    tree_height_m: float,
    eaves_cells: int,
) -> NDArray[np.uint8]:
    """Land cover and confidence of each cell. The first rule that says something decides.

    1. Inside a building footprint: building (rank 95).
    2. Mapped polygons: their class, with the rank of their legend.
    3. Road parcels: sealed; water parcels: water (85).
    4. The coarse raster: its class and rank. A coarse building cell without a footprint is other sealed ground.
    5. Nothing: not known (0). A tall thing there may as well be a building nobody mapped.

    Then, where the surface is `tree_height_m` or more above ground (>=), the cell is a tree on low vegetation and bare
    ground, and on sealed ground of rule 4, whose cells are too large to see a garden. It is not one on mapped
    sealed ground, roads, water (crowns over a street hide its pavement, and sealing asks for the ground: the canopy
    is measured from height, apart), nor on coarse building cells, nor within `eaves_cells` of a footprint or a mapped
    building, where the surface model still sees the roof.

    Parameters
    ----------
    height
        Surface above ground, NaN where not known [m].
    footprint
        1 inside buildings, else 0.
    mapped, prior
        Packed classes, 0 where none.
    parcel
        `pack` of roads and waters, 0 elsewhere.
    tree_height_m
        Threshold [m].
    eaves_cells
        Reach of a roof beyond its footprint [cells].

    Returns
    -------
    array of shape (2, rows, cols), uint8
        Codes of `Landcover`, and rank 1-99 (0 where not known).
    """
    packed = np.where(parcel > 0, parcel, prior)
    packed = np.where(mapped > 0, mapped, packed).astype(np.int16)
    cover = (packed // 100).astype(np.uint8)
    rank = (packed % 100).astype(np.uint8)
    coarse = (mapped == 0) & (parcel == 0)
    unseen = coarse & (cover == BUILDING)
    cover[unseen] = SEALED
    tall = height >= tree_height_m
    soft = (cover == LOW_VEGETATION) | (cover == BARE)
    over = coarse & (cover == SEALED) & ~unseen
    built = footprint > 0
    off = ~_grown(built | (cover == BUILDING), eaves_cells) & tall
    rank = np.where(off & over, TREE_ON_SEALED_PRIOR_RANK, np.where(off & soft, np.minimum(rank, TREE_RANK), rank))
    cover[off & (soft | over)] = TREE
    cover[built], rank[built] = BUILDING, FOOTPRINT_RANK
    return np.stack([cover, rank.astype(np.uint8)])


def _grown(mask: NDArray[np.bool_], cells: int) -> NDArray[np.bool_]:
    if cells <= 0 or not mask.any():
        return mask
    grown: NDArray[np.bool_] = ndimage.maximum_filter(mask.view(np.uint8), size=2 * cells + 1, mode="constant", cval=0).astype(bool)
    return grown
