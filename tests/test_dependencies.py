"""Each library is used, has its reason in the documents, and is locked with hashes."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

# Where the name to import differs from the name to install.
IMPORTED = {"pillow": "PIL", "pyyaml": "yaml"}
# openpyxl looks for it; tests/io/test_registers.py holds a workbook with entities against it.
FOR_ANOTHER = {"defusedxml"}


def declared(root: Path) -> list[str]:
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return [re.split(r"[\[<>=]", d)[0] for d in tomllib.loads(text)["project"]["dependencies"]]


def test_each_has_its_reason(root: Path) -> None:
    words = set(re.findall(r"[\w-]+", (root / "docs/dependencies.md").read_text(encoding="utf-8")))
    assert [d for d in declared(root) if d not in words] == []


def test_each_is_imported(root: Path) -> None:
    found: set[str] = set()
    for path in (root / "pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {a.name.partition(".")[0] for a in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    assert [d for d in declared(root) if IMPORTED.get(d, d) not in found and d not in FOR_ANOTHER] == []


def test_the_lock_names_no_registry_and_hashes_everything(root: Path) -> None:
    for name in ("requirements.lock", "requirements-towns.lock"):
        text = (root / name).read_text(encoding="utf-8")
        assert "http" not in text and "index-url" not in text
        for entry in re.split(r"\n(?=[A-Za-z0-9])", text):
            if "==" in entry:
                assert "--hash=sha256:" in entry, entry[:60]
