"""Whether a file that came is what its name says: error pages and cut files are found before they get a real name."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pipeline.errors import InputError
from pipeline.io.xmlguard import check_xml

_SHAPE = b"\x00\x00\x27\x0a"
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
    ".xlsx": (b"PK\x03\x04",),
    ".tif": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    ".shp": (_SHAPE,),
    ".shx": (_SHAPE,),
    ".dbf": (b"\x03", b"\x83", b"\x8b", b"\x30", b"\xf5"),
    ".gpkg": (b"SQLite format 3\x00",),
    ".laz": (b"LASF",),
    ".las": (b"LASF",),
    ".epw": (b"LOCATION",),
    ".prj": (b"PROJCS", b"GEOGCS", b"COMPD_CS", b"PROJCRS", b"GEOGCRS"),
}
_XML = (".gml", ".xml", ".osm", ".kml")
_JSON = (".json", ".geojson")
_TEXT = (".csv", ".txt", ".asc", ".tsv")
_WHOLE_JSON_BYTES = 64 << 20
_LFS = b"version https://git-lfs"


def look(path: Path) -> None:
    """Look at the beginning, and of XML and JSON at the whole, of a file that came.

    Raises
    ------
    InputError
        When it is an error page, a pointer to somewhere else, empty, or not what its ending says.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as f:
        head = f.read(512)
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise InputError(f"{path.name}: an empty file came")
    if begin.startswith((b"<!doctype html", b"<html")):
        raise InputError(f"{path.name}: an HTML page came instead of the file: {_words(head)!r}")
    if head.startswith(_LFS):
        raise InputError(f"{path.name}: a Git LFS pointer came instead of the file; use the repository's address at media.githubusercontent.com/media/...")
    wanted = _BEGINNINGS.get(".tif" if suffix == ".tiff" else suffix)
    if wanted and not head.startswith(wanted):
        raise InputError(f"{path.name}: begins with {head[:12]!r}; expected a {suffix} file, {_words(head)!r} came")
    if path.name.lower().endswith(".osm.pbf") and b"OSMHeader" not in head[:64]:
        raise InputError(f"{path.name}: begins with {head[:12]!r}; expected OpenStreetMap's binary format")
    if suffix in _XML:
        _xml(path)
    elif suffix in _JSON:
        _json(path, begin)
    elif suffix in _TEXT and (b"\x00" in head or begin.startswith((b"{", b"<"))):
        raise InputError(f"{path.name}: begins with {head[:40]!r}; expected a table of text")


def _xml(path: Path) -> None:
    root = check_xml(path).root.rpartition(":")[2]
    if re.search(r"exception|error|fault", root, re.IGNORECASE):
        raise InputError(f"{path.name}: the service answered with {root}: {_words(path.read_bytes()[:2000])!r}")
    if root == "osm":
        # Overpass says so at the end of a whole and well-formed answer when it ran out of time or memory.
        with path.open("rb") as f:
            f.seek(max(0, path.stat().st_size - 2000))
            remark = re.search(rb"<remark>(.*?)</remark>", f.read(), re.DOTALL)
        if remark:
            raise InputError(f"{path.name}: the service stopped halfway: {_words(remark[1])!r}; try again later")


def _json(path: Path, begin: bytes) -> None:
    if not begin.startswith((b"{", b"[")):
        raise InputError(f"{path.name}: begins with {begin[:12]!r}; expected JSON")
    if path.stat().st_size > _WHOLE_JSON_BYTES:
        with path.open("rb") as f:
            f.seek(-64, 2)
            whole = f.read().rstrip().endswith((b"}", b"]"))
    else:
        try:
            json.loads(path.read_bytes())
            whole = True
        except (ValueError, RecursionError):
            whole = False
    if not whole:
        raise InputError(f"{path.name}: the JSON is cut off or damaged")


def _words(data: bytes) -> str:
    text = re.sub(r"<[^>]*>?", " ", data.decode("utf-8", "replace"))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:150]
