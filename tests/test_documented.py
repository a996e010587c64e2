"""Nothing without its documents: columns, targets, variables, config keys, commands, options, stages."""

from __future__ import annotations

import argparse
import importlib
import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from pipeline.commandline import EXAMPLES, commands_of, parser
from pipeline.config.sources import SourceKind
from pipeline.config.town import Sources, Town
from pipeline.contracts.spec import PackageSpec, RasterSpec, TableSpec
from pipeline.documents import data_dictionary
from pipeline.graph import Stage, read_stages
from pipeline.reference import config_keys, make_targets, make_variables, stage_docs
from pipeline.runner import CONTRACT_MODULES

STAGES = read_stages()


def _specs() -> list[type]:
    found: list[type] = []
    for name in CONTRACT_MODULES:
        module = importlib.import_module(f"pipeline.contracts.{name}")
        found += [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, TableSpec | RasterSpec | PackageSpec) and v.__module__ == module.__name__]
    return found


def test_every_column_and_band_says_what_it_is_in_both_languages() -> None:
    silent = []
    for spec in _specs():
        if issubclass(spec, TableSpec):
            silent += [f"{spec.__name__}.{n}" for n, c in spec.columns().items() if not (c.en.strip() and c.it.strip())]
        elif issubclass(spec, RasterSpec):
            silent += [f"{spec.__name__}.{b.name}" for b in spec.bands if not (b.en.strip() and b.it.strip())]
    assert silent == []


def test_every_dataset_of_a_stage_is_in_the_data_dictionary() -> None:
    text = data_dictionary()
    assert [s.name for s in STAGES.values() if f"Made by the stage `{s.name}`" not in text] == []


def test_every_key_of_town_yaml_says_what_it_is() -> None:
    silent = [f"{section}.{k.place}" for section, keys in config_keys().items() for k in keys if len(k.text) < 5]
    assert silent == []
    private = [k.place for keys in config_keys().values() for k in keys if re.search(r"\b(SOLAR|LAND|MAPS|INPUTS|CLIMATE)\b", k.text)]
    assert private == [], "a source is a paper, a standard, a data set or a judgement, never a note that is not in the repository"


def test_every_section_belongs_to_a_stage_and_says_so() -> None:
    for name in Town.model_fields.keys() - {"name", "code", "epsg", "languages", "sources", "dask"}:
        assert name in STAGES, f"town.yaml has a section {name}, but no stage of that name reads it"
        assert (Town.model_fields[name].annotation.__doc__ or "").strip(), name
    assert [n for n in Sources.model_fields if n not in STAGES] == []


def test_every_source_kind_is_in_the_conventions(root: Path) -> None:
    table = (root / "docs/conventions.md").read_text(encoding="utf-8").split("## Source kinds")[1]
    first = " ".join(re.findall(r"^\| ([^|]+) \|", table, re.M))
    assert [k for k in get_args(SourceKind) if k not in re.findall(r"\w+", first)] == []


def test_every_target_and_variable_of_make_says_what_it_does(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    assert [t.name for t in make_targets() if not t.text] == []
    assert [name for name, _, text in make_variables() if not text] == []
    declared = re.findall(r"[\w-]+", re.search(r"^PLAIN_GOALS := (.*)$", makefile, re.M)[1])  # type: ignore[index]
    assert sorted({*declared, "town"} - {t.name for t in make_targets()}) == []
    # What a recipe takes from the command line is in the words of a target, or is a variable of all.
    taken = set(re.findall(r"\$\((?:if |or )?\$?\(?([A-Z]{2,})\b", makefile)) - set(re.findall(r"^([A-Z_]+) *[:?]?=", makefile, re.M))
    words = " ".join(t.text for t in make_targets())
    assert sorted(v for v in taken - {"MAKEFLAGS", "MAKECMDGOALS", "ACTIVE", "MAKE", "MAKEFILE_LIST"} if f"{v}=" not in words) == []


@pytest.mark.parametrize("stage", STAGES.values(), ids=list(STAGES))
def test_every_stage_says_what_it_does_and_what_each_input_is_for(stage: Stage) -> None:
    text, said = stage_docs(stage)
    assert text
    asked = [i.name for i in stage.inputs] + list(stage.services)
    assert [n for n in asked if not said.get(n)] == []


def test_every_command_and_option_has_help_and_examples_that_parse() -> None:
    made = parser()
    for name, sub in commands_of(made):
        assert sub.description, name
        for action in sub._actions:
            assert action.help and action.help != argparse.SUPPRESS, f"{name} {action.dest}"
        assert EXAMPLES[name]
        for example in EXAMPLES[name]:
            words = re.split(r" [|>] ", example)[0].split()
            assert made.parse_args(words).name == name


def test_make_calls_only_commands_that_exist(root: Path) -> None:
    text = (root / "Makefile").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"\$\(PY\) ([a-z-]+)", text)) - {n for n, _ in commands_of(parser())}) == []


def test_what_the_pages_tell_one_to_type_exists(root: Path) -> None:
    """Every `make target` in README, CONTRIBUTING, SECURITY and docs is a target or a stage."""
    known = {t.name for t in make_targets()} | set(STAGES) | {".venv/.ready"}
    wrong = []
    for page in (*root.glob("*.md"), *(root / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        typed = re.findall(r"`make ([^`]*)`", text) + re.findall(r"^\s*make ([^#\n]*)", "\n".join(re.findall(r"^```\n(.*?)^```", text, re.M | re.S)), re.M)
        for words in typed:
            goals = [w for w in re.split(r"    | > ", words)[0].split() if re.fullmatch(r"[a-z.][a-z./-]*", w)]
            wrong += [f"{page.name}: make {g}" for g in goals if g not in known and page.name != "add-a-metric.md"]
    assert wrong == []


def test_the_python_versions_of_the_readme_are_those_of_the_project(root: Path) -> None:
    low, high = re.findall(r"3\.(\d+)", tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"])
    said = f"3.{low} to 3.{int(high) - 1}"
    assert f"Python {said}" in (root / "README.md").read_text(encoding="utf-8")


def test_the_signature_in_the_readme_is_the_stages_own(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```python\ndef (.*?):\n```", text, re.S)
    assert shown and " ".join(shown[1].split()) == STAGES["solar"].signature


def test_links_of_the_pages_at_the_top_lead_somewhere(root: Path) -> None:
    """Those below docs are checked when the site is built."""
    lost = [f"{p.name}: {link}" for p in root.glob("*.md") for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", p.read_text(encoding="utf-8")) if not (root / link).exists()]
    assert lost == []
