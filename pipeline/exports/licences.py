"""Under which licence an export stands, whom to name, and what is generated: from the sources of the stages it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.contracts.notes import Lineage
from pipeline.exports.content import LEFT_OUT
from pipeline.exports.words import ABOUT, DEMONSTRATION
from pipeline.graph import read_stages


@dataclass(frozen=True)
class Licence:
    """A licence by its names: SPDX's identifier, its own address, ADMS's kind of licence, whether what is derived must stand under it."""

    name: str
    spdx: str
    address: str
    kind: str
    share_alike: bool = False


ADMS = "http://purl.org/adms/licencetype/"
# Identifiers: SPDX licence list 3.24; kinds: ADMS licence type vocabulary 1.0.
LICENCES: tuple[Licence, ...] = (
    Licence("CC BY 4.0", "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", "Attribution"),
    Licence("CC BY-SA 4.0", "CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/", "ViralEffect-ShareAlike", share_alike=True),
    Licence("CC0 1.0", "CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/", "PublicDomain"),
    Licence("ODbL 1.0", "ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/", "ViralEffect-ShareAlike", share_alike=True),
    Licence("IODL 2.0", "other", "https://www.dati.gov.it/content/italian-open-data-license-v20", "Attribution"),
)
WORDS = {"odbl": "ODbL 1.0", "cc by-sa": "CC BY-SA 4.0", "cc-by-sa": "CC BY-SA 4.0"}


def licence_of(sources: list[dict[str, Any]], own: str) -> Licence:
    """The licence of what rests on `sources`: one that asks for itself where a source has it, else the town's own choice."""
    by_name = {y.name: y for y in LICENCES}
    for word, name in WORDS.items():
        if any(word in str(s.get("licence", "")).lower() for s in sources):
            return by_name[name]
    return next(y for y in LICENCES if y.spdx == own)


class Sources:
    """Source layers behind the result of any stage."""

    def __init__(self, lineage: Lineage) -> None:
        self.lineage = lineage
        self._inputs = {s.name: [i.name for i in s.inputs] for s in read_stages().values()}

    def of(self, stages: Iterable[str]) -> list[dict[str, Any]]:
        """Each source once: title, licence, attribution, date, synthetic, and the stage that read it."""
        waiting, seen = list(stages), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self._inputs.get(name, [])
        found: list[dict[str, Any]] = []
        for name in sorted(seen & set(self.lineage.stages)):
            for s in self.lineage.stages[name].get("sources", []):
                line = {k: s.get(k) or "" for k in ("title", "licence", "attribution", "date", "url")} | {"synthetic": bool(s.get("synthetic")), "stage": name}
                if not any(line | {"stage": ""} == f | {"stage": ""} for f in found):
                    found.append(line)
        return found

    @property
    def all(self) -> list[dict[str, Any]]:
        """Of everything."""
        return self.of(self.lineage.stages)


def generated(sources: list[dict[str, Any]]) -> bool:
    """Whether any of them is generated."""
    return any(s["synthetic"] for s in sources)


def rights(sources: list[dict[str, Any]]) -> list[str]:
    """Whom to name, with the licence, each once."""
    return sorted({f"{s['attribution'] or s['title']} ({s['licence']})" if s["licence"] else s["attribution"] or s["title"] for s in sources if s["attribution"] or s["title"]})


def notice(sources: list[dict[str, Any]]) -> str:
    """The sentence that says that they are generated, in both languages; empty where none is."""
    return f"{DEMONSTRATION.it} / {DEMONSTRATION.en}" if generated(sources) else ""


def newest(sources: list[dict[str, Any]]) -> str:
    """Day of the newest source, YYYY-MM-DD; the first day of its month or year where only that is known, "" where nothing is."""
    days = [(str(s["date"]) + "-01-01")[:10] if len(str(s["date"])) == 4 else (str(s["date"]) + "-01")[:10] for s in sources if str(s["date"])[:4].isdigit()]
    return max(days, default="")


def source_lines(sources: list[dict[str, Any]]) -> list[str]:
    """One line each, for plain text."""
    out = []
    for s in sources:
        parts = [s["title"] or s["stage"], s["attribution"], s["licence"], s["date"], s["url"]]
        mark = " [DATI DIMOSTRATIVI / DEMONSTRATION DATA]" if s["synthetic"] else ""
        out.append("; ".join(str(p) for p in parts if p) + mark)
    return out


def licence_text(town: str, sources: Sources, own: Licence, version: str) -> str:
    """LICENZE.txt: how to use, whom to name, what is generated, what is left out."""
    every = sources.all
    said = notice(every)
    lines = [
        f"Sole e Suolo {version}: {town}",
        "",
        ABOUT.it.format(town=town),
        ABOUT.en.format(town=town),
        *(["", f"ATTENZIONE / NOTE: {said}."] if said else []),
        "",
        f"Licenza delle tabelle e dei raster di questa cartella / Licence of the tables and rasters in this folder: {own.name}, {own.address}",
        "Dove una fonte chiede la propria licenza per ciò che ne deriva (ODbL, CC BY-SA) vale quella: è scritta nei metadati di ogni strato.",
        "Where a source asks for its own licence of what is derived from it (ODbL, CC BY-SA), that one holds: it stands in the metadata of each layer.",
        "",
        "Fonti, attribuzioni, licenze, date / Sources, attributions, licences, dates",
        *(f"  * {line}" for line in source_lines(every)),
        "",
        "Non incluso / Left out",
        *(f"  * {name}: {it} / {en}" for name, (it, en) in LEFT_OUT.items()),
    ]
    return "\n".join(lines) + "\n"
