"""A project with three small stages in the real mechanism: Makefile, graph, recipes, runner, contracts."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.runreport import FILES

STAGES = {
    "sources/boundary.py": '''
"""Squares side by side, one for each tile."""
from pipeline.config.sources import Layers
from pipeline.config.town import Town
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Boundary
from pipeline.contracts.spec import Table

def boundary(layers: Layers, town: Town, notes: Notes) -> Table[Boundary]:
    """The union of the tiles, each a square of the side it states."""
    import geopandas as gpd
    import shapely
    from pipeline.errors import InputError
    sides = []
    for path in layers[0].paths:
        text = path.read_text()
        if "broken" in text:
            raise InputError(f"{path}: holds {text.strip()!r}, expected a side in metres; correct the tile")
        sides.append(float(text))
    notes.count("tiles read", len(sides))
    shape = shapely.box(0, 0, sum(sides), 10)
    return gpd.GeoDataFrame({"town_id": ["t"], "name": [town.name], "area_m2": [shape.area]}, geometry=[shape], crs=town.epsg)
''',
    "sources/residents.py": '''
"""Residents of the only section."""
from pipeline.config.sources import Layers
from pipeline.contracts.sources import Boundary, Residents
from pipeline.contracts.spec import Table

def residents(layers: Layers, boundary: Table[Boundary]) -> Table[Residents]:
    """One section as large as the boundary."""
    import os, time
    if os.environ.get("STUB_SLEEP"):
        time.sleep(float(os.environ["STUB_SLEEP"]))
    frame = boundary[["area_m2", "geometry"]].copy()
    frame["section_id"] = "s"
    frame["residents"] = layers[0].source.residents
    return frame[["section_id", "residents", "area_m2", "geometry"]]
''',
    "land/sealing.py": '''
"""Everything is sealed."""
from pipeline.config.land import SealingConfig
from pipeline.contracts.land import Sealing
from pipeline.contracts.sources import Boundary, Landcover
from pipeline.contracts.spec import Raster, Table

def sealing(landcover: Raster[Landcover], boundary: Table[Boundary], config: SealingConfig) -> Table[Sealing]:
    """Never runs in this project: it has no land cover."""
    raise AssertionError
''',
    "sources/landcover.py": '''
"""No source names it, so it does not run."""
from pipeline.config.sources import Layers
from pipeline.contracts.sources import Landcover
from pipeline.contracts.spec import Raster

def landcover(layers: Layers) -> Raster[Landcover]:
    """Never runs in this project."""
    raise AssertionError
''',
    "land/green.py": '''
"""Green is what the residents stand on."""
import pandas as pd
from pipeline.config.land import GreenConfig
from pipeline.contracts.land import Green
from pipeline.contracts.notes import Notes
from pipeline.contracts.sources import Residents
from pipeline.contracts.spec import Table
from pipeline.core.halves import half

def green(residents: Table[Residents], config: GreenConfig, notes: Notes) -> Table[Green]:
    """Half of each section is green."""
    notes.assume(f"canopy from {config.canopy_height_m} m")
    a = residents["area_m2"]
    g = half(a)
    return pd.DataFrame({"zone_kind": "section", "zone_id": residents["section_id"], "area_m2": a, "covered_m2": a, "height_known_m2": a, "canopy_m2": 0.0, "canopy_share": 0.0, "grove_canopy_m2": 0.0,
                         "green_m2": g, "residents": residents["residents"], "green_m2_per_resident": g / residents["residents"], "canopy_m2_per_resident": 0.0})
''',
}
HALVES = '''"""Halves."""


def half(value):
    """Half of a value."""
    return value / 2
'''
TOWN = """\
name: Prova
code: "000001"
epsg: 25833
sources:
  boundary:
    - {kind: vector, path: "tiles/*.txt", licence: CC0, attribution: nobody}
  residents:
    - {kind: total, residents: 7}
green:
  canopy_height_m: 3.0
"""
RUN = ["boundary", "residents", "green"]


@dataclass
class Project:
    """A checkout with stub stages and one town."""

    root: Path

    @property
    def town_yaml(self) -> Path:
        return self.root / "data/raw/prova/town.yaml"

    @property
    def processed(self) -> Path:
        return self.root / "data/processed/prova"

    def make(self, *arguments: str, ok: bool | None = True, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")} | environment
        done = subprocess.run(["make", "TOWN=prova", *arguments], cwd=self.root, env=env, capture_output=True, text=True, timeout=120, check=False)
        if ok is not None:
            assert (done.returncode == 0) is ok, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def ran(self, *arguments: str) -> list[str]:
        """The stages that `make` ran, sorted."""
        err = self.make(*arguments).stderr
        return sorted(line.split()[0] for line in err.splitlines() if " MB " in line)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def bytes(self) -> dict[str, bytes]:
        """All results, without how the run went: seconds and memory differ from run to run."""
        return {p.name: p.read_bytes() for p in sorted(self.processed.iterdir()) if p.is_file() and p.name not in FILES}


def _lay(root: Path, target: Path) -> Project:
    target.mkdir()
    for name in ("Makefile", "requirements.lock"):
        shutil.copy2(root / name, target / name)
    shutil.copytree(root / "pipeline", target / "pipeline", ignore=shutil.ignore_patterns("__pycache__", "stages", "synthetic"))
    (target / ".venv").symlink_to(root / ".venv")
    for wing in ("", "sources", "land"):
        folder = target / "pipeline/stages" / wing
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").write_text("")
    for name, text in STAGES.items():
        (target / "pipeline/stages" / name).write_text(_after_docstring(text))
    (target / "pipeline/core/halves.py").write_text(HALVES)
    raw = target / "data/raw/prova"
    (raw / "tiles").mkdir(parents=True)
    for n in (1, 2):
        (raw / f"tiles/{n}.txt").write_text(f"{n}0\n")
    (raw / "town.yaml").write_text(TOWN)
    return Project(target)


def _after_docstring(text: str) -> str:
    doc, _, rest = text.lstrip("\n").partition("\n")
    return f"{doc}\nfrom __future__ import annotations\n{rest}"


@pytest.fixture(scope="session")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project after its first make; copy it, do not change it."""
    project = _lay(root, tmp_path_factory.mktemp("make") / "built")
    project.make("rules")
    project.make()
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A copy of the built project with its time stamps."""
    target = tmp_path / "copy"
    shutil.copytree(built.root, target, symlinks=True)
    return Project(target)
