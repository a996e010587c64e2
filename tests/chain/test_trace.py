"""From a number of a made town back to its files, the report of the run, and two machines compared."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.checksums import checksums, compare, compare_folder
from pipeline.errors import InputError
from pipeline.io.differences import Near, differences
from pipeline.io.sidecar import sha256_of
from pipeline.recipes import Place, make_plan
from pipeline.runreport import lines_of as report_lines
from pipeline.runreport import report_of, write_report
from pipeline.trace import lines_of, trace


@pytest.fixture(scope="module")
def quartiere(make_town: Callable[[str], Any]) -> Any:
    return make_town("tests/towns/quartiere")


@pytest.fixture(scope="module")
def place(quartiere: Any, root: Path) -> Place:
    return Place(root / "tests/towns/quartiere", quartiere.processed, quartiere.site)


@pytest.mark.parametrize(("stage", "key"), [("buildings", "building_id"), ("roofs", "roof_id"), ("arrays", "array_id"), ("parcels", "parcel_id"), ("residents", "section_id"), ("streets", "street_id")])
def test_every_identifier_leads_to_raw_files_with_their_checksums(stage: str, key: str, quartiere: Any, place: Place) -> None:
    row = quartiere.read(stage).iloc[0]
    found = trace(place, row[key])
    assert {v.column: v.value for v in found.values if v.table == stage}[key] == row[key]
    assert any(v.table.startswith("atlas") for v in found.values)
    names = [s.stage for s in found.steps]
    assert stage in names and names[-1] in ("boundary", "synthetic") and len(names) == len(set(names))
    for step in found.steps:
        assert step.state == "as written" and step.changed_inputs == () and re.fullmatch(r"[0-9a-f]{64}", step.sha256)
        assert set(step.inputs) <= set(names)
    for file in found.raw:
        path = place.processed / file["file"] if file["generated"] else place.town_dir / file["file"]
        assert path.is_file() and sha256_of(path) == file["sha256"], file["file"]
        assert {"licence", "attribution", "title"} <= file.keys()
    assert found.raw


def test_published_columns_name_the_stage_that_made_them(quartiere: Any, place: Place) -> None:
    arrays = quartiere.read("arrays")
    row = arrays[arrays["kwp"] > 0].iloc[0]
    by_column = {v.column: v.made_by for v in trace(place, row["building_id"]).values if v.table == "atlas, layer buildings"}
    assert by_column["area_m2"] == by_column["height_m"] == "buildings"
    assert by_column["kwh_year"] == "solar" and by_column["green_linear_m"] == "access"
    assert {v.made_by for v in trace(place, row["array_id"], "kwh_year").values} == {"solar"}


def test_a_figure_of_the_town_and_one_of_a_stage(place: Place) -> None:
    sealed = trace(place, "sealed_share")
    assert sealed.values[0].table == "atlas, layer town" and sealed.values[0].made_by == "sealing"
    assert {"sealing", "landcover", "surface", "synthetic"} <= {s.stage for s in sealed.steps}
    ghi = trace(place, "ghi_kwh_m2_year")
    assert [v.made_by for v in ghi.values] == ["weather"] and "tmy.csv" in ghi.raw[0]["file"]


@pytest.mark.parametrize("asked", ["nothing of that name", "../../etc/passwd", "x' OR '1'='1", ""])
def test_what_is_not_there_is_said(asked: str, place: Place) -> None:
    with pytest.raises(InputError, match="no identifier and no figure of that name"):
        trace(place, asked)


def test_a_file_that_was_changed_is_said_to_be(quartiere: Any, place: Place, tmp_path: Path) -> None:
    shutil.copytree(place.processed, tmp_path / "quartiere")
    other = Place(place.town_dir, tmp_path / "quartiere", place.site)
    with (other.processed / "weather.parquet").open("ab") as f:
        f.write(b"x")
    sidecar = json.loads(other.sidecar("boundary").read_text())
    other.sidecar("boundary").write_text(json.dumps(sidecar | {"sha256": "0" * 64}))
    steps = {s.stage: s for s in trace(other, quartiere.read("arrays")["array_id"].iloc[0], "kwh_year").steps}
    assert steps["weather"].state.startswith("CHANGED") and "boundary" in steps["weather"].changed_inputs


def test_text_and_json_hold_no_path_of_the_machine(quartiere: Any, place: Place, root: Path) -> None:
    found = trace(place, quartiere.read("buildings")["building_id"].iloc[0])
    for text in ("\n".join(lines_of(found)), json.dumps(found.as_json())):
        assert str(root) not in text and str(quartiere.out) not in text
    done = subprocess.run(["make", "-s", "trace", "ID=sealed_share", "TOWN_DIR=tests/towns/quartiere", f"OUT={quartiere.out}", "JSON=1"], cwd=root, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["asked"] == "sealed_share"


# -- report of the run -----------------------------------------------------------------------------------------------


def test_the_report_counts_every_stage_and_says_what_the_sidecars_say(quartiere: Any, place: Place) -> None:
    data, page = place.processed / "run.json", place.processed / "run.html"
    report = json.loads(data.read_text(encoding="utf-8"))
    assert [s["stage"] for s in report["stages"]] == quartiere.town.stages
    assert report["total"]["seconds"] == pytest.approx(sum(s["seconds"] for s in report["stages"]), abs=0.1)
    assert report["total"]["peak_mb"] == max(s["peak_mb"] for s in report["stages"]) > 100
    for stage in report["stages"]:
        own = quartiere.town.sidecar(stage["stage"])["lineage"][stage["stage"]]
        assert len(stage["assumptions"]) == len(own["assumptions"]) and len(stage["warnings"]) == len(own["warnings"])
        assert not stage["older_than"]
    assert sorted(report["missing"]) == ["farhorizon", "installed"] and "buildings" in report["generated"]
    html = page.read_text(encoding="utf-8")
    assert html.count('scope="row"') == len(report["stages"]) and "Assunzioni" in html and "Assumptions" in html
    assert "run.html" in quartiere.log


def test_the_report_holds_no_path_and_no_markup_from_data(quartiere: Any, place: Place, root: Path, tmp_path: Path) -> None:
    for name in ("run.json", "run.html"):
        text = (place.processed / name).read_text(encoding="utf-8")
        assert str(root) not in text and str(quartiere.out) not in text and "<script" not in text
    shutil.copytree(place.processed, tmp_path / "quartiere")
    other = Place(place.town_dir, tmp_path / "quartiere", place.site)
    sidecar = json.loads(other.sidecar("roofs").read_text())
    sidecar["lineage"]["roofs"]["warnings"] = ["<script>alert(1)</script> in /home/anna/roofs/a.tif"]
    other.sidecar("roofs").write_text(json.dumps(sidecar))
    plan = make_plan(other, with_recipes=False)
    write_report(plan)
    html = (other.processed / "run.html").read_text(encoding="utf-8")
    assert "<script" not in html and "&lt;script&gt;" in html and "/home/anna" not in html and "a.tif" in html
    assert any("warning: <script>" in line for line in report_lines(report_of(plan)))


# -- two machines ----------------------------------------------------------------------------------------------------


def test_the_same_results_have_the_same_checksums(place: Place, tmp_path: Path) -> None:
    mine = checksums(place)
    assert compare(mine, json.loads(json.dumps(mine)))[1] == []
    other = json.loads(json.dumps(mine))
    other["stages"]["roofs"]["sha256"] = "0" * 64
    del other["stages"]["solar"]
    lines, differ = compare(mine, other)
    assert differ == ["roofs", "solar"] and any("only here" in line for line in lines)
    with pytest.raises(InputError, match="holds no result"):
        compare_folder(place, tmp_path)


def test_numbers_are_held_within_the_tolerance_where_bytes_differ(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "quartiere"
    shutil.copytree(place.processed, other)
    table = pq.read_table(other / "solar.parquet")
    at = table.column_names.index("kwh_year")

    def write(factor: float) -> None:
        pq.write_table(table.set_column(at, "kwh_year", pa.array(table["kwh_year"].to_numpy() * factor)), other / "solar.parquet")

    write(1 + 1e-9)
    lines, same = compare_folder(place, other)
    assert same and any("solar" in line and "same within the tolerance" in line for line in lines)
    write(1 + 1e-3)
    lines, same = compare_folder(place, other)
    assert not same and any("DIFFERS" in line and "kwh_year" in line and "1.0e-03" in line for line in lines)


def test_all_kinds_of_columns_are_compared(place: Place) -> None:
    near = Near(1e-6, 1e-6)
    for name in ("arrays.parquet", "horizon.parquet", "surface.tif", "atlas.gpkg"):
        found = differences(place.processed / name, place.processed / name, near)
        assert found.numbers > 1000 and found.greatest == 0.0 and not found.beyond, name


def test_words_gaps_and_rows_are_differences(tmp_path: Path) -> None:
    def file(name: str, **columns: Any) -> Path:
        pd.DataFrame(columns).to_parquet(tmp_path / name)
        return tmp_path / name

    one = file("a.parquet", x=[1.0, np.nan], w=["a", "b"])
    for other, words in ((file("b.parquet", x=[1.0, 2.0], w=["a", "b"]), "known on one side"), (file("c.parquet", x=[1.0, np.nan], w=["a", "c"]), "words differ"), (file("d.parquet", x=[1.0], w=["a"]), "rows")):
        assert words in differences(one, other, Near(1e-6, 1e-6)).sentence()
