"""The stages, their inputs and their order, read from the signatures; and the text of rules.mk.

A stage is a function whose parameter names are its inputs and whose annotations are their contracts. The first lines of each
function are read with `ast`, nothing is imported, so that an answer takes milliseconds.
"""

from __future__ import annotations

import ast
import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import ContractError

Kind = Literal["Table", "Raster", "Package", "Folder"]

SERVICES = frozenset({"config", "compute", "notes", "town", "layers", "lineage", "out"})
SUFFIX: dict[str, str] = {"Table": ".parquet", "Raster": ".tif", "Package": ".gpkg"}
# Not made by plain `make`, only when asked for by name.
ON_REQUEST = frozenset({"report"})
STAGES_DIR = Path(__file__).parent / "stages"

# From "def" to the colon that ends a line, or ends it but for a comment.
_HEAD = re.compile(r"^def (\w+)\(.*?:(?=[ ]*(?:#[^\n]*)?$)", re.MULTILINE | re.DOTALL)
_DATASET = re.compile(r"^(Later\[)?(Table|Slim|Raster|Package|Folder)\[(\w+)\](?(1)\])( \| None)?$")


@dataclass(frozen=True)
class Input:
    """A dataset a stage reads: the stage that makes it, kind, contract's name, whether it may be missing, and whether bulky columns, or all of it, stay in its file."""

    name: str
    kind: Kind
    contract: str
    optional: bool
    slim: bool = False
    late: bool = False


@dataclass(frozen=True)
class Stage:
    """One stage as its signature says.

    Attributes
    ----------
    name, wing
        `solar` in `pipeline/stages/solar/solar.py` has the wing solar.
    inputs
        Datasets, in the order of the signature.
    services
        Which of config, compute, notes, town, layers, lineage, out it asks for.
    layers_optional
        True where it can run without a source layer of its own.
    kind, contract
        Of its output.
    signature
        As written, on one line.
    """

    name: str
    wing: str
    inputs: tuple[Input, ...]
    services: tuple[str, ...]
    layers_optional: bool
    kind: Kind
    contract: str
    signature: str

    @property
    def module(self) -> str:
        """Dotted name of the stage's module."""
        return f"pipeline.stages.{self.wing}.{self.name}"

    @property
    def on_request(self) -> bool:
        """True where plain `make` leaves it out."""
        return self.name in ON_REQUEST

    @property
    def has_source(self) -> bool:
        """True where it reads raw layers and cannot run without them."""
        return "layers" in self.services and not self.layers_optional

    def output(self, processed: Path, site: Path) -> Path:
        """The file that stands for the stage's result."""
        if self.kind == "Folder":
            return (site if self.contract == "Site" else processed / self.name) / "manifest.json"
        return processed / f"{self.name}{SUFFIX[self.kind]}"


def read_stages(folder: Path = STAGES_DIR) -> dict[str, Stage]:
    """All stages below `folder`, each after its inputs, else by name.

    Raises
    ------
    ContractError
        With each signature that cannot be read, each input that no stage makes, or the stages of a circle.
    """
    found: dict[str, Stage] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*/[a-z]*.py")):
        try:
            stage = _read_stage(path)
        except ContractError as error:
            problems += error.problems
        else:
            found[stage.name] = stage
    for stage in found.values():
        for i in stage.inputs:
            maker = found.get(i.name)
            if maker is None:
                problems.append(f"{stage.name}: reads {i.name}, but no stage of that name exists")
            elif (maker.kind, maker.contract) != (i.kind, i.contract):
                problems.append(f"{stage.name}: reads {i.name} as {i.kind}[{i.contract}], but it is {maker.kind}[{maker.contract}]")
    if problems:
        raise ContractError(problems)
    return _ordered(found)


def _read_stage(path: Path) -> Stage:
    name = path.stem
    function = _head(path)
    inputs: list[Input] = []
    services: list[str] = []
    layers_optional = False
    for arg in function.args.args + function.args.kwonlyargs:
        note = ast.unparse(arg.annotation) if arg.annotation else ""
        if arg.arg in SERVICES:
            services.append(arg.arg)
            layers_optional |= arg.arg == "layers" and note.endswith("| None")
            continue
        match = _DATASET.match(note)
        if not match or (match[1] and match[2] not in ("Table", "Package")):
            raise ContractError(f"{path.name}: parameter {arg.arg}: {note or 'no annotation'}; expected Table[X], Slim[X], Raster[X] or Package[X], Later[Table[X]] or Later[Package[X]], or one of {', '.join(sorted(SERVICES))}")
        slim = match[2] == "Slim"
        inputs.append(Input(arg.arg, "Table" if slim else match[2], match[3], bool(match[4]), slim, bool(match[1])))  # type: ignore[arg-type]
    made = _DATASET.match(ast.unparse(function.returns)) if function.returns else None
    if not made or made[1] or made[4] or made[2] == "Slim":
        raise ContractError(f"{path.name}: {name} must return Table[X], Raster[X], Package[X] or Folder[X]")
    signature = f"{name}({ast.unparse(function.args)}) -> {made[0]}"
    return Stage(name, path.parent.name, tuple(inputs), tuple(services), layers_optional, made[2], made[3], signature)  # type: ignore[arg-type]


