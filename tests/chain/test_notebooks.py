"""The notebooks run from the first cell to the last, on a generated neighbourhood, and draw what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

import pipeline
from tests.notebooks.run import cells_of, execute, notebooks, standing_in, write

PICTURES = {"1_first_look": 3, "2_one_roof": 7, "3_which_school_first": 3, "4_depave_a_car_park": 5, "5_against_pvgis": 4, "6_bring_your_own_town": 2}


@pytest.mark.parametrize("path", notebooks(), ids=lambda p: p.stem)
def test_notebook_runs_and_draws(path: Path, make_town: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pipeline, "open_town", standing_in(make_town("tests/towns/quartiere").town))
    done = execute(path)
    assert sum(len(cell.pictures) for cell in done) == PICTURES[path.stem]
    write(path, done, tmp_path)
    book = nbformat.read(tmp_path / f"{path.stem}.ipynb", as_version=4)
    nbformat.validate(book)
    assert any(cell.get("outputs") for cell in book.cells)


@pytest.mark.parametrize("path", notebooks(), ids=lambda p: p.stem)
def test_notebook_reads_like_a_lecture(path: Path) -> None:
    cells = cells_of(path).cells
    words = [c.source for c in cells if c.cell_type == "markdown"]
    assert words[0].startswith("# ") and any("## Try yourself" in w for w in words)
    assert max(c.source.count("plt.show()") for c in cells) <= 1  # one picture per idea
    for paragraph in re.split(r"\n\n|\n\* ", "\n\n".join(words)):
        assert len(paragraph) < 600, paragraph


def test_without_a_pvgis_file_it_says_so_and_goes_on(make_town: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pipeline, "open_town", standing_in(make_town("tests/towns/quartiere").town))
    alone = tmp_path / "far" / "from" / "any" / "checkout"  # whatever lies at the root of this machine is not found from here
    alone.mkdir(parents=True)
    monkeypatch.chdir(alone)
    (path,) = (p for p in notebooks() if p.stem == "5_against_pvgis")
    assert any("nothing is checked against PVGIS" in cell.printed for cell in execute(path))
