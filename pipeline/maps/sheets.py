"""The sheets of single roofs and parcels: their data cut into pieces by place, so that a sheet loads only its own.

A piece is one script file of several packed tables (see encode.py) with outlines in metres from the piece's corner.
Tables of what belongs to a building or parcel say in `of` which row of the piece it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipeline.contracts.publish import AtlasParcels
from pipeline.contracts.spec import Column as Named
from pipeline.maps.content import Site
from pipeline.maps.encode import METRE, Column, pack
from pipeline.maps.quantities import significants
from pipeline.maps.text import TEXT, Phrase
from pipeline.maps.themes import KEYS, KINDS, shape_columns

# Rows of a piece: about 20 kB of roofs, 10 kB of parcels.
MOST = {"buildings": 128, "parcels": 256}
# Drawn around a building or parcel, so that the reader knows where it is.
AROUND_M = 25.0
_TOLERANCE_M = 0.05
# Planes end in the stairs of the surface's cells; straightened by up to this (Visvalingam-Whyatt, square root of the triangle's area).
_STAIRS_M = 1.0
# What the sheet of a parcel lists, in order. Unit and number form come from the contract, words
# from it or from a phrase `col.<name>`: one line adds a fact.
PARCEL_FACTS: tuple[str, ...] = (
    "area_m2",
    "covered_m2",
    "building_m2",
    "sealed_m2",
    "sealed_share",
    "green_m2",
    "tree_m2",
    "canopy_m2",
    "kwh_year",
)
# Told with their interval, their storm or in sentences, not in the list.
TOLD = (
    "sealed_share_low", "sealed_share_high", "runoff_coefficient", "runoff_m3", "baf_old", "baf_new", "open_m2", "runoff_saved_m3", "permeability_gain", "baf_gain",
    "opening_eur_low", "opening_eur_high", "place",
)  # fmt: skip
STEPS: dict[str, float] = {
    "modules": 1.0, "kwp": 0.01, "kwh_year": 1.0, "kwh_year_p90": 1.0, "cost_eur_low": 1.0, "cost_eur_high": 1.0, "npv_eur_low": 1.0, "npv_eur_high": 1.0,
    "payback_years": 0.1, "self_consumed_share": 0.01, "best": 1.0,
}  # fmt: skip
PLANES: dict[str, float] = {"surface_tilt": 0.1, "surface_azimuth": 1.0, "area_m2": 0.1, "poa_kwh_m2": 1.0, "modules": 1.0, "kwp": 0.01}


# Name, rows, columns, outlines of each table of a piece.
Parts = Iterator[tuple[str, int, dict[str, Column], NDArray[Any] | None]]


@dataclass(frozen=True)
class Fact:
    """A line of a sheet: column, kind of number, words."""

    name: str
    kind: str
    it: str
    en: str


def kind_of(column: Named) -> str:
    """Kind of number (see `pipeline.maps.quantities`) of a column of a contract, from its unit and range.

    >>> kind_of(Named("float", "", "Share", "Quota", low=0.0, high=1.0)), kind_of(Named("float", "m²", "Area", "Superficie"))
    ('share', 'm2')
    """
    if column.dtype == "str":
        return "text"
    kinds = {"m²": "m2", "kWh": "kwh", "kWp": "kwp", "m": "m", "€": "eur", "kg": "kg", "years": "years", "kWh/m²": "poa", "m³": "m3"}
    return kinds.get(column.unit, "share" if column.dtype == "float" and column.high == 1.0 else "int")


def parcel_facts(frame: gpd.GeoDataFrame) -> list[Fact]:
    """The facts of `PARCEL_FACTS` that this town knows."""
    named = AtlasParcels.columns()
    there = [n for n in PARCEL_FACTS if n in frame and frame[n].notna().any()]
    words = {n: TEXT.get(f"col.{n}", Phrase(named[n].it, named[n].en)) for n in there}
    return [Fact(n, KINDS[n][0] if n in KINDS else kind_of(named[n]), *words[n]) for n in there]


def pieces(shapes: NDArray[Any], most: int) -> list[NDArray[np.int64]]:
    """Rows cut into compact groups of at most `most`: halves of the longer side until they are small enough.

    >>> [p.tolist() for p in pieces(shapely.points([[0, 0], [9, 0], [1, 0], [8, 0]]), 2)]
    [[0, 2], [1, 3]]
    """
    at = shapely.get_coordinates(shapely.centroid(shapes)) if len(shapes) else np.empty((0, 2))
    waiting, out = [np.arange(len(at))], []
    while waiting:
        rows = waiting.pop()
        if len(rows) <= most:
            out.append(np.sort(rows))
            continue
        side = int(np.argmax(np.ptp(at[rows], axis=0)))
        order = rows[np.argsort(at[rows, side], kind="stable")]
        waiting += [order[len(order) // 2 :], order[: len(order) // 2]]
    return [p for p in out if len(p)]


def write(site: Site, data: Path) -> dict[str, int]:
    """Write index and pieces of both kinds of sheet.

    Parameters
    ----------
    site
        What to show; without roofs or parcels there are no such sheets.
    data
        The folder of the site's data files.

    Returns
    -------
    dict
        Pieces by kind, for the metadata.
    """
    made = {}
    if "solar" in site.made:
        made["pieces: roofs"] = _write(site, "buildings", "roof", data, _roof_piece(site))
    if "parcels" in site.atlas:
        made["pieces: parcels"] = _write(site, "parcels", "parcel", data, _parcel_piece(site))
    return made


def _write(site: Site, layer: str, name: str, data: Path, tables: Callable[[NDArray[np.int64], Any], Parts]) -> int:
    frame = site.atlas[layer]
    shapes = np.asarray(frame.geometry.values)
    groups, piece = pieces(shapes, MOST[layer]), np.zeros(len(frame))
    (data / name).mkdir()
    for number, rows in enumerate(groups):
        piece[rows] = number
        west, south, east, north = shapely.total_bounds(shapes[rows])
        box = shapely.box(west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
        text = "".join(_packed(f"{name}_{number}_{part}", n, columns, drawn, corner=(west, south)) for part, n, columns, drawn in tables(rows, box))
        (data / name / f"{number}.js").write_text(text, encoding="utf-8", newline="\n")
    index = {c: Column(list(frame[c])) for c in (KEYS[layer], "sheet", "number") if c in frame}
    (data / f"{name}_index.js").write_text(pack(f"{name}_index", len(frame), index | {"piece": Column(piece, 1.0)}), encoding="utf-8", newline="\n")
    return len(groups)


def _packed(name: str, rows: int, columns: dict[str, Column], shapes: NDArray[Any] | None, *, corner: tuple[float, float]) -> str:
    """One table; its outlines, which are thinned, are moved to the corner."""
    if shapes is None:
        return pack(name, rows, columns)
    return pack(name, rows, columns, shapely.transform(shapes, lambda c: c - np.asarray(corner)), step=METRE)


def _thinned(shapes: NDArray[Any]) -> NDArray[Any]:
    """By less than a line is wide."""
    return np.asarray(shapely.simplify(shapes, _TOLERANCE_M), dtype=object)


def _roof_piece(site: Site) -> Callable[[NDArray[np.int64], Any], Parts]:
    """What draws and tells the roofs of a piece: buildings, planes, obstacles, arrays, their modules, sizes of plant, neighbours."""
    houses = site.atlas["buildings"]
    columns = shape_columns("buildings", houses) | site.columns["solar"]
    told = {"roofs": (*PLANES, "kind", "reason"), "obstacles": ("kind",), "arrays": ()}
    belonging = {name: _belonging(site.atlas.get(name), houses, "building_id", ("geometry", *names)) for name, names in told.items()}
    belonging["roofs"] = _straightened(belonging["roofs"])
    steps = _belonging(site.steps, houses, "building_id", tuple(STEPS))
    every = np.asarray(houses.geometry.values)
    tree, every = shapely.STRtree(every), _thinned(every)

    def tables(rows: NDArray[np.int64], box: Any) -> Parts:
        yield "buildings", len(rows), _taken(columns, rows), every[rows]
        own = {name: _own(frame, rows) for name, frame in belonging.items()}
        planes = own["roofs"]
        yield "planes", len(planes), _of(planes) | _numbers(planes, PLANES) | _middles(planes, box) | _texts(planes, "kind", "reason"), _thinned(_shapes(planes))
        yield "obstacles", len(own["obstacles"]), _of(own["obstacles"]) | _texts(own["obstacles"], "kind"), _thinned(_shapes(own["obstacles"]))
        laid = own["arrays"]
        frames, places = modules(_shapes(laid), (box.bounds[0] + AROUND_M, box.bounds[1] + AROUND_M))
        yield "arrays", len(laid), _of(laid) | frames, None
        yield "modules", len(places["array"].values), places, None
        mine = _own(steps, rows)
        yield "steps", len(mine), _of(mine) | _numbers(mine, STEPS), None
        near = np.setdiff1d(tree.query(box), rows)
        yield "near", len(near), {}, every[near]

    return tables


def _parcel_piece(site: Site) -> Callable[[NDArray[np.int64], Any], Parts]:
    """What draws and tells the parcels of a piece: parcels, the buildings on them, the parcels around."""
    parcels, houses = site.atlas["parcels"], site.atlas.get("buildings")
    columns = shape_columns("parcels", parcels)
    columns |= {f.name: Column(parcels[f.name].to_numpy(dtype=float), 0.001 if f.kind == "share" else 1.0 if f.kind == "kwh" else 0.1) for f in parcel_facts(parcels)}
    columns |= {n: c for n, c in site.columns["sealing"].items() if n in TOLD} if "sealing" in site.made and site.made["sealing"].layer == "parcels" else {}
    on = _belonging(houses, parcels, "parcel_id", ("geometry", "kwh_year", "building_id"))
    every = np.asarray(parcels.geometry.values)
    tree, every = shapely.STRtree(every), _thinned(every)

    def tables(rows: NDArray[np.int64], box: Any) -> Parts:
        yield "parcels", len(rows), _taken(columns, rows), every[rows]
        mine = _own(on, rows)
        yield "buildings", len(mine), _of(mine) | _numbers(mine, {"kwh_year": 1.0}) | _texts(mine, "building_id"), _thinned(_shapes(mine))
        near = np.setdiff1d(tree.query(box), rows)
        yield "near", len(near), {}, every[near]

    return tables


def _straightened(planes: pd.DataFrame) -> pd.DataFrame:
    """Planes whose common edges run straight, for the eye; outer edges stay."""
    shapes, owner = _shapes(planes).copy(), planes["owner"].to_numpy()
    for rows in np.split(np.arange(len(owner)), np.flatnonzero(np.diff(owner)) + 1):
        if len(rows) > 1:
            shapes[rows] = shapely.coverage_simplify(_noded(shapes[rows]), _STAIRS_M, simplify_boundary=False)
    return planes.assign(geometry=shapes)


def _noded(shapes: NDArray[Any]) -> NDArray[Any]:
    """The same areas with a corner wherever an edge meets another, so that neighbours share their corners; of an overlap the first has all."""
    if shapely.coverage_is_valid(shapes):
        return shapes
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(shapely.boundary(shapes))]))
    face, plane = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), predicate="within")
    first, at = np.unique(face, return_index=True)
    return np.array([shapely.coverage_union_all(faces[first[plane[at] == k]]) for k in range(len(shapes))], dtype=object)


def modules(arrays: NDArray[Any], corner: tuple[float, float]) -> tuple[dict[str, Column], dict[str, Column]]:
    """Arrays as the two sides of their module, and modules as the steps from one first corner to the next.

    Parameters
    ----------
    arrays
        Multipolygons of equal rectangles, corners in the same order.
    corner
        Where the piece begins.

    Returns
    -------
    dict, dict
        Columns of the arrays [1 mm], and of the modules: their array and the step [1 cm], the first from the piece's corner.
    """
    owner = np.repeat(np.arange(len(arrays)), shapely.get_num_geometries(arrays))
    corners = shapely.get_coordinates(arrays).reshape(-1, 5, 2)
    first = np.searchsorted(owner, np.arange(len(arrays)))
    sides = {"along": (0, 1), "across": (0, 3)}
    frames = {
        f"{name}_{axis}": Column(corners[first, b, k] - corners[first, a, k], 0.001)
        for name, (a, b) in sides.items()
        for k, axis in enumerate(("e", "n"))
    }
    whole = np.round((corners[:, 0] - np.asarray(corner)) / 0.01)
    step = np.diff(whole, axis=0, prepend=np.zeros((1, 2)))
    return frames, {"array": Column(owner.astype(float), 1.0), "de": Column(step[:, 0], 1.0), "dn": Column(step[:, 1], 1.0)}


def _belonging(frame: Any, owners: gpd.GeoDataFrame, key: str, names: tuple[str, ...]) -> pd.DataFrame:
    """Rows with the row of their owner as `owner`, sorted by it, and those columns of `names` there are; rows without an owner are left out."""
    if frame is None or not len(frame):
        return pd.DataFrame({"owner": np.empty(0, dtype=np.int64), "geometry": np.empty(0, dtype=object)})
    row = pd.Series(np.arange(len(owners)), index=owners[key])
    out = pd.DataFrame(frame)[[n for n in names if n in frame]].assign(owner=frame[key].map(row))
    out = out[out["owner"].notna()]
    return out.assign(owner=out["owner"].astype(np.int64)).sort_values("owner", kind="stable")


def _own(frame: pd.DataFrame, rows: NDArray[np.int64]) -> pd.DataFrame:
    """The rows of a piece's owners, which like the frame are sorted; `of` counts within the piece."""
    owner = frame["owner"].to_numpy()
    first, after = np.searchsorted(owner, rows), np.searchsorted(owner, rows, side="right")
    out = frame.iloc[np.concatenate([np.arange(a, b) for a, b in zip(first, after, strict=True)])]
    return out.assign(of=np.repeat(np.arange(len(rows)), after - first))


