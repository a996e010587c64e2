"""Which rows of the dated tables have ended, end soon, begin later or were never read: what somebody should look at."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from pipeline.errors import InputError
from pipeline.io.dated import Rule, read_rules, table_names

# In the order in which they are listed.
STATES: dict[str, str] = {
    "expired": "ended, and no newer row takes its place: not applied any more",
    "due": "end soon",
    "waiting": "begin later",
    "unread": "hold, but nobody has read them in a source",
    "stale": "hold, and were looked at more than a year before",
    "holds": "hold",
    "replaced": "ended, a newer row holds",
}
STALE_DAYS = 365


@dataclass(frozen=True)
class Due:
    """A row with what it is on a day; `days` to its end, None where it has none."""

    rule: Rule
    state: str
    days: int | None

    def as_json(self) -> dict[str, Any]:
        """Plain values, an open end as null."""
        return {**asdict(self.rule), "valid_to": self.rule.valid_to or None, "checked_on": self.rule.checked_on or None, "state": self.state, "days_left": self.days}


def rules_due(on: str, within_days: int) -> list[Due]:
    """Every row of every dated table with its state on a day, those to look at first.

    Parameters
    ----------
    on
        A day, YYYY-MM-DD.
    within_days
        A row that ends within so many days is due.

    Raises
    ------
    InputError
        When `on` is no day, or a table is not well formed.
    """
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise InputError(f"{on}: no day; expected YYYY-MM-DD, e.g. 2027-01-15") from None
    found = [_due(row, rows, day, within_days) for table in table_names() for rows in read_rules(table).values() for row in rows]
    order = list(STATES)
    return sorted(found, key=lambda d: (order.index(d.state), d.rule.valid_to or "9999", d.rule.table, d.rule.key, d.rule.valid_from))


def _due(row: Rule, rows: tuple[Rule, ...], day: date, within_days: int) -> Due:
    on = day.isoformat()
    end = date.fromisoformat(row.valid_to) if row.valid_to else None
    left = None if end is None else (end - day).days
    if row.valid_from > on:
        return Due(row, "waiting", left)
    later = [r for r in rows if r.valid_from > row.valid_from]
    if left is not None and left < 0:
        return Due(row, "replaced" if later else "expired", left)
    # A row that a newer one follows the next day ends without a gap.
    followed = end is not None and any(r.valid_from == (end + timedelta(1)).isoformat() for r in later)
    if left is not None and left <= within_days and not followed:
        return Due(row, "due", left)
    if row.status == "recalled":
        return Due(row, "unread", left)
    if row.checked_on and (day - date.fromisoformat(row.checked_on)).days > STALE_DAYS:
        return Due(row, "stale", left)
    return Due(row, "holds", left)


def lines_of(found: list[Due], on: str, *, everything: bool) -> list[str]:
    """The list in words; rows that hold, or that a newer one replaced, only where everything is asked for."""
    shown = [d for d in found if everything or d.state not in ("holds", "replaced")]
    lines = [f"Dated rules on {on}: " + ", ".join(f"{n} {s}" for s in STATES if (n := sum(d.state == s for d in found)))]
    for state, words in STATES.items():
        of_state = [d for d in shown if d.state == state]
        if of_state:
            lines += ["", f"{state.upper()}: {words}"]
            lines += [f"  {_line(d)}" for d in of_state]
    return lines


def _line(due: Due) -> str:
    r = due.rule
    until = f"{r.valid_from} to {r.valid_to}" if r.valid_to else f"from {r.valid_from}"
    looked = f"looked at {r.checked_on}" if r.checked_on else "never looked at"
    source = r.source if len(r.source) <= 100 else r.source[:97] + "..."
    return f"{r.table} {r.key}: {r.value:g} {r.unit}, {until}, {r.status}, {looked}. {source}"
