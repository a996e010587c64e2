"""Generated files are committed and current; `pytest --fix` writes them anew."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from pipeline.documents import GENERATED
from pipeline.errors import ContractError
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


@pytest.mark.parametrize(
    "text",
    [
        "def trees(boundary: Table[Boundary], layers: Layers) -> Table[Trees]:\n    def trees() -> None: ...\n",
        "def _one(x: int) -> int: return x\n\ndef trees(boundary: Table[Boundary], layers: Layers) -> Table[Trees]:  # all of: them\n    ...\n",
        "def trees(\n    boundary: Table[Boundary],  # one of:\n    layers: Layers,\n) -> Table[Trees]:\t# told\n    pass\n",
        'def trees(boundary: Table[Boundary], layers: Layers) -> Table[Trees]: return 1\n',
        '"""As in\ndef trees(a):\n"""\n@told\ndef trees(boundary: Table[Boundary], layers: Layers) -> Table[Trees]:\n    pass\n',
    ],
)
def test_a_signature_is_read_however_it_is_written(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "boundary.py").write_text("def boundary(layers: Layers) -> Table[Boundary]:\n    pass\n")
    (folder / "trees.py").write_text(text)
    assert read_stages(tmp_path)["trees"].signature == "trees(boundary: Table[Boundary], layers: Layers) -> Table[Trees]"


def test_a_file_without_its_function_is_named(tmp_path: Path) -> None:
    (tmp_path / "land").mkdir()
    (tmp_path / "land/trees.py").write_text("def tree(): ...\n")
    with pytest.raises(ContractError, match=r"trees\.py: expected one function named trees"):
        read_stages(tmp_path)
