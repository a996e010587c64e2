"""The run report as a page: both languages, no script, nothing asked of anyone, no path of the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.maps.diary import stage_name
from pipeline.maps.italian import note
from pipeline.maps.layers import both
from pipeline.maps.text import LANGUAGE_NAMES, LANGUAGES, say


def run_page(report: dict[str, Any]) -> str:
    """The page of a report made by `pipeline.runreport.report_of`."""
    made = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    language = report["languages"][0]

    def t(key: str) -> Markup:
        return both(say(key))

    stages = report["stages"]
    total = report["total"]
    return made.get_template("run.html").render(
        t=t, both=both, language=language, index=LANGUAGES.index(language), names=LANGUAGE_NAMES, title=say("run.title", town=report["town"]),
        sum=say("run.sum", seconds=f"{total['seconds']:.0f}", stages=str(total["stages"]), peak=f"{total['peak_mb']:.0f}", warnings=str(total["warnings"]), assumptions=str(total["assumptions"])),
        stages=[_line(s) for s in stages],
        warnings=[(stage_name(s["stage"]), [note(w) for w in s["warnings"]]) for s in stages if s["warnings"]],
        assumptions=[(stage_name(s["stage"]), [note(a) for a in s["assumptions"]]) for s in stages if s["assumptions"]],
        missing=[(stage_name(name), why) for name, why in report["missing"].items()],
        generated=[stage_name(name) for name in report["generated"]],
    )  # fmt: skip


def _line(stage: dict[str, Any]) -> dict[str, Any]:
    def number(value: float | None, form: str) -> str:
        return "–" if value is None else format(value, form)

    return {
        "title": stage_name(stage["stage"]), "name": stage["stage"], "stale": bool(stage["older_than"]), "seconds": number(stage["seconds"], ".1f"),
        "peak": number(stage["peak_mb"], ".0f"), "size": stage["size"] or "–", "ended": (stage["ended"] or "–").replace("T", " ").removesuffix("Z"),
    }  # fmt: skip
