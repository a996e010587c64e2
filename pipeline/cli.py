"""The commands behind Make: the only place that prints or sets an exit code.

Exit codes: 0 done, 1 something in input, config or surroundings is wrong and the message says what to do,
2 the command itself was misspelt.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.errors import SoleSuoloError
from pipeline.io.turns import Holder
from pipeline.recipes import Place
from pipeline.version import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give the exit code."""
    # GDAL would keep a twentieth of the machine's memory. Said to the process: a rasterio.Env around a whole writing halves the speed of what else runs.
    os.environ.setdefault("GDAL_CACHEMAX", "64")
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except SoleSuoloError as error:
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline", description=__doc__.splitlines()[0] if __doc__ else None, epilog="Most people use `make`; `make help` lists its targets.")
    parser.add_argument("--version", action="version", version=f"Sole e Suolo {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, function: Callable[[argparse.Namespace], int], text: str, *, town: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=function)
        if town:
            sub.add_argument("--town-dir", type=Path, default=Path("data/raw/carmiano"), help="folder of town.yaml")
            sub.add_argument("--processed", type=Path, default=Path("data/processed/carmiano"), help="folder of the results")
            sub.add_argument("--site", type=Path, default=Path("maps/carmiano"), help="folder of the published maps")
        return sub

    run = add("run", _run, "Run one stage; Make calls this.")
    run.add_argument("stage")
    run.add_argument("--dask", default=None, help="threads, processes or tcp://host:port")
    refresh = add("refresh", _refresh, "Bring the recipes up to date; Make calls this before every run.")
    refresh.add_argument("--turn", type=int, default=None, metavar="PID", help="process of the run of make that takes the town; by default it only asks")
    add("check", _check, "Look at town.yaml and the raw files and list all problems; starts nothing.")
    explain = add("explain", _explain, "Say why a stage would run again.")
    explain.add_argument("stage")
    explain.add_argument("--json", action="store_true", help="as JSON")
    tracing = add("trace", _trace, "Follow an identifier or a figure back to its raw files.")
    tracing.add_argument("asked", help="building_id, roof_id, array_id, parcel_id, section_id ..., or the name of a figure")
    tracing.add_argument("--column", default=None, help="only this column")
    tracing.add_argument("--json", action="store_true", help="as JSON")
    why = add("inactive", _inactive, "Say why a stage does not run for a town; Make calls this.")
    why.add_argument("stage")
    add("summary", _summary, "Name the page to open and what was left out; Make calls this at the end.")
    reporting = add("run-report", _run_report, "Say how the stages ran: seconds, memory, warnings, what was assumed.")
    reporting.add_argument("--json", action="store_true", help="as JSON")
    sums = add("checksums", _checksums, "Checksums of the results, or their comparison with another machine's.")
    sums.add_argument("--with", dest="other", type=Path, default=None, help="checksums.json of another machine, or a copy of its processed/<town>/")
    add("rules", _rules, "Write rules.mk from the signatures of the stages.", town=False)
    add("docs", _docs, "Write the generated documents: docs/data.md and docs/town.schema.json.", town=False)
    fetching = add("fetch", _fetch, "Download every source of a town that has an address and is not there yet.")
    fetching.add_argument("--hosts", nargs="*", default=[], help="hosts to allow besides the publishers this project knows")
    new_town = add("new-town", _new_town, "Make the folder of an Italian municipality: boundary, residents, addresses of its sources.", town=False)
    new_town.add_argument("istat", help="six-digit ISTAT code, e.g. 075052")
    new_town.add_argument("--raw", type=Path, default=Path("data/raw"), help="folder of the towns' folders")
    add("sample-points", _sample_points, "Draw points for labelling in the field, and their key, into the town's folder.")
    add("freeze-baseline", _freeze_baseline, "Freeze today's green and canopy as the baseline of the Nature Restoration sheet, once.")
    serve = add("serve", _serve, "Show the maps on this machine.", town=False)
    serve.add_argument("--folder", type=Path, default=Path("maps"))
    serve.add_argument("--port", type=int, default=8000)
    add("site-zip", _site_zip, "Pack the published maps into one zip beside their folder.")
    return parser


def _place(options: argparse.Namespace) -> Place:
    return Place(options.town_dir, options.processed, options.site)


def _run(options: argparse.Namespace) -> int:
    from pipeline.io.memory import give_back
    from pipeline.io.sidecar import read_json

    give_back()
    from pipeline.runner import run_stage

    place = _place(options)
    last = (read_json(place.run_record(options.stage)) or {}).get("seconds")
    with _Progress(options.stage, last) as progress:
        done = run_stage(options.stage, place, options.dask, progress, _waiting)
    print(f"{done.stage:<12} {done.seconds:7.1f} s {done.peak_mb:7.0f} MB   {done.size}", file=sys.stderr)
    for warning in done.warnings:
        print(f"{'':<12} note: {warning}", file=sys.stderr)
    return 0


class _Progress:
    """One line, renewed twice a second after two seconds, that says how far a stage is, how fast it goes and how long it may still take.

    Where the work is cut into pieces: pieces done, their rate, the rest at that rate. Where it is not: the seconds gone, of those it took
    the last time. Quiet when not a terminal.
    """

    def __init__(self, stage: str, last_seconds: float | None = None) -> None:
        self.stage, self.last = stage, last_seconds
        self.start = self.began = time.monotonic()
        self.done, self.total, self.first = 0, 0, 0
        self.ended = threading.Event()

    def __enter__(self) -> _Progress:
        if sys.stderr.isatty():
            threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)

    def __call__(self, done: int, total: int) -> None:
        if done <= self.done or total != self.total:  # another piece of work begins
            self.began, self.first = time.monotonic(), done - 1
        self.done, self.total = done, total

    def text(self, now: float) -> str:
        """The line."""
        gone = now - self.start
        if self.done < self.total:
            rate = (self.done - self.first) / max(now - self.began, 1e-3)
            return f"{self.stage:<12} {self.done}/{self.total}, {rate:.1f}/s, about {(self.total - self.done) / rate:.0f} s left"
        left = f" of about {self.last:.0f} s, as the last time" if self.last and gone < self.last else ""
        return f"{self.stage:<12} {gone:.0f} s{left}"

    def _tick(self) -> None:
        while not self.ended.wait(0.5):
            if time.monotonic() - self.start >= 2:
                print(f"\r\033[K{self.text(time.monotonic())}", end="\r", file=sys.stderr, flush=True)


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
        print(json.dumps({"stage": options.stage, "reasons": reasons}, ensure_ascii=False))
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
    print(json.dumps(found.as_json(), ensure_ascii=False, indent=1) if options.json else "\n".join(lines_of(found)))
    return 0


