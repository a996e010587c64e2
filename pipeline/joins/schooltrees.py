"""Trees counted along a street beside the canopy that the land cover shows there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.contracts.register import SchoolCounts
from pipeline.core.plan.addresses import address


def held_against(counts: pd.DataFrame, streets: Any | None, sealing: pd.DataFrame | None, crown_m: float) -> pd.DataFrame:
    """One row for each street and day.

    Parameters
    ----------
    counts
        street, key, trees_counted, date.
    streets
        street_id, name, length_m; None where the town has none.
    sealing
        Zones of kind street with covered_m2 and tree_m2.
    crown_m
        Width of a crown: a street's canopy over the area of one circle of it are the trees expected.

    Returns
    -------
    DataFrame
        Columns of `SchoolCounts`, sorted by its key; stretches of one name are one street.
    """
    known = _by_name(streets, sealing)
    rows = []
    for (key, date), group in counts.groupby(["key", "date"], sort=True):
        trees = group["trees_counted"].to_numpy(dtype=float)
        street = known.get(str(key))
        row: dict[str, Any] = {
            "street": str(group["street"].iloc[0]) if street is None else street["name"], "date": date, "classes": len(group), "counted": float(np.median(trees)),
            "counted_low": int(trees.min()), "counted_high": int(trees.max()), "match": "unknown_street", "street_m": np.nan, "canopy_m2": np.nan,
        }  # fmt: skip
        if street is not None:
            seen = street["covered_m2"] > 0.0
            row |= {"match": "found" if seen else "no_canopy", "street_m": street["length_m"], "canopy_m2": street["tree_m2"] if seen else np.nan}
        rows.append(row)
    made = pd.DataFrame(rows, columns=[c for c in SchoolCounts.columns() if c not in ("trees_expected", "difference")])
    made["trees_expected"] = made["canopy_m2"].astype(float) / (np.pi * (crown_m / 2) ** 2)
    made["difference"] = made["counted"].astype(float) - made["trees_expected"]
    return made.sort_values(["street", "date"], kind="stable", ignore_index=True)


def _by_name(streets: Any | None, sealing: pd.DataFrame | None) -> dict[str, dict[str, Any]]:
    """Length, land cover and canopy of each name, by the one form of the name."""
    if streets is None or not len(streets):
        return {}
    named = pd.DataFrame({"street_id": streets["street_id"], "name": streets["name"], "length_m": streets["length_m"]}).dropna(subset="name")
    cover = ("covered_m2", "tree_m2")
    if sealing is None:
        named[[*cover]] = 0.0
    else:
        zones = sealing[sealing["zone_kind"] == "street"].set_index("zone_id")
        for column in cover:
            named[column] = zones[column].reindex(named["street_id"]).fillna(0.0).to_numpy(dtype=float)
    named["key"] = [address(n).street for n in named["name"]]
    sums = named.groupby("key", sort=True).agg({"name": "first", "length_m": "sum", "covered_m2": "sum", "tree_m2": "sum"})
    return {str(k): dict(r) for k, r in sums.to_dict("index").items()}
