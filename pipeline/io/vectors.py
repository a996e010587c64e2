"""Vector layers in: any OGR format, read once, in the town's reference system, with geometry repaired and counted.

Raw files are never written to: GDAL's side files are switched off, XML is looked through before GDAL sees it.
"""

from __future__ import annotations

import glob
import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from pipeline.config.sources import Source
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.gdalsettings import gdal_settings
from pipeline.io.pointers import refuse_pointer
from pipeline.io.xmlguard import XML_SUFFIXES, apart, check_xml

# No .gfs and no .aux.xml beside the raw file, no schema from the internet, and the file's own words instead of guessed
# numbers: a LABEL "0012" would lose its zeros, an answer of one feature would turn references into integers.
GML_OPTIONS: dict[str, str] = {"WRITE_GFS": "NO", "DOWNLOAD_SCHEMA": "NO"}
CONFIG: dict[str, str] = {"GML_FIELDTYPES": "ALWAYS_STRING", "GML_SKIP_RESOLVE_ELEMS": "ALL", "GDAL_PAM_ENABLED": "NO"}
BROKEN = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    shapely.errors.GEOSException,
    UnicodeDecodeError,  # text in another encoding than the file says, or cut in the middle of a letter
)


def read_vector(source: Source, path: Path, epsg: int, notes: Notes | None = None) -> gpd.GeoDataFrame:
    """Read one layer of a vector file in the town's reference system.

    Parameters
    ----------
    source
        Entry of town.yaml: `layer` names the layer of a file that holds several, `crs` the reference system of a file
        that declares none. A system the file declares itself has precedence.
    path
        Any format of GDAL's; a shapefile with its side files.
    epsg
        The town's reference system.
    notes
        Receives the warnings of the reader.

    Returns
    -------
    GeoDataFrame
        All fields of the file and its geometry, flat, as it stands (see `repair`); at least one row.

    Raises
    ------
    InputError
        When the file is missing, broken, empty, without geometry, without reference system, or its coordinates are
        not of the system it declares.
    """
    notes = notes if notes is not None else Notes()
    require_file(path)
    if path.suffix.lower() in XML_SUFFIXES:
        check_xml(path)
    frame = open_layer(path, choose_layer(source, path), notes)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(f"{path}: holds a table without geometry; expected a layer of shapes")
    if frame.empty:
        raise InputError(f"{path}: the layer is empty; expected at least one feature; check the download and the key `layer`")
    return to_town(_with_crs(frame, source, path, notes), path, epsg)


def require_file(path: Path) -> None:
    """Refuse a path that is no file, or an empty one."""
    if not path.exists():
        raise InputError(f"{path}: there is no such file; put it there by hand or correct the key `path` in town.yaml")
    if path.is_file() and path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty (0 bytes); expected a layer; download it again")
    if path.suffix.lower() == ".shp":
        _check_shapefile(path)
    refuse_pointer(path)


