"""Italian addresses as people write them, brought to one form."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Words for kinds of street as registers shorten them.
KINDS: dict[str, str] = {
    "v": "via", "vle": "viale", "v.le": "viale", "pza": "piazza", "pzza": "piazza", "p.za": "piazza", "p.zza": "piazza", "pzz": "piazza", "pzle": "piazzale", "p.le": "piazzale", "ple": "piazzale",
    "cso": "corso", "c.so": "corso", "lgo": "largo", "l.go": "largo", "str": "strada", "vico": "vico", "vlo": "vicolo", "v.lo": "vicolo", "ctr": "contrada", "c.da": "contrada", "cda": "contrada",
    "loc": "localita",
}  # fmt: skip
_NUMBER = re.compile(r"^(?P<street>.*?\D)[\s,]*(?:\b(?:n|nr|num|numero|civico|civ)\b\.?\s*)?(?P<number>\d{1,4})\s*[/\- ]?\s*(?P<letter>[a-z]|bis|ter)?$")
_AFTER = re.compile(r"(?:\s[-–]\s|\s*\b\d{5}\b|\s*\().*$")


class Address(NamedTuple):
    """Street in plain words, number with its letter; the number is empty where none is given."""

    street: str
    number: str


def address(text: str) -> Address:
    """An address in one form: no accents, no capitals, kinds of street in full, what follows the number left out.

    >>> address("V.le degli Ulivi, n. 12/A - 73041 Carmiano (LE)")
    Address(street='viale degli ulivi', number='12a')
    >>> address("P.zza Unità d’Italia 3") == address("PIAZZA UNITA' D'ITALIA, 3")
    True
    >>> address("Via XXIV Maggio")
    Address(street='via xxiv maggio', number='')
    """
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("°", " ")).encode("ascii", "ignore").decode().casefold()
    plain = _AFTER.sub("", " ".join(plain.split())).strip(" ,.-")
    found = _NUMBER.match(plain)
    street = found["street"] if found else plain
    number = f"{int(found['number'])}{found['letter'] or ''}" if found else ""
    return Address(_street(street), number)


def _street(text: str) -> str:
    words = text.replace(",", " ").split()
    if words:
        words[0] = KINDS.get(words[0].rstrip("."), words[0].rstrip("."))
    bare = re.sub(r"[^a-z0-9 ]", " ", " ".join(words).replace("'", " "))
    return " ".join(bare.split())
