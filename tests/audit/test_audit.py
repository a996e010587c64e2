"""The audit says what it knows, and says plainly when it could not ask."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.audit import locked, told


def run(root: Path, folder: Path, script: str | None) -> subprocess.CompletedProcess[str]:
    """The command with a stand-in for pip-audit, or with an index that does not answer."""
    if script is not None:
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "pip-audit").write_text(f"#!{sys.executable}\n{script}\n", encoding="utf-8")
        (folder / "bin" / "pip-audit").chmod(0o755)
    environment = {"PATH": "/usr/bin:/bin", "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": "/dev/null"}
    return subprocess.run([sys.executable, "tests/audit/audit.py", "--tool", str(folder)], cwd=root, env=environment, capture_output=True, text=True, check=False)


def answer(vulns: str) -> str:
    return f'print(\'{{"dependencies": [{{"name": "numpy", "version": "2.0", "vulns": {vulns}}}, {{"name": "dask", "version": "1", "vulns": []}}]}}\')'


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        (answer("[]"), 0, "2 of"),
        (answer('[{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.1"]}]'), 1, "numpy 2.0: PYSEC-1 (CVE-1); mended in 2.1"),
        ("import sys; sys.exit('ConnectionError: https://user@index.example/simple no route')", 2, "NOT AUDITED"),
        ("print('not json')", 2, "the advisory database gave no answer"),
    ],
    ids=["nothing known", "something known", "no network", "no answer"],
)
def test_each_answer_has_its_code(script: str, code: int, words: str, root: Path, tmp_path: Path) -> None:
    done = run(root, tmp_path / "tool", script)
    assert (done.returncode, words in done.stdout + done.stderr) == (code, True), done
    assert "index.example" not in done.stdout + done.stderr


def test_an_index_that_does_not_answer_is_said(root: Path, tmp_path: Path) -> None:
    done = run(root, tmp_path / "tool", None)
    assert done.returncode == 2 and "cannot be installed" in done.stderr and "NOT AUDITED" in done.stderr
    assert "127.0.0.1" not in done.stderr


def test_nothing_asked_is_not_nothing_known(root: Path) -> None:
    code, lines = told([{"name": "numpy", "skip_reason": "no such package"}], 3)
    assert code == 2 and "NOT AUDITED" in lines[-1] and "not asked: numpy" in lines[0]
    assert locked(root / "requirements.lock") > 50
