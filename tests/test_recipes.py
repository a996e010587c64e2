"""Recipes hold every section of town.yaml that a stage's code reads, its own or not."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.fingerprint import CODE_ROOT, town_attributes
from pipeline.graph import read_stages
from pipeline.recipes import Place, make_plan

QUARTIERE = Path(__file__).parent / "towns" / "quartiere"


def recipes(folder: Path, more: str = "") -> dict[str, Any]:
    """Recipes of the generated neighbourhood with some lines more in its town.yaml."""
    town = folder / f"town{len(more)}"
    shutil.copytree(QUARTIERE, town)
    with (town / "town.yaml").open("a", encoding="utf-8") as stream:
        stream.write(more)
    return make_plan(Place(town, folder / "processed" / "quartiere", folder / "site")).recipes


@pytest.mark.parametrize(
    ("more", "changed"),
    [
        ("\nsolar: {losses: {soiling_loss: 0.05}}\n", {"solar", "profiles", "estate", "community", "finance", "actions"}),
        ("\nladder: {sizes_kwp: [2, 5, 20]}\n", {"ladder"}),
        ("\nfinance: {as_of: 2026-10}\n", {"estate", "community", "finance", "actions", "webmap", "report"}),  # pages and report say of what month prices are
    ],
)
def test_a_section_reruns_the_stages_that_read_it_and_no_other(tmp_path: Path, more: str, changed: set[str]) -> None:
    before, after = recipes(tmp_path), recipes(tmp_path, more)
    assert {name for name in before if before[name] != after[name]} == changed


def test_a_page_that_prints_a_threshold_reads_its_section() -> None:
    assert "green" in town_attributes(read_stages()["webmap"])


def test_the_whole_config_is_called_town_everywhere() -> None:
    """Else a section could be read without standing in the recipe."""
    odd = []
    for path in sorted((CODE_ROOT / "pipeline").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.arg) and node.annotation is not None and ast.unparse(node.annotation) in ("Town", "Town | None") and node.arg != "town":
                odd.append(f"{path.name}: {node.arg}")
    assert not odd
