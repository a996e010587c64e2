"""Legends of words: what a register or a form may write for each of our codes."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from pipeline.contracts.register import INITIATIVE_KINDS, MODERATIONS, REPORT_KINDS, STATUSES
from pipeline.errors import ConfigError

LEGENDS = Path(__file__).parent / "word_legends"
MEANINGS: dict[str, tuple[str, ...]] = {
    "initiative_kind": INITIATIVE_KINDS, "initiative_status": STATUSES, "report_kind": REPORT_KINDS, "report_moderation": MODERATIONS,
}  # fmt: skip


@cache
def read_legend(name: str, means: str) -> dict[str, str]:
    """A legend: word in lower case -> code.

    Parameters
    ----------
    name
        Of `pipeline/io/word_legends/<name>.csv`, with the columns code, means, label.
    means
        Key of `MEANINGS`: the codes that are allowed.

    Raises
    ------
    ConfigError
        When there is no such legend, or it means a code that is none.

    >>> read_legend("initiative_status", "initiative_status")["in corso"]
    'under_way'
    """
    path = LEGENDS / f"{name}.csv"
    if not path.is_file():
        raise ConfigError(f"legend {name!r} is not in pipeline/io/word_legends; leave it out ({means} is taken then) or add the file with the columns code, means, label")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if odd := sorted({str(r.get("means")) for r in rows} - set(MEANINGS[means])):
        raise ConfigError(f"{path}: {', '.join(odd)}; expected {', '.join(MEANINGS[means])} in the column means")
    return {r["code"].casefold(): r["means"] for r in rows}
