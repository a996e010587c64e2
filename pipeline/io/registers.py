"""Registers: CSV and XLSX tables of offices, with Italian habits, into typed columns; all problems in one list.

Habits met: semicolons, decimal commas, points between thousands, a byte order mark, Windows-1252, dates as
day/month/year, title lines above the header, a TOTALE row, "n.d." for what is not known.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from pipeline.contracts.notes import Notes
from pipeline.errors import InputError
from pipeline.io.vectors import require_file

MAX_BYTES = 500 * 1024**2
MAX_RATIO = 200  # unpacked over packed bytes of an .xlsx; spreadsheets reach about 30
HEADER_WITHIN = 30  # lines
SHOWN = 12  # problems named one by one
NOT_KNOWN = frozenset(("", "-", "--", "—", "n.d.", "nd", "n.d", "n/d", "n.a.", "n/a", "#n/d", "#n/a", "null", "..", "...", "...."))
# Words of numbers and dates only: as text, NA is the province of Naples.
NO_NUMBER = frozenset(("na", "none", "nan", "nessuno", "nessuna"))
TRUE = frozenset(("1", "sì", "si", "s", "yes", "y", "true", "vero", "x"))
FALSE = frozenset(("0", "no", "n", "false", "falso"))
TOTALS = re.compile(r"^(totale|total|tot\.?|somma|complessivo)\b", re.IGNORECASE)
_GROUPED = re.compile(r"^[+-]?[1-9]\d{0,2}(\.\d{3})+$")
_PLAIN = re.compile(r"^[+-]?\d+([.,]\d+)?$")
_ITALIAN = re.compile(r"^[+-]?\d{1,3}(\.\d{3})+,\d+$")
_ENGLISH = re.compile(r"^[+-]?\d{1,3}(,\d{3})+\.\d+$")
_DATE = re.compile(r"^(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})(?:[ T]\d{2}:\d{2}(?::\d{2})?)?$")
Kind = Literal["text", "int", "number", "date", "bool"]
Rows = Iterator[tuple[int, list[Any]]]


@dataclass(frozen=True)
class Field:
    """A column that is wanted.

    Attributes
    ----------
    name
        Ours.
    kind
        text, int, number, date or bool.
    headers
        What the file may call it; capitals, accents, blanks and punctuation do not matter. `name` itself is one.
    required
        Whether a file without the column is refused.
    filled
        Whether every row needs a value.
    """

    name: str
    kind: Kind
    headers: tuple[str, ...] = ()
    required: bool = True
    filled: bool = False


def read_register(path: Path, fields: Sequence[Field], notes: Notes, sheet: str | None = None, max_bytes: int = MAX_BYTES) -> pd.DataFrame:
    """Read the wanted columns of a table.

    Parameters
    ----------
    path
        .csv, .txt, .tsv, or .xlsx.
    fields
        What is wanted; other columns of the file are passed over.
    notes
        Counts "rows read", "dropped: empty", "dropped: total of the others"; assumptions about numbers.
    sheet
        Of a workbook; its first one by default.
    max_bytes
        Larger files are refused, unpacked ones too [bytes].

    Returns
    -------
    DataFrame
        Columns by `name`: text object (None), int Int64, number float64 (NaN), date datetime64, bool boolean; and
        `line`, the line (row of the sheet) in the file. Optional columns the file lacks are there without values.

    Raises
    ------
    InputError
        When the file cannot be read or lacks a column, or with all values that are not of their kind, each with its
        line.
    """
    require_file(path)
    if path.stat().st_size > max_bytes:
        raise InputError(f"{path}: {path.stat().st_size:,} bytes; expected at most {max_bytes:,}; leave only the rows of the town in it")
    if path.suffix.lower() in (".xls", ".ods"):
        raise InputError(f"{path}: {path.suffix} is not read; save it as .xlsx or as CSV")
    rows = _sheet_rows(path, sheet, max_bytes) if path.suffix.lower() in (".xlsx", ".xlsm") else _text_rows(path, fields)
    place, width = _header(path, rows, fields)
    return _typed(path, _whole(path, rows, width), fields, place, notes)


def decode(content: bytes, where: str) -> str:
    """Text of a file whose encoding nobody wrote down: byte order mark, UTF-8, else Windows-1252.

    Raises
    ------
    InputError
        When it is none of them.
    """
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    if b"\x00" not in content or encodings == ["utf-16"]:
        for encoding in encodings:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise InputError(f"{where}: not text (UTF-8, UTF-16 or Windows-1252); expected a CSV table; export it again")


def _text_rows(path: Path, fields: Sequence[Field]) -> Rows:
    text = decode(path.read_bytes(), str(path))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, fields), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: {error}; a quotation mark may be missing; export the table again") from None


def _delimiter(text: str, fields: Sequence[Field]) -> str:
    """The one that finds most of the wanted columns near the top, else the one that cuts most."""
    wanted = {_bare(h) for f in fields for h in (f.name, *f.headers)}
    best = (-1, -1, ";")
    for mark in (";", ",", "\t", "|"):
        try:
            top = [line for _, line in zip(range(HEADER_WITHIN), csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=mark), strict=False)]
        except csv.Error:
            continue
        hits = max((sum(_bare(c) in wanted for c in line) for line in top), default=0)
        best = max(best, (hits, sum(len(line) for line in top), mark))
    return best[2]


def _sheet_rows(path: Path, sheet: str | None, max_bytes: int) -> Rows:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _check_zip(path, max_bytes)
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        if sheet is not None and sheet not in book.sheetnames:
            raise InputError(f"{path}: no sheet {sheet}; the workbook has {', '.join(book.sheetnames)}")
        page = book[sheet] if sheet is not None else book.worksheets[0]
        page.reset_dimensions()  # some programs write a wrong extent
        for number, cells in enumerate(page.iter_rows(values_only=True), 1):
            yield number, list(cells)
    except (InvalidFileException, KeyError, ValueError, IndexError, AttributeError, TypeError, zipfile.BadZipFile, zlib.error, struct.error, OSError, RuntimeError, ArithmeticError, SyntaxError, EOFError) as error:
        raise InputError(f"{path}: cannot be read as a workbook ({' '.join(str(error).split())[:200]}); expected .xlsx; save it again or export it as CSV") from None


def _check_zip(path: Path, max_bytes: int) -> None:
    """A workbook is a zip of XML: neither too large unpacked, nor packed beyond belief."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = [(i.file_size, i.compress_size) for i in archive.infolist()]
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"{path}: cannot be unpacked ({error}); the file is cut off or no .xlsx; download it again") from None
    whole, packed = sum(a for a, _ in sizes), max(1, sum(b for _, b in sizes))
    if whole > max_bytes or (whole > 10 * 1024**2 and whole > MAX_RATIO * packed):
        raise InputError(f"{path}: {whole:,} bytes when unpacked, {whole // packed} times its size; expected at most {max_bytes:,} and {MAX_RATIO} times; not a usual workbook")


