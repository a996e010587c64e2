"""Cadastral parcels, roads and waters of the town."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import Layer, Layers, ParcelsConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary, Parcels
from pipeline.core.footprints import outside_share, repeats
from pipeline.errors import ConfigError, InputError
from pipeline.io.cadastre import kind_of, parse_reference, read_gml, read_sheets
from pipeline.io.cxf import read_cxf
from pipeline.io.vectors import concatenate, read_vector, repair, text_field

if TYPE_CHECKING:
    from pipeline.contracts.spec import Table

SHEET_GAP = 0.01  # of a sheet's area: more than the rounding of the file, less than one parcel of a small sheet
COLUMNS = ("parcel_id", "section", "sheet", "number", "kind")


def parcels(layers: Layers, boundary: Table[Boundary] | None, config: ParcelsConfig, town: Town, notes: Notes) -> Table[Parcels]:
    """Every area of the cadastre once, by its national reference.

    Rows read = rows written + rows dropped + rows merged + rows left out, each counted in the notes. Rows of one
    reference that differ in shape are parts of one area (sheets are cut, parcels have enclaves) and are merged into a
    multipolygon; rows that repeat another one are dropped.

    Parameters
    ----------
    layers
        Kinds ade_gml, cxf, vector (fields parcel_id, and sheet, number, section, kind where the id is no reference);
        ade_map gives the outlines of the sheets, which the parcels are compared with.
    boundary
        Of the town; None skips the check that the parcels lie in it.
    config
        Smallest area, share allowed outside, largest GML file.
    town, notes
        Reference system; counts.

    Returns
    -------
    table sorted by parcel_id

    Raises
    ------
    InputError
        When a file cannot be read, nothing usable is in it, or the parcels are not in the town.
    """
    sheets = [_sheets(layer, path, config, town, notes) for layer in layers for path in layer.paths if layer.source.kind == "ade_map"]
    areas = [_read(layer, path, config, town, notes) for layer in layers for path in layer.paths if layer.source.kind != "ade_map"]
    if not areas:
        raise ConfigError("sources.parcels: only sheets (kind ade_map); expected a layer of parcels too, kind ade_gml, cxf or vector")
    frame = concatenate(areas)
    frame = _merge(repair(frame, notes), notes)
    frame["area_m2"] = frame.geometry.area
    small = (frame["area_m2"] < config.min_area_m2).to_numpy()
    notes.count("dropped: smaller than min_area_m2", int(small.sum()))
    frame = frame[~small].sort_values("parcel_id", kind="stable").reset_index(drop=True)
    files = ", ".join(path.name for layer in layers for path in layer.paths)
    if frame.empty:
        raise InputError(f"{files}: no usable parcel is left ({notes.counts}); expected polygons with a cadastral reference")
    if boundary is not None:
        share = outside_share(np.asarray(frame.geometry), shapely.union_all(np.asarray(boundary.geometry)))
        notes.figure("area_outside_boundary_share", share)
        if share > config.max_outside_share:
            raise InputError(_outside(share, frame, boundary, config, f"{files}: {town.name}"))
    if sheets:
        _compare(frame, concatenate(sheets), notes)
    for kind in ("parcel", "road", "water"):
        notes.count(f"rows written: {kind}", int((frame["kind"] == kind).sum()))
    return frame[[*COLUMNS, "area_m2", "geometry"]]


def _read(layer: Layer, path: Path, config: ParcelsConfig, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    if layer.source.kind == "ade_gml":
        frame = read_gml(layer.source, path, town.epsg, notes, int(config.max_gml_mb * 1024**2))
        return _by_reference(frame, path, notes)
    if layer.source.kind == "cxf":
        return _by_reference(_cxf_areas(layer, path, town, notes), path, notes)
    if layer.source.kind == "vector":
        return _by_fields(layer, path, town, notes)
    raise ConfigError(f"sources.parcels: kind {layer.source.kind} ({path.name}); expected ade_gml, ade_map, cxf or vector")


def _cxf_areas(layer: Layer, path: Path, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    _, frame = read_cxf(layer.source, path, town.epsg)
    notes.count("rows read", len(frame))
    notes.count("left out: border of the sheet", int((frame["cxf_kind"] == "sheet").sum()))
    notes.count("left out: buildings", int((frame["cxf_kind"] == "building").sum()))
    return frame[frame["cxf_kind"].isin(("parcel", "road", "water"))]


def _by_reference(frame: gpd.GeoDataFrame, path: Path, notes: Notes) -> gpd.GeoDataFrame:
    texts = ["".join(str(t).split()) for t in frame["reference"]]
    parts = [parse_reference(t) for t in texts]
    good = np.array([p is not None for p in parts], dtype=bool)
    notes.count("dropped: no cadastral reference", int((~good).sum()))
    if not good.all():
        notes.warn(f"{path.name}: {int((~good).sum())} rows have no readable cadastral reference, the first is {texts[int(np.argmin(good))]!r}.")
    rows = [(t, p.section, p.sheet, p.number, p.kind) for t, p in zip(texts, parts, strict=True) if p is not None]
    return _frame(rows, np.asarray(frame.geometry)[good], frame.crs)


def _by_fields(layer: Layer, path: Path, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    frame = read_vector(layer.source, path, town.epsg, notes)
    notes.count("rows read", len(frame))
    fields = {name: text_field(frame, layer.source, name, path) for name in COLUMNS}
    ids = fields["parcel_id"]
    if ids is None:
        raise ConfigError(f"sources.parcels: {path.name}: no field for parcel_id; add `fields: {{parcel_id: <field>}}` to this source in town.yaml")
    good = np.array([i is not None for i in ids], dtype=bool)
    notes.count("dropped: no identifier", int((~good).sum()))
    rows = [_row(i, {k: v[n] for k, v in fields.items() if v is not None}, path) for n, i in enumerate(ids) if i is not None]
    return _frame(rows, np.asarray(frame.geometry)[good], frame.crs)


def _row(parcel_id: str, mapped: dict[str, str | None], path: Path) -> tuple[str, str, str, str, str]:
    """Mapped fields first, then what the identifier says if it is a national reference, then what is left."""
    found = parse_reference(parcel_id)
    number = mapped.get("number") or (found.number if found else parcel_id)
    kind = mapped.get("kind") or kind_of(number)
    if kind not in ("parcel", "road", "water"):
        raise InputError(f"{path}: kind {kind!r} of {parcel_id}; expected parcel, road or water; leave `kind` out of the fields to go by STRADA and ACQUA")
    section = mapped.get("section") or (found.section if found else "_")
    sheet = mapped.get("sheet") or (found.sheet if found else "")
    return "".join(parcel_id.split()) if found else parcel_id, section, sheet, number, kind


def _frame(rows: list[tuple[str, str, str, str, str]], shapes: NDArray[Any], crs: object) -> gpd.GeoDataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    return gpd.GeoDataFrame({n: np.array(c, dtype=object) for n, c in zip(COLUMNS, columns, strict=True)}, geometry=shapes, crs=crs)


def _merge(frame: gpd.GeoDataFrame, notes: Notes) -> gpd.GeoDataFrame:
    again = repeats(frame["parcel_id"].to_numpy(), np.asarray(frame.geometry))
    notes.count("dropped: repeats another row", int(again.sum()))
    frame = frame[~again].reset_index(drop=True)
    part = frame.duplicated("parcel_id", keep=False)
    notes.count("merged into a row of the same reference", int(frame.duplicated("parcel_id").sum()))
    if not part.any():
        return frame
    whole = frame[~part]
    shapes = frame[part].groupby("parcel_id", sort=True)["geometry"].agg(lambda g: shapely.union_all(np.asarray(g)))
    rest = frame[part].drop_duplicates("parcel_id").sort_values("parcel_id")
    return concatenate([whole, rest.set_geometry(gpd.GeoSeries(list(shapes), index=rest.index, crs=frame.crs))])


def _sheets(layer: Layer, path: Path, config: ParcelsConfig, town: Town, notes: Notes) -> gpd.GeoDataFrame:
    """Sheets, repaired; what happens to them is counted apart from the parcels."""
    said = Notes()
    frame = repair(read_sheets(layer.source, path, town.epsg, said, int(config.max_gml_mb * 1024**2)), said)
    for what, number in said.counts.items():
        notes.count(what if what == "sheets read" else f"sheets: {what}", number)
    for sentence in said.warnings:
        notes.warn(sentence)
    return frame


def _compare(frame: gpd.GeoDataFrame, sheets: gpd.GeoDataFrame, notes: Notes) -> None:
    """Sheets without parcels, parcels without their sheet, and sheets their areas do not fill: files of two dates, or lost rows."""
    code = frame["parcel_id"].str.partition(".")[0]
    filled = frame.groupby(code)["area_m2"].sum()
    whole = sheets.assign(area_m2=sheets.geometry.area).groupby("code")["area_m2"].sum()
    bare, unknown = sorted(set(whole.index) - set(filled.index)), sorted(set(filled.index) - set(whole.index))
    notes.count("sheets without parcels", len(bare))
    notes.count("sheets of parcels that the map of sheets has not", len(unknown))
    if bare:
        notes.warn(f"Sheets without any parcel: {', '.join(bare[:10])}{' ...' if len(bare) > 10 else ''}; the file of parcels may be incomplete.")
    if unknown:
        notes.warn(f"Parcels of sheets that the map of sheets has not: {', '.join(unknown[:10])}{' ...' if len(unknown) > 10 else ''}; the two files may be of two dates.")
    both = whole.index.intersection(filled.index)
    if len(both):
        gap = (filled[both] - whole[both]).abs() / whole[both]
        notes.figure("sheet_gap_share_max", float(gap.max()))
        if gap.max() > SHEET_GAP:
            notes.warn(f"{int((gap > SHEET_GAP).sum())} sheets differ from the sum of their parcels, roads and waters by more than {SHEET_GAP:.0%}, most {gap.idxmax()} ({gap.max():.1%}).")


def _outside(share: float, frame: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame, config: ParcelsConfig, where: str) -> str:
    came, expected = (", ".join(f"{v:.0f}" for v in f.total_bounds) for f in (frame, boundary))
    return (
        f"{where}: {share:.1%} of the parcels' area lies outside the boundary (allowed {config.max_outside_share:.1%}); came west, south, east, "
        f"north {came}; expected within {expected} ({frame.crs.to_string()}); check that files, `crs` and `epsg` are this town's, or raise "
        "parcels.max_outside_share"
    )
