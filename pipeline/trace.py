"""From a number on the map back to the files it was made of: `make trace ID=...`.

An identifier leads to its rows in the tables, each row to the stage that wrote it, each stage to its config section, its code and
its inputs, and so on to the raw files with their checksums and licences. All of it stands in the sidecars; nothing is computed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.contracts.spec import Column, PackageSpec, TableSpec
from pipeline.errors import InputError
from pipeline.fingerprint import Cache
from pipeline.graph import Stage
from pipeline.io.found import first_row, rows_of
from pipeline.io.sidecar import read_json, sha256_of, stat_of
from pipeline.recipes import Place, Plan, make_plan, upstream
from pipeline.runner import contract

# Columns that name a thing, the thing's own first.
KEYS = ("array_id", "roof_id", "obstacle_id", "building_id", "parcel_id", "section_id", "street_id", "greens_id", "ledger_id", "estate_id", "initiative_id", "report_id", "action_id", "mismatch_id", "zone_id", "town_id")
PUBLISHED = "atlas"
LINES = 60  # of one table, in plain text


@dataclass(frozen=True)
class Value:
    """One number or word: where it stands, what it means, and the stage that made it."""

    table: str
    column: str
    value: Any
    unit: str
    meaning: str
    made_by: str


@dataclass(frozen=True)
class Step:
    """One stage on the way: its file, whether that is still the file that was written, and all that decided it."""

    stage: str
    file: str
    sha256: str
    state: str
    code: str
    config: dict[str, Any]
    inputs: dict[str, str]
    changed_inputs: tuple[str, ...]
    sources: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Trace:
    """What was asked for, its values, the steps from the last to the first, and the raw files."""

    asked: str
    town: str
    values: tuple[Value, ...]
    steps: tuple[Step, ...]
    raw: tuple[dict[str, Any], ...]
    generated: str

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def trace(place: Place, asked: str, column: str | None = None) -> Trace:
    """Follow an identifier, or the name of a figure, to its sources.

    Parameters
    ----------
    place
        The town.
    asked
        An identifier (building_id, roof_id, array_id, parcel_id, section_id ...), or the name of a figure: a column of the town's
        row in the atlas or a measured figure of a stage.
    column
        Only this column.

    Raises
    ------
    InputError
        When nothing of that name is there, or no stage has run yet.
    """
    plan = make_plan(place, with_recipes=False)
    made = [s for s in plan.active if place.sidecar(s.name).exists()]
    if not made:
        raise InputError(f"{place.processed}: nothing has been made yet; run `make` first")
    values = _of_identifier(plan, made, asked) or _of_figure(plan, made, asked)
    values = [v for v in values if column in (None, v.column)]
    if not values:
        also = f" with a column {column}" if column else ""
        raise InputError(f"{asked}: no identifier and no figure of that name{also} in {place.processed}; expected one as the map shows it (a building, roof, array, parcel, section ...), or a column of the town's figures, e.g. kwh_year, sealed_share")
    wanted = {v.made_by for v in values}
    names = wanted.union(*(upstream(plan, plan.stages[w]) for w in wanted))
    cache = Cache(place.recipes / "hashes.json")
    steps = [_step(plan, plan.stages[n]) for n in reversed(list(plan.stages)) if n in names and place.sidecar(n).exists()]
    raw = [r for s in steps for r in _raw(plan, s.stage, cache)]
    notice = (read_json(place.sidecar(steps[0].stage)) or {}).get("generated_layers", "")
    return Trace(asked, plan.town.name, tuple(values), tuple(steps), tuple(raw), notice)


def _tables(plan: Plan, stage: Stage) -> list[tuple[str | None, type[TableSpec]]]:
    spec = contract(stage.contract)
    if issubclass(spec, PackageSpec):
        return list(spec.layers.items())
    return [(None, spec)] if issubclass(spec, TableSpec) else []


def _of_identifier(plan: Plan, made: list[Stage], asked: str) -> list[Value]:
    """Values of every row whose own key is the identifier, the published ones first."""
    found: list[Value] = []
    for stage in sorted(made, key=lambda s: s.name != PUBLISHED):
        path = stage.output(plan.place.processed, plan.place.site)
        for layer, spec in _tables(plan, stage):
            own = next((k for k in KEYS if k in spec.key), None)
            if own is None or not path.exists():
                continue
            for row in rows_of(path, own, asked, layer):
                found += _values(plan, stage, layer, spec, row)
    return found


def _of_figure(plan: Plan, made: list[Stage], asked: str) -> list[Value]:
    """A column of the town's row, or a figure a stage measured."""
    found: list[Value] = []
    for stage in made:
        figures = (read_json(plan.place.sidecar(stage.name)) or {}).get("lineage", {}).get(stage.name, {}).get("figures", {})
        if asked in figures:
            found.append(Value(f"{stage.name}.meta.json", asked, figures[asked], "", "a figure the stage measured", stage.name))
    atlas = plan.stages.get(PUBLISHED)
    path = plan.place.processed / f"{PUBLISHED}.gpkg"
    if atlas in made and path.exists():
        spec = contract("Atlas").layers["town"]
        row = {k: v for k, v in first_row(path, "town").items() if k == asked}
        found = _values(plan, plan.stages[PUBLISHED], "town", spec, row) + found
    return found