def _inactive(options: argparse.Namespace) -> int:
    from pipeline.recipes import make_plan

    plan = make_plan(_place(options), with_recipes=False)
    raise SoleSuoloError(f"{options.stage} does not run for {plan.town.name}: {plan.inactive[options.stage]}")


def _summary(options: argparse.Namespace) -> int:
    from pipeline.io.sidecar import read_json
    from pipeline.recipes import make_plan
    from pipeline.runreport import write_report

    place = _place(options)
    plan = make_plan(place, with_recipes=False)
    _, page = write_report(plan)
    for stage, reason in plan.inactive.items():
        if reason and stage != "synthetic":
            print(f"Left out: {stage}: {reason}")
    sidecar = read_json(place.sidecar("webmap")) or {}
    if "notice" in sidecar:
        print(f"Dati dimostrativi / demonstration data: {sidecar['generated_layers']}")
    print(f"How the run went: {page}")
    print(f"Open {place.site / 'index.html'} in a browser.")
    return 0


def _run_report(options: argparse.Namespace) -> int:
    from pipeline.recipes import make_plan
    from pipeline.runreport import lines_of, report_of, write_report

    plan = make_plan(_place(options), with_recipes=False)
    report = report_of(plan)
    written = write_report(plan)
    print(json.dumps(report, ensure_ascii=False, indent=1) if options.json else "\n".join(lines_of(report)))
    print(f"{' and '.join(map(str, written))} written", file=sys.stderr)
    return 0


