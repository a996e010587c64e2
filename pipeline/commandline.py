"""What may be typed after `python -m pipeline`: every command with its options, examples and exit codes.

Only words: what a command does stands in `pipeline.cli`, which also prints. docs/reference/cli.md is generated from here.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from pipeline.version import __version__
from pipeline.warm import OPTION

# Exit code -> when.
EXIT_CODES: dict[int, str] = {
    0: "done",
    1: "something in input, config or surroundings is wrong, or a comparison found a difference; the message says what to do",
    2: "the command itself was misspelt",
    130: "stopped by Ctrl-C; what was finished is kept",
}

EXAMPLES: dict[str, tuple[str, ...]] = {
    "check": ("check --town-dir data/raw/nardo", "check --json | python -m json.tool"),
    "explain": ("explain solar", "explain webmap --json"),
    "trace": ("trace 16075014000000000100", "trace 16075014000000000100 --column kwh_year", "trace sealed_share --json"),
    "summary": ("summary", "summary --json"),
    "run-report": ("run-report", "run-report --json > report.json"),
    "checksums": ("checksums > checksums.json", "checksums --with checksums.json", "checksums --with copy/of/processed/carmiano --json"),
    "fetch": ("fetch --town-dir data/raw/nardo", "fetch --hosts data.my-region.example"),
    "new-town": ("new-town 075052", "new-town 075052 --raw /srv/towns"),
    "rules-due": ("rules-due", "rules-due --on 2027-01-15", "rules-due --within 365 --all", "rules-due --json"),
    "sample-points": ("sample-points",),
    "freeze-baseline": ("freeze-baseline",),
    "freeze-indicators": ("freeze-indicators --year 2026", "freeze-indicators --year 2026 --force misprint"),
    "serve": ("serve", "serve --folder maps/carmiano --port 8080"),
    "site-zip": ("site-zip --site maps/carmiano",),
    "run": ("run solar", "run horizon --dask tcp://office1:8786"),
    "refresh": ("refresh --town-dir data/raw/nardo --processed data/processed/nardo --site maps/nardo",),
    "inactive": ("inactive farhorizon",),
    "rules": ("rules",),
    "docs": ("docs",),
}


class _Commands:
    """The parser while it is put together."""

    def __init__(self) -> None:
        self.parser = argparse.ArgumentParser(
            prog="python -m pipeline",
            description="Sole e Suolo: what stands behind the targets of Make, one command each.",
            epilog=f"Most people use `make`; `make help` lists its targets. `python -m pipeline COMMAND --help` has options and examples.\n\n{_exit_codes()}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.parser.add_argument("--version", action="version", version=f"Sole e Suolo {__version__}", help="print the version and end")
        self.commands = self.parser.add_subparsers(required=True, metavar="command", dest="name")

    def add(self, name: str, text: str, *, town: bool = True, json: str = "") -> argparse.ArgumentParser:
        """One command; `json` says what its --json prints, "" where it has none."""
        examples = "\n".join(f"  python -m pipeline {e}" for e in EXAMPLES[name])
        sub = self.commands.add_parser(name, help=text, description=text, epilog=f"examples:\n{examples}\n\n{_exit_codes()}", formatter_class=argparse.RawDescriptionHelpFormatter)
        if town:
            group = sub.add_argument_group("the town", "by default the first one, in the checkout")
            group.add_argument("--town-dir", type=Path, default=Path("data/raw/carmiano"), help="folder of town.yaml (default: %(default)s)")
            group.add_argument("--processed", type=Path, default=Path("data/processed/carmiano"), help="folder of the results; its name is the town's short name (default: %(default)s)")
            group.add_argument("--site", type=Path, default=Path("maps/carmiano"), help="folder of the published maps (default: %(default)s)")
        if json:
            sub.add_argument("--json", action="store_true", help=f"print JSON: {json}; problems as {{\"problems\": [...]}}")
        return sub


def _exit_codes() -> str:
    return "exit codes:\n" + "\n".join(f"  {code:<4} {when}" for code, when in EXIT_CODES.items())


def parser() -> argparse.ArgumentParser:
    """The whole command line; the parsed options hold the command's name as `name`."""
    commands = _Commands()
    _to_look(commands)
    _to_bring_and_show(commands)
    _to_measure(commands)
    _for_make(commands)
    return commands.parser