def _header(path: Path, rows: Rows, fields: Sequence[Field]) -> tuple[dict[str, int], int]:
    """Column of each field, and the number of columns: from the first line that has all that are required."""
    wanted = {f.name: [_bare(h) for h in (f.name, *f.headers)] for f in fields}
    best: list[str] = []
    missing = [f.name for f in fields if f.required]
    for _, (_, cells) in zip(range(HEADER_WITHIN), rows, strict=False):
        names = [_bare(c) for c in cells]
        found = {name: names.index(hit) for name, headers in wanted.items() if (hit := next((h for h in headers if h in names), None)) is not None}
        lost = [f.name for f in fields if f.required and f.name not in found]
        if not lost:
            twice = sorted(n for n, at in found.items() if names.count(names[at]) > 1)
            if twice:
                raise InputError(f"{path}: column {', '.join(twice)} stands twice in the header; expected once; rename or remove the other")
            return found, len(cells)
        filled = [str(c).strip() for c in cells if c not in (None, "")]
        if len(lost) < len(missing) or (len(lost) == len(missing) and len(filled) > len(best)):
            missing, best = lost, filled
    by_name = {f.name: f for f in fields}
    said = "; ".join(f"{n} (also called {', '.join(by_name[n].headers)})" if by_name[n].headers else n for n in missing)
    raise InputError(f"{path}: column missing: {said}; the header found is {', '.join(best)[:300] or 'empty'}; rename the column or name it in town.yaml")


def few(problems: list[str], where: object, what: str = "more") -> list[str]:
    """The first problems, and how many there are beyond."""
    return problems[:SHOWN] + ([f"{where}: and {len(problems) - SHOWN} {what}"] if len(problems) > SHOWN else [])


def _whole(path: Path, rows: Rows, width: int) -> Rows:
    """The rows; one that is wider than the header has slipped, and its values stand in wrong columns."""
    wide: list[str] = []
    for number, cells in rows:
        if any(not _blank(c) for c in cells[width:]):
            wide.append(f"{path}: line {number}: {len(cells)} cells, the header has {width}; a separator stands in a text without quotation marks; export the table again")
        yield number, cells
    if wide:
        raise InputError(few(wide, path, "more lines like these"))


def _typed(path: Path, rows: Rows, fields: Sequence[Field], place: dict[str, int], notes: Notes) -> pd.DataFrame:
    lines: list[int] = []
    raw: dict[str, list[Any]] = {name: [] for name in place}
    for number, cells in rows:
        if all(_blank(c) for c in cells):
            notes.count("dropped: empty", 1)
            continue
        words = [c for c in cells if not _blank(c)]
        if isinstance(words[0], str) and TOTALS.match(words[0].strip()):
            notes.count("dropped: total of the others", 1)
            continue
        lines.append(number)
        for name, at in place.items():
            raw[name].append(cells[at] if at < len(cells) else None)
    notes.count("rows read", len(lines))
    if not lines:
        raise InputError(f"{path}: the table is empty: a header and no row; expected at least one; export it again")
    problems: list[str] = []
    made: dict[str, Any] = {}
    for field in fields:
        if field.name in raw or field.filled:
            values = raw.get(field.name, [None] * len(lines))
            made[field.name] = _column(field, values, lines, problems, notes, path)
        else:
            made[field.name] = _as_kind(field.kind, [None] * len(lines))
    if problems:
        raise InputError(few([f"{path}: {p}" for p in problems], path, "more of this kind"))
    return pd.DataFrame({**made, "line": np.array(lines, dtype=np.int64)})


