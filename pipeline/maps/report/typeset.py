"""The report as PDF: its pages put together, drawn, and set by typst from template/ and one file of words."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import typst

from pipeline.maps import findings
from pipeline.maps.content import Site
from pipeline.maps.report.blocks import Block, Chapter, lead, note, spoken
from pipeline.maps.report.closing import methods, sources, uncertainty
from pipeline.maps.report.drawing import Ground
from pipeline.maps.report.ground import green, soil
from pipeline.maps.report.mapping import Atelier
from pipeline.maps.report.opening import cover, numbers
from pipeline.maps.report.sun import sun
from pipeline.maps.text import TEXT, Phrase, say

_TEMPLATE = Path(__file__).parent / "template"
# Archivable with its structure (ISO 19005-2, level A) and readable by assistive technology (ISO 14289-1).
_STANDARDS: list[Any] = ["a-2a", "ua-1"]
# Source layers that each chapter's figures rest on.
RESTS = {
    "sun": ("buildings", "surface", "weather", "farhorizon", "parcels", "estate"),
    "soil": ("landcover", "parcels", "buildings", "consumed", "sealing", "residents"),
    "green": ("greenspaces", "streets", "residents", "buildings", "landcover", "surface", "green", "access", "restoration"),
}


def write(site: Site, ground: Ground, register: pd.DataFrame | None, as_of: str, out: Path) -> dict[str, int]:
    """One PDF for each language of the town.

    Parameters
    ----------
    site
        What to tell.
    ground
        What the maps stand on.
    register
        Table of `Estate`, None where there is no register of public buildings.
    as_of
        Month of prices and rules, `2026-11`; its first day is the date of the document, so that equal input gives equal bytes.
    out
        An existing folder.

    Returns
    -------
    dict
        Bytes by file name.
    """
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder)
        return typeset(desk, "report", report(site, Atelier(site, ground, desk), register, as_of), site, out / "report")


def typeset(desk: Path, template: str, content: dict[str, Any], site: Site, out: Path) -> dict[str, int]:
    """Set a document in each language of the town.

    Parameters
    ----------
    desk
        Folder with the pictures that the content names; the templates are laid beside them.
    template
        Of `template/`, without its ending.
    content
        Words in both languages.
    site
        Languages, and the numbers that words ask for.
    out
        Beginning of the files: `<out>_<language>.pdf`.

    Returns
    -------
    dict
        Bytes by file name.
    """
    for part in sorted(_TEMPLATE.glob("*.typ")):
        shutil.copyfile(part, desk / part.name)
    sizes = {}
    for language in site.languages:
        words = spoken(content, language, site.rules) | {"language": language}
        (desk / "data.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        pdf = typst.compile(desk / f"{template}.typ", root=desk, ignore_system_fonts=True, pdf_standards=_STANDARDS)
        path = out.with_name(f"{out.name}_{language}.pdf")
        path.write_bytes(pdf)
        sizes[path.name] = len(pdf)
    return sizes


def report(site: Site, atelier: Atelier, register: pd.DataFrame | None, as_of: str) -> dict[str, Any]:
    """The whole content, in both languages; maps are drawn on the way."""
    year, month = (int(part) for part in as_of.split("-"))
    when = Phrase(*(f"{names.split()[month - 1]} {year}" for names in TEXT["months"]))
    subjects = (("sun", "solar", sun(site, atelier, register, when)), ("soil", "sealing", soil(site, atelier)), ("green", "green", green(site, atelier)))
    chapters = [numbers(site), *(_chapter(site, name, theme, made) for name, theme, made in subjects), methods(site, when), uncertainty(site), sources(site)]
    return {
        "title": say("report.title", town=site.name), "author": "Sole e Suolo", "date": {"year": year, "month": month}, "cover": cover(site, atelier.cover(), when),
        "chapters": chapters,
    }  # fmt: skip


def _chapter(site: Site, name: str, theme: str, made: list[Block]) -> Chapter:
    """A subject of the town; where its data is missing the page says so."""
    title = TEXT[f"report.{name}.title"]
    if not made:
        why = [TEXT["missing.buildings"]] if name == "sun" and "buildings" not in site.atlas else [TEXT[f"missing.{theme}"]]
        return Chapter(TEXT[f"report.{name}"], title, [lead(why[0]), note(TEXT["report.none.text"], TEXT["report.none"])])
    generated = tuple(layer for layer in site.lineage.synthetic if layer in RESTS[name])
    return Chapter(TEXT[f"report.{name}"], title, made, findings.demonstration(generated))


