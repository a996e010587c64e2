"""Damage to a file, chosen by a seed: the same case of the same seed is the same bytes on every machine."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

MAX_BYTES = 1 << 20
NUMBERS = (
    b"0", b"-0", b"-1", b"1e308", b"-1e308", b"1e-320", b"nan", b"inf", b"-inf", b"99999999999999999999999999", b"2147483648", b"-9999", b"9007199254740993",
    b"0x10", b"1_000", b"1,5", b"1.2.3", b"", b"\xd9\xa3", b"1e", b"4294967295", b"0.0000000001", b"18446744073709551616",
)  # fmt: skip
BITS = (0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF)
TEXTS = (
    b"\x00", b"\r", b"\n", b"\n\n\n", b'"', b"'", b"<", b">", b"&", b"]]>", b"<!--", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\xf0\x9f\x8f\xa0", b"%s%n", b"../../../../etc/passwd",
    b"null", b"{}", b"[]", b"[[[[[[[[", b"}}}}", b"true", b";", b",", b"\t", b"${HOME}", b"=cmd|' /C calc'!A0", b"\xe2\x80\xae", b" " * 300, b"A" * 5000,
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_PIECE = re.compile(rb"[A-Za-z_:@]{2,}")

Way = Callable[[bytearray, random.Random, tuple[bytes, ...]], bytearray]


def mutated(content: bytes, rng: random.Random, words: tuple[bytes, ...] = (), inside_zip: bool = False) -> bytes:
    """The content with one to four damages.

    Parameters
    ----------
    content
        A sound file.
    rng
        Decides where and what.
    words
        Pieces of the format that may turn up anywhere.
    inside_zip
        Half of the cases damage a member of the zip and pack it again, so that the damage is reached.
    """
    if inside_zip and rng.random() < 0.5:
        return _member(content, rng, words)
    made = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 4))):
        made = rng.choice(WAYS)(made, rng, words)
    return bytes(made[:MAX_BYTES])


def _member(content: bytes, rng: random.Random, words: tuple[bytes, ...]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        hit = rng.choice(names)
        for name in names:
            if name != hit:
                target.writestr(name, source.read(name))
            elif rng.random() < 0.9:
                target.writestr(name, mutated(source.read(name), rng, words))
    return out.getvalue()


def _at(made: bytearray, rng: random.Random) -> int:
    # Headers decide most: half of the damage is done in the first 300 bytes.
    return rng.randrange(min(len(made), 300) if rng.random() < 0.5 else len(made)) if made else 0


def _flip(made: bytearray, rng: random.Random, _: tuple[bytes, ...]) -> bytearray:
    for _n in range(rng.choice((1, 1, 4, 32))):
        if made:
            made[_at(made, rng)] ^= 1 << rng.randrange(8)
    return made


def _set(made: bytearray, rng: random.Random, _: tuple[bytes, ...]) -> bytearray:
    at, width = _at(made, rng), rng.choice((1, 2, 4, 8))
    return made[:at] + bytes([rng.choice(BITS)]) * width + made[at + width :]


def _cut(made: bytearray, rng: random.Random, _: tuple[bytes, ...]) -> bytearray:
    return made[: _at(made, rng)]


def _remove(made: bytearray, rng: random.Random, _: tuple[bytes, ...]) -> bytearray:
    at = _at(made, rng)
    return made[:at] + made[at + rng.choice((1, 3, 16, 200)) :]


def _insert(made: bytearray, rng: random.Random, words: tuple[bytes, ...]) -> bytearray:
    at = _at(made, rng)
    return made[:at] + rng.choice(TEXTS + words) + made[at:]


def _number(made: bytearray, rng: random.Random, _: tuple[bytes, ...]) -> bytearray:
    return _replaced(made, _NUMBER, NUMBERS, rng)


def _word(made: bytearray, rng: random.Random, words: tuple[bytes, ...]) -> bytearray:
    return _replaced(made, _PIECE, words or TEXTS, rng)


def _replaced(made: bytearray, what: re.Pattern[bytes], by: tuple[bytes, ...], rng: random.Random) -> bytearray:
    start = _at(made, rng)
    found = what.search(made, start) or what.search(made)
    return made if found is None else made[: found.start()] + rng.choice(by) + made[found.end() :]


def _again(made: bytearray, rng: random.Random, _: tuple[bytes, ...]) -> bytearray:
    a, size = _at(made, rng), rng.choice((1, 8, 100, 2000))
    at = _at(made, rng)
    return made[:at] + made[a : a + size] * rng.choice((1, 1, 2, 50)) + made[at:]


def _swell(made: bytearray, rng: random.Random, _: tuple[bytes, ...]) -> bytearray:
    """One piece, so often that the file reaches a megabyte; one case in eight only, it is slow to read."""
    if rng.random() > 0.125 or not made:
        return _again(made, rng, ())
    a = _at(made, rng)
    piece = made[a : a + rng.choice((1, 2, 12, 100))] or made[:1]
    return made[:a] + piece * max(1, (MAX_BYTES - len(made)) // len(piece)) + made[a:]


def _lines(made: bytearray, rng: random.Random, _: tuple[bytes, ...]) -> bytearray:
    rows = bytes(made).split(b"\n")
    a, b = rng.randrange(len(rows)), rng.randrange(len(rows))
    if rng.random() < 0.5:
        rows[a], rows[b] = rows[b], rows[a]
    else:
        rows[a] = rows[b]
    return bytearray(b"\n".join(rows))


def _recode(made: bytearray, rng: random.Random, _: tuple[bytes, ...]) -> bytearray:
    text = bytes(made).decode("latin-1")
    return bytearray(text.encode(rng.choice(("utf-16", "utf-16-be", "utf-8-sig", "utf-32")), "replace"))


WAYS: tuple[Way, ...] = (_flip, _flip, _set, _set, _cut, _remove, _insert, _insert, _number, _number, _number, _word, _again, _swell, _lines, _recode)
