"""The WFS of the Italian cadastre, which answers boxes only: tiles over the town, joined to one file, each parcel once.

Agenzia delle Entrate, INSPIRE download service: GetFeature with BBOX in latitude, longitude of EPSG:6706 and no other
filter; it refuses a SRSNAME. What a tile brings from neighbouring municipalities is left out by the cadastral code.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from xml.parsers import expat

import shapely

from pipeline.errors import InputError
from pipeline.io.download import Downloader
from pipeline.io.xmlguard import check_xml

TILE_DEG = 0.005
SMALLEST_DEG = 0.0005
MAX_TILES = 5_000
MEMBERS = ("member", "featureMember")
REFERENCES = ("NATIONALCADASTRALREFERENCE", "NATIONALCADASTRALZONINGREFERENCE", "INSPIREID_LOCALID")
TYPES = {"ade_gml": "CP:CadastralParcel", "ade_map": "CP:CadastralZoning"}
_COUNTS = re.compile(rb'\s(numberMatched|numberReturned|numberOfFeatures)="[^"]*"')
_BOUNDS = re.compile(rb"<(\w+:)?boundedBy>.*?</(\w+:)?boundedBy>", re.DOTALL)


class Box(NamedTuple):
    """South, west, north, east [degrees]."""

    south: float
    west: float
    north: float
    east: float

    def shape(self) -> shapely.Polygon:
        """As a polygon of longitude, latitude."""
        return shapely.box(self.west, self.south, self.east, self.north)

    def quarters(self) -> tuple[Box, ...]:
        """Four boxes that fill it."""
        lat, lon = (self.south + self.north) / 2, (self.west + self.east) / 2
        return (Box(self.south, self.west, lat, lon), Box(self.south, lon, lat, self.east), Box(lat, self.west, self.north, lon), Box(lat, lon, self.north, self.east))


@dataclass(frozen=True)
class Joined:
    """What became of the answers: tiles asked, features kept, repeats and neighbours' left out, all bytes that came."""

    tiles: int
    kept: int
    repeated: int
    foreign: int


def tiles(town: shapely.Geometry, side_deg: float = TILE_DEG) -> tuple[Box, ...]:
    """Boxes on a fixed lattice that touch the town, from south-west to north-east.

    Parameters
    ----------
    town
        Outline in longitude, latitude [degrees].
    side_deg
        Side of a box.

    Raises
    ------
    InputError
        When the outline is empty or needs more boxes than the service should be asked.
    """
    if town.is_empty:
        raise InputError("the boundary is empty; the cadastre cannot be asked for it")
    west, south, east, north = (v / side_deg for v in town.bounds)
    rows, cols = range(math.floor(south), math.ceil(north)), range(math.floor(west), math.ceil(east))
    if len(rows) * len(cols) > 4 * MAX_TILES:
        raise InputError(f"the boundary needs {len(rows) * len(cols):,} tiles; expected a municipality: check its coordinates, or use the bulk download")
    shapely.prepare(town)
    boxes = [Box(r * side_deg, c * side_deg, (r + 1) * side_deg, (c + 1) * side_deg) for r in rows for c in cols]
    return tuple(b for b in boxes if town.intersects(b.shape()))


def query(url: str, kind: str, box: Box) -> str:
    """Address of the answer for one box."""
    where = ",".join(f"{v:.6f}" for v in box) + ",urn:ogc:def:crs:EPSG::6706"
    asked = {"SERVICE": "WFS", "VERSION": "2.0.0", "REQUEST": "GetFeature", "TYPENAMES": TYPES[kind], "BBOX": where}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(asked, safe=':,')}"


