"""Three kills of a run of a small town: in a folder, in a raster, in a table. `make torture` kills in every stage."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.torture import torture

GOALS = ("synthetic", "surface", "streets")


@pytest.mark.torture
def test_three_kills_and_the_same_bytes(make_town: Any, tmp_path: Path) -> None:
    calm = make_town("tests/towns/quartiere")
    good = torture.Town(torture.TOWN, calm.out)
    files, seconds, rng = good.files(), torture.seconds_of(good), random.Random(3)
    town = torture.Town(torture.TOWN, tmp_path)
    for stage in GOALS:
        # Not in the first moments, where only libraries are loaded.
        after = rng.uniform(0.4, 0.9) * seconds[stage]
        found = None
        for halved in range(4):  # the calm run may have had less of the machine: then this one ends before, and is killed sooner
            found = found or torture.kill_in(town, stage, after / 2**halved, "short", [files], GOALS)
        assert found is not None and not found.problems, found
    town.finish(*GOALS)
    assert torture.not_whole(town, [files]) == []
    assert torture.left_over(town) == []
    assert all((town.processed / f"{stage}.meta.json").exists() for stage in GOALS)
