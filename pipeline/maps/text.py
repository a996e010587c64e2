"""Phrases in both languages, from the tables of words in phrases.py and phrases_method.py; scripts get them through data/text.js."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.maps.phrases import PAGES, THEMES
from pipeline.maps.phrases_climate import CLIMATE, CLIMATE_MAPS
from pipeline.maps.phrases_front import FRONT
from pipeline.maps.phrases_land import LAND, LAND_MAPS
from pipeline.maps.phrases_land_method import LAND_METHOD
from pipeline.maps.phrases_method import METHOD
from pipeline.maps.phrases_pages import DRAFTS
from pipeline.maps.phrases_participate import PARTICIPATE
from pipeline.maps.phrases_plan import PLAN
from pipeline.maps.phrases_report import REPORT
from pipeline.maps.phrases_report_method import REPORT_METHOD
from pipeline.maps.phrases_roadmap import POINT_MAPS, ROADMAP
from pipeline.maps.phrases_run import RUN
from pipeline.maps.phrases_school import SCHOOL
from pipeline.maps.phrases_sheet import SHEETS

LANGUAGES = ("it", "en")
LANGUAGE_NAMES = {"it": "Italiano", "en": "English"}


class Phrase(NamedTuple):
    """The same words in Italian and English."""

    it: str
    en: str

    def filled(self, **values: Phrase | str) -> Phrase:
        """With its places filled; a value that is a Phrase gives each language its own form."""
        return Phrase(
            *(
                text.format_map({k: getattr(v, lang) if isinstance(v, Phrase) else v for k, v in values.items()})
                for lang, text in zip(LANGUAGES, self, strict=True)
            )
        )


def joined(parts: list[Phrase]) -> Phrase:
    """A list in words: "a, b e c" / "a, b and c"."""
    out = []
    for lang, word in (("it", " e "), ("en", " and ")):
        words = [getattr(p, lang) for p in parts]
        out.append(words[0] if len(words) == 1 else ", ".join(words[:-1]) + word + words[-1] if words else "")
    return Phrase(*out)


TEXT: dict[str, Phrase] = {key: Phrase(*pair) for part in (PAGES, FRONT, THEMES, LAND, LAND_MAPS, METHOD, LAND_METHOD, DRAFTS, SHEETS, RUN, REPORT, REPORT_METHOD, CLIMATE, CLIMATE_MAPS, PLAN, PARTICIPATE, ROADMAP, POINT_MAPS, SCHOOL) for key, pair in part.items()}
# Scripts need neither the front page nor the method page.
SCRIPT_TEXT: dict[str, Phrase] = {key: Phrase(*pair) for key, pair in (THEMES | LAND_MAPS).items()}
# Of the pages of the climate plan: they travel with their data, for the other maps need none of them.
PLAN_TEXT: dict[str, Phrase] = {k: v for k, v in TEXT.items() if k in CLIMATE_MAPS or k in PLAN or k.startswith("use.")}
SHEET_TEXT: dict[str, Phrase] = {key: Phrase(*pair) for key, pair in SHEETS.items()}


def say(key: str, **values: Phrase | str) -> Phrase:
    """The phrase of a key with its places filled.

    Raises
    ------
    KeyError
        For a key that is not in the tables.
    """
    return TEXT[key].filled(**values)