def _check_shapefile(path: Path) -> None:
    """Side files and length: GDAL gives the missing rest of a shortened .shp as rows without geometry.

    The length in 16-bit words stands at byte 24, big-endian (ESRI Shapefile Technical Description, 1998, page 4).
    """
    there = {p.suffix.lower() for p in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    if missing := [s for s in (".shx", ".dbf") if s not in there]:
        raise InputError(f"{path}: {' and '.join(path.stem + s for s in missing)} missing beside it; a shapefile is .shp, .shx, .dbf and .prj together; copy all of them")
    with path.open("rb") as stream:
        head = stream.read(28)
    said = 2 * int.from_bytes(head[24:28], "big")
    if len(head) < 28 or path.stat().st_size < said:
        raise InputError(f"{path}: {path.stat().st_size:,} bytes, its header says {said:,}; the file is cut off; download it again")


def choose_layer(source: Source, path: Path) -> str:
    """Name of the layer to read: the one town.yaml names, or the only one."""
    try:
        with warnings.catch_warnings(), _configured(), apart(path) as file:
            warnings.simplefilter("ignore", RuntimeWarning)  # said again when the layer is read
            names = [str(n) for n in pyogrio.list_layers(file)[:, 0]]
    except BROKEN as error:
        raise InputError(f"{path}: cannot be read as a vector layer ({_line(error)}); the file is cut off, damaged or of another format; download it again") from None
    if source.layer is not None:
        if source.layer not in names:
            raise InputError(f"{path}: no layer {source.layer}; the file has {', '.join(names) or 'none'}; correct the key `layer` in town.yaml")
        return source.layer
    if len(names) != 1:
        raise InputError(f"{path}: {len(names)} layers ({', '.join(names) or 'no features'}); expected one; name it with the key `layer` in town.yaml")
    return names[0]


def open_layer(path: Path, layer: str, notes: Notes, skip_corrupt: bool = False) -> Any:
    """A layer as GDAL gives it, without side files and without GDAL's envelope columns.

    Parameters
    ----------
    path, layer
        What to read.
    notes
        Receives what GDAL warns of.
    skip_corrupt
        GML features whose geometry GDAL cannot parse are left out; only for callers that count them.

    Returns
    -------
    GeoDataFrame or DataFrame
        A DataFrame where the layer has no geometry. Rings that are not closed are closed; a shape of under three
        points is None.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    gml = path.suffix.lower() in XML_SUFFIXES
    try:
        with warnings.catch_warnings(record=True) as said, _configured("YES" if skip_corrupt else "NO"), apart(path) as file:
            warnings.simplefilter("always", RuntimeWarning)
            options = GML_OPTIONS if path.suffix.lower() in (".gml", ".xml") else {}
            frame = pyogrio.read_dataframe(file, layer=layer, on_invalid="fix", **options)
    except BROKEN as error:
        raise InputError(f"{path}: layer {layer} cannot be read ({_line(error)}); the file is cut off or damaged; download it again") from None
    for warning in said:
        notes.warn(f"{path.name}: {_line(warning.message)}")
    return frame.drop(columns=[c for c in ("lowerCorner", "upperCorner") if gml and c in frame.columns])


def _configured(skip_corrupt: str = "NO") -> AbstractContextManager[None]:
    """GDAL's options for raw files, for the time of one reading."""
    return gdal_settings(**CONFIG, GML_SKIP_CORRUPTED_FEATURES=skip_corrupt)


def to_town(frame: gpd.GeoDataFrame, path: Path, epsg: int) -> gpd.GeoDataFrame:
    """Reproject a layer to the town's system; a file whose coordinates mostly have no place in it is an InputError.

    Single rows that have none are left to `repair`, which drops and counts them.
    """
    moved = frame.to_crs(epsg=epsg)
    lost = not_finite(np.asarray(moved.geometry, dtype=object))
    if lost.any() and 2 * int(lost.sum()) > int((~(frame.geometry.isna() | frame.geometry.is_empty)).sum()):
        came = ", ".join(f"{v:.6g}" for v in frame.total_bounds)
        raise InputError(f"{path}: coordinates {came} ({frame.crs.name}) cannot be brought to EPSG:{epsg}; the file's reference system or the town's `epsg` is wrong")
    return moved


def not_finite(shapes: NDArray[Any]) -> NDArray[np.bool_]:
    """Shapes with a coordinate that is NaN or infinite, shape (rows,)."""
    points, of = shapely.get_coordinates(shapes, return_index=True)
    bad = np.zeros(len(shapes), dtype=bool)
    bad[of[~np.isfinite(points).all(axis=1)]] = True
    return bad


def repair(frame: gpd.GeoDataFrame, notes: Notes) -> gpd.GeoDataFrame:
    """Make every polygon valid, or drop its row and say why.

    Each ring is repaired by GEOS' "structure" method (one that crosses itself is cut into its lobes), then holes are
    taken out of their shell: a hole outside its shell adds no area, as a second opinion on land another parcel may
    hold. OGC 06-103r4, 6.1.11 says what is valid.

    Parameters
    ----------
    frame
        Polygons, perhaps invalid, empty, missing or of another type.
    notes
        Counts "geometry repaired" and "dropped: <reason>"; rows in = rows out + dropped.

    Returns
    -------
    GeoDataFrame
        Valid, non-empty, flat Polygon and MultiPolygon; the other columns and the index labels of the rows kept.
    """
    shapes = shapely.force_2d(np.asarray(frame.geometry, dtype=object))
    wild = not_finite(shapes)
    missing = (shapely.is_missing(shapes) | shapely.is_empty(shapes)) & ~wild
    areal = np.isin(shapely.get_type_id(shapes), (3, 6, 7)) & ~wild
    broken = ~missing & areal & ~shapely.is_valid(shapes)
    mixed = ~missing & areal & (shapely.get_type_id(shapes) == 7)
    for row in np.flatnonzero(broken | mixed):
        shapes[row] = _sound(shapes[row])
    lost = ~missing & areal & (shapely.is_missing(shapes) | shapely.is_empty(shapes))
    keep = ~missing & areal & ~lost
    notes.count("geometry repaired", int((broken & keep).sum()))
    notes.count("dropped: no geometry, or under 3 points", int(missing.sum()))
    notes.count("dropped: no polygon", int((~missing & ~areal & ~wild).sum()))
    notes.count("dropped: coordinates that are no numbers", int(wild.sum()))
    notes.count("dropped: nothing left after repair", int(lost.sum()))
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))[keep]


