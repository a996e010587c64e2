"""The Italian cadastre: references, and the GML of the bulk download and of the WFS (CXF sheets: `pipeline.io.cxf`).

Cartography of Agenzia delle Entrate (CC BY 4.0). A national reference names one area of one sheet:
belfiore code, section or `_`, sheet in four digits, annex, development, a full stop, number: `H501D076700.233`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from pipeline.config.sources import Source
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.vectors import open_layer, require_file, text_field, to_town
from pipeline.io.xmlguard import check_xml

REFERENCE = re.compile(r"^([A-Z]\d{3})([A-Z_])(\d{4})(.)(.)\.(.+)$")
# Longitude and latitude of Italy, islands included [degrees].
ITALY: tuple[float, float, float, float] = (6.6, 35.4, 18.6, 47.1)
LAYER, SHEETS = "CadastralParcel", "CadastralZoning"


class Reference(NamedTuple):
    """A national cadastral reference in parts; `sheet` as it is printed on the map, e.g. 767, 13A."""

    belfiore: str
    section: str
    sheet: str
    number: str
    kind: str


def parse_reference(text: str) -> Reference | None:
    """Split a national cadastral reference.

    Parameters
    ----------
    text
        E.g. "H501D076700.233"; blanks are ignored.

    Returns
    -------
    Reference or None
        None where the text is no reference. The kind is road for numbers that begin with STRADA, water for ACQUA.

    >>> parse_reference("H833_0013A0.STRADA001")
    Reference(belfiore='H833', section='_', sheet='13A', number='STRADA001', kind='road')
    """
    found = REFERENCE.match("".join(text.split()))
    if found is None:
        return None
    belfiore, section, sheet, annex, development, number = found.groups()
    return Reference(belfiore, section, sheet_label(sheet, annex, development), number, kind_of(number))


def sheet_label(sheet: str, annex: str, development: str) -> str:
    """Sheet number as printed: 767; 13A with annex A; 13/A2 with a development.

    >>> sheet_label("0767", "0", "0"), sheet_label("0013", "A", "0"), sheet_label("0013", "0", "2")
    ('767', '13A', '13/02')
    """
    number = sheet.lstrip("0") or "0"
    if development == "0" and (annex == "0" or annex.isalpha()):
        return number if annex == "0" else number + annex
    return f"{number}/{annex}{development}"


def kind_of(number: str) -> str:
    """Kind of area by its number: parcel, road (STRADA...) or water (ACQUA...)."""
    return "road" if number.startswith("STRADA") else "water" if number.startswith("ACQUA") else "parcel"


def read_gml(source: Source, path: Path, epsg: int, notes: Notes, max_bytes: int) -> gpd.GeoDataFrame:
    """Read parcels in the MapServer flavour of GML (bulk download, WFS 2.0 GetFeature).

    GDAL already gives longitude before latitude for EPSG:6706, whose axes are the other way round in the file.

    Parameters
    ----------
    source, path, epsg, notes
        As in `pipeline.io.vectors.read_vector`.
    max_bytes
        Larger files are refused [bytes].

    Returns
    -------
    GeoDataFrame
        Columns `reference` (text or None) and geometry, in the town's system.

    Raises
    ------
    InputError
        When the file is missing, broken, holds no parcels, or lies outside Italy.
    """
    frame = _features(source, path, notes, max_bytes, (source.layer or LAYER, "cadastral parcels (the file that ends in _ple.gml; _map.gml holds the sheets)", "rows read"))
    frame = _in_italy(frame, path, notes)
    return to_town(gpd.GeoDataFrame({"reference": _references(frame, source, path)}, geometry=np.asarray(frame.geometry), crs=frame.crs), path, epsg)


def read_sheets(source: Source, path: Path, epsg: int, notes: Notes, max_bytes: int) -> gpd.GeoDataFrame:
    """Read the sheets (`_map.gml`, CP:CadastralZoning): code, e.g. "H501D076700", and outline in the town's system.

    Parameters, errors and counts as in `read_gml`; the counter is "sheets read".
    """
    frame = _features(source, path, notes, max_bytes, (source.layer or SHEETS, "sheets (the file that ends in _map.gml; _ple.gml holds the parcels)", "sheets read"))
    frame = _in_italy(frame, path, notes)
    code = _by_name(frame, (("nationalcadastralzoningreference", ""), ("inspireid_localid", "IT.AGE.MAP.")), path, "NATIONALCADASTRALZONINGREFERENCE")
    return to_town(gpd.GeoDataFrame({"code": code}, geometry=np.asarray(frame.geometry), crs=frame.crs), path, epsg)


def _features(source: Source, path: Path, notes: Notes, max_bytes: int, what: tuple[str, str, str]) -> gpd.GeoDataFrame:
    """All features of one element in a FeatureCollection, in the file's system; `what`: element, what it is, name of its counter."""
    wanted, meaning, counter = what
    require_file(path)
    look = check_xml(path, max_bytes, wanted)
    if look.root.rpartition(":")[2] != "FeatureCollection":
        raise InputError(f"{path}: the document is a {look.root}; expected a FeatureCollection of the cadastre; the service may have answered with an error: open the file and read it")
    if not look.elements:
        raise InputError(f"{path}: the layer is empty: no feature {wanted} in the file; expected {meaning}")
    frame = open_layer(path, wanted, notes, skip_corrupt=True)
    notes.count(counter, look.elements)
    notes.count("dropped: geometry that cannot be parsed", look.elements - len(frame))
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        raise InputError(f"{path}: no feature {wanted} has a shape that can be read; expected {meaning}; download it again")
    said = look.attributes.get("numberReturned", "")
    if said.isdigit() and int(said) != look.elements:
        notes.warn(f"{path.name}: announces {said} features, {look.elements} are in the file.")
    return frame.set_crs(source.crs or "EPSG:6706") if frame.crs is None else frame


