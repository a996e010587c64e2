"""Districts of faces: cadastral sheets and census sections; residents by residential volume."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.synthetic.blocks import Blocks
from pipeline.synthetic.cutting import Floats
from pipeline.synthetic.houses import HOMES, Houses
from pipeline.synthetic.place import stream

# Residents per cubic metre of homes in the whole default town: for parts of it, where no total is asked for.
RESIDENTS_PER_M3 = 0.00212


def districts(blocks: Blocks, place_density: Floats, town_faces: float, land_faces: float, seed: int, part: str) -> NDArray[np.int64]:
    """Group the town's faces into districts, numbered from north to south.

    Parameters
    ----------
    blocks
        The faces.
    place_density
        Distance of each face from the centre (1 is the rim).
    town_faces, land_faces
        Faces of one district in the built-up area and outside.
    seed, part
        Seed and name of the stream.

    Returns
    -------
    array of shape (faces,)
        1, 2, ... and 0 outside the town.
    """
    rng = stream(seed, part)
    centre = shapely.get_coordinates(shapely.centroid(blocks.faces))
    out = np.zeros(len(blocks.faces), dtype=np.int64)
    middles: list[Floats] = []
    for faces, per in ((np.flatnonzero(blocks.face_inside & (place_density < 1.1)), town_faces), (np.flatnonzero(blocks.face_inside & (place_density >= 1.1)), land_faces)):
        if not len(faces):
            continue
        k = max(1, round(len(faces) / per))
        which, mean = _k_means(centre[faces], k, rng)
        out[faces] = len(middles) + 1 + which
        middles += list(mean)
    rank = np.argsort(np.lexsort((np.array([m[0] for m in middles]), -np.round(np.array([m[1] for m in middles]) / 700.0))))
    return np.asarray(np.where(out > 0, 1 + rank[np.maximum(out - 1, 0)], 0))


def _k_means(points: Floats, k: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], Floats]:
    mean = points[np.sort(rng.choice(len(points), k, replace=False))]
    which = np.zeros(len(points), dtype=np.int64)
    for _ in range(12):
        which = ((points[:, None, :] - mean[None]) ** 2).sum(-1).argmin(1)
        count = np.bincount(which, minlength=k)
        fresh = np.column_stack([np.bincount(which, points[:, i], k) for i in (0, 1)]) / np.maximum(count, 1)[:, None]
        mean = np.where(count[:, None] > 0, fresh, mean)
    used, which = np.unique(which, return_inverse=True)
    return which, mean[used]


def settle(blocks: Blocks, section: NDArray[np.int64], houses: Houses, lot_block: NDArray[np.int64], total: int | None) -> NDArray[np.int64]:
    """Residents of each section, by the volume of its homes; they sum to `total` by largest remainders.

    Returns
    -------
    array of shape (sections,)
        For sections 1, 2, ...
    """
    home = np.isin(houses.kind, HOMES)
    volume = np.where(home, shapely.area(houses.footprint) * houses.height_m, 0.0)
    of = section[blocks.face[lot_block[houses.lot]]]
    by = np.bincount(of, volume, int(section.max()) + 1)[1:]
    total = round(by.sum() * RESIDENTS_PER_M3) if total is None else total
    exact = by / by.sum() * total if by.sum() > 0 else np.full(len(by), total / len(by))
    out = np.floor(exact).astype(np.int64)
    out[np.argsort(out - exact, kind="stable")[: total - int(out.sum())]] += 1
    return out
