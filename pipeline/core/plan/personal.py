"""Texts of people, made fit to publish: no markup, no mail addresses, phone numbers, tax codes, accounts or links.

Names cannot be told from other words: that a text names nobody is for the moderators to see.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

GAP = "[…]"
_AT = r"\s*(?:@|\(at\)|\[at\]|\(chiocciola\)|\[chiocciola\]|\bchiocciola\b)\s*"
_MAIL = re.compile(rf"[\w.+%'-]{{1,64}}{_AT}[\w-]{{1,63}}(?:\s?\.\s?[\w-]{{2,63}}){{1,5}}", re.IGNORECASE)
# Codice fiscale of a person, with the letters that stand for digits where two people would share one (DM 23 December 1976).
_CODE = re.compile(r"\b[A-Z]{6}[\dLMNPQRSTUV]{2}[ABCDEHLMPRST][\dLMNPQRSTUV]{2}[A-Z][\dLMNPQRSTUV]{3}[A-Z]\b", re.IGNORECASE)
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s\]|]{1,500}", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?<![\w.])@\w[\w.]{2,60}")
# Runs of digits that may be a number to call: with a country code, or beginning with 0 or 3 as numbers in Italy do.
_DIGITS = re.compile(r"(?<!\w)(?<!\d[,.])(?:\(?(?:\+|00)\d{1,3}\)?[\s./-]{0,2})?\(?\d(?:[\s./()-]{0,2}\d){6,13}(?!\d|,\d)")
_DATE = re.compile(r"\b(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})\b")
_TAG = re.compile(r"<[^<>]*>")
_UMAP = (
    (re.compile(r"\{\{[^{}]*\}\}"), " "),  # pictures and frames
    (re.compile(r"\[\[[^\[\]|]*\|([^\[\]]*)\]\]"), r"\1"),  # links with a text
    (re.compile(r"\[\[[^\[\]]*\]\]"), " "),
    (re.compile(r"(?:^|(?<=\n))#{1,6} |\*{1,3}"), ""),
)
_PERSON = re.compile(r"^\s*(?:sig|sigg|sig\.?ra|sig\.?na|dott|dr|dott\.?ssa|prof|prof\.?ssa|geom|ing|arch|avv|rag|mr|mrs|ms)\b\.?\s+\S", re.IGNORECASE)


class Scrubbed(NamedTuple):
    """Text without what tells of a person, and what was taken out: kind -> times."""

    text: str
    taken: dict[str, int]


def plain(text: str) -> str:
    """A text without markup of HTML and of uMap, on one line; what is left of angle brackets becomes quotation marks.

    >>> plain("<p>Qui <b>manca</b> un albero&nbsp;!</p> {{http://x.it/a.jpg}} 2 &lt; 3")
    'Qui manca un albero ! 2 ‹ 3'
    """
    for _ in range(3):
        text, before = html.unescape(text), text
        text = _stripped(text)
        if text == before:
            break
    for pattern, kept in _UMAP:
        text = pattern.sub(kept, text)
    shown = "".join(c if unicodedata.category(c)[0] != "C" else " " if c.isspace() else "" for c in text)
    return " ".join(shown.replace("<", "‹").replace(">", "›").split())


def _stripped(text: str) -> str:
    """Without tags: a tag within a tag leaves another one, so until none is left."""
    while (shorter := _TAG.sub(" ", text)) != text:
        text = shorter
    return text


def scrub(text: str) -> Scrubbed:
    """Take out mail addresses, links, tax codes of persons, accounts and phone numbers.

    Parameters
    ----------
    text
        Plain text.

    Returns
    -------
    Scrubbed
        Each is replaced by `GAP`. Dates, years, prices and areas stay.

    >>> scrub("Chiamare Maria al 333 12 34 567 o maria.rossi@posta.it, dal 03/05/2026, 1.200.000 euro")
    Scrubbed(text='Chiamare Maria al […] o […], dal 03/05/2026, 1.200.000 euro', taken={'mail': 1, 'phone': 1})
    """
    taken: dict[str, int] = {}
    for kind, pattern in (("mail", _MAIL), ("link", _LINK), ("tax_code", _CODE), ("account", _ACCOUNT)):
        text, times = pattern.subn(GAP, text)
        if times:
            taken[kind] = times
    dates = [m.span() for m in _DATE.finditer(text)]
    calls = [m.span() for m in _DIGITS.finditer(text) if _calls(m[0]) and not _within(m.span(), dates)]
    for start, end in reversed(calls):
        text = text[:start] + GAP + text[end:]
    return Scrubbed(text, taken | ({"phone": len(calls)} if calls else {}))


def _calls(word: str) -> bool:
    digits = re.sub(r"\D", "", word)
    begins = word.lstrip("( ")
    abroad = begins.startswith(("+", "00"))
    return 8 <= len(digits) <= 15 and (abroad or (begins[0] in "03" and len(digits) <= 11))


def _within(span: tuple[int, int], dates: Iterable[tuple[int, int]]) -> bool:
    """Whether digits begin where a date does: 03/05/2026 is eight digits that begin with 0."""
    return any(start <= span[0] < end for start, end in dates)


def tells(text: str) -> str | None:
    """Kind of the first thing in a text that tells of a person, as in `Scrubbed.taken`; links do not. None where there is none.

    >>> tells("Ufficio tecnico"), tells("RSSMRA80A01H501U")
    (None, 'tax_code')
    """
    return next((kind for kind in scrub(text).taken if kind != "link"), None)


def looks_like_a_person(text: str) -> bool:
    """Whether a title stands before a name.

    >>> looks_like_a_person("Geom. Bianchi"), looks_like_a_person("Ingegneria srl")
    (True, False)
    """
    return _PERSON.match(text) is not None


def cut(text: str, most: int) -> str:
    """At most `most` characters, cut at a word.

    >>> cut("Qui manca un albero", 12)
    'Qui manca …'
    """
    if len(text) <= most:
        return text
    head = text[: most - 2]
    return f"{(head.rpartition(' ')[0] or head).rstrip(' ,.;:')} …"
