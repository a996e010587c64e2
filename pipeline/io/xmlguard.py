"""XML from the internet: looked through before anything else opens it, and opened where it leaves no traces."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from pipeline.errors import InputError

MAX_XML_BYTES = 2 * 1024**3
XML_SUFFIXES = (".gml", ".xml", ".kml", ".osm")


class XmlLook(NamedTuple):
    """What `check_xml` saw: name and attributes of the outermost element, and how often `element` stands in the file."""

    root: str
    attributes: dict[str, str]
    elements: int


def check_xml(path: Path, max_bytes: int = MAX_XML_BYTES, element: str = "") -> XmlLook:
    """Look through an XML file, as a stream, before anything else opens it.

    Parameters
    ----------
    path
        The file.
    max_bytes
        Larger files are refused [bytes].
    element
        Name, without prefix, of an element to count.

    Returns
    -------
    XmlLook

    Raises
    ------
    InputError
        When the file is too large, not well-formed (with the line), or declares a document type: with that come
        entities, which may expand without end or name other files.
    """
    size = path.stat().st_size
    if size > max_bytes:
        raise InputError(f"{path}: {size:,} bytes; expected at most {max_bytes:,}; split the file by sheet or municipality")
    first: list[tuple[str, dict[str, str]]] = []
    counted = 0
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise InputError(f"{path}: line {parser.CurrentLineNumber} declares a document type (DOCTYPE), which may hold entities; expected plain GML; download the file again from its publisher")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal counted
        if not first:
            first.append((name, attributes))
        counted += name.rpartition(":")[2] == element

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    with path.open("rb") as stream:
        try:
            parser.ParseFile(stream)
        except LookupError as error:
            raise InputError(f"{path}: line 1: {error}; expected UTF-8; the file is damaged, download it again") from None
        except expat.ExpatError as error:
            raise InputError(f"{path}: line {error.lineno}: {expat.ErrorString(error.code)}; the file is cut off or damaged; expected well-formed XML; download it again") from None
    return XmlLook(*first[0], counted)


@contextmanager
def apart(path: Path) -> Iterator[Path]:
    """XML under another roof: GDAL neither finds nor leaves a .gfs or .xsd beside the raw file."""
    if path.suffix.lower() not in XML_SUFFIXES:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / path.name
        link.symlink_to(path.resolve())
        yield link
