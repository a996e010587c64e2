"""Every note that a stage writes in plain sight has an Italian: read from the code, so that a new one without fails here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.maps.italian import note

PACKAGE = Path(__file__).resolve().parents[2] / "pipeline"
# Words of another program, handed on as they came: GDAL's warnings on a file.
FOREIGN = {"7: 7"}
KINDS = {"warn": False, "assume": False, "count": True, "figure": True}


def spoken(node: ast.expr) -> str | None:
    """The text of a literal, a formatted string or a sum of both, with 7 in its places; None where it is a variable."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "7" for v in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = spoken(node.left), spoken(node.right)
        return None if None in parts else "".join(p or "" for p in parts)
    return None


def notes_of(source: str) -> Iterator[tuple[int, str, str]]:
    """Line, kind and text of each note in a module."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in KINDS and node.args):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "notes"):
            continue
        first = node.args[0]
        for one in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
            if (text := spoken(one)) is not None:
                yield node.lineno, node.func.attr, text


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_note_has_an_italian(path: Path) -> None:
    lacking = [f"line {line}: {kind}: {text}" for line, kind, text in notes_of(path.read_text(encoding="utf-8")) if text not in FOREIGN and note(text, name=KINDS[kind]).it == text]
    assert lacking == [], "add these to pipeline/maps/phrases_notes.py (warn, assume) or phrases_counts.py (count, figure)"


def test_a_note_without_an_italian_is_found() -> None:
    found = list(notes_of('notes.warn(f"{a} things " "went wrong")\nnotes.count(variable, 1)\nnotes.figure("x" if y else "z_m2", 1.0)'))
    assert found == [(1, "warn", "7 things went wrong"), (3, "figure", "x"), (3, "figure", "z_m2")]


@pytest.mark.parametrize("name", ["pattern", "places"])
def test_the_italian_keeps_the_values(name: str) -> None:
    made = note("12 buildings do not show in the surface model: it is older than they are, or they are gone") if name == "pattern" else note("Households have 2.39 people on average.")
    assert ("12" if name == "pattern" else "2.39") in made.it and made.it != made.en
