"""The commands behind Make: the only place that prints or sets an exit code.

Which commands and options there are, with examples and the exit codes, stands in `pipeline.commandline`; what each does stands here.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipeline.commandline import parser
from pipeline.errors import SoleSuoloError
from pipeline.io.turns import Holder
from pipeline.progress import Progress, Transfer
from pipeline.recipes import Place


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give the exit code."""
    # GDAL would keep a twentieth of the machine's memory; this many MB hold the blocks that a window and the next ones share. Said to the process: a
    # rasterio.Env around a whole writing halves the speed of what else runs.
    os.environ.setdefault("GDAL_CACHEMAX", "24")
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.name](options)
    except SoleSuoloError as error:
        if _as_json(options):
            _print_json({"problems": list(error.problems)})
        number = len(error.problems)
        print(f"\n{'One problem' if number == 1 else f'{number} problems'} to solve:", file=sys.stderr)
        for problem in error.problems:
            print(f"  * {problem}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Who read along, `head` for instance, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nStopped; what was finished is kept, `make` goes on from there.", file=sys.stderr)
        return 130


def _as_json(options: argparse.Namespace) -> bool:
    return bool(getattr(options, "json", False))


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def _show(line: str) -> None:
    """One line of a terminal, written over the last one; nothing where nobody looks."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="\r" if line else "", file=sys.stderr, flush=True)


def _place(options: argparse.Namespace) -> Place:
    return Place(options.town_dir, options.processed, options.site)


def _run(options: argparse.Namespace) -> int:
    from pipeline.io.sidecar import read_json
    from pipeline.runner import run_stage

    place = _place(options)
    last = (read_json(place.run_record(options.stage)) or {}).get("seconds")
    with Progress(options.stage, last, _show) as progress:
        done = run_stage(options.stage, place, options.dask, progress, _waiting)
    where = f" in {done.output.parent}" if done.output.name == "manifest.json" else ""
    print(f"{done.stage:<12} {done.seconds:7.1f} s {done.peak_mb:7.0f} MB   {done.size}{where}", file=sys.stderr)
    for warning in done.warnings:
        print(f"{'':<12} note: {warning}", file=sys.stderr)
    return 0


def _refresh(options: argparse.Namespace) -> int:
    from pipeline.recipes import refresh

    refresh(_place(options), options.turn, _waiting)
    return 0


def _waiting(there: Holder) -> None:
    print(f"This town is being made already, by {there}; waiting until it has ended (Ctrl-C stops waiting).", file=sys.stderr, flush=True)


def _check(options: argparse.Namespace) -> int:
    from pipeline.io.places import not_there
    from pipeline.io.probe import probe
    from pipeline.recipes import make_plan

    plan = make_plan(_place(options), with_recipes=False)
    problems = [p for name, layers in plan.layers.items() for layer in layers for p in probe(name, layer, plan.town.epsg)]
    if problems:
        raise SoleSuoloError(problems)
    if options.json:
        stages = {s: {"runs": not reason, "why_not": reason or None, "without": not_there(plan.waiting[s]) if not reason and s in plan.waiting else None} for s, reason in plan.inactive.items()}
        _print_json({"town": plan.town.name, "stages": stages})
        return 0
    print(f"{plan.town.name}: town.yaml and its raw files are in order.")
    for stage, reason in plan.inactive.items():
        print(f"  {stage:<12} {'does not run: ' + reason if reason else 'runs'}")
        if not reason and stage in plan.waiting:
            print(f"  {'':<12} without {not_there(plan.waiting[stage])}")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from pipeline.recipes import explain

    reasons = explain(_place(options), options.stage)
    if options.json:
        _print_json({"stage": options.stage, "reasons": reasons})
    elif reasons:
        print(f"{options.stage} would run again:")
        for reason in reasons:
            print(f"  * {reason}")
    else:
        print(f"{options.stage} is up to date.")
    return 0


def _trace(options: argparse.Namespace) -> int:
    from pipeline.trace import lines_of, trace

    found = trace(_place(options), options.asked, options.column)
    if options.json:
        _print_json(found.as_json())
    else:
        print("\n".join(lines_of(found)))
    return 0


def _inactive(options: argparse.Namespace) -> int:
    from pipeline.recipes import make_plan

    plan = make_plan(_place(options), with_recipes=False)
    if options.stage not in plan.stages:
        raise SoleSuoloError(f"{options.stage}: no such stage; there are {', '.join(plan.stages)}")
    if reason := plan.inactive[options.stage]:
        raise SoleSuoloError(f"{options.stage} does not run for {plan.town.name}: {reason}")
    print(f"{options.stage} runs for {plan.town.name}.")
    return 0


def _summary(options: argparse.Namespace) -> int:
    from pipeline.io.sidecar import read_json
    from pipeline.recipes import make_plan
    from pipeline.runreport import plan_figures, plan_lines, write_report

    place = _place(options)
    plan = make_plan(place, with_recipes=False)
    _, page = write_report(plan)
    left_out = {stage: reason for stage, reason in plan.inactive.items() if reason and stage != "synthetic"}
    sidecar = read_json(place.sidecar("webmap")) or {}
    generated = sidecar["generated_layers"] if "notice" in sidecar else ""
    if options.json:
        _print_json({"town": plan.town.name, "page": str(place.site / "index.html"), "run_report": str(page), "generated": generated.split(", ") if generated else [], "left_out": left_out, "public_buildings": plan_figures(plan)})
        return 0
    for stage, reason in left_out.items():
        print(f"Left out: {stage}: {reason}")
    if generated:
        print(f"Dati dimostrativi / demonstration data: {generated}")
    for line in plan_lines(plan_figures(plan)):
        print(line)
    print(f"How the run went: {page}")
    print(f"Open {place.site / 'index.html'} in a browser.")
    return 0


def _run_report(options: argparse.Namespace) -> int:
    from pipeline.recipes import make_plan
    from pipeline.runreport import lines_of, report_of, write_report

    plan = make_plan(_place(options), with_recipes=False)
    report = report_of(plan)
    written = write_report(plan)
    if options.json:
        _print_json(report)
    else:
        print("\n".join(lines_of(report)))
    print(f"{' and '.join(map(str, written))} written", file=sys.stderr)
    return 0


def _rules_due(options: argparse.Namespace) -> int:
    from datetime import date

    from pipeline.rulesdue import lines_of, rules_due

    on = options.on or date.today().isoformat()
    found = rules_due(on, options.within)
    if options.json:
        _print_json({"on": on, "rules": [d.as_json() for d in found]})
    else:
        print("\n".join(lines_of(found, on, everything=options.all)))
    return 0


def _fetch(options: argparse.Namespace) -> int:
    from pipeline.config.town import load_town
    from pipeline.io.download import Downloader
    from pipeline.io.fetch import fetch
    from pipeline.io.places import in_force
    from pipeline.io.policy import OFFICIAL

    def tell(line: str) -> None:
        print(line, flush=True, file=sys.stderr if _as_json(options) else sys.stdout)

    town = load_town(options.town_dir)
    asker = Downloader(OFFICIAL.allowing(*options.hosts), progress=Transfer(_show))
    outcomes = fetch(town, options.town_dir, asker, tell)
    layers = {stage: getattr(town.sources, stage) for stage in type(town.sources).model_fields}
    generated = [stage for stage, sources in layers.items() if any(in_force(s, options.town_dir).synthetic for s in sources)]
    failed = [o.text for o in outcomes if o.state == "failed"]
    if _as_json(options):
        said = [{"stage": o.stage, "state": o.state, "text": o.text, "remarks": list(o.remarks)} for o in outcomes]
        _print_json({"town": town.name, "sources": said, "generated": generated})
        return 1 if failed else 0
    if not outcomes:
        print(f"{town.name}: no source in town.yaml has a url or page; nothing to download.")
    for outcome in outcomes:
        if outcome.state != "failed":
            print(f"  {outcome.state:<8} {outcome.stage}: {outcome.text}")
        for remark in outcome.remarks:
            print(f"           look: {remark}")
    if generated:
        print(f"Still generated (demonstration data): {', '.join(generated)}")
    if failed:
        raise SoleSuoloError(failed)
    return 0


def _new_town(options: argparse.Namespace) -> int:
    from pipeline.newtown import new_town

    made = new_town(options.istat, options.raw)
    if options.json:
        _print_json({"name": made.name, "folder": str(made.folder), "remarks": list(made.remarks)})
        return 0
    print(f"{made.name}: {made.folder} made. Next: make TOWN={made.folder.name} fetch, then make TOWN={made.folder.name}")
    for line in made.remarks:
        print(f"  * {line}")
    return 0


def _sample_points(options: argparse.Namespace) -> int:
    from pipeline.io.labels import write_sample
    from pipeline.recipes import make_plan
    from pipeline.runner import load_output

    place = _place(options)
    plan = make_plan(place, with_recipes=False)
    boundary = None if plan.inactive["boundary"] else load_output(plan, "boundary")
    config = plan.town.sealing
    files = write_sample(load_output(plan, "landcover"), boundary, place.town_dir / "labels", config.sample_points, config.sample_min, config.seed)
    print("\n".join(f"{path} written" for path in files))
    print("Fill in `label` (building, sealed, bare, low_vegetation, tree, water), then add to town.yaml:")
    print("  sources:\n    sealing:\n      - {kind: labels, path: labels/points.gpkg, table: labels/key.csv}")
    return 0


def _freeze_baseline(options: argparse.Namespace) -> int:
    from pipeline.io.baseline import freeze_baseline
    from pipeline.recipes import make_plan
    from pipeline.runner import load_output

    place = _place(options)
    path = place.town_dir / "restoration_baseline.csv"
    freeze_baseline(load_output(make_plan(place, with_recipes=False), "restoration"), path)
    print(f"{path} written; add to town.yaml:\n  sources:\n    restoration:\n      - {{kind: baseline, path: {path.name}}}")
    return 0


def _freeze_indicators(options: argparse.Namespace) -> int:
    from pipeline.freezing import freeze_year, missing_source

    place = _place(options)
    change = freeze_year(place, options.year, options.force)
    if change.kept:
        print(f"{change.kept} keeps what stood there before")
    print(f"{change.path}: frozen: {', '.join(change.added)}" if change.added else f"{change.path}: all of it is frozen already; nothing was written")
    if said := missing_source(place):
        print(said)
    return 0


def _checksums(options: argparse.Namespace) -> int:
    from pipeline.checksums import ABSOLUTE, RELATIVE, checksums, compare, compare_folder
    from pipeline.errors import InputError
    from pipeline.io.sidecar import read_json

    place = _place(options)
    if options.other is None:
        print(json.dumps(checksums(place), ensure_ascii=False, indent=1, sort_keys=True))
        return 0
    if options.other.is_dir():
        lines, same = compare_folder(place, options.other)
        verdict = f"The same within {RELATIVE:g} of each number ({ABSOLUTE:g} near zero)." if same else f"NOT the same: beyond {RELATIVE:g} of a number ({ABSOLUTE:g} near zero)."
    else:
        other = read_json(options.other)
        if not isinstance(other, dict) or not isinstance(other.get("stages"), dict):
            raise InputError(f"{options.other}: no list of checksums; expected the output of `make checksums` of the other machine, or a copy of its folder processed/<town>/")
        lines, differ = compare(checksums(place), other)
        same = not differ
        verdict = "All the same." if same else f"{len(differ)} differ. To see by how much, copy the other machine's processed/<town>/ here: make checksums WITH=folder"
    if options.json:
        _print_json({"same": same, "stages": [" ".join(line.split()) for line in lines]})
    else:
        print("\n".join([*lines, verdict]))
    return 0 if same else 1


def _rules(options: argparse.Namespace) -> int:
    from pipeline.graph import read_stages, rules_text
    from pipeline.recipes import write_if_changed

    changed = write_if_changed(Path("rules.mk"), rules_text(read_stages()))
    print("rules.mk written" if changed else "rules.mk is up to date")
    return 0


def _docs(options: argparse.Namespace) -> int:
    from pipeline.documents import GENERATED
    from pipeline.recipes import write_if_changed

    for name, text in GENERATED.items():
        changed = write_if_changed(Path(name), text())
        print(f"{name} {'written' if changed else 'is up to date'}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    from pipeline.errors import InputError

    if not options.folder.is_dir():
        raise InputError(f"{options.folder}: no such folder; run `make` first, or name another one with --folder")
    try:
        server = ThreadingHTTPServer(("127.0.0.1", options.port), partial(SimpleHTTPRequestHandler, directory=os.fspath(options.folder)))
    except (OSError, OverflowError) as error:
        raise InputError(f"port {options.port} cannot be used ({error}); name another one: --port 8080, or --port 0 for any free one") from None
    print(f"http://127.0.0.1:{server.server_port}/ shows {options.folder}; Ctrl-C ends it")
    server.serve_forever()
    return 0


def _site_zip(options: argparse.Namespace) -> int:
    from pipeline.io.sitezip import zip_site

    site = Path(options.site)
    out = site.with_name(f"{site.name}.zip")
    files, size = zip_site(site, out), out.stat().st_size
    if options.json:
        _print_json({"zip": str(out), "files": files, "bytes": size})
    else:
        print(f"{out}: {files} files, {size / 1e6:.1f} MB")
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "check": _check,
    "explain": _explain,
    "trace": _trace,
    "summary": _summary,
    "run-report": _run_report,
    "rules-due": _rules_due,
    "checksums": _checksums,
    "fetch": _fetch,
    "new-town": _new_town,
    "serve": _serve,
    "site-zip": _site_zip,
    "sample-points": _sample_points,
    "freeze-baseline": _freeze_baseline,
    "freeze-indicators": _freeze_indicators,
    "run": _run,
    "refresh": _refresh,
    "inactive": _inactive,
    "rules": _rules,
    "docs": _docs,
}
