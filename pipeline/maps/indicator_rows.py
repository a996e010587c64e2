"""The yearly indicators in words for a page: name, value, target, where it stands, and the sparkline, in both languages."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import pandas as pd

from pipeline.contracts.indicators import INDICATORS
from pipeline.maps.phrases_indicators import INDICATOR_WORDS
from pipeline.maps.quantities import plain, quantity
from pipeline.maps.sparkline import Drawing, Year, drawing, in_words
from pipeline.maps.text import LANGUAGES, Phrase

# Units that `quantity` writes; others are written with the unit as it stands.
QUANTITIES = {"kWp": "kwp", "kWh": "kwh"}


class IndicatorRow(NamedTuple):
    """One indicator as it is shown.

    Attributes
    ----------
    standing
        on_track, off_track or unknown: the code, for a class; `words` and `why` are its text.
    spark, years
        The series drawn, None where no year is known; and every value of it in words.
    """

    indicator_id: str
    name: Phrase
    value: Phrase
    data_year: str
    target: Phrase
    standing: str
    words: Phrase
    why: Phrase
    spark: Drawing | None
    years: Phrase


def indicator_rows(table: pd.DataFrame) -> list[IndicatorRow]:
    """Today's row of each indicator, in the order of the vocabulary; those without a value too, for they say what is missing.

    Parameters
    ----------
    table
        The stage `indicators`.
    """
    now = table[table["origin"] == "current"].set_index("indicator_id")
    return [_row(name, now.loc[name].to_dict(), series_of(table, name)) for name in INDICATORS if name in now.index]


def series_of(table: pd.DataFrame, indicator: str) -> list[tuple[int, float, bool]]:
    """The points of one indicator for a sparkline.

    Parameters
    ----------
    table
        The stage `indicators`.
    indicator
        Its id.

    Returns
    -------
    list of (year, value, break)
        Ascending years, one point a year: the official series where there is one; else the frozen years, each by its newest
        method, and today's value where its year is not frozen. `break` where another method made the point before.
    """
    mine = table[(table["indicator_id"] == indicator) & table["value"].notna()]
    official = mine[mine["origin"] == "official"]
    if len(official):
        return [(int(y), float(v), False) for y, v in zip(official["year"], official["value"], strict=True)]
    # Today's value comes last in the order of origins, and gives way to a frozen one of the same method.
    ordered = mine.assign(now=mine["origin"] == "current").sort_values(["year", "method_version", "now"], ascending=[True, False, True], kind="stable").drop_duplicates("year")
    versions = ordered["method_version"].tolist()
    return [(int(y), float(v), n > 0 and versions[n] != versions[n - 1]) for n, (y, v) in enumerate(zip(ordered["year"], ordered["value"], strict=True))]


def _row(name: str, row: dict[str, Any], series: list[tuple[int, float, bool]]) -> IndicatorRow:
    title = Phrase(INDICATORS[name].it, INDICATORS[name].en)
    aim = None if math.isnan(row["target"]) else (int(row["target_year"]), float(row["target"]))
    # A duty whose year has passed is a level, not a point ahead.
    ahead = aim if aim and series and aim[0] > series[-1][0] else None
    points = [Year(*point) for point in series]
    years = Phrase(*(_years(name, points, ahead, lang) for lang in LANGUAGES))
    target = Phrase("", "") if aim is None else Phrase(*(f"{getattr(value_in_words(aim[1], name), lang)} ({aim[0]})" for lang in LANGUAGES))
    year = row["data_year"] if pd.notna(row["data_year"]) else row["year"]
    return IndicatorRow(name, title, value_in_words(row["value"], name), str(int(year)), target, row["standing"], _word(f"standing.{row['standing']}"), _word(f"standing.reason.{row['reason']}"), drawing(points, ahead) if points else None, years)


def _years(name: str, points: list[Year], ahead: tuple[int, float] | None, lang: str) -> str:
    def said(value: float) -> str:
        return str(getattr(value_in_words(value, name), lang))

    return in_words(points, said, ahead, broken=getattr(_word("spark.broken"), lang), aim=getattr(_word("spark.aim"), lang))


def _word(key: str) -> Phrase:
    return Phrase(*INDICATOR_WORDS[key])


def value_in_words(value: float, name: str) -> Phrase:
    """A value of an indicator with its unit.

    >>> value_in_words(0.1835, "consumed_share").en, value_in_words(1.125, "consumed_ha_year").it
    ('18.4%', '1,13\\xa0ha/anno')
    """
    unit = INDICATORS[name].unit
    if not math.isfinite(value) or name.endswith("_share"):
        return quantity(value, "share")
    if unit in QUANTITIES:
        return quantity(value, QUANTITIES[unit])
    decimals = 0 if not unit or abs(value) >= 100.0 else 2 if abs(value) < 10.0 else 1
    number = plain(value, decimals)
    return Phrase(f"{number.it}\u00a0{unit.replace('year', 'anno')}", f"{number.en}\u00a0{unit}") if unit else number
