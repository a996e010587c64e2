"""How the stages of a town ran: seconds, memory, warnings and what was assumed, as run.json and run.html in the town's folder of processed/.

Written at the end of each `make`. It stands beside the data, not in the published site: the site of equal inputs has equal bytes, and
seconds are never equal. No path of the machine is in it, so it may be sent with a question.
"""

from __future__ import annotations

import datetime as dt
import platform
from pathlib import Path
from typing import Any

from pipeline.contracts.notes import Lineage
from pipeline.graph import Stage
from pipeline.io.sidecar import read_json, write_json, write_text
from pipeline.recipes import Plan
from pipeline.version import __version__

FILES = ("run.json", "run.html")


def report_of(plan: Plan) -> dict[str, Any]:
    """The report.

    Returns
    -------
    dict
        town, version, languages, machine, stages (stage, seconds, peak_mb, size, ended, warnings, assumptions, counts, older_than),
        missing (stage -> why it does not run), generated (source layers that are not surveyed), total.
    """
    stages = [_entry(plan, s) for s in plan.active if plan.place.sidecar(s.name).exists()]
    lineages = [read_json(plan.place.sidecar(s["stage"])) or {} for s in stages]
    merged: dict[str, dict[str, Any]] = {}
    for sidecar in lineages:
        merged |= sidecar.get("lineage", {})
    return {
        "town": plan.town.name,
        "version": __version__,
        "languages": list(plan.town.languages),
        "machine": {"system": platform.uname().system, "processor": platform.machine(), "python": platform.python_version()},
        "stages": stages,
        "missing": {k: _without_paths(v) for k, v in plan.inactive.items() if v and k != "synthetic"},
        "generated": list(Lineage(merged).synthetic),
        "total": {
            "stages": len(stages), "seconds": round(sum(s["seconds"] or 0.0 for s in stages), 1), "peak_mb": max((s["peak_mb"] or 0.0 for s in stages), default=0.0),
            "warnings": sum(len(s["warnings"]) for s in stages), "assumptions": sum(len(s["assumptions"]) for s in stages),
        },
    }  # fmt: skip


def write_report(plan: Plan) -> tuple[Path, Path]:
    """Write run.json and run.html; gives their paths."""
    from pipeline.maps.runpage import run_page

    report = report_of(plan)
    data, page = (plan.place.processed / name for name in FILES)
    write_json(data, report)
    write_text(page, run_page(report))
    return data, page


def lines_of(report: dict[str, Any]) -> list[str]:
    """The report as a plain table."""
    lines = [f"{'stage':<14}{'seconds':>9}{'peak MB':>9}  {'ended (UTC)':<21}result"]
    for s in report["stages"]:
        seconds, peak = ("-" if v is None else f"{v:.1f}" for v in (s["seconds"], s["peak_mb"]))
        lines.append(f"{s['stage']:<14}{seconds:>9}{peak:>9}  {s['ended'] or '-':<21}{s['size'] or ''}{'; older than ' + ', '.join(s['older_than']) if s['older_than'] else ''}")
        lines += [f"{'':<14}warning: {w}" for w in s["warnings"]]
    total = report["total"]
    lines.append(f"{total['stages']} stages, {total['seconds']:.0f} s of work, highest memory {total['peak_mb']:.0f} MB, {total['warnings']} warnings, {total['assumptions']} assumptions (in run.html)")
    return lines


def plan_figures(plan: Plan) -> dict[str, float]:
    """Sums and counts of the public buildings, as the stage estate noted them; empty where it does not run."""
    own = (read_json(plan.place.sidecar("estate")) or {}).get("lineage", {}).get("estate", {}) if not plan.inactive.get("estate", "x") else {}
    counts = own.get("counts", {})
    found = sum(n for name, n in counts.items() if name.startswith("buildings found by"))
    return own.get("figures", {}) | {"buildings": float(found + counts.get("buildings not found", 0)), "found": float(found)} if own else {}


def plan_lines(figures: dict[str, float]) -> list[str]:
    """The same in words, for the end of `make`."""
    if not figures:
        return []
    f = {name: figures.get(f"estate_{name}", 0.0) for name in ("floor_m2", "electricity_kwh", "heat_kwh", "co2_kg_year", "pv_kwp", "co2_kg_avoidable")}
    return [
        f"Public buildings (indicative): {figures['found']:.0f} of {figures['buildings']:.0f} found on the map, {f['floor_m2']:,.0f} m2, {(f['electricity_kwh'] + f['heat_kwh']) / 1000:,.0f} MWh and "
        f"{f['co2_kg_year'] / 1000:,.0f} t CO2 a year; {f['pv_kwp']:,.0f} kWp on their own roofs; {f['co2_kg_avoidable'] / 1000:,.0f} t CO2 avoidable a year, energy fed in included."
    ]


def _entry(plan: Plan, stage: Stage) -> dict[str, Any]:
    place = plan.place
    record, sidecar = read_json(place.run_record(stage.name)) or {}, read_json(place.sidecar(stage.name)) or {}
    own = sidecar.get("lineage", {}).get(stage.name, {})
    now = {name: (read_json(place.sidecar(name)) or {}).get("sha256") for name in sidecar.get("inputs", {})}
    ended = dt.datetime.fromtimestamp(place.sidecar(stage.name).stat().st_mtime, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "stage": stage.name, "seconds": record.get("seconds"), "peak_mb": record.get("peak_mb"), "size": record.get("size"), "ended": ended,
        "warnings": [_without_paths(w) for w in own.get("warnings", [])], "assumptions": [_without_paths(a) for a in own.get("assumptions", [])], "counts": own.get("counts", {}),
        "older_than": sorted(n for n, sha in sidecar.get("inputs", {}).items() if now[n] != sha),
    }  # fmt: skip


def _without_paths(sentence: str) -> str:
    """Absolute paths keep their last name only."""
    return " ".join(Path(word).name if word.startswith("/") and word.count("/") > 1 else word for word in sentence.split(" "))