def concatenate(frames: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Rows of several layers in one reference system, numbered anew."""
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=frames[0].crs)


def text_field(frame: gpd.GeoDataFrame, source: Source, name: str, path: Path) -> NDArray[Any] | None:
    """A mapped field as text.

    Parameters
    ----------
    frame
        As read.
    source
        Whose `fields` map our `name` to the file's; a field called `name` itself needs no map.
    name
        Our column.
    path
        For the message.

    Returns
    -------
    array of str or None, shape (rows,)
        Stripped; None where empty. Whole numbers without a decimal point. None alone where `name` is not mapped.

    Raises
    ------
    InputError
        When the file has no such field.
    """
    values = _field(frame, source, name, path)
    return None if values is None else np.array([_text(v) for v in values], dtype=object)


def number_field(frame: gpd.GeoDataFrame, source: Source, name: str, path: Path) -> NDArray[np.float64] | None:
    """A mapped field as numbers, NaN where empty or not a number; a decimal comma is understood."""
    values = _field(frame, source, name, path)
    if values is None:
        return None
    if values.dtype == object:
        values = values.map(lambda v: v.strip().replace(",", ".") if isinstance(v, str) else v)
    return np.asarray(pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan))


def _field(frame: gpd.GeoDataFrame, source: Source, name: str, path: Path) -> pd.Series[Any] | None:
    wanted = source.fields.get(name)
    if wanted is None:
        return frame[name] if name in frame.columns else None
    if wanted not in frame.columns:
        there = ", ".join(c for c in frame.columns if c != "geometry")
        raise InputError(f"{path}: no field {wanted}; the file has {there or 'none'}; correct `fields: {{{name}: ...}}` of this source in town.yaml")
    return frame[wanted]


def _text(value: Any) -> str | None:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    return " ".join(str(value).split()) or None


def _with_crs(frame: gpd.GeoDataFrame, source: Source, path: Path, notes: Notes) -> gpd.GeoDataFrame:
    if frame.crs is None:
        if source.crs is None:
            raise InputError(f"{path}: declares no reference system; add the key `crs` to this source in town.yaml, e.g. crs: EPSG:25833")
        notes.assume(f"{path.name}: declares no reference system, read as {source.crs} (town.yaml).")
        return frame.set_crs(source.crs)
    west, south, east, north = frame.total_bounds
    if frame.crs.is_geographic and (min(west, south) < -180.5 or max(east, north) > 360.5 or max(abs(south), abs(north)) > 90.5):
        if source.crs is None:
            raise InputError(f"{path}: declares {frame.crs.name} but holds coordinates like {west:.0f}, {south:.0f}, which are metres; add the key `crs` to this source in town.yaml")
        notes.assume(f"{path.name}: declares {frame.crs.name} but holds metres, read as {source.crs} (town.yaml).")
        return frame.set_crs(source.crs, allow_override=True)
    if source.crs is not None and not CRS.from_user_input(source.crs).equals(frame.crs, ignore_axis_order=True):
        notes.warn(f"{path.name}: declares {frame.crs.name}; `crs: {source.crs}` in town.yaml is for files that declare none and was not used.")
    return frame


def _sound(shape: shapely.Geometry) -> shapely.Geometry:
    """The valid polygons of a shape: shells without their holes, joined where they overlap."""
    parts = [g for g in shapely.get_parts(shapely.get_parts(shape)) if g.geom_type == "Polygon"]
    made = [shapely.difference(_ring(p.exterior), shapely.union_all([_ring(r) for r in p.interiors])) for p in parts]
    whole = [g for g in shapely.get_parts(made) if g.geom_type == "Polygon" and g.area > 0.0]
    return whole[0] if len(whole) == 1 else shapely.union_all(whole) if whole else shapely.Polygon()


def _ring(ring: shapely.LinearRing) -> shapely.Geometry:
    return shapely.make_valid(shapely.Polygon(ring), method="structure", keep_collapsed=False)


def _line(error: object) -> str:
    return " ".join(str(error).split())
