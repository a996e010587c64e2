"""Known vulnerabilities of the locked libraries: `make audit`.

pip-audit (Apache-2.0, PyPA) is installed into a folder of its own, never into the project's environment, and asks the advisory
database about each pinned version. Exit code 0: asked, nothing known. 1: something is known. 2: it could not be asked; that is
said in as many words, since no answer is not a good answer.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / ".artefacts" / "audit"
NOT_ASKED = "NOT AUDITED: nothing is known about vulnerabilities of the {number} locked libraries, neither good nor bad."


def locked(lock: Path) -> int:
    """Pinned libraries of a lock file."""
    return len(set(re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)))


def tool(folder: Path) -> Path | str:
    """pip-audit, installed if need be; else why not."""
    command = folder / "bin" / "pip-audit"
    if command.exists():
        return command
    made = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"no environment for pip-audit ({_last(made.stderr)})"
    got = subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pip-audit"], capture_output=True, text=True, check=False)
    return command if got.returncode == 0 and command.exists() else f"pip-audit cannot be installed: the package index does not answer or does not have it ({_last(got.stderr)})"


def ask(command: Path, lock: Path) -> list[dict[str, Any]] | str:
    """The libraries with what is known about them; else why there is no answer."""
    done = subprocess.run([str(command), "--requirement", str(lock), "--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"], capture_output=True, text=True, check=False)
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError, TypeError):
        return f"the advisory database gave no answer ({_last(done.stderr)})"


def told(answer: list[dict[str, Any]], number: int) -> tuple[int, list[str]]:
    """Exit code and lines for an answer."""
    known = [(d, v) for d in answer for v in d.get("vulns", [])]
    skipped = [d["name"] for d in answer if d.get("skip_reason")]
    asked = len(answer) - len(skipped)
    lines = [f"{d['name']} {d.get('version', '')}: {v['id']}{' (' + ', '.join(v['aliases']) + ')' if v.get('aliases') else ''}; mended in {', '.join(v.get('fix_versions', [])) or 'no version yet'}" for d, v in known]
    lines += [f"not asked: {', '.join(skipped)}"] if skipped else []
    lines.append(f"{asked} of {number} locked libraries asked, {len(known)} known vulnerabilities")
    if known:
        return 1, [*lines, "Next: raise the version in pyproject.toml if it is pinned there, `make lock`, `make test`; if a version cannot be raised, say in SECURITY.md why it does no harm here."]
    return (0, lines) if asked else (2, [*lines, NOT_ASKED.format(number=number)])


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # An address of the machine's own index is nobody else's business.
    return re.sub(r"\S*(://|@)\S*", "(an address)", lines[-1])[:200] if lines else "no message"


def main() -> int:
    """Print the answer, or that there is none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    parser.add_argument("--tool", type=Path, default=TOOL, help="folder of pip-audit's own environment")
    options = parser.parse_args()
    number = locked(options.lock)
    command = tool(options.tool)
    answer = command if isinstance(command, str) else ask(command, options.lock)
    if isinstance(answer, str):
        print(f"{answer}\n{NOT_ASKED.format(number=number)}\nTry again where the internet is.", file=sys.stderr)
        return 2
    code, lines = told(answer, number)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
