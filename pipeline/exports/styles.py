"""How each layer looks in QGIS: the colours and classes of the maps, in Italian and in English."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from pipeline.contracts.labels import Language, label, labels
from pipeline.exports.content import Layer
from pipeline.exports.qml import Labelling, Rule, vector_style
from pipeline.exports.words import DEMONSTRATION_SHORT, KINDS_OF, LEGENDS, NO_CLASS
from pipeline.io.geopackage import GEOMETRY_COLUMN, Style
from pipeline.maps.measures import choices
from pipeline.maps.quantities import quantity
from pipeline.maps.style import NO_DATA, PALETTES, PAPER
from pipeline.maps.sunmap import limits as sun_limits
from pipeline.maps.text import Phrase
from pipeline.maps.themes import KINDS, Theme, known, prepared, themes

LANGUAGE_NAMES: dict[Language, str] = {"it": "Italiano", "en": "English"}
# What is written on the features: an expression of QGIS, the scale it appears at, the size, whether along the line.
LABELLED: dict[str, Labelling] = {
    "town": Labelling('"name"', 500_000, 12.0, up_to=15_000),
    "buildings": Labelling("CASE WHEN \"kwh_year\" > 0 THEN format_number(\"kwh_year\" / 1000, 1) || ' MWh' END", 2_500, 7.0),
    "roofs": Labelling("CASE WHEN \"kind\" <> 'none' THEN format_number(\"surface_tilt\", 0) || '°' END", 500, 7.0),
    "parcels": Labelling("CASE WHEN \"kind\" = 'parcel' THEN \"number\" END", 2_000, 7.0),
    "streets": Labelling('"name"', 7_500, 7.5, along=True),
    "greenspaces": Labelling('"name"', 10_000),
    "estate": Labelling('"name"', 15_000),
    "actions_list": Labelling('"name"', 7_500),
    "initiatives": Labelling('"name"', 15_000),
    "community_areas": Labelling('"area_id"', 200_000),
    "collection_places": Labelling("\"kind\" || ' ' || \"rank\"", 15_000),
}
SECTION_LABEL = "CASE WHEN {value} IS NOT NULL THEN format_number({value} * {scale}, {digits}) || '{unit}' END"
# Columns whose words get a colour each; a layer without an entry here or a theme is drawn plainly.
BY_KIND: dict[str, tuple[str, dict[str, str]]] = {
    "obstacles": ("kind", {"object": "#82452f", "pit": "#4b6a8c", "rim": "#bd9a6b"}),
    "arrays": ("mounting", {"coplanar": "#2c3e6b", "rack": "#4b6a8c", "east_west": "#7c8f7a"}),
    "mismatch": ("kind", {"building_not_in_surface": "#bd4f5d", "surface_without_building": "#f0a53c"}),
    "initiatives": ("status", {"done": "#37803f", "under_way": "#f0a53c", "planned": "#4b6a8c", "proposed": "#bd9a6b"}),
    "reports_points": ("kind", {"missing_tree": "#37803f", "sealed_place": "#82452f", "heat_spot": "#bd4f5d", "roof": "#2c3e6b", "collection_point": "#7c8f7a", "other": "#8a8478"}),
    "actions_list": ("status", {"potential": "#8a8478", "proposed": "#bd9a6b", "planned": "#4b6a8c", "under_way": "#f0a53c", "done": "#37803f"}),
    "consumed_changes": ("kind", {"taken": "#82452f", "restored": "#37803f"}),
}
# Fill and outline.
FILLED: dict[str, tuple[str, str]] = {"greenspaces": ("#b4d17e", "#37803f"), "estate": ("#5f9fbd", "#113a55"), "consumed_stock": ("#bd7450", "#82452f")}
WAYS, WATER, OUTLINE = "#fbf8f1", "#9cc3d5", "#5a5247"


# Layers whose classes follow their figures.
CLASSED = ("town", "buildings", "parcels", "sections", "roofs")


def styles(layers: list[Layer], frames: dict[str, pd.DataFrame], first: Language, generated: set[str]) -> list[Style]:
    """Every style of the package: for each layer one in each language, the first language's is taken by QGIS; then other measures of the maps.

    Parameters
    ----------
    layers
        What the package holds.
    frames
        Figures of those of `CLASSED` that are among them.
    first
        Language of the styles that QGIS takes by itself.
    generated
        Layers that rest on generated data; their legends say so.
    """
    made = _themes(frames)
    order: tuple[Language, ...] = ("it", "en") if first == "it" else ("en", "it")
    found: list[Style] = []
    for layer in layers:
        column = GEOMETRY_COLUMN if layer.drawn else ""
        for language in order:
            looks = _looks(layer, language, made.get(layer.name, [])) if layer.drawn else [("", "", [])]
            for number, (value, title, rules) in enumerate(looks):
                title_said = f"{title} – {_said(DEMONSTRATION_SHORT, language)}" if layer.name in generated else title
                qml = vector_style(layer.spec.geometry, title_said, rules, _written(layer, value), labels(layer.spec, language), f'"{layer.spec.key[-1]}"')
                name = LANGUAGE_NAMES[language] + (f" {value}" if number else "")
                found.append(Style(layer.name, column, name, qml, default=not number and language == first, description=title_said))
    return found


Look = tuple[str, str, list[Rule]]


def _themes(frames: dict[str, pd.DataFrame]) -> dict[str, list[dict[str, Any]]]:
    """Layer -> what may colour it, as on the maps: value, kind of number, limits, colours."""
    atlas: Any = prepared(frames)
    found: dict[str, list[dict[str, Any]]] = {}
    for theme in themes(atlas).values():
        if theme.layer != "town":
            found.setdefault(theme.layer, []).extend(choices(theme, atlas) or [_own(theme)])
    if known(atlas.get("roofs"), "poa_kwh_m2"):
        limits = sun_limits(atlas["roofs"]["poa_kwh_m2"].to_numpy(dtype=np.float32, na_value=np.nan))
        found["roofs"] = [{"value": "poa_kwh_m2", "kind": KINDS["poa_kwh_m2"][0], "breaks": limits, "colours": PALETTES["sun"][: len(limits) + 1]}]
    return found


def _own(theme: Theme) -> dict[str, Any]:
    return {"value": theme.value, "kind": theme.kind, "breaks": theme.limits, "colours": theme.colours}


def _looks(layer: Layer, language: Language, measures: list[dict[str, Any]]) -> list[Look]:
    """What QGIS may show of a layer, its own look first."""
    if measures:
        return [_classes(layer, language, m) for m in measures]
    if layer.name in BY_KIND:
        column, words = BY_KIND[layer.name]
        rules = [Rule(f"\"{column}\" = '{word}'", _said(KINDS_OF[word], language), colour) for word, colour in words.items()]
        return [("", label(layer.spec.columns()[column], language), rules)]
    title = _said(LEGENDS.get(layer.name, Phrase(layer.spec.title_it, layer.spec.title_en)), language)
    if layer.spec.geometry == "line":
        return [("", title, [Rule("TRUE", title, None, "#8a8478", 0.35)])]
    if layer.name in FILLED:
        return [("", title, [Rule("TRUE", title, *FILLED[layer.name], 0.2)])]
    return [("", title, [Rule("TRUE", title, None, OUTLINE, 0.6, dashed=True)])]


def _classes(layer: Layer, language: Language, measure: dict[str, Any]) -> Look:
    value = measure["value"]
    title = label(layer.spec.columns()[value], language)
    names = class_names(measure["breaks"], measure["kind"], language)
    lows, highs = [None, *measure["breaks"]], [*measure["breaks"], None]
    positive = f' AND "{value}" > 0' if measure["kind"] in ("kwh", "kwp", "poa") else ""
    only = ' AND "kind" = \'parcel\'' if layer.name == "parcels" else ""
    rules = []
    for low, high, name, colour in zip(lows, highs, names, measure["colours"], strict=True):
        ends = [f'"{value}" IS NOT NULL', *([f'"{value}" >= {low!r}'] if low is not None else []), *([f'"{value}" < {high!r}'] if high is not None else [])]
        rules.append(Rule(" AND ".join(ends) + positive + only, name, colour))
    if layer.name == "parcels":
        rules.append(Rule("\"kind\" = 'road'", _said(KINDS_OF["road"], language), WAYS, "#dcd4c4"))
        rules.append(Rule("\"kind\" = 'water'", _said(KINDS_OF["water"], language), WATER))
    return value, title, [*rules, Rule("ELSE", _said(NO_CLASS.get(layer.name, NO_CLASS[""]), language), NO_DATA, PAPER)]


def class_names(limits: list[float], kind: str, language: Language) -> list[str]:
    """Each class in words with its unit.

    >>> class_names([4000.0, 12000.0], "kwh", "it")
    ['fino a 4.000\\xa0kWh', '4.000\\xa0kWh – 12.000\\xa0kWh', 'da 12.000\\xa0kWh']
    """
    if kind == "share" and all(abs(v * 100 - round(v * 100)) < 1e-9 for v in limits):
        kind = "part"  # the same without decimals
    said = [_said(quantity(v, kind), language) for v in limits]
    below, above = ("fino a", "da") if language == "it" else ("below", "from")
    if not said:
        return [_said(Phrase("tutti", "all"), language)]
    return [f"{below} {said[0]}", *(f"{a} – {b}" for a, b in pairwise(said)), f"{above} {said[-1]}"]


def _written(layer: Layer, value: str) -> Labelling | None:
    """What stands on the features; on sections the value that colours them."""
    if layer.name != "sections" or not value:
        return LABELLED.get(layer.name)
    share = KINDS[value][0] in ("share", "part")
    unit = layer.spec.columns()[value].unit
    text = SECTION_LABEL.format(value=f'"{value}"', scale=100 if share else 1, digits=0, unit=" %" if share else f" {unit}" if unit else "")
    return Labelling(text, 40_000)


def _said(phrase: Phrase, language: Language) -> str:
    return phrase.it if language == "it" else phrase.en