def _of(frame: pd.DataFrame) -> dict[str, Column]:
    return {"of": Column(frame["of"].to_numpy(dtype=float), 1.0)}


def _numbers(frame: pd.DataFrame, scales: dict[str, float]) -> dict[str, Column]:
    """Numeric columns, energy to three significant figures; those the table lacks are left out."""
    out = {}
    for name, scale in scales.items():
        if name in frame:
            values = frame[name].to_numpy(dtype=float, na_value=np.nan)
            out[name] = Column(significants(values) if name.startswith("kwh_") else values, scale)
    return out


def _texts(frame: pd.DataFrame, *names: str) -> dict[str, Column]:
    return {name: Column(list(frame[name]) if name in frame else [None] * len(frame)) for name in names}


def _shapes(frame: pd.DataFrame) -> NDArray[Any]:
    return np.asarray(frame["geometry"], dtype=object)


def _middles(frame: pd.DataFrame, box: Any) -> dict[str, Column]:
    """A place inside each shape for its letter."""
    at = shapely.get_coordinates(shapely.point_on_surface(_shapes(frame))) if len(frame) else np.empty((0, 2))
    return {name: Column(at[:, k] - box.bounds[k] - AROUND_M, 0.1) for k, name in enumerate(("middle_e", "middle_n"))}


def _taken(columns: dict[str, Column], rows: NDArray[np.int64]) -> dict[str, Column]:
    """The same columns of some rows."""
    return {k: Column([c.values[i] for i in rows] if c.scale is None else np.asarray(c.values, dtype=float)[rows], c.scale) for k, c in columns.items()}