def _head(path: Path) -> ast.FunctionDef:
    """The function of a stage, without its body where that can be told from the text: to parse all of fifty files would take half a second, at every stage's start."""
    text = path.read_text(encoding="utf-8")
    heads = [found[0] for found in _HEAD.finditer(text) if found[1] == path.stem]
    functions: list[ast.stmt] = []
    with contextlib.suppress(SyntaxError):
        functions = ast.parse(f"{heads[0]} ...", str(path)).body if len(heads) == 1 else []
    if len(functions) != 1:
        functions = [n for n in ast.parse(text, str(path)).body if isinstance(n, ast.FunctionDef) and n.name == path.stem]
    if len(functions) != 1 or not isinstance(functions[0], ast.FunctionDef):
        raise ContractError(f"{path.name}: expected one function named {path.stem}")
    return functions[0]


def _ordered(found: dict[str, Stage]) -> dict[str, Stage]:
    ordered: dict[str, Stage] = {}
    waiting = dict(sorted(found.items()))
    while waiting:
        ready = [s for s in waiting.values() if all(i.name in ordered for i in s.inputs)]
        if not ready:
            raise ContractError(f"these stages wait for each other: {', '.join(waiting)}")
        for stage in ready:
            ordered[stage.name] = waiting.pop(stage.name)
    return ordered


def active_stages(stages: dict[str, Stage], with_source: set[str], generated: bool) -> dict[str, str]:
    """What each stage of a town is: "" where it runs, else why it does not.

    Parameters
    ----------
    stages
        From `read_stages`.
    with_source
        Names that have an entry below `sources:` in town.yaml.
    generated
        Whether any source is synthetic, so that the stage `synthetic` is needed.

    Returns
    -------
    dict
        Stage name -> reason, in order.
    """
    why: dict[str, str] = {}
    for stage in stages.values():
        missing = [i.name for i in stage.inputs if not i.optional and why[i.name]]
        if stage.name == "synthetic" and not generated:
            why[stage.name] = "no source of this town is synthetic"
        elif stage.has_source and stage.name not in with_source:
            why[stage.name] = f"town.yaml names no source for it (sources.{stage.name})"
        elif missing:
            why[stage.name] = f"it needs {', '.join(missing)}"
        elif stage.inputs and all(why[i.name] for i in stage.inputs) and not ("layers" in stage.services and stage.name in with_source):
            why[stage.name] = f"it needs one of {', '.join(i.name for i in stage.inputs)}"
        else:
            why[stage.name] = ""
    return why


def rules_text(stages: dict[str, Stage]) -> str:
    """The text of rules.mk: one rule and one alias a stage."""
    lines = [
        "# Generated from the signatures in pipeline/stages by `make rules`; a test fails when it is stale. Do not edit.",
        "# P: the town's folder in processed, SITE: its published folder, R: its recipes; ACTIVE and GENERATED_*: from $(R)/all.mk.",
        "",
        f"ON_REQUEST := {' '.join(s.name for s in stages.values() if s.on_request)}",
        "",
    ]
    for s in stages.values():
        lines.append(f"FILE_{s.name} := {s.output(Path('$(P)'), Path('$(SITE)'))}")
    for s in stages.values():
        needs = [f"$(R)/{s.name}.json"]
        if "layers" in s.services:
            needs.append(f"$(GENERATED_{s.name})")
        needs += [f"$(call if_active,{i.name})" if i.optional else f"$(FILE_{i.name})" for i in s.inputs]
        lines += [
            "",
            f"# {s.signature}",
            f"$(FILE_{s.name}): {' '.join(needs)}",
            f"\t$(RUN) {s.name}",
            f".PHONY: {s.name}",
            f"{s.name}: $(call need,{s.name})",
        ]
    return "\n".join(lines) + "\n"
