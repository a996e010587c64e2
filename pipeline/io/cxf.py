"""CXF, the cadastre's own exchange format: one sheet a file, one token a line.

It holds what the GML has not: buildings, the sheet's border, texts and symbols. It declares no reference system.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.sources import Source
from pipeline.errors import InputError
from pipeline.io.cadastre import REFERENCE, kind_of
from pipeline.io.vectors import require_file, to_town


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
    solid = [len(np.unique(ring, axis=0)) >= 3 for ring in rings]
    if not solid[0]:
        return None
    return shapely.Polygon(rings[0], [r for r, good in zip(rings[1:], solid[1:], strict=True) if good])


def _cxf_kind(name: str, code: str) -> str:
    if name == code:
        return "sheet"
    return "building" if name.endswith("+") else kind_of(name)