def _references(frame: gpd.GeoDataFrame, source: Source, path: Path) -> NDArray[Any]:
    if "parcel_id" in source.fields:
        return np.asarray(text_field(frame, source, "parcel_id", path), dtype=object)
    return _by_name(frame, (("nationalcadastralreference", ""), ("inspireid_localid", "IT.AGE.PLA.")), path, "NATIONALCADASTRALREFERENCE")


def _by_name(frame: gpd.GeoDataFrame, names: tuple[tuple[str, str], ...], path: Path, expected: str) -> NDArray[Any]:
    """Text of the first field there is, in any case, without its prefix."""
    by_name = {str(c).casefold(): c for c in frame.columns}
    for name, prefix in names:
        if name in by_name:
            return np.array([str(v).strip().removeprefix(prefix) if v is not None else None for v in frame[by_name[name]]], dtype=object)
    there = ", ".join(c for c in frame.columns if c != "geometry")
    raise InputError(f"{path}: no field {expected}; the file has {there}; name the field with `fields: {{parcel_id: ...}}` in town.yaml")


def _in_italy(frame: gpd.GeoDataFrame, path: Path, notes: Notes) -> gpd.GeoDataFrame:
    """Rows within Italy; a few damaged ones are dropped and counted, a file that lies elsewhere is refused."""
    if not frame.crs.is_geographic:
        return frame
    bounds = frame.geometry.bounds.to_numpy()
    west, south, east, north = ITALY
    # Rows without geometry have NaN bounds; `repair` counts them.
    outside = (bounds[:, 0] < west) | (bounds[:, 1] < south) | (bounds[:, 2] > east) | (bounds[:, 3] > north)
    if 2 * int(outside.sum()) <= int(np.isfinite(bounds[:, 0]).sum()):
        notes.count("dropped: coordinates outside Italy", int(outside.sum()))
        return frame[~outside]
    bounds = frame.total_bounds
    came = f"longitude {bounds[0]:.4f} to {bounds[2]:.4f}, latitude {bounds[1]:.4f} to {bounds[3]:.4f}"
    box = f"longitude {west} to {east}, latitude {south} to {north}"
    if bounds[1] >= west and bounds[3] <= east and bounds[0] >= south and bounds[2] <= north:
        raise InputError(
            f"{path}: {came}: the axes are swapped; expected {box} (Italy); the order of the coordinates in the file and its "
            f"declared system {frame.crs.to_string()} do not agree (urn:ogc:def:crs:EPSG::6706 means latitude first); download it again"
        )
    raise InputError(f"{path}: {came}; expected {box} (Italy); the file is of another place or its coordinates are damaged")
