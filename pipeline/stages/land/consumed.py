"""Officially consumed soil: stock, change, per head, SDG 11.3.1; and the town's own measure beside it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.config.land import ConsumedConfig
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.land import Consumed, ConsumedChanges, ConsumedComparison, ConsumedYears
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import COVER_CODES, Boundary, Landcover, Residents
from pipeline.contracts.spec import Package, Raster, Table
from pipeline.core.grid import Window
from pipeline.core.land.consumed import CONSUMED, PERMANENT, REVERSIBLE, change, difference, infill, sdg_11_3_1
from pipeline.errors import InputError
from pipeline.io.consumed import Official, own_share, read_official, read_official_table
from pipeline.io.footprints import marked

SEALED = (COVER_CODES["building"], COVER_CODES["sealed"])
KINDS = ("ispra", "consumed_table")
MIN_KNOWN_SHARE = 0.95


def consumed(
    boundary: Table[Boundary],
    landcover: Raster[Landcover] | None,
    residents: Table[Residents] | None,
    layers: Layers,
    config: ConsumedConfig,
    town: Town,
    notes: Notes,
) -> Package[Consumed]:
    """Count the official raster as its publisher does, read the official table, and say why the own map differs.

    Parameters
    ----------
    boundary
        Official cells count when their centre lies inside.
    landcover
        The town's own; compared with the newest raster.
    residents
        People of the newest year where the config does not say.
    layers
        Kind ispra with a `year`, one or several; kind consumed_table.
    config
        Residents by year; what infill is.
    town
        ISTAT code, reference system.
    notes
        Receives what was counted and what is not known.

    Returns
    -------
    dict of years, changes, stock, comparison

    Raises
    ------
    InputError
        When a raster or table cannot be used (no year, EPSG:3857, other cells, no row of the town).
    """
    if others := sorted({y.source.kind for y in layers} - set(KINDS)):
        raise InputError(f"sources.consumed: kind {', '.join(others)}; expected {', '.join(KINDS)}")
    maps = [y for y in layers if y.source.kind == "ispra"]
    if 0 < sum(y.source.synthetic for y in maps) < len(maps):
        layers = tuple(y for y in layers if y.source.kind != "ispra" or not y.source.synthetic)
        notes.warn("A generated year of the official map stood beside a real one and was left out: a change between the two would mean nothing.")
    outline = shapely.union_all(np.asarray(boundary.geometry.array, dtype=object))
    official = read_official(layers, outline, town.epsg, notes)
    rows = _raster_rows(official, config, notes) if official else []
    rows += _table_rows(read_official_table(layers, town.code, float(outline.area), notes), float(outline.area))
    people = _people(rows, residents, config, notes)
    years = pd.DataFrame([_figures(r, rows, people) for r in rows]).sort_values(["basis", "year"], kind="stable", ignore_index=True)
    years = years.astype({"residents": "Int64", "since": "Int64"})[list(ConsumedYears.columns())]
    return {"years": years, "changes": _changes(official, town.epsg), "stock": _stock(official, town.epsg), "comparison": _comparison(official, landcover, notes)}


def _taken(codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.isin(codes, CONSUMED)


def _raster_rows(official: Official, config: ConsumedConfig, notes: Notes) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    reach = max(1, round(config.infill_reach_m / official.grid.cell_m))
    before: NDArray[np.uint8] | None = None
    cell = official.cell_m2
    cells = int(official.inside.sum())
    for year, all_codes in official.codes.items():
        codes = np.where(official.inside, all_codes, 0)
        known = int((codes > 0).sum()) / cells
        notes.figure(f"official_known_share_{year}", known)
        if known < MIN_KNOWN_SHARE:
            notes.warn(f"The official raster of {year} covers {known:.1%} of the town; its areas are of that part and are not extrapolated.")
        row: dict[str, object] = {
            "basis": "raster", "year": year, "area_m2": cells * cell, "known_share": known, "consumed_m2": float(_taken(codes).sum()) * cell,
            "permanent_m2": float(np.isin(codes, PERMANENT).sum()) * cell, "reversible_m2": float(np.isin(codes, REVERSIBLE).sum()) * cell,
        }  # fmt: skip
        notes.count(f"official cells consumed in {year}", int(_taken(codes).sum()))
        if before is not None:
            both = (codes > 0) & (before > 0)
            new, back = both & _taken(codes) & ~_taken(before), both & _taken(before) & ~_taken(codes)
            row |= {"gross_m2": float(new.sum()) * cell, "restored_m2": float(back.sum()) * cell, "infill_share": infill(new, _taken(before), reach, config.infill_share)}
        rows.append(row)
        before = codes
    return rows


def _table_rows(table: pd.DataFrame, area_m2: float) -> list[dict[str, object]]:
    nan = float("nan")
    rows: list[dict[str, object]] = []
    for year, stock, area, new, back in table[["year", "consumed_m2", "area_m2", "gross_m2", "restored_m2"]].itertuples(index=False):
        whole = area if np.isfinite(area) else area_m2
        if stock > whole:
            raise InputError(f"sources.consumed: {stock / 1e4:,.1f} ha consumed in {year}, more than the town has ({whole / 1e4:,.1f} ha); expected hectares of this municipality; check unit and ISTAT code")
        net = stock - float(rows[-1]["consumed_m2"]) if rows else nan  # type: ignore[arg-type]
        # A table of stocks says the net only.
        gross, restored = (new, np.nan_to_num(back)) if np.isfinite(new) else (max(net, 0.0), max(-net, 0.0))
        rows.append(
            {"basis": "table", "year": int(year), "area_m2": whole, "known_share": 1.0, "consumed_m2": stock, "permanent_m2": nan, "reversible_m2": nan}
            | ({"gross_m2": gross, "restored_m2": restored} if rows else {})
        )
    return rows


def _people(rows: list[dict[str, object]], residents: pd.DataFrame | None, config: ConsumedConfig, notes: Notes) -> dict[int, int]:
    people = dict(config.residents)
    years = [int(r["year"]) for r in rows]  # type: ignore[call-overload]
    if residents is not None and years and max(years) not in people:
        people[max(years)] = int(residents["residents"].sum())
        notes.assume(f"Residents of {max(years)}: the sum of the census sections, whatever their year; consumed.residents in town.yaml says better.")
    if lost := sorted(set(years) - set(people)):
        notes.assume(f"Residents of {', '.join(map(str, lost))} are not known: no figures per head and no SDG 11.3.1 for these years.")
    return people


def _figures(row: dict[str, object], rows: list[dict[str, object]], people: dict[int, int]) -> dict[str, object]:
    """The row of a year with its change since the year before on the same basis."""
    nan = float("nan")
    year, stock, area = int(row["year"]), float(row["consumed_m2"]), float(row["area_m2"])  # type: ignore[call-overload, arg-type]
    known = area * float(row["known_share"])  # type: ignore[arg-type]
    inhabitants = people.get(year)
    out = {
        **row, "consumed_share": stock / known if known > 0 else nan, "residents": inhabitants,
        "consumed_m2_per_resident": stock / inhabitants if inhabitants else nan, "residents_per_consumed_ha": inhabitants / (stock / 1e4) if inhabitants is not None and stock > 0 else nan,
        "since": None, "net_m2": nan, "net_share": nan, "net_m2_per_ha": nan, "net_m2_per_resident_year": nan, "lcr": nan, "pgr": nan, "lcrpgr": nan, "sdg_flag": "",
    }  # fmt: skip
    for name in ("gross_m2", "restored_m2", "infill_share"):
        out.setdefault(name, nan)
    earlier = [r for r in rows if r["basis"] == row["basis"] and int(r["year"]) < year]  # type: ignore[call-overload]
    if earlier:
        start = max(earlier, key=lambda r: int(r["year"]))  # type: ignore[call-overload]
        since, first = int(start["year"]), float(start["consumed_m2"])  # type: ignore[call-overload, arg-type]
        moved = change(float(out["gross_m2"]), float(out["restored_m2"]), first, known, inhabitants, year - since)  # type: ignore[arg-type]
        sdg = sdg_11_3_1(first, first + moved.net_m2, people.get(since, 0), inhabitants or 0, year - since)
        out |= {"since": since, "net_m2": moved.net_m2, "net_share": moved.net_share, "net_m2_per_ha": moved.net_m2_per_ha, "net_m2_per_resident_year": moved.net_m2_per_resident_year}
        out |= {"lcr": sdg.lcr, "pgr": sdg.pgr, "lcrpgr": sdg.ratio, "sdg_flag": sdg.flag}
    return out


def _changes(official: Official | None, epsg: int) -> gpd.GeoDataFrame:
    """Cells that changed between the first and the last raster, in the town's system, with the patch they belong to."""
    parts: list[pd.DataFrame] = []
    shapes: list[NDArray[np.object_]] = [np.empty(0, dtype=object)]
    if official is not None and len(official.codes) > 1:
        (since, first), *_, (year, last) = official.codes.items()
        both = official.inside & (first > 0) & (last > 0)
        g = official.grid
        for kind, moved in (("restored", both & _taken(first) & ~_taken(last)), ("taken", both & _taken(last) & ~_taken(first))):
            row, col = np.nonzero(moved)
            ids = np.array([f"{kind}-E{g.west + c * g.cell_m:.0f}N{g.north - r * g.cell_m:.0f}" for r, c in zip(row, col, strict=True)], dtype=object)
            patch = ndimage.label(moved, structure=np.ones((3, 3)))[0][row, col]
            _, start, of = np.unique(patch, return_index=True, return_inverse=True)
            parts.append(pd.DataFrame({"change_id": ids, "patch_id": ids[start[of]] if len(ids) else ids, "kind": kind, "since": since, "year": year, "area_m2": official.cell_m2}))
            shapes.append(_boxes(official, row, col, epsg))
    empty = pd.DataFrame({c: np.empty(0, dtype=d) for c, d in zip(ConsumedChanges.columns(), ("object", "object", "object", "int64", "int64", "float64"), strict=True)})
    frame = pd.concat(parts, ignore_index=True) if sum(map(len, parts)) else empty
    return gpd.GeoDataFrame(frame, geometry=np.concatenate(shapes), crs=f"EPSG:{epsg}").sort_values("change_id", kind="stable", ignore_index=True)


