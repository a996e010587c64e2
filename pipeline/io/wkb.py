"""Outlines as they stand in files, without making shapes of them: WKB (OGC 06-103r4), little endian.

A byte for the order of bytes, four for the type, then the points; of several parts their number and then each as a whole. So a
part and a multipart shape of it alone differ by nine bytes at the start.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from pipeline.contracts.spec import Geometry

WKB = bytes | None
_CODES: dict[Geometry, int] = {"point": 1, "line": 2, "polygon": 3}
# How a shape of one part begins, and a multipart shape of one part.
STARTS = {kind: (struct.pack("<BI", 1, code), struct.pack("<BII", 1, code + 3, 1)) for kind, code in _CODES.items()}


def multi(pieces: Iterable[WKB], geometry: Geometry) -> list[WKB]:
    """Shapes of one part as multipart shapes; others, and missing ones, as they are.

    >>> import shapely
    >>> multi([shapely.Point(1, 2).wkb, None], "point") == [shapely.MultiPoint([(1, 2)]).wkb, None]
    True
    """
    one, before = STARTS[geometry]
    return [before + p if p is not None and p.startswith(one) else p for p in pieces]


def single(pieces: Iterable[WKB]) -> list[WKB]:
    """The other way: multipart shapes of one part as that part.

    >>> import shapely
    >>> single([shapely.MultiPoint([(1, 2)]).wkb, shapely.MultiPoint([(1, 2), (3, 4)]).wkb]) == [shapely.Point(1, 2).wkb, shapely.MultiPoint([(1, 2), (3, 4)]).wkb]
    True
    """
    alone = tuple(before for _, before in STARTS.values())
    return [p[len(alone[0]) :] if p is not None and p.startswith(alone) else p for p in pieces]