def _values(plan: Plan, stage: Stage, layer: str | None, spec: type[TableSpec], row: dict[str, Any]) -> list[Value]:
    columns, table = spec.columns(), f"{stage.name}{f', layer {layer}' if layer else ''}"
    out = []
    for name, value in row.items():
        column = columns.get(name, Column("str", "", "", ""))
        out.append(Value(table, name, value, column.unit, column.en, _maker(plan, stage, spec, name) if stage.name == PUBLISHED else stage.name))
    return out


def _maker(plan: Plan, stage: Stage, spec: type[TableSpec], column: str) -> str:
    """The stage a published column was taken from: an input with the column and the same key, or by zone, or with the key among its columns (then it is
    summed); the publishing stage itself where no input has it."""
    own = next((k for k in KEYS if k in spec.key), "")
    tiers: list[list[str]] = [[], [], []]
    for name in (n for n in plan.stages if n in {i.name for i in stage.inputs} and not plan.inactive[n]):
        for _, table in _tables(plan, plan.stages[name]):
            if column in table.columns():
                tier = 0 if own in table.key else 1 if "zone_id" in table.key else 2 if own in table.columns() or own == "zone_id" else 3
                if tier < 3:
                    tiers[tier].append(name)
    return next((names[0] for names in tiers if names), stage.name)


def _step(plan: Plan, stage: Stage) -> Step:
    place = plan.place
    sidecar = read_json(place.sidecar(stage.name)) or {}
    path, recipe = stage.output(place.processed, place.site), sidecar.get("recipe", {})
    inputs = {k: v for k, v in sidecar.get("inputs", {}).items() if v}
    now = {name: (read_json(place.sidecar(name)) or {}).get("sha256") for name in inputs}
    config = dict(recipe.get("config", {}))
    if sections := recipe.get("sections"):
        config |= {f"({name})": section for name, section in sections.items()}
    own = sidecar.get("lineage", {}).get(stage.name, {})
    return Step(
        stage.name, str(sidecar.get("file", path.name)), sidecar.get("sha256", ""), _state(place, stage, path, sidecar.get("sha256")), recipe.get("code", ""), config, inputs,
        tuple(n for n, sha in inputs.items() if now[n] != sha), tuple(own.get("sources", [])),
    )  # fmt: skip


def _state(place: Place, stage: Stage, path: Path, written: str | None) -> str:
    state = stat_of(path)
    if state is None:
        return "the file is missing"
    record = read_json(place.run_record(stage.name)) or {}
    same = (record.get("state"), record.get("sha256")) == (state, written) or sha256_of(path) == written
    return "as written" if same else "CHANGED since it was written"


