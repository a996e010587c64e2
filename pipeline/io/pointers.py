"""Files that only name other files, addresses or commands: GDAL opens them under any ending, so they are found before it does.

A layer from the internet must not choose what else is read on this machine or asked of its network: a virtual layer called
`parcels.gml` would bring any file the user can read onto the map, or fetch from addresses inside the office. Rasters need no such
look: `pipeline.io.tiles` opens formats that hold cells themselves and no other.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from pipeline.errors import InputError

# How GDAL recognises them (drivers VRT, GDALG, WFS, OAPIF, WMS, WMTS, WCS, and a database's connection file), by a piece near the beginning.
MARKS = re.compile(
    rb"<\s*(OGRVRT|VRTDataset|OGRWFSDataSource|OGROAPIFDataset|OGRCSW|GDAL_WM|GDAL_WCS|WMTS_GDAL|WCS_GDAL|WFS_Capabilities)|gdal_streamed_alg",
    re.IGNORECASE,
)
HEAD_BYTES = 1 << 16
MAX_MEMBERS = 2000


def refuse_pointer(path: Path) -> None:
    """Refuse a file that is no layer but names one.

    Raises
    ------
    InputError
        When it does, or when a zip holds such a file or too many to look at.
    """
    if not path.is_file():
        return
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    _judge(path, path.name, head)
    if head.startswith(b"PK"):
        _judge_members(path)


def _judge(path: Path, name: str, head: bytes) -> None:
    if name.lower().endswith((".vrt", ".gdalg.json")):
        raise InputError(f"{path}: {name} names other files by its format; expected the data itself; convert it on a machine you trust: ogr2ogr out.gpkg {path.name}")
    for text in (head, head.replace(b"\x00", b"")):  # the second for 16 bits a letter
        if found := MARKS.search(text):
            said = " ".join(found[0].decode("latin-1").split())
            raise InputError(f"{path}: {name} holds {said!r}: it names other files or addresses instead of holding a layer; expected the data itself; convert it on a machine you trust: ogr2ogr out.gpkg {path.name}")


def _judge_members(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            if len(members) > MAX_MEMBERS:
                raise InputError(f"{path}: {len(members):,} files in the zip; expected at most {MAX_MEMBERS:,}; unpack it")
            for member in members:
                if member.flag_bits & 1:
                    raise InputError(f"{path}: {member.filename} is encrypted; expected open data; unpack it")
                with archive.open(member) as stream:
                    _judge(path, member.filename, stream.read(HEAD_BYTES))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, EOFError, RuntimeError, ValueError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read as a zip ({' '.join(str(error).split())}); the file is cut off, damaged or of another format; download it again") from None
