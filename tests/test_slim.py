"""Tables of which bulky columns, or all, stay in the file: how a signature asks for one, and what the runner gives."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.config.town import Town
from pipeline.contracts.solar import Horizon
from pipeline.errors import ContractError
from pipeline.graph import read_stages
from pipeline.io.onfile import OnFile, lists
from pipeline.io.shelf import Pieces
from pipeline.io.sidecar import stat_of, write_json
from pipeline.io.tables import write_table
from pipeline.recipes import Place, Plan
from pipeline.runner import load_output

EPSG = 25833


def stage(folder: Path, name: str, line: str) -> None:
    (folder / "solar").mkdir(exist_ok=True)
    (folder / "solar" / f"{name}.py").write_text(f"def {name}{line}: ...\n", encoding="utf-8")


def test_a_slim_input_is_the_same_table_and_no_stage_makes_one(tmp_path: Path) -> None:
    stage(tmp_path, "roofs", "(notes: Notes) -> Table[Roofs]")
    stage(tmp_path, "solar", "(roofs: Slim[Roofs] | None, notes: Notes) -> Table[Solar]")
    (read,) = read_stages(tmp_path)["solar"].inputs
    assert (read.kind, read.contract, read.optional, read.slim) == ("Table", "Roofs", True, True)
    stage(tmp_path, "ladder", "(roofs: Slim[Roofs]) -> Slim[Ladder]")
    with pytest.raises(ContractError, match="ladder must return"):
        read_stages(tmp_path)


def test_an_input_that_waits_is_the_same_table_and_no_stage_makes_one(tmp_path: Path) -> None:
    stage(tmp_path, "roofs", "(notes: Notes) -> Table[Roofs]")
    stage(tmp_path, "consumed", "(notes: Notes) -> Package[Consumed]")
    stage(tmp_path, "solar", "(roofs: Later[Table[Roofs]], consumed: Later[Package[Consumed]] | None) -> Table[Solar]")
    read = read_stages(tmp_path)["solar"].inputs
    assert [(i.kind, i.contract, i.optional, i.late) for i in read] == [("Table", "Roofs", False, True), ("Package", "Consumed", True, True)]
    for line in ("(roofs: Later[Slim[Roofs]]) -> Table[Ladder]", "(roofs: Later[Roofs]) -> Table[Ladder]", "(roofs: Table[Roofs]) -> Later[Table[Ladder]]"):
        stage(tmp_path, "ladder", line)
        with pytest.raises(ContractError, match="ladder"):
            read_stages(tmp_path)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A town that holds horizons of three planes, as its last run left them."""
    place = Place(tmp_path / "raw", tmp_path / "towny", tmp_path / "site")
    place.recipes.mkdir(parents=True)
    frame = pd.DataFrame({"roof_id": ["a", "b", "c"], "horizon_deg": [np.zeros(72)] * 3, "sky_view": [1.0, 0.5, 0.25], "lit_share": [np.full(3240, k, dtype=np.uint8) for k in (255, 7, 0)]})
    frame["cells"] = [np.arange(k, dtype=np.uint8) for k in (80, 0, 160)]
    path = place.processed / "horizon.parquet"
    write_table(path, frame, Horizon, EPSG, {})
    write_json(place.run_record("horizon"), {"state": stat_of(path)})
    return Plan(place, Town(name="Towny", epsg=EPSG), read_stages(), {}, {})


def test_slim_leaves_the_bytes_in_the_file(plan: Plan) -> None:
    whole, slim = load_output(plan, "horizon"), load_output(plan, "horizon", slim=True)
    assert all(isinstance(cell, OnFile) for cell in slim["lit_share"])
    assert np.array_equal(lists(slim["lit_share"]), lists(whole["lit_share"]))
    assert lists(slim["lit_share"])[:, 5].tolist() == [255, 7, 0]
    assert all(isinstance(cell, OnFile) for cell in slim["cells"])
    for wanted in ([0, 1, 2], [2, 0]):
        for cells in (slim["cells"], whole["cells"]):
            assert [p.tolist() for p in Pieces(cells)[np.array(wanted)]] == [list(range((80, 0, 160)[k])) for k in wanted]


def test_a_file_that_the_run_did_not_leave_is_checked_as_a_whole(plan: Plan) -> None:
    path = plan.place.processed / "horizon.parquet"
    bad = load_output(plan, "horizon").assign(sky_view=[1.0, 2.0, 0.5])
    write_table(path, bad, Horizon, EPSG, {})
    os.utime(path, ns=(1, 1))
    for how in ("slim", "late"):
        with pytest.raises(ContractError, match="sky_view"):
            load_output(plan, "horizon", **{how: True})


def test_what_waits_is_only_counted(plan: Plan) -> None:
    part = load_output(plan, "horizon", late=True).whole
    assert (part.path, part.layer, part.rows) == (plan.place.processed / "horizon.parquet", None, 3)