def _fetch(options: argparse.Namespace) -> int:
    from pipeline.config.town import load_town
    from pipeline.io.download import Downloader
    from pipeline.io.fetch import fetch
    from pipeline.io.places import in_force
    from pipeline.io.policy import OFFICIAL

    def tell(line: str) -> None:
        print(line, flush=True)

    town = load_town(options.town_dir)
    asker = Downloader(OFFICIAL.allowing(*options.hosts), progress=_Transfer())
    outcomes = fetch(town, options.town_dir, asker, tell)
    if not outcomes:
        print(f"{town.name}: no source in town.yaml has a url or page; nothing to download.")
    for outcome in outcomes:
        if outcome.state != "failed":
            print(f"  {outcome.state:<8} {outcome.stage}: {outcome.text}")
        for remark in outcome.remarks:
            print(f"           look: {remark}")
    layers = {stage: getattr(town.sources, stage) for stage in type(town.sources).model_fields}
    if generated := [stage for stage, sources in layers.items() if any(in_force(s, options.town_dir).synthetic for s in sources)]:
        print(f"Still generated (demonstration data): {', '.join(generated)}")
    if failed := [o.text for o in outcomes if o.state == "failed"]:
        raise SoleSuoloError(failed)
    return 0


class _Transfer:
    """One line that says how much came, how fast, and how long the rest may take; quiet when not a terminal."""

    def __init__(self) -> None:
        self.start, self.began_at, self.last, self.shown = 0.0, 0, 0, 0.0

    def __call__(self, size: int, total: int | None) -> None:
        now = time.monotonic()
        if size < self.last or not self.start:
            self.start, self.began_at = now, size
        self.last = size
        if not sys.stderr.isatty() or now - self.shown < 0.5 or now - self.start < 1:
            return
        self.shown = now
        rate = (size - self.began_at) / (now - self.start)
        rest = f" of {total / 1e6:,.0f} MB, about {(total - size) / rate:.0f} s left" if total and rate else " MB"
        print(f"\r  {size / 1e6:,.1f}{rest}, {rate / 1e6:.2f} MB/s ", end="\r", file=sys.stderr)


def _new_town(options: argparse.Namespace) -> int:
    from pipeline.newtown import new_town

    made = new_town(options.istat, options.raw)
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
        print("\n".join(lines))
        print(f"The same within {RELATIVE:g} of each number ({ABSOLUTE:g} near zero)." if same else f"NOT the same: beyond {RELATIVE:g} of a number ({ABSOLUTE:g} near zero).")
        return 0 if same else 1
    other = read_json(options.other)
    if not isinstance(other, dict) or not isinstance(other.get("stages"), dict):
        raise InputError(f"{options.other}: no list of checksums; expected the output of `make checksums` of the other machine, or a copy of its folder processed/<town>/")
    lines, differ = compare(checksums(place), other)
    print("\n".join(lines))
    print("All the same." if not differ else f"{len(differ)} differ. To see by how much, copy the other machine's processed/<town>/ here: make checksums WITH=folder")
    return 1 if differ else 0


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

    server = ThreadingHTTPServer(("127.0.0.1", options.port), partial(SimpleHTTPRequestHandler, directory=os.fspath(options.folder)))
    print(f"http://127.0.0.1:{server.server_port}/ shows {options.folder}; Ctrl-C ends it")
    server.serve_forever()
    return 0


def _site_zip(options: argparse.Namespace) -> int:
    from pipeline.io.sitezip import zip_site

    site = Path(options.site)
    out = site.with_name(f"{site.name}.zip")
    files = zip_site(site, out)
    print(f"{out}: {files} files, {out.stat().st_size / 1e6:.1f} MB")
    return 0
