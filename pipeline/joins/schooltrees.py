"""Trees counted along a street beside the tree tops and the canopy that the surface shows there."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.compute import Compute
from pipeline.config.register import ReportsConfig
from pipeline.contracts.register import SchoolCounts
from pipeline.contracts.sources import COVER_CODES
from pipeline.contracts.spec import Raster
from pipeline.core.land.trees import Rules, blocks_around, look_around
from pipeline.core.plan.addresses import address
from pipeline.io.zonal import BandCells

Floats = NDArray[np.float64]
STEP_M = 10.0  # between the places along a street where canopy is looked at
LEAST_KNOWN = 0.5
SEEN: tuple[str, ...] = ("known_share", "canopy_share", "trees_seen")
# A table without rows has its types too.
_DTYPES = dict.fromkeys(("classes", "counted_low", "counted_high"), "int64") | dict.fromkeys(("counted", "street_m", *SEEN), "float64")


class Street(NamedTuple):
    """All stretches of one name: the name, their line, its length [m]."""

    name: str
    line: shapely.Geometry
    length_m: float


def held_against(counts: pd.DataFrame, streets: Any | None, surface: Raster[Any] | None, landcover: Raster[Any] | None, config: ReportsConfig, compute: Compute) -> pd.DataFrame:
    """One row for each street and day.

    Parameters
    ----------
    counts
        street, key, trees_counted, date.
    streets
        name, length_m, lines; None where the town has none.
    surface, landcover
        Where trees are seen; without one of them counts stand alone.
    config
        Width of the strip along a street, what is a tree.
    compute
        Runs the raster blocks.

    Returns
    -------
    DataFrame
        Columns of `SchoolCounts`, sorted by its key; stretches of one name are one street.
    """
    known = _by_name(streets, set(counts["key"]))
    seen = _seen(known, surface, landcover, config, compute)
    rows = []
    for (key, date), group in counts.groupby(["key", "date"], sort=True):
        trees, street = group["trees_counted"].to_numpy(dtype=float), known.get(str(key))
        row: dict[str, Any] = {
            "street": str(group["street"].iloc[0]) if street is None else street.name, "date": date, "classes": len(group), "counted": float(np.median(trees)),
            "counted_low": int(trees.min()), "counted_high": int(trees.max()), "match": "unknown_street", "street_m": np.nan, **dict.fromkeys(SEEN, np.nan),
        }  # fmt: skip
        if street is not None:
            row |= {"match": "found" if key in seen else "no_canopy", "street_m": street.length_m, **seen.get(str(key), {})}
        rows.append(row)
    made = pd.DataFrame(rows, columns=[c for c in SchoolCounts.columns() if c != "difference"]).astype(_DTYPES)
    return made.assign(difference=made["counted"] - made["trees_seen"]).sort_values(["street", "date"], kind="stable", ignore_index=True)


def _by_name(streets: Any | None, wanted: set[str]) -> dict[str, Street]:
    """The streets that were counted, by the one form of their name."""
    if streets is None or not len(streets):
        return {}
    keys = pd.Series([address(n).street if isinstance(n, str) else "" for n in streets["name"]], index=streets.index)
    groups = streets[keys.isin(wanted - {""})].groupby(keys)
    return {str(k): Street(str(g["name"].iloc[0]), shapely.union_all(np.asarray(g.geometry.array, dtype=object)), float(g["length_m"].sum())) for k, g in groups}


def _seen(known: dict[str, Street], surface: Raster[Any] | None, landcover: Raster[Any] | None, config: ReportsConfig, compute: Compute) -> dict[str, dict[str, float]]:
    """What the surface shows along each street of which it shows enough."""
    if surface is None or landcover is None or not known:
        return {}
    places = {k: _along(s.line) for k, s in known.items()}
    owner = np.repeat(np.arange(len(places)), [len(p) for p in places.values()])
    points = np.concatenate(list(places.values()))
    work = blocks_around(surface.grid, points, config.half_width_m, config.half_width_m + STEP_M, (BandCells(surface, "height"), BandCells(landcover, "cover")))
    rules = Rules(config.canopy_height_m, COVER_CODES["building"], config.half_width_m, config.crown_m, config.eaves_m)
    canopy, cells, tops = np.zeros(len(points)), np.zeros(len(points)), [np.empty((0, 2))]
    for block in (b for part in compute.batches(look_around, work, size=1, params=(rules,)) for b in part):
        canopy[block.rows], cells[block.rows] = block.canopy, block.known
        tops.append(block.tops)
    tree = shapely.STRtree(shapely.points(np.concatenate(tops)))
    out = {}
    for i, (key, street) in enumerate(known.items()):
        mine = owner == i
        if (share := float((cells[mine] > 0).mean())) >= LEAST_KNOWN:
            number = len(tree.query(street.line, predicate="dwithin", distance=config.half_width_m))
            out[key] = {"known_share": share, "canopy_share": float(canopy[mine].sum() / cells[mine].sum()), "trees_seen": float(number)}
    return out


def _along(line: shapely.Geometry) -> Floats:
    """Places along a line, `STEP_M` apart or nearer, shape (places, 2)."""
    return np.asarray(shapely.get_coordinates(shapely.segmentize(line, STEP_M)), dtype=np.float64)