def _column(field: Field, values: list[Any], lines: list[int], problems: list[str], notes: Notes, path: Path) -> Any:
    point = _point(values) if field.kind in ("int", "number") else ","
    if point == "?":
        notes.assume(f"{path.name}: {field.name}: a point before three digits is read as the mark of thousands (1.234 = 1234).")
    out: list[Any] = []
    for value, line in zip(values, lines, strict=True):
        blank = _blank(value) or (field.kind != "text" and _text(value).casefold() in NO_NUMBER)
        made = None if blank else _value(field.kind, value, point)
        if made is _ODD:
            problems.append(f"line {line}: {field.name}: {str(value)[:40]!r}; expected {_EXPECTED[field.kind]}")
            made = None
        elif made is None and field.filled:
            problems.append(f"line {line}: {field.name} is empty; expected {_EXPECTED[field.kind]}")
        out.append(made)
    return _as_kind(field.kind, out)


def _as_kind(kind: Kind, values: list[Any]) -> Any:
    if kind == "number":
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    if kind == "int":
        return pd.array(values, dtype="Int64")
    if kind == "date":
        return pd.to_datetime(pd.Series(values, dtype=object))
    if kind == "bool":
        return pd.array(values, dtype="boolean")
    return np.array(values, dtype=object)


_ODD = object()
_EXPECTED: dict[str, str] = {
    "text": "text", "int": "a whole number, e.g. 1.234", "number": "a number, e.g. 1.234,56", "date": "a date, e.g. 31/12/2024", "bool": "sì or no",
}  # fmt: skip


def _value(kind: Kind, value: Any, point: str) -> Any:
    """The value as its kind, `_ODD` where it is not."""
    if kind == "text":
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return " ".join(str(value).split()) or None
    if kind == "date":
        return _date(value)
    if kind == "bool":
        if isinstance(value, bool):
            return value
        word = _text(value).casefold()
        return True if word in TRUE else False if word in FALSE else _ODD
    number = _number(value, point)
    if kind == "int" and number is not _ODD:
        return int(number) if float(number).is_integer() and abs(number) < 2**53 else _ODD
    return number


def _number(value: Any, point: str) -> Any:
    if isinstance(value, (bool, dt.date)):
        return _ODD
    if isinstance(value, (int, float)):
        return float(value) if math.isfinite(value) and abs(value) < 1e300 else _ODD
    text = re.sub(r"[\s'’€]|\beuro?\b", "", _text(value), flags=re.IGNORECASE)
    if _ITALIAN.match(text) or (_GROUPED.match(text) and (point != "." or text.count(".") > 1)):
        text = text.replace(".", "").replace(",", ".")
    elif _ENGLISH.match(text):
        text = text.replace(",", "")
    elif _PLAIN.match(text):
        text = text.replace(",", ".")
    else:
        return _ODD
    number = float(text)
    return number if math.isfinite(number) else _ODD


def _point(values: list[Any]) -> str:
    """What a point means in this column: "." decimals, "," thousands because commas are decimals, "?" nobody can tell, "" none is there."""
    words = [re.sub(r"\s|€", "", v) for v in values if isinstance(v, str)]
    doubtful = any(_GROUPED.match(w) and w.count(".") == 1 for w in words)
    if not doubtful:
        return ""
    if any("," in w for w in words) or any(w.count(".") > 1 for w in words):
        return ","
    return "." if any(re.match(r"^[+-]?(0\.\d+|\d+\.(\d{1,2}|\d{4,})|\d{4,}\.\d+)$", w) for w in words) else "?"


def _date(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    found = _DATE.match(_text(value))
    if found is None:
        return _ODD
    first, month, last = found[1], int(found[2]), found[3]
    year, day = (int(first), int(last)) if len(first) == 4 else (int(last), int(first))
    if not 1678 <= year <= 2261:  # two digits leave the century open; the years of datetime64[ns]
        return _ODD
    try:
        return dt.datetime(year, month, day)
    except ValueError:
        return _ODD


def _text(value: Any) -> str:
    return " ".join(str(value).split())


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or (isinstance(value, str) and _text(value).casefold() in NOT_KNOWN)


def _bare(header: Any) -> str:
    """A header without accents, capitals, blanks and punctuation."""
    text = unicodedata.normalize("NFKD", "" if header is None else str(header)).casefold()
    return "".join(c for c in text if c.isalnum())
