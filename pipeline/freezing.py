"""`make indicators YEAR=2026`: today's indicators into the town's folder, with all that says where they came from."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from pipeline.contracts.indicators import INDICATORS
from pipeline.errors import InputError
from pipeline.io.sidecar import read_json
from pipeline.io.snapshots import PATTERN, Change, freeze
from pipeline.io.turns import locked
from pipeline.recipes import Place, Plan, explain, make_plan
from pipeline.runner import load_output, run_stage
from pipeline.version import __version__

STAGE = "indicators"


def freeze_year(place: Place, year: int, force: str = "", on: str | None = None) -> Change:
    """Freeze the current values of the stage, and run it again so that its table holds them.

    Parameters
    ----------
    place
        The town.
    year
        Of the snapshot.
    force
        Why values that differ are to be replaced, see `pipeline.io.snapshots.freeze`.
    on
        Day of the freezing, YYYY-MM-DD; today by default.

    Returns
    -------
    Change

    Raises
    ------
    InputError
        When the stage is not up to date, the year is not that of the valuation, or frozen values differ.
    """
    plan = make_plan(place, with_recipes=False)
    now = int(plan.town.indicators.as_of[:4])
    if year != now:
        raise InputError(f"YEAR={year}: the valuation is of {now} (indicators.as_of {plan.town.indicators.as_of}); expected the same year; set `indicators: {{as_of: {year}-12}}` in town.yaml, or freeze {now}")
    if reasons := explain(place, STAGE):
        raise InputError(f"the indicators are not up to date ({reasons[0]}); expected what `make {STAGE}` gives; run `make {STAGE} YEAR={year}`")
    with locked(place.lock("freezing"), lambda _: None):
        change = freeze(place.town_dir, plan.town.code or plan.town.name, year, _entries(place, plan, on or date.today().isoformat()), force)
    if change.added and not missing_source(place):
        run_stage(STAGE, place)
    return change


def missing_source(place: Place) -> str:
    """What to add to town.yaml so that frozen years are read, "" where it is there."""
    if any(s.kind == "snapshots" for s in make_plan(place, with_recipes=False).town.sources.indicators):
        return ""
    return f"add to town.yaml, so that the frozen years are read:\n  sources:\n    indicators:\n      - {{kind: snapshots, path: '{PATTERN}'}}"


def _entries(place: Place, plan: Plan, on: str) -> list[dict[str, Any]]:
    """Current values, with the checksums and the code of the stages each was taken from."""
    table = load_output(plan, STAGE)
    made: list[dict[str, Any]] = []
    for row in table[table["origin"] == "current"].to_dict("records"):
        if not math.isnan(row["value"]):
            stages = {name: _of_stage(place, name) for name in INDICATORS[row["indicator_id"]].needs or (STAGE,)}
            made.append({
                "indicator_id": row["indicator_id"], "method_version": int(row["method_version"]), "value": float(row["value"]), "unit": row["unit"],
                "data_year": None if row["data_year"] is None or math.isnan(row["data_year"]) else int(row["data_year"]), "frozen_on": on, "code_version": __version__, "stages": stages,
            })  # fmt: skip
    return made


def _of_stage(place: Place, name: str) -> dict[str, Any]:
    """Checksum of a stage's output and fingerprint of its code; of the indicators themselves only the code and raw files, for their table holds the frozen years."""
    sidecar = read_json(place.sidecar(name)) or {}
    recipe = sidecar.get("recipe", {})
    return {"code": recipe.get("code")} | ({} if name == STAGE else {"sha256": sidecar.get("sha256")})
