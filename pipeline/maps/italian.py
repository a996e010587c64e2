"""Notes of the stages in both languages: English as written, Italian from the tables of sentences and names."""

from __future__ import annotations

import re
from functools import cache

from pipeline.maps.phrases_actions import ACTION_NAMES, ACTION_SENTENCES
from pipeline.maps.phrases_counts import NAMES
from pipeline.maps.phrases_indicators import INDICATOR_COUNTS, INDICATOR_SENTENCES
from pipeline.maps.phrases_notes import SENTENCES
from pipeline.maps.phrases_plan import PLAN_SENTENCES
from pipeline.maps.phrases_register import REGISTER_NAMES, REGISTER_SENTENCES
from pipeline.maps.phrases_waste import WASTE_NAMES, WASTE_SENTENCES
from pipeline.maps.text import Phrase


@cache
def _patterns(names: bool) -> list[tuple[re.Pattern[str], str]]:
    table = NAMES | REGISTER_NAMES | WASTE_NAMES | ACTION_NAMES | INDICATOR_COUNTS if names else SENTENCES | PLAN_SENTENCES | REGISTER_SENTENCES | WASTE_SENTENCES | ACTION_SENTENCES | INDICATOR_SENTENCES
    return [(re.compile("(.*?)".join(map(re.escape, english.split("{}"))), re.DOTALL), italian) for english, italian in table.items()]


def note(text: str, *, name: bool = False) -> Phrase:
    """A sentence, or the name of a count or measure, in both languages; the same in both where no Italian is known.

    >>> note("The ground reflects 20% of the light; light reflected by buildings is not counted.").it
    'Il suolo riflette 20% della luce; quella riflessa dagli edifici non è contata.'
    >>> note("rows written: park", name=True).it, note("something new").it
    ('righe scritte: park', 'something new')
    """
    for pattern, italian in _patterns(name):
        if found := pattern.fullmatch(text):
            return Phrase(_filled(italian, found.groups()), text)
    return Phrase(text, text)


def _filled(italian: str, taken: tuple[str, ...]) -> str:
    """Taken text goes in as it stands: braces in it are no places."""
    return re.sub(r"\{(\d)\}", lambda place: taken[int(place[1])], italian)
