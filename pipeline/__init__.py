"""Sole e Suolo: a small town's cadastre and elevation data turned into decisions.

In a notebook: ``from pipeline import open_town; open_town("carmiano").read("solar")``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.version import __version__

__all__ = ["OpenTown", "__version__", "open_town"]


class OpenTown:
    """The results of one town, for notebooks."""

    def __init__(self, name: str, root: Path, town_dir: Path | None = None) -> None:
        from pipeline.recipes import Place, make_plan

        place = Place(town_dir or root / "data/raw" / name, root / "data/processed" / name, root / "maps" / name)
        self._plan = make_plan(place, with_recipes=False)

    @property
    def stages(self) -> list[str]:
        """Names that `read` takes, in the order of the data flow; what is only made on request left out."""
        return [s.name for s in self._plan.usual]

    @property
    def config(self) -> Any:
        """town.yaml with every default filled in, e.g. `config.solar.albedo`."""
        return self._plan.town

    def read(self, stage: str) -> Any:
        """A stage's output: a (Geo)DataFrame, a Raster value (see `pipeline.io.rasters.read`) or, for the atlas, a dict of them."""
        from pipeline.runner import load_output

        return load_output(self._plan, stage)

    def sidecar(self, stage: str) -> dict[str, Any]:
        """Checksum, recipe, sources, counts and assumptions of a stage's output."""
        from pipeline.io.sidecar import read_json

        return read_json(self._plan.place.sidecar(stage)) or {}


def open_town(name: str, root: str | Path | None = None, town_dir: str | Path | None = None) -> OpenTown:
    """Open a town that `make` has made.

    Parameters
    ----------
    name
        Its short name, e.g. "carmiano".
    root
        The checkout, or the folder given to make as OUT; by default the working folder, or the nearest above it that holds the town.
    town_dir
        Folder of town.yaml where it is not `root`/data/raw/`name`.
    """
    here = Path.cwd()
    if root is None:
        root = next((p for p in (here, *here.parents) if (p / "data/processed" / name).is_dir()), here)
    return OpenTown(name, Path(root), Path(town_dir) if town_dir else None)
