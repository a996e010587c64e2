"""Whole chains through the real Make: each town once a session, into a folder of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline import OpenTown, open_town


@dataclass
class Made:
    """A town that make has made."""

    name: str
    out: Path
    town: OpenTown
    log: str

    @property
    def processed(self) -> Path:
        return self.out / "data/processed" / self.name

    @property
    def site(self) -> Path:
        return self.out / "maps" / self.name

    def read(self, stage: str) -> Any:
        return self.town.read(stage)


@pytest.fixture(scope="session")
def make_town(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    made: dict[str, Made] = {}

    def make(town_dir: str) -> Made:
        if town_dir not in made:
            out = tmp_path_factory.mktemp("chain")
            env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
            command = ["make", f"TOWN_DIR={town_dir}", f"OUT={out}"]
            done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            again = subprocess.run([*command, "-q"], cwd=root, env=env, capture_output=True, text=True, check=False)
            assert again.returncode == 0, "a second make would do something: " + again.stdout + again.stderr
            name = Path(town_dir).name
            made[town_dir] = Made(name, out, open_town(name, out, root / town_dir), done.stdout + done.stderr)
        return made[town_dir]

    return make