def _raw(plan: Plan, name: str, cache: Cache) -> list[dict[str, Any]]:
    """Raw files of a stage as its recipe recorded them, and whether they are still the same; of generated layers, their files in the manifest."""
    sidecar = read_json(plan.place.sidecar(name)) or {}
    manifest = (read_json(plan.place.processed / "synthetic" / "manifest.json") or {}).get("files", {})
    out = []
    for layer in sidecar.get("recipe", {}).get("layers", []):
        about = {k: layer.get(k, "") for k in ("kind", "title", "licence", "attribution", "date", "url")} | {"stage": name, "generated": bool(layer.get("synthetic"))}
        for file in layer.get("files", []):
            path = plan.place.town_dir / file["path"]
            state = "missing now" if not path.is_file() else "as read" if cache.sha256(path) == file["sha256"] else "CHANGED since it was read"
            out.append(about | {"file": _shown(file["path"]), "size": file["size"], "sha256": file["sha256"], "state": state})
            out += [about | {"file": n, "size": None, "sha256": sha, "state": "beside it"} for n, sha in file.get("with", {}).items()]
        if layer.get("synthetic"):
            pattern = Path(layer["path"]).relative_to("synthetic")
            out += [about | {"file": f"synthetic/{n}", "size": f["size"], "sha256": f["sha256"], "state": "generated"} for n, f in sorted(manifest.items()) if Path(n).match(pattern.as_posix()) or _companion(n, pattern)]
    return out


def _companion(name: str, pattern: Path) -> bool:
    """A side file of a shapefile."""
    return pattern.suffix == ".shp" and Path(name).with_suffix(".shp") == pattern


def _shown(path: str) -> str:
    """A raw file's path in the town's folder; elsewhere only its name, since a trace may be handed on."""
    return path if not Path(path).is_absolute() and ".." not in Path(path).parts else Path(path).name


def _value_line(v: Value) -> str:
    text = "not known" if v.value is None else f"{v.value:.6g}" if isinstance(v.value, float) else str(v.value)
    return f"  {v.column:<26} {text:>14} {v.unit:<10} made by {v.made_by:<12} {v.meaning}"


def lines_of(found: Trace, shown: int = 12) -> list[str]:
    """The trace as plain text."""
    lines = [f"{found.asked} in {found.town}", ""]
    for table in dict.fromkeys(v.table for v in found.values):
        values = [v for v in found.values if v.table == table]
        lines.append(f"{table}:")
        lines += [_value_line(v) for v in values[:LINES]]
        if len(values) > LINES:
            lines.append(f"  and {len(values) - LINES} more values of this table (all with --json)")
    lines += ["", "How it was made, the last stage first:"]
    for s in found.steps:
        lines.append(f"  {s.stage:<12} {s.file:<24} sha256 {s.sha256[:16]}  {s.state}; code {s.code[:12]}")
        if s.config:
            lines.append("               config  " + ", ".join(f"{k}: {v}" for k, v in s.config.items()))
        if s.inputs:
            lines.append("               from    " + ", ".join(f"{k} {v[:8]}" for k, v in s.inputs.items()))
        if s.changed_inputs:
            lines.append(f"               OLDER than its input {', '.join(s.changed_inputs)}: `make` brings it up to date")
    lines += ["", "Raw files:"]
    by_layer: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for r in found.raw:
        by_layer.setdefault((r["stage"], r["title"] or r["kind"]), []).append(r)
    for (stage, title), files in by_layer.items():
        about = files[0]
        lines.append(f"  {stage:<12} {title}; {about['licence'] or 'no licence stated'}; {about['attribution']}{'; ' + about['date'] if about['date'] else ''}")
        lines += [f"               {f['file']}  {'' if f['size'] is None else format(f['size'], ',') + ' bytes  '}sha256 {f['sha256']}  {f['state']}" for f in files[:shown]]
        if len(files) > shown:
            lines.append(f"               and {len(files) - shown} more files of this layer (all with --json)")
    if found.generated:
        lines += ["", f"Generated, not surveyed (demonstration data): {found.generated}"]
    return lines