def _to_look(commands: _Commands) -> None:
    commands.add("check", "Look at town.yaml and the raw files and list all problems; starts nothing.", json="town, and for each stage whether it runs, why not, and what it waits for")
    explain = commands.add("explain", "Say why a stage would run again.", json="stage and reasons, [] where it is up to date")
    explain.add_argument("stage", help="name of a stage, as in `make help`")
    tracing = commands.add("trace", "Follow an identifier or a figure back to its raw files.", json="values, stages and every raw file with its checksum")
    tracing.add_argument("asked", help="building_id, roof_id, array_id, parcel_id, section_id ..., or the name of a figure")
    tracing.add_argument("--column", default=None, help="only this column")
    commands.add("summary", "Name the page to open and what was left out; Make calls this at the end.", json="page, report of the run, generated layers, what was left out and why, and figures of the public buildings")
    commands.add("run-report", "Say how the stages ran: seconds, memory, warnings, what was assumed. Writes run.json and run.html.", json="what run.json holds")
    due = commands.add("rules-due", "List the dated figures of law, market and grid that have expired, end soon, or nobody has read.", town=False, json="day, and every row with its state and the days to its end")
    due.add_argument("--on", default=None, metavar="YYYY-MM-DD", help="day to look at (default: today)")
    due.add_argument("--within", type=int, default=180, metavar="DAYS", help="what ends within so many days is due (default: %(default)s)")
    due.add_argument("--all", action="store_true", help="also list what holds and what a newer row replaced")
    sums = commands.add("checksums", "Checksums of the results (JSON), or their comparison with another machine's.", json="of a comparison: same, and the lines that are printed without it")
    sums.add_argument("--with", dest="other", type=Path, default=None, help="checksums.json of another machine, or a copy of its processed/<town>/")


def _to_bring_and_show(commands: _Commands) -> None:
    fetching = commands.add("fetch", "Download every source of a town that has an address and is not there yet.", json="what became of each source, and which layers are still generated")
    fetching.add_argument("--hosts", nargs="*", default=[], help="hosts to allow besides the publishers this project knows")
    new_town = commands.add("new-town", "Make the folder of an Italian municipality: boundary, residents, addresses of its sources.", town=False, json="name, folder and remarks")
    new_town.add_argument("istat", help="six-digit ISTAT code, e.g. 075052")
    new_town.add_argument("--raw", type=Path, default=Path("data/raw"), help="folder of the towns' folders (default: %(default)s)")
    serve = commands.add("serve", "Show the maps on this machine, to nobody else.", town=False)
    serve.add_argument("--folder", type=Path, default=Path("maps"), help="what is shown (default: %(default)s)")
    serve.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1; 0 takes a free one (default: %(default)s)")
    commands.add("site-zip", "Pack the published maps into one zip beside their folder.", json="zip, files and bytes")


def _to_measure(commands: _Commands) -> None:
    commands.add("sample-points", "Draw points for labelling in the field, and their key, into the town's folder.")
    commands.add("freeze-baseline", "Freeze today's green and canopy as the baseline of the Nature Restoration sheet, once.")
    year = commands.add("freeze-indicators", "Freeze the yearly indicators into the town's folder; Make calls this with YEAR=. What was frozen before stays.")
    year.add_argument("--year", type=int, required=True, help="year of the snapshot; that of indicators.as_of in town.yaml")
    year.add_argument("--force", default="", metavar="WHY", help="replace values that differ by the same method, and say why; the file as it was is kept beside it")


def _for_make(commands: _Commands) -> None:
    run = commands.add("run", "Run one stage; Make calls this.")
    run.add_argument("stage", help="name of a stage, as in `make help`")
    run.add_argument("--dask", default=None, help="where parallel work runs: threads, processes or tcp://host:port; by default as town.yaml says")
    run.add_argument(OPTION, type=int, default=None, metavar="PID", help="process of the run of make: until it ends its stages share the loaded libraries (Linux)")
    refresh = commands.add("refresh", "Bring the recipes up to date; Make calls this before every run.")
    refresh.add_argument("--turn", type=int, default=None, metavar="PID", help="process of the run of make that takes the town; by default it only asks")
    why = commands.add("inactive", "Say why a stage does not run for a town, and end with code 1 then; Make calls this.")
    why.add_argument("stage", help="name of a stage, as in `make help`")
    commands.add("rules", "Write rules.mk from the signatures of the stages.", town=False)
    commands.add("docs", "Write the generated documents: data dictionary, schema of town.yaml, reference pages, generated blocks of the README.", town=False)


def commands_of(made: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Name and parser of each command, in the order of the help."""
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()