def _boxes(official: Official, row: NDArray[np.intp], col: NDArray[np.intp], epsg: int) -> NDArray[np.object_]:
    """Official cells in the town's system; cells that touch share their corners there too."""
    from pyproj import Transformer

    g = official.grid
    west, north = g.west + col * g.cell_m, g.north - row * g.cell_m
    shapes = shapely.box(west, north - g.cell_m, west + g.cell_m, north)
    there = Transformer.from_crs(g.epsg, epsg, always_xy=True)
    return np.asarray(shapely.transform(shapes, lambda xy: np.round(np.column_stack(there.transform(xy[:, 0], xy[:, 1])), 3)), dtype=object)


def _stock(official: Official | None, epsg: int) -> gpd.GeoDataFrame:
    """Outline of all consumed cells in the first and in the last year, of those both maps know, in the town's system."""
    rows: list[tuple[int, float]] = []
    shapes: list[shapely.Geometry] = []
    if official is not None and len(official.codes) > 1:
        from pyproj import Transformer

        (since, first), *_, (year, last) = official.codes.items()
        both = official.inside & (first > 0) & (last > 0)
        there = Transformer.from_crs(official.grid.epsg, epsg, always_xy=True)
        for when, codes in ((since, first), (year, last)):
            taken = both & _taken(codes)
            parts = marked([(Window(0, 0, *taken.shape), taken)], official.grid)
            rows.append((when, float(taken.sum()) * official.cell_m2))
            shapes.append(shapely.transform(shapely.multipolygons(parts), lambda xy: np.round(np.column_stack(there.transform(xy[:, 0], xy[:, 1])), 3)))
    frame = pd.DataFrame({"year": np.array([r[0] for r in rows], dtype="int64"), "area_m2": np.array([r[1] for r in rows], dtype="float64")})
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=f"EPSG:{epsg}")


def _comparison(official: Official | None, landcover: Raster[Landcover] | None, notes: Notes) -> pd.DataFrame:
    columns = list(ConsumedComparison.columns())
    if official is None or landcover is None:
        return pd.DataFrame(columns=columns, dtype=np.float64).astype({"year": "int64"})
    year, all_codes = list(official.codes.items())[-1]
    share = own_share(landcover, official.grid, SEALED)
    codes = all_codes[official.inside]
    own = np.where(codes > 0, share[official.inside], np.nan)
    why = difference(codes, own, official.cell_m2)
    known = np.isfinite(own)
    official_m2 = float((_taken(codes) & known).sum()) * official.cell_m2
    own_m2 = float(np.nansum(own)) * official.cell_m2
    notes.assume("Beside each other, never merged: the official cell of 10 m is consumed or not by its majority; the own map measures parts of cells, and sealed ground only.")
    notes.count("official cells the own map does not know", int((~known).sum()))
    return pd.DataFrame(
        [[year, official_m2, own_m2, why.definition, why.majority, why.rest, float(known.sum()) * official.cell_m2]], columns=columns
    )
