"""The town's own land cover, cell by cell, from footprints, mapped cover, parcels, coarse rasters, light and height.

Codes of a mapped class travel packed as ``100 * cover + confidence`` (`pack`), 0 where nothing is known.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.core.land.indices import spread_shares

BUILDING, SEALED, BARE, LOW_VEGETATION, TREE, WATER = 1, 2, 3, 4, 5, 6
# Ranks of the sources, not probabilities.
FOOTPRINT_RANK = 95
PARCEL_RANK = 85
TREE_RANK = 80  # on mapped vegetation; never above what it stands on
TREE_ON_SEALED_PRIOR_RANK = 50
IMAGE_RANK = 55  # NDVI of satellite cells of 10 m
SHARP_IMAGE_RANK = 75  # of an aerial image
BARE_BY_LIGHT_RANK = 45  # one date: a harvested field or dry grass is bare then
UNSURE_RANK = 50
SPREAD_RANK = 20
MAX_RANK = 99


def pack(cover: int, confidence: int) -> int:
    """A class and its rank (1-99) as one number.

    >>> pack(SEALED, 85)
    285
    """
    if not (0 < cover <= WATER and 0 < confidence <= MAX_RANK):
        raise ValueError(f"cover {cover}, confidence {confidence}; expected 1-{WATER} and 1-{MAX_RANK}")
    return 100 * cover + confidence


class Rules(NamedTuple):
    """Numbers the rules of `classify` need.

    Attributes
    ----------
    tree_height_m
        A tree rises this much or more (>=) [m].
    eaves_cells
        Reach of a roof beyond its footprint [cells].
    ndvi_vegetation, ndvi_bare
        Vegetated from the one on (>=), without vegetation below the other (<).
    ndvi_rank
        Rank of what the NDVI says.
    """

    tree_height_m: float
    eaves_cells: int
    ndvi_vegetation: float = 0.41
    ndvi_bare: float = 0.2
    ndvi_rank: int = IMAGE_RANK


def classify(
    height: NDArray[np.float32],
    footprint: NDArray[np.float32],
    mapped: NDArray[np.float32],
    parcel: NDArray[np.float32],
    prior: NDArray[np.float32],
    ndvi: NDArray[np.float32],
    density: NDArray[np.float32],
    rules: Rules,
) -> NDArray[np.uint8]:
    """Land cover and confidence of each cell. The first rule that says something decides.

    1. Inside a building footprint: building (rank 95).
    2. Mapped polygons: their class, with the rank of their legend.
    3. Road parcels: sealed; water parcels: water (85).
    4. The coarse raster: its class and rank. A coarse building cell without a footprint is other sealed ground. Coarse
       tree cover on ground known to be lower than a tree is low vegetation.
    5. Nothing: not known (0). A tall thing there may as well be a building nobody mapped.

    What rules 4 and 5 say, and mapped polygons that are unsure themselves (rank 50 or less: yards), is then looked at in
    red and infrared light, where the rank of the image is not below the class's:

    ==================  =====================  ==========================
    class before        NDVI >= vegetation     NDVI < bare
    ==================  =====================  ==========================
    not known           low vegetation         not known: bare or sealed
    sealed              low vegetation         sealed
    bare                low vegetation         bare
    low vegetation      low vegetation         bare (rank 45)
    tree                tree                   tree
    water               water                  water
    ==================  =====================  ==========================

    In between the NDVI says nothing. Ground still not known takes its class from the imperviousness of its coarse cell,
    spread over it (rank 20: the share is right, the place is not known).

    Then, where the surface is `tree_height_m` or more above ground (>=), the cell is a tree on low vegetation and bare
    ground, and on sealed ground of rule 4, whose cells are too large to see a garden, unless the NDVI sees no
    vegetation. It is not one on mapped sealed ground, roads, water (crowns over a street hide its pavement, and
    sealing asks for the ground: the canopy is measured from height, apart), nor on coarse building cells, nor within
    `eaves_cells` of a footprint or a mapped building, where the surface model still sees the roof.

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
    ndvi
        -1 to 1, NaN where not known.
    density
        Packed class of what the imperviousness leaves open (sealed or bare), 0 where none.
    rules
        Thresholds.

    Returns
    -------
    array of shape (2, rows, cols), uint8
        Codes of `Landcover`, and rank 1-99 (0 where not known).
    """
    packed = np.where(parcel > 0, parcel, prior)
    packed = np.where(mapped > 0, mapped, packed).astype(np.int16)
    cover, rank = (packed // 100).astype(np.uint8), (packed % 100).astype(np.uint8)
    coarse = (mapped == 0) & (parcel == 0)
    unseen = coarse & (cover == BUILDING)
    cover[unseen] = SEALED
    cover[coarse & (cover == TREE) & (height < rules.tree_height_m)] = LOW_VEGETATION
    lifeless = ndvi < rules.ndvi_bare
    _by_light(cover, rank, coarse | ((mapped > 0) & (rank <= UNSURE_RANK)), ndvi >= rules.ndvi_vegetation, lifeless, rules.ndvi_rank)
    unseen &= cover == SEALED
    spread = (cover == 0) & (density > 0)
    cover[spread], rank[spread] = density[spread] // 100, density[spread] % 100
    built = footprint > 0
    tall = (height >= rules.tree_height_m) & ~_grown(built | (cover == BUILDING), rules.eaves_cells)
    soft = tall & ((cover == LOW_VEGETATION) | (cover == BARE))
    over = tall & coarse & (cover == SEALED) & ~unseen & ~spread & ~lifeless
    rank[soft] = np.minimum(rank[soft], TREE_RANK)
    rank[over] = TREE_ON_SEALED_PRIOR_RANK
    cover[soft | over] = TREE
    cover[built], rank[built] = BUILDING, FOOTPRINT_RANK
    return np.stack([cover, rank])


def _by_light(
    cover: NDArray[np.uint8], rank: NDArray[np.uint8], open_to: NDArray[np.bool_], green: NDArray[np.bool_], lifeless: NDArray[np.bool_], image: int
) -> None:
    """Apply the table of `classify` in place."""
    free = open_to & (rank <= image)
    turned = free & green & ((cover == 0) | (cover == SEALED) | (cover == BARE))
    cover[turned] = LOW_VEGETATION
    sure = free & ((green & ((cover == LOW_VEGETATION) | (cover == TREE))) | (lifeless & ((cover == SEALED) | (cover == BARE))))
    rank[sure] = image
    dry = free & lifeless & (cover == LOW_VEGETATION)
    cover[dry], rank[dry] = BARE, BARE_BY_LIGHT_RANK


def spread_out(share: NDArray[np.floating], row: int, col: int) -> NDArray[np.float32]:
    """Sealed and open ground in the right share, cell by cell, where only the share is known.

    Parameters
    ----------
    share
        Sealed share of the ground around each cell, NaN where not known, shape (rows, cols).
    row, col
        Place of the first cell on the endless lattice.

    Returns
    -------
    array of the same shape, float32
        `pack` of sealed or bare with rank 20, 0 where the share is not known.
    """
    sealed = spread_shares((share.shape[0], share.shape[1]), row, col) < share
    out = np.where(sealed, pack(SEALED, SPREAD_RANK), pack(BARE, SPREAD_RANK))
    return np.where(np.isnan(share), 0, out).astype(np.float32)


def remaining_share(
    share: NDArray[np.floating], cells: NDArray[np.integer], decided: NDArray[np.integer], sealed: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Sealed share of what is still undecided in a coarse cell, so that the whole keeps its share.

    (share * cells - sealed) / (cells - decided), within 0 and 1; NaN where nothing is undecided.

    Parameters
    ----------
    share
        Of the coarse cell, NaN where not known.
    cells, decided, sealed
        Fine cells in it; of these, whose class is known; of these, buildings and other sealed ground.

    >>> remaining_share(np.array([0.5]), np.array([100]), np.array([40]), np.array([40])).round(2).tolist() == [np.float32(0.17)]
    True
    """
    open_cells = cells - decided
    left = np.full(share.shape, np.nan)
    np.divide(share * cells - sealed, open_cells, out=left, where=open_cells > 0)
    return np.clip(left, 0.0, 1.0).astype(np.float32)


def _grown(mask: NDArray[np.bool_], cells: int) -> NDArray[np.bool_]:
    if cells <= 0 or not mask.any():
        return mask
    grown: NDArray[np.bool_] = ndimage.maximum_filter(mask.view(np.uint8), size=2 * cells + 1, mode="constant", cval=0).astype(bool)
    return grown
