"""Each Make scenario of the architecture: what runs again, what does not, and what is said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

ALL = ["boundary", "green", "residents"]


def test_first_make_runs_every_active_stage_and_names_the_page(built: Any) -> None:
    assert sorted(p.name for p in built.processed.glob("*.parquet")) == ["boundary.parquet", "green.parquet", "residents.parquet"]
    summary = (built.processed / ".recipes/summary.txt").read_text()
    assert "maps/prova/index.html" in summary
    assert "sealing: it needs landcover" in summary


def test_second_make_does_nothing_and_is_quick(project: Any) -> None:
    assert "Nothing to be done" in project.make().stdout
    start = time.perf_counter()
    project.make("-q")
    assert time.perf_counter() - start < 5  # the bar of one second is measured by `make bench`


def test_touching_or_reformatting_the_yaml_rebuilds_nothing(project: Any) -> None:
    project.town_yaml.write_text("# a comment\n" + project.town_yaml.read_text().replace("canopy_height_m: 3.0", "canopy_height_m:   3"))
    assert project.ran() == []


def test_changing_one_section_reruns_that_stage_and_what_follows(project: Any) -> None:
    before = project.bytes()
    project.edit("data/raw/prova/town.yaml", "canopy_height_m: 3.0", "canopy_height_m: 2.0")
    assert project.make("-q", ok=None).returncode == 1
    assert "run" in project.make("-n").stdout
    assert project.bytes() == before  # -n and -q made nothing
    assert project.ran() == ["green"]
    project.edit("data/raw/prova/town.yaml", "residents: 7", "residents: 8")
    assert project.ran() == ["green", "residents"]


def test_a_removed_raw_tile_reruns_its_stage(project: Any) -> None:
    (project.root / "data/raw/prova/tiles/2.txt").unlink()
    assert project.ran() == ALL
    assert json.loads((project.processed / "boundary.meta.json").read_text())["lineage"]["boundary"]["counts"] == {"tiles read": 1}


def test_a_deleted_recipe_heals(project: Any) -> None:
    for recipe in (project.processed / ".recipes").glob("*.json"):
        recipe.unlink()
    assert project.ran() == []
    assert (project.processed / ".recipes/green.json").exists()


def test_a_missing_or_different_sidecar_means_rebuild(project: Any) -> None:
    good = project.bytes()
    (project.processed / "green.meta.json").unlink()
    assert project.ran() == ["green"]
    (project.processed / "residents.parquet").write_bytes(b"something else")
    assert project.ran() == ["green", "residents"]
    assert project.bytes() == good


def test_three_mistakes_are_three_problems_and_nothing_starts(project: Any) -> None:
    good = project.bytes()
    project.town_yaml.write_text("name: Prova\nepsg: 3857\nsources: {parcels: [{kind: paper}]}\ngreen: {canopy_height_m: -1, colour: red}\n")
    done = project.make(ok=False)
    for place in ("epsg", "sources.parcels.0.kind", "green.canopy_height_m", "green.colour"):
        assert f"town.yaml: {place}:" in done.stderr
    assert "4 problems" in done.stderr
    assert " MB " not in done.stderr
    assert project.bytes() == good


def test_a_failed_stage_leaves_no_file_and_loses_none(project: Any) -> None:
    good = project.bytes()
    tile = project.root / "data/raw/prova/tiles/1.txt"
    tile.write_text("broken\n")
    done = project.make(ok=False)
    assert "1.txt" in done.stderr and "expected a side in metres" in done.stderr and "Traceback" not in done.stderr
    assert project.bytes() == good
    assert not list(project.processed.glob(".*tmp*"))
    tile.write_text("10\n")
    assert project.ran() in ([], ALL)
    assert project.bytes() == good


def test_one_and_two_jobs_give_the_same_bytes(project: Any) -> None:
    good = project.bytes()
    project.make("clean")
    assert not project.processed.exists()
    project.make("-j1")
    assert project.bytes() == good


def test_comments_and_docstrings_rerun_nothing_but_code_does(project: Any) -> None:
    project.edit("pipeline/core/halves.py", '"""Half of a value."""', '"""One half of a value."""  # a comment')
    assert project.ran() == []
    project.edit("pipeline/core/halves.py", "value / 2", "value * 0.5")
    assert project.ran() == ["green"]


def test_explain_says_why(project: Any) -> None:
    assert "green is up to date" in project.make("explain", "STAGE=green").stdout
    project.edit("data/raw/prova/town.yaml", "canopy_height_m: 3.0", "canopy_height_m: 2.0")
    assert "config.canopy_height_m was 3.0, is 2.0" in project.make("explain", "STAGE=green").stdout


def test_a_stage_without_its_source_says_so(project: Any) -> None:
    done = project.make("sealing", ok=False)
    assert "it needs landcover" in done.stderr


def test_a_town_from_anywhere(project: Any, tmp_path: Path) -> None:
    elsewhere = tmp_path / "altrove"
    (project.root / "data/raw/prova").rename(elsewhere)
    project.make(f"TOWN_DIR={elsewhere}", "TOWN=altrove", f"OUT={tmp_path}/out")
    assert (tmp_path / "out/data/processed/altrove/green.parquet").exists()
    recipe = (tmp_path / "out/data/processed/altrove/.recipes/boundary.json").read_text()
    assert str(tmp_path) not in recipe


def test_killed_in_the_middle_the_next_make_ends_in_the_same_bytes(project: Any) -> None:
    good = project.bytes()
    project.make("clean")
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")} | {"STUB_SLEEP": "30"}
    run = subprocess.Popen(["make", "TOWN=prova"], cwd=project.root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while not (project.processed / ".recipes/residents.lock").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert not (project.processed / "residents.parquet").exists()
    assert project.ran() == ["green", "residents"]
    assert project.bytes() == good


@pytest.mark.parametrize("name", ["..", "Carmiano", "a b"])
def test_a_town_name_is_never_a_path(project: Any, name: str) -> None:
    done = subprocess.run([".venv/bin/python", "-m", "pipeline", "check", "--processed", f"data/processed/{name}/", "--town-dir", "data/raw/prova"], cwd=project.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "short name" in done.stderr


def test_a_second_run_waits_for_the_first_and_says_who_it_is(project: Any) -> None:
    good = project.bytes()
    project.make("clean")
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")} | {"STUB_SLEEP": "4"}
    first = subprocess.Popen(["make", "TOWN=prova"], cwd=project.root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (project.processed / ".recipes/residents.lock").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    asked = project.make("-q", ok=None)
    assert asked.returncode == 1 and "already" not in asked.stderr  # asking neither waits nor claims
    assert first.poll() is None
    second = project.make()
    _, said = first.communicate()
    assert first.returncode == 0, said
    assert f"This town is being made already, by process {first.pid} on" in second.stderr
    assert " MB " not in second.stderr  # nothing was left to do
    assert project.bytes() == good


def test_an_empty_summary_of_a_killed_run_is_not_a_result(project: Any) -> None:
    summary = project.processed / ".recipes/summary.txt"
    good = summary.read_text()
    summary.unlink()
    (summary.parent / "summary.txt.tmp").write_text("")  # what a kill leaves
    assert "index.html" in project.make().stdout
    assert summary.read_text() == good


def test_a_full_disk_is_one_problem_and_no_traceback(project: Any, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be mounted by root")
    try:
        project.make(f"OUT={disk}")
        kept = {p.name: p.read_bytes() for p in (disk / "data/processed/prova").glob("*.parquet")}
        (disk / "filler").write_bytes(b"")
        with (disk / "filler").open("wb", buffering=0) as f, pytest.raises(OSError):  # until nothing more fits
            while True:
                f.write(bytes(4096))
        project.edit("data/raw/prova/town.yaml", "residents: 7", "residents: 8")
        done = project.make(f"OUT={disk}", ok=False)
        assert "is full (0.0 MB free); make room, then run make again" in done.stderr
        assert "Traceback" not in done.stderr
        assert {p.name: p.read_bytes() for p in (disk / "data/processed/prova").glob("*.parquet")} == kept
        (disk / "filler").unlink()
        project.make(f"OUT={disk}")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
