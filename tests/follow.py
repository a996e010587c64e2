"""Follow a page of the documentation word by word, in a copy of the checkout.

    python tests/follow.py docs/tutorial/your-own-town.md

A page says what to do in the line above a code block: "Write `path`:", "Add at the end of `path`:", "In `path`, below the line that
begins with `words`, add:", "In `path`, in the place of the line that begins with `words`, write:" or "Run:". Other blocks are only shown.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^(?P<say>[^\n]+):\n\n```(?P<lang>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
SAYS = {
    "write": re.compile(r"(?:.* )?Write `([^`]+)`"),
    "append": re.compile(r"(?:.* )?Add at the end of `([^`]+)`"),
    "below": re.compile(r"(?:.* )?In `([^`]+)`, below the line that begins with `([^`]+)`, add"),
    "place": re.compile(r"(?:.* )?In `([^`]+)`, in the place of the line that begins with `([^`]+)`, write"),
    "run": re.compile(r"Run"),
}


class Step(NamedTuple):
    """One thing a page asks for: what, in which file, at which line, and the block."""

    what: str
    path: str
    line: str
    text: str


def steps(page: Path) -> list[Step]:
    """What a page asks for, in order."""
    found: list[Step] = []
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        for what, pattern in SAYS.items():
            if said := pattern.fullmatch(block["say"]):
                path, line = (*said.groups(), "", "")[:2]
                found.append(Step(what, path, line, block["text"]))
    return found


def checkout(target: Path) -> Path:
    """A copy of the checkout without what was made, on the same libraries; small enough to take a second."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("Makefile", "rules.mk", "README.md", "requirements.lock", "pyproject.toml"):
        shutil.copy2(ROOT / name, target / name)
    shutil.copytree(ROOT / "pipeline", target / "pipeline")
    shutil.copytree(ROOT / "docs", target / "docs", ignore=shutil.ignore_patterns("img"))
    for test in ("tests/conftest.py", "tests/towns"):
        (shutil.copytree if (ROOT / test).is_dir() else shutil.copy2)(ROOT / test, _parent(target / test))
    shutil.copytree(ROOT / "tests", target / "tests", ignore=shutil.ignore_patterns("*.py", "__pycache__", "browser", "towns"), dirs_exist_ok=True)
    (target / ".venv").symlink_to((ROOT / ".venv").resolve())
    return target


def _parent(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def follow(found: list[Step], folder: Path) -> list[str]:
    """Do what steps ask for; gives what each "Run" printed.

    Raises
    ------
    AssertionError
        With the output of the command that failed.
    """
    said: list[str] = []
    for step in found:
        path = folder / step.path
        if step.what == "run":
            said.append(_run(step.text, folder))
        elif step.what == "write":
            _parent(path).write_text(step.text, encoding="utf-8")
        elif step.what == "append":
            text = path.read_text(encoding="utf-8")
            path.write_text(text + ("\n\n" if path.suffix == ".py" else "") + step.text, encoding="utf-8")
        else:
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            at = [n for n, line in enumerate(lines) if line.startswith(step.line)]
            assert len(at) == 1, f"{step.path}: {len(at)} lines begin with {step.line!r}, expected one"
            path.write_text("".join([*lines[: at[0] + (step.what == "below")], step.text, *lines[at[0] + 1 :]]), encoding="utf-8")
    return said


def _run(text: str, folder: Path) -> str:
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTEST_ADDOPTS")}
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def main(page: str) -> None:
    """Follow a whole page in a fresh copy, and show what was printed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = checkout(Path(folder) / "copy")
        for step in steps(Path(page)):
            print(f"--- {step.what} {step.path}".rstrip())
            for said in follow([step], copy):
                print(f"{step.text.rstrip()}\n{said}")


if __name__ == "__main__":
    main(sys.argv[1])
