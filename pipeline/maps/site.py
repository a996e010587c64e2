"""The folder that is published: data files, pictures, pages. Equal input gives equal bytes."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import NDArray

from pipeline.maps import dates, filtered, findings, monitor, participate, pictures, points, roadmap, sheets, starts, sunmap
from pipeline.maps.basemap import street_lines
from pipeline.maps.climate import plan_cards
from pipeline.maps.content import Site
from pipeline.maps.diary import credits_of, sources_of, steps_of
from pipeline.maps.encode import Column, pack, simplified
from pipeline.maps.land_green import tables
from pipeline.maps.land_tables import as_json, soil_tables
from pipeline.maps.layers import both
from pipeline.maps.phrases_land_method import CHAPTERS
from pipeline.maps.phrases_pages import SECTIONS
from pipeline.maps.quantities import quantity
from pipeline.maps.report import school
from pipeline.maps.rules import placed
from pipeline.maps.text import LANGUAGE_NAMES, LANGUAGES, PLAN_TEXT, SCRIPT_TEXT, SHEET_TEXT, TEXT, Phrase, say
from pipeline.maps.theme_page import HOUSES, panel, theme_page
from pipeline.maps.theme_page import PAGES as THEME_PAGES
from pipeline.maps.themes import KEYS, KINDS, known, shape_columns

_HERE = Path(__file__).parent
# A frontage of houses is legible on the small maps of the front page at this width.
_SMALL_WIDTH_M = 1300.0
# The same tables for a GIS, written by the stage beside the pages' own data.
PACKAGE = "download/atlas.gpkg"
_TABLES = {"sealing": soil_tables, "green": tables}


def write(site: Site, out: Path) -> dict[str, int]:
    """Write the whole site into a folder.

    Parameters
    ----------
    site
        What to show.
    out
        An existing, empty folder.

    Returns
    -------
    dict
        Features by data file, for the metadata.
    """
    shutil.copytree(_HERE / "static", out / "static", ignore=shutil.ignore_patterns("README.md"), copy_function=shutil.copyfile)
    counts, small = _write_files(site, out)
    environment = _environment(site)
    _page(out, "index", _index(site, environment, small))
    _page(out, "method", _method(site, environment))
    for name, sections in SECTIONS.items():
        _page(out, name, environment.get_template("draft.html").render(_common(site, name) | {"sections": sections}))
    for name in THEME_PAGES:
        _page(out, name, theme_page(site, environment, name, _common(site, name)))
    participate.write(site, out)
    for name, told in (("roadmap", roadmap.roadmap(site)), ("indicators", monitor.monitor(site))):
        _page(out, name, environment.get_template(f"{name}.html").render(_common(site, name) | {"plan": told}))
    _page(out, "participate", _participate(site, environment, [c for c in site.languages if (out / participate.FOLDER / f"school_kit_{c}.pdf").exists()]))
    for name, active in (("roof", "solar" in site.made), ("parcel", "parcels" in site.atlas)):
        files = [f"static/{s}.js" for s in ("core", "numbers", "sheet", *(("land",) if name == "parcel" else ()), "sheetpage", "drawing", name)]
        values = {"active": active, "files": ["data/text.js", files[0], "data/sheets.js", f"data/{name}_index.js", *files[1:]]}
        _page(out, name, environment.get_template("sheet.html").render(_common(site, name) | values))
    return counts


def _write_files(site: Site, out: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Data and pictures, two at once: each writes files of its own, and compressing leaves the other a core."""
    for name in ("data", "img"):
        (out / name).mkdir()
    (out / participate.FOLDER).mkdir(exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        kit = pool.submit(school.write, site, out / participate.FOLDER)
        pieces = pool.submit(sheets.write, site, out / "data")
        small = pool.submit(_write_pictures, site, out / "img")
        data = pool.submit(_write_data, site, out / "data")
        sun = pool.submit(sunmap.write, site.sun, out / "img" / "sun", out / "data") if site.sun is not None and "solar" in site.made else None
        counts = data.result() | ({"squares of the sun map": sun.result()} if sun is not None else {}) | pieces.result() | {f"bytes: {k}": n for k, n in kit.result().items()}
        return counts, small.result()


def _page(out: Path, name: str, text: str) -> None:
    lines = (line.rstrip() for line in text.splitlines())
    (out / f"{name}.html").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


# -- data files ------------------------------------------------------------------------------------------------------


def _write_data(site: Site, folder: Path) -> dict[str, int]:
    counts = {}
    for layer, frame in site.atlas.items():
        if layer not in (*KEYS, "ways"):
            continue
        columns = (
            {"water": Column(np.asarray(frame["kind"] == "water", dtype=float), 1.0)} if layer == "ways" else shape_columns(layer, frame)
        )
        _save(folder, layer, pack(layer, len(frame), columns, _outlines(frame, site.simplify_m)))
        counts[layer] = len(frame)
    if site.streets is not None and len(site.streets):
        drawn = street_lines(site.streets)
        columns = {"name": Column(list(drawn["name"])), "rank": Column(drawn["rank"].to_numpy(dtype=float), 1.0)}
        _save(folder, "streets", pack("streets", len(drawn), columns, np.asarray(drawn.geometry.simplify(0.5).to_crs(4326).values)))
        counts["streets"] = len(drawn)
    if site.greens is not None and len(site.greens):
        _save(folder, "greens", pack("greens", len(site.greens), {"name": Column(list(site.greens["name"]))}, _outlines(site.greens, site.simplify_m)))
        counts["greens"] = len(site.greens)
    for name, theme in site.made.items():
        more = {"panel": panel(site, theme)} | ({"tables": as_json(_TABLES[name](site))} if name in _TABLES else {})
        said = f"Object.assign(SS.text,{_json({k: list(v) for k, v in PLAN_TEXT.items()})});\n" if name in ("climate", "enterprises") else ""
        _save(folder, name, said + pack(name, len(site.atlas[theme.layer]), site.columns[name]) + "".join(f"SS.{k}={_json(v)};\n" for k, v in more.items()))
    _save(folder, "text", f"SS.text={_json({k: list(placed(v, site.rules)) for k, v in SCRIPT_TEXT.items()} | {'na': list(TEXT['na'])})};\n")
    words = {k: list(TEXT[k]) for k in ("method.warnings", "method.assumptions", "method.months", "method.more")}
    steps = [step.as_json() for step in steps_of(site.lineage)]
    _save(folder, "diary", f"Object.assign(SS.text,{_json(words)});\nSS.diary={_json(steps)};\n")
    if (marks := points.points(site)) is not None:
        _save(folder, "points", points.script(marks))
        counts["points of the plan"] = len(marks)
    if site.dates is not None and "sealing" in site.made:
        counts["changes between two dates"] = dates.write(site.dates, folder)
    facts = [asdict(f) for f in sheets.parcel_facts(site.atlas["parcels"])] if "parcels" in site.atlas else []
    options = {"layer": "buildings", "kinds": {k: v[0] for k, v in KINDS.items()}, "email": site.email, "roofs": "solar" in site.made, "storm": site.storm_mm}
    words = {k: list(v) for k, v in SHEET_TEXT.items()}
    _save(folder, "sheets", f"Object.assign(SS.text,{_json(words)});\nSS.facts={_json(facts)};\nSS.options={_json(options)};\n")
    return counts


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _save(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.js").write_text(text, encoding="utf-8", newline="\n")


def _outlines(frame: gpd.GeoDataFrame, tolerance_m: float) -> NDArray[Any]:
    shapes = simplified(np.asarray(frame.geometry.values), tolerance_m)
    return np.asarray(gpd.GeoSeries(shapes, crs=frame.crs).to_crs(4326).values)


# -- pictures --------------------------------------------------------------------------------------------------------


def _write_pictures(site: Site, folder: Path) -> dict[str, str]:
    if site.bounds is not None:
        pictures.save_webp(pictures.base_picture(site.shade, site.cover), folder / "base.webp")
    if site.cover is not None:
        pictures.cover_picture(site.cover).save(folder / "cover.png", optimize=True)
    around = next((site.atlas[k] for k in ("buildings", "parcels", "sections", "town") if k in site.atlas), None)
    if around is None:
        return {}
    centre = pictures.town_middle(np.asarray(around.geometry.values))
    west, south, east, north = around.total_bounds
    for name, theme in site.made.items():
        if theme.layer == "town" and site.cover is not None:
            pictures.save_webp(pictures.cropped(pictures.cover_picture(site.cover)), folder / f"{name}.webp", quality=82)
            continue
        middle = pictures.town_middle(np.asarray(site.atlas[theme.layer].geometry.values)) if theme.layer in ("estate", "large") else centre
        small = pictures.SmallMap(middle, min(_SMALL_WIDTH_M, max(min(east - west, (north - south) * 2.0), 50.0)))
        frame = site.atlas[theme.layer]
        fills = pictures.class_fills(frame[theme.value].to_numpy(dtype=float), theme.limits, theme.colours)
        if theme.layer in HOUSES:
            _draw_ground(site, small)
        if theme.layer in ("estate", "large"):
            _draw_houses(site, small)
        small.polygons(np.asarray(frame.geometry.values), fills, "#ffffff", 1)
        if theme.layer not in HOUSES:
            _draw_houses(site, small)
        small.save(folder / f"{name}.webp")
    return {name: f"img/{name}.webp" for name in site.made}


def _draw_ground(site: Site, small: pictures.SmallMap) -> None:
    for layer, fill, line in (("parcels", None, "#dcd4c4"), ("ways", "#fbf8f1", None)):
        if layer in site.atlas:
            shapes = np.asarray(site.atlas[layer].geometry.values)
            small.polygons(shapes, [fill] * len(shapes), line, 2)


def _draw_houses(site: Site, small: pictures.SmallMap) -> None:
    if "ways" in site.atlas:
        shapes = np.asarray(site.atlas["ways"].geometry.values)
        small.polygons(shapes, ["#fbf8f1"] * len(shapes))
    if "buildings" in site.atlas:
        shapes = np.asarray(site.atlas["buildings"].geometry.values)
        small.polygons(shapes, [None] * len(shapes), "#5a5247", 1)


# -- pages -----------------------------------------------------------------------------------------------------------


def _environment(site: Site) -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    first = LANGUAGES.index(site.languages[0])

    def t(key: str, **values: Any) -> Markup:
        return both(say(key, **site.rules, **{k: v if isinstance(v, Phrase) else str(v) for k, v in values.items()}))

    def attr(name: str, key: str) -> Markup:
        phrase = TEXT[key]
        return Markup(' {0}="{1}" data-it-{0}="{2}" data-en-{0}="{3}"').format(name, phrase[first], phrase.it, phrase.en)

    made.globals.update(
        t=t, attr=attr, both=both, town=site.name, languages=site.languages, language=site.languages[0], language_index=first, language_names=LANGUAGE_NAMES,
        version=site.version, package=PACKAGE, email=site.email, demo=findings.demonstration(site.lineage.synthetic), credits=credits_of(site.lineage), theme=None, script_hash=None,
    )  # fmt: skip
    return made


def _common(site: Site, here: str) -> dict[str, Any]:
    title = say(f"{here}.title", town=site.name)
    question = say("index.h1", town=site.name) if here == "index" else TEXT[f"{here}.h1"]
    return {"here": here, "title": title, "description": question, "missing": findings.missing(site.atlas, site.sums, site.made, site.lineage)}


def _index(site: Site, environment: Environment, small: dict[str, str]) -> str:
    question, answer, rest = findings.headline(site.name, site.sums)
    values = _common(site, "index") | {
        "headline": question,
        "answer": answer,
        "rest": rest,
        "cards": findings.cards(site.sums, small, site.made, site.atlas),
        "more": plan_cards(site, small),
        "sure": filtered.sureness(site.sums, site.made),
        "starts": starts.starts(site.atlas, site.made, site.sums),
    }
    return environment.get_template("index.html").render(values)


def _participate(site: Site, environment: Environment, kit: list[str]) -> str:
    subject = TEXT["participate.correct.subject"][LANGUAGES.index(site.languages[0])]
    values = {"roofs": "solar" in site.made, "parcels": "parcels" in site.atlas, "kit": kit, "files": participate.downloads(), "subject": subject}
    return environment.get_template("participate.html").render(_common(site, "participate") | values)


def _chapters(site: Site) -> dict[str, list[str]]:
    """What is told of the making of soil and green: only of figures this town has."""

    def there(name: str) -> bool:
        return name in site.atlas or findings.get(site.sums, name) is not None or known(site.atlas.get("sections"), name)

    return {theme: [chapter for chapter, name in chapters.items() if there(name)] for theme, chapters in CHAPTERS.items()}


def _method(site: Site, environment: Environment) -> str:
    values = _common(site, "method") | {"sources": sources_of(site.lineage), "installed": findings.get(site.sums, "installed_kwp") is not None, "canopy": quantity(site.canopy_height_m, "m"), "storm": quantity(site.storm_mm, "int"), "chapters": _chapters(site)}
    return environment.get_template("method.html").render(values)
