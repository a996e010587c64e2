"""Two dates of the official map: its consumed ground then and now, and what changed between, for static/dates.js."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.maps.basemap import nearest_street
from pipeline.maps.encode import Column, pack
from pipeline.maps.quantities import quantity

# The largest changes are listed beside the map; a change further than this from any named street is told without one.
LISTED = 6
NEAR_M = 200.0


@dataclass(frozen=True)
class Dates:
    """What the official map says of two years.

    Attributes
    ----------
    since, year
        The two years.
    stock
        Outline of all consumed ground in each of them, shape (2,).
    patches
        One row for each patch of cells that changed: kind (taken, restored), area_m2, geometry; largest first.
    """

    since: int
    year: int
    stock: NDArray[Any]
    patches: gpd.GeoDataFrame


def dates_of(consumed: dict[str, Any] | None) -> Dates | None:
    """The two dates of the package `consumed`; None where it has not two maps.

    Parameters
    ----------
    consumed
        Layers stock and changes, as their contracts say.
    """
    stock = None if consumed is None else consumed.get("stock")
    if consumed is None or stock is None or len(stock) < 2:
        return None
    stock = stock.sort_values("year")
    groups = consumed["changes"].groupby("patch_id", sort=True)
    rows = [(part["kind"].iloc[0], float(part["area_m2"].sum()), shapely.union_all(np.asarray(part.geometry))) for _, part in groups]
    frame = pd.DataFrame([r[:2] for r in rows], columns=["kind", "area_m2"])
    patches = gpd.GeoDataFrame(frame, geometry=[r[2] for r in rows], crs=stock.crs).sort_values("area_m2", ascending=False, kind="stable", ignore_index=True)
    return Dates(int(stock["year"].iloc[0]), int(stock["year"].iloc[-1]), np.asarray(stock.geometry)[[0, -1]], patches)


def told(dates: Dates, streets: gpd.GeoDataFrame | None) -> dict[str, Any]:
    """What the panel of the page says: years, sums, the largest changes with the street they lie by."""
    patches = dates.patches
    sums = {kind: list(quantity(float(patches.loc[patches["kind"] == kind, "area_m2"].sum()), "ha")) for kind in ("taken", "restored")}
    first = patches.head(LISTED)
    names = nearest_street(np.asarray(first.geometry), streets, NEAR_M)
    top = [{"row": i, "kind": r.kind, "area": float(r.area_m2), "street": names[i]} for i, r in enumerate(first.itertuples())]
    return {"since": dates.since, "year": dates.year, **sums, "top": top}


def packed(dates: Dates) -> str:
    """The data file: outlines of both years and of the patches, asked for when the reader compares."""

    def there(shapes: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(gpd.GeoSeries(shapes, crs=dates.patches.crs).to_crs(4326).values)

    whole = [pack(f"dates_{name}", 1, {}, there(dates.stock[i : i + 1])) for i, name in enumerate(("then", "now"))]
    kinds = {"kind": Column((dates.patches["kind"] == "restored").to_numpy(dtype=float), 1.0)}
    return "".join([*whole, pack("dates_patches", len(dates.patches), kinds, there(np.asarray(dates.patches.geometry)))])


def write(dates: Dates, folder: Path) -> int:
    """Write dates.js.

    Returns
    -------
    int
        Number of patches.
    """
    (folder / "dates.js").write_text(packed(dates), encoding="utf-8", newline="\n")
    return len(dates.patches)