def bring(asker: Downloader, url: str, kind: str, town: shapely.Geometry, belfiore: str, folder: Path, target: Path, max_bytes: int) -> Joined:
    """Ask for every tile and join the answers.

    Answers are kept in `folder` until all are there, so a broken run goes on where it stopped.

    Raises
    ------
    InputError
        When a tile cannot be had, an answer is no feature collection, or no parcel of `belfiore` comes.
    """
    answers: list[Path] = []
    waiting = list(reversed(tiles(town)))
    left = max_bytes
    while waiting:
        box = waiting.pop()
        answer = folder / f"{kind}_{'_'.join(f'{v:.6f}' for v in box)}.gml"
        if not answer.exists():
            part = answer.with_suffix(".part")
            asker.get(query(url, kind, box), kind, part, left)
            _judge(part)
            part.replace(answer)
        left -= answer.stat().st_size
        if left <= 0:
            raise InputError(f"the answers are larger than {max_bytes / (1 << 20):,.0f} MB together; raise max_mb of this source if that is right")
        if not _cut_off(answer):
            answers.append(answer)
        elif box.north - box.south < SMALLEST_DEG:
            raise InputError(f"the service gives only a part of what lies in {box.south:.4f}, {box.west:.4f}; use the bulk download")
        else:
            waiting += [q for q in reversed(box.quarters()) if town.intersects(q.shape())]
    return _join(answers, belfiore, target)


def _judge(answer: Path) -> None:
    look = check_xml(answer)
    if look.root.rpartition(":")[2] != "FeatureCollection":
        text = " ".join(re.sub(r"<[^>]*>", " ", answer.read_text(encoding="utf-8", errors="replace")[:2000]).split())
        answer.unlink()
        raise InputError(f"the service answered with {look.root}: {text[:150]!r}")


def _cut_off(answer: Path) -> bool:
    """Whether the service says that more lies in the box than it gave."""
    said = check_xml(answer).attributes
    matched, returned = said.get("numberMatched", ""), said.get("numberReturned", "")
    return matched.isdigit() and returned.isdigit() and int(matched) > int(returned)


class _Member(NamedTuple):
    start: int
    end: int
    reference: str


def _members(content: bytes) -> list[_Member]:
    """Places of the features in an answer and their references, in order."""
    parser = expat.ParserCreate()
    found: list[_Member] = []
    start, field, words = -1, "", dict.fromkeys(REFERENCES, "")

    def begin(name: str, _: dict[str, str]) -> None:
        nonlocal start, field, words
        local = name.rpartition(":")[2]
        if local in MEMBERS:
            start, words = parser.CurrentByteIndex, dict.fromkeys(REFERENCES, "")
        field = local if local in REFERENCES else ""

    def text(data: str) -> None:
        if field:
            words[field] += data

    def end(name: str) -> None:
        nonlocal field
        field = ""
        if name.rpartition(":")[2] in MEMBERS:
            close = content.index(b">", parser.CurrentByteIndex) + 1
            found.append(_Member(start, close, next((w for w in (words[n].strip() for n in REFERENCES) if w), "").removeprefix("IT.AGE.").removeprefix("PLA.").removeprefix("MAP.")))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
    parser.Parse(content, True)
    return found


def _join(answers: list[Path], belfiore: str, target: Path) -> Joined:
    """One collection: the head of the first answer, each feature of the municipality once."""
    seen: set[bytes] = set()
    kept = repeated = foreign = 0
    head: bytes | None = None
    encoding = None
    with target.open("wb") as out:
        for answer in answers:
            content = answer.read_bytes()
            members = list(_members(content))
            if not members:
                continue
            said = re.match(rb'<\?xml[^>]*encoding=["\']([\w-]+)', content)
            if head is None:
                encoding = said and said[1].upper()
                head = _BOUNDS.sub(b"", _COUNTS.sub(b"", content[: members[0].start]))
                out.write(head)
                foot = content[members[-1].end :]
            elif (said and said[1].upper()) != encoding:
                raise InputError(f"the answers have different encodings ({encoding!r}, {said and said[1]!r}); try the bulk download")
            for member in members:
                feature = content[member.start : member.end]
                mark = hashlib.blake2b(feature, digest_size=16).digest()
                if not member.reference.startswith(belfiore):
                    foreign += 1
                elif mark in seen:
                    repeated += 1
                else:
                    seen.add(mark)
                    kept += 1
                    out.write(feature + b"\n")
        if not kept:
            raise InputError(f"nothing of {belfiore} came ({foreign:,} of other municipalities); check belfiore and the boundary")
        out.write(foot)
    return Joined(len(answers), kept, repeated, foreign)
