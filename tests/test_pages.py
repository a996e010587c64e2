"""Pages that teach are followed word by word: what they print works, today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.config.town import load_town
from tests.follow import checkout, follow, steps

METRIC, FORMAT, TUTORIAL = "docs/how-to/add-a-metric.md", "docs/how-to/add-a-source-format.md", "docs/tutorial/your-own-town.md"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return checkout(tmp_path / "copy")


def test_a_metric_is_one_function_one_stage_one_contract_one_test(root: Path, copy: Path) -> None:
    found = steps(root / METRIC)
    assert sorted(s.path for s in found if s.what == "write") == ["pipeline/core/land/density.py", "pipeline/stages/land/density.py", "tests/core/land/test_density.py"]
    assert [s.path for s in found if s.what == "append"] == ["pipeline/contracts/land.py"]
    tested, _, made = follow(found, copy)
    assert "3 passed" in tested
    assert [line.split()[0] for line in made.splitlines() if " MB " in line][-1] == "density"
    assert "density is up to date" in made
    for column in ("parcel_id", "built_m2", "built_share"):
        assert f"| `{column}` |" in (copy / "docs/data.md").read_text(encoding="utf-8").split("## `density.parquet`")[1].split("\n## ")[0]
    assert "## density\n" in (copy / "docs/reference/stages.md").read_text(encoding="utf-8")
    sidecar = json.loads((copy / "data/processed/borgo/density.meta.json").read_text(encoding="utf-8"))
    # Fifteen houses on as many parcels; the barn and the annex reach over a border.
    assert sidecar["lineage"]["density"]["counts"] == {"parcels with something built": 17}


def test_the_tutorial_ends_with_the_hamlet_and_each_step_is_in_order(root: Path, copy: Path) -> None:
    """Whole, stage by stage, it takes a minute and more of work: `python tests/follow.py docs/tutorial/your-own-town.md`."""
    for step in steps(root / TUTORIAL):
        if step.what != "run" or "make" not in step.text:
            follow([step], copy)
        elif "check" in step.text:
            assert "roofs        does not run: it needs surface" in follow([step], copy)[0]
    assert load_town(copy / "data/raw/borgo") == load_town(root / "docs/tutorial/borgo")
    said = follow([s for s in steps(root / TUTORIAL) if "check" in s.text], copy)[0]
    assert [line.split()[0] for line in said.splitlines() if "does not run" in line] == ["installed", "waste", "greenspaces", "neighbours", "streets", "farhorizon", "initiatives", "collection", "consumed", "reports", "ledger", "estate", "community"]


def test_a_format_is_one_kind_one_reader_one_test(root: Path, copy: Path) -> None:
    found = steps(root / FORMAT)
    assert [s.path for s in found if s.what == "write"] == ["pipeline/io/psm3.py", "tests/io/test_psm3.py"]
    assert "2 passed" in follow(found, copy)[0]
    assert "`psm3`" in (copy / "docs/reference/config.md").read_text(encoding="utf-8")
    town = copy / "docs/tutorial/borgo/town.yaml"
    town.write_text(town.read_text(encoding="utf-8").split("  weather:")[0] + "  weather:\n    - {kind: psm3, path: boundary.geojson}\n", encoding="utf-8")
    said = follow([found[-1]._replace(text="! make TOWN_DIR=docs/tutorial/borgo check")], copy)[0]
    assert "sources.weather: docs/tutorial/borgo/boundary.geojson: begins with" in said and "expected 'Latitude'" in said
