"""Generated files are committed and current; `pytest --fix` writes them anew."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from pipeline.documents import GENERATED
from pipeline.graph import read_stages, rules_text

FILES = {"rules.mk": lambda: rules_text(read_stages())} | GENERATED


@pytest.mark.parametrize("name", sorted(FILES))
def test_generated_file_is_current(name: str, root: Path, fix: bool) -> None:
    wanted = FILES[name]()
    path = root / name
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    if fix and found != wanted:
        path.write_text(wanted, encoding="utf-8")
        return
    diff = "".join(difflib.unified_diff(found.splitlines(True), wanted.splitlines(True), name, "wanted", n=1))
    assert found == wanted, f"{name} is stale; `make rules docs` or `pytest --fix` mends it\n{diff[:3000]}"
