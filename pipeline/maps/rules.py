"""The thresholds a town is measured by, in words: from its config and the dated tables, so that no text can say another figure."""

from __future__ import annotations

from pipeline.config.town import Town
from pipeline.io.dated import rule
from pipeline.maps.quantities import quantity
from pipeline.maps.text import Phrase

Rules = dict[str, Phrase]
_PREFIX = "rule_"


def rules_of(town: Town) -> Rules:
    """Thresholds by the name of their place in the phrases.

    Parameters
    ----------
    town
        Its sections access, provision, restoration, desealing and installed.
    """
    access, shown, opening = town.access, town.provision, town.desealing
    standard = rule("green_standards", "park_and_sport", shown.as_of).value
    values = {
        "roof": quantity(town.installed.max_roof_kwp, "kwp"), "green": _hectares(access.min_green_ha), "reach": quantity(access.catchment_m, "walk"), "circle": quantity(access.canopy_radius_m, "walk"), "standard": Phrase(*(f"{n}\u00a0m²" for n in quantity(standard, "int"))),
        "residents": quantity(shown.min_residents, "int"), "homes": quantity(shown.min_buildings, "int"), "built": quantity(town.restoration.built_share, "part"),
        "open": quantity(opening.open_share, "part"), "way": quantity(opening.access_m, "walk"), "least": quantity(opening.min_open_m2, "m2"),
    }  # fmt: skip
    return {f"{_PREFIX}{name}": words for name, words in values.items()}


def _hectares(value: float) -> Phrase:
    """Half a hectare as people say it, anything else as a number.

    >>> _hectares(0.5).en, _hectares(1.5).it
    ('half a hectare', '1,50\\xa0ha')
    """
    return Phrase("mezzo ettaro", "half a hectare") if value == 0.5 else quantity(value * 1e4, "ha")


def placed(phrase: Phrase, rules: Rules) -> Phrase:
    """A phrase with its thresholds put in; its other places stay for scripts to fill.

    >>> placed(Phrase("{n} entro {rule_reach}", "{n} within {rule_reach}"), {"rule_reach": Phrase("500 m", "500 m")}).it
    '{n} entro 500 m'
    """
    it, en = phrase
    for name, words in rules.items():
        it, en = it.replace(f"{{{name}}}", words.it), en.replace(f"{{{name}}}", words.en)
    return Phrase(it, en)
