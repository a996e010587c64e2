"""Access to green by each of its settings: `distance=network green=0.5ha` and the like, of the whole town."""

from __future__ import annotations

from typing import Any

import pandas as pd

# By measure and its switches: the value, and whether it is the headline.
Settings = dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, bool]]


def settings_of(atlas: dict[str, Any]) -> Settings:
    """Of the whole town; empty where access was not computed."""
    provision = atlas.get("provision")
    return {} if provision is None else _by_setting(provision[provision["zone_kind"] == _kind(atlas)])


def _kind(atlas: dict[str, Any]) -> str:
    return str(atlas["town"]["zone_kind"].iloc[0]) if "town" in atlas else "town"


def _by_setting(rows: pd.DataFrame) -> Settings:
    """Value, and whether it is the headline, by measure and its switches."""
    return {(r.measure, _switches(r.setting)): (float(r.value), bool(r.headline)) for r in rows.itertuples() if pd.notna(r.value)}


def _switches(text: str) -> tuple[tuple[str, str], ...]:
    """`distance=network green=0.5ha` as pairs, in the order of their names."""
    return tuple(sorted((a, b) for a, _, b in (part.partition("=") for part in text.split())))


def at(rows: Settings, measure: str, **switches: str) -> tuple[float | None, bool]:
    """The value of a measure whose switches include these."""
    for (name, found), value in rows.items():
        if name == measure and set(switches.items()) <= set(found):
            return value
    return None, False


def values_of(rows: Settings, measure: str, switch: str) -> list[str]:
    """The values a switch takes, by their number: 15m before 50m."""
    found = {value for name, switches in rows if name == measure for key, value in switches if key == switch}
    return sorted(found, key=lambda v: float("".join(c for c in v if c.isdigit() or c == ".") or 0.0))


def as_the_crow_flies(rows: Settings) -> float | None:
    """Share of people near green when the headline's distance is measured straight: the band of the definition."""
    for (name, switches), (_, headline) in rows.items():
        if name == "near_green" and headline:
            return at(rows, name, distance="linear", green=dict(switches).get("green", ""))[0]
    return None
