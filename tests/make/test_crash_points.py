"""A stage is killed before files it touches, in turn: what a kill at random would hit once in a thousand times."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

STEP = 3  # every third file; by hand also 1
KILLER = Path(__file__).with_name("kill_at.py")
COMMAND = ["pipeline", "run", "--town-dir", "data/raw/prova", "--processed", "data/processed/prova", "--site", "maps/prova", "green"]


def test_killed_before_files_a_stage_touches(project: Any) -> None:
    good = project.bytes()
    project.edit("data/raw/prova/town.yaml", "canopy_height_m: 3.0", "canopy_height_m: 2.0")
    project.make()
    other = project.bytes()
    assert good != other
    project.edit("data/raw/prova/town.yaml", "canopy_height_m: 2.0", "canopy_height_m: 3.0")
    for n in range(1, 60, STEP):
        done = subprocess.run([".venv/bin/python", str(KILLER), str(n), "data/processed", *COMMAND], cwd=project.root, capture_output=True, text=True, check=False)
        for name, content in project.bytes().items():
            if not name.startswith(".") and not name.endswith(".tmp"):
                assert content in (good.get(name), other.get(name)), (n, name)
        if done.returncode != -signal.SIGKILL:
            break
    assert done.returncode == 0, done.stderr
    assert n > 8, "fewer files were touched than a stage writes"
    project.make()
    assert project.bytes() == good
    project.make("-q")
    assert not [p for p in project.processed.rglob("*tmp*") if p.name != "summary.txt.tmp"]


FOLDER = """
import sys
from pathlib import Path
from pipeline.io.whole import fill_folder, tidy
site = Path(sys.argv[1])
tidy(site / "manifest.json", folder=True)
def fill(new):
    for name in ("a", "b", "manifest.json"):
        (new / name).write_text("new")
fill_folder(site, fill)
"""


def test_killed_before_each_file_of_a_folder(tmp_path: Path, root: Path) -> None:
    """After each kill the folder is the old one or the new one, whole, once it is tidied up."""
    from pipeline.io.whole import tidy

    site, package = tmp_path / "maps/site", tmp_path / "folder_writer.py"
    package.write_text(FOLDER)
    for n in range(1, 60):
        site.mkdir(parents=True, exist_ok=True)
        for name in ("a", "b", "manifest.json"):
            (site / name).write_text("old")
        done = subprocess.run([sys.executable, str(KILLER), str(n), str(tmp_path / "maps"), "folder_writer", str(site)], cwd=root, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False)
        tidy(site / "manifest.json", folder=True)
        assert [p.name for p in site.parent.iterdir()] == ["site"]
        contents = {p.read_text() for p in site.iterdir()}
        assert contents in ({"old"}, {"new"}) and len(list(site.iterdir())) == 3, n
        if done.returncode != -signal.SIGKILL:
            break
    assert done.returncode == 0, done.stderr
    assert n > 6 and contents == {"new"}
