"""Tables below the maps of soil and green that travel with the data, not with the page: streets, register, patches, yards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pipeline.maps.content import Site
from pipeline.maps.quantities import quantity
from pipeline.maps.starts import reference
from pipeline.maps.text import TEXT, Phrase, say
from pipeline.maps.themes import known

_STREETS, _LEFT, _YARDS = 10, 8, 6


@dataclass(frozen=True)
class Grid:
    """A table for static/land.js.

    Attributes
    ----------
    caption, heads
        Of the table and of its columns after the first.
    rows
        Label and cells.
    headline
        Row and column of the cell that is told above; None where there is none.
    links
        State of the page's address that shows a row on the map, one for each row; empty where rows lead nowhere.
    """

    caption: Phrase
    heads: list[Phrase]
    rows: list[tuple[Phrase, list[Phrase]]]
    headline: tuple[int, int] | None = None
    links: list[str] = field(default_factory=list)


def as_json(tables: dict[str, list[Grid]]) -> dict[str, list[dict[str, Any]]]:
    """By the name of their place on the page; places without a table are left out."""
    return {name: [asdict(t) for t in grids] for name, grids in tables.items() if grids}


def soil_tables(site: Site) -> dict[str, list[Grid]]:
    """Of sealing.html: streets by the water that runs off, private yards, changes that no entry of the register explains."""
    made = {"yards": _yards(site), "streets": _streets(site), "ledger": _ledger(site)}
    return {name: [grid] for name, grid in made.items() if grid is not None and grid.rows}


def patch_tables(site: Site) -> dict[str, list[Grid]]:
    """Of green.html: how broken up sealed ground, open ground and trees are in the whole town."""
    patches = site.atlas.get("patches")
    rows = None if patches is None else patches[patches["zone_kind"].isin(["town", "extent"])]
    if rows is None or not len(rows):
        return {}
    heads = [TEXT[f"patches.{n}"] for n in ("share", "count", "largest", "edge", "mesh")]
    lines = [(TEXT[f"patches.{r.cover}"], _patch_cells(r)) for r in rows.sort_values("cover").itertuples()]
    return {"patches": [Grid(TEXT["patches.caption"], heads, lines)]}


def _patch_cells(row: Any) -> list[Phrase]:
    return [
        quantity(row.pland, "share"), quantity(float(row.patches_8), "int"), quantity(row.largest_share * row.known_m2, "ha"), quantity(row.edge_m_per_ha, "int"), quantity(row.mesh_m2, "ha"),
    ]  # fmt: skip


def _streets(site: Site) -> Grid | None:
    frame = site.atlas.get("streets")
    if frame is None or not known(frame, "runoff_m3"):
        return None
    whole = by_street(frame).head(_STREETS)
    heads = [TEXT[f"streets.{n}"] for n in ("length", "sealed", "trees", "runoff")]
    rows = [(Phrase(str(r.name), str(r.name)), [quantity(r.length_m, "walk"), quantity(r.sealed, "part"), quantity(r.trees, "part"), quantity(r.runoff_m3, "m3")]) for r in whole.itertuples(index=False)]
    return Grid(say("streets.caption", storm=quantity(site.storm_mm, "int")), heads, rows, links=[f"q={_quoted(str(name))}" for name in whole["name"]])


def by_street(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Stretches of street summed by name, most runoff first.

    Parameters
    ----------
    frame
        Layer `streets` of the atlas.

    Returns
    -------
    DataFrame
        name, length_m, runoff_m3, sealed and trees as shares of the ground whose cover is known.
    """
    named = frame[frame["name"].notna()]
    table = pd.DataFrame({"name": named["name"].astype(str), "length_m": shapely.length(np.asarray(named.geometry)), **{c: named[c].to_numpy(dtype=float) for c in ("runoff_m3", "sealed_m2", "tree_m2", "covered_m2")}})
    whole = table.groupby("name", as_index=False, sort=True).sum()
    whole = whole.assign(sealed=whole["sealed_m2"] / whole["covered_m2"], trees=whole["tree_m2"] / whole["covered_m2"])
    return whole.sort_values(["runoff_m3", "name"], ascending=[False, True], ignore_index=True)[["name", "length_m", "runoff_m3", "sealed", "trees"]]


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


def private_yards(site: Site) -> pd.DataFrame | None:
    """Of the private candidates those that no other beats in everything, by the rain they would keep; None where the town has no candidates."""
    parcels = site.atlas.get("parcels")
    if parcels is None or not known(parcels, "open_m2"):
        return None
    rows = parcels[parcels["open_m2"].notna() & ~parcels["public"].eq(True) & parcels["pareto"].eq(True)]
    return rows.sort_values(["runoff_saved_m3", "parcel_id"], ascending=[False, True]).head(_YARDS)


def _yards(site: Site) -> Grid | None:
    rows = private_yards(site)
    if rows is None:
        return None
    heads = [TEXT[f"yards.{n}"] for n in ("open", "rain", "cost")]
    lines = [(reference(r, say("sheet.parcel", number=str(r.parcel_id))), [quantity(r.open_m2, "m2"), quantity(r.runoff_saved_m3, "m3"), _cost(r)]) for r in rows.itertuples()]
    return Grid(TEXT["soil.private"], heads, lines, links=_parcels(rows["parcel_id"]))


def _cost(row: Any) -> Phrase:
    return say("sheet.range", low=quantity(row.opening_eur_low, "eur"), high=quantity(row.opening_eur_high, "eur"))


def _parcels(names: Iterable[str]) -> list[str]:
    return [f"s={_quoted(str(name))}&m=open" for name in names]


def _ledger(site: Site) -> Grid | None:
    """Patches of the official map that the register does not know, largest first, with the parcel they lie on."""
    if site.ledger is None or site.consumed is None:
        return None
    left = site.ledger[site.ledger["match"] == "not in the register"].sort_values(["official_m2", "ledger_id"], ascending=[False, True]).head(_LEFT)
    places = _places(left["ledger_id"], site)
    heads = [TEXT["ledger.kind"], TEXT["ledger.area"]]
    rows = [(name, [TEXT[f"ledger.{r.kind}"], quantity(r.official_m2, "m2")]) for (name, _), r in zip(places, left.itertuples(), strict=True)]
    return Grid(TEXT["ledger.left"], heads, rows, links=[link for _, link in places])


def _places(names: Iterable[str], site: Site) -> list[tuple[Phrase, str]]:
    """The parcel under the middle of each patch of the official map: how people find it, and the address that shows it."""
    changes = (site.consumed or {})["changes"]
    parcels = site.atlas.get("parcels")
    tree = None if parcels is None else shapely.STRtree(np.asarray(parcels.geometry))
    out = []
    for name in names:
        cells = changes[changes["patch_id"] == name]
        at = shapely.point_on_surface(shapely.union_all(np.asarray(cells.geometry))) if len(cells) else None
        rows = tree.query(at, predicate="intersects") if tree is not None and at is not None else []
        if parcels is None or not len(rows):
            out.append((TEXT["ledger.nowhere"], ""))
            continue
        row = parcels.iloc[int(rows[0])]
        out.append((reference(row, say("sheet.parcel", number=str(row["parcel_id"]))), f"s={_quoted(str(row['parcel_id']))}"))
    return out
