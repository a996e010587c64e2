"""The Italian cadastre: references, the GML of the bulk download and of the WFS, and CXF sheets.

Cartography of Agenzia delle Entrate (CC BY 4.0). A national reference names one area of one sheet:
belfiore code, section or `_`, sheet in four digits, annex, development, a full stop, number: `H501D076700.233`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import Source
from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.vectors import open_layer, check_xml, choose_layer, require_file, text_field, to_town

REFERENCE = re.compile(r"^([A-Z]\d{3})([A-Z_])(\d{4})(.)(.)\.(.+)$")
# Longitude and latitude of Italy, islands included [degrees].
ITALY: tuple[float, float, float, float] = (6.6, 35.4, 18.6, 47.1)
LAYER = "CadastralParcel"


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
    require_file(path)
    wanted = source.layer or LAYER
    look = check_xml(path, max_bytes, wanted)
    if look.root.rpartition(":")[2] != "FeatureCollection":
        raise InputError(f"{path}: the document is a {look.root}; expected a FeatureCollection of cadastral parcels; the service may have answered with an error: open the file and read it")
    if not look.elements:
        raise InputError(f"{path}: the layer is empty: no feature {wanted} in the file; expected cadastral parcels (the file that ends in _ple.gml; _map.gml holds the sheets)")
    frame = open_layer(path, choose_layer(source, path, prefer=LAYER), notes, skip_corrupt=True)
    notes.count("rows read", look.elements)
    notes.count("dropped: geometry that cannot be parsed", look.elements - len(frame))
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        raise InputError(f"{path}: no feature {wanted} has a shape that can be read; expected cadastral parcels; download it again")
    said = look.attributes.get("numberReturned", "")
    if said.isdigit() and int(said) != look.elements:
        notes.warn(f"{path.name}: announces {said} features, {look.elements} are in the file.")
    frame = _in_italy(frame.set_crs(source.crs or "EPSG:6706") if frame.crs is None else frame, path, notes)
    return to_town(gpd.GeoDataFrame({"reference": _references(frame, source, path)}, geometry=np.asarray(frame.geometry), crs=frame.crs), path, epsg)


def _references(frame: gpd.GeoDataFrame, source: Source, path: Path) -> NDArray[Any]:
    if "parcel_id" in source.fields:
        return np.asarray(text_field(frame, source, "parcel_id", path), dtype=object)
    by_name = {str(c).casefold(): c for c in frame.columns}
    for name, prefix in (("nationalcadastralreference", ""), ("inspireid_localid", "IT.AGE.PLA.")):
        if name in by_name:
            return np.array([str(v).strip().removeprefix(prefix) if v is not None else None for v in frame[by_name[name]]], dtype=object)
    there = ", ".join(c for c in frame.columns if c != "geometry")
    raise InputError(f"{path}: no field NATIONALCADASTRALREFERENCE; the file has {there}; name the field with `fields: {{parcel_id: ...}}` in town.yaml")


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


@dataclass(frozen=True)
class CxfSheet:
    """A CXF file: code of the sheet and its borders, in the order of the file.

    Attributes
    ----------
    code
        Belfiore, section, sheet, annex, development: "H501D076700".
    names
        Text of each border: parcel number, STRADA, ACQUA, number and `+` for buildings, the code for the sheet itself.
    kinds
        parcel, road, water, building or sheet.
    geometries
        Polygons as drawn, perhaps invalid; None where a border has under 3 points.
    """

    code: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    geometries: NDArray[Any]

    def references(self) -> list[str]:
        """National reference of each border; roads and waters, which have no number, are counted through the sheet."""
        seen: dict[str, int] = {}
        made = []
        for name in self.names:
            if name in ("STRADA", "ACQUA"):
                seen[name] = seen.get(name, 0) + 1
                name = f"{name}{seen[name]:03d}"  # noqa: PLW2901
            made.append(f"{self.code}.{name}")
        return made


def read_cxf(source: Source, path: Path, epsg: int) -> tuple[CxfSheet, gpd.GeoDataFrame]:
    """Read a CXF sheet in the town's reference system.

    Parameters
    ----------
    source
        Its `crs` is required: CXF declares none.
    path
        The file (.CXF, .CTF).
    epsg
        The town's reference system.

    Returns
    -------
    CxfSheet, GeoDataFrame
        The sheet, and its borders with the columns `reference`, `cxf_kind` and geometry.

    Raises
    ------
    InputError
        When the file is missing, cut off, not CXF, or town.yaml gives no reference system.
    """
    require_file(path)
    if source.crs is None:
        raise InputError(f"{path}: a CXF file declares no reference system; add the key `crs` to this source in town.yaml, e.g. crs: EPSG:25833")
    sheet = parse_cxf(path.read_text(encoding="latin-1"), str(path))
    frame = gpd.GeoDataFrame({"reference": sheet.references(), "cxf_kind": list(sheet.kinds)}, geometry=sheet.geometries, crs=source.crs)
    return sheet, to_town(frame, path, epsg)


def parse_cxf(text: str, where: str) -> CxfSheet:
    """Parse the text of a CXF file: one token a line, records that announce their own length.

    Header: a line with MAPPA, the sheet's code, its scale. BORDO: name, text size, angle, two points, number of islands, number of
    vertices (of all rings), vertices of each island, coordinates (the outer ring first). TESTO: text, size, angle,
    point. SIMBOLO: code, angle, point. FIDUCIALE: number, code, two points. LINEA: type, number of vertices,
    coordinates. EOF. A backslash after a record's word marks what lies outside the sheet's border.

    Parameters
    ----------
    text
        The whole file.
    where
        Begins the messages.

    Raises
    ------
    InputError
        With the line where the file stops making sense.
    """
    tokens = _Tokens(text.splitlines(), where)
    header = tokens.take().upper()
    if not header.startswith("MAPPA"):
        raise InputError(f"{where}: line 1: {header[:40]!r}; expected MAPPA: not a CXF sheet (an index sheet, QUADRO D'UNIONE, holds no parcels)")
    code = tokens.take()
    if REFERENCE.match(f"{code}.0") is None:
        raise InputError(f"{where}: line 2: {code[:40]!r}; expected the sheet's code, e.g. H501D076700")
    tokens.numbers(1)  # scale
    names, shapes = [], []
    for name, rings in _borders(tokens):
        names.append(name)
        shapes.append(_polygon(rings))
    if not names:
        raise InputError(f"{where}: the sheet {code} holds no border (BORDO); expected parcels; ask for the file again")
    geometries = np.empty(len(shapes), dtype=object)
    geometries[:] = shapes
    return CxfSheet(code, tuple(names), tuple(_cxf_kind(n, code) for n in names), geometries)


class _Tokens:
    """The lines of a CXF file, taken one after the other."""

    def __init__(self, lines: list[str], where: str) -> None:
        self.lines, self.where, self.at = lines, where, 0

    def take(self) -> str:
        if self.at >= len(self.lines):
            raise InputError(f"{self.where}: ends at line {len(self.lines)} without EOF; the file is cut off; ask for it again")
        self.at += 1
        return self.lines[self.at - 1].strip()

    def numbers(self, count: int) -> NDArray[np.float64]:
        if count < 0 or self.at + count > len(self.lines):
            raise InputError(f"{self.where}: line {self.at} announces {count} numbers, {len(self.lines) - self.at} lines follow; the file is cut off; ask for it again")
        self.at += count
        try:
            found = np.array(self.lines[self.at - count : self.at], dtype=np.float64)
        except ValueError as error:
            raise InputError(f"{self.where}: lines {self.at - count + 1} to {self.at}: {error}; expected numbers; the file is damaged") from None
        if not np.isfinite(found).all():
            raise InputError(f"{self.where}: lines {self.at - count + 1} to {self.at}: not a finite number; the file is damaged")
        return found

    def count(self) -> int:
        return int(self.numbers(1)[0])


def _borders(tokens: _Tokens) -> Iterator[tuple[str, list[NDArray[np.float64]]]]:
    """Name and rings (outer first) of every BORDO; the other records are stepped over."""
    # Words (text, codes that may hold letters) and numbers of the records without rings.
    lengths = {"TESTO": (1, 4), "SIMBOLO": (1, 3), "FIDUCIALE": (2, 4)}
    while (word := tokens.take().rstrip("\\")) != "EOF":
        if word == "BORDO":
            yield _border(tokens)
        elif word == "LINEA":
            tokens.numbers(1)
            tokens.numbers(2 * tokens.count())
        elif word in lengths:
            words, numbers = lengths[word]
            for _ in range(words):
                tokens.take()
            tokens.numbers(numbers)
        else:
            raise InputError(f"{tokens.where}: line {tokens.at}: {word[:40]!r}; expected BORDO, TESTO, SIMBOLO, FIDUCIALE, LINEA or EOF; the file is damaged")


def _border(tokens: _Tokens) -> tuple[str, list[NDArray[np.float64]]]:
    name = "".join(tokens.take().split())
    tokens.numbers(6)  # size and angle of the text, its place, a point inside
    islands, vertices = tokens.count(), tokens.count()
    of_island = tokens.numbers(islands).astype(int)
    outer = vertices - int(of_island.sum())
    if outer < 0 or (of_island < 0).any():
        raise InputError(f"{tokens.where}: line {tokens.at}: border {name} has {vertices} vertices, its islands {int(of_island.sum())}; the file is damaged")
    points = tokens.numbers(2 * vertices).reshape(-1, 2)
    return name, np.split(points, np.cumsum([outer, *of_island[:-1]])) if islands else [points]


def _polygon(rings: list[NDArray[np.float64]]) -> shapely.Polygon | None:
    """A polygon of the rings with three different points or more; None where the outer ring has fewer."""
    solid = [len(np.unique(ring, axis=0)) >= 3 for ring in rings]  # noqa: PLR2004 - a triangle
    if not solid[0]:
        return None
    return shapely.Polygon(rings[0], [r for r, good in zip(rings[1:], solid[1:], strict=True) if good])


def _cxf_kind(name: str, code: str) -> str:
    if name == code:
        return "sheet"
    return "building" if name.endswith("+") else kind_of(name)
