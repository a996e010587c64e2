"""The generated documents: data dictionary, schema of town.yaml, reference pages, and the counts in the README."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from pipeline.config.sources import SourceKind
from pipeline.config.town import Town
from pipeline.contracts.spec import Column, FolderSpec, PackageSpec, RasterSpec, TableSpec
from pipeline.errors import ContractError
from pipeline.graph import Stage, read_stages
from pipeline.reference import ROOT, cli_page, config_keys, config_page, make_page, stages_page
from pipeline.runner import contract


def data_dictionary() -> str:
    """docs/data.md: every dataset, column and band with unit, range and meaning."""
    lines = [
        "# Data dictionary",
        "",
        "Generated from `pipeline/contracts` by `make docs`; a test fails when it is stale.",
        "",
        "Everything is in `data/processed/<town>/`, in the town's projected reference system; beside each file stands `<stage>.meta.json`",
        "with its checksum, its recipe, its sources and licences, and what was counted and assumed on the way. Missing values are null (NaN).",
        "A column of bytes[n] holds n numbers of 0 to 255, one in each byte; bytes without a number in brackets are as many as a row has.",
        "",
    ]
    for stage in read_stages().values():
        lines += _dataset(stage)
    return "\n".join(lines)


def _dataset(stage: Stage) -> list[str]:
    spec = contract(stage.contract)
    name = stage.output(Path(), Path("maps/<town>")).as_posix()
    lines = [f"## `{name}`", "", f"{spec.title_en} / *{spec.title_it}*. Made by the stage `{stage.name}`.", ""]
    if issubclass(spec, TableSpec):
        lines += _table(spec)
    elif issubclass(spec, PackageSpec):
        for layer, table in spec.layers.items():
            lines += [f"### Layer {layer}", "", f"{table.title_en} / *{table.title_it}*.", "", *_table(table)]
    elif issubclass(spec, RasterSpec):
        lines += [f"Cells: {spec.dtype}, not known = {spec.nodata}.", "", "| band | unit | range | meaning | significato |", "|---|---|---|---|---|"]
        lines += [f"| {b.name} | {b.unit} | {_range(b.low, b.high)} | {b.en} | {b.it} |" for b in spec.bands]
        lines.append("")
    else:
        assert issubclass(spec, FolderSpec)
        lines += ["A folder; `manifest.json` lists its files with size and SHA-256 and is written last.", ""]
    return lines


def _table(spec: type[TableSpec]) -> list[str]:
    geometry = f"{spec.geometry}" if spec.geometry else "none"
    lines = [f"Key: {', '.join(f'`{k}`' for k in spec.key)}. Geometry: {geometry}.", "", "| column | type | unit | range | meaning | significato |", "|---|---|---|---|---|---|"]
    for name, column in spec.columns().items():
        lines.append(f"| `{name}` | {_type(column)} | {column.unit} | {_values(column)} | {column.en} | {column.it} |")
    return [*lines, ""]


def _type(column: Column) -> str:
    text = f"{column.dtype}[{column.length}]" if column.length else column.dtype
    return text if column.required else f"{text}, may be missing"


def _values(column: Column) -> str:
    return ", ".join(column.values) if column.values else _range(column.low, column.high)


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"≥ {low:g}"
    return f"{low:g} to {high:g}"


def town_schema() -> str:
    """docs/town.schema.json: what an editor needs to check and complete a town.yaml."""
    return json.dumps(Town.model_json_schema(), ensure_ascii=False, indent=1) + "\n"


def readme() -> str:
    """README.md with its block of counts renewed."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return renewed(text, "counted", counts())


def renewed(text: str, name: str, content: str) -> str:
    """A text whose block between `<!-- name: begin -->` and `<!-- name: end -->` holds `content`.

    Raises
    ------
    ContractError
        When the text has no such block.
    """
    begin, end = f"<!-- {name}: begin, written by `make docs` -->", f"<!-- {name}: end -->"
    before, there, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not there or not closed:
        raise ContractError(f"no block {begin} ... {end}; expected one to write into")
    return f"{before}{begin}\n{content}\n{end}{after}"


def counts() -> str:
    """How much there is, counted in the code."""
    stages = read_stages()
    columns = sum(len(t.columns()) for s in stages.values() for t in _tables(contract(s.contract)))
    keys = sum(map(len, config_keys().values()))
    kinds = len(get_args(SourceKind))
    return (
        f"{len(stages)} stages; {columns} columns of tables, each with type, unit, range and meaning ([data dictionary](docs/data.md)); {kinds} kinds of source files "
        f"([list](docs/conventions.md#source-kinds)); {keys} keys of `town.yaml`, each with its default and its meaning ([list](docs/reference/config.md))."
    )


def _tables(spec: Any) -> list[type[TableSpec]]:
    if issubclass(spec, TableSpec):
        return [spec]
    return list(spec.layers.values()) if issubclass(spec, PackageSpec) else []


GENERATED: dict[str, Callable[[], str]] = {
    "docs/data.md": data_dictionary,
    "docs/town.schema.json": town_schema,
    "docs/reference/config.md": config_page,
    "docs/reference/cli.md": cli_page,
    "docs/reference/make.md": make_page,
    "docs/reference/stages.md": stages_page,
    "README.md": readme,
}
