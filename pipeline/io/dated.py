"""Dated tables: what law, market and grid change, with the days it holds, who said it and whether anybody looked.

The files are `pipeline/io/dated_tables/*.csv` with the columns key, value, low, high, unit, valid_from, valid_to,
checked_on, status, source. A row holds from its first to its last day, both included; an open end says "until a newer
row". `status` is read (in the source that is named, on checked_on), recalled (to be verified) or judgement (ours).
Load profiles, uses, uses of public buildings, holidays and words of the Covenant of Mayors are further files of the folder, with their own columns.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from pipeline.errors import InputError

TABLES = Path(__file__).parent / "dated_tables"
COLUMNS = ("key", "value", "low", "high", "unit", "valid_from", "valid_to", "checked_on", "status", "source")
STATUSES = ("read", "recalled", "judgement")
# Files of the folder with columns of their own.
OTHER_LAYOUT = frozenset({"load_profiles", "uses", "estate_uses", "holidays", "covenant"})


@dataclass(frozen=True)
class Rule:
    """One row of a dated table.

    Attributes
    ----------
    value, low, high
        Middle and ends of the range, in `unit`.
    valid_from, valid_to
        First and last day as YYYY-MM-DD; valid_to is empty where no end is known.
    checked_on
        Day on which it was read in a source, empty where it was not.
    status
        read, recalled or judgement.
    source
        Who says so, in words.
    """

    table: str
    key: str
    value: float
    low: float
    high: float
    unit: str
    valid_from: str
    valid_to: str
    checked_on: str
    status: str
    source: str

    def holds(self, day: str) -> bool:
        """Whether the row holds on a day."""
        return self.valid_from <= day and (not self.valid_to or day <= self.valid_to)


def rule(table: str, key: str, on: str) -> Rule:
    """The row of a key that holds on a day.

    Parameters
    ----------
    table
        Name of the file without its ending.
    key
        Key in it.
    on
        A day, YYYY-MM-DD, or a month, YYYY-MM, which stands for its first day.

    Raises
    ------
    InputError
        When there is no such key, no row of it holds on that day, or more than one does.

    >>> rule("feed_in", "minimum_price", "2026-11").value
    0.0475
    """
    found = find(table, key, on)
    if found is None:
        rows = read_rules(table)[key]
        held = "; ".join(f"{r.valid_from} to {r.valid_to or 'now'}" for r in rows)
        where = f"pipeline/io/dated_tables/{table}.csv"
        late = all(r.valid_to and r.valid_to < day_of(on) for r in rows)
        raise InputError(f"{where}: {key} {'has expired' if late else 'does not hold yet'} on {on} (rows hold {held}); add a row that holds then, with its source, or set `as_of` to a month within")
    return found


def find(table: str, key: str, on: str) -> Rule | None:
    """As `rule`, but None where the key's rows do not hold on that day: a grant that has ended, or not begun."""
    rows = read_rules(table)
    if key not in rows:
        raise InputError(f"pipeline/io/dated_tables/{table}.csv: no key {key!r}; it has {', '.join(sorted(rows))}")
    held = [r for r in rows[key] if r.holds(day_of(on))]
    if len(held) > 1:
        raise InputError(f"pipeline/io/dated_tables/{table}.csv: {len(held)} rows of {key} hold on {on}; end the older one with its valid_to")
    return held[0] if held else None


def table_names() -> tuple[str, ...]:
    """All tables of rules, sorted; files of another layout are left out."""
    return tuple(sorted(p.stem for p in TABLES.glob("*.csv") if p.stem not in OTHER_LAYOUT))


def day_of(on: str) -> str:
    """A day as YYYY-MM-DD; a month stands for its first day."""
    return f"{on}-01" if len(on) == 7 else on


@cache
def read_rules(table: str) -> dict[str, tuple[Rule, ...]]:
    """All rows of a table by key, each in the order of its days.

    Raises
    ------
    InputError
        With every problem of the file: columns, numbers, low <= value <= high, days, overlaps, sources.
    """
    path = TABLES / f"{table}.csv"
    if not path.is_file():
        raise InputError(f"{path}: there is no such table; expected one of {', '.join(sorted(p.stem for p in TABLES.glob('*.csv')))}")
    return parse_rules(table, read_lines(table))


def read_lines(table: str) -> list[dict[str, str]]:
    """Rows of a file of the folder as text, also of those with columns of their own."""
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def parse_rules(table: str, lines: list[dict[str, str]]) -> dict[str, tuple[Rule, ...]]:
    """Rows of text to rules; see `read_rules`."""
    problems: list[str] = []
    rows: dict[str, list[Rule]] = {}
    for number, line in enumerate(lines, 2):
        where = f"{table}.csv, line {number}"
        if missing := [c for c in COLUMNS if line.get(c) is None]:
            problems.append(f"{where}: no {', '.join(missing)}; expected the columns {', '.join(COLUMNS)}")
            continue
        try:
            made = Rule(table, line["key"], *(float(line[c]) for c in ("value", "low", "high")), *(line[c] for c in COLUMNS[4:]))  # type: ignore[arg-type]
        except ValueError as error:
            problems.append(f"{where}: {error}")
            continue
        problems += [f"{where}: {p}" for p in _faults(made)]
        rows.setdefault(made.key, []).append(made)
    for key, of_key in rows.items():
        of_key.sort(key=lambda r: r.valid_from)
        for one, two in pairwise(of_key):
            if not one.valid_to or one.valid_to >= two.valid_from:
                problems.append(f"{table}.csv: two rows of {key} hold on {two.valid_from}; end the older one before")
    if problems:
        raise InputError(problems)
    return {key: tuple(of_key) for key, of_key in rows.items()}


def _faults(rule_: Rule) -> list[str]:
    said = []
    if not rule_.key or not rule_.unit or not rule_.source:
        said.append("key, unit and source may not be empty")
    if not rule_.low <= rule_.value <= rule_.high:
        said.append(f"{rule_.key}: low {rule_.low:g}, value {rule_.value:g}, high {rule_.high:g} are not in this order")
    for name in ("valid_from", "valid_to", "checked_on"):
        day = getattr(rule_, name)
        if (day or name == "valid_from") and not _is_day(day):
            said.append(f"{rule_.key}: {name} {day!r} is no day; expected YYYY-MM-DD")
    if rule_.valid_to and rule_.valid_to < rule_.valid_from:
        said.append(f"{rule_.key}: ends {rule_.valid_to} before it begins {rule_.valid_from}")
    if rule_.status not in STATUSES:
        said.append(f"{rule_.key}: status {rule_.status!r}; expected {', '.join(STATUSES)}")
    if rule_.status == "read" and not rule_.checked_on:
        said.append(f"{rule_.key}: read, but not said when (checked_on)")
    return said


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
